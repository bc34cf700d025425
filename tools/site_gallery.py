"""A hook of MkDocs: the gallery, with the briefs that ``tools/make_gallery.py`` made.

The page ``gallery/README.md`` gets a picture of each brief. Each brief has a page of its own: its
picture, the command that makes it, its files for download, and its sources as they are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

sys.path.append(str(Path(__file__).parent))

from make_gallery import ENTRIES, MADE, ROOT, Entry, entries

LANGUAGES = {".toml": "toml", ".py": "python", ".ipynb": "python", ".csv": "text", ".j2": "jinja"}


def _cells(notebook: str) -> str:
    """The cells of a notebook as a script with ``# %%`` lines."""
    parts = []
    for cell in json.loads(notebook)["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            parts.append(f"# %%\n{text}")
        else:
            commented = "\n".join(f"# {line}".rstrip() for line in text.splitlines())
            parts.append(f"# %% [markdown]\n{commented}")
    return "\n\n".join(parts)


def _source(path: Path) -> str:
    """One file as a heading and a block of code."""
    text = path.read_text(encoding="utf-8")
    text = _cells(text) if path.suffix == ".ipynb" else text
    below = ENTRIES if path.is_relative_to(ENTRIES) else ROOT
    name = path.relative_to(below).as_posix()
    return f"### `{name}`\n\n````{LANGUAGES.get(path.suffix, 'text')}\n{text.rstrip()}\n````"


def _page(entry: Entry) -> str:
    """The page of one brief."""
    files = sorted(path.name for path in (MADE / entry.name).glob("brief.*"))
    links = " · ".join(f"[{name}]({entry.name}/{name})" for name in files)
    picture = f"[![The page of {entry.title}]({entry.name}/page.png)]({entry.name}/brief.html)"
    sources = "\n\n".join(_source(path) for path in entry.sources)
    return (
        f"# {entry.title}\n\n{entry.shows}\n\n```sh\n{entry.command}\n```\n\n{links}\n\n{picture}\n"
        f"\n## Sources\n\n{sources}\n"
    )


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page, the picture and the files of each brief."""
    level = InclusionLevel.NOT_IN_NAV
    for entry in entries():
        made = MADE / entry.name
        if not (made / "page.png").exists():
            raise PluginError(f"the brief {entry.name} of the gallery is not made: make gallery")
        page = File.generated(
            config, f"gallery/{entry.name}.md", content=_page(entry), inclusion=level
        )
        files.append(page)
        for path in made.iterdir():
            uri = f"gallery/{entry.name}/{path.name}"
            files.append(File.generated(config, uri, abs_src_path=str(path), inclusion=level))
    for file in list(files):
        if file.src_uri.startswith("gallery/") and file.src_uri.endswith("entry.toml"):
            files.remove(file)
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Show each brief below the text of the gallery's own page."""
    if page.file.src_uri != "gallery/README.md":
        return markdown
    shown = [
        f"## [{entry.title}]({entry.name}.md)\n\n{entry.shows}\n\n"
        f"[![The page of {entry.title}]({entry.name}/page.png){{ width=430 }}]({entry.name}.md)"
        for entry in entries()
    ]
    return "\n\n".join([markdown, *shown])

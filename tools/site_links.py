"""A hook of MkDocs: a file of the checkout that a page links to becomes part of the site.

The pages of ``docs/`` keep links that work in the checkout, such as ``../CONTRIBUTING.md``. The
site has such a file below ``checkout/``: Markdown as a page, anything else as it is.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

LINK = re.compile(r"\]\((?P<path>[^)#\s:]+)(?P<anchor>#[^)\s]*)?\)")


def _uri(path: Path, docs: Path) -> str:
    """Where a file of the checkout lies in the site."""
    if path.is_relative_to(docs):
        return path.relative_to(docs).as_posix()
    return f"checkout/{path.relative_to(docs.parent).as_posix()}"


def _targets(page: Path, docs: Path) -> list[Path]:
    """The files of the checkout that a Markdown file links to."""
    text = page.read_text(encoding="utf-8")
    found = [(page.parent / one["path"]).resolve() for one in LINK.finditer(text)]
    return [path for path in found if path.is_file() and path.is_relative_to(docs.parent)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files outside of ``docs/`` that pages link to, and those that these link to."""
    docs = Path(config.docs_dir).resolve()
    waiting = [docs / file.src_uri for file in files.documentation_pages()]
    while waiting:
        for path in _targets(waiting.pop(), docs):
            uri = _uri(path, docs)
            if files.get_file_from_path(uri):
                continue
            level = InclusionLevel.NOT_IN_NAV
            files.append(File.generated(config, uri, abs_src_path=str(path), inclusion=level))
            if path.suffix == ".md":
                waiting.append(path)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point the links of a page, as written in the checkout, to their places in the site."""
    docs = Path(config.docs_dir).resolve()
    source = Path(str(page.file.abs_src_path)).resolve()
    start = posixpath.dirname(page.file.src_uri) or "."

    def moved(link: re.Match[str]) -> str:
        path = (source.parent / link["path"]).resolve()
        if not path.is_relative_to(docs.parent) or not files.get_file_from_path(_uri(path, docs)):
            return link[0]
        return f"]({posixpath.relpath(_uri(path, docs), start)}{link['anchor'] or ''})"

    return LINK.sub(moved, markdown)

"""The briefs of the gallery, made and photographed.

``python tools/make_gallery.py`` makes each entry of ``docs/gallery/`` by the command that its
``entry.toml`` names, in a copy of its folder, on the embedded sample, and photographs its page. It
fails where a command does not end with 0. ``make site`` shows what it made.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from make_picture import photographed

ROOT = Path(__file__).parents[1]
ENTRIES = ROOT / "docs" / "gallery"
MADE = ROOT / "out" / "gallery"
FORMATS = ("html", "pdf", "txt")
SIZE = (860, 1180)


@dataclass(frozen=True, slots=True)
class Entry:
    """A brief of the gallery: what it shows, the command that makes it, and its files."""

    name: str
    title: str
    order: int
    shows: str
    run: tuple[str, ...]
    data: str = ""
    """A folder of the checkout that the command finds as ``data``."""

    @property
    def command(self) -> str:
        """The command as a reader types it."""
        return " ".join(["reportgen", *(f'"{one}"' if " " in one else one for one in self.run)])

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that make it: those of its own folder, and those of the shipped report."""
        own = [path for path in sorted((ENTRIES / self.name).rglob("*")) if path.is_file()]
        shipped = sorted((ROOT / "reports" / self.run[1]).glob("*.*"))
        return tuple(path for path in [*own, *shipped] if path.name != "entry.toml")


def entries() -> list[Entry]:
    """All entries, in the order in which the gallery shows them."""
    found = []
    for path in ENTRIES.glob("*/entry.toml"):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append(Entry(name=path.parent.name, **told | {"run": tuple(told["run"])}))
    return sorted(found, key=lambda entry: entry.order)


def make(entry: Entry, out: Path, *, photograph: bool = True) -> None:
    """Write the files of the brief of *entry* into *out*.

    Args:
        entry: The entry.
        out: The folder; it is made where it is missing.
        photograph: Whether to add the picture of its page, by Chromium.

    Raises:
        SystemExit: The command did not end with 0, or made no page.
    """
    with tempfile.TemporaryDirectory() as folder:
        desk = shutil.copytree(ENTRIES / entry.name, Path(folder) / "desk")
        if entry.data:
            shutil.copytree(ROOT / entry.data, desk / "data")
        command = [
            sys.executable,
            "-m",
            "reportgen",
            *entry.run,
            *(f"--format={one}" for one in FORMATS),
        ]
        done = subprocess.run(
            [*command, "--out", "out"], cwd=desk, capture_output=True, text=True, check=False
        )
        pages = sorted((desk / "out").rglob("brief.html"))
        if done.returncode or len(pages) != 1:
            sys.exit(f"{entry.name}: {entry.command} ended with {done.returncode}\n{done.stderr}")
        out.mkdir(parents=True, exist_ok=True)
        for path in pages[0].parent.glob("brief.*"):
            shutil.copy(path, out / path.name)
        if photograph:
            photographed(pages[0], out / "page.png", SIZE)


def main() -> None:
    """Make all entries, or those that are named."""
    asked = set(sys.argv[1:])
    if not asked:
        shutil.rmtree(MADE, ignore_errors=True)
    for entry in entries():
        if not asked or entry.name in asked:
            make(entry, MADE / entry.name)
            print(MADE / entry.name)


if __name__ == "__main__":
    main()

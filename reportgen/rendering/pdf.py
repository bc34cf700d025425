"""The PDF.

A typst layout that takes the brief as data, tagged, with its own fonts,
the same bytes always.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from reportgen.config.resources import resource, tokens
from reportgen.config.settings import Settings
from reportgen.core.errors import RenderError
from reportgen.files.scratch import Scratch
from reportgen.rendering.assets import font_folders
from reportgen.rendering.brief import Brief, Rendering
from reportgen.rendering.pictures import WIDE, sparkline
from reportgen.story.citations import Runs, sentences, text_of
from reportgen.story.model import (
    Block,
    Grid,
    Heading,
    Image,
    Item,
    Paragraph,
    Picture,
    StripRow,
    Table,
    Verbatim,
)

USUAL_PAGES = 2
UNDRAWN = re.compile(r"the text `\"(.+?)\"` could not be displayed")
LETTERS, SMALLEST = 105, 3.6
"""Letters of a line of a notebook's table in its usual size, and its smallest size of type."""
MOST_WHOLE = 25
"""Rows of a notebook's table that are kept on one page."""
TALLEST = 1.2
"""The height of a picture, in widths of the paper's text."""
SCALES = (1.0, 0.97, 0.94, 0.91)
"""Sizes of type that are tried until the brief fits its usual pages."""
NARROW = 2
"""The most columns of a table that stands beside another one."""


def document(brief: Brief, settings: Settings) -> dict[str, Any]:
    """The brief as the layout reads it: plain strings and file names."""
    story, told = brief.narrative, set[str]()
    blocks: list[dict[str, Any]] = []
    for block in story.blocks:
        if shown := _shown(block, brief):
            blocks.append(shown)
        elif isinstance(block, Paragraph):
            text, said = parted(block)
            blocks.append(
                {
                    "kind": "voice" if block.voice else "text",
                    "text": text,
                    "source": _source(block.runs, brief, told),
                    "said": said,
                }
            )
        elif isinstance(block, Table):
            rows = [list(map(text_of, row)) for row in (block.columns, *block.rows)]
            blocks.append({"kind": "table", "title": text_of(block.title), "rows": rows})
        elif isinstance(block, Picture):
            blocks.append(
                {
                    "kind": "picture",
                    "file": f"{block.name}.svg",
                    "title": text_of(block.title),
                    "subtitle": text_of(block.subtitle),
                    "alt": text_of(block.alt),
                }
            )
    at = brief.as_of
    return {
        "title": brief.headline,
        "kicker": text_of(story.kicker),
        "report": brief.title,
        "notices": [text_of(n) for n in story.notices],
        "points": [text_of(p) for p in story.key_points],
        "strip": [_quote(row) for row in story.strip],
        "blocks": beside(blocks),
        "footer": [text_of(f) for f in story.footer],
        "paper": settings.paper,
        "colour": tokens()["light"],
        "date": [at.year, at.month, at.day],
        "running": f"{brief.title} · {text_of(story.kicker).split(' · ')[1]}",
    }


def beside(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The *blocks* with two narrow tables in a row made one block: they stand side by side."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        last = found[-1] if found else {"kind": ""}
        if _is_narrow(block) and _is_narrow(last):
            found[-1] = {"kind": "pair", "tables": [last, block]}
        else:
            found.append(block)
    return found


def _is_narrow(block: Mapping[str, Any]) -> bool:
    return block["kind"] == "table" and len(block["rows"][0]) <= NARROW


def _shown(block: Block, brief: Brief) -> dict[str, Any]:
    """A block of a notebook as the layout reads it; {} for one of a story."""
    told: dict[str, Any] = {}
    if isinstance(block, Heading):
        told = {"kind": "heading", "level": block.level, "pieces": _pieces(block.runs)}
    elif isinstance(block, Item):
        told = {"kind": "item", "depth": block.depth, "bullet": block.bullet}
        told["pieces"] = _pieces(block.runs)
    elif isinstance(block, Verbatim):
        told = {"kind": "verbatim", "text": block.text}
    elif isinstance(block, Grid):
        told = _grid(block)
    elif isinstance(block, Image):
        drawn = brief.images[block.name]
        told = {
            "kind": "image",
            "file": f"{block.name}.{drawn.file}",
            "title": text_of(block.title),
            "alt": text_of(block.alt),
            "share": min(1.0, drawn.width / WIDE, TALLEST * drawn.width / drawn.height),
        }
    elif isinstance(block, Paragraph) and brief.record.plain:
        told = {"kind": "quote" if block.voice else "prose", "pieces": _pieces(block.runs)}
    return told


def _grid(grid: Grid) -> dict[str, Any]:
    """A table of a notebook: the wider it is, the smaller is its type."""
    return {
        "kind": "grid",
        "title": text_of(grid.title),
        "rows": [list(map(text_of, row)) for row in grid.lines],
        "headed": any(grid.columns),
        "right": list(grid.right),
        "size": min(8.0, max(SMALLEST, 8.0 * LETTERS / _width(grid))),
        "whole": len(grid.rows) <= MOST_WHOLE,
    }


def _width(grid: Grid) -> int:
    """How wide a table is, in letters: those of its cells, and what parts them."""
    return grid.letters + 3 * len(grid.right)


def _pieces(runs: Runs) -> list[dict[str, str]]:
    return [{"text": run.text, "mark": run.mark, "link": run.link} for run in runs]


def parted(block: Paragraph) -> tuple[str, str]:
    """The text of a paragraph up to its footnote, and the statements of people behind it.

    The footnote names the source of figures, and none of what a person said.
    """
    text, parts = text_of(block.runs), sentences(block.runs)
    while len(parts) > 1 and any(run.ref.startswith("commentary.") for run in parts[-1]):
        parts.pop()
    end = sum(len(text_of(part)) + 1 for part in parts) - 1
    return text[:end], text[end:]


def _source(runs: Runs, brief: Brief, told: set[str]) -> str:
    """The sources of a paragraph that are not yet named, for its footnote."""
    facts = brief.record.facts
    fresh = [
        facts[r.ref].source
        for r in runs
        if r.ref in facts
        and facts[r.ref].source not in told | {"trading calendar", "request", "public calendar"}
    ]
    told.update(fresh)
    return f"Source: {', '.join(dict.fromkeys(fresh))}." if fresh else ""


def _quote(row: StripRow) -> dict[str, Any]:
    """A row of the strip, with the points of its sparkline as pairs of numbers."""
    points = [point.split(",") for point in sparkline(row.spark).split()]
    return {
        "name": text_of(row.name),
        "level": text_of(row.level),
        "change": text_of(row.change),
        "note": text_of(row.note),
        "sign": row.sign,
        "spark": [[float(x), float(y)] for x, y in points],
    }


def render(brief: Brief, settings: Settings) -> Rendering:
    """The PDF; a warning of the typesetter, such as a missing font, is an error.

    A brief that runs a little over its pages is set a little smaller instead, so
    that no page holds two lines.
    """
    layout = resource("templates/pdf/brief.typ").read_text(encoding="utf-8")
    with Scratch("pdf") as root:
        (root / "brief.typ").write_text(layout, encoding="utf-8")
        for name, drawn in brief.svgs.items():
            (root / f"{name}.svg").write_text(drawn["wide"], encoding="utf-8")
        for name, image in brief.images.items():
            (root / f"{name}.{image.file}").write_bytes(image.paper)
        told = document(brief, settings)
        tries = []
        for scale in SCALES:
            (root / "brief.json").write_text(
                json.dumps({**told, "scale": scale}),
                encoding="utf-8",
            )
            tries.append(_set(root, int(brief.as_of.timestamp())))
            if _pages(tries[-1]) < _pages(tries[0]) or _pages(tries[-1]) <= USUAL_PAGES:
                return Rendering(
                    name="brief.pdf",
                    data=tries[-1],
                )
    return Rendering(name="brief.pdf", data=tries[0])


def _set(root: Path, timestamp: int) -> bytes:
    import typst

    try:
        data, warnings = typst.compile_with_warnings(
            str(root / "brief.typ"),
            root=str(root),
            font_paths=[str(f) for f in font_folders()],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=timestamp,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        if strange := UNDRAWN.search(str(error)):
            raise RenderError(
                f"The fonts of the PDF have no '{strange[1]}'. Write it in letters that they have,"
                " or leave the PDF out: --format html --format eml."
            ) from error
        raise RenderError(f"The PDF could not be set: {error}") from error
    if warnings:
        raise RenderError(f"The PDF was set with a warning: {warnings[0].message}")
    return bytes(data)


def _pages(data: bytes) -> int:
    import pypdfium2

    with closing(pypdfium2.PdfDocument(data)) as document:
        return len(document)

"""The check of a plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from reportgen.story.model import (
    Grid,
    Heading,
    Image,
    Item,
    Narrative,
    Paragraph,
    Picture,
    Table,
    Verbatim,
)
from reportgen.verify.factcheck import Check
from reportgen.verify.rendered.lines import MISSING, Part, fold, folded, grid, loose, misplaced

MARGIN = re.compile(r"^[ \t]*(?:\* |\[ )?|\s\]$", re.MULTILINE)
"""What stands before and behind a line, beside its words."""
SET_IN = "    "
"""What stands before a line of code, or of a print."""
CELL = re.compile(r"\S+(?: \S+)*")


def plain(text: str, narrative: Narrative, file: str = "text") -> list[Check]:
    """Failed checks of a plain text.

    Every line of the narrative in it, in its order, and nothing else.
    """
    text = text.replace("\r\n", "\n")
    wanted = list(_parts(narrative))
    rest = fold(MARGIN.sub("", text))
    failed: list[Check] = []
    if rest != fold(" ".join(part.text for part in wanted)):
        failed += _differences(rest, wanted, file)
    for table in narrative.tables:
        failed += _columns(text, table, file)
    return failed


def _parts(narrative: Narrative) -> Iterator[Part]:
    """The lines of a plain text, from its top to its foot.

    Of a picture it shows the title and the alternative text.
    """
    yield Part("title", folded(narrative.title))
    yield Part("kicker", folded(narrative.kicker))
    yield from (Part("notice", folded(runs)) for runs in narrative.notices)
    yield from (Part("key_points", folded(runs)) for runs in narrative.key_points)
    for row in narrative.strip:
        cells = (row.name, row.level, row.change, row.note)
        yield from (Part("table", folded(runs)) for runs in cells if runs)
    for block in narrative.blocks:
        if isinstance(block, Paragraph | Heading | Item):
            yield Part("body", folded(block.runs))
        elif isinstance(block, Verbatim):
            yield Part("body", fold(MARGIN.sub("", textwrap.indent(block.text, SET_IN))))
        elif isinstance(block, Grid):
            yield from (line.part for line in grid(block))
        elif isinstance(block, Image):
            yield from [Part("caption", folded(block.title))] if block.title else []
            yield Part("alt", folded(block.alt))
        elif isinstance(block, Picture):
            yield Part("caption", folded(block.title))
            yield Part("alt", folded(block.alt))
        else:
            yield Part("caption", folded(block.title))
            rows = (block.columns, *block.rows)
            yield from (Part("table", folded(runs)) for row in rows for runs in row if runs)
    yield Part("chrome", "--")
    yield from (Part("footer", folded(runs)) for runs in narrative.footer)


def _differences(rest: str, wanted: Sequence[Part], file: str) -> Iterator[Check]:
    """What *rest* lacks, has too much, or has in another order.

    Every wanted line is taken out once, the longest first. What is left may contain no
    word and no digit.
    """
    left, lacking = rest, False
    for part in sorted(wanted, key=lambda part: -len(part.text)):
        if part.text in left:
            left = left.replace(part.text, " ", 1)
        else:
            lacking = True
            yield Check(file, part.text, part.where, "", MISSING)
    others = list(loose(left, file))
    yield from others
    if not lacking and not others:
        at = 0
        for part in wanted:
            if not rest.startswith(part.text, at):
                yield misplaced(rest[at : at + 60], part.where, part.text, file)
                return
            at += len(part.text) + 1
        yield misplaced(rest[at:], "footer", "the end", file)


def _columns(text: str, table: Table, file: str) -> Iterator[Check]:
    """Failed checks of the rows of *table* in *text*: each cell is below its head.

    Figures end where those above them end; so a figure says which column it is of.
    """
    shown = text.split("\n")
    title = folded(table.title)
    starts = [i + 1 for i, line in enumerate(shown) if fold(line) == title]
    rows = [[folded(runs) for runs in row] for row in (table.columns, *table.rows)]
    if not any(_aligned(shown[i : i + len(rows)], rows) for i in starts):
        yield Check(file, title, title, "", "a cell does not stand below its head")


def _aligned(shown: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    ends: dict[int, int] = {}
    for line, row in zip(shown, rows, strict=False):
        found = [(match[0], match.end()) for match in CELL.finditer(line)]
        cells = [(i, cell) for i, cell in enumerate(row) if cell]
        if [text for text, _ in found] != [cell for _, cell in cells]:
            return False
        for (i, _), (_, end) in zip(cells, found, strict=True):
            if i and ends.setdefault(i, end) != end:
                return False
    return len(shown) == len(rows)

"""What a finished file has to say, line by line, and how its lines are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from reportgen.story.citations import NOTEBOOK, Run, Runs, text_of
from reportgen.story.model import (
    Grid,
    Heading,
    Image,
    Item,
    Narrative,
    Paragraph,
    Picture,
    StripRow,
    Table,
    Verbatim,
)
from reportgen.verify.factcheck import Check

# Words of the files themselves, beside the narrative's.
CHROME = (
    "How these figures were computed: the executed notebook",
    "Read it on the page",
    "•",
    "--",
    "[",
    "]",
)
SIGNS = {1: "gain", -1: "loss", 0: "flat"}
MISSING = "this line of the narrative is missing or was changed"


class Part(NamedTuple):
    """One line of a file: where it stands, and its text.

    ``place`` is the row and the column of a cell; the heads of the columns are row 0.
    """

    where: str
    text: str
    place: tuple[int, int] | None = None


class Line(NamedTuple):
    """One line that a file has to have, with its citations."""

    where: str
    runs: Runs
    place: tuple[int, int] | None = None

    @property
    def part(self) -> Part:
        """The line as a file shows it."""
        return Part(self.where, fold(text_of(self.runs)), self.place)


def fold(text: str) -> str:
    """*text* with its white space folded."""
    return " ".join(text.split())


def folded(runs: Runs) -> str:
    """The text of *runs* with its white space folded."""
    return fold(text_of(runs))


def opening(narrative: Narrative) -> Iterator[Line]:
    """The lines above the strip, in the order of a page."""
    yield from (Line("notice", runs) for runs in narrative.notices)
    yield Line("kicker", narrative.kicker)
    yield Line("title", narrative.title)
    yield from (Line("key_points", runs) for runs in narrative.key_points)


def quote(row: StripRow) -> Iterator[Line]:
    """An instrument of the strip: its name beside its note and its numbers."""
    cells = (row.name, row.note, row.level, row.change)
    yield from (Line("table", runs) for runs in cells if runs)


def table(block: Table) -> Iterator[Line]:
    """A table: its title, the heads of its columns, and its cells row by row."""
    yield Line("caption", block.title)
    for number, row in enumerate((block.columns, *block.rows)):
        where = "table" if number else "column"
        yield from (Line(where, runs, (number, i)) for i, runs in enumerate(row) if runs)


def grid(block: Grid) -> Iterator[Line]:
    """A table of a notebook: its title, if it has one, and its cells row by row."""
    if block.title:
        yield Line("caption", block.title)
    headed = any(block.columns)
    for number, row in enumerate(block.lines):
        where = "column" if headed and not number else "table"
        yield from (Line(where, runs, (number, i)) for i, runs in enumerate(row) if runs)


def verbatim(block: Verbatim) -> Line:
    """Lines as they are, as one."""
    return Line("body", (Run(block.text, NOTEBOOK),))


def captions(picture: Picture) -> Iterator[Line]:
    """The words above a picture."""
    yield Line("caption", picture.title)
    yield Line("caption", picture.subtitle)


def lines(
    narrative: Narrative,
    without: AbstractSet[str] = frozenset(),
) -> Iterator[Line | Picture | Image]:
    """Every line of a page in its order, *without* the pictures of these names.

    A picture, or an image of a notebook, stands where its drawing does, behind its captions.
    """
    yield from opening(narrative)
    for row in narrative.strip:
        yield from quote(row)
    for block in narrative.blocks:
        if isinstance(block, Paragraph | Heading | Item):
            yield Line("body", block.runs)
        elif isinstance(block, Table):
            yield from table(block)
        elif isinstance(block, Grid):
            yield from grid(block)
        elif isinstance(block, Verbatim):
            yield verbatim(block)
        elif isinstance(block, Image):
            if block.name not in without:
                yield from [Line("caption", block.title)] if block.title else []
                yield block
        elif block.name not in without:
            yield from captions(block)
            yield block
    yield from (Line("footer", runs) for runs in narrative.footer)


def in_order(
    wanted: Sequence[Part],
    found: Sequence[Part],
    file: str,
) -> Iterator[Check]:
    """Failed checks where *found* is not *wanted*, line for line.

    Lines that are missing or too many, or else the first that stands in another's place.
    """
    if list(wanted) == list(found):
        return
    needed = Counter((part.where, part.text) for part in wanted)
    given = Counter((part.where, part.text) for part in found)
    for where, text in (needed - given).elements():
        yield Check(file, text, where, "", MISSING)
    for where, text in (given - needed).elements():
        yield Check(file, text, where, "", "this line is not in the narrative")
    if needed == given:
        one, other = next((w, f) for w, f in zip(wanted, found, strict=True) if w != f)
        yield misplaced(other.text, other.where, one.text, file)


def misplaced(text: str, where: str, instead: str, file: str) -> Check:
    """The failed check of a line that stands where another belongs."""
    return Check(file, text, where, "", f"this line stands in the place of '{instead}'")


def loose(text: str, file: str) -> Iterator[Check]:
    """Words and figures that are neither the narrative's nor the file's own."""
    for chrome in CHROME:
        text = text.replace(chrome, " ")
    for match in re.finditer(r"\S*\w\S*", text):
        yield Check(
            file,
            text[max(0, match.start() - 40) : match.end() + 40],
            match[0],
            "",
            "words outside the narrative",
        )

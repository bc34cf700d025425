"""The narrative: what every rendering shows, as runs, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reportgen.story.citations import Runs, shortened, text_of

LONGEST_SUBJECT = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of the story.

    ``voice`` marks a statement of a person, set apart by some renderings.
    """

    runs: Runs
    voice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart with its words; ``labels`` fills the chart's slots."""

    name: str
    title: Runs
    subtitle: Runs
    alt: Runs
    labels: Mapping[str, Runs]


@dataclass(frozen=True, slots=True, kw_only=True)
class StripRow:
    """One instrument of the market strip.

    ``note`` says which session it is of, where that is not the brief's.
    """

    instrument: str
    name: Runs
    level: Runs
    change: Runs
    note: Runs
    sign: int
    spark: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures side by side.

    The first cell of a row names an instrument, the columns name its figures.
    """

    name: str
    title: Runs
    columns: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading between paragraphs; ``level`` is 2 to 4, as in HTML."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a list. The number of a numbered one is in its words; others have a bullet."""

    runs: Runs
    depth: int = 0
    bullet: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbatim:
    """Code, or what was printed: lines as they are."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of any columns, as a notebook shows it; its figures belong to no instrument."""

    title: Runs
    columns: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    right: tuple[bool, ...]
    """Which columns stand to the right."""

    @property
    def lines(self) -> tuple[tuple[Runs, ...], ...]:
        """The heads, if there are any, and the rows."""
        return (self.columns, *self.rows) if any(self.columns) else self.rows

    @property
    def letters(self) -> int:
        """The letters of its longest cells, side by side: how wide it is."""
        columns = zip(*self.lines, strict=True)
        return sum(max(len(text_of(cell)) for cell in column) for column in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that a notebook drew itself; ``place`` is its number in what is shown."""

    name: str
    title: Runs
    alt: Runs
    place: int


Block = Paragraph | Picture | Table | Heading | Item | Verbatim | Grid | Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """A whole brief in words."""

    title: Runs
    kicker: Runs
    preheader: Runs
    flag: Runs = ()
    """What the subject of a mail begins with, as that of a correction does."""
    notices: tuple[Runs, ...]
    key_points: tuple[Runs, ...]
    strip: tuple[StripRow, ...]
    blocks: tuple[Block, ...]
    footer: tuple[Runs, ...]

    @property
    def subject(self) -> Runs:
        """The title, behind a flag, as the subject of a mail: what all clients show of it."""
        return (*self.flag, *shortened(self.title, LONGEST_SUBJECT - len(text_of(self.flag))))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures in their order."""
        return tuple(b for b in self.blocks if isinstance(b, Picture))

    @property
    def images(self) -> tuple[Image, ...]:
        """The pictures that a notebook drew itself, in their order."""
        return tuple(b for b in self.blocks if isinstance(b, Image))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables in their order."""
        return tuple(b for b in self.blocks if isinstance(b, Table))

    def texts(self) -> Iterator[tuple[str, Runs]]:
        """Every line a reader sees, with where it stands.

        Title, key_points, body, table, column, caption, alt, label, footer...
        """
        yield "title", self.title
        yield "kicker", self.kicker
        yield "subject", self.subject
        yield "preheader", self.preheader
        yield from (("notice", runs) for runs in self.notices)
        yield from (("key_points", runs) for runs in self.key_points)
        for row in self.strip:
            cells = (row.name, row.level, row.change, row.note)
            yield from (("table", runs) for runs in cells if runs)
        for block in self.blocks:
            if isinstance(block, Paragraph | Heading | Item):
                yield "body", block.runs
            elif isinstance(block, Table | Grid):
                yield "caption", block.title
                yield from (("column", runs) for runs in block.columns if runs)
                for line in block.rows:
                    yield from (("table", runs) for runs in line if runs)
            elif isinstance(block, Image):
                yield "caption", block.title
                yield "alt", block.alt
            elif isinstance(block, Picture):
                yield "caption", block.title
                yield "caption", block.subtitle
                yield "alt", block.alt
                yield from (("label", runs) for runs in block.labels.values())
        yield from (("footer", runs) for runs in self.footer)

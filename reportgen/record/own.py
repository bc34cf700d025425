"""What an author's notebook records in words of its own, as a record keeps it.

Titles and heads of tables, captions and labels of charts, and who vouches for which of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHEET = "sheet"
"""The part of a recorded table that an author's own has: its title, its columns, its order."""
OWN = "own"
"""The part of a recorded chart that an author's own has, and what its words are cited as."""
REF = "@"
"""What stands before the symbol that names a row."""


@dataclass(frozen=True, slots=True)
class Word:
    """Words of a notebook: what a page shows, where, and the facts they may rest on.

    ``free`` are those of a name that needs no person: the head of a column, a title of a table.
    """

    text: str
    place: str
    free: bool = False
    facts: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    """The windows of what it heads; a number in it is one of theirs."""
    figure: bool = False
    """Whether it stands for a figure inside a chart, and not beside an axis."""


def words_of(
    tables: Mapping[str, Mapping[str, Any]], charts: Mapping[str, Mapping[str, Any]]
) -> Iterator[Word]:
    """All words of the notebook's own in its *tables* and *charts*."""
    for name, table in tables.items():
        if sheet := table.get(SHEET):
            windows = tuple(column["window"] for column in sheet["columns"])
            yield Word(sheet["title"], f"the title of table '{name}'", True, (), windows)
            if sheet["head"]:
                yield Word(sheet["head"], f"a head of table '{name}'", free=True)
            for column in sheet["columns"]:
                place = f"a head of table '{name}'"
                yield Word(column["head"], place, True, (), (column["window"],))
    for name, chart in charts.items():
        if own := chart.get(OWN):
            cites = tuple(own["cites"])
            for part in ("title", "subtitle", "alt"):
                yield Word(own[part], f"the {part} of chart '{name}'", facts=cites)


def drawn(name: str, chart: Mapping[str, Any]) -> Iterator[Word]:
    """The words inside the recorded chart *name*, each once."""
    own = chart[OWN]
    for row in own["texts"]:
        figure = row["role"] not in AXES
        yield Word(
            row["text"], f"a word in chart '{name}'", facts=tuple(own["cites"]), figure=figure
        )


AXES = ("axis-label", "legend-label", "header")
"""Roles of texts that a scale makes: their numbers and days are those of the data."""


def vouched(payloads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Who vouches for which words of the notebook."""
    return {row["text"]: row["by"] for payload in payloads for row in payload.get("vouched", ())}

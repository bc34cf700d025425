"""Tables of a notebook's own: what is printed is what was recorded, in its order.

The heads, the rows and the cells are those of the record, a figure has its sign, the rows stand in
the order that they are said to stand in, and a last row that is a sum adds up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.core.facts import Fact
from reportgen.record.own import OWN, REF, SHEET
from reportgen.story.citations import Runs, text_of
from reportgen.story.model import Table

Objection = tuple[str, str, str]
"""The words, what they cite, and the reason."""
MINUS = "\u2212"
ROUNDED = 1e-9


def sheet(
    table: Table, recorded: Mapping[str, Any], facts: Mapping[str, Fact]
) -> Iterator[tuple[Runs, Objection]]:
    """What is wrong with a printed *table* against the *recorded* one."""
    told, rows = recorded[SHEET], recorded["rows"]
    heads = [told["head"], *(column["head"] for column in told["columns"])]
    wanted = [[(OWN, head)] if head else [] for head in heads]
    if [[(run.ref, run.text) for run in runs] for runs in table.columns] != wanted:
        yield table.title, (text_of(table.title), "", "not the heads that the notebook recorded")
    if [(run.ref, run.text) for run in table.title] != [(OWN, told["title"])]:
        yield table.title, (text_of(table.title), "", "not the title that the notebook recorded")
    cited = [[[run.ref for run in cell] for cell in row] for row in table.rows]
    if cited != [[[row["name"]], *([id] if id else [] for id in row["cells"])] for row in rows]:
        yield table.title, (text_of(table.title), "", "not the rows that the notebook recorded")
        return
    for shown, row in zip(table.rows, rows, strict=True):
        yield from _row(shown, row, facts)
    for reason in (_order(told, rows, facts), *_totals(told, rows, facts)):
        if reason:
            yield table.title, (text_of(table.title), "", reason)


def _row(
    shown: Sequence[Runs], row: Mapping[str, Any], facts: Mapping[str, Fact]
) -> Iterator[tuple[Runs, Objection]]:
    """A figure below zero has its minus, and belongs to what names its row."""
    name = row["name"]
    owner = name[1:] if name.startswith(REF) else facts[name].instrument
    for runs, id in zip(shown[1:], row["cells"], strict=True):
        if not id:
            continue
        fact, text = facts[id], text_of(runs)
        about = fact.instrument == owner or not name.startswith(REF)
        if not about:
            yield runs, (text, id, "this row is not that of its instrument")
        if isinstance(fact.value, str):
            continue
        below = fact.number < 0 and any(digit in text for digit in "123456789")
        if below != text.startswith((MINUS, "-")):
            yield runs, (text, id, "the sign is wrong")


def _values(
    head: str, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Fact]
) -> list[float | str]:
    """What stands below *head*, row by row, without empty cells."""
    place = [column["head"] for column in told["columns"]].index(head)
    ids = [row["cells"][place] for row in rows]
    return [facts[id].value for id in ids if id]


def _order(
    told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Fact]
) -> str:
    """Why the rows do not stand in the order that is recorded, or ""."""
    head = told["order"]
    if not head:
        return ""
    rising = head.startswith("+")
    listed = rows[:-1] if told["total"] else rows
    values: list[Any] = _values(head.lstrip("+"), told, listed, facts)
    if values == sorted(values, reverse=not rising):
        return ""
    way = "rise" if rising else "fall"
    return f"the rows do not {way} by '{head.lstrip('+')}'; sort the frame by it"


def _totals(
    told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Fact]
) -> Iterator[str]:
    """Why a last row is not the sum of those above it."""
    for head in told["total"]:
        *parts, total = (float(value) for value in _values(head, told, rows, facts))
        size = max(map(abs, (*parts, total)), default=0.0)
        if not math.isclose(math.fsum(parts), total, abs_tol=ROUNDED * max(size, 1.0)):
            yield f"'{head}' adds up to {math.fsum(parts):,.6g}, and its last row says {total:,.6g}"

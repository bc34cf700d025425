"""Tables and charts of a notebook's own, as blocks of a story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.core.errors import NarrativeError, did_you_mean
from reportgen.record.own import OWN, REF, SHEET
from reportgen.record.record import Record
from reportgen.story.citations import cite
from reportgen.story.phrases import Phrases


def table(name: str, record: Record, phrases: Phrases) -> str:
    """The block of a recorded table.

    Raises:
        NarrativeError: The notebook recorded no such table.
    """
    recorded = _found(name, record.tables, SHEET, "table", "desk.table(frame, ...)")
    sheet = recorded[SHEET]
    heads = [sheet["head"], *(column["head"] for column in sheet["columns"])]
    lines = [f"!table {name}", f"title: {cite(OWN, sheet['title'])}"]
    lines.append(f"columns: {' | '.join(cite(OWN, head) if head else '' for head in heads)}")
    for row in recorded["rows"]:
        cells = [_name(row["name"], record, phrases)]
        for id, column in zip(row["cells"], sheet["columns"], strict=True):
            cells.append(_cell(id, column, record, phrases))
        lines.append(f"row: {' | '.join(cells)}")
    return _block(lines)


def _block(lines: list[str]) -> str:
    """The *lines* as a block between empty lines."""
    told = "\n".join(lines)
    return f"\n\n{told}\n\n"


def _name(name: str, record: Record, phrases: Phrases) -> str:
    """What names a row: an instrument, or a fact that holds its words or its day."""
    if not name.startswith(REF):
        fact = record.facts[name]
        return phrases.figure(fact)
    symbol = name.removeprefix(REF)
    row = record.instruments.get(symbol)
    if row is None:
        raise NarrativeError(
            f"The record has no instrument '{symbol}'; write it into required or optional below"
            " [instruments] of report.toml.",
            subject=symbol,
        )
    short = str(row["short"])
    return cite(name, short[:1].upper() + short[1:])


def _cell(id: str, column: Mapping[str, Any], record: Record, phrases: Phrases) -> str:
    if not id:
        return ""
    return phrases.figure(record.facts[id], _places(id, column, record), column["signed"])


def _places(id: str, column: Mapping[str, Any], record: Record) -> int:
    own = record.facts[id].decimals
    return int(column["decimals"] if own is None else own)


def picture(name: str, record: Record, phrases: Phrases) -> str:
    """The block of a recorded chart of Altair.

    Raises:
        NarrativeError: The notebook recorded no such chart.
    """
    if name in record.charts and OWN not in record.charts[name]:
        raise NarrativeError(
            f"'{name}' is a chart of reportgen, which a story prints by a block '!{name}' with the"
            " lines title, subtitle, alt, and one for each of its labels:"
            f" {', '.join(record.charts[name]['slots'])}.",
            subject=name,
        )
    chart = _found(name, record.charts, OWN, "chart of Altair", "desk.show(chart, ...)")
    own = chart[OWN]
    lines = [f"!{name}", *(f"{part}: {cite(OWN, own[part])}" for part in PARTS)]
    for id in chart["slots"]:
        if id not in record.facts:
            hint = did_you_mean(id, record.facts)
            raise NarrativeError(f"Chart '{name}' shows no fact '{id}'.{hint}", subject=id)
        lines.append(f"{id}: {phrases.figure(record.facts[id])}")
    return _block(lines)


PARTS = ("title", "subtitle", "alt")


def _found(
    name: str, recorded: Mapping[str, Mapping[str, Any]], part: str, what: str, call: str
) -> Mapping[str, Any]:
    found = recorded.get(name)
    if found is None or part not in found:
        known = [one for one, row in recorded.items() if part in row]
        hint = did_you_mean(name, known)
        raise NarrativeError(
            f"The notebook recorded no {what} '{name}'; write {call} in a section.{hint}",
            subject=name,
        )
    return found

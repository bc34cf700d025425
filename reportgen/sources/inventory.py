"""What the store holds, series by series, in the words of a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.errors import NoData, did_you_mean
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import registry
from reportgen.sources import store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RATES = ("yield", "policy_rate")
"""Kinds that are not published on each session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One series.

    Its first and last finished day, the sessions missing between them, and the
    source and time of its last fetch.
    """

    symbol: str
    first: dt.date
    last: dt.date
    gaps: int
    source: str
    fetched_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One day's value, its source, and what was known before, newest first."""

    day: dt.date
    value: float | None
    """None where there is none: a figure that was not published, an event that was called off."""
    final: bool
    source: str
    fetched_at: dt.datetime
    before: tuple[str, ...]


def series(path: Path) -> Iterator[Held]:
    """Every series of daily values in the store at *path*, bars first."""
    with store.reading(path) as connection:
        days = _days(connection)
        sources = _sources(connection)
    for name in sorted(days):
        held, (told, at) = days[name], sources[name]
        yield Held(
            symbol=name,
            first=held.first,
            last=held.last,
            gaps=held.gaps,
            source=", ".join(sorted(told)),
            fetched_at=at.replace(tzinfo=dt.UTC),
        )


DAILY = {
    "bars": ("symbol", "final"),
    "points": (
        "CASE WHEN role = 'rates' THEN name ELSE role END",
        "NOT starts_with(role, 'confirmations')",
    ),
    "vintages": ("'vintages'", "true"),
}
"""Tables of daily values: the name of a series in each, and its rows that count."""


def _daily(connection: DuckDBPyConnection) -> Mapping[str, tuple[str, str]]:
    """Those of the tables that the store has."""
    return {table: rule for table, rule in DAILY.items() if store.has_table(connection, table)}


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of one series: the first, the last, and the sessions missing between them."""

    first: dt.date
    last: dt.date
    gaps: int


def _days(connection: DuckDBPyConnection) -> dict[str, _Days]:
    """The days of every series.

    The database returns the days of a series as a row of bits, a bit for each day of the store.
    """
    begin, end = _span(connection)
    calendars = {
        symbol: found.sessions
        for symbol, found in registry().items()
        if found.kind not in RATES and not found.sessions.always
    }
    kept = dict[str, tuple[dt.date, dt.date, int]]()
    for table, (name, counts) in _daily(connection).items():
        rows = connection.execute(
            f"SELECT {name} AS series, min(day), max(day),"
            f" CASE WHEN list_contains(?, series) THEN bitstring_agg("
            f"(day - DATE '{begin}')::INTEGER, 0, {(end - begin).days})::VARCHAR ELSE '0' END"
            f" FROM {table} WHERE {counts} GROUP BY series",
            [list(calendars)],
        )
        while some := rows.fetchmany(1000):
            for symbol, first, last, bits in some:
                known = kept.get(symbol, (first, last, 0))
                union = known[2] | int(bits, 2)
                kept[symbol] = min(known[0], first), max(known[1], last), union
    spans = dict[str, tuple[dt.date, dt.date]]()
    for symbol, calendar in calendars.items():
        if symbol in kept:
            first, last, _ = kept[symbol]
            known = spans.get(calendar.code, (first, last))
            spans[calendar.code] = min(known[0], first), max(known[1], last)
    sessions = {
        code: _bits(Calendar(code).sessions(*span), begin, end) for code, span in spans.items()
    }
    found = dict[str, _Days]()
    for symbol, (first, last, bits) in kept.items():
        due = sessions[calendars[symbol].code] if symbol in calendars else 0
        due &= _between(first, last, end)
        found[symbol] = _Days(first, last, (due & ~bits).bit_count())
    return found


def _span(connection: DuckDBPyConnection) -> tuple[dt.date, dt.date]:
    """The first and the last day of any daily value."""
    query = (
        "SELECT min(first), max(last) FROM (SELECT min(day) AS first, max(day) AS last FROM bars"
        " UNION ALL SELECT min(day), max(day) FROM points)"
    )
    row = connection.execute(query).fetchone()
    return (row[0], row[1]) if row and row[0] else (dt.date.min, dt.date.min)


def _bits(days: Iterable[dt.date], begin: dt.date, end: dt.date) -> int:
    """*days* as a row of bits, the first of them that of the day *begin*."""
    bits = bytearray(b"0" * ((end - begin).days + 1))
    for day in days:
        bits[(day - begin).days] = ord("1")
    return int(bits, 2)


def _between(first: dt.date, last: dt.date, end: dt.date) -> int:
    """All days from *first* to *last* as a row of bits that ends with the day *end*."""
    return ((1 << (last - first).days + 1) - 1) << (end - last).days


def _sources(connection: DuckDBPyConnection) -> dict[str, tuple[set[str], dt.datetime]]:
    """The sources of every series, and the time of its last fetch."""
    found = dict[str, tuple[set[str], dt.datetime]]()
    for table, (name, counts) in _daily(connection).items():
        rows = connection.execute(
            "SELECT told.series, f.source, max(f.fetched_at) FROM (SELECT DISTINCT"
            f" {name} AS series, fetch_id FROM {table} WHERE {counts}) told"
            " JOIN fetches f ON f.id = told.fetch_id GROUP BY ALL"
        ).fetchall()
        for symbol, source, at in rows:
            told, newest = found.setdefault(symbol, (set(), at))
            found[symbol] = told | {source}, max(newest, at)
    return found


def shown(value: float | None) -> str:
    """A *value* of a series in words."""
    return "none" if value is None else f"{value:,.4f}"


def history(path: Path, symbol: str, last: int) -> list[Value]:
    """The newest *last* values of *symbol*, oldest first.

    Raises:
        NoData: The store has none.
    """
    with store.reading(path) as connection:
        rows = connection.execute(
            "WITH v AS (SELECT symbol, day, close AS value, final, fetch_id"
            " FROM bars UNION ALL SELECT name, day, value, true, fetch_id FROM"
            " points WHERE NOT starts_with(role, 'confirmations')) SELECT day,"
            " list(value ORDER BY fetch_id DESC), arg_max(final, fetch_id),"
            " arg_max(source, fetch_id), arg_max(fetched_at, fetch_id) FROM v"
            " JOIN fetches f ON f.id = v.fetch_id WHERE v.symbol = ? GROUP BY"
            " day ORDER BY day DESC LIMIT ?",
            [symbol, last],
        ).fetchall()
        if not rows:
            known = [
                row[0]
                for row in connection.execute(
                    "SELECT DISTINCT symbol FROM bars UNION SELECT DISTINCT name FROM points"
                ).fetchall()
            ]
            hint = did_you_mean(symbol, known)
            raise NoData(
                f"The store has nothing on '{symbol}'.{hint}",
                subject=symbol,
            )
    found = []
    for day, values, final, source, at in reversed(rows):
        former = [value for value in values[1:] if value != values[0]]
        found.append(
            Value(
                day=day,
                value=values[0],
                final=final,
                source=source,
                fetched_at=at,
                before=tuple(shown(value) for value in former),
            )
        )
    return found

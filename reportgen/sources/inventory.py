"""What the store holds, series by series, in the words of a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.core.errors import NoData, did_you_mean
from reportgen.markets.instruments import registry
from reportgen.sources import store

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
    value: float
    final: bool
    source: str
    fetched_at: dt.datetime
    before: tuple[str, ...]


def series(path: Path) -> Iterator[Held]:
    """Every series of daily values in the store at *path*, bars first."""
    with store.reading(path) as connection:
        rows = connection.execute(
            "WITH v AS (SELECT symbol, day, fetch_id FROM bars WHERE final"
            " UNION ALL SELECT CASE WHEN role = 'rates' THEN name ELSE role"
            " END, day, fetch_id FROM points WHERE NOT starts_with(role,"
            " 'confirmations')) SELECT v.symbol, min(day), max(day),"
            " list(DISTINCT day), string_agg(DISTINCT source, ', ' ORDER BY"
            " source), max(fetched_at) FROM v JOIN fetches f ON f.id ="
            " v.fetch_id GROUP BY v.symbol ORDER BY v.symbol"
        ).fetchall()
    for symbol, first, last, days, source, fetched_at in rows:
        found = registry().get(symbol)
        gaps = 0
        priced = found is not None and found.kind not in RATES
        if found is not None and priced and not found.sessions.always:
            gaps = len(set(found.sessions.sessions(first, last)) - set(days))
        yield Held(
            symbol=symbol,
            first=first,
            last=last,
            gaps=gaps,
            source=source,
            fetched_at=fetched_at.replace(tzinfo=dt.UTC),
        )


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
                before=tuple(f"{value:,.4f}" for value in former),
            )
        )
    return found

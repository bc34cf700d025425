"""What a fetch has to know of the store before it asks anybody.

The newest values of every series that it wants, and answers that may still hold.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.errors import NoData
from reportgen.sources import answers_kept
from reportgen.sources.http import Earlier
from reportgen.sources.plan import OVERLAP
from reportgen.sources.providers.contract import Reply
from reportgen.sources.store import (
    EPOCH,
    KEYS,
    LITTLE,
    MOST,
    has_table,
    naive,
    of_symbols,
    reading,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEPT = dt.timedelta(days=7)
"""How long an answer is worth asking for by its validator."""
SECOND = "confirmations"
"""The role of what a second source told, with its name: "confirmations/cboe"."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of a series.

    Finished closes (of a rate, its values) by day, when it was last fetched,
    and from which provider most of it comes.
    """

    closes: dict[dt.date, float]
    fetched_at: dt.datetime
    provider: str
    confirmed: dict[str, dt.date] = field(default_factory=dict)
    """The newest day of it that each second source told, by provider."""


def known_at(
    path: Path,
    now: dt.datetime,
    symbols: Collection[str],
    turn: threading.Lock | None = None,
) -> tuple[dict[tuple[str, str], Known], dict[str, Earlier]]:
    """What the store at *path* knows of the last weeks, and its answers by URL.

    Nothing where there is no store yet.

    Args:
        path: The store.
        now: The time of the fetch.
        symbols: The series that are wanted; the others are not read.
        turn: Held while an answer is read, since a process that writes a store cannot read it.

    Returns:
        What is known by role and symbol, and the answers by URL. Their bytes stay in the store
        until they are asked for.
    """
    try:
        with reading(path, LITTLE) as connection:
            known = _recent(connection, (now - 2 * OVERLAP).date(), sorted(set(symbols)))
            return known, _answers(connection, now - KEPT, path, turn or threading.Lock())
    except NoData:
        return {}, {}


def _recent(
    connection: DuckDBPyConnection,
    since: dt.date,
    symbols: list[str],
) -> dict[tuple[str, str], Known]:
    """What is known of the series *symbols* from *since* on, by role and symbol.

    All futures go by one.
    """
    fetched = connection.execute(
        "SELECT split_part(role, '/', 1), symbol, max(fetched_at), arg_max(provider, rows)"
        " FROM fetches SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS symbol) USING (symbol)"
        " GROUP BY 1, 2",
        [symbols],
    ).fetchall()
    found = {
        (role, symbol): Known({}, at.replace(tzinfo=dt.UTC), provider)
        for role, symbol, at, provider in fetched
    }
    bars = connection.execute(
        _newest(
            "bars", "symbol, day, close, final", of_symbols(connection, "bars", symbols, "day >= ?")
        ),
        [since],
    )
    while some := bars.fetchmany(10_000):
        for symbol, day, close, final in some:
            if final:
                series = found.setdefault(("daily_bars", symbol), Known({}, EPOCH, ""))
                series.closes[day] = close
    _add_points(connection, since, found)
    for name, day, value in _vintages(connection, since):
        if ("vintages", name) in found:
            found["vintages", name].closes[day] = value
    return found


def _add_points(
    connection: DuckDBPyConnection, since: dt.date, found: Mapping[tuple[str, str], Known]
) -> None:
    """Add the values from *since* on that are no prices to the series *found*."""
    points = connection.execute(
        _newest("points", "role, name, day, value", "(SELECT * FROM points WHERE day >= ?)"),
        [since],
    )
    while some := points.fetchmany(10_000):
        for role, name, day, value in some:
            kind, _, provider = role.partition("/")
            if kind == SECOND and provider and value is not None:
                if ("daily_bars", name) in found:
                    told = found["daily_bars", name].confirmed
                    told[provider] = max(day, told.get(provider, day))
                continue
            symbol = name if role == "rates" else role
            if (role, symbol) in found:
                found[role, symbol].closes[day] = value


def _vintages(connection: DuckDBPyConnection, since: dt.date) -> list[tuple[str, dt.date, float]]:
    """The first prints of releases from *since* on: series, day of the release, and value."""
    if not has_table(connection, "vintages"):
        return []
    query = "SELECT name, day, value FROM vintages WHERE day >= ? AND first AND value IS NOT NULL"
    return connection.execute(query, [since]).fetchall()


def _newest(table: str, columns: str, rows: str) -> str:
    """A query of the *columns* of the newest of each value of *table* among *rows*."""
    key = ", ".join(KEYS[table])
    return (
        f"SELECT {columns} FROM {rows} WHERE fetch_id <= {MOST} QUALIFY row_number() OVER"
        f" (PARTITION BY {key} ORDER BY fetch_id DESC) = 1 ORDER BY {key}"
    )


def _answers(
    connection: DuckDBPyConnection, since: dt.datetime, path: Path, turn: threading.Lock
) -> dict[str, Earlier]:
    """The newest answer of each URL after *since* that can be revalidated."""
    rows = connection.execute(
        "SELECT url, status, fetched_at, sha256, validator FROM fetches"
        " WHERE validator <> '' AND fetched_at > ?"
        " QUALIFY row_number() OVER (PARTITION BY url ORDER BY id DESC) = 1",
        [naive(since)],
    ).fetchall()
    return {
        url: _InStore(path, turn, digest, url, status, at.replace(tzinfo=dt.UTC), validator)
        for url, status, at, digest, validator in rows
    }


@dataclass(frozen=True, slots=True)
class _InStore:
    """An answer that a store holds."""

    path: Path
    turn: threading.Lock
    digest: str
    url: str
    status: int
    at: dt.datetime
    validator: str

    def reply(self) -> Reply | None:
        """The answer; None where its bytes are not those that were received."""
        with self.turn, reading(self.path, LITTLE) as connection:
            body = answers_kept.body_of(connection, self.digest)
        if body is None:
            return None
        return Reply(
            url=self.url, status=self.status, at=self.at, body=body, validator=self.validator
        )

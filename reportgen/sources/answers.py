"""What a fetch has to know of the store before it asks anybody.

The newest values of every series, and answers that may still hold.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.errors import NoData
from reportgen.sources.plan import OVERLAP
from reportgen.sources.providers.contract import Reply
from reportgen.sources.store import EPOCH, MOST, latest, naive, reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEPT = dt.timedelta(days=7)
"""How long an answer is worth asking for by its validator."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of a series.

    Finished closes (of a rate, its values) by day, when it was last fetched,
    and from which provider most of it comes.
    """

    closes: dict[dt.date, float]
    fetched_at: dt.datetime
    provider: str


def known_at(
    path: Path,
    now: dt.datetime,
) -> tuple[dict[tuple[str, str], Known], dict[str, Reply]]:
    """What the store at *path* knows of the last weeks, and its answers by URL.

    By role and symbol. Nothing where there is no store yet.
    """
    try:
        with reading(path) as connection:
            return _recent(
                connection,
                (now - 2 * OVERLAP).date(),
            ), _answers(connection, now - KEPT)
    except NoData:
        return {}, {}


def _recent(
    connection: DuckDBPyConnection,
    since: dt.date,
) -> dict[tuple[str, str], Known]:
    """What is known of every series from *since* on, by role and symbol.

    All futures go by one.
    """
    fetched = connection.execute(
        "SELECT split_part(role, '/', 1), symbol, max(fetched_at),"
        " arg_max(provider, rows) FROM fetches GROUP BY 1, 2"
    ).fetchall()
    found = {
        (role, symbol): Known({}, at.replace(tzinfo=dt.UTC), provider)
        for role, symbol, at, provider in fetched
    }
    bars = latest(connection, "bars", MOST, "day >= ?", [since]).fetchall()
    for symbol, day, *_, close, _, final, _ in bars:
        if final:
            series = found.setdefault(("daily_bars", symbol), Known({}, EPOCH, ""))
            series.closes[day] = close
    for role, name, day, value, _ in latest(
        connection, "points", MOST, "day >= ?", [since]
    ).fetchall():
        symbol = name if role == "rates" else role
        if (role, symbol) in found:
            found[role, symbol].closes[day] = value
    return found


def _answers(
    connection: DuckDBPyConnection,
    since: dt.datetime,
) -> dict[str, Reply]:
    """The newest answer of each URL after *since* that can be revalidated."""
    rows = connection.execute(
        "SELECT url, status, fetched_at, body, validator FROM fetches JOIN"
        " payloads USING (sha256) WHERE validator <> '' AND fetched_at > ?"
        " QUALIFY row_number() OVER (PARTITION BY url ORDER BY id DESC) = 1",
        [naive(since)],
    ).fetchall()
    return {
        url: Reply(
            url=url,
            status=status,
            at=at.replace(tzinfo=dt.UTC),
            body=zlib.decompress(body),
            validator=validator,
        )
        for url, status, at, body, validator in rows
    }

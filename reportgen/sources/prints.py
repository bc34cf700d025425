"""The figures of releases in a store: what was printed of each period, and when it was known.

An answer tells no time. A print was known when it was first fetched. It was released at the time
that the store's calendar has for the release of its series, if that time lies between the end of
its period and the fetch, and no fetch after it lacked the figure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from reportgen.markets import public_calendar
from reportgen.markets.instruments import registry

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from reportgen.sources.then import Then

COLUMNS = (
    "series",
    "period",
    "stage",
    "actual",
    "previous",
    "released_at",
    "known_at",
    "source",
)
PRINTS = """
SELECT p.name, p.day, p.value, p.fetch_id, f.fetched_at, f.source
FROM points p JOIN fetches f ON f.id = p.fetch_id
WHERE p.role = 'prints' AND p.fetch_id <= ? ORDER BY p.name, p.day, p.fetch_id
"""
ASKED = """
SELECT symbol, fetched_at FROM fetches
WHERE role = 'prints' AND id <= ? AND rows > 0 ORDER BY id
"""
DUE = """
SELECT name, day, value FROM points
WHERE starts_with(role, 'events/release') AND fetch_id <= ?
QUALIFY row_number() OVER (PARTITION BY role, name, day ORDER BY fetch_id DESC) = 1
"""


class Told(NamedTuple):
    """A print as it stands: its value, where it came from, and when it was first fetched."""

    value: float
    source: str
    seen: dt.datetime


def prints(connection: DuckDBPyConnection, known: int, then: Then | None) -> pd.DataFrame:
    """The prints of an open store at fetch *known*, in the columns of a dataset's file.

    With *then*, those that had been fetched by that moment; ``attrs["later"]`` names the series
    where none had been.
    """
    rows = connection.execute(PRINTS, [known]).fetchall()
    later: list[str] = []
    if then is not None:
        early = [row for row in rows if row[3] <= then.early]
        later = sorted({row[0] for row in rows} - {row[0] for row in early})
        known, rows = then.early, early
    asked = defaultdict(list)
    for symbol, at in connection.execute(ASKED, [known]).fetchall():
        asked[symbol].append(_utc(at))
    due = _due(connection.execute(DUE, [known]).fetchall())
    told: dict[str, dict[dt.date, Told]] = defaultdict(dict)
    for name, day, value, _, at, source in rows:
        first = told[name].get(day)
        told[name][day] = Told(value, source, first.seen if first else _utc(at))
    found = []
    for name, months in told.items():
        release = registry()[name].release if name in registry() else ""
        newest = max(months)
        for month, one in months.items():
            before = months.get((month - dt.timedelta(days=1)).replace(day=1))
            at = _released(month, one.seen, due[release], asked[name]) if month == newest else None
            found.append(
                (
                    name,
                    f"{month:%Y-%m}",
                    "",
                    one.value,
                    before.value if before else None,
                    at,
                    one.seen,
                    one.source,
                )
            )
    frame = pd.DataFrame(found, columns=list(COLUMNS)).astype(
        {"actual": float, "previous": float, "stage": object}
    )
    zone = public_calendar().zone
    for column in ("released_at", "known_at"):
        times = pd.to_datetime(frame[column], utc=True)
        frame[column] = times.dt.tz_convert(zone).astype(pd.DatetimeTZDtype("ns", zone))
    frame.attrs["later"] = later
    return frame


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC)


def _due(rows: Iterable[tuple[str, dt.date, float | None]]) -> Mapping[str, list[dt.datetime]]:
    """When each release comes out, by name; those without a time of day are left out."""
    found = defaultdict(list)
    calendar = public_calendar()
    for name, day, minutes in rows:
        if minutes:
            hour, minute = divmod(int(minutes), 60)
            found[name].append(calendar.at_clock(day, dt.time(hour, minute)))
    return found


def _released(
    month: dt.date,
    seen: dt.datetime,
    due: Iterable[dt.datetime],
    asked: Iterable[dt.datetime],
) -> dt.datetime | None:
    """When the print of *month*, first *seen* at a fetch, was released; None where nothing tells.

    Args:
        month: The first day of its period.
        seen: When it was first fetched.
        due: The times of its release, by the calendar.
        asked: The times at which its series was fetched.
    """
    over = (month + dt.timedelta(days=31)).replace(day=1)
    times = [at for at in due if over <= at.date() and at <= seen]
    if len(times) != 1:
        return None
    lacked = any(times[0] < at < seen for at in asked)
    return None if lacked else times[0]

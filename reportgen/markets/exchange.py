"""The New York Stock Exchange's days and hours as plain tables.

They are computed once per installation and kept, for that takes a fifth of a second; there is no
last year: a day that lies beyond the kept tables has them computed again, two years farther.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from reportgen.config.resources import cached
from reportgen.markets.closures import calendar_class, closures

FIRST = "1990-01-01"
LEAST_YEAR, MOST_YEAR = 2028, 2200
"""The tables reach the end of the first of these years at least, and of the second at most."""
AHEAD = 2
"""Years that the tables reach beyond the day that is asked for."""
EXCHANGE = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Exchange:
    """Sessions in order with their hours in exchange time ("09:30", "16:00").

    And the names of holidays by day.
    """

    sessions: Sequence[dt.date]
    hours: Sequence[tuple[str, str]]
    holidays: Mapping[dt.date, str]

    @cached_property
    def places(self) -> Mapping[dt.date, int]:
        """The place of each session in their order."""
        return {day: place for place, day in enumerate(self.sessions)}

    def between(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """The sessions from *start* to *end*, both included."""
        return list(
            self.sessions[bisect_left(self.sessions, start) : bisect_right(self.sessions, end)]
        )

    def neighbours(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """The last session before *day* and the first one after it.

        Raises:
            IndexError: One lies out of the span.
        """
        return (
            self.sessions[bisect_left(self.sessions, day) - 1],
            self.sessions[bisect_right(self.sessions, day)],
        )

    def at(self, session: dt.date, place: int) -> dt.datetime:
        """When *session* opens (place 0) or closes (place 1), exchange time.

        Raises:
            KeyError: It is none.
        """
        clock = dt.time.fromisoformat(self.hours[self.places[session]][place])
        return dt.datetime.combine(session, clock, EXCHANGE)


def exchange(day: dt.date | None = None) -> Exchange:
    """The exchange's calendar from 1990 to two years after *day* or later.

    The desk's own closings are in it.
    """
    year = day.year + AHEAD if day else LEAST_YEAR
    return _through(min(max(LEAST_YEAR, year), MOST_YEAR))


@cache
def _through(year: int) -> Exchange:
    from importlib.metadata import version

    mark = closures().mark or "shipped"
    name = f"calendar-{FIRST}-{year}-{version('exchange_calendars')}-{mark}.json"
    try:
        return _read(cached(name, lambda: _computed(year)))
    except (ValueError, KeyError, TypeError):  # a damaged cache costs time, not the brief
        return _read(_computed(year))


def _read(data: bytes) -> Exchange:
    table = json.loads(data)
    sessions = [dt.date.fromisoformat(day) for day in table["sessions"]]
    hours = [("09:30", "16:00")] * len(sessions)
    for place, opened, closes in table["unusual"]:
        hours[place] = (opened, closes)
    return Exchange(
        sessions,
        hours,
        {dt.date.fromisoformat(day): name for day, name in table["holidays"].items()},
    )


def _computed(year: int) -> bytes:
    """The tables to the end of *year* as JSON."""
    from exchange_calendars import get_calendar

    own, span = closures(), (FIRST, f"{year}-12-31")
    found = (
        calendar_class(own)(start=span[0], end=span[1])
        if own.mark
        else get_calendar("XNYS", start=span[0], end=span[1])
    )
    clock = [
        tuple(f"{at:%H:%M}" for at in row)
        for row in zip(
            found.opens.dt.tz_convert(EXCHANGE), found.closes.dt.tz_convert(EXCHANGE), strict=True
        )
    ]
    holidays = found.regular_holidays.holidays(*span, return_name=True)
    table = {
        "sessions": [f"{day:%Y-%m-%d}" for day in found.sessions],
        "unusual": [
            [place, *hours] for place, hours in enumerate(clock) if hours != ("09:30", "16:00")
        ],
        "holidays": {f"{day:%Y-%m-%d}": str(name) for day, name in holidays.items()},
    }
    return json.dumps(table).encode()

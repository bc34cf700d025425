"""The days and hours of an exchange as plain tables.

They are computed once per installation and kept, for that takes a fifth of a
second; there is no last year: a day beyond the kept tables has them computed
again, two years farther.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

from reportgen.config.resources import cached
from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.markets.closures import Closures, calendar_class, closures
from reportgen.markets.ruled import Ruled, ruled

FIRST = "1990-01-01"
LEAST_YEAR, MOST_YEAR = 2028, 2200
"""The first and the last year that the tables may end with."""
AHEAD = 2
"""Years that the tables reach beyond the day that is asked for."""
ALWAYS = "24/7"
"""The code of what never closes: every day is a session, of 24 hours UTC."""
MINUTE = dt.timedelta(minutes=1)
NEAR = 9
"""Sessions that say which hours are usual."""


@dataclass(frozen=True)
class Exchange:
    """Sessions in order, with their hours, and the names of holidays by day."""

    zone: ZoneInfo
    sessions: Sequence[dt.date]
    hours: Sequence[tuple[int, int]]
    """Open and close of each session, in minutes from its midnight; below 0 the
    evening before.
    """
    holidays: Mapping[dt.date, str]
    usual: tuple[int, int] = (0, 24 * 60)
    """Open and close of a usual session."""

    @cached_property
    def places(self) -> Mapping[dt.date, int]:
        """The place of each session in their order."""
        return {day: place for place, day in enumerate(self.sessions)}

    def between(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """The sessions from *start* to *end*, both included."""
        first = bisect_left(self.sessions, start)
        last = bisect_right(self.sessions, end)
        return list(self.sessions[first:last])

    def usual_on(self, day: dt.date) -> tuple[int, int]:
        """Open and close of a usual session around *day*: exchanges move their hours for good."""
        end = bisect_right(self.sessions, day)
        near = self.hours[max(0, end - NEAR) : end]
        return Counter(near).most_common(1)[0][0] if near else self.usual

    def neighbours(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """The last session before *day* and the first one after it.

        Raises:
            IndexError: One lies outside the span.
        """
        before = bisect_left(self.sessions, day)
        after = bisect_right(self.sessions, day)
        return self.sessions[before - 1], self.sessions[after]

    def at(self, session: dt.date, place: int) -> dt.datetime:
        """When *session* opens (place 0) or closes (place 1), exchange time.

        Raises:
            KeyError: It is not a session.
        """
        minutes = self.hours[self.places[session]][place]
        midnight = dt.datetime.combine(session, dt.time(), self.zone)
        return midnight + minutes * MINUTE


def exchange(code: str, day: dt.date | None = None) -> Exchange:
    """The calendar of an exchange from 1990 to two years after *day* or later.

    The desk's own closings are in it.

    Args:
        code: Its code in exchange_calendars, such as "XLON", or "24/7".
        day: A day that it must reach.

    Raises:
        SettingsError: No exchange has that code.
    """
    year = day.year + AHEAD if day else LEAST_YEAR
    return _through(code, min(max(LEAST_YEAR, year), MOST_YEAR))


@cache
def _through(code: str, year: int) -> Exchange:
    if found := ruled().get(code):
        return _of_rules(code, found, year)
    from importlib.metadata import version

    made_by = version("exchange_calendars")
    mark = closures(code).mark or "shipped"
    name = f"calendar-{code.replace('/', '-')}-{FIRST}-{year}-{made_by}-{mark}.json"
    # A damaged cache costs time, not the brief.
    with suppress(ValueError, KeyError, TypeError):
        return _read(cached(name, lambda: _computed(code, year)))
    return _read(_computed(code, year))


def _of_rules(code: str, found: Ruled, year: int) -> Exchange:
    """The calendar *found* to the end of *year*, without the desk's own closings."""
    first, last = dt.date.fromisoformat(FIRST), dt.date(year, 12, 31)
    closed = closures(code).closed
    days = [day for day in found.days(first, last) if day not in closed]
    usual = (0, found.minutes)
    return Exchange(
        ZoneInfo(found.zone),
        days,
        [usual] * len(days),
        found.named(first.year, year),
        usual,
    )


def _read(data: bytes) -> Exchange:
    table = json.loads(data)
    sessions = [dt.date.fromisoformat(day) for day in table["sessions"]]
    opened, closed = table["usual"]
    hours = [(int(opened), int(closed))] * len(sessions)
    for place, opens, closes in table["unusual"]:
        hours[place] = (opens, closes)
    holidays = {dt.date.fromisoformat(day): name for day, name in table["holidays"].items()}
    return Exchange(
        ZoneInfo(table["zone"]),
        sessions,
        hours,
        holidays,
        (int(opened), int(closed)),
    )


def _computed(code: str, year: int) -> bytes:
    """The tables to the end of *year* as JSON."""
    import pandas as pd

    own = closures(code)
    kind = calendar_class(_class(code), own)
    first = max(filter(None, [pd.Timestamp(FIRST), kind.bound_min()]))
    last = min(filter(None, [pd.Timestamp(f"{year}-12-31"), kind.bound_max()]))
    found = kind(start=first, end=last)
    zone = str(found.tz)
    days = [day.date() for day in found.sessions]
    hours = list[tuple[int, int]]()
    for day, opens, closes in zip(days, found.opens, found.closes, strict=True):
        row = own.hours.get(day, (None, None))
        usual = (_minutes(day, opens, zone), _minutes(day, closes, zone))
        opened, closed = (
            own_hour if (own_hour := row[n]) is not None else usual[n] for n in (0, 1)
        )
        hours.append((opened, closed))
    days, hours = _with_opened(days, hours, own)
    usual_hours = Counter(hours).most_common(1)[0][0]
    holidays = found.regular_holidays
    named: Mapping[Any, str] = {}
    if holidays is not None:
        named = dict(holidays.holidays(first, last, return_name=True))
    unusual = [[n, *row] for n, row in enumerate(hours) if row != usual_hours]
    table = {
        "zone": zone,
        "sessions": [day.isoformat() for day in days],
        "usual": usual_hours,
        "unusual": unusual,
        "holidays": {f"{day:%Y-%m-%d}": str(name) for day, name in named.items()},
    }
    return json.dumps(table).encode()


def _with_opened(
    days: list[dt.date], hours: list[tuple[int, int]], own: Closures
) -> tuple[list[dt.date], list[tuple[int, int]]]:
    """Sessions and hours with those that were announced for odd days, in order."""
    known = dict(zip(days, hours, strict=True))
    later = {day: row for day, row in own.opened.items() if days[0] < day < days[-1]}
    together = sorted({**known, **later}.items())
    return [day for day, _ in together], [row for _, row in together]


def _minutes(day: dt.date, at: dt.datetime, zone: str) -> int:
    """Minutes on the clock of *zone* from the start of *day* to *at*."""
    told = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return int((told - dt.datetime.combine(day, dt.time())) / MINUTE)


def _class(code: str) -> type:
    """The class of an exchange's calendar.

    Raises:
        SettingsError: No exchange has that code.
    """
    from exchange_calendars import get_calendar, get_calendar_names
    from exchange_calendars.errors import InvalidCalendarName

    try:
        return type(get_calendar(code))
    except InvalidCalendarName:
        hint = did_you_mean(code, get_calendar_names())
        raise SettingsError(
            f"No exchange has the code '{code}'.{hint}",
            subject=code,
        ) from None

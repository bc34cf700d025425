"""The sessions and hours of exchanges, by a calendar of the audit's own.

Those of an exchange with rules in ``holidays.toml`` follow from the rules. Those of all others come
from the library exchange_calendars.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

Day = dt.date
ONE_DAY = dt.timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


class Exchange:
    """The sessions of one exchange."""

    def __init__(
        self,
        code: str,
        zone: str,
        closed: Collection[Day] = (),
        short: Mapping[Day, dt.time] = MappingProxyType({}),
    ) -> None:
        """The exchange of that *code*.

        Args:
            code: Its code in exchange_calendars.
            zone: The zone of its market's times.
            closed: Days on which it was closed for a reason that no rule has.
            short: The closing times of days on which it closed early for such a reason.
        """
        self.code = code
        self.zone = ZoneInfo(zone)
        self.closed = frozenset(closed)
        self.short = short

    @property
    def own_zone(self) -> ZoneInfo:
        """The zone of its own times, where a rule says so; else that of the market."""
        zone = _rules().get(self.code, {}).get("zone")
        return ZoneInfo(zone) if zone else ZoneInfo(str(_library(self.code).tz))

    def is_session(self, day: Day) -> bool:
        """Whether the exchange trades on *day*."""
        if day in self.closed:
            return False
        if self.code in _rules():
            return day.weekday() < SATURDAY and day not in holidays(self.code, day.year)
        return day in _library_days(self.code)

    def after(self, day: Day) -> Day:
        """The first session after *day*."""
        day += ONE_DAY
        while not self.is_session(day):
            day += ONE_DAY
        return day

    def before(self, day: Day) -> Day:
        """The last session before *day*."""
        day -= ONE_DAY
        while not self.is_session(day):
            day -= ONE_DAY
        return day

    def opens(self, day: Day) -> dt.datetime:
        """When the session of *day* opens."""
        if self.code in _rules():
            at = dt.datetime.combine(day, _rules()[self.code]["opens"], self.own_zone)
            return at.astimezone(self.zone)
        return _library_hours(self.code, day)[0].astimezone(self.zone)

    def closes(self, day: Day) -> dt.datetime:
        """When the session of *day* closes. A day without one closes at the usual time."""
        if day in self.short:
            return dt.datetime.combine(day, self.short[day], self.zone)
        if self.code in _rules():
            hour = "short" if is_short(self.code, day) else "closes"
            at = dt.datetime.combine(day, _rules()[self.code][hour], self.own_zone)
            return at.astimezone(self.zone)
        near = day if self.is_session(day) else self.before(day)
        at = _library_hours(self.code, near)[1].astimezone(self.zone)
        return at + (day - near)


@cache
def _rules() -> Mapping[str, Mapping[str, Any]]:
    """The rules of each exchange that has some, by its code."""
    path = Path(__file__).with_name("holidays.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def is_short(code: str, day: Day) -> bool:
    """Whether the exchange closes early on *day*, by its rules."""
    rules = _rules()[code]
    if day in rules["odd_short"] or day in rules["odd_whole"]:
        return day in rules["odd_short"]
    return any(_falls_on(rule, day) for rule in rules["short_days"])


def _falls_on(rule: Mapping[str, Any], day: Day) -> bool:
    """Whether the day of *rule* is *day*, on one of the weekdays that the rule is for."""
    return _day_of(rule, day.year) == day and day.weekday() in rule.get("weekdays", range(SATURDAY))


@cache
def holidays(code: str, year: int) -> frozenset[Day]:
    """The holidays of an exchange in *year*, by its rules."""
    found = set[Day]()
    for rule in _rules()[code]["holidays"]:
        day = _day_of(rule, year)
        lost = {SATURDAY: "lost_on_saturday", SUNDAY: "lost_on_sunday"}
        kept = not rule.get(lost.get(day.weekday(), ""))
        if year >= rule.get("from", year) and kept:
            found.add(observed(day))
    return frozenset(found | {day for day in _rules()[code].get("odd", ()) if day.year == year})


@cache
def session_days(code: str, first: int, last: int) -> frozenset[int]:
    """The ordinals of the sessions of an exchange in those years, both included."""
    start, end = Day(first, 1, 1).toordinal(), Day(last, 12, 31).toordinal()
    if code not in _rules():
        days = (day.toordinal() for day in _library_days(code))
        return frozenset(day for day in days if start <= day <= end)
    weekdays = {day for day in range(start, end + 1) if (day - 1) % 7 < SATURDAY}
    closed = {day.toordinal() for year in range(first, last + 1) for day in holidays(code, year)}
    return frozenset(weekdays - closed)


def _day_of(rule: Mapping[str, Any], year: int) -> Day:
    """The day of *rule* in *year*: of a month, after Easter, or a weekday of a month."""
    later = dt.timedelta(rule.get("later", 0))
    if "easter" in rule:
        return easter(year) + dt.timedelta(rule["easter"])
    if "day" in rule:
        return Day(year, rule["month"], rule["day"]) + later
    if "last" in rule:
        return last(year, rule["month"], rule["last"])
    return nth(year, rule["month"], rule["weekday"], rule["number"]) + later


def observed(day: Day) -> Day:
    """The weekday on which a holiday is kept: Friday for Saturday, Monday for Sunday."""
    return day + {SATURDAY: -ONE_DAY, SUNDAY: ONE_DAY}.get(day.weekday(), dt.timedelta())


def nth(year: int, month: int, weekday: int, number: int) -> Day:
    """The first, second and so on *weekday* of a month."""
    first = Day(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (number - 1)) * ONE_DAY


def last(year: int, month: int, weekday: int) -> Day:
    """The last *weekday* of a month that has 31 days."""
    end = Day(year, month, 31)
    return end - (end.weekday() - weekday) % 7 * ONE_DAY


def easter(year: int) -> Day:
    """Easter Sunday, by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return Day(year, month, day + 1)


@cache
def _library(code: str) -> Any:
    import exchange_calendars

    earliest = type(exchange_calendars.get_calendar(code)).bound_min()
    start = max("1990-01-01", f"{earliest:%Y-%m-%d}" if earliest is not None else "")
    return exchange_calendars.get_calendar(code, start=start)


@cache
def _library_days(code: str) -> frozenset[Day]:
    return frozenset(at.date() for at in _library(code).sessions)


def _library_hours(code: str, day: Day) -> tuple[dt.datetime, dt.datetime]:
    table = _library(code)
    opened, closed = table.session_open(day.isoformat()), table.session_close(day.isoformat())
    return opened.to_pydatetime(), closed.to_pydatetime()

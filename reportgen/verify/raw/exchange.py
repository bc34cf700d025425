"""The sessions and hours of exchanges, by a calendar of the audit's own.

Those of an exchange with a file in ``exchanges/`` follow from the rules there, in the years that
the file is for. All others come from the library exchange_calendars.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from reportgen.verify.raw.lunar import day_of as lunar_day

Day = dt.date
ONE_DAY = dt.timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
ALWAYS = "24/7"
"""The code of what never closes: every day is a session, of 24 hours UTC."""
RULES = Path(__file__).with_name("exchanges")
OLDEST = Day(1990, 1, 1)
"""From this day on the library is asked."""


class Hours(NamedTuple):
    """The opening and the closing time of one session; None where one is as usual."""

    opens: dt.time | None
    closes: dt.time | None


class Exchange:
    """The sessions of one exchange."""

    def __init__(
        self,
        code: str,
        zone: str,
        closed: Collection[Day] = (),
        short: Mapping[Day, Hours] = MappingProxyType({}),
        opened: Collection[Day] = (),
    ) -> None:
        """The exchange of that *code*.

        Args:
            code: Its code in exchange_calendars.
            zone: The zone of its market's times.
            closed: Days on which it was closed for a reason that no rule has.
            short: The hours of days that have their own, on the clock of the exchange.
            opened: Days on which it traded though no rule has it.
        """
        self.code = code
        self.zone = ZoneInfo(zone)
        self.closed = frozenset(closed)
        self.short = short
        self.opened = frozenset(opened)

    @property
    def own_zone(self) -> ZoneInfo:
        """The zone of its own clock."""
        return clock_of(self.code)

    def is_session(self, day: Day) -> bool:
        """Whether the exchange trades on *day*."""
        if day in self.closed:
            return False
        return day in self.opened or is_session(self.code, day)

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
        said = self.short.get(day)
        if said and said.opens:
            return self._at(day, said.opens)
        return hours(self.code, day)[0].astimezone(self.zone)

    def closes(self, day: Day) -> dt.datetime:
        """When the session of *day* closes. A day without one closes at the usual time."""
        said = self.short.get(day)
        if said and said.closes:
            return self._at(day, said.closes)
        if ruled(self.code, day):
            return hours(self.code, day)[1].astimezone(self.zone)
        near = day if self.is_session(day) else self.before(day)
        return hours(self.code, near)[1].astimezone(self.zone) + (day - near)

    def _at(self, day: Day, clock: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, clock, clock_of(self.code)).astimezone(self.zone)


@cache
def rules_of(code: str) -> Mapping[str, Any] | None:
    """The rules of an exchange, None where it has no file."""
    path = RULES / f"{code}.toml"
    if code == ALWAYS or not path.is_file():
        return None
    return tomllib.loads(path.read_text(encoding="utf-8"))


def ruled(code: str, day: Day) -> bool:
    """Whether the sessions of *day* follow from rules."""
    if code == ALWAYS:
        return True
    rules = rules_of(code)
    return rules is not None and rules.get("since", 0) <= day.year <= rules.get("until", 9999)


@cache
def clock_of(code: str) -> ZoneInfo:
    """The zone of the clock of an exchange."""
    if code == ALWAYS:
        return ZoneInfo("UTC")
    rules = rules_of(code)
    return ZoneInfo(rules["zone"]) if rules else ZoneInfo(str(_library(code).tz))


def is_session(code: str, day: Day) -> bool:
    """Whether an exchange trades on *day*, by its rules or by the library."""
    if code == ALWAYS:
        return True
    if ruled(code, day):
        return day.weekday() < SATURDAY and day not in holidays(code, day.year)
    return day in _library_days(code)


def hours(code: str, day: Day) -> tuple[dt.datetime, dt.datetime]:
    """When the session of *day* opens and closes, on the clock of the exchange."""
    zone = clock_of(code)
    if code == ALWAYS:
        midnight = dt.datetime.combine(day, dt.time(), zone)
        return midnight, midnight + ONE_DAY
    if not ruled(code, day):
        return _library_hours(code, day)
    rules = rules_of(code) or {}
    usual = [row for row in rules["hours"] if row.get("from", Day.min) <= day][-1]
    opens, closes = usual["opens"], usual["closes"]
    if is_short(code, day):
        closes = rules["short"]
    if is_late(code, day):
        opens = rules["late"]
    begins = day - ONE_DAY if rules.get("evening") else day
    return dt.datetime.combine(begins, opens, zone), dt.datetime.combine(day, closes, zone)


@lru_cache(maxsize=4096)
def is_short(code: str, day: Day) -> bool:
    """Whether the exchange closes early on *day*, by its rules."""
    rules = rules_of(code) or {}
    odd = rules.get("odd_short", ()), rules.get("odd_whole", ())
    if day in odd[0] or day in odd[1]:
        return day in odd[0]
    return any(_falls_on(rule, day) for rule in rules.get("short_days", ()))


@lru_cache(maxsize=4096)
def is_late(code: str, day: Day) -> bool:
    """Whether the exchange opens late on *day*, by its rules."""
    rules = rules_of(code) or {}
    first = rules.get("first_session_late") and day == _first_session(code, day.year)
    return bool(first) or any(_falls_on(rule, day) for rule in rules.get("late_days", ()))


def _first_session(code: str, year: int) -> Day:
    day = Day(year, 1, 1)
    while not is_session(code, day):
        day += ONE_DAY
    return day


def _falls_on(rule: Mapping[str, Any], day: Day) -> bool:
    """Whether the day of *rule* is *day*, on one of the weekdays that the rule is for."""
    if not _holds(rule, day.year):
        return False
    found = [_moved_back(one, rule) for one in _days_of(rule, day.year)]
    return day in found and day.weekday() in rule.get("weekdays", range(SATURDAY))


def _moved_back(day: Day, rule: Mapping[str, Any]) -> Day:
    """Friday instead of a weekend, where the rule moves its day back."""
    if rule.get("move") == "us":
        return observed(day)
    back = max(0, day.weekday() - SATURDAY + 1) if rule.get("move") == "back" else 0
    return day - back * ONE_DAY


@cache
def holidays(code: str, year: int) -> frozenset[Day]:
    """The holidays of an exchange in *year*, by its rules.

    First all stay on their days, as far as they have them for themselves. Then each that is
    owed another day gets it, in the order of the file.
    """
    found, owed = set[Day](), list[Day]()
    rules = (rules_of(code) or {})["holidays"]
    for rule in rules:
        if not _holds(rule, year):
            continue
        for day in _days_of(rule, year):
            found.add(_moved_back(day, rule))
            if _owed(day, rule, year):
                owed.append(day)
    for rule in rules:
        if rule.get("clash") and _holds(rule, year):
            owed += _clashes(rule, year, rules)
    for day in sorted(owed):
        found.add(_free(day, found))
    if (rules_of(code) or {}).get("bridges"):
        found |= {
            day + ONE_DAY
            for day in found
            if day + 2 * ONE_DAY in found and day.weekday() < SATURDAY - 2
        }
    return frozenset(found)


def _holds(rule: Mapping[str, Any], year: int) -> bool:
    """Whether *rule* is one of that *year*."""
    between = rule.get("from", year) <= year <= rule.get("until", year)
    return between and year not in rule.get("except", ()) and year in rule.get("years", (year,))


def _owed(day: Day, rule: Mapping[str, Any], year: int) -> bool:
    """Whether a holiday on *day* is kept on another day, too, for it is a weekend."""
    if year < rule.get("moves_from", year):
        return False
    move = rule.get("move", "")
    return (move == "next" and day.weekday() >= SATURDAY) or (
        move == "sunday" and day.weekday() == SUNDAY
    )


def _clashes(rule: Mapping[str, Any], year: int, rules: Collection[Mapping[str, Any]]) -> list[Day]:
    """The weekdays that *rule* shares with holidays before it in the file."""
    taken = set[Day]()
    for other in rules:
        if other is rule:
            break
        if _holds(other, year):
            taken |= {*_days_of(other, year)}
    return [day for day in _days_of(rule, year) if day in taken and day.weekday() < SATURDAY]


def _free(day: Day, taken: Collection[Day]) -> Day:
    """The first weekday after *day* that is no holiday yet."""
    day += ONE_DAY
    while day in taken or day.weekday() >= SATURDAY:
        day += ONE_DAY
    return day


@cache
def session_days(code: str, first: int, last: int) -> frozenset[int]:
    """The ordinals of the sessions of an exchange in those years, both included."""
    found = set[int]()
    for year in range(first, last + 1):
        start, end = Day(year, 1, 1).toordinal(), Day(year, 12, 31).toordinal()
        if not ruled(code, Day(year, 1, 1)):
            found |= {day for day in _library_ordinals(code) if start <= day <= end}
            continue
        weekdays = {day for day in range(start, end + 1) if (day - 1) % 7 < SATURDAY}
        found |= weekdays - {day.toordinal() for day in holidays(code, year)}
    return frozenset(found)


@cache
def first_known(code: str) -> Day:
    """The first day of an exchange with known sessions."""
    rules = rules_of(code)
    if code == ALWAYS:
        return OLDEST
    if rules is not None and "since" not in rules:
        return OLDEST
    return max(OLDEST, min(_library_days(code)))


def _days_of(rule: Mapping[str, Any], year: int) -> list[Day]:
    """The days of *rule* in *year*: listed, or one that follows from it."""
    if "dates" in rule:
        return [day for day in rule["dates"] if day.year == year]
    return [_day_of(rule, year)]


def _day_of(rule: Mapping[str, Any], year: int) -> Day:
    """The day of *rule* in *year*.

    It is one of a month, of the lunar calendar or of the sun, one after Easter, or a weekday
    of a month or before a day of it.
    """
    found: Day
    if "easter" in rule:
        found = easter(year) + rule["easter"] * ONE_DAY
    elif "lunar" in rule:
        found = lunar_day(year, *rule["lunar"])
    elif "sun" in rule:
        found = of_the_sun(rule["sun"], year)
    elif "before" in rule:
        end = Day(year, rule["month"], rule["day"])
        found = end - ((end.weekday() - rule["before"] - 1) % 7 + 1) * ONE_DAY
    elif "day" in rule:
        found = Day(year, rule["month"], rule["day"])
    elif "last" in rule:
        found = last(year, rule["month"], rule["last"])
    else:
        found = nth(year, rule["month"], rule["weekday"], rule["number"])
    return found + int(rule.get("later", 0)) * ONE_DAY


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


TERMS = {"spring": (3, 20.8431), "autumn": (9, 23.2488), "clear and bright": (4, 4.966)}
"""The month of each term of the sun, and its day in 1980 with the fraction; in East Asia."""
YEAR_OF_THE_SUN = 0.242194
"""How much later a term is each year, in days, before leap days."""


def of_the_sun(term: str, year: int) -> Day:
    """An equinox, or the day of the sun fifteen days after that of spring.

    By the formula that Japanese almanacs use for 1980 to 2099.
    """
    month, base = TERMS[term]
    passed = year - 1980
    return Day(year, month, int(base + YEAR_OF_THE_SUN * passed) - passed // 4)


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

    first = type(exchange_calendars.get_calendar(code)).bound_min()
    start = max(OLDEST, first.date()) if first is not None else OLDEST
    return exchange_calendars.get_calendar(code, start=start.isoformat())


@cache
def _library_days(code: str) -> frozenset[Day]:
    return frozenset(at.date() for at in _library(code).sessions)


@cache
def _library_ordinals(code: str) -> frozenset[int]:
    return frozenset(day.toordinal() for day in _library_days(code))


def _library_hours(code: str, day: Day) -> tuple[dt.datetime, dt.datetime]:
    table, zone = _library(code), clock_of(code)
    opened, closed = table.session_open(day.isoformat()), table.session_close(day.isoformat())
    return opened.to_pydatetime().astimezone(zone), closed.to_pydatetime().astimezone(zone)

"""When other venues than the stock exchange have prices.

The bond market, CME's rates, and what never closes.

The Treasury publishes yields, and CME settles Fed funds futures, on the
business days of the bond market: weekdays but for federal holidays and Good
Friday, unless that is the month's first Friday, on which the employment report
comes. They part from the stock exchange's on Columbus Day and Veterans Day
(stocks trade) and on some days of mourning, as on 2025-01-09 (bonds trade until
2 p.m.). The rules give the days of the Treasury's yields from 2000 to 2026
without an exception.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from dateutil.easter import easter

from reportgen.markets.calendar import Calendar
from reportgen.markets.spec import home

DAY = dt.timedelta(days=1)
ANNOUNCED = {
    dt.date(2001, 9, 11),
    dt.date(2001, 9, 12),
    dt.date(2004, 6, 11),
    dt.date(2012, 10, 30),
    dt.date(2018, 12, 5),
}
"""Closings of the bond market that were decided for the day."""


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    to_weekday = (weekday - first.weekday()) % 7
    return first + dt.timedelta(days=to_weekday, weeks=n - 1)


def _observed(day: dt.date) -> dt.date:
    """A holiday on a Sunday is kept on Monday.

    Of those on a Saturday, Juneteenth, Independence Day and Christmas are kept
    on Friday.
    """
    if day.weekday() == 5 and day.month in (6, 7, 12):
        return day - DAY
    return day + DAY if day.weekday() == 6 else day


@cache
def bond_holidays(year: int) -> frozenset[dt.date]:
    """The weekdays of *year* on which the bond market is closed."""
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25)]
    if year >= 2022:
        fixed.append((6, 19))
    found = {_observed(dt.date(year, month, day)) for month, day in fixed}
    found |= {
        _nth(year, 1, 0, 3),
        _nth(year, 2, 0, 3),
        _nth(year, 9, 0, 1),
        _nth(year, 10, 0, 2),
        _nth(year, 11, 3, 4),
    }
    may = dt.date(year, 5, 31)
    memorial_day = may - dt.timedelta(days=may.weekday())
    good_friday = easter(year) - 2 * DAY
    if good_friday.day > 7:
        found.add(good_friday)
    announced = {day for day in ANNOUNCED if day.year == year}
    return frozenset(found | {memorial_day} | announced)


def is_bond_day(day: dt.date) -> bool:
    """Whether the bond market has a business day.

    Yields are published, and Fed funds futures settle.
    """
    return day.weekday() < 5 and day not in bond_holidays(day.year)


def traded_before(day: dt.date, calendar: Calendar) -> dt.date:
    """The last session before *day* on which the desk's bond market traded, too."""
    bonds = home().bond_days
    day -= DAY
    while not (calendar.is_session(day) and (not bonds or is_bond_day(day))):
        day -= DAY
    return day

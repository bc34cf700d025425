"""The days of the Chinese lunisolar calendar, for holidays of East Asia."""

from __future__ import annotations

import datetime as dt

FIRST = dt.date(1900, 1, 31)
"""The first day of the first year of the table."""
TABLE = """
04bd8 04ae0 0a570 054d5 0d260 0d950 16554 056a0 09ad0 055d2
04ae0 0a5b6 0a4d0 0d250 1d255 0b540 0d6a0 0ada2 095b0 14977
04970 0a4b0 0b4b5 06a50 06d40 1ab54 02b60 09570 052f2 04970
06566 0d4a0 0ea50 06e95 05ad0 02b60 186e3 092e0 1c8d7 0c950
0d4a0 1d8a6 0b550 056a0 1a5b4 025d0 092d0 0d2b2 0a950 0b557
06ca0 0b550 15355 04da0 0a5b0 14573 052b0 0a9a8 0e950 06aa0
0aea6 0ab50 04b60 0aae4 0a570 05260 0f263 0d950 05b57 056a0
096d0 04dd5 04ad0 0a4d0 0d4d4 0d250 0d558 0b540 0b6a0 195a6
095b0 049b0 0a974 0a4b0 0b27a 06a50 06d40 0af46 0ab60 09570
04af5 04970 064b0 074a3 0ea50 06b58 055c0 0ab60 096d5 092e0
0c960 0d954 0d4a0 0da50 07552 056a0 0abb7 025d0 092d0 0cab5
0a950 0b4a0 0baa4 0ad50 055d9 04ba0 0a5b0 15176 052b0 0a930
07954 06aa0 0ad50 05b52 04b60 0a6e6 0a4e0 0d260 0ea65 0d530
05aa0 076a3 096d0 04afb 04ad0 0a4d0 1d0b6 0d250 0d520 0dd45
0b5a0 056d0 055b2 049b0 0a577 0a4b0 0aa50 1b255 06d20 0ada0
"""
"""The years from 1900 to 2049, as almanacs print them for computers.

The last digit is the month that is followed by a leap month, 0 for none. The twelve bits before it
say which months have 30 days and not 29. The first digit says it of the leap month.
"""
YEARS = tuple(int(told, 16) for told in TABLE.split())


def day_of(year: int, month: int, day: int) -> dt.date:
    """The day of that *month* and *day* of the lunisolar *year*.

    >>> day_of(2025, 1, 1)
    datetime.date(2025, 1, 29)
    """
    passed = sum(_length(told) for told in YEARS[: year - 1900])
    told = YEARS[year - 1900]
    for before in range(1, month):
        passed += _month(told, before)
        passed += _leap(told) if told & 0xF == before else 0
    return FIRST + dt.timedelta(days=passed + day - 1)


def _month(told: int, month: int) -> int:
    """The days of a *month* of the year that *told* describes."""
    return 30 if told & (0x10000 >> month) else 29


def _leap(told: int) -> int:
    """The days of the leap month of a year, 0 where it has none."""
    if not told & 0xF:
        return 0
    return 30 if told & 0x10000 else 29


def _length(told: int) -> int:
    """The days of a whole year."""
    return sum(_month(told, month) for month in range(1, 13)) + _leap(told)

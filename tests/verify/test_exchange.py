"""The audit's own calendars equal those of a library, day by day."""

import datetime as dt

import exchange_calendars
import pytest

from reportgen.markets import market
from reportgen.markets.ruled import ruled as agencies
from reportgen.markets.spec import market_names
from reportgen.verify.raw.exchange import ALWAYS, RULES, Exchange, ruled
from reportgen.verify.raw.lunar import day_of
from reportgen.verify.rows import CLOSINGS, _closed, _opened, _short

NEW_YORK = "XNYS"
SINCE = {NEW_YORK: dt.date(2000, 1, 3)}
FIRST, LAST = dt.date(2015, 1, 2), dt.date(2026, 12, 30)
CODES = sorted({path.stem for path in RULES.glob("*.toml")} - {*agencies()})
"""Those of agencies are not in the library; tests/markets/test_publication.py has them."""
WRONG_THERE = {
    "XHKG": {dt.date(2023, 9, 1), dt.date(2023, 9, 8)},
    "XKRX": {dt.date(2026, 6, 3), dt.date(2026, 7, 17)},
}
"""Sessions of the library that the exchange did not hold."""
HOURS_WRONG_THERE = {
    dt.date.fromisoformat(day)
    for day in (
        "2002-09-11",
        "2021-11-18",
        "2022-11-17",
        "2023-11-16",
        "2024-11-14",
        "2025-11-13",
        "2026-11-19",
    )
}
"""A late opening in New York, and days of the entrance exam in Seoul."""


def days(code):
    first = SINCE.get(code, FIRST)
    return [first + dt.timedelta(days) for days in range((LAST - first).days + 1)]


def library(code):
    """The calendar of exchange_calendars."""
    first = SINCE.get(code, FIRST)
    return exchange_calendars.get_calendar(code, start=first, end="2026-12-31")


def ours(code):
    """The rules of holidays, and the closings and sessions that no rule has."""
    files = (CLOSINGS,)
    closed = _closed(files, code, NEW_YORK, "UTC", None, None)
    short, opened = _short(files, code, NEW_YORK), _opened(files, code, NEW_YORK)
    return Exchange(code, "UTC", closed, short, opened)


@pytest.mark.parametrize("code", CODES)
def test_every_session_is_one(code):
    """Holidays on weekends, by the moon and by the sun, days of mourning, storms, elections.

    The sessions of odd days are announced; the library has none of them.
    """
    mine, theirs = ours(code), {at.date() for at in library(code).sessions}
    theirs = (theirs - WRONG_THERE.get(code, set())) | mine.opened
    assert [day for day in days(code) if mine.is_session(day) != (day in theirs)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_session_has_its_hours(code):
    """Half days, late days, the evening before, and hours that were moved for good."""
    mine, theirs, told = ours(code), library(code), {*days(code)} - HOURS_WRONG_THERE
    listed = zip(theirs.sessions, theirs.opens, theirs.closes, strict=True)
    hours = {at.date(): (opens, closes) for at, opens, closes in listed}
    same = [day for day in hours if day in told and mine.is_session(day)]
    assert [day for day in same if (mine.opens(day), mine.closes(day)) != hours[day]] == []


@pytest.mark.parametrize("name", market_names())
def test_every_shipped_market_has_rules(name):
    """What never closes needs none."""
    code = market(name).exchange
    assert code == ALWAYS or ruled(code, dt.date(2025, 1, 8))


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2025-01-08", "2025-01-07", "2025-01-10"),
        ("2025-07-04", "2025-07-03", "2025-07-07"),
        ("2021-12-31", "2021-12-30", "2022-01-03"),
    ],
)
def test_neighbours_skip_what_is_closed(day, before, after):
    """A day of mourning, a long weekend, a New Year on a Saturday."""
    day, new_york = dt.date.fromisoformat(day), ours(NEW_YORK)
    found = new_york.before(day).isoformat(), new_york.after(day).isoformat()
    assert found == (before, after)


def test_another_exchange_is_read_from_the_library():
    """Oslo trades on Thanksgiving, and closes at twenty past four."""
    oslo = Exchange("XOSL", "Europe/Oslo")
    day = dt.date(2025, 11, 27)
    assert oslo.is_session(day)
    assert f"{oslo.closes(day):%H:%M}" == "16:20"
    assert not oslo.is_session(dt.date(2025, 12, 26))


def test_years_without_rules_are_the_librarys():
    """Rules of Tokyo begin with 2015. In 1998 it traded on 20 July, and not on 23 November."""
    tokyo = ours("XTKS")
    assert not tokyo.is_session(dt.date(1998, 11, 23))
    assert tokyo.is_session(dt.date(1998, 7, 21))


def test_what_never_closes_has_all_days():
    """From midnight to midnight."""
    coins, saturday = Exchange(ALWAYS, "UTC"), dt.date(2025, 1, 4)
    assert coins.is_session(saturday)
    assert coins.closes(saturday) == coins.opens(saturday) + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "month", "day", "found"),
    [
        (2017, 1, 1, "2017-01-28"),
        (2020, 8, 15, "2020-10-01"),  # behind a leap month
        (2025, 1, 1, "2025-01-29"),
        (2025, 9, 9, "2025-10-29"),
        (2033, 1, 1, "2033-01-31"),
    ],
)
def test_the_moon_is_followed(year, month, day, found):
    """New Year, Mid-Autumn and Chung Yeung, as almanacs have them."""
    assert day_of(year, month, day).isoformat() == found

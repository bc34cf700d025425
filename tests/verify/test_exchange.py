"""The audit's own calendar of New York equals that of a library, day by day."""

import datetime as dt
import tomllib

import exchange_calendars
import pytest

from reportgen.verify.raw.exchange import Exchange
from reportgen.verify.rows import CLOSINGS

FIRST, LAST = dt.date(2000, 1, 3), dt.date(2027, 6, 30)
DAYS = [FIRST + dt.timedelta(days) for days in range((LAST - FIRST).days + 1)]


@pytest.fixture(scope="module")
def library():
    """The calendar of exchange_calendars."""
    return exchange_calendars.get_calendar("XNYS", start="1990-01-02", end="2028-12-29")


@pytest.fixture(scope="module")
def ours():
    """The rules of holidays, and the closings that no rule has."""
    closed = [row["day"] for row in tomllib.loads(CLOSINGS.read_text())["closed"]]
    return Exchange("XNYS", "America/New_York", closed)


def test_every_session_is_one(library, ours):
    """Holidays on weekends, Good Friday, Juneteenth, days of mourning."""
    theirs = {at.date() for at in library.sessions}
    assert [day for day in DAYS if ours.is_session(day) != (day in theirs)] == []


def test_every_session_closes_at_its_hour(library, ours):
    """At one around Thanksgiving, Christmas and Independence Day."""
    sessions = [day for day in DAYS if ours.is_session(day)]
    hours = {day: library.session_close(day.isoformat()).to_pydatetime() for day in sessions}
    assert [day for day in sessions if ours.closes(day) != hours[day]] == []


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2025-01-08", "2025-01-07", "2025-01-10"),
        ("2025-07-04", "2025-07-03", "2025-07-07"),
        ("2021-12-31", "2021-12-30", "2022-01-03"),
    ],
)
def test_neighbours_skip_what_is_closed(ours, day, before, after):
    """A day of mourning, a long weekend, a New Year on a Saturday."""
    day = dt.date.fromisoformat(day)
    assert (ours.before(day).isoformat(), ours.after(day).isoformat()) == (before, after)


def test_another_exchange_is_read_from_the_library():
    """London trades on Thanksgiving, and closes at half past four."""
    london = Exchange("XLON", "Europe/London")
    day = dt.date(2025, 11, 27)
    assert london.is_session(day)
    assert f"{london.closes(day):%H:%M}" == "16:30"
    assert not london.is_session(dt.date(2025, 12, 26))

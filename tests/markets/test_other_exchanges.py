"""Any exchange by its own clock: sessions, half days, summer time, Sunday opens, and no close."""

import datetime as dt

import pytest

from reportgen.core.errors import NotASession, SettingsError
from reportgen.markets.calendar import Calendar
from reportgen.markets.closures import CLOSING

NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
LONDON, TOKYO = Calendar("XLON", "Europe/London"), Calendar("XTKS", "Asia/Tokyo")
FUTURES, COINS = Calendar("CMES", "America/Chicago"), Calendar("24/7", "UTC")


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("calendar", "day", "opens", "closes"),
    [
        (LONDON, "2025-01-08", "2025-01-08 08:00", "2025-01-08 16:30"),
        (LONDON, "2024-12-24", "2024-12-24 08:00", "2024-12-24 12:30"),  # half a day
        (LONDON, "2025-03-31", "2025-03-31 07:00", "2025-03-31 15:30"),  # summer time
        (TOKYO, "2025-01-08", "2025-01-08 00:00", "2025-01-08 06:30"),
        (FUTURES, "2025-01-06", "2025-01-05 23:00", "2025-01-06 23:00"),  # opens on Sunday
        (COINS, "2025-01-05", "2025-01-05 00:00", "2025-01-06 00:00"),
    ],
)
def test_a_session_has_the_hours_of_its_exchange(calendar, day, opens, closes):
    """In UTC here."""
    session = dt.date.fromisoformat(day)
    assert calendar.session_open(session) == utc(opens)
    assert calendar.session_close(session) == utc(closes)


@pytest.mark.parametrize(
    ("calendar", "at", "state", "session"),
    [
        (LONDON, "2025-01-08 12:00", "open", "2025-01-08"),
        (LONDON, "2025-01-08 18:00", "post", "2025-01-08"),
        (LONDON, "2025-05-05 12:00", "closed", "2025-05-02"),  # the May holiday
        (TOKYO, "2025-01-08 23:30", "pre", "2025-01-08"),  # the morning of the 9th
        (TOKYO, "2025-01-09 00:30", "open", "2025-01-09"),
        (FUTURES, "2025-01-05 23:30", "open", "2025-01-06"),
        (FUTURES, "2025-01-05 20:00", "closed", "2025-01-03"),
        (COINS, "2025-01-05 12:00", "open", "2025-01-05"),
    ],
)
def test_a_moment_is_one_of_the_exchange(calendar, at, state, session):
    """And the session told of is its own, also on its holidays."""
    here = calendar.moment(utc(at))
    assert (here.state, here.session.isoformat()) == (state, session)


@pytest.mark.parametrize("calendar", [LONDON, TOKYO, FUTURES, COINS])
def test_a_close_is_named_by_its_day(calendar):
    """With what is published on its evening, whenever it closes."""
    here = calendar.resolve("2025-01-08", NOW)
    assert (here.label, here.state) == ("2025-01-08", "post")
    assert here.at == calendar.session_close(dt.date(2025, 1, 8))


def test_a_time_without_an_offset_is_one_of_the_market():
    """Half past ten in Tokyo is half past one in London's winter."""
    assert TOKYO.resolve("2025-01-08 10:30", NOW).at == utc("2025-01-08 01:30")


def test_a_week_of_what_never_closes_ends_on_sunday():
    """Stocks end theirs on Friday."""
    assert COINS.resolve("2025-01-08", NOW, "week").session == dt.date(2025, 1, 5)
    assert LONDON.resolve("2025-01-08", NOW, "week").session == dt.date(2025, 1, 3)


def test_a_holiday_is_named():
    """In an error, with the nearest sessions."""
    with pytest.raises(NotASession, match=r"2025-05-05 \(Monday\) has no trading session"):
        LONDON.resolve("2025-05-05", NOW)


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("XTKS", dt.date(2025, 1, 13), "Coming of Age Day"),  # "(2000 onwards)" in the library
        ("XTKS", dt.date(2024, 12, 31), "the New Year holiday"),
        ("XKRX", dt.date(2025, 10, 7), "Chuseok"),  # "(Korean Thanksgiving Day) (+1 day)"
        ("XLON", dt.date(2025, 5, 5), "the early May bank holiday"),
        ("XASX", dt.date(2025, 6, 9), "the King's Birthday"),
        ("XHKG", dt.date(2025, 1, 29), CLOSING),  # a holiday by the moon has no name there
    ],
)
def test_a_holiday_has_the_name_that_readers_know(code, day, name):
    """Without what a library adds to tell its rules apart."""
    assert Calendar(code).closing_reason(day) == name


def test_a_calendar_that_ends_says_so():
    """Shanghai announces its holidays a year at a time."""
    with pytest.raises(NotASession, match="outside the trading calendar"):
        Calendar("XSHG").is_session(dt.date(2035, 1, 8))


def test_an_exchange_that_is_not_there_is_refused():
    """With the code that was meant."""
    with pytest.raises(SettingsError, match=r"No exchange has the code 'XLOM'.*XLON"):
        Calendar("XLOM").is_session(dt.date(2025, 1, 8))


@pytest.mark.parametrize(("day", "closes"), [("2024-11-04", "15:00"), ("2025-05-05", "15:30")])
def test_a_usual_close_is_that_of_its_time(day, closes):
    """Tokyo moved its own by half an hour on 5 November 2024; both days are holidays there."""
    assert f"{TOKYO.usual_close(dt.date.fromisoformat(day)):%H:%M}" == closes


def test_a_session_may_be_on_a_weekend():
    """Mumbai traded on the Saturday of the budget, and for an hour on Diwali."""
    mumbai = Calendar("XBOM", "Asia/Kolkata")
    assert mumbai.is_session(dt.date(2025, 2, 1))
    assert mumbai.session_close(dt.date(2024, 11, 1)) == utc("2024-11-01 13:30")


def test_a_closing_is_unknown_before_it_is_announced():
    """On the morning of the rainstorm, a session in Hong Kong was still to come."""
    hong_kong, day = Calendar("XHKG", "Asia/Hong_Kong"), dt.date(2023, 9, 8)
    assert hong_kong.upcoming(dt.date(2023, 9, 7), utc("2023-09-07 10:00")) == day
    assert not hong_kong.is_session(day)
    assert hong_kong.closing_reason(day) == "a black rainstorm"

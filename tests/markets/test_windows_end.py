"""Which session ended the last whole week, month, quarter or year,
and the moment a report of it stands at."""

import datetime as dt

import pytest

from reportgen.core.errors import NotASession
from reportgen.markets import market

calendar = market("us").calendar
EXCHANGE = market("us").calendar.zone

NOW = dt.datetime(2025, 2, 1, 12, tzinfo=EXCHANGE)
WINDOWS = ["week", "month", "quarter", "year"]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=EXCHANGE)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def told(when: str, window: str, now: dt.datetime = NOW) -> str:
    """The session that a report of *window* asked for *when* tells of."""
    return calendar.resolve(when, now, window).session.isoformat()


@pytest.mark.parametrize(
    ("session", "ended"),
    [
        ("2025-01-08", []),
        ("2025-01-10", ["week"]),
        ("2024-03-28", ["week", "month", "quarter"]),  # the Thursday before Good Friday
        ("2025-04-17", ["week"]),  # the same, in the middle of a month
        ("2024-02-29", ["month"]),  # a Thursday
        ("2024-11-29", ["week", "month"]),  # half a session
        ("2025-03-31", ["month", "quarter"]),  # a Monday
        ("2024-12-31", ["month", "quarter", "year"]),  # a Tuesday
        ("2023-12-29", ["week", "month", "quarter", "year"]),
        ("2001-09-10", ["week"]),  # a Monday whose week had no other session
    ],
)
def test_a_session_ends_a_window_if_the_next_one_lies_in_another(session, ended):
    """Holidays move the end of a week, and no weekday makes one."""
    assert [window for window in WINDOWS if calendar.window_ends(day(session), window)] == ended


def test_every_week_has_one_end_and_it_is_its_last_session():
    """The weeks of 2024 by the calendar of ISO 8601, said apart from the package."""
    sessions = calendar.sessions(day("2024-01-01"), day("2024-12-29"))
    last = {session.isocalendar()[:2]: session for session in sessions}
    assert [s for s in sessions if calendar.window_ends(s, "week")] == list(last.values())
    assert len(last) == 52


@pytest.mark.parametrize(("window", "number"), [("month", 12), ("quarter", 4), ("year", 1)])
def test_a_year_holds_its_months_and_quarters(window, number):
    """Twelve ends, four and one, and the last session is each of them."""
    ends = [
        s
        for s in calendar.sessions(day("2023-01-01"), day("2023-12-31"))
        if calendar.window_ends(s, window)
    ]
    assert len(ends) == number
    assert ends[-1] == day("2023-12-29")


@pytest.mark.parametrize(
    ("when", "session"),
    [
        ("2025-01-15", "2025-01-10"),  # a Wednesday tells of the Friday before
        ("2025-01-15 12:00", "2025-01-10"),
        ("2025-01-17", "2025-01-17"),  # a Friday's close ends its week
        ("2025-01-17 16:00", "2025-01-17"),
        ("2025-01-17 15:59:59", "2025-01-10"),  # the session is running
        ("2025-01-17 09:00", "2025-01-10"),
        ("2025-01-18 10:00", "2025-01-17"),
        ("2025-01-20 12:00", "2025-01-17"),  # Martin Luther King Jr. Day
        ("2025-01-21 08:00", "2025-01-17"),
        ("2025-01-21", "2025-01-17"),
    ],
)
def test_a_week_is_told_from_its_last_close_on(when, session):
    """Not during the session that ends it, and until the next one has ended."""
    assert told(when, "week") == session


@pytest.mark.parametrize(
    ("when", "session"),
    [
        ("2024-03-28 15:59", "2024-03-22"),
        ("2024-03-28", "2024-03-28"),
        ("2024-03-29 12:00", "2024-03-28"),
        ("2024-03-29", "2024-03-28"),  # a date without a session
        ("2024-04-01", "2024-03-28"),
    ],
)
def test_the_week_of_good_friday_ends_on_thursday(when, session):
    """The exchange was closed on March 29, 2024."""
    assert told(when, "week") == session


@pytest.mark.parametrize(
    ("when", "session"),
    [
        ("2024-11-28 12:00", "2024-10-31"),  # Thanksgiving Day
        ("2024-11-29 12:59:59", "2024-10-31"),
        ("2024-11-29 13:00", "2024-11-29"),
        ("2024-11-29", "2024-11-29"),
        ("2024-12-30", "2024-11-29"),
    ],
)
def test_half_a_session_ends_november(when, session):
    """At one o'clock on the day after Thanksgiving."""
    assert told(when, "month") == session


def test_the_end_of_half_a_session_is_its_early_close():
    """The moment is that close, so the label is the date alone."""
    found = calendar.resolve("2024-12-10 11:00", NOW, "month")
    assert (found.at, found.state, found.label) == (at("2024-11-29 13:00"), "post", "2024-11-29")


@pytest.mark.parametrize(
    ("window", "before", "after"),
    [
        ("week", "2024-12-27", "2024-12-27"),  # a Tuesday ends no week
        ("month", "2024-11-29", "2024-12-31"),
        ("quarter", "2024-09-30", "2024-12-31"),
        ("year", "2023-12-29", "2024-12-31"),
    ],
)
def test_the_last_close_of_a_year_ends_month_quarter_and_year(window, before, after):
    """A second before it, the windows before are the last whole ones."""
    assert told("2024-12-31 15:59:59", window) == before
    assert told("2024-12-31", window) == after


@pytest.mark.parametrize("when", ["2025-01-12", " 2025-01-12 ", "2025-01-11"])
def test_a_date_without_a_session_is_allowed_with_a_window_only(when):
    """Any Sunday has a last whole week before it; it has no close of its own."""
    assert told(when, "week") == "2025-01-10"
    with pytest.raises(NotASession, match="has no trading session"):
        calendar.resolve(when, NOW)


def test_a_holiday_on_the_first_of_a_year_tells_the_year_before():
    """New Year's Day of 2025."""
    assert told("2025-01-01", "year") == "2024-12-31"


@pytest.mark.parametrize(
    ("now", "session"),
    [
        ("2025-01-24 15:59", "2025-01-17"),
        ("2025-01-24 16:00", "2025-01-24"),
        ("2025-01-26 12:00", "2025-01-24"),
    ],
)
def test_the_last_session_s_week_is_the_last_whole_one(now, session):
    """Also by that word instead of a date."""
    assert told("last-session", "week", at(now)) == session


def test_a_time_with_an_offset_is_what_it_says():
    """Nine in the evening of a Friday in London is the close in New York."""
    assert told("2025-01-17T21:00+00:00", "week") == "2025-01-17"
    assert told("2025-01-17T20:59+00:00", "week") == "2025-01-10"


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("when", ["2025-02-03", "2025-02-08", "2025-02-01 12:01", "2025-12-31"])
def test_the_future_is_refused_with_a_window_too(when, window):
    """Although a whole window lies before it: what is asked for is not over."""
    with pytest.raises(NotASession, match="lies in the future"):
        calendar.resolve(when, NOW, window)


def test_tomorrow_is_refused_on_a_saturday_too():
    """February 2, 2025 was a Sunday, and at noon of February 1 it was still to come."""
    with pytest.raises(NotASession, match="lies in the future"):
        calendar.resolve("2025-02-02", NOW, "week")


@pytest.mark.parametrize("when", ["tomorrow", "2025-13-01", "2025-02-30", "08/01/2025"])
def test_a_window_makes_no_date_of_words(when):
    """They are refused with the forms that are dates."""
    with pytest.raises(NotASession, match="is not a date"):
        calendar.resolve(when, NOW, "week")


@pytest.mark.parametrize("when", ["2025-01-15", "2025-01-17", "2025-01-17 10:00", "2024-12-31"])
@pytest.mark.parametrize("window", WINDOWS)
def test_the_end_that_is_told_is_one_and_has_closed(when, window):
    """Whatever the day: the session ends the window, and no other end lies between."""
    found = calendar.resolve(when, NOW, window)
    assert found == calendar.moment(found.closes)
    assert calendar.window_ends(found.session, window)
    asked = calendar.moment(at(when) if " " in when else at(f"{when} 16:00"))
    between = [
        s
        for s in calendar.sessions(found.session, asked.session)
        if s > found.session and calendar.session_close(s) <= asked.at
    ]
    assert not [s for s in between if calendar.window_ends(s, window)]

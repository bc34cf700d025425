"""Dates and times in Associated Press style."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.story.english import dates

TODAY = dt.date(2025, 1, 8)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2024, 11, 25), "Nov. 25"),
        (dt.date(2025, 1, 8), "Jan. 8"),
        (dt.date(2024, 9, 17), "Sept. 17, 2024"),
        (dt.date(2024, 5, 1), "May 1, 2024"),
        (dt.date(2024, 6, 3), "June 3, 2024"),
        (dt.date(2024, 7, 4), "July 4, 2024"),
        (dt.date(2025, 3, 19), "March 19"),
        (dt.date(2025, 2, 12), "Feb. 12"),
        (dt.date(2021, 11, 8), "Nov. 8, 2021"),
        (dt.date(2024, 1, 10), "Jan. 10, 2024"),
        (dt.date(2024, 8, 5), "Aug. 5, 2024"),
        (dt.date(2024, 4, 30), "April 30, 2024"),
    ],
)
def test_a_date_is_told_with_its_year_only_when_far(day, text):
    """Months of five letters or fewer are never shortened, and no day has an ordinal."""
    assert dates.date(day, TODAY) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "Wednesday"),
        (-1, "Tuesday"),
        (-6, "Thursday"),
        (-7, "Jan. 1"),
        (2, "Friday"),
        (6, "Tuesday"),
        (7, "Jan. 15"),
    ],
)
def test_a_weekday_is_told_within_six_days(days, text):
    """A weekday that could be two days is a date."""
    assert dates.day(TODAY + dt.timedelta(days), TODAY) == text


@given(st.integers(-6, 6).filter(bool), st.integers(-6, 6).filter(bool))
def test_no_two_past_or_two_coming_days_share_a_weekday(one, other):
    """Within the six days on one side of the moment a weekday names one day."""
    if one != other and one * other > 0:
        assert dates.day(TODAY + dt.timedelta(one), TODAY) != dates.day(
            TODAY + dt.timedelta(other), TODAY
        )


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("2024-11", "November"),
        ("2024-12-31", "December"),
        ("2023-11", "November 2023"),
        ("2024-10", "October"),
        ("2024-04", "April 2024"),
        ("2024-01", "January 2024"),
    ],
)
def test_a_month_is_told_with_its_year_when_it_is_not_near(period, text):
    """Months stand in full where no day follows; last January is not this one."""
    assert dates.month(period, TODAY) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((2025, 1, 28), (2025, 1, 29), "Jan. 28-29"),
        ((2023, 1, 31), (2023, 2, 1), "Jan. 31-Feb. 1"),
        ((2025, 3, 18), (2025, 3, 18), "March 18"),
        ((2023, 10, 31), (2023, 11, 1), "Oct. 31-Nov. 1"),
    ],
)
def test_a_meeting_is_told_as_a_span_of_days(start, end, text):
    """The month is repeated only where it changes."""
    assert dates.span(dt.date(*start), dt.date(*end)) == text


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (13, 0, "1 p.m. ET"),
        (9, 30, "9:30 a.m. ET"),
        (12, 0, "noon ET"),
        (12, 5, "12:05 p.m. ET"),
        (0, 30, "12:30 a.m. ET"),
        (16, 0, "4 p.m. ET"),
        (14, 5, "2:05 p.m. ET"),
        (0, 0, "12 a.m. ET"),
    ],
)
def test_a_time_is_told_on_the_clock_of_the_exchange(hour, minute, text):
    """Noon is a word, whole hours have no minutes."""
    assert dates.clock(dt.datetime(2025, 1, 8, hour, minute, tzinfo=dt.UTC), "ET") == text


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (9, 30, "early"),
        (10, 29, "early"),
        (10, 30, "morning"),
        (12, 0, "midday"),
        (13, 0, "early-afternoon"),
        (14, 29, "early-afternoon"),
        (14, 30, "afternoon"),
        (15, 30, "late"),
        (15, 59, "late"),
    ],
)
def test_a_part_of_the_session_has_one_name(hour, minute, text):
    """Each minute of the session is in one part of it."""
    assert dates.part_of_day(dt.datetime(2025, 1, 8, hour, minute, tzinfo=dt.UTC)) == text

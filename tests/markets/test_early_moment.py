"""The moment before an open: what names it, what is refused, and what is closed after it."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import NotASession
from reportgen.markets import market
from reportgen.markets.calendar import PRE_OPEN

LATER = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def resolved(name: str, when: str, now: dt.datetime = LATER):
    """The moment before an open of a market."""
    return market(name).calendar.resolve(when, now, PRE_OPEN)


@pytest.mark.parametrize(
    ("name", "when", "at"),
    [
        ("us", "2025-01-08", "2025-01-08T06:30:00-05:00"),
        ("us", "2025-01-08 08:00", "2025-01-08T08:00:00-05:00"),
        ("us", "2025-07-03", "2025-07-03T06:30:00-04:00"),
        ("gb", "2025-01-08", "2025-01-08T07:00:00+00:00"),
        ("de", "2025-07-03", "2025-07-03T08:00:00+02:00"),
        ("jp", "2025-01-08", "2025-01-08T07:30:00+09:00"),
        ("kr", "2025-01-08", "2025-01-08T08:00:00+09:00"),
    ],
)
def test_a_date_names_the_edition_of_its_market(name, when, at):
    """A time of its own, or an hour before the open; a time before an open is taken as it is."""
    found = resolved(name, when)
    assert (found.at.isoformat(), found.state) == (at, "pre")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2025-01-09", r"no trading session: a national day of mourning"),
        ("2025-01-09 08:00", r"no trading session: a national day of mourning"),
        ("2025-01-11 08:00", r"no trading session: a Saturday"),
        ("2025-01-08 10:15", r"2025-01-08 is running.*before 09:30, such as '2025-01-08 06:30'"),
        ("2025-01-08 17:00", r"2025-01-08 is over"),
        ("2026-01-06", r"lies in the future"),
    ],
)
def test_a_day_without_an_open_and_a_time_after_one_are_refused(when, words):
    """With the reason, and what to ask for."""
    with pytest.raises(NotASession, match=words):
        resolved("us", when)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-01-08 06:29", 7),
        ("2025-01-08 06:30", 8),
        ("2025-01-09 12:00", 8),
        ("2025-01-10 12:00", 10),
        ("2025-01-12 12:00", 10),
    ],
)
def test_the_last_edition_is_that_whose_time_has_come(now, day):
    """On a holiday and a weekend, that of the session before."""
    here = dt.datetime.fromisoformat(now).replace(tzinfo=market("us").calendar.zone)
    assert resolved("us", "last-session", here).at.date() == dt.date(2025, 1, day)


@pytest.mark.parametrize(
    ("when", "closed_on", "resumes"),
    [
        ("2025-01-08 08:00", dt.date(2025, 1, 9), dt.date(2025, 1, 10)),
        ("2025-07-03 08:00", dt.date(2025, 7, 4), dt.date(2025, 7, 7)),
        ("2025-01-10 08:00", None, None),
        ("2024-12-31 08:00", dt.date(2025, 1, 1), dt.date(2025, 1, 2)),
    ],
)
def test_before_an_open_the_next_closing_is_that_after_this_day(when, closed_on, resumes):
    """It is known at 8 in the morning as well as during the session."""
    found = market("us").calendar.resolve(when, LATER)
    assert (found.closed_on, found.resumes) == (closed_on, resumes)

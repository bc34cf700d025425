"""What a calendar knows of a session, and what a month's history says of it."""

import datetime as dt

import pytest

from reportgen.authoring.news import occasion, season
from reportgen.beats.calendar.detect import expires as expires_on
from reportgen.markets import market

calendar = market("us").calendar

EVER = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("session", "expires"),
    [
        ("2024-12-20", True),
        ("2024-12-19", False),
        ("2024-11-15", False),  # the third Friday of a month that ends no quarter
        ("2008-03-20", True),  # Good Friday was the third: the day before
        ("2024-03-15", True),
        ("2024-03-22", False),
    ],
)
def test_options_and_futures_expire_on_the_third_friday_of_a_quarter_s_last_month(session, expires):
    """Or on the session before it, where that Friday has none."""
    assert expires_on(dt.date.fromisoformat(session), calendar, 3) == expires


@pytest.mark.parametrize(
    ("session", "roles"),
    [
        ("2024-12-20", {"expiry"}),
        ("2024-11-29", {"short"}),
        ("2024-07-03", {"short"}),
        ("2024-12-23", set()),
    ],
)
def test_an_expiry_and_a_short_session_are_occasions(session, roles):
    """An ordinary session is none."""
    found = occasion(calendar.resolve(session, EVER))
    assert (set(found.finding.facts) if found else set()) == roles


def test_a_short_session_is_not_told_while_it_runs():
    """Its end is still to come."""
    assert occasion(calendar.resolve("2024-11-29 11:00", EVER)) is None


def test_a_month_is_told_by_its_history_on_its_first_session(track, said):
    """Of the eleven Junes before this one, those of 2015 and 2016 were gains."""
    levels = {
        f"{year}-06-{calendar.sessions(dt.date(year, 6, 28), dt.date(year, 6, 30))[-1].day}": 110.0
        for year in (2015, 2016)
    }
    found = said(season(track("^GSPC", "2025-06-02", 101.0, start="2014-01-02", at=levels)))
    assert found["years"] == 11
    assert found["rising"] >= 2
    assert season(track("^GSPC", "2025-06-03", 101.0, start="2014-01-02", at=levels)) is None


def test_nine_years_are_no_history(track):
    """Ten are the fewest that say anything."""
    assert season(track("^GSPC", "2025-06-02", 101.0, start="2016-01-04")) is None
    assert season(track("^GSPC", "2025-06-02", 101.0, start="2015-01-02")) is not None

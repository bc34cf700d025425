"""Figures that come on a later day than their own, and the calendars of their days."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import SettingsError
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import FX, _read, instrument, registry
from reportgen.markets.publication import known_by
from reportgen.verify.raw.exchange import session_days
from reportgen.verify.rows import Rows

FED, EIA, LONDON = Calendar("FED"), Calendar("EIA"), Calendar("XLON")


def when(rule, day, calendar=FED):
    """When a figure of *day* is known, to the minute, in its own zone."""
    return f"{known_by(rule, dt.date.fromisoformat(day), calendar):%a %Y-%m-%d %H:%M %Z}"


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2025-01-06", "Mon 2025-01-13 16:15 EST"),
        ("2025-01-08", "Mon 2025-01-13 16:15 EST"),
        ("2025-01-10", "Mon 2025-01-13 16:15 EST"),
        ("2025-01-17", "Tue 2025-01-21 16:15 EST"),  # Martin Luther King Jr. Day
        ("2025-03-07", "Mon 2025-03-10 16:15 EDT"),
        ("2025-10-10", "Tue 2025-10-14 16:15 EDT"),  # Columbus Day
    ],
)
def test_rates_of_a_week_come_on_the_monday_after_it(day, known):
    """Or on the next day on which the bank works."""
    assert when("+1d mon 16:15", day) == known


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2025-01-06", "Wed 2025-01-08 18:00 EST"),
        ("2025-01-07", "Wed 2025-01-15 18:00 EST"),
        ("2025-01-10", "Wed 2025-01-15 18:00 EST"),
        ("2024-12-23", "Thu 2024-12-26 18:00 EST"),  # Christmas Day
    ],
)
def test_spot_prices_come_on_wednesday_up_to_monday(day, known):
    """A Tuesday's waits a week."""
    assert when("+2d wed 18:00", day, EIA) == known


def test_a_rate_of_friday_comes_on_the_next_session():
    """After Easter on Tuesday."""
    assert when("next 09:30", "2025-04-17", LONDON) == "Tue 2025-04-22 09:30 BST"


@pytest.mark.parametrize(
    ("code", "closed"),
    [
        ("FED", ["2025-01-20", "2025-10-13", "2025-11-11", "2023-01-02", "2018-12-24"]),
        ("EIA", ["2025-01-20", "2025-04-18", "2026-07-06"][:2]),
        ("TARGET", ["2025-04-18", "2025-04-21", "2025-05-01", "2025-12-26", "2001-12-31"]),
    ],
)
def test_the_days_of_an_agency_follow_from_rules(code, closed):
    """A holiday on a Saturday is not kept; the audit's own rules give the same days."""
    calendar = Calendar(code)
    assert [day for day in closed if calendar.is_session(dt.date.fromisoformat(day))] == []
    assert Calendar("FED").is_session(dt.date(2021, 12, 24))  # Christmas was on a Saturday
    ours = calendar.sessions(dt.date(1990, 1, 1), dt.date(2028, 12, 31))
    assert {day.toordinal() for day in ours} == session_days(code, 1990, 2028)


def test_each_name_of_a_holiday_is_known():
    """For a sentence on a closed day."""
    assert FED.closing_reason(dt.date(2025, 11, 11)) == "Veterans Day"


PUBLISHED = ["EURUSD.H10", "WTI.EIA", "GBPUSD.BOE", "USDJPY.BOJ", "EURUSD.ECB"]


@pytest.mark.parametrize("symbol", PUBLISHED)
def test_the_audit_knows_the_same_newest_day_at_each_hour_of_a_year(symbol, tmp_path):
    """Each six hours, over weekends, holidays and both changes of the clock."""
    found = instrument(symbol)
    (tmp_path / "dataset.toml").write_text('name = "none"\nfiles = []\n')
    at = dt.datetime(2025, 1, 1, 3, tzinfo=dt.UTC)
    while at.year == 2025:
        day = found.sessions.neighbours(at.astimezone(found.sessions.zone).date())[1]
        while known_by(found.published, day, found.sessions) > at:
            day = found.sessions.neighbours(day)[0]
        rows = Rows(tmp_path, at.date(), at=at)
        assert rows._last_published(found.calendar, found.published) == day, at
        at += dt.timedelta(hours=6)


def test_an_exchange_rate_says_which_currency_moves(tmp_path):
    """Without it a rise of the dollar looks like a rise of the yen."""
    table = (
        '[x]\nsymbol = "X"\nfirst = "x"\nsecond = "x"\nshort = "x"\nunit = "money"\n'
        'decimals = 2\nkind = "fx"\ninception = 2000-01-03\ncalendar = "FED"\ncurrency = "JPY"\n'
    )
    file = tmp_path / "instruments.toml"
    for more in ("", 'base = "JPY"\n'):
        file.write_text(table + more)
        with pytest.raises(SettingsError, match=r"\[x\] is an exchange rate"):
            _read(file)
    file.write_text(table + 'base = "USD"\n')
    assert _read(file)["x"].base == "USD"
    file.write_text(table.replace('"fx"', '"stock"') + 'base = "USD"\n')
    with pytest.raises(SettingsError, match="has a base, and is no exchange rate"):
        _read(file)


def test_no_two_pairs_of_one_source_are_told_under_one_short_name():
    """In a table, "the dollar" alone would say nothing."""
    pairs = [found for found in registry().values() if found.kind == FX]
    named = [(found.short, found.symbol.rpartition(".")[2]) for found in pairs]
    assert len(named) == len(set(named))

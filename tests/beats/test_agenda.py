"""The day that begins: its hours, what is due by the clock of the market, and futures."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from reportgen.beats.agenda.detect import day_ahead, due, future
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.markets.calendar import Calendar
from reportgen.verify.audit import objection
from reportgen.verify.rows import Rows

LATER = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
DATASET = """
name = "Futures"
[[files]]
path = "daily.csv"
role = "daily_bars"
source = "made up"
[[files]]
path = "events.csv"
role = "events"
source = "made up"
"""
BARS = """
[[files]]
path = "bars.csv"
role = "intraday_bars"
source = "made up"
timezone = "America/New_York"
minutes = 15
"""
EVENTS = """date,name,kind,time
2025-03-12,February consumer prices,release,08:30
2025-03-12,an auction of Treasury notes,auction,13:00
2025-03-12,an election,election,
2025-03-13,producer prices,release,08:30
"""


@pytest.fixture
def folder(tmp_path):
    """Closes of an index and a future, and a calendar."""
    (tmp_path / "dataset.toml").write_text(DATASET)
    (tmp_path / "events.csv").write_text(EVENTS)
    rows = [
        (day, symbol, 5000 + 10 * (day.toordinal() % 5))
        for symbol, code in (("^GSPC", "XNYS"), ("ES=F", "CMES"))
        for day in Calendar(code).sessions(dt.date(2023, 6, 1), dt.date(2025, 6, 30))
    ]
    with (tmp_path / "daily.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("date", "symbol", "close"), *rows])
    return tmp_path


def seen(folder, as_of, name="us"):
    """A market at a moment, and the raw rows as they were known then."""
    spec = market(name)
    moment = spec.calendar.resolve(as_of, LATER)
    snapshot = take(open_dataset(folder), moment, ["^GSPC", "ES=F"], ())
    rows = Rows(folder, moment.session, at=moment.at, market=spec.payload())
    return Market(snapshot, spec), rows


def proven(news, rows):
    """Whether each fact of the news is true by the raw rows."""
    claims = [{**fact.payload(), "fact": fact.id} for fact in news.facts]
    return all(objection(claim, rows) is None for claim in claims)


@pytest.mark.parametrize(
    ("as_of", "roles"),
    [
        ("2025-03-12 08:00", {"date", "opens"}),
        ("2024-09-20 08:00", {"date", "opens", "expiry"}),
        ("2024-11-29 08:00", {"date", "opens", "short"}),
    ],
)
def test_the_session_to_come_has_its_hours_and_what_is_special(folder, as_of, roles):
    """A whole one has no early close, and options expire on the third Friday of a quarter."""
    found, rows = seen(folder, as_of)
    news = day_ahead(found.moment, 3)
    assert news.finding.facts.keys() == roles
    assert proven(news, rows)


@pytest.mark.parametrize("as_of", ["2025-03-12 10:15", "2025-03-12", "2025-03-15 10:00"])
def test_there_is_none_after_an_open_and_on_a_closed_day(folder, as_of):
    """Nothing from yesterday is announced as coming."""
    found, _ = seen(folder, as_of)
    assert day_ahead(found.moment, 3) is None


@pytest.mark.parametrize(
    ("name", "as_of", "expected"),
    [
        ("us", "2025-03-12 06:30", ["2025-03-12T08:30:00-04:00", "2025-03-12T13:00:00-04:00"]),
        ("us", "2025-03-12 09:00", ["2025-03-12T13:00:00-04:00"]),
        # America has put its clocks forward, Europe has not yet.
        ("gb", "2025-03-12 07:00", ["2025-03-12T12:30:00+00:00", "2025-03-12T17:00:00+00:00"]),
        # In Tokyo the afternoon of New York is the next day.
        ("jp", "2025-03-12 07:30", ["2025-03-12T21:30:00+09:00"]),
        ("jp", "2025-03-13 01:00", ["2025-03-13T02:00:00+09:00", "2025-03-13T21:30:00+09:00"]),
        # The Fed's decision of 19 March.
        ("us", "2025-03-19 06:30", ["2025-03-19T14:00:00-04:00"]),
        ("gb", "2025-03-19 07:00", ["2025-03-19T18:00:00+00:00"]),
        ("us", "2025-03-14 06:30", []),
    ],
)
def test_what_is_due_on_the_day_is_told_by_the_clock_of_the_market(folder, name, as_of, expected):
    """Publications, auctions and the Fed's decision; nothing that is out, and no other day's."""
    found, rows = seen(folder, as_of, name)
    listed = list(due(found))
    assert [news.role("time").value for news in listed] == expected
    assert all(proven(news, rows) for news in listed)


def test_the_audit_objects_to_another_hour_and_to_what_is_not_due(folder):
    """By its own reading of the calendar."""
    found, rows = seen(folder, "2025-03-12 06:30")
    first = next(due(found))
    claims = [
        {
            **first.role("time").payload(),
            "fact": "due.1.time",
            "value": "2025-03-12T10:00:00-04:00",
        },
        {**first.role("name").payload(), "fact": "due.1.name", "value": "producer prices"},
        {**first.role("name").payload(), "fact": "due.3.name"},
    ]
    assert all(objection(claim, rows) for claim in claims)


def test_a_future_without_a_price_is_told_as_it_settled(folder):
    """With the day of its settlement."""
    found, rows = seen(folder, "2025-03-12 08:00")
    news = future(found, "ES=F")
    assert (news.finding.kind, news.role("date").value) == ("future", "2025-03-11")
    assert proven(news, rows)


def test_a_future_with_a_price_of_the_last_hour_is_told_against_its_settlement(folder):
    """At 8 in the morning the session of futures has run since the evening before."""
    (folder / "dataset.toml").write_text(DATASET + BARS)
    bars = [
        (f"2025-03-12 {hour:02d}:{minute:02d}", "ES=F", *[5060] * 4)
        for hour in range(8)
        for minute in (0, 15, 30, 45)
    ]
    with (folder / "bars.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("start", "symbol", "open", "high", "low", "close"), *bars])
    found, rows = seen(folder, "2025-03-12 08:00")
    news = future(found, "ES=F")
    settled = 5000 + 10 * (dt.date(2025, 3, 11).toordinal() % 5)
    assert news.finding.kind == "future_now"
    assert news.change == pytest.approx(5060 / settled - 1)
    assert proven(news, rows)

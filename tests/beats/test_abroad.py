"""Other markets by their own sessions: which day is told, what is closed, and what is a gap."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from reportgen.beats.abroad.detect import abroad
from reportgen.beats.measure import News
from reportgen.core.errors import NoData, StaleData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.markets.calendar import Calendar
from reportgen.verify.audit import objection
from reportgen.verify.rows import Rows

US = market("us")
EXCHANGES = {
    "^GSPC": "XNYS",
    "^GDAXI": "XETR",
    "^FTSE": "XLON",
    "^N225": "XTKS",
    "^HSI": "XHKG",
    "^AXJO": "XASX",
}
DATASET = """
name = "World"
[[files]]
path = "daily.csv"
role = "daily_bars"
source = "made up"
"""
BARS = """
[[files]]
path = "bars.csv"
role = "intraday_bars"
source = "made up"
timezone = "Europe/Berlin"
minutes = 15
"""
FIRST, LAST = dt.date(2023, 6, 1), dt.date(2025, 12, 31)


@dataclass(frozen=True)
class World:
    """A folder of closes, and what is told of it at a moment."""

    folder: Path

    def tell(self, symbol: str, as_of: str) -> News:
        """What is told of an index in a brief of New York."""
        moment = US.calendar.resolve(as_of, dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
        snapshot = take(open_dataset(self.folder), moment, list(EXCHANGES), ())
        return abroad(Market(snapshot, US), symbol)

    def rows(self, as_of: str) -> Rows:
        """The raw rows as they were known at that moment."""
        moment = US.calendar.resolve(as_of, dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
        return Rows(self.folder, moment.session, at=None if len(as_of) == 10 else moment.at)


def written(folder: Path, without: tuple[str, str] = ("", "")) -> Path:
    """Closes of all indexes on their sessions, *without* one of a symbol and day."""
    rows = []
    for symbol, code in EXCHANGES.items():
        days = Calendar(code).sessions(FIRST, LAST)
        rows += [
            (day, symbol, 1000 + 3 * (day.toordinal() % 7))
            for day in days
            if (symbol, day.isoformat()) != without
        ]
    with (folder / "daily.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("date", "symbol", "close"), *rows])
    (folder / "dataset.toml").write_text(DATASET)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    """Closes of all indexes on all of their sessions."""
    return World(written(tmp_path_factory.mktemp("world")))


def said(news: News) -> tuple[str, str, set[str]]:
    """The kind of the news, its day, and whether its roles say more of the day."""
    return (
        news.finding.kind,
        str(news.role("date").value),
        {"earlier", "running", "reason"} & set(news.finding.facts),
    )


@pytest.mark.parametrize(
    ("symbol", "as_of", "expected"),
    [
        # An evening in New York: Europe closed in its morning, Asia before its open.
        ("^FTSE", "2025-01-08", ("abroad", "2025-01-08", set())),
        ("^N225", "2025-01-08", ("abroad", "2025-01-08", {"earlier"})),
        # Sydney's next session is over by midnight in New York, and is no news of the evening.
        ("^AXJO", "2025-01-08", ("abroad", "2025-01-08", {"earlier"})),
        # Before the open, Europe trades: its last session that is over is that of the day before.
        ("^GDAXI", "2025-01-08 08:00", ("abroad", "2025-01-07", {"earlier", "running"})),
        ("^HSI", "2025-01-08 08:00", ("abroad", "2025-01-08", {"earlier"})),
        # London closes at 11:30 in New York, in the weeks between two clock changes at 12:30.
        ("^FTSE", "2025-02-12 12:00", ("abroad", "2025-02-12", set())),
        ("^FTSE", "2025-03-12 12:00", ("abroad", "2025-03-11", {"earlier", "running"})),
        ("^FTSE", "2025-03-12 12:30", ("abroad", "2025-03-12", set())),
        # A holiday in Tokyo, in Hong Kong's evening too, and in London with New York open.
        ("^N225", "2025-01-13", ("abroad_closed", "2025-01-13", {"reason"})),
        ("^N225", "2025-01-13 08:00", ("abroad_closed", "2025-01-13", {"reason"})),
        ("^FTSE", "2025-05-05 08:00", ("abroad_shut", "2025-05-05", {"reason"})),
        ("^FTSE", "2025-05-05", ("abroad_closed", "2025-05-05", {"reason"})),
        # The day after: closed on Monday; and once Tuesday's session is over, it is told.
        ("^FTSE", "2025-05-06 08:00", ("abroad_closed", "2025-05-05", {"reason"})),
        ("^FTSE", "2025-05-06", ("abroad", "2025-05-06", set())),
        # Half days: London's is a session, Frankfurt has none.
        ("^FTSE", "2024-12-24", ("abroad", "2024-12-24", {"earlier"})),
        ("^GDAXI", "2024-12-24", ("abroad_closed", "2024-12-24", {"reason"})),
        # A weekend is no holiday.
        ("^N225", "2025-01-06 08:00", ("abroad", "2025-01-06", {"earlier"})),
        ("^FTSE", "2025-01-06 04:00", ("abroad", "2025-01-03", {"earlier", "running"})),
        ("^FTSE", "2025-01-11 09:00", ("abroad", "2025-01-10", {"earlier"})),
    ],
)
def test_an_index_is_told_by_the_last_session_of_its_own_exchange(world, symbol, as_of, expected):
    """And a market that was closed is said; the audit, by a calendar of its own, agrees."""
    found = world.tell(symbol, as_of)
    assert said(found) == expected
    rows = world.rows(as_of)
    for fact in found.facts:
        assert objection({**fact.payload(), "fact": fact.id}, rows) is None


@pytest.mark.parametrize(
    ("gone", "error", "words"),
    [
        ("2025-01-08", StaleData, r"the newest close is of 2025-01-07, 2025-01-08 is needed"),
        ("2025-01-07", NoData, r"the close of 2025-01-07 .*is missing"),
    ],
)
def test_a_session_that_is_missing_is_a_gap(tmp_path, gone, error, words):
    """A change over two days is not reported as the change of one."""
    world = World(written(tmp_path, without=("^FTSE", gone)))
    with pytest.raises(error, match=words):
        world.tell("^FTSE", "2025-01-08")


def test_no_change_over_two_days_passes_the_audit(tmp_path, world):
    """The proof looks for the hole itself."""
    fact = world.tell("^FTSE", "2025-01-08").role("date")
    rows = World(written(tmp_path, without=("^FTSE", "2025-01-07"))).rows("2025-01-08")
    assert "2025-01-07 is missing" in objection({**fact.payload(), "fact": fact.id}, rows)


@pytest.mark.parametrize(
    ("symbol", "as_of", "role", "value"),
    [
        ("^FTSE", "2025-01-08", "date", "2025-01-07"),
        ("^FTSE", "2025-01-08", "change", 0.5),
        ("^N225", "2025-01-13", "date", "2025-01-10"),
        ("^N225", "2025-01-13", "country", "Britain"),
        ("^N225", "2025-01-13", "reason", "a typhoon"),
        ("^FTSE", "2025-01-08", "region", "in Asia"),
    ],
)
def test_the_audit_objects_to_another_day_place_or_change(world, symbol, as_of, role, value):
    """Each fact is proven."""
    fact = world.tell(symbol, as_of).role(role)
    claim = {**fact.payload(), "fact": fact.id, "value": value}
    assert objection(claim, world.rows(as_of)) is not None


def test_an_open_market_is_told_by_its_price_where_one_is_known(tmp_path):
    """At 8 a.m. in New York it is early afternoon in Frankfurt."""
    folder = written(tmp_path)
    (folder / "dataset.toml").write_text(DATASET + BARS)
    bars = [
        (f"2025-01-08 {hour:02d}:{minute:02d}", "^GDAXI", 1010, 1010, 1010, 1010)
        for hour in range(9, 15)
        for minute in (0, 15, 30, 45)
    ]
    with (folder / "bars.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("start", "symbol", "open", "high", "low", "close"), *bars])
    world = World(folder)
    found = world.tell("^GDAXI", "2025-01-08 08:00")
    before = 1000 + 3 * (dt.date(2025, 1, 7).toordinal() % 7)
    assert found.finding.kind == "abroad_live"
    assert found.change == pytest.approx(1010 / before - 1)
    assert found.role("at").value == "2025-01-08T14:00:00+01:00"
    for fact in found.facts:
        assert (
            objection({**fact.payload(), "fact": fact.id}, world.rows("2025-01-08 08:00")) is None
        )


def test_an_index_of_an_exchange_without_a_market_is_a_gap(world, monkeypatch):
    """Its place has no name."""
    monkeypatch.setattr("reportgen.beats.abroad.detect.market_on", lambda _: None)
    with pytest.raises(NoData, match=r"\^FTSE: no market has the exchange XLON"):
        world.tell("^FTSE", "2025-01-08")

"""A morning on which much goes wrong at once.

What is fetched, what the gate says, and the morning after the repair.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from feeds import Feeds

from reportgen.config.settings import Settings
from reportgen.core.checks import Acceptance
from reportgen.core.errors import DataError
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.snapshot import take
from reportgen.datasets.validation.accepting import accept
from reportgen.markets import market
from reportgen.produce.pipeline import produce
from reportgen.record.request import Request, load_report
from reportgen.sources import store
from reportgen.sources.fetching import fetch
from reportgen.sources.http import Web
from reportgen.sources.plan import read_sources, wanted

calendar = market("us").calendar

pytestmark = pytest.mark.slow

REPORT = load_report("daily-recap")
EVENING = dt.datetime(2025, 1, 7, 23, 0, tzinfo=dt.UTC)
MORNING = dt.datetime(
    2025, 1, 9, 11, 45, tzinfo=dt.UTC
)  # 6:45 a.m. in New York, on a day without a session
LATER = dt.datetime(2025, 1, 9, 13, 0, tzinfo=dt.UTC)
SINCE, LAST = dt.date(2023, 1, 3), dt.date(2025, 1, 8)


class Desk:
    """A store, the providers it is filled from, and the briefs made of it."""

    def __init__(self, folder: Path, feeds: Feeds, alone: Callable[..., Any]) -> None:
        self.folder, self.feeds, self.store, self.alone = (
            folder,
            feeds,
            folder / "desk.duckdb",
            alone,
        )
        (folder / "sources.toml").write_text(feeds.sources())

    def fetch(self, at: dt.datetime) -> dict[str, str]:
        """What is said of each series that came short, by symbol."""
        sources = read_sources(self.folder / "sources.toml")
        with closing(Web(lambda: at, patience=0.01)) as web:
            outcomes = list(fetch(self.store, wanted(REPORT.symbols, sources, at), web))
        return {
            outcome.want.symbol: "; ".join(outcome.notes)
            for outcome in outcomes
            if outcome.state == "short"
        }

    def brief(self, at: dt.datetime, as_of: str = "last-session") -> dict[str, str]:
        """The texts of the files of a brief made at *at*,
        of the last session as a morning's run makes it."""
        request = Request(report=REPORT, as_of=as_of, data=str(self.store), formats=("txt", "json"))
        made = self.alone(
            partial(produce, request, self.folder / "out", now=at, settings=Settings())
        )
        return {Path(file).name: Path(file).read_text() for file in made.files}


@pytest.fixture(scope="module")
def evening(tmp_path_factory, alone):
    """The folder of a desk whose evening before went well."""
    folder = tmp_path_factory.mktemp("evening")
    with pytest.MonkeyPatch.context() as patch, Feeds(dt.date(2025, 1, 7), since=SINCE) as feeds:
        patch.setenv("FRED_API_KEY", "fred-secret")
        desk = Desk(folder, feeds, alone)
        beside = desk.store.with_suffix(".dataset.toml")
        beside.write_text("simulated = true  # each series walks by itself\n")
        assert desk.fetch(EVENING) == {}
        assert verdict(desk.brief(EVENING)) == ("send", [])
    return folder


@pytest.fixture
def desk(evening, tmp_path, monkeypatch, alone):
    """That desk on the next morning, before anything is fetched."""
    monkeypatch.setenv("FRED_API_KEY", "fred-secret")
    with Feeds(LAST, since=SINCE) as feeds:
        yield Desk(shutil.copytree(evening, tmp_path / "desk"), feeds, alone)


def verdict(files):
    """The verdict of a brief and the gaps it names."""
    document = json.loads(files["brief.json"])
    return document["verdict"], document["gaps"]


def go_wrong(feeds, *missed):
    """Yahoo misses a session of the indexes *missed*, FRED is two days late, CME answers empty,
    a fund is split 4 for 1."""
    for symbol in missed:
        feeds.without["yahoo", symbol] = feeds.without["cboe", symbol] = feeds.without[
            "tiingo", symbol
        ] = {LAST}
    feeds.without["fred", "*"] = {dt.date(2025, 1, 7), LAST}
    feeds.without["cme", "*"] = {LAST}
    feeds.scale["yahoo", "XLK"] = (LAST, 0.25)


def test_a_brief_whose_gaps_can_be_named_is_degraded(desk):
    """The Dow and the Russell 2000 are missing, and so are their funds. A sector fund looks split.

    The reader is told, at the foot also why, and nothing is said of them.
    """
    go_wrong(desk.feeds, "^RUT", "^DJI", "IWM", "DIA")
    short = desk.fetch(MORNING)
    assert {"^RUT", "^DJI"} <= short.keys()
    assert "lacks 2025-01-08" in short["^RUT"]
    files = desk.brief(MORNING)
    state, gaps = verdict(files)
    assert (state, set(gaps)) == (
        "degraded",
        {"indexes (Dow, Russell 2000)", "sectors (Technology)"},
    )
    assert "XLK 2025-01-08: split_like" in files["gate.txt"]
    told = " ".join(files["brief.txt"].split())
    assert "This brief has gaps" in told
    story, why, _ = told.partition("Data were missing")[2].partition("Behind each gap: ")
    assert why
    assert "Russell 2000" not in story
    assert "Technology failed a check; Dow and Russell 2000 missing or late." in told


def test_a_brief_without_what_it_is_about_is_held(desk):
    """The S&P 500 and its fund are missing.

    No brief, a reason and a way out on the gate's page, and the evening's brief as it was.
    """
    go_wrong(desk.feeds, "^GSPC", "^DJI", "SPY")
    desk.fetch(MORNING)
    with pytest.raises(
        DataError, match=r"\^GSPC: the newest close is of 2025-01-07, 2025-01-08 is needed"
    ) as caught:
        desk.brief(MORNING)
    assert caught.value.exit_code == 3
    page = (desk.folder / "out" / "daily-recap" / "2025-01-08" / "gate.txt").read_text()
    assert page.startswith("VERDICT  HOLD")
    assert "^GSPC" in page
    assert (desk.folder / "out" / "daily-recap" / "2025-01-07" / "brief.txt").is_file()


def test_a_fund_stands_in_for_an_index_under_its_own_name(desk):
    """What the report is about is missing, its fund is not.

    The brief tells of the fund, in dollars, and says so above all else.
    """
    go_wrong(desk.feeds, "^GSPC")
    assert "lacks 2025-01-08" in desk.fetch(MORNING)["^GSPC"]
    files = desk.brief(MORNING)
    told = "the S&P 500, told by the SPDR S&P 500 ETF"
    assert verdict(files) == ("degraded", [told, "sectors (Technology)"])
    assert f"{told}: no source has ^GSPC for 2025-01-08; reportgen fetch ^GSPC" in files["gate.txt"]
    level = desk.feeds.closes("SPY")[LAST]
    assert re.search(
        rf"S&P 500 fund [^.]*\$[\d.]+[^.]* (?:to|at) \${level:.2f}",
        " ".join(files["brief.txt"].split()),
    )
    assert not re.search(
        r"S&P 500 (?!fund|ETF)",
        " ".join(files["brief.txt"].partition("Data were missing")[2].split()),
    )


def test_two_sources_that_differ_on_what_the_report_is_about_hold_it(desk):
    """Ten basis points on the newest close: no brief until a person has looked, and says so."""
    desk.feeds.scale["cboe", "^GSPC"] = (LAST, 1.001)
    assert desk.fetch(MORNING) == {}
    with pytest.raises(
        DataError, match=r"\^GSPC 2025-01-08: cross_source: [\d,.]+, but [\d,.]+ by Cboe"
    ):
        desk.brief(MORNING)
    said = Acceptance(
        symbol="^GSPC",
        check="cross_source",
        day=LAST,
        reason="Cboe shows an early print",
        person="A. Editor",
    )
    accept(desk.store, said, MORNING)
    files = desk.brief(MORNING)
    assert verdict(files) == ("send", [])
    assert "Cboe shows an early print (A. Editor)" in files["gate.txt"]


def test_sources_that_agree_are_counted(desk):
    """One where the second does not answer, two where it does.

    The gate holds the count against what the report asks for.
    """
    desk.feeds.fail("cboe", "always status 503")
    desk.fetch(MORNING)
    moment = calendar.resolve("last-session", MORNING)
    known = partial(take, moment=moment, symbols=REPORT.symbols, required=REPORT.required)
    assert known(open_dataset(desk.store)).agreeing["^GSPC"] == 1
    desk.feeds.faults.clear()
    desk.fetch(LATER)
    agreeing = known(open_dataset(desk.store)).agreeing
    assert (agreeing["^GSPC"], agreeing["^VIX"], agreeing["AAPL"]) == (2, 2, 1)


def test_after_the_repair_it_is_sent_and_nothing_was_lost(desk):
    """The providers mend themselves; what was known in the morning can still be read."""
    go_wrong(desk.feeds, "^RUT", "^DJI")
    desk.fetch(MORNING)
    known = store.last_fetch(desk.store)
    morning = store.table(desk.store, "daily_bars", known)
    desk.feeds.without.clear()
    desk.feeds.scale.clear()
    assert desk.fetch(LATER) == {}
    assert verdict(desk.brief(LATER)) == ("send", [])
    assert store.table(desk.store, "daily_bars", known).equals(morning)


def test_during_the_session_the_levels_of_the_moment_are_told(desk):
    """At 1 p.m.

    The newest quarter of an hour counts, and the bars of the day, which are not finished, do not.
    """
    at = dt.datetime(2025, 1, 8, 18, 2, tzinfo=dt.UTC)
    desk.fetch(at)
    document = json.loads(desk.brief(at, "2025-01-08 13:00")["brief.json"])
    assert (document["state"], document["as_of"]) == ("open", "2025-01-08T13:00:00-05:00")
    level = next(
        fact
        for fact in document["facts"].values()
        if (fact["kind"], fact["instrument"]) == ("level", "^GSPC")
    )
    assert level["unit"] == "level"
    assert level["value"] == desk.feeds.closes("^GSPC")[LAST]
    assert (store.table(desk.store, "daily_bars", store.MOST)["date"].dt.date < LAST).all()


def test_one_source_never_counts_as_two(desk):
    """A fund is not confirmed by what confirmed its index.

    Cboe does not confirm what is Cboe's own.
    """
    desk.feeds.without["yahoo", "^VIX"] = {LAST}
    desk.feeds.without["yahoo", "^GSPC"] = desk.feeds.without["cboe", "^GSPC"] = {LAST}
    desk.fetch(MORNING)
    found = take(
        open_dataset(desk.store),
        calendar.resolve("last-session", MORNING),
        REPORT.symbols,
        REPORT.required,
    )
    assert found.proxies == {"^GSPC": "SPY"}
    assert (found.agreeing["^VIX"], found.agreeing["^GSPC"]) == (1, 1)


def test_an_index_whose_history_begins_later_is_left_out(desk):
    """Its fund does not stand in for what nobody asked for at that time; the brief has no gap."""
    with store.writing(desk.store) as connection:
        connection.execute("DELETE FROM bars WHERE symbol = '^DJI' AND day < '2024-07-01'")
    desk.feeds.until = LAST
    desk.fetch(MORNING)
    frame = store.table(desk.store, "daily_bars", store.MOST, ["^DJI"])
    assert frame["date"].min().year == 2024
    moment = calendar.resolve("2024-06-03", MORNING)
    found = take(open_dataset(desk.store), moment, REPORT.symbols, REPORT.required)
    assert ("^DJI" in found.closes, found.proxies) == (False, {})

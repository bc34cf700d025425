"""A fetch brings what is due and nothing else, fills gaps from the next provider that agrees,
and says why it could not."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from feeds import Feeds

from reportgen.core.errors import ProviderError, SettingsError
from reportgen.markets import market
from reportgen.markets.instruments import registry
from reportgen.sources import store
from reportgen.sources.fetching import fetch, refuse_switch
from reportgen.sources.http import Web
from reportgen.sources.plan import read_sources, wanted
from reportgen.sources.providers import provider_class

calendar = market("us").calendar

# DuckDB says so to the newest pandas when it makes a frame with a time zone.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

SINCE, DAY, NEXT = dt.date(2024, 6, 3), dt.date(2025, 1, 8), dt.date(2025, 1, 10)
"""The market was closed on the 9th, a day of mourning."""
EVENING = dt.time(22, tzinfo=dt.UTC)
KEYS = {"FRED_API_KEY": "fred-secret", "TIINGO_API_KEY": "tiingo-secret"}


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    for name in (*KEYS, "MASSIVE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def keys(monkeypatch):
    """The keys of FRED and Tiingo, set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def path(tmp_path):
    """Where the store of a test is."""
    return tmp_path / "store.duckdb"


@pytest.fixture
def feeds():
    """What the providers know on 8 January 2025, after the close."""
    with Feeds(DAY, since=SINCE) as known:
        yield known


@pytest.fixture
def later():
    """The same two days later, one session longer."""
    with Feeds(NEXT, since=SINCE) as known:
        yield known


@pytest.fixture
def brought(path):
    """Fetch some symbols from feeds, at the evening of their last day or another time.

    The outcomes by role and symbol.
    """

    def bring(feeds, *symbols, at=None, since=None, more=""):
        file = path.with_suffix(".toml")
        file.write_text(f"{more}\n{feeds.sources()}")
        here = at or dt.datetime.combine(feeds.until, EVENING)
        listed = wanted(symbols, read_sources(file), here)
        wants = [want for want in listed if want.symbol in symbols and want.role != "intraday_bars"]
        web = Web(lambda: here, patience=0.01)
        try:
            return {outcome.want.symbol: outcome for outcome in fetch(path, wants, web, since)}
        finally:
            web.close()

    return bring


def closes(path, symbol, known=store.MOST):
    """The finished closes of *symbol* by day, as known at that fetch."""
    frame = store.table(path, "daily_bars", known, [symbol])
    return dict(zip(frame["date"].dt.date, frame["close"], strict=True))


def sources(path, symbol):
    """The source of each finished close of *symbol*, by day."""
    frame = store.table(path, "daily_bars", store.MOST, [symbol])
    return dict(zip(frame["date"].dt.date, frame["source"], strict=True))


# What is brought
# --------------------------------------------------------------------------------------------------


def test_the_first_fetch_brings_all(feeds, path, brought):
    """Every session that the provider knows, as it tells it."""
    outcome = brought(feeds, "NVDA")["NVDA"]
    assert (outcome.state, outcome.added, outcome.sources, outcome.notes) == (
        "new",
        len(feeds.sessions),
        ("Yahoo Finance",),
        (),
    )
    assert closes(path, "NVDA") == feeds.closes("NVDA")


def test_what_is_current_is_not_asked_for(feeds, path, brought):
    """Within the hour nobody is asked.

    On the next two mornings everybody is, for what was told may have been corrected.
    """
    brought(feeds, "NVDA", "^GSPC")
    asked, held = list(feeds.asked), path.read_bytes()
    assert {outcome.state for outcome in brought(feeds, "NVDA", "^GSPC").values()} == {"current"}
    assert (feeds.asked, path.read_bytes()) == (asked, held)
    for at in (
        dt.datetime(2025, 1, 9, 11, 45, tzinfo=dt.UTC),
        dt.datetime(2025, 1, 10, 11, 45, tzinfo=dt.UTC),
    ):
        assert {outcome.state for outcome in brought(feeds, "NVDA", "^GSPC", at=at).values()} == {
            "unchanged"
        }


def test_the_next_session_is_one_value(feeds, later, path, brought):
    """What is known again is not kept again, and only the last weeks are asked for."""
    brought(feeds, "NVDA")
    outcome = brought(later, "NVDA")["NVDA"]
    assert (outcome.state, outcome.added) == ("new", 1)
    assert closes(path, "NVDA") == later.closes("NVDA")
    assert closes(path, "NVDA", 1) == feeds.closes("NVDA")
    with store.reading(path) as connection:
        rows = connection.execute("select rows from fetches order by id").fetchall()
    assert rows[1][0] < 40 < rows[0][0]


def test_an_answer_that_still_holds_is_not_sent_again(feeds, path, brought):
    """The server is told what is known, and says that it is so.

    The fetch has its own number, time and the same answer.
    """
    feeds.validated.add("cboe")
    only = '[order]\n"^VIX" = ["cboe"]'
    brought(feeds, "^VIX", more=only)
    later = dt.datetime(2025, 1, 9, 11, 45, tzinfo=dt.UTC)
    assert brought(feeds, "^VIX", at=later, more=only)["^VIX"].state == "unchanged"
    assert feeds.not_modified == 1
    with store.reading(path) as connection:
        rows = connection.execute(
            "select sha256, rows, fetched_at from fetches order by id"
        ).fetchall()
    assert rows[0][0] == rows[1][0]
    assert rows[1][2].replace(tzinfo=dt.UTC) == later
    feeds.scale["cboe", "^VIX"] = (DAY, 1.01)  # it tells the last day otherwise
    assert brought(feeds, "^VIX", at=later + dt.timedelta(hours=2), more=only)["^VIX"].added == 1
    assert feeds.not_modified == 1


def test_since_asks_again(feeds, path, brought):
    """For what is known already; the same answer adds nothing."""
    brought(feeds, "NVDA")
    outcome = brought(feeds, "NVDA", since=dt.date(2024, 12, 2))["NVDA"]
    assert (outcome.state, outcome.added) == ("unchanged", 0)
    assert len(feeds.asked) == 2
    assert closes(path, "NVDA") == feeds.closes("NVDA")


def test_a_corrected_close_is_told_and_the_old_one_kept(feeds, later, path, brought):
    """One day of the last weeks reads otherwise now: that is no adjustment, but a correction."""
    brought(feeds, "NVDA")
    later.closes("NVDA")[DAY] += 1
    assert brought(later, "NVDA")["NVDA"].added == 2
    assert closes(path, "NVDA")[DAY] == closes(path, "NVDA", 1)[DAY] + 1


def test_a_live_bar_is_kept_but_not_told(feeds, path, brought):
    """At ten in the morning the session runs.

    Its bar is told in the evening, final, though the price is the same.
    """
    outcome = brought(feeds, "NVDA", at=dt.datetime(2025, 1, 8, 15, tzinfo=dt.UTC))["NVDA"]
    assert (outcome.state, outcome.added) == ("new", len(feeds.sessions))
    assert DAY not in closes(path, "NVDA")
    with store.reading(path) as connection:
        assert connection.execute("select final from bars where day = ?", [DAY]).fetchall() == [
            (False,)
        ]
    assert brought(feeds, "NVDA")["NVDA"].added == 1
    assert closes(path, "NVDA") == feeds.closes("NVDA")


def test_a_close_is_final_twenty_minutes_after_the_bell(feeds, path, brought):
    """Not at 16:19 in New York, but at 16:20."""
    for minute, told in ((19, False), (20, True)):
        brought(feeds, "NVDA", at=dt.datetime(2025, 1, 8, 21, minute, tzinfo=dt.UTC))
        assert (DAY in closes(path, "NVDA")) == told


def test_bitcoin_comes_every_day(feeds, path, brought):
    """Weekends, too; the day that runs in UTC is not told."""
    outcome = brought(feeds, "BTC-USD", since=SINCE)["BTC-USD"]
    assert (outcome.state, outcome.sources) == ("new", ("Coinbase",))
    told = closes(path, "BTC-USD")
    assert max(told) == dt.date(2025, 1, 7)
    assert dt.date(2025, 1, 5) in told


@pytest.mark.usefixtures("keys")
def test_rates_come(feeds, path, brought):
    """Yields from FRED, the policy rate and both ends of its range from the New York Fed."""
    outcomes = brought(feeds, "DFF", "DFEDTARL", "DFEDTARU", "DGS2", "DGS10")
    assert {outcome.state for outcome in outcomes.values()} == {"new"}
    rates = store.table(path, "rates", store.MOST)
    last = rates.groupby("series").last()
    assert last["value"].to_dict() == {
        "DFF": 4.33,
        "DFEDTARL": 4.25,
        "DFEDTARU": 4.5,
    } | dict.fromkeys(("DGS2", "DGS10"), feeds.closes("^TNX")[DAY])
    assert last["source"]["DGS2"] == "U.S. Treasury"
    assert last["source"]["DFF"] == "Federal Reserve Bank of New York"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("symbol", ["DGS10", "DGS2"])
def test_a_yield_is_wanted_once_as_a_rate(symbol):
    """It is among the instruments, but has no bars."""
    assert [
        want.role
        for want in wanted([symbol], read_sources(), dt.datetime.combine(DAY, EVENING))
        if want.symbol == symbol
    ] == ["rates"]


@pytest.mark.parametrize(
    ("symbol", "order", "asked"),
    [
        ("^GSPC", "", {"^GSPC", "SPY"}),
        ("BTC-USD", "", {"BTC-USD"}),
        ("WTI.EIA", "", set()),  # published once a day, so no level comes before
        ("EURUSD.ECB", "", set()),
        ("^GSPC", '[order]\nindex = ["cboe"]', set()),  # Cboe has days alone
    ],
)
def test_a_level_is_wanted_in_the_session_of_what_trades_and_is_served(
    tmp_path, symbol, order, asked
):
    """A brief before the close needs it, and a provider without such bars is not asked."""
    (tmp_path / "sources.toml").write_text(order)
    noon = dt.datetime.combine(DAY, dt.time(17, 30, tzinfo=dt.UTC))
    listed = wanted([symbol], read_sources(tmp_path / "sources.toml"), noon)
    live = [want for want in listed if want.role == "intraday_bars"]
    assert {one.symbol for want in live for one in (want, want.proxy) if one} == asked


def test_without_the_treasury_and_fred_the_ten_year_yield_comes_from_yahoo(feeds, path, brought):
    """From Cboe's index of it."""
    feeds.fail("treasury", "always status 503")
    assert brought(feeds, "DGS10")["DGS10"].sources == ("Yahoo Finance",)
    rates = store.table(path, "rates", store.MOST)
    assert rates["value"].tolist() == list(feeds.closes("^TNX").values())


def test_futures_come(feeds, path, brought):
    """Fourteen contracts of each session."""
    outcome = brought(feeds, "futures", since=dt.date(2025, 1, 6))["futures"]
    assert (outcome.state, outcome.sources) == ("new", ("CME settlement prices",))
    futures = store.table(path, "futures", store.MOST)
    newest = futures[futures["date"].dt.date == DAY]
    assert (len(futures), len(newest), newest["settle"].min(), newest["contract"].min()) == (
        42,
        14,
        95.67,
        "ZQF2025",
    )


def releases(path, since="2025-01-10"):
    """Day, name and time of what the store knows to be due, or to have been, *since* a day."""
    events = store.table(path, "events", store.MOST)
    events = events[events["date"] >= since]
    assert set(events["kind"]) <= {"release"}
    return [
        (day.date().isoformat(), name, time)
        for day, name, time in zip(events["date"], events["name"], events["time"], strict=True)
    ]


def test_events_come_twice_a_day(feeds, brought):
    """Eleven hours later nobody is asked, thirteen hours later the bureau is."""
    outcomes = [
        brought(feeds, "labor", at=dt.datetime.combine(DAY, EVENING) + dt.timedelta(hours=h))[
            "labor"
        ]
        for h in (0, 11, 13)
    ]
    assert [outcome.state for outcome in outcomes] == ["new", "current", "unchanged"]
    assert len(feeds.asked) == 2


def test_what_is_due_has_its_time(feeds, path, brought):
    """Of two bureaus, without a key."""
    brought(feeds, "labor", "output")
    assert sorted(releases(path)) == [
        ("2025-01-10", "the employment report", "08:30"),
        ("2025-01-15", "the consumer price index", "08:30"),
        ("2025-01-30", "gross domestic product", "08:30"),
    ]


def test_releases_that_are_over_are_kept_for_a_month_and_a_half(feeds, path, brought):
    """They say when the last figures were released."""
    brought(feeds, "labor")
    over = [row for row in releases(path, since="2024-01-01") if row[0] < "2025-01-01"]
    assert over == [
        ("2024-12-06", "the employment report", "08:30"),
        ("2024-12-11", "the consumer price index", "08:30"),
    ]


def test_a_release_that_is_put_off_is_due_on_its_new_day_alone(feeds, path, brought):
    """As in a shutdown of the government; what was known before can still be read."""
    brought(feeds, "labor")
    before = store.last_fetch(path)
    feeds.releases[1] = (dt.date(2025, 1, 17), "Employment Situation")
    brought(feeds, "labor", at=dt.datetime.combine(DAY, EVENING) + dt.timedelta(hours=13))
    assert [day for day, name, _ in releases(path) if name == "the employment report"] == [
        "2025-01-17"
    ]
    known = store.table(path, "events", before)
    assert known[known["name"] == "the employment report"]["date"].dt.date.tolist() == [
        dt.date(2024, 12, 6),
        dt.date(2025, 1, 10),
    ]


@pytest.mark.usefixtures("keys")
def test_where_the_bureau_turns_us_away_fred_knows_the_days(feeds, path, brought):
    """Without the time."""
    feeds.fail("bls", "always status 403")
    assert brought(feeds, "labor")["labor"].sources == ("FRED (St. Louis Fed)",)
    assert releases(path) == [("2025-01-11", "the employment report", "")]


@pytest.mark.slow
def test_more_series_than_a_batch_are_written_whole(feeds, path, brought):
    """Twenty-one stocks and sectors in two transactions."""
    symbols = [name for name, found in registry().items() if found.kind in ("stock", "sector")][:21]
    outcomes = brought(feeds, *symbols)
    assert {name: outcome.added for name, outcome in outcomes.items()} == dict.fromkeys(
        symbols, len(feeds.sessions)
    )
    assert {name: closes(path, name) for name in symbols} == {
        name: feeds.closes(name) for name in symbols
    }


def test_a_source_that_knows_less_calls_off_only_what_it_moves(feeds, path, brought, monkeypatch):
    """FRED has fewer releases than the bureau, and no times.

    What it does not know stays, and so do the times.
    """
    monkeypatch.setenv("FRED_API_KEY", "fred-secret")
    feeds.releases = [
        (dt.date(2025, 1, 12), "Employment Situation"),
        (dt.date(2025, 1, 14), "Job Openings and Labor Turnover Survey"),
    ]
    brought(feeds, "labor")
    feeds.fail("bls", "always status 403")
    later = dt.datetime.combine(DAY, EVENING) + dt.timedelta(
        hours=13
    )  # the 9th in UTC: FRED says the 12th
    assert brought(feeds, "labor", at=later)["labor"].sources == ("FRED (St. Louis Fed)",)
    assert releases(path) == [
        ("2025-01-12", "the employment report", "08:30"),
        ("2025-01-14", "the survey of job openings", "08:30"),
    ]


def test_a_calendar_that_ends_calls_off_nothing_behind_its_end(feeds, path, brought):
    """As the file of a year does in December."""
    feeds.releases = [
        (dt.date(2025, 1, 10), "Employment Situation"),
        (dt.date(2025, 2, 7), "Employment Situation"),
    ]
    brought(feeds, "labor")
    feeds.releases.pop()
    brought(feeds, "labor", at=dt.datetime.combine(DAY, EVENING) + dt.timedelta(hours=13))
    assert [day for day, *_ in releases(path)] == ["2025-01-10", "2025-02-07"]


def test_another_source_is_asked_to_confirm_where_one_lacks_the_day(
    feeds, path, brought, monkeypatch
):
    """Massive ends a session earlier; Cboe has it, and tells it otherwise."""
    monkeypatch.setenv("MASSIVE_API_KEY", "massive-secret")
    feeds.without["massive", "^GSPC"] = {DAY}
    feeds.scale["cboe", "^GSPC"] = (DAY, 1.02)
    brought(feeds, "^GSPC")
    told = store.table(path, "confirmations", store.MOST)
    newest = told[told["date"].dt.date == DAY]
    assert list(newest["source"]) == ["Cboe"]
    assert newest["close"].iloc[0] == pytest.approx(feeds.closes("^GSPC")[DAY] * 1.02, abs=0.01)


def test_a_close_of_nothing_does_not_end_the_fetch(feeds, later, path, brought):
    """It is held against nothing; the next source fills the newest day."""
    brought(feeds, "^GSPC")
    day = feeds.sessions[-3]
    with store.writing(path) as connection:
        connection.execute("UPDATE bars SET close = 0 WHERE symbol = '^GSPC' AND day = ?", [day])
    later.without["yahoo", "^GSPC"] = {NEXT}
    assert brought(later, "^GSPC")["^GSPC"].sources == ("Yahoo Finance", "Cboe")


# Gaps
# ------------------------------------------------------------------------------


def test_an_index_is_filled_from_cboe(feeds, path, brought):
    """A session that Yahoo lacks is Cboe's, and says so; all others are Yahoo's."""
    feeds.without["yahoo", "^GSPC"] = {DAY}
    outcome = brought(feeds, "^GSPC")["^GSPC"]
    assert (outcome.state, outcome.sources, outcome.notes) == (
        "new",
        ("Yahoo Finance", "Cboe"),
        (f"Yahoo Finance lacks {DAY}",),
    )
    assert closes(path, "^GSPC") == feeds.closes("^GSPC")
    assert {day for day, source in sources(path, "^GSPC").items() if source == "Cboe"} == {DAY}


@pytest.mark.usefixtures("keys")
def test_a_stock_is_filled_from_tiingo(feeds, path, brought):
    """Two sessions, one of them in the middle of the last weeks."""
    lacking = {dt.date(2024, 12, 23), DAY}
    feeds.without["yahoo", "NVDA"] = lacking
    assert brought(feeds, "NVDA")["NVDA"].state == "new"
    assert closes(path, "NVDA") == feeds.closes("NVDA")
    assert {day for day, source in sources(path, "NVDA").items() if source == "Tiingo"} == lacking


def test_a_series_stays_its_providers_own(feeds, later, path, brought):
    """After a day that another one filled, the usual provider is asked first again."""
    feeds.without["yahoo", "^GSPC"] = {DAY}
    brought(feeds, "^GSPC")
    assert brought(later, "^GSPC")["^GSPC"].sources == ("Yahoo Finance",)
    assert closes(path, "^GSPC") == later.closes("^GSPC")
    assert sources(path, "^GSPC")[NEXT] == "Yahoo Finance"


def test_another_provider_takes_over_where_the_usual_one_is_down(feeds, later, path, brought):
    """The new session alone comes from Cboe."""
    brought(feeds, "^GSPC")
    later.fail("yahoo", "always status 503")
    outcome = brought(later, "^GSPC")["^GSPC"]
    assert (outcome.state, outcome.added, outcome.sources) == ("new", 1, ("Cboe",))
    assert "Yahoo Finance: HTTP 503" in outcome.notes[0]
    assert closes(path, "^GSPC") == later.closes("^GSPC")
    assert {day for day, source in sources(path, "^GSPC").items() if source == "Cboe"} == {NEXT}


def test_a_source_that_tells_another_series_is_not_mixed_in(feeds, path, brought):
    """One that differs by a hundredth is refused, and the session stays away."""
    feeds.without["yahoo", "^GSPC"] = {DAY}
    feeds.scale["cboe", "^GSPC"] = (SINCE, 1.01)
    outcome = brought(feeds, "^GSPC")["^GSPC"]
    assert (outcome.state, outcome.sources) == ("short", ("Yahoo Finance",))
    assert (
        outcome.notes[1]
        == "Cboe differs from what is known by 100 basis points in the middle; it is not mixed in"
    )
    assert set(feeds.sessions) - set(closes(path, "^GSPC")) == {DAY}
    assert set(sources(path, "^GSPC").values()) == {"Yahoo Finance"}


def test_two_sources_with_few_days_in_common_are_not_mixed(path, brought):
    """Of a series that began before Christmas no one can say whether both tell the same."""
    with Feeds(DAY, since=dt.date(2024, 12, 16)) as young:
        young.without["yahoo", "^GSPC"] = {DAY}
        outcome = brought(young, "^GSPC")["^GSPC"]
    assert outcome.state == "short"
    assert (
        outcome.notes[1]
        == f"Cboe shares {len(young.sessions) - 1} days with what is known, too few to hold it"
        " against (20 are needed)"
    )
    assert DAY not in closes(path, "^GSPC")


@pytest.mark.usefixtures("keys")
def test_a_gap_is_asked_for_until_someone_has_it(feeds, path, brought):
    """What nobody had in the evening comes the next morning."""
    feeds.without["yahoo", "NVDA"] = feeds.without["tiingo", "NVDA"] = {DAY}
    assert brought(feeds, "NVDA")["NVDA"].state == "short"
    feeds.without.clear()
    outcome = brought(feeds, "NVDA", at=dt.datetime(2025, 1, 9, 11, 45, tzinfo=dt.UTC))["NVDA"]
    assert (outcome.state, outcome.added) == ("new", 1)
    assert closes(path, "NVDA") == feeds.closes("NVDA")


def test_a_gap_before_the_newest_session_is_asked_for_again(feeds, path, brought):
    """A session of last week that nobody had is no reason to call the series current."""
    feeds.without["yahoo", "^GSPC"] = feeds.without["cboe", "^GSPC"] = {dt.date(2025, 1, 3)}
    assert brought(feeds, "^GSPC")["^GSPC"].state == "short"
    feeds.without.clear()
    assert brought(feeds, "^GSPC")["^GSPC"].added == 1
    assert closes(path, "^GSPC") == feeds.closes("^GSPC")


# History that is adjusted
# ----------------------------------------------------------------------------------------


def test_after_a_split_all_of_the_history_is_fetched_again(feeds, later, path, brought):
    """Ten for one: every old close is a tenth now, and what it was then can still be read."""
    brought(feeds, "NVDA")
    later.scale["yahoo", "NVDA"] = (SINCE, 0.1)
    outcome = brought(later, "NVDA")["NVDA"]
    assert outcome.notes == ("Yahoo Finance adjusted its history; all of it was fetched again",)
    assert outcome.added == len(later.sessions)
    assert closes(path, "NVDA") == pytest.approx(
        {day: close / 10 for day, close in later.closes("NVDA").items()}
    )
    assert closes(path, "NVDA", 1) == feeds.closes("NVDA")


@pytest.mark.parametrize("from_day", [SINCE, NEXT], ids=["adjusted", "not adjusted yet"])
def test_a_split_that_the_answer_tells_is_named_and_leaves_no_old_scale(
    path, feeds, later, brought, from_day
):
    """Also on the morning on which Yahoo still tells the days before at the old scale."""
    brought(feeds, "NVDA")
    later.scale["yahoo", "NVDA"] = (from_day, 0.1)
    later.splits["NVDA"] = (NEXT, 10)
    (note,) = brought(later, "NVDA")["NVDA"].notes
    assert note.startswith("Yahoo Finance adjusted its history for a split of 10 for 1 on 2025-01-")
    told = [*closes(path, "NVDA").values()]
    assert len(told) == len(later.sessions)
    assert all(abs(after / before - 1) < 0.1 for before, after in pairwise(told))


@pytest.mark.parametrize(
    ("told", "split", "refused"),
    [
        ([1.0, 1.0, 1.0, 1.0, 1.0], "", False),
        ([0.25] * 5, "", False),
        ([0.86, 0.87, 0.87, 0.86, 0.88], "", True),
        ([0.86, 0.87, 0.87, 0.86], "", False),
        ([0.981, 0.99, 0.982, 0.99, 0.985], "", False),
        ([0.01] * 5, "", True),
        ([100.0] * 5, "", True),
        ([0.01] * 5, " for a split of 100 for 1 on 2025-01-06", False),
    ],
    ids=["the same", "a split", "euros", "too few", "small", "pounds", "pence", "a large split"],
)
def test_a_series_that_changes_its_currency_is_refused(told, split, refused):
    """Gold in euros is 14% lower on some days and 12% on others, a pound is a hundred pence."""
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(5)]
    old = dict.fromkeys(days, 2650.0)
    new = {day: 2650.0 * ratio for day, ratio in zip(days, told, strict=False)}
    yahoo = provider_class("yahoo")()
    if refused:
        with pytest.raises(ProviderError, match=r"another currency.* fetch with --since"):
            refuse_switch(yahoo, new, old, split)
    else:
        refuse_switch(yahoo, new, old, split)


@pytest.mark.usefixtures("keys")
def test_after_a_split_no_close_stays_at_its_old_scale(path, brought):
    """Nor that of a session two months ago, which another provider had filled."""
    lacking = dt.date(2024, 10, 30)
    for until, factor in ((dt.date(2024, 11, 1), 1.0), (DAY, 0.1)):
        with Feeds(until, since=SINCE) as feeds:
            feeds.without["yahoo", "NVDA"] = {lacking}
            for provider in ("yahoo", "tiingo"):
                feeds.scale[provider, "NVDA"] = (SINCE, factor)
            brought(feeds, "NVDA")
    told = list(closes(path, "NVDA").values())
    assert max(abs(after / before - 1) for before, after in pairwise(told)) < 0.2


@pytest.mark.usefixtures("keys")
def test_a_split_that_is_told_only_halfway_changes_nothing_old(feeds, later, path, brought):
    """The second, longer answer does not come.

    No old close is at the new scale beside one at the old.
    """
    brought(feeds, "NVDA")
    later.scale["yahoo", "NVDA"] = (SINCE, 0.1)
    later.fail("yahoo", "", "always status 503")
    outcome = brought(later, "NVDA")["NVDA"]
    assert "HTTP 503" in " ".join(outcome.notes)
    assert {
        day: close for day, close in closes(path, "NVDA").items() if day <= DAY
    } == feeds.closes("NVDA")


# What goes wrong
# -------------------------------------------------------------------------------------------------


def test_no_provider_answers(feeds, later, path, brought):
    """The store is as it was, and each says why."""
    brought(feeds, "^GSPC")
    held = closes(path, "^GSPC"), store.last_fetch(path)
    later.fail("yahoo", "always status 503")
    later.fail("cboe", "always body <html>")
    outcome = brought(later, "^GSPC")["^GSPC"]
    assert (outcome.state, outcome.added, outcome.sources) == ("short", 0, ())
    assert "Yahoo Finance: HTTP 503" in outcome.notes[0]
    assert "Cboe: the answer is a web page, not data" in outcome.notes[1]
    assert (closes(path, "^GSPC"), store.last_fetch(path)) == held


def test_a_first_fetch_without_an_answer_makes_no_store(feeds, path, brought):
    """There is nothing to keep."""
    feeds.fail("yahoo", "always body {}")
    assert brought(feeds, "NVDA")["NVDA"].state == "short"
    assert not path.exists()


@pytest.mark.parametrize(
    "answer",
    [
        '{"chart": 7}',
        '{"chart": {"result": [{"timestamp": [1], "meta": {}}]}}',
        "[]",
        '{"chart": {"result": {}}}',
    ],
)
def test_an_answer_of_another_form_is_said(feeds, brought, answer):
    """Whatever a provider changed, the others still go through."""
    feeds.fail("yahoo", f"always body {answer}", key="NVDA")
    outcomes = brought(feeds, "NVDA", "AAPL")
    assert [outcomes[name].state for name in ("NVDA", "AAPL")] == ["short", "new"]
    assert outcomes["NVDA"].notes[0].startswith("Yahoo Finance")


def test_a_moment_s_failure_is_got_over(feeds, path, brought):
    """A provider that is asked again answers, cut, zipped or late as it may be."""
    feeds.fail("yahoo", "status 503", "cut", "gzip")
    outcome = brought(feeds, "NVDA")["NVDA"]
    assert (outcome.state, outcome.notes) == ("new", ())
    assert closes(path, "NVDA") == feeds.closes("NVDA")


def test_a_key_that_is_missing_is_said(feeds, brought):
    """Only FRED has the dates of retail sales: nobody can be asked, and so nothing is short."""
    outcome = brought(feeds, "trade")["trade"]
    assert outcome.state == "keyless"
    assert outcome.notes == ("FRED (St. Louis Fed) needs FRED_API_KEY, a key that is not set",)


def test_a_key_that_is_wrong_is_said(feeds, brought, monkeypatch):
    """In FRED's words, without the key."""
    monkeypatch.setenv("FRED_API_KEY", "planted-key")
    feeds.fail("treasury", "always status 503")
    notes = " ".join(brought(feeds, "DGS2")["DGS2"].notes)
    assert "FRED" in notes
    assert "api_key is not registered" in notes
    assert "planted-key" not in notes


# Sources
# ------------------------------------------------------------------------------


def test_sources_of_ones_own_replace_a_line(tmp_path):
    """The order of one kind, an address; all others are as shipped."""
    file = tmp_path / "sources.toml"
    file.write_text(
        '[order]\nindex = ["cboe"]\nNVDA = ["yahoo"]\n[base_url]\nyahoo = "http://localhost:1/"\n'
    )
    found, shipped = read_sources(file), read_sources()
    assert [provider.name for provider in found.want("^GSPC", "daily_bars", "index").providers] == [
        "cboe"
    ]
    assert [
        provider.base_url for provider in found.want("NVDA", "daily_bars", "stock").providers
    ] == ["http://localhost:1"]
    assert {
        name: order for name, order in found.order.items() if name not in ("index", "NVDA")
    } == {name: order for name, order in shipped.order.items() if name != "index"}


def test_a_provider_without_its_key_is_left_out(monkeypatch):
    """Until the key is there, itself or in a file."""
    assert [
        provider.name for provider in read_sources().want("NVDA", "daily_bars", "stock").providers
    ] == ["yahoo"]
    monkeypatch.setenv("TIINGO_API_KEY_FILE", "key.txt")
    assert [
        provider.name for provider in read_sources().want("NVDA", "daily_bars", "stock").providers
    ] == ["yahoo", "tiingo"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[order]\nstock = ["yaho"]', r"There is no provider 'yaho'\. Did you mean 'yahoo'\?"),
        (
            '[orders]\nstock = ["yahoo"]',
            r"sources\.toml, line 1: unknown 'orders'\. Did you mean 'order'\?",
        ),
        (
            '[order]\nstock = "yahoo"',
            r'stock = "yahoo" is not a list of providers; write stock = \["yahoo", "tiingo"\]',
        ),
        ('order = ["yahoo"]', r"sources\.toml, line 1: order = .* is not a table"),
        ("[order", r"sources\.toml: it is not valid TOML"),
        (
            '[base_url]\nyaho = "http://localhost"',
            r"There is no provider 'yaho'\. Did you mean 'yahoo'\?",
        ),
        (
            "[base_url]\nyahoo = 8080",
            r"line 2: yahoo = 8080 is not an address; write yahoo = .https",
        ),
    ],
)
def test_sources_that_are_off_are_refused(tmp_path, text, words):
    """With the line, and the name that was meant."""
    file = tmp_path / "sources.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_sources(file)


def test_sources_that_are_not_there_are_refused(tmp_path):
    """The file is named."""
    with pytest.raises(SettingsError, match=r"nowhere\.toml: it cannot be read"):
        read_sources(tmp_path / "nowhere.toml")


def test_the_calendar_of_these_tests():
    """The 9th had no session; there are more of them than two sources must share."""
    assert calendar.sessions(DAY, NEXT) == [DAY, NEXT]

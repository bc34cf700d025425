"""Fetches and reads hold what they need of a long list, and no more."""

from __future__ import annotations

import datetime as dt
import threading

import pandas as pd
import pytest
from feeds import Feeds

from reportgen.sources import answers, fetching, inventory, store
from reportgen.sources.fetching import AHEAD_OF_STORE, AT_ONCE, BATCH, fetch
from reportgen.sources.http import Spool, Web
from reportgen.sources.plan import read_sources
from reportgen.sources.providers.contract import Bar, Reply
from reportgen.sources.then import Then
from reportgen.verify.raw.store import Members, Past, StoreRows

DAY = dt.date(2025, 1, 8)
EVENING = dt.datetime(2025, 1, 8, 22, tzinfo=dt.UTC)
SYMBOLS = [f"AB{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(60)]


@pytest.fixture
def path(tmp_path):
    """Where the store of a test is."""
    return tmp_path / "store.duckdb"


@pytest.fixture
def feeds():
    """What the providers know of the last weeks."""
    with Feeds(DAY, since=dt.date(2024, 11, 1)) as known:
        yield known


@pytest.fixture
def listed(path, feeds):
    """``listed(symbols)`` are the outcomes of a fetch of stocks, by symbol."""

    def bring(symbols, at=EVENING, kind="stock", more=""):
        file = path.with_suffix(".toml")
        file.write_text(f'[order]\nstock = ["yahoo"]\n{more}\n{feeds.sources()}')
        sources = read_sources(file)
        wants = [sources.want(symbol, "daily_bars", kind) for symbol in symbols]
        web = Web(lambda: at, patience=0.01)
        try:
            return {outcome.want.symbol: outcome for outcome in fetch(path, wants, web)}
        finally:
            web.close()

    return bring


def brought(symbol, closes, first=DAY):
    """What a provider brought of *symbol*: *closes* up to the day *first*."""
    rows = [
        Bar(first - dt.timedelta(days=number), None, None, None, close, None)
        for number, close in enumerate(closes)
    ]
    reply = Reply(url="http://localhost/", status=200, at=EVENING, body=b"{}")
    return store.Fetched(
        provider="p",
        source="P",
        terms="",
        role="daily_bars",
        symbol=symbol,
        replies=(reply,),
        rows=rows,
    )


# Fetches
# --------------------------------------------------------------------------------------------------


@pytest.fixture
def held(monkeypatch):
    """The numbers of series that were fetched and not yet stored, at each beginning."""
    numbers, lock, count = [], threading.Lock(), [0]
    ask, keep = fetching._Series.brought, fetching._kept

    def begun(series):
        with lock:
            count[0] += 1
            numbers.append(count[0])
        return ask(series)

    def stored(path, batch, turn):
        outcomes = [*keep(path, batch, turn)]
        with lock:
            count[0] -= len(batch)
        yield from outcomes

    monkeypatch.setattr(fetching._Series, "brought", begun)
    monkeypatch.setattr(fetching, "_kept", stored)
    return numbers


def test_few_series_are_held_until_they_are_stored(listed, held):
    """Of sixty no more than of forty: those that are asked for, and those of one transaction."""
    outcomes = listed(SYMBOLS)
    assert {outcome.state for outcome in outcomes.values()} == {"new"}
    assert len(held) == len(outcomes) == 60
    assert max(held) <= AT_ONCE + AHEAD_OF_STORE + BATCH


def test_long_histories_are_stored_sooner(listed, held, monkeypatch, feeds):
    """A transaction ends after so many rows, if not after so many series."""
    monkeypatch.setattr(fetching, "ROWS", 2 * len(feeds.sessions))
    listed(SYMBOLS[:40])
    assert max(held) <= AT_ONCE + AHEAD_OF_STORE + 2


def test_faults_of_some_take_nothing_from_the_others(listed, feeds, path):
    """Each is short with a reason, and the next run mends it."""
    faults = ["status 429 0", "status 404", "body <html>please log in</html>", "cut"]
    for symbol, fault in zip(SYMBOLS, faults, strict=False):
        feeds.fail("yahoo", fault, fault, fault, key=symbol)
    states = {symbol: one.state for symbol, one in listed(SYMBOLS[:24]).items()}
    short = {symbol for symbol, state in states.items() if state == "short"}
    assert short <= set(SYMBOLS[:4])
    assert short >= {SYMBOLS[1], SYMBOLS[2]}
    feeds.faults.clear()
    listed(SYMBOLS[:24], EVENING + dt.timedelta(hours=2))
    frame = store.table(path, "daily_bars", store.MOST)
    assert set(frame["symbol"]) == set(SYMBOLS[:24])
    assert set(frame["symbol"].value_counts()) == {len(feeds.sessions)}


def test_what_is_not_wanted_is_not_read(path):
    """Of two series of a store, the fetch of one knows one."""
    store.append(path, [brought("AAPL", [1.0, 2.0]), brought("MSFT", [3.0])])
    known, _ = answers.known_at(path, EVENING, {"MSFT"})
    assert {name: one.closes for (_, name), one in known.items()} == {"MSFT": {DAY: 3.0}}


def test_answers_of_a_run_are_in_memory_up_to_a_size():
    """The others come from a file, as they were."""
    spool = Spool(most=1000)
    replies = {
        f"u{number}": Reply(
            url=f"u{number}", status=200, at=EVENING, body=bytes([number]) * 400, validator="v"
        )
        for number in range(9)
    }
    for url, reply in replies.items():
        spool.add(url, reply)
        assert sum(len(one.body) for one in spool._held.values()) <= 1000
    assert {url: spool.get(url) for url in replies} == replies
    assert spool.get("other") is None
    spool.close()
    assert spool.get("u8") is None


# The same answer again
# --------------------------------------------------------------------------------------------------


def test_a_whole_history_is_not_asked_for_twice_of_one_day(listed, feeds):
    """As a second source. The first source is asked again, for it may have corrected its close."""
    for hours in (0, 2, 4):
        listed(["^GSPC"], EVENING + dt.timedelta(hours=hours), kind="index")
    asked = [line.split()[0] for line in feeds.asked]
    assert (asked.count("cboe"), asked.count("yahoo")) == (1, 3)


def test_a_whole_history_is_asked_for_again_on_the_next_day(path, listed):
    """It then has the next session, and the store the rest of it once."""
    listed(["^GSPC"], EVENING, kind="index")
    with Feeds(dt.date(2025, 1, 10), since=dt.date(2024, 11, 1)) as later:
        file = path.with_suffix(".toml")
        file.write_text(later.sources())
        want = read_sources(file).want("^GSPC", "daily_bars", "index")
        web = Web(lambda: EVENING + dt.timedelta(days=2), patience=0.01)
        list(fetch(path, [want], web))
        web.close()
        assert [line.split()[0] for line in later.asked] == ["yahoo", "cboe"]
    told = store.table(path, "confirmations", store.MOST)
    assert str(told["date"].max())[:10] == "2025-01-10"


def test_an_answer_that_the_store_has_lost_is_asked_for_whole(path, listed, feeds):
    """The server says that it still holds, but the store has lost it."""
    feeds.validated.add("cboe")
    only = '"^VIX" = ["cboe"]'
    listed(["^VIX"], kind="volatility", more=only)
    with store.writing(path) as connection:
        connection.execute("UPDATE pieces SET body = 'x'::BLOB")
    at = EVENING + dt.timedelta(hours=2)
    assert listed(["^VIX"], at, kind="volatility", more=only)["^VIX"].state == "unchanged"
    assert feeds.not_modified == 1
    assert len(feeds.asked) == 3


# Reads
# --------------------------------------------------------------------------------------------------

THEN = Then(early=1, late=2, newest=lambda _role, _name: DAY)


@pytest.mark.parametrize("known", [store.MOST, 2, 1, 0])
@pytest.mark.parametrize("then", [None, THEN], ids=["now", "then"])
def test_a_large_import_is_read_as_any_other(path, known, then):
    """Symbol by symbol or all at once, the rows are the same."""
    names = ["AAPL", "KEY", "O'NEIL"]
    store.append(path, [brought(name, [1.0, 2.0, 3.0]) for name in names])
    store.append(path, [brought("KEY", [1.5, 2.0]), brought("MSFT", [4.0])])
    asked = ["KEY", "O'NEIL", "MSFT", "none"]
    plain = store.table(path, "daily_bars", known, asked, then)
    with store.writing(path) as connection:
        connection.execute("DELETE FROM imports")
        connection.execute("INSERT INTO imports SELECT id, id, '', 5000000, [], [] FROM fetches")
    pd.testing.assert_frame_equal(store.table(path, "daily_bars", known, asked, then), plain)
    assert set(plain["symbol"]) <= set(asked)
    assert store.table(path, "daily_bars", known, [], then).empty


@pytest.mark.parametrize("keep", [None, ["KEY"]], ids=["all", "some"])
@pytest.mark.parametrize(("again", "once"), [(None, True), ([1.5, 2.0], False)])
def test_the_bars_of_some_days_are_those_of_the_whole_table(path, keep, again, once):
    """Whether one fetch brought them or two; only then does a past moment have other ones."""
    store.append(path, [brought(name, [1.0, 2.0, 3.0]) for name in ("AAPL", "KEY")])
    if again:
        store.append(path, [brought("KEY", again)])
    first, last = DAY - dt.timedelta(1), DAY
    found, same = store.bars_between(path, store.MOST, first, last, keep)
    whole = store.table(path, "daily_bars", store.MOST, keep, since=first)
    named = found.astype({"symbol": "str"}).sort_values(["symbol", "date"], ignore_index=True)
    pd.testing.assert_frame_equal(named[[*whole.columns[:-1]]], whole.drop(columns="source"))
    assert same == once


def closes_of(bars):
    """The days of *bars* with their closes."""
    closes = bars.column.values[0]  # noqa: PD011 - the audit's own column
    return [*zip(bars.column.times, closes, strict=True)]


@pytest.mark.parametrize("fetch", [2, 3])
@pytest.mark.parametrize("past", [None, Past(moment=EVENING, due=lambda _role, _name: DAY)])
def test_the_audit_reads_of_a_list_the_closes_of_its_days(path, fetch, past):
    """The same closes as of a symbol that it reads whole, a value that changed included."""
    store.append(path, [brought(name, [1.0, 2.0, 3.0]) for name in ("AAPL", "KEY")])
    store.append(path, [brought("KEY", [1.5, 2.0])])
    names, days = frozenset({"AAPL", "KEY"}), {"first": DAY - dt.timedelta(1), "last": DAY}
    whole = StoreRows(path, fetch, names, lambda _: "", past)
    listed = StoreRows(path, fetch, [], lambda _: "", past).beside(Members(symbols=names, **days))
    for name in names:
        (ours,), (theirs,) = listed.bars(name), whole.bars(name)
        assert closes_of(ours) == closes_of(theirs)[-2:]
    assert listed.symbols() == names


def test_a_long_list_is_read_at_once(path):
    """So many look-ups of one symbol would be dearer than one pass."""
    store.append(path, [brought("AAPL", [1.0])])
    with store.writing(path) as connection:
        connection.execute("INSERT INTO imports VALUES (1, 1, '', 5000000, [], [])")
        few = store.of_symbols(connection, "bars", ["AAPL", "KEY"])
        many = store.of_symbols(connection, "bars", [f"S{number}" for number in range(401)])
    assert (few.count("UNION ALL"), many.count("UNION ALL")) == (2, 0)


def test_status_counts_the_sessions_that_are_missing(path):
    """Of a stock and of a coin, whatever lies between, and of one that two fetches told."""
    days = [dt.date(2025, 1, day) for day in (2, 3, 7, 8, 10)]
    for part in (days[:3], days[2:]):
        both = [brought(name, [5.0], day) for day in part for name in ("NVDA", "BTC-USD", "KEYX")]
        store.append(path, both)
    rows = {held.symbol: held for held in inventory.series(path)}
    assert {name: held.gaps for name, held in rows.items()} == {
        "NVDA": 1,
        "BTC-USD": 0,
        "KEYX": 0,
    }
    assert (rows["NVDA"].first, rows["NVDA"].last) == (days[0], days[-1])
    assert rows["NVDA"].source == "P"
    assert rows["NVDA"].fetched_at == EVENING


def test_an_empty_store_has_no_series(path):
    """As after a fetch that brought nothing."""
    store.append(path, [])
    assert [*inventory.series(path)] == []


def test_rows_of_a_fetch_that_is_not_listed_are_refused(path):
    """Their source is not known."""
    store.append(path, [brought("AAPL", [1.0])])
    with store.writing(path) as connection:
        connection.execute("DELETE FROM fetches")
    with pytest.raises(store.StoreError, match="does not list that fetch"):
        store.table(path, "daily_bars", store.MOST, ["AAPL"])

"""The store remembers what was known when, loses nothing that was committed,
and says in words what is wrong with it."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import time
from hashlib import sha256

import duckdb
import pytest
from feeds import Feeds

from reportgen.config.resources import SAMPLE
from reportgen.core.errors import NoData, StoreError
from reportgen.markets.instruments import registry
from reportgen.sources import answers_kept, store
from reportgen.sources.plan import Want, due
from reportgen.sources.providers.contract import Bar, Point, Reply

# DuckDB says so to the newest pandas when it makes a frame with a time zone.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

AT = dt.datetime(2025, 1, 8, 22, tzinfo=dt.UTC)
DAYS = [dt.date(2025, 1, 6), dt.date(2025, 1, 7), dt.date(2025, 1, 8)]
TOLD = """
import datetime as dt, os, resource, signal, sys, time
from pathlib import Path
from reportgen.sources import answers_kept, store
from reportgen.sources.providers.contract import Bar, Reply
from reportgen.core.errors import StoreError

path = Path(sys.argv[1])

def fetched(symbol, count=1, body=b"{}"):
    days = [dt.date(2000, 1, 1) + dt.timedelta(days=i) for i in range(count)]
    rows = [Bar(day, None, None, None, 1.0 + i / 7, None) for i, day in enumerate(days)]
    reply = Reply(url="x", status=200, at=dt.datetime.now(dt.UTC), body=body)
    return store.Fetched(provider="p", source="P", terms="", role="daily_bars",
                         symbol=symbol, replies=(reply,), rows=rows)
"""


def brought(*closes, symbol="AAPL", body=b"{}", final=None):
    """What a provider brought of *symbol*: the *closes* of 6 January and after."""
    rows = [
        Bar(day, None, None, None, close, None) for day, close in zip(DAYS, closes, strict=False)
    ]
    replies = (Reply(url="https://example.com/x", status=200, at=AT, body=body),)
    return store.Fetched(
        provider="yahoo",
        source="Yahoo Finance",
        terms="personal use",
        role="daily_bars",
        symbol=symbol,
        replies=replies,
        rows=rows,
        final=final,
    )


def closes(path, known=store.MOST):
    """All finished closes, as known at that fetch."""
    return store.table(path, "daily_bars", known)["close"].tolist()


def kept(path):
    """The number of the newest fetch; 0 where nothing was committed yet."""
    try:
        return store.last_fetch(path)
    except NoData:
        return 0


def content(path, known=store.MOST):
    """All rows that stand, as known at that fetch, with their sources."""
    if not kept(path):
        return {}
    with store.reading(path) as connection:
        return {table: store.latest(connection, table, known).fetchall() for table in store.TABLES}


def count(path, table):
    """How many rows a table of the file has."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(f"select count(*) from {table}").fetchone()[0]


def python(code, *args):
    """Another process that runs *code* after what it is TOLD, its output caught."""
    return subprocess.Popen(
        [sys.executable, "-c", TOLD + code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(tmp_path):
    """Where the store of a test is."""
    return tmp_path / "store.duckdb"


def test_a_changed_value_is_a_new_row(path):
    """What was known at the first fetch can be read after the second one changed it."""
    assert store.append(path, [brought(10.0, 11.0)]) == {("daily_bars", "AAPL"): 2}
    first = store.last_fetch(path)
    assert store.append(path, [brought(10.0, 11.5, 12.0)]) == {("daily_bars", "AAPL"): 2}
    assert closes(path) == [10.0, 11.5, 12.0]
    assert closes(path, first) == [10.0, 11.0]
    assert closes(path, 0) == []


def test_an_unchanged_value_adds_nothing(path):
    """The same answer again is a fetch, but no row."""
    store.append(path, [brought(10.0, 11.0)])
    assert store.append(path, [brought(10.0, 11.0)]) == {("daily_bars", "AAPL"): 0}
    assert (count(path, "bars"), count(path, "fetches")) == (2, 2)


def test_a_value_that_goes_back_is_known_at_each_time(path):
    """A mistake that is taken back is three rows: before, the mistake, and after."""
    for close in (10.0, 99.0, 10.0):
        store.append(path, [brought(close)])
    assert [closes(path, known) for known in (1, 2, 3)] == [[10.0], [99.0], [10.0]]


def test_a_bar_that_was_not_final_and_then_is(path):
    """It is kept at once, and told only when it is finished, though its price is the same."""
    store.append(path, [brought(10.0, 11.0, final=DAYS[0])])
    assert (closes(path), count(path, "bars")) == ([10.0], 2)
    assert store.append(path, [brought(10.0, 11.0, final=DAYS[1])]) == {("daily_bars", "AAPL"): 1}
    assert (closes(path), closes(path, 1)) == ([10.0, 11.0], [10.0])


def test_two_symbols_of_one_day_are_two_values(path):
    """A row is named by symbol and day; what is asked for alone comes alone."""
    assert store.append(path, [brought(10.0), brought(20.0, symbol="MSFT")]) == {
        ("daily_bars", "AAPL"): 1,
        ("daily_bars", "MSFT"): 1,
    }
    assert closes(path) == [10.0, 20.0]
    assert store.table(path, "daily_bars", store.MOST, ["MSFT"])["symbol"].tolist() == ["MSFT"]


def test_rates_of_two_providers_are_one_series(path):
    """The newest stands, with the source that told it."""
    for source, value in (("FRED", 4.2), ("Yahoo Finance", 4.3)):
        reply = Reply(url="x", status=200, at=AT, body=b"{}")
        rate = store.Fetched(
            provider=source,
            source=source,
            terms="",
            role="rates",
            symbol="DGS10",
            replies=(reply,),
            rows=[Point("DGS10", DAYS[0], value)],
        )
        store.append(path, [rate])
    assert store.table(path, "rates", store.MOST)[["value", "source"]].to_numpy().tolist() == [
        [4.3, "Yahoo Finance"]
    ]
    assert store.table(path, "rates", 1)[["value", "source"]].to_numpy().tolist() == [[4.2, "FRED"]]


def test_bytes_are_kept_once_and_come_back_whole(path):
    """Equal answers are one payload, found by their hash."""
    body = bytes(range(256)) * 100
    store.append(path, [brought(10.0, body=body), brought(20.0, symbol="MSFT", body=body)])
    store.append(path, [brought(11.0, body=body)])
    digest = sha256(body).hexdigest()
    with store.reading(path) as connection:
        named = connection.execute("select distinct sha256 from fetches").fetchall()
        pieces = connection.execute("select count(distinct number) from pieces").fetchall()
        assert answers_kept.body_of(connection, digest) == body
    assert (named, pieces) == ([(digest,)], [(1,)])


@pytest.mark.parametrize("role", store.ROLES)
def test_a_role_without_rows_is_an_empty_table(path, role):
    """With the columns that it has when there are some,
    as in a store that only ever fetched bars."""
    store.append(path, [brought(symbol="AAPL")])
    empty = store.table(path, role, store.MOST)
    assert len(empty) == 0
    assert {
        "daily_bars": "symbol",
        "intraday_bars": "start",
        "rates": "series",
        "futures": "contract",
        "events": "kind",
        "confirmations": "symbol",
        "prints": "series",
    }[role] in empty


def test_a_failing_batch_is_left_out_whole(path):
    """A row of the wrong kind in the second series: the first one is not kept, either."""
    store.append(path, [brought(10.0)])
    with pytest.raises(StoreError, match="what it held is as it was"):
        store.append(path, [brought(20.0, symbol="MSFT"), brought("no price", symbol="NVDA")])
    assert (closes(path), count(path, "fetches")) == ([10.0], 1)


def test_two_processes_that_write_at_once_both_succeed(path):
    """They wait for each other: of two times five batches none is lost."""
    code = "for i in range(5): store.append(path, [fetched(f'{sys.argv[2]}{i}', 10)])"
    both = [python(code, path, name) for name in ("A", "B")]
    assert [(process.communicate()[1], process.returncode) for process in both] == [("", 0)] * 2
    assert (count(path, "bars"), count(path, "fetches")) == (100, 10)
    assert sorted(set(store.table(path, "daily_bars", store.MOST)["symbol"])) == [
        f"{name}{i}" for name in "AB" for i in range(5)
    ]


def test_a_writer_that_does_not_end_is_named(path, monkeypatch):
    """Whoever waits longer than the patience, to read or to write,
    is told which process has the file."""
    monkeypatch.setattr(store, "PATIENCE", 0.2)
    holder = python(
        "with store.writing(path):\n    print('here', flush=True)\n    time.sleep(60)", path
    )
    assert holder.stdout.readline() == "here\n"
    for act in (lambda: store.append(path, [brought(10.0)]), lambda: store.last_fetch(path)):
        with pytest.raises(
            StoreError, match=rf"is in use by process {holder.pid}; try again when it has ended"
        ):
            act()
    holder.kill()
    holder.communicate()
    assert store.append(path, [brought(10.0)]) == {("daily_bars", "AAPL"): 1}


def test_no_store_is_said(path):
    """Nothing is made by reading."""
    with pytest.raises(NoData, match=r"There is no store at .* yet; 'reportgen fetch' makes it"):
        store.last_fetch(path)
    assert not path.exists()


def test_a_file_of_a_newer_version_is_refused(path):
    """To read and to write, with both versions and what to do."""
    store.append(path, [brought(10.0)])
    with duckdb.connect(str(path)) as connection:
        connection.execute("update meta set version = 99")
    for act in (lambda: store.append(path, [brought(11.0)]), lambda: store.last_fetch(path)):
        with pytest.raises(
            StoreError,
            match=(
                "has version 99, this reportgen reads 2; use the reportgen that wrote it, or a"
                " newer one"
            ),
        ):
            act()
    assert count(path, "bars") == 1


@pytest.mark.parametrize(
    "held", [b"date,symbol,close\n" * 1000, b"\0" * 20_000], ids=["text", "zeros"]
)
def test_a_file_that_is_no_database_is_refused(path, held):
    """It is named and left as it is."""
    path.write_bytes(held)
    for act in (lambda: store.append(path, [brought(10.0)]), lambda: store.last_fetch(path)):
        with pytest.raises(
            StoreError, match=r"store\.duckdb cannot be opened: .*not a valid DuckDB database"
        ):
            act()
    assert path.read_bytes() == held


def test_a_folder_in_its_place_is_refused(path):
    """As a store that cannot be opened, in words."""
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        store.append(path, [brought(10.0)])


@pytest.mark.parametrize("left", ["nothing", "no tables"])
def test_what_a_kill_leaves_of_the_first_write_is_no_store_yet(path, left):
    """A file without a byte, or without a table.

    To read there is none yet, and the next write makes it.
    """
    if left == "nothing":
        path.touch()
    else:
        duckdb.connect(str(path)).close()
    with pytest.raises(NoData, match="There is no store"):
        store.last_fetch(path)
    assert store.append(path, [brought(10.0)]) == {("daily_bars", "AAPL"): 1}


@pytest.mark.parametrize("room", [0, 3_000, 400_000])
def test_a_full_disk_leaves_the_store_as_it_was(path, room):
    """However much of a batch had found room.

    The writer says that it failed, and nothing of it is kept.
    """
    store.append(path, [brought(10.0, 11.0)])
    before = content(path)
    code = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = path.stat().st_size + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    store.append(path, [fetched("MSFT", 20_000, os.urandom(3_000_000))])
except StoreError as error:
    print(error)
    sys.exit(error.exit_code)
"""
    writer = python(code, path, room)
    said, wrong = writer.communicate()
    assert (writer.returncode, wrong) == (3, "")
    assert f"The store at {path} could not be written; what it held is as it was" in said
    assert (content(path), count(path, "fetches")) == (before, 1)
    assert store.append(path, [brought(10.0, 11.0, 12.0)]) == {("daily_bars", "AAPL"): 1}


# Killed
# ------------------------------------------------------------------------------


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """What can be killed.

    A fetch of twenty series from a local server, and an import of the sample.
    """
    now = dt.datetime.now(dt.UTC)
    until = due(Want(symbol="^RUT", role="daily_bars", kind="index", providers=()), now)
    stocks = [name for name, found in registry().items() if found.kind in ("stock", "sector")][:20]
    with Feeds(until, since=until - dt.timedelta(days=250)) as feeds:
        (tmp_path / "sources.toml").write_text(feeds.sources())
        monkeypatch.setenv("REPORTGEN_SOURCES", str(tmp_path / "sources.toml"))
        for name in ("TIINGO_API_KEY", "MASSIVE_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        yield {"fetch": ["fetch", *stocks], "import": ["data", "import", str(SAMPLE)]}


def running(command, path):
    """A process of the command line with its store at *path*."""
    code = "from reportgen.cli import entry; entry()"
    here = {**os.environ, "REPORTGEN_STORE": str(path)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *command],
        env=here,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def undisturbed(command, path):
    """The seconds that a run took which nobody killed."""
    started, process = time.monotonic(), running(command, path)
    assert (process.communicate()[1], process.returncode) == ("", 0)
    return time.monotonic() - started


def whole(path):
    """Assert that every fetch has its answer, and that each answer has its hash."""
    with store.reading(path) as connection:
        rows = connection.execute("select distinct sha256 from fetches").fetchall()
        assert [digest for (digest,) in rows if not answers_kept.body_of(connection, digest)] == []


def survives(command, folder, kills):
    """Assert that no kill takes what was committed,
    and that a last run completes each store to one never disturbed."""
    length, calm = undisturbed(command, folder / "calm.duckdb"), content(folder / "calm.duckdb")
    moments = random.Random(8)
    for number in range(kills):
        path = folder / f"{number // 4}.duckdb"  # each is killed four times
        known = kept(path)
        before, process = content(path, known), running(command, path)
        time.sleep(moments.uniform(0.2, 1) * length)
        process.kill()
        process.communicate()
        assert kept(path) >= known
        if known:
            assert content(path, known) == before, f"kill {number}"
        if kept(path):
            whole(path)
        if number % 4 == 3 or number == kills - 1:
            undisturbed(command, path)
            assert content(path) == calm, f"kill {number}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fetch", "import"])
def test_two_kills_lose_nothing(commands, tmp_path, name):
    """What was committed stays, and the next run completes it."""
    survives(commands[name], tmp_path, 2)


@pytest.mark.truth
@pytest.mark.long
@pytest.mark.parametrize("name", ["fetch", "import"])
def test_twenty_five_kills_lose_nothing(commands, tmp_path, name):
    """The same at many more moments."""
    survives(commands[name], tmp_path, 25)

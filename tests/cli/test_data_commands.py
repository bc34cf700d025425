"""The commands on market data as a person meets them.

Fetch, status, show, import, export, and a brief of what was fetched.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner
from feeds import Feeds

from reportgen.cli import main
from reportgen.config.resources import SAMPLE
from reportgen.datasets.dataset import open_dataset
from reportgen.sources import answers_kept, store
from reportgen.sources.fetching import Outcome, unreached
from reportgen.sources.plan import EVENTS, PRINTS, Want, due, rate_series, read_sources, wanted

# DuckDB says so to the newest pandas when it makes a frame with a time zone.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

KEYS = {
    "FRED_API_KEY": "fred-secret",
    "TIINGO_API_KEY": "tiingo-planted",
    "MASSIVE_API_KEY": "massive-planted",
}
ORDER = '[order]\ncrypto = ["yahoo"]\n'
"""Coinbase answers in pages, and takes its time."""
FILLED = {"NVDA": "Tiingo", "^RUT": "Massive", "^GSPC": "Massive"}


@pytest.fixture(scope="module")
def newest():
    """The newest session whose closes are final by now."""
    return due(
        Want(symbol="^RUT", role="daily_bars", kind="index", providers=()), dt.datetime.now(dt.UTC)
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Where all that these tests keep is written."""
    return tmp_path_factory.mktemp("market")


@pytest.fixture(scope="module")
def feeds(root, newest):
    """Providers that know all up to now (coins up to yesterday), and an environment that
    asks them, with planted keys.
    """
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    with Feeds(max(newest, yesterday)) as known, pytest.MonkeyPatch.context() as patch:
        (root / "sources.toml").write_text(ORDER + known.sources())
        for name, value in {
            **KEYS,
            "REPORTGEN_SOURCES": str(root / "sources.toml"),
            "REPORTGEN_STORE": str(root / "store.duckdb"),
        }.items():
            patch.setenv(name, value)
        yield known


@pytest.fixture(scope="module")
def fetched(feeds, newest):
    """What the command line said to the first fetch of everything, of which
    Yahoo lacked three values.
    """
    for symbol in FILLED:
        feeds.without["yahoo", symbol] = {newest}
    result = CliRunner().invoke(main, ["fetch"])
    feeds.without.clear()
    return result


@pytest.fixture(scope="module")
def exported(root, fetched):
    """What it said to the export of that, which is in the folder "given"."""
    assert fetched.exit_code == 0
    return CliRunner().invoke(main, ["data", "export", str(root / "given")])


@pytest.fixture(scope="module")
def brief(root, fetched, apart):
    """What it said to a daily recap of that, from the process that made it."""
    assert fetched.exit_code == 0
    args = [
        "run",
        "daily-recap",
        "--data",
        "store",
        "--as-of",
        "2025-01-08",
        "--format",
        "txt",
        "--format",
        "json",
        "--out",
        str(root / "out"),
    ]
    return apart(*args)


@pytest.fixture(scope="module")
def imported(root):
    """What it said to the import of the sample into the store "sample.duckdb"."""
    return CliRunner().invoke(
        main, ["data", "import", str(SAMPLE), "--store", str(root / "sample.duckdb")]
    )


@pytest.fixture(scope="module")
def said(fetched, exported, brief):
    """All lines of these three."""
    return [
        text for result in (fetched, exported, brief) for text in (result.stdout, result.stderr)
    ]


@pytest.fixture
def path(feeds, tmp_path):
    """Another, empty store."""
    del feeds
    return tmp_path / "other.duckdb"


def tables(path):
    """All that a store tells, without the sources."""
    return {
        role: store.table(path, role, store.MOST).drop(columns="source", errors="ignore")
        for role in store.ROLES
    }


def same(ours, theirs):
    """Assert that two stores tell the same, to the last bit."""
    mine, other = tables(ours), tables(theirs)
    for role, frame in mine.items():
        if role == "prints":  # a store has those of its own fetches alone
            continue
        pd.testing.assert_frame_equal(
            frame.reset_index(drop=True), other[role].reset_index(drop=True), check_exact=True
        )


# fetch
# --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_fetch_brings_all_that_reports_use(fetched, root):
    """One line tells how much came; what was filled from elsewhere is said beside it."""
    held = [
        len(set(store.table(root / "store.duckdb", role, store.MOST)["symbol"]))
        for role in ("daily_bars", "intraday_bars")
    ]
    asked = wanted((), read_sources(root / "sources.toml"), dt.datetime.now(dt.UTC))
    printed = [want for want in asked if want.role in PRINTS]
    count = sum(held) + len(rate_series()) + len(printed) + 1 + len(EVENTS)
    assert fetched.stdout.startswith(
        f"{count} series: {count - 1} with "
    )  # nothing is due of trade
    assert fetched.stdout.endswith(
        " new values, 1 unchanged, 0 current, 0 short of what was due; kept in"
        f" {root / 'store.duckdb'}\n"
    )
    assert sorted(
        symbol.strip(",")
        for line in fetched.stderr.splitlines()
        for symbol in line.split()[1:]
        if symbol.strip(",") in FILLED
    ) == sorted(FILLED)


@pytest.mark.slow
def test_fetch_again_asks_nobody(fetched, call, feeds):
    """All is current, and that is quick."""
    del fetched
    asked = len(feeds.asked)
    result = call("fetch", "^RUT", "NVDA", "DFF", "futures", "labor")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(
        r"(\d+) series: 0 with 0 new values, 0 unchanged, \1 current, 0 short of what was due; kept"
        r" in .*\n",
        result.stdout,
    )
    assert len(feeds.asked) == asked


def test_a_fetch_that_reaches_nobody_says_so():
    """One source that answered, if only in part, is enough.

    What is current or needs a key was not asked.
    """
    want = Want(symbol="^RUT", role="daily_bars", kind="index", providers=())
    lost = Outcome(want=want, state="short", notes=("Cboe: the connection failed",))
    others = [Outcome(want=want, state=state) for state in ("current", "keyless")]
    assert (
        unreached([*others, lost])
        == "No source could be reached (Cboe: the connection failed). Can this machine reach the"
        " internet?"
    )
    answered = [
        Outcome(want=want, state="short", sources=("Cboe",)),
        Outcome(want=want, state="unchanged", sources=("Cboe",)),
    ]
    odd = Outcome(
        want=want, state="short", notes=("CME: the answer has another form than expected",)
    )
    assert [unreached(others), unreached([odd]), *(unreached([lost, one]) for one in answered)] == [
        "",
        "",
        "",
        "",
    ]


def test_fetch_of_one_symbol_brings_it_alone(call, path, feeds):
    """Into the store that is named."""
    result = call("fetch", "^RUT", "--store", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.match(r"[12] series: ", result.stdout)  # during a session its levels come, too
    assert store.table(path, "daily_bars", store.MOST)["close"].tolist() == list(
        feeds.closes("^RUT").values()
    )


def test_fetch_since_a_day_brings_that_day_and_after(call, path):
    """Whatever is known."""
    assert call("fetch", "^RUT", "--since", "2025-01-02", "--store", path).exit_code == 0
    assert str(store.table(path, "daily_bars", store.MOST)["date"].min().date()) == "2025-01-02"
    assert re.search(
        r": 0 with 0 new values, [12] unchanged",
        call("fetch", "^RUT", "--since", "2025-01-02", "--store", path).stdout,
    )


@pytest.mark.parametrize("symbol", ["DGS10", "DGS2"])
def test_fetch_of_a_yield_brings_its_rates(call, path, symbol):
    """A yield is an instrument, too, but has no bars."""
    result = call("fetch", symbol, "--store", path)
    assert result.exit_code == 0, repr(result.exception)
    assert result.stdout.startswith("1 series: 1 with ")
    assert set(store.table(path, "rates", store.MOST)["series"]) == {symbol}


def test_fetch_refuses_a_misspelt_symbol(refused, path):
    """With the nearest one, and before anybody is asked."""
    refused(
        2,
        ["fetch", "^RTU", "--store", path],
        "No instrument has the symbol '^RTU'",
        "Did you mean '^RUT'?",
    )
    assert not path.exists()


def test_the_examples_of_fetch_are_right(call, path):
    """What help proposes is taken."""
    lines = [
        line.split()
        for line in call("fetch", "--help").stdout.splitlines()
        if line.strip().startswith("reportgen fetch ")
    ]
    assert [call(*line[1:], "--store", path).exit_code for line in lines] == [0] * len(lines)


def test_a_series_that_is_short_ends_with_3_and_a_reason(call, path, feeds, newest):
    """All else is kept; the next fetch asks for it again."""
    feeds.without["yahoo", "^IXIC"] = feeds.without["massive", "^IXIC"] = {newest}
    result = call("fetch", "^IXIC", "^DJI", "--store", path)
    feeds.without.clear()
    assert result.exit_code == 3
    assert "1 short" in result.stdout
    assert result.stderr.split()[:2] == ["short", "^IXIC"]
    assert (
        f"Yahoo Finance lacks {newest}; Massive lacks {newest}; Cboe does not have it"
        in result.stderr
    )
    assert len(store.table(path, "daily_bars", store.MOST)) == 3 * len(feeds.sessions) - 1
    symbols = set(store.table(path, "daily_bars", store.MOST)["symbol"])
    assert len(symbols) == 3  # the Dow, and the fund that may stand in for the other, too
    assert call("fetch", "^IXIC", "^DJI", "--store", path).exit_code == 0


def test_fetch_refuses_sources_that_are_off(refused, path, tmp_path):
    """With the provider that was meant."""
    (tmp_path / "mine.toml").write_text('[order]\nindex = ["yahho"]\n')
    refused(
        2,
        ["fetch", "--sources", tmp_path / "mine.toml", "--store", path],
        "no provider 'yahho'",
        "Did you mean 'yahoo'?",
    )


# status and show
# --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_status_tells_of_every_series(fetched, call, feeds, newest):
    """First and last day, gaps, age, and every source."""
    del fetched
    rows = {
        line.split()[0]: " ".join(line.split()[1:])
        for line in call("data", "status").stdout.splitlines()
    }
    assert rows["series"] == "first last gaps fetched source"
    assert rows["^VIX"] == f"{feeds.since} {newest} 0 0 h ago Yahoo Finance"
    assert rows["^RUT"] == f"{feeds.since} {newest} 0 0 h ago Massive, Yahoo Finance"
    assert rows["DGS2"].endswith("0 h ago U.S. Treasury")
    assert [name for name in ("BTC-USD", "DFF", "futures", "NVDA") if name not in rows] == []


def test_status_counts_the_sessions_that_are_missing(call, path, feeds):
    """Between the first and the last one."""
    feeds.without["yahoo", "^DJI"] = {dt.date(2024, 7, 5), dt.date(2024, 7, 8)}
    call("fetch", "^DJI", "--store", path)
    feeds.without.clear()
    assert call("data", "status", "--store", path).stdout.splitlines()[1].split()[3] == "2"


@pytest.mark.slow
def test_show_tells_the_newest_values(fetched, call, feeds, newest):
    """With their source and when they came; ten of them, or as many as asked for."""
    del fetched
    lines = call("data", "show", "^RUT").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [str(day) for day in feeds.sessions[-10:]]
    assert lines[-1].startswith(f"{newest}      {feeds.closes('^RUT')[newest]:,.4f}  Massive (")
    assert "  Yahoo Finance (" in lines[-2]
    assert call("data", "show", "^RUT", "--last", "3").stdout.splitlines() == lines[-3:]


def test_show_tells_what_was_known_before(call, path, feeds, newest):
    """Of a value that was corrected."""
    call("fetch", "^DJI", "--store", path)
    before = feeds.closes("^DJI")[newest]
    feeds.closes("^DJI")[newest] = before + 100
    call("fetch", "^DJI", "--since", newest, "--store", path)
    feeds.closes("^DJI")[newest] = before
    last = call("data", "show", "^DJI", "--store", path).stdout.splitlines()[-1]
    assert f"{before + 100:,.4f}" in last
    assert last.endswith(f"  before: {before:,.4f}")


@pytest.mark.slow
def test_show_refuses_what_the_store_does_not_have(fetched, refused):
    """With the nearest name that it has."""
    del fetched
    refused(
        3, ["data", "show", "NVDIA"], "The store has nothing on 'NVDIA'", "Did you mean 'NVDA'?"
    )


@pytest.mark.parametrize("command", ["status", "show ^RUT", "export out"])
def test_without_a_store_one_is_told_how_to_make_it(refused, path, command):
    """Nothing is made by asking."""
    refused(
        3,
        ["data", *command.split(), "--store", path],
        "There is no store",
        "'reportgen fetch' makes it",
    )
    assert not path.exists()


# import and export
# -------------------------------------------------------------------------------------------------


def test_import_takes_the_sample(imported, call, root):
    """Every price, rate and event of it; a second time there is nothing new."""
    assert (imported.exit_code, imported.stderr) == (0, "")
    taken = {
        line.split()[0]: int(line.split()[1].replace(",", ""))
        for line in imported.stdout.splitlines()[:-1]
    }
    lines = {
        name: len(gzip.decompress((SAMPLE / name).read_bytes()).splitlines()) - 1
        for name in taken
        if name.endswith(".gz")
    }
    assert taken == {**lines, "events.csv": 3}
    assert {
        line.split()[1]
        for line in call(
            "data", "import", SAMPLE, "--store", root / "sample.duckdb"
        ).stdout.splitlines()[:-1]
    } == {"0"}
    assert imported.stdout.endswith(f"kept in {root / 'sample.duckdb'}\n")


def test_an_export_of_the_sample_imports_as_it_was(imported, call, root, path, tmp_path):
    """Through files and back, to the last bit."""
    assert imported.exit_code == 0
    assert (
        call("data", "export", tmp_path / "given", "--store", root / "sample.duckdb").exit_code == 0
    )
    assert call("data", "import", tmp_path / "given", "--store", path).exit_code == 0
    same(root / "sample.duckdb", path)


@pytest.mark.slow
def test_an_export_of_what_was_fetched_imports_as_it_was(exported, call, root, path):
    """Bars, rates, futures and events of a market of providers; prints are left out."""
    assert (exported.exit_code, exported.stderr) == (0, "")
    assert [line.split()[0] for line in exported.stdout.splitlines()] == [
        f"{role}.csv.gz"
        for role in (
            "daily_bars",
            "intraday_bars",
            "rates",
            "futures",
            "events",
            "confirmations",
            "confirmations1",
            "prints",
        )
    ]
    assert call("data", "import", root / "given", "--store", path).exit_code == 0
    same(root / "store.duckdb", path)


def test_a_store_without_events_is_exported(call, path, tmp_path):
    """As one of a person without a key of FRED."""
    call("fetch", "^RUT", "--store", path)
    result = call("data", "export", tmp_path / "given", "--store", path)
    assert result.exit_code == 0, repr(result.exception)
    roles = {file.role for file in open_dataset(tmp_path / "given").files}
    assert (
        {"daily_bars", "meetings"}
        <= roles
        <= {"daily_bars", "intraday_bars", "confirmations", "meetings"}
    )


def test_a_source_in_quotation_marks_is_exported(call, path, tmp_path):
    """Whatever a person calls it, the description can be read."""
    (tmp_path / "dataset.toml").write_text(
        "name = 'x'\n[[files]]\npath = 'x.csv'\nrole = 'daily_bars'\nsource = '\"closes\" of"
        " C:\\prices'\n"
    )
    (tmp_path / "x.csv").write_text("date,symbol,close\n2025-01-08,^RUT,1.0\n")
    assert call("data", "import", tmp_path, "--store", path).exit_code == 0
    call("data", "export", tmp_path / "given", "--store", path)
    assert (
        open_dataset(tmp_path / "given").of_role("daily_bars")[0].source == '"closes" of C:\\prices'
    )


def test_import_refuses_a_folder_without_a_description(refused, path, tmp_path):
    """Whether it is empty or not there; no store is made."""
    (tmp_path / "empty").mkdir()
    refused(3, ["data", "import", tmp_path / "empty", "--store", path], "has no dataset.toml")
    refused(3, ["data", "import", tmp_path / "nowhere", "--store", path], "is not a folder")
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("daily.csv.gz", "close"),
        ("daily.csv.gz", "date"),
        ("rates.csv.gz", "value"),
        ("futures.csv.gz", "contract"),
    ],
)
def test_import_refuses_a_file_without_a_column(refused, path, tmp_path, name, column):
    """The file, the column, and where to name it."""
    copy = shutil.copytree(SAMPLE, tmp_path / "dataset")
    frame = pd.read_csv(copy / name)
    (copy / name).write_bytes(
        gzip.compress(frame.drop(columns=column).to_csv(index=False).encode(), 1)
    )
    refused(
        3,
        ["data", "import", copy, "--store", path],
        name,
        f"column '{column}' is missing",
        "Name it under 'columns' in dataset.toml",
    )


def test_a_refused_first_import_leaves_no_broken_store(refused, call, path, tmp_path):
    """There is none yet, and the next import makes it."""
    copy = shutil.copytree(SAMPLE, tmp_path / "dataset")
    (copy / "daily.csv.gz").write_bytes(gzip.compress(b"date,symbol\n2025-01-08,^RUT\n"))
    refused(3, ["data", "import", copy, "--store", path], "column 'close' is missing")
    refused(3, ["data", "status", "--store", path], "There is no store")
    assert call("fetch", "^RUT", "--store", path).exit_code == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2025-01-08,^RUT,much", "column 'close': 'much' is no number"),
        ("someday,^RUT,1.0", "column 'date': 'someday' is no day; write days such as 2025-11-20"),
        ("2025-01-08,,1.0", ", line 3: the row has no symbol; write it there"),
        (",^RUT,1.0", "^RUT has a row without a valid time"),
    ],
)
def test_import_refuses_what_is_no_price_or_day(refused, call, path, tmp_path, row, words):
    """In the words of a brief, and what the store held is as it was."""
    call("fetch", "^RUT", "--store", path)
    before = store.last_fetch(path)
    copy = shutil.copytree(SAMPLE, tmp_path / "dataset")
    (copy / "daily.csv.gz").write_bytes(
        gzip.compress(f"date,symbol,close\n2025-01-07,^RUT,1.0\n{row}\n".encode())
    )
    refused(3, ["data", "import", copy, "--store", path], "daily.csv.gz", words)
    assert store.last_fetch(path) == before


def test_import_says_which_rows_it_leaves_out(call, path, tmp_path):
    """A row without a close, and a day that is told in two ways."""
    rows = ["2025-01-06,NA,4", "2025-01-07,NA,", "2025-01-08,NA,5", "2025-01-08,NA,6"]
    (tmp_path / "daily.csv").write_text("\n".join(["date,symbol,close", *rows, rows[0]]))
    (tmp_path / "dataset.toml").write_text(
        'name = "d"\n[[files]]\npath = "daily.csv"\nrole = "daily_bars"\nsource = "s"\n'
    )
    told = call("data", "import", tmp_path, "--store", path).output.splitlines()
    assert told[1:3] == [
        "  NA 2025-01-07: the row has no close and is left out",
        "  NA 2025-01-08: two rows with the closes 5 and 6; neither is kept",
    ]
    assert told[0].split() == ["daily.csv", "1", "new", "values"]


def test_import_keeps_neither_of_two_rates_of_a_day(call, path, tmp_path):
    """And says so."""
    rows = ["2025-01-06,DGS10,4", "2025-01-06,DGS10,4", "2025-01-07,DGS10,4", "2025-01-07,DGS10,5"]
    (tmp_path / "rates.csv").write_text("\n".join(["date,series,value", *rows]))
    (tmp_path / "dataset.toml").write_text(
        'name = "d"\n[[files]]\npath = "rates.csv"\nrole = "rates"\nsource = "s"\n'
    )
    told = call("data", "import", tmp_path, "--store", path).output.splitlines()
    assert told[1] == "  DGS10 2025-01-07: two rows that differ; neither is kept"
    assert told[0].split() == ["rates.csv", "1", "new", "values"]


# A brief
# --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_brief_of_the_store_lists_its_fetches(brief, root):
    """Every series by name, with the hash of the answer that it came from."""
    assert (
        "missing: Fed odds (Fed policy rate)" in brief.stderr
    )  # no provider of futures answers here
    notebook = json.loads(next((root / "out").rglob("notebook.ipynb")).read_text())
    listed = {
        row["file"]: row["sha256"] for row in notebook["metadata"]["reportgen"]["inputs"]["data"]
    }
    assert [
        name
        for name in (
            "daily_bars ^GSPC",
            "daily_bars NVDA",
            "rates DGS10",
            "rates DFF",
            "futures futures",
            "meetings.csv",
        )
        if name not in listed
    ] == []
    with store.reading(root / "store.duckdb") as connection:
        hashes = answers_kept.digests(connection)
    assert listed.pop("store").startswith("fetch ")
    assert {digest for name, digest in listed.items() if name != "meetings.csv"} <= hashes


@pytest.mark.slow
def test_no_key_is_written_or_said(said, call, root, path, feeds):
    """In no file, no answer that is kept, no line; nor when a provider refuses."""
    feeds.fail("fred", "status 403", "status 403")
    feeds.fail("treasury", "always status 503")
    failed = call("fetch", "DGS2", "--store", path)
    feeds.faults.clear()
    assert (failed.exit_code, "FRED" in failed.stderr) == (3, True)
    assert {"fred", "tiingo", "massive"} <= {line.split()[0] for line in feeds.asked}
    texts = [text.encode() for text in (*said, failed.stdout, failed.stderr)]
    files = [file.read_bytes() for file in root.rglob("*") if file.is_file()]
    texts += [*files, *(gzip.decompress(held) for held in files if held[:2] == b"\x1f\x8b")]
    with store.reading(root / "store.duckdb") as connection:
        texts += [
            answers_kept.body_of(connection, digest) for digest in answers_kept.digests(connection)
        ]
        texts += [
            "\n".join(
                url for (url,) in connection.execute("select url from fetches").fetchall()
            ).encode()
        ]
    assert [key for key in KEYS.values() if any(key.encode() in text for text in texts)] == []
    assert b"api_key=***" in texts[-1]

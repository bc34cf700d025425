"""The same file again costs a hash, unless anything that judges it has changed."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.config.resources import PACKAGE
from reportgen.core.errors import BadData
from reportgen.datasets import importing, judged
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.importing import take_in
from reportgen.markets.instruments import registry
from reportgen.sources import store
from reportgen.sources.providers.contract import Bar, Reply

AT = dt.datetime(2025, 1, 11, tzinfo=dt.UTC)
DAYS = [f"2025-01-{day:02}" for day in (2, 3, 6, 7, 8)]
SYMBOLS = ("AAPL", "MSFT", "NVDA")
BARS = [f"{day},{name},{240 + n}" for n, day in enumerate(DAYS) for name in SYMBOLS]
MADE = Path(__file__).parents[1] / "made_by_010"


@pytest.fixture
def path(tmp_path):
    """Where the store of a test is."""
    return tmp_path / "store.duckdb"


@pytest.fixture
def desk(tmp_path):
    """``desk(rows)`` is a folder with one file of prices, or with several by their names."""

    def build(rows=BARS, more="", source="s", **others):
        folder = tmp_path / "desk"
        folder.mkdir(exist_ok=True)
        described = ['name = "Desk"']
        for name, held in {"prices": rows, **others}.items():
            (folder / f"{name}.csv").write_text("\n".join(["date,symbol,close", *held, ""]))
            described += ["[[files]]", f'path = "{name}.csv"', 'role = "daily_bars"']
            described += [f'source = "{source}"']
        (folder / "dataset.toml").write_text("\n".join([*described, more]))
        return folder

    return build


@pytest.fixture
def read(monkeypatch):
    """The names of the files that were read and judged, in turn."""
    names = []
    whole = importing._imported

    def noted(connection, file, *others):
        names.append(file.path.name)
        return whole(connection, file, *others)

    monkeypatch.setattr(importing, "_imported", noted)
    return names


def imported(path, folder):
    """The new rows of each file of *folder*, once it is imported."""
    return [taken.new for taken in take_in(path, open_dataset(folder), AT)]


def held(path):
    """Symbol, day and close of all that stands, and the number of rows of the file."""
    with store.reading(path) as connection:
        count = connection.execute("SELECT count(*) FROM bars").fetchone()[0]
        rows = store.latest(connection, "bars", store.MOST).fetchall()
    return [(row[0], str(row[1]), row[5]) for row in rows], count


def tell(path, day, close, symbol="AAPL"):
    """Let a provider tell the *close* of a *day*."""
    brought = store.Fetched(
        provider="p",
        source="P",
        terms="",
        role="daily_bars",
        symbol=symbol,
        replies=(Reply(url="http://localhost/", status=200, at=AT, body=b""),),
        rows=[Bar(dt.date.fromisoformat(day), None, None, None, close, None)],
    )
    store.append(path, [brought])


def test_the_same_file_again_is_not_read(desk, path, read):
    """It is noted as received, with the same hash and no row."""
    folder = desk()
    assert [imported(path, folder) for _ in range(3)] == [[15], [0], [0]]
    assert (read, held(path)[1]) == (["prices.csv"], 15)
    with store.reading(path) as connection:
        noted = connection.execute("SELECT id, sha256, url FROM fetches ORDER BY id").fetchall()
    assert [number for number, *_ in noted] == [1, 2, 3]
    assert len({tuple(same) for _, *same in noted}) == 1


def test_what_is_left_out_is_told_again(desk, path, read):
    """A day with two closes is no secret the second time."""
    folder = desk([*BARS, "2025-01-02,AAPL,99", "2025-01-09,AAPL,"])
    first, second = (take_in(path, open_dataset(folder), AT) for _ in range(2))
    assert len(first[0].left_out) == 2
    assert (second[0].left_out, read) == (first[0].left_out, ["prices.csv"])


def _other_row(folder, _):
    text = (folder / "prices.csv").read_text()
    (folder / "prices.csv").write_text(text.replace("NVDA,244", "NVDA,245"))


def _other_name(folder, _):
    (folder / "prices.csv").rename(folder / "closes.csv")
    text = (folder / "dataset.toml").read_text()
    (folder / "dataset.toml").write_text(text.replace("prices.csv", "closes.csv"))


def _other_description(folder, _):
    text = (folder / "dataset.toml").read_text()
    (folder / "dataset.toml").write_text(f'{text}adjustment = "splits"\n')


def _other_acceptance(folder, _):
    text = (folder / "dataset.toml").read_text()
    accepted = 'symbol = "AAPL"\ncheck = "spacing"\nday = 2025-01-08\nreason = "r"\nperson = "p"\n'
    (folder / "dataset.toml").write_text(f"{text}\n[[accepted]]\n{accepted}")


def _other_instruments(folder, monkeypatch):
    config = folder / "reportgen.toml"
    config.write_text("")
    text = (PACKAGE / "markets" / "tables" / "instruments.toml").read_text()
    own = text[text.index("[nvda]") :].split("\n\n")[0].replace("decimals = 2", "decimals = 3")
    (folder / "instruments.toml").write_text(own)
    monkeypatch.setenv("REPORTGEN_CONFIG", str(config))
    registry.cache_clear()


def _other_closings(folder, monkeypatch):
    (folder / "closures.toml").write_text("[[closed]]\nday = 2025-01-08\n")
    monkeypatch.setenv("REPORTGEN_CLOSURES", str(folder / "closures.toml"))


def _other_code(_, monkeypatch):
    monkeypatch.setattr(judged, "_code", lambda: "another version of the checks")


CHANGES = [
    _other_row,
    _other_name,
    _other_description,
    _other_acceptance,
    _other_instruments,
    _other_closings,
    _other_code,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_file_is_judged_again_after_a_change(desk, path, read, monkeypatch, change):
    """Of the file, of its description, or of anything else that judges it."""
    folder = desk()
    imported(path, folder)
    change(folder, monkeypatch)
    try:
        assert imported(path, folder) == [int(change is _other_row)]
        assert len(read) == 2
        assert imported(path, folder) == [0]
        assert len(read) == 2
    finally:
        registry.cache_clear()


def test_a_value_that_a_provider_told_otherwise_is_told_by_the_file_again(desk, path, read):
    """The file is read again, as long as it says something else than the store."""
    folder = desk()
    imported(path, folder)
    tell(path, "2025-01-03", 999.0)
    assert [imported(path, folder) for _ in range(2)] == [[1], [0]]
    assert ("AAPL", "2025-01-03", 241.0) in held(path)[0]
    assert read == ["prices.csv"] * 2


def test_what_a_provider_added_does_not_concern_the_file(desk, path, read):
    """A later day and another symbol are no part of it."""
    folder = desk()
    imported(path, folder)
    tell(path, "2025-01-10", 250.0)
    tell(path, "2025-01-03", 70.0, "KEY")
    assert (imported(path, folder), read) == ([0], ["prices.csv"])


def test_two_files_of_equal_bytes_are_two_files(desk, path, read):
    """The symbols of the first are not taken from the second, and both are passed over again."""
    folder = desk(again=BARS)
    assert [imported(path, folder) for _ in range(2)] == [[15, 0], [0, 0]]
    assert (read, held(path)[1]) == (["prices.csv", "again.csv"], 15)


def test_a_second_file_is_read_again_when_the_first_has_one_of_its_symbols(desk, path, read):
    """What comes from it has changed, though it has not."""
    other = [row.replace("AAPL", "KEY") for row in BARS]
    imported(path, desk(other=other))
    more = [row for row in other if ",KEY," in row]
    assert imported(path, desk([*BARS, *more], other=other)) == [0, 0]
    assert read == ["prices.csv", "other.csv"] * 2


def test_a_file_that_changes_while_it_is_read_is_refused(desk, path, monkeypatch):
    """Its hash would be that of other rows."""
    folder = desk()
    whole = importing._imported

    def changed(connection, file, *others):
        found = whole(connection, file, *others)
        _other_row(folder, None)
        return found

    monkeypatch.setattr(importing, "_imported", changed)
    with pytest.raises(BadData, match=r"prices\.csv: the file was changed while it was read"):
        imported(path, folder)
    monkeypatch.undo()
    assert imported(path, folder) == [15]


def test_a_refused_file_is_refused_again(desk, path):
    """Nothing is remembered of it."""
    days = ["2024-12-06", "2024-12-13", "2024-12-20", "2024-12-27", "2025-01-03"]
    folder = desk([f"{day},AAPL,24{n}" for n, day in enumerate(days)])
    for _ in range(2):
        with pytest.raises(BadData, match="bars 7 days"):
            imported(path, folder)


# Parts of a file
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 6, 1000])
def test_a_file_in_parts_is_the_same_file(desk, path, monkeypatch, rows):
    """However many symbols are compared with the store at once."""
    odd = ["2025-01-02,MSFT,99", "2025-01-09,AAPL,", "2025-01-09,NVDA,", "2025-01-10,NVDA,"]
    folder = desk([*reversed(BARS), *odd, *BARS[:4]])
    monkeypatch.setattr(importing, "PART", rows)
    (taken,) = take_in(path, open_dataset(folder), AT)
    assert (taken.new, held(path)[1]) == (14, 14)
    assert [line.split(":")[0] for line in taken.left_out] == [
        "AAPL 2025-01-09",
        "MSFT 2025-01-02",
        "NVDA 2025-01-09",
        "NVDA 2025-01-10",
    ]
    assert imported(path, desk([row.replace(",244", ",245") for row in BARS])) == [4]


def test_more_rows_than_are_shown_are_counted(desk, path, monkeypatch):
    """Across parts, too."""
    monkeypatch.setattr(importing, "PART", 1)
    empty = [f"2024-12-{day},{name}," for day in (27, 30, 31) for name in SYMBOLS]
    (taken,) = take_in(path, open_dataset(desk([*BARS, *empty])), AT)
    assert (taken.new, taken.left_out[5:]) == (15, ("and 4 more",))


def test_the_store_keeps_a_file_in_the_order_of_symbols(desk, path):
    """Whatever the order of its rows, so that a read of a symbol passes over the others."""
    imported(path, desk([*reversed(BARS)]))
    with store.reading(path) as connection:
        rows = connection.execute("SELECT symbol, day FROM bars ORDER BY rowid").fetchall()
    assert rows == sorted(rows)


KILLED = """
import datetime as dt, os, pathlib, signal, sys
from reportgen.datasets import importing
from reportgen.datasets.dataset import open_dataset
from reportgen.sources import store
importing.PART, add, calls = 1, store.insert_new, []
def counted(*args, **named):
    calls.append(add(*args, **named))
    if len(calls) == 2:
        pathlib.Path(f"{args[0].execute('SELECT path FROM duckdb_databases()').fetchone()[0]}.tmp"
                     ).mkdir(exist_ok=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return calls[-1]
store.insert_new = counted
folder, path = map(pathlib.Path, sys.argv[1:])
importing.take_in(path, open_dataset(folder), dt.datetime(2025, 1, 11, tzinfo=dt.UTC))
"""
IMPORTED = """
import datetime as dt, pathlib, sys
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.importing import take_in
folder, path = map(pathlib.Path, sys.argv[1:])
print(take_in(path, open_dataset(folder), dt.datetime(2025, 1, 11, tzinfo=dt.UTC))[0].new)
"""


def process(code, folder, path):
    """Another process that imports *folder*."""
    words = [sys.executable, "-c", code, str(folder), str(path)]
    return subprocess.Popen(words, env=os.environ, stdout=subprocess.PIPE, text=True)


def test_an_import_that_is_killed_between_parts_leaves_nothing(desk, path):
    """No row, no memory of the file, and no folder beside the store after the next write."""
    tell(path, "2025-01-03", 70.0, "KEY")
    before = held(path)
    folder = desk()
    killed = process(KILLED, folder, path)
    killed.communicate()
    assert (killed.returncode, held(path)) == (-9, before)
    assert imported(path, folder) == [15]
    assert not Path(f"{path}.tmp").exists()


def test_two_imports_at_once_keep_the_file_once(desk, path):
    """The second waits for the first, and then has nothing to add."""
    folder = desk()
    both = [process(IMPORTED, folder, path) for _ in range(2)]
    assert sorted(one.communicate()[0].strip() for one in both) == ["0", "15"]
    assert held(path)[1] == 15


def test_a_store_of_010_learns_the_files_that_it_gets(path, read):
    """Its rows stand; what it was filled from is read once more, and then no more."""
    path.write_bytes(gzip.decompress((MADE / "store.duckdb.gz").read_bytes()))
    before = held(path)
    assert [sum(imported(path, MADE / "dataset")) for _ in range(2)] == [0, 0]
    assert (held(path), read) == (before, ["daily.csv.gz", "rates.csv.gz"])

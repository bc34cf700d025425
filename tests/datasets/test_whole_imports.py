"""An import is whole or not at all, and what it holds is what its roles say."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.core.errors import BadData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.importing import take_in
from reportgen.sources import store
from reportgen.sources.providers.contract import Bar, Reply

AT = dt.datetime(2025, 1, 11, tzinfo=dt.UTC)
DAYS = [f"2025-01-{day:02}" for day in (2, 3, 6, 7, 8)]
BARS = [f"{day},AAPL,{240 + n}" for n, day in enumerate(DAYS)]
RATES = [f"{day},DGS10,4.{60 + n}" for n, day in enumerate(DAYS)]


@pytest.fixture
def desk(tmp_path):
    """``desk(role=rows, ...)`` is a folder with a file of each role."""

    def build(more="", **files):
        heads = {
            "daily_bars": "date,symbol,close",
            "rates": "date,series,value",
            "futures": "date,contract,settle",
            "intraday_bars": "start,symbol,close",
        }
        described = ['name = "Desk"']
        for role, rows in files.items():
            (tmp_path / f"{role}.csv").write_text("\n".join([heads[role], *rows, ""]))
            described += ["[[files]]", f'path = "{role}.csv"', f'role = "{role}"', 'source = "s"']
        (tmp_path / "dataset.toml").write_text("\n".join([*described, more]))
        return tmp_path

    return build


@pytest.fixture
def path(tmp_path):
    """A store that holds one close of MSFT."""
    made = tmp_path / "store.duckdb"
    known = store.Fetched(
        provider="a",
        source="a",
        terms="",
        role="daily_bars",
        symbol="MSFT",
        replies=(Reply(url="http://localhost/", status=200, at=AT, body=b""),),
        rows=[Bar(dt.date(2025, 1, 8), None, None, None, 424.56, None)],
    )
    store.append(made, [known])
    return made


def known(path):
    """All that the store holds, and its fetches."""
    with store.reading(path) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
            for table in ("bars", "levels", "points", "fetches", "acceptances")
        ]


FRACTIONS = [f"{dt.date(2025, 1, 1) + dt.timedelta(days=n)},DGS10,0.0{450 + n}" for n in range(25)]


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ([*RATES[:3], "2025-01-07,DGS10,n/q"], "n/q"),
        ([*RATES[:3], ",DGS10,4.6"], "DGS10 has a row without a valid time"),
        (FRACTIONS, "these look like fractions; multiply them by 100"),
    ],
    ids=["a word", "no day", "fractions"],
)
def test_a_wrong_row_of_the_second_file_leaves_the_store_as_it_was(desk, path, rates, words):
    """The first file is right, and none of it is kept."""
    before = known(path)
    with pytest.raises(BadData, match=rf"rates\.csv.*{words}|{words}.*rates\.csv"):
        take_in(path, open_dataset(desk(daily_bars=BARS, rates=rates)), AT)
    assert known(path) == before


KILLED = """
import datetime as dt, os, pathlib, sys
from reportgen.datasets import importing
from reportgen.datasets.dataset import open_dataset
importing._told_once = lambda file: os._exit(9)
folder, path = map(pathlib.Path, sys.argv[1:])
importing.take_in(path, open_dataset(folder), dt.datetime(2025, 1, 11, tzinfo=dt.UTC))
"""


def test_an_import_that_is_killed_leaves_the_store_as_it_was(desk, path):
    """Between its first file and its second."""
    before = known(path)
    folder = desk(daily_bars=BARS, rates=RATES)
    words = [sys.executable, "-c", KILLED, str(folder), str(path)]
    assert subprocess.run(words, env=os.environ, check=False).returncode == 9
    assert known(path) == before
    assert [taken.new for taken in take_in(path, open_dataset(folder), AT)] == [5, 5]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["2024-12-06", "2024-12-13", "2024-12-20", "2024-12-27", "2025-01-03"], "bars 7 days"),
        ([day for day in DAYS for _ in range(7)], "7 bars a day"),
        (["2024-09-30", "2024-10-31", "2024-11-29", "2024-12-31", "2025-01-31"], "bars 31 days"),
    ],
    ids=["weeks", "hours", "months"],
)
def test_bars_of_another_length_than_a_day_are_not_imported(desk, path, days, words):
    """In one line, with the symbol, the file and what was expected."""
    before = known(path)
    rows = [f"{day},AAPL,{240 + n}" for n, day in enumerate(days)]
    with pytest.raises(BadData, match=rf"AAPL .*: spacing: {words}.*daily_bars\.csv"):
        take_in(path, open_dataset(desk(daily_bars=rows)), AT)
    assert known(path) == before


def test_days_that_are_apart_are_imported(desk, path):
    """Four rows are too few to tell."""
    rows = [f"{day},AAPL,1{n}" for n, day in enumerate(["2024-09-30", "2024-10-31", "2024-11-29"])]
    assert take_in(path, open_dataset(desk(daily_bars=rows)), AT)[0].new == 3


def test_bars_of_an_hour_are_not_imported_as_quarters(desk, path):
    """The file says nothing of their length, and a quarter is what is then taken."""
    rows = [f"2025-01-08T{hour}:30:00-05:00,AAPL,2{hour}" for hour in range(10, 16)]
    with pytest.raises(BadData, match=r"begin 60 minutes apart.*write minutes = 60"):
        take_in(path, open_dataset(desk(intraday_bars=rows)), AT)


# Rates
# ------------------------------------------------------------------------------


def test_a_table_of_rates_is_imported_without_what_is_no_value(desk, path):
    """A blank, a dot and ND are no values; of two values of a day neither is kept."""
    missing = ["2024-12-30,DGS10,", "2024-12-31,DGS10,.", "2025-01-01,DGS10,ND"]
    doubled = ["2024-12-27,DGS10,4.62", "2024-12-27,DGS10,4.26", "2024-12-26,DGS10,4.58"]
    folder = desk(rates=[*doubled, "2024-12-26,DGS10,4.58", *missing, *RATES])
    result = CliRunner().invoke(main, ["data", "import", str(folder), "--store", str(path)])
    assert result.exit_code == 0, result.output
    assert "DGS10 2024-12-27: two rows that differ; neither is kept" in result.output
    with store.reading(path) as connection:
        days = connection.execute("SELECT day FROM points ORDER BY day").fetchall()
    assert [str(day) for (day,) in days] == ["2024-12-26", *DAYS]


def test_rates_that_are_fractions_are_imported_once_they_are_accepted(desk, path):
    """The error says what to do; a person may know better."""
    with pytest.raises(
        BadData, match=r"DGS10 2025-01-25: unit: .*multiply them by 100.*rates\.csv"
    ):
        take_in(path, open_dataset(desk(rates=FRACTIONS)), AT)
    stands = (
        '[[accepted]]\nsymbol = "DGS10"\ncheck = "unit"\nday = 2025-01-25\nreason = "they are"\n'
        'person = "A. Editor"\n'
    )
    assert take_in(path, open_dataset(desk(more=stands, rates=FRACTIONS)), AT)[0].new == 25


def test_settlements_of_another_future_are_not_imported(desk, path):
    """The E-mini S&P is no future on the policy rate."""
    with pytest.raises(BadData, match=r"unit: ZQU2026 settles at 7423.25; 75 to 102 was expected"):
        take_in(path, open_dataset(desk(futures=["2026-06-25,ZQU2026,7423.25"])), AT)

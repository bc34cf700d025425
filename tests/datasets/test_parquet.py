"""Parquet files, read through DuckDB, give the frames that CSV gives."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import pytest

from reportgen.datasets.dataset import DataFile, read

# DuckDB says so to the newest pandas when it makes a frame with a time zone.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

TABLES = {
    "daily.csv.gz": "daily_bars",
    "intraday.csv.gz": "intraday_bars",
    "rates.csv.gz": "rates",
    "futures.csv.gz": "futures",
}


def as_parquet(path, columns="*"):
    """The CSV file at *path* written as Parquet by DuckDB, which guesses dates and times."""
    target = path.parent / f"{path.name.split('.')[0]}.parquet"
    with duckdb.connect() as connection:
        connection.sql(f"select {columns} from read_csv('{path}')").write_parquet(str(target))
    return target


@pytest.mark.parametrize(("name", "role"), TABLES.items())
def test_parquet_gives_the_frame_of_the_csv(sample, name, role):
    """Same rows in the same order, same types, same values to the last bit."""
    csv = DataFile(path=sample.folder / name, role=role, source="x")
    parquet = DataFile(path=as_parquet(csv.path), role=role, source="x")
    pd.testing.assert_frame_equal(read(parquet), read(csv), check_exact=True)


def test_parquet_times_without_a_zone_take_that_of_the_file(sample):
    """Naive times are exchange time unless the description says otherwise."""
    csv = DataFile(path=sample.folder / "intraday.csv.gz", role="intraday_bars", source="x")
    naive = as_parquet(csv.path, "(start at time zone 'UTC')::timestamp as start, symbol, close")
    parquet = DataFile(path=naive, role="intraday_bars", source="x", timezone="UTC")
    pd.testing.assert_frame_equal(read(parquet), read(csv), check_exact=True)


def test_a_dataset_of_parquet_gives_the_same_snapshot(sample):
    """A whole description moved to Parquet is cut to the same closes, levels, rates and futures."""
    import datetime as dt

    from reportgen.datasets.dataset import open_dataset
    from reportgen.datasets.snapshot import take
    from reportgen.markets import market

    calendar = market("us").calendar

    moment = calendar.resolve("2025-01-08 13:00", dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    before = take(open_dataset(sample.folder), moment, ["^RUT", "BTC-USD"], ["^RUT"])
    for name in TABLES:
        sample.swap("dataset.toml", name, as_parquet(sample.folder / name).name)
    after = take(open_dataset(sample.folder), moment, ["^RUT", "BTC-USD"], ["^RUT"])
    for old, new in [
        (before.closes, after.closes),
        (before.levels, after.levels),
        (before.rates, after.rates),
    ]:
        assert {k: v.to_csv() for k, v in old.items()} == {k: v.to_csv() for k, v in new.items()}
    assert before.futures.to_csv() == after.futures.to_csv()


def test_a_missing_column_in_parquet_is_named(sample, refused):
    """The refusal is that of CSV."""
    path = as_parquet(sample.folder / "daily.csv.gz", "date, symbol")
    refused(
        sample.swap("dataset.toml", "daily.csv.gz", path.name),
        "daily.parquet",
        "column 'close' is missing",
    )


def test_a_few_symbols_of_many_come_in_the_file_s_order(tmp_path):
    """Whatever way DuckDB takes through a filtered file,
    in which the rows of a symbol may end anywhere."""
    path = tmp_path / "wide.parquet"
    rows = (
        "select date '2015-01-01' + d::int as date, 'S' || s as symbol, 100.0 + d as close from"
        " range(60) a(s), range(2520) b(d) order by s, d"
    )
    with duckdb.connect() as connection:
        connection.sql(rows).write_parquet(str(path))
    file = DataFile(path=path, role="daily_bars", source="x")
    every = read(file)
    for keep in (
        ["S0"],
        ["S3", "S59"],
        [f"S{n}" for n in range(0, 60, 7)],
        [f"S{n}" for n in range(60)],
    ):
        expected = every[every["symbol"].isin(keep)].reset_index(drop=True)
        pd.testing.assert_frame_equal(read(file, keep), expected)


def test_a_parquet_file_is_read_from_a_day_on(tmp_path):
    """Of a long list nothing older is read."""
    days = pd.date_range("2025-01-02", periods=4)
    rows = pd.DataFrame({"date": days, "symbol": "KEY", "close": [1.0, 2.0, 3.0, 4.0]})
    path = tmp_path / "stocks.parquet"
    duckdb.from_df(rows).write_parquet(str(path))
    file = DataFile(path=path, role="daily_bars", source="lists")
    assert list(read(file, None, dt.date(2025, 1, 4))["close"]) == [3.0, 4.0]
    assert len(read(file, ["KEY"])) == 4

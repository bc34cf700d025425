"""Files are read as the tools of the trade write them, and errors say what to write."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.core.errors import BadData, NoData
from reportgen.datasets.dataset import open_dataset, read
from reportgen.sources import store
from reportgen.verify.raw.folder import FolderRows

DAYS = ["2025-07-01", "2025-11-20"]


@pytest.fixture
def told(tmp_path):
    """``told(text, role, *keys)`` is the frame of a file of *text*, described by *keys*."""

    def build(text, role="daily_bars", *keys):
        (tmp_path / "table.csv").write_text(text)
        entry = ["[[files]]", 'path = "table.csv"', f'role = "{role}"', 'source = "s"', *keys]
        (tmp_path / "dataset.toml").write_text("\n".join(['name = "d"', *entry]))
        frame = read(open_dataset(tmp_path).files[0])
        assert read_again(tmp_path, role) == read_first(frame)
        return frame

    return build


def read_first(frame):
    """Name, day and number of each row of *frame* that has a number."""
    name, number = ("series", "value") if "series" in frame else ("symbol", "close")
    rows = frame.dropna(subset=[number])
    days = rows["date"].dt.date.map(str)
    return sorted(zip(rows[name], days, rows[number].round(9), strict=True))


def read_again(folder, role):
    """The same rows, as the audit reads them."""
    rows = FolderRows(folder, "America/New_York")
    found = [(name, *point[:2]) for name, points in rows.rates.items() for point in points]
    for symbol in rows.symbols() if role == "daily_bars" else ():
        for column, _ in rows.bars(symbol):
            days = map(dt.date.fromordinal, column.times)
            found += [(symbol, *row) for row in zip(days, column.values[0], strict=True)]
    return sorted((name, str(day), round(value, 9)) for name, day, value in found if value)


def values(frame):
    """Each row as day, name and number."""
    day, name, number = frame.columns[:3]
    days = frame[day].dt.date.map(str)
    return [*zip(days, frame[name], frame[number], strict=True)]


@pytest.mark.parametrize(
    "times",
    [
        ("2025-07-01 00:00:00-04:00", "2025-11-20 00:00:00-05:00"),
        ("2025-07-01 16:00:00", "2025-11-20 16:00:00"),
        ("2025-07-01T20:00:00Z", "2025-11-20T21:00:00Z"),
        ("2025-07-01 23:30:00-04:00", "2025-11-20 23:30:00-04:00"),
        ("20250701", "20251120"),
        ("01.07.2025", "20.11.2025"),
        ("7/1/2025 16:00:00", "11/20/2025 16:00:00"),
        ("1/7/2025", "20/11/2025"),
    ],
)
def test_the_day_of_a_time_as_it_is_written_is_the_session(told, times):
    """Whatever its offset from UTC."""
    frame = told("date,symbol,close\n" + "".join(f"{time},AAPL,1\n" for time in times))
    assert [*frame["date"].dt.date.map(str)] == DAYS


def test_a_day_that_may_be_of_two_months_is_refused(told):
    """April or March is not guessed."""
    with pytest.raises(BadData, match="'3/4/2025' may be of two months; write days such as"):
        told("date,symbol,close\n3/4/2025,AAPL,1\n")


@pytest.mark.parametrize("day", ["DATE", "observation_date", "date"])
def test_a_wide_table_of_fred_has_a_series_in_each_column(told, day):
    """A dot or nothing is a missing value."""
    text = f"{day},DGS10,DGS2\n2025-07-01,4.25,3.9\n2025-11-20,.,\n"
    assert values(told(text, "rates").dropna()) == [
        ("2025-07-01", "DGS10", 4.25),
        ("2025-07-01", "DGS2", 3.9),
    ]


@pytest.mark.parametrize(
    ("head", "keys"),
    [
        ("observation_date,DGS10", ()),
        ("observation_date,DGS10", ('columns = { date = "observation_date", value = "DGS10" }',)),
        ("date,value", ('series = "DGS10"',)),
        ("date,yield", ('series = "DGS10"',)),
        ("date,yield", ('series = "DGS10"', 'columns = { value = "yield" }')),
    ],
)
def test_a_table_of_one_rate_needs_no_column_of_series(told, head, keys):
    """Its column or its description names the series."""
    frame = told(f"{head}\n2025-07-01,4.25\n", "rates", *keys)
    assert values(frame) == [("2025-07-01", "DGS10", 4.25)]


def test_a_file_of_one_symbol_needs_no_column_of_symbols(told):
    """As a download of one stock is, with its capital letters."""
    frame = told("Date,Open,Close\n2025-07-01,1.0,2.5\n", "daily_bars", 'symbol = "AAPL"')
    assert values(frame[["date", "symbol", "close"]]) == [("2025-07-01", "AAPL", 2.5)]


@pytest.mark.parametrize("name", ["NA", "NULL", "None", "nan", "NaN", "null", "TRUE", "0700"])
def test_a_ticker_is_text_whatever_it_looks_like(told, name):
    """National Bank of Canada has the ticker NA."""
    assert told(f"date,symbol,close\n2025-07-01,{name},1\n")["symbol"].tolist() == [name]


@pytest.mark.parametrize("keys", [(), ('delimiter = ";"', 'decimal = ","')])
@pytest.mark.parametrize("close", ["6538,76", "6538,7", "0,5"])
def test_semicolons_and_decimal_commas_are_read(told, keys, close):
    """With or without a word in the description."""
    frame = told(f"date;symbol;close\n2025-07-01;AAPL;{close}\n", "daily_bars", *keys)
    assert frame["close"].tolist() == [float(close.replace(",", "."))]


@pytest.mark.parametrize(
    ("text", "keys", "words"),
    [
        (
            "date;symbol;close\n2025-07-01;A;1\n",
            ('delimiter = ","',),
            'semicolons separate its columns; write delimiter = ";" in its',
        ),
        ("date;symbol;close\n2025-07-01;A;6,538\n", (), '6,538; .*write decimal = ","'),
        ('date,symbol,close\n2025-07-01,A,"38,61"\n', (), '38,61.*write decimal = ","'),
        (
            "date;symbol;close\n2025-07-01;A;6.538,76\n2025-07-02;A;1,5\n",
            (),
            "6.538,76 has a point",
        ),
        ("date,symbol,close\n2025-07-01,A,1\n2025-07-02,,1\n", (), "line 3: the row has no symbol"),
        ("date,symbol,close\n\n2025-07-01, ,1\n", (), "line 3: the row has no symbol"),
        (
            "date,symbol,close\n2025-07-01,A,1\n",
            ('symbol = "B"',),
            "has a column 'symbol', and dataset.toml says symbol = \"B\"",
        ),
    ],
)
def test_a_file_that_says_two_things_is_refused(told, text, keys, words):
    """With what to write instead."""
    with pytest.raises(BadData, match=words):
        told(text, "daily_bars", *keys)


@pytest.mark.parametrize(
    ("text", "role", "words"),
    [
        ("date,close\n2025-07-01,1\n", "daily_bars", r'write symbol = "\^GSPC"'),
        ("date,value\n2025-07-01,1\n", "rates", 'write series = "DGS10"'),
        ("day,symbol,close\n2025-07-01,A,1\n", "daily_bars", r"columns = { date = \"...\" }"),
    ],
)
def test_an_error_says_what_to_write_of_a_missing_column(told, text, role, words):
    """In dataset.toml, as it is written there."""
    with pytest.raises(NoData, match=words):
        told(text, role)


@pytest.mark.parametrize(
    ("role", "key", "words"),
    [
        ("rates", 'symbol = "A"', "symbol is for a file of prices"),
        ("daily_bars", 'series = "A"', "series is for a file of rates"),
        ("daily_bars", 'delimiter = ";;"', 'is not one character; write delimiter = ";"'),
        ("daily_bars", 'decimal = ";"', r'is not "\." or ","'),
        ("daily_bars", 'delimiter = ","\ndecimal = ","', "delimiter and decimal are the same"),
    ],
)
def test_a_key_that_does_not_fit_its_file_is_refused(told, role, key, words):
    """When the description is read."""
    with pytest.raises(BadData, match=words):
        told("date,symbol,close\n2025-07-01,A,1\n", role, key)


def test_a_line_in_which_nothing_stands_is_no_row(told):
    """A spreadsheet leaves them at the end."""
    assert len(told("date,symbol,close\n2025-07-01,A,1\n,,\n,,\n")) == 1


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("date,symbol,close\n2025-07-01 16:00:00,NA,1.5\n", ()),
        ("date;symbol;close\n01.07.2025;NA;1,5\n", ()),
        ("date|symbol|close\n2025-07-01|NA|1.5\n||\n", ('delimiter = "|"',)),
        ("Date,Close\n2025-07-01 00:00:00-04:00,1.5\n,\n", ('symbol = "NA"',)),
        ("date,symbol,close\n2025-07-01,NB,1.5\n", ('symbols = { NB = "NA" }',)),
    ],
)
def test_a_store_takes_in_what_a_brief_reads(told, tmp_path, text, keys):
    """The same day, name and close."""
    frame, kept = told(text, "daily_bars", *keys), tmp_path / "s.duckdb"
    CliRunner().invoke(main, ["data", "import", str(tmp_path), "--store", str(kept)])
    rows = store.table(kept, "daily_bars", store.MOST)
    assert values(rows[["date", "symbol", "close"]]) == [("2025-07-01", "NA", 1.5)]
    assert values(frame[["date", "symbol", "close"]]) == [(str(dt.date(2025, 7, 1)), "NA", 1.5)]


YFINANCE = (
    "Price,Close,High,Low,Open,Volume\n"
    "Ticker,AAPL,AAPL,AAPL,AAPL,AAPL\n"
    "Date,,,,,\n"
    "2025-07-01,207.6699981689453,210.19,206.14,206.67,78788900\n"
    "2025-11-20,266.25,275.43,265.92,270.83,45823600\n"
)
"""What `yfinance.download("AAPL", ...).to_csv()` writes, cut."""


def test_the_three_lines_that_yfinance_writes_at_the_head_are_read(told, tmp_path):
    """The symbol is that of the second one; the file needs no description of its columns."""
    frame = told(YFINANCE)
    assert values(frame[["date", "symbol", "close"]]) == [
        ("2025-07-01", "AAPL", 207.6699981689453),
        ("2025-11-20", "AAPL", 266.25),
    ]
    path = tmp_path / "store.duckdb"
    words = ["data", "import", str(tmp_path), "--store", str(path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    kept = store.table(path, "daily_bars", store.MOST)
    assert kept[["symbol", "close", "low"]].to_numpy().tolist() == [
        ["AAPL", 207.6699981689453, 206.14],
        ["AAPL", 266.25, 265.92],
    ]


def test_columns_of_several_tickers_are_refused_with_what_to_write(told):
    """One row for each day and ticker."""
    text = YFINANCE.replace("Ticker,AAPL,AAPL,", "Ticker,AAPL,MSFT,")
    with pytest.raises(BadData, match=r"columns of 2 tickers side by side.*data\.stack.*symbol ="):
        told(text)


def test_the_symbol_that_the_description_says_counts(told):
    """Also where yfinance wrote another one."""
    frame = told(YFINANCE, "daily_bars", 'symbols = { AAPL = "AAPL.X" }')
    assert set(frame["symbol"]) == {"AAPL.X"}
    assert set(told(YFINANCE, "daily_bars", 'symbol = "MINE"')["symbol"]) == {"MINE"}

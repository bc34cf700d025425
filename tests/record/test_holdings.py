"""A file of holdings is read whole, or refused with its line and without what is held."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import InvalidParameter
from reportgen.record.holdings import parsed, read_holdings
from reportgen.verify.raw.holdings import held_of

GOOD = (
    "symbol,quantity,currency,date,name\n"
    "AAPL,120,USD,,Apple\nBARC.L,1000.5,GBP,,\nCASH:EUR,2500,,,\n"
)


def test_a_file_is_read_as_a_spreadsheet_saves_it(tmp_path):
    """With a byte order mark, line ends of its own, semicolons, spaces and empty lines."""
    path = tmp_path / "mine.csv"
    path.write_bytes("\ufeffSymbol; Quantity\r\nAAPL; 120\r\n;\r\nCASH:EUR;2500\r\n".encode())
    found = read_holdings(path)
    assert found.at(None) == {"AAPL": 120.0, "CASH:EUR": 2500.0}
    assert found.symbols == ("AAPL",)


def test_both_readers_read_the_same_rows():
    """That of the brief, and that of the proof."""
    assert [(one.symbol, one.quantity) for one in held_of(GOOD)] == [
        (one.symbol, one.quantity) for one in parsed(GOOD, "mine.csv").rows
    ]


BAD = {
    "symbol,quantity\n": "has no holdings",
    "": "line 1 has no column 'symbol'",
    "symbol,shares\nAAPL,1\n": "line 1 has no column 'quantity'",
    "symbol,quantity,side\nAAPL,1,short\n": "line 1: the column 'side' is unknown",
    "symbol,quantity,quantity\nAAPL,1,1\n": "line 1: the column 'quantity' is there twice",
    "symbol,quantity\nAAPL,1,2\n": "line 2 has 3 cells, and the first line 2",
    "symbol,quantity\nQZQZQ,1\n": "line 2: no instrument has that symbol",
    "symbol,quantity\n,1\n": "line 2 has no symbol",
    "symbol,quantity\nAAPL,\n": "line 2 has no quantity",
    'symbol,quantity\nAAPL,"1,200"\n': "line 2: its quantity is no plain number",
    "symbol,quantity\nAAPL,1e3\n": "line 2: its quantity is no plain number",
    "symbol,quantity\nAAPL,nan\n": "line 2: its quantity is no plain number",
    "symbol,quantity\nAAPL,-5\n": "line 2: its quantity is below zero; short positions",
    "symbol,quantity\nAAPL,0\n": "line 2: its quantity is zero",
    "symbol,quantity\nMSFT,1\nAAPL,1\nAAPL,2\n": "lines 3 and 4 have one symbol",
    "symbol,quantity\n^GSPC,1\n": "line 2 names no share, fund or commodity",
    "symbol,quantity\nEURUSD.H10,1\n": "line 2 names no share, fund or commodity",
    "symbol,quantity\nDGS10,1\n": "line 2 names no share, fund or commodity",
    "symbol,quantity,currency\nAAPL,1,EUR\n": "its prices are in USD",
    "symbol,quantity,currency\nBARC.L,1,EUR\n": "its prices are in GBX",
    "symbol,quantity\nCASH,100\n": "line 2: CASH is the ticker of a company",
    "symbol,quantity\nCASH:EURO,100\n": "line 2 names no currency",
    "symbol,quantity\ncash:EUR,100\n": "line 2 names no currency",
    "symbol,quantity\nCASH:GBX,100\n": "line 2 counts money in hundredths; write CASH:GBP",
    "symbol,quantity,currency\nCASH:EUR,100,USD\n": "line 2 is money in EUR",
    "symbol,quantity,date\nAAPL,1,31.12.2024\n": "line 2: its date is no day",
    "symbol,quantity,date\nAAPL,1,2025-01-02\nMSFT,1,\n": "line 3 has no date",
    'symbol,quantity\nAAPL,"1\n': "line 2",
}


@pytest.mark.parametrize(("text", "why"), BAD.items())
def test_what_is_off_is_refused_by_its_line(text, why):
    """In one line, with what to write."""
    with pytest.raises(InvalidParameter) as caught:
        parsed(text, "mine.csv")
    assert why in str(caught.value)
    assert str(caught.value).startswith("mine.csv")


@pytest.mark.parametrize("text", [text for text in BAD if text.count("\n") > 1])
def test_a_refusal_names_nothing_that_is_held(text):
    """A log is read by others, too."""
    with pytest.raises(InvalidParameter) as caught:
        parsed(text, "mine.csv")
    for name in ("QZQZQ", "AAPL", "MSFT", "BARC", "^GSPC", "EURUSD", "DGS10"):
        assert name not in str(caught.value)


@pytest.mark.parametrize("currency", ["GBP", "GBX", ""])
def test_a_share_in_pence_may_be_said_to_be_in_pounds(currency):
    """Statements say pounds, and vendors quote pence."""
    found = parsed(f"symbol,quantity,currency\nBARC.L,10,{currency}\n", "mine.csv")
    assert found.at(None) == {"BARC.L": 10.0}


def test_rows_of_later_days_are_not_known_yet():
    """A brief of an old day sees the holdings of then."""
    found = parsed("symbol,quantity,date\nAAPL,1,2025-01-02\nMSFT,2,2025-02-03\n", "mine.csv")
    early = found.known_on(dt.date(2025, 1, 31))
    assert early.dates == [dt.date(2025, 1, 2)]
    with pytest.raises(InvalidParameter, match="begin on 2025-01-02, after 2025-01-01"):
        found.known_on(dt.date(2025, 1, 1))


def test_a_file_that_is_not_there_is_named(tmp_path):
    """With what to write."""
    with pytest.raises(InvalidParameter, match=r"There is no file of holdings .*none\.csv"):
        read_holdings(tmp_path / "none.csv")

"""The names of stocks that no instruments.toml describes: the tables of listed companies."""

from __future__ import annotations

import pytest

from reportgen.core.errors import NoData, SettingsError
from reportgen.markets import companies, instruments
from reportgen.markets.instruments import instrument


@pytest.fixture
def table(tmp_path, monkeypatch):
    """``table(text, code)`` puts a table of companies into a desk."""
    (tmp_path / "reportgen.toml").write_text("")
    (tmp_path / "companies").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(text, code="XNYS"):
        (tmp_path / "companies" / f"{code}.csv").write_text(text)
        for cached in (companies.companies, instruments._stock):
            cached.cache_clear()

    yield write
    monkeypatch.undo()
    for cached in (companies.companies, instruments._stock):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("KEY", "KeyCorp"),
        ("TFC", "Truist"),
        ("IBM", "IBM"),
        ("BRK-B", "Berkshire Hathaway"),
        ("ELV", "Elevance Health"),
        ("MCD", "McDonald's"),
    ],
)
def test_a_stock_has_the_name_that_newsrooms_use(symbol, name):
    """Not that of its filings."""
    found = instrument(symbol)
    assert (found.first, found.kind, found.currency) == (name, "stock", "USD")


@pytest.mark.parametrize("symbol", ["SLV", "PDI", "NO-SUCH", "JPM-PC", "7203.T"])
def test_funds_preferred_stock_and_what_is_not_listed_are_no_stocks(symbol):
    """Each is refused with a near name."""
    with pytest.raises(NoData, match=f"No instrument has the symbol '{symbol}'"):
        instrument(symbol)


def test_an_instrument_of_a_desk_comes_before_the_table():
    """Nvidia has its dates and former names from instruments.toml."""
    assert instrument("NVDA").followed
    assert instrument("NVDA").key == "nvda"


def test_a_desk_names_the_stocks_of_its_own_exchange(table):
    """In pence, by the third column."""
    table("symbol,name,currency\nBARC.L,Barclays,GBX\n", "XLON")
    found = instrument("BARC.L")
    assert (found.first, found.calendar, found.currency) == ("Barclays", "XLON", "GBX")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,symbol\n", r"XNYS.csv, line 1: the columns are name, symbol; write symbol,name"),
        ("symbol,name\nKEY\n", "line 2: 'KEY' is not symbol and name"),
        ("symbol,name\n,KeyCorp\n", "line 2"),
        ("symbol,name,currency\nKEY,KeyCorp,dollars\n", "line 2"),
        ("", "line 1: the columns are missing"),
    ],
)
def test_a_table_that_is_off_is_refused_with_its_line(table, text, words):
    """A name is never guessed."""
    table(text)
    with pytest.raises(SettingsError, match=words):
        instrument("KEY")


def test_no_two_keys_of_instruments_are_equal():
    """COMP is the symbol of a company, and the key of an index."""
    keys = [instrument(symbol).key for symbol in companies.companies()]
    assert len(keys) == len(set(keys))
    assert not {*keys} & {
        one.key
        for one in instruments.registry().values()
        if one.symbol not in companies.companies()
    }

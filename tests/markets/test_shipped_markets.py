"""The shipped markets, and the files of their instruments."""

import pytest

from reportgen.core.errors import SettingsError
from reportgen.markets import market
from reportgen.markets.instruments import instrument, registry
from reportgen.markets.spec import market_names

ROW = """
[{key}]
symbol = "{symbol}"
first = "the thing"
second = "the thing"
short = "Thing"
unit = "level"
decimals = 2
kind = "index"
calendar = "XLON"
"""


@pytest.mark.parametrize("name", market_names())
def test_what_a_market_names_is_described(name):
    """Its lead has the market's own sessions."""
    spec = market(name)
    named = (*spec.symbols, *spec.strip, *spec.compared, *spec.commodities, *spec.coins)
    assert [one for one in named if one not in registry()] == []
    assert instrument(spec.lead).calendar == spec.exchange


def test_an_index_has_another_name_abroad():
    """At first reference; at home its place goes without saying."""
    ftse = instrument("^FTSE")
    assert ftse.told_in("XNYS").first == "London's FTSE 100"
    assert ftse.told_in("XLON").first == "the FTSE 100"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty desk; the test writes its files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reportgen.toml").write_text("")
    (tmp_path / "instruments").mkdir()
    registry.cache_clear()
    yield tmp_path
    registry.cache_clear()


def test_instruments_may_lie_in_files_of_a_folder(desk):
    """Beside the instruments.toml of a desk."""
    (desk / "instruments.toml").write_text(ROW.format(key="one", symbol="ONE"))
    (desk / "instruments" / "more.toml").write_text(ROW.format(key="two", symbol="TWO"))
    assert {"ONE", "TWO"} <= registry().keys()


@pytest.mark.parametrize(("key", "symbol"), [("one", "TWO"), ("two", "ONE")])
def test_an_instrument_is_described_once(desk, key, symbol):
    """The two files are named, whether they share a key or a symbol."""
    (desk / "instruments.toml").write_text(ROW.format(key="one", symbol="ONE"))
    (desk / "instruments" / "more.toml").write_text(ROW.format(key=key, symbol=symbol))
    with pytest.raises(SettingsError, match=r"more\.toml: .* is in .*instruments\.toml, too"):
        registry()

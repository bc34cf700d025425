"""The currency of an instrument: its own, that of its market, or the one that 0.1.0 knew."""

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.core.errors import SettingsError
from reportgen.core.facts import Fact, Unit
from reportgen.markets import instruments, spec

ROW = """
[it]
symbol = "IT"
first = "it"
second = "it"
short = "It"
decimals = 2
kind = "stock"
inception = 2000-01-03
"""
FRANKFURT = """
name = "German stocks"
stocks = "German stocks"
places = "Frankfurt's stock markets"
exchange = "XETR"
zone = "Europe/Berlin"
zone_label = "CET"
currency = "EUR"
lead = "^GDAXI"
indexes = [{ symbol = "^GDAXI" }]
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk of Frankfurt, whose instruments.toml a test writes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "markets").mkdir()
    (tmp_path / "markets/de.toml").write_text(FRANKFURT)
    (tmp_path / "reportgen.toml").write_text('market = "de"\n')
    caches = (instruments.registry, spec.market)
    for kept in caches:
        kept.cache_clear()
    yield lambda text: (tmp_path / "instruments.toml").write_text(ROW + text)
    for kept in caches:
        kept.cache_clear()


@pytest.mark.parametrize(
    ("lines", "currency"),
    [
        ('unit = "money"\ncalendar = "XETR"', "EUR"),
        ('unit = "money"\ncalendar = "XNYS"', "USD"),
        ('unit = "money"\ncalendar = "XLON"\ncurrency = "GBX"', "GBX"),
        ('unit = "money"\ncalendar = "24/7"\ncurrency = "EUR"', "EUR"),
        ('unit = "level"\ncalendar = "XETR"', ""),
    ],
)
def test_money_has_its_own_currency_or_that_of_the_market_on_its_exchange(desk, lines, currency):
    """A stock of New York is in dollars in a desk of Frankfurt, too."""
    desk(lines)
    assert instruments.instrument("IT").currency == currency


@pytest.mark.parametrize("symbol", ["CL=F", "GC=F", "BTC-USD", "NVDA", "IWM"])
def test_what_is_shipped_is_in_dollars_in_every_desk(desk, symbol):
    """Commodities and coins say so; stocks and funds are of New York."""
    desk('unit = "level"\ncalendar = "XETR"')
    assert instruments.instrument(symbol).currency == "USD"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            'unit = "money"\ncalendar = "XOSL"',
            r'\[it\] is money, and no market has the exchange "XOSL"; write its currency',
        ),
        (
            'unit = "level"\ncalendar = "XETR"\ncurrency = "EUR"',
            r'\[it\] has a currency and unit = "level"; write unit = "money"',
        ),
        (
            'unit = "money"\ncalendar = "XETR"\ncurrency = "GBp"',
            r'currency = "GBp" is not a currency; write currency = "USD"',
        ),
    ],
)
def test_a_currency_that_is_lacking_or_misplaced_is_refused(desk, lines, words):
    """The error says what to write."""
    desk(lines)
    with pytest.raises(SettingsError, match=words):
        instruments.registry()


def test_an_old_unit_is_read_with_a_warning_that_says_the_new_lines(desk):
    """A desk of 0.1.0 wrote "usd"."""
    desk('unit = "usd"\ncalendar = "XETR"')
    with pytest.warns(DeprecationWarning, match=r'unit = "money" with currency = "USD" now'):
        found = instruments.instrument("IT")
    assert (found.unit, found.currency, found.difference) == ("money", "USD", "money_change")


def test_the_doctor_names_an_old_unit(desk, tmp_path):
    """And what to write instead."""
    desk('unit = "usd"\ncalendar = "XETR"')
    told = CliRunner().invoke(main, ["doctor"], env={"REPORTGEN_STORE": ""}).output
    assert f'{tmp_path / "instruments.toml"}: [it] unit = "usd" is unit = "money"' in told


OLD = {
    "id": "mdy.level",
    "value": 220.87,
    "instrument": "MDY",
    "kind": "level",
    "window": "day",
    "as_of": "2025-01-08",
    "source": "test",
}


@pytest.mark.parametrize(
    ("unit", "new"), [("usd", Unit.MONEY), ("dollars", Unit.MONEY_CHANGE), ("level", Unit.LEVEL)]
)
def test_money_of_an_old_record_is_in_dollars(unit, new):
    """What is no money has no currency."""
    fact = Fact.from_payload({**OLD, "unit": unit}, 1)
    assert (fact.unit, fact.currency) == (new, "USD" if new.money else "")


@pytest.mark.parametrize(("unit", "currency"), [("money", ""), ("level", "USD")])
def test_a_fact_of_money_has_a_currency_and_no_other_has_one(unit, currency):
    """Whoever makes it."""
    with pytest.raises(ValueError, match="money has a currency, and nothing else has one"):
        Fact(**OLD, unit=Unit(unit), currency=currency)


def test_a_record_keeps_the_currency():
    """As JSON and back."""
    fact = Fact(**OLD, unit=Unit.MONEY, currency="GBX")
    assert Fact.from_payload(fact.payload(), 1).currency == "GBX"
    assert "currency" not in Fact(**OLD, unit=Unit.LEVEL).payload()
    assert fact.shown == "220.87 GBX"

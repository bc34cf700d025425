"""Exchange rates in words: which currency moved, from what to what, with all its decimals."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from reportgen.beats.currencies.detect import rate
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.markets import market
from reportgen.markets.instruments import instrument
from reportgen.story.english.money import Money
from reportgen.verify import numerals
from reportgen.verify.currencies import meant


def pair(symbol, *levels, end="2025-01-10", **dates):
    """A quiet year of rates that ends with *levels*."""
    found = instrument(symbol)
    last = dt.date.fromisoformat(end)
    days = found.sessions.session_index(dt.date(2024, 1, 2), last)
    quiet = [levels[0] * (1 + 0.002 * (n % 2)) for n in range(len(days) - len(levels))]
    closes = pd.Series([*quiet, *levels], index=days, name=symbol, dtype=float)
    for day in dates.get("without", ()):
        closes = closes.drop(pd.Timestamp(day))
    return Track(instrument=found, closes=closes, live=False, as_of=end, source="test")


@pytest.mark.parametrize(
    ("code", "value", "decimals", "words"),
    [
        ("USD", 1.1649, 4, "$1.1649"),
        ("USD", 1.3, 4, "$1.3000"),
        ("JPY", 158.78, 2, "158.78 yen"),
        ("GBP", 0.8452, 4, "0.8452 pounds"),
        ("EUR", 1.153, 4, "1.1530 euros"),
        ("CHF", 0.8012, 4, "0.8012 Swiss francs"),
        ("CAD", 1.3705, 4, "1.3705 Canadian dollars"),
        ("CNY", 7.12034, 4, "7.1203 yuan"),
        ("MXN", 18.4, 4, "18.4000 Mexican pesos"),
        ("AUD", 1.614, 4, "1.6140 Australian dollars"),
        ("SEK", 11.0245, 4, "SEK 11.0245"),
    ],
)
def test_a_rate_is_printed_as_newsrooms_do_and_read_back(code, value, decimals, words):
    """By the writer's table of currencies and the checker's own."""
    assert Money(code, "USD").rate(value, decimals) == words
    number = numerals.stated(numerals.NUMBER.search(words))
    assert [meant(sign, "USD") for sign in number.money] == [code]
    assert numerals.objection(number, value, Unit.MONEY, code, "USD") == ""
    assert numerals.objection(number, value * 1.01, Unit.MONEY, code, "USD")
    other = "GBP" if code != "GBP" else "JPY"
    assert numerals.objection(number, value, Unit.MONEY, other, "USD")


def test_each_pair_of_the_market_has_a_base_that_is_its_name():
    """A rise of the dollar in yen is told of the dollar, so it is a weaker yen."""
    named = {"EUR": "the euro", "GBP": "the pound", "USD": "the dollar"}
    for symbol in market("us").currencies:
        found = instrument(symbol)
        assert found.first == named[found.base]
        assert found.base != found.currency


def test_a_rate_is_told_of_its_own_day_and_against_the_day_before(said):
    """Whatever the session of stocks is."""
    found = said(rate(pair("USDJPY.H10", 159.13, 158.78)))
    assert found["level"] == 158.78
    assert found["before"] == 159.13
    assert found["date"] == "2025-01-10"
    assert found["change"] == pytest.approx(158.78 / 159.13 - 1)


def test_over_a_missing_day_no_move_is_told(said):
    """The level alone: a move over two days is not a move of one day."""
    found = said(rate(pair("WTI.EIA", 70.0, 71.0, 72.0, without=["2025-01-09"])))
    assert set(found) == {"level", "date"}


def test_over_a_holiday_the_day_before_is_the_last_one_that_the_bank_worked(said):
    """From Friday to Tuesday, with Martin Luther King Jr. Day between the two."""
    found = said(rate(pair("EURUSD.H10", 1.03, 1.04, end="2025-01-21")))
    assert (found["before"], found["level"]) == (1.03, 1.04)


def test_a_price_below_zero_has_no_move(said):
    """As that of oil on 20 April 2020."""
    found = said(rate(pair("WTI.EIA", 18.31, -36.98)))
    assert set(found) == {"level", "date"}


@pytest.mark.parametrize(("levels", "role"), [((1.30, 1.31), "highest"), ((1.30, 1.20), "lowest")])
def test_the_highest_or_lowest_in_months_is_worth_a_word(levels, role):
    """With the day since when, and what it rests on."""
    spike = [1.4 if role == "highest" else 1.1] + [1.3, 1.302] * 50
    news = rate(pair("GBPUSD.H10", *spike, *levels))
    fact = news.role("since")
    assert fact.kind == f"{role}_close_since"
    assert fact.evidence

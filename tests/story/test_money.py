"""How stories print money in each market; the check reads it as that currency alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.facts import Unit
from reportgen.story.english.money import Money, currencies
from reportgen.verify import numerals

CODES = [*currencies(), "CHF", "SEK"]
MARKETS = ["USD", "CAD", "GBP", "EUR", "JPY", "CNY", "HKD", "SEK"]


@pytest.mark.parametrize(
    ("value", "code", "market", "words"),
    [
        (4.21, "USD", "USD", "$4.21"),
        (4.21, "USD", "GBP", "$4.21"),
        (4.21, "USD", "CAD", "US$4.21"),
        (4.21, "CAD", "CAD", "$4.21"),
        (4.21, "CAD", "USD", "C$4.21"),
        (4.21, "AUD", "CAD", "A$4.21"),
        (4.21, "HKD", "USD", "HK$4.21"),
        (4.21, "BRL", "USD", "R$4.21"),
        (4.21, "EUR", "USD", "€4.21"),
        (4.21, "GBP", "USD", "£4.21"),
        (642.4, "JPY", "USD", "¥642"),
        (642.4, "JPY", "CNY", "JP¥642"),
        (642.4, "CNY", "CNY", "¥642.40"),
        (61_200.0, "KRW", "KRW", "₩61,200"),
        (4.21, "INR", "USD", "₹4.21"),
        (525.0, "GBX", "GBP", "525p"),
        (329.6, "GBX", "GBP", "329.6p"),
        (7300.0, "GBX", "USD", "7,300p"),
        (452.25, "USX", "USD", "452.25¢"),
        (12.3, "CHF", "USD", "CHF 12.30"),
        (12.3, "SEK", "SEK", "SEK 12.30"),
        (-37.63, "USD", "USD", "\u2212$37.63"),
        (-37.63, "GBX", "GBP", "\u221237.6p"),
    ],
)
def test_a_price_is_printed_with_the_sign_of_its_currency(value, code, market, words):
    """A market's own dollar is "$"; another beside it has its country's letter."""
    assert Money(code, market).exact(value) == words


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (94_030.82, "USD", "about $94,000"),
        (94_000.0, "USD", "$94,000"),
        (92_522.3, "USD", "about $92,500"),
        (432.5, "USD", "$433"),
        (96_999.99, "GBP", "about £97,000"),
        (96_999.99, "GBX", "about 97,000p"),
    ],
)
def test_a_large_price_is_told_in_thousands(value, code, words):
    """With the hedge that is true of it."""
    assert Money(code, "USD").near(value) == words


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (3.21, "USD", "+$3.21"),
        (-3.21, "EUR", "\u2212€3.21"),
        (-175.0, "GBX", "\u2212175p"),
        (0.004, "USD", "$0.00"),
        (3.0, "SEK", "+SEK 3.00"),
    ],
)
def test_a_change_in_a_table_has_its_sign_first(value, code, words):
    """A change that rounds to nothing has none."""
    assert Money(code, "USD").signed(value) == words


@given(
    st.sampled_from(CODES),
    st.sampled_from(MARKETS),
    st.floats(1, 250_000).map(lambda x: round(x, 1)),
)
def test_what_is_printed_is_read_as_that_currency_and_no_other(code, market, value):
    """The writer has one list of signs and the check another."""
    money = Money(code, market)
    for words in (money.exact(value), money.near(value)):
        match = numerals.NUMBER.fullmatch(words)
        assert match, words
        true = {
            other
            for other in CODES
            if not numerals.objection(numerals.stated(match), value, Unit.MONEY, other, market)
        }
        assert true == {code}, words

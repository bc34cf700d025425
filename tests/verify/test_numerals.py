"""Numbers as the narrative prints them are judged true by the check,
and false once the value has moved away."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.facts import Unit
from reportgen.story.english import figures
from reportgen.story.english.money import Money
from reportgen.verify import numerals

SIZES = st.floats(0.0001, 0.95, allow_nan=False).flatmap(
    lambda x: st.sampled_from([x, -x, x / 10, -x / 10, round(x, 3), round(x, 2)])
)
PRICES = st.floats(1, 250_000).map(lambda x: round(x, 2))


def judged(text: str, value: float, unit: Unit) -> str:
    """Why *text* is not true of *value*, or "" - of money in US dollars, in a brief of New York."""
    match = numerals.NUMBER.search(text)
    assert match is not None, text
    assert match[0] == text
    money = "USD" if unit.money else ""
    return numerals.objection(numerals.stated(match), value, unit, money, "USD")


def reach(text: str, unit: Unit) -> float:
    """How far from its number a value may be at most while *text* is still true of it,
    in the unit as printed."""
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", text)
    step = 10.0 ** -len(digits[1] or "")
    grid = 1000.0 if unit is Unit.MONEY else 5.0 if unit is Unit.PROBABILITY else 1.0
    hedged = re.match(r"nearly|just|more|less|about", text)
    return grid if hedged else step


def moved(value: float, text: str, unit: Unit) -> list[float]:
    """*value* moved well out of what *text* may be true of, away from zero and towards it."""
    scale = {Unit.BP: 10_000, Unit.LEVEL: 1, Unit.POINTS: 1, Unit.MONEY: 1}.get(unit, 100)
    by = 2.5 * reach(text, unit) / scale
    nearer = abs(value) - by
    return [abs(value) + by, *([nearer] if nearer > 0 and not text.startswith("less than") else [])]


def holds(text: str, value: float, unit: Unit) -> None:
    """*text* is true of *value*, and of no value well away from it."""
    assert judged(text, value, unit) == ""
    for other in moved(value, text, unit):
        told_tail = unit is Unit.PROBABILITY and text == "more than 99%"
        assert told_tail or judged(text, other, unit), f"{text} is judged true of {other}"


@given(SIZES)
def test_a_percentage_is_true_of_its_value(value):
    """The form "8.9%", and "less than 0.1%"."""
    holds(figures.percent(value), value, Unit.FRACTION)


@given(SIZES)
def test_a_hedged_percentage_is_true_of_its_value(value):
    """The forms "nearly 11%", "just over 1%", "more than 8%"."""
    holds(figures.hedged_percent(value), value, Unit.FRACTION)


@given(st.floats(0, 1))
def test_odds_are_true_of_their_value(value):
    """The forms "nearly 95%", "more than 95%", "57%"."""
    holds(figures.probability(value), value, Unit.PROBABILITY)


@given(PRICES)
def test_a_price_is_true_of_its_value(value):
    """The forms "about $94,000", "$92,522"."""
    holds(Money("USD", "USD").near(value), value, Unit.MONEY)


@given(st.floats(0.01, 5000).map(lambda x: round(x, 3)))
def test_points_are_true_of_their_value(value):
    """The forms "28 points", "0.71 points"."""
    holds(figures.points(value), value, Unit.POINTS)


@given(SIZES)
def test_percentage_points_are_true_of_their_value(value):
    """The forms "13 percentage points", "6.3 percentage points"."""
    holds(figures.percentage_points(value), value, Unit.PP)


@given(st.integers(-400, 400).map(lambda x: x / 100_000))
def test_basis_points_are_true_of_their_value(value):
    """The form "5 basis points"."""
    holds(figures.basis_points(value), value, Unit.BP)


@given(st.floats(0, 0.2))
def test_a_rate_is_true_of_its_value(value):
    """The form "4.67%"."""
    holds(figures.rate(value), value, Unit.YIELD)


@given(SIZES)
def test_a_signed_change_is_true_of_its_value(value):
    """The form "+1.1%" with the true minus; the other sign is not true."""
    text = figures.signed(value)
    assert judged(text, value, Unit.FRACTION) == ""
    if text[0] in "+\u2212":
        assert judged(text, -value, Unit.FRACTION) == "the sign is wrong"


@given(st.floats(0.0001, 0.95))
def test_a_drawdown_is_never_rounded_across_its_line(value):
    """A fall of less than ten percent is not printed as ten percent, nor one of more as less."""
    for line in (0.1, 0.2):
        text = figures.percent_near(value, line)
        printed = Decimal(re.search(r"\d[\d.]*", text)[0]) / 100
        assert text.startswith("less") or (printed >= Decimal(str(line))) == (
            Decimal(repr(value)) >= Decimal(str(line))
        )
        assert judged(text, value, Unit.FRACTION) == ""


TRUE = [
    ("10%", 0.10018894266, Unit.FRACTION),
    ("nearly 11%", 0.10838, Unit.FRACTION),
    ("more than 8%", -0.0840216, Unit.FRACTION),
    ("just over 1%", -0.010832, Unit.FRACTION),
    ("23%", 0.23309, Unit.FRACTION),
    ("more than 95%", 0.95724, Unit.PROBABILITY),
    ("about $94,000", 94030.82, Unit.MONEY),
    ("4.67%", 0.0467, Unit.YIELD),
    ("5 basis points", 0.0005000000000000004, Unit.BP),
    ("less than 0.1%", 0.000499, Unit.FRACTION),
    ("28 points", -27.603, Unit.POINTS),
    ("2,197.83", 2197.827, Unit.LEVEL),
    ("0.0%", -0.0, Unit.FRACTION),
]
FALSE = [
    ("nearly 11%", 0.1101, Unit.FRACTION),
    ("nearly 11%", 0.107, Unit.FRACTION),
    ("nearly 11%", 0.11, Unit.FRACTION),
    ("more than 8%", 0.08, Unit.FRACTION),
    ("more than 8%", 0.0799, Unit.FRACTION),
    ("more than 8%", 0.0861, Unit.FRACTION),
    ("just over 1%", 0.0111, Unit.FRACTION),
    ("just over 1%", 0.01, Unit.FRACTION),
    ("10%", 0.0996, Unit.LEVEL),
    ("20%", 0.194, Unit.FRACTION),
    ("more than 95%", 0.95, Unit.PROBABILITY),
    ("more than 95%", 0.99, Unit.PROBABILITY),
    ("nearly 95%", 0.9501, Unit.PROBABILITY),
    ("nearly 95%", 0.938, Unit.PROBABILITY),
    ("about $94,000", 94000.0, Unit.MONEY),
    ("about $94,000", 94600.0, Unit.MONEY),
    ("about 94,000", 94030.82, Unit.MONEY),
    ("$2,197.83", 2197.827, Unit.LEVEL),
    ("5%", 0.0005, Unit.BP),
    ("5 percentage points", 0.0005, Unit.BP),
    ("13%", 0.13, Unit.PP),
    ("13 percentage points", 0.13, Unit.FRACTION),
    ("less than 0.1%", 0.0011, Unit.FRACTION),
    ("+1.1%", -0.0108, Unit.FRACTION),
    ("\u22121.1%", 0.0108, Unit.FRACTION),
    ("1.08%", 0.0109, Unit.FRACTION),
    ("over 8%", 0.0799, Unit.FRACTION),
    ("under 8%", 0.0801, Unit.FRACTION),
    ("less than 8%", 0.0801, Unit.FRACTION),
    ("just under 8%", 0.0785, Unit.FRACTION),
    ("+0.0%", -0.0004, Unit.FRACTION),
    ("4.7%", 0.04751, Unit.YIELD),
    ("1", 2.0, Unit.COUNT),
    ("2.67%", 0.0267501, Unit.YIELD),
]


@pytest.mark.parametrize(("text", "value", "unit"), TRUE)
def test_what_is_true_is_not_objected_to(text, value, unit):
    """The figures of the sample brief."""
    assert judged(text, value, unit) == ""


@pytest.mark.parametrize(("text", "value", "unit"), FALSE)
def test_what_is_false_is_objected_to(text, value, unit):
    """Values at and just past the ends of each hedge, and units that do not fit."""
    assert judged(text, value, unit)


@pytest.mark.parametrize(
    ("text", "value"),
    [("10%", 0.0996), ("9.9%", 0.0996), ("20%", 0.19996), ("2%", 0.0249), ("3%", 0.0251)],
)
def test_the_rounding_traps_are_told_apart(text, value):
    """A figure of ten percent or less has one decimal unless that is a zero,
    and only then may it be whole."""
    reach = Decimal("0.5") if value >= 0.0995 and "." not in text else Decimal("0.05")
    true = abs(Decimal(repr(value)) * 100 - Decimal(text.rstrip("%"))) <= reach
    assert (judged(text, value, Unit.FRACTION) == "") == true


MONEY = [
    ("$4.21", "USD", "USD", True),
    ("$4.21", "CAD", "USD", False),
    ("$4.21", "CAD", "CAD", True),
    ("$4.21", "USD", "CAD", False),
    ("US$4.21", "USD", "CAD", True),
    ("US$4.21", "USD", "USD", True),
    ("C$4.21", "CAD", "USD", True),
    ("C$4.21", "AUD", "USD", False),
    ("$4.21", "HKD", "HKD", True),
    ("$4.21", "USD", "GBP", True),
    ("£4.21", "GBP", "GBP", True),
    ("£4.21", "USD", "GBP", False),
    ("£4.21", "EUR", "USD", False),
    ("£4.21", "GBX", "GBP", False),
    ("4.21", "GBP", "GBP", False),
    ("4.21p", "GBX", "GBP", True),
    ("4.21p", "GBP", "GBP", False),
    ("£4.21p", "GBX", "GBP", False),
    ("4.21 pence", "GBX", "GBP", True),
    ("4.21 pounds", "GBP", "GBP", True),
    ("4.21 euros", "EUR", "USD", True),
    ("4.21 euros", "USD", "USD", False),
    ("4.21 dollars", "USD", "USD", True),
    ("4.21 dollars", "CAD", "CAD", True),
    ("4.21 dollars", "USD", "CAD", False),
    ("¥4.21", "JPY", "USD", True),
    ("¥4.21", "CNY", "CNY", True),
    ("¥4.21", "JPY", "CNY", False),
    ("SEK 4.21", "SEK", "USD", True),
    ("SEK 4.21", "NOK", "USD", False),
    ("USD 4.21", "USD", "CAD", True),
    ("+€4.21", "EUR", "EUR", True),
    ("\u2212€4.21", "EUR", "EUR", False),
    ("€4.31", "EUR", "EUR", False),
]


@pytest.mark.parametrize(("text", "currency", "market", "true"), MONEY)
def test_money_is_true_of_a_value_in_its_own_currency(text, currency, market, true):
    """Of 4.21 in that currency, in a brief of a market with that one."""
    match = numerals.NUMBER.fullmatch(text)
    assert match, text
    stated = numerals.stated(match)
    assert (numerals.objection(stated, 4.21, Unit.MONEY, currency, market) == "") is true


@pytest.mark.parametrize("text", ["$4.21", "4.21p", "SEK 4.21", "4.21 euros"])
def test_what_is_no_money_has_no_sign_of_it(text):
    """The level of an index, for one."""
    stated = numerals.stated(numerals.NUMBER.fullmatch(text))
    assert "does not fit" in numerals.objection(stated, 4.21, Unit.LEVEL, "", "USD")


@pytest.mark.parametrize(
    ("words", "number"),
    [("at 4 p.m.", "4"), ("VIX 20", "20"), ("IBM 5%", "5%"), ("S&P 500", "500")],
)
def test_letters_beside_a_number_are_not_always_money(words, number):
    """A time, a name."""
    assert numerals.NUMBER.search(words)[0] == number


@pytest.mark.parametrize("text", ["$37.63", "+$37.63", "\u2212$37.62", "about $37"])
def test_a_price_below_zero_is_told_with_its_minus(text):
    """Oil settled at \u2212$37.63 on April 20, 2020."""
    assert judged("\u2212$37.63", -37.63, Unit.MONEY) == ""
    assert judged("\u2212$37.63", 37.63, Unit.MONEY) == "the sign is wrong"
    assert judged(text, -37.63, Unit.MONEY)


@pytest.mark.parametrize("unit", [Unit.FRACTION, Unit.PP])
@pytest.mark.parametrize(
    ("text", "size", "true"),
    [
        ("3", 3.049, True),
        ("3", 3.051, False),
        ("3", 2.951, True),
        ("3", 2.949, False),
        ("10", 9.951, True),
        ("10", 9.949, False),
        ("12", 12.49, True),
        ("12", 12.51, False),
        ("12", 11.51, True),
        ("12", 11.49, False),
    ],
)
def test_a_whole_number_below_ten_is_true_to_half_a_tenth(unit, text, size, true):
    """From ten on to a half."""
    shown = {Unit.FRACTION: f"{text}%", Unit.PP: f"{text} percentage points"}[unit]
    assert (judged(shown, size / 100, unit) == "") is true


@pytest.mark.parametrize("hedge", ["just over", "more than", "nearly", "about"])
@pytest.mark.parametrize("value", [0.029, 0.041, 0.033, 0.57])
def test_a_figure_that_is_exact_bears_no_hedge(hedge, value):
    """Though 2.9 is not what floats make of 0.029 times a hundred."""
    assert judged(f"{hedge} {value * 100:.1f}%", value, Unit.FRACTION)
    assert judged(f"{value * 100:.1f}%", value, Unit.FRACTION) == ""

"""Raw values as a newspaper prints them.

The tables of each form, the rounding traps, and what holds of any value.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reportgen.story.english import figures

ANY = st.floats(-0.95, 3.0, allow_nan=False)


def number(text: str) -> Decimal:
    """The number in *text*."""
    return Decimal(re.search(r"\d[\d,]*(?:\.\d+)?", text)[0].replace(",", ""))


TRAPS = [
    (figures.rate, 0.02675, "2.68%"),
    (figures.rate, 0.00125, "0.13%"),
    (figures.rate, 0.00285, "0.29%"),
    (figures.rate, 0.045, "4.50%"),
    (figures.percent, 0.245, "24.5%"),
    (figures.percent, 1.235, "124%"),
    (figures.percent, 0.0025, "0.3%"),
    (figures.percent, 0.00285, "0.3%"),
    (figures.percent, -0.0, "0%"),
    (figures.percent, 0.000499, "less than 0.1%"),
    (figures.percent, -0.000499, "less than 0.1%"),
    (figures.percent, 0.0005, "0.1%"),
    (figures.percent, 0.0996, "10%"),
    (figures.percent, 0.19996, "20%"),
    (figures.percent, 0.2, "20%"),
    (figures.percent, 0.1999, "20%"),
    (figures.percent, 0.1994, "19.9%"),
    (figures.percent, 2.0, "200%"),
    (figures.signed, -0.0, "0.0%"),
    (figures.signed, -0.000499, "0.0%"),
    (figures.signed, 0.0005, "+0.1%"),
    (figures.signed, -0.0005, "\u22120.1%"),
    (figures.signed, -0.01125, "\u22121.1%"),
    (figures.signed, -0.0115, "\u22121.2%"),
    (figures.signed_bp, -0.00004, "0 bp"),
    (figures.signed_bp, 0.0005000000000000004, "+5 bp"),
    (figures.signed_bp, -0.00015, "\u22122 bp"),
    (figures.basis_points, 0.0001, "1 basis point"),
    (figures.basis_points, -0.0025, "25 basis points"),
    (figures.percentage_points, 0.13290112, "13 percentage points"),
    (figures.percentage_points, 0.01, "1 percentage point"),
    (figures.percentage_points, 0.0996, "10 percentage points"),
    (figures.percentage_points, -0.00399, "0.4 percentage points"),
    (figures.points, -27.603, "28 points"),
    (figures.points, 0.7099, "0.71 points"),
    (figures.points, 9.999, "10.00 points"),
    (figures.points, 1.0, "1.00 point"),
    (figures.points, 1204.5, "1,205 points"),
]
HEDGES = [
    (0.10018894, "10%"),
    (0.10838321, "nearly 11%"),
    (-0.0840216, "more than 8%"),
    (-0.010832, "just over 1%"),
    (0.0095, "1%"),
    (0.00949, "0.9%"),
    (0.2331, "23%"),
    (0.0799, "8%"),
    (0.0789, "nearly 8%"),
    (0.0996, "10%"),
    (0.19996, "20%"),
    (0.08, "8%"),
    (0.0878, "8.8%"),
    (0.0801, "8%"),
    (0.0807, "just over 8%"),
    (0.1055, "more than 10%"),
    (0.1065, "11%"),
    (0.1045, "10%"),
    (0.000499, "less than 0.1%"),
    (0.99996, "100%"),
    (0.0, "0%"),
]
ODDS = [
    (0.9572, "more than 95%"),
    (0.9424, "nearly 95%"),
    (0.5, "50%"),
    (0.57, "more than 55%"),
    (0.585, "59%"),
    (0.004, "less than 1%"),
    (0.996, "more than 99%"),
    (0.99, "99%"),
    (0.9900000001, "99%"),
    (0.9904, "99%"),
    (0.9906, "more than 99%"),
    (0.949, "nearly 95%"),
    (0.9499, "95%"),
    (0.95, "95%"),
    (0.12, "12%"),
    (0.0, "less than 1%"),
    (1.0, "more than 99%"),
]


@pytest.mark.parametrize(
    ("form", "value", "text"), TRAPS, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_a_value_is_printed_as_a_newspaper_prints_it(form, value, text):
    """Halves go away from zero on the value's own decimals, a zero has no sign,
    one of a thing is singular."""
    assert form(value) == text


@pytest.mark.parametrize(("value", "text"), HEDGES)
def test_a_hedge_is_the_one_that_is_true(value, text):
    """Bare where the value rounds to a whole number, else nearly, just over, more than,
    or the exact figure."""
    assert figures.hedged_percent(value) == text


@pytest.mark.parametrize(("value", "text"), ODDS)
def test_odds_are_hedged_on_the_grid_of_five(value, text):
    """Only above even odds, and never as a certainty."""
    assert figures.probability(value) == text


@pytest.mark.parametrize(
    ("value", "line", "text"),
    [
        (0.0996, 0.1, "9.96%"),
        (0.09996, 0.1, "9.996%"),
        (0.1, 0.1, "10%"),
        (0.1002, 0.1, "10%"),
        (0.19996, 0.2, "19.996%"),
        (0.2, 0.2, "20%"),
        (0.08869, 0.1, "8.9%"),
    ],
)
def test_a_fall_is_not_rounded_onto_the_line_it_is_measured_against(value, line, text):
    """A fall of 9.96% is no correction, so it is not told as 10%."""
    assert figures.percent_near(value, line) == text
    assert figures.percent_near(-value, line) == text


@given(ANY)
def test_a_percentage_is_the_value_rounded_once_and_half_up(value):
    """The printed number is a rounding of the unrounded value,
    never further than half of its last place."""
    text = figures.percent(value)
    size = abs(Decimal(repr(value))) * 100
    if text == "less than 0.1%":
        assert 0 < size < Decimal("0.05")
    else:
        assert number(text) == size.quantize(
            Decimal(1) if size >= 100 else Decimal("0.1"), rounding=ROUND_HALF_UP
        )


@given(ANY)
def test_no_prose_figure_has_a_minus(value):
    """The direction is in the words; the figure is a size."""
    for form in (
        figures.percent,
        figures.hedged_percent,
        figures.points,
        figures.percentage_points,
        figures.basis_points,
    ):
        assert not re.search("[-\u2212]", form(value))


@given(ANY)
def test_a_table_figure_has_the_sign_of_its_value_or_none(value):
    """A zero as printed has no sign."""
    text = figures.signed(value)
    assert text[0] in ("+" if value > 0 else "\u2212") or text == "0.0%"


@given(st.floats(0.01, 0.95))
def test_a_hedge_never_lies_about_the_side_of_its_number(value):
    """Nearly is below, just over and more than are above, and none is far from its number."""
    text, size = figures.hedged_percent(value), Decimal(repr(value)) * 100
    gap = size - number(text)
    assume(" " in text)
    assert (gap < 0) == text.startswith("nearly")
    assert (
        abs(gap)
        <= {"nearly": Decimal("0.2"), "just": Decimal("0.1"), "more": Decimal("0.6")}[
            text.split()[0]
        ]
    )


@given(st.integers(0, 200))
def test_counts_and_ranks_are_words_when_small(value):
    """The forms "three" and "third", then "11" and "11th"."""
    assert figures.count(value).isalpha() == (value < 10)
    assert figures.ordinal(value).isalpha() == (0 < value < 11) or value == 0
    assert value < 11 or re.fullmatch(r"\d+(st|nd|rd|th)", figures.ordinal(value))

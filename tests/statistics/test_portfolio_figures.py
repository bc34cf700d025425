"""Contributions add up, and so do local returns and the effect of currencies."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.errors import NoData
from reportgen.statistics import portfolio
from reportgen.statistics.portfolio import Segment, change, drawdown, effective

COUNT = 4
LEVELS = st.lists(st.floats(1, 5000), min_size=COUNT, max_size=COUNT)
MOVES = st.lists(st.floats(0.5, 2), min_size=COUNT, max_size=COUNT)
QUANTITIES = st.lists(st.floats(1, 1e6), min_size=COUNT, max_size=COUNT)


@st.composite
def books(draw):
    """Segments of one book, each beginning with the prices that the one before ended with."""
    segments, prices, rates = [], np.array(draw(LEVELS)), np.array(draw(LEVELS))
    for _ in range(draw(st.integers(1, 3))):
        after, then = prices * draw(MOVES), rates * draw(MOVES)
        held = np.array(draw(QUANTITIES))
        segments.append(Segment(quantities=held, prices=(prices, after), rates=(rates, then)))
        prices, rates = after, then
    return segments


@given(books())
def test_contributions_add_up_to_the_return_of_the_book(segments):
    """Whatever is bought and sold between the segments."""
    found = change(segments)
    growth = 1.0
    for one in segments:
        ends = [
            float((one.quantities * p * x).sum())
            for p, x in zip(one.prices, one.rates, strict=True)
        ]
        growth *= ends[1] / ends[0]
    scale = np.abs(found.contributions).sum() + 1
    assert found.contributions.sum() == pytest.approx(found.total, abs=1e-12 * scale)
    assert found.total == pytest.approx(growth - 1, rel=1e-9, abs=1e-9)


@given(books())
def test_gains_add_up_to_the_change_of_the_values(segments):
    """Purchases and sales are no gains."""
    found = change(segments)
    moved = 0.0
    for one in segments:
        first, last = (one.quantities * p * x for p, x in zip(one.prices, one.rates, strict=True))
        moved += float((last - first).sum())
    assert found.gain == pytest.approx(moved, rel=1e-9, abs=1e-3)


@given(books())
def test_a_book_in_one_currency_has_no_effect_of_currencies(segments):
    """Where rates stand still, all of a return is local."""
    still = [
        Segment(quantities=s.quantities, prices=s.prices, rates=(s.rates[0], s.rates[0]))
        for s in segments
    ]
    assert not change(still).currency.any()


@given(books())
def test_money_in_another_currency_moves_with_its_rate_alone(segments):
    """Where prices stand still, all of a return is that of the rates."""
    still = [
        Segment(quantities=s.quantities, prices=(s.prices[0], s.prices[0]), rates=s.rates)
        for s in segments
    ]
    found = change(still)
    assert found.currency == pytest.approx(found.contributions, rel=1e-9, abs=1e-9)


def test_a_contribution_is_the_weight_times_the_return():
    """Half of the book rises 10%: five percentage points."""
    one = Segment(
        quantities=np.array([1.0, 2.0]),
        prices=(np.array([100.0, 50.0]), np.array([110.0, 50.0])),
        rates=(np.ones(2), np.ones(2)),
    )
    assert change([one]).contributions.tolist() == pytest.approx([0.05, 0.0])


def test_a_part_of_a_later_segment_is_worth_the_growth_before_it():
    """The book doubles, then gains a tenth: the second part is a fifth of the first value."""
    first, second = ((10.0, 20.0), (20.0, 22.0))
    book = [
        Segment(
            quantities=np.array([1.0]),
            prices=(np.array([a]), np.array([b])),
            rates=(np.ones(1), np.ones(1)),
        )
        for a, b in (first, second)
    ]
    assert change(book).total == pytest.approx(1.2)
    assert change(book).contributions.tolist() == pytest.approx([1.2])


def test_a_book_without_value_has_no_return():
    """It is refused, and nothing is divided by zero."""
    nothing = Segment(
        quantities=np.zeros(1), prices=(np.ones(1), np.ones(1)), rates=(np.ones(1), np.ones(1))
    )
    with pytest.raises(NoData, match="no value"):
        change([nothing])


@pytest.mark.parametrize(
    ("weights", "number"), [([1.0], 1.0), ([0.5, 0.5], 2.0), ([0.9, 0.1], 1.2195121951219512)]
)
def test_the_effective_number_is_that_of_equal_holdings(weights, number):
    """One over the sum of squared weights."""
    assert effective(weights) == pytest.approx(number)


@pytest.mark.parametrize(
    ("growth", "fall", "day"),
    [
        ([1.0, 1.2, 1.08], -0.1, 1),
        ([1.0, 1.2, 1.1, 1.2, 0.9], -0.25, 1),
        ([1.0, 1.1, 1.2], 0.0, 2),
        ([1.0, 1.0, 1.0], 0.0, 2),
    ],
)
def test_a_fall_is_measured_from_the_first_of_equal_highs(growth, fall, day):
    """At the high, it is none, and the day is the last."""
    days = pd.date_range("2025-01-06", periods=len(growth))
    found, when = drawdown(pd.Series(growth, index=days))
    assert (found, when) == (pytest.approx(fall), days[day])


def test_the_examples_are_true():
    """Those of the docstrings."""
    assert doctest.testmod(portfolio).failed == 0

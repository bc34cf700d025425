"""Groups of stocks told as one."""

from statistics import StatisticsError

import pandas as pd
import pytest

from reportgen.statistics import breadth
from reportgen.statistics import breadth as baskets

QUANTUM = {"IONQ": -0.39, "RGTI": -0.45, "QBTS": -0.36, "QUBT": -0.43}


def test_the_median_of_four_lies_between_the_middle_two():
    """Jan. 8, 2025, rounded: -39% and -43%."""
    assert baskets.median_change(QUANTUM) == pytest.approx(-0.41)


def test_the_median_of_three_is_the_middle_one():
    """One wild member does not move it."""
    assert baskets.median_change({"RIOT": -0.03, "CLSK": -0.05, "WULF": 9.0}) == -0.03


def test_an_empty_basket_has_no_median():
    """It is an error, never a zero."""
    with pytest.raises(StatisticsError):
        baskets.median_change({})


def test_an_unchanged_member_is_no_decliner():
    """Two of four fell."""
    assert baskets.decliners({"A": -0.01, "B": 0.0, "C": 0.02, "D": -1e-9}) == 2
    assert baskets.decliners({}) == 0


def test_the_extremes_are_the_lowest_and_the_highest_member():
    """RGTI fell most, QBTS least."""
    assert baskets.extremes(QUANTUM) == ("RGTI", "QBTS")


def test_ties_are_settled_by_the_alphabet_whatever_the_order():
    """The result does not depend on how a file is sorted."""
    assert baskets.extremes({"B": 0.01, "A": 0.01, "C": 0.01}) == ("A", "C")
    assert baskets.extremes({"C": 0.01, "A": 0.01, "B": 0.01}) == ("A", "C")


def test_a_basket_of_one_is_its_own_extremes():
    """Lowest and highest at once."""
    assert baskets.extremes({"RIOT": -0.03}) == ("RIOT", "RIOT")


def table(**columns):
    """A table of closes, a row a day to 31 December 2025."""
    days = max(map(len, columns.values()))
    index = pd.date_range(end="2025-12-31", periods=days)
    padded = {name: [float("nan")] * (days - len(one)) + [*one] for name, one in columns.items()}
    return pd.DataFrame(padded, index=index, dtype=float)


def test_advances_count_each_way():
    """A change of zero is neither, and an unknown one does not count."""
    changes = pd.Series({"A": 0.1, "B": -0.1, "C": 0.0, "D": float("nan"), "E": 1e-9})
    assert breadth.advance(changes) == (2, 1, 1)


def test_a_close_is_above_its_average_with_the_last_day_in_it():
    """The mean of 1, 1 and 4 is 2; three equal closes are not above theirs; NEW has too few."""
    closes = table(UP=[1, 1, 4], FLAT=[2, 2, 2], DOWN=[3, 2, 1], NEW=[9])
    assert breadth.above_average(closes, 3) == (1, 3)


def test_an_average_longer_than_the_table_is_of_none():
    """Nothing is said of it."""
    assert breadth.above_average(table(A=[1, 2]), 3) == (0, 0)


def test_a_one_year_high_is_above_each_close_of_the_year_before():
    """A close equal to the high is none; a high of more than a year ago does not count."""
    flat = [10.0] * 380
    closes = table(HIGH=[*flat, 11], EQUAL=flat, OLD=[20.0, *flat[:370], 11], NEW=[1, 2])
    assert breadth.one_year_highs(closes) == (2, 3)
    assert breadth.one_year_lows(closes) == (0, 3)


def test_a_close_is_not_above_the_mean_of_closes_that_are_all_equal():
    """Sums of 0.1 miss it by a rounding error, on either side."""
    flat = {f"S{n}": [0.1 * n] * 50 for n in range(1, 200)}
    assert breadth.above_average(table(**flat), 50) == (0, 199)
    risen = {name: [*values[:-1], values[-1] * (1 + 1e-9)] for name, values in flat.items()}
    assert breadth.above_average(table(**risen), 50) == (199, 199)

"""Groups of stocks told as one."""

from statistics import StatisticsError

import pytest

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

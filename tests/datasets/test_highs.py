"""The highest level within a session before the last one."""

import datetime as dt

import pandas as pd
import pytest

from reportgen.datasets.highs import highest_before

DAYS = pd.bdate_range("2025-06-02", periods=4)


def bars(*rows):
    """Bars of (low, high, close) by day, the last of which is the session."""
    table = pd.DataFrame(rows, columns=["low", "high", "close"], dtype=float)
    return table.assign(date=DAYS[: len(rows)])


def test_it_is_that_of_any_session_but_the_last():
    """Of the second one here."""
    rows = bars((98, 101, 100), (99, 104, 100), (99, 102, 101), (99, 110, 109))
    assert highest_before(rows) == (dt.date(2025, 6, 3), 104.0)


def test_the_first_of_two_equal_ones_counts():
    """It was reached then."""
    rows = bars((98, 104, 100), (99, 104, 100), (99, 102, 101))
    assert highest_before(rows) == (dt.date(2025, 6, 2), 104.0)


@pytest.mark.parametrize("close", [94.0, 150.0])
def test_a_close_near_it_without_a_range_leaves_it_unknown(close):
    """The high of that session may have been above it."""
    rows = bars((close, close, close), (99, 104, 100), (99, 102, 101))
    assert highest_before(rows) is None


def test_a_close_far_below_needs_no_range():
    """As those of the years before there were any."""
    rows = bars((50, 50, 50), (float("nan"), float("nan"), 60), (99, 104, 100), (99, 102, 101))
    assert highest_before(rows) == (dt.date(2025, 6, 4), 104.0)


def test_a_high_below_its_close_is_none():
    """Such a bar has no range."""
    rows = bars((90, 95, 100), (90, 101, 100), (99, 102, 101))
    assert highest_before(rows) is None


@pytest.mark.parametrize("columns", [["date", "close"], ["date", "close", "high"]])
def test_without_highs_or_lows_there_is_none(columns):
    """A file of closes has none."""
    assert highest_before(bars((98, 101, 100), (99, 104, 100))[columns]) is None


def test_a_single_session_has_none_before_it():
    """It is the last one."""
    assert highest_before(bars((98, 101, 100))) is None

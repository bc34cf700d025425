"""How far back one must go for a move as large, and what a record is."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.statistics import extremes


def test_the_latest_earlier_gain_at_least_as_large_is_found(series):
    """Of two larger gains the later one; larger losses do not count."""
    changes = series("2025-01-06", 0.04, 0.03, -0.05, 0.01, 0.02)
    assert extremes.last_as_large(changes) == dt.date(2025, 1, 7)


def test_a_loss_is_held_against_losses(series):
    """-2% today, -3% on Monday."""
    changes = series("2025-01-06", -0.03, 0.05, -0.01, 0.02, -0.02)
    assert extremes.last_as_large(changes) == dt.date(2025, 1, 6)


def test_a_tie_is_as_large(series):
    """The same unrounded change ends the search."""
    assert extremes.last_as_large(series("2025-01-06", 0.03, 0.02, 0.01, 0.02)) == dt.date(
        2025, 1, 7
    )


def test_moves_are_compared_unrounded(series):
    """Both print as +2.00%, but only the earlier one is as large."""
    changes = series("2025-01-06", 0.020002, 0.020000, 0.020001)
    assert extremes.last_as_large(changes) == dt.date(2025, 1, 6)


def test_the_largest_of_the_series_has_no_earlier_one(series):
    """Nor has the first change of all."""
    assert extremes.last_as_large(series("2025-01-06", 0.01, -0.09, 0.05)) is None
    assert extremes.last_as_large(series("2025-01-06", 0.01)) is None


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(-6, 6).map(lambda n: n / 4), min_size=1, max_size=40))
def test_last_as_large_agrees_with_looking_at_every_day(moves):
    """A plain loop backward, on changes with many ties."""
    days = pd.bdate_range("2025-01-06", periods=len(moves))
    expected = None
    for day, move in zip(reversed(days[:-1]), reversed(moves[:-1]), strict=True):
        if (move >= moves[-1]) if moves[-1] > 0 else (move <= moves[-1]):
            expected = day.date()
            break
    assert extremes.last_as_large(pd.Series(moves, index=days)) == expected


def test_sessions_are_counted_not_days(series):
    """From Friday, Jan. 3 to Wednesday, Jan. 8 there are three."""
    changes = series("2025-01-03", 0.01, 0.01, 0.01, 0.01)
    assert extremes.sessions_between(changes, dt.date(2025, 1, 3)) == 3


def test_the_last_session_is_no_session_after_itself(series):
    """And a day before the series leaves all of it."""
    changes = series("2025-01-06", 0.01, 0.01)
    assert extremes.sessions_between(changes, dt.date(2025, 1, 7)) == 0
    assert extremes.sessions_between(changes, dt.date(2024, 12, 31)) == 2


def test_a_record_is_above_every_earlier_close(series):
    """A cent is enough."""
    assert extremes.is_record(series("2025-01-06", 100.0, 120.0, 110.0, 120.01))


def test_a_record_that_is_only_reached_again_is_none(series):
    """Nor is the first close of a series."""
    assert not extremes.is_record(series("2025-01-06", 100.0, 120.0, 110.0, 120.0))
    assert not extremes.is_record(series("2025-01-06", 100.0))


def test_the_lowest_close_since_is_dated_by_the_latest_close_as_low(series):
    """95 on Tuesday, 97 on Wednesday, 96 now."""
    closes = series("2025-01-06", 90.0, 95.0, 97.0, 96.0)
    assert extremes.last_close_as_far(closes, below=True) == dt.date(2025, 1, 7)


def test_the_highest_close_since_is_dated_by_the_latest_close_as_high(series):
    """A tie counts: 103 on Monday, 103 now."""
    closes = series("2025-01-06", 103.0, 101.0, 99.0, 103.0)
    assert extremes.last_close_as_far(closes, below=False) == dt.date(2025, 1, 6)


def test_a_close_that_was_never_as_low_or_as_high_has_no_date(series):
    """A new low, and a new high."""
    assert extremes.last_close_as_far(series("2025-01-06", 103.0, 101.0, 99.0), below=True) is None
    assert extremes.last_close_as_far(series("2025-01-06", 99.0, 101.0, 103.0), below=False) is None


def test_a_superlative_rests_on_the_value_now_that_of_then_and_the_extreme_between(series):
    """The greatest one between where now is the highest since, the least where it is the lowest."""
    high, low = series("2025-01-06", 9, 3, 5, 8), series("2025-01-06", 1, 5, 3, 2)
    since = dt.date(2025, 1, 6)
    assert extremes.evidence(high, since) == {"now": 8, "then": 9, "between": 5}
    assert extremes.evidence(low, since) == {"now": 2, "then": 1, "between": 3}
    assert extremes.evidence(series("2025-01-06", 9, 8), since) == {"now": 8, "then": 9}


@pytest.mark.parametrize(
    ("values", "above", "found"),
    [
        ((5, 3, 4), True, (0, 2, 1, {"now": 4, "then": 5, "between": 3})),
        ((3, 5, 4), False, (0, 2, 1, {"now": 4, "then": 3, "between": 5})),
        ((4, 1, 3, 2, 4), True, (0, 4, 2, {"now": 4, "then": 4, "between": 3})),
        ((1, 2, 3), True, (-1, 2, 1, {"now": 3, "between": 2})),
        ((2, 3), False, (0, 1, 0, {"now": 3, "then": 2})),
        ((7,), True, None),
    ],
)
def test_how_far_back_a_value_was_as_far(series, values, above, found):
    """Its place, how long ago, the farthest one since; a tie is as far."""
    assert extremes.farthest(series("2025-01-06", *values), above=above) == found


def test_a_series_counts_from_its_last_missing_day_on(series):
    """And before the first day that is due, from its last break of more than ten days."""
    levels = series({"2024-12-02": 1, "2024-12-20": 2, "2025-01-06": 3, "2025-01-08": 4})
    due = pd.bdate_range("2025-01-06", "2025-01-08")
    assert list(extremes.unbroken(levels, due)) == [4]
    assert list(extremes.unbroken(levels, due[[0, 2]])) == [2, 3, 4]
    assert list(extremes.unbroken(levels, due[:0])) == [3, 4]
    assert list(extremes.unbroken(levels[2:], due[[0, 2]])) == [3, 4]

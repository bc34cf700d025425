"""Moving averages, and their crosses."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.core.errors import NoData
from reportgen.statistics import averages


def test_a_simple_average_is_the_mean_of_the_last_sessions(series):
    """(3 + 5 + 10) / 3 = 6; what is older does not count."""
    levels = series("2025-01-06", 900.0, 3.0, 5.0, 10.0)
    assert averages.simple(levels, 3) == pytest.approx(6.0, rel=1e-12)


def test_an_average_over_all_sessions_counts_all_of_them(series):
    """No session more is asked for than there is."""
    assert averages.simple(series("2025-01-06", 1.0, 2.0), 2) == pytest.approx(1.5)


def test_a_longer_average_than_the_history_is_refused_with_both_numbers(series):
    """It is not made of what there is."""
    with pytest.raises(NoData, match="needs 3 sessions, and the history has 2"):
        averages.simple(series("2025-01-06", 1.0, 2.0), 3)


def test_a_window_of_no_session_is_refused(series):
    """Nothing is its mean."""
    with pytest.raises(NoData, match="one session or more"):
        averages.simple(series("2025-01-06", 1.0), 0)


def test_an_exponential_average_begins_with_a_mean_and_follows_by_two_over_n_and_one(series):
    """Of span 3: (1 + 2 + 3) / 3 = 2; 2 + (6 - 2) / 2 = 4; 4 + (10 - 4) / 2 = 7."""
    levels = series("2025-01-06", 1.0, 2.0, 3.0, 6.0, 10.0)
    assert averages.exponential(levels, 3) == pytest.approx(7.0, rel=1e-12)


def test_the_gap_is_a_share_of_the_average(series):
    """9 is half above 6."""
    levels = series("2025-01-06", 4.0, 5.0, 9.0)
    assert averages.gap(levels, 3) == pytest.approx(0.5, rel=1e-12)


def test_a_gap_to_an_average_below_zero_is_refused(series):
    """As of oil in April 2020."""
    with pytest.raises(NoData, match="not above zero"):
        averages.gap(series("2025-01-06", -4.0, 1.0), 2)


def test_a_cross_is_on_the_session_of_the_change_of_sides(series):
    """Of 1 and 2 sessions: below on January 7, above from January 8, below again on January 10."""
    levels = series("2025-01-06", 10.0, 9.0, 11.0, 12.0, 8.0)
    assert averages.crosses(levels, 1, 2) == [
        (dt.date(2025, 1, 8), 1),
        (dt.date(2025, 1, 10), -1),
    ]


def test_an_average_that_touches_the_other_and_turns_has_crossed_nothing(series):
    """Equal on January 8, above on both sides of it."""
    levels = series("2025-01-06", 10.0, 11.0, 11.0, 12.0)
    assert averages.crosses(levels, 1, 2) == []


def test_an_average_that_rests_on_the_other_crosses_when_it_leaves_it(series):
    """Above, equal on January 8 and 9, below on January 10."""
    levels = series("2025-01-06", 10.0, 11.0, 11.0, 11.0, 10.0)
    assert averages.crosses(levels, 1, 2) == [(dt.date(2025, 1, 10), -1)]


@pytest.mark.parametrize(("short", "long", "reason"), [(2, 2, "no shorter"), (1, 9, "has 3")])
def test_averages_that_cannot_cross_are_refused(short, long, reason, series):
    """One is no shorter than the other, or the history is too short."""
    with pytest.raises(NoData, match=reason):
        averages.crosses(series("2025-01-06", 1.0, 2.0, 3.0), short, long)

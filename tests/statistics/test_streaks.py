"""Runs of gains and losses, and when one has ended."""

import pytest

from reportgen.statistics import streaks


@pytest.mark.parametrize(
    ("changes", "length"),
    [
        ([], 0),
        ([0.01], 1),
        ([-0.01], -1),
        ([0.0], 0),
        ([0.01, 0.02, 0.001], 3),
        ([0.01, -0.02, -0.001], -2),
        ([-0.01, 0.02], 1),
        ([0.01, 0.01, 0.0], 0),
        ([0.01, 0.0, 0.01, 0.01], 2),
        ([0.0, 0.0], 0),
    ],
)
def test_a_streak_is_the_run_that_the_last_change_belongs_to(series, changes, length):
    """Gains count up, losses down, and an unchanged close ends both."""
    assert streaks.streak(series("2025-01-06", *changes)) == length


def test_the_smallest_change_counts(series):
    """A cent on 2238.96 is a gain."""
    closes = series("2025-01-06", 2238.95, 2238.96, 2238.97)
    assert streaks.streak(closes.pct_change().dropna()) == 2


@pytest.mark.parametrize(
    ("changes", "length", "ago"),
    [
        ([1, 1, -1, 1, 1], 2, 3),
        ([1, 1, 1, -1, 1, 1], 2, 3),
        ([-1, -1, 1, -1, -1], -2, 3),
        ([1, -1, 1, 1], 2, None),
        ([1, 1], 2, None),
        ([1, 1, 0, 1], 1, 2),
    ],
)
def test_when_a_run_was_last_as_long(series, changes, length, ago):
    """Of the same sign, and before the run that the last change belongs to."""
    assert streaks.last_as_long(series("2025-01-06", *changes), length) == ago

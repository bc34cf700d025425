"""The usual size of a move, and how rare one is."""

import math

import pytest

from reportgen.core.errors import NoData
from reportgen.statistics import volatility


def test_equal_moves_have_their_own_size_as_volatility(series):
    """Twenty moves of 1% up or down: 1%, whatever their weights."""
    changes = series("2025-01-06", *[0.01, -0.01] * 10, 0.0)
    assert volatility.ewma(changes) == pytest.approx(0.01, rel=1e-12)


def test_the_move_to_be_judged_is_not_part_of_its_yardstick(series):
    """A crash today leaves the usual size as it was."""
    calm = series("2025-01-06", *[0.01] * 20, 0.0)
    crash = series("2025-01-06", *[0.01] * 20, -0.20)
    assert volatility.ewma(crash) == volatility.ewma(calm)


def test_the_newest_move_weighs_most_and_each_older_one_a_share_of_it(series):
    """With a decay of one half, 2% yesterday and 19 still days: 4e-4 / (2 - 2**-19)."""
    changes = series("2025-01-06", *[0.0] * 19, 0.02, 0.05)
    assert volatility.ewma(changes, decay=0.5) == pytest.approx(
        math.sqrt(0.0004 / (2 - 2**-19)), rel=1e-12
    )


def test_a_move_loses_six_percent_of_its_weight_a_day(series):
    """RiskMetrics' decay.

    One move of 1, 19 sessions before the newest, weighs 0.94**19 = 0.308624 of 11.831563.
    """
    changes = series("2025-01-06", 1.0, *[0.0] * 19, 0.0)
    assert volatility.ewma(changes) ** 2 == pytest.approx(0.308624 / 11.831563, abs=1e-7)


def test_twenty_earlier_moves_are_needed(series):
    """The error counts what there is."""
    with pytest.raises(
        NoData, match=r"\^RUT: 20 earlier changes are needed for a volatility, 19 found"
    ):
        volatility.ewma(series("2025-01-06", *[0.01] * 20))


def test_moves_of_more_than_five_hundred_sessions_ago_are_forgotten(series):
    """The one large move is number 501 before the last."""
    changes = series("2020-01-06", 1e9, *[0.01] * 500, 0.0)
    assert volatility.ewma(changes) == pytest.approx(0.01, rel=1e-12)


def test_the_spread_of_periods_is_around_their_mean(series):
    """-1% and +3%: two points either side of the mean."""
    assert volatility.of_periods(series("2025-01-06", -0.01, 0.03)) == pytest.approx(
        0.02, rel=1e-12
    )


def test_only_the_last_periods_count(series):
    """The wild first one is left out."""
    assert volatility.of_periods(series("2025-01-06", 9.0, -0.01, 0.03), last=2) == pytest.approx(
        0.02, rel=1e-12
    )


def test_the_share_of_moves_as_large_is_never_zero(series):
    """None of four was as large: (0 + 1) / (4 + 1)."""
    assert volatility.tail_share(
        series("2025-01-06", 0.01, -0.09, 0.02, 0.0, 0.03)
    ) == pytest.approx(0.2)


def test_ties_are_as_large_and_the_other_sign_is_not(series):
    """-2% and -5% of four: (2 + 1) / (4 + 1)."""
    assert volatility.tail_share(
        series("2025-01-06", -0.02, 0.09, -0.05, -0.01, -0.02)
    ) == pytest.approx(0.6)


def test_an_unchanged_close_is_as_common_as_it_can_be(series):
    """Every gain and every unchanged day is as large: (3 + 1) / (4 + 1)."""
    assert volatility.tail_share(
        series("2025-01-06", 0.01, 0.0, 0.02, -0.01, 0.0)
    ) == pytest.approx(0.8)


def test_rarity_is_judged_within_its_window(series):
    """Of the last three moves none was as large, however wild the fourth: 1 / 4."""
    assert volatility.tail_share(
        series("2025-01-06", 0.5, 0.01, 0.01, 0.01, 0.02), last=3
    ) == pytest.approx(0.25)


def test_the_first_move_of_all_is_certain(series):
    """With nothing to compare, nothing is rare."""
    assert volatility.tail_share(series("2025-01-06", 0.07)) == 1.0

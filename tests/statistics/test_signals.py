"""RSI, z-score, volume against its average, realised volatility and its percentile."""

from __future__ import annotations

import math

import pytest

from reportgen.core.errors import NoData
from reportgen.statistics import signals, volatility

WILDER = [54.8, 56.8, 57.85, 59.85, 60.57, 61.1, 62.17, 60.6, 62.35, 62.15, 62.35, 61.45, 62.8]
WILDER += [61.37, 62.5, 62.57]
"""Closes whose first 14 changes are gains of 11.80 and losses of 4.10; then one gain of 0.07."""


def test_the_rsi_smooths_as_wilder_does(series):
    """100 * 11.80 / 15.90 = 74.21. Then (13 * 0.8429 + 0.07) / 14 = 0.7877 against 0.2719: 74.34."""
    first = series("2025-01-06", *WILDER[:-1])
    assert signals.rsi(first) == pytest.approx(74.21, abs=0.005)
    assert signals.rsi(series("2025-01-06", *WILDER)) == pytest.approx(74.34, abs=0.005)


@pytest.mark.parametrize(
    ("levels", "value"),
    [((1, 2, 3, 4), 100.0), ((4, 3, 2, 1), 0.0), ((5, 5, 5, 5), 50.0), ((1, 2, 1, 1), 50.0)],
)
def test_the_rsi_goes_from_nothing_to_a_hundred(levels, value, series):
    """50 where gains and losses are as large, and where nothing moved."""
    assert signals.rsi(series("2025-01-06", *levels), 3) == pytest.approx(value)


def test_a_z_score_counts_the_last_value_too(series):
    """Of 1, 2, 3 the mean is 2 and the deviation 1: 3 is at 1."""
    values = series("2025-01-06", 99.0, 1.0, 2.0, 3.0)
    assert signals.z_score(values, 3) == pytest.approx(1.0, rel=1e-12)


def test_equal_values_have_no_z_score(series):
    """Nothing is divided by zero."""
    with pytest.raises(NoData, match="all values are the same"):
        signals.z_score(series("2025-01-06", 2.0, 2.0), 2)


def test_a_volume_is_measured_by_those_before_it(series):
    """300 against the mean of 100 and 200 is twice as much."""
    assert signals.volume_ratio(series("2025-01-06", 100.0, 200.0, 300.0), 2) == 2.0


def test_a_volume_after_none_is_refused(series):
    """It is no multiple of nothing."""
    with pytest.raises(NoData, match="nothing was traded"):
        signals.volume_ratio(series("2025-01-06", 0.0, 0.0, 3.0), 2)


def test_realised_volatility_is_annualised_by_252_sessions(series):
    """Simple changes of 1% and -1%: the sample deviation is 1.4142%, times the root of 252."""
    levels = series("2025-01-06", 100.0, 101.0, 99.99)
    found = volatility.realised(levels, 2, log=False)
    assert found == pytest.approx(math.sqrt(2) * 0.01 * math.sqrt(252), rel=1e-9)


def test_realised_volatility_is_of_logarithms_unless_it_says_otherwise(series):
    """A rise to twice the level and the fall back are as large: ln 2 and -ln 2."""
    levels = series("2025-01-06", 1.0, 2.0, 1.0)
    found = volatility.realised(levels, 2, year=1)
    assert found == pytest.approx(math.sqrt(2) * math.log(2), rel=1e-12)


def test_the_last_of_the_path_is_the_volatility_now(series):
    """Session by session, by the same formula."""
    levels = series("2025-01-06", 10.0, 11.0, 10.0, 12.0, 13.0)
    path = volatility.realised_path(levels, 2)
    assert len(path) == 3
    assert float(path.iloc[-1]) == pytest.approx(volatility.realised(levels, 2), rel=1e-12)


@pytest.mark.parametrize(("sessions", "levels"), [(1, (1, 2, 3)), (3, (1, 2, 3)), (2, (1, -1, 2))])
def test_a_volatility_of_too_little_or_of_levels_below_zero_is_refused(sessions, levels, series):
    """It needs two changes, and levels above zero."""
    with pytest.raises(NoData):
        volatility.realised(series("2025-01-06", *levels), sessions)


@pytest.mark.parametrize(
    ("values", "share"), [((1, 2, 3, 4), 1.0), ((4, 3, 2, 1), 0.25), ((1, 5, 3, 3), 0.75)]
)
def test_a_percentile_is_the_share_at_or_below_the_newest(values, share, series):
    """The newest is one of them."""
    assert volatility.percentile(series("2025-01-06", *values)) == share


def test_a_percentile_of_the_last_values_leaves_out_older_ones(series):
    """Of the last two."""
    assert volatility.percentile(series("2025-01-06", 9, 9, 1, 2), last=2) == 1.0

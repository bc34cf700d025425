"""Two series against each other."""

from __future__ import annotations

import pytest

from reportgen.core.errors import NoData
from reportgen.statistics import pairs


def test_beta_is_the_slope_of_the_changes(series):
    """Changes of twice the benchmark's have a beta of 2."""
    benchmark = series("2025-01-06", 100.0, 101.0, 99.99)
    levels = series("2025-01-06", 100.0, 102.0, 99.96)
    assert pairs.beta(levels, benchmark, 2) == pytest.approx(2.0, rel=1e-9)


def test_the_correlation_of_opposite_moves_is_minus_one(series):
    """1%, -1% against -1%, 1%."""
    one = series("2025-01-06", 100.0, 101.0, 99.99)
    other = series("2025-01-06", 100.0, 99.0, 99.99)
    assert pairs.correlation(one, other, 2) == pytest.approx(-1.0, rel=1e-9)


def test_a_session_that_one_lacks_is_left_out_of_both(series):
    """January 7 has no level of the other one: the change is from January 6 to 8."""
    one = series({"2025-01-06": 100.0, "2025-01-07": 500.0, "2025-01-08": 110.0, "2025-01-09": 99})
    other = series({"2025-01-06": 10.0, "2025-01-08": 11.0, "2025-01-09": 9.9})
    assert pairs.beta(one, other, 2) == pytest.approx(1.0, rel=1e-9)


def test_relative_strength_is_the_change_of_the_ratio(series):
    """1.2 / 1.1 - 1 = 0.0909."""
    levels, benchmark = series("2025-01-06", 10, 12), series("2025-01-06", 10, 11)
    assert pairs.relative_strength(levels, benchmark, 1) == pytest.approx(1 / 11, rel=1e-12)


def test_a_spread_is_of_the_last_session_that_both_have(series):
    """4.5% less 4.25%, of January 7."""
    ten = series({"2025-01-06": 0.04, "2025-01-07": 0.045})
    two = series({"2025-01-07": 0.0425, "2025-01-08": 0.01})
    assert pairs.spread(ten, two) == pytest.approx(0.0025, rel=1e-9)


def test_a_term_structure_is_near_over_far(series):
    """16 over 20 is contango at 0.8."""
    near, far = series("2025-01-06", 16.0), series("2025-01-06", 20.0)
    assert pairs.term_structure(near, far) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda a, b: pairs.beta(a, b, 9), "3 sessions in common; 10 are needed"),
        (lambda a, b: pairs.beta(a, b * 0 + 1, 2), "did not move"),
        (lambda a, b: pairs.correlation(a, b * 0 + 1, 2), "did not move"),
        (lambda a, b: pairs.relative_strength(a, -b, 1), "not above zero"),
        (lambda a, b: pairs.term_structure(a, b * 0), "not above zero"),
        (lambda a, b: pairs.spread(a, b.iloc[:0]), "0 sessions in common"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, reason, series):
    """With the reason, and no number that is none."""
    with pytest.raises(NoData, match=reason):
        call(series("2025-01-06", 1.0, 2.0, 3.0), series("2025-01-06", 4.0, 5.0, 6.0))

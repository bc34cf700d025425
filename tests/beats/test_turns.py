"""The way of an index over a window: the close from which it turned."""

import pytest

from reportgen.beats.windows.detect import days


@pytest.mark.parametrize(
    ("levels", "kind", "turn"),
    [
        ((98.0, 89.0, 99.0), "low_of_window", -0.11),  # down, and back
        ((102.0, 111.0, 101.0), "high_of_window", 0.11),  # up, and back
        ((98.0, 97.0, 96.0), None, None),  # the end is the low
    ],
)
def test_a_window_tells_where_it_turned(track, levels, kind, turn):
    """Where that is farther from its end than such a window usually moves."""
    ended = days(track("^GSPC", "2025-06-30", 100.0, *levels), "month")
    if kind is None:
        assert "turn" not in ended.finding.facts
        return
    assert ended.role("turn").kind == kind
    assert ended.role("turn").number == pytest.approx(turn, abs=0.004)

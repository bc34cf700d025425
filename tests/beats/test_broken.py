"""Runs of sessions that the last one ended."""

import pytest

from reportgen.beats.streaks.detect import broken


@pytest.mark.parametrize(
    ("levels", "kind", "length"),
    [
        ((100, 101, 102, 103, 104, 103), "streak_up_ended", 4),
        ((100, 99, 98, 97, 96, 95, 96), "streak_down_ended", 5),
        ((100, 101, 102, 103, 104, 104), "streak_up_ended", 4),  # unchanged
    ],
)
def test_a_run_of_four_sessions_that_ends_is_told(track, said, levels, kind, length):
    """An unchanged close ends it as well; a session more is a point more."""
    found = broken(track("^GSPC", "2025-06-06", 200 if levels[1] > 100 else 50, *levels))
    assert (found.finding.kind, said(found)["length"], found.finding.score) == (
        kind,
        length,
        length - 4,
    )


@pytest.mark.parametrize(
    "levels",
    [
        (200, 100, 101, 102, 103, 102),  # a run of three
        (200, 100, 101, 102, 103, 104, 105),  # it goes on
        (200, 100, 101, 102, 103, 104, 103, 104),  # it ended a session ago
        (200, 100, 101, 102, 102, 103, 104, 103),  # an unchanged close came between
    ],
)
def test_no_other_run_is(track, levels):
    """Too short, going on, over before, or two runs."""
    assert broken(track("^GSPC", "2025-06-06", *levels)) is None


def test_a_session_still_open_ends_no_run(track):
    """It may yet close the other way."""
    assert (
        broken(track("^GSPC", "2025-06-06", 200, 100, 101, 102, 103, 104, 103, live=True)) is None
    )

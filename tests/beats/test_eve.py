"""The session before, where this one turned it, paused, or went on with it for the first time."""

import pytest

from reportgen.beats.session.detect import eve


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ((100.3, 99.2, 99.5), True),  # a loss, then a gain
        ((100.3, 99.2, 98.9), True),  # a loss, then hardly more
        ((100.3, 99.2, 97.0), True),  # a loss that went on
        ((100.3, 99.5, 98.4, 97.0), False),  # a run of three, which is told as one
        ((100.3, 99.5, 98.4, 98.2), True),  # hardly more, after two losses
        ((100.3, 99.5, 99.7), True),  # a loss of 0.8% in calm weeks
        ((100.3, 99.6, 99.8), False),  # and one of 0.7%
    ],
)
def test_the_session_before_is_told_if_it_moved_far(track, levels, told):
    """A percent is far; in calm weeks, as here, three quarters of it are."""
    assert (eve(track("^GSPC", "2025-06-06", *levels)) is not None) == told


def test_it_is_the_change_and_the_day_of_the_session_before(track, said):
    """A Thursday, down 1.1%."""
    found = said(eve(track("^GSPC", "2025-06-06", 100.0, 98.9, 99.2)))
    assert (found["change"], found["date"]) == (pytest.approx(-0.011), "2025-06-05")


def test_what_is_calm_has_to_be_known(track):
    """Ten sessions do not tell it."""
    short = track("^GSPC", "2025-06-06", 100.3, 99.5, 99.7, start="2025-05-22")
    assert eve(short) is None


@pytest.mark.parametrize(
    ("levels", "kind"),
    [((100.3, 99.2, 97.0), "streak_down"), ((99.9, 101.1, 101.2), "streak_up")],
)
def test_two_of_one_direction_are_counted(track, levels, kind):
    """The second in a row, beside the size of the first."""
    found = eve(track("^GSPC", "2025-06-06", *levels))
    length = found.role("length")
    assert (length.kind, length.number) == (kind, 2)


def test_a_turn_is_no_run(track):
    """A loss, then a gain."""
    found = eve(track("^GSPC", "2025-06-06", 100.0, 98.9, 99.2))
    assert "length" not in found.finding.facts


def test_a_running_session_is_not_set_against_the_one_before(track):
    """It is not over."""
    assert eve(track("^GSPC", "2025-06-06", 100.0, 98.9, 99.2, live=True)) is None

"""The session before, where this one did not go on with it."""

import pytest

from reportgen.beats.session.detect import eve


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ((100.0, 98.9, 99.2), True),  # a loss, then a gain
        ((100.0, 98.9, 98.6), True),  # a loss, then hardly more
        ((100.0, 98.9, 97.0), False),  # a loss that went on
        ((100.0, 99.1, 99.5), False),  # a loss of less than a percent
    ],
)
def test_the_session_before_is_told_where_this_one_did_not_go_on_with_it(track, levels, told):
    """A percent is the least that it must have moved."""
    assert (eve(track("^GSPC", "2025-06-06", *levels)) is not None) == told


def test_it_is_the_change_and_the_day_of_the_session_before(track, said):
    """A Thursday, down 1.1%."""
    found = said(eve(track("^GSPC", "2025-06-06", 100.0, 98.9, 99.2)))
    assert (found["change"], found["date"]) == (pytest.approx(-0.011), "2025-06-05")


def test_a_running_session_is_not_set_against_the_one_before(track):
    """It is not over."""
    assert eve(track("^GSPC", "2025-06-06", 100.0, 98.9, 99.2, live=True)) is None

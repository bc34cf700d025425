"""Sessions that turned: how far they were from the close before,
and how much of it they made good."""

import pytest

from reportgen.beats.reversals.detect import reversal


@pytest.mark.parametrize(
    ("low", "high", "last", "kind"),
    [
        (97.9, 100.5, 99.1, "reversal_up"),  # more than half made good
        (97.9, 100.5, 98.8, None),  # less than half
        (98.1, 100.5, 100.4, None),  # it was never far down
        (97.9, 100.5, 100.4, "reversal_up"),
        (99.5, 102.1, 100.9, "reversal_down"),
        (99.5, 102.1, 101.2, None),
        (99.5, 101.9, 99.6, None),
        (97.0, 101.0, 97.2, None),
    ],
)
def test_at_least_half_must_be_made_good(track, low, high, last, kind):
    """Of a fall or a rise of 2% or more from the close before."""
    found = reversal(track("^GSPC", "2025-06-06", 100.0, last, low=low, high=high))
    assert (found.finding.kind if found else None) == kind


def test_exactly_half_is_half(track):
    """From 128 down to 124 and up to 126: the figures are exact in binary."""
    assert reversal(track("^GSPC", "2025-06-06", 128.0, 126.0, low=124.0, high=128.0)) is not None


@pytest.mark.parametrize(("last", "whole"), [(99.5, 0.0), (100.0, 3.0), (100.6, 3.0)])
def test_a_fall_wholly_made_good_weighs_more(track, last, whole):
    """An unchanged close has made good all of it."""
    found = reversal(track("^GSPC", "2025-06-06", 100.0, last, low=97.0, high=101.0))
    assert found.finding.parts == {"reach": 6.0, "whole": whole}


def test_the_reach_is_measured_from_the_close_before(track, said):
    """Not from the opening, which is not known: 3% and three points below 100."""
    told = said(reversal(track("^GSPC", "2025-06-06", 100.0, 100.5, low=97.0, high=101.0)))
    assert (told["reach"], told["reach_points"], told["change"]) == pytest.approx(
        (-0.03, -3.0, 0.005)
    )


@pytest.mark.parametrize("known", [{}, {"low": 97.0}, {"high": 103.0}])
def test_without_its_range_a_session_tells_no_reversal(track, known):
    """As one that is still open does not."""
    assert reversal(track("^GSPC", "2025-06-06", 100.0, 100.5, **known)) is None


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [(97.0, 102.0, "reversal_up"), (98.0, 103.5, "reversal_down"), (97.5, 102.4, "reversal_up")],
)
def test_a_session_that_went_far_both_ways_tells_the_larger_side(track, low, high, kind):
    """It was down 3% and up 2%: the fall is what it made good."""
    found = reversal(track("^GSPC", "2025-06-06", 100.0, 100.0, low=low, high=high))
    assert found.finding.kind == kind

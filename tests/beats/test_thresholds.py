"""The line in a picture is the one that its title speaks of."""

import pytest

from reportgen.beats.corrections.detect import chart_line


@pytest.mark.parametrize(
    ("levels", "line"),
    [
        ((100.0,), None),  # at its high there is nothing to draw
        ((96.0,), None),  # less than half the way to a correction
        ((94.0,), 90.18),  # more than half
        ((91.0, 89.9), 90.18),  # into a correction: 10% below 100.2
        ((81.0, 80.0), 80.16),  # into a bear market: 20% below
    ],
)
def test_the_line_is_that_of_the_title(track, levels, line):
    """A correction, a bear market, or none."""
    found = chart_line(track("^RUT", "2025-06-06", *levels))
    assert (round(float(found.value), 2) if found else None) == line


def test_a_history_of_months_has_no_line(track):
    """The high of one year is not in it."""
    assert chart_line(track("^RUT", "2025-06-06", 89.9, start="2025-03-03")) is None

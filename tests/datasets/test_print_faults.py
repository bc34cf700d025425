"""Figures of releases that cannot be what they say."""

from __future__ import annotations

import pandas as pd
import pytest

from reportgen.datasets.validation.prints import prints

FOUND = {"print"}
"""The checks whose faults are planted here."""


def table(**changed):
    """Two figures on prices and one on jobs; the last one with other values."""
    rows = [
        ("CUUR0000SA0", "2024-11", 2.7, "2024-12-11 08:30"),
        ("CUUR0000SA0", "2024-12", 2.9, "2025-01-15 08:30"),
        ("CES0000000001", "2024-12", 256_000.0, "2025-01-10 08:30"),
    ]
    frame = pd.DataFrame(rows, columns=["series", "period", "actual", "known_at"])
    for name, value in changed.items():
        frame.loc[2, name] = value
    known = pd.to_datetime(frame["known_at"]).dt.tz_localize("America/New_York")
    return frame.assign(known_at=known, stage="", previous=None)


def test_sound_figures_are_sound():
    """A loss of jobs, too."""
    assert prints(table()) == prints(table(actual=-22_000.0)) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"actual": 256.0}, "256 for 2024-12: in another unit"),
        ({"actual": float("nan")}, "nan for 2024-12"),
        ({"series": "LNS14000000", "actual": 4100.0}, "in another unit"),
        ({"known_at": "2024-12-06 08:30"}, "before it was over"),
        (
            {"series": "CUUR0000SA0", "actual": 3.0, "known_at": "2025-01-15 08:30"},
            "2024-12 has 2.9 and 3",
        ),
    ],
)
def test_a_figure_in_another_unit_too_early_or_told_twice_blocks(changed, words):
    """Jobs in thousands, a rate in hundredths, a month that is not over, two figures at once."""
    (one,) = prints(table(**changed))
    assert (one.check, one.severity) == ("print", "block")
    assert words in one.detail


def test_a_revision_later_is_no_fault():
    """It has a time of its own."""
    later = {"series": "CUUR0000SA0", "actual": 3.0, "known_at": "2025-02-12 08:30"}
    assert prints(table(**later)) == []

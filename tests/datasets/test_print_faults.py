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


# Bounds
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "value", "sound"),
    [
        ("CES0000000001", 999.0, False),
        ("CES0000000001", 1000.0, True),
        ("CES0000000001", -999.0, False),
        ("CES0000000001", 0.0, True),
        ("LNS14000000", 60.0, True),
        ("LNS14000000", 60.1, False),
        ("LNS14000000", -60.0, True),
        ("LNS14000000", -60.1, False),
    ],
)
def test_a_figure_has_the_size_of_its_unit(series, value, sound):
    """Jobs are persons, and a percentage is at most sixty."""
    assert (prints(table(series=series, actual=value)) == []) == sound


@pytest.mark.parametrize(
    ("period", "stage", "first"),
    [
        ("2024-12", "", "2024-12-15"),
        ("2024-12", "preliminary", "2024-12-06"),
        ("2024-Q4", "", "2024-12-15"),
        ("2024-12-18", "", "2024-12-18"),
    ],
)
def test_a_figure_comes_when_its_period_is_half_over(period, stage, first):
    """A first reading earlier, and one of a day on its day; the day before, none of them."""
    at = pd.Timestamp(f"{first} 08:30", tz="America/New_York")
    row = table().iloc[:1].assign(period=period, stage=stage)
    assert prints(row.assign(known_at=at)) == []
    assert len(prints(row.assign(known_at=at - pd.Timedelta(days=1)))) == 1

"""Tests that fail today on faults beyond the acceptance line.

They belong in tests/data/ once mended.
"""

from __future__ import annotations

import pytest
from test_commentary_current import told
from test_refused_commentary import GOOD

DAILY = "daily.csv.gz"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('default = "19:00"', 'default = "noon"', "noon"),
        ('path = "intraday.csv.gz"', 'path = "intraday.csv.gz"\nminutes = "x"', "minutes"),
        ('path = "intraday.csv.gz"', 'path = "intraday.csv.gz"\nminutes = -15', "minutes"),
        ('path = "events.csv"', "path = 5", "path"),
        ('path = "events.csv"', 'path = "events.csv"\ncolumns = "date"', "columns"),
    ],
)
def test_a_wrong_value_in_the_description_is_refused(sample, refused, old, new, word):
    """A value of the wrong kind in dataset.toml is named."""
    refused(sample.swap("dataset.toml", old, new), "dataset.toml", word)


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[: len(b) // 2],
        lambda b: b[:5000] + bytes(200) + b[5200:],
        lambda _: b"no archive",
    ],
)
def test_a_damaged_archive_is_refused(sample, refused, damage):
    """A file cut short in a download, or with flipped bytes, cannot be read as a table."""
    path = sample.folder / DAILY
    path.write_bytes(damage(path.read_bytes()))
    refused(sample, DAILY, "cannot be read")


def test_bars_before_and_after_the_clock_change_are_read(sample):
    """Offsets of summer and winter may stand in one file: that is how exchange time is written."""
    from reportgen.datasets.dataset import open_dataset, read

    sample.rows(
        "intraday.csv.gz", lambda rows: [["2024-10-31T10:00:00-0400", "^RUT", "2200"], *rows]
    )
    starts = read(open_dataset(sample.folder).of_role("intraday_bars")[0])["start"]
    assert [f"{t:%m-%d %H:%M}" for t in (starts.iloc[0], starts.iloc[1])] == [
        "10-31 10:00",
        "01-08 09:30",
    ]


def test_commentary_in_another_encoding_is_refused(sample, refused):
    """A file that is not UTF-8 is named, not a crash."""
    (sample.folder / "commentary" / "latin.md").write_bytes(
        GOOD.replace("Ann", "José").encode("latin-1")
    )
    refused(sample, "latin.md", "UTF-8")


def test_a_statement_long_before_its_event_is_no_part_of_it():
    """What was said two years before the election is not the mood around it."""
    assert not told("2022-11-05", "the Nov. 5 election")

"""Datasets that are missing, empty or misdescribed are refused in one line; nothing is written."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from sparing import first_quick

from reportgen.core.errors import BadData
from reportgen.datasets.dataset import open_dataset

DAILY = "daily.csv.gz"


def test_a_missing_dataset_is_refused(tmp_path, refused):
    """A folder that does not exist is named with what to give."""
    refused(
        tmp_path / "nowhere",
        "nowhere",
        "is not a folder",
        "give 'sample' or a folder with a dataset.toml",
    )


def test_a_folder_without_a_description_is_refused(tmp_path, refused):
    """A folder of loose files is no dataset."""
    (tmp_path / "loose").mkdir()
    refused(tmp_path / "loose", "has no dataset.toml", "names the files")


def test_a_missing_file_is_refused(sample, refused):
    """A file that the description names must be there."""
    (sample.folder / DAILY).unlink()
    refused(sample, "dataset.toml", f"'{DAILY}' does not exist")


@pytest.mark.parametrize(
    ("text", "words"), [("", "the file is empty"), ("date,symbol,close\n", "the file has no rows")]
)
def test_an_empty_file_is_refused(sample, refused, text, words):
    """No bytes, or a header and nothing below it."""
    refused(sample.write(DAILY, text), DAILY, words)


@pytest.mark.parametrize(
    ("name", "column"),
    first_quick(
        [
            (DAILY, "close"),
            ("intraday.csv.gz", "start"),
            ("rates.csv.gz", "series"),
            ("events.csv", "kind"),
        ],
        quick=1,
    ),
)
def test_a_missing_column_is_refused(sample, refused, name, column):
    """The line names the column, those found, and where to declare another name."""
    header, *rest = sample.lines(name)
    sample.write(name, "\n".join([header.replace(column, "other"), *rest, ""]))
    refused(
        sample,
        name,
        f"column '{column}' is missing",
        "found",
        "Name it under 'columns' in dataset.toml",
    )


def test_a_column_under_another_name_is_read(sample):
    """The mend that the message proposes works."""
    from reportgen.datasets.dataset import open_dataset, read

    header, *rest = sample.lines(DAILY)
    sample.write(DAILY, "\n".join([header.replace("close", "px_last"), *rest, ""]))
    sample.swap(
        "dataset.toml",
        'path = "daily.csv.gz"',
        'path = "daily.csv.gz"\ncolumns = { close = "px_last" }',
    )
    assert list(read(open_dataset(sample.folder).of_role("daily_bars")[0]).columns) == [
        "date",
        "symbol",
        "close",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('role = "rates"', 'role = "rate"', "Did you mean 'rates'?"),
        ('source = "public calendar"', 'sorce = "public calendar"', "Did you mean 'source'?"),
        ('source = "public calendar"', "", "'source' is missing below [[files]]"),
        ('name = "Sample market"', "", "'name' is missing"),
        ('name = "Sample market"', "name = ", "line 1: it is not valid TOML: Invalid value"),
    ],
)
def test_a_slip_in_the_description_is_refused(sample, refused, old, new, words):
    """A typo in dataset.toml is named, with the nearest word where there is one."""
    refused(sample.swap("dataset.toml", old, new), "dataset.toml", words)


def test_an_unknown_time_zone_is_refused(sample, refused):
    """A time zone that does not exist is named."""
    sample.rows("intraday.csv.gz", lambda rows: [[r[0].replace("-0500", ""), *r[1:]] for r in rows])
    sample.swap(
        "dataset.toml",
        'path = "intraday.csv.gz"',
        'path = "intraday.csv.gz"\ntimezone = "America/Gotham"',
    )
    refused(sample, "America/Gotham")


def test_a_file_that_is_no_archive_is_refused(sample, refused):
    """A name that promises gzip and bytes that are none cannot be read as a table."""
    (sample.folder / DAILY).write_bytes(b"no archive")
    refused(sample, DAILY, "cannot be read as a table")


def pipe(path):
    os.mkfifo(path)


def plug(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


@pytest.mark.parametrize(
    "special", [pipe, plug, Path.mkdir, lambda path: path.symlink_to("/dev/zero")]
)
def test_what_is_no_file_is_not_read(sample, special, monkeypatch):
    """A pipe that nobody writes would be waited for, and a device has no end."""
    monkeypatch.chdir(sample.folder)
    path = sample.folder / "daily.csv.gz"
    path.unlink()
    special(path)
    with pytest.raises(BadData, match=r"dataset.toml: 'daily.csv.gz' is not a file"):
        open_dataset(sample.folder)


@pytest.mark.parametrize(
    "days", ["+99999999999999d 00:00", "-1000d 00:00", f"+{'9' * 5000}d 00:00"]
)
def test_a_rule_of_more_days_than_a_calendar_has_is_refused(sample, days):
    sample.swap("dataset.toml", '{ default = "19:00" }', f'{{ default = "{days}" }}')
    with pytest.raises(BadData, match=r'line \d+: default = .* is not a rule: "close"'):
        open_dataset(sample.folder)


@pytest.mark.parametrize("text", [f"x = {'[' * 5000}{']' * 5000}", f"x = {'1' * 5000}"])
def test_a_description_that_no_reader_takes_is_refused_in_one_line(sample, text):
    sample.write("dataset.toml", text)
    with pytest.raises(BadData, match=r"dataset.toml: it is not valid TOML"):
        open_dataset(sample.folder)

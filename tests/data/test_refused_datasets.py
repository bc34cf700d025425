"""Datasets that are missing, empty or misdescribed are refused in one line; nothing is written."""

from __future__ import annotations

import pytest

DAILY = "daily.csv.gz"


def test_a_missing_dataset_is_refused(tmp_path, refused):
    """A folder that does not exist is named with what to give."""
    refused(tmp_path / "nowhere", "nowhere", "is not a folder", "give 'sample' or a folder with a dataset.toml")


def test_a_folder_without_a_description_is_refused(tmp_path, refused):
    """A folder of loose files is no dataset."""
    (tmp_path / "loose").mkdir()
    refused(tmp_path / "loose", "has no dataset.toml", "names the files")


def test_a_missing_file_is_refused(sample, refused):
    """A file that the description names must be there."""
    (sample.folder / DAILY).unlink()
    refused(sample, "dataset.toml", f"'{DAILY}' does not exist")


@pytest.mark.parametrize(("text", "words"), [("", "the file is empty"), ("date,symbol,close\n", "the file has no rows")])
def test_an_empty_file_is_refused(sample, refused, text, words):
    """No bytes, or a header and nothing below it."""
    refused(sample.write(DAILY, text), DAILY, words)


@pytest.mark.parametrize(
    ("name", "old", "column"),
    [(DAILY, "close", "close"), ("intraday.csv.gz", "start", "start"), ("rates.csv.gz", "series", "series"), ("events.csv", "kind", "kind")],
)
def test_a_missing_column_is_refused(sample, refused, name, old, column):
    """The line names the column, those found, and where to declare another name."""
    header, *rest = sample.lines(name)
    sample.write(name, "\n".join([header.replace(old, "other"), *rest, ""]))
    refused(sample, name, f"column '{column}' is missing", "found", "Name it under 'columns' in dataset.toml")


def test_a_column_under_another_name_is_read(sample):
    """The mend that the message proposes works."""
    from reportgen.data.dataset import open_dataset, read

    header, *rest = sample.lines(DAILY)
    sample.write(DAILY, "\n".join([header.replace("close", "px_last"), *rest, ""]))
    sample.swap("dataset.toml", 'path = "daily.csv.gz"', 'path = "daily.csv.gz"\ncolumns = { close = "px_last" }')
    assert list(read(open_dataset(sample.folder).of_role("daily_bars")[0]).columns) == ["date", "symbol", "close"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('role = "rates"', 'role = "rate"', "Did you mean 'rates'?"),
        ('source = "public calendar"', 'sorce = "public calendar"', "Did you mean 'source'?"),
        ('source = "public calendar"', "", "lacks 'source'"),
        ('name = "Sample market"', "", "'name' and at least one [[files]] entry are needed"),
        ('name = "Sample market"', "name = ", "Invalid value (at line 1"),
    ],
)
def test_a_slip_in_the_description_is_refused(sample, refused, old, new, words):
    """A typo in dataset.toml is named, with the nearest word where there is one."""
    refused(sample.swap("dataset.toml", old, new), "dataset.toml", words)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('default = "15:00"', 'default = "noon"', "noon"),
        ('path = "intraday.csv.gz"', 'path = "intraday.csv.gz"\nminutes = "x"', "minutes"),
        ('path = "intraday.csv.gz"', 'path = "intraday.csv.gz"\nminutes = -15', "minutes"),
        ('path = "events.csv"', "path = 5", "path"),
        ('path = "events.csv"', 'path = "events.csv"\ncolumns = "date"', "columns"),
    ],
)
def test_a_wrong_value_in_the_description_is_refused(sample, refused, old, new, word):
    """A value of the wrong kind in dataset.toml is named."""
    refused(sample.swap("dataset.toml", old, new), "dataset.toml", word)


def test_an_unknown_time_zone_is_refused(sample, refused):
    """A time zone that does not exist is named."""
    sample.rows("intraday.csv.gz", lambda rows: [[r[0].replace("-0500", ""), *r[1:]] for r in rows])
    sample.swap("dataset.toml", 'path = "intraday.csv.gz"', 'path = "intraday.csv.gz"\ntimezone = "America/Gotham"')
    refused(sample, "America/Gotham")


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b[:5000] + bytes(200) + b[5200:], lambda _: b"no archive"])
def test_a_damaged_archive_is_refused(sample, refused, damage):
    """A file cut short in a download, or with flipped bytes, can not be read as a table."""
    path = sample.folder / DAILY
    path.write_bytes(damage(path.read_bytes()))
    refused(sample, DAILY, "can not be read")


def test_intraday_bars_of_other_symbols_only_are_no_crash(sample, refused):
    """A file of bars that holds none of the report's symbols lacks the level of the index: held, in one line."""
    refused(sample.rows("intraday.csv.gz", lambda rows: [r for r in rows if r[1] == "XLB"]), "no intraday prices of ^RUT")


def test_bars_before_and_after_the_clock_change_are_read(sample):
    """Offsets of summer and winter may stand in one file: that is how exchange time is written."""
    from reportgen.data.dataset import open_dataset, read

    sample.rows("intraday.csv.gz", lambda rows: [["2024-10-31T10:00:00-0400", "^RUT", "2200"], *rows])
    starts = read(open_dataset(sample.folder).of_role("intraday_bars")[0])["start"]
    assert [f"{t:%m-%d %H:%M}" for t in (starts.iloc[0], starts.iloc[1])] == ["10-31 10:00", "01-08 09:30"]

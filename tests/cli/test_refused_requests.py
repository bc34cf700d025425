"""Requests that cannot be met end with exit code 2 and one line that names the mend.

Nothing is written.
"""

from __future__ import annotations

import datetime as dt

import pytest


@pytest.fixture
def refused_run(refused, tmp_path):
    """A run that must be refused with exit code 2 and leave no folder."""

    def check(args, *words):
        refused(2, ["run", *args, "--out", tmp_path / "out"], *words)
        assert list(tmp_path.iterdir()) == []

    return check


@pytest.mark.parametrize("name", ["small-cap", "smallcaps", "Small-Caps"])
def test_a_mistyped_report_gets_the_nearest_name(refused_run, name):
    """The name is repeated and the nearest one is proposed."""
    refused_run([name], f"no report '{name}'", "Did you mean 'small-caps'?")


@pytest.mark.parametrize("name", ["weather", "", "../small-caps", "small-caps/"])
def test_an_unknown_report_gets_the_known_names(refused_run, name):
    """A name that is near to none, or a path, is no report; a known one is shown."""
    refused_run([name], f"no report '{name}'", "small-caps")


def test_show_refuses_an_unknown_report_too(refused):
    """Each command that takes a report says the same."""
    refused(2, ["show", "small-cap"], "no report 'small-cap'", "Did you mean 'small-caps'?")


@pytest.mark.parametrize(
    ("param", "words"),
    [
        ("month=12", "no parameter 'month'. Did you mean 'months'?"),
        ("colour=red", "no parameter 'colour'. Known: benchmark, corners, mid_caps, months,"),
        ("months=twelve", "'months' is 'twelve'; it takes an integer"),
        ("months=6.5", "'months' is '6.5'; it takes an integer"),
        ("months=", "'months' is ''; it takes an integer"),
        ("months=2", "'months' is 2; it runs from 3 to 24"),
        ("months=25", "'months' is 25; it runs from 3 to 24"),
        ("months=-6", "'months' is -6; it runs from 3 to 24"),
        ("benchmark=^DJX", "'benchmark' is '^DJX'; choose one of ^GSPC, ^IXIC"),
        ("months", "'--param months' has no value; write --param NAME=VALUE"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_takes(refused_run, param, words):
    """Unknown, mistyped, of another type, out of bounds, no choice, no value."""
    refused_run(["small-caps", "-p", param], words)


@pytest.mark.parametrize(
    "when",
    [
        "2025-02-30",
        "2025-13-01",
        "yesterday",
        "",
        "08/01/2025",
        "2025-01-08 25:00",
        "2025-01-08 13:00+25:00",
    ],
)
def test_a_bad_date_is_shown_with_good_ones(refused_run, when):
    """What is no date is repeated beside three examples."""
    refused_run(
        ["small-caps", "--as-of", when],
        f"as-of '{when}' is not a date",
        "2025-01-08",
        "last-session",
    )


@pytest.mark.parametrize(
    ("when", "reason", "nearest"),
    [
        ("2025-01-11", "a Saturday", "2025-01-10 (Friday) and 2025-01-13 (Monday)"),
        (
            "2025-01-09",
            "a national day of mourning",
            "2025-01-08 (Wednesday) and 2025-01-10 (Friday)",
        ),
        ("2024-12-25", "Christmas Day", "2024-12-24 (Tuesday) and 2024-12-26 (Thursday)"),
    ],
)
def test_a_day_without_a_session_is_told_with_its_neighbours(refused_run, when, reason, nearest):
    """A closed day gives its reason and the nearest sessions."""
    refused_run(
        ["small-caps", "--as-of", when], f"{when} (", "has no trading session", reason, nearest
    )


def test_a_future_moment_is_refused(refused_run):
    """Tomorrow at noon does not exist yet, whatever the clock says today."""
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).strftime("%Y-%m-%d 12:00")
    refused_run(
        ["small-caps", "--as-of", tomorrow],
        f"as-of {tomorrow} lies in the future",
        "use last-session",
    )


@pytest.mark.parametrize("when", ["1980-01-08", "0001-01-01", "9999-12-31"])
def test_a_date_outside_the_calendar_is_refused(refused_run, when):
    """The calendar's first day is named."""
    refused_run(
        ["small-caps", "--as-of", when],
        f"{when} lies outside the trading calendar",
        "begins on 1990-01-01",
    )


def test_a_date_before_the_data_is_refused(refused, tmp_path):
    """A real session that the sample does not reach is no data: exit code 3."""
    args = ["run", "small-caps", "--as-of", "2019-01-08", "--out", tmp_path / "out"]
    refused(3, args, "no daily closes of ^RUT by 2019-01-08")
    (page,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert (page.name, page.read_text().partition("\n")[0]) == ("gate.txt", "VERDICT  HOLD")


def test_verbose_shows_where_an_error_came_from(call):
    """With -v the traceback is there for the one who asks; the last line stays the same."""
    result = call("-v", "show", "small-cap")
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("reportgen: There is no report 'small-cap'.")

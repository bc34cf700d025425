"""The recap of a week, the review of a month and of a year.

What any of them is told with, and that every word is borne out.
"""

from __future__ import annotations

import csv
import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from inprocess import produced
from sparing import first_quick
from told import assert_well_told, tell

from reportgen.cli import main
from reportgen.config.resources import SAMPLE
from reportgen.record.request import Request, load_report

WEEKS = ["2025-01-08", "2024-12-31", "2024-11-29", "2024-03-28", "2024-07-05", "2023-09-29"]
MONTHS = ["2025-01-08", "2024-12-31", "2024-11-29", "2024-03-28", "2024-02-29", "2023-07-31"]
YEARS = ["2025-01-08", "2024-12-31", "2024-11-29"]
ASKED = [
    *first_quick(f"weekly-recap {day}" for day in WEEKS),
    *first_quick(f"month-in-review {day}" for day in MONTHS),
    *first_quick(f"year-in-review {day}" for day in YEARS),
]


@pytest.fixture(scope="module", params=ASKED)
def brief(request):
    """A report of a window as of a day.

    In its middle, at its end, after half a session, before Good Friday, on a leap day.
    """
    report, as_of = request.param.split()
    return tell(as_of, report=report)


@pytest.fixture(scope="module")
def closes():
    """``closes(symbol)`` are the sample's closes by day, read without the package."""
    with gzip.open(SAMPLE / "daily.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    return lambda symbol: {
        row["date"]: float(row["close"]) for row in rows if row["symbol"] == symbol
    }


def session(told):
    """The session that a brief tells of."""
    return told.record.facts["session.date"].value


def test_it_is_well_told(brief):
    """Borne out, in good style, short, without a mark of the template,
    and no section of the notebook failed."""
    assert_well_told(brief)
    assert [section.name for section in brief.record.failed] == []


@pytest.mark.parametrize(
    ("report", "as_of", "told"),
    [
        ("weekly-recap", "2025-01-08", "2025-01-03"),
        ("weekly-recap", "2024-12-31", "2024-12-27"),
        ("weekly-recap", "2024-11-29", "2024-11-29"),
        ("weekly-recap", "2024-11-29 12:59", "2024-11-22"),
        ("weekly-recap", "2024-03-30", "2024-03-28"),
        ("month-in-review", "2025-01-08", "2024-12-31"),
        ("month-in-review", "2024-03-28", "2024-03-28"),
        ("month-in-review", "2024-03-01", "2024-02-29"),
        ("year-in-review", "2024-12-31 15:59", "2023-12-29"),
        ("year-in-review", "2025-01-08", "2024-12-31"),
    ],
)
def test_a_report_tells_of_the_last_whole_window(report, as_of, told):
    """In the middle of a week it is the week before, by its last session."""
    assert session(tell(as_of, report=report)) == told


def test_a_week_is_told_the_same_way_whenever_it_is_asked_for():
    """On its Friday, on the Sunday after and on the Wednesday after that."""
    asked = [
        tell(day, report="weekly-recap").text for day in ("2025-01-03", "2025-01-05", "2025-01-08")
    ]
    assert asked[0] == asked[1] == asked[2]


@pytest.mark.parametrize(
    ("report", "as_of", "fact", "base", "last"),
    [
        ("weekly-recap", "2024-03-28", "week_change", "2024-03-22", "2024-03-28"),
        ("weekly-recap", "2025-01-03", "week_change", "2024-12-27", "2025-01-03"),
        ("month-in-review", "2024-02-29", "month_change", "2024-01-31", "2024-02-29"),
        ("year-in-review", "2024-12-31", "ytd_change", "2023-12-29", "2024-12-31"),
    ],
)
def test_the_change_of_a_window_runs_from_the_close_before_it(
    closes, report, as_of, fact, base, last
):
    """Of all four indexes, by the rows of the file."""
    told = tell(as_of, report=report)
    for key, symbol in (("spx", "^GSPC"), ("dji", "^DJI"), ("comp", "^IXIC"), ("rut", "^RUT")):
        levels = closes(symbol)
        assert told.value(f"{key}.{fact}") == pytest.approx(levels[last] / levels[base] - 1)
        assert f"{levels[last]:,.2f}" in told.body


@pytest.mark.parametrize(
    ("report", "as_of", "shown", "base", "number"),
    [
        ("weekly-recap", "2025-01-03", "week", "2024-12-27", 4),
        ("month-in-review", "2024-02-29", "month", "2024-01-31", 20),
        ("year-in-review", "2024-12-31", "ytd", "2023-12-29", 252),
    ],
)
def test_the_days_of_a_window_are_counted(closes, report, as_of, shown, base, number):
    """Sessions, and those of them on which the S&P 500 rose, by the rows of the file."""
    told = tell(as_of, report=report)
    levels = [level for day, level in sorted(closes("^GSPC").items()) if base <= day <= as_of]
    assert len(levels) - 1 == number
    assert told.value(f"spx.{shown}.sessions") == number
    assert told.value(f"spx.{shown}.rising") == sum(
        now > before for before, now in pairwise(levels)
    )


def test_a_number_is_preceded_by_the_article_it_sounds_with():
    """March 2024 was the Nasdaq's eighth gain in as many months on the sample."""
    told = tell("2024-03-28", report="month-in-review")
    assert "eighth gain" in told.text
    assert "a eighth" not in told.text


@pytest.mark.parametrize(
    ("report", "as_of"), [("month-in-review", "2021-02-26"), ("weekly-recap", "2021-03-05")]
)
def test_a_history_too_short_for_a_window_is_refused_as_missing_data(
    apart, tmp_path, report, as_of
):
    """The sample begins on Dec.

    31, 2020: one line that speaks of the data, with exit code 3, and no fault of the story.
    """
    result = apart("run", report, "--as-of", as_of, "--format", "txt", "--out", tmp_path / "out")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1), result.stderr
    assert "asks for a fact" not in result.stderr
    assert list(tmp_path.rglob("brief.*")) == []


@pytest.mark.slow
def test_a_month_of_weeks_is_made_by_one_command(apart, tmp_path):
    """December 2024 had four that ended; its other sessions are passed over."""
    args = [
        "--from",
        "2024-12-01",
        "--to",
        "2024-12-31",
        "--format",
        "txt",
        "--jobs",
        "2",
        "--out",
        str(tmp_path),
    ]
    result = apart("backfill", "weekly-recap", *args)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "4 made, 0 kept, 0 failed")
    made = sorted(folder.name for folder in (tmp_path / "weekly-recap").iterdir())
    assert made == ["2024-12-06", "2024-12-13", "2024-12-20", "2024-12-27"]
    assert all((tmp_path / "weekly-recap" / day / "brief.txt").stat().st_size for day in made)


def test_days_without_an_end_are_refused_before_anything_is_made(tmp_path):
    """From a Monday to a Thursday no week ended."""
    args = [
        "--from",
        "2024-12-09",
        "--to",
        "2024-12-12",
        "--format",
        "txt",
        "--out",
        str(tmp_path / "out"),
    ]
    result = CliRunner().invoke(main, ["backfill", "weekly-recap", *args])
    assert result.exit_code == 2
    assert "no finished session" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("report", "pictures"), [("month-in-review", {"heat", "rebased", "sectors"})]
)
def test_all_files_are_made_and_checked(tmp_path, alone, report, pictures):
    """The pictures and the table are in them.

    The brief may be sent, and its folder bears the day it tells of.
    """
    made = alone(
        produced, Request(report=load_report(report), as_of="2025-01-08"), tmp_path / "out"
    )
    names = {Path(file).name for file in made.files}
    assert names == {
        "brief.html",
        "brief.pdf",
        "brief.eml",
        "brief.txt",
        "brief.json",
        "gate.txt",
        "notebook.ipynb",
        "seal.json",
    }
    assert (made.verdict, Path(made.folder).name) == ("send", "2024-12-31")
    assert {picture.name for picture in made.narrative.pictures} >= pictures
    assert "indexes" in {table.name for table in made.narrative.tables}

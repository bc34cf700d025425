"""The daily recap: what any session is told with, and that every word of it is borne out."""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from inprocess import executed, produced
from sparing import first_quick
from told import assert_well_told, tell, tell_anew

from reportgen.config.resources import SAMPLE
from reportgen.config.settings import Settings
from reportgen.produce import telling
from reportgen.record.request import Request, load_report
from reportgen.story.citations import text_of
from reportgen.verify.factcheck import FactCheck

MOMENTS = [
    "2025-01-08",
    "2025-01-08 13:00",
    "2025-01-10 08:00",
    "2025-01-11 10:00",
    "2024-11-29",
    "2024-12-31",
    "2023-03-31",
    "2022-06-16",
]


@pytest.fixture(scope="module", params=MOMENTS)
def brief(request):
    """The recap of a moment on the sample.

    A close, during, before and after a session, a short day, ends of windows, a fall.
    """
    return tell(request.param, report="daily-recap")


def test_it_is_well_told(brief):
    """Borne out, in good style, short, without a mark of the template."""
    assert_well_told(brief)


def test_the_figures_of_every_index_are_told(brief):
    """Level, points and change in the table of the indexes, whatever the story tells of them."""
    table = next(table for table in brief.story.tables if table.name == "indexes")
    cells = {run.ref: run.text for row in table.rows for cell in row for run in cell if run.is_fact}
    for key in ("spx", "dji", "comp", "rut"):
        assert brief.value(f"{key}.level")
        assert brief.value(f"{key}.point_change") is not None
        assert brief.value(f"{key}.pct_change") is not None
        assert {f"{key}.level", f"{key}.point_change", f"{key}.pct_change"} <= cells.keys()
        assert cells[f"{key}.level"] == f"{brief.record.facts[f'{key}.level'].number:,.2f}"


def test_the_week_is_left_out_on_its_first_session():
    """A Monday's week is its day."""
    assert "week_change" not in " ".join(tell("2025-01-06", report="daily-recap").record.facts)
    assert "spx.week_change" in tell("2025-01-07", report="daily-recap").record.facts


def test_a_session_that_is_running_is_told_as_such():
    """No close, no record, no verb of the past for what goes on."""
    told = tell("2025-01-08 13:00", report="daily-recap")
    running = told.body.partition("The 10-year")[0]
    assert not re.search(r"\b(?:closed|ended|rose|fell|gained|lost|led)\b", running)
    captions = " ".join(text_of(runs) for where, runs in told.story.texts() if where == "caption")
    assert not re.search(r"\b(?:closed|ended|rose|fell|gained|lost|led)\b", captions)
    assert "during the session" in told.text


def said(folder, date, topic, speaker="Jane Doe"):
    """A statement of that *date* beside the data in *folder*."""
    head = (
        f"speaker: {speaker}\ntitle: strategist\nfirm: Example Securities\ndate: {date}\nkind:"
        f" quote\ntopic: {topic}\nsource: a note"
    )
    (folder / "commentary" / f"{date}-{topic}.md").write_text(
        f"---\n{head}\n---\nThe words of {date} on {topic}.\n"
    )


def test_what_people_said_since_the_session_before_is_told(tmp_path):
    """On its day and by name.

    On rates beside the yields; what is older, or of a month, belongs to other reports.
    """
    data = Path(shutil.copytree(SAMPLE, tmp_path / "data"))
    for date, topic in (
        ("2025-01-11", "technology"),
        ("2025-01-13", "rates"),
        ("2025-01-10", "old"),
        ("2025-01-14", "new"),
        ("2025-01", "month"),
    ):
        said(data, date, topic)
    told = tell("2025-01-13", data, report="daily-recap")
    quoted = [" ".join(text.split()) for text in re.findall(r"Doe.*?”", told.text, re.DOTALL)]
    assert quoted == [
        (
            "Doe, Example Securities' strategist, said on Saturday: “The words of 2025-01-11 on"
            " technology.”"
        ),
        "Doe said on Monday: “The words of 2025-01-13 on rates.”",
    ]
    assert told.failed() == []
    assert told.text.index("2-year Treasury yield") < told.text.index("said on Monday")


def test_who_is_named_shortly_can_be_nobody_else(tmp_path):
    """Two of one surname keep their first names.

    "Jr." is no name; what was said at one time is said "also".
    """
    data = Path(shutil.copytree(SAMPLE, tmp_path / "data"))
    for number, speaker in enumerate(
        ("Jane Doe", "John Doe", "Ann Ray Jr.", "Jane Doe", "Ann Ray Jr.")
    ):
        said(data, "2025-01-13", f"topic-{number}", speaker)
    told = tell("2025-01-13", data, report="daily-recap")
    assert re.findall(r"^(.*?): “", told.text, re.MULTILINE) == [
        "Jane Doe, Example Securities' strategist, said on Monday",
        "John Doe, Example Securities' strategist, said on Monday",
        "Ann Ray Jr., Example Securities' strategist, said on Monday",
        "Jane Doe also said",
        "Ray also said",
    ]
    assert told.failed() == []


@pytest.mark.slow
def test_a_cause_is_that_of_its_own_day(tmp_path):
    """Or of the week, month or year that a report tells of, where its day is known well enough."""
    data = Path(shutil.copytree(SAMPLE, tmp_path / "data"))
    for date in ("2025-01-10", "2025-01-13", "2025-01-15", "2025-01"):
        said(data, date, "driver")
    full = "Jane Doe, Example Securities' strategist, said"
    signed = {
        name: re.findall(
            r"(?:driver,” |— )(Jane Doe, .*?)\.?(?:\n| The | It )",
            tell(day, data, report=name).text,
        )
        for name, day in (
            ("daily-recap", "2025-01-15"),
            ("small-caps", "2025-01-13"),
            ("weekly-recap", "2025-01-20"),
            ("month-in-review", "2025-02-01"),
        )
    }
    assert signed == {
        "daily-recap": [full],
        "small-caps": [full],
        "weekly-recap": [f"{full} on Wednesday", "Jane Doe, Jan. 13"],
        "month-in-review": [
            f"{full} on Jan. 15",
            "Jane Doe, Jan. 10",
            "Jane Doe, Jan. 13",
            "Jane Doe, January",
        ],
    }


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        ("on Monday", "on Tuesday"),
        ("said on", "also said on"),
        ("Jane Doe, Example", "John Doe, Example"),
    ],
)
def test_an_attribution_that_is_not_so_is_refused(tmp_path, told, instead):
    """Another day, another person, or a second remark where there is one alone."""
    data = Path(shutil.copytree(SAMPLE, tmp_path / "data"))
    said(data, "2025-01-13", "technology")
    brief = tell("2025-01-13", data, report="daily-recap")
    wrong = _reworded(brief.story, told, instead)
    assert [check.reason for check in FactCheck(brief.record).narrative(wrong)] == [
        "not word for word what the file says"
    ]


def _reworded(story, words, instead):
    """*story* with other words where somebody is introduced."""
    blocks = [
        (
            replace(
                block,
                runs=tuple(
                    (
                        replace(run, text=run.text.replace(words, instead))
                        if run.ref.startswith("commentary.")
                        else run
                    )
                    for run in block.runs
                ),
            )
            if hasattr(block, "runs")
            else block
        )
        for block in story.blocks
    ]
    return replace(story, blocks=tuple(blocks))


VIEWS = [
    name for name, parameter in load_report("daily-recap").parameters.items() if parameter.view
]


@pytest.fixture(scope="module")
def recapped():
    """The executed notebook of the daily recap of a day with large moves."""
    return executed("2025-01-27", report="daily-recap")


@pytest.mark.parametrize(
    "without",
    first_quick(
        ([*c] for n in range(len(VIEWS) + 1) for c in itertools.combinations(VIEWS, n)),
        1 + len(VIEWS),
    ),
    ids=" ".join,
)
def test_every_reader_can_leave_out_what_they_want(recapped, without):
    """Whatever is left out, the rest is borne out and in good style."""
    hidden = load_report("daily-recap").hidden({name: name not in without for name in VIEWS})
    brief = telling.tell(recapped, hidden)
    assert (
        telling.check_renderings(
            brief.narrative, brief.record, telling.render(brief, ("txt",), Settings())
        )
        == []
    )


@pytest.mark.slow
def test_neighbours_do_not_begin_alike():
    """Ten sessions in a row: no two first sentences are built the same way."""
    days = [
        "2024-09-03",
        "2024-09-04",
        "2024-09-05",
        "2024-09-06",
        "2024-09-09",
        "2024-09-10",
        "2024-09-11",
        "2024-09-12",
    ]
    built = [_skeleton(tell(day, report="daily-recap")) for day in days]
    assert all(first != second for first, second in pairwise(built))


def _skeleton(told):
    lead = next(block.runs for block in told.story.blocks if hasattr(block, "runs"))
    return "".join("_" if run.ref else run.text for run in lead)


def test_the_same_session_is_told_the_same_way_whenever_it_is_told():
    """The choice of words depends on the report and the session alone."""
    asked = ("2024-10-15", "sample", "daily-recap")
    once, again = (tell_anew(*asked).text for _ in range(2))
    tell("2024-10-16", report="daily-recap")
    assert once == again == tell_anew(*asked).text


@pytest.mark.parametrize("as_of", ["2025-01-08", "2025-01-08 13:00"])
def test_all_files_are_made_and_checked(tmp_path, alone, as_of):
    """The tables are in every rendering, and every rendering says what the story says."""
    request = Request(report=load_report("daily-recap"), as_of=as_of)
    made = alone(produced, request, tmp_path / "out")
    assert {Path(file).name for file in made.files} == {
        "brief.html",
        "brief.pdf",
        "brief.eml",
        "brief.txt",
        "brief.json",
        "gate.txt",
        "notebook.ipynb",
        "seal.json",
    }
    assert {table.name for table in made.narrative.tables} >= {"indexes", "windows"}

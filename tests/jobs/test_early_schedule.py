"""A brief before the open on schedule: when it is due, when it is done, and when it is overdue."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reportgen.jobs import schedule
from reportgen.record.request import load_report

EARLY = load_report("pre-open")
NEW_YORK = ZoneInfo("America/New_York")


def at(text):
    """A moment in New York."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def finish(out, label, session):
    """Leave the files of a finished brief, told of the *session* before."""
    place = Path(out) / EARLY.name / label
    place.mkdir(parents=True)
    (place / "brief.json").write_text(json.dumps({"session": session}))
    (place / "gate.txt").write_text("VERDICT  SEND\n")


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2025-01-08 06:29", "2025-01-07"),
        ("2025-01-08 06:35", "2025-01-08"),
        ("2025-01-09 06:35", "2025-01-08"),  # a day of mourning
        ("2025-01-11 06:35", "2025-01-10"),  # Saturday
    ],
)
def test_the_edition_of_the_session_to_come_is_due(tmp_path, when, day):
    """It is named by the day on which the session opens."""
    found = schedule.due(EARLY, str(tmp_path), at(when))
    assert [session.isoformat() for session in found.sessions] == [day]


def test_a_finished_edition_is_not_due_again(tmp_path):
    """A second call on the day, and all calls on the holiday after it, do nothing."""
    finish(tmp_path, "2025-01-08T0630", "2025-01-07")
    for when in ("2025-01-08 06:40", "2025-01-08 12:00", "2025-01-09 06:40"):
        assert schedule.due(EARLY, str(tmp_path), at(when)).sessions == ()


def test_it_waits_for_data_until_the_deadline_of_its_day():
    """Not until that of the next day."""
    until = schedule.next_deadline(EARLY, "06:45", "", at("2025-01-08 06:35"))
    assert until == at("2025-01-08 06:45")


@pytest.mark.parametrize(
    ("when", "missing"),
    [
        ("2025-01-08 06:44", dt.date(2025, 1, 7)),
        ("2025-01-08 06:46", dt.date(2025, 1, 8)),
        ("2025-01-09 12:00", dt.date(2025, 1, 8)),
    ],
)
def test_it_is_overdue_from_the_deadline_of_its_day_on(tmp_path, when, missing):
    """And not once it is there."""
    assert schedule.overdue(EARLY, str(tmp_path), "06:45", "", at(when)) == missing
    finish(tmp_path, f"{missing}T0630", f"{missing - dt.timedelta(days=1)}")
    if missing.day == 8:
        assert schedule.overdue(EARLY, str(tmp_path), "06:45", "", at(when)) is None


@pytest.mark.parametrize(
    ("report", "now", "then"),
    [
        ("pre-open", "2025-01-08 05:23", "2025-01-08 06:30"),
        ("pre-open", "2025-01-08 06:35", "2025-01-08 06:35"),
        ("pre-open", "2025-01-09 05:23", "2025-01-09 05:23"),  # a day of mourning
        ("daily-recap", "2025-01-08 05:23", "2025-01-08 05:23"),
    ],
)
def test_a_morning_that_begins_early_waits_for_the_time_of_the_edition(report, now, then):
    """And then makes the edition of the day, not that of the day before."""
    clock = [at(now)]
    schedule.await_edition(
        load_report(report),
        at(f"{now[:10]} 06:45"),
        lambda: clock[0],
        lambda seconds: clock.append(clock.pop() + dt.timedelta(seconds=seconds)),
    )
    assert clock[0] == at(then)

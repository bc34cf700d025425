"""Whether a brief is due, on every kind of day and whatever the clocks do.

And waiting for its data.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reportgen.core.errors import InvalidParameter
from reportgen.jobs import schedule
from reportgen.record.request import Request, load_report

RECAP, WEEKLY = load_report("daily-recap"), load_report("weekly-recap")
NEW_YORK = ZoneInfo("America/New_York")


def at(text, zone=NEW_YORK):
    """A moment, by the clocks of a place."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def finish(out, *sessions, report=RECAP, gate="VERDICT  SEND"):
    """Leave the files of finished briefs."""
    for session in sessions:
        place = Path(out) / report.name / session
        place.mkdir(parents=True)
        (place / "brief.json").write_text(json.dumps({"session": session}))
        (place / "gate.txt").write_text(f"{gate}\n")


def due(out, when, report=RECAP, **more):
    """The sessions that are due, as text."""
    return [
        session.isoformat() for session in schedule.due(report, str(out), at(when), **more).sessions
    ]


# Due
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "session"),
    [
        ("2025-01-08 15:59", "2025-01-07"),  # the session is still open
        ("2025-01-08 16:00", "2025-01-08"),
        ("2025-01-09 06:45", "2025-01-08"),  # a day of mourning
        ("2025-01-09 20:00", "2025-01-08"),
        ("2025-01-11 12:00", "2025-01-10"),  # Saturday
        ("2025-01-12 23:00", "2025-01-10"),
        ("2024-11-29 12:59", "2024-11-27"),  # a half day, after Thanksgiving
        ("2024-11-29 13:00", "2024-11-29"),
        ("2025-03-10 06:45", "2025-03-07"),  # after the night in which clocks went forward
        ("2024-11-04 06:45", "2024-11-01"),  # and back
    ],
)
def test_the_last_closed_session_is_due(tmp_path, when, session):
    """On any day, until its brief is there."""
    assert due(tmp_path, when) == [session]
    finish(tmp_path, session)
    assert due(tmp_path, when) == []


def test_a_brief_that_the_gate_held_is_still_due(tmp_path):
    """What lies there is an older one."""
    finish(tmp_path, "2025-01-08", gate="VERDICT  HOLD")
    assert due(tmp_path, "2025-01-09 06:45") == ["2025-01-08"]


def test_a_machine_that_was_off_for_three_days_tells_the_newest_or_all(tmp_path):
    """By default what readers want now; the missed ones on request."""
    finish(tmp_path, "2025-01-03")
    assert due(tmp_path, "2025-01-09 06:45") == ["2025-01-08"]
    assert due(tmp_path, "2025-01-09 06:45", catch_up=True) == [
        "2025-01-06",
        "2025-01-07",
        "2025-01-08",
    ]


def test_a_new_desk_does_not_catch_up_with_the_past(tmp_path):
    """There is no brief to begin from."""
    assert due(tmp_path, "2025-01-09 06:45", catch_up=True) == ["2025-01-08"]


def test_a_weekly_report_is_due_when_its_week_is_over(tmp_path):
    """And weeks are what it catches up with."""
    assert due(tmp_path, "2025-01-09 06:45", WEEKLY) == ["2025-01-03"]
    assert due(tmp_path, "2025-01-10 16:00", WEEKLY) == ["2025-01-10"]
    finish(tmp_path, "2024-12-27", report=WEEKLY)
    assert due(tmp_path, "2025-01-10 16:00", WEEKLY, catch_up=True) == ["2025-01-03", "2025-01-10"]


def test_what_the_data_lack_is_said():
    """A store that ends before the session, and one that holds it."""
    now = at("2025-02-04 06:45")
    assert "2025-02-03 is needed" in schedule.lacking(
        Request(report=RECAP, as_of="2025-02-03"), now
    )
    assert schedule.lacking(Request(report=RECAP, as_of="2025-01-31"), now) == ""


# Waiting
# --------------------------------------------------------------------------------------


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now):
        self.now, self.slept = now, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += dt.timedelta(seconds=seconds)


def test_data_that_are_late_are_waited_for():
    """With longer and longer pauses, of five minutes at most."""
    clock = Clock(at("2025-01-09 05:00"))
    ready = at("2025-01-09 05:40")
    assert (
        schedule.wait(
            lambda: "" if clock() >= ready else "no close yet",
            at("2025-01-09 06:45"),
            clock,
            clock.sleep,
        )
        == ""
    )
    assert clock.slept[0] == 60
    assert clock.slept == sorted(clock.slept)
    assert max(clock.slept) <= 300
    assert ready <= clock() < ready + dt.timedelta(minutes=5)


def test_at_the_deadline_it_waits_no_longer():
    """And says what lacks; a deadline that has passed is not waited for at all."""
    clock = Clock(at("2025-01-09 06:30"))
    assert (
        schedule.wait(lambda: "no close yet", at("2025-01-09 06:45"), clock, clock.sleep)
        == "no close yet"
    )
    assert clock() == at("2025-01-09 06:45")
    late = Clock(at("2025-01-09 07:00"))
    assert (
        schedule.wait(lambda: "no close yet", at("2025-01-09 06:45"), late, late.sleep)
        == "no close yet"
    )
    assert late.slept == []


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2025-03-07T12:00+00:00", "America/New_York", "2025-03-07T11:45+00:00"),
        ("2025-03-10T12:00+00:00", "America/New_York", "2025-03-10T10:45+00:00"),  # summer time
        (
            "2025-01-09T02:00+00:00",
            "America/New_York",
            "2025-01-08T11:45+00:00",
        ),  # it is still the evening before there
        ("2025-01-09T02:00+00:00", "Europe/Berlin", "2025-01-09T05:45+00:00"),
    ],
)
def test_a_deadline_is_a_time_of_a_place(now, zone, expected):
    """On its own day, whatever its clocks do."""
    assert schedule.deadline(
        "06:45", zone, dt.datetime.fromisoformat(now)
    ) == dt.datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("clock", "zone"),
    [
        ("6:45", "UTC"),
        ("24:00", "UTC"),
        ("06:60", "UTC"),
        ("noon", "UTC"),
        ("06:45", "Moon/Crater"),
        ("06:45", "../x"),
    ],
)
def test_a_deadline_that_is_none_is_refused(clock, zone):
    """With how to write one."""
    with pytest.raises(InvalidParameter, match="write one such as"):
        schedule.deadline(clock, zone, at("2025-01-09 06:00"))


@pytest.mark.parametrize(
    ("when", "overdue"),
    [("2025-01-09 12:00", False), ("2025-01-10 06:44", False), ("2025-01-10 06:46", True)],
)
def test_a_brief_is_overdue_by_the_morning_of_the_next_session(tmp_path, when, overdue):
    """Not on a day on which nobody reads it."""
    found = schedule.overdue(RECAP, str(tmp_path), "06:45", "America/New_York", at(when))
    assert (found == dt.date(2025, 1, 8)) == overdue
    finish(tmp_path, "2025-01-08")
    assert schedule.overdue(RECAP, str(tmp_path), "06:45", "America/New_York", at(when)) is None


# One at a time
# --------------------------------------------------------------------------------------


def test_two_runs_of_one_report_do_not_go_at_once(tmp_path):
    """Of another report, or to another place, they do."""
    with (
        schedule.alone(RECAP, str(tmp_path)) as first,
        schedule.alone(RECAP, str(tmp_path)) as second,
    ):
        assert (first, second) == (True, False)
        with (
            schedule.alone(WEEKLY, str(tmp_path)) as other,
            schedule.alone(RECAP, str(tmp_path / "b")) as elsewhere,
        ):
            assert (other, elsewhere) == (True, True)
    with schedule.alone(RECAP, str(tmp_path)) as free:
        assert free


def test_what_fails_below_the_lock_is_said_as_it_is(tmp_path):
    """A file that is not there is not a lock that cannot be used."""
    with pytest.raises(FileNotFoundError), schedule.alone(RECAP, str(tmp_path)):
        (tmp_path / "nothing.json").read_bytes()


HOLDER = """
import sys, time
from reportgen.jobs import schedule
from reportgen.record.request import load_report
with schedule.alone(load_report("daily-recap"), sys.argv[1]) as free:
    print(free, flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_process_that_was_killed_is_gone(tmp_path):
    """Nothing has to be cleaned up."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"True\n"
        with schedule.alone(RECAP, str(tmp_path)) as free:
            assert not free
        holder.kill()
        holder.wait()
    with schedule.alone(RECAP, str(tmp_path)) as free:
        assert free

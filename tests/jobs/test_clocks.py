"""Virtual days, on which schedulers call as their lines say, and the command decides by its clock.

Over both changes of the clocks, in servers of several time zones: each brief is made before its
deadline, and looked for after it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
from functools import cache, partial
from zoneinfo import ZoneInfo

import pytest
import yaml

from reportgen.core.errors import InvalidParameter
from reportgen.jobs import schedule, workspace
from reportgen.record.request import load_report

RECAP, WEEKLY = load_report("daily-recap"), load_report("weekly-recap")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
SERVERS = ["UTC", "America/New_York", "Asia/Tokyo", "Asia/Kolkata"]  # by half hours
NEW_YORK = "America/New_York"
LONDON = "Europe/London"
WESTERN = {NEW_YORK: "06:45", LONDON: "06:45"}
DESKS = WESTERN | {"Asia/Tokyo": "07:15"}
"""Deadlines. That of Tokyo is little more than an hour after New York's close in winter; only what
is called every hour makes that.
"""
WEEKS = {  # around a change of the clocks in New York or in London, and around Thanksgiving
    "spring": ("2026-03-05", "2026-03-11"),
    "london-spring": ("2026-03-26", "2026-04-01"),
    "london-autumn": ("2026-10-22", "2026-10-28"),
    "autumn": ("2026-10-29", "2026-11-04"),
    "holidays": ("2026-11-24", "2026-12-01"),
}


class Call:
    """A call of a scheduler: when, what for, and the time at which it is to work."""

    def __init__(self, at, command, begin=""):
        self.at, self.watch, self.begin = at, command.endswith("watch"), begin


def hours(first, last):
    """All full hours in UTC from a day to another, both included."""
    at = dt.datetime.fromisoformat(first).replace(tzinfo=dt.UTC)
    end = dt.datetime.fromisoformat(last).replace(tzinfo=dt.UTC) + DAY
    while at < end:
        yield at
        at += HOUR


def ringing(line, server, first, last):
    """When a cron whose clock is that of *server* calls a *line*, by its five fields."""
    minute, *fields = line.split()[:5]
    for hour in hours(first, last):
        there = hour.astimezone(ZoneInfo(server))
        at = hour + (int(minute) - there.minute) % 60 * MINUTE
        there = at.astimezone(ZoneInfo(server))
        now = (there.hour, there.day, there.month, (there.weekday() + 1) % 7)
        if all(f == "*" or n in numbers(f) for f, n in zip(fields, now, strict=True)):
            yield at


def numbers(field):
    """The numbers that a field of cron names."""
    for part in field.split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


@cache
def written(scheduler, zone):
    """The lines for a scheduler."""
    deadline = DESKS[zone]
    return workspace.scheduled(scheduler, "desk-recap", HERE, zone=zone, deadline=deadline)


def cron(zone, server, first, last):
    """What a cron that knows its server's clock alone calls by the lines that are written."""
    for line in written("cron", zone).splitlines():
        if line[:1].isdigit():
            begin = re.search(r"REPORTGEN_BEGIN=(\S+)", line)[1]
            for at in ringing(line, server, first, last):
                yield Call(at, line, begin)


def github(zone, server, first, last):
    """What the workflow is called for: its clock is UTC wherever the desk is."""
    flow = yaml.safe_load(written("github", zone))
    step = next(one for one in flow["jobs"]["morning"]["steps"] if one.get("name") == "Morning")
    check = re.search(r"schedule == '(.*)' && 'watch'", step["env"]["CALL"])[1]
    lines = [entry["cron"] for entry in flow[True]["schedule"]]
    assert lines.count(check) == 1
    for line in lines:
        for at in ringing(line, server, first, last):
            yield Call(at, "watch" if line == check else "morning")


TIMER = r"# ~/.config/systemd/user/(\S+)\.timer\n.*?OnCalendar=((\S+) \*-\*-\* (\S+):00 (\S+))\n"


def systemd(zone, server, first, last):
    """What timers call, which carry their zone."""
    del server
    timers = re.findall(TIMER, written("systemd", zone), re.DOTALL)
    assert [days for _, _, days, _, _ in timers] == ["Mon..Fri"] * 2
    for name, _, _, clock, there in timers:
        hour, minute = map(int, clock.split(":"))
        for at in ringing(f"{minute} {hour} * * 1-5", there, first, last):
            yield Call(at, name)


HERE = workspace.Path("/srv/desk")
SCHEDULERS = {"cron": cron, "github": github, "systemd": systemd}


def within(call, zone):
    """Whether the commands let the call do something, as they ask it."""
    until = "" if call.watch else DESKS[zone]
    return not call.begin or schedule.within(RECAP, call.begin, until, zone, call.at)


def finish(out, session):
    """Leave the files of a finished brief."""
    place = out / RECAP.name / f"{session}"
    place.mkdir(parents=True)
    (place / "brief.json").write_text(json.dumps({"session": f"{session}"}))
    (place / "gate.txt").write_text("VERDICT  SEND\n")


def sessions(zone, first, last):
    """The sessions whose briefs are due in that time, with their deadlines."""
    since, until = (dt.date.fromisoformat(day) for day in (first, last))
    by = partial(schedule.due_by, RECAP, clock=DESKS[zone], zone=zone)
    known = RECAP.market.calendar.sessions(since - 7 * DAY, until)
    start, *_, end = hours(first, last)
    return {session: by(session) for session in known if start + DAY < by(session) < end}


def lived(calls, zone, out, *, makes=True):
    """When each brief was made, and when each was found overdue, by session."""
    made, missed = {}, {}
    for call in sorted(calls, key=lambda one: one.at):
        if not within(call, zone):
            continue
        if call.watch:
            late = schedule.overdue(RECAP, str(out), DESKS[zone], zone, call.at)
            missed.setdefault(late, []).append(call.at)
        elif makes:
            for session in schedule.due(RECAP, str(out), call.at).sessions:
                made[session] = call.at
                finish(out, session)
    return made, missed


TABLE = [
    (scheduler, zone, server, week)
    for scheduler, servers, desks in (
        ("cron", SERVERS, DESKS),
        ("github", ["UTC"], WESTERN),
        ("systemd", ["any"], WESTERN),
    )
    for zone in desks
    for server in servers
    for week in WEEKS
    if week.startswith("london") == (zone == LONDON)
]


@pytest.mark.parametrize(("scheduler", "zone", "server", "week"), TABLE)
def test_each_brief_is_made_before_its_deadline(tmp_path, scheduler, zone, server, week):
    """On the same morning, or on that of a holiday before; what watches finds nothing missing."""
    calls = SCHEDULERS[scheduler](zone, server, *WEEKS[week])
    made, missed = lived(calls, zone, tmp_path)
    due = sessions(zone, *WEEKS[week])
    assert len(due) >= 3
    for session, by in due.items():
        local = made[session].astimezone(by.tzinfo)
        assert dt.time(4) < local.time() < by.time(), session
        assert local.date() == by.date() or not RECAP.market.calendar.is_session(local.date())
    assert not missed.keys() & due.keys()


@pytest.mark.parametrize(("scheduler", "zone", "server", "week"), TABLE)
def test_a_brief_that_is_not_made_is_missed_after_its_deadline(
    tmp_path, scheduler, zone, server, week
):
    """On the same morning; and once a day, until the next one is due."""
    calls = SCHEDULERS[scheduler](zone, server, *WEEKS[week])
    _, missed = lived(calls, zone, tmp_path, makes=False)
    for session, by in sessions(zone, *WEEKS[week]).items():
        days = [at.astimezone(by.tzinfo).date() for at in missed[session]]
        assert by < missed[session][0] < by + 2 * HOUR
        assert len(set(days)) == len(days)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="it is systemd that says it")
@pytest.mark.parametrize("server", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    ("zone", "week"),
    [(NEW_YORK, "spring"), (NEW_YORK, "autumn"), (LONDON, "london-spring")],
)
def test_systemd_calls_when_these_days_say(server, zone, week):
    """By its own reading of a timer, around a change of the clocks, wherever the server is."""
    first, last = WEEKS[week]
    for _, line, _, clock, there in re.findall(TIMER, written("systemd", zone), re.DOTALL):
        hour, minute = map(int, clock.split(":"))
        rung = list(ringing(f"{minute} {hour} * * 1-5", there, first, last))
        command = ["systemd-analyze", "calendar", f"--iterations={len(rung)}"]
        told = subprocess.run(
            [*command, f"--base-time={first} 00:00:00 UTC", line],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "TZ": server},
        ).stdout
        found = re.findall(r"(\d{4}-\d\d-\d\d \d\d:\d\d):00 UTC", told)
        assert list(dict.fromkeys(found)) == [f"{at:%Y-%m-%d %H:%M}" for at in rung]


# Lines of 0.1.0
# --------------------------------------------------------------------------------------

OLD = "CRON_TZ=America/New_York\n23 5 * * 1-5 ./morning.sh\n18 7 * * 1-5 ./morning.sh watch\n"


def old(server, first, last):
    """What a crontab of 0.1.0 calls, by a cron that reads CRON_TZ or one that does not."""
    for line in OLD.splitlines()[1:]:
        for at in ringing(line, server, first, last):
            yield Call(at, line)


@pytest.mark.parametrize("week", ["spring", "autumn"])
def test_a_crontab_of_the_first_release_goes_on_working(tmp_path, week):
    """Where cron knows its zone."""
    made, missed = lived(old(NEW_YORK, *WEEKS[week]), NEW_YORK, tmp_path)
    due = sessions(NEW_YORK, *WEEKS[week])
    assert all(made[session] < by for session, by in due.items())
    assert not missed.keys() & due.keys()


@pytest.mark.parametrize("server", SERVERS)
def test_its_watch_finds_a_brief_missing_wherever_the_server_is(tmp_path, server):
    """Where cron does not know the zone, it is called before the deadline: it judges yesterday's."""
    _, missed = lived(old(server, *WEEKS["spring"]), NEW_YORK, tmp_path, makes=False)
    inner = list(sessions(NEW_YORK, *WEEKS["spring"]))[:-2]
    assert inner
    assert missed.keys() >= set(inner)


# The last deadline
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "missing"),
    [
        ("2026-11-25 02:18", "2026-11-23"),  # before today's deadline: yesterday's
        ("2026-11-25 06:46", "2026-11-24"),
        ("2026-11-26 12:00", "2026-11-24"),  # Thanksgiving
        ("2026-11-27 06:46", "2026-11-25"),
        ("2026-11-28 12:00", "2026-11-25"),  # the weekend after the short session
        ("2026-11-30 06:44", "2026-11-25"),
        ("2026-11-30 06:46", "2026-11-27"),
    ],
)
def test_the_last_deadline_that_has_passed_is_judged(tmp_path, when, missing):
    """Over weekends and holidays; not where that brief, or a later one, is there."""
    at = dt.datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(NEW_YORK))
    ask = partial(schedule.overdue, RECAP, clock="06:45", zone=NEW_YORK, now=at)
    assert ask(str(tmp_path)) == dt.date.fromisoformat(missing)
    finish(tmp_path / "that", missing)
    newest = RECAP.market.calendar.resolve("last-session", at).session
    finish(tmp_path / "later", newest)
    assert [ask(str(tmp_path / name)) for name in ("that", "later")] == [None, None]


def test_a_weekly_brief_has_its_deadline_after_the_weekend():
    """On the day of the next session; around a change of the clocks, by the clocks of that day."""
    by = schedule.due_by(WEEKLY, dt.date(2026, 3, 6), "06:45", NEW_YORK)
    assert by == dt.datetime(2026, 3, 9, 10, 45, tzinfo=dt.UTC)


def test_a_deadline_is_never_before_the_close():
    """In Tokyo it is six in the morning when New York closes in winter."""
    by = schedule.due_by(RECAP, dt.date(2026, 1, 6), "05:00", "Asia/Tokyo")
    assert f"{by:%Y-%m-%d %H:%M}" == "2026-01-08 05:00"


# Calls by the hour
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", ["06:45", "7", "25:00"])
def test_a_beginning_that_is_none_is_refused(begin):
    """So is one that is not before the deadline."""
    at = dt.datetime(2026, 3, 9, 9, 23, tzinfo=dt.UTC)
    with pytest.raises(InvalidParameter, match=r"write one such as 06:45|not before the deadline"):
        schedule.within(RECAP, begin, "06:45", NEW_YORK, at)


def test_an_hour_may_end_after_midnight():
    """In the zone of the desk."""
    at = dt.datetime(2026, 3, 10, 4, 15, tzinfo=dt.UTC)  # 00:15 on Tuesday
    assert schedule.within(RECAP, "23:30", "", NEW_YORK, at)
    assert not schedule.within(RECAP, "23:30", "", NEW_YORK, at + HOUR)


def test_a_deadline_within_the_hour_leaves_no_call_out():
    """A server half an hour apart calls after it; the brief is made all the same."""
    at = dt.datetime(2026, 3, 10, 4, 35, tzinfo=dt.UTC)  # 00:35 on Tuesday
    assert schedule.within(RECAP, "00:05", "00:30", NEW_YORK, at)
    assert not schedule.within(RECAP, "00:05", "00:30", NEW_YORK, at + HOUR)


# Other weeks
# --------------------------------------------------------------------------------------

SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)


def test_the_days_of_the_week_are_those_of_the_market():
    """Monday to Friday in New York, whatever the holidays."""
    assert schedule.weekdays(RECAP, dt.date(2026, 12, 1)) == {0, 1, 2, 3, 4}


def test_a_market_that_trades_on_sundays_has_its_mornings_then():
    """By each scheduler; in UTC, they may begin on the evening before."""
    wanted = partial(workspace.scheduled, report="desk-recap", desk=HERE, days=SUNDAY_TO_THURSDAY)
    assert "OnCalendar=Mon,Tue,Wed,Thu,Sun *-*-* 05:23:00 Asia/Riyadh" in wanted(
        "systemd", zone="Asia/Riyadh"
    )
    lines = re.findall(r'- cron: "(.*)"', wanted("github", zone="Asia/Riyadh"))
    assert lines == ["23 2 * * 0-4", "18 4 * * 0-4"]
    lines = re.findall(r'- cron: "(.*)"', wanted("github", zone="Asia/Tokyo"))
    assert lines == ["23 20 * * 0,1,2,3,6", "18 22 * * 0,1,2,3,6"]

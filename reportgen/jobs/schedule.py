"""Whether a brief is due, whether its data are there, and waiting for them.

What a clock on any machine has to ask before it runs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reportgen.config.resources import cache_dir
from reportgen.core.errors import DataError, InvalidParameter
from reportgen.files.locks import locked
from reportgen.files.outputs import folder
from reportgen.markets import home
from reportgen.markets.calendar import PRE_OPEN
from reportgen.record.request import Report, Request
from reportgen.verify.gate import Verdict, verdict_of

FIRST, LONGEST = 60.0, 300.0
"""Seconds between two looks at the data: at first, and at most."""
MOST = 10
"""Missed sessions that are caught up with at most."""
DAY, HOUR, TWO_MONTHS = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(days=61)
Clock = Callable[[], dt.datetime]


class Due(NamedTuple):
    """Sessions that are due, oldest first, and the newest that is due or done."""

    sessions: tuple[dt.date, ...]
    newest: dt.date


def due(
    report: Report,
    out: str,
    now: dt.datetime,
    *,
    catch_up: bool = False,
) -> Due:
    """What is due of *report* below *out* at *now*.

    The last closed session, or the one that ended its window, unless it is done.

    With *catch_up* also those before it that were missed since the newest
    finished brief, ten at most.
    """
    newest = _newest(report, now)
    if done(report, out, newest):
        return Due((), newest)
    missed, day = [newest], newest
    while catch_up and len(missed) < MOST:
        day = _before(report, day)
        if done(report, out, day):
            return Due(tuple(reversed(missed)), newest)
        missed.append(day)
    return Due(
        (newest,),
        newest,
    )  # where no brief is within reach, there is nothing to catch up with


def _newest(report: Report, now: dt.datetime) -> dt.date:
    """The last session that a brief of *report* is due for at *now*.

    That is the one to come, of a report that is told before the open.
    """
    found = report.market.calendar.resolve("last-session", now, report.window)
    return found.upcoming if report.window == PRE_OPEN else found.session


def _ready(report: Report, session: dt.date) -> dt.datetime:
    """From when a brief of *session* can be made: its close, or the time before its open."""
    calendar = report.market.calendar
    if report.window == PRE_OPEN:
        return calendar.early_on(session)
    return calendar.session_close(session)


def _before(report: Report, session: dt.date) -> dt.date:
    """The session before, of a report of a window the one that ended the window before."""
    calendar = report.market.calendar
    before = calendar.neighbours(session)[0]
    while report.window and not calendar.window_ends(before, report.window):
        before = calendar.neighbours(before)[0]
    return before


def done(report: Report, out: str, session: dt.date) -> bool:
    """Whether a finished brief of *session* is in *out*, and no newer is held."""
    calendar, told_of = report.market.calendar, session
    label = session.isoformat()
    if report.window == PRE_OPEN:  # told of the session before
        told_of, label = (
            calendar.neighbours(session)[0],
            calendar.moment(_ready(report, session)).label,
        )
    place = folder(out) / report.name / label
    try:
        told = json.loads(place.read("brief.json"))["session"]
        return (
            bool(told == told_of.isoformat())
            and verdict_of(place.read("gate.txt")) is not Verdict.HOLD
        )
    except (OSError, ValueError, KeyError):
        return False


def lacking(request: Request, now: dt.datetime) -> str:
    """Why the data cannot carry the brief of *request* yet; "" where they can."""
    from reportgen.produce.pipeline import snapshot

    if request.report.plain:  # it reads what it needs itself
        return ""
    try:
        snapshot(request, now)
    except DataError as error:
        return str(error)
    return ""


def wait(
    look: Callable[[], str],
    until: dt.datetime,
    clock: Clock,
    sleep: Callable[[float], None],
) -> str:
    """What *look* says is missing: "" once nothing is, or the last at *until*.

    Args:
        look: Says what is missing; "" where nothing is.
        until: When to give up, with a time zone.
        clock: The current time.
        sleep: Waits for that many seconds.
    """
    pause = FIRST
    while (reason := look()) and (left := (until - clock()).total_seconds()) > 0:
        sleep(min(pause, left))
        pause = min(1.5 * pause, LONGEST)
    return reason


def deadline(clock: str, zone: str, now: dt.datetime) -> dt.datetime:
    """Today's time *clock* ("06:45") in *zone*, or in that of the desk's market.

    Raises:
        InvalidParameter: Either is none.
    """
    there = _zone(zone)
    return dt.datetime.combine(now.astimezone(there).date(), _time(clock), there)


def await_edition(
    report: Report,
    until: dt.datetime,
    clock: Clock,
    sleep: Callable[[float], None],
) -> None:
    """Wait for the time of this day's edition before the open, where it comes by *until*.

    Args:
        report: The report; of one that is told after a close, nothing is waited for.
        until: The deadline.
        clock: The current time.
        sleep: Waits for that many seconds.
    """
    calendar = report.market.calendar
    day = clock().astimezone(calendar.zone).date()
    if report.window != PRE_OPEN or not calendar.is_session(day):
        return
    early = calendar.early_on(day)
    if early <= until:
        wait(lambda: "" if clock() >= early else f"it is not {early:%H:%M}", early, clock, sleep)


def _time(clock: str) -> dt.time:
    """The time of day *clock*, as "06:45"."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
        raise InvalidParameter(
            f"'{clock}' is no time of day; write one such as 06:45.",
            subject=clock,
        )
    return dt.time.fromisoformat(clock)


def _zone(zone: str) -> ZoneInfo:
    """The time zone *zone*; that of the desk's market for ""."""
    try:
        return ZoneInfo(zone or home().zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidParameter(
            f"There is no time zone '{zone}'; write one such as Europe/London.", subject=zone
        ) from None


def weekdays(report: Report, day: dt.date) -> frozenset[int]:
    """The days of the week, 0 for Monday, on which the market of *report* trades around *day*."""
    past = report.market.calendar.sessions(day - TWO_MONTHS, day)
    return frozenset(session.weekday() for session in past)


def within(report: Report, begin: str, until: str, zone: str, now: dt.datetime) -> bool:
    """Whether *now* is a time at which a scheduler that calls every hour wants something done.

    Such a scheduler may know no time zones. Its calls count from *begin* to *until*, for an hour at
    least, by the clocks of *zone*, on the days of the week on which the market trades.

    Args:
        report: The report; its market decides about the days.
        begin: A time of day: "05:23".
        until: A later one: "06:45"; "" for the hour.
        zone: The time zone of both: "America/New_York".
        now: The current time, with a time zone.

    Raises:
        InvalidParameter: *until* is not after *begin*.
    """
    if until and _time(until) <= _time(begin):
        raise InvalidParameter(
            f"--begin {begin} is not before the deadline, {until}.", subject="begin"
        )
    for ago in (0, 1):  # an hour may end after midnight
        start = deadline(begin, zone, now - ago * DAY)
        end = max(start.astimezone(dt.UTC) + HOUR, deadline(until or begin, zone, start))
        if start <= now < end:
            return start.weekday() in weekdays(report, start.date())
    return False


def next_deadline(
    report: Report,
    clock: str,
    zone: str,
    now: dt.datetime,
) -> dt.datetime:
    """Until when to wait at *now* for the data of the last session of *report*.

    Today's *clock* in *zone*, or tomorrow's if the session ended after it.
    """
    today = deadline(clock, zone, now)
    ready = _ready(report, _newest(report, now))
    return today if ready < today else today + dt.timedelta(days=1)


def due_by(report: Report, session: dt.date, clock: str, zone: str) -> dt.datetime:
    """When the brief of *session* has to be there.

    The first *clock* after its close, from the day of the following session on: nobody reads it
    before. A brief before an open is there on the day itself.
    """
    calendar, there, time = report.market.calendar, _zone(zone), _time(clock)
    day = session if report.window == PRE_OPEN else calendar.neighbours(session)[1]
    until = dt.datetime.combine(day, time, there)
    while until <= _ready(report, session):
        until += DAY
    return until


def overdue(
    report: Report,
    out: str,
    clock: str,
    zone: str,
    now: dt.datetime,
) -> dt.date | None:
    """The session of the brief that was due by the last deadline before *now* and is not there.

    None if it is there, or that of a later session. The deadline may have passed days ago: on a
    weekend, it is that of the last trading day.

    Args:
        report: The report that is due.
        out: The folder or URL of finished briefs.
        clock: The deadline on the day of the following session: "06:45".
        zone: The time zone of *clock*: "America/New_York".
        now: The current time, with a time zone.
    """
    newest = _newest(report, now)
    session = newest
    while due_by(report, session, clock, zone) > now:
        session = _before(report, session)
    return None if done(report, out, session) or done(report, out, newest) else session


@contextmanager
def alone(report: Report, out: str) -> Iterator[bool]:
    """Whether no other run of *report* below *out* is under way on this machine.

    None begins before the end of the ``with``.
    """
    place = str(Path(out).resolve()) if "://" not in out else out
    name = hashlib.sha256(f"{report.name} {place}".encode()).hexdigest()[:16]
    with locked(cache_dir() / "runs" / f"{name}.lock") as free:
        yield free

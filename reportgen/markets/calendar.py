"""Trading sessions, and what kind of moment an instant is.

Before, during or after one, or a closed day.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from reportgen.core.errors import NotASession
from reportgen.markets.closures import CLOSING, closures
from reportgen.markets.exchange import (
    AHEAD,
    ALWAYS,
    FIRST,
    MINUTE,
    MOST_YEAR,
    Exchange,
    exchange,
)

if TYPE_CHECKING:
    import pandas as pd

State = Literal["pre", "open", "post", "closed"]
# Holidays with another name in the calendar than the one in use.
NAMES = {
    "Christmas": "Christmas Day",
    "Dr. Martin Luther King Jr. Day": "Martin Luther King Jr. Day",
    "Early May Bank Holiday": "the early May bank holiday",
    "End of Year Holiday": "the year-end holiday",
    "Hong Kong Special Region Establishment Day": "the anniversary of the handover",
    "July 4th": "Independence Day",
    "Juneteenth National Independence Day": "Juneteenth",
    "Kings's Birthday": "the King's Birthday",
    "New Year's Holiday": "the New Year holiday",
    "President's Day": "Presidents Day",
    "Spring Bank Holiday": "the spring bank holiday",
    "Summer Bank Holiday": "the summer bank holiday",
    "Thanksgiving": "Thanksgiving Day",
    "Weekend Boxing Day": "Boxing Day",
}
"""What readers call a holiday that a library names otherwise."""
RULE = re.compile(r"(?: \([^)]*\))+$")
"""What a library adds to a name to tell its rules apart: "Marine Day (2022 onwards)"."""
DAY = dt.timedelta(days=1)
PRE_OPEN = "pre-open"
"""The window of a report that is told before the open of a session."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sessions of one exchange, and the zone in which its times are told."""

    code: str
    """Its code in exchange_calendars, "24/7" for what never closes."""
    zone_name: str = ""
    """The zone of its times; "" for the exchange's own."""
    early: str = field(default="", compare=False)
    """The time of an edition before the open: "06:30"; "" for an hour before it."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its times are told."""
        return ZoneInfo(self.zone_name) if self.zone_name else self.table().zone

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return self.code == ALWAYS

    def table(self, day: dt.date | None = None) -> Exchange:
        """Its days and hours, two years past *day* at least.

        Raises:
            SettingsError: No exchange has its code.
        """
        return exchange(self.code, day)

    @property
    def first(self) -> dt.date:
        """The first day for which the rules know whether the exchange traded.

        That of the calendar's years, or a later one where the library knows no earlier.
        """
        day = dt.date.fromisoformat(FIRST) + DAY
        return max(day, self.table().sessions[0] + DAY)

    def is_session(self, day: dt.date) -> bool:
        """Whether the exchange trades on *day*.

        Raises:
            NotASession: The day lies outside the calendar's years.
        """
        self._within(day)
        return day in self.table(day).places

    def sessions(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """All sessions from *start* to *end*, both included."""
        return self.table(end).between(start, end)

    def session_index(self, start: dt.date, end: dt.date) -> pd.DatetimeIndex:
        """All sessions from *start* to *end*, both included, as an index."""
        return _index(self, start, end)

    def session_open(self, session: dt.date) -> dt.datetime:
        """When *session* opens; of some exchanges on the evening before."""
        return self.table(session).at(session, 0).astimezone(self.zone)

    def session_close(self, session: dt.date) -> dt.datetime:
        """When *session* closes; earlier on its short days."""
        return self.table(session).at(session, 1).astimezone(self.zone)

    def early_on(self, session: dt.date) -> dt.datetime:
        """When an edition before the open of *session* is told."""
        opens = self.session_open(session)
        if self.early:
            at = self.at_clock(session, dt.time.fromisoformat(self.early))
            if at < opens:
                return at
        return opens - dt.timedelta(hours=1)

    def usual_close(self, day: dt.date) -> dt.datetime:
        """When a usual session on *day* would close, session or not."""
        table = self.table(day)
        midnight = dt.datetime.combine(day, dt.time(), table.zone)
        return midnight + table.usual_on(day)[1] * MINUTE

    def neighbours(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """The last session before *day* and the first one after it.

        Raises:
            NotASession: The day lies outside the calendar's years.
        """
        self._within(day)
        return self.table(day).neighbours(day)

    def closing_reason(self, day: dt.date) -> str:
        """Why there is no session on *day*.

        "a Saturday", a holiday's name, what the exchange announced, or just that it is a closing.
        """
        if closing := closures(self.code).closed.get(day):
            return closing.reason
        if day.weekday() >= 5:
            return f"a {day:%A}"
        name = RULE.sub("", self.table(day).holidays.get(day, CLOSING))
        return NAMES.get(name, name)

    def expected(self, day: dt.date, at: dt.datetime) -> bool:
        """Whether a session on *day* was expected at *at*.

        One takes place, or its closing was not announced yet.
        """
        return self.is_session(day) or closures(self.code).unknown(day, at)

    def upcoming(self, today: dt.date, at: dt.datetime) -> dt.date:
        """The first session after *today* that was expected at *at*."""
        day, following = today + DAY, self.neighbours(today)[1]
        while day < following and not self.expected(day, at):
            day += DAY
        return day

    def moment(self, at: dt.datetime, *, evening: bool = False) -> Moment:
        """The kind of moment that *at* (with an offset) is, and its session.

        With *evening*, it is the close of a session, told with what is
        published on that day's evening.
        """
        at = at.astimezone(self.zone)
        today = at.date()
        before, after = self.neighbours(today)[0], self.upcoming(today, at)
        opened = self.is_session(after) and self.session_open(after) <= at
        if opened:  # on the evening before
            return self._moment(at, "open", after, self.upcoming(after, at))
        if self.is_session(today):
            if at < self.session_open(today):
                return self._moment(at, "pre", before, today)
            known = self.midnight(today) if evening else at
            state: State = "open" if at < self.session_close(today) else "post"
            return self._moment(at, state, today, after, known)
        if closures(self.code).unknown(today, at):
            return self._moment(at, "pre", before, today)
        return self._moment(at, "closed", before, after)

    def close(self, session: dt.date) -> Moment:
        """The close of *session*, told with what is published on its evening."""
        closes = self.session_close(session)
        if closes.date() == session:
            return self.moment(closes, evening=True)
        known = closes + dt.timedelta(minutes=1)  # it closes with its day
        return self._moment(
            closes,
            "post",
            session,
            self.neighbours(session)[1],
            known,
        )

    def midnight(self, day: dt.date) -> dt.datetime:
        """The end of *day*."""
        return dt.datetime.combine(day + DAY, dt.time(), self.zone)

    def at_clock(self, day: dt.date, clock: dt.time) -> dt.datetime:
        """The moment at which the clock of the market shows *clock* on *day*."""
        return dt.datetime.combine(day, clock, self.zone)

    def _moment(
        self,
        at: dt.datetime,
        state: State,
        session: dt.date,
        following: dt.date,
        known: dt.datetime | None = None,
    ) -> Moment:
        reason, closed_on = "", None
        first, resumes = at.date(), following
        if state == "pre":  # what comes after the session of this day
            first, resumes = following + DAY, self.upcoming(following, at)
        for day in (first + DAY * n for n in range((resumes - first).days)):
            if day.weekday() < 5 and not self.expected(day, at):
                reason, closed_on = self.closing_reason(day), day
                break
        previous = self.neighbours(session)[0]
        return Moment(
            at=at,
            state=state,
            session=session,
            previous=previous,
            upcoming=following,
            opened=self.session_open(session),
            closes=self.session_close(session),
            previous_closes=self.session_close(previous),
            published=known or at,
            closed_for=reason,
            closed_on=closed_on,
            resumes=resumes if closed_on else None,
            calendar=self,
        )

    def resolve(self, when: str, now: dt.datetime, window: str = "") -> Moment:
        """The moment that *when* names.

        *when* is a date (its close), a date and time, or "last-session". The
        close of a date includes what is published on its evening: yields,
        settlements.

        With a *window* it is the close that ended the last whole "week",
        "month", "quarter" or "year" by then. With "pre-open", it is a moment
        before the open of a session: that of the edition of a date, or a time
        before an open. A time without an offset is a time of the market.

        Raises:
            NotASession: It names the reason and the nearest sessions.
        """
        if not window:
            return self._asked(when.strip(), now)
        if window == PRE_OPEN:
            return self._before_open(when.strip(), now)
        with suppress(ValueError):  # any day has a last whole week before it
            day = dt.date.fromisoformat(when.strip())
            self._not_future(
                dt.datetime.combine(day, dt.time(0), self.zone),
                now,
                when,
            )
            if not self.is_session(day):
                when = self.neighbours(day)[0].isoformat()
        return self.ended(self._asked(when.strip(), now), window)

    def _before_open(self, when: str, now: dt.datetime) -> Moment:
        """The moment before an open that *when* names."""
        if when == "last-session":
            day = now.astimezone(self.zone).date()
            if not self.is_session(day) or self.early_on(day) > now:
                day = self.neighbours(day)[0]
            return self.moment(self.early_on(day))
        with suppress(ValueError):
            day = dt.date.fromisoformat(when)
            self._refuse_closed(day)
            self._not_future(self.early_on(day), now, f"the edition of {day}")
            return self.moment(self.early_on(day))
        here = self._asked(when, now)
        if here.state == "closed":
            self._refuse_closed(here.at.date())
        if here.state != "pre":
            early = self.early_on(here.session)
            is_over = "is over" if here.state == "post" else "is running"
            raise NotASession(
                f"as-of {when}: the session of {here.session} {is_over}, and this report is told"
                f" before an open; give a time before {here.opened:%H:%M}, such as"
                f" '{early:%Y-%m-%d %H:%M}'.",
                subject=when,
            )
        return here

    def _refuse_closed(self, day: dt.date) -> None:
        """Raise NotASession where *day* has no session."""
        if self.is_session(day):
            return
        before, after = self.neighbours(day)
        raise NotASession(
            f"{day} ({day:%A}) has no trading session:"
            f" {self.closing_reason(day)}. The nearest sessions are"
            f" {before} ({before:%A}) and {after} ({after:%A}).",
            subject=day,
        )

    def _asked(self, when: str, now: dt.datetime) -> Moment:
        if when == "last-session":
            here = self.moment(now)
            running = here.state == "open"
            return self.close(here.previous if running else here.session)
        with suppress(ValueError):
            return self.close_of(dt.date.fromisoformat(when), now)
        try:
            at = dt.datetime.fromisoformat(when)
        except ValueError:
            raise NotASession(
                f"as-of '{when}' is not a date; give 2025-01-08, '2025-01-08"
                " 13:00' or last-session.",
                subject=when,
            ) from None
        at = at if at.tzinfo else at.replace(tzinfo=self.zone)
        self._within(at.date())
        self._not_future(at, now, when)
        return self.moment(at)

    def close_of(self, day: dt.date, now: dt.datetime) -> Moment:
        """The close of *day*.

        Raises:
            NotASession: It has none or it lies after *now*.
        """
        self._refuse_closed(day)
        self._not_future(self.session_close(day), now, f"the close of {day}")
        return self.close(day)

    def window_ends(self, session: dt.date, window: str) -> bool:
        """Whether *session* is the last one of its *window*.

        A window is a "week", "month", "quarter" or "year"; each session ends one of "pre-open".
        """
        if window == PRE_OPEN:
            return True
        start = STARTS[window]
        return start(session) != start(self.neighbours(session)[1])

    def ended(self, here: Moment, window: str) -> Moment:
        """The close of the session that ended the last whole *window* by then.

        By the calendar as known at that moment.
        """
        session, after = here.session, here.upcoming
        if here.state == "open":
            session, after = here.previous, here.session
        while STARTS[window](session) == STARTS[window](after):
            session, after = self.neighbours(session)[0], session
        return self.close(session)

    def nth_friday(self, session: dt.date, number: int) -> bool:
        """Whether *session* is that Friday of its month, or the session before."""
        first = session.replace(day=1)
        first_friday = first + dt.timedelta(days=(4 - first.weekday()) % 7)
        friday = first_friday + dt.timedelta(weeks=number - 1)
        if not self.is_session(friday):
            return session == self.neighbours(friday)[0]
        return session == friday

    def _not_future(self, at: dt.datetime, now: dt.datetime, what: str) -> None:
        if at > now:
            here = f"{now.astimezone(self.zone):%Y-%m-%d %H:%M}"
            place = self.zone.key.rpartition("/")[2].replace("_", " ")
            raise NotASession(
                f"as-of {what} lies in the future (it is {here} in {place}); use last-session.",
                subject=at,
            )

    def _within(self, day: dt.date) -> None:
        first = dt.date.fromisoformat(FIRST)
        last = dt.date(MOST_YEAR - AHEAD, 12, 31)
        if first < day <= last:
            table = self.table(day).sessions
            first, last = max(first, table[0]), min(last, table[-1] - DAY)
        if not first < day <= last:
            raise NotASession(
                f"{day} lies outside the trading calendar, which begins on"
                f" {first} and ends in {last.year}.",
                subject=day,
            )


@cache
def _index(calendar: Calendar, start: dt.date, end: dt.date) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(
        calendar.sessions(start, end),
        dtype="datetime64[ns]",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant, and its session: the running one, or the last that closed."""

    at: dt.datetime
    state: State
    session: dt.date
    previous: dt.date
    upcoming: dt.date
    """The next session to open after ``at``."""
    opened: dt.datetime
    closes: dt.datetime
    previous_closes: dt.datetime
    published: dt.datetime | None = field(default=None, compare=False)
    """Until when what is published of the session counts.

    ``at``, or the end of the day of a close that was asked for by its date, so
    that the yields and settlements of that evening are told with it.
    """
    closed_for: str = ""
    """Why the market is closed on ``closed_on``."""
    closed_on: dt.date | None = None
    """The first weekday without a session, of today or before the next session.

    Before an open, it is one between this day's session and the next.
    """
    resumes: dt.date | None = None
    """The first session after ``closed_on``."""
    calendar: Calendar
    """The sessions of its market."""

    @property
    def number(self) -> int:
        """How many sessions the calendar has before this one.

        Neighbours differ by one, whatever lies between them.
        """
        return self.calendar.table(self.session).places[self.session]

    @property
    def label(self) -> str:
        """Folder name.

        "2025-01-08" for a close with its evening, "2025-01-08T1300" for any
        other moment.
        """
        evening = self.known > self.at
        if self.state == "post" and self.at == self.closes and evening:
            return self.session.isoformat()
        return self.at.strftime("%Y-%m-%dT%H%M")

    @property
    def unfinished(self) -> dt.date:
        """The running session, or the one to come."""
        return self.session if self.state == "open" else self.upcoming

    @property
    def known(self) -> dt.datetime:
        """Until when what is published of the session counts."""
        return self.published or self.at

    @property
    def asked(self) -> str:
        """What asks for this moment again.

        A date for a close with its evening, else a date and time.
        """
        if self.known > self.at:
            return self.session.isoformat()
        return f"{self.at:%Y-%m-%d %H:%M}"

    def payload(self) -> dict[str, Any]:
        """The moment as JSON, with its label; dates and times in ISO 8601."""
        told: dict[str, Any] = {}
        for name in (one.name for one in fields(self) if one.name != "calendar"):
            value = getattr(self, name)
            told[name] = value.isoformat() if isinstance(value, dt.date) else value
        return told | {
            "label": self.label,
            "number": self.number,
            "evening": self.known > self.at,
        }


def week_start(session: dt.date) -> dt.date:
    """The Monday of the calendar week that holds *session*."""
    return session - dt.timedelta(days=session.weekday())


def month_start(session: dt.date) -> dt.date:
    """The first day of the month that holds *session*."""
    return session.replace(day=1)


def quarter_start(session: dt.date) -> dt.date:
    """The first day of the calendar quarter that holds *session*."""
    return session.replace(month=3 * ((session.month - 1) // 3) + 1, day=1)


def year_start(session: dt.date) -> dt.date:
    """The first day of the year that holds *session*."""
    return session.replace(month=1, day=1)


STARTS = {
    "week": week_start,
    "month": month_start,
    "quarter": quarter_start,
    "year": year_start,
}
"""The first day of each window, by its name."""

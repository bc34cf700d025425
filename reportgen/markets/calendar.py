"""Trading sessions, and what kind of moment an instant is.

Before, during or after one, or a closed day.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.errors import NotASession
from reportgen.markets.closures import closures
from reportgen.markets.exchange import AHEAD, EXCHANGE, FIRST, MOST_YEAR, exchange
from reportgen.markets.venues import is_bond_day

if TYPE_CHECKING:
    import pandas as pd

State = Literal["pre", "open", "post", "closed"]
# Holidays whose name in the calendar is not the one in use.
NAMES = {
    "Christmas": "Christmas Day",
    "Dr. Martin Luther King Jr. Day": "Martin Luther King Jr. Day",
    "July 4th": "Independence Day",
    "Juneteenth National Independence Day": "Juneteenth",
    "President's Day": "Presidents Day",
    "Thanksgiving": "Thanksgiving Day",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant, and the session told of: the running one, or the last that closed."""

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

    ``at``, or the end of the day of a close that was asked for by its date, so that the yields and
    settlements of that evening are told with it."""
    closed_for: str = ""
    """Why the market is closed on the next weekday that has no session before ``upcoming``."""
    closed_on: dt.date | None = None

    @property
    def number(self) -> int:
        """How many sessions the calendar has before this one.

        Neighbours differ by one, whatever lies between them.
        """
        return exchange(self.session).places[self.session]

    @property
    def label(self) -> str:
        """Folder name.

        "2025-01-08" for a close with its evening, "2025-01-08T1300" for any other moment.
        """
        if self.state == "post" and self.at == self.closes and self.known > self.at:
            return self.session.isoformat()
        return self.at.strftime("%Y-%m-%dT%H%M")

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
        return {
            k: v.isoformat() if isinstance(v, dt.date) else v for k, v in asdict(self).items()
        } | {"label": self.label, "number": self.number, "evening": self.known > self.at}


def is_session(day: dt.date) -> bool:
    """Whether the exchange trades on *day*; NotASession outside the calendar's years."""
    _within(day)
    return day in exchange(day).places


def sessions(start: dt.date, end: dt.date) -> list[dt.date]:
    """All sessions from *start* to *end*, both included."""
    return exchange(end).between(start, end)


@cache
def session_index(start: dt.date, end: dt.date) -> pd.DatetimeIndex:
    """All sessions from *start* to *end*, both included, as an index."""
    import pandas as pd

    return pd.DatetimeIndex(sessions(start, end), dtype="datetime64[ns]")


def session_open(session: dt.date) -> dt.datetime:
    """Opening time of *session*, exchange time."""
    return exchange(session).at(session, 0)


def session_close(session: dt.date) -> dt.datetime:
    """Closing time of *session*, exchange time; 1 p.m. on the short days."""
    return exchange(session).at(session, 1)


def neighbours(day: dt.date) -> tuple[dt.date, dt.date]:
    """The last session before *day* and the first one after it."""
    _within(day)
    return exchange(day).neighbours(day)


def closing_reason(day: dt.date) -> str:
    """Why there is no session on *day*.

    "a Saturday", a holiday's name, or what the exchange announced.
    """
    if closing := closures().closed.get(day):
        return closing.reason
    if day.weekday() >= 5:
        return f"a {day:%A}"
    name = exchange(day).holidays.get(day, "a closing of the exchange")
    return NAMES.get(name, name)


def expected(day: dt.date, at: dt.datetime) -> bool:
    """Whether a session on *day* was expected at *at*.

    One takes place, or its closing was not announced yet.
    """
    return is_session(day) or closures().unknown(day, at)


def upcoming(today: dt.date, at: dt.datetime) -> dt.date:
    """The first session after *today* that was expected at *at*."""
    day, following = today + dt.timedelta(days=1), neighbours(today)[1]
    while day < following and not expected(day, at):
        day += dt.timedelta(days=1)
    return day


def moment(at: dt.datetime, *, evening: bool = False) -> Moment:
    """What kind of moment *at* (with an offset) is, and the session to tell of.

    With *evening*, it is the close of a session, told with what is published on that day's evening.
    """
    at = at.astimezone(EXCHANGE)
    today = at.date()
    before, after = neighbours(today)[0], upcoming(today, at)
    if is_session(today):
        opened, closes = session_open(today), session_close(today)
        if at < opened:
            return _moment(at, "pre", before, today)
        known = midnight(today) if evening else at
        return _moment(at, "open" if at < closes else "post", today, after, known)
    if closures().unknown(today, at):
        return _moment(at, "pre", before, today)
    return _moment(at, "closed", before, after)


def midnight(day: dt.date) -> dt.datetime:
    """The end of *day*, exchange time."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), EXCHANGE)


def _moment(
    at: dt.datetime,
    state: State,
    session: dt.date,
    following: dt.date,
    known: dt.datetime | None = None,
) -> Moment:
    reason, closed_on = "", None
    days = (following - at.date()).days
    for day in (at.date() + dt.timedelta(days=n) for n in range(days)):
        if day.weekday() < 5 and not expected(day, at):
            reason, closed_on = closing_reason(day), day
            break
    previous = neighbours(session)[0]
    return Moment(
        at=at,
        state=state,
        session=session,
        previous=previous,
        upcoming=following,
        opened=session_open(session),
        closes=session_close(session),
        previous_closes=session_close(previous),
        published=known or at,
        closed_for=reason,
        closed_on=closed_on,
    )


def resolve(when: str, now: dt.datetime, window: str = "") -> Moment:
    """The moment asked for by *when*: a date (its close), a date and time, or "last-session".

    A close that is asked for by its date is told with what is published on its evening: yields,
    settlements.

    With a *window* it is the close that ended the last whole "week", "month", "quarter" or "year"
    by then. A time without an offset is exchange time.

    Raises:
        NotASession: It names the reason and the nearest sessions.
    """
    if not window:
        return _asked(when.strip(), now)
    with suppress(ValueError):  # any day has a last whole week before it
        day = dt.date.fromisoformat(when.strip())
        _not_future(dt.datetime.combine(day, dt.time(0), EXCHANGE), now, when)
        when = when if is_session(day) else neighbours(day)[0].isoformat()
    return ended(_asked(when.strip(), now), window)


def _asked(when: str, now: dt.datetime) -> Moment:
    if when == "last-session":
        here = moment(now)
        running = here.state == "open"
        return moment(session_close(here.previous if running else here.session), evening=True)
    with suppress(ValueError):
        return close_of(dt.date.fromisoformat(when), now)
    try:
        at = dt.datetime.fromisoformat(when)
    except ValueError:
        raise NotASession(
            f"as-of '{when}' is not a date; give 2025-01-08, '2025-01-08 13:00' or last-session.",
            subject=when,
        ) from None
    at = at if at.tzinfo else at.replace(tzinfo=EXCHANGE)
    _within(at.date())
    _not_future(at, now, when)
    return moment(at)


def close_of(day: dt.date, now: dt.datetime) -> Moment:
    """The close of *day*.

    Raises:
        NotASession: It has none or it lies after *now*.
    """
    if not is_session(day):
        before, after = neighbours(day)
        raise NotASession(
            f"{day} ({day:%A}) has no trading session: {closing_reason(day)}. "
            f"The nearest sessions are {before} ({before:%A}) and {after} ({after:%A}).",
            subject=day,
        )
    closes = session_close(day)
    _not_future(closes, now, f"the close of {day}")
    return moment(closes, evening=True)


def week_start(session: dt.date) -> dt.date:
    """The Monday of the calendar week that holds *session*."""
    return session - dt.timedelta(days=session.weekday())


def month_start(session: dt.date) -> dt.date:
    """The first day of the month that holds *session*."""
    return session.replace(day=1)


def quarter_start(session: dt.date) -> dt.date:
    """The first day of the calendar quarter that holds *session*."""
    return session.replace(month=3 * ((session.month - 1) // 3) + 1, day=1)


def traded_before(day: dt.date) -> dt.date:
    """The last day before *day* on which both stocks and bonds traded."""
    day -= dt.timedelta(days=1)
    while not (is_bond_day(day) and is_session(day)):
        day -= dt.timedelta(days=1)
    return day


def year_start(session: dt.date) -> dt.date:
    """The first day of the year that holds *session*."""
    return session.replace(month=1, day=1)


STARTS = {"week": week_start, "month": month_start, "quarter": quarter_start, "year": year_start}
"""The first day of each window, by its name."""


def expiry(session: dt.date) -> bool:
    """Whether options and futures on stock indexes expire with *session*.

    The third Friday of a quarter's last month, or the day before.
    """
    third = dt.date(session.year, session.month, 15)
    friday = third + dt.timedelta(days=(4 - third.weekday()) % 7)
    return session.month % 3 == 0 and session == (
        friday if is_session(friday) else neighbours(friday)[0]
    )


def window_ends(session: dt.date, window: str) -> bool:
    """Whether *session* is the last one of its "week", "month", "quarter" or "year"."""
    return bool(STARTS[window](session) != STARTS[window](neighbours(session)[1]))


def ended(here: Moment, window: str) -> Moment:
    """The close of the session that ended the last whole *window* by that moment.

    By the calendar as known then.
    """
    running = here.state == "open"
    session, after = (here.previous, here.session) if running else (here.session, here.upcoming)
    while STARTS[window](session) == STARTS[window](after):
        session, after = neighbours(session)[0], session
    return moment(session_close(session), evening=True)


def _not_future(at: dt.datetime, now: dt.datetime, what: str) -> None:
    if at > now:
        raise NotASession(
            f"as-of {what} lies in the future (it is {now.astimezone(EXCHANGE):%Y-%m-%d %H:%M} in"
            " New York); use last-session.",
            subject=at,
        )


def _within(day: dt.date) -> None:
    first = dt.date.fromisoformat(FIRST)
    if not first < day or day.year + AHEAD > MOST_YEAR:
        raise NotASession(
            f"{day} lies outside the trading calendar, which begins on {first} and ends in"
            f" {MOST_YEAR - AHEAD}.",
            subject=day,
        )

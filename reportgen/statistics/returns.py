"""Price returns over named windows, on closes.

All windows run from a *base* close to the last close: the base of a week is the
last close before its Monday, of a month (quarter, year) the last close before
its first day. Dividends are not in a price return; a total return needs
adjusted closes and is never mixed with a price return.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from reportgen.core.errors import NoData
from reportgen.markets import home
from reportgen.markets.calendar import STARTS, Calendar
from reportgen.statistics import indexes
from reportgen.statistics.indexes import sessions

FRIDAY = 4
SESSIONS = "sessions"
"""The attribute of a series that holds the calendar of its exchange."""


def base_close(closes: pd.Series, before: dt.date) -> tuple[dt.date, float]:
    """Date and level of the last close before *before*.

    Args:
        closes: Closes by session, ascending.
        before: The first day of the window; the close before it is the base.

    Raises:
        NoData: The series starts later, or that close is missing.
    """
    earlier = closes[: pd.Timestamp(before) - pd.Timedelta(days=1)]
    if earlier.empty:
        begins = closes.index[0].date()
        raise NoData(f"{closes.name}: no close before {before}; the series starts {begins}.")
    found, due = earlier.index[-1].date(), _due(before, _open_days(closes))
    if found < due:
        raise NoData(f"{closes.name}: the close of {due} is missing")
    return found, float(earlier.iloc[-1])


def _open_days(closes: pd.Series) -> Calendar | None:
    """The calendar of the exchange of *closes*, None if they never close.

    In a series that never closes, the newest rows have a weekend. A series names
    its exchange in ``attrs``; another one is of the desk's market.
    """
    if sessions(closes)[-7:].day_of_week.max() > FRIDAY:
        return None
    return closes.attrs.get(SESSIONS) or home().calendar


def _due(before: dt.date, calendar: Calendar | None) -> dt.date:
    """The last day before *before* that must have a row.

    A session of *calendar*, or any day where there is none.
    """
    day = before - dt.timedelta(days=1)
    if calendar is None:
        return day
    first = calendar.first
    while day >= first and not calendar.is_session(day):
        day -= dt.timedelta(days=1)
    return day if day >= first else dt.date.min


def since(closes: pd.Series, before: dt.date) -> float:
    """Return, as a fraction, from the last close before *before* to the last close.

    Args:
        closes: Closes by session, ascending.
        before: The first day of the window; the close before it is the base.
    """
    return _change(closes, float(closes.iloc[-1]), base_close(closes, before)[1])


def since_session(closes: pd.Series, session: dt.date) -> float:
    """Return, as a fraction, from the close of *session* itself to the last close.

    Args:
        closes: Closes by session, ascending.
        session: A session of the series.
    """
    return since(closes, session + dt.timedelta(days=1))


def day(closes: pd.Series) -> float:
    """Return of the last session, as a fraction of the close before it.

    Args:
        closes: Closes by session, ascending.
    """
    if len(closes) < 2:
        raise NoData(f"{closes.name}: two closes are needed for a day change, {len(closes)} found.")
    return _change(closes, float(closes.iloc[-1]), float(closes.iloc[-2]))


def _change(closes: pd.Series, last: float, base: float) -> float:
    """The change from *base* to *last*, as a fraction.

    Raises:
        NoData: One of them is not above zero, so that their ratio means nothing.
    """
    if min(last, base) <= 0:
        raise NoData(f"{closes.name}: {min(last, base):,g} is not above zero; no change is told.")
    return last / base - 1


def changes(closes: pd.Series) -> pd.Series:
    """The changes from close to close, as fractions.

    None to or from a close that is not above zero.

    Args:
        closes: Closes by session, ascending.
    """
    levels = closes.to_numpy(dtype=float)
    told = (levels[1:] > 0) & (levels[:-1] > 0)
    found = pd.Series(
        levels[1:][told] / levels[:-1][told] - 1, index=closes.index[1:][told], name=closes.name
    )
    found.attrs = dict(closes.attrs)
    return found


def last_session(closes: pd.Series) -> dt.date:
    """The session of the last close.

    Args:
        closes: Closes by session, ascending.
    """
    return closes.index[-1].date()  # type: ignore[no-any-return]


def to_date(closes: pd.Series, window: str) -> float:
    """Return, as a fraction, of the running "week", "month", "quarter" or "year".

    Args:
        closes: Closes by session, ascending.
        window: "week", "month", "quarter" or "year".
    """
    return since(closes, STARTS[window](last_session(closes)))


def calendar_year(closes: pd.Series, year: int) -> float:
    """Return, as a fraction, of a whole year, December close to December close.

    Args:
        closes: Closes by session, ascending.
        year: The calendar year.
    """
    told = closes[: str(year)]
    if told.empty or told.index[-1].year != year:
        raise NoData(f"{closes.name}: no close in {year}.")
    return since(told, dt.date(year, 1, 1))


def periods(closes: pd.Series, freq: str) -> pd.Series:
    """Returns, as fractions, of all months ("M") or years ("Y") after the first.

    The last one runs to the last close, so it may be incomplete; see
    :mod:`reportgen.statistics.seasons`. Where the close that a period starts
    from is missing, the history begins after it: the best before is not known.

    Args:
        closes: Closes by session, ascending.
        freq: "M" for months, "Y" for years.
    """
    days = sessions(closes)
    ends = closes.groupby(days.to_period(freq)).last()
    newest = days.to_series().groupby(days.to_period(freq)).max()
    bases = zip(indexes.periods(ends)[1:].start_time.date, newest[:-1].dt.date, strict=True)
    calendar = _open_days(closes)
    holes = [
        place for place, (before, last) in enumerate(bases, 1) if last < _due(before, calendar)
    ]
    above = ends.where(ends > 0)  # no change to or from a price that is not
    return above.pct_change()[max(holes, default=0) + 1 :].dropna()


def total(adjusted: pd.Series, before: dt.date) -> float:
    """Total return, as a fraction, on closes adjusted for dividends.

    Window as in :func:`since`.

    Args:
        adjusted: Closes adjusted for dividends, by session, ascending.
        before: The first day of the window; the close before it is the base.
    """
    return since(adjusted, before)

"""Price returns over named windows, on closes.

All windows run from a *base* close to the last close: the base of a week is the last close before its
Monday, of a month (quarter, year) the last close before its first day. Dividends are not in a price
return; a total return needs adjusted closes and is never mixed with a price return.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from reportgen.errors import NoData
from reportgen.market.calendar import STARTS


def base_close(closes: pd.Series, before: dt.date) -> tuple[dt.date, float]:
    """Date and level of the last close before *before*; NoData where the series starts later."""
    earlier = closes[: pd.Timestamp(before) - pd.Timedelta(days=1)]
    if earlier.empty:
        raise NoData(
            f"{closes.name}: no close before {before}; the series starts {closes.index[0].date()}."
        )
    return earlier.index[-1].date(), float(earlier.iloc[-1])


def since(closes: pd.Series, before: dt.date) -> float:
    """Price return, as a fraction, from the last close before *before* to the last close."""
    return float(closes.iloc[-1]) / base_close(closes, before)[1] - 1


def since_session(closes: pd.Series, session: dt.date) -> float:
    """Price return, as a fraction, from the close of *session* itself to the last close."""
    return since(closes, session + dt.timedelta(days=1))


def day(closes: pd.Series) -> float:
    """Return of the last session, as a fraction of the close before it."""
    if len(closes) < 2:
        raise NoData(f"{closes.name}: two closes are needed for a day change, {len(closes)} found.")
    return float(closes.iloc[-1] / closes.iloc[-2] - 1)


def last_session(closes: pd.Series) -> dt.date:
    """The session of the last close."""
    return closes.index[-1].date()  # type: ignore[no-any-return]


def to_date(closes: pd.Series, window: str) -> float:
    """Return, as a fraction, of the running "week", "month", "quarter" or "year"."""
    return since(closes, STARTS[window](last_session(closes)))


def calendar_year(closes: pd.Series, year: int) -> float:
    """Price return of a whole calendar year, December close to December close, as a fraction."""
    told = closes[: str(year)]
    if told.empty or told.index[-1].year != year:
        raise NoData(f"{closes.name}: no close in {year}.")
    return since(told, dt.date(year, 1, 1))


def periods(closes: pd.Series, freq: str) -> pd.Series:
    """Returns, as fractions, of all months ("M") or years ("Y") after the first, by period.

    The last one runs to the last close, so it may be incomplete; see :mod:`reportgen.market.seasons`.
    """
    ends = closes.groupby(closes.index.to_period(freq)).last()
    return ends.pct_change().dropna()


def total(adjusted: pd.Series, before: dt.date) -> float:
    """Total return, as a fraction, on closes adjusted for dividends; window as in :func:`since`."""
    return since(adjusted, before)

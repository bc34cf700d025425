"""How far below a high, and where a correction or a bear market begins.

Always close to close.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from reportgen.statistics.indexes import sessions

CORRECTION = -0.10
BEAR_MARKET = -0.20
DAYS = 365
"""Length of "52 weeks"."""
LONG = 756
"""Sessions of three years: the time within which one fall has one high."""
EXACT = 12
"""Decimals of a drawdown: a close at exactly nine tenths of the high is a fall
of exactly a tenth.
"""


@dataclass(frozen=True, slots=True)
class High:
    """A closing high: its session and its level."""

    session: dt.date
    level: float


def year_window(closes: pd.Series) -> pd.Series:
    """The closes of the 52 weeks (365 days) that end with the last close.

    Args:
        closes: Closes by session, ascending.
    """
    days = sessions(closes)
    return closes[days > days[-1] - pd.Timedelta(DAYS, "D")]


def high_52_weeks(closes: pd.Series) -> High:
    """The highest close of the trailing 52 weeks.

    The latest one where two are equal.

    Args:
        closes: Closes by session, ascending.
    """
    return _highest(year_window(closes))


def high_of_fall(closes: pd.Series) -> High:
    """The high that the last fall began from.

    A fall may be older than 52 weeks: its high is the highest close of three years (756 sessions).
    A bear market that ended in between, with a rise of a fifth from its low, ended that fall; then
    it is the high of 52 weeks.

    Args:
        closes: Closes by session, ascending.
    """
    high, recent = _highest(closes.iloc[-LONG:]), high_52_weeks(closes)
    between = closes[pd.Timestamp(high.session) : pd.Timestamp(recent.session)]
    low = float(between.min())
    ended = low <= high.level * (1 + BEAR_MARKET) and recent.level >= low * (1 - BEAR_MARKET)
    return recent if ended else high


def record_high(closes: pd.Series) -> High:
    """The highest close of the whole series.

    Args:
        closes: Closes by session, ascending.
    """
    return _highest(closes)


def _highest(closes: pd.Series) -> High:
    level = float(closes.max())
    return High(closes.index[closes == level][-1].date(), level)


def drawdown(closes: pd.Series) -> float:
    """The last close against the 52-week closing high, a fraction from -1 to 0.

    Args:
        closes: Closes by session, ascending.
    """
    return round(float(closes.iloc[-1]) / high_52_weeks(closes).level - 1, EXACT)


def drawdowns(closes: pd.Series) -> pd.Series:
    """The drawdown of every close from its own trailing 52-week closing high.

    Args:
        closes: Closes by session, ascending.
    """
    highs = closes.rolling(f"{DAYS}D", min_periods=1).max()
    return (closes / highs - 1).round(EXACT)


def threshold(high: float, depth: float) -> float:
    """The level at which a fall of *depth* from *high* is complete.

    Args:
        high: The level that the fall is measured from.
        depth: A negative fraction: -0.1 for a correction, -0.2 in a bear market.
    """
    return high * (1 + depth)


def crossing(previous: float, current: float, depth: float) -> int:
    """-1 where the drawdown fell through *depth*, +1 where it rose out, else 0.

    Args:
        previous: The drawdown of the session before, a fraction from -1 to 0.
        current: The drawdown of this session, likewise.
        depth: A negative fraction: -0.1 for a correction, -0.2 in a bear market.
    """
    if previous > depth >= current:
        return -1
    return int(previous <= depth < current)


def spell_start(falls: pd.Series, depth: float) -> dt.date | None:
    """First session of the running spell at or below *depth*, or None.

    Args:
        falls: Drawdowns by session, as fractions, ascending.
        depth: A negative fraction: -0.1 for a correction, -0.2 in a bear market.
    """
    start = None
    backwards = zip(reversed(falls.index), reversed(falls.to_list()), strict=True)
    for session, fall in backwards:
        if fall > depth:
            break
        start = session.date()
    return start


def crossings(falls: pd.Series, depth: float) -> list[tuple[dt.date, int]]:
    """Sessions at which the drawdown crossed *depth*, oldest first, with direction.

    Args:
        falls: Drawdowns by session, as fractions, ascending.
        depth: A negative fraction: -0.1 for a correction, -0.2 in a bear market.
    """
    found = []
    for before, session in pairwise(falls.index):
        step = crossing(falls[before], falls[session], depth)
        if step:
            found.append((session.date(), step))
    return found


class Fall(NamedTuple):
    """A fall from a high of the whole series until a close as high ends it."""

    peak: dt.date
    """The last session at the high."""
    trough: dt.date
    """The session of the lowest close, the first one where two are equal."""
    recovered: dt.date | None
    """The first session that closed as high again; None where none has yet."""
    depth: float
    """The lowest close against the high, a fraction below zero."""
    days: int
    """Calendar days from the peak to the recovery, or to the last session."""


def underwater(closes: pd.Series) -> pd.Series:
    """The drawdown of every close from the highest one of the series so far, as fractions.

    Args:
        closes: Closes by session, ascending, above zero.
    """
    return (closes / closes.cummax() - 1).round(EXACT)


def falls(closes: pd.Series) -> list[Fall]:
    """Every fall from a high of the series, the deepest first.

    The series begins at a high: what it fell from before is not known.

    Args:
        closes: Closes by session, ascending, above zero.
    """
    below = underwater(closes)
    spells = (below == 0).cumsum()
    found = []
    for _, spell in below.groupby(spells):
        under = spell.iloc[1:]
        if under.empty:
            continue
        after = below.index[below.index > spell.index[-1]]
        peak, trough = spell.index[0], under.index[int(under.argmin())]
        ended = after[0] if len(after) else None
        found.append(
            Fall(
                peak=peak.date(),
                trough=trough.date(),
                recovered=ended.date() if ended is not None else None,
                depth=float(under.min()),
                days=((below.index[-1] if ended is None else ended) - peak).days,
            )
        )
    return sorted(found, key=lambda fall: fall.depth)

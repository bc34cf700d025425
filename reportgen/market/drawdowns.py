"""How far below a high, and where a correction or a bear market begins. Always close to close."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

CORRECTION = -0.10
BEAR_MARKET = -0.20


@dataclass(frozen=True, slots=True)
class High:
    """A closing high: its session and its level."""

    session: dt.date
    level: float


def year_window(closes: pd.Series) -> pd.Series:
    """The closes of the 52 weeks (one calendar year) that end with the last close."""
    start = closes.index[-1] - pd.DateOffset(years=1)
    return closes[closes.index > start]


def high_52_weeks(closes: pd.Series) -> High:
    """The highest close of the trailing 52 weeks; the latest one where two are equal."""
    return _highest(year_window(closes))


def record_high(closes: pd.Series) -> High:
    """The highest close of the whole series."""
    return _highest(closes)


def _highest(closes: pd.Series) -> High:
    level = float(closes.max())
    return High(closes.index[closes == level][-1].date(), level)


def drawdown(closes: pd.Series) -> float:
    """The last close against the 52-week closing high, a fraction from -1 to 0."""
    return float(closes.iloc[-1]) / high_52_weeks(closes).level - 1


def drawdowns(closes: pd.Series) -> pd.Series:
    """The drawdown of every close from its own trailing 52-week closing high."""
    highs = closes.rolling("365D", min_periods=1).max()
    return closes / highs - 1


def threshold(high: float, depth: float) -> float:
    """The level at which a fall of *depth* (a negative fraction) from *high* is complete."""
    return high * (1 + depth)


def crossing(previous: float, current: float, depth: float) -> int:
    """-1 where the drawdown fell through *depth*, +1 where it rose out of it, else 0."""
    if previous > depth >= current:
        return -1
    return int(previous <= depth < current)


def spell_start(falls: pd.Series, depth: float) -> dt.date | None:
    """First session of the running spell at or below *depth*, or None where the last is above it."""
    start = None
    for session, fall in zip(reversed(falls.index), reversed(falls.to_list()), strict=True):
        if fall > depth:
            break
        start = session.date()
    return start


def crossings(falls: pd.Series, depth: float) -> list[tuple[dt.date, int]]:
    """Sessions at which the drawdown crossed *depth*, oldest first, each with its direction."""
    steps = ((b.date(), crossing(falls[a], falls[b], depth)) for a, b in pairwise(falls.index))
    return [(session, step) for session, step in steps if step]

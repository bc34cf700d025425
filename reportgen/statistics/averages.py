"""Moving averages of levels, and where a short one crosses a long one.

The window is a number of sessions that ends with the last one. An average is in the unit of its
levels. "50-day" and "200-day" averages are of 50 and of 200 sessions.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from reportgen.core.errors import NoData
from reportgen.statistics.indexes import sessions

SHORT, LONG = 50, 200
"""Sessions of the two averages whose crosses are watched."""


class Cross(NamedTuple):
    """A short average that crossed a long one.

    ``way`` is 1 where it closed above, -1 where it closed below.
    """

    session: dt.date
    way: int


def enough(levels: pd.Series, sessions: int, what: str) -> pd.Series:
    """*levels*, without gaps.

    Raises:
        NoData: There are fewer than *sessions*, which *what* needs; or the window is none.
    """
    if sessions < 1:
        raise NoData(
            f"{levels.name}: {what} needs a window of one session or more, not {sessions}."
        )
    found = levels.dropna()
    if len(found) < sessions:
        raise NoData(
            f"{levels.name}: {what} needs {sessions} sessions, and the history has {len(found)}."
        )
    return found


def simple(levels: pd.Series, sessions: int = LONG) -> float:
    """The mean of the last *sessions* levels: (p[1] + ... + p[n]) / n.

    Args:
        levels: Levels by session, ascending.
        sessions: How many sessions it is over, the last one included.

    Raises:
        NoData: The history is shorter.
    """
    return float(enough(levels, sessions, "an average").iloc[-sessions:].mean())


def exponential(levels: pd.Series, sessions: int = SHORT) -> float:
    """The exponential average of span *sessions*: e[t] = e[t-1] + 2 / (n + 1) * (p[t] - e[t-1]).

    It begins with the mean of the first n levels, as charting programs begin (Achelis, Technical
    Analysis from A to Z).

    Args:
        levels: Levels by session, ascending.
        sessions: Its span, n.

    Raises:
        NoData: The history is shorter than the span.
    """
    values = enough(levels, sessions, "an exponential average").to_numpy(dtype=float)
    found, share = float(values[:sessions].mean()), 2 / (sessions + 1)
    for value in values[sessions:]:
        found += share * (float(value) - found)
    return found


def gap(levels: pd.Series, sessions: int = LONG) -> float:
    """How far the last level is from its simple average, as a fraction: p / average - 1.

    Raises:
        NoData: The history is shorter, or the average is not above zero.
    """
    average = simple(levels, sessions)
    if average <= 0:
        raise NoData(f"{levels.name}: its average is {average:,g}, and not above zero.")
    return float(levels.dropna().iloc[-1]) / average - 1


def crosses(levels: pd.Series, short: int = SHORT, long: int = LONG) -> list[Cross]:
    """Each session on which the *short* average closed on the other side of the *long* one.

    Oldest first. An average that only touches the other has crossed nothing: the side is that of
    the last session on which they differed.

    Args:
        levels: Levels by session, ascending.
        short: Sessions of the short average.
        long: Sessions of the long one, more than those of the short.

    Raises:
        NoData: The history is shorter than the long average, or *short* is not the shorter.
    """
    side = sides(levels, short, long).ffill().dropna()
    turned = side[side != side.shift()].iloc[1:]
    days = (day.date() for day in sessions(turned))
    return [Cross(day, int(way)) for day, way in zip(days, turned, strict=True)]


def sides(levels: pd.Series, short: int = SHORT, long: int = LONG) -> pd.Series:
    """The side of the *long* average that the *short* one is on, by session: 1 above, -1 below.

    It is NaN on a session on which they are equal, but for rounding. It begins with the first
    session that has both. A short average of one session is the level itself.

    Args:
        levels: Levels by session, ascending.
        short: Sessions of the short average.
        long: Sessions of the long one, more than those of the short.

    Raises:
        NoData: The history is shorter than the long average, or *short* is not the shorter.

    >>> levels = pd.Series([4.0, 2.0, 5.0, 5.0], pd.bdate_range("2025-01-06", periods=4))
    >>> sides(levels, 1, 2).tolist()
    [-1.0, 1.0, nan]
    """
    if short >= long:
        raise NoData(f"{levels.name}: an average of {short} sessions is no shorter than of {long}.")
    told = enough(levels, long, "a cross of averages")
    apart = (told.rolling(short).mean() - told.rolling(long).mean()).dropna()
    size = np.where(np.abs(apart) > TOUCH * told[apart.index].abs(), np.sign(apart), np.nan)
    return pd.Series(size, index=apart.index)


TOUCH = 1e-12
"""The share of a level by which two averages may differ from rounding alone."""

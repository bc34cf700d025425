"""How large a usual move is: the yardstick of every verb."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from reportgen.core.errors import NoData

DECAY = 0.94
"""RiskMetrics' decay for daily data."""


def ewma(changes: pd.Series, decay: float = DECAY) -> float:
    """Daily standard deviation, a fraction, of the changes *before* the last one.

    Exponentially weighted around zero (RiskMetrics 1996), so that the move to
    be judged never takes part in its own yardstick. At least 20 earlier changes
    are needed.

    Args:
        changes: Changes by session, as fractions, ascending.
        decay: The weight of each change against the one after it.
    """
    past = changes.iloc[:-1].to_numpy(dtype=float)
    if past.size < 20:
        raise NoData(
            f"{changes.name}: 20 earlier changes are needed for a volatility, {past.size} found."
        )
    past = past[-500:]
    weights = decay ** np.arange(past.size - 1, -1, -1)
    return float(np.sqrt((weights * past**2).sum() / weights.sum()))


def of_periods(changes: pd.Series, last: int = 60) -> float:
    """Standard deviation, a fraction, of up to *last* completed months or years.

    Args:
        changes: Changes by period, as fractions, ascending.
        last: The most periods that count.
    """
    return float(changes.iloc[-last:].std(ddof=0))


YEAR = 252
"""Sessions of a year, by which a daily volatility is annualised."""
MONTH, QUARTER = 21, 63
"""Sessions of a month and of a quarter."""


def realised(
    levels: pd.Series, sessions: int = MONTH, *, log: bool = True, year: int = YEAR
) -> float:
    """The annualised volatility of the last *sessions* changes, a fraction: s * sqrt(year).

    s is the sample standard deviation (n - 1) of *log* changes, ln(p[t] / p[t-1]), or of simple
    ones, p[t] / p[t-1] - 1.

    Args:
        levels: Levels by session, ascending, above zero.
        sessions: How many changes count, two or more.
        log: Whether the changes are of logarithms.
        year: Sessions of a year; 365 for what never closes.

    Raises:
        NoData: The history is shorter, or a level is not above zero.
    """
    changes = _changes(levels, log=log)
    if sessions < 2 or len(changes) < sessions:
        raise NoData(
            f"{levels.name}: a volatility of {sessions} changes is asked for; two or more are"
            f" needed, and the history has {len(changes)}."
        )
    return float(changes.iloc[-sessions:].std(ddof=1) * math.sqrt(year))


def realised_path(
    levels: pd.Series, sessions: int = MONTH, *, log: bool = True, year: int = YEAR
) -> pd.Series:
    """:func:`realised` as of each session, without the first ones."""
    path: pd.Series = _changes(levels, log=log).rolling(sessions).std(ddof=1).dropna()
    return path * math.sqrt(year)


def _changes(levels: pd.Series, *, log: bool) -> pd.Series:
    told = levels.dropna()
    if len(told) and float(told.min()) <= 0:
        raise NoData(f"{levels.name}: a level is not above zero; it has no volatility.")
    ratio = (told / told.shift()).iloc[1:]
    if not log:
        return ratio - 1
    return pd.Series(np.log(ratio.to_numpy(dtype=float)), index=ratio.index, name=levels.name)


def percentile(values: pd.Series, last: int = 1260) -> float:
    """The share (0 to 1) of the last values that are at or below the newest, itself included.

    Args:
        values: Values by session, ascending: :func:`realised_path`, or the VIX.
        last: The most values that count; five years of sessions.

    Raises:
        NoData: There are fewer than two.
    """
    told = values.dropna().iloc[-last:]
    if len(told) < 2:
        raise NoData(f"{values.name}: a percentile needs two values, {len(told)} found.")
    return float((told <= told.iloc[-1]).mean())


def tail_share(changes: pd.Series, last: int = 1260) -> float:
    """Share (0 to 1) of earlier changes as large as the last one and of its sign.

    Laplace's rule, (k + 1) / (n + 1), keeps it above zero; the window is five
    years of sessions.

    Args:
        changes: Changes by session, as fractions, ascending.
        last: The most earlier changes that count.
    """
    move = float(changes.iloc[-1])
    past = changes.iloc[-last - 1 : -1]
    k = int((past >= move).sum()) if move >= 0 else int((past <= move).sum())
    return (k + 1) / (len(past) + 1)

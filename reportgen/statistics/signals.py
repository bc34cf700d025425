"""Where the last value stands among those before it: RSI, z-score, volume against its average."""

from __future__ import annotations

import pandas as pd

from reportgen.core.errors import NoData
from reportgen.statistics.averages import enough

WILDER = 14
"""Sessions of Wilder's index."""


def rsi(levels: pd.Series, sessions: int = WILDER) -> float:
    """Wilder's relative strength index, 0 to 100: 100 - 100 / (1 + gains / losses).

    The mean gain and loss begin with the plain means of the first n changes; then each is
    (n - 1) / n of the one before and 1 / n of the new change (Wilder, New Concepts in Technical
    Trading Systems, 1978). The whole history counts. 50 where nothing moved, 100 without a loss.

    Args:
        levels: Levels by session, ascending.
        sessions: n, the sessions of its means.

    Raises:
        NoData: The history has fewer than n changes.
    """
    told = enough(levels, sessions + 1, "an RSI")
    changes = told.diff().iloc[1:]
    moves = [float(change) for change in changes]
    up, down = [max(move, 0.0) for move in moves], [max(-move, 0.0) for move in moves]
    gain, loss = sum(up[:sessions]) / sessions, sum(down[:sessions]) / sessions
    for rise, fall in zip(up[sessions:], down[sessions:], strict=True):
        gain = (gain * (sessions - 1) + rise) / sessions
        loss = (loss * (sessions - 1) + fall) / sessions
    if gain + loss == 0:
        return 50.0
    return 100.0 * gain / (gain + loss)


def z_score(values: pd.Series, sessions: int = 252) -> float:
    """The last value in standard deviations from its mean: (x - mean) / s.

    Mean and s (sample, n - 1) are of the last *sessions* values, the last one included.

    Args:
        values: Values by session, ascending: levels, spreads or changes.
        sessions: How many count, two or more.

    Raises:
        NoData: The history is shorter, or its values are all the same.
    """
    told = enough(values, max(sessions, 2), "a z-score").iloc[-max(sessions, 2) :]
    size = float(told.std(ddof=1))
    if size == 0:
        raise NoData(f"{values.name}: all values are the same; there is no z-score.")
    return (float(told.iloc[-1]) - float(told.mean())) / size


def volume_ratio(volumes: pd.Series, sessions: int = 20) -> float:
    """The last volume against the mean of the *sessions* before it, as a ratio: 1.5 is half more.

    The last session is not part of its own yardstick.

    Args:
        volumes: Volumes by session, ascending.
        sessions: How many earlier sessions count.

    Raises:
        NoData: The history is shorter, or nothing was traded in it.
    """
    told = enough(volumes, sessions + 1, "a volume against its average")
    usual = float(told.iloc[-sessions - 1 : -1].mean())
    if usual <= 0:
        raise NoData(f"{volumes.name}: nothing was traded in {sessions} sessions.")
    return float(told.iloc[-1]) / usual

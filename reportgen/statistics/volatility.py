"""How large a usual move is: the yardstick of every verb."""

from __future__ import annotations

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

"""Which stocks of a list moved farthest."""

from __future__ import annotations

import datetime as dt
from itertools import chain, zip_longest

import numpy as np
import pandas as pd

USUAL, LEAST = 60, 63
"""The sessions from which the usual size of a day's change is taken, and how many it needs."""


def changes_over(closes: pd.DataFrame, begin: dt.date | None = None) -> pd.Series:
    """The change of each column to the last row, as a fraction; NaN where one is missing.

    Args:
        closes: Closes: a row a session, a column a symbol.
        begin: The first day of a window, which runs from the close before it; None for the change
            from the row before the last.
    """
    earlier = closes.iloc[:-1]
    if begin is not None:
        earlier = earlier[: pd.Timestamp(begin) - pd.Timedelta(days=1)]
    if earlier.empty:
        return pd.Series(np.nan, index=closes.columns)
    return closes.iloc[-1] / earlier.iloc[-1] - 1


def farthest(closes: pd.DataFrame, most: int, begin: dt.date | None = None) -> list[str]:
    """Up to *most* symbols that moved farthest, by size and by surprise in turn.

    Those without a quarter of closes are left out. The surprise of a move is its size in units of
    the usual one: the root of the mean square of the day's changes of the 60 sessions before.

    Args:
        closes: Closes: a row a session, a column a symbol.
        most: How many.
        begin: As in :func:`changes_over`.

    >>> days = pd.date_range("2025-01-06", periods=64)
    >>> farthest(pd.DataFrame({"A": range(100, 164), "B": range(64)}, index=days), 1)
    ['B']
    """
    sizes = changes_over(closes, begin).abs()
    sizes = sizes[sizes.notna() & (closes.notna().sum() > LEAST)]
    days = closes[sizes.index].iloc[-USUAL - 2 : -1]
    usual = np.sqrt((days.pct_change(fill_method=None) ** 2).mean())
    surprises = (sizes / usual).replace(np.inf, np.nan).dropna()
    ranked = (
        measure.sort_index().sort_values(ascending=False, kind="stable").index
        for measure in (sizes, surprises)
    )
    turns = chain.from_iterable(zip_longest(*ranked))
    return list(dict.fromkeys(symbol for symbol in turns if symbol is not None))[:most]

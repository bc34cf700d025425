"""Groups of instruments as one: their median, and how many moved which way."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import NamedTuple

import pandas as pd

from reportgen.statistics.drawdowns import DAYS

ROUNDING = 1e-12
"""A close that is above a mean by a smaller share is equal to it."""


def median_change(changes: Mapping[str, float]) -> float:
    """Median of the members' changes, a fraction.

    Args:
        changes: The change of each member, as a fraction, by symbol.
    """
    return float(median(changes.values()))


def decliners(changes: Mapping[str, float]) -> int:
    """How many members fell.

    Args:
        changes: The change of each member, as a fraction, by symbol.
    """
    return sum(change < 0 for change in changes.values())


def extremes(changes: Mapping[str, float]) -> tuple[str, str]:
    """The members with the lowest and the highest change.

    Args:
        changes: The change of each member, as a fraction, by symbol.
    """
    ordered = sorted(changes, key=lambda symbol: (changes[symbol], symbol))
    return ordered[0], ordered[-1]


class Share(NamedTuple):
    """How many of a list have a property, and of how many it is known."""

    having: int
    of: int


class Advance(NamedTuple):
    """How many of a list rose, fell and ended where they were."""

    rising: int
    falling: int
    unchanged: int


def advance(changes: pd.Series) -> Advance:
    """How many of the *changes* are above, below and at zero.

    Args:
        changes: The change of each member, as a fraction, by symbol; NaN where it is not known.
    """
    known = changes.dropna()
    return Advance(int((known > 0).sum()), int((known < 0).sum()), int((known == 0).sum()))


def above_average(closes: pd.DataFrame, sessions: int) -> Share:
    """How many of the last closes are above the mean of so many sessions, the last included.

    A column that lacks one of these closes is not counted.

    Args:
        closes: Closes: a row a session, a column a symbol.
        sessions: 50 or 200, as newsrooms have it.
    """
    last = closes.iloc[-sessions:]
    whole = last.loc[:, last.notna().all()] if len(last) == sessions else last.iloc[:, :0]
    # A mean of equal closes may miss them by a rounding error.
    above = whole.iloc[-1] > whole.mean() * (1 + ROUNDING)
    return Share(int(above.sum()), whole.shape[1])


def one_year_highs(closes: pd.DataFrame) -> Share:
    """How many of the last closes are above each earlier one of a year; the rest has none so old.

    Args:
        closes: Closes: a row a session, a column a symbol. Those of a column must begin a year
            before its last row.
    """
    return _extreme(closes)


def one_year_lows(closes: pd.DataFrame) -> Share:
    """How many of the last closes are below each earlier one of a year; see one_year_highs."""
    return _extreme(-closes)


def _extreme(closes: pd.DataFrame) -> Share:
    begin = closes.index[-1] - pd.Timedelta(days=DAYS)
    old = closes.loc[:, closes[:begin].notna().any()]
    year = old[old.index > begin]
    count = (year.iloc[-1] > year.iloc[:-1].max()).sum() if len(year) > 1 else 0
    return Share(int(count), old.shape[1])

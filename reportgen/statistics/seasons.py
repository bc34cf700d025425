"""Months and years against each other: only completed ones are ranked."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from reportgen.statistics import returns
from reportgen.statistics.indexes import of_period, periods


def completed(changes: pd.Series, next_session: dt.date) -> pd.Series:
    """Those periods of *changes* that end before *next_session*.

    Args:
        changes: Changes by period, as fractions, ascending.
        next_session: The first session that is not over.
    """
    return changes[periods(changes).end_time < pd.Timestamp(next_session)]


def completed_months(closes: pd.Series, next_session: dt.date) -> pd.Series:
    """Returns, as fractions, of the completed months, by month.

    Args:
        closes: Closes by session, ascending.
        next_session: The first session that is not over.
    """
    return completed(returns.periods(closes, "M"), next_session)


def rank(changes: pd.Series, period: pd.Period) -> tuple[int, int]:
    """Rank of *period* from the best (1) and the number of periods ranked.

    Ties share the better rank.

    Args:
        changes: Changes by period, as fractions, ascending.
        period: One of the periods of *changes*.
    """
    return int((changes > of_period(changes, period)).sum()) + 1, len(changes)


def best_and_worst(changes: pd.Series) -> tuple[pd.Period, pd.Period]:
    """The periods with the highest and the lowest change.

    The latest one where two are equal.

    Args:
        changes: Changes by period, as fractions, ascending.
    """
    latest_first = changes.iloc[::-1]
    names = periods(latest_first)
    return names[int(latest_first.argmax())], names[int(latest_first.argmin())]

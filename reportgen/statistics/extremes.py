"""Superlatives: the last earlier session with a move as large, and records."""

from __future__ import annotations

import datetime as dt

import pandas as pd


def last_as_large(changes: pd.Series) -> dt.date | None:
    """The last earlier session with a change as large and of the same sign.

    None where there is none in the series: the last change is then the largest
    it holds. Brute force on unrounded values; ties count as "as large".

    Args:
        changes: Changes by session, as fractions, ascending.
    """
    last = float(changes.iloc[-1])
    earlier = changes.iloc[:-1]
    found = earlier[earlier >= last] if last > 0 else earlier[earlier <= last]
    return None if found.empty else found.index[-1].date()


def evidence(values: pd.Series, since: dt.date) -> dict[str, float]:
    """What a superlative rests on: the last value, that of *since*, and the extreme between.

    Args:
        values: Closes or changes by session, ascending.
        since: The session that the last one is compared with.

    Returns:
        "now" and "then", and "between" where there are sessions between: their greatest value if
        the last value is the highest since, their least one if it is the lowest.
    """
    then, now = float(values[pd.Timestamp(since)]), float(values.iloc[-1])
    between = values.iloc[:-1]
    between = between[between.index > pd.Timestamp(since)]
    found = {"now": now, "then": then}
    if len(between):
        highest = float(between.max())
        found["between"] = highest if highest < now else float(between.min())
    return found


def sessions_between(changes: pd.Series, session: dt.date) -> int:
    """How many sessions after *session* the last one is.

    Args:
        changes: Changes by session, as fractions, ascending.
        session: A session of the series.
    """
    return int((changes.index > pd.Timestamp(session)).sum())


def is_record(closes: pd.Series) -> bool:
    """Whether the last close is above every earlier one of the series.

    Args:
        closes: Closes by session, ascending.
    """
    return bool(len(closes) > 1 and closes.iloc[-1] > closes.iloc[:-1].max())


def last_close_as_far(closes: pd.Series, *, below: bool) -> dt.date | None:
    """The last earlier session that closed as far as the last one, or None.

    Args:
        closes: Closes by session, ascending.
        below: Whether to look for closes at or below the last one, rather than
            at or above it.
    """
    last = float(closes.iloc[-1])
    earlier = closes.iloc[:-1]
    found = earlier[earlier <= last] if below else earlier[earlier >= last]
    return None if found.empty else found.index[-1].date()

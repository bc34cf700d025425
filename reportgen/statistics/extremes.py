"""Superlatives: the last earlier session with a move as large, and records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from reportgen.statistics.indexes import sessions

LONGEST = pd.Timedelta(days=10)
"""The longest break of a series where no calendar says which days it has."""


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


class Farthest(NamedTuple):
    """How far back a series had a value as far as its last one."""

    place: int
    """The place of the last such value, -1 where there is none before."""
    steps: int
    """How many values ago it was; where there is none, how many there are before the last."""
    mark: int
    """How many values ago the farthest one since then was, which the last one passes."""
    evidence: Mapping[str, float]
    """The last value ("now"), the one at the place ("then"), the farthest one after it
    ("between")."""


def farthest(values: pd.Series, *, above: bool) -> Farthest | None:
    """How far back *values* were last as far as now, by brute force; ties are as far.

    None with fewer than two values.

    Args:
        values: Levels, changes or sizes, ascending by day or period.
        above: Whether far is high, rather than low.
    """
    numbers = values.to_numpy(dtype=float)
    if len(numbers) < 2:
        return None
    last, earlier = float(numbers[-1]), numbers[:-1]
    far = (earlier >= last if above else earlier <= last).nonzero()[0]
    place = int(far[-1]) if len(far) else -1
    between = earlier[place + 1 :]
    evidence = {"now": last}
    if place >= 0:
        evidence["then"] = float(earlier[place])
    mark = 0
    if len(between):
        evidence["between"] = float(between.max() if above else between.min())
        nearest = between[::-1]
        mark = 1 + int(nearest.argmax() if above else nearest.argmin())
    return Farthest(place, len(earlier) - max(place, 0), mark, evidence)


def unbroken(levels: pd.Series, due: pd.DatetimeIndex) -> pd.Series:
    """The end of *levels* in which no day of *due* is missing.

    Before the first day of *due*, a break of more than ten days ends it, too.

    Args:
        levels: Levels by day, ascending.
        due: The days that must have one, ascending.
    """
    days = sessions(levels)
    missing = due[(due > days[0]) & ~due.isin(days)]
    found = levels[days > missing[-1]] if len(missing) else levels
    days = sessions(found)
    early = days[days < due[0]] if len(due) else days
    breaks = (early[1:] - early[:-1] > LONGEST).nonzero()[0]
    return found.iloc[int(breaks[-1]) + 1 :] if len(breaks) else found

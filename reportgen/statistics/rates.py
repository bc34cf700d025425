"""Target ranges, yields, and the odds that Fed funds futures imply.

The odds follow CME's published FedWatch method: a contract settles on the
average rate of its month; the announcement day still carries the old rate; a
month without a meeting pins the rate between two meetings.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from reportgen.core.errors import NoData
from reportgen.statistics.indexes import sessions

STEP = 0.25
"""The Fed's usual step; rates here are in percent, as the futures quote them."""
FEWEST_AFTER = 8
"""Days that must follow a meeting in its month for the month's average to tell
the rate after it.

With two, a quarter of a tick is 15 points.
"""
Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RangeChange:
    """A move of the target range.

    First day in force and its size as a fraction (-0.0025 is a cut of 25 bp).
    """

    effective: dt.date
    change: float


def range_changes(upper: pd.Series) -> list[RangeChange]:
    """All changes of the target range's upper end (fractions), oldest first.

    Args:
        upper: The upper end of the target range by day, as fractions, ascending.
    """
    steps = upper.diff().dropna()
    steps = steps[steps.abs() > 1e-9]
    days = sessions(steps).date
    return [RangeChange(day, float(step)) for day, step in zip(days, steps, strict=True)]


def latest_cycle(
    changes: Sequence[RangeChange], within_days: int, as_of: dt.date
) -> list[RangeChange]:
    """The latest run of changes of one sign, if it is recent.

    Args:
        changes: Changes of the target range, oldest first.
        within_days: The most calendar days since the last change of the run.
        as_of: The day from which *within_days* counts.
    """
    if not changes or (as_of - changes[-1].effective).days > within_days:
        return []
    run: list[RangeChange] = []
    for change in reversed(changes):
        if run:
            turned = change.change * run[0].change < 0
            pause = (run[-1].effective - change.effective).days
            if turned or pause > 150:
                break
        run.append(change)
    return run[::-1]


def _shift(month: Month, by: int) -> Month:
    index = month[0] * 12 + month[1] - 1 + by
    return index // 12, index % 12 + 1


def meeting_rates(
    prices: Mapping[Month, float], meetings: Sequence[dt.date]
) -> dict[dt.date, tuple[float, float]]:
    """Implied rate, in percent, before and after each of *meetings*, by day.

    *prices* maps (year, month) to the futures price. A meeting is left out
    where the chain from a month without one does not reach it. Months after the
    last meeting listed are no anchors.

    Args:
        prices: Futures prices by (year, month): 95.67 implies a rate of 4.33%.
        meetings: The announcement days of the meetings, ascending.
    """
    by_month = {(m.year, m.month): m for m in meetings}
    last = max(by_month, default=(0, 0))
    average = {month: 100 - price for month, price in prices.items()}
    after_last = _shift(last, 1)
    quiet = [m for m in average if m not in by_month and m <= after_last]
    anchors = {month: average[month] for month in quiet}
    start: dict[Month, float] = {_shift(m, 1): a for m, a in anchors.items()}
    end: dict[Month, float] = {_shift(m, -1): a for m, a in anchors.items()}
    # Backward: the end of a month is the start of the next.
    for month in sorted(by_month, reverse=True):
        if month not in end and _shift(month, 1) in start:
            end[month] = start[_shift(month, 1)]
        if month in end and month in average and month not in start:
            start[month] = _solve_start(
                average[month],
                end[month],
                by_month[month],
            )
    for month in sorted(by_month):  # forward, for what is left
        if month not in start and _shift(month, -1) in end:
            start[month] = end[_shift(month, -1)]
        if (
            month in start
            and month not in end
            and month in average
            and _days(by_month[month])[1] >= FEWEST_AFTER
        ):
            end[month] = _solve_end(
                average[month],
                start[month],
                by_month[month],
            )
    reached = [month for month in sorted(by_month) if month in start and month in end]
    return {by_month[month]: (start[month], end[month]) for month in reached}


def _days(day: dt.date) -> tuple[int, int]:
    length = calendar.monthrange(day.year, day.month)[1]
    return length, length - day.day


def _solve_start(average: float, end: float, meeting: dt.date) -> float:
    length, after = _days(meeting)
    return (length * average - after * end) / meeting.day


def _solve_end(average: float, start: float, meeting: dt.date) -> float:
    length, after = _days(meeting)
    return (length * average - meeting.day * start) / after


def fedwatch(
    prices: Mapping[Month, float], meetings: Sequence[dt.date], decided: int = 0
) -> dict[dt.date, dict[int, float]]:
    """Probability (0 to 1) of each target range after each meeting, by 25 bp.

    The first *decided* of the *meetings* are over: they still shape the average
    of the running month, but today's range is what they left. CME FedWatch
    methodology: the implied move of a meeting is split between the two nearest
    whole steps; meetings convolve.

    Args:
        prices: Futures prices by (year, month): 95.67 implies a rate of 4.33%.
        meetings: The announcement days of the meetings, ascending.
        decided: How many of them are over.
    """
    distribution = {0: 1.0}
    table: dict[dt.date, dict[int, float]] = {}
    over = set(meetings[:decided])
    for meeting, (before, after) in meeting_rates(prices, meetings).items():
        if meeting in over:
            continue
        steps = (after - before) / STEP
        low = math.floor(steps)
        weight = steps - low
        following: dict[int, float] = {}
        for position, share in distribution.items():
            for step, part in ((low, 1 - weight), (low + 1, weight)):
                place = position + step
                following[place] = following.get(place, 0.0) + share * part
        distribution = {k: p for k, p in sorted(following.items()) if p > 0}
        table[meeting] = distribution
    return table


def next_odds(
    prices: Mapping[Month, float], meetings: Sequence[dt.date], decided: int = 0
) -> dict[int, float]:
    """Probability (0 to 1) of each step of 25 bp at the next meeting.

    Args:
        prices: Futures prices by (year, month): 95.67 implies a rate of 4.33%.
        meetings: The announcement days of the meetings, ascending.
        decided: How many of them are over.
    """
    table = fedwatch(prices, meetings, decided)
    if len(meetings) <= decided or meetings[decided] not in table:
        raise NoData("Fed funds futures do not reach the next meeting from a month without one.")
    return table[meetings[decided]]

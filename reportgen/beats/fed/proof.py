"""Why a claim about the Fed's target range, next meeting or odds is false."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Month, Rows, equal, same

KINDS = (
    "fed_probability",
    "meeting",
    "target_range",
    "target_changes",
    "target_change_bp",
)
ANNOUNCED = dt.time(14)
"""When a decision is announced, on the last day of a meeting."""
LEAST = 1e-9
"""A difference that is less is no move."""
STEP = 0.25
"""The size of a move, in percentage points."""
OLD = 7
"""Settlements of more days ago tell nothing."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"].startswith("target_"):
        truth = policy(rows)[claim["fact"]]
    elif claim["window"] == "day-before":
        truth = odds(rows, 1)[claim["fact"].replace(".before", "")]
    else:
        truth = odds(rows)[claim["fact"]]
    if isinstance(truth, str):
        return equal(claim["value"], truth)
    return same(claim["value"], truth)


def policy(rows: Rows) -> dict[str, float | str]:
    """The target range and its latest run of moves, dated by their announcements.

    Returns:
        Rates and dates by the names of their facts. Where there is no run, the
        day since when the range has held, if it moved at all.
    """
    low, high = rows.market["target_range"]
    upper = list(zip(*rows.known_rates(high), strict=True))
    found: dict[str, float | str] = {
        "fed.target_low": rows.known_rates(low)[1][-1],
        "fed.target_high": upper[-1][1],
    }
    run = rows.cycle(min(rows.session, upper[-1][0]))
    if not run:
        moved = [b[0] for a, b in pairwise(upper) if abs(b[1] - a[1]) > LEAST]
        if not moved:  # it did not move within the known history, so it has no first day
            return found
        since = moved[-1] - ONE_DAY
        return found | {"fed.target_range.since": since.isoformat()}
    return found | {
        "fed.target_changes": len(run),
        "fed.target_change_bp": sum(size for _, size in run),
        "fed.target_changes.first": (run[0][0] - ONE_DAY).isoformat(),
        "fed.target_changes.last": (run[-1][0] - ONE_DAY).isoformat(),
    }


def odds(rows: Rows, ago: int = 0) -> dict[str, float | str]:
    """The chances of a hold, a cut and an increase at the next meeting.

    Args:
        rows: The raw rows up to the session.
        ago: By how many settlements before the last one.

    Returns:
        Chances and dates by the names of their facts. Empty where the contracts
        give none.
    """
    now = rows.at.date(), rows.at.time()
    coming = [one for one in rows.meetings if (one[1], ANNOUNCED) > now]
    settled = rows.futures
    if not coming or len(settled) <= ago:
        return {}
    if (rows.session - settled[-1 - ago][0]).days > OLD:
        return {}
    marked, prices = settled[-1 - ago]
    decided = {(end.year, end.month): end for _, end in rows.meetings}
    start, end = coming[0]
    solved = around(end, prices, decided)
    if solved is None:
        return {}
    steps = (solved[1] - solved[0]) / STEP
    return {
        "fed.fed_probability.hold": max(0.0, 1 - abs(steps)),
        "fed.fed_probability.cut": min(1.0, max(0.0, -steps)),
        "fed.fed_probability.increase": min(1.0, max(0.0, steps)),
        "fed.fed_probability.date": marked.isoformat(),
        "fed.meeting.start": start.isoformat(),
        "fed.meeting.end": end.isoformat(),
    }


def around(
    meeting: dt.date,
    prices: Mapping[Month, float],
    decided: Mapping[Month, dt.date],
) -> tuple[float, float] | None:
    """The rate before and after *meeting*.

    From quiet months beside it, else through the months that follow.
    """
    month = (meeting.year, meeting.month)
    after = rate_after(month, prices, decided)
    previous = shifted(month, -1)
    if previous in prices and previous not in decided:
        old = 100 - prices[previous]
    elif after is None or month not in prices:
        return None
    else:
        old = rate_before(month, after, prices, decided)
    if after is None:
        if month not in prices:
            return None
        days = calendar.monthrange(*month)[1]
        average = 100 - prices[month]
        after = (days * average - meeting.day * old) / (days - meeting.day)
    return old, after


def rate_after(
    month: Month, prices: Mapping[Month, float], decided: Mapping[Month, dt.date]
) -> float | None:
    """The rate at the end of *month*.

    The next month's, if that is quiet, else what the next month begins with.
    """
    following = shifted(month, 1)
    if following not in prices or following > shifted(max(decided), 1):
        return None
    if following not in decided:
        return 100 - prices[following]
    later = rate_after(following, prices, decided)
    if later is None:
        return None
    return rate_before(following, later, prices, decided)


def rate_before(
    month: Month,
    after: float,
    prices: Mapping[Month, float],
    decided: Mapping[Month, dt.date],
) -> float:
    """The rate before the decision of *month*.

    Held to the day of the decision and followed by *after*, it gives the
    month's average.
    """
    days, day = calendar.monthrange(*month)[1], decided[month].day
    return (days * (100 - prices[month]) - (days - day) * after) / day


def shifted(month: Month, by: int) -> Month:
    """The month *by* months later."""
    count = month[0] * 12 + month[1] - 1 + by
    return count // 12, count % 12 + 1

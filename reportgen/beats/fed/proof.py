"""Why a claim about the Fed's target range, next meeting or odds is false."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Month, Rows, equal, same, start_of

KINDS = (
    "fed_probability",
    "meeting",
    "target_range",
    "target_changes",
    "target_change_bp",
    "decision",
    "decision_odds",
    "decision_unscheduled",
    "decisions",
    "cuts",
    "increases",
    "last_cut",
    "last_increase",
    "straight_cuts",
    "straight_holds",
    "straight_increases",
    "voters",
    "votes_against",
    "prefer_higher",
    "prefer_lower",
)
ANNOUNCED = dt.time(14)
"""When a decision is announced, on the last day of a meeting."""
LEAST = 1e-9
"""A difference that is less is no move."""
STEP = 0.25
"""The size of a move, in percentage points."""
PAUSE = 150
"""Days after which a move is the first one since the last of its kind."""
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
    if claim["fact"].startswith("fed.decisions."):
        truth = over(rows, claim["window"])[claim["fact"].removeprefix("fed.decisions.")]
    elif claim["fact"].startswith("fed.decision."):
        truth = last_decision(rows, claim["kind"])[claim["fact"].removeprefix("fed.decision.")]
    elif claim["kind"].startswith("target_"):
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
        return found | {"fed.target_range.since": decided_on(rows, moved[-1]).isoformat()}
    return found | {
        "fed.target_changes": len(run),
        "fed.target_change_bp": sum(size for _, size in run),
        "fed.target_changes.first": decided_on(rows, run[0][0]).isoformat(),
        "fed.target_changes.last": decided_on(rows, run[-1][0]).isoformat(),
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


def history(rows: Rows) -> list[tuple[dt.date, float]]:
    """The day of each decision and what it changed, in percentage points, oldest first.

    A row of the range that differs from the one before was decided at the meeting between the two,
    else on the eve of its day. A meeting without such a row is a hold, if a later row is known.
    """
    days, values = rows.known_rates(rows.market["target_range"][-1])
    found = dict[dt.date, float]()
    now = rows.at.date(), rows.at.time()
    over = [end for _, end in rows.meetings if (end, ANNOUNCED) <= now]
    for end in over:
        if days[0] < end < days[-1]:
            found[end] = 0.0
    for (_, old), (day, new) in pairwise(zip(days, values, strict=True)):
        if abs(new - old) > LEAST:
            found[decided_on(rows, day)] = (new - old) * 100
    return [(day, size) for day, size in sorted(found.items()) if (day, ANNOUNCED) <= now]


def decided_on(rows: Rows, day: dt.date) -> dt.date:
    """The day of the decision on the range whose first row is of *day*.

    At a meeting after the row before, at one of *day* itself, or on its eve.
    """
    days = rows.known_rates(rows.market["target_range"][-1])[0]
    before = max(one for one in days if one < day)
    ends = [end for _, end in rows.meetings]
    held = [end for end in ends if before <= end < day]
    return held[0] if held else (day if day in ends else day - ONE_DAY)


def direction(change: float) -> str:
    """Whether a decision was a cut, a hold or an increase."""
    return "cut" if change < -LEAST else ("increase" if change > LEAST else "hold")


def alike(made: Sequence[tuple[dt.date, float]], rows: Rows) -> int:
    """How many of the last decisions went one way, 0 where that is not known."""
    ways = [direction(change) for _, change in made]
    place = len(ways) - 1
    while place >= 0 and ways[place] == ways[-1]:
        place -= 1
    listed = rows.meetings
    if place < 0 or not listed or made[place][0] < min(end for _, end in listed):
        return 0
    return len(ways) - 1 - place


def last_decision(rows: Rows, kind: str = "") -> dict[str, float | str]:
    """The last decision that was known at the moment, with its rarity and its odds on the eve.

    Args:
        rows: The raw rows up to the session.
        kind: The kind of the fact that is asked for: futures are read for odds alone.

    Returns:
        Values by the names of their facts after "fed.decision.".
    """
    made = history(rows)
    day, change = made[-1]
    low, high = (rows.known_rates(name)[1][-1] for name in rows.market["target_range"])
    found: dict[str, float | str] = {
        "low": low,
        "high": high,
        "change": change / 100,
        "day": day.isoformat(),
    }
    if (count := alike(made, rows)) > 1:
        found["nth"] = count
    if (count := alike(made[:-1], rows)) > 1:
        found["ended"] = count
    earlier = [one for one in made[:-1] if direction(one[1]) != "hold"]
    same_way = [one[0] for one in earlier if direction(one[1]) == direction(change)]
    if same_way and (earlier[-1][0] != same_way[-1] or (day - same_way[-1]).days > PAUSE):
        found["since"] = same_way[-1].isoformat()
    regular = [one.end for one in rows.raw.meetings if one.kind == "regular"]
    if regular and day not in regular and min(regular) <= day <= max(regular):
        found["unscheduled"] = day.isoformat()
    if kind == "decision_odds":
        found |= on_the_eve(rows, day, change)
    for one in rows.raw.meetings:
        if one.end == day and one.votes:
            found |= ballot(one.votes)
    return found


def ballot(votes: Mapping[str, int]) -> dict[str, float | str]:
    """How many voted, how many of them against, and for what those were."""
    told = {name: float(count) for name, count in votes.items() if name != "votes_for"}
    return {**told, "voters": float(votes["votes_for"] + votes["votes_against"])}


def on_the_eve(rows: Rows, day: dt.date, change: float) -> dict[str, float | str]:
    """The chance of that *change* by the last settlements before *day*, and their day."""
    settled = [one for one in rows.futures if one[0] < day]
    if not settled or (day - settled[-1][0]).days > OLD:
        return {}
    marked, prices = settled[-1]
    solved = around(day, prices, {(end.year, end.month): end for _, end in rows.meetings})
    if solved is None:
        return {}
    off = (solved[1] - solved[0] - change) / STEP
    return {"odds": max(0.0, 1 - abs(off)), "odds.date": marked.isoformat()}


def over(rows: Rows, window: str) -> dict[str, float | str]:
    """What was decided over the *window* that ends with the session.

    Returns:
        Values by the names of their facts after "fed.decisions.".
    """
    closed = rows.exchange.before(start_of(window, rows.session))
    made = [one for one in history(rows) if one[0] > closed]
    sizes = [change for _, change in made if direction(change) != "hold"]
    return {
        "number": len(made),
        "moves": len(sizes),
        "total": sum(sizes) / 100,
        "last": max((day.isoformat() for day, change in made if abs(change) > LEAST), default=""),
        "cuts": sum(size < 0 for size in sizes),
        "increases": sum(size > 0 for size in sizes),
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

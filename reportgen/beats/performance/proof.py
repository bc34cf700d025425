"""Why a claim of a tear sheet is false."""

from __future__ import annotations

import bisect
import datetime as dt
import math
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from reportgen.verify.rows import Claim, Rows, equal, same, start_of, whole_moves

ALONE = (
    *("total", "cagr", "volatility", "sharpe", "sortino", "calmar", "winning", "skew", "kurtosis"),
    *("var", "cvar", "drawdown", "peak", "trough", "under_days", "recovered", "below"),
    *("recent", "months", "months_up", "years", "years_up"),
    *("best_day", "worst_day", "best_month", "worst_month", "best_year", "worst_year"),
    *("best_day_date", "worst_day_date", "best_month_date", "worst_month_date"),
    *("best_year_date", "worst_year_date"),
)
BESIDE = (
    *("beta", "alpha", "correlation", "tracking", "information"),
    *("gap", "riskless", "start", "end", "days", "asked", "sessions"),
)
FALLS = tuple(f"fall_{part}" for part in ("depth", "peak", "trough", "days", "recovered"))
KINDS = tuple(f"perf_{name}" for name in (*ALONE, *BESIDE, *FALLS, "row"))
RANK = re.compile(r"(?<=^fall_)\d+\.")
DAYS_OF_YEAR = 365.25
"""Days of a year by which a return is annualised."""
QUARTER = 63
"""Sessions of a quarter."""
ROUNDED = 12
"""Decimals of a drawdown."""
Truth = float | str
Closes = tuple[list[dt.date], list[float]]


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    name = str(claim["fact"]).partition(".perf.")[2]
    if claim["kind"] == "perf_row":
        return equal(claim["value"], claim["window"])
    said = claim.get("evidence") or {}
    if claim["window"] != "performance" or said.keys() != {"against", "years", "riskless"}:
        return "it does not say its window, its benchmark, its years and its riskless rate"
    if claim["kind"] != f"perf_{RANK.sub('', name)}":
        return f"a '{name}' is no {claim['kind']}"
    key = (claim["instrument"], said["against"], float(said["riskless"]), int(said["years"]))
    truth = rows.once(truths, *key).get(name)
    if truth is None:
        return f"the rows bear out no '{name}'"
    return equal(claim["value"], truth) if isinstance(truth, str) else same(claim["value"], truth)


def truths(
    rows: Rows, symbol: str, against: str, riskless: float, years: int
) -> Mapping[str, Truth]:
    """All figures of *symbol* and of it against the other one, by their names.

    Args:
        rows: The raw rows up to the session.
        symbol: The series.
        against: Its benchmark, or the series of which it is the benchmark.
        riskless: The riskless rate by the year, a fraction.
        years: Over how many years; 0 for all that both have.
    """
    mine, theirs = rows.closes(symbol), rows.closes(against)
    common = sorted({*mine[0]} & {*theirs[0]})
    first = common[0]
    if years:
        begin = years_before(common[-1], years)
        first = common[bisect.bisect_right(common, begin) - 1]
        if first > begin:
            raise LookupError(f"the rows of {symbol} and {against} begin on {first}")
    own, other = (between(one, first, common[-1]) for one in (mine, theirs))
    return {
        **dict(alone(rows, symbol, own, riskless)),
        **dict(falls_of(own)),
        **dict(beside(own, other, riskless)),
        "riskless": riskless,
        **({"asked": float(years)} if years else {}),
    }


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years before; of February 29 the day before it, where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def between(closes: Closes, first: dt.date, last: dt.date) -> Closes:
    """The closes from a day to another, both included."""
    begin, end = bisect.bisect_left(closes[0], first), bisect.bisect_right(closes[0], last)
    return closes[0][begin:end], closes[1][begin:end]


def sessions_of_year(days: Sequence[dt.date]) -> int:
    """365 where a day is on a weekend, otherwise 252."""
    return 365 if any(day.isoweekday() > 5 for day in days) else 252


def moves_of(values: Sequence[float]) -> list[float]:
    """Each level over the one before it, less one."""
    return [(after - before) / before for before, after in pairwise(values)]


def by_the_year(days: Sequence[dt.date], values: Sequence[float]) -> float:
    """The compound return by the year."""
    span = (days[-1] - days[0]).days
    return math.exp(math.log(values[-1] / values[0]) * DAYS_OF_YEAR / span) - 1


def alone(rows: Rows, symbol: str, closes: Closes, riskless: float) -> Iterator[tuple[str, Truth]]:
    """The figures of one series."""
    days, values = closes
    year, found = sessions_of_year(days), moves_of(values)
    count, mean, spread = len(found), statistics.fmean(found), statistics.stdev(found)
    floor = math.exp(math.log1p(riskless) / year) - 1
    yield "total", values[-1] / values[0] - 1
    yield "cagr", by_the_year(days, values)
    yield "volatility", spread * math.sqrt(year)
    yield "sharpe", (mean - floor) / spread * math.sqrt(year)
    losses = math.fsum((move - floor) ** 2 for move in found if move < floor)
    yield "sortino", (mean - floor) / math.sqrt(losses / count) * math.sqrt(year)
    rising, falling = (sum(sign * move > 0 for move in found) for sign in (1, -1))
    yield "winning", rising / (rising + falling)
    second, third, fourth = (
        math.fsum((move - mean) ** power for move in found) / count for power in (2, 3, 4)
    )
    size = third / second**1.5
    yield "skew", size * math.sqrt(count * (count - 1)) / (count - 2)
    tails = (count + 1) * (fourth / second**2 - 3) + 6
    yield "kurtosis", (count - 1) / ((count - 2) * (count - 3)) * tails
    worst = sorted(found)
    place = 0.05 * (count - 1)
    low = math.floor(place)
    yield "var", worst[low] + (place - low) * (worst[low + 1] - worst[low])
    limit = worst[low] + (place - low) * (worst[low + 1] - worst[low])
    yield "cvar", statistics.fmean([move for move in worst if move <= limit])
    yield "recent", statistics.stdev(found[-QUARTER:]) * math.sqrt(year)
    yield from extremes("day", list(zip(days[1:], found, strict=True)))
    for window, form in (("month", "%Y-%m"), ("year", "%Y")):
        whole = whole_moves(rows, symbol, days, values, window)
        if start_of(window, rows.upcoming) == start_of(window, days[-1]):
            whole = whole[:-1]
        if whole:
            yield from extremes(window, whole, form)
            yield f"{window}s", float(len(whole))
            yield f"{window}s_up", float(sum(move > 0 for _, move in whole))


def extremes(
    window: str, moves: Sequence[tuple[dt.date, float]], form: str = "%Y-%m-%d"
) -> Iterator[tuple[str, Truth]]:
    """The best and the worst of some moves, and the newest day, month or year that had it."""
    for side, pick in (("best", max), ("worst", min)):
        value = pick(move for _, move in moves)
        yield f"{side}_{window}", value
        day = max(day for day, move in moves if move == value)
        yield f"{side}_{window}_date", day.strftime(form)


class Fall(NamedTuple):
    """A fall from a high, by places in the series."""

    depth: float
    peak: int
    trough: int
    end: int | None


def falls_of(closes: Closes) -> Iterator[tuple[str, Truth]]:
    """The falls from a high, numbered from the deepest one on; and the figures of that one."""
    days, values = closes
    yield "below", round(values[-1] / max(values) - 1, ROUNDED)
    ranked = sorted(spells(values), key=lambda one: one.depth)
    for number, fall in enumerate(ranked, 1):
        span = days[-1 if fall.end is None else fall.end] - days[fall.peak]
        told: dict[str, Truth] = {
            "depth": fall.depth,
            "peak": days[fall.peak].isoformat(),
            "trough": days[fall.trough].isoformat(),
            "days": float(span.days),
        }
        if fall.end is not None:
            told["recovered"] = days[fall.end].isoformat()
        yield from ((f"fall_{number}.{part}", value) for part, value in told.items())
        if number == 1:
            yield "drawdown", told.pop("depth")
            yield "under_days", told.pop("days")
            yield from told.items()
            yield "calmar", by_the_year(days, values) / -fall.depth


def spells(values: Sequence[float]) -> Iterator[Fall]:
    """Each time that the levels were below a high of before."""
    top, low = 0, None
    for place, value in enumerate(values):
        gap = round(value / values[top] - 1, ROUNDED)
        if gap < 0:
            deeper = low is None or gap < round(values[low] / values[top] - 1, ROUNDED)
            low = place if deeper else low
            continue
        if low is not None:
            yield Fall(round(values[low] / values[top] - 1, ROUNDED), top, low, place)
        top, low = place, None
    if low is not None:
        yield Fall(round(values[low] / values[top] - 1, ROUNDED), top, low, None)


def beside(own: Closes, other: Closes, riskless: float) -> Iterator[tuple[str, Truth]]:
    """The figures of two series together, on the days that both have."""
    yield "start", own[0][0].isoformat()
    yield "end", own[0][-1].isoformat()
    yield "days", float(len(own[0]) - 1)
    yield "sessions", float(sessions_of_year(own[0]))
    yield "gap", by_the_year(*own) - by_the_year(*other)
    theirs = dict(zip(*other, strict=True))
    shared = [(day, value, theirs[day]) for day, value in zip(*own, strict=True) if day in theirs]
    year = sessions_of_year([day for day, _, _ in shared])
    mine, base = moves_of([row[1] for row in shared]), moves_of([row[2] for row in shared])
    floor = math.exp(math.log1p(riskless) / year) - 1
    slope, _ = statistics.linear_regression(base, mine)
    yield "beta", slope
    mean, level = statistics.fmean(mine) - floor, statistics.fmean(base) - floor
    yield "alpha", (mean - slope * level) * year
    yield "correlation", statistics.correlation(mine, base)
    apart = [one - two for one, two in zip(mine, base, strict=True)]
    spread = statistics.stdev(apart)
    yield "tracking", spread * math.sqrt(year)
    yield "information", statistics.fmean(apart) / spread * math.sqrt(year)

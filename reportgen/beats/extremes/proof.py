"""Why a superlative is false: of a close, of a yield, of a move, or of a gap between yields."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from reportgen.verify.rows import UPWARD, Claim, Rows, ends, equal, farthest, kinds_of, side_of

LEVELS = kinds_of("highest_close", "lowest_close")
MOVES = kinds_of("largest_rise", "largest_fall")
POINTS = ("largest_point_rise_on_record", "largest_point_fall_on_record")
SPREADS = kinds_of("widest_spread")
KINDS = (*LEVELS, *MOVES, *POINTS, *SPREADS, "reach")
Dated = list[tuple[str, float]]
"""Names of days or periods and values, oldest first."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == "reach":
        return _reach(claim, rows)
    found, first, start = _of(claim["kind"], claim["window"], claim["instrument"], rows)
    if claim["kind"] not in (*LEVELS, *SPREADS):
        went = found[-1][1]
        if not went or (went > 0) != ("rise" in claim["kind"]):
            return "it went the other way"
    return farthest(claim, found, first, start)


def _of(kind: str, window: str, symbol: str, rows: Rows) -> tuple[Dated, dt.date, dt.date | None]:
    """What a superlative is the farthest of, with the first day of the data and of it all."""
    side = side_of(kind)
    if side == "widest_spread":
        gaps = _spreads(rows)
        return gaps, dt.date.fromisoformat(gaps[0][0]), None
    rate = symbol in rows.raw.rates
    days, values = rows.unbroken(symbol)
    start = rows.began(symbol)
    if side.endswith("close"):
        levels = [(day.isoformat(), value) for day, value in zip(days, values, strict=True)]
        return levels, days[0], start
    apart = rate or "point" in side
    told = list(zip(days, values, strict=True))
    if window != "day":
        told = ends(days, values, window)
    return (
        [
            (_name(after[0], window), _move(before[1], after[1], apart=apart))
            for before, after in pairwise(told)
        ],
        days[0],
        start,
    )


def _move(before: float, after: float, *, apart: bool) -> float:
    return round(after - before, 9) if apart else after / before - 1


def _name(day: dt.date, window: str) -> str:
    """A day or the last session of a week by its date, another period by its first month."""
    if window in ("day", "week"):
        return day.isoformat()
    month = {"quarter": (day.month - 1) // 3 * 3 + 1, "ytd": 1}.get(window, day.month)
    return f"{day.year}-{month:02}"


def _spreads(rows: Rows) -> Dated:
    """The size of the gap between the longest yield and the shortest, by day."""
    names = rows.market["yields"]
    long, short = (dict(zip(*rows.unbroken(name), strict=True)) for name in (names[0], names[-1]))
    return [
        (day.isoformat(), round(abs(long[day] - short[day]), 6))
        for day in sorted(long.keys() & short.keys())
    ]


def _reach(claim: Claim, rows: Rows) -> str | None:
    """The days since the last one as far, or since the data begin."""
    kind, window = claim["fact"].split(".")[1], claim["window"]
    found, first, _ = _of(kind, window, claim["instrument"], rows)
    up = kind.startswith(UPWARD)
    *earlier, (_, last) = found
    far = (name for name, value in reversed(earlier) if (value >= last if up else value <= last))
    since = next(far, first.isoformat())
    begun = dt.date.fromisoformat(since if len(since) == len("2024-11-06") else f"{since}-01")
    symbol = claim["instrument"]
    return equal(claim["value"], float((rows.unbroken(symbol)[0][-1] - begun).days))

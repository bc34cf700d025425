"""Why a claim about a close on the other side of an average is false."""

from __future__ import annotations

import math

from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("average_length", "average_cross")
WATCHED = (50, 200)
"""The averages that newsrooms watch, in sessions."""
EQUAL = 1e-12
"""The share of an average within which a close is on neither side."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the length of an average, or the last close on this side of it.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    length = int(claim["window"].removesuffix("-sessions"))
    if length not in WATCHED:
        return f"nobody watches an average of {length} sessions"
    if claim["unit"] == "count":
        return same(claim["value"], length)
    days, values = rows.unbroken(claim["instrument"])
    if len(values) <= length:
        return f"the rows have {len(values)} sessions in a row, and {length} are told of"
    now, place, others = _side(values[-length:]), len(values) - 1, 0
    while place >= length and (side := _side(values[place - length : place])) != now:
        others += side == -now
        place -= 1
    if place < length:
        return "the rows have no such close before"
    if not now or not others:
        return "no average was crossed"
    return equal(claim["value"], days[place - 1].isoformat())


def _side(values: list[float]) -> int:
    """1 where the last of *values* is above their mean, -1 below it, 0 on it."""
    mean = math.fsum(values) / len(values)
    apart = values[-1] - mean
    return 0 if abs(apart) <= EQUAL * abs(mean) else (1 if apart > 0 else -1)

"""Why a claim about a round number that was passed is false."""

from __future__ import annotations

import math

from reportgen.verify.rows import Claim, Rows, backwards, standing

KINDS = ("milestone", "milestone_cross")
GRIDS = (100, 500, 1000)
"""The grids of levels that a round number may be of."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["unit"] == "level":
        return _passed(claim, rows)
    return _since(claim, rows)


def _passed(claim: Claim, rows: Rows) -> str | None:
    """A round number between the last two closes.

    For the first time ever, where it says so.
    """
    _, values = rows.closes(claim["instrument"])
    low, top = sorted(values[-2:])
    line = claim["value"]
    if not low < line <= top or line % min(GRIDS):
        return f"{line} was not passed between {values[-2]} and {values[-1]}"
    if claim["kind"] == "milestone_cross":
        standing(rows, claim["instrument"])
        first = max(values[:-1]) < line <= values[-1]
        return None if first else "it was above before"
    return None


def _since(claim: Claim, rows: Rows) -> str | None:
    """The last earlier close on that side of a round number that was passed."""
    days, values = rows.closes(claim["instrument"])
    low, top = sorted(values[-2:])
    passed = {math.floor(top / step) * step for step in GRIDS}
    dates = set()
    for line in passed:
        if line <= low:
            continue
        rose = values[-1] >= line
        past = backwards(days, values)
        earlier = (day.isoformat() for day, v in past if (v >= line) == rose)
        dates.add(next(earlier, ""))
    if not dates:
        return "no round number was passed"
    if claim["value"] in dates:
        return None
    return f"{claim['value']} was stated, one of {sorted(dates)} is true"

"""Why a claim about the last close on this side of the close of the year before is false."""

from __future__ import annotations

from itertools import pairwise

from reportgen.verify.rows import Claim, Rows, equal

KINDS = ("year_side",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    days, values = rows.unbroken(claim["instrument"])
    year = days[-1].year
    base = next(
        (
            b
            for (day, b), (after, _) in pairwise(zip(days, values, strict=True))
            if day.year < year == after.year
        ),
        None,
    )
    if base is None:
        return f"the rows have no close before {year}"
    told = [
        (day, value - base) for day, value in zip(days, values, strict=True) if day.year == year
    ]
    now, others = told[-1][1], 0
    for day, apart in reversed(told[:-1]):
        if apart * now > 0:
            return equal(claim["value"], day.isoformat()) if others else "it was so the day before"
        others += apart * now < 0
    return f"{year} had no such close before"

"""Why a claim about a figure of a release is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("print",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    told = rows.printed(claim["instrument"])
    known = rows.instrument(claim["instrument"])
    scale = 100 if known["unit"] == "fraction" else 1
    unit, value = claim["unit"], claim["value"]
    if unit == "text":
        return equal(value, known["body"])
    if unit == "date":
        name = str(claim["fact"]).rpartition(".")[2]
        return equal(value, told.period if name == "period" else told.released_on)
    if claim["window"] == "prior-month":
        return same(value, _before(told.previous) / scale)
    if unit == "bp":
        return same(value, (told.actual - _before(told.previous)) / scale)
    return same(value, told.actual / scale)


def _before(previous: float | None) -> float:
    if previous is None:
        raise LookupError("the data have no figure of the month before")
    return previous

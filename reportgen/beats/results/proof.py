"""Why a claim about the day on which a company will report is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal

KINDS = ("results_due",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    found = rows.results_ahead(claim["instrument"])
    if found is None:
        return "nobody announced a day that is sure"
    day, part = found
    return equal(claim["value"], day.isoformat()) or equal(claim["window"], part)

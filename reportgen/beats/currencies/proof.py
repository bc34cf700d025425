"""Why a claim about an exchange rate, or about a price that comes later than its day, is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("reference_price",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    days, values = rows.closes(claim["instrument"])
    if claim["unit"] == "date":
        return equal(claim["value"], days[-1].isoformat())
    return same(claim["value"], values[-2 if claim["window"] == "day-before" else -1])

"""Why a claim about how far a session went and came back is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, same

KINDS = ("intraday_low_change", "intraday_high_change")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the low or the high lay elsewhere.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    _, values = rows.closes(claim["instrument"])
    low, high = rows.range_of(claim["instrument"])
    reach = low if claim["kind"] == "intraday_low_change" else high
    points = claim["unit"] == "points"
    return same(
        claim["value"],
        reach - values[-2] if points else reach / values[-2] - 1,
    )

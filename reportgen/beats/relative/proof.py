"""Why a claim about two indexes that parted ways is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, same

KINDS = ("outperform",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the day's change less that of the lead index is another one.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    _, own = rows.closes(claim["instrument"])
    _, lead = rows.closes(rows.lead)
    return same(claim["value"], own[-1] / own[-2] - lead[-1] / lead[-2])

"""Why a claim about the group of a stock is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal

KINDS = ("stock_group",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    symbol = rows.instruments.get(claim["fact"].partition(".")[0], {}).get("symbol", "")
    dated = rows.has_dates(symbol) and rows.followed(symbol)
    return equal(claim["value"], "widely followed stocks" if dated else "individual stocks")

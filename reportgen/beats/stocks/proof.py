"""Why a claim about the group of a stock, or the day of its results, is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal

KINDS = ("stock_group", "results")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == "results":
        day = rows.reported(claim["instrument"])
        return equal(claim["value"], day.isoformat() if day else "no results")
    symbol = rows.symbol_of(claim["fact"].partition(".")[0])
    dated = rows.has_dates(symbol) and rows.followed(symbol)
    if claim["window"] == "day" and rows.reported(symbol):
        return equal(claim["value"], "companies that reported results")
    return equal(claim["value"], "widely followed stocks" if dated else "individual stocks")

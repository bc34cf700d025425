"""Why a claim about a month as it has gone in other years is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, same, start_of, whole_moves

KINDS = ("month_history",)
YEARS = 20
"""The most years that are looked at."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    It says of the same month of up to twenty years before how many there were,
    how many rose, or what they brought on average.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    days, values = rows.closes(claim["instrument"])
    if start_of("month", days[-2]) == start_of("month", days[-1]):
        return "it is not the first session of the month"
    months = whole_moves(rows, claim["instrument"], days[:-1], values[:-1], "month")
    this = rows.session.month
    past = [move for day, move in months if day.month == this][-YEARS:]
    truth = {
        "years": len(past),
        "rising": sum(move > 0 for move in past),
        "mean": sum(past) / len(past),
    }
    return same(claim["value"], truth[claim["fact"].rpartition(".")[2]])

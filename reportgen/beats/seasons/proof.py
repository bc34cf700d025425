"""Why a claim about a month as it has gone in other years is false."""

from __future__ import annotations

from reportgen.verify.rows import (
    Claim,
    Rows,
    day_moves,
    equal,
    farthest,
    kinds_of,
    same,
    start_of,
    whole_moves,
)

NAMED = kinds_of("best_named_day", "worst_named_day")
KINDS = ("month_history", "day_name", *NAMED)
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
    if claim["kind"] != "month_history":
        return _named(claim, rows)
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


def _named(claim: Claim, rows: Rows) -> str | None:
    """The name of the day, or that no other one of that date went as far."""
    session, symbol = rows.session, claim["instrument"]
    today = (session.month, session.day)
    names = {(one["month"], one["day"]): one["name"] for one in rows.market.get("days", ())}
    if claim["kind"] == "day_name":
        return equal(claim["value"], names.get(today))
    if today not in names:
        return "the day has no name"
    days, values = rows.unbroken(symbol)
    moves = [(d, move) for d, move in day_moves(days, values) if (d.month, d.day) == today]
    if (moves[-1][1] > 0) != claim["kind"].startswith("best"):
        return "it went the other way"
    told = [(day.isoformat(), move) for day, move in moves]
    return farthest(claim, told, days[0], rows.began(symbol))

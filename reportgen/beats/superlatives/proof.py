"""Why a claim about the best or the worst day, or days, is false."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import Claim, Rows, farthest, kinds_of, same

DAY, DAYS = kinds_of("best_day", "worst_day"), kinds_of("best_days", "worst_days")
KINDS = (*DAY, *DAYS, "days_change")
LEAST, LARGE = 21, 15
"""The fewest sessions ago that are worth a word, and of a large move."""
LARGE_MOVE = 0.015
NUMBERS = {"two-days": 2, "three-days": 3, "four-days": 4, "five-days": 5}
"""How many days a window has."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the last day as good or as bad was another one.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind, symbol = claim["kind"], claim["instrument"]
    number = NUMBERS.get(claim["window"], 1)
    if kind == "days_change":
        _, values = rows.closes(symbol)
        return same(claim["value"], values[-1] / values[-1 - number] - 1)
    told = rows.once(_moves, symbol, number if kind in DAYS else 1)
    last = told[-1][1]
    if not last or (last > 0) != kind.startswith("best"):
        return "it went the other way"
    least = LARGE if abs(last) >= LARGE_MOVE else LEAST
    recent = [str(day) for day, _ in reversed(told[-least:])]
    late = f"only {recent.index(claim['value'])} sessions ago" if claim["value"] in recent else None
    return farthest(claim, told, rows.unbroken(symbol)[0][0], rows.began(symbol)) or late


def _moves(rows: Rows, symbol: str, number: int) -> list[tuple[dt.date, float]]:
    """The changes over *number* days, each with its last day."""
    days, values = rows.unbroken(symbol)
    pairs = zip(days[number:], values, values[number:], strict=False)
    return [(day, after / before - 1) for day, before, after in pairs]

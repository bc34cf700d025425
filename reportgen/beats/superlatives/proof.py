"""Why a claim about the best or the worst day since an earlier one is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, day_moves, equal, rests_on

KINDS = ("best_day_since", "worst_day_since")
LEAST = 21
"""The fewest sessions ago that are worth a word."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the last day as good or as bad was another one.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    good = claim["kind"].startswith("best")
    *history, (_, last) = day_moves(*rows.closes(claim["instrument"]))
    if (last > 0) != good:
        return "it went the other way"
    for ago, (day, move) in enumerate(reversed(history), 1):
        if (move >= last) if good else (move <= last):
            late = f"only {ago} sessions ago" if ago < LEAST else None
            between = [one for _, one in history[len(history) - ago + 1 :]]
            wrong = equal(claim["value"], day.isoformat()) or late
            return wrong or rests_on(claim, last, move, between)
    return "the series holds none as large: no date can be named"

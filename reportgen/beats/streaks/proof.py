"""Why a claim about a run of gains or losses, or about its end, is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, changes, equal, moves, run_of

KINDS = ("streak_up", "streak_down", "streak_up_ended", "streak_down_ended")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    days, values = rows.closes(claim["instrument"])
    if claim["window"] == "day":
        history = changes(values)
    else:
        history = [move for _, move in moves(days, values, claim["window"])]
    if claim["kind"].endswith("_ended"):
        history = history[:-1]
    length = run_of(history)
    up = claim["kind"].startswith("streak_up")
    other = None if (length > 0) == up else "it went the other way"
    return equal(claim["value"], abs(length)) or other

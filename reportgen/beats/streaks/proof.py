"""Why a claim about a run of gains or losses, or about its end, is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, changes, day_moves, equal, moves, run_of

SINCE = "longest_day_run_since"
KINDS = ("streak_up", "streak_down", "streak_up_ended", "streak_down_ended", SINCE)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == SINCE:
        return _as_long(claim, rows)
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


def _as_long(claim: Claim, rows: Rows) -> str | None:
    """The end of the last run of sessions that was as long, in closes without a hole."""
    found = day_moves(*rows.unbroken(claim["instrument"]))
    length = run_of([move for _, move in found])
    run = 0
    last = None
    for day, move in found[: len(found) - abs(length)]:
        run = run + 1 if move * length > 0 else 0
        if run >= abs(length):
            last = day.isoformat()
    if last is None:
        return "no run was as long: no date can be named"
    return equal(claim["value"], last)

"""Why a claim about the highest or lowest close since an earlier one is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, backwards, equal, rests_on

KINDS = ("highest_close_since", "lowest_close_since")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the last close as high or as low was on another day.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    days, values = rows.closes(claim["instrument"])
    last, up = values[-1], claim["kind"].startswith("highest")
    for ago, (day, value) in enumerate(backwards(days, values)):
        if value >= last if up else value <= last:
            between = values[len(values) - 1 - ago : -1]
            return equal(claim["value"], day.isoformat()) or rests_on(claim, last, value, between)
    return "the series holds none as far: no date can be named"

"""Why a claim about the highest level within a session is false."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("record_intraday",)
TENTH = 0.9


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    day, top = rows.once(_before, claim["instrument"])
    if day is None:
        return "the data may lack a higher level"
    if claim["unit"] == "date":
        return equal(claim["value"], day.isoformat())
    if claim["fact"].endswith(".before"):
        return same(claim["value"], top)
    _, high = rows.range_of(claim["instrument"])
    return same(claim["value"], high) or (None if high > top else f"{top} was reached on {day}")


def _before(rows: Rows, symbol: str) -> tuple[dt.date | None, float]:
    """The day and the level of the highest high before the last session.

    No day where a session without a range closed within a tenth of it, or where the rows begin
    after the instrument.
    """
    *earlier, _ = rows.ranges_of(symbol)
    best: dt.date | None = None
    top, unranged = 0.0, 0.0
    for day, low, high, close in earlier:
        if low < high and close <= high:
            if high > top:
                best, top = day, high
        else:
            unranged = max(unranged, close)
    inception = rows.instrument(symbol).get("inception", dt.date.max)
    if unranged > TENTH * top or not earlier or earlier[0][0] > inception:
        return None, top
    return best, top

"""Why a claim about two indexes that parted ways is false."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import Claim, Rows, before, same

KINDS = ("outperform",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the gap to the other index's change is another one.

    The fact names the other one: "rut.outperform.spx". The window is the day,
    the year so far, a year, or both.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    other = rows.instruments[claim["fact"].split(".")[2]]["symbol"]
    gap = _growth(claim["instrument"], claim["window"], rows)
    return same(claim["value"], gap - _growth(other, claim["window"], rows))


def _growth(symbol: str, window: str, rows: Rows) -> float:
    """The last close against the close that the window begins with.

    The window "2024-ytd" begins with 2024, and "2024" ends with it.
    """
    days, values = rows.closes(symbol)
    if not window[:4].isdigit():
        return values[-1] / rows.base(symbol, window)
    year = int(window[:4])
    base = before(days, values, dt.date(year, 1, 1))
    if window.endswith("ytd"):
        return values[-1] / base
    return before(days, values, dt.date(year + 1, 1, 1)) / base

"""Why a claim about two indexes that parted ways is false."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import (
    Claim,
    Rows,
    before,
    day_moves,
    equal,
    farthest,
    kinds_of,
    run_of,
    same,
)

WIDEST, RUNS = kinds_of("widest_gap"), ("ahead_in_a_row", "behind_in_a_row")
KINDS = ("outperform", *WIDEST, *RUNS)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false: the gap to the other index's change is another one.

    The fact names the other one: "rut.outperform.spx". The window is the day,
    the year so far, a year, or both. Or the gap was as wide on another day, or the run is of
    another length.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    other = rows.instruments[claim["fact"].split(".")[2]]["symbol"]
    if claim["kind"] in WIDEST:
        gaps = _gaps(claim["instrument"], other, rows)
        sizes = [(day.isoformat(), abs(gap)) for day, gap in gaps]
        return farthest(claim, sizes, gaps[0][0], None)
    if claim["kind"] in RUNS:
        length = run_of([gap for _, gap in _gaps(claim["instrument"], other, rows)])
        kind = RUNS[length < 0]
        return equal(claim["value"], abs(length)) or equal(claim["kind"], kind)
    gap = _growth(claim["instrument"], claim["window"], rows)
    return same(claim["value"], gap - _growth(other, claim["window"], rows))


def _gaps(symbol: str, other: str, rows: Rows) -> list[tuple[dt.date, float]]:
    """The change of *symbol* less that of *other*, by day, after the last hole of either."""
    own, theirs = (dict(day_moves(*rows.unbroken(one))) for one in (symbol, other))
    return [(day, round(own[day] - theirs[day], 9)) for day in sorted(own.keys() & theirs.keys())]


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

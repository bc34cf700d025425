"""Why a claim about a list of stocks is false: who is on it, and how many rose or stand high."""

from __future__ import annotations

import bisect
import math

from reportgen.verify.rows import Claim, Rows, equal, same, start_of

KINDS = (
    "listed",
    "list_name",
    "advance",
    "above_average",
    "average_days",
    "one_year_high_count",
    "one_year_low_count",
)
AVERAGES = {"short": 50, "long": 200}
YEAR = 365
"""Days."""
ROUNDING = 1e-12
"""A share by which numbers of equal value may differ."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind, name, value = claim["kind"], claim["fact"].rpartition(".")[2], claim["value"]
    if kind == "listed":
        return rows.once(_list) or equal(
            value, len(rows.listed["members" if name == "members" else "priced"])
        )
    if kind == "list_name":
        return equal(value, rows.listed["universe"].get("name"))
    if kind == "average_days":
        return equal(value, AVERAGES[name])
    if kind == "advance":
        moved = rows.once(_moved, claim["window"])
        return equal(value, moved[name])
    if kind == "above_average":
        return same(value, rows.once(_share_above, AVERAGES[name.removeprefix("above_")]))
    return equal(value, rows.once(_extremes)[name])


def _list(rows: Rows) -> str | None:
    """Why the list is another one than the report asks for."""
    told, due = {*rows.listed["members"]}, {*rows.due_list()}
    if told != due:
        strange = sorted(told ^ due)
        return f"the list differs from that of the report: {', '.join(strange[:5])}"
    outside = {*rows.listed["priced"]} - told
    return f"{min(outside)} is counted and is not on the list" if outside else None


def _moved(rows: Rows, window: str) -> dict[str, int]:
    found = {"rising": 0, "falling": 0, "unchanged": 0}
    first = rows.session if window == "day" else start_of(window, rows.session)
    begin = first.toordinal()
    for symbol in rows.listed["priced"]:
        days, values = rows.lately(symbol)
        place = bisect.bisect_left(days, begin)
        if not place:
            continue
        base = values[place - 1]
        way = "rising" if values[-1] > base else "falling" if values[-1] < base else "unchanged"
        found[way] += 1
    return found


def _share_above(rows: Rows, sessions: int) -> float:
    counted = above = 0
    for symbol in rows.listed["priced"]:
        _, values = rows.lately(symbol)
        if len(values) >= sessions:
            last = values[-sessions:]
            counted += 1
            above += last[-1] > math.fsum(last) / sessions * (1 + ROUNDING)
    return above / counted


def _extremes(rows: Rows) -> dict[str, int]:
    found = {"highs": 0, "lows": 0}
    for symbol in rows.listed["priced"]:
        days, values = rows.lately(symbol)
        edge = rows.session.toordinal() - YEAR
        if days[0] <= edge:
            earlier = values[bisect.bisect_right(days, edge) : -1]
            found["highs"] += values[-1] > max(earlier)
            found["lows"] += values[-1] < min(earlier)
    return found

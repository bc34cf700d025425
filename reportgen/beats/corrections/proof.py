"""Why a claim about a fall is false: its high of 52 weeks, its lines, its start."""

from __future__ import annotations

import datetime as dt

from reportgen.verify.rows import Claim, Rows, equal, same, year_back

KINDS = (
    "drawdown_from_high",
    "high_close",
    "correction",
    "bear_market",
    "definition",
)
CORRECTION, BEAR_MARKET = -0.1, -0.2
LONG, SESSIONS = "3-years", 756
"""The window of a fall that is older than 52 weeks, and its sessions."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    kind, value = claim["kind"], claim["value"]
    if kind == "definition":
        return same(
            value,
            BEAR_MARKET if "bear" in claim["fact"] else CORRECTION,
        )
    days, values = rows.closes(claim["instrument"])
    if claim["window"] == LONG:
        return _long(claim, days[-SESSIONS:], values[-SESSIONS:])
    if kind == "drawdown_from_high":
        ago = 1 if claim["fact"].endswith(".before") else 0
        end = len(days) - ago
        return same(value, _fall(days[:end], values[:end]))
    if kind == "high_close":
        return _high_close(claim, days, values)
    depth = BEAR_MARKET if kind == "bear_market" else CORRECTION
    if claim["unit"] == "date":
        return equal(value, _start(days, values, depth))
    line = _high(days, values) * (1 + depth)
    truth = {
        "level": line,
        "points": line - values[-1],
        "fraction": line / values[-1] - 1,
    }
    return same(value, truth[claim["unit"]])


def _long(claim: Claim, days: list[dt.date], values: list[float]) -> str | None:
    """The high that the fall began from, the last close below it, and the lowest since.

    That is the highest close of three years, but for a bear market since that ended.
    """
    top = max(values)
    place = max(i for i, value in enumerate(values) if value == top)
    recent = _high(days, values)
    last = max(i for i, value in enumerate(values) if value == recent)
    low = min(values[place : last + 1])
    if low <= top * 0.8 and recent >= low * 1.2:
        top, place = recent, last
    if claim["kind"] == "high_close":
        return equal(claim["value"], days[place].isoformat())
    deepest = claim["fact"].endswith(".deepest")
    return same(claim["value"], (min(values[place:]) if deepest else values[-1]) / top - 1)


def _high_close(
    claim: Claim,
    days: list[dt.date],
    values: list[float],
) -> str | None:
    """The highest close of 52 weeks, its level or its date.

    A year as the window asks for the date of that year's.
    """
    if claim["unit"] != "date":
        return same(claim["value"], _high(days, values))
    closes = year_back(days, values)
    if claim["window"].isdigit():
        year = int(claim["window"])
        by_day = zip(days, values, strict=True)
        closes = [(day, value) for day, value in by_day if day.year == year]
    latest, _ = max(closes, key=lambda one: (one[1], one[0]))
    return equal(claim["value"], latest.isoformat())


def _high(days: list[dt.date], values: list[float]) -> float:
    """The highest close of 52 weeks."""
    return max(value for _, value in year_back(days, values))


def _fall(days: list[dt.date], values: list[float]) -> float:
    """The last close against the highest of 52 weeks."""
    return values[-1] / _high(days, values) - 1


def _start(days: list[dt.date], values: list[float], depth: float) -> str:
    """The first day of the last run of closes at or below the line, or ""."""
    start = ""
    for end in range(len(days), 0, -1):
        if round(_fall(days[:end], values[:end]), 12) > depth:
            break
        start = days[end - 1].isoformat()
    return start

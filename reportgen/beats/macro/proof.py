"""Why a claim about a monthly or quarterly series is false."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = (
    *("macro_level", "macro_month", "macro_quarter", "macro_body", "macro_revision"),
    *("macro_change", "macro_year", "macro_annual", "macro_released", "macro_vintage"),
    *("macro_due", "macro_stale", "macro_highest_since", "macro_lowest_since"),
    *("macro_highest_quarter_since", "macro_lowest_quarter_since"),
)
OLD = {12: 62, 4: 130}
"""Days from which on the newest figure of a month, or of a quarter, is old."""
Truth = tuple[str, str, Any]
"""The kind and the window of a fact, and its value."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    known = rows.once(truths, claim["instrument"])
    name = str(claim["fact"]).partition(".")[2]
    if name not in known:
        return f"the data bear out no '{name}' of the newest period"
    kind, window, value = known[name]
    if (claim["kind"], claim["window"]) != (kind, window):
        return f"it is a '{kind}' of the window '{window}'"
    return equal(claim["value"], value) if isinstance(value, str) else same(claim["value"], value)


def truths(rows: Rows, series: str) -> Mapping[str, Truth]:
    """All that may be said of the newest period of *series*, by the names of facts."""
    said = rows.instrument(series)
    year = 4 if said.get("every") == "quarter" else 12
    scale = 100 if said["unit"] == "fraction" else 1
    told = [(count(period), at, value / scale) for period, at, value in rows.told_by_period(series)]
    latest = {period: value for period, _, value in told}
    newest = max(latest)
    first = next(at for period, at, _ in told if period == newest)
    return dict(facts(rows, said, latest, told, first, year))


def facts(
    rows: Rows,
    said: Mapping[str, Any],
    latest: Mapping[int, float],
    told: list[tuple[int, dt.datetime, float]],
    first: dt.datetime,
    year: int,
) -> Iterator[tuple[str, Truth]]:
    """The facts of a series.

    Args:
        rows: The raw rows.
        said: The instrument.
        latest: The figure of each period as it was told last, by number.
        told: All that was told, in its order.
        first: When the newest period was first told.
        year: Periods of a year.
    """
    newest, rate = max(latest), said["unit"] == "fraction"
    kind = "macro_quarter" if year == len(QUARTERS) else "macro_month"
    yield "macro", ("macro_level", "release", latest[newest])
    yield "macro.period", (kind, "release", month(newest, year))
    if said.get("body"):
        yield "macro.body", ("macro_body", "release", said["body"])
    yield "macro.released", ("macro_released", "release", day(first))
    yield "macro.vintage", ("macro_vintage", "release", day(told[-1][1]))
    if (rows.at - first).days > OLD[year]:
        yield "macro.stale", ("macro_stale", "release", day(first))
    if newest - 1 in latest:
        before = latest[newest - 1]
        yield "macro.before", ("macro_level", "before-release", before)
        yield "macro.before.period", (kind, "before-release", month(newest - 1, year))
        earlier = [value for period, at, value in told if period == newest - 1 and at < first]
        if earlier and abs(before - earlier[-1]) > 1e-10:
            yield "macro.was", ("macro_level", "before-release", earlier[-1])
            yield "macro.revision", ("macro_revision", "before-release", before - earlier[-1])
    for name, back in (("change", 1), ("year", year)):
        if (move := moved(latest, newest, back, rate=rate)) is not None:
            yield f"macro.{name}", (f"macro_{name}", "release", move)
    quarter = moved(latest, newest, year // 4, rate=rate)
    if quarter is not None and not rate:
        yield "macro.annual", ("macro_annual", "release", (1 + quarter) ** 4 - 1)
    yield from due(rows, said)
    yield from as_far(latest, year, rate=rate)


QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def count(period: str) -> int:
    """The number of a month or a quarter, counted from the first year on."""
    if period[4:] in QUARTERS:
        return int(period[:4]) * 4 + QUARTERS.index(period[4:])
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def month(number: int, year: int) -> str:
    """The first month of the period of that *number*, of so many in a *year*."""
    return f"{number // year}-{number % year * (12 // year) + 1:02}"


def day(at: dt.datetime) -> str:
    """The day of a time; midnight belongs to the day before it."""
    whole = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    return (at.date() - ONE_DAY if whole else at.date()).isoformat()


def moved(latest: Mapping[int, float], period: int, back: int, *, rate: bool) -> float | None:
    """The change over so many periods: of a *rate* its difference, otherwise its share."""
    now, before = latest[period], latest.get(period - back)
    if before is None or (before <= 0 and not rate):
        return None
    return now - before if rate else (now - before) / before


def due(rows: Rows, said: Mapping[str, Any]) -> Iterator[tuple[str, Truth]]:
    """The next day on which the calendar has its release."""
    day = rows.next_of(str(said.get("release", "")))
    if day is not None:
        yield "macro.due", ("macro_due", "release", day.isoformat())


def as_far(latest: Mapping[int, float], year: int, *, rate: bool) -> Iterator[tuple[str, Truth]]:
    """The last period as high or as low, a year back or more, without a gap on the way."""
    found = dict(latest)
    if not rate:
        moves = {period: moved(latest, period, year, rate=False) for period in latest}
        found = {period: round(move, 3) for period, move in moves.items() if move is not None}
    newest = max(latest)
    if newest not in found or newest - 1 not in found:
        return
    sign = (found[newest] > found[newest - 1]) - (found[newest] < found[newest - 1])
    at = newest - 1
    while sign and at in found and (found[at] - found[newest]) * sign < 0:
        at -= 1
    if sign and at in found and newest - at >= year:
        side, every = "highest" if sign > 0 else "lowest", "_quarter" * (year == len(QUARTERS))
        kind = f"macro_{side}{every}_since"
        yield "macro.since", (kind, "release", month(at, year))

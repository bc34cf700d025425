"""Why a claim about a Treasury yield, or about the curve, is false."""

from __future__ import annotations

import bisect
import datetime as dt

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import (
    Claim,
    Rows,
    backwards,
    before,
    equal,
    same,
    start_of,
)

PASSED = ("yield_line", "yield_cross", "yield_cross_on_file")
KINDS = ("yield_level", "yield_change_bp", "yield_spread", *PASSED)
LONG_ENOUGH = 20
"""The years of a series of which a yield may be the first one beyond a line."""


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    if claim["kind"] == "yield_spread":
        return _spread(claim, rows)
    if claim["kind"] in PASSED:
        return _passed(claim, rows)
    return _yield(claim, rows)


def _yield(claim: Claim, rows: Rows) -> str | None:
    """A yield, the one before it, its date and its change."""
    days, values = rows.known_rates(claim["instrument"])
    if claim["window"] == "cycle":
        return _cycle(claim, days, values, rows)
    if claim["unit"] == "date":
        return equal(claim["value"], days[-1].isoformat())
    change = claim["unit"] == "bp"
    window = claim["window"].removeprefix("before-")
    if window in ("week", "month", "ytd"):
        base = before(days, values, start_of(window, rows.session))
        return same(claim["value"], values[-1] - base if change else base)
    if change:
        return same(claim["value"], values[-1] - values[-2])
    return same(
        claim["value"],
        values[-2 if claim["window"] == "day-before" else -1],
    )


def _passed(claim: Claim, rows: Rows) -> str | None:
    """A whole percent that the last yield is beyond, unlike the one before; and since when."""
    days, values = rows.unbroken(claim["instrument"])
    before, now = (round(10_000 * value) for value in values[-2:])
    lines = [
        line
        for line in range(min(before, now), max(before, now) + 1)
        if line % 100 == 0 and (before <= line < now or now < line <= before)
    ]
    if not lines:
        return f"no whole percent lies between {values[-2]} and {values[-1]}"
    line = max(lines) if now > before else min(lines)
    if claim["kind"] == "yield_line":
        return same(claim["value"], line / 10_000)
    earlier = (
        day.isoformat()
        for day, value in backwards(days, values)
        if (round(10_000 * value) - line) * (now - line) > 0
    )
    found = next(earlier, "")
    if claim["kind"] == "yield_cross":
        return equal(claim["value"], found)
    if found:
        return f"it was beyond {line / 100}% on {found}"
    if (days[-1] - days[0]).days < LONG_ENOUGH * 365.25:
        return f"the rows begin on {days[0]}"
    return equal(claim["value"], days[0].isoformat())


def _cycle(
    claim: Claim,
    days: list[dt.date],
    values: list[float],
    rows: Rows,
) -> str | None:
    """The yield before the Fed's run of moves, its date, and the change since."""
    announced = rows.cycle(days[-1])[0][0] - ONE_DAY
    place = bisect.bisect_left(days, announced) - 1
    if claim["unit"] == "date":
        return equal(claim["value"], days[place].isoformat())
    change = claim["unit"] == "bp"
    return same(
        claim["value"],
        values[-1] - values[place] if change else values[place],
    )


def _spread(claim: Claim, rows: Rows) -> str | None:
    """The longest yield less the shortest, or when it last had the same sign."""
    days, gaps = rows.once(_gaps)
    if claim["unit"] == "bp":
        return same(
            claim["value"],
            gaps[-2 if claim["window"] == "day-before" else -1],
        )
    if claim["window"] == "day":
        return equal(claim["value"], days[-1].isoformat())
    earlier = zip(days[-2::-1], gaps[-2::-1], strict=True)
    found = (day.isoformat() for day, gap in earlier if gap * gaps[-1] > 0)
    return equal(claim["value"], next(found, ""))


def _gaps(rows: Rows) -> tuple[list[dt.date], list[float]]:
    """The days on which the longest and the shortest yield are known, and the gap of each."""
    names = rows.market["yields"]
    series = (rows.known_rates(name) for name in (names[0], names[-1]))
    long, short = (dict(zip(*one, strict=True)) for one in series)
    days = sorted(long.keys() & short.keys())
    return days, [round(long[day] - short[day], 6) for day in days]

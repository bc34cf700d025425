"""Why a claim about a figure of a release is false."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping
from typing import Any

from reportgen.verify.raw.exchange import ONE_DAY
from reportgen.verify.rows import Claim, Print, Rows, equal, same

KINDS = (
    *("print", "print_level", "print_change", "print_quarter", "print_week", "print_stage"),
    *("print_consensus", "print_poll", "print_surprise", "print_degree", "print_line"),
    *("print_revised", "print_revision", "print_holiday", "print_combined", "print_periods"),
    *("print_highest_since", "print_lowest_since"),
)
NEWEST, ENOUGH = 24, 12
"""The surprises that say what size is usual, at most and at least."""
AGAIN = {"second": "second estimate", "third": "third estimate", "final": "final reading"}
"""The stages in which a period is told once more."""
LONG = {"month": 12, "week": 26}
"""The periods since a figure as far that make it worth saying."""
ENDS = {"fraction": "bp", "level": "points"}
"""The unit of a difference of two figures."""
Truth = tuple[str, str, str, Any]
"""The kind, the unit and the window of a fact, and its value."""


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
        return f"the data bear out no '{name}' of the newest figure"
    kind, unit, window, value = known[name]
    if (claim["kind"], claim["unit"], claim["window"]) != (kind, unit, window):
        return f"it is a '{kind}' in {unit} of the window '{window}'"
    if unit == "time":
        return equal(dt.datetime.fromisoformat(claim["value"]), value)
    return equal(claim["value"], value) if isinstance(value, str) else same(claim["value"], value)


def truths(rows: Rows, series: str) -> Mapping[str, Truth]:
    """All that may be said of the newest figure of *series*, by the names of facts."""
    told, known = rows.printed(series), rows.instrument(series)
    unit, gap = known["unit"], ENDS.get(known["unit"], known["unit"])
    scale = 100 if unit == "fraction" else 1
    kind = "print" if moves(known) else "print_level"
    found: dict[str, Truth] = {
        "print": (kind, unit, "release", told.actual / scale),
        "print.period": period(told.period, "release"),
        "print.body": ("print", "text", "release", known["body"]),
    }
    if told.previous is not None:
        found["print.before"] = (kind, unit, "before-release", told.previous / scale)
        if known.get("figure") != "jobs":
            step = whole(told.actual - told.previous, known) / scale
            found["print.change"] = ("print_change", gap, "release", step)
    if told.stage in AGAIN:
        found["print.stage"] = ("print_stage", "text", "release", AGAIN[told.stage])
    if known.get("line") not in (None, told.actual):
        found["print.line"] = ("print_line", unit, "release", known["line"])
    return {
        **found,
        **timed(told, rows),
        **against(told, known),
        **together(told, known),
        **anew(told, known),
        **as_far(told, known),
        **beside(told, known, rows),
    }


def timed(told: Print, rows: Rows) -> Mapping[str, Truth]:
    """The day and the time of the release, and whether the market was closed on that day."""
    if told.at is None:
        return {}
    day = dt.date.fromisoformat(told.released_on)
    found: dict[str, Truth] = {
        "print.released": ("print", "date", "release", told.released_on),
        "print.at": ("print", "time", "release", told.at),
    }
    if day.isoweekday() <= 5 and not rows.exchange.is_session(day):
        found["print.holiday"] = ("print_holiday", "date", "release", told.released_on)
    return found


def against(told: Print, known: Mapping[str, Any]) -> Mapping[str, Truth]:
    """What the first poll expected, where all agree on the side, and how far off that was."""
    sides = {side(told.actual, expected, known) for _, expected in told.asked}
    if len(sides) != 1:
        return {}
    scale = 100 if known["unit"] == "fraction" else 1
    poll, expected = told.asked[0]
    gap = whole(told.actual - expected, known)
    apart = ENDS.get(known["unit"], known["unit"])
    found: dict[str, Truth] = {
        "print.consensus": ("print_consensus", known["unit"], "poll", expected / scale),
        "print.poll": ("print_poll", "text", "poll", poll),
        "print.surprise": ("print_surprise", apart, "poll", gap / scale),
    }
    usual = [whole(one, known) for one in told.gaps[-NEWEST:]]
    steps = round(abs(gap) / known.get("step", 0.1))
    if len(usual) >= ENOUGH and statistics.stdev(usual) and steps > 1:
        size = abs(gap) / statistics.stdev(usual)
        found["print.degree"] = ("print_degree", "level", "poll", size)
    return found


def anew(told: Print, known: Mapping[str, Any]) -> Mapping[str, Truth]:
    """How the figure of the period before was revised, of a series that revises it each time."""
    if not known.get("revised") or told.stage in AGAIN:
        return {}
    if told.previous is None or told.first is None:
        return {}
    scale = 100 if known["unit"] == "fraction" else 1
    moved = whole(told.previous - told.first, known)
    if not moved:
        return {}
    unit = known["unit"]
    return {
        "print.revised": ("print_revised", unit, "release", told.previous / scale),
        "print.was": ("print_revised", unit, "before-release", told.first / scale),
        "print.revision": ("print_revision", ENDS.get(unit, unit), "release", moved / scale),
        "print.prior": period(earlier(told.period), "before-release"),
    }


def together(told: Print, known: Mapping[str, Any]) -> Mapping[str, Truth]:
    """By how many jobs the two periods before were revised, taken together."""
    last = told.own.get(earlier(told.period))
    alone = told.stage in AGAIN or known.get("figure") != "jobs" or not known.get("revised")
    if alone or last is None or last.previous is None:
        return {}
    if told.previous is None or told.first is None or told.earlier is None:
        return {}
    moved = whole(told.previous - told.first, known) + whole(told.earlier - last.previous, known)
    if not moved:
        return {}
    second = earlier(earlier(told.period))
    return {
        "print.combined": ("print_combined", known["unit"], "release", moved),
        "print.prior": period(earlier(told.period), "before-release"),
        "print.earlier": period(second, "before-release"),
    }


def as_far(told: Print, known: Mapping[str, Any]) -> Mapping[str, Truth]:
    """The last period before with a first figure as high, or as low."""
    least = LONG.get(known.get("every", "month"))
    mine = told.firsts.get(told.period)
    if least is None or mine is None or mine[0] != told.stage or told.previous is None:
        return {}
    sign = (told.actual > told.previous) - (told.actual < told.previous)
    count, at = 1, earlier(told.period)
    while sign and at in told.firsts and (told.firsts[at][1] - told.actual) * sign < 0:
        count, at = count + 1, earlier(at)
    if not sign or at not in told.firsts or count < least:
        return {}
    kind = "print_highest_since" if sign > 0 else "print_lowest_since"
    return {"print.since": (kind, "date", "release", at)}


def beside(told: Print, known: Mapping[str, Any], rows: Rows) -> Mapping[str, Truth]:
    """The other periods of the release, and the period before if that has no figure."""
    found: dict[str, Truth] = {}
    if rows.has_none(known["symbol"], earlier(told.period)):
        found["print.lacking"] = period(earlier(told.period), "before-release")
    alike = [
        (of, one.actual)
        for of, one in told.own.items()
        if of < told.period
        and told.at is not None
        and one.released == told.own[told.period].released
    ]
    if alike:
        of, actual = max(alike)
        scale = 100 if known["unit"] == "fraction" else 1
        kind = "print" if moves(known) else "print_level"
        found["print.periods"] = ("print_periods", "count", "release", len(alike) + 1)
        found["print.other"] = (kind, known["unit"], "before-release", actual / scale)
        found["print.other.period"] = period(of, "before-release")
    return found


def moves(known: Mapping[str, Any]) -> bool:
    """Whether the figure is a change by itself."""
    told = known.get("figure", "")
    return told in ("jobs", "change") if told else "per" in known or known["unit"] == "count"


def whole(gap: float, known: Mapping[str, Any]) -> float:
    """A difference in whole steps of what is published."""
    step: float = known.get("step", 0.1)
    return round(gap / step) * step


def side(actual: float, expected: float, known: Mapping[str, Any]) -> int:
    """1 for a figure above what was expected, -1 below, 0 in line."""
    gap = whole(actual - expected, known)
    return (gap > 0) - (gap < 0)


def period(told: str, window: str) -> Truth:
    """A quarter by its first month, a week by its last day, or a month."""
    if told[4:5] == "Q":
        first = (int(told[5]) - 1) * 3 + 1
        return ("print_quarter", "date", window, f"{told[:4]}-{first:02}")
    return ("print" if len(told) == len("2025-01") else "print_week", "date", window, told)


def earlier(told: str) -> str:
    """The period before."""
    if told[4:5] == "Q":
        count = int(told[:4]) * 4 + int(told[5]) - 2
        return f"{count // 4}Q{count % 4 + 1}"
    if len(told) > len("2025-01"):
        return (dt.date.fromisoformat(told) - 7 * ONE_DAY).isoformat()
    return (dt.date.fromisoformat(f"{told}-01") - ONE_DAY).isoformat()[: len("2025-01")]

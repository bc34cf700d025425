"""The facts of a figure of a release, by the roles that they play in a finding."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.beats.measure import Measure, News
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.releases import Print, difference, previous
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import Instrument

LATER = {"second": "second estimate", "third": "third estimate", "final": "final reading"}
"""The names of the stages that give a figure for a period again."""
APART = {Unit.FRACTION: Unit.BP, Unit.LEVEL: Unit.POINTS}
"""The unit of a difference of two figures."""
NOW, BEFORE, POLL = "release", "before-release", "poll"
"""The windows of what is printed now, of the figure before, and of what was expected."""
STEPS = 1.5
"""More than one published step: a surprise of one is never told as a large one."""


def is_change(found: Instrument) -> bool:
    """Whether the figure of a series is itself a change, and not a level."""
    if found.figure:
        return found.figure in ("jobs", "change")
    return bool(found.per) or found.unit is Unit.COUNT


def news_of_print(
    kind: str, told: Print, calendar: Calendar, parts: Mapping[str, float] | None = None
) -> News:
    """A figure as a finding of that *kind*, with the *parts* of its score."""
    return _measure(told).news(kind, roles_of(told, calendar), parts)


def _measure(told: Print) -> Measure:
    found = told.instrument
    return Measure(found.key, found.symbol, told.known.isoformat(), told.source)


def roles_of(told: Print, calendar: Calendar) -> dict[str, Fact]:
    """All that is known of a figure, by role.

    Args:
        told: The figure.
        calendar: The sessions of the market.
    """
    found, measure = told.instrument, _measure(told)
    kind = "print" if is_change(found) else "print_level"
    roles = {
        "value": measure.fact(kind, told.value, found.unit, NOW, name="print"),
        "period": _period(measure, told.period, "period", NOW),
        "body": measure.fact("print", found.body, Unit.TEXT, NOW, name="print.body"),
    }
    roles |= _time(measure, told, calendar)
    if told.before is not None:
        roles["before"] = measure.fact(kind, told.before, found.unit, BEFORE, name="print.before")
        if found.figure != "jobs":
            roles["change"] = _apart(measure, "change", told, told.before)
    if told.stage in LATER:
        roles["stage"] = measure.fact(
            "print_stage", LATER[told.stage], Unit.TEXT, NOW, name="print.stage"
        )
    if found.line is not None and told.value != found.line:
        roles["line"] = measure.fact("print_line", found.line, found.unit, NOW, name="print.line")
    return (
        roles
        | _expected(measure, told)
        | _revised(measure, told)
        | _far(measure, told)
        | _beside(measure, told)
    )


def _time(measure: Measure, told: Print, calendar: Calendar) -> dict[str, Fact]:
    """When it was released, and whether the market was closed on that day."""
    if told.at is None or told.released is None:
        return {}
    day = told.released
    found = {
        "released": measure.fact("print", day, Unit.DATE, NOW, name="print.released"),
        "at": measure.fact("print", told.at.isoformat(), Unit.TIME, NOW, name="print.at"),
    }
    if not calendar.is_session(day) and day.weekday() < 5:
        found["holiday"] = measure.fact("print_holiday", day, Unit.DATE, NOW, name="print.holiday")
    return found


def _expected(measure: Measure, told: Print) -> dict[str, Fact]:
    """What economists had expected, how far the figure is from it, and how far that is."""
    if told.consensus is None or told.surprise is None:
        return {}
    unit = told.instrument.unit
    found = {
        "consensus": measure.fact(
            "print_consensus", told.consensus, unit, POLL, name="print.consensus"
        ),
        "poll": measure.fact("print_poll", told.poll, Unit.TEXT, POLL, name="print.poll"),
        "surprise": _apart(measure, "surprise", told, told.consensus),
    }
    if told.spread and abs(told.surprise) > STEPS * told.step:
        size = abs(told.surprise) / told.spread
        found["degree"] = measure.fact("print_degree", size, Unit.LEVEL, POLL, name="print.degree")
    return found


def _revised(measure: Measure, told: Print) -> dict[str, Fact]:
    """How the figure of the period before was revised, where that is done with each release."""
    found, now, first = told.instrument, told.before, told.first
    if not found.revised or told.stage in LATER or now is None or first is None:
        return {}
    gap, together = difference(found, now, first), _combined(measure, told)
    if not gap:
        return together
    return together | {
        "revised": measure.fact("print_revised", now, found.unit, NOW, name="print.revised"),
        "was": measure.fact("print_revised", first, found.unit, BEFORE, name="print.was"),
        "revision": measure.fact(
            "print_revision", gap, APART.get(found.unit, found.unit), NOW, name="print.revision"
        ),
        "prior": _period(measure, previous(told.period), "prior", BEFORE),
    }


def _combined(measure: Measure, told: Print) -> dict[str, Fact]:
    """How far the numbers of jobs of the two periods before were revised, taken together."""
    found = told.instrument
    if found.figure != "jobs" or not told.combined:
        return {}
    return {
        "combined": measure.fact(
            "print_combined", told.combined, found.unit, NOW, name="print.combined"
        ),
        "prior": _period(measure, previous(told.period), "prior", BEFORE),
        "earlier": _period(measure, previous(previous(told.period)), "earlier", BEFORE),
    }


def _far(measure: Measure, told: Print) -> dict[str, Fact]:
    """The last period with a first print as far, and the one before where it has no print."""
    roles = {}
    if told.since:
        kind = f"print_{'highest' if told.highest else 'lowest'}_since"
        roles["since"] = measure.fact(
            kind, told.since, Unit.DATE, NOW, name="print.since", since=told.since
        )
    if told.gap:
        roles["lacking"] = _period(measure, previous(told.period), "lacking", BEFORE)
    return roles


def _beside(measure: Measure, told: Print) -> dict[str, Fact]:
    """How many periods the same release had; the one before, where there are two."""
    if not told.beside:
        return {}
    count = len(told.beside) + 1
    roles = {"periods": measure.fact("print_periods", count, Unit.COUNT, NOW, name="print.periods")}
    if len(told.beside) == 1:
        ((period, value),) = told.beside
        kind = "print" if is_change(told.instrument) else "print_level"
        unit = told.instrument.unit
        roles["other"] = measure.fact(kind, value, unit, BEFORE, name="print.other")
        roles["other_period"] = _period(measure, period, "other.period", BEFORE)
    return roles


def _apart(measure: Measure, name: str, told: Print, other: float) -> Fact:
    """How far a figure is from another one, as published."""
    unit = APART.get(told.instrument.unit, told.instrument.unit)
    gap = difference(told.instrument, told.value, other)
    return measure.fact(
        f"print_{name}", gap, unit, POLL if name == "surprise" else NOW, name=f"print.{name}"
    )


def _period(measure: Measure, period: str, name: str, window: str) -> Fact:
    """A month; a quarter by the month it begins with; a week by its last day."""
    kind, value = "print", period
    if "Q" in period:
        kind, value = "print_quarter", f"{period[:4]}-{3 * int(period[-1]) - 2:02}"
    elif len(period) > len("2025-01"):
        kind = "print_week"
    return measure.fact(kind, value, Unit.DATE, window, name=f"print.{name}")

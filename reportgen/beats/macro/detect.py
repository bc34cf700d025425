"""Monthly and quarterly series by period, as they were known: a chart pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene
from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.courses import PLACES, STALE, Course
from reportgen.datasets.market import Market
from reportgen.statistics.indexes import of_period, periods

NOW, BEFORE = "release", "before-release"
"""The windows of the newest period, and of the one before."""
YEAR = {"M": 12, "Q": 4}
"""The periods of a year."""
MOST_LACKING = 1 / 3
"""The share of series without a new figure with which a chart pack is still told."""
ROUNDED = 3
"""Decimals of a change over a year as it is told: a tenth of a percent."""


def told(market: Market, series: str) -> News:
    """The newest figure of a monthly or quarterly series, its changes and its release.

    Raises:
        NoData: The data have no figure of it by the moment.
    """
    course = market.course(series)
    measure = Measure(
        course.instrument.key,
        course.instrument.symbol,
        _day(course.vintage).isoformat(),
        course.source,
    )
    roles = {**_levels(measure, course), **_changes(measure, course), **_times(measure, course)}
    roles |= _ahead(measure, course, market)
    return measure.news("macro", roles | _as_far(measure, course))


def _levels(measure: Measure, course: Course) -> dict[str, Fact]:
    """The figure, its period, the figure before it, and what that was until then."""
    unit, newest = course.instrument.unit, course.newest
    roles = {
        "value": measure.fact(
            "macro_level", float(course.levels.iloc[-1]), unit, NOW, name="macro"
        ),
        "period": _period(measure, newest, "period", NOW),
    }
    if course.instrument.body:
        body = course.instrument.body
        roles["body"] = measure.fact("macro_body", body, Unit.TEXT, NOW, name="macro.body")
    before = course.back(1)
    if before is None:
        return roles
    roles["before"] = measure.fact("macro_level", before, unit, BEFORE, name="macro.before")
    roles["before_month"] = _period(measure, newest - 1, "before.period", BEFORE)
    if course.was is not None and round(before - course.was, PLACES):
        roles["was"] = measure.fact("macro_level", course.was, unit, BEFORE, name="macro.was")
        moved = round(before - course.was, PLACES)
        kind = Unit.BP if course.rate else Unit.LEVEL
        if _published(before, course) == _published(course.was, course):
            return roles  # "revised to 309.0 from 309.0" tells a reader nothing
        roles["revision"] = measure.fact(
            "macro_revision", moved, kind, BEFORE, name="macro.revision"
        )
    return roles


def _published(value: float, course: Course) -> Decimal:
    """*value* with the decimals that are printed of its series; a rate is in percent."""
    size = Decimal(repr(value)) * (100 if course.rate else 1)
    places = Decimal(1).scaleb(-course.instrument.decimals)
    return size.quantize(places, ROUND_HALF_UP)


def _changes(measure: Measure, course: Course) -> dict[str, Fact]:
    """The changes over a period and over a year, and by the year over a quarter."""
    unit = Unit.BP if course.rate else Unit.FRACTION
    roles = {}
    for role, back in (("change", 1), ("year", YEAR[course.every])):
        change = course.change(back)
        if change is not None:
            roles[role] = measure.fact(f"macro_{role}", change, unit, NOW, name=f"macro.{role}")
    quarter = None if course.rate else course.change(3 if course.every == "M" else 1)
    if quarter is not None:
        annual = (1 + quarter) ** 4 - 1
        roles["annual"] = measure.fact(
            "macro_annual", annual, Unit.FRACTION, NOW, name="macro.annual"
        )
    return roles


def _times(measure: Measure, course: Course) -> dict[str, Fact]:
    """The day on which the newest period was first told, and the vintage of all figures."""
    return {
        role: measure.fact(f"macro_{role}", _day(at), Unit.DATE, NOW, name=f"macro.{role}")
        for role, at in (("released", course.released), ("vintage", course.vintage))
    }


def _ahead(measure: Measure, course: Course, market: Market) -> dict[str, Fact]:
    """When the next figure is due, and whether the newest one is old."""
    roles, release = {}, course.instrument.release
    due = market.next_release(release) if release else None
    if due is not None:
        roles["due"] = measure.fact("macro_due", due.day, Unit.DATE, NOW, name="macro.due")
    if course.age(market.moment.at) > STALE[course.every]:
        roles["stale"] = measure.fact(
            "macro_stale", _day(course.released), Unit.DATE, NOW, name="macro.stale"
        )
    return roles


def _as_far(measure: Measure, course: Course) -> dict[str, Fact]:
    """The last period as high, or as low: of a rate, or of the change over a year of a level.

    Told from a year on, and only while no period is lacking between.
    """
    year = YEAR[course.every]
    values = course.levels if course.rate else course.changes(year).round(ROUNDED)
    if len(values) < 2 or periods(values)[-1] != course.newest:
        return {}
    now, last, steps = of_period(values, course.newest), course.newest - 1, 1
    if last not in values.index or of_period(values, last) == now:
        return {}
    up = now > of_period(values, last)
    while last in values.index and (of_period(values, last) - now) * (1 if up else -1) < 0:
        last, steps = last - 1, steps + 1
    if last not in values.index or steps < year:
        return {}
    every = "_quarter" if course.every == "Q" else ""
    kind = f"macro_{'highest' if up else 'lowest'}{every}_since"
    since = str(_first_month(last))
    return {"since": measure.fact(kind, since, Unit.DATE, NOW, name="macro.since", since=since)}


def _period(measure: Measure, period: pd.Period, name: str, window: str) -> Fact:
    """A month; a quarter by the month that it begins with."""
    kind = "macro_quarter" if period.freqstr.startswith("Q") else "macro_month"
    return measure.fact(kind, str(_first_month(period)), Unit.DATE, window, name=f"macro.{name}")


def _first_month(period: pd.Period) -> pd.Period:
    return period.asfreq("M", how="start")


def _day(at: dt.datetime) -> dt.date:
    """The day of a time by which something was known; a day alone counts to its end."""
    return (at - dt.timedelta(microseconds=1)).date()


def detect(scene: Scene) -> Iterator[News | None]:
    """Each series. One with an old figure is named as a gap, too.

    Raises:
        NoData: More than a third of them have no figure, or an old one.
    """
    missing = scene.market.log.missing
    for series in scene.series:
        for news in scene.known(told, scene.market, series):
            if news is not None and "stale" in news.finding.facts:
                since = news.role("stale").value
                missing[series] = (
                    f"{series}: no figure has come since {since}; update the file of vintages"
                )
            yield news
    lacking = [series for series in scene.series if series in missing]
    if len(lacking) > MOST_LACKING * len(scene.series):
        raise NoData(
            f"{len(lacking)} of {len(scene.series)} series have no figure, or an old one:"
            f" {', '.join(lacking)}; update the file of vintages.",
            subject=lacking[0],
        )

"""The figures of releases: prices, jobs, the unemployment rate."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.datasets.market import Market


def printed(market: Market, series: str) -> News:
    """The newest print of a series, its period, who says it, and the day of its release.

    With the figure of the period before, and of a rate the change from it, where that is known.
    """
    told = market.printed(series)
    found = told.instrument
    measure = Measure(found.key, found.symbol, told.known.isoformat(), told.source)
    roles = {
        "value": measure.fact("print", told.value, found.unit, "month"),
        "period": measure.fact("print", told.period, Unit.DATE, "month", name="print.period"),
        "body": measure.fact("print", found.body, Unit.TEXT, "month", name="print.body"),
    }
    if told.released is not None:
        roles["released"] = measure.fact(
            "print", told.released, Unit.DATE, "month", name="print.released"
        )
    if told.before is not None:
        roles["before"] = measure.fact(
            "print", told.before, found.unit, "prior-month", name="print.before"
        )
        if found.unit is Unit.FRACTION:
            roles["change"] = measure.fact(
                "print", told.value - told.before, Unit.BP, "month", name="print.change"
            )
    return measure.news("print", roles)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each series."""
    for series in scene.series:
        yield from scene.known(printed, scene.market, series)

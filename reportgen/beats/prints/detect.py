"""The figures of releases: prices, jobs, the unemployment rate."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import News
from reportgen.beats.prints.figures import news_of_print
from reportgen.beats.scene import Scene
from reportgen.datasets.market import Market


def printed(market: Market, series: str) -> News:
    """The newest print of a series, its period, who says it, and the day of its release.

    With the figure of the period before, and what economists had expected, where that is known.
    """
    return news_of_print("print", market.printed(series), market.moment.calendar)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each series."""
    for series in scene.series:
        yield from scene.known(printed, scene.market, series)

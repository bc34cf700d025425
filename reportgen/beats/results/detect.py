"""Companies that will report results within a week."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.markets.instruments import instrument

AHEAD = 6
"""The most days ahead for which a weekday says which day is meant."""
ORDER = ("before-open", "during-session", "after-close")
"""The windows of reports of one day, in the order of the day."""


def results_due(scene: Scene, symbol: str) -> News | None:
    """When the company *symbol* reports next, if it said so and that is within six days."""
    found, moment = scene.market.results_due(symbol), scene.moment
    today = moment.at.astimezone(moment.calendar.zone).date()
    if found is None or (found.day - today).days > AHEAD:
        return None
    own = instrument(symbol)
    measure = Measure(own.key, symbol, moment.session.isoformat(), found.source)
    due = measure.fact("results_due", found.day, Unit.DATE, found.when)
    return measure.news("results_due", {"due": due})


def detect(scene: Scene) -> Iterator[News | None]:
    """Each company of the report's list that reports within a week, the first one first."""
    found = (results_due(scene, symbol) for symbol in scene.market.reporting())
    yield from sorted(filter(None, found), key=_place)


def _place(news: News) -> tuple[str, int]:
    due = news.role("due")
    return str(due.value), ORDER.index(due.window)

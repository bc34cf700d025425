"""Single stocks that moved more than is usual for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from reportgen.beats.measure import (
    Measure,
    News,
    moved,
    size,
    with_sigma,
)
from reportgen.beats.reach import rare_day
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track

LEAST_MOVE = 0.02
"""A stock that moved less is no news among the large ones."""
LARGE_MOVE = 0.1
"""A move of a day that is news though the stock often moves as far."""


FAR = 60
"""Sessions since a level as high or as low that make it worth saying."""
REPORTED = "companies that reported results"
FOLLOWED, OTHERS = "widely followed stocks", "individual stocks"
"""What a sentence calls stocks that react to results, those of a dated list, and any others."""
GROUP = "stocks"
"""What the name of a group is a fact of, so that it may stand before any stock's name."""
FOLLOWED_BY = 0.5
"""What it adds to the news of a stock that readers follow it, as a share."""


def mover(
    track: Track, window: str = "day", reported: tuple[dt.date, str] | None = None
) -> News | None:
    """A large stock that moved over the *window* by more than is usual for it.

    It also has the last day with a move as large. *reported* is the day and the source of its
    company's results, if this session was the first to react to them.
    """
    kind, change, sigma, shown = moved(track, window)
    usual = 1.2 * sigma if window == "day" else 0.0
    if abs(change) < max(LEAST_MOVE, min(usual, LARGE_MOVE)):
        return None
    measure = Measure.of(track)
    dated = bool(track.instrument.followed) and track.instrument.followed_on(track.session)
    among = REPORTED if reported else FOLLOWED if dated else OTHERS
    group = measure.fact("stock_group", among, Unit.TEXT, shown, name="among")
    roles = {"among": replace(group, instrument=GROUP)}
    parts = {"news": 40 * abs(change) * size(change, sigma)}
    parts["readers"] = FOLLOWED_BY * parts["news"] * dated
    with_sigma(roles, "change", measure.change(kind, change, sigma, shown))
    if reported:
        roles["reported"] = replace(
            measure.fact("results", reported[0], Unit.DATE), source=reported[1]
        )
    since = rare_day(measure, track, FAR) if window == "day" else None
    if since is not None:
        roles["since"] = since
    return measure.news("mover", roles, parts)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each stock that moved far."""
    for track in scene.tracks:
        symbol, day = track.instrument.symbol, scene.window == "day"
        reported = scene.market.reported(symbol, track.session) if day else None
        yield mover(track, scene.window, reported)

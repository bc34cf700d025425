"""The funds of industries that moved farther than is usual for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, moved, size, standout, with_sigma
from reportgen.beats.reach import rare_day, reach_of
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Fact
from reportgen.datasets.market import Track
from reportgen.statistics import extremes

LEAST, SIGMAS = 0.025, 2.0
"""The least move of an industry that is news, as a fraction and in usual moves."""
FAR = 120
"""Sessions since a day as good or as bad that make it worth saying."""


def industry(track: Track, window: str = "day") -> News | None:
    """The move of a fund over the *window*, None where it is no news."""
    kind, change, sigma, shown = moved(track, window)
    if abs(change) < LEAST or abs(change) < SIGMAS * sigma:
        return None
    measure = Measure.of(track)
    roles: dict[str, Fact] = {}
    with_sigma(roles, "change", measure.change(kind, change, sigma, shown))
    since = rare_day(measure, track, FAR, ever=True) if window == "day" else None
    parts = {"news": 40 * abs(change) * size(change, sigma)}
    if since is not None:
        roles["since"] = since
        ago = extremes.sessions_between(track.closes, dt.date.fromisoformat(str(since.value)))
        parts["reach"] = weights_of("industries")["reach"] * reach_of(ago)
    return measure.news("industry", roles, parts)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each industry that moved far, and again what the day was about."""
    worth = weights_of("industries")
    for track in scene.tracks:
        found = industry(track, scene.window)
        yield found
        if found and scene.window == "day" and not track.live:
            yield standout(found, "standout_industry", worth["leads"], worth["most"])

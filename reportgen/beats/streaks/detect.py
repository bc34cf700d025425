"""Runs of sessions of one sign, and their end."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, with_sigma
from reportgen.beats.reach import Course, reach_of
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import returns, streaks, volatility

LEAST_RUN = 4
"""From this many sessions on, the end of a run is worth saying."""


LONG_RUN = 7
"""Sessions of a run that leads."""
RARE_RUN, RARE_AGO = 5, 250
"""How long a run has to be, and how long ago the last such run, for that to be worth saying."""


def streak(track: Track) -> News | None:
    """A run of at least three sessions of one sign, the last included.

    Told after a close only.
    """
    length = streaks.streak(track.changes)
    if track.live or abs(length) < 3:
        return None
    measure = Measure.of(track)
    kind = "streak_up" if length > 0 else "streak_down"
    first = track.closes.index[-abs(length) - 1].date()
    total = returns.since_session(track.closes, first)
    roles = {"length": measure.fact(kind, abs(length), Unit.COUNT, "day")}
    sigma = volatility.ewma(track.changes) * math.sqrt(abs(length))
    with_sigma(
        roles,
        "total",
        measure.change(
            "period_change",
            total,
            sigma,
            "streak",
            name="streak_change",
        ),
    )
    parts = {"length": max(0.0, (abs(length) - 4) * weights_of("streaks")["session"])}
    ago = streaks.last_as_long(track.changes, length)
    reach = len(track.changes) if ago is None else ago
    if abs(length) >= RARE_RUN and reach >= RARE_AGO:
        parts["reach"] = reach_of(reach)
        if since := _as_long(track, length):
            roles["since"] = measure.fact("longest_day_run_since", since, Unit.DATE, since=since)
    return measure.news(kind, roles, parts)


def _as_long(track: Track, length: int) -> str:
    """The last day of the last run as long, of the same direction; "" where the data have none."""
    changes = Course.of(track).unbroken().moves("day")
    ago = streaks.last_as_long(changes, length)
    return "" if ago is None else changes.index[-1 - ago].date().isoformat()


def broken(track: Track) -> News | None:
    """A run of at least four sessions of one sign that ended with this close."""
    ended = streaks.streak(track.changes.iloc[:-1])
    goes_on = streaks.streak(track.changes) * ended > 0
    if track.live or abs(ended) < LEAST_RUN or goes_on:
        return None
    measure = Measure.of(track)
    kind = "streak_up_ended" if ended > 0 else "streak_down_ended"
    roles = {"length": measure.fact(kind, abs(ended), Unit.COUNT, "day")}
    return measure.news(
        kind, roles, {"length": (abs(ended) - LEAST_RUN) * weights_of("streaks")["ended"]}
    )


def detect(scene: Scene) -> Iterator[News | None]:
    """Runs of each index, and those that this session ended."""
    for track in scene.tracks:
        if found := streak(track):
            yield found.beside(unless=found.role("length").number >= LONG_RUN)
        yield broken(track)

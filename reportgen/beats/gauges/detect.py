"""Volatility, oil and gold: their level, their change and its rarity."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, moved, resting_on, size, standout, with_sigma
from reportgen.beats.reach import Course, farthest, last_as_far
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import extremes

FARTHEST = 3.0
"""The part of a score of a move beyond all measure."""
FAR = 60
"""Sessions since a level as high or as low that make it worth saying."""


def gauge(track: Track, window: str = "day") -> News:
    """The level of a gauge, its change over the *window*, and its rarity.

    Of the day of a price below zero, or of the day after, the level alone.
    """
    measure = Measure.of(track)
    if window == "day" and track.instrument.below_zero and track.closes.iloc[-2:].min() <= 0:
        level = measure.fact("level", track.last, track.instrument.unit)
        return measure.news("gauge", {"level": level}, {"size": FARTHEST})
    kind, change, sigma, shown = moved(track, window)
    roles = {"level": measure.fact("level", track.last, track.instrument.unit)}
    if window == "day":
        roles["points"] = measure.fact(
            "point_change",
            track.last - float(track.closes.iloc[-2]),
            Unit.POINTS,
        )
    with_sigma(roles, "change", measure.change(kind, change, sigma, shown))
    parts = {"size": size(change, sigma)}
    below = change < 0
    since = last_as_far(track, below=below)
    gap = extremes.sessions_between(track.closes, since) if since else 0
    if since and not track.live and gap >= FAR:
        kind = f"{'lowest' if below else 'highest'}_close_since"
        roles["since"] = resting_on(
            measure.fact(
                kind,
                str(since),
                Unit.DATE,
                since=str(since),
            ),
            extremes.evidence(track.closes, since),
        )
    if not track.live:
        z = abs(change) / sigma if sigma else 0.0
        extreme, more = farthest(measure, Course.of(track), z, window)
        roles, parts = roles | extreme, parts | more
    return measure.news("gauge", roles, parts)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each gauge, and again a commodity that the day was about."""
    worth = weights_of("gauges")
    for track in scene.tracks:
        found = gauge(track, scene.window)
        yield found
        moves = found.finding.facts.get("extreme", "largest").partition(".")[2]
        told = scene.window == "day" and not track.live and track.instrument.kind == "commodity"
        if told and moves.startswith("largest"):
            yield standout(found, "standout_gauge", worth["leads"], worth["most"])

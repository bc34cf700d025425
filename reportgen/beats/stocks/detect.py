"""Single stocks that moved more than is usual for them."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import (
    Measure,
    News,
    moved,
    resting_on,
    size,
    surprise,
    with_sigma,
)
from reportgen.beats.scene import Scene
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import extremes

LEAST_MOVE = 0.02
"""A stock that moved less is no news among the large ones."""


FAR = 60
"""Sessions since a level as high or as low that make it worth saying."""


def mover(track: Track, window: str = "day") -> News | None:
    """A large stock that moved over the *window* by more than is usual for it.

    With it when it last moved as much in a day.
    """
    kind, change, sigma, shown = moved(track, window)
    if abs(change) < LEAST_MOVE or abs(change) < 1.2 * sigma * (window == "day"):
        return None
    measure = Measure.of(track)
    roles: dict[str, Fact] = {}
    with_sigma(roles, "change", measure.change(kind, change, sigma, shown))
    if window != "day":
        return measure.news(
            "mover",
            roles,
            {"size": 2 * size(change, sigma), "move": 10 * abs(change)},
        )
    since = extremes.last_as_large(track.changes)
    if (
        not track.live
        and since is not None
        and extremes.sessions_between(track.changes, since) >= FAR
    ):
        kind = f"{'best' if change > 0 else 'worst'}_day_since"
        roles["since"] = resting_on(
            measure.fact(
                kind,
                since,
                Unit.DATE,
                since=since.isoformat(),
            ),
            extremes.evidence(track.changes, since),
        )
    return measure.news(
        "mover",
        roles,
        {
            "size": 2 * size(change, sigma),
            "surprise": surprise(track.changes) / 4,
        },
    )


def detect(scene: Scene) -> Iterator[News | None]:
    """Each stock that moved far."""
    for track in scene.tracks:
        yield mover(track, scene.window)

"""The highest or lowest close since an earlier one."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, resting_on, with_sigma
from reportgen.beats.reach import last_as_far
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import extremes, returns, volatility

LONG_AGO = 25
"""Sessions since a close as high or as low that make it worth saying."""
YEAR = 250
"""Sessions of about a year."""


def far(track: Track) -> News | None:
    """The highest or lowest close since an earlier one, 25 sessions ago or more.

    It may lead from about a year on. None where there is no earlier one.
    """
    if track.live:
        return None
    measure = Measure.of(track)
    for below, name in ((False, "highest"), (True, "lowest")):
        since = last_as_far(track, below=below)
        if since is None:
            continue
        gap = extremes.sessions_between(track.closes, since)
        if gap >= LONG_AGO:
            kind = f"{name}_close_since"
            roles = {
                "since": resting_on(
                    measure.fact(
                        kind,
                        since,
                        Unit.DATE,
                        since=since.isoformat(),
                    ),
                    extremes.evidence(track.closes, since),
                )
            }
            roles["level"] = measure.fact(
                "level",
                track.last,
                track.instrument.unit,
            )
            with_sigma(
                roles,
                "change",
                measure.change(
                    "pct_change",
                    returns.day(track.closes),
                    volatility.ewma(track.changes),
                ),
            )
            worth = weights_of("extremes")
            parts = {"reach": worth["reach"] * math.log2(gap / 21)}
            if gap >= YEAR:
                parts["year"] = worth["year"]
            return measure.news(kind, roles, parts).beside(unless=gap >= YEAR)
    return None


def detect(scene: Scene) -> Iterator[News | None]:
    """The highest or lowest close of each index since an earlier one."""
    for track in scene.tracks:
        yield far(track)

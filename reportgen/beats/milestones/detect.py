"""Round numbers passed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, standing_record
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import extremes


def milestone(track: Track) -> News | None:
    """A round number that this close passed, either way.

    For the first time ever, or the first time in at least five sessions.
    """
    grid = track.rank.round_number
    if grid is None or track.live or track.instrument.unit is not Unit.LEVEL:
        return None
    low, high = sorted((float(track.closes.iloc[-2]), track.last))
    line = math.floor(high / grid) * grid
    if not low < line <= high or track.last == low == line:
        return None
    rose, measure, worth = track.last >= line, Measure.of(track), weights_of("milestones")
    earlier = track.closes.iloc[:-1]
    beyond = earlier[earlier >= line] if rose else earlier[earlier < line]
    roles = {
        "line": measure.fact("milestone", line, Unit.LEVEL),
        "level": measure.fact("level", track.last, Unit.LEVEL),
    }
    never = beyond.empty and rose and track.record_start
    if never and track.last > standing_record(track).level:
        roles["first"] = measure.fact(
            "milestone_cross",
            line,
            Unit.LEVEL,
            since=str(track.instrument.inception),
        )
        return measure.news("milestone", roles, {"threshold": worth["first"]})
    if beyond.empty:
        return None
    since = beyond.index[-1].date()
    gap = extremes.sessions_between(track.closes, since)
    if gap < 5:
        return None
    kind = "milestone_up" if rose else "milestone_down"
    roles["since"] = measure.fact(
        "milestone_cross",
        since,
        Unit.DATE,
        name="milestone_cross.since",
        since=since.isoformat(),
    )
    return measure.news(
        kind,
        roles,
        {"threshold": max(0.0, worth["again"] + math.log2(gap / 21))},
    )


def detect(scene: Scene) -> Iterator[News | None]:
    """Round numbers that each index passed."""
    for track in scene.tracks:
        yield milestone(track)

"""The best or worst day since an earlier one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, rare_day, size, surprise, with_sigma
from reportgen.beats.scene import Scene
from reportgen.datasets.market import Track
from reportgen.statistics import extremes, volatility

LEAST_GAP = 21
"""Sessions since the last move as large that make a "since" worth saying."""


LARGE_MOVE, RARE_MOVE, LONG_AGO = 0.02, 0.012, 60
"""The size of a move with which a superlative leads.

Or a smaller one, if the last as large was this many sessions ago.
"""


def superlative(track: Track) -> News | None:
    """The best or worst day since one as large, more than a month ago."""
    changes = track.changes
    change = float(changes.iloc[-1])
    sigma = volatility.ewma(changes)
    if abs(change) < 0.009 or abs(change) < sigma:
        return None
    measure = Measure.of(track)
    since = rare_day(measure, track, LEAST_GAP)
    if since is None:
        return None
    gap = extremes.sessions_between(changes, dt.date.fromisoformat(str(since.value)))
    roles = {"since": since}
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    parts = {
        "surprise": surprise(changes) / 2,
        "reach": math.log2(1 + gap / 21),
        "size": size(change, sigma),
    }
    return measure.news(since.kind, roles, parts)


def rare(found: News, track: Track) -> bool:
    """Whether it leads: a large move, or one that was last as large long ago."""
    since = str(found.role("since").value)
    gap, move = len(track.closes[since:]) - 1, abs(found.change)
    return (
        move >= LARGE_MOVE
        or (gap >= LONG_AGO and move >= RARE_MOVE)
        or (gap >= LONG_AGO / 2 and move >= 1.25 * RARE_MOVE)
    )


def detect(scene: Scene) -> Iterator[News | None]:
    """The best or worst day since an earlier one, of each index."""
    for track in scene.tracks:
        if found := superlative(track):
            yield found.beside(unless=rare(found, track))

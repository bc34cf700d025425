"""Closes on the other side of an average, for the first time in long."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reportgen.beats.measure import Measure, News, with_sigma
from reportgen.beats.reach import Course, reach_of
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import averages, extremes, returns, volatility

LENGTHS = {"long": averages.LONG, "short": averages.SHORT}
"""Sessions of the averages that newsrooms watch, by the name of their weight."""
LEAST = 40
"""The sessions since a close on that side of an average that make one news."""


def crossed(track: Track) -> News | None:
    """A close on the other side of an average, for the first time in 40 sessions or more.

    Of two averages, that of more sessions. None otherwise, during a session, and where the series
    has a hole since.
    """
    if track.live:
        return None
    found = (_crossed(track, name, length) for name, length in LENGTHS.items())
    return next(filter(None, found), None)


def _crossed(track: Track, name: str, length: int) -> News | None:
    since = _since(track.closes, length)
    if since is None:
        return None
    gap = extremes.sessions_between(track.closes, since.date())
    whole = Course.of(track).unbroken().levels
    if gap < LEAST or _since(whole, length) != since:
        return None
    measure, window = Measure.of(track), f"{length}-sessions"
    average = averages.simple(track.closes, length)
    roles = {
        "average": measure.fact("moving_average", average, track.instrument.unit, window),
        "length": measure.fact("average_length", length, Unit.COUNT, window),
        "since": measure.fact(
            "average_cross", since.date(), Unit.DATE, window, since=since.date().isoformat()
        ),
    }
    sigma = volatility.ewma(track.changes)
    with_sigma(roles, "change", measure.change("pct_change", returns.day(track.closes), sigma))
    kind = "average_above" if track.last > average else "average_below"
    worth = weights_of("averages")[name]
    return measure.news(kind, roles, {"threshold": worth, "reach": reach_of(gap)})


def _since(levels: pd.Series, length: int) -> pd.Timestamp | None:
    """The last earlier close on that side of the average, where the last close changed sides."""
    if len(levels) <= length:
        return None
    side = averages.sides(levels, 1, length)
    earlier, last = side.iloc[:-1].dropna(), side.iloc[-1]
    if not len(earlier) or last * earlier.iloc[-1] >= 0:
        return None
    alike = earlier[earlier == last]
    return alike.index[-1] if len(alike) else None


def detect(scene: Scene) -> Iterator[News | None]:
    """Such a close of each index."""
    for track in scene.tracks:
        yield crossed(track)

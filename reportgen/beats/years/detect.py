"""A gain for the year that turned into a loss, or a loss into a gain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reportgen.beats.measure import Measure, News, with_sigma
from reportgen.beats.reach import Course, reach_of
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import returns, volatility
from reportgen.statistics.indexes import sessions

LEAST = 20
"""The sessions without such a close, in this year, that make one news."""


def turned(track: Track) -> News | None:
    """A close that made a gain of the loss for the year, or a loss of the gain.

    None otherwise, during a session, where the year had such a close less than 20 sessions ago or
    is younger than that, and where the series has a hole in it.
    """
    own = track.closes[sessions(track.closes).year == track.session.year]
    before = track.closes.iloc[: -len(own)]
    if track.live or len(own) <= LEAST or before.empty:
        return None
    side = np.sign(own.to_numpy(dtype=float) - float(before.iloc[-1]))
    earlier, last = side[:-1], side[-1]
    moved, alike = earlier.nonzero()[0], (earlier == last).nonzero()[0]
    if not len(moved) or last * earlier[moved[-1]] >= 0:
        return None
    gap = len(earlier) - int(alike[-1]) if len(alike) else len(own)
    whole = Course.of(track).unbroken()
    if gap < LEAST or whole.first > before.index[-1].date():
        return None
    measure = Measure.of(track)
    so_far = returns.to_date(track.closes, "year")
    then = returns.to_date(track.closes.iloc[:-1], "year")
    roles = {
        "ytd": measure.fact("ytd_change", so_far, Unit.FRACTION, "ytd"),
        "before": measure.fact("ytd_change", then, Unit.FRACTION, "ytd", name="ytd_change.before"),
    }
    if len(alike):
        since = own.index[alike[-1]].date()
        roles["since"] = measure.fact("year_side", since, Unit.DATE, "ytd", since=since.isoformat())
    sigma = volatility.ewma(track.changes)
    with_sigma(roles, "change", measure.change("pct_change", returns.day(track.closes), sigma))
    parts = {"threshold": weights_of("years")["turned"], "reach": reach_of(gap)}
    return measure.news("year_positive" if last > 0 else "year_negative", roles, parts)


def detect(scene: Scene) -> Iterator[News | None]:
    """Such a close of each index."""
    for track in scene.tracks:
        yield turned(track)

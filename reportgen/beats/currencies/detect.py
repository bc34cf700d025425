"""Exchange rates, and prices that an agency publishes later than their day.

Each is told of its own newest day, which may be days before the session, and against the day before
on its own calendar.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, resting_on, size, with_sigma
from reportgen.beats.reach import Course, farthest, last_as_far, reach_of
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.markets.instruments import FX
from reportgen.statistics import extremes, returns, volatility

FAR = 60
"""Days since a level as high or as low that make it worth saying."""


def rate(track: Track) -> News:
    """The level of a rate or price on its newest day, the one before, and the change.

    The level alone where its source has no value of the day before, or one that is not above zero.
    """
    measure = Measure.of(track)
    kind = "currency" if track.instrument.kind == FX else "spot"
    roles = {
        "level": measure.fact("reference_price", track.last, Unit.MONEY),
        "date": measure.fact(
            "reference_price",
            track.session,
            Unit.DATE,
            name="reference_price.date",
        ),
    }
    if not _compared(track):
        return measure.news(kind, roles)
    before, change = float(track.closes.iloc[-2]), returns.day(track.closes)
    sigma = volatility.ewma(track.changes)
    roles["before"] = measure.fact(
        "reference_price", before, Unit.MONEY, "day-before", name="reference_price.before"
    )
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    parts = {"size": size(change, sigma)}
    below = change < 0
    since = last_as_far(track, below=below)
    gap = extremes.sessions_between(track.closes, since) if since else 0
    if since and gap >= FAR:
        name = f"{'lowest' if below else 'highest'}_close_since"
        fact = measure.fact(name, str(since), Unit.DATE, since=str(since))
        roles["since"] = resting_on(fact, extremes.evidence(track.closes, since))
        parts["reach"] = reach_of(gap)
    extreme, more = farthest(measure, Course.of(track), abs(change) / sigma if sigma else 0.0)
    roles, parts = roles | extreme, parts | more
    return measure.news(kind, roles, parts)


def _compared(track: Track) -> bool:
    """Whether the last two values are of days in a row on its own calendar, and above zero."""
    if len(track.closes) < 2 or track.closes.iloc[-2:].min() <= 0:
        return False
    before, _ = track.instrument.sessions.neighbours(track.session)
    return bool(track.closes.index[-2].date() == before)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each rate and price."""
    for track in scene.tracks:
        yield rate(track)

"""Detectors by name, for notebooks that ask for one of them: ``news.gauge(track)``.

``desk.beats("indexes")`` asks all beats at once, those of the desk too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from reportgen.beats import beats, detector
from reportgen.beats.baskets.detect import basket
from reportgen.beats.calendar.detect import ahead, event, occasion
from reportgen.beats.coins.detect import coin_over, crypto, of_session
from reportgen.beats.corrections.detect import (
    chart_line,
    line_of,
    reference_line,
    threshold,
)
from reportgen.beats.currencies.detect import rate
from reportgen.beats.extremes.detect import far
from reportgen.beats.fed.detect import odds, odds_history, policy
from reportgen.beats.gauges.detect import gauge
from reportgen.beats.measure import News, moved
from reportgen.beats.milestones.detect import milestone
from reportgen.beats.prints.detect import printed
from reportgen.beats.records.detect import below, record
from reportgen.beats.relative.detect import behind, spread
from reportgen.beats.scene import Scene, judged
from reportgen.beats.seasons.detect import months, season, turn
from reportgen.beats.sectors.detect import sectors
from reportgen.beats.session.detect import broad, day, eve
from reportgen.beats.stocks.detect import mover
from reportgen.beats.streaks.detect import streak
from reportgen.beats.superlatives.detect import superlative
from reportgen.beats.windows.detect import days, so_far, wrap
from reportgen.beats.yields.detect import curve, yields, yields_over
from reportgen.datasets.market import Market, Track, Tracks
from reportgen.markets import MarketSpec

__all__ = [
    "News",
    "ahead",
    "basket",
    "behind",
    "below",
    "broad",
    "chart_line",
    "coin_over",
    "crypto",
    "curve",
    "day",
    "days",
    "event",
    "far",
    "gauge",
    "line_of",
    "milestone",
    "months",
    "moved",
    "mover",
    "occasion",
    "odds",
    "odds_history",
    "of_index",
    "of_period",
    "of_session",
    "of_two",
    "of_windows",
    "policy",
    "printed",
    "rate",
    "record",
    "reference_line",
    "season",
    "sectors",
    "so_far",
    "spread",
    "streak",
    "superlative",
    "threshold",
    "turn",
    "wrap",
    "yields",
    "yields_over",
]


NONE = cast("Market", None)


@dataclass(frozen=True, kw_only=True)
class _Alone(Scene):
    """The scene of a notebook of 0.1.0: one index, without its market."""

    next: dt.date

    @property
    def spec(self) -> MarketSpec:
        """The market that the track belongs to."""
        return self.tracks[0].market

    @property
    def upcoming(self) -> dt.date:
        """The session that the notebook names."""
        return self.next


def _found(names: Sequence[str], scene: Scene) -> Iterator[News]:
    """What the beats of those *names* find in *scene*, in that order."""
    known = {beat.name: beat for beat in beats()}
    for name in names:
        detect = detector(name)
        for news in detect(scene) if detect else ():
            if news is not None:
                yield judged(news, known[name], scene)


def of_index(track: Track) -> Iterator[News | None]:
    """All that may be worth telling of one index.

    ``desk.beats("indexes")`` also asks your own.
    """
    scene = _Alone(market=NONE, tracks=Tracks([track]), next=track.session)
    yield day(track).weighed(0.0)
    yield eve(track) if track.leads else None
    names = "records milestones corrections streaks superlatives extremes reversals"
    yield from _found(names.split(), scene)


def of_two(track: Track, other: Track) -> News | None:
    """How far one index parted from *other*, if that is news, with a score."""
    scene = _Alone(
        market=NONE,
        tracks=Tracks([other]),
        compared=Tracks([track]),
        next=track.session,
    )
    return next(_found(["relative"], scene), None)


def of_windows(track: Track, upcoming: dt.date) -> Iterator[News | None]:
    """Where an index stands in its windows, and those that ended here."""
    yield from _found(
        ["windows"],
        _Alone(market=NONE, tracks=Tracks([track]), next=upcoming),
    )


def of_period(
    track: Track,
    window: str,
    upcoming: dt.date,
) -> Iterator[News | None]:
    """All news of one index over the *window* that its session ended."""
    if wrap(track, window, upcoming):
        scene = _Alone(
            market=NONE,
            tracks=Tracks([track]),
            window=window,
            next=upcoming,
        )
        yield from _found(
            ["windows", "session", "records", "corrections"],
            scene,
        )

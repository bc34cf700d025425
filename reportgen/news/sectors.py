"""Sectors, single stocks, and the gauges beside the stock market: volatility, oil and gold."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track, missing_of
from reportgen.news.measure import Measure, News, size, surprise, with_sigma
from reportgen.news.windows import moved
from reportgen.statistics import extremes

LEAST_MOVE = 0.02
"""A stock that moved less is no news among the large ones."""
FAR = 60
"""Sessions since a level as high or as low that make it worth saying."""


def sectors(tracks: Sequence[Track], window: str = "day") -> News | None:
    """How many sector funds rose and fell over the *window*, the leader and the laggard.

    The change of each is among its facts. None where a fund is missing, for then nobody can say
    which led, and where none moved, for then none did.
    """
    if missing_of(tracks) or not tracks:
        return None
    first = tracks[0]
    every = Measure("sectors", "SECTORS", first.as_of, first.source)
    measured = {
        track.instrument.symbol: (Measure.of(track), *moved(track, window)) for track in tracks
    }
    moves = {symbol: change for symbol, (_, _, change, _, _) in measured.items()}
    if not any(moves.values()):
        return None
    ordered = sorted(moves, key=lambda symbol: (-moves[symbol], symbol))
    pairs = {
        symbol: measure.change(kind, change, sigma, shown)
        for symbol, (measure, kind, change, sigma, shown) in measured.items()
    }
    shown = moved(first, window)[-1]
    roles: dict[str, Fact] = {
        "members": every.fact("breadth", len(tracks), Unit.COUNT, shown, name="members"),
        "rising": every.fact(
            "breadth", sum(m > 0 for m in moves.values()), Unit.COUNT, shown, name="rising"
        ),
        "falling": every.fact(
            "breadth", sum(m < 0 for m in moves.values()), Unit.COUNT, shown, name="falling"
        ),
    }
    for place, symbol in enumerate(ordered, 1):
        with_sigma(roles, f"s{place:02d}", pairs[symbol])
    for name, place in (("first", 0), ("second", 1), ("last", -1), ("last_but_one", -2)):
        with_sigma(roles, name, pairs[ordered[place]])
    share = max(roles["rising"].number, roles["falling"].number) / len(tracks)
    return every.news("sectors", roles, {"breadth": 2.0 if share == 1 else 0.0})


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
            "mover", roles, {"size": 2 * size(change, sigma), "move": 10 * abs(change)}
        )
    since = extremes.last_as_large(track.changes)
    if (
        not track.live
        and since is not None
        and extremes.sessions_between(track.changes, since) >= FAR
    ):
        kind = f"{'best' if change > 0 else 'worst'}_day_since"
        roles["since"] = measure.fact(kind, since, Unit.DATE, since=since.isoformat())
    return measure.news(
        "mover", roles, {"size": 2 * size(change, sigma), "surprise": surprise(track.changes) / 4}
    )


def gauge(track: Track, window: str = "day") -> News:
    """The level of the VIX, oil or gold, its change over the *window*, and its rarity."""
    measure = Measure.of(track)
    kind, change, sigma, shown = moved(track, window)
    roles = {"level": measure.fact("level", track.last, track.instrument.unit)}
    if window == "day":
        roles["points"] = measure.fact(
            "point_change", track.last - float(track.closes.iloc[-2]), Unit.POINTS
        )
    with_sigma(roles, "change", measure.change(kind, change, sigma, shown))
    parts = {"size": size(change, sigma)}
    below = change < 0
    since = extremes.last_close_as_far(track.closes, below=below)
    gap = extremes.sessions_between(track.closes, since) if since else 0
    if not track.live and gap >= FAR:
        kind = f"{'lowest' if below else 'highest'}_close_since"
        roles["since"] = measure.fact(kind, str(since), Unit.DATE, since=str(since))
        parts["reach"] = math.log2(gap / 21)
    return measure.news("gauge", roles, parts)

"""Sectors, single stocks, and the gauges beside the stock market: volatility, oil and gold."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reportgen.data.market import Track
from reportgen.facts import Fact, Unit
from reportgen.market import extremes, returns, volatility
from reportgen.news.measure import Measure, News, size, surprise, with_sigma

LEAST_MOVE = 0.02
"""A stock that moved less is no news among the large ones."""
FAR = 60
"""Sessions since a level as high or as low that make it worth saying."""


def sectors(tracks: Sequence[Track]) -> News:
    """How many of the sector funds rose and fell, the one that led and the one that lagged; the change of each."""
    first = tracks[0]
    every = Measure("sectors", "SECTORS", first.as_of, first.source)
    moves = {track.instrument.symbol: returns.day(track.closes) for track in tracks}
    ordered = sorted(moves, key=lambda symbol: (-moves[symbol], symbol))
    pairs = {
        t.instrument.symbol: Measure.of(t).change("pct_change", moves[t.instrument.symbol], volatility.ewma(t.changes)) for t in tracks
    }
    roles: dict[str, Fact] = {
        "members": every.fact("breadth", len(tracks), Unit.COUNT, name="members"),
        "rising": every.fact("breadth", sum(m > 0 for m in moves.values()), Unit.COUNT, name="rising"),
        "falling": every.fact("breadth", sum(m < 0 for m in moves.values()), Unit.COUNT, name="falling"),
    }
    for place, symbol in enumerate(ordered, 1):
        with_sigma(roles, f"s{place:02d}", pairs[symbol])
    for name, place in (("first", 0), ("second", 1), ("last", -1), ("last_but_one", -2)):
        with_sigma(roles, name, pairs[ordered[place]])
    share = max(roles["rising"].number, roles["falling"].number) / len(tracks)
    return every.news("sectors", roles, {"breadth": 2.0 if share == 1 else 0.0})


def mover(track: Track) -> News | None:
    """A large stock that moved by more than is usual for it; with it when it last moved as much."""
    change, sigma = returns.day(track.closes), volatility.ewma(track.changes)
    if abs(change) < LEAST_MOVE or abs(change) < 1.2 * sigma:
        return None
    measure = Measure.of(track)
    roles: dict[str, Fact] = {}
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    since = extremes.last_as_large(track.changes)
    if not track.live and since is not None and extremes.sessions_between(track.changes, since) >= FAR:
        kind = f"{'best' if change > 0 else 'worst'}_day_since"
        roles["since"] = measure.fact(kind, since, Unit.DATE, since=since.isoformat())
    return measure.news("mover", roles, {"size": 2 * size(change, sigma), "surprise": surprise(track.changes) / 4})


def gauge(track: Track) -> News:
    """The level of the VIX, of oil or of gold, its change, and since when it has not been as high or as low."""
    measure, change = Measure.of(track), returns.day(track.closes)
    sigma = volatility.ewma(track.changes)
    roles = {
        "level": measure.fact("level", track.last, track.instrument.unit),
        "points": measure.fact("point_change", track.last - float(track.closes.iloc[-2]), Unit.POINTS),
    }
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    parts = {"size": size(change, sigma)}
    below = change < 0
    since = extremes.last_close_as_far(track.closes, below=below)
    gap = extremes.sessions_between(track.closes, since) if since else 0
    if not track.live and gap >= FAR:
        kind = f"{'lowest' if below else 'highest'}_close_since"
        roles["since"] = measure.fact(kind, str(since), Unit.DATE, since=str(since))
        parts["reach"] = math.log2(gap / 21)
    return measure.news("gauge", roles, parts)

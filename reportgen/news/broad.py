"""The market as one: which way the large indexes went, and whether they went together."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track, missing_of
from reportgen.news.measure import Measure, News, size, surprise, with_sigma
from reportgen.statistics import returns, volatility

STILL = 0.0005
"""A change that rounds to nothing: such an index went neither way."""
QUIET = 0.0015
"""Where the first index moved less and none went far, the market was flat."""


def broad(tracks: Sequence[Track]) -> News | None:
    """The session of all *tracks*, the first of which stands for the market.

    Broad_up, broad_down, mixed or flat.

    The change of each is in the role of its key; "rising" and "falling" count them. Where a track
    is missing, the role "missing" counts those: then nothing is said of stocks as a whole.
    """
    if not tracks:
        return None
    first = tracks[0]
    roles: dict[str, Fact] = {}
    moves = {track.instrument.key: returns.day(track.closes) for track in tracks}
    for track in tracks:
        sigma = volatility.ewma(track.changes)
        with_sigma(
            roles,
            track.instrument.key,
            Measure.of(track).change("pct_change", moves[track.instrument.key], sigma),
        )
    every = Measure("market", "BROAD", first.as_of, first.source)
    for name, sign in (("rising", 1), ("falling", -1)):
        number = sum(move * sign >= STILL for move in moves.values())
        roles[name] = every.fact("breadth", number, Unit.COUNT, name=f"indexes.{name}")
    if missing := missing_of(tracks):
        roles["missing"] = every.fact("breadth", len(missing), Unit.COUNT, name="indexes.missing")
    roles["change"], roles["change_sigma"] = (
        roles[first.instrument.key],
        roles[f"{first.instrument.key}_sigma"],
    )
    lead = moves[first.instrument.key]
    kind = _kind(lead, list(moves.values()))
    sigma = roles["change_sigma"].number
    gap = max(moves.values()) - min(moves.values())
    parts = {"always": 5.0, "surprise": surprise(first.changes) / 2, "size": size(lead, sigma)}
    if kind == "mixed":
        parts = {
            "always": 5.0,
            "apart": 1.0 + min(5.0, gap / sigma),
            "surprise": surprise(first.changes) / 4,
        }
    return Measure.of(first).news(kind, roles, parts)


def _kind(lead: float, moves: Sequence[float]) -> str:
    rising, falling = sum(move >= STILL for move in moves), sum(move <= -STILL for move in moves)
    if (abs(lead) < QUIET and all(abs(move) < 2 * QUIET for move in moves)) or not rising + falling:
        return "flat"
    if rising and falling:
        return "mixed"
    return "broad_up" if rising else "broad_down"

"""Sector funds, which led and which lagged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.beats.measure import Measure, News, moved, with_sigma
from reportgen.beats.scene import Scene
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track, missing_of

LEAST_FUNDS = 6
"""Funds without which nothing is said of all sectors."""


def sectors(tracks: Sequence[Track], window: str = "day") -> News | None:
    """The sector funds over the *window*: how many rose, who led, who lagged.

    The change of each is among its facts. None where a fund is missing, for
    then nobody can say which led, and where none moved, for then none did.
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
        "members": every.fact(
            "breadth",
            len(tracks),
            Unit.COUNT,
            shown,
            name="members",
        ),
        "rising": every.fact(
            "breadth",
            sum(m > 0 for m in moves.values()),
            Unit.COUNT,
            shown,
            name="rising",
        ),
        "falling": every.fact(
            "breadth",
            sum(m < 0 for m in moves.values()),
            Unit.COUNT,
            shown,
            name="falling",
        ),
    }
    for place, symbol in enumerate(ordered, 1):
        with_sigma(roles, f"s{place:02d}", pairs[symbol])
    ends = (("first", 0), ("second", 1), ("last", -1), ("last_but_one", -2))
    for name, place in ends:
        with_sigma(roles, name, pairs[ordered[place]])
    share = max(roles["rising"].number, roles["falling"].number) / len(tracks)
    return every.news("sectors", roles, {"breadth": 2.0 if share == 1 else 0.0})


def detect(scene: Scene) -> Iterator[News | None]:
    """The sector funds side by side, where most of them are there."""
    if len(scene.tracks) >= LEAST_FUNDS:
        yield sectors(scene.tracks, scene.window)

"""Groups of stocks by their median."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from reportgen.beats.measure import Measure, News, resting_on, size, surprise, with_sigma
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track, missing_of
from reportgen.statistics import breadth as baskets
from reportgen.statistics import volatility


def basket(key: str, name: str, tracks: Sequence[Track]) -> News | None:
    """The median day change of a basket, its largest movers, and its rarity.

    None where there are no *tracks* or one is missing: of a basket with a hole
    nothing is said.
    """
    if not tracks or missing_of(tracks):
        return None
    by_symbol = {track.instrument.symbol: track for track in tracks}
    columns = {symbol: track.changes for symbol, track in by_symbol.items()}
    changes = pd.DataFrame(columns).dropna()
    medians = changes.median(axis=1)
    newest = changes.iloc[-1].items()
    today = {str(symbol): float(change) for symbol, change in newest}
    first = tracks[0]
    measure = Measure(key, f"basket:{key}", first.as_of, first.source)
    low, high = (by_symbol[symbol] for symbol in baskets.extremes(today))
    sigma = volatility.ewma(medians)
    roles = {
        "name": measure.fact("basket", name, Unit.TEXT, name="name"),
        "members": resting_on(
            measure.fact(
                "basket",
                len(tracks),
                Unit.COUNT,
                name="members",
            ),
            {"members": tuple(by_symbol)},
        ),
        "decliners": measure.fact(
            "breadth", baskets.decliners(today), Unit.COUNT, name="decliners"
        ),
    }
    with_sigma(
        roles,
        "change",
        measure.change("pct_change", baskets.median_change(today), sigma),
    )
    for role, track in (("low", low), ("high", high)):
        pair = Measure.of(track).change(
            "pct_change",
            today[track.instrument.symbol],
            volatility.ewma(track.changes),
        )
        with_sigma(roles, role, pair)
    for place, track in enumerate(tracks, 1):
        change = today[track.instrument.symbol]
        pair = Measure.of(track).change(
            "pct_change",
            change,
            volatility.ewma(track.changes),
        )
        with_sigma(roles, f"m{place:02d}", pair)
    parts = {
        "surprise": surprise(medians) / 2,
        "size": size(baskets.median_change(today), sigma),
    }
    return measure.news(
        "basket", roles, {k: v / 10 for k, v in parts.items()}
    )  # never the lead of an index report


def detect(scene: Scene) -> Iterator[News | None]:
    """The group that the scene is of."""
    yield basket(scene.key, scene.name, scene.tracks)

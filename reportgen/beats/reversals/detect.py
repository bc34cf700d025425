"""Sessions that turned."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, with_sigma
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import returns, volatility

FAR, BACK = 0.02, 0.5
"""How far a session must go from the last close, and the share it must regain."""


def reversal(track: Track) -> News | None:
    """A session that regained half of a fall of 2% or more, or lost half of a rise.

    None otherwise. Where it did both, the side that was farther from the close
    before.
    """
    if track.low is None or track.high is None:
        return None
    before, change = float(track.closes.iloc[-2]), returns.day(track.closes)
    measure = Measure.of(track)
    sides = (("low", track.low), ("high", track.high))

    def distance(side: tuple[str, float]) -> float:
        return abs(side[1] / before - 1)

    for name, extreme in sorted(sides, key=distance, reverse=True):
        reach = extreme / before - 1
        outside = abs(reach) >= FAR and (reach < 0) == (name == "low")
        if outside and change / reach <= 1 - BACK:
            roles = {
                "reach": measure.fact(
                    f"intraday_{name}_change",
                    reach,
                    Unit.FRACTION,
                ),
                "reach_points": measure.fact(
                    f"intraday_{name}_change",
                    extreme - before,
                    track.instrument.difference,
                    name=f"intraday_{name}_points",
                ),
            }
            with_sigma(
                roles,
                "change",
                measure.change(
                    "pct_change",
                    change,
                    volatility.ewma(track.changes),
                ),
            )
            worth = weights_of("reversals")
            whole = worth["whole"] if change * reach <= 0 else 0.0
            return measure.news(
                "reversal_up" if name == "low" else "reversal_down",
                roles,
                {"reach": 100 * worth["reach"] * abs(reach), "whole": whole},
            )
    return None


def detect(scene: Scene) -> Iterator[News | None]:
    """Sessions that turned.

    One leads that ended on the other side of the close before.
    """
    for track in scene.tracks:
        if found := reversal(track):
            turned = found.role("reach").number * found.change <= 0
            yield found.beside(unless=turned)

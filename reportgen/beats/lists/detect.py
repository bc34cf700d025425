"""How many stocks of a list rose and fell, and how many stand above their averages."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, resting_on
from reportgen.beats.scene import Scene
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.panel import Panel
from reportgen.markets.calendar import STARTS
from reportgen.statistics import breadth, movers

LEAST = 50
"""A list with fewer stocks is told stock by stock."""
SHORT, LONG = 50, 200
"""The sessions of the averages that newsrooms count by."""
KNOWN = 0.8
"""The share of the list that must have the history of a window, an average or a year."""
SHOWN = {"year": "ytd"}
"""What facts call a window."""


def list_of(panel: Panel, scene: Scene) -> News | None:
    """How many of the list rose over the window, and what stands high on its last day.

    None where too few have a close from before the window.
    """
    closes, window = panel.closes, SHOWN.get(scene.window, scene.window)
    source = scene.market.source(closes.columns[0])
    measure = Measure("list", "list", scene.moment.session.isoformat(), source)

    def count(kind: str, number: int, name: str, over: str = window) -> Fact:
        return measure.fact(kind, number, Unit.COUNT, over, name=name)

    begin = STARTS[scene.window](scene.moment.session) if scene.window != "day" else None
    moved = breadth.advance(movers.changes_over(closes, begin))
    if moved.rising + moved.falling + moved.unchanged < KNOWN * closes.shape[1]:
        return None
    roles = {
        "members": count("listed", len(panel.members), "members"),
        "priced": resting_on(
            count("listed", closes.shape[1], "priced"), {"members": tuple(closes.columns)}
        ),
        "rising": count("advance", moved.rising, "rising"),
        "falling": count("advance", moved.falling, "falling"),
        "unchanged": count("advance", moved.unchanged, "unchanged"),
    }
    if panel.name:
        roles["name"] = measure.fact("list_name", panel.name, Unit.TEXT, name="name")
    for name, sessions in (("short", SHORT), ("long", LONG)):
        share = breadth.above_average(closes, sessions)
        if share.of >= KNOWN * closes.shape[1]:
            roles[name] = count("average_days", sessions, name, "day")
            roles[f"above_{name}"] = measure.fact(
                "above_average", share.having / share.of, Unit.FRACTION, name=f"above_{name}"
            )
    highs, lows = breadth.one_year_highs(closes), breadth.one_year_lows(closes)
    if highs.of >= KNOWN * closes.shape[1]:
        roles["highs"] = count("one_year_high_count", highs.having, "highs", "day")
        roles["lows"] = count("one_year_low_count", lows.having, "lows", "day")
    most = max(moved.rising, moved.falling) / closes.shape[1]
    return measure.news("list", roles, {"breadth": 4 * max(0.0, most - 0.5)})


def detect(scene: Scene) -> Iterator[News | None]:
    """The list as one, where it is long, has prices enough, and its session is over."""
    panel = scene.market.snapshot.panel
    if scene.moment.state != "open" and len(panel.members) >= LEAST and panel.enough:
        yield list_of(panel, scene)

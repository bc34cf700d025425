"""The Fed's target range, and what futures make of the next meeting."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reportgen.beats.fed.decisions import announced, decision, decisions
from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene
from reportgen.core.errors import NoData
from reportgen.core.facts import Unit
from reportgen.datasets.market import Market
from reportgen.markets.instruments import instrument
from reportgen.statistics import rates

HISTORY = 63
"""Settlements over which the odds of a meeting are shown: a quarter."""


CYCLE_DAYS = 125
"""A brief names a run of moves for about four months after its last one."""


def _measure(market: Market, symbol: str, as_of: dt.date) -> Measure:
    return Measure(
        instrument(symbol).key,
        symbol,
        as_of.isoformat(),
        market.source(symbol),
    )


def policy(market: Market) -> News:
    """The target range, and the latest run of moves: number, sum, dates."""
    lower, upper = (market.rate(series) for series in market.spec.target_range)
    today = min(market.moment.at.date(), upper.index[-1].date())
    fed = Measure(
        "fed",
        market.spec.futures,
        today.isoformat(),
        market.source(market.spec.target_range[-1]),
    )
    roles = {
        "low": fed.fact(
            "target_range",
            float(lower.iloc[-1]),
            Unit.YIELD,
            "day",
            name="target_low",
        ),
        "high": fed.fact(
            "target_range",
            float(upper.iloc[-1]),
            Unit.YIELD,
            "day",
            name="target_high",
        ),
    }
    changes = rates.range_changes(upper)
    cycle = rates.latest_cycle(changes, CYCLE_DAYS, today)
    if changes and not cycle:
        roles["held_since"] = fed.fact(
            "target_range",
            announced(market, upper, changes[-1].effective),
            Unit.DATE,
            "day",
            name="target_range.since",
        )
    if cycle:
        total = math.fsum(change.change for change in cycle)
        roles["moves"] = fed.fact(
            "target_changes",
            len(cycle),
            Unit.COUNT,
            "cycle",
        )
        roles["total"] = fed.fact("target_change_bp", total, Unit.BP, "cycle")
        roles["first"] = fed.fact(
            "target_changes",
            announced(market, upper, cycle[0].effective),
            Unit.DATE,
            "cycle",
            name="target_changes.first",
        )
        roles["last"] = fed.fact(
            "target_changes",
            announced(market, upper, cycle[-1].effective),
            Unit.DATE,
            "cycle",
            name="target_changes.last",
        )
    return fed.news("policy", roles)


def odds(market: Market) -> News:
    """The chances of a hold, a cut and an increase at the next meeting.

    With the chances of a day before.
    """
    marked, (first, last), chances = _chances(market, 0)
    fed = _measure(market, market.spec.futures, marked)
    roles = {}
    for name, p in chances.items():
        roles[name] = fed.fact(
            "fed_probability",
            p,
            Unit.PROBABILITY,
            "meeting",
            name=f"fed_probability.{name}",
        )
    roles |= {
        "start": fed.fact(
            "meeting",
            first,
            Unit.DATE,
            "meeting",
            name="meeting.start",
        ),
        "end": fed.fact(
            "meeting",
            last,
            Unit.DATE,
            "meeting",
            name="meeting.end",
        ),
        "marked": fed.fact(
            "fed_probability",
            marked,
            Unit.DATE,
            "meeting",
            name="fed_probability.date",
        ),
    }
    with suppress(NoData):
        before, (_, end), earlier = _chances(market, 1)
        if not any(
            before < other < end for _, other in market.snapshot.meetings
        ):  # then it was not the next one yet
            for name, p in earlier.items():
                roles[f"{name}_before"] = fed.fact(
                    "fed_probability",
                    p,
                    Unit.PROBABILITY,
                    "day-before",
                    name=f"fed_probability.{name}.before",
                )
            roles["marked_before"] = fed.fact(
                "fed_probability",
                before,
                Unit.DATE,
                "day-before",
                name="fed_probability.before.date",
            )
    return fed.news("odds", roles)


def _chances(
    market: Market,
    ago: int,
) -> tuple[dt.date, tuple[dt.date, dt.date], dict[str, float]]:
    """The settlements *ago* days back, the next meeting, and its chances."""
    marked, prices = market.futures(ago)
    meetings, decided = market.meetings(marked)
    if len(meetings) == decided:
        raise NoData(
            f"Dataset '{market.snapshot.name}' lists no Fed meeting after"
            f" {market.moment.at:%Y-%m-%d}."
        )
    table = rates.next_odds(prices, [end for _, end in meetings], decided)
    hold = table.get(0, 0.0)
    cut = math.fsum(p for step, p in table.items() if step < 0)
    return (
        marked,
        meetings[decided],
        {"hold": hold, "cut": cut, "increase": max(0.0, 1 - hold - cut)},
    )


def odds_history(market: Market) -> pd.DataFrame:
    """Chances (0 to 1) of the next meeting's outcomes, by settlement day.

    Columns hold, cut and increase; oldest day first, the last 63 of those that
    reach the meeting. The last row is what :func:`odds` tells.
    """
    marked, (_, end), newest = _chances(market, 0)
    low = market.rate(market.spec.target_range[0])
    rows: dict[pd.Timestamp, dict[str, float]] = {}
    for day, prices in market.curves(HISTORY):
        # A range that was announced that day takes effect on the next.
        then = low[: pd.Timestamp(day) + pd.Timedelta(days=1)]
        if not len(then):
            continue
        month = day.replace(day=1)
        ends = [last for _, last in market.snapshot.meetings if last >= month]
        over = sum(last <= day for last in ends)
        table = rates.fedwatch(prices, ends, over).get(end)
        if table:
            quarters = float(low.iloc[-1] - then.iloc[-1]) * 400
            moved = round(quarters)  # from that day to today
            hold = table.get(moved, 0.0)
            cut = math.fsum(p for step, p in table.items() if step < moved)
            rows[pd.Timestamp(day)] = {
                "hold": hold,
                "cut": cut,
                "increase": max(0.0, 1 - hold - cut),
            }
    rows[pd.Timestamp(marked)] = newest
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["hold", "cut", "increase"]
    ).sort_index()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Probabilities (0 to 1) of each target range after each meeting.

    By the lower end of the range in basis points.
    """

    marked: dt.date
    """The day of the settlements."""
    low: float
    """The lower end of today's range, in percent."""
    meetings: Mapping[dt.date, Mapping[int, float]]
    prices: Mapping[str, float]
    source: str

    def payload(self) -> dict[str, Any]:
        """The tree as JSON."""
        meetings = {}
        for day, row in self.meetings.items():
            chances = {str(low): round(p, 6) for low, p in row.items()}
            meetings[day.isoformat()] = chances
        return {
            "settlements": self.marked.isoformat(),
            "source": self.source,
            "target_low": self.low,
            "target_high": round(self.low + rates.STEP, 4),
            "meetings": meetings,
            "prices": dict(self.prices),
        }


def tree(market: Market, ago: int = 0) -> Tree:
    """The odds by the settlements *ago* days back, 0 for the newest.

    Raises:
        NoData: No meeting is listed, or none is reached.
    """
    marked, prices = market.futures(ago)
    meetings, decided = market.meetings(marked)
    if len(meetings) == decided:
        raise NoData(
            f"No Fed meeting after {market.moment.at:%Y-%m-%d} is listed; the"
            " published calendar is used up. Update reportgen, or name a"
            " dataset with later meetings."
        )
    low = round(
        float(market.rate(market.spec.target_range[0]).iloc[-1]) * 100,
        4,
    )
    table = rates.fedwatch(prices, [end for _, end in meetings], decided)
    if not table:
        raise NoData(
            "Fed funds futures do not reach the next meeting from a month without one.",
        )
    basis_points = round(low * 100)
    by_range = {}
    for day, row in table.items():
        by_range[day] = {basis_points + 25 * step: p for step, p in row.items()}
    shown = {
        f"ZQ{'FGHJKMNQUVXZ'[month - 1]}{year}": price
        for (year, month), price in sorted(prices.items())
    }
    return Tree(
        marked=marked,
        low=low,
        meetings=by_range,
        prices=shown,
        source=market.source(market.spec.futures),
    )


def detect(scene: Scene) -> Iterator[News | None]:
    """What was decided on the day or over the window, and the chances of the next meeting."""
    if not scene.spec.futures:
        return
    if scene.spec.target_range:
        yield from _decided(scene)
    if scene.window != "year":
        yield from scene.known(odds, scene.market)


def _decided(scene: Scene) -> list[News | None]:
    if scene.window == "day":
        return scene.known(decision, scene.market)
    return scene.known(decisions, scene.market, scene.window)

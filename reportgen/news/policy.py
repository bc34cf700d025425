"""The Fed's target range, Treasury yields and what futures make of the next meeting."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pandas as pd

from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Market
from reportgen.markets.instruments import instrument
from reportgen.news.measure import Measure, News
from reportgen.statistics import rates, volatility

TURNED_DAYS = 60
"""Days for which the curve must have leaned the other way for its turn to be news."""
HISTORY = 63
"""Settlements over which the odds of a meeting are shown: a quarter."""
CYCLE_DAYS = 125
"""A run of moves is told of for about four months after its last one."""


def _measure(market: Market, symbol: str, as_of: dt.date) -> Measure:
    return Measure(instrument(symbol).key, symbol, as_of.isoformat(), market.source(symbol))


def policy(market: Market) -> News:
    """The target range, and the latest run of cuts or increases: number, sum, dates."""
    lower, upper = market.rate("DFEDTARL"), market.rate("DFEDTARU")
    today = min(market.moment.at.date(), upper.index[-1].date())
    fed = Measure("fed", "FEDFUNDS", today.isoformat(), market.source("DFEDTARU"))
    roles = {
        "low": fed.fact(
            "target_range", float(lower.iloc[-1]), Unit.YIELD, "day", name="target_low"
        ),
        "high": fed.fact(
            "target_range", float(upper.iloc[-1]), Unit.YIELD, "day", name="target_high"
        ),
    }
    changes = rates.range_changes(upper)
    cycle = rates.latest_cycle(changes, CYCLE_DAYS, today)
    if changes and not cycle:
        announced = changes[-1].effective - dt.timedelta(days=1)
        roles["held_since"] = fed.fact(
            "target_range", announced, Unit.DATE, "day", name="target_range.since"
        )
    if cycle:
        day = dt.timedelta(days=1)  # a new range takes effect on the day after it is announced
        total = sum(change.change for change in cycle)
        roles["moves"] = fed.fact("target_changes", len(cycle), Unit.COUNT, "cycle")
        roles["total"] = fed.fact("target_change_bp", total, Unit.BP, "cycle")
        roles["first"] = fed.fact(
            "target_changes",
            cycle[0].effective - day,
            Unit.DATE,
            "cycle",
            name="target_changes.first",
        )
        roles["last"] = fed.fact(
            "target_changes",
            cycle[-1].effective - day,
            Unit.DATE,
            "cycle",
            name="target_changes.last",
        )
    return fed.news("policy", roles)


def yields(market: Market, series: str) -> News:
    """A Treasury yield, its change on the day and since the eve of the Fed's latest moves."""
    levels = market.rate(series)
    if (market.moment.session - levels.index[-1].date()).days > 7:
        raise NoData(
            f"{series}: the newest yield is of {levels.index[-1].date()}, more than a week before"
            " the session",
            subject=series,
        )
    treasury = _measure(market, series, levels.index[-1].date())
    moves = levels.diff().dropna()
    roles = {
        "level": treasury.fact("yield_level", float(levels.iloc[-1]), Unit.YIELD),
        "date": treasury.fact(
            "yield_level", levels.index[-1].date(), Unit.DATE, name="yield_level.date"
        ),
        "before": treasury.fact(
            "yield_level",
            float(levels.iloc[-2]),
            Unit.YIELD,
            "day-before",
            name="yield_level.before",
        ),
        "change": treasury.fact("yield_change_bp", float(moves.iloc[-1]), Unit.BP),
        "change_sigma": treasury.fact(
            "volatility", volatility.ewma(moves), Unit.BP, name="yield_change_bp.sigma"
        ),
    }
    cycle = []
    with suppress(NoData):  # without the target range, the yield is told all the same
        steps = rates.range_changes(market.rate("DFEDTARU"))
        cycle = rates.latest_cycle(steps, CYCLE_DAYS, levels.index[-1].date())
    if cycle:
        eve = cycle[0].effective - dt.timedelta(days=2)
        base = levels[: pd.Timestamp(eve)]
        if len(base) and (eve - base.index[-1].date()).days <= 4:
            roles |= _since(treasury, base, levels, moves)
    return treasury.news("yields", roles)


def _since(
    treasury: Measure, base: pd.Series, levels: pd.Series, moves: pd.Series
) -> dict[str, Fact]:
    change = float(levels.iloc[-1] - base.iloc[-1])
    sigma = volatility.ewma(moves) * (len(levels) - len(base)) ** 0.5
    return {
        "base": treasury.fact(
            "yield_level", float(base.iloc[-1]), Unit.YIELD, "cycle", name="yield_level.base"
        ),
        "base_date": treasury.fact(
            "yield_level", base.index[-1].date(), Unit.DATE, "cycle", name="yield_level.base.date"
        ),
        "since": treasury.fact(
            "yield_change_bp", change, Unit.BP, "cycle", name="yield_change_bp.cycle"
        ),
        "since_sigma": treasury.fact(
            "volatility", sigma, Unit.BP, "cycle", name="yield_change_bp.cycle.sigma"
        ),
    }


def odds(market: Market) -> News:
    """The chance that the next meeting leaves the target range alone, and of a cut and an increase.

    With what they were a day before.
    """
    marked, (first, last), chances = _chances(market, 0)
    fed = _measure(market, "FEDFUNDS", marked)
    roles = {
        name: fed.fact(
            "fed_probability", p, Unit.PROBABILITY, "meeting", name=f"fed_probability.{name}"
        )
        for name, p in chances.items()
    }
    roles |= {
        "start": fed.fact("meeting", first, Unit.DATE, "meeting", name="meeting.start"),
        "end": fed.fact("meeting", last, Unit.DATE, "meeting", name="meeting.end"),
        "marked": fed.fact(
            "fed_probability", marked, Unit.DATE, "meeting", name="fed_probability.date"
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


def _chances(market: Market, ago: int) -> tuple[dt.date, tuple[dt.date, dt.date], dict[str, float]]:
    """The settlements *ago* days back, the next meeting, and the chances of its outcomes."""
    marked, prices = market.futures(ago)
    meetings, decided = market.meetings(marked)
    if len(meetings) == decided:
        raise NoData(
            f"Dataset '{market.snapshot.name}' lists no Fed meeting after"
            f" {market.moment.at:%Y-%m-%d}."
        )
    table = rates.next_odds(prices, [end for _, end in meetings], decided)
    hold, cut = table.get(0, 0.0), sum(p for step, p in table.items() if step < 0)
    return (
        marked,
        meetings[decided],
        {"hold": hold, "cut": cut, "increase": max(0.0, 1 - hold - cut)},
    )


def odds_history(market: Market) -> pd.DataFrame:
    """Chances (0 to 1) that the next meeting holds, cuts or raises, by settlement day.

    Columns hold, cut and increase; oldest day first, the last 63 of those that reach the meeting.
    The last row is what :func:`odds` tells.
    """
    marked, (_, end), newest = _chances(market, 0)
    low = market.rate("DFEDTARL")
    rows: dict[pd.Timestamp, dict[str, float]] = {}
    for day, prices in market.curves(HISTORY):
        then = low[
            : pd.Timestamp(day) + pd.Timedelta(days=1)
        ]  # a range that was announced that day takes effect on the next
        ends = [last for _, last in market.snapshot.meetings if last >= day.replace(day=1)]
        table = (
            rates.fedwatch(prices, ends, sum(last <= day for last in ends)).get(end)
            if len(then)
            else None
        )
        if table:
            moved = round(
                float(low.iloc[-1] - then.iloc[-1]) * 400
            )  # quarter points from then to today
            hold, cut = table.get(moved, 0.0), sum(p for step, p in table.items() if step < moved)
            rows[pd.Timestamp(day)] = {
                "hold": hold,
                "cut": cut,
                "increase": max(0.0, 1 - hold - cut),
            }
    rows[pd.Timestamp(marked)] = newest
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["hold", "cut", "increase"]
    ).sort_index()


def curve(market: Market) -> News | None:
    """How far the 10-year yield is above the two-year one.

    With it, where that has just turned, since when it had not been so.
    """
    long, short = market.rate("DGS10").align(market.rate("DGS2"), join="inner")
    gap = (long - short).round(6)
    if len(gap) < 2 or (market.moment.session - gap.index[-1].date()).days > 7:
        return None
    treasury = _measure(market, "DGS10", gap.index[-1].date())
    now, before = float(gap.iloc[-1]), float(gap.iloc[-2])
    roles = {
        "gap": treasury.fact("yield_spread", now, Unit.BP),
        "before": treasury.fact(
            "yield_spread", before, Unit.BP, "day-before", name="yield_spread.before"
        ),
        "date": treasury.fact(
            "yield_spread", gap.index[-1].date(), Unit.DATE, name="yield_spread.date"
        ),
    }
    alike = gap.iloc[:-1][gap.iloc[:-1] * now > 0]
    if now * before < 0 and len(alike) and (gap.index[-1] - alike.index[-1]).days >= TURNED_DAYS:
        since = alike.index[-1].date()
        roles["turned"] = treasury.fact(
            "yield_spread",
            since,
            Unit.DATE,
            "since",
            name="yield_spread.since",
            since=since.isoformat(),
        )
    return treasury.news("curve", roles, {"threshold": 3.0 if "turned" in roles else 0.0})

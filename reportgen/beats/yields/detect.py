"""Treasury yields and the curve."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pandas as pd

from reportgen.beats.measure import LEAST_PERIODS, LONG, PERIODS, Measure, News, size, standout
from reportgen.beats.reach import WHOLE_LEVEL, Course, farthest, reach_of, widest
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Market
from reportgen.markets.calendar import STARTS
from reportgen.markets.instruments import instrument
from reportgen.statistics import extremes, rates, volatility
from reportgen.statistics.indexes import sessions

TURNED_DAYS = 60
"""Days that the curve leaned the other way before its turn is news."""


PASSED_SESSIONS = 20
"""Days with a yield since it was last beyond a whole percent that make one more such day news."""


CYCLE_DAYS = 125
"""A brief names a run of moves for about four months after its last one."""


def _measure(market: Market, symbol: str, as_of: dt.date) -> Measure:
    return Measure(
        instrument(symbol).key,
        symbol,
        as_of.isoformat(),
        market.source(symbol),
    )


def yields(market: Market, series: str) -> News:
    """A Treasury yield, its change on the day and since the Fed's latest moves."""
    levels = market.rate(series)
    if (market.moment.session - levels.index[-1].date()).days > 7:
        raise NoData(
            f"{series}: the newest yield is of {levels.index[-1].date()}, more"
            " than a week before the session",
            subject=series,
        )
    treasury = _measure(market, series, levels.index[-1].date())
    moves = levels.diff().dropna()
    roles = {
        "level": treasury.fact(
            "yield_level",
            float(levels.iloc[-1]),
            Unit.YIELD,
        ),
        "date": treasury.fact(
            "yield_level",
            levels.index[-1].date(),
            Unit.DATE,
            name="yield_level.date",
        ),
        "before": treasury.fact(
            "yield_level",
            float(levels.iloc[-2]),
            Unit.YIELD,
            "day-before",
            name="yield_level.before",
        ),
        "change": treasury.fact(
            "yield_change_bp",
            float(moves.iloc[-1]),
            Unit.BP,
        ),
        "change_sigma": treasury.fact(
            "volatility",
            volatility.ewma(moves),
            Unit.BP,
            name="yield_change_bp.sigma",
        ),
    }
    cycle, target = [], market.spec.target_range
    with suppress(NoData):  # the yield is news without the target range, too
        steps = rates.range_changes(market.rate(target[-1])) if target else []
        cycle = rates.latest_cycle(steps, CYCLE_DAYS, levels.index[-1].date())
    if cycle:
        eve = cycle[0].effective - dt.timedelta(days=2)
        base = levels[: pd.Timestamp(eve)]
        if len(base) and (eve - base.index[-1].date()).days <= 4:
            roles |= _since(treasury, base, levels, moves)
    roles, parts = _extreme(roles, treasury, Course.of_rate(market, series, levels), "day")
    return treasury.news("yields", roles, parts)


def _extreme(
    roles: dict[str, Fact], treasury: Measure, course: Course, window: str
) -> tuple[dict[str, Fact], dict[str, float]]:
    """The roles with those of a superlative, where there is one, and the parts of a score."""
    change, sigma = roles["change"].number, roles["change_sigma"].number
    extreme, parts = farthest(treasury, course, abs(change) / sigma if sigma else 0.0, window)
    if parts:
        parts["size"] = size(change, sigma)
    return roles | extreme, parts


def passed(market: Market, series: str) -> News | None:
    """A yield beyond a whole percent, for the first time in 20 days or more.

    None otherwise, where the session has no yield yet, and where the series has a hole since. If
    it was never beyond it before, the series must go back far enough to say so.
    """
    levels = market.rate(series)
    day = levels.index[-1].date()
    if len(levels) < 2 or day != market.moment.session or market.moment.state == "open":
        return None
    line = _line_between(float(levels.iloc[-2]), float(levels.iloc[-1]))
    if line is None:
        return None
    whole = Course.of_rate(market, series, levels).unbroken()
    up = bool(whole.levels.iloc[-1] > line)
    earlier = whole.levels.iloc[:-1]
    beyond = earlier[earlier > line] if up else earlier[earlier < line]
    if beyond.empty and whole.years < WHOLE_LEVEL:
        return None
    since = whole.first if beyond.empty else beyond.index[-1].date()
    gap = extremes.sessions_between(whole.levels, since)
    if gap < PASSED_SESSIONS:
        return None
    treasury = _measure(market, series, day)
    kind = "yield_cross_on_file" if beyond.empty else "yield_cross"
    roles = {
        "line": treasury.fact("yield_line", line, Unit.YIELD),
        "since": treasury.fact(kind, since, Unit.DATE, since=since.isoformat()),
    }
    parts = {"threshold": weights_of("yields")["line"], "reach": reach_of(gap)}
    return treasury.news("yield_passed", roles, parts)


def _line_between(before: float, now: float) -> float | None:
    """The whole percent that *now* is beyond, and *before* was not; the farthest one of several."""
    before, now = round(100 * before, 6), round(100 * now, 6)
    line = math.ceil(now) - 1 if now > before else math.floor(now) + 1
    passed = before <= line < now if now > before else now < line <= before
    return line / 100 if passed else None


def _since(
    treasury: Measure, base: pd.Series, levels: pd.Series, moves: pd.Series
) -> dict[str, Fact]:
    change = float(levels.iloc[-1] - base.iloc[-1])
    sigma = volatility.ewma(moves) * (len(levels) - len(base)) ** 0.5
    return {
        "base": treasury.fact(
            "yield_level",
            float(base.iloc[-1]),
            Unit.YIELD,
            "cycle",
            name="yield_level.base",
        ),
        "base_date": treasury.fact(
            "yield_level",
            base.index[-1].date(),
            Unit.DATE,
            "cycle",
            name="yield_level.base.date",
        ),
        "since": treasury.fact(
            "yield_change_bp",
            change,
            Unit.BP,
            "cycle",
            name="yield_change_bp.cycle",
        ),
        "since_sigma": treasury.fact(
            "volatility",
            sigma,
            Unit.BP,
            "cycle",
            name="yield_change_bp.cycle.sigma",
        ),
    }


def curve(market: Market, long: str = "", short: str = "") -> News | None:
    """How far a *long* yield is above a *short* one; the market's by default.

    With it, where that has just turned, since when it had not been so.
    """
    long, short = long or market.spec.yields[0], short or market.spec.yields[-1]
    above, below = market.rate(long).align(market.rate(short), join="inner")
    gap = (above - below).round(6)
    if len(gap) < 2 or (market.moment.session - gap.index[-1].date()).days > 7:
        return None
    treasury = _measure(market, long, gap.index[-1].date())
    now, before = float(gap.iloc[-1]), float(gap.iloc[-2])
    roles = {
        "gap": treasury.fact("yield_spread", now, Unit.BP),
        "before": treasury.fact(
            "yield_spread",
            before,
            Unit.BP,
            "day-before",
            name="yield_spread.before",
        ),
        "date": treasury.fact(
            "yield_spread",
            gap.index[-1].date(),
            Unit.DATE,
            name="yield_spread.date",
        ),
    }
    alike = gap.iloc[:-1][gap.iloc[:-1] * now > 0]
    turned = now * before < 0 and len(alike)
    if turned and (gap.index[-1] - alike.index[-1]).days >= TURNED_DAYS:
        since = alike.index[-1].date()
        roles["turned"] = treasury.fact(
            "yield_spread",
            since,
            Unit.DATE,
            "since",
            name="yield_spread.since",
            since=since.isoformat(),
        )
    parts = {"threshold": 3.0 if "turned" in roles else 0.0}
    sigma = volatility.ewma(gap.diff().dropna())
    course = replace(Course.of_rate(market, long, gap), start=None)
    z = abs(now - before) / sigma if sigma else 0.0
    extreme, more = widest(treasury, "widest_spread", course, z)
    return treasury.news("curve", roles | extreme, parts | more)


def yields_over(market: Market, series: str, window: str) -> News | None:
    """A Treasury yield at the end of the *window* and before it, and its change.

    None where it is not known on both.
    """
    levels = market.rate(series)
    session = market.moment.session
    start = STARTS[window](session)
    before = levels[: pd.Timestamp(start) - pd.Timedelta(days=1)]
    if (
        before.empty
        or (start - before.index[-1].date()).days > 5
        or levels.index[-1].date() < market.moment.previous
    ):
        return None
    shown = "ytd" if window == "year" else window
    day = levels.index[-1].date()
    measure = Measure(
        instrument(series).key,
        series,
        day.isoformat(),
        market.source(series),
    )
    periods = levels.groupby(sessions(levels).to_period(PERIODS[window]))
    earlier = periods.last().diff().dropna().iloc[:-1]
    if len(levels) <= LONG["month"]:
        return None
    known = len(earlier) >= LEAST_PERIODS
    sigma = (
        volatility.of_periods(earlier)
        if known
        else volatility.ewma(levels.diff().dropna()) * LONG[window] ** 0.5
    )
    roles = {
        "level": measure.fact("yield_level", float(levels.iloc[-1]), Unit.YIELD),
        "date": measure.fact(
            "yield_level",
            day,
            Unit.DATE,
            name="yield_level.date",
        ),
        "before": measure.fact(
            "yield_level",
            float(before.iloc[-1]),
            Unit.YIELD,
            f"before-{shown}",
            name="yield_level.before",
        ),
        "change": measure.fact(
            "yield_change_bp",
            float(levels.iloc[-1] - before.iloc[-1]),
            Unit.BP,
            shown,
        ),
        "change_sigma": measure.fact(
            "volatility", sigma, Unit.BP, shown, name="yield_change_bp.sigma"
        ),
    }
    roles, parts = _extreme(roles, measure, Course.of_rate(market, series, levels), window)
    return measure.news("yields", roles, parts)


def _standout(scene: Scene, found: News | None) -> News | None:
    """The news of a yield once more, where the day was about its move."""
    moment, worth = scene.market.moment, weights_of("yields")
    if found is None or "extreme" not in found.finding.facts or moment.state == "open":
        return None
    of_the_day = found.role("date").value == moment.session.isoformat()
    moves = found.role("extreme").kind.startswith("largest")
    return (
        standout(found, "standout_yield", worth["leads"], worth["most"])
        if of_the_day and moves
        else None
    )


def detect(scene: Scene) -> Iterator[News | None]:
    """Each yield, and the curve between the first and the last of them."""
    for series in scene.series:
        if scene.window == "day":
            for found in scene.known(yields, scene.market, series):
                yield found
                yield _standout(scene, found)
            yield from scene.known(passed, scene.market, series)
        else:
            yield from scene.known(
                yields_over,
                scene.market,
                series,
                scene.window,
            )
    if scene.window == "day" and len(scene.series) > 1:
        yield from scene.known(
            curve,
            scene.market,
            scene.series[0],
            scene.series[-1],
        )

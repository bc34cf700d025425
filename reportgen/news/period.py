"""A week, month or year that has ended, as a whole.

Its days, its records, and what prices and yields did over it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Market, Track
from reportgen.markets import calendar
from reportgen.markets.calendar import STARTS
from reportgen.markets.instruments import instrument
from reportgen.news.day import day
from reportgen.news.desk import line_of
from reportgen.news.measure import Measure, News, with_sigma
from reportgen.news.records import below, record, records_made
from reportgen.news.windows import LEAST_PERIODS, LONG, PERIODS, moved, so_far, wrap
from reportgen.statistics import returns, volatility

LEAST_DAYS = 3
"""Sessions of a window whose best and worst days are worth naming."""


def of_period(track: Track, window: str, upcoming: dt.date) -> Iterator[News | None]:
    """All that may be worth telling of one index over the *window* that its last session ended.

    Nothing where it goes on.
    """
    found = wrap(track, window, upcoming)
    if found is None:
        return
    yield found.weighed(track.rank.weight)
    yield days(track, window)
    yield so_far(track, every=True)
    for standing in (day(track), record(track), below(track), line_of(track)):
        yield standing.weighed(0.0) if standing else None


def days(track: Track, window: str) -> News:
    """The sessions of the *window*.

    How many, how many up and down, the best and the worst, the records made, the level it ended at.

    The best and the worst are left out where there are fewer than three sessions or all went the
    same way by as much.
    """
    measure = Measure.of(track)
    changes = track.changes[track.changes.index >= pd.Timestamp(STARTS[window](track.session))]
    base = float(track.closes.iloc[-len(changes) - 1])
    shown = "ytd" if window == "year" else window
    kind = "ytd_change" if window == "year" else f"{window}_change"
    roles = {
        "level": measure.fact("level", track.last, track.instrument.unit),
        "points": measure.fact(
            kind, track.last - base, track.instrument.difference, shown, name=f"{shown}_points"
        ),
        "number": measure.fact(
            "sessions", len(changes), Unit.COUNT, shown, name=f"{shown}.sessions"
        ),
        "rising": measure.fact(
            "sessions_rising", int((changes > 0).sum()), Unit.COUNT, shown, name=f"{shown}.rising"
        ),
        "falling": measure.fact(
            "sessions_falling", int((changes < 0).sum()), Unit.COUNT, shown, name=f"{shown}.falling"
        ),
    }
    if track.record_start:
        made = int(records_made(track)[changes.index].sum())
        roles["records"] = measure.fact(
            "record_close", made, Unit.COUNT, shown, name=f"record_close.{shown}_count"
        )
    if window == "month":
        each = {f"{at:%Y-%m-%d}": float(change) for at, change in changes.items()}
        roles |= {f"c{n:02d}": _of_day(measure, *one) for n, one in enumerate(each.items(), 1)}
    if len(changes) >= LEAST_DAYS and changes.max() > changes.min():
        for name, at in (("best", changes.idxmax()), ("worst", changes.idxmin())):
            when = at.date().isoformat()
            roles[name] = _of_day(measure, when, float(changes[at]))
            roles[f"{name}_day"] = measure.fact(f"{name}_day_of_{window}", when, Unit.DATE, shown)
    return measure.news("days", roles)


def _of_day(measure: Measure, day: str, change: float) -> Fact:
    return measure.fact("pct_change", change, Unit.FRACTION, day, name=f"pct_change.{day}")


def yields_over(market: Market, series: str, window: str) -> News | None:
    """A Treasury yield at the end of the *window* and before it began, and its change.

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
    measure = Measure(instrument(series).key, series, day.isoformat(), market.source(series))
    earlier = (
        levels.groupby(levels.index.to_period(PERIODS[window])).last().diff().dropna().iloc[:-1]
    )
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
        "date": measure.fact("yield_level", day, Unit.DATE, name="yield_level.date"),
        "before": measure.fact(
            "yield_level",
            float(before.iloc[-1]),
            Unit.YIELD,
            f"before-{shown}",
            name="yield_level.before",
        ),
        "change": measure.fact(
            "yield_change_bp", float(levels.iloc[-1] - before.iloc[-1]), Unit.BP, shown
        ),
        "change_sigma": measure.fact(
            "volatility", sigma, Unit.BP, shown, name="yield_change_bp.sigma"
        ),
    }
    return measure.news("yields", roles)


def coin_over(market: Market, symbol: str, window: str) -> News:
    """A coin's last level of a whole UTC day, and its change since before the *window*."""
    track = market.track(symbol, running=False)
    closes = track.closes[: pd.Timestamp(market.moment.session) - pd.Timedelta(days=1)]
    if closes.empty or closes.index[0].date() >= STARTS[window](market.moment.session):
        raise NoData(f"{symbol}: no level before the {window}.")
    measure = Measure(
        track.instrument.key, symbol, closes.index[-1].date().isoformat(), track.source
    )
    before = calendar.neighbours(STARTS[window](market.moment.session))[
        0
    ]  # the base of stocks, too
    _, base = returns.base_close(closes, before + dt.timedelta(days=1))
    kind, _, sigma, shown = moved(track, window)
    roles = {
        "level": measure.fact("crypto_level", float(closes.iloc[-1]), Unit.USD, shown),
        "day": measure.fact(
            "crypto_day", closes.index[-1].date(), Unit.DATE, shown, name="utc_day"
        ),
    }
    with_sigma(
        roles, "change", measure.change(kind, float(closes.iloc[-1]) / base - 1, sigma, shown)
    )
    return measure.news("coin", roles)

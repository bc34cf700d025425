"""Speculative corners: baskets of stocks by their median, and bitcoin on its own clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from reportgen.core.facts import Unit
from reportgen.datasets.market import Market, Track, missing_of
from reportgen.markets.exchange import EXCHANGE
from reportgen.news.measure import Measure, News, size, surprise, with_sigma
from reportgen.statistics import breadth as baskets
from reportgen.statistics import returns, volatility


def basket(key: str, name: str, tracks: Sequence[Track]) -> News | None:
    """The median day change of a basket, its largest movers, and how rare the move is.

    None where there are no *tracks* or one is missing: of a basket with a hole nothing is said.
    """
    if not tracks or missing_of(tracks):
        return None
    changes = pd.DataFrame({t.instrument.symbol: t.changes for t in tracks}).dropna()
    medians = changes.median(axis=1)
    today = {str(symbol): float(change) for symbol, change in changes.iloc[-1].items()}
    first = tracks[0]
    measure = Measure(key, f"basket:{key}", first.as_of, first.source)
    by_symbol = {t.instrument.symbol: t for t in tracks}
    low, high = (by_symbol[symbol] for symbol in baskets.extremes(today))
    sigma = volatility.ewma(medians)
    roles = {
        "name": measure.fact("basket", name, Unit.TEXT, name="name"),
        "members": measure.fact("basket", len(tracks), Unit.COUNT, name="members"),
        "decliners": measure.fact(
            "breadth", baskets.decliners(today), Unit.COUNT, name="decliners"
        ),
    }
    with_sigma(roles, "change", measure.change("pct_change", baskets.median_change(today), sigma))
    for role, track in (("low", low), ("high", high)):
        pair = Measure.of(track).change(
            "pct_change", today[track.instrument.symbol], volatility.ewma(track.changes)
        )
        with_sigma(roles, role, pair)
    for place, track in enumerate(tracks, 1):
        change = today[track.instrument.symbol]
        pair = Measure.of(track).change("pct_change", change, volatility.ewma(track.changes))
        with_sigma(roles, f"m{place:02d}", pair)
    parts = {"surprise": surprise(medians) / 2, "size": size(baskets.median_change(today), sigma)}
    return measure.news(
        "basket", roles, {k: v / 10 for k, v in parts.items()}
    )  # never the lead of an index report


def crypto(market: Market, symbol: str) -> News:
    """A coin's level now and since the last stock-market close.

    Without intraday levels, by UTC days.
    """
    daily = market.snapshot.closes.get(symbol)
    moment = market.moment
    anchor = moment.closes if moment.state in ("pre", "closed") else moment.previous_closes
    now, then = market.level_at(symbol, moment.at), market.level_at(symbol, anchor)
    track = market.track(symbol, running=False)
    if now is None or then is None or daily is None:
        return _utc_days(finished(track))
    as_of = moment.at.isoformat()
    measure = Measure(track.instrument.key, symbol, as_of, track.source)
    changes = pd.concat(
        [
            track.changes if not track.live else daily.pct_change().dropna(),
            pd.Series([now / then - 1]),
        ]
    )
    sigma = volatility.ewma(changes)
    roles = {
        "level": measure.fact("crypto_level", now, Unit.USD),
        "anchor": measure.fact(
            "crypto_level", anchor.astimezone(EXCHANGE).isoformat(), Unit.TIME, name="anchor"
        ),
    }
    with_sigma(
        roles,
        "change",
        measure.change(
            "pct_change", now / then - 1, sigma, "since-close", name="change_since_close"
        ),
    )
    earlier = market.level_at(symbol, anchor - dt.timedelta(days=1))
    if earlier:
        pair = measure.change(
            "pct_change", now / earlier - 1, sigma * 2**0.5, "two-days", name="pct_change.two_days"
        )
        with_sigma(roles, "two_days", pair)
    return measure.news("crypto", roles)


def finished(track: Track) -> Track:
    """*track* without the level of a day that is not over."""
    if not track.live:
        return track
    closes = track.closes.iloc[:-1]
    return replace(track, closes=closes, live=False, as_of=closes.index[-1].date().isoformat())


def _utc_days(track: Track) -> News:
    measure = Measure.of(track)
    roles = {
        "level": measure.fact("crypto_level", track.last, Unit.USD),
        "day": measure.fact("crypto_level", track.session, Unit.DATE, name="utc_day"),
    }
    with_sigma(
        roles,
        "change",
        measure.change(
            "pct_change",
            returns.day(track.closes),
            volatility.ewma(track.changes),
            "utc-day",
            name="utc_day_change",
        ),
    )
    return measure.news("crypto", roles)

"""Bitcoin on its own clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from reportgen.beats.measure import Measure, News, moved, with_sigma
from reportgen.beats.scene import Scene
from reportgen.core.errors import NoData
from reportgen.core.facts import Unit
from reportgen.datasets.market import Market, Track
from reportgen.markets.calendar import STARTS
from reportgen.statistics import returns, volatility


def crypto(market: Market, symbol: str) -> News:
    """A coin's level now and since the last stock-market close.

    Without intraday levels, by UTC days.
    """
    daily = market.snapshot.closes.get(symbol)
    moment = market.moment
    between_sessions = moment.state in ("pre", "closed")
    anchor = moment.closes if between_sessions else moment.previous_closes
    now = market.level_at(symbol, moment.at)
    then = market.level_at(symbol, anchor)
    track = market.track(symbol, running=False)
    if now is None or then is None or daily is None:
        return _utc_days(finished(track))
    as_of = moment.at.isoformat()
    measure = Measure.at(track, as_of)
    changes = pd.concat(
        [
            track.changes if not track.live else returns.changes(daily),
            pd.Series([now / then - 1]),
        ]
    )
    sigma = volatility.ewma(changes)
    roles = {
        "level": measure.fact("crypto_level", now, track.instrument.unit),
        "anchor": measure.fact(
            "crypto_level",
            anchor.isoformat(),
            Unit.TIME,
            name="anchor",
        ),
    }
    with_sigma(
        roles,
        "change",
        measure.change(
            "pct_change",
            now / then - 1,
            sigma,
            "since-close",
            name="change_since_close",
        ),
    )
    earlier = market.level_at(symbol, anchor - dt.timedelta(days=1))
    if earlier:
        pair = measure.change(
            "pct_change",
            now / earlier - 1,
            sigma * 2**0.5,
            "two-days",
            name="pct_change.two_days",
        )
        with_sigma(roles, "two_days", pair)
    return measure.news("crypto", roles)


def of_session(found: News, market: Market) -> bool:
    """Whether the price of a coin is of the session or newer.

    That of a UTC day which ended before the session is not.
    """
    if "anchor" in found.finding.facts:
        return True
    return str(found.role("day").value) >= market.moment.session.isoformat()


def finished(track: Track) -> Track:
    """*track* without the level of a day that is not over."""
    if not track.live:
        return track
    closes = track.closes.iloc[:-1]
    return replace(
        track,
        closes=closes,
        live=False,
        as_of=closes.index[-1].date().isoformat(),
    )


def _utc_days(track: Track) -> News:
    measure = Measure.of(track)
    roles = {
        "level": measure.fact("crypto_level", track.last, track.instrument.unit),
        "day": measure.fact(
            "crypto_level",
            track.session,
            Unit.DATE,
            name="utc_day",
        ),
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


def coin_over(market: Market, symbol: str, window: str) -> News:
    """A coin's level of the last whole UTC day, and its change over *window*."""
    track = market.track(symbol, running=False)
    session = market.moment.session
    start = STARTS[window](session)
    closes = track.closes[: pd.Timestamp(session) - pd.Timedelta(days=1)]
    if closes.empty or closes.index[0].date() >= start:
        raise NoData(f"{symbol}: no level before the {window}.")
    measure = Measure.at(track, closes.index[-1].date().isoformat())
    # The window begins with the last close of stocks before it.
    before, _ = market.moment.calendar.neighbours(start)
    _, base = returns.base_close(closes, before + dt.timedelta(days=1))
    kind, _, sigma, shown = moved(track, window)
    roles = {
        "level": measure.fact(
            "crypto_level",
            float(closes.iloc[-1]),
            track.instrument.unit,
            shown,
        ),
        "day": measure.fact(
            "crypto_day",
            closes.index[-1].date(),
            Unit.DATE,
            shown,
            name="utc_day",
        ),
    }
    with_sigma(
        roles,
        "change",
        measure.change(kind, float(closes.iloc[-1]) / base - 1, sigma, shown),
    )
    return measure.news("coin", roles)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each coin since the last close of stocks, or over the window."""
    for symbol in scene.series:
        if scene.window == "day":
            yield from scene.known(crypto, scene.market, symbol)
        else:
            yield from scene.known(coin_over, scene.market, symbol, scene.window)

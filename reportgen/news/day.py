"""The session itself: its move, a streak, and how far back one must go for a move as large."""

from __future__ import annotations

import math

from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.news.measure import Measure, News, size, surprise, with_sigma
from reportgen.statistics import drawdowns, extremes, returns, streaks, volatility

LEAST_RUN = 4
"""Sessions of a run whose end is worth saying."""
LARGE_BEFORE, SMALL_NOW = 0.01, 0.005
"""The move of the session before, from which this one may be told as a turn or a pause."""
LEAST_GAP = 21
"""Sessions since the last move as large that make a "since" worth saying."""


def day(track: Track, week_ends: bool = False) -> News:
    """The session's change, with the year's change now and at the close before.

    At a week's end the week's.

    The distance from the high of 52 weeks is left out where the series is shorter than that.
    """
    measure, closes = Measure.of(track), track.closes
    change, sigma = returns.day(closes), volatility.ewma(track.changes)
    roles = {
        "level": measure.fact("level", track.last, track.instrument.unit),
        "points": measure.fact(
            "point_change", track.last - float(closes.iloc[-2]), track.instrument.difference
        ),
    }
    if closes.index[0].year < track.session.year:  # else the year's base is not known
        roles["ytd"] = measure.fact(
            "ytd_change", returns.to_date(closes, "year"), Unit.FRACTION, "ytd"
        )
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    if track.whole_year:
        high = drawdowns.high_52_weeks(closes)
        roles["drawdown"] = measure.fact(
            "drawdown_from_high", drawdowns.drawdown(closes), Unit.FRACTION, "since-high"
        )
        roles["high"] = measure.fact("high_close", high.level, track.instrument.unit, "52-weeks")
        roles["high_date"] = measure.fact(
            "high_close", high.session, Unit.DATE, "52-weeks", name="high_close.date"
        )
    before = closes.iloc[:-1]
    if closes.index[0].year < track.session.year == before.index[-1].year:
        value = returns.to_date(before, "year")
        roles["ytd_before"] = measure.fact(
            "ytd_change", value, Unit.FRACTION, "ytd", name="ytd_change.before"
        )
    if week_ends:
        pair = measure.change(
            "week_change", returns.to_date(closes, "week"), sigma * math.sqrt(5), "week"
        )
        with_sigma(roles, "week", pair)
    return measure.news(
        "day", roles, {"surprise": surprise(track.changes) / 2, "size": size(change, sigma)}
    )


def eve(track: Track) -> News | None:
    """The change of the session before, if it was 1% or more and this one did not follow it."""
    if track.live or len(track.changes) < 2:
        return None
    now, before = float(track.changes.iloc[-1]), float(track.changes.iloc[-2])
    if abs(before) < LARGE_BEFORE or (now * before > 0 and abs(now) >= SMALL_NOW):
        return None
    measure = Measure.of(track)
    day_before = track.changes.index[-2].date()
    roles = {
        "change": measure.fact(
            "pct_change", before, Unit.FRACTION, "prior-day", name="pct_change.prior"
        ),
        "date": measure.fact("session", day_before, Unit.DATE, "prior-day", name="session.prior"),
    }
    return measure.news("eve", roles)


def streak(track: Track) -> News | None:
    """A run of at least three sessions of one sign, the last included; told after a close only."""
    length = streaks.streak(track.changes)
    if track.live or abs(length) < 3:
        return None
    measure = Measure.of(track)
    kind = "streak_up" if length > 0 else "streak_down"
    first = track.closes.index[-abs(length) - 1].date()
    total = returns.since_session(track.closes, first)
    roles = {"length": measure.fact(kind, abs(length), Unit.COUNT, "day")}
    sigma = volatility.ewma(track.changes) * math.sqrt(abs(length))
    with_sigma(
        roles,
        "total",
        measure.change("period_change", total, sigma, "streak", name="streak_change"),
    )
    return measure.news(kind, roles, {"length": max(0.0, (abs(length) - 4) * 1.5)})


def broken(track: Track) -> News | None:
    """A run of at least four sessions of one sign that this session ended, after its close."""
    ended = streaks.streak(track.changes.iloc[:-1])
    if track.live or abs(ended) < LEAST_RUN or streaks.streak(track.changes) * ended > 0:
        return None
    measure = Measure.of(track)
    kind = "streak_up_ended" if ended > 0 else "streak_down_ended"
    roles = {"length": measure.fact(kind, abs(ended), Unit.COUNT, "day")}
    return measure.news(kind, roles, {"length": (abs(ended) - LEAST_RUN) * 1.0})


def superlative(track: Track) -> News | None:
    """The best or worst day since one at least as large, more than a month ago."""
    changes = track.changes
    change = float(changes.iloc[-1])
    earlier = extremes.last_as_large(changes)
    sigma = volatility.ewma(changes)
    if track.live or earlier is None or abs(change) < 0.009 or abs(change) < sigma:
        return None
    gap = extremes.sessions_between(changes, earlier)
    if gap < LEAST_GAP:
        return None
    measure = Measure.of(track)
    kind = "best_day_since" if change > 0 else "worst_day_since"
    roles = {"since": measure.fact(kind, earlier, Unit.DATE, "day", since=earlier.isoformat())}
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    parts = {
        "surprise": surprise(changes) / 2,
        "reach": math.log2(1 + gap / 21),
        "size": size(change, sigma),
    }
    return measure.news(kind, roles, parts)

"""The session: the market as one, each index's day, and the day before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.beats.measure import Measure, News, size, surprise, with_sigma
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track, missing_of
from reportgen.statistics import drawdowns, returns, streaks, volatility

STILL = 0.0005
"""A change that rounds to nothing: such an index went neither way."""


QUIET = 0.0015
"""Where the first index moved less and none went far, the market was flat."""


def broad(tracks: Sequence[Track]) -> News | None:
    """The session of all *tracks*; the first stands for the market.

    Broad_up, broad_down, mixed or flat.

    The change of each is in the role of its key; "rising" and "falling" count
    them. Where a track is missing, the role "missing" counts those: then
    nothing is said of stocks as a whole.
    """
    if not tracks:
        return None
    first = tracks[0]
    roles: dict[str, Fact] = {}
    moves = {track.instrument.key: returns.day(track.closes) for track in tracks}
    for track in tracks:
        sigma = volatility.ewma(track.changes)
        with_sigma(
            roles,
            track.instrument.key,
            Measure.of(track).change(
                "pct_change",
                moves[track.instrument.key],
                sigma,
            ),
        )
    every = Measure("market", "BROAD", first.as_of, first.source)
    for name, sign in (("rising", 1), ("falling", -1)):
        number = sum(move * sign >= STILL for move in moves.values())
        roles[name] = every.fact(
            "breadth",
            number,
            Unit.COUNT,
            name=f"indexes.{name}",
        )
    if missing := missing_of(tracks):
        roles["missing"] = every.fact(
            "breadth",
            len(missing),
            Unit.COUNT,
            name="indexes.missing",
        )
    roles["change"], roles["change_sigma"] = (
        roles[first.instrument.key],
        roles[f"{first.instrument.key}_sigma"],
    )
    lead = moves[first.instrument.key]
    kind = _kind(lead, list(moves.values()))
    sigma = roles["change_sigma"].number
    gap = max(moves.values()) - min(moves.values())
    worth = weights_of("session")
    parts = {
        "always": worth["market"],
        "surprise": surprise(first.changes) / 2,
        "size": size(lead, sigma),
    }
    if kind == "mixed":
        parts = {
            "always": worth["market"],
            "apart": worth["apart"] + min(5.0, gap / sigma),
            "surprise": surprise(first.changes) / 4,
        }
    return Measure.of(first).news(kind, roles, parts)


def _kind(lead: float, moves: Sequence[float]) -> str:
    rising = sum(move >= STILL for move in moves)
    falling = sum(move <= -STILL for move in moves)
    quiet = abs(lead) < QUIET and all(abs(move) < 2 * QUIET for move in moves)
    if quiet or not rising + falling:
        return "flat"
    if rising and falling:
        return "mixed"
    return "broad_up" if rising else "broad_down"


LARGE_BEFORE, SMALL_NOW = 0.01, 0.005
"""From this move of the session before, this one is a turn, or below that a pause."""
UNUSUAL, LEAST_BEFORE, KNOWN = 1.5, 0.0075, 60
"""In calm weeks a smaller move of the session before counts: so many usual ones, and as much.

What is usual has to rest on so many sessions.
"""


def day(track: Track, week_ends: bool = False) -> News:
    """The session's change, with the year's change now and at the close before.

    At a week's end the week's.

    The distance from the high of 52 weeks is left out where the series is
    shorter than that.
    """
    measure, closes = Measure.of(track), track.closes
    change, sigma = returns.day(closes), volatility.ewma(track.changes)
    roles = {
        "level": measure.fact("level", track.last, track.instrument.unit),
        "points": measure.fact(
            "point_change",
            track.last - float(closes.iloc[-2]),
            track.instrument.difference,
        ),
    }
    if closes.index[0].year < track.session.year:  # the year's base is known
        roles["ytd"] = measure.fact(
            "ytd_change", returns.to_date(closes, "year"), Unit.FRACTION, "ytd"
        )
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    if track.whole_year:
        high = drawdowns.high_52_weeks(closes)
        roles["drawdown"] = measure.fact(
            "drawdown_from_high",
            drawdowns.drawdown(closes),
            Unit.FRACTION,
            "since-high",
        )
        roles["high"] = measure.fact(
            "high_close",
            high.level,
            track.instrument.unit,
            "52-weeks",
        )
        roles["high_date"] = measure.fact(
            "high_close",
            high.session,
            Unit.DATE,
            "52-weeks",
            name="high_close.date",
        )
    before = closes.iloc[:-1]
    if closes.index[0].year < track.session.year == before.index[-1].year:
        value = returns.to_date(before, "year")
        roles["ytd_before"] = measure.fact(
            "ytd_change", value, Unit.FRACTION, "ytd", name="ytd_change.before"
        )
    if week_ends:
        pair = measure.change(
            "week_change",
            returns.to_date(closes, "week"),
            sigma * math.sqrt(5),
            "week",
        )
        with_sigma(roles, "week", pair)
    return measure.news(
        "day",
        roles,
        {"surprise": surprise(track.changes) / 2, "size": size(change, sigma)},
    )


def eve(track: Track) -> News | None:
    """A large change of the session before that this session turned, paused, or took up again.

    A third move in the same direction is a run, which another beat tells.
    """
    if track.live or len(track.changes) < 2:
        return None
    now, before = float(track.changes.iloc[-1]), float(track.changes.iloc[-2])
    run = streaks.streak(track.changes)
    followed = now * before > 0 and abs(now) >= SMALL_NOW
    large = abs(before) >= LARGE_BEFORE or (
        len(track.changes) > KNOWN
        and abs(before) >= max(LEAST_BEFORE, UNUSUAL * volatility.ewma(track.changes.iloc[:-1]))
    )
    if not large or (followed and abs(run) > 2):
        return None
    measure = Measure.of(track)
    day_before = track.changes.index[-2].date()
    roles = {
        "change": measure.fact(
            "pct_change",
            before,
            Unit.FRACTION,
            "prior-day",
            name="pct_change.prior",
        ),
        "date": measure.fact(
            "session",
            day_before,
            Unit.DATE,
            "prior-day",
            name="session.prior",
        ),
    }
    if abs(run) == 2:
        kind = "streak_up" if run > 0 else "streak_down"
        roles["length"] = measure.fact(kind, abs(run), Unit.COUNT)
    return measure.news("eve", roles)


def detect(scene: Scene) -> Iterator[News | None]:
    """The market as one, and the day of each index.

    A recap tells the figures of every index; what leads, where nothing else
    does, is the market as one.
    """
    if scene.window == "day":
        found = broad(scene.large)
        yield replace(found, weight=1.0) if found else None
    for track in scene.tracks:
        yield day(track).weighed(0.0)
        if scene.window == "day" and track.leads:
            yield eve(track)

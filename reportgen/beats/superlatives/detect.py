"""The best or worst day, or days, since; and the largest move in points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from reportgen.beats.measure import Measure, News, size, surprise, with_sigma
from reportgen.beats.reach import (
    PLACES,
    WHOLE_MOVE,
    Course,
    Extreme,
    above_zero,
    rare_day,
    reach_of,
)
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track
from reportgen.statistics import extremes, volatility

LARGE_MOVE, RARE_MOVE, LONG_AGO = 0.015, 0.012, 60
"""The size of a move with which a superlative leads.

Or a smaller one, if the last as large was this many sessions ago.
"""
LEAST_POINTS = 0.02
"""The least move that may be the largest one in points."""
LEAST_GAP, LARGE_GAP = 21, 15
"""Sessions since the last move as large that make a "since" worth saying, and of a large move."""
LEAST_TIME, LARGE_TIME = dt.timedelta(days=29), dt.timedelta(days=20)
"""The time since then: a market without weekends has as many sessions in a shorter one."""
WINDOWS = {2: "two-days", 3: "three-days", 4: "four-days", 5: "five-days"}
"""The windows of some days in a row that went one way."""
LEAST_DAYS, DAYS_AGO = 0.045, 250
"""The least move over some days that is news, and the sessions since one as large."""
SHARE = 0.2
"""The least share of it that each end of those days must have."""


def superlative(track: Track) -> News | None:
    """The best or worst day since one as large, more than a month ago; of a large move, less."""
    changes = track.changes
    change = float(changes.iloc[-1])
    sigma = volatility.ewma(changes)
    if abs(change) < 0.009 or abs(change) < sigma:
        return None
    measure = Measure.of(track)
    large = abs(change) >= LARGE_MOVE
    since = rare_day(measure, track, LARGE_GAP if large else LEAST_GAP, ever=True)
    if since is None:
        return None
    ago = track.closes.index[-1].date() - dt.date.fromisoformat(str(since.value))
    if ago < (LARGE_TIME if large else LEAST_TIME):
        return None
    roles = {"since": since}
    with_sigma(roles, "change", measure.change("pct_change", change, sigma))
    parts = {
        "surprise": surprise(changes) / 2,
        "reach": reach_of(21 + _gap(track, str(since.value))),
        "size": size(change, sigma),
    }
    side = "best" if change > 0 else "worst"
    return measure.news(f"{side}_day_since", roles, parts)


def _gap(track: Track, day: str) -> int:
    return len(track.closes[day:]) - 1


def rare(found: News, track: Track) -> bool:
    """Whether it leads: a large move, or one that was last as large long ago."""
    gap, move = _gap(track, str(found.role("since").value)), abs(found.change)
    return move >= LARGE_MOVE or (gap >= LONG_AGO and move >= RARE_MOVE)


def points(track: Track) -> News | None:
    """The largest gain or loss in points ever, of an index that moved far."""
    change = float(track.changes.iloc[-1])
    if track.live or track.instrument.unit is not Unit.LEVEL or abs(change) < LEAST_POINTS:
        return None
    course = Course.of(track)
    if not course.whole or not _largest(course.levels):
        return None
    course = course.unbroken()
    if not course.whole:
        return None
    found = extremes.farthest(course.levels.diff().dropna().round(PLACES), above=change > 0)
    if found is None or course.years < WHOLE_MOVE:
        return None
    measure = Measure.of(track)
    name = f"largest_point_{'rise' if change > 0 else 'fall'}"
    fact = Extreme(name=name, found=found).fact(measure, course)
    return measure.news("largest_points", {"extreme": fact})


def _largest(levels: pd.Series) -> bool:
    """Whether the last move in points is the largest of its direction."""
    moves = levels.diff().dropna().round(PLACES)
    last = moves.iloc[-1]
    return bool(last > moves.iloc[:-1].max() if last > 0 else last < moves.iloc[:-1].min())


def days(track: Track) -> News | None:
    """Two to five days in a row with the largest move together in at least a year.

    Those that go farthest back. The first and the last one have a good part in it: what a day did
    alone is told of that day.
    """
    if track.live:
        return None
    changes = track.changes
    up = bool(changes.iloc[-1] > 0)
    levels = above_zero(track.closes)
    best: tuple[int, int] | None = None
    for number in WINDOWS:
        if len(changes) <= number or ((changes.iloc[-number:] > 0) != up).any():
            break
        total = float(levels.iloc[-1] / levels.iloc[-1 - number] - 1)
        ends = changes.iloc[[-number, -1]].abs().min()
        if abs(total) < LEAST_DAYS or ends < SHARE * abs(total):
            continue
        found = extremes.farthest(_over(levels, number), above=up)
        if found and found.place >= 0 and found.steps >= max(DAYS_AGO, (best or (0, 0))[0] + 1):
            best = found.steps, number
    return _days(track, best[1], up=up) if best else None


def _over(levels: pd.Series, number: int) -> pd.Series:
    """The change over each so many days in a row."""
    values = levels.to_numpy(dtype=float)
    return pd.Series(values[number:] / values[:-number] - 1, index=levels.index[number:])


def _days(track: Track, number: int, *, up: bool) -> News | None:
    course = Course.of(track).unbroken()
    moves = _over(course.levels, number)
    found = extremes.farthest(moves, above=up)
    if found is None or found.place < 0 or found.steps < DAYS_AGO:
        return None
    measure, window = Measure.of(track), WINDOWS[number]
    since = moves.index[found.place].date().isoformat()
    name = "best_days" if up else "worst_days"
    extreme = Extreme(name=name, window=window, since=since, found=found)
    roles = {"since": extreme.fact(measure, course)}
    total = float(moves.iloc[-1])
    sigma = volatility.ewma(track.changes) * number**0.5
    with_sigma(roles, "change", measure.change("days_change", total, sigma, window))
    parts = {"reach": reach_of(found.steps), "size": size(total, sigma)}
    return measure.news("days_together", roles, parts)


def detect(scene: Scene) -> Iterator[News | None]:
    """The best or worst day, or days, of each index, and the largest move in points."""
    for track in scene.tracks:
        if found := superlative(track):
            yield found.beside(unless=rare(found, track))
        yield points(track)
        yield days(track)

"""How far back a level, or a move, was last as far: superlatives of anything that is told.

A price has its moves in percent, a yield in basis points. What is told is the one of the two, level
or move, that reaches farther back; and no farther than the series goes without a hole.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from reportgen.beats.measure import LONG, PERIODS, Measure, resting_on
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Market, Track
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import instrument
from reportgen.markets.venues import bond_holidays
from reportgen.statistics import extremes, returns
from reportgen.statistics.extremes import Farthest
from reportgen.statistics.indexes import sessions

LEAST_LEVEL, LEAST_MOVE = 60, 250
"""Sessions since a level, or a move of a day, as far that make it worth saying."""
LEAST_PERIODS = {"week": 52, "month": 24, "quarter": 12, "year": 6}
"""The same of the moves of longer windows, in these windows."""
WHOLE_LEVEL, WHOLE_MOVE = 20, 4
"""A level or a move is told as the farthest of a series only if the series has these years."""
FRESH = 21
"""Sessions since the level that is passed by a move of less than the usual size."""
YEAR = 365.25
PLACES = 9
"""Decimals of a difference of two rates: the same one twice is the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The levels of an instrument, and the days on which it must have one."""

    levels: pd.Series
    due: Callable[[], pd.DatetimeIndex]
    start: dt.date | None
    """The day on which the instrument itself began."""
    differences: bool = False
    """Whether its moves are differences, as those of rates."""

    @classmethod
    def of(cls, track: Track) -> Course:
        """The course of a track, of one that fell below zero from then on."""
        levels, calendar = above_zero(track.closes), track.instrument.sessions
        first, last = levels.index[0].date(), track.session
        return cls(
            levels=levels,
            due=lambda: _due(calendar, first, last),
            start=track.instrument.inception,
        )

    @classmethod
    def of_rate(cls, market: Market, series: str, levels: pd.Series) -> Course:
        """The course of a yield, which has a value on each session of stocks and of bonds."""
        first, last = (levels.index[place].date() for place in (0, -1))
        known, bonds = instrument(series), bool(market.spec.bond_days)
        return cls(
            levels=levels,
            due=lambda: _due(known.sessions, first, last, bonds=bonds),
            start=known.inception,
            differences=True,
        )

    def unbroken(self) -> Course:
        """Its end without a hole."""
        return replace(self, levels=extremes.unbroken(self.levels, self.due()))

    def moves(self, window: str) -> pd.Series:
        """The moves of each day, or of each week, month, quarter or year, as they are told."""
        if window == "day":
            found = self.levels.diff() if self.differences else returns.changes(self.levels)
        elif self.differences:
            periods = sessions(self.levels).to_period(PERIODS[window])
            found = self.levels.groupby(periods).last().diff()
        else:
            return returns.periods(self.levels, PERIODS[window])
        return found.dropna().round(PLACES) if self.differences else found

    @property
    def first(self) -> dt.date:
        """The first day with a level."""
        return self.levels.index[0].date()  # type: ignore[no-any-return]

    @property
    def whole(self) -> bool:
        """Whether it goes back to the beginning of the instrument."""
        return self.start is not None and self.first <= self.start

    @property
    def years(self) -> float:
        """The years from the first level to the last one."""
        return float((self.levels.index[-1] - self.levels.index[0]).days / YEAR)


def last_as_far(track: Track, *, below: bool) -> dt.date | None:
    """The last day with a close as low, where *below*, or as high as the last one.

    None where there is none, or where the series has a hole since: what was there is not known.
    """
    since = extremes.last_close_as_far(track.closes, below=below)
    if since is None or extremes.sessions_between(track.closes, since) < FRESH:
        return since
    return since if Course.of(track).unbroken().first <= since else None


def above_zero(levels: pd.Series) -> pd.Series:
    """The end of *levels* in which all but the last one are above zero."""
    below = (levels.iloc[:-1] <= 0).to_numpy().nonzero()[0]
    return levels.iloc[int(below[-1]) + 1 :] if len(below) else levels


def widest(
    measure: Measure, name: str, course: Course, z: float
) -> tuple[dict[str, Fact], dict[str, float]]:
    """What :func:`farthest` gives, of the size of a gap that grew.

    Args:
        measure: The measure of the instrument.
        name: The kind of the superlative: "widest_spread".
        course: The gaps by day.
        z: The size of the move that widened it, in usual ones.
    """
    found = _widest(course, name, z)
    if found is not None:
        whole = course.unbroken()
        if len(whole.levels) < len(course.levels):
            course, found = whole, _widest(whole, name, z)
    return _told(measure, course, found)


def _widest(course: Course, name: str, z: float) -> Extreme | None:
    levels = course.levels.abs().round(PLACES)
    if len(levels) < 2 or levels.iloc[-1] <= levels.iloc[-2]:
        return None
    sized = replace(course, levels=levels)
    return next((replace(one, name=name) for one in _levels(sized, z, up=True)), None)


def _due(
    calendar: Calendar, first: dt.date, last: dt.date, *, bonds: bool = False
) -> pd.DatetimeIndex:
    days = calendar.session_index(max(first, calendar.first), last)
    if not bonds:
        return days
    closed = [day for year in range(first.year, last.year + 1) for day in bond_holidays(year)]
    return days[~days.isin(pd.DatetimeIndex(closed))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """A superlative: what is the farthest, and since when."""

    name: str
    """"highest_close", "largest_fall": its kind without the end."""
    window: str = "day"
    since: str = ""
    """The day or the period of the last one as far, "" where there is none."""
    found: Farthest
    sessions: int = 0
    """How far back that is, in sessions."""

    def fact(self, measure: Measure, course: Course, against: str = "") -> Fact:
        """The fact of it: the date of the last one as far, or the one that the data begin with.

        Its kind ends with "_since", with "_on_file" where the data have none as far, and with
        "_on_record" where they begin when the instrument did. The key of an instrument that it is
        measured *against* is in its id.
        """
        kind = f"{self.name}_{'since' if self.since else 'on_file'}"
        if not self.since and course.whole:
            kind = f"{self.name}_on_record"
        date = self.since or course.first.isoformat()
        parts = [kind, self.window if self.window != "day" else "", against]
        fact = measure.fact(
            kind,
            date,
            Unit.DATE,
            self.window,
            name=".".join(filter(None, parts)),
            since=date,
        )
        return resting_on(fact, self.found.evidence)


def reach_of(sessions: float) -> float:
    """The part of a score of what was last as far so many sessions ago."""
    return math.log2(max(sessions, 1) / 21)


def farthest(
    measure: Measure, course: Course, z: float, window: str = "day"
) -> tuple[dict[str, Fact], dict[str, float]]:
    """The roles "extreme" and "reach" of what is told of an instrument, and their part of a score.

    The reach is the number of days since. Nothing where neither its level nor its move reaches far
    back.

    Args:
        measure: The measure of the instrument.
        course: Its levels.
        z: The size of its move, in usual ones.
        window: "day", "week", "month", "quarter" or "year".
    """
    found = _best(course, z, window)
    if found is not None:
        whole = course.unbroken()
        if len(whole.levels) < len(course.levels):
            course, found = whole, _best(whole, z, window)
    return _told(measure, course, found)


def _told(
    measure: Measure, course: Course, found: Extreme | None
) -> tuple[dict[str, Fact], dict[str, float]]:
    """The roles and the part of a score of a superlative, where there is one."""
    if found is None:
        return {}, {}
    fact = found.fact(measure, course)
    name = fact.id.partition(".")[2]
    begun = dt.date.fromisoformat(f"{fact.value}-01"[: len("2024-11-06")])
    days = (course.levels.index[-1].date() - begun).days
    ago = measure.fact("reach", days, Unit.COUNT, found.window, name=f"{name}.reach")
    return {"extreme": fact, "reach": ago}, {"reach": reach_of(found.sessions)}


def _best(course: Course, z: float, window: str) -> Extreme | None:
    moves = course.moves(window)
    if len(moves) < 2 or not moves.iloc[-1]:
        return None
    up = bool(moves.iloc[-1] > 0)
    every = [*_levels(course, z, up=up), *_moves(course, moves, window, up=up)]
    return max(every, key=lambda one: one.sessions, default=None)


def _levels(course: Course, z: float, *, up: bool) -> Iterator[Extreme]:
    """The level, where it is the farthest for long, and passes no level of the last days."""
    found = extremes.farthest(course.levels, above=up)
    if found is None or (z < 1 and found.mark < FRESH):
        return
    far = found.steps >= LEAST_LEVEL if found.place >= 0 else course.years >= WHOLE_LEVEL
    if far:
        name = "highest_close" if up else "lowest_close"
        since = "" if found.place < 0 else _named(course, course.levels, found.place, "day")
        yield Extreme(name=name, window="day", since=since, found=found, sessions=found.steps)


def _moves(course: Course, moves: pd.Series, window: str, *, up: bool) -> Iterator[Extreme]:
    """The move, where it is the largest for long."""
    found = extremes.farthest(moves, above=up)
    if found is None:
        return
    least = LEAST_MOVE if window == "day" else LEAST_PERIODS[window]
    far = found.steps >= least if found.place >= 0 else course.years >= WHOLE_MOVE
    if far:
        yield Extreme(
            name="largest_rise" if up else "largest_fall",
            window="ytd" if window == "year" else window,
            since="" if found.place < 0 else _named(course, moves, found.place, window),
            found=found,
            sessions=found.steps * LONG.get(window, 1),
        )


def _named(course: Course, values: pd.Series, place: int, window: str) -> str:
    """A day by its date, a week by its last session, another period by its first month."""
    if window == "day":
        return str(values.index[place].date())
    period = values.index[place]
    if window == "week":
        return str(course.levels[: period.end_time].index[-1].date())
    return f"{period.start_time:%Y-%m}"


def rare_day(measure: Measure, track: Track, far: int, *, ever: bool = False) -> Fact | None:
    """The last day that was as good, or as bad, as the last one of *track*.

    None during a session, and where it was less than *far* sessions ago. Where there is no such
    day, the day on which the data begin if *ever* is asked for and they are long enough, or None.
    """
    if track.live or track.closes.iloc[-2] <= 0:
        return None
    course = Course.of(track)
    found = _rare(course, far, ever=ever)
    if found is not None:
        whole = course.unbroken()
        if len(whole.levels) < len(course.levels):
            course, found = whole, _rare(whole, far, ever=ever)
    return found.fact(measure, course) if found else None


def _rare(course: Course, far: int, *, ever: bool) -> Extreme | None:
    moves = course.moves("day")
    if len(moves) < 2 or not moves.iloc[-1]:
        return None
    up = bool(moves.iloc[-1] > 0)
    found = extremes.farthest(moves, above=up)
    if found is None or (found.place < 0 and (not ever or course.years < WHOLE_MOVE)):
        return None
    if found.place >= 0 and found.steps < far:
        return None
    return Extreme(
        name="best_day" if up else "worst_day",
        window="day",
        since="" if found.place < 0 else _named(course, moves, found.place, "day"),
        found=found,
        sessions=found.steps,
    )

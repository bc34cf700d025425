"""Weeks, months, quarters and years: so far, and ended."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from reportgen.beats.measure import (
    PERIODS,
    Measure,
    News,
    moved,
    records_made,
    resting_on,
    size,
    with_sigma,
)
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.markets.calendar import STARTS
from reportgen.statistics import indexes, returns, streaks

LEAST_GAP = {"week": 13, "month": 6, "quarter": 4, "year": 3}
"""Periods since the last one as good or bad that make a "since" worth saying."""


LEAST_YEARS = 4
"""Years since a quarter of the same place in its year as good or as bad that are worth saying."""


LEAST_RUN = {"week": 3, "month": 3, "quarter": 3, "year": 3}


RARE_RUN, RARE_AGO = 5, {"week": 52, "month": 24, "quarter": 12, "year": 6}
"""How long a run has to be, and how long ago the last such run, for that to be worth saying.

In windows.
"""


LEAST_DAYS = 3
"""From this many sessions on, the best and worst days of a window are worth naming."""


def so_far(track: Track, *, every: bool = False) -> News:
    """The changes of the running week, month, quarter and year, in points too.

    Unless *every* window is asked for, one other than the year that began with
    this session is left out: it would say what the day says.
    """
    measure, closes = Measure.of(track), track.closes
    roles: dict[str, Fact] = {}
    for window in PERIODS:
        if closes.index[0].date() >= STARTS[window](track.session):
            continue
        base, level = returns.base_close(closes, STARTS[window](track.session))
        if base == closes.index[-2].date() and window != "year" and not every:
            continue
        kind = "ytd_change" if window == "year" else f"{window}_change"
        shown = "ytd" if window == "year" else window
        roles[window] = measure.fact(
            kind,
            track.last / level - 1,
            Unit.FRACTION,
            shown,
        )
        roles[f"{window}_points"] = measure.fact(
            kind,
            track.last - level,
            track.instrument.difference,
            shown,
            name=f"{shown}_points",
        )
    return measure.news("so_far", roles)


def before(track: Track) -> News | None:
    """The month, and in January the year, that ended before this session.

    None on other sessions.
    """
    last, now = track.closes.index[-2].date(), track.session
    if (last.year, last.month) == (now.year, now.month) or track.live:
        return None
    measure, closes = Measure.of(track), track.closes.iloc[:-1]
    changes = returns.periods(closes, "M")
    if len(changes) < 25:
        return None
    roles: dict[str, Fact] = {
        "month": measure.fact(
            "month_change",
            returns.to_date(closes, "month"),
            Unit.FRACTION,
            "prior-month",
            name="month_before",
        ),
        "month_of": measure.fact(
            "month_change",
            f"{last:%Y-%m}",
            Unit.DATE,
            "prior-month",
            name="month_before.date",
        ),
    }
    year = changes[indexes.periods(changes).year == last.year]
    for name, extreme in (
        ("best", year.iloc[-1] > year.iloc[:-1].max()),
        ("worst", year.iloc[-1] < year.iloc[:-1].min()),
    ):
        fits = (year.iloc[-1] > 0) == (name == "best")
        if len(year) >= 5 and extreme and fits:
            roles["month_rank"] = measure.fact(
                f"{name}_month_of_year",
                str(last.year),
                Unit.DATE,
                "prior-month",
                name="month_before.rank",
            )
    if last.year != now.year:
        change = returns.to_date(closes, "year")
        roles["year"] = measure.fact(
            "year_change",
            change,
            Unit.FRACTION,
            str(last.year),
            name=f"year_change.{last.year}",
        )
    return measure.news("before", roles, {"window": weights_of("windows")["before"]})


def wrap(track: Track, window: str, upcoming: dt.date) -> News | None:
    """The week, month, quarter or year that this session ended.

    None where it goes on. With it come the last one as good or as bad, where
    that is long ago; whether it is the best or the worst of its year; and the
    run of such periods it belongs to or ends. *upcoming* is the first session
    that is not over.
    """
    if track.live or STARTS[window](upcoming) == STARTS[window](track.session):
        return None
    changes = returns.periods(track.closes, PERIODS[window])
    if changes.empty:
        return None
    measure = Measure.of(track)
    kind, change, sigma, shown = moved(track, window)
    roles: dict[str, Fact] = {}
    with_sigma(roles, "change", measure.change(kind, change, sigma, shown))
    parts = {"window": weights_of("windows")[window], "size": size(change, sigma)}
    _since(roles, parts, track, changes, window)
    _of_year(roles, measure, changes, window)
    if window == "quarter":
        _of_its_name(roles, track, changes)
    _run(roles, parts, track, changes, window)
    return measure.news(f"{window}_wrap", roles, parts)


def _ended(closes: pd.Series, period: pd.Period, window: str) -> str:
    """The date of a period: a week's last session, of others the first month."""
    if window != "week":
        return f"{period.start_time:%Y-%m}"
    return str(closes[: period.end_time].index[-1].date())


def _since(
    roles: dict[str, Fact],
    parts: dict[str, float],
    track: Track,
    changes: pd.Series,
    window: str,
) -> None:
    """Add when a period was last as good or as bad."""
    measure = Measure.of(track)
    last = float(changes.iloc[-1])
    earlier = changes.iloc[:-1]
    far = earlier >= last if last > 0 else earlier <= last
    as_large = far.to_numpy().nonzero()[0]
    if not len(as_large) or not last:
        return
    gap = len(earlier) - int(as_large[-1])
    if gap >= LEAST_GAP[window]:
        kind = f"{'best' if last > 0 else 'worst'}_{window}_since"
        when = _ended(track.closes, changes.index[int(as_large[-1])], window)
        between = earlier.iloc[int(as_large[-1]) + 1 :]
        evidence = {"now": last, "then": float(earlier.iloc[int(as_large[-1])])}
        if len(between):
            evidence["between"] = float(between.max() if last > 0 else between.min())
        roles["since"] = resting_on(
            measure.fact(
                kind,
                when,
                Unit.DATE,
                window,
                since=when,
            ),
            evidence,
        )
        parts["reach"] = weights_of("windows")["reach"] * math.log2(1 + gap / LEAST_GAP[window])


def _years(changes: pd.Series, window: str) -> Any:
    """The year of each period.

    Of a week that of its Friday, which is a session's or that of the session
    before it.
    """
    weekend = 2 if window == "week" else 0
    ends = indexes.periods(changes).end_time - pd.Timedelta(weekend, "D")
    return ends.year


def _of_year(
    roles: dict[str, Fact],
    measure: Measure,
    changes: pd.Series,
    window: str,
) -> None:
    """Add that it is the best or the worst period of its year, if there are enough."""
    least = {"week": 13, "month": 5}.get(window)
    years = _years(changes, window)
    ended, year = years[-1], changes[years == years[-1]]
    if least is None or len(year) < least:
        return
    last, others = float(year.iloc[-1]), year.iloc[:-1]
    for name, extreme in (
        ("best", last > 0 and last > others.max()),
        ("worst", last < 0 and last < others.min()),
    ):
        if extreme:
            roles["of_year"] = measure.fact(
                f"{name}_{window}_of_year",
                str(ended),
                Unit.DATE,
                window,
                name=f"{window}_of_year",
            )


def _of_its_name(roles: dict[str, Fact], track: Track, changes: pd.Series) -> None:
    """Add when a first quarter, say, was last as good or as bad, where that is long ago.

    Only if no quarter of the years between is lacking.
    """
    ended, last = indexes.periods(changes)[-1], float(changes.iloc[-1])
    alike = changes[indexes.periods(changes).quarter == ended.quarter]
    earlier = alike.iloc[:-1]
    far = (earlier >= last if last > 0 else earlier <= last).to_numpy().nonzero()[0]
    if not len(far) or not last:
        return
    then = indexes.periods(earlier)[int(far[-1])]
    years = ended.year - then.year
    if years < LEAST_YEARS or len(earlier) - int(far[-1]) != years:
        return
    when = f"{then.start_time:%Y-%m}"
    name = "best_named_quarter_since" if last > 0 else "worst_named_quarter_since"
    roles["named"] = Measure.of(track).fact(name, when, Unit.DATE, "quarter", since=when)


def _run(
    roles: dict[str, Fact],
    parts: dict[str, float],
    track: Track,
    changes: pd.Series,
    window: str,
) -> None:
    """Add the run of gains or losses that the period continues or ends."""
    measure, length = Measure.of(track), streaks.streak(changes)
    if abs(length) >= LEAST_RUN[window]:
        roles["run"] = measure.fact(
            f"streak_{'up' if length > 0 else 'down'}",
            abs(length),
            Unit.COUNT,
            window,
            name=f"{window}_streak",
        )
        if since := _as_long(track, changes, window, length):
            roles["run_since"] = measure.fact(
                f"longest_{window}_run_since", since, Unit.DATE, window, since=since
            )
        parts["run"] = weights_of("windows")["run"] * max(0, abs(length) - 4)
        return
    ended = streaks.streak(changes.iloc[:-1])
    if abs(length) == 1 and abs(ended) >= LEAST_RUN[window]:
        kind = f"streak_{'up' if ended > 0 else 'down'}_ended"
        roles["ended"] = measure.fact(
            kind, abs(ended), Unit.COUNT, window, name=f"{window}_streak_ended"
        )
        parts["ended"] = weights_of("windows")["ended"] * (abs(ended) - LEAST_RUN[window] + 1)


def _as_long(track: Track, changes: pd.Series, window: str, length: int) -> str:
    """The last period of the last run that was as long, of the same direction.

    "" for a short run, where there was a longer one lately, and where there is none.
    """
    if abs(length) < RARE_RUN:
        return ""
    ago = streaks.last_as_long(changes, length)
    if ago is None or ago < RARE_AGO[window]:
        return ""
    return _ended(track.closes, changes.index[-1 - ago], window)


def days(track: Track, window: str) -> News:
    """The sessions of the *window*.

    How many, how many up and down, the best and the worst, the records made,
    the level it ended at.

    The best and the worst are left out where there are fewer than three
    sessions or all went the same way by as much.
    """
    measure = Measure.of(track)
    start = pd.Timestamp(STARTS[window](track.session))
    changes = track.changes[track.changes.index >= start]
    base = float(track.closes.iloc[-len(changes) - 1])
    shown = "ytd" if window == "year" else window
    kind = "ytd_change" if window == "year" else f"{window}_change"
    roles = {
        "level": measure.fact("level", track.last, track.instrument.unit),
        "points": measure.fact(
            kind,
            track.last - base,
            track.instrument.difference,
            shown,
            name=f"{shown}_points",
        ),
        "number": measure.fact(
            "sessions", len(changes), Unit.COUNT, shown, name=f"{shown}.sessions"
        ),
        "rising": measure.fact(
            "sessions_rising",
            int((changes > 0).sum()),
            Unit.COUNT,
            shown,
            name=f"{shown}.rising",
        ),
        "falling": measure.fact(
            "sessions_falling",
            int((changes < 0).sum()),
            Unit.COUNT,
            shown,
            name=f"{shown}.falling",
        ),
    }
    if track.record_start:
        made = int(records_made(track)[changes.index].sum())
        roles["records"] = measure.fact(
            "record_close",
            made,
            Unit.COUNT,
            shown,
            name=f"record_close.{shown}_count",
        )
    if window == "month":
        for number, (at, change) in enumerate(changes.items(), 1):
            day = f"{at:%Y-%m-%d}"
            roles[f"c{number:02d}"] = _of_day(measure, day, float(change))
    if len(changes) >= LEAST_DAYS and changes.max() > changes.min():
        ends = (("best", int(changes.argmax())), ("worst", int(changes.argmin())))
        for name, place in ends:
            when = indexes.sessions(changes)[place].date().isoformat()
            roles[name] = _of_day(measure, when, float(changes.iloc[place]))
            roles[f"{name}_day"] = measure.fact(
                f"{name}_day_of_{window}",
                when,
                Unit.DATE,
                shown,
            )
    roles |= _way(track, window, base)
    return measure.news("days", roles)


def _way(track: Track, window: str, base: float) -> dict[str, Fact]:
    """The close at which the *window* turned, and its distance from *base*.

    Its lowest or its highest close, whichever is farther from where it ended. Empty where the two
    are less than the usual change of such a window apart, or the low is less than half of it below
    *base*, or the high less than half of it above.
    """
    measure, (_, _, sigma, shown) = Measure.of(track), moved(track, window)
    start = pd.Timestamp(STARTS[window](track.session))
    way = track.closes[track.closes.index >= start] / base - 1
    end = float(way.iloc[-1])
    name, turn = max(
        ("low", float(way.min())), ("high", float(way.max())), key=lambda one: abs(one[1] - end)
    )
    beyond = turn if name == "high" else -turn
    if abs(turn - end) < sigma or beyond < sigma / 2:
        return {}
    place = int(way.argmin() if name == "low" else way.argmax())
    day = indexes.sessions(way)[place].date()
    return {
        "turn": measure.fact(
            f"{name}_of_window", turn, Unit.FRACTION, shown, name=f"{shown}.{name}"
        ),
        "turn_day": measure.fact(
            f"{name}_of_window", day, Unit.DATE, shown, name=f"{shown}.{name}.date"
        ),
    }


def _of_day(measure: Measure, day: str, change: float) -> Fact:
    return measure.fact(
        "pct_change",
        change,
        Unit.FRACTION,
        day,
        name=f"pct_change.{day}",
    )


def rare(found: News) -> bool:
    """Whether a window that ended leads: a longer one always, a week if rare."""
    roles = found.finding.facts
    if found.finding.kind != "week_wrap":
        return True
    long = "ended" in roles and found.role("ended").number >= RARE_RUN
    return "since" in roles or "of_year" in roles or long


def _ended_here(track: Track, upcoming: dt.date) -> Iterator[News]:
    """The windows that ended with this session, the longest first."""
    place = 0
    for window in reversed(PERIODS):
        if found := wrap(track, window, upcoming):
            yield found.beside(unless=place == 0 and rare(found))
            place += 1


def detect(scene: Scene) -> Iterator[News | None]:
    """Where each index stands in its windows, and those that ended here.

    In a report on a longer window: its change, its days, and how the other
    windows stand.
    """
    for track in scene.tracks:
        if scene.window == "day":
            yield so_far(track)
            if found := before(track):
                yield replace(found, weight=1.0)
            yield from _ended_here(track, scene.upcoming)
        elif found := wrap(track, scene.window, scene.upcoming):
            yield found
            yield days(track, scene.window)
            yield so_far(track, every=True)

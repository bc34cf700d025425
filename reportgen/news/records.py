"""Record closes, 52-week highs, how little is missing to one, and round numbers passed."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.news.measure import Measure, News, surprise
from reportgen.statistics import drawdowns, extremes
from reportgen.statistics.drawdowns import High

NEAR = -0.005
"""How far below its record a level is near it."""


def standing_record(track: Track) -> High:
    """The record close before the last level.

    Of the series, or the known one where the series starts later.
    """
    earlier = drawdowns.record_high(track.closes.iloc[:-1])
    known = track.instrument.known_record
    if known and known.session < track.session and known.level > earlier.level:
        return High(known.session, float(known.level))
    return earlier


def record(track: Track) -> News | None:
    """A record close, a close within half a percent of one, or a 52-week closing high.

    None otherwise.

    A record is claimed only for series that reach back to their start or to a known record; for
    others the 52-week high is all that can be said.
    """
    measure = Measure.of(track)
    roles = {"level": measure.fact("level", track.last, track.instrument.unit)}
    moved = surprise(track.changes) / 2
    if track.record_start:
        old = standing_record(track)
        roles["record"] = measure.fact(
            "record_close",
            old.level,
            track.instrument.unit,
            "since-start",
            name="record_close.before",
        )
        roles["record_date"] = measure.fact(
            "record_close", old.session, Unit.DATE, "since-start", name="record_close.before.date"
        )
        if track.last > old.level and not track.live:
            roles["is_record"] = measure.fact(
                "record_close",
                track.last,
                track.instrument.unit,
                since=str(track.instrument.inception),
            )
            roles |= _counts(track, measure)
            return measure.news("record_close", roles, {"threshold": 12.0, "surprise": moved})
        distance = track.last / old.level - 1
        if NEAR <= distance < 0:
            roles |= _missing(track, old, measure)
            return measure.news(
                "near_record",
                roles,
                {"threshold": 8.0 if distance > -0.002 else 5.0, "surprise": moved},
            )
    if track.live or track.closes.index[-1] - track.closes.index[0] < dt.timedelta(days=366):
        return None
    if track.last > float(drawdowns.year_window(track.closes).iloc[:-1].max()):
        roles["high"] = measure.fact("high_close", track.last, track.instrument.unit, "52-weeks")
        return measure.news("high_52_weeks", roles, {"threshold": 5.0, "surprise": moved})
    return None


def _missing(track: Track, old: High, measure: Measure) -> dict[str, Fact]:
    """What the last level lacks of the record *old*."""
    return {
        "distance": measure.fact(
            "near_record", track.last / old.level - 1, Unit.FRACTION, "since-high"
        ),
        "missing": measure.fact(
            "near_record",
            old.level - track.last,
            track.instrument.difference,
            "since-high",
            name="near_record.points",
        ),
    }


def below(track: Track) -> News | None:
    """How far below its record close a level is that is not near it.

    None where it is, or where no record can be claimed.
    """
    if not track.record_start or track.last / standing_record(track).level - 1 >= NEAR:
        return None
    measure, old = Measure.of(track), standing_record(track)
    roles = {
        "record": measure.fact(
            "record_close",
            old.level,
            track.instrument.unit,
            "since-start",
            name="record_close.before",
        ),
        "record_date": measure.fact(
            "record_close", old.session, Unit.DATE, "since-start", name="record_close.before.date"
        ),
        **_missing(track, old, measure),
    }
    return measure.news("below_record", roles)


def records_made(track: Track) -> pd.Series:
    """Whether each close was a record when it was made, by session."""
    before = track.closes.cummax().shift()
    known = track.instrument.known_record
    if known:
        before[before.index > pd.Timestamp(known.session)] = before.clip(lower=float(known.level))
    return track.closes > before


def _counts(track: Track, measure: Measure) -> dict[str, Fact]:
    """The number of records this year, and of latest sessions in a row that set one."""
    records = records_made(track)
    run = len(records) if records.all() else int(records[::-1].to_numpy().argmin())
    year = int(records[records.index.year == track.session.year].sum())
    return {
        "count": measure.fact("record_close", year, Unit.COUNT, "ytd", name="record_close.count"),
        "run": measure.fact("record_close", run, Unit.COUNT, "streak", name="record_close.run"),
    }


def milestone(track: Track) -> News | None:
    """A round number that this close passed.

    For the first time ever, or the first time in at least five sessions, either way.
    """
    grid = track.rank.round_number
    if grid is None or track.live or track.instrument.unit is not Unit.LEVEL:
        return None
    low, high = sorted((float(track.closes.iloc[-2]), track.last))
    line = math.floor(high / grid) * grid
    if not low < line <= high or track.last == low == line:
        return None
    rose, measure = track.last >= line, Measure.of(track)
    earlier = track.closes.iloc[:-1]
    beyond = earlier[earlier >= line] if rose else earlier[earlier < line]
    roles = {
        "line": measure.fact("milestone", line, Unit.LEVEL),
        "level": measure.fact("level", track.last, Unit.LEVEL),
    }
    if beyond.empty and rose and track.record_start and track.last > standing_record(track).level:
        roles["first"] = measure.fact(
            "milestone_cross", line, Unit.LEVEL, since=str(track.instrument.inception)
        )
        return measure.news("milestone", roles, {"threshold": 22.0})
    if beyond.empty:
        return None
    since = beyond.index[-1].date()
    gap = extremes.sessions_between(track.closes, since)
    if gap < 5:
        return None
    kind = "milestone_up" if rose else "milestone_down"
    roles["since"] = measure.fact(
        "milestone_cross", since, Unit.DATE, name="milestone_cross.since", since=since.isoformat()
    )
    return measure.news(kind, roles, {"threshold": max(0.0, 2.5 + math.log2(gap / 21))})

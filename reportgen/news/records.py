"""Record closes and 52-week highs, and how little is missing to one."""

from __future__ import annotations

import datetime as dt

from reportgen.data.market import Track
from reportgen.facts import Unit
from reportgen.market import drawdowns
from reportgen.market.drawdowns import High
from reportgen.news.measure import Measure, News, surprise

NEAR = -0.005


def standing_record(track: Track) -> High:
    """The record close before the last level: of the series, or the known one where the series starts later."""
    earlier = drawdowns.record_high(track.closes.iloc[:-1])
    known = track.instrument.known_record
    if known and known["session"] < track.session and known["level"] > earlier.level:
        return High(known["session"], float(known["level"]))
    return earlier


def record(track: Track) -> News | None:
    """A record close, a close within half a percent of one, or a 52-week closing high; None otherwise.

    A record is claimed only for series that reach back to their start or to a known record; for others the
    52-week high is all that can be said.
    """
    measure = Measure.of(track)
    roles = {"level": measure.fact("level", track.last, Unit.LEVEL)}
    moved = surprise(track.changes) / 2
    if track.record_start:
        old = standing_record(track)
        roles["record"] = measure.fact("record_close", old.level, Unit.LEVEL, "since-start", name="record_close.before")
        roles["record_date"] = measure.fact("record_close", old.session, Unit.DATE, "since-start", name="record_close.before.date")
        if track.last > old.level and not track.live:
            roles["is_record"] = measure.fact("record_close", track.last, Unit.LEVEL, since=str(track.instrument.inception))
            return measure.news("record_close", roles, {"threshold": 12.0, "surprise": moved})
        distance = track.last / old.level - 1
        if NEAR <= distance < 0:
            roles["distance"] = measure.fact("near_record", distance, Unit.FRACTION, "since-high")
            roles["missing"] = measure.fact("near_record", old.level - track.last, Unit.POINTS, "since-high", name="near_record.points")
            return measure.news("near_record", roles, {"threshold": 8.0 if distance > -0.002 else 5.0, "surprise": moved})
    if track.live or track.closes.index[-1] - track.closes.index[0] < dt.timedelta(days=366):
        return None
    if track.last > float(drawdowns.year_window(track.closes).iloc[:-1].max()):
        roles["high"] = measure.fact("high_close", track.last, Unit.LEVEL, "52-weeks")
        return measure.news("high_52_weeks", roles, {"threshold": 5.0, "surprise": moved})
    return None

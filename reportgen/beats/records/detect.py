"""Record closes, and how far below one a level is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reportgen.beats.measure import (
    Measure,
    News,
    of_another_time,
    records_made,
    standing_record,
    surprise,
)
from reportgen.beats.reach import reach_of
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import drawdowns
from reportgen.statistics.drawdowns import High
from reportgen.statistics.indexes import sessions

NEAR = -0.005
"""How far below its record a level is near it."""


CLOSE, QUIET = -0.002, 0.005
"""Within this of its record, the first index leads on a day on which it moved less."""


FLAT = 0.0005
"""A fall of less is none: "little changed"."""


LONG_AGO = 60
"""Sessions since its last record after which one of any index leads."""


def record(track: Track) -> News | None:
    """A record close, one within half a percent, or a 52-week closing high.

    None otherwise.

    A record is claimed only for series that reach back to their start or to a
    known record; for others the 52-week high is all that can be said.
    """
    measure = Measure.of(track)
    roles = {"level": measure.fact("level", track.last, track.instrument.unit)}
    moved, worth = surprise(track.changes) / 2, weights_of("records")
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
            "record_close",
            old.session,
            Unit.DATE,
            "since-start",
            name="record_close.before.date",
        )
        if track.last > old.level and not track.live:
            roles["is_record"] = measure.fact(
                "record_close",
                track.last,
                track.instrument.unit,
                since=str(track.instrument.inception),
            )
            roles |= _counts(track, measure)
            parts = {"threshold": worth["record"], "surprise": moved}
            if (waited := _waited(track, old.session.isoformat())) > LONG_AGO:
                parts["wait"] = worth["wait"] * reach_of(waited)
            return measure.news("record_close", roles, parts)
        distance = track.last / old.level - 1
        if _near(track, old):
            roles |= _missing(track, old, measure)
            return measure.news(
                "near_record",
                roles,
                {
                    "threshold": worth["close" if distance > CLOSE else "near"],
                    "surprise": moved,
                },
            )
    year = dt.timedelta(days=366)
    if track.live or track.closes.index[-1] - track.closes.index[0] < year:
        return None
    if track.last > float(drawdowns.year_window(track.closes).iloc[:-1].max()):
        roles["high"] = measure.fact(
            "high_close",
            track.last,
            track.instrument.unit,
            "52-weeks",
        )
        return measure.news(
            "high_52_weeks",
            roles,
            {"threshold": worth["year_high"], "surprise": moved},
        )
    return None


def _waited(track: Track, since: str) -> int:
    """The sessions from the day *since* on, this one included."""
    return len(track.closes[since:])


def _near(track: Track, old: High) -> bool:
    """Whether the last level is right below the record *old*, on its way up to it."""
    return track.changes.iloc[-1] > 0 and NEAR <= track.last / old.level - 1 < 0


def _missing(track: Track, old: High, measure: Measure) -> dict[str, Fact]:
    """What the last level lacks of the record *old*."""
    return {
        "distance": measure.fact(
            "near_record",
            track.last / old.level - 1,
            Unit.FRACTION,
            "since-high",
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
    """How far below its record close a level is that does not come near it.

    None where it does, at a record, where no record can be claimed, and where it is of another
    time: a fall of a fifth from a record that is more than a year old.
    """
    if not track.record_start:
        return None
    measure, old = Measure.of(track), standing_record(track)
    if track.last >= old.level or _near(track, old) or of_another_time(track):
        return None
    roles = {
        "record": measure.fact(
            "record_close",
            old.level,
            track.instrument.unit,
            "since-start",
            name="record_close.before",
        ),
        "record_date": measure.fact(
            "record_close",
            old.session,
            Unit.DATE,
            "since-start",
            name="record_close.before.date",
        ),
        **_missing(track, old, measure),
    }
    return measure.news("below_record", roles)


def _counts(track: Track, measure: Measure) -> dict[str, Fact]:
    """The number of records this year, and of sessions in a row that set one."""
    records = records_made(track)
    run = len(records)
    if not records.all():
        run = int(records[::-1].to_numpy().argmin())
    year = int(records[sessions(records).year == track.session.year].sum())
    return {
        "count": measure.fact(
            "record_close",
            year,
            Unit.COUNT,
            "ytd",
            name="record_close.count",
        ),
        "run": measure.fact(
            "record_close",
            run,
            Unit.COUNT,
            "streak",
            name="record_close.run",
        ),
    }


def leads(found: News, track: Track, first: Track) -> bool:
    """Whether it leads, beside the *first* index.

    A record of the first index leads. A record of another index leads after a long wait, or if the
    first index hardly moved or rose a little: where it fell, that they parted is the news. A close
    right below a record leads only for the first index, and only on a day of little.
    """
    move = float(first.changes.iloc[-1])
    quiet = abs(move) < QUIET
    if found.finding.kind == "near_record":
        return track.leads and quiet and found.role("distance").number >= CLOSE
    waited = _waited(track, str(found.role("record_date").value)) > LONG_AGO
    return track.leads or waited or (quiet and move > -FLAT)


def detect(scene: Scene) -> Iterator[News | None]:
    """A record, a close near one, or how far below one each index is."""
    for track in scene.tracks:
        found = record(track)
        kind = found.finding.kind if found else ""
        if found and scene.window == "day" and kind != "high_52_weeks":
            found = found.beside(unless=leads(found, track, scene.tracks[0]))
        yield scene.standing(found)
        yield scene.standing(below(track))

"""The highest level within a session, beside record closes."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, standing_record
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Unit
from reportgen.datasets.market import Track


def peak(track: Track) -> News | None:
    """That a session went higher than any before, or a record close in one that did not.

    None otherwise, and where the data may lack a higher level of before: the highs of a series
    count from its first day on.
    """
    old, first = track.peak, track.closes.index[0].date()
    if track.high is None or old is None or first > track.instrument.inception:
        return None
    measure, unit = Measure.of(track), track.instrument.unit
    roles = {
        "record": measure.fact(
            "record_intraday",
            old.level,
            unit,
            "since-start",
            name="record_intraday.before",
        ),
        "date": measure.fact(
            "record_intraday",
            old.session,
            Unit.DATE,
            "since-start",
            name="record_intraday.before.date",
        ),
    }
    if track.high > old.level:
        roles["high"] = measure.fact(
            "record_intraday", track.high, unit, since=str(track.instrument.inception)
        )
        return measure.news("peak_record", roles, {"threshold": weights_of("peaks")["record"]})
    if track.last > standing_record(track).level:
        return measure.news("peak_standing", roles, {"threshold": weights_of("peaks")["standing"]})
    return None


def detect(scene: Scene) -> Iterator[News | None]:
    """Such a session of each index."""
    for track in scene.tracks:
        yield peak(track)

"""A wrong detector is held, whichever it is: the audit computes what it found from the rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import inprocess
import pandas as pd
import pytest

from reportgen.beats import scene as scenes
from reportgen.beats import spec
from reportgen.datasets.market import Market, Tracks
from reportgen.record.record import read_record
from reportgen.verify.audit import audit, objection
from reportgen.verify.rows import Location, Rows

SESSIONS = (
    "2025-10-10",
    "2024-12-31",
    "2025-04-09",
    "2024-08-05",
    "2025-10-01",
    "2024-11-06",
    "2025-03-13",
)
"""Days with much to tell: records, falls, ends of weeks and months, the Fed, a correction."""
BEATS = [beat.name for beat in spec.beats()]


def a_session_late(values):
    """*values* filed under the session after their own: every window begins at a wrong one."""
    moved = values.iloc[:-1].copy()
    moved.index = values.index[1:]
    moved.attrs |= values.attrs
    return moved


def two_sessions_late(values):
    """*values* filed under the second session after their own."""
    return a_session_late(a_session_late(values))


def of_wrong_sign(values):
    """*values* with the last move the other way."""
    turned = values.copy()
    turned.iloc[-1] = values.iloc[-2] ** 2 / values.iloc[-1]
    return turned


FAULTS = (a_session_late, two_sessions_late, of_wrong_sign)


def distorted(fault, scene):
    """*scene* with every series of it changed by *fault*."""
    snapshot = scene.market.snapshot
    events = snapshot.events.assign(date=snapshot.events["date"] + pd.Timedelta(days=1))
    changed = replace(
        snapshot,
        closes={name: fault(series) for name, series in snapshot.closes.items()},
        levels={name: series * 1.01 for name, series in snapshot.levels.items()},
        rates={name: fault(series) for name, series in snapshot.rates.items()},
        ranges={name: (low * 0.9, high * 1.1) for name, (low, high) in snapshot.ranges.items()},
        futures=fault(snapshot.futures),
        events=events,
        meetings=[
            (first + dt.timedelta(7), last + dt.timedelta(7)) for first, last in snapshot.meetings
        ],
    )
    panel = snapshot.panel
    if len(panel.closes):
        changed = replace(changed, panel=replace(panel, closes=fault(panel.closes)))
    market = Market(changed, scene.spec)
    market.log = scene.market.log

    def tracks(known):
        low, high = 0.9, 1.1
        found = [
            replace(
                one,
                closes=fault(one.closes),
                low=one.low and one.low * low,
                high=one.high and one.high * high,
            )
            for one in known
        ]
        return Tracks(found, known.missing)

    return replace(
        scene, market=market, tracks=tracks(scene.tracks), compared=tracks(scene.compared)
    )


@pytest.fixture(scope="module")
def judged(real_market):
    """By beat and fault, how many facts are found that should not be, and how many objected to."""
    counts = Counter()
    for session in SESSIONS:
        wrong, record = found_wrongly(session, real_market)
        rows = rows_of(record, session, real_market)
        for key, facts in wrong.items():
            claims = [{**fact.payload(), "fact": fact.id} for fact in facts]
            counts[(*key, "found")] += len(claims)
            counts[(*key, "objected")] += sum(bool(objection(claim, rows)) for claim in claims)
    return counts


def found_wrongly(session, data):
    """What each beat finds on that day in a market that is off and not in the right one, and the
    record of the right one."""
    right, wrong = scenes.detector, {}

    def detector(name):
        detect = right(name)

        def wrongly(scene):
            told = [news for news in detect(scene) if news]
            true = {fact for news in told for fact in news.facts}
            for fault in FAULTS:
                found = {f for news in detect(distorted(fault, scene)) if news for f in news.facts}
                wrong.setdefault((name, fault), set()).update(found - true)
            return told

        return wrongly if detect else None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenes, "detector", detector)
        record = read_record(inprocess.executed(session, data, "daily-recap"))
    return wrong, record


def rows_of(record, session, data):
    """The raw rows of a session, with the list of stocks of *record*."""
    place = Location(path=data, listed=record.context["list"])
    return Rows(place, dt.date.fromisoformat(session), market=record.market.payload())


@pytest.mark.truth
@pytest.mark.parametrize("session", SESSIONS)
def test_what_right_detectors_find_is_true(session, real_market):
    """The audit objects to nothing."""
    record = read_record(inprocess.executed(session, real_market, "daily-recap"))
    rows = rows_of(record, session, real_market)
    assert audit(record, (), rows).objections == ()


@pytest.mark.truth
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("beat", BEATS)
def test_a_wrong_detector_is_held(beat, fault, judged):
    """One beat sees a market that is off; the audit objects to what it finds on one of the days."""
    if not judged[beat, fault, "found"]:
        pytest.skip("on these days it finds what is true all the same")
    assert judged[beat, fault, "objected"]

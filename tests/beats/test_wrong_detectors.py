"""A wrong detector is held, whichever it is: the audit computes what it found from the rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import inprocess
import pandas as pd
import pytest

from reportgen.beats import scene as scenes
from reportgen.beats import spec
from reportgen.datasets.market import Market, Tracks
from reportgen.record.record import read_record
from reportgen.verify.audit import audit
from reportgen.verify.rows import Rows

SESSIONS = ("2025-10-10", "2024-12-31", "2025-04-09", "2024-08-05", "2025-09-19", "2024-11-06")
"""Days on which much was to be told: records, falls, weeks and months that ended, the Fed."""
BEATS = [beat.name for beat in spec.beats()]


def a_session_early(values):
    """*values* as they were a session ago."""
    return values.iloc[:-1]


def a_session_late(values):
    """*values* filed under the session after their own: every window begins at a wrong one."""
    moved = values.iloc[:-1].copy()
    moved.index = values.index[1:]
    moved.attrs |= values.attrs
    return moved


def of_wrong_sign(values):
    """*values* that moved the other way, up to the level before the last."""
    turned = values.iloc[-2] ** 2 / values
    turned.attrs |= values.attrs
    return turned


FAULTS = (a_session_early, a_session_late, of_wrong_sign)


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


def objections(session, data):
    """What the audit objects to in a daily recap of *session*."""
    record = read_record(inprocess.executed(session, data, "daily-recap"))
    rows = Rows(data, dt.date.fromisoformat(session), market=record.market.payload())
    return [str(one) for one in audit(record, (), rows).objections]


@pytest.mark.truth
def test_what_right_detectors_find_is_true(real_market):
    """The audit objects to nothing on these days."""
    assert [objections(session, real_market) for session in SESSIONS] == [[]] * len(SESSIONS)


@pytest.mark.truth
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("beat", BEATS)
def test_a_wrong_detector_is_held(beat, fault, real_market, monkeypatch):
    """One beat alone sees a market that is off; a brief of one of the days is held."""
    right = scenes.detector

    def detector(name):
        detect = right(name)
        return (lambda scene: detect(distorted(fault, scene))) if name == beat else detect

    monkeypatch.setattr(scenes, "detector", detector)
    assert any(objections(session, real_market) for session in SESSIONS)

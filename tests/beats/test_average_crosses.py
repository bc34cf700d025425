"""A close on the other side of an average, for the first time in long."""

from __future__ import annotations

import dataclasses

import pytest
from tiny import borne, count, fact, since

from reportgen.beats.averages.detect import crossed
from reportgen.beats.averages.proof import objection
from reportgen.core.facts import Unit


@pytest.fixture
def falling(track):
    """``falling(n)`` is an index that closes below its averages, for the first time in n + 1."""

    def build(between: int, **rest):
        levels = [110.0] * 60 + [90.0] + [120.0 + n / 10 for n in range(between)]
        return track("^GSPC", "2025-01-08", *levels, 80.0, start="2023-01-03", **rest)

    return build


def test_a_close_below_an_average_is_told_with_the_last_one_before(falling, said):
    """Of the average of more sessions, where it passed both."""
    told = falling(60)
    found = crossed(told)
    last = told.closes.index[-62].date()
    assert found.finding.kind == "average_below"
    assert said(found)["length"] == 200
    assert said(found)["since"] == last.isoformat()
    assert said(found)["average"] == pytest.approx(told.closes.iloc[-200:].mean(), rel=1e-12)


@pytest.mark.parametrize(("between", "told"), [(39, True), (38, False)])
def test_forty_sessions_without_such_a_close_make_it_news(falling, between, told):
    """No fewer."""
    assert (crossed(falling(between)) is not None) is told


def test_nothing_is_told_during_a_session(falling):
    """A level of a session that runs is no close."""
    assert crossed(falling(60, live=True)) is None


def test_nothing_is_told_across_a_hole(falling):
    """What an average was there is not known."""
    told = falling(60)
    holed = told.closes.drop(told.closes.index[-30])
    assert crossed(dataclasses.replace(told, closes=holed)) is None


def test_a_series_without_such_a_close_before_has_no_first_one_since(track):
    """Never is another claim."""
    levels = [100.0 + n / 10 for n in range(250)]
    assert crossed(track("^GSPC", "2025-01-08", *levels, 50.0, start="2024-01-09")) is None


class _Rows:
    """The closes of a track as a proof reads them."""

    def __init__(self, told) -> None:
        self._told = told

    def unbroken(self, symbol):  # noqa: ARG002
        """Days and closes."""
        days = [day.date() for day in self._told.closes.index]
        return days, self._told.closes.tolist()


def stated(found, role, **other):
    """The claim of a role, with *other* parts."""
    one = found.role(role)
    claim = {"instrument": one.instrument, "unit": str(one.unit), "window": one.window}
    return {**claim, "kind": one.kind, "value": one.value, **other}


def test_the_proof_agrees_with_what_is_found(falling):
    """By brute force, without the detector's averages."""
    told = falling(60)
    found = crossed(told)
    for role in ("length", "since"):
        assert objection(stated(found, role), _Rows(told)) is None


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("length", {"value": 50}),
        ("length", {"window": "100-sessions", "value": 100}),
        ("since", {"value": "2024-10-09"}),
    ],
)
def test_another_length_or_another_day_is_an_objection(falling, role, other):
    """One field is enough."""
    told = falling(60)
    assert objection(stated(crossed(told), role, **other), _Rows(told))


def test_a_day_after_the_cross_is_an_objection(falling, track):
    """The second close below an average is no first one."""
    told = falling(60)
    later = track("^GSPC", "2025-01-10", *told.closes.tolist(), 80.0, start="2023-01-03")
    claim = stated(crossed(told), "since")
    assert objection(claim, _Rows(later)) == "no average was crossed"


@pytest.mark.parametrize(
    ("words", "level", "true"),
    [
        ("closed below", 99.0, True),
        ("closes below", 99.0, True),
        ("closed below", 100.0, False),
        ("closed above", 99.0, False),
        ("closed above", 101.0, True),
        ("for the first time", 101.0, False),
        ("closed back above", 101.0, False),
    ],
)
def test_a_close_is_said_to_be_on_the_side_of_the_average_that_it_is_on(words, level, true):
    """Not on it, and not on the other."""
    average = fact("spx.moving_average", 100.0, Unit.LEVEL, window="50-sessions")
    now = fact("spx.level", level, Unit.LEVEL)
    assert borne(words, average, now) is true
    assert not borne(words, average, now, state="open")


def cross(key: str, day: str, length: int, level: float):
    """The facts of an index that closed at *level*, with an average of 100."""
    window = f"{length}-sessions"
    return (
        since(f"{key}.average_cross", day, window=window),
        fact(f"{key}.level", level, Unit.LEVEL),
        fact(f"{key}.moving_average", 100.0, Unit.LEVEL, window=window),
        count(f"{key}.average_length", length, window=window),
    )


@pytest.mark.parametrize(
    ("words", "day", "length", "level", "true"),
    [
        ("did", "2024-05-03", 50, 99.0, True),
        ("did", "2024-05-02", 50, 99.0, False),
        ("did", "2024-05-03", 200, 99.0, False),
        ("did", "2024-05-03", 50, 101.0, False),
        ("did so", "2024-05-02", 50, 99.0, True),
        ("did so", "2024-05-02", 200, 99.0, False),
        ("did so", "2024-05-02", 50, 101.0, False),
    ],
)
def test_another_index_did_so_if_it_crossed_the_same_average_the_same_way(
    words, day, length, level, true
):
    """ "As the Nasdaq did" also says: since the same day."""
    told, *own = cross("ndx", day, length, level)
    assert borne(words, told, *own, *cross("spx", "2024-05-03", 50, 99.0)) is true


def test_the_first_time_since_is_said_of_the_day_of_the_cross():
    """As of a round number."""
    told, *_ = cross("spx", "2024-05-03", 50, 99.0)
    assert borne("first time since", told)

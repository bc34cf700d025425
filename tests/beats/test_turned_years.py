"""A gain for the year that turned into a loss, or a loss into a gain."""

from __future__ import annotations

import dataclasses

import pytest
from tiny import borne, fact, since

from reportgen.beats.years.detect import turned
from reportgen.beats.years.proof import objection


@pytest.fixture
def year(track):
    """``year(between)`` is one that was up, then down for so many sessions, and is up again."""

    def build(between: int, *, last: float = 110.0, **rest):
        levels = [100.0, *[105.0] * 30, *[95.0] * between, last]
        end = {18: "2024-03-12", 19: "2024-03-13", 40: "2024-04-12"}[between]
        return track("^GSPC", end, *levels, start="2023-01-03", **rest)

    return build


def test_a_year_that_turns_positive_is_told_with_the_last_close_that_was(year, said):
    """And with what it was at the close before."""
    told = year(40)
    found = turned(told)
    assert found.finding.kind == "year_positive"
    assert said(found)["since"] == told.closes.index[-42].date().isoformat()
    assert (said(found)["before"], said(found)["ytd"]) == pytest.approx((-0.05, 0.1), abs=1e-9)


@pytest.mark.parametrize(("between", "told"), [(19, True), (18, False)])
def test_twenty_sessions_since_make_it_news(year, between, told):
    """Nineteen between, and the one of before."""
    assert (turned(year(between)) is not None) is told


@pytest.mark.parametrize("last", [95.0, 100.0])
def test_a_close_that_only_touches_the_last_one_of_the_year_before_turns_nothing(year, last):
    """Neither does one on the same side."""
    assert turned(year(40, last=last)) is None


def test_nothing_is_told_during_a_session_or_across_a_hole(year):
    """What is not known is not told."""
    told = year(40)
    assert turned(dataclasses.replace(told, live=True)) is None
    holed = dataclasses.replace(told, closes=told.closes.drop(told.closes.index[-20]))
    assert turned(holed) is None


def test_a_year_that_was_never_so_turns_without_a_day(track, said):
    """Down from its first session on."""
    levels = [100.0, *[95.0] * 60, 101.0]
    told = track("^GSPC", "2024-03-28", *levels, start="2023-01-03")
    assert "since" not in said(turned(told))


class _Rows:
    """The closes of a track as a proof reads them."""

    def __init__(self, told) -> None:
        self._told = told

    def unbroken(self, symbol):  # noqa: ARG002
        """Days and closes."""
        days = [day.date() for day in self._told.closes.index]
        return days, self._told.closes.tolist()


def test_the_proof_agrees_and_refuses_another_day(year, said):
    """From the rows alone."""
    told = year(40)
    claim = {"instrument": "^GSPC", "kind": "year_side", "unit": "date"}
    true = said(turned(told))["since"]
    assert objection({**claim, "value": true}, _Rows(told)) is None
    assert objection({**claim, "value": "2024-01-03"}, _Rows(told))


def test_the_proof_refuses_the_session_after(year, said):
    """It was so the day before."""
    told = year(40)
    later = dataclasses.replace(told, closes=told.closes.iloc[:-41])
    claim = {"instrument": "^GSPC", "value": said(turned(told))["since"]}
    assert objection(claim, _Rows(later)) == "it was so the day before"


@pytest.mark.parametrize(
    ("words", "before", "now", "true"),
    [
        ("turned positive", -0.01, 0.01, True),
        ("turns positive", 0.0, 0.01, True),
        ("turned positive", 0.01, 0.02, False),
        ("turned positive", -0.01, 0.0, False),
        ("turned negative", 0.01, -0.01, True),
        ("turned negative", -0.01, -0.02, False),
        ("turned negative", -0.01, 0.01, False),
    ],
)
def test_a_year_has_turned_if_the_close_before_was_on_the_other_side(words, before, now, true):
    """And never during a session."""
    told = fact("spx.ytd_change", now, window="ytd")
    eve = fact("spx.ytd_change.before", before, window="ytd")
    assert borne(words, told, eve) is true
    assert not borne(words, told, eve, state="open")


def test_the_first_time_since_is_said_of_its_day():
    """As of a round number."""
    assert borne("first time since", since("spx.year_side", "2024-02-21", window="ytd"))

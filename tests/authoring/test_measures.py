"""Statistics with a proof: what the notebook records, the raw rows bear out, and nothing beside."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.authoring import measures
from reportgen.config.resources import SAMPLE
from reportgen.record.templates import Templates
from reportgen.verify.audit import objection, owner_of
from reportgen.verify.rows import Rows
from reportgen.verify.vouching import standing

ROWS = Rows(SAMPLE, dt.date(2025, 1, 8))
MADE = {
    "moving_average": lambda track: measures.average(track, 200)[0],
    "average_gap": lambda track: measures.average(track, 50)[1],
    "realised_volatility": measures.realised,
    "rsi": measures.rsi,
}


def claim(fact, **changed):
    """The fact as the audit reads it."""
    return {**fact.payload(), "fact": fact.id, "unit": str(fact.unit), **changed}


@pytest.mark.parametrize("symbol", ["^GSPC", "^RUT", "AAPL", "^VIX"])
@pytest.mark.parametrize("kind", MADE)
def test_each_statistic_is_proven_from_the_raw_rows(kind, symbol, author):
    """By a proof that shares no code with it."""
    fact = MADE[kind](author.desk.track(symbol))
    assert fact.kind == kind
    assert owner_of(fact.kind, fact.unit) == "windows"
    assert objection(claim(fact), ROWS) is None


@pytest.mark.parametrize(
    ("off", "true"), [(9e-8, True), (-9e-8, True), (2e-7, False), (-2e-7, False)]
)
@pytest.mark.parametrize("kind", MADE)
def test_a_statistic_that_is_off_is_refused(kind, off, true, author):
    """By a ten-millionth of one, or of itself where it is larger."""
    fact = MADE[kind](author.desk.track("^GSPC"))
    other = fact.value + off * max(1.0, abs(fact.value))
    assert (objection(claim(fact, value=other), ROWS) is None) is true


@pytest.mark.parametrize("kind", MADE)
def test_a_statistic_of_another_window_or_instrument_is_refused(kind, author):
    """The same value of other sessions, and of another index."""
    fact = MADE[kind](author.desk.track("^GSPC"))
    other = int(fact.window.removesuffix("-sessions")) + 1
    assert objection(claim(fact, window=f"{other}-sessions"), ROWS)
    assert objection(claim(fact, instrument="^RUT"), ROWS)
    assert "are told of" in objection(claim(fact, window="99999-sessions"), ROWS)


def test_nobody_has_to_vouch_for_its_sentences():
    """They are shipped; what a story adds is facts."""
    story = (
        '{% import "story/en/parts/measures.j2" as measures with context %}\n'
        '{{ measures.stands(fact("spx.average_gap_200"), fact("spx.average_200")) }}\n'
    )
    assert standing(Templates((("story.j2", story, "story.j2"),))).new == ()

"""A time of day is true on the clock of its market, under that clock's name."""

import datetime as dt

import pytest

from reportgen.core.facts import Fact, Unit
from reportgen.verify import claims

AT = dt.datetime(2025, 1, 8, 13, 5, tzinfo=dt.UTC)


def judged(words, at, label):
    """Whether *words* are true of a fact of the time *at*, on a market whose time has that name."""
    fact = Fact(
        id="session.as_of",
        value=at.isoformat(),
        unit=Unit.TIME,
        instrument="session",
        kind="session",
        window="day",
        as_of=at.isoformat(),
        source="calendar",
    )
    evidence = claims.Evidence(facts={}, kinds={}, as_of=at, state="open", zone_label=label)
    pattern = next(pattern for pattern, judge in claims.RULES if judge is claims.clock)
    found = pattern.fullmatch(words)
    return found is not None and not claims.clock(found, fact, evidence)


@pytest.mark.parametrize(
    ("words", "at", "label", "true"),
    [
        ("1:05 p.m. ET", AT, "ET", True),
        ("1:05 p.m. London time", AT, "London time", True),
        ("1:05 p.m. ET", AT, "London time", False),
        ("1:05 p.m. London time", AT, "ET", False),
        ("1:05 a.m. ET", AT, "ET", False),
        ("1:06 p.m. ET", AT, "ET", False),
        ("1 p.m. ET", AT, "ET", False),
        ("noon ET", AT.replace(hour=12, minute=0), "ET", True),
        ("noon JST", AT.replace(hour=12, minute=0), "ET", False),
        ("noon ET", AT.replace(hour=12, minute=1), "ET", False),
    ],
)
def test_a_time_is_judged_to_the_minute_and_by_its_name(words, at, label, true):
    """Value, words, true or false."""
    assert judged(words, at, label) is true

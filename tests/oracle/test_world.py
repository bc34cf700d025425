"""Recaps of other markets on real data, each session by its own calendar."""

import datetime as dt
import re

import pytest
from sparing import first_quick
from world import DATA, FIRST, LAST, furnish, judge_of, judged, told

from reportgen.rendering.json import claims
from reportgen.story.citations import text_of
from reportgen.verify.audit import audit

FILE = DATA / "../../../shared/market/world/world_daily.csv.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the market data are not here")
EVERY = (pytest.param(53, marks=pytest.mark.long), 101)
"""In CI every so many sessions go before the judge, of even years; ``make test-long`` takes more
of them, of all years, and ``world.py`` takes them all.
"""
PARTS = [
    pytest.param((place, year), id=f"{place}-{year}", marks=[pytest.mark.long] if year % 2 else [])
    for place in LAST
    for year in range(FIRST.year, 2027)
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with the reports of every market."""
    place = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTGEN_CONFIG", "")
        furnish(place)
        yield place


DAYS = [
    ("gb", "2025-05-06"),  # the day after a holiday
    ("gb", "2024-12-24"),  # half a day
    ("de", "2025-05-27"),  # the day after one of New York's
    ("jp", "2024-11-05"),  # the first close at half past three
    ("jp", "2025-10-27"),  # before a decision in New York, which is known on the next day
    ("hk", "2025-01-28"),  # half a day, before holidays by the moon
    ("hk", "2023-09-11"),  # the session after a day lost to a rainstorm
    ("crypto-week", "2025-06-22"),  # a Sunday
]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("name", "day"), first_quick(DAYS))
def test_a_recap_is_true_of_its_own_session(name, day):
    """All of its facts and claims are computed again from the rows."""
    brief = told(name, day)
    session = dt.date.fromisoformat(brief.record.context["moment"]["session"])
    found = audit(brief.record, claims(brief), judge_of(brief.record, session))
    assert session.isoformat() == day
    assert [str(one) for one in found.objections] == []
    assert found.proven > 20


SUBJECTS = [
    ("2026-03-13", "FTSE 100 is down 6% this month; for the year, it is still up 3.3%"),
    ("2026-04-14", "up 0.1% this week; for the year, it is up 6.8%"),
]
"""A market with one index in its data."""


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("day", "words"), SUBJECTS)
@pytest.mark.slow
def test_an_index_that_stands_alone_is_compared_with_none(day, words):
    """Where it was the best and the worst of its window, it was named twice."""
    brief = told("gb", day)
    text = " ".join(text_of(runs) for _, runs in brief.narrative.texts())
    assert words in text
    assert "the index 6%" not in text
    assert not re.search(r"FTSE 100 is [^.]*, (and|but|while|with|then|though) the index", text)


@pytest.mark.usefixtures("desk")
@pytest.mark.slow
def test_a_clause_on_the_year_has_the_index_as_its_subject():
    """The session left the index below its record; it is not the session that is up."""
    brief = told("gb", "2014-06-16")
    text = " ".join(text_of(runs) for _, runs in brief.narrative.texts())
    assert not re.search(r"(?i)the session left[^.;]*,? and (is )?up", text)


@pytest.mark.truth
@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("part", PARTS)
def test_every_claim_of_a_market_is_true(desk, part, every):
    """And no section of it fails."""
    _, counted, false, _ = judged(desk, part, every)
    assert sum(counted.values()) > 100
    assert false == []

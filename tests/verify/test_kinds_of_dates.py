"""A date that stands alone is of the kind that the words before it named."""

from __future__ import annotations

import datetime as dt

import pytest
from told import tell

from reportgen.story.citations import Run
from reportgen.story.english import dates
from reportgen.verify import phrases
from reportgen.verify.factcheck import FactCheck

TODAY = dt.date(2024, 11, 6)


@pytest.fixture(scope="module")
def recap():
    """The recap of a day of records, highs and best days."""
    return tell("2024-11-06", report="daily-recap")


@pytest.mark.parametrize("own", [True, False])
def test_the_date_of_a_best_day_follows_no_other_superlative(recap, own):
    """Both dates are true, but after the words of the other kind the sentence is not."""
    best, high = (
        next(f for f in recap.record.facts.values() if f.kind == kind)
        for kind in ("best_day_since", "highest_close_since")
    )
    day = dt.date.fromisoformat(best.value)
    words = Run("best day since", best.id) if own else Run("highest since", high.id)
    runs = (
        Run("Its", f"@{words.ref}"),
        words,
        Run(" and "),
        Run("Dow", f"@{best.instrument}"),
        Run(dates.date(day, TODAY), best.id),
    )
    reasons = [check.reason for check in FactCheck(recap.record).line("body", runs)]
    assert ("a date of another kind than the words before it" in reasons) != own


def test_no_phrase_of_the_checker_breaks_on_any_fact(recap):
    """Whatever a person's headline makes it try, each condition has an answer for every fact
    there is."""
    check = FactCheck(recap.record)
    answers = [
        condition(fact, check.evidence)
        for _, condition in phrases.COMPILED
        for fact in recap.record.facts.values()
    ]
    assert {bool(answer) for answer in answers} == {True, False}

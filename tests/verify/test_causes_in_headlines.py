"""A headline states no cause of its own; its author is told how a person may state it."""

from dataclasses import replace

import pytest
from test_lines import DRIVER
from tiny import day, fact, record

from reportgen.core.errors import EditError
from reportgen.story.citations import text_of
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.headline import cited

FELL = "S&P 500 falls 2.9%"


def runs_of(words, *rows):
    """The runs of a headline of a day on which the S&P 500 fell by 2.9%."""
    facts = (day("session.date", "2025-01-08"), fact("spx.pct_change", -0.029))
    known = record(*facts, commentary=list(rows))
    context = {**known.context, "headline": words}
    return cited(words, FactCheck(replace(known, context=context)))


@pytest.mark.parametrize(
    ("cause", "clause"),
    [
        (", after the Fed cut rates", "Fed cut rates"),
        (" after the Fed cut rates", "Fed cut rates"),
        (" because of tariffs", "tariffs"),
        (" amid fears of war", "fears of war"),
        (" due to a strike", "strike"),
        (" on tariff news", "tariff news"),
        (" as traders panic", "traders panic"),
        (", as stocks feel the Fed", "stocks feel the Fed"),
    ],
)
def test_the_error_says_how_a_cause_may_be_stated(cause, clause):
    """With the command, and the clause that it takes."""
    with pytest.raises(EditError) as refused:
        runs_of(f"{FELL}{cause}")
    assert f'voice add BRIEF --driver --by NAME --says TEXT --clause "{clause}"' in str(
        refused.value
    )
    assert "An event has to be a fact of the brief" in str(refused.value)


@pytest.mark.parametrize("words", ["Acme falls 2.9%", f"{FELL}, gold shines", "Will stocks fall"])
def test_other_words_are_no_cause(words):
    """They are refused for what they are."""
    with pytest.raises(EditError) as refused:
        runs_of(words)
    assert "--driver" not in str(refused.value)


@pytest.mark.parametrize(
    ("ending", "true"),
    [
        (" as Fed waits, strategist says", True),
        (" as Fed waits, Tom Lee says", True),
        (" as Fed waits", False),
        (" as Fed cuts, strategist says", False),
        (" as Fed waits, analyst says", False),
        (", strategist says", False),
    ],
)
def test_a_headline_may_end_in_a_driver_s_clause_with_its_speaker(ending, true):
    """Word for word."""
    if true:
        assert text_of(runs_of(f"{FELL}{ending}", DRIVER)) == f"{FELL}{ending}"
    else:
        with pytest.raises(EditError):
            runs_of(f"{FELL}{ending}", DRIVER)

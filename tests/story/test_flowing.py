"""Sentences put together to a paragraph, and what has been told already."""

from __future__ import annotations

import pytest

from reportgen.story.citations import cite, split, text_of
from reportgen.story.compose import _flowing


def told(*lines):
    """The paragraph that those lines make, as a reader sees it."""
    return text_of(split(_flowing("\n".join(lines))))


def test_lines_become_one_paragraph():
    """Each after a space; empty ones leave no trace."""
    assert told("The Dow rose.", "", "Gold fell.") == "The Dow rose. Gold fell."


def test_a_line_that_opens_like_the_sentence_before_it_goes_on_after_a_semicolon():
    """And the name is not said twice in it."""
    name = cite("@^GSPC", "The S&P 500")
    assert told(f"{name} fell.", f"{name} is low.") == "The S&P 500 fell; it is low."


def test_a_name_is_said_again_where_the_sentence_has_another_one():
    """Nobody could tell which of them "it" is."""
    spx, dow = cite("@^GSPC", "The S&P 500"), cite("@^DJI", "the Dow")
    lines = (f"{spx} fell; {dow} rose.", f"{spx} is low.")
    assert told(*lines) == "The S&P 500 fell; the Dow rose; the S&P 500 is low."


def test_another_line_goes_between_two_that_would_say_a_name_twice():
    """No sentence has the same subject twice, where that can be had."""
    spx, dow = cite("@^GSPC", "The S&P 500"), cite("@^DJI", "the Dow")
    lines = (f"{spx} fell; {dow} rose.", f"{spx} is low.", "Gold rose.")
    assert told(*lines) == "The S&P 500 fell; the Dow rose. Gold rose. The S&P 500 is low."


def test_no_more_than_two_sentences_are_joined():
    """The third one starts anew."""
    name = cite("@^GSPC", "The S&P 500")
    lines = (f"{name} fell.", f"{name} is low.", f"{name} is small.", f"{name} is red.")
    assert told(*lines) == "The S&P 500 fell; it is low. It is small; it is red."


@pytest.mark.parametrize("second", ["The Nasdaq fell.", "It was The S&P 500's day.", "Oil fell."])
def test_other_openings_stay_sentences(second):
    """Three words alike are an opening alike."""
    assert told("The S&P 500 fell.", second) == f"The S&P 500 fell. {second}"


def test_the_last_sentence_of_a_line_counts_not_its_first():
    """What stands next to each other is compared."""
    assert (
        told("The S&P 500 fell. Oil rose.", "The S&P 500 rose.")
        == "The S&P 500 fell. Oil rose. The S&P 500 rose."
    )


def test_a_line_on_what_it_was_for_an_index_keeps_its_name():
    """Without the name, "it" could be the high or the record of the sentence before."""
    spx = cite("@^GSPC", "the S&P 500")
    line = f"For {spx} it was the third loss."
    assert told(f"{spx} fell.", line) == "the S&P 500 fell. For the S&P 500 it was the third loss."

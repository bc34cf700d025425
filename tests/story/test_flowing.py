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

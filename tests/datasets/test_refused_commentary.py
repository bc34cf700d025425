"""Commentary whose front matter is broken is refused in one line that names the file.

Nothing is written.
"""

from __future__ import annotations

import os

import pytest
from sparing import first_quick

from reportgen.core.errors import BadData
from reportgen.datasets.commentary import read_commentary

GOOD = """---
speaker: Ann Example
title: strategist
firm: Example Capital
date: 2025-01-07
kind: quote
topic: rates
source: client note
---
rates stay where they are
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    first_quick(
        [
            ("---\nrates", "rates", "the front matter is not closed"),
            ("speaker: Ann Example", "speaker: [Ann", "not valid YAML"),
            ("firm: Example Capital\n", "", "'firm' is missing"),
            (
                "topic: rates",
                "topic: rates\nmedum: by phone",
                "unknown 'medum' in the front matter. Did you mean 'medium'?",
            ),
            ("kind: quote", "kind: quot", "kind 'quot' is unknown. Did you mean 'quote'?"),
            (
                "2025-01-07",
                "2025-01-32",
                "date '2025-01-32' is none of a day (2025-01-07), a day and time",
            ),
            ("2025-01-07", "Jan. 7", "date 'Jan. 7' is none of a day"),
            ("rates stay where they are", "", "there is no text below the front matter"),
        ],
        quick=3,
    ),
)
def test_broken_front_matter_is_refused(sample, refused, old, new, words):
    """What is off is said with the file's name and, for a typo, the nearest word."""
    assert old in GOOD
    refused(
        sample.write("commentary/2025-01-example.md", GOOD.replace(old, new)),
        "2025-01-example.md",
        words,
    )


DRIVER = GOOD.replace("kind: quote", "kind: driver").replace("topic: rates", "topic: driver")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD, "about: DGS11", "about 'DGS11' is the symbol of no instrument. Did you mean 'DGS1"),
        (GOOD, "clause: Fed waits", "a clause is that of a driver"),
        (DRIVER, "clause: cut of 50 points", "has '5'; it has words alone"),
        (DRIVER, "clause: as Fed waits", "begins with 'as', which the brief says itself"),
        (DRIVER, f"clause: {'far ' * 11}", "has 43 characters; 40 at most"),
        (DRIVER, "clause: Fed waits.", "has '.'"),
        (DRIVER, 'clause: Fed "waits"', "words alone"),
    ],
)
def test_a_subject_or_a_clause_that_cannot_be_placed_is_refused(tmp_path, text, line, words):
    """An unknown symbol, a clause of no cause, figures and marks in it."""
    (tmp_path / "a.md").write_text(text.replace("source:", f"{line}\nsource:"))
    with pytest.raises(BadData) as refused:
        read_commentary(tmp_path)
    assert words in str(refused.value)


@pytest.mark.parametrize("clause", ["Fed waits", "Fed's Powell waits", "S&P rebalances"])
def test_a_statement_keeps_its_subject_and_its_clause(tmp_path, clause):
    """And one that has none keeps no empty ones."""
    lines = f"about: DGS10\nclause: {clause}\nsource:"
    (tmp_path / "a.md").write_text(DRIVER.replace("source:", lines))
    (tmp_path / "b.md").write_text(GOOD)
    with_both, without = (item.payload() for item in read_commentary(tmp_path))
    assert (with_both["about"], with_both["clause"]) == ("DGS10", clause)
    assert not {"about", "clause"} & without.keys()


NESTED = f"{'[' * 5000}{']' * 5000}"
LAUGHS = (
    "[" + ", ".join(["&a0 [x]", *(f"&a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]) + "]"
)
"""A list that is 2 ** 59 letters long as a text."""


@pytest.mark.parametrize("value", [NESTED, LAUGHS, "[Ann]", "{a: b}"])
def test_a_value_that_is_no_text_is_refused(tmp_path, value):
    """Before it is made a text, which may have no end."""
    text = GOOD.replace("Ann Example", value)
    (tmp_path / "a.md").write_text(text)
    with pytest.raises(BadData, match=r"a.md: ('speaker' in the front matter|the front matter is)"):
        read_commentary(tmp_path)


@pytest.mark.parametrize("special", [os.mkfifo, os.mkdir])
def test_a_statement_that_is_no_file_is_refused(tmp_path, special):
    """A pipe that nobody writes would be waited for."""
    special(tmp_path / "a.md")
    with pytest.raises(BadData, match=r"a.md: it is a folder, pipe or device"):
        read_commentary(tmp_path)

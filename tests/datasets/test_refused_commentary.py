"""Commentary whose front matter is broken is refused in one line that names the file.

Nothing is written.
"""

from __future__ import annotations

import pytest
from sparing import first_quick

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

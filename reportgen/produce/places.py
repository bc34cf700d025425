"""Where in the templates of a story a refused sentence stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportgen.record.templates import Templates
from reportgen.story.passages import own_passages
from reportgen.verify.factcheck import Check

LEAST = 8
"""Letters of a line of a story from which on it is known again in what it printed."""
OPEN = re.compile(r"…|\[[^\]]*\]|«[^»]*»")
"""What a line of a story leaves to its facts."""
Places = Sequence[tuple[str, re.Pattern[str]]]


def places_of(templates: Templates) -> Places:
    """File and line of each line of the report's own story, and what it may print."""
    found = []
    for passage in own_passages(templates):
        words = [re.escape(part.strip()) for part in OPEN.split(passage.words)]
        if sum(map(len, words)) > LEAST:
            place = f"{passage.name}, line {passage.line}"
            found.append((place, re.compile(".*?".join(words))))
    return found


def place_in(check: Check, places: Places) -> str:
    """File and line of the story's own line that said it; "" where no line is known again."""
    return next((place for place, line in places if line.search(check.sentence)), "")


def refusal(check: Check, places: Places) -> str:
    """What is wrong in words, with file and line where the story's own line said it."""
    cited = f" ({check.ref})" if check.ref else ""
    where = place_in(check, places) or check.where
    return f"{where}: “{check.words}”{cited}: {check.reason}"

"""The brief as plain text."""

from __future__ import annotations

import re
from dataclasses import replace

from reportgen.rendering.text import plain_text
from reportgen.story.citations import Run


def test_the_figures_of_the_strip_stand_below_each_other_whatever_the_names(sample_brief):
    """A name of a fund is longer than that of an index."""
    told = sample_brief.brief.narrative
    first, *others = told.strip
    longer = replace(first, name=(Run("Consumer discretionary", "rut.level"),))
    brief = replace(sample_brief.brief, narrative=replace(told, strip=(longer, *others)))
    lines = plain_text(brief).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Consumer discretionary"))
    rows = lines[start : start + len(told.strip)]
    assert {bool(re.fullmatch(r"[\d%] ", row[34:36])) for row in rows} == {True}

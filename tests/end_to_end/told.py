"""A brief read as its reader reads it: text by part, and claims by fact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from inprocess import executed
from style_rules import lint

from reportgen.record.record import Record, read_record
from reportgen.record.request import load_report
from reportgen.story.citations import text_of
from reportgen.story.compose import compose
from reportgen.story.model import Narrative
from reportgen.verify.factcheck import Check, FactCheck


@dataclass(frozen=True)
class Told:
    """A composed brief."""

    record: Record
    story: Narrative

    @property
    def text(self) -> str:
        """Everything a reader reads, a line a part."""
        return "\n".join(text_of(runs) for _, runs in self.story.texts())

    @property
    def body(self) -> str:
        """The story alone."""
        return " ".join(text_of(runs) for where, runs in self.story.texts() if where == "body")

    @property
    def title(self) -> str:
        """The headline."""
        return text_of(self.story.title)

    def value(self, id: str) -> float:
        """The raw value of a fact that the brief states; an error where it states it nowhere."""
        assert any(run.ref == id for _, runs in self.story.texts() for run in runs), (
            f"{id} is stated nowhere"
        )
        return self.record.facts[id].number

    def failed(self) -> list[Check]:
        """The fact check's complaints."""
        return FactCheck(self.record).narrative(self.story)


def tell(as_of: str, data: Path | str = "sample", report: str = "small-caps") -> Told:
    """The brief of *report* at *as_of*, its notebook executed in this process.

    What is told on the sample is kept; see :func:`tell_anew`.
    """
    return _kept(as_of, report) if data == "sample" else tell_anew(as_of, data, report)


@lru_cache(maxsize=32)
def _kept(as_of: str, report: str) -> Told:
    return tell_anew(as_of, "sample", report)


def tell_anew(as_of: str, data: Path | str, report: str) -> Told:
    """The brief of *report* at *as_of*, whether it was told before or not."""
    asked = load_report(report)
    record = read_record(executed(as_of, data, report))
    return Told(record, compose(record, asked.folder, asked.title))


def assert_well_told(brief: Told) -> None:
    """What holds of every brief.

    No complaint of the fact check or the lint, a short title, points and story, a whole footer.
    """
    assert brief.failed() == []
    assert lint(brief.story) == []
    assert len(brief.title) <= 75
    assert 1 <= len(brief.story.key_points) <= 3
    assert 100 <= len(brief.body.split()) <= 600
    assert len(brief.story.footer) == 3
    assert "~" not in brief.text


def words(text: str) -> list[str]:
    """The words and numbers of *text*, in lower case."""
    return re.findall(r"[a-z0-9']+", text.lower())

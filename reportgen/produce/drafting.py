"""The brief of an open notebook, as a cell shows it: ``desk.brief()``.

A notebook's door to the pipeline, as nbconvert's exporter is one. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from reportgen.core.errors import ReportgenError
from reportgen.core.svg import picture
from reportgen.produce.manifest import told_by
from reportgen.produce.places import places_of, refusal
from reportgen.record.record import Record, read_record
from reportgen.record.request import load_report
from reportgen.rendering import pictures
from reportgen.story import compose
from reportgen.story.citations import Runs, text_of
from reportgen.story.model import Narrative, Paragraph, Picture, Table
from reportgen.verify.factcheck import Check, FactCheck
from reportgen.verify.vouching import standing

NOTE = "color:#a40000;font-size:90%;margin:2px 0 8px 0"
CELL = "text-align:right;padding:2px 10px 2px 0"


def drafted(report: str, outputs: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The brief that the *outputs* of a notebook tell, as HTML and as lines of text.

    A refusal stands below its sentence, with its cause and with the line of the story. What
    cannot be told at all is one line.
    """
    made = {"report": told_by(load_report(report))}
    cells = [{"outputs": [{"data": output}]} for output in outputs]
    try:
        record = read_record({"cells": cells, "metadata": {"reportgen": made}})
        narrative = compose.compose(record, load_report(report).folder, record.title)
        checks = FactCheck(record).narrative(narrative, draft=True)
    except ReportgenError as error:
        return _refused(str(error)), f"No brief yet: {error}"
    draft = _Draft(record, narrative, checks)
    html, notes = draft.html(), draft.notes
    words = "every statement is borne out" if not notes else f"{len(notes)} refused"
    return html, "\n".join([f"Brief of {record.title}: {words}", *notes])


def _refused(words: str) -> str:
    return f'<p style="{NOTE}">No brief yet: {escape(words)}</p>'


class _Draft:
    """A told record, and what is wrong with it, line by line."""

    def __init__(self, record: Record, narrative: Narrative, checks: Sequence[Check]) -> None:
        self.record = record
        self.narrative = narrative
        self.checks = list(checks)
        self.notes: list[str] = []
        self.places = places_of(record.templates)

    def html(self) -> str:
        """The brief, with its refusals where they belong and the others at its end."""
        story = self.narrative
        parts = [f"<h3>{self._said(story.title)}</h3>", *self._below(story.title)]
        parts.append(f"<p><small>{self._said(story.kicker)}</small></p>")
        for point in story.key_points:
            parts += [f"<ul><li>{self._said(point)}</li></ul>", *self._below(point)]
        for block in story.blocks:
            parts += self._block(block)
        parts += [self._note(check) for check in self.checks]
        for passage in standing(self.record.templates).new:
            where = f"{passage.name}, line {passage.line}"
            words = f"{where}: nobody has vouched for “{passage.words}”."
            cure = f"reportgen vouch {self.record.context['report']} --by NAME"
            parts.append(self._told(f"{words} {cure}"))
        return "\n".join(parts)

    def _block(self, block: Any) -> Iterator[str]:
        if isinstance(block, Paragraph):
            yield f"<p>{self._said(block.runs)}</p>"
            yield from self._below(block.runs)
        elif isinstance(block, Table):
            yield self._table(block)
            lines = [block.title, *block.columns, *(cell for row in block.rows for cell in row)]
            for runs in lines:
                yield from self._below(runs)
        elif isinstance(block, Picture):
            yield self._picture(block)
            for runs in (block.title, block.subtitle, block.alt, *block.labels.values()):
                yield from self._below(runs)
            yield from self._inside(block)

    def _said(self, runs: Runs) -> str:
        """The words of a line, each figure with the fact behind it as its tip."""
        facts = self.record.facts
        return "".join(
            f'<span title="{escape(run.ref)}">{escape(run.text)}</span>'
            if run.ref in facts
            else escape(run.text)
            for run in runs
        )

    def _below(self, runs: Runs) -> Iterator[str]:
        """The refusals of one line; each stands once."""
        text = text_of(runs)
        for check in [one for one in self.checks if one.sentence == text and text]:
            self.checks.remove(check)
            yield self._note(check)

    def _inside(self, block: Picture) -> Iterator[str]:
        """The refusals of the words inside a picture."""
        inner = f"chart '{block.name}'"
        for check in [one for one in self.checks if inner in one.reason]:
            self.checks.remove(check)
            yield self._note(check)

    def _note(self, check: Check) -> str:
        return self._told(refusal(check, self.places))

    def _told(self, words: str) -> str:
        self.notes.append(words)
        return f'<p style="{NOTE}">&#9888; {escape(words)}</p>'

    def _table(self, block: Table) -> str:
        rows = [
            "".join(f'<td style="{CELL}">{self._said(cell)}</td>' for cell in row)
            for row in (block.columns, *block.rows)
        ]
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><caption>{self._said(block.title)}</caption>{body}</table>"

    def _picture(self, block: Picture) -> str:
        head = f"<p><b>{self._said(block.title)}</b><br><small>{self._said(block.subtitle)}"
        try:
            alone = Narrative(
                title=(),
                kicker=(),
                preheader=(),
                notices=(),
                key_points=(),
                strip=(),
                blocks=(block,),
                footer=(),
            )
            spec = pictures.specs_of(self.record, alone)[block.name]
            drawn = pictures.svg(spec, block.name, pictures.WIDE)
        except ReportgenError as error:
            return f"{head}</small></p>{self._told(str(error))}"
        return f"{head}</small></p>{picture(drawn, text_of(block.alt))}"

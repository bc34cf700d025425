"""What the renderers take, and what they give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.core.facts import Fact, Finding, Unit
from reportgen.record.record import Record
from reportgen.rendering.images import Drawn
from reportgen.story.citations import Run, Runs, text_of
from reportgen.story.model import Block, Narrative

READER = '<p class="reader" hidden></p>'
"""Where a page names the one it was made for; empty on a page for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A told and judged record.

    ``svgs`` has each picture drawn "wide" and "narrow", ``specs`` what
    they were drawn from.
    """

    report: str
    title: str
    label: str
    record: Record
    narrative: Narrative
    verdict: str
    gaps: tuple[str, ...]
    notebook: Mapping[str, Any]
    svgs: Mapping[str, Mapping[str, str]]
    specs: Mapping[str, Mapping[str, Any]]
    images: Mapping[str, Drawn] = field(default_factory=dict)
    """The pictures of a notebook without a story, drawn."""
    folder: str = ""
    """Where its files are, a folder or a URL; "" for one that was not written."""
    files: tuple[str, ...] = ()
    """The files that were written, the sealed record and the seal last."""

    @property
    def as_of(self) -> dt.datetime:
        """The moment the brief speaks of."""
        return dt.datetime.fromisoformat(self.record.context["moment"]["at"])

    @property
    def state(self) -> str:
        """The state of the session: pre, open, post or closed."""
        return str(self.record.context["moment"]["state"])

    @property
    def headline(self) -> str:
        """The title as plain text."""
        return text_of(self.narrative.title)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was computed, by fact id: ``brief.facts["spx.pct_change"].value``."""
        return self.record.facts

    @property
    def findings(self) -> Sequence[Finding]:
        """What is news, the highest-ranked first."""
        return sorted(self.record.findings, key=lambda finding: finding.rank)


def form(block: Block) -> str:
    """What a template calls a *block* of a notebook: the name of its class, in lower case."""
    return type(block).__name__.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One finished file."""

    name: str
    data: bytes


SHOWN = {
    Unit.FRACTION: (100, "%"),
    Unit.PROBABILITY: (100, "%"),
    Unit.YIELD: (100, "%"),
    Unit.PP: (100, " percentage points"),
    Unit.BP: (10_000, " basis points"),
    Unit.POINTS: (1, " points"),
}
"""How a raw value is shown: its factor and its sign."""


def rounded(value: float, unit: str) -> str:
    """*value* of *unit* as a list shows it.

    To two places, counts and basis points to none; with a true minus.
    """
    scale, sign = SHOWN.get(Unit(unit), (1, ""))
    places = 0 if unit in (Unit.COUNT, Unit.BP) else 2
    return f"{value * scale:,.{places}f}{sign}".replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True, slots=True)
class Span:
    """A run as a page shows it: words and, for a fact, raw value, origin, cell."""

    text: str
    value: str = ""
    origin: str = ""
    cell: int | None = None
    ref: str = ""
    date: bool = False
    mark: str = ""
    link: str = ""

    @property
    def figure(self) -> bool:
        """Whether the span shows a figure, which a page links to its cell."""
        return bool(self.ref) and not self.date and any(c.isdigit() for c in self.text)


def spans(runs: Runs, record: Record) -> list[Span]:
    """The spans of *runs*, each fact with where it comes from."""
    label = record.market.zone_label
    return [_span(run, record, label) for run in runs]


def _span(run: Run, record: Record, label: str) -> Span:
    if not run.is_fact:
        return Span(run.text, mark=run.mark, link=run.link)
    fact = record.facts[run.ref]
    dated = fact.unit in (Unit.DATE, Unit.TIME) or run.text == fact.window
    return Span(
        run.text, str(fact.value), _origin(fact, label), fact.cell, run.ref, dated, run.mark
    )


def _origin(fact: Fact, label: str) -> str:
    """What a reader sees who asks where a figure comes from.

    Unrounded value, what it is, source, as-of and cell.
    """
    value = fact.value
    if not isinstance(value, str):
        scale, sign = SHOWN.get(fact.unit, (1, ""))
        value = f"{value * scale:,.8g}{sign}".replace("-", "\N{MINUS SIGN}")
    at = dt.datetime.fromisoformat(fact.as_of)
    as_of = f"{at:%b} {at.day}, {at.year}" + (f", {at:%H:%M} {label}" if "T" in fact.as_of else "")
    return (
        f"{value} · {fact.kind.replace('_', ' ')}, {fact.window} ·"
        f" {fact.source} · as of {as_of} · cell {fact.cell}"
    )

"""Figures of releases as a brief tells them: a desk's file, a moment, a sentence of each figure."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tiny import day, record

from reportgen.beats.scene import Scene, news_of
from reportgen.core.facts import Finding
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.markets.instruments import instrument
from reportgen.produce import auditing
from reportgen.record.record import Record
from reportgen.record.templates import Templates
from reportgen.story.citations import text_of
from reportgen.story.compose import compose
from reportgen.story.model import Narrative, Table
from reportgen.verify.audit import Audit, audit
from reportgen.verify.factcheck import Check, FactCheck
from reportgen.verify.rows import Location

US = market("us")
LATER = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
HEAD = (
    '{% import "story/en/releases.j2" as releases with context %}\n# Figures\n\n~ kicker: Recap\n'
)
EACH = """
{% for f in releases.listed %}{{ forget() }}
{{ releases.whole(f, true, source=true) | oneline | cap }}.{{ releases.side(f) }}{{ releases.more(f) | oneline }} {{ releases.revision(f) | oneline }}

{% endfor %}
"""
"""A story with a paragraph for each figure of the day."""
WHOLE = """
{% if releases.leads %}{{ releases.lead(lead) | oneline }} {% endif %}{{ releases.above() | oneline }}

{{ releases.below() | oneline }}

{{ releases.table() }}

{{ releases.tomorrow() }}
"""
"""A story with what a recap says of them."""
COLUMNS = (
    *("series", "period", "stage", "actual", "previous", "previous_first", "consensus", "poll"),
    *("released_at", "known_at", "earlier"),
)


class Told(NamedTuple):
    """What a story says at a moment, and what it rests on."""

    record: Record
    narrative: Narrative

    @property
    def paragraphs(self) -> list[str]:
        """Its paragraphs, as a reader reads them."""
        found = [text_of(one.runs).strip() for one in self.narrative.blocks if hasattr(one, "runs")]
        return [text for text in found if text]

    @property
    def table(self) -> Table | None:
        """The table of the figures."""
        return next((one for one in self.narrative.blocks if isinstance(one, Table)), None)

    def checked(self) -> list[Check]:
        """What the check of words objects to."""
        return FactCheck(self.record).narrative(self.narrative, draft=True)

    def audited(self, folder: Path) -> Audit:
        """What the audit says of its facts by the data in *folder*."""
        return audit(self.record, (), auditing.rows_of(self.record, Location(path=folder)))


def write(folder: Path, rows: Iterable[Mapping[str, str]], events: str = "") -> Path:
    """A dataset of prints with those *rows*, and a calendar of *events*."""
    with (folder / "prints.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    files = [("prints.csv", "prints")]
    if events:
        (folder / "events.csv").write_text(f"date,name,kind,time\n{events}")
        files.append(("events.csv", "events"))
    described = [
        f'[[files]]\npath = "{name}"\nrole = "{role}"\nsource = "a test"' for name, role in files
    ]
    (folder / "dataset.toml").write_text("\n".join(['name = "figures"', *described, ""]))
    return folder


def told(folder: Path, as_of: str, story: str = EACH) -> Told:
    """What *story* says at a moment, of a market whose prices nobody knows."""
    moment = US.calendar.resolve(as_of, LATER)
    data = Market(take(open_dataset(folder), moment, [], ()), US)
    news = sorted(news_of("releases", Scene(market=data)), key=lambda one: -one.finding.score)
    findings = [_ranked(one.finding, rank) for rank, one in enumerate(news, 1)]
    facts = {fact.id: fact for one in news for fact in one.facts}
    clock = day("session.date", moment.session.isoformat(), instrument="session")
    ahead = day("session.upcoming", moment.upcoming.isoformat(), instrument="session")
    rows = [instrument(series).payload() for series in US.releases]
    context = {"moment": moment.payload(), "instruments": rows, "report": "a report"}
    own = Templates((("story.j2", HEAD + story, "story.j2"),))
    blank = record(clock, **context)
    whole = Record(
        context=blank.context,
        facts={clock.id: clock, ahead.id: ahead, **facts},
        findings=tuple(findings) or blank.findings,
        charts={},
        tables={},
        sections=blank.sections,
        made={"title": "A report", "story": [list(row) for row in own.own]},
    )
    return Told(whole, compose(whole, Path(), "A report", own))


def _ranked(finding: Finding, rank: int) -> Finding:
    return Finding(
        kind=finding.kind,
        instrument=finding.instrument,
        facts=finding.facts,
        score=finding.score,
        section="all",
        rank=rank,
    )


def row(series: str, period: str, actual: str, released_at: str, **rest: str) -> dict[str, str]:
    """A row of a desk's file."""
    return {
        "series": series,
        "period": period,
        "actual": actual,
        "released_at": released_at,
        **rest,
    }


def surprised(series: str, *gaps: float, step: float = 1.0) -> Sequence[dict[str, str]]:
    """Rows of the months before 2024-01 with surprises of those *gaps*, oldest first."""
    rows = []
    for ago, gap in zip(range(len(gaps), 0, -1), gaps, strict=True):
        months = 2024 * 12 - ago
        told = (months + 1) // 12, (months + 1) % 12 + 1
        rows.append(
            row(
                series,
                f"{months // 12}-{months % 12 + 1:02}",
                f"{100_000 * step + gap:g}",
                f"{told[0]}-{told[1]:02}-06T08:30",
                consensus=f"{100_000 * step:g}",
                poll="a survey",
            )
        )
    return rows

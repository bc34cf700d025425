"""An executed notebook read back: the only thing that anything after the kernel may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from typing import Any

from reportgen.edits import FILE, Correction, Edits
from reportgen.errors import EditError, RecordError, did_you_mean
from reportgen.facts import (
    CHART_MEDIA,
    CONTEXT_MEDIA,
    FACT_MEDIA,
    FINDING_MEDIA,
    SECTION_MEDIA,
    TABLE_MEDIA,
    Fact,
    Finding,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """How one section of the notebook ended."""

    name: str
    required: bool
    status: str
    error: str
    cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a run recorded. Facts, findings, charts and tables of failed sections are not in it."""

    context: Mapping[str, Any]
    facts: Mapping[str, Fact]
    findings: tuple[Finding, ...]
    charts: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, Mapping[str, Any]]
    sections: tuple[Section, ...]

    @property
    def failed(self) -> tuple[Section, ...]:
        """The sections that failed."""
        return tuple(s for s in self.sections if s.status != "ok")

    @property
    def lead(self) -> Finding:
        """The highest-ranked finding of the required sections, or the one that a person put at rank 0: what the report is about."""
        required = {s.name for s in self.sections if s.required}
        ranked = sorted(self.findings, key=lambda f: f.rank)
        if not ranked:
            raise RecordError("The record holds no finding; there is nothing to tell.")
        return next((f for f in ranked if f.section in required or f.rank == 0), ranked[0])

    @property
    def instruments(self) -> Mapping[str, Mapping[str, Any]]:
        """The instruments the record may name, by symbol."""
        return {row["symbol"]: row for row in self.context["instruments"]}

    @property
    def commentary(self) -> Mapping[str, Mapping[str, Any]]:
        """The current statements of people, by id."""
        return {row["id"]: row for row in self.context["commentary"]}

    def without(self, hidden: AbstractSet[str]) -> Record:
        """The record as a reader is told it who is not shown the sections, or the topics of statements, in *hidden*.

        Facts stay: what is told may rest on them.
        """
        shown = [
            row
            for row in self.context["commentary"]
            if row["topic"] not in hidden and "commentary" not in hidden
        ]
        return replace(
            self, context={**self.context, "commentary": shown},
            findings=tuple(f for f in self.findings if f.section not in hidden),
            charts={name: chart for name, chart in self.charts.items() if chart["section"] not in hidden},
            tables={name: table for name, table in self.tables.items() if table["section"] not in hidden},
            sections=tuple(s for s in self.sections if s.name not in hidden),
        )  # fmt: skip


def read_record(notebook: Mapping[str, Any]) -> Record:
    """The record in an executed *notebook* (nbformat 4); RecordError where it holds none that can be read."""
    try:
        return _read(notebook)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(
            f"The notebook's record can not be read; was it written by another version? {error!r}"
        ) from error


def _read(notebook: Mapping[str, Any]) -> Record:
    payloads = list(_payloads(notebook))
    contexts = [p for _, media, p in payloads if media == CONTEXT_MEDIA]
    if len(contexts) != 1:
        raise RecordError(
            f"The notebook has {len(contexts)} run contexts, one is needed; was it executed by reportgen?"
        )
    sections = tuple(
        Section(**p, cell=cell) for cell, media, p in payloads if media == SECTION_MEDIA
    )
    lost = {s.name for s in sections if s.status != "ok"}
    kept = [(cell, media, p) for cell, media, p in payloads if p.get("section", "") not in lost]
    facts: dict[str, Fact] = {}
    for cell, _, payload in (row for row in kept if row[1] == FACT_MEDIA):
        if payload["id"] in facts:
            raise RecordError(
                f"Fact '{payload['id']}' is recorded twice; ids are unique.", subject=payload["id"]
            )
        facts[payload["id"]] = Fact.from_payload(payload, cell)
    findings = [Finding(**p) for _, media, p in kept if media == FINDING_MEDIA]
    findings = [f for f in findings if all(i in facts for i in f.facts.values())]
    ranked = sorted(findings, key=lambda f: -f.score)
    return Record(
        context=contexts[0], facts=facts, sections=sections,
        findings=tuple(replace(f, rank=ranked.index(f) + 1) for f in findings),
        charts={p["name"]: p for _, media, p in kept if media == CHART_MEDIA},
        tables={p["name"]: p for _, media, p in kept if media == TABLE_MEDIA},
    )  # fmt: skip


def _payloads(notebook: Mapping[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    media_types = {
        CHART_MEDIA,
        CONTEXT_MEDIA,
        FACT_MEDIA,
        FINDING_MEDIA,
        SECTION_MEDIA,
        TABLE_MEDIA,
    }
    for number, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", ()):
            for media, payload in output.get("data", {}).items():
                if media in media_types:
                    yield number, media, payload


def edited(record: Record, edits: Edits) -> Record:
    """*record* as people want it told: without what they drop, under their lead, with their drivers among the statements."""
    dropped = {id(finding) for name in edits.drop for finding in named(record, name)}
    kept = [finding for finding in record.findings if id(finding) not in dropped]
    if edits.lead:
        lead = min(named(record, edits.lead), key=lambda finding: finding.rank)
        if id(lead) in dropped:
            raise EditError(
                f"'{edits.lead}' can not be both the lead and dropped.", subject=edits.lead
            )
        kept = [replace(finding, rank=0) if finding is lead else finding for finding in kept]
    said = [
        *record.context["commentary"],
        *_statements(edits, str(record.context["moment"]["session"])),
    ]
    context = {**record.context, "commentary": said, "headline": edits.headline}
    if edits.correction:
        context["correction"] = _corrected(record, edits.correction)
    return replace(record, findings=tuple(kept), context=context)


def _corrected(record: Record, correction: Correction) -> dict[str, Any]:
    """*correction* as JSON, each figure with the name of its instrument, and with the notice that tells it."""
    rows = []
    for change in correction.changed:
        instrument = record.facts[change.fact].instrument if change.fact in record.facts else ""
        name = record.instruments.get(instrument, {}).get("short", "")
        rows.append(replace(change, name=f"{name}, {change.name}" if name else change.name))
    told = replace(correction, changed=tuple(rows))
    return {**asdict(told), "changed": [asdict(change) for change in rows], "notice": told.notice}


def named(record: Record, name: str) -> list[Finding]:
    """The findings that go by *name*, "kind" or "kind SYMBOL"; EditError with the nearest name where there is none."""
    found = [finding for finding in record.findings if name in (finding.kind, name_of(finding))]
    if not found:
        known = {name for finding in record.findings for name in (finding.kind, name_of(finding))}
        near = did_you_mean(name, known)
        hint = near if "mean" in near else " 'reportgen findings' lists them."
        raise EditError(f"This brief has no finding '{name}'.{hint}", subject=name)
    return found


def name_of(finding: Finding) -> str:
    """What a finding goes by: "record_close ^IXIC"."""
    return f"{finding.kind} {finding.instrument}"


def _statements(edits: Edits, session: str) -> list[dict[str, str]]:
    return [
        {"id": f"commentary.driver-{n}", "speaker": d.author, "title": "", "firm": "", "date": d.date or session, "kind": "driver",
         "topic": "driver", "source": FILE, "text": d.text, "medium": "", "event": ""}
        for n, d in enumerate(edits.driver, 1)
    ]  # fmt: skip

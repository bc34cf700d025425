"""An executed notebook, read back: the only input of all later stages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from reportgen.beats import Beat, beats, payloads
from reportgen.config.schema import typed
from reportgen.core.errors import EditError, RecordError, did_you_mean
from reportgen.core.facts import (
    CHART_MEDIA,
    CONTEXT_MEDIA,
    FACT_MEDIA,
    FACTS_MEDIA,
    FINDING_MEDIA,
    SECTION_MEDIA,
    TABLE_MEDIA,
    Fact,
    Finding,
)
from reportgen.markets import MarketSpec, market
from reportgen.record import old_stories, own
from reportgen.record.edits import FILE, Correction, Edits, Quote
from reportgen.record.foreign import kept_of, own_numbers
from reportgen.record.kinds import OwnKind, declared
from reportgen.record.request import Policy, Report, load_report, policy_of
from reportgen.record.shown import KIND, NOTICE, UNTOLD, Showing, Shown, showing
from reportgen.record.templates import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """How one section of the notebook ended."""

    name: str
    required: bool
    status: str
    error: str
    cell: int
    line: int = 0
    """The line of its cell at which it stopped; 0 where it did not, or that is not known."""
    number: int = 0
    """The number of its cell in the notebook as its author has it."""
    read: tuple[str, ...] = ()
    """The symbols and series that it asked for."""
    missing: tuple[Mapping[str, Any], ...] = ()
    """Those without a value for the session: symbol, name, why.

    ``declared`` if the dataset says that it never covers it, ``shown`` if the
    section only shows it in a table.
    """

    @property
    def place(self) -> str:
        """Where in the notebook it stopped, "cell 5, line 2"; "" where that is not known."""
        return f"cell {self.number}, line {self.line}" if self.line and self.number else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One gap in a brief, as its reader sees it."""

    name: str
    reasons: tuple[str, ...]
    section: str = ""
    required: bool = False
    declared: bool = False
    """Whether the dataset itself says that it never covers this:
    named, but not counted.
    """


@cache
def _market_of(kept: str) -> MarketSpec:
    return typed(
        json.loads(kept),
        MarketSpec,
        "the market in the record",
        RecordError,
    )


def _beats_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Beat, ...]:
    """The families of news that a record keeps; mostly today's, which need no second reading."""
    if kept == payloads():
        return beats()
    return tuple(typed(row, Beat, "the beats in the record", RecordError) for row in kept)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a run recorded, without the facts and findings of failed sections."""

    context: Mapping[str, Any]
    facts: Mapping[str, Fact]
    findings: tuple[Finding, ...]
    charts: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, Mapping[str, Any]]
    sections: tuple[Section, ...]
    kinds: Mapping[str, OwnKind] = field(default_factory=dict)
    """The kinds of facts that its notebook declares, and what may be said of them."""
    vouched: Mapping[str, str] = field(default_factory=dict)
    """Words of the notebook's own, and who vouches for them."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """What the run kept of its report.

    Title, policy, and the story it was told by; empty in records of 0.1.0.
    """
    shown: tuple[Shown, ...] = ()
    """What a notebook without a story shows, in its order."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The values that such a notebook glued by scrapbook, by name."""

    @property
    def plain(self) -> bool:
        """Whether it is of a notebook without a story: what it shows is not checked."""
        return bool(self.context.get("plain"))

    @property
    def policy(self) -> Policy:
        """The gate's rules: those that the record keeps, or the report's current ones."""
        return policy_of(self.made["policy"]) if "policy" in self.made else self._report.gate

    @property
    def title(self) -> str:
        """What the report is called: as the record keeps it, or today."""
        return str(self.made["title"]) if "title" in self.made else self._report.title

    @cached_property
    def templates(self) -> Templates:
        """The story that told the record: its own copy, or the report's current one."""
        if "story" in self.made:
            return Templates(tuple(map(tuple, self.made["story"])))
        return Templates.of(self._report.folder)

    @property
    def _report(self) -> Report:
        return load_report(self.context["report"])

    @cached_property
    def market(self) -> MarketSpec:
        """The market of the report; records of 0.1.0 are all of New York."""
        kept = self.context.get("market")
        return _market_of(json.dumps(kept)) if kept else market("us")

    @cached_property
    def beats(self) -> tuple[Beat, ...]:
        """The families of news that the run knew; today's for records of 0.1.0."""
        kept = self.context.get("beats")
        return beats() if kept is None else _beats_of(kept)

    @property
    def failed(self) -> tuple[Section, ...]:
        """The sections that failed."""
        return tuple(s for s in self.sections if s.status != "ok")

    @property
    def noted_from(self) -> str:
        """The session, in ISO 8601: the strip shows levels of that day without a date.

        "" before an open and on a closed day: all levels are then of another day than the brief.
        """
        if self.context["moment"]["state"] in ("pre", "closed"):
            return ""
        return str(self.facts["session.date"].value)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """All gaps: failed sections, and values that other sections lack.

        A value that several sections lack is named once, with the section that
        tells it rather than with a table.
        """
        listed = self.context.get("listed", ())
        needed = {row["symbol"] for row in listed if row.get("required")}
        return tuple(_gaps(self.sections, needed))

    @property
    def told_gaps(self) -> list[str]:
        """The names of the gaps that stand above a brief.

        Not those of pictures, nor what the data never cover.
        """
        names = (g.name for g in self.gaps if not g.declared and not g.section.startswith(PICTURE))
        return list(dict.fromkeys(names))

    def _behind_gaps(self) -> str:
        """Which of the values that are missing failed a check; "" where none did."""
        told = [section for section in self.sections if not section.name.startswith(PICTURE)]
        rows = [row for section in told for row in (*_rows(section, ""), *_rows(section, "shown"))]
        names = dict.fromkeys(row["name"] for row in rows)
        failed = [name for name in names if name in self.context.get("kept_out", {})]
        if not failed:
            return ""
        absent = [name for name in names if name not in failed]
        each = "the" if len(self.told_gaps) == 1 else "each"
        line = f"Behind {each} gap: {_and(failed)} failed a check"
        return f"{line}; {_and(absent)} missing or late." if absent else f"{line}."

    @cached_property
    def unworded(self) -> list[str]:
        """The beats that found something for which the story has no sentences.

        By name; where it has sentences for other kinds of the beat, the kinds.
        """
        found, lines = {finding.kind for finding in self.findings}, list[str]()
        asks = self.templates.asks
        for beat, worded in zip(self.beats, self.worded, strict=True):
            kinds = [name for name in beat.kinds if name in found - worded.kinds.keys()]
            lacking = [name for name in kinds if beat.kinds[name].rank is not None]
            if worded.kinds and asks:
                lines += lacking
            elif lacking:
                lines.append(beat.name)
        return lines

    @cached_property
    def worded(self) -> tuple[Beat, ...]:
        """The beats with the kinds that the story has sentences for."""
        templates = self.templates
        if not templates.asks:
            return tuple(old_stories.known_to_it(self.beats))
        return tuple(map(templates.worded, self.beats))

    @cached_property
    def footnotes(self) -> list[str]:
        """Lines at the foot of a brief.

        What failed a check, what its data never cover, and what was fetched after its moment.
        """
        names = [gap.name for gap in self.gaps if gap.declared]
        later = self.context.get("later", ())
        shown = f"{len(later)} series"
        if len(later) <= MOST_LATER:
            shown = ", ".join(later)
        lines = [behind] if (behind := self._behind_gaps()) else []
        lines += [f"Not in these data: {', '.join(names)}."] if names else []
        if unworded := self.unworded:
            lines.append(f"Found, but the story has no words for it: {', '.join(unworded)}.")
        if later:
            lines.append(f"Fetched only after this moment, and so as it was known later: {shown}.")
        return lines

    @property
    def lead(self) -> Finding:
        """The top finding that may lead, or a person's choice (rank 0).

        It is of the required sections, which are what the report is about, or of a kind
        that may lead from any section. The story has words for it, if it has for any.
        """
        required = {s.name for s in self.sections if s.required}
        ranked = sorted(self.findings, key=lambda f: f.rank)
        if not ranked:
            raise RecordError("The record holds no finding; there is nothing to tell.")
        if self.templates.asks:
            kinds = {name for beat in self.beats for name in beat.kinds}
            mute = kinds - {name for beat in self.worded for name in beat.kinds}
            ranked = [f for f in ranked if f.kind not in mute or f.rank == 0] or ranked
        others = {
            name
            for beat in self.beats
            for name, kind in beat.kinds.items()
            if beat.looks_at != "indexes" and kind.may_lead == "any"
        }
        return next(
            (f for f in ranked if f.section in required or f.kind in others or f.rank == 0),
            ranked[0],
        )

    @cached_property
    def instruments(self) -> Mapping[str, Mapping[str, Any]]:
        """The instruments the record may name, by symbol."""
        return {row["symbol"]: row for row in self.context["instruments"]}

    @property
    def commentary(self) -> Mapping[str, Mapping[str, Any]]:
        """The current statements of people, by id."""
        return {row["id"]: row for row in self.context["commentary"]}

    def without(self, hidden: AbstractSet[str]) -> Record:
        """The record without the sections and the topics of statements in *hidden*.

        Facts stay: what is told may rest on them.
        """
        shown = [
            row
            for row in self.context["commentary"]
            if row["topic"] not in hidden and "commentary" not in hidden
        ]
        return replace(
            self,
            context={**self.context, "commentary": shown},
            findings=tuple(f for f in self.findings if f.section not in hidden),
            charts=_outside(self.charts, hidden),
            tables=_outside(self.tables, hidden),
            sections=tuple(s for s in self.sections if s.name not in hidden),
        )


def read_record(notebook: Mapping[str, Any]) -> Record:
    """The record in an executed *notebook* (nbformat 4).

    Raises:
        RecordError: It has no record, or one that cannot be read.
    """
    try:
        return _read(notebook)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(
            f"The notebook's record cannot be read; was it written by another version? {error!r}"
        ) from error


def _read(notebook: Mapping[str, Any]) -> Record:
    payloads = list(_payloads(notebook))
    contexts = [p for _, media, p in payloads if media == CONTEXT_MEDIA]
    alone = kept_of(notebook)
    found = Showing()
    if alone:
        found = showing(notebook, str(alone["file"]))
        contexts = [_context(alone, contexts, payloads)]
    if len(contexts) != 1:
        raise RecordError(
            f"The notebook has {len(contexts)} run contexts, one is needed; was"
            " it executed by reportgen?"
        )
    numbers = own_numbers(notebook["cells"])
    sections = tuple(
        _section(p, cell, numbers[cell]) for cell, media, p in payloads if media == SECTION_MEDIA
    )
    sections += (*_unread(contexts[0], sections), *_shown_sections(found, alone))
    lost = {s.name for s in sections if s.status != "ok"}
    kept = [(cell, media, p) for cell, media, p in payloads if p.get("section", "") not in lost]
    said = [p for _, media, p in kept if media == FACTS_MEDIA]
    facts: dict[str, Fact] = {}
    for cell, _, payload in (row for row in kept if row[1] == FACT_MEDIA):
        _recorded(facts, Fact.from_payload(payload, cell))
    findings = [Finding(**p) for _, media, p in kept if media == FINDING_MEDIA]
    findings = [f for f in findings if facts.keys() >= set(f.facts.values())]
    if alone:
        findings.append(Finding(kind=KIND, instrument="", facts={}, section=KIND, score=math.inf))
    ranked = sorted(findings, key=lambda f: -f.score)
    return Record(
        context=contexts[0],
        facts=facts,
        sections=sections,
        findings=tuple(replace(f, rank=ranked.index(f) + 1) for f in findings),
        kinds=declared(said),
        vouched=own.vouched(said),
        made=notebook.get("metadata", {}).get("reportgen", {}).get("report", {}),
        charts={p["name"]: p for _, media, p in kept if media == CHART_MEDIA and not alone},
        tables={p["name"]: p for _, media, p in kept if media == TABLE_MEDIA and not alone},
        shown=tuple(found.items),
        values=found.values,
    )


def _context(
    alone: Mapping[str, Any],
    contexts: Sequence[Mapping[str, Any]],
    payloads: Sequence[tuple[int, str, Mapping[str, Any]]],
) -> dict[str, Any]:
    """The context of a notebook without a story: its own, over that of the desk it opened."""
    if len(contexts) > 1:
        raise RecordError(
            f"{alone['file']} opens {len(contexts)} desks; a brief is of one.",
            subject=alone["file"],
        )
    moment = contexts[0]["moment"] if contexts else alone["moment"]
    if alone["moment"] and moment["label"] != alone["moment"]["label"]:
        raise RecordError(
            f"{alone['file']} opens its desk as of {moment['label']}, and the brief is of"
            f" {alone['moment']['label']}; give the notebook a parameter as_of, and open the"
            " desk with it.",
            subject=alone["file"],
        )
    empty: dict[str, Any] = {
        "dataset": str(alone["file"]),
        "manifest": [],
        "sources": {},
        "instruments": [],
        "commentary": [],
    }
    of_data = str(contexts[0]["notice"]) if contexts else ""
    cites = any(media in (FACT_MEDIA, FINDING_MEDIA) for _, media, _ in payloads)
    return {
        **empty,
        **(contexts[0] if contexts else {}),
        "report": alone["report"],
        "plain": alone["file"],
        "notice": f"{(NOTICE if cites else UNTOLD).format(file=alone['file'])} {of_data}".strip(),
        "moment": moment,
    }


def _shown_sections(found: Showing, alone: Mapping[str, Any]) -> Iterator[Section]:
    """The sections of a notebook without a story: itself, and all that it fails to show.

    What failed holds the brief. What no brief can show is a gap.
    """
    if alone:
        yield Section(name=KIND, required=True, status="ok", error="", cell=0)
    for needed, rows in ((True, found.held), (False, found.lacks)):
        reasons: dict[str, list[str]] = {}
        for where, why in rows:
            reasons.setdefault(where, []).append(why)
        for where, whys in reasons.items():
            error = "; ".join(dict.fromkeys(whys))
            yield Section(name=where, required=needed, status="failed", error=error, cell=0)


def _section(payload: Mapping[str, Any], cell: int, number: int) -> Section:
    """The section recorded as *payload*; 0.1.0 did not record what it read."""
    told = {
        **payload,
        "read": tuple(payload.get("read", ())),
        "missing": tuple(payload.get("missing", ())),
    }
    return Section(**told, cell=cell, number=number)


def _unread(
    context: Mapping[str, Any],
    sections: Sequence[Section],
) -> tuple[Section, ...]:
    """A section without a name for what the report lists and no section asked for.

    None where there is nothing, or where a section stopped: it may not have come to it.
    """
    if any(section.status == "failed" for section in sections):
        return ()
    read = {symbol for section in sections for symbol in section.read}
    rows = [row for row in context.get("listed", ()) if row["symbol"] not in read]
    if not rows:
        return ()
    missing = tuple(
        {
            **row,
            "why": (
                f"{row['symbol']}: report.toml lists it, and no section of the notebook reads it"
            ),
        }
        for row in rows
    )
    return (
        Section(
            name="",
            required=False,
            status="ok",
            error="",
            cell=0,
            missing=missing,
        ),
    )


def _recorded(facts: dict[str, Fact], fact: Fact) -> None:
    """Add *fact* to *facts*.

    Two sections may record one fact, but not two different ones under one id.
    """
    known = facts.get(fact.id)
    if known is None:
        facts[fact.id] = fact
    elif replace(known, cell=None) != replace(fact, cell=None):
        raise RecordError(
            f"Fact '{fact.id}' is {known.shown} ({known.window}) in cell"
            f" {known.cell} and {fact.shown} ({fact.window}) in cell"
            f" {fact.cell}; run both cells again, or give one another name.",
            subject=fact.id,
        )


PICTURE = "picture"
"""What the names of sections begin with that only draw."""
MOST_LATER = 6
"""Series that were fetched later which are named one by one."""
MOST_NAMED = 3
"""Up to this many members of a wholly missing section are named one by one."""


def _outside(
    named: Mapping[str, Mapping[str, Any]],
    hidden: AbstractSet[str],
) -> dict[str, Mapping[str, Any]]:
    """Those of the *named* charts or tables that no section in *hidden* made."""
    return {name: one for name, one in named.items() if one["section"] not in hidden}


def _gaps(
    sections: Sequence[Section],
    needed: AbstractSet[str],
) -> Iterator[Gap]:
    """The gaps of all *sections*; one of a *needed* instrument holds the brief."""
    named: set[str] = set()
    for section in sections:
        rows = [r for r in _rows(section, "") if r["symbol"] not in named]
        named |= {row["symbol"] for row in rows}
        if _only_declared(section):
            continue
        if section.status != "ok" or rows:
            where = f"{section.name} ({section.place})" if section.place else section.name
            reasons = [f"{where}: {section.error}"] if section.status != "ok" else []
            reasons += [f"{section.name}: {why}".removeprefix(": ") for why in _whys(rows)]
            yield Gap(
                name=_gap_name(section, rows),
                reasons=tuple(reason for reason in dict.fromkeys(reasons)),
                section=section.name,
                required=(section.required and section.status != "ok")
                or any(row["symbol"] in needed for row in rows),
            )
    for section in sections:
        rows = [r for r in _rows(section, "shown") if r["symbol"] not in named]
        named |= {row["symbol"] for row in rows}
        if rows:
            yield Gap(
                name=_listed(rows),
                reasons=tuple(_whys(rows)),
                section=section.name,
                required=any(row["symbol"] in needed for row in rows),
            )
    declared = {r["symbol"]: r for section in sections for r in _rows(section, "declared")}
    if declared:
        yield Gap(
            name=_listed(declared.values()),
            reasons=(f"not in these data, as their description says: {', '.join(declared)}",),
            declared=True,
        )


def _whys(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Why each row is missing; symbols with the same reason share a line."""
    alike: dict[str, list[str]] = {}
    for row in rows:
        symbol, mark, reason = row["why"].partition(": ")
        own = symbol == row["symbol"]
        alike.setdefault(mark + reason if own else row["why"], []).extend([symbol] * own)
    for reason, symbols in alike.items():
        yield ", ".join(dict.fromkeys(symbols)) + reason


def _rows(section: Section, kind: str) -> list[Mapping[str, Any]]:
    """What *section* misses of one *kind*: "declared", "shown" or "" for others."""

    def kind_of(row: Mapping[str, Any]) -> str:
        return next((name for name in ("declared", "shown") if row.get(name)), "")

    return [row for row in section.missing if kind_of(row) == kind]


def _only_declared(section: Section) -> bool:
    """Whether the section failed only for what the dataset declares absent."""
    whys = [row["why"] for row in section.missing]
    return (
        section.status != "ok"
        and not section.required
        and section.error in whys
        and not _rows(section, "")
        and not _rows(section, "shown")
    )


def _gap_name(section: Section, rows: Sequence[Mapping[str, Any]]) -> str:
    """What a reader calls the gap: the section, with the missing members."""
    if not rows or not section.name:
        return section.name or _listed(rows)
    symbols = {row["symbol"] for row in rows}
    if len(rows) > MOST_NAMED and symbols >= set(section.read):
        return section.name
    listed = _listed(rows)
    if listed.lower() == section.name.lower():
        return listed
    return f"{section.name} ({listed})"


def _and(names: Sequence[str]) -> str:
    """Names as a list in words: "A, B and C"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _listed(rows: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(row["name"] for row in rows))


def _payloads(
    notebook: Mapping[str, Any],
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Cell number, media type and payload of each thing recorded.

    Those of one section one by one.
    """
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
                if media == FACTS_MEDIA:
                    section = {"section": payload["section"]}
                    if payload.keys() & {"kinds", "vouched"}:
                        yield number, FACTS_MEDIA, payload
                    for told in payload["facts"]:
                        yield number, FACT_MEDIA, {**told, **section}
                    for told in payload["findings"]:
                        yield number, FINDING_MEDIA, {**told, **section}


def edited(record: Record, edits: Edits) -> Record:
    """*record* as people want it told.

    Without what they drop, under their lead, with their drivers
    among the statements.
    """
    dropped = set[int]()
    for name in edits.drop:
        dropped |= {id(finding) for finding in named(record, name)}
    kept = [finding for finding in record.findings if id(finding) not in dropped]
    if edits.lead:
        lead = min(named(record, edits.lead), key=lambda finding: finding.rank)
        if id(lead) in dropped:
            raise EditError(
                f"'{edits.lead}' cannot be both the lead and dropped.",
                subject=edits.lead,
            )
        kept = [replace(finding, rank=0) if finding is lead else finding for finding in kept]
    said = [
        *record.context["commentary"],
        *_statements(edits, record),
    ]
    context = {**record.context, "commentary": said, "headline": edits.headline}
    if edits.correction:
        context["correction"] = _corrected(record, edits.correction)
    return replace(record, findings=tuple(kept), context=context)


def _corrected(record: Record, correction: Correction) -> dict[str, Any]:
    """*correction* as JSON, with its figures' instruments and the notice itself."""
    rows = []
    for change in correction.changed:
        fact = record.facts.get(change.fact)
        instrument = fact.instrument if fact else ""
        name = record.instruments.get(instrument, {}).get("short", "")
        rows.append(
            replace(
                change,
                name=f"{name}, {change.name}" if name else change.name,
            )
        )
    told = replace(correction, changed=tuple(rows))
    return {
        **asdict(told),
        "changed": [asdict(change) for change in rows],
        "notice": told.notice,
    }


def named(record: Record, name: str) -> list[Finding]:
    """The findings that go by *name*, "kind" or "kind SYMBOL".

    EditError with the nearest name where there is none.
    """
    found = [one for one in record.findings if name in (one.kind, name_of(one))]
    if not found:
        known = {one.kind for one in record.findings}
        known |= {name_of(one) for one in record.findings}
        near = did_you_mean(name, known)
        hint = near if "mean" in near else " 'reportgen findings' lists them."
        raise EditError(
            f"This brief has no finding '{name}'.{hint}",
            subject=name,
        )
    return found


def name_of(finding: Finding) -> str:
    """What a finding goes by: "record_close ^IXIC"."""
    return f"{finding.kind} {finding.instrument}"


def _statements(edits: Edits, record: Record) -> list[dict[str, str]]:
    """The statements of *edits*, as those of the data are kept."""
    told: list[dict[str, str]] = []
    for what, rows in (("driver", edits.driver), ("quote", edits.quote)):
        for n, row in enumerate(rows, 1):
            _refuse_statement(what, row, record)
            name, _, role = row.author.partition(", ")
            speaker, title = (row.author, row.role) if row.role else (name, role)
            told.append(
                {
                    "id": f"commentary.{what}-{n}",
                    "speaker": speaker,
                    "title": title,
                    "firm": "",
                    "date": row.date or str(record.context["moment"]["session"]),
                    "kind": what,
                    "topic": what,
                    "source": FILE,
                    "text": row.text,
                    "medium": "",
                    "event": "",
                    "about": row.about,
                    "clause": getattr(row, "clause", ""),
                    "where": row.source,
                }
            )
    subjects = [row.about or record.market.lead for row in edits.driver]
    for subject in subjects:
        if subjects.count(subject) > 1:
            whole = subject == record.market.lead
            whose = "the market" if whole else record.instruments[subject]["first"]
            raise EditError(
                f"Two drivers are about {whose}. Keep one in {FILE}, and make the other a"
                " [[quote]].",
                subject=subject,
            )
    return told


def _refuse_statement(what: str, row: Quote, record: Record) -> None:
    """EditError where *row* is of the future, or about what the brief does not have."""
    today = str(record.context["moment"]["at"])[:10]
    if row.date > today:
        raise EditError(
            f"The {what} of {row.author} is of {row.date}; this brief is of {today}, and nobody"
            " had said it yet.",
            subject=row.date,
        )
    if row.about and row.about not in record.instruments:
        near = did_you_mean(row.about, record.instruments)
        hint = near if "mean" in near else f" Write a symbol, such as {record.lead.instrument}."
        raise EditError(
            f"The {what} of {row.author} is about '{row.about}', which this brief does not"
            f" have.{hint}",
            subject=row.about,
        )

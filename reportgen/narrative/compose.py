"""A record told by its report's story: the template is rendered once and read back as runs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, UndefinedError

from reportgen.errors import BareNumber, NarrativeError, UnknownFact
from reportgen.facts import Fact, Finding
from reportgen.narrative import runs as marks
from reportgen.narrative.model import Block, Narrative, Paragraph, Picture, StripRow
from reportgen.narrative.phrases import Phrases
from reportgen.narrative.runs import Runs, capitalise, cite, split
from reportgen.record import Record
from reportgen.resources import bytecode, resource_dir

OWN_SOURCES = ("trading calendar", "request", "public calendar")


class Told:
    """A finding as a story sees it: each role is the fact that plays it."""

    def __init__(self, finding: Finding, facts: Mapping[str, Fact]) -> None:
        self.kind = finding.kind
        self.instrument = finding.instrument
        self.key = finding.instrument.rpartition(":")[2]
        self._roles = {role: facts[fact] for role, fact in finding.facts.items()}

    def __getattr__(self, role: str) -> Fact:
        try:
            return self._roles[role]
        except KeyError:
            raise AttributeError(f"finding '{self.kind}' has no fact in the role '{role}'") from None


class Teller:
    """What a story may ask of a record."""

    def __init__(self, record: Record, phrases: Phrases) -> None:
        self._record = record
        self._phrases = phrases
        told = [Told(f, record.facts) for f in sorted(record.findings, key=lambda f: f.rank)]
        self._told = told
        self._heard: set[str] = set()

    def names(self) -> dict[str, Any]:
        """The global names of a story."""
        record = self._record
        return {
            "one": self.one, "every": self.every, "fact": self.fact, "the": self.the, "short": self.short,
            "group": self.group, "stocks": self.stocks, "brief_name": self.brief_name, "voices": self.voices, "speaker": self.speaker,
            "lead": Told(record.lead, record.facts), "failed": [s.name for s in record.failed], "charts": {name: chart["slots"] for name, chart in record.charts.items()},
            "stirred": self.stirred, "live": record.context["moment"]["state"] == "open", "state": record.context["moment"]["state"], "facts": record.facts, "notice": record.context["notice"],
            "sources": cite("sources", ", ".join(dict.fromkeys(f.source for f in record.facts.values() if f.source not in OWN_SOURCES))),
        }  # fmt: skip

    def one(self, kind: str, instrument: str | None = None) -> Told | None:
        """The highest-ranked finding of that kind (and instrument), or None."""
        return next(iter(self.every(kind, instrument)), None)

    def every(self, kind: str, instrument: str | None = None) -> list[Told]:
        """All findings of that kind, the highest-ranked first."""
        return [t for t in self._told if t.kind == kind and instrument in (None, t.instrument)]

    def fact(self, id: str) -> Fact:
        """The fact with that id; UnknownFact where it was not recorded."""
        if id not in self._record.facts:
            raise UnknownFact(f"The story asks for fact '{id}', which was not recorded.", subject=id)
        return self._record.facts[id]

    def _name(self, symbol: str, form: str) -> str:
        row = self._record.instruments.get(symbol)
        if row is None:
            raise UnknownFact(f"The story names '{symbol}', which is not among the instruments.", subject=symbol)
        return cite(f"@{symbol}", row[form])

    def the(self, symbol: str) -> str:
        """The name at first reference: "the Russell 2000"."""
        return self._name(symbol, "first")

    def short(self, symbol: str) -> str:
        """The name in later references: "the Nasdaq"."""
        return self._name(symbol, "second")

    def group(self, symbol: str) -> str:
        """What the index stands for: "small caps"."""
        return self._name(symbol, "group")

    def stocks(self, symbol: str) -> str:
        """The group as a subject: "small-cap stocks"."""
        return cite(f"@{symbol}", self._record.instruments[symbol]["also"][0])

    def brief_name(self, symbol: str) -> str:
        """The name in tables and labels: "Russell 2000"."""
        return self._name(symbol, "short")

    def voices(self, topic: str) -> list[Mapping[str, Any]]:
        """The current statements on a topic, by id."""
        return [v for v in self._record.commentary.values() if v["topic"] == topic]

    def stirred(self, change: Fact, sigma: Fact) -> bool:
        """Whether a change is large enough to have a figure: not "little changed"."""
        return self._phrases.stirred(change, sigma)

    def speaker(self, item: Mapping[str, Any]) -> str:
        """Who said it, when and how: "Tom Lee, Fundstrat's head of research, told CNBC in November"; then "Lee also said"."""
        if item["speaker"] in self._heard:
            return cite(item["id"], f"{item['speaker'].split()[-1]} also said")
        self._heard.add(item["speaker"])
        who = f"{item['speaker']}, {item['firm']}'s {item['title']},"
        when = item["date"]
        day = dt.date.fromisoformat(when if len(when) == 10 else f"{when}-01")
        said = item["medium"] or "said"
        date = f"on {marks.clean(_date(day, self._phrases))}" if len(when) == 10 else f"in {day:%B}"
        return cite(item["id"], f"{who} {said} {date}")


def _date(day: dt.date, phrases: Phrases) -> str:
    from reportgen.narrative import dates

    return dates.date(day, phrases.as_of)


def _finalize(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise BareNumber(f"The story prints the bare number {value}; a digit reaches a reader only through a fact.")
    if isinstance(value, Fact):
        raise BareNumber(f"The story prints fact '{value.id}' without a filter; choose one, such as pct or level.")
    return value


def environment(folder: Path, phrases: Phrases) -> Environment:
    """The Jinja environment of a story: strict, and without a way to print a number that is no fact."""
    loader = ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(resource_dir("templates"))])
    env = Environment(
        loader=loader,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - renderers escape
        bytecode_cache=bytecode(),
    )
    env.filters.update(phrases.filters())
    env.filters["cap"] = capitalise
    env.filters["were"] = lambda marked: marked.replace("was little", "were little")
    env.filters["by"] = lambda marked: re.sub(" lower(?=\ue002)", " down", re.sub(" higher(?=\ue002)", " up", marked))
    env.filters["toward"] = lambda marked, kind: re.sub(" (lower|higher)(?=\ue002)", "", marked) if not kind.startswith("in_") else marked
    env.filters["oneline"] = lambda marked: " ".join(marked.split())
    env.filters["words"] = lambda item: cite(item["id"], item["text"])
    return env


def compose(record: Record, folder: Path, title: str) -> Narrative:
    """The narrative of *record*, told by ``story.j2`` in *folder*; *title* is the report's.

    UnknownFact or BareNumber where the story asks for what was not recorded, NarrativeError where it is broken.
    """
    phrases = Phrases(dt.datetime.fromisoformat(record.context["moment"]["at"]), record.instruments)
    env = environment(folder, phrases)
    names = Teller(record, phrases).names() | {"report_title": title}
    try:
        env.globals.update(names)
        marked = env.get_template("story.j2").render()
    except UndefinedError as error:
        raise UnknownFact(f"The story of '{title}' asks for a fact that was not recorded: {error}") from error
    except TemplateError as error:
        raise NarrativeError(f"The story of '{title}' can not be told: {error}") from error
    return _narrative(marked, _strip(record, phrases))


def _strip(record: Record, phrases: Phrases) -> tuple[StripRow, ...]:
    rows = []
    told = record.facts["session.date"].value
    for row in record.tables.get("strip", {}).get("rows", ()):
        cells = {column: record.facts[id] for column, id in row["cells"].items()}
        note = split(phrases.day(cells["session"])) if cells["session"].value != told else ()
        change = cells["change"]
        shown = phrases.signed(change)
        priced = record.instruments[row["instrument"]]["kind"] not in ("volatility", "yield")  # a rise there is no gain
        sign = 0 if not priced or marks.text_of(split(shown)) == "0.0%" else (change.number > 0) - (change.number < 0)
        rows.append(
            StripRow(
                name=split(cite(f"@{row['instrument']}", record.instruments[row["instrument"]]["short"])),
                level=split(phrases.table_level(cells["level"])), change=split(shown), note=note, sign=sign,
                spark=tuple(row["spark"]),
            )
        )  # fmt: skip
    return tuple(rows)


def _narrative(marked: str, strip: tuple[StripRow, ...]) -> Narrative:
    """Read a rendered story: "# title", "~ field: line", "- key point", "> voice", "!chart" blocks, paragraphs."""
    fields: dict[str, list[Runs]] = {}
    points: list[Runs] = []
    blocks: list[Block] = []
    for block in _blocks(marked):
        if block.startswith("# "):
            fields["title"] = [split(block[2:])]
        elif block.startswith("~ "):
            for line in block.splitlines():
                name, _, text = line[2:].partition(": ")
                fields.setdefault(name, []).append(split(text))
        elif block.startswith("- "):
            points += [split(line[2:]) for line in block.splitlines()]
        elif block.startswith("!"):
            blocks.append(_picture(block))
        elif block.startswith("> "):
            blocks.append(Paragraph(runs=split(block[2:]), voice=True))
        else:
            blocks.append(Paragraph(runs=split(block)))
    for name in ("title", "kicker"):
        if name not in fields:
            raise NarrativeError(f"The story has no {name}.")
    title = fields["title"][0]
    return Narrative(
        title=title, kicker=fields["kicker"][0], subject=title, preheader=points[0] if points else title,
        notices=tuple(fields.get("notice", ())), key_points=tuple(points), strip=strip, blocks=tuple(blocks),
        footer=tuple(fields.get("footer", ())),
    )  # fmt: skip


def _blocks(marked: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n", marked):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if lines:
            yield "\n".join(lines)


def _picture(block: str) -> Picture:
    first, *lines = block.splitlines()
    words = {name: split(text) for name, _, text in (line.partition(": ") for line in lines)}
    missing = {"title", "subtitle", "alt"} - set(words)
    if missing:
        raise NarrativeError(f"Picture '{first[1:]}' of the story lacks its {min(missing)}.")
    labels = {name: runs for name, runs in words.items() if name not in ("title", "subtitle", "alt")}
    return Picture(name=first[1:].strip(), title=words["title"], subtitle=words["subtitle"], alt=words["alt"], labels=labels)

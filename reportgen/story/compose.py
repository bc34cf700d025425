"""A record told by its report's story: the template is rendered once and read back as runs."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import (
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    pass_context,
)
from jinja2.environment import TemplateModule
from jinja2.runtime import Context

from reportgen.beats import shipped_limits
from reportgen.config.resources import bytecode
from reportgen.config.sandbox import MISTAKES, Sandbox, place_of
from reportgen.core.errors import BareNumber, NarrativeError, UnknownFact, did_you_mean
from reportgen.core.facts import Fact, Finding
from reportgen.markets import MarketSpec, home
from reportgen.record import old_stories
from reportgen.record.record import Record
from reportgen.record.templates import STORY, Templates, wording_of
from reportgen.story import citations as marks
from reportgen.story import english, own, people
from reportgen.story import plan as plans
from reportgen.story.citations import Run, Runs, capitalise, cite, split
from reportgen.story.english import figures
from reportgen.story.model import Block, Narrative, Paragraph, Picture, StripRow, Table
from reportgen.story.phrases import Phrases
from reportgen.story.voices import Voices

HEADLINE = 70
"""The most characters of a headline."""
OWN_SOURCES = ("trading calendar", "request", "public calendar")


class Told:
    """A finding as a story sees it: each role is the fact that plays it."""

    def __init__(self, finding: Finding, facts: Mapping[str, Fact]) -> None:
        self.kind = finding.kind
        self.family = ""
        self.instrument = finding.instrument
        self.key = finding.instrument.rpartition(":")[2]
        self.score = finding.score
        self._roles = {role: facts[fact] for role, fact in finding.facts.items()}

    def numbered(self, letter: str) -> list[Fact]:
        """The facts in the roles m01, m02 and so on, for *letter* "m"."""
        pattern = re.compile(rf"{letter}\d\d")
        return [fact for role, fact in sorted(self._roles.items()) if pattern.fullmatch(role)]

    def __getattr__(self, role: str) -> Fact:
        try:
            return self._roles[role]
        except KeyError:
            raise AttributeError(
                f"finding '{self.kind}' has no fact in the role '{role}'"
            ) from None


class Missing(StrictUndefined):
    """What a story asks for and is not there; the error says what is there instead."""

    @property
    def _undefined_message(self) -> str:
        name, asked = str(self._undefined_name), self._undefined_obj
        if isinstance(asked, Told):
            hint = did_you_mean(name, asked._roles)  # noqa: SLF001 - of this module
            return f"the finding '{asked.kind}' has no fact in the role '{name}'.{hint}"
        if isinstance(asked, TemplateModule):
            names = [one for one in vars(asked) if not one.startswith("_")]
            return f"the template it imports has no macro '{name}'.{did_you_mean(name, names)}"
        return super()._undefined_message


class Names:
    """What a story calls the parts of its market: ``market.lead``, ``market.indexes``."""

    def __init__(self, spec: MarketSpec, with_dividends: Callable[[str], bool]) -> None:
        self.lead = spec.lead
        """The symbol of the index that stands for the market."""
        self.indexes = list(spec.symbols)
        """The symbols of its indexes, in the order in which they are named."""
        self.narrow = spec.of_role("narrow")
        """The index of few stocks, "" where there is none."""
        self.small = spec.of_role("small")
        """The index of smaller companies, "" where there is none."""
        self.mid = spec.mid
        """The fund or index of mid caps, "" where there is none."""
        self.stocks = spec.stocks
        """What a sentence calls its stocks at its beginning: "U.S. stocks"."""
        self.places = spec.places
        """What a sentence calls its exchanges: "U.S. stock markets"."""
        self.noun = spec.noun
        """What a headline calls its stocks: "Stocks"."""
        self.always = spec.calendar.always
        """Whether it never closes, so that its sessions are days."""
        self.with_dividends = [one for one in self.indexes if with_dividends(one)]
        """Its indexes with dividends counted in, as the DAX."""
        self.street = spec.street
        """What newsrooms call the market for short, "" for nothing."""
        self.sector_funds = spec.sector_funds
        """What a picture calls the funds of its sectors, "" where there are none."""
        self.sector_note = spec.sector_note
        """What the foot of a brief says that they are."""
        self.volatility = list(spec.volatility)
        """The symbols of its gauges of volatility."""
        self.commodities = list(spec.commodities)
        """The symbols of commodities: oil, gold."""
        self.currencies = list(spec.currencies)
        """The symbols of its exchange rates."""
        self.spots = list(spec.spots)
        """The symbols of prices that an agency publishes later than their day."""
        self.prints = list(spec.prints)
        """The series of releases with figures."""
        self.releases = list(spec.releases)
        """The series of releases that a recap tells of on their day."""
        self.abroad = list(spec.abroad)
        """The symbols of indexes of other markets, in the order in which they are told."""
        self.abroad_levels = spec.abroad_levels
        """Whether a recap has a table of them."""
        self.index_futures = list(spec.index_futures)
        """The symbols of futures of its indexes."""
        self.coins = list(spec.coins)
        """The symbols of what trades around the clock."""
        self.yields = list(spec.yields)
        """The series of its yields, the longest first."""


CALLS = (
    "one",
    "every",
    "day_of",
    "days_of",
    "turn",
    "called",
    "has",
    "plan_of",
    "pictures_of",
    "covering",
    "first_of",
    "wording",
    "choose",
    "slot",
    "untold",
    "forget",
    "every_of",
    "extremes",
    "longest",
    "distinct",
    "widest",
    "adds_up",
    "long_ago",
    "shares",
    "article",
    "yesterday",
    "key_of",
    "members_of",
    "per",
    "figure_of",
    "span_of",
    "fact",
    "the",
    "short",
    "group",
    "stocks",
    "common_name",
    "brief_name",
    "stirred",
    "stated",
    "fits",
    "truncated",
    "adding",
    "table",
    "picture",
)
"""The methods of a teller that a story may call."""
VALUES = (
    "lead",
    "failed",
    "gaps",
    "charts",
    "market",
    "limits",
    "live",
    "evening",
    "state",
    "facts",
    "notice",
    "correction",
    "sources",
    "report_title",
)
"""The properties of a teller that a story may read."""


class Teller:
    """What a story may ask of a record."""

    def __init__(self, record: Record, phrases: Phrases, templates: Templates, title: str) -> None:
        self._record = record
        self._title = title
        self._phrases = phrases
        self._templates = templates
        self._rules = plans.Rules(
            record.worded, record.market.lead, any_leads=bool(templates.voice)
        )
        self._told = [self._of(f) for f in sorted(record.findings, key=lambda f: f.rank)]
        shipped = shipped_limits()  # for what an older record does not have
        own = {beat.name: {**shipped.get(beat.name, {}), **beat.limits} for beat in record.beats}
        self._limits = {**shipped, **own}
        self._named: set[str] = set()
        self._again = True
        self._taken: set[tuple[str, str]] = set()
        self.voices = Voices(record, phrases.as_of)

    def _of(self, finding: Finding) -> Told:
        told = Told(finding, self._record.facts)
        told.family = self._rules.family(told)
        return told

    def names(self) -> dict[str, Any]:
        """The global names of a story: what it may call, what it may read, and the statements."""
        own = {name: getattr(self, name) for name in (*CALLS, *VALUES)}
        return {**own, **self.voices.names()}

    @property
    def lead(self) -> Told:
        """The finding that the brief leads with."""
        return self._of(self._record.lead)

    @property
    def failed(self) -> list[str]:
        """The names of the sections of the notebook that failed."""
        return [section.name for section in self._record.failed]

    @property
    def gaps(self) -> Any:
        """The names of the gaps that stand above the brief."""
        return self._record.told_gaps

    @property
    def charts(self) -> dict[str, Any]:
        """The recorded charts by name, each with the slots that its labels fill."""
        return {name: chart["slots"] for name, chart in self._record.charts.items()}

    @property
    def market(self) -> Names:
        """The parts of the market: `market.lead`, `market.indexes`, `market.yields`."""
        rows = self._record.instruments
        return Names(
            self._record.market,
            lambda symbol: bool(rows.get(symbol, {}).get("with_dividends")),
        )

    @property
    def limits(self) -> Mapping[str, Mapping[str, float]]:
        """The limits of each family of news, from its beat.toml: `limits.session.run`."""
        return self._limits

    @property
    def state(self) -> str:
        """The state of the market at the moment of the brief; "open" during a session."""
        return str(self._record.context["moment"]["state"])

    @property
    def live(self) -> bool:
        """Whether the session is open at the moment of the brief."""
        return self.state == "open"

    @property
    def evening(self) -> bool:
        """Whether the brief also knows what came out later on the evening of its session."""
        return bool(self._record.context["moment"].get("evening", False))

    @property
    def facts(self) -> Mapping[str, Fact]:
        """All recorded facts by id."""
        return self._record.facts

    @property
    def notice(self) -> Any:
        """The notice that stands above the brief, "" for none."""
        return self._record.context["notice"]

    @property
    def correction(self) -> Any:
        """The notice of a correction, "" for none."""
        return self._record.context.get("correction", {}).get("notice", "")

    @property
    def sources(self) -> str:
        """The names of the sources of the data, separated by commas."""
        named = (fact.source for fact in self._record.facts.values())
        others = dict.fromkeys(source for source in named if source not in OWN_SOURCES)
        return cite("sources", ", ".join(others))

    @property
    def report_title(self) -> str:
        """The title of the report."""
        return cite("report", self._title)

    def one(self, kind: str, instrument: str | None = None) -> Told | None:
        """The highest-ranked finding of that kind (and instrument), or None."""
        return next(iter(self.every(kind, instrument)), None)

    def every(self, kind: str, instrument: str | None = None) -> list[Told]:
        """All findings of that kind (and instrument), the highest-ranked first."""
        return [t for t in self._told if t.kind == kind and instrument in (None, t.instrument)]

    def day_of(self, instrument: str) -> Told | None:
        """The session of an instrument: its change, its level, its year so far; or None."""
        return self.one("day", instrument)

    def days_of(self, instruments: Sequence[str]) -> list[Told]:
        """The session of each of *instruments*, in their order."""
        return self.every_of("day", instruments)

    def has(self, told: Told) -> str:
        """Mark a finding as told; prints nothing."""
        self._taken.add((told.kind, told.instrument))
        return ""

    def turn(self, forms: int, salt: str = "") -> int:
        """The number of the form that this session uses, from 0 to *forms* - 1.

        Neighbouring sessions use different forms. A *salt* gives a place its own turn.
        """
        return int((self._record.context["moment"]["number"] + zlib.crc32(salt.encode())) % forms)

    def slot(self, salt: str, *forms: Any) -> Any:
        """One of *forms*, texts or macros, by turns of the sessions.

        Each place of a sentence has a *salt* and a number of forms of its own. Places with two,
        three, five and seven forms make 210 frames together: no number divides another one.
        """
        if not forms:
            raise NarrativeError(f"slot('{salt}') has no forms; give it two texts or more.")
        return forms[self.turn(len(forms), salt)]

    def choose(self, choices: Sequence[tuple[str, bool]], first: int = 0) -> str:
        """The name of one of the *choices* that hold, each a pair of a name and whether it holds.

        A choice among the *first* ones wins; the others take turns. "" where none holds.
        """
        return plans.chosen(choices, self.turn, first)

    def plan_of(self, lead: Told | None = None) -> plans.Plan:
        """The plan under *lead*: its family, the key points, and the groups to tell in order.

        Without a lead, all that is news is in the groups.
        """
        plan = plans.plan(self._told, lead, self._rules)
        return plan if self._templates.asks else plan.named(old_stories.NAMES)

    def pictures_of(self, lead: Told) -> tuple[str, ...]:
        """The pictures that fit a lead of that kind, the best first."""
        return self._rules.kind(lead).pictures

    def covering(self, topic: str) -> Told | None:
        """The highest-ranked finding that tells a reader about that *topic*, or None."""
        return next((t for t in self._told if topic in self._rules.kind(t).covers), None)

    def first_of(self, kind: str, instruments: Sequence[str]) -> Told | None:
        """The finding of that kind on the first of *instruments* that has one, or None."""
        return next(iter(self.every_of(kind, instruments)), None)

    @pass_context
    def wording(self, context: Context, family: str, voice: str = "") -> Any:
        """The macros of the template of a family of news; they see the names of the page.

        In the *voice* "group" its sentences name what an index stands for: "Small caps fell".
        """
        template = context.environment.get_template(wording_of(family, voice))
        return template.make_module(context.get_all(), shared=True)

    def untold(self, items: Sequence[Told]) -> list[Told]:
        """The findings among *items* that are not told yet."""
        return [t for t in items if (t.kind, t.instrument) not in self._taken]

    def forget(self) -> str:
        """Start afresh: no instrument is named and no finding is told yet; prints nothing."""
        self._named.clear()
        self._taken.clear()
        self._phrases.stated.clear()
        return ""

    def every_of(self, kind: str, instruments: Sequence[str]) -> list[Told]:
        """The findings of that kind on *instruments*, in their order."""
        return [found for symbol in instruments for found in self.every(kind, symbol)]

    def yesterday(self) -> str:
        """The session before this one, in ISO 8601."""
        return str(self._record.context["moment"]["previous"])

    def article(self, fact: Fact) -> str:
        """The article that goes with a percentage as it is read aloud: "an" 8% gain, "a" 1% one."""
        return figures.article(figures.percent(fact.number))

    def shares(self, told: Told, roles: Sequence[str]) -> list[Fact]:
        """The facts of a finding in those of *roles* that it has."""
        return [getattr(told, role) for role in roles if hasattr(told, role)]

    def key_of(self, fact: Fact) -> str:
        """The first part of a fact's id, which is also the name of its slots in a chart."""
        return fact.id.partition(".")[0]

    def members_of(self, told: Told) -> list[str]:
        """The symbols of the members of a basket, in the order of the record."""
        return [fact.instrument for fact in told.numbered("m")]

    def per(self, symbol: str) -> str:
        """What a price of the instrument is for, "barrel" or "ounce"; "" for one of it."""
        return str(self._record.instruments[symbol].get("per", ""))

    def figure_of(self, symbol: str) -> str:
        """What the figure of a release is: "jobs", "change", "rate", "index" or "count"."""
        return str(self._record.instruments[symbol].get("figure", ""))

    def span_of(self, symbol: str) -> str:
        """The period that the figure of a release is of: "week", "month" or "quarter"."""
        return str(self._record.instruments[symbol].get("every", "month"))

    def longest(self, runs: Sequence[Told]) -> list[Told]:
        """The run of the lead index, and the longest run of another index if that is longer.

        A run of another index counts from `limits.streaks.long` sessions.
        """
        lead, long = self._record.market.lead, self._limits["streaks"]["long"]
        first = [run for run in runs if run.instrument == lead]
        others = sorted(
            (run for run in runs if run.instrument != lead and run.length.number >= long),
            key=lambda run: -run.length.number,
        )
        return first + [
            run for run in others[:1] if not first or run.length.number > first[0].length.number
        ]

    def widest(self, moved: Sequence[Told], most: int) -> list[Told]:
        """At most *most* of the findings, the largest change first."""
        return sorted(moved, key=lambda told: -abs(told.change.number))[:most]

    def distinct(self, moved: Sequence[Told]) -> list[Told]:
        """The findings, one for each name: a company may have shares of two classes."""

        def name(told: Told) -> str:
            return marks.text_of(split(self.brief_name(told.instrument)))

        first = {name(told): told for told in reversed(moved)}
        return [told for told in moved if first[name(told)] is told]

    def long_ago(self, date: Fact) -> bool:
        """Whether a date is more than `limits.records.long_ago` days before the moment."""
        days = (self._phrases.as_of - dt.date.fromisoformat(str(date.value))).days
        return days > self._limits["records"]["long_ago"]

    def adds_up(self, gap: Fact, own: Fact, other: Fact, places: int = 1) -> bool:
        """Whether *gap*, as printed, is the difference of the two changes as printed.

        In percent, with so many decimals.
        """
        printed = [
            figures.rounded(figures.decimal(fact.number) * 100, int(places))
            for fact in (own, other, gap)
        ]
        return abs(printed[0] - printed[1]) == abs(printed[2])

    def extremes(self, told: Told) -> tuple[Told, Told]:
        """The findings of the best and of the worst index among those that *told* names."""
        days = [d for d in self.every("day") if hasattr(told, d.change.id.partition(".")[0])]
        ordered = sorted(days, key=lambda d: (d.change.number, d.instrument))
        return ordered[-1], ordered[0]

    def called(self, symbol: str) -> str:
        """The name of an instrument: in full the first time, short from then on.

        The only index of a brief is "the index" every other time.
        """
        row = self._record.instruments.get(symbol)
        if row is None or symbol not in self._named:
            self._named.add(symbol)
            self._again = True
            return self._name(symbol, "first")
        if row["second"] != "the index":
            return self._name(symbol, "second")
        form = "second" if self._again and row.get("alone") else "first"
        self._again = form == "first"
        return self._name(symbol, form)

    def fact(self, id: str) -> Fact:
        """The fact with that id.

        Raises:
            UnknownFact: It was not recorded.
        """
        if id not in self._record.facts:
            hint = did_you_mean(id, self._record.facts)
            near = hint if "mean" in hint else ""
            raise UnknownFact(
                f"{self._stopped()}The story asks for fact '{id}', which was not recorded.{near}",
                subject=id,
            )
        return self._record.facts[id]

    def _stopped(self) -> str:
        """The sections that stopped, each with its place and its reason: the likely cause."""
        stopped = [one for one in self._record.sections if one.status == "failed"]
        return "".join(
            f"Section '{one.name}' of the notebook stopped"
            f"{f' at {one.place}' if one.place else ''}: {one.error.rstrip('.')}. "
            for one in stopped
        )

    def _name(self, symbol: str, form: str) -> str:
        row = self._record.instruments.get(symbol)
        if row is None:
            raise UnknownFact(
                f"The story names '{symbol}', which is not among the instruments.", subject=symbol
            )
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

    def common_name(self, symbol: str) -> str:
        """The name in headlines: "core prices", of what has one beside its full names."""
        row = self._record.instruments[symbol]
        return cite(f"@{symbol}", (row["also"] or [row["second"]])[0])

    def brief_name(self, symbol: str) -> str:
        """The name in tables and labels: "Russell 2000"."""
        return self._name(symbol, "short")

    def stated(self, change: Fact) -> bool:
        """Whether the percentage of *change* has been told already.

        By this fact or by one of the same stretch: January's gain is the year's.
        """
        return (change.instrument, change.value) in self._phrases.stated

    def truncated(self, name: str) -> bool:
        """Whether the axis of values of the chart *name* leaves zero out."""
        spec = self._record.charts[name]["spec"]
        axes = [layer.get("encoding", {}).get("y", {}) for layer in spec.get("layer", [spec])]
        ends = [axis["scale"]["domain"] for axis in axes if "domain" in axis.get("scale", {})]
        return any(low > 0 or high < 0 for low, high in ends)

    def fits(self, *marked: str) -> bool:
        """Whether texts have room together in a headline: 70 characters, one space between them."""
        texts = [marks.text_of(split(text.strip())) for text in marked]
        return len(" ".join(text for text in texts if text)) <= HEADLINE

    def adding(self, points: str, more: str, *said: str) -> list[str]:
        """The key points, one a line, that add to what was *said*, and to the strip of markets.

        A point says again what it tells of, if a text in *said* or a point before it tells of
        that. Lines of *more* are taken while there are less than two points.
        """
        shown = self._on_strip()
        told = {ref for text in said for ref in marks.facts_of(text)}
        kept: list[str] = []
        for text, most in ((points, plans.MOST_LINES), (more, plans.LEAST_LINES)):
            for line in filter(None, map(str.strip, text.splitlines())):
                news = {ref for ref in marks.facts_of(line) if ref not in shown}
                if len(kept) < most and news and not news & told:
                    kept.append(line)
                    told |= news
        return kept

    def _on_strip(self) -> set[str]:
        """The facts that the strip of markets tells, and those of time, which tell nothing.

        A level and a change also tell what the level was before.
        """
        facts = self._record.facts
        cells = [
            facts[id]
            for row in self._record.tables.get("strip", {}).get("rows", ())
            for id in row["cells"].values()
        ]
        shown = {(fact.instrument, fact.kind) for fact in cells}
        return {
            id
            for id, fact in facts.items()
            if (fact.instrument, fact.kind) in shown or id.startswith("session.")
        }

    def table(self, name: str) -> str:
        """The table of that name which the notebook recorded by `desk.table`, on its own lines."""
        return own.table(name, self._record, self._phrases)

    def picture(self, name: str) -> str:
        """The chart of Altair of that name which the notebook recorded by `desk.show`."""
        return own.picture(name, self._record, self._phrases)

    def stirred(self, change: Fact, sigma: Fact) -> bool:
        """Whether a change is large enough to have a figure: not "little changed"."""
        return self._phrases.stirred(change, sigma)


def _finalize(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise BareNumber(
            f"The story prints the bare number {value}; a digit reaches a reader only through a"
            " fact."
        )
    if isinstance(value, Fact):
        raise BareNumber(
            f"The story prints fact '{value.id}' without a filter; choose one, such as pct or"
            " level."
        )
    return value


NO_FILTERS = ("forceescape", "pprint", "random", "striptags", "tojson", "urlize", "xmlattr")
"""Jinja's filters that make HTML or other code, or depend on chance: a story has no use for them.

Some take the square of the time that their text is long.
"""


def environment(templates: Templates, phrases: Phrases) -> Sandbox:
    """The Jinja environment of a story.

    Strict, and without a way to print a number that is no fact.
    """
    env = Sandbox(
        loader=templates.loader(),
        undefined=Missing,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # renderers escape
        bytecode_cache=bytecode(),
    )
    for name in NO_FILTERS:
        del env.filters[name]
    env.filters.update(phrases.filters())
    env.filters.update(
        cap=capitalise,
        uncap=_uncap,
        were=_were,
        by=_by,
        toward=_toward,
        clause=_clause,
        flowing=_flowing,
        oneline=_oneline,
        words=_words,
        spoken=_spoken,
        clause_of=_clause_of,
    )
    return env


def warm(templates: Templates) -> None:
    """Read the compiled code of all *templates* of a story.

    Skip what cannot be compiled: the brief that needs it names the line.
    """
    phrases = Phrases(dt.datetime.min.replace(tzinfo=dt.UTC), {}, home())
    env = environment(templates, phrases)
    with suppress(TemplateError, NarrativeError):
        for name, _, _ in templates.all():
            env.get_template(name)


def _were(marked: str) -> str:
    """The plural of a text with "was little changed": "were little changed"."""
    return marked.replace("was little", "were little")


def _by(marked: str) -> str:
    """A text that ends in "higher" or "lower", with "up" or "down" instead."""
    higher = re.sub(f" higher(?={marks.END})", " up", marked)
    return re.sub(f" lower(?={marks.END})", " down", higher)


def _toward(marked: str, kind: str) -> str:
    """A text without a last "higher" or "lower", unless *kind* begins with "in_"."""
    if kind.startswith("in_"):
        return marked
    return re.sub(f" (lower|higher)(?={marks.END})", "", marked)


def _oneline(marked: str) -> str:
    """A text of several lines as one line."""
    return " ".join(marked.split())


def _words(item: Mapping[str, Any]) -> str:
    """The words of a statement, and its citation."""
    return cite(item["id"], item["text"])


INNER = str.maketrans('\u201c\u201d"', "\u2018\u2019\u2019")
"""Quotation marks within a quotation; a straight one opens only before a word."""


def _spoken(item: Mapping[str, Any]) -> str:
    """The words of a statement as they stand in quotation marks, without a last full stop."""
    return cite(item["id"], _inside(item["text"]).removesuffix("."))


def _inside(words: str) -> str:
    return re.sub(r'"(?=\w)', "\u2018", words).translate(INNER)


def _clause_of(item: Mapping[str, Any]) -> str:
    """The few words of a driver that stand in a headline."""
    return cite(item["id"], item.get("clause", ""))


def _clause(marked: str) -> str:
    """A text that continues a sentence.

    A space goes before it, unless it is empty or starts with a comma.
    """
    text = _oneline(marked)
    return f" {text}" if text and text[0] not in ",;:." else text


def _flowing(marked: str) -> str:
    """The lines of a text as one paragraph.

    A semicolon joins a line to the sentence before it where both open with the same three words,
    but no two in a row. The only name of that sentence is not said again there. Where it has other
    names, too, a line that opens in other words goes first, if there is one.
    """
    told, opening, names, joined = "", [""], set[str](), False
    lines = [line.strip() for line in marked.splitlines() if line.strip()]
    while lines:
        line = lines[0]
        if len(names) > 1:
            line = next((one for one in lines if _opening(one) != opening), line)
        lines.remove(line)
        sentences = list(marks.sentences(split(line)))
        openings = [marks.text_of(sentence).split()[:3] for sentence in sentences]
        again = openings[0] == opening and told.endswith(".")
        alone = again and len(names) == 1
        joined = again and not joined
        if joined:
            told = f"{told[:-1]}; {_it('it', line) if alone else _uncap(line)}"
        else:
            told = f"{told} {_it('It', line) if alone else line}"
        opening, names = openings[-1], {run.ref for run in sentences[-1] if run.ref[:1] == "@"}
    return told


def _opening(marked: str) -> list[str]:
    """The first three words of a text."""
    return marks.text_of(split(marked)).split()[:3]


def _uncap(marked: str) -> str:
    """A text with a small first letter where it begins with a name in "The"."""
    return re.sub(f"^(\\s*{marks.START}@[^{marks.MIDDLE}]*{marks.MIDDLE})The ", r"\1the ", marked)


def _it(it: str, marked: str) -> str:
    """A text with *it* for the name that it begins with."""
    name = marks.MARK.match(marked)
    return f"{it}{marked[name.end() :]}" if name and name[1].startswith("@") else marked


def compose(
    record: Record,
    folder: Path,
    title: str,
    templates: Templates | None = None,
    headline: Runs = (),
) -> Narrative:
    """The narrative of *record*, told by ``story.j2`` in *folder*, or by *templates*.

    *title* is the report's; a *headline* is a person's, and replaces the story's own.

    UnknownFact or BareNumber where the story asks for what was not recorded, NarrativeError where
    it is broken; both name the file and the line.
    """
    templates = templates or Templates.of(folder)
    at = dt.datetime.fromisoformat(record.context["moment"]["at"])
    number = int(record.context["moment"]["number"])
    phrases = Phrases(at, record.instruments, record.market, number)
    env = environment(templates, phrases)
    teller = Teller(record, phrases, templates, title)
    try:
        env.globals.update(teller.names())
        marked = env.get_template(STORY).render()
    except TemplateSyntaxError as error:
        place = error.filename or error.name or STORY
        words = str(error.message).rstrip(".")
        raise NarrativeError(f"{place}, line {error.lineno}: {words}.", subject=place) from error
    except TemplateNotFound as error:
        raise NarrativeError(
            f"{_line_of(error, templates)}the story of '{title}' needs the template"
            f" '{error.name}', which is not there."
        ) from error
    except NarrativeError as error:
        raise type(error)(f"{_line_of(error, templates)}{error}", subject=error.subject) from error
    except UndefinedError as error:
        asks = f"the story asks for what was not recorded: {_plainly(error)}"
        raise UnknownFact(f"{_line_of(error, templates)}{asks}") from error
    except MISTAKES as error:
        raise NarrativeError(
            f"{_line_of(error, templates)}it cannot be told: {_plainly(error)}"
        ) from error
    said = people.Said()
    told = _narrative(marked, _strip(record, phrases), said)
    if headline:
        told = replace(told, title=headline)
    told = people.placed(told, said, teller.voices, record)
    flag = (Run(english.CORRECTION),) if "correction" in record.context else ()
    return replace(told, flag=flag, footer=(*told.footer, *map(split, record.footnotes)))


def _line_of(error: BaseException, templates: Templates) -> str:
    """Where in the templates *error* was raised, "story.j2, line 12.

    "; "" where that is not known.
    """
    place = place_of(error, {place for _, _, place in templates.own})
    return f"{place}: " if place else ""


UNDEFINED = re.compile(
    r"'reportgen\.[\w.]+ object' has no attribute '(\w+)'|'(?:dict|list|None\w*) object' has no"
    r" (?:attribute|element) '?(\w+)'?"
)


COMPUTED = {
    re.compile(r"operand type.*'Fact'"): (
        "a story computes nothing; compute it in the notebook, and record it by desk.stat"
    ),
    re.compile(r"'(?:int|float)' object has no attribute"): (
        "a filter prints a fact, and is given a bare number; record it by desk.stat first"
    ),
}
"""What Python says where a story computes, and what to do instead."""


TOO_MUCH = {
    RecursionError: "a macro or a template calls itself without an end, or it is nested too deep",
    MemoryError: "there is not enough memory for what it makes",
}


def _plainly(error: BaseException) -> str:
    """What a template error says, in words for who writes stories."""
    text = next((words for kind, words in TOO_MUCH.items() if isinstance(error, kind)), str(error))
    if found := UNDEFINED.search(text):
        return f"there is no '{found[1] or found[2]}' here; ask first with 'is defined'"
    if isinstance(error, KeyError):
        return f"there is no {text} here"
    if computed := next((words for found, words in COMPUTED.items() if found.search(text)), ""):
        return computed
    return text.replace("'None' has", "a finding that is not there has")


def _strip(record: Record, phrases: Phrases) -> tuple[StripRow, ...]:
    rows = []
    told = record.noted_from
    for row in record.tables.get("strip", {}).get("rows", ()):
        cells = {column: record.facts[id] for column, id in row["cells"].items()}
        note = split(phrases.day(cells["session"])) if cells["session"].value != told else ()
        change = cells["change"]
        shown = phrases.signed(change)
        priced = record.instruments[row["instrument"]]["kind"] not in (
            "volatility",
            "yield",
        )  # a rise there is no gain
        sign = (
            0
            if not priced or marks.text_of(split(shown)) == "0.0%"
            else (change.number > 0) - (change.number < 0)
        )
        rows.append(
            StripRow(
                instrument=row["instrument"],
                name=split(
                    cite(f"@{row['instrument']}", record.instruments[row["instrument"]]["short"])
                ),
                level=split(phrases.table_level(cells["level"])),
                change=split(shown),
                note=note,
                sign=sign,
                spark=tuple(row["spark"]),
            )
        )
    return tuple(rows)


NEEDED = {
    "title": "a title, a line such as '# Headline'",
    "kicker": "a kicker, a line '~ kicker: ...'",
}
"""What every story has, and how it is written."""


FIELDS = ("kicker", "notice", "footer", "cause", "reason")
"""The names of the lines that begin with "~"."""
MARKS = ("~ ", "- ")
"""What begins each line of a block of such lines: another line after them is a block of its own."""


def _narrative(marked: str, strip: tuple[StripRow, ...], said: people.Said) -> Narrative:
    """Read a rendered story.

    "# title", "~ field: line", "- key point", "> voice", "!chart" and "!table name" blocks,
    paragraphs. What has no place yet goes into *said*.
    """
    fields: dict[str, list[Runs]] = {}
    points: list[Runs] = []
    blocks: list[Block] = []
    for block in _blocks(marked):
        if block.startswith("# "):
            fields["title"] = [split(block[2:])]
        elif block.startswith("~ "):
            for line in block.splitlines():
                name, _, text = line[2:].partition(": ")
                if name not in FIELDS:
                    hint = did_you_mean(name, FIELDS)
                    raise NarrativeError(
                        f"{STORY}: a story has no line '~ {name}'; it has"
                        f" {', '.join(FIELDS)}.{hint}",
                        subject=name,
                    )
                fields.setdefault(name, []).append(split(text))
        elif block.startswith("- "):
            points += [split(line[2:]) for line in block.splitlines()]
        else:
            blocks.append(found := _block(block))
            if isinstance(found, Paragraph) and block.startswith(">> "):
                said.beside.append(found)
    said.causes += fields.get("cause", [])
    said.reasons += fields.get("reason", [])
    lacking = [words for name, words in NEEDED.items() if name not in fields]
    if lacking:
        raise NarrativeError(f"{STORY}: the story lacks {' and '.join(lacking)}.")
    title = fields["title"][0]
    return Narrative(
        title=title,
        kicker=fields["kicker"][0],
        preheader=points[0] if points else title,
        notices=tuple(fields.get("notice", ())),
        key_points=tuple(points),
        strip=strip,
        blocks=tuple(blocks),
        footer=tuple(fields.get("footer", ())),
    )


def _block(block: str) -> Block:
    """A table, a picture, a voice or a paragraph."""
    if block.startswith("!table "):
        return _table(block)
    if block.startswith("!"):
        return _picture(block)
    voice = re.match(">>? ", block)
    return Paragraph(runs=split(block[voice.end() :] if voice else block), voice=bool(voice))


def _blocks(marked: str) -> Iterator[str]:
    """The blocks of a rendered story.

    An include swallows the blank line below it, so a paragraph may stand right below a line "~".
    """
    for block in re.split(r"\n[ \t]*\n|\n(?=[ \t]*!)", marked):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        while lines:
            mark = lines[0][:2]
            alike = next((i for i, line in enumerate(lines) if line[:2] != mark), len(lines))
            head = lines[:alike] if mark in MARKS else lines
            yield "\n".join(head)
            lines = lines[len(head) :]


def _table(block: str) -> Table:
    """A table: "title: words", "columns: name | name", and for each row "row: cell | cell"."""
    first, *lines = block.splitlines()
    parts = [(name, text) for name, _, text in (line.partition(": ") for line in lines)]
    title = next((split(text) for name, text in parts if name == "title"), ())
    cells = [
        (name, tuple(split(cell) for cell in text.split("|")))
        for name, text in parts
        if name in ("columns", "row")
    ]
    columns = next((row for name, row in cells if name == "columns"), ())
    rows = tuple(row for name, row in cells if name == "row")
    name = first.removeprefix("!table ").strip()
    if not title or not rows or any(len(row) != len(columns) for row in rows):
        raise NarrativeError(
            f"Table '{name}' of the story needs a title, and rows with as many cells as it has"
            " columns."
        )
    return Table(name=name, title=title, columns=columns, rows=rows)


def _picture(block: str) -> Picture:
    first, *lines = block.splitlines()
    words = {name: split(text) for name, _, text in (line.partition(": ") for line in lines)}
    missing = {"title", "subtitle", "alt"} - set(words)
    if missing:
        raise NarrativeError(f"Picture '{first[1:]}' of the story lacks its {min(missing)}.")
    labels = {
        name: runs for name, runs in words.items() if name not in ("title", "subtitle", "alt")
    }
    return Picture(
        name=first[1:].strip(),
        title=words["title"],
        subtitle=words["subtitle"],
        alt=words["alt"],
        labels=labels,
    )

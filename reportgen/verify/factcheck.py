"""The fact check of a narrative.

Every run against its fact, and plain words against what needs a fact.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from reportgen.core.facts import Fact, Unit
from reportgen.record import own
from reportgen.record.kinds import OwnKind
from reportgen.record.record import Record
from reportgen.story.citations import NOTEBOOK, Run, Runs, text_of
from reportgen.story.model import Narrative
from reportgen.story.wording import made_of, pieces
from reportgen.verify import (
    claims,
    numerals,
    own_kinds,
    own_words,
    phrases,
    unvouchable,
    vouching,
)
from reportgen.verify.binding import Binding
from reportgen.verify.claims import Evidence
from reportgen.verify.subjects import meaning, subjects
from reportgen.verify.vocabulary import (
    DIGIT,
    HARMLESS,
    MONTHS,
    NEEDS_FACT,
    NEEDS_FACT_PHRASES,
    SHORT_MONTHS,
    VOUCHABLE,
    WEEKDAYS,
    WORD,
)
from reportgen.verify.words import words_of

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
FLAG = Run("Correction: ")
"""What the subject of a corrected brief begins with."""


ATTRIBUTED = ("title", "subject", "preheader", "key_points")
"""Where a statement never stands without the name of who made it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One failed check.

    The sentence, the words, the fact they cite and the reason they
    are not borne out.
    """

    where: str
    sentence: str
    words: str
    ref: str
    reason: str

    def __str__(self) -> str:
        cited = f" ({self.ref})" if self.ref else ""
        return f"{self.where}: '{self.words}'{cited}: {self.reason} | {self.sentence}"


class FactCheck:
    """Checks bound to one record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.binding = Binding(record)
        self._headline = record.context.get("headline", "")
        headed = re.findall(
            r"\w+|[^\w\s]",
            self._headline,
        )  # a person's words, as far as they claim nothing
        self._title = record.title
        self._words = words_of(record.templates)
        self._wording = pieces(record.templates) | set(headed) | record.market.words
        context: dict[str, Any] = dict(record.context)
        self.evidence = Evidence(
            facts=record.facts,
            kinds={symbol: row["kind"] for symbol, row in record.instruments.items()},
            as_of=dt.datetime.fromisoformat(context["moment"]["at"]),
            state=context["moment"]["state"],
            zone_label=record.market.zone_label,
        )
        self._names = {s: _names_of(row) for s, row in record.instruments.items()}
        every = sorted(
            (
                name
                for name in set(chain(*self._names.values())) - record.market.words
                if len(name) > 2
            ),
            key=len,
            reverse=True,
        )
        self.names = re.compile(
            claims.span("(?:" + "|".join(re.escape(_bare(n)) for n in every) + ")"),
            re.IGNORECASE,
        )
        gaps = record.told_gaps
        said = (
            f"This brief has {'a gap' if len(gaps) == 1 else 'gaps'}:"
            f" {'; '.join(gaps)}. Data were missing, late or failed a check."
        )
        self._notice = {
            str(context["notice"]),
            *([said] if gaps else []),
            *self._corrections(context.get("correction")),
        }

    def _corrections(self, told: Mapping[str, Any] | None) -> Iterator[str]:
        """The notice of a correction, if its facts still bear out each of its figures."""
        if told and all(
            row["fact"] in self.record.facts
            and row["stands"] != row["was"]
            and self.bears_out(row["stands"], self.record.facts[row["fact"]])
            for row in told["changed"]
        ):
            figures = "; ".join(
                f"{row['name']}: {row['stands']}, was {row['was']}" for row in told["changed"]
            )
            why = told["why"].rstrip(".")
            yield (
                f"Correction, edition {told['edition']}: {why}.{f' {figures}.' if figures else ''}"
            )

    def narrative(self, narrative: Narrative, *, draft: bool = False) -> list[Check]:
        """All failed checks of a narrative; an empty list is a pass.

        A *draft* may have words for which nobody vouches yet.
        """
        failed = [check for where, runs in narrative.texts() for check in self.line(where, runs)]
        failed += [] if draft else self.words()
        failed += self._declared()
        failed += [
            check
            for picture in narrative.pictures
            if own.OWN in self.record.charts.get(picture.name, {})
            for check in self.drawn(picture.name)
        ]
        return failed + [
            Check(where, text_of(runs), *objection)
            for where, runs, objection in self.binding.whole(narrative)
        ]

    def words(self) -> Iterator[Check]:
        """The lines of the report's own templates that are nobody's word."""
        advice = vouching.advice(str(self.record.context.get("report", "REPORT")))
        for passage in vouching.standing(self.record.templates).new:
            where = f"{passage.name}, line {passage.line}"
            reason = f"nobody has vouched for these words. {advice}"
            yield Check(where, passage.source, passage.words, "", reason)

    def _declared(self) -> Iterator[Check]:
        """The kinds that the notebook declares, and cannot declare so."""
        for name, reason in own_kinds.faults(self.record.kinds).items():
            if self.record.kinds[name] != OwnKind():
                yield Check("notebook", name, name, "", f"[kinds.{name}]: {reason}")

    def line(self, where: str, runs: Runs) -> Iterator[Check]:
        """The failed checks of one line of text."""
        text = text_of(runs)
        if any(run.ref == NOTEBOOK for run in runs):
            yield from self._sentences(where, runs)
            return
        if where == "footer" and text in self.record.footnotes:
            return
        if where == "notice":
            if text not in self._notice:
                yield Check(where, text, text, "", "no such notice is due")
            return
        if where == "subject" and "correction" in self.record.context:
            if runs[0] != FLAG:
                yield Check(where, text, text, "", "the subject of a correction has to say so")
                return
            runs = runs[1:]
        runs = tuple(map(self._words.plainly, runs))
        for run, year in zip(runs, self._years(runs), strict=True):
            for words, reason in self._run(run, replace(self.evidence, year=year)):
                yield Check(where, text, words, run.ref, reason)
        yield from (Check(where, text, *objection) for objection in self.binding.line(where, runs))
        yield from self._unattributed(where, runs)

    def _sentences(self, where: str, runs: Runs) -> Iterator[Check]:
        """The failed checks of the sentences that cite facts, in a text of a notebook."""
        for unchecked, part in groupby(runs, lambda run: run.ref == NOTEBOOK):
            sentence = tuple(part)
            if not unchecked and text_of(sentence).strip():
                yield from self.line(where, sentence)

    def _years(self, runs: Runs) -> Iterator[int]:
        """The year that a reader takes each run to be about: told last, or else told next."""
        found = [YEAR.findall(run.text) if run.ref in self.record.facts else [] for run in runs]
        told = next((int(years[0]) for years in found if years), 0)
        for years in found:
            yield told
            told = int(years[-1]) if years else told

    def _unattributed(self, where: str, runs: Runs) -> Iterator[Check]:
        """A cause beside which the line does not say who names it, in its own words.

        In a headline or a key point, any statement.
        """
        said = [run for run in runs if run.ref in self.record.commentary]
        named = {run.ref for run in said if run.text in self._ways(run.ref)}
        for run in said:
            cause = self.record.commentary[run.ref]["topic"] == "driver"
            if run.ref not in named and (cause or where in ATTRIBUTED):
                yield Check(
                    where, text_of(runs), run.text, run.ref, "a statement without who says so"
                )

    def _ways(self, ref: str) -> set[str]:
        """The ways in which a statement may be introduced, signed or credited."""
        rows = self.record.commentary
        found = _attributions(rows[ref], self.evidence.as_of.date(), list(rows.values()))
        if rows[ref]["date"] != self.record.context["moment"]["session"]:
            return found
        day = re.compile(r" on [A-Z]\w+\.?(?: \d+)?$")
        return found | {day.sub("", way) for way in found}

    @cached_property
    def subjects(self) -> Mapping[str, tuple[str, ...]]:
        """What each subject of a person's headline stands for."""
        return subjects(self.record)

    def _called(self, words: str, symbol: str) -> bool:
        """Whether a person's headline calls the instrument so."""
        return words in self._headline and symbol in meaning(self.subjects, words)

    def bears_out(self, words: str, fact: Fact) -> bool:
        """Whether *fact* bears out *words*."""
        return not any(self._fact(words, fact, self.evidence))

    def _run(self, run: Run, evidence: Evidence) -> Iterator[tuple[str, str]]:
        if not run.ref:
            yield from self._plain(run.text)
        elif run.ref.startswith("@"):
            allowed = self._names.get(run.ref[1:], set())
            if (
                run.text not in allowed
                and run.text[:1].lower() + run.text[1:] not in allowed
                and not self._called(run.text, run.ref[1:])
            ):
                yield run.text, "not a name of that instrument"
        elif run.ref.startswith("commentary."):
            yield from self._statement(run)
        elif run.ref == "report":
            if run.text != " ".join(self._title.split()):
                yield run.text, "not what the report is called"
        elif run.ref == own.OWN:
            yield from self._own(run.text)
        elif run.ref == "sources":
            yield from self._sources(run.text)
        elif run.ref not in self.record.facts:
            yield run.text, "no such fact was recorded"
        else:
            yield from self._fact(run.text, self.record.facts[run.ref], evidence)

    @cached_property
    def own(self) -> Mapping[str, list[own.Word]]:
        """The words of the notebook's own, by what they say."""
        found: dict[str, list[own.Word]] = {}
        for word in own.words_of(self.record.tables, self.record.charts):
            found.setdefault(" ".join(word.text.split()), []).append(word)
        return found

    @cached_property
    def judge(self) -> own_words.Judge:
        """What judges the words of charts."""
        record = self.record
        return own_words.Judge(record.facts, record.vouched, self.names, self.bears_out)

    def _own(self, text: str) -> Iterator[tuple[str, str]]:
        """Words that a story takes from the notebook: they are there, and claim nothing."""
        if text not in self.own:
            yield text, "not words of the notebook"
        for word in self.own.get(text, ())[:1]:
            yield from self.judge(word)

    def drawn(self, name: str) -> Iterator[Check]:
        """The failed checks of the words inside a chart of the notebook's own."""
        for word in own.drawn(name, self.record.charts[name]):
            for words, reason in self.judge(word):
                yield Check("chart", word.text, words, "", f"{reason} ({word.place})")

    def _sources(self, text: str) -> Iterator[tuple[str, str]]:
        known = {" ".join(f.source.split()) for f in self.record.facts.values() if f.source}
        if not made_of(text, frozenset({*known, ", "})):
            yield text, "not the sources of this record"

    def _statement(self, run: Run) -> Iterator[tuple[str, str]]:
        item = self.record.commentary.get(run.ref)
        if item is None:
            yield run.text, "no such statement is on file"
        elif run.text not in _words_of(item) | self._ways(run.ref):
            yield run.text, "not word for word what the file says"

    @cached_property
    def _vouched(self) -> frozenset[str]:
        """The words of the lines for which a person vouches."""
        lines = vouching.standing(self.record.templates).vouched
        return frozenset(word.lower() for line, _ in lines for word in WORD.findall(line.words))

    def _plain(self, text: str) -> Iterator[tuple[str, str]]:
        """Plain words come from a template: no digit, name, date or claim."""
        if not self.record.plain and not made_of(text, self._wording):
            yield text.strip(), "not words of the report's templates"
        for match in DIGIT.finditer(text):
            yield match[0], "a digit that cites no fact"
        for match in self.names.finditer(text):
            yield match[0], f"a name that cites no instrument; {unvouchable.CITE['a name']}"
        for phrase in NEEDS_FACT_PHRASES:
            if phrase in text.lower():
                yield phrase, "a hedge that cites no fact"
        for phrase in HARMLESS:
            text = text.replace(phrase, "")
        for word in WORD.findall(text):
            bare = word.removesuffix("'s")
            if (
                bare.lower() in NEEDS_FACT
                or (bare.lower() in VOUCHABLE and bare.lower() not in self._vouched)
                or bare in WEEKDAYS
                or bare in MONTHS
                or f"{bare}." in SHORT_MONTHS
            ):
                yield word, "a claim that cites no fact"

    def _fact(self, text: str, fact: Fact, evidence: Evidence) -> Iterator[tuple[str, str]]:
        if fact.label and text.lower() == fact.label.lower():
            yield from own_words.of_label(fact, self.names)
            return
        if fact.unit is Unit.TEXT and fact.id != "session.state":
            if text.lower() != str(fact.value).lower():
                yield text, f"the name on file is '{fact.value}'"
            return
        unread = _Unread(text)
        read = self._read(unread, fact, evidence)
        yield from ((match[0], reason) for match, reason in read if reason)
        left = claims.leftover(unread.text)
        yield from ((word, "a word that no rule proves") for word in left)
        if not unread.taken and not left:
            yield text, "a citation that states nothing"

    def _read(
        self,
        unread: _Unread,
        fact: Fact,
        evidence: Evidence,
    ) -> Iterator[tuple[re.Match[str], str]]:
        """Everything that a rule can read, with why it is not borne out, or "".

        Phrases, then words, then numbers.
        """
        kind = self._words.kinds.get(fact.kind) or self.record.kinds.get(fact.kind)
        for pattern, reason in own_kinds.judged(kind, fact, evidence) if kind else ():
            for match in unread.take(pattern):
                yield match, reason
        for pattern, condition in phrases.COMPILED if not _is_value_text(fact) else ():
            for match in unread.take(pattern):
                yield match, "" if condition(fact, evidence) else claims.NO_PROOF
        for pattern, judge in claims.RULES:
            for match in unread.take(pattern) if claims.fits(judge, fact) else ():
                yield match, judge(match, fact, evidence)
        for match in unread.take(numerals.NUMBER):
            yield match, self._number(match, fact)

    def _number(self, match: re.Match[str], fact: Fact) -> str:
        if (fact.unit in (Unit.DATE, Unit.TIME) or fact.window.isdigit()) and re.fullmatch(
            r"\d{4}", match[0]
        ):
            return claims.year(match, fact, self.evidence)
        if isinstance(fact.value, str):
            return "a number where the fact is a date or a name"
        number = numerals.stated(match)
        unit = Unit.FRACTION if fact.kind == "crypto_level" and number.unit == "%" else fact.unit
        if fact.kind == "drawdown_from_high" and number.unit == "%":
            for line in (0.1, 0.2):  # a fall is never rounded across a line
                if (number.size / 100 >= line) != (abs(fact.number) >= line):
                    return f"rounded across {line:.0%}"
        return numerals.objection(
            number,
            fact.number,
            unit,
            fact.currency if unit.money else "",
            self.record.market.currency,
        )


def _names_of(row: Any) -> set[str]:
    names = {
        row["first"],
        row["second"],
        row["short"],
        row["group"],
        *row["also"],
    }
    return {n for n in names if n} | {
        n.removeprefix("the ") for n in names if n.startswith("the ") and n != "the index"
    }


def _bare(name: str) -> str:
    return name.removeprefix("the ")


class _Unread:
    """The part of a run that no rule has read yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.taken = False

    def take(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match of *pattern*; each is read once and then blank."""
        for match in list(pattern.finditer(self.text)):
            yield match
            self.text = (
                self.text[: match.start()]
                + " " * (match.end() - match.start())
                + self.text[match.end() :]
            )
            self.taken = True


def _is_value_text(fact: Fact) -> bool:
    return isinstance(fact.value, str) and fact.unit not in (Unit.DATE, Unit.TEXT)


def _attributions(item: Any, as_of: dt.date, others: Sequence[Any]) -> set[str]:
    """The ways in which a statement may be introduced or signed.

    In full, or shortly after another of the speaker's.
    """
    when = item["date"]
    day = dt.date.fromisoformat(when if len(when) == 10 else f"{when}-01")
    names = {number: name for name, number in SHORT_MONTHS.items()}
    date = (
        f"on {names.get(day.month, MONTHS[day.month - 1])} {day.day}"
        if len(when) == 10
        else f"in {MONTHS[day.month - 1]}"
    )
    if len(when) == 10 and day.year != as_of.year and abs((as_of - day).days) > 75:
        date += f", {day.year}"
    recent = f"on {WEEKDAYS[day.weekday()]}" if len(when) == 10 and (as_of - day).days < 7 else date
    said = f"{item['medium'] or 'said'} {recent}"
    of = f"{item['firm']}'" if item["firm"][-1:] == "s" else f"{item['firm']}'s"
    role = f"{of} {item['title']}" if item["firm"] else item["title"]
    full = f"{item['speaker']}, {role}, {said}" if role else f"{item['speaker']} {said}"
    short_of = credited(item) if item.get("clause") else set()
    if item["topic"] in ("driver", "quote"):
        short_of |= {f"{item['speaker']}, {date[3:]}"}
        short_of |= {f"{item['speaker']}, {role}, {date[3:]}"} if role else set()
    short = _shortly(item["speaker"], others)
    rest = [other for other in others if other["id"] != item["id"]]
    occasion = itemgetter("speaker", "date", "medium")
    spoke_then = occasion(item) in map(occasion, rest)
    spoke_again = item["speaker"] in [other["speaker"] for other in rest]
    also = {f"{short} also said"} if spoke_then else set()
    again = {f"{short} {said}"} if spoke_again else set()
    return {full} | also | again | short_of


def credited(item: Any) -> set[str]:
    """Who says a clause in a headline: the person, or the last word of the title, or both."""
    speaker, title = item["speaker"], item["title"]
    named = {f"{title} {speaker} says"} if title and "," not in title else set()
    return {f"{speaker} says", *named, *(f"{word} says" for word in title.split()[-1:])}


def _words_of(item: Any) -> set[str]:
    """The words of a statement as it may be quoted, and the clause of a driver."""
    text, clause = item["text"], item.get("clause", "")
    inner = re.sub(r'"(?=\w)', "\u2018", text).replace('"', "\u2019")
    inner = inner.replace("\u201c", "\u2018").replace("\u201d", "\u2019")
    clauses = {clause, clause[0].upper() + clause[1:]} if clause else set()
    return {text, inner.removesuffix("."), text.removesuffix("."), *clauses}


def _shortly(speaker: str, others: Sequence[Any]) -> str:
    """The last name of *speaker*, without what follows a name.

    All of it where one of the *others* is called so, too.
    """
    last = re.sub(r",? (?:Jr|Sr)\.?$| I[IV]+$", "", speaker).split()[-1:] or [speaker]
    same = [
        other["speaker"]
        for other in others
        if last[0] in other["speaker"].replace(",", "").split() and other["speaker"] != speaker
    ]
    return speaker if same else last[0]

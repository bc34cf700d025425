"""Which instrument a figure belongs to.

Every cited figure belongs to the instrument, the month and the row that the
words around it name.

The figure may be true and the name may be right, and the sentence still
false. So a line is walked from left to right with the name that was read
last as its subject.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reportgen.core.facts import Fact, Unit
from reportgen.record.kinds import OwnKind
from reportgen.record.own import SHEET
from reportgen.record.record import Record
from reportgen.story.citations import Run, Runs, text_of
from reportgen.story.model import Narrative, Picture, Table
from reportgen.verify.claims import span
from reportgen.verify.sheets import MINUS, sheet
from reportgen.verify.vocabulary import DIRECTIONS, MONTHS, VERBS, WEAK
from reportgen.verify.words import Column, words_of

Objection = tuple[str, str, str]
"""The words, what they cite, and the reason."""
STOP = re.compile(r"(?<!U\.S)[.?!] ")
CLAUSE = re.compile(r"(?<!U\.S)[.?!:;] ")
AHEAD = re.compile(r"lead of|leads|ahead of|did better|\bbeats?\b|\boutperforms\b")
BACK = re.compile(r"deficit of|\btrails?\b|behind|did worse|\blag(?:s|ged)?\b")
SIGNED = (
    "pct_change",
    "month_change",
    "week_change",
    "quarter_change",
    "ytd_change",
    "point_change",
    "yield_change_bp",
)
MOVES = (*SIGNED, "days_change", "year_change", "utc_day_change", "period_change")
"""The kinds of changes that may follow another one without a verb of their own."""
TERMS = {"correction": "correction", "bear market": "bear_market"}
WINDOWS = {
    "this year": "ytd",
    "for the year": "ytd",
    "for the week": "week",
    "this week": "week",
    "for the month": "month",
    "this month": "month",
    "for the day": "day",
}
FED = re.compile(r"\bFed\b(?!['\u2019])")
"""The short name of who sets the policy rate, which cites nothing."""
DAY_SLOT = re.compile(r"d\d{4}-\d\d-\d\d")
STANDS = (
    *("level", "yield_level", "yield_spread", "reference_price"),
    *("print", "print_level", "print_revised"),
)
"""The kinds of figures that are told with the one before: "to 4.28% from 4.30%"."""
EARLIER = re.compile(r"day-before|before-\w+")
"""The windows of the figure before."""
WAY = re.compile(
    span(f"(?:{'|'.join([*VERBS, *WEAK, *DIRECTIONS])})|little changed|no change|loss"),
    re.IGNORECASE,
)
"""Words that say which way something went."""
FIGURE = re.compile(r"(?:(?:nearly|just over|more than|less than) )?[\d.,]+%?(?: points?)?")
"""A figure alone, which says nothing of the way."""
CUT = "axis is truncated"
"""What a caption says of an axis of values that leaves zero out."""
SLOTS = {"last": "level", "high": "high_close", "threshold": "chart_line"}


@dataclass(slots=True)
class _Reading:
    """What has been read of a line.

    Its subject, all names, the month named, and the figure just before.
    """

    subject: str | None
    named: list[str]
    month: Fact | None = None
    since: str = ""
    """The kind of the superlative that was said last: "best_day_since"."""
    before: tuple[Run, Fact] | None = None
    between: str = ""
    way: float = 0
    """Which way the move went that this sentence told last; 0 for none."""
    bare: bool = False
    """Whether a name and a space were read last."""


class Binding:
    """Rules that bind figures to names, for one record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.facts = record.facts
        self.keys = {row["key"]: symbol for symbol, row in record.instruments.items()}
        self.lead = record.lead.instrument
        self.policy = record.market.futures
        self.columns = words_of(record.templates).columns

    def name_of(self, run: Run) -> str | None:
        """The instrument or basket that *run* names, if it names one."""
        if run.ref.startswith("@"):
            return run.ref[1:]
        fact = self.facts.get(run.ref)
        return (
            fact.instrument
            if fact is not None and fact.kind == "basket" and fact.unit is Unit.TEXT
            else None
        )

    def line(self, where: str, runs: Runs) -> Iterator[Objection]:
        """What is bound wrongly in one line of text."""
        reading = _Reading(None, [])
        beside: str | None = None
        for place, run in enumerate(runs):
            fact, name = self.facts.get(run.ref), self.name_of(run)
            if not run.ref:
                reading.between = run.text
                reading.bare = run.text == " " and bool(beside)
                if STOP.search(run.text):
                    reading.subject, reading.way = None, 0
                if FED.search(run.text) and self.policy in self.record.instruments:
                    reading.subject = self.policy
                yield from self._plain(run.text, runs)
            elif name is not None:
                yield from self._named(name, run, runs[:place], reading)
            elif fact is not None:
                if where in ("title", "key_points", "body", "alt", "caption"):
                    yield from self._owned(run, fact, runs[place + 1 :], reading, text_of(runs))
                    yield from _as_before(run, fact, reading)
                yield from self._months(run, fact, reading)
                yield from self._since(run, fact, reading)
                yield from self._each(run, fact, reading)
                yield from self._paired(run, fact, reading)
                yield from self._signed_twice(run, fact, reading)
                yield from _ordered(run, fact, reading.between)
                if where in ("table", "label") and _unsigned(run, fact):
                    yield run.text, run.ref, "a change without its sign"
                reading.before, reading.between = (run, fact), ""
            beside = name

    def _named(
        self,
        name: str,
        run: Run,
        earlier: Runs,
        reading: _Reading,
    ) -> Iterator[Objection]:
        """Make a name the subject, unless it is the second part of a comparison."""
        reading.named.append(name)
        reading.before, reading.bare = None, False
        near = len(earlier) >= 2 and not earlier[-1].ref and not CLAUSE.search(earlier[-1].text)
        pair = self._pair(self.facts.get(earlier[-2].ref)) if near else set()
        if not pair:
            reading.subject = name
        elif name not in pair:
            yield run.text, run.ref, "not one of the two that are compared"

    def _pair(self, fact: Fact | None) -> set[str]:
        """The two instruments of a comparison."""
        if fact is None or not fact.kind.startswith(("outperform", "widest_gap")):
            return set()
        return {fact.instrument, self.keys[fact.id.split(".")[2]]}

    def _owned(
        self,
        run: Run,
        fact: Fact,
        rest: Runs,
        reading: _Reading,
        line: str,
    ) -> Iterator[Objection]:
        """A figure must be the subject's.

        Before any subject, that of a name of the line or of what
        the report is about.
        """
        nameable = fact.instrument in self.record.instruments or fact.instrument.startswith(
            "basket:"
        )
        if not nameable or re.fullmatch(r"\d{4}", run.text):
            return
        pair = self._pair(fact)
        allowed = {reading.subject}
        if reading.subject is None:
            following = next((n for n in map(self.name_of, rest) if n), None)
            policy = self.record.instruments.get(fact.instrument, {}).get(
                "kind"
            ) == "policy_rate" and re.search(r"\bFed|\brates?\b", line)
            allowed = {
                *reading.named,
                following,
                self.lead,
                fact.instrument if policy else None,
            }
        if not (pair or {fact.instrument}) & allowed:
            owner = self.record.instruments.get(fact.instrument, {}).get("short", "")
            hint = f"; it is of {owner}: name it last before the figure" if owner else ""
            yield run.text, run.ref, f"a figure of another instrument than the one named{hint}"
        elif pair:
            yield from self._side(run, fact, reading.subject or fact.instrument, rest)

    def _side(
        self,
        run: Run,
        fact: Fact,
        subject: str,
        rest: Runs,
    ) -> Iterator[Objection]:
        """Who is ahead of whom: the subject of the sentence, and one other than itself."""
        better, worse = AHEAD.search(run.text), BACK.search(run.text)
        if not (better or worse):
            return
        ahead = fact.number > 0 if subject == fact.instrument else fact.number < 0
        if ahead != bool(better):
            yield run.text, run.ref, "it is the other that is ahead"
        for other in rest[:4]:
            if not other.ref and re.search(r"[.:;,] ", other.text):
                return
            if self.name_of(other) == subject:
                yield other.text, other.ref, "compared with itself"

    def _months(
        self,
        run: Run,
        fact: Fact,
        reading: _Reading,
    ) -> Iterator[Objection]:
        """A month's superlative and figure belong to the month named last."""
        if fact.unit is Unit.DATE and len(str(fact.value)) == len("2024-11"):
            if run.text.split()[0] in MONTHS:
                reading.month = fact
            elif (
                not run.text.isdigit()
                and reading.month is not None
                and reading.month.id != fact.id
                and not fact.kind.endswith(("_since", "_quarter"))
            ):
                yield run.text, run.ref, "said of another month than the one named"
        elif (
            fact.kind == "month_change"
            and fact.window != "month"
            and reading.month is not None
            and not _of_month(fact, reading.month)
        ):
            yield run.text, run.ref, "a figure of another month than the one named"

    def _since(
        self,
        run: Run,
        fact: Fact,
        reading: _Reading,
    ) -> Iterator[Objection]:
        """The date after "best day since" is that of a best day, not of a worst one."""
        if not (fact.kind.endswith("_since") and fact.unit is Unit.DATE):
            return
        if re.search(
            r"\b(?:best|worst|highest|lowest|largest|smallest|widest|longest|most)\b", run.text
        ):
            reading.since = fact.kind
        elif fact.kind != reading.since and run.text != "too":
            yield run.text, run.ref, "a date of another kind than the words before it"

    def _each(
        self,
        run: Run,
        fact: Fact,
        reading: _Reading,
    ) -> Iterator[Objection]:
        """What is said of several names together is true of each that was named."""
        if fact.kind != "record_close" or not re.search(r"\b(?:at|set) records\b", run.text):
            return
        told = {
            one.instrument
            for one in self.facts.values()
            if one.kind == "record_close" and one.id.endswith(".record_close")
        }
        if not set(reading.named) <= told:
            yield run.text, run.ref, "not each of those that are named is at a record"

    def _paired(
        self,
        run: Run,
        fact: Fact,
        reading: _Reading,
    ) -> Iterator[Objection]:
        """A verb and its figure ("fell" "1.1%"), or figure and year, cite one fact."""
        if reading.before is None or reading.between.strip() not in ("", "in", "by"):
            return
        earlier, known = reading.before
        if isinstance(fact.value, str) or isinstance(known.value, str):
            return
        one_figure = any(c.isdigit() for c in earlier.text) != any(c.isdigit() for c in run.text)
        same = (fact.instrument, fact.kind, fact.window) == (
            known.instrument,
            known.kind,
            known.window,
        )
        if (one_figure or run.text.isdigit()) and not same:
            yield run.text, run.ref, f"says something of another fact than '{earlier.text}'"

    def _signed_twice(self, run: Run, fact: Fact, reading: _Reading) -> Iterator[Objection]:
        """A minus sign beside a word that says the same: "-13.4% below"."""
        if reading.before is None or reading.between.strip() or reading.before[1].id != fact.id:
            return
        earlier = reading.before[0]
        figure, words = (run, earlier) if run.text.startswith(MINUS) else (earlier, run)
        ours = self.record.kinds.get(fact.kind, OwnKind()).negative
        if figure.text.startswith(MINUS) and (words.text in ours or WAY.fullmatch(words.text)):
            yield (
                figure.text,
                figure.ref,
                f"'{words.text}' says the minus already; write the figure with | size",
            )

    def _plain(self, text: str, runs: Runs) -> Iterator[Objection]:
        """Words that belong to a kind of fact or a window need such a fact in the line."""
        cited = [self.facts[r.ref] for r in runs if r.ref in self.facts]
        for words, kind in TERMS.items():
            if re.search(rf"\b{words}\b", text.lower()) and not any(
                kind in f.kind or f".{kind}." in f.id for f in cited
            ):
                yield words, "", "nothing that is cited is about that line"
        for words, window in WINDOWS.items():
            if words in text.lower() and not any(f.window == window for f in cited):
                hint = f'a figure of your own belongs to it with window="{window}"'
                yield words, "", f"no figure of that window is cited; {hint}"

    def whole(
        self,
        narrative: Narrative,
    ) -> Iterator[tuple[str, Runs, Objection]]:
        """What is bound wrongly beyond single lines.

        The kicker, the rows of the strip, the pictures.
        """
        for run in narrative.kicker:
            if self.name_of(run) not in (None, self.lead):
                yield (
                    "kicker",
                    narrative.kicker,
                    (run.text, run.ref, "not what the brief is about"),
                )
        yield from self._strip(narrative)
        for picture in narrative.pictures:
            yield from self._picture(picture)
        for table in narrative.tables:
            if SHEET in self.record.tables.get(table.name, {}):
                recorded = self.record.tables[table.name]
                for runs, objection in sheet(table, recorded, self.facts):
                    yield "table", runs, objection
            else:
                yield from self._table(table)

    def _strip(
        self,
        narrative: Narrative,
    ) -> Iterator[tuple[str, Runs, Objection]]:
        """Each row of the strip shows its own instrument's level and change."""
        rows: list[Any] = list(self.record.tables.get("strip", {}).get("rows", ()))
        told = self.record.noted_from if rows else ""
        for row, shown in zip(rows, narrative.strip, strict=True):
            cells = row["cells"]
            late = [cells["session"]] if self.facts[cells["session"]].value != told else []
            wanted = ([f"@{row['instrument']}"], [cells["level"]], [cells["change"]], late)
            cited = map(_refs, (shown.name, shown.level, shown.change, shown.note))
            if tuple(cited) != wanted:
                yield (
                    "table",
                    shown.name,
                    (
                        text_of(shown.name),
                        row["instrument"],
                        "this row is not that of its instrument",
                    ),
                )

    def _table(self, table: Table) -> Iterator[tuple[str, Runs, Objection]]:
        """A row shows figures of the instrument it names.

        A column one kind of figure of one window, the one its head says.
        """
        for row in table.rows:
            owner = next(
                (self.name_of(run) for run in row[0] if self.name_of(run)),
                None,
            )
            for cell, head in zip(row[1:], table.columns[1:], strict=True):
                for fact in (self.facts[run.ref] for run in cell if run.ref in self.facts):
                    if fact.instrument != owner:
                        yield (
                            "table",
                            cell,
                            (text_of(cell), fact.id, "this row is not that of its instrument"),
                        )
                    found = Column(
                        window=fact.window,
                        points=not fact.kind.startswith(("print", "macro"))
                        and (fact.unit.money or fact.unit in (Unit.POINTS, Unit.LEVEL)),
                        level=fact.kind == "level",
                    )
                    if self.columns.get(text_of(head)) != found:
                        yield (
                            "table",
                            cell,
                            (text_of(cell), fact.id, f"not what the column '{text_of(head)}' says"),
                        )

    def _picture(self, picture: Picture) -> Iterator[tuple[str, Runs, Objection]]:
        """Names in captions are those of the alt text; labels are those of their slots."""
        shown = {self.name_of(r) for r in picture.alt} | {
            self.facts[r.ref].instrument for r in picture.alt if r.ref in self.facts
        }
        first = next(
            (
                i
                for i, r in enumerate(picture.alt)
                if r.ref in self.facts and self.name_of(r) is None
            ),
            len(picture.alt),
        )
        listed = [self.name_of(r) for r in picture.alt[:first] if self.name_of(r)]
        if len(listed) != len(set(listed)):
            yield "alt", picture.alt, (text_of(picture.alt), "", "one instrument is listed twice")
        drawn = [n for runs in picture.labels.values() for n in map(self.name_of, runs) if n]
        if len(listed) > 1 and sorted(drawn) != sorted(str(n) for n in listed):
            yield (
                "alt",
                picture.alt,
                (text_of(picture.alt), "", "it does not list what the picture labels"),
            )
        for where, runs in (("caption", picture.title), ("caption", picture.subtitle)):
            for run in runs:
                if self.name_of(run) not in shown | {None}:
                    yield where, runs, (run.text, run.ref, "not what the picture shows")
        if CUT in text_of(picture.subtitle) and self._from_zero(picture.name):
            yield "caption", picture.subtitle, (CUT, "", "its axis of values has zero")
        for slot, runs in picture.labels.items():
            for run in runs:
                if reason := self._label(picture.name, slot, run):
                    yield "label", runs, (run.text, run.ref, reason)

    def _from_zero(self, picture: str) -> bool:
        """Whether zero is on an axis of values that the *picture* fixes."""
        spec = self.record.charts.get(picture, {}).get("spec", {})
        for layer in [spec, *spec.get("layer", [])]:
            ends = layer.get("encoding", {}).get("y", {}).get("scale", {}).get("domain") or ()
            numbers = [end for end in ends if isinstance(end, int | float)]
            if len(numbers) == 2 and min(numbers) <= 0 <= max(numbers):
                return True
        return False

    def _label(self, picture: str, slot: str, run: Run) -> str:
        """Why *run* cannot stand at *slot* of a *picture*, or ""."""
        fact, name = self.facts.get(run.ref), self.name_of(run)
        key = slot.removesuffix("_value")
        owner = self.keys.get(key) or (f"basket:{key}" if f"{key}.name" in self.facts else None)
        about = name or (fact.instrument if fact else None)
        if owner and about and about != owner:
            return "not the label of that slot"
        if fact is None or owner:
            return ""
        if DAY_SLOT.fullmatch(slot):
            return (
                ""
                if (fact.kind, f"d{fact.window}") == ("pct_change", slot)
                else "not the figure of that slot"
            )
        if slot in SLOTS and (
            f"{fact.id}.".split(".")[1] != SLOTS[slot] or not self._drawn(picture, slot, fact)
        ):
            return "not the figure of that slot"
        if slot in ("best", "worst"):
            month = next(
                (f.value for f in self.facts.values() if f.kind == f"{slot}_month_of_year"),
                None,
            )
            return (
                ""
                if fact.kind == "month_change" and fact.window == month
                else "not the figure of that slot"
            )
        return ""

    def _drawn(self, picture: str, slot: str, fact: Fact) -> bool:
        """Whether the *picture* is drawn with the value of *fact* where it has *slot*.

        Where its data do not say, it is the picture of the instrument that leads.
        """
        rows = list(_rows_of(self.record.charts.get(picture, {}), f"slot:{slot}"))
        if not rows:
            return fact.instrument == self.lead
        return any(_is(fact.value, value) for row in rows for value in row.values())


def _as_before(run: Run, fact: Fact, reading: _Reading) -> Iterator[Objection]:
    """A change without a verb goes the way of the one before: "fell 1% and the Dow 0.5%"."""
    bare = reading.bare and FIGURE.fullmatch(run.text) is not None
    reading.bare = False
    if fact.kind not in MOVES or isinstance(fact.value, str):
        return
    if bare and fact.number * reading.way <= 0:
        yield run.text, run.ref, "it did not go the way of the move before it"
    if bare or WAY.search(run.text):
        reading.way = fact.number


def _ordered(run: Run, fact: Fact, between: str) -> Iterator[Objection]:
    """A figure after "from" is the one before, and that after "to" or "at" is not."""
    if fact.kind not in STANDS or isinstance(fact.value, str):
        return
    word = between.split()[-1:]
    earlier = EARLIER.fullmatch(fact.window) is not None
    if word == ["from"] and not earlier and fact.window != "cycle":
        yield run.text, run.ref, "not the figure before"
    elif word in (["to"], ["at"]) and earlier:
        yield run.text, run.ref, "the figure before, told as the one now"


def _refs(runs: Runs) -> list[str]:
    return [run.ref for run in runs]


def _of_month(fact: Fact, month: Fact) -> bool:
    """Whether a month's change is that of the *month* named.

    By its window, or both of the month before this one.
    """
    return fact.window == (month.window if fact.window == "prior-month" else month.value)


def _unsigned(run: Run, fact: Fact) -> bool:
    """Whether a nonzero change is in a table or on a chart without its sign."""
    return (
        fact.kind in SIGNED
        and run.text[:1].isdigit()
        and not re.match(r"0(\.0+)?( bp|%|$)", run.text)
    )


def _rows_of(node: Any, label: str) -> Iterator[Mapping[str, Any]]:
    """The rows of the data of a chart that have *label* as one of their values."""
    if isinstance(node, Mapping):
        if label in [value for value in node.values() if isinstance(value, str)]:
            yield node
        for value in node.values():
            yield from _rows_of(value, label)
    elif isinstance(node, list):
        for value in node:
            yield from _rows_of(value, label)


def _is(value: float | str, drawn: Any) -> bool:
    """Whether a picture is *drawn* with a fact's *value*: a figure, or a day."""
    if isinstance(value, str):
        return bool(value == drawn)
    number = isinstance(drawn, int | float) and not isinstance(drawn, bool)
    return number and math.isclose(value, drawn, rel_tol=1e-9)

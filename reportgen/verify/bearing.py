"""The facts that may bear out the parts of a headline.

The change of an instrument over a window, its level, the day of a thing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from reportgen.core.facts import Fact, Unit
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.grammar import Claim, Span, Subject
from reportgen.verify.vocabulary import DIRECTIONS, MONTH_NUMBERS, VERBS

Cites = dict[Span, str]
"""Which fact or name each part of a headline cites."""
CHANGE = {
    "day": ("pct_change", "point_change", "yield_change_bp"),
    "prior-day": ("pct_change",),
    "week": ("week_change",),
    "month": ("month_change",),
    "quarter": ("quarter_change",),
    "ytd": ("ytd_change",),
    "since-event": ("period_change",),
}
"""The kinds of facts that are a change over each window."""
DAY_WINDOWS = ("day", "since-close")
"""A coin trades on after the close: its day is that since the last one."""
WINDOWS = {"week": "week", "month": "month", "quarter": "quarter", "year": "ytd"}
SHARES = (Unit.FRACTION, Unit.BP)
"""The units of a change that is told in no unit."""
HOLIDAY = "a market holiday"
NOTHING = "which nothing in this brief bears out"


class Refused(Exception):
    """A part of the headline that is not borne out, and why."""

    def __init__(self, span: Span, why: str = NOTHING) -> None:
        super().__init__(why)
        self.span = span
        self.why = why
        self.whose: Subject | None = None


def whole(claim: Claim) -> Span:
    """From the first to the last part of *claim*."""
    spans = [*claim.parts.values(), *claim.scope.values()]
    return min(start for start, _ in spans), max(end for _, end in spans)


def events(check: FactCheck) -> Mapping[str, tuple[str, str]]:
    """What a headline may come before or after: the words, the way, and the fact."""
    found: dict[str, tuple[str, str]] = {}
    for fact in check.record.facts.values():
        if fact.kind == "event" and fact.unit is Unit.TEXT:
            way = "before" if fact.window == "next" else "after"
            text = str(fact.value)
            found[text.lower()] = (way, fact.id)
            short = re.sub(
                rf"^the (?:(?:{'|'.join(map(re.escape, MONTH_NUMBERS))}) (?:\d+ )?)?", "", text
            )
            brief = re.sub(r"^(\w+)'s (\w+).*", r"\1 \2", short)
            for words in (short, f"the {short}", brief, f"the {brief}"):
                found.setdefault(words.lower(), (way, fact.id))
    if "session.closed_on" in check.record.facts:
        found[HOLIDAY] = ("before", "session.closed_on")
    if "session.closed_for" in check.record.facts:
        reason = str(check.record.facts["session.closed_for"].value).lower()
        for words in (reason, reason.partition(" for ")[0]):
            found[words] = found[re.sub("^an? ", "", words)] = ("before", "session.closed_for")
    return found


class Bearing:
    """The facts of one record, asked for by what a headline says."""

    def __init__(self, words: str, check: FactCheck) -> None:
        self.words = words
        self.check = check
        self.facts = check.record.facts
        self.cites: Cites = {}
        self.session = dt.date.fromisoformat(str(self.facts["session.date"].value))
        self.open = check.evidence.state == "open"
        self.events = events(check)

    def _named(self, subject: Subject) -> str:
        ref = subject.stands_for[0]
        return ref if ref in self.facts else f"@{ref}"

    def _instrument(self, ref: str) -> str:
        """The instrument of a symbol, or of the fact that names a basket."""
        return self.facts[ref].instrument if ref in self.facts else ref

    def _owner(self, claim: Claim) -> str:
        """The instrument that was named last: figures of it may follow."""
        return self._instrument(claim.subjects[-1].stands_for[0]) if claim.subjects else ""

    def _text(self, span: Span) -> str:
        return self.words[slice(*span)]

    def _proved(self, span: Span, fact: Fact | None, why: str = NOTHING) -> Cites:
        """That *fact* bears out the words at *span*."""
        if fact is None or not self.check.bears_out(self._text(span), fact):
            raise Refused(span, why)
        return {span: fact.id}

    def _one(self, instrument: str, kind: str, ending: str = "") -> Fact | None:
        """The fact of that kind with an id that ends so."""
        return next(
            (
                fact
                for fact in self.facts.values()
                if fact.instrument == instrument
                and fact.kind == kind
                and fact.id.endswith(ending or f".{kind}")
            ),
            None,
        )

    def _change(self, instrument: str, window: str, units: Sequence[Unit]) -> Fact | None:
        """The change of *instrument* over *window* in one of the *units*."""
        named = {4: ("year_change",), 7: ("month_change",)}
        kinds = CHANGE.get(window, named.get(len(window), ("pct_change",)))
        windows = DAY_WINDOWS if window == "day" else (window,)
        return next(
            (
                fact
                for fact in self.facts.values()
                if fact.instrument == instrument
                and fact.kind in kinds
                and fact.window in windows
                and fact.unit in units
                and not fact.id.endswith((".before", ".sigma", ".peak"))
            ),
            None,
        )

    def _units(self, figure: str) -> tuple[Unit, ...]:
        if figure.endswith("%"):
            return (Unit.FRACTION,)
        if "basis" in figure or figure.endswith("bp"):
            return (Unit.BP,)
        return () if "percentage" in figure else (Unit.POINTS, Unit.MONEY_CHANGE)

    def _dated(self, span: Span, day: str, instrument: str) -> Cites:
        """A fact that is the day, or of the month *day*: one of no instrument, or of that one."""
        whose = ("session", instrument)
        for fact in self.facts.values():
            if (
                fact.unit is Unit.DATE
                and str(fact.value).startswith(day)
                and fact.instrument in whose
                and self.check.bears_out(self._text(span), fact)
            ):
                return {span: fact.id}
        raise Refused(span, "a day that no fact is of")

    def _sign(self, span: Span) -> int:
        words = self._text(span).lower()
        if words in VERBS:
            return VERBS[words].direction
        return DIRECTIONS.get(words.split()[-1], 0)

"""A headline in a person's words, read as a claim.

:mod:`reportgen.verify.grammar` says what the headline claims. Here each claim
is held against the facts of all that it speaks of. What no fact bears out is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from reportgen.core.errors import EditError
from reportgen.core.facts import Fact, Unit
from reportgen.story.citations import Run, Runs
from reportgen.verify.currencies import READ
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.grammar import Claim, Reader, Span, Subject, Unread
from reportgen.verify.vocabulary import DIRECTIONS, MONTH_NUMBERS, VERBS, WEEKDAYS

Cites = dict[Span, str]
"""Which fact or name each part of a headline cites."""
ODD = re.compile(r"[^\w\s.,;:%&'\u2019+\u2212\u2013\u2014/$-]")
"""What no headline needs; a sign of money is taken where a figure has it."""
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
ODDS = {"no change in rates": "hold", "a rate cut": "cut", "a rate increase": "increase"}
HOLIDAY = "a market holiday"
NOTHING = "which nothing in this brief bears out"


class _Refused(Exception):
    """A part of the headline that is not borne out, and why."""

    def __init__(self, span: Span, why: str = NOTHING) -> None:
        super().__init__(why)
        self.span = span
        self.why = why


def cited(words: str, check: FactCheck) -> Runs:
    """*words* as runs that the fact check bears out.

    Raises:
        EditError: It names what nothing bears out.
    """
    known = "".join((*check.subjects, *READ["signs"]))
    if odd := ODD.search(words.translate(dict.fromkeys(map(ord, known)))):
        raise EditError(
            f"The headline has '{odd[0]}', which no headline needs; write plain words.",
            subject=words,
        )
    try:
        claims = Reader(words, check.subjects, tuple(_events(check))).claims()
    except Unread as unread:
        raise EditError(_unread(words, unread.place, check), subject=words) from unread
    judge = _Judge(words, check)
    for claim in claims:
        try:
            judge.claim(claim)
        except _Refused as refused:
            start, end = refused.span
            whose = " and ".join(words[slice(*subject.span)] for subject in claim.subjects)
            of = f" of {whose}" if whose and refused.why == NOTHING else ""
            raise EditError(
                f"The headline says '{words[start:end].strip()}'{of}, {refused.why}.",
                subject=words,
            ) from refused
    runs = tuple(_runs(words, judge.cites))
    objections = list(check.line("title", runs))
    if objections:
        reasons = "; ".join(f"'{each.words}': {each.reason}" for each in objections)
        raise EditError(f"The headline '{words}' is not borne out: {reasons}.", subject=words)
    return runs


def _unread(words: str, place: int, check: FactCheck) -> str:
    """What is said of words that the grammar cannot read, from *place* on."""
    rest = words[place:].strip(" ,;:")
    rest = re.split(r"(?<=\w)[,;:] ", rest)[0] if rest else words
    name = re.match(r"(?:[A-Z][\w.'\u2019-]*)(?: [A-Z][\w.'\u2019-]*)*", rest)
    if name and not any(map(name[0].lower().startswith, check.subjects)):
        return (
            f"The headline says '{rest}'; '{name[0]}' is no instrument of this brief,"
            " and no claim that a fact can bear out."
        )
    return (
        f"The headline says '{rest}', {NOTHING}; say who moved, which way and how far,"
        " with nothing that no fact says."
    )


def _events(check: FactCheck) -> Mapping[str, tuple[str, str]]:
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
            for words in (short, f"the {short}"):
                found.setdefault(words.lower(), (way, fact.id))
    if "session.closed_on" in check.record.facts:
        found[HOLIDAY] = ("before", "session.closed_on")
    if "session.closed_for" in check.record.facts:
        reason = str(check.record.facts["session.closed_for"].value).lower()
        for words in (reason, reason.partition(" for ")[0]):
            found[words] = found[re.sub("^an? ", "", words)] = ("before", "session.closed_for")
    return found


class _Judge:
    """Holds claims against the facts of one record, and keeps what each part cites."""

    def __init__(self, words: str, check: FactCheck) -> None:
        self.words = words
        self.check = check
        self.facts = check.record.facts
        self.cites: Cites = {}
        self.session = dt.date.fromisoformat(str(self.facts["session.date"].value))
        self.open = check.evidence.state == "open"

    def claim(self, claim: Claim) -> None:
        """Keep what the parts of *claim* cite.

        Raises:
            _Refused: It is not true of all its subjects.
        """
        for subject in (*claim.subjects, *claim.against):
            self.cites[subject.span] = self._named(subject)
        window = self._window(claim)
        self._time(claim)
        if claim.kind in ("odds", "event"):
            self.cites |= (self._odds if claim.kind == "odds" else self._event)(claim)
            return
        told: Cites = {}
        for subject in claim.subjects:
            for place, ref in enumerate(subject.stands_for):
                cites = self._cites(claim, self._instrument(ref), window)
                told = cites if place == 0 else told
        self.cites |= told

    def _named(self, subject: Subject) -> str:
        ref = subject.stands_for[0]
        return ref if ref in self.facts else f"@{ref}"

    def _instrument(self, ref: str) -> str:
        """The instrument of a symbol, or of the fact that names a basket."""
        return self.facts[ref].instrument if ref in self.facts else ref

    def _cites(self, claim: Claim, instrument: str, window: str) -> Cites:
        kinds: Mapping[str, Callable[[Claim, str, str], Cites]] = {
            "move": self._move,
            "signed": self._move,
            "same": self._same,
            "little_changed": self._move,
            "turn": self._turn,
        }
        if claim.kind in kinds:
            return kinds[claim.kind](claim, instrument, window)
        of_the_day: Mapping[str, Callable[[Claim, str], Cites]] = {
            "level": self._level,
            "since": self._since,
            "record": self._record,
            "from_record": self._from_record,
            "near_record": self._near_record,
            "line": self._line,
            "correction": self._correction,
            "streak": self._streak,
            "run": self._streak,
            "ended": self._streak,
            "sector": self._sector,
            "decision": self._decision,
        }
        if claim.kind == "against":
            return self._against(claim, instrument, window)
        if window != "day":
            raise _Refused(_whole(claim), "which no fact says of that window")
        return of_the_day[claim.kind](claim, instrument)

    # Windows, days and times.

    def _window(self, claim: Claim) -> str:
        """The window that *claim* is of; where it names none, the session's day."""
        scope = claim.scope
        named = [
            self._of_window(scope[name]) for name in ("window", "ytd", "past") if name in scope
        ]
        if "since" in scope:
            named.append(self._of_event(scope["since"]))
        if "over" in claim.parts:
            named.append(self._over(claim.parts["over"]))
        if "day" in scope or "session" in scope:
            if named:
                raise _Refused(_whole(claim), "of a day and of a window at once")
            owner = self._instrument(claim.subjects[-1].stands_for[0]) if claim.subjects else ""
            return self._day(scope["day"], owner) if "day" in scope else "day"
        if len(named) > 1 and len(set(named)) > 1:
            raise _Refused(_whole(claim), "of two windows at once")
        return named[0] if named else "day"

    def _of_window(self, span: Span) -> str:
        words = self._text(span).lower()
        if words.isdigit():
            return "ytd" if int(words) == self.session.year else words
        return WINDOWS.get(words.split()[-1], "ytd")

    def _of_event(self, span: Span) -> str:
        """The window since an event on file that is past."""
        words = self._text(span)
        way, id = _events(self.check)[words.lower()]
        if way != "after":
            raise _Refused(span, "which is still to come")
        if words.lower() == str(self.facts[id].value).lower():
            self.cites[span] = id
        return self.facts[id].window

    def _over(self, span: Span) -> str:
        """The window that a headline says has ended; it must have."""
        name = self._text(span).split()[-1].lower()
        upcoming = self.facts.get("session.upcoming")
        if upcoming is None or self.open:
            raise _Refused(span, "which is not over")
        following = dt.date.fromisoformat(str(upcoming.value))
        of: Mapping[str, Callable[[dt.date], object]] = {
            "week": lambda day: day.isocalendar()[:2],
            "month": lambda day: (day.year, day.month),
            "quarter": lambda day: (day.year, (day.month - 1) // 3),
            "year": lambda day: day.year,
        }
        if of[name](following) == of[name](self.session):
            raise _Refused(span, "which is not over")
        return WINDOWS[name]

    def _day(self, span: Span, instrument: str) -> str:
        """The window of a day by name; its date is cited, of *instrument* where it is of one."""
        words = self._text(span)
        day = self._date(words)
        dates = [
            fact
            for fact in self.facts.values()
            if fact.unit is Unit.DATE
            and str(fact.value) == day.isoformat()
            and self.check.bears_out(words, fact)
        ]
        if not dates:
            raise _Refused(span, "a day that no fact is of")
        whose = ("session", instrument)
        own = min(dates, key=lambda fact: (fact.instrument not in whose, fact.id))
        self.cites[span] = own.id
        if day == self.session:
            return "day"
        prior = [f for f in dates if f.window == "prior-day" and f.kind == "session"]
        return "prior-day" if prior else day.isoformat()

    def _date(self, words: str) -> dt.date:
        """The latest day of that name or date."""
        capital = words[:1].upper() + words[1:]
        if capital in WEEKDAYS:
            return self.session - dt.timedelta(
                days=(self.session.weekday() - WEEKDAYS.index(capital)) % 7
            )
        month, day, *year = re.split(r",? ", capital)
        number = MONTH_NUMBERS[month]
        if year:
            return dt.date(int(year[0]), number, int(day))
        for past in range(2):
            try:
                found = dt.date(self.session.year - past, number, int(day))
            except ValueError:
                continue
            if found <= self.session:
                return found
        return dt.date.max

    def _time(self, claim: Claim) -> None:
        """The time of day is that of the brief."""
        scope = claim.scope
        for name in ("clock", "part"):
            if name in scope:
                if name == "part" and not self.open:
                    raise _Refused(scope[name], "but the session is over")
                self.cites |= self._proved(scope[name], self.facts["session.as_of"])
        if "over" in scope and self.open:
            raise _Refused(scope["over"], "but the session is not over")
        if "end" in claim.parts:
            self._ended(claim.parts["end"])

    def _ended(self, span: Span) -> None:
        """A session that is said to have ended is over."""
        if self.open or "session.state" not in self.facts:
            raise _Refused(span, "but the session is not over")
        words = self._text(span).lower()
        if words.startswith(("end", "close")):
            self.cites |= self._proved(span, self.facts["session.state"])

    # Facts.

    def _text(self, span: Span) -> str:
        return self.words[slice(*span)]

    def _proved(self, span: Span, fact: Fact | None, why: str = NOTHING) -> Cites:
        """That *fact* bears out the words at *span*."""
        if fact is None or not self.check.bears_out(self._text(span), fact):
            raise _Refused(span, why)
        return {span: fact.id}

    def _one(self, instrument: str, kind: str, ending: str = "", window: str = "") -> Fact | None:
        """The fact of that kind, whose id ends so."""
        return next(
            (
                fact
                for fact in self.facts.values()
                if fact.instrument == instrument
                and fact.kind == kind
                and fact.id.endswith(ending or f".{kind}")
                and (not window or fact.window == window)
            ),
            None,
        )

    def _change(self, instrument: str, window: str, units: Sequence[Unit]) -> Fact | None:
        """The change of *instrument* over *window* in one of the *units*."""
        kinds = CHANGE.get(window, ("year_change",) if window.isdigit() else ("pct_change",))
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

    # Claims.

    def _move(self, claim: Claim, instrument: str, window: str) -> Cites:
        """A verb or a direction, a figure and a level, all of one change."""
        parts = claim.parts
        cites: Cites = {}
        fact = None
        for name in parts.keys() & {"or", "figure"}:
            own = self._change(instrument, window, self._units(self._text(parts[name])))
            cites |= self._proved(parts[name], own)
            fact = own if name == "figure" else fact
        fact = fact or self._change(instrument, window, SHARES)
        for name in parts.keys() & {"way", "still"}:
            cites |= self._proved(parts[name], fact)
        if "verb" in parts:
            figure = parts.get("figure", parts["verb"])
            cites.pop(figure, None)
            cites |= self._proved((parts["verb"][0], figure[1]), fact)
        if "past" in claim.scope:
            cites |= self._proved(claim.scope["past"], fact if window.isdigit() else None)
        return cites | self._levels(claim, instrument, window)

    def _levels(self, claim: Claim, instrument: str, window: str) -> Cites:
        """To where a move led, and from where."""
        parts = claim.parts
        cites: Cites = {}
        if "level" in parts:
            if window != "day":
                raise _Refused(parts["level"], "which no fact says of that window")
            cites = self._level(claim, instrument)
        if "before" in parts:
            level = self._one(instrument, "yield_level", ".yield_level.before")
            cites |= self._proved(parts["before"], level)
        return cites

    def _level(self, claim: Claim, instrument: str) -> Cites:
        """Where something stands at the end of the day."""
        parts = claim.parts
        levels = (self._one(instrument, kind) for kind in ("level", "yield_level", "crypto_level"))
        if "per" in parts:
            row = self.check.record.instruments.get(instrument, {})
            if self._text(parts["per"]) != row.get("per"):
                raise _Refused(parts["per"], f"which is no measure of {row.get('first')}")
        return self._proved(parts["level"], next(filter(None, levels), None))

    def _same(self, claim: Claim, instrument: str, window: str) -> Cites:
        """A figure whose verb is that of the claim before."""
        before = claim.like
        span = claim.parts["figure"]
        way = before and (before.parts.get("verb") or before.parts.get("way"))
        if not way:
            raise _Refused(span, "without a word for which way it moved")
        fact = self._change(instrument, window, self._units(self._text(span)))
        if fact is None or fact.number * self._sign(way) <= 0:
            raise _Refused(span)
        return self._proved(span, fact)

    def _sign(self, span: Span) -> int:
        words = self._text(span).lower()
        if words in VERBS:
            return VERBS[words].direction
        return DIRECTIONS.get(words.split()[-1], 0)

    def _turn(self, claim: Claim, instrument: str, _: str) -> Cites:
        """What a move came after: a day's move by its name, or one within the session."""
        parts = claim.parts
        figures = [parts[name] for name in ("figure", "size") if name in parts]
        day = parts.get("day") or parts.get("when")
        own = "name" in parts
        windows = [self._day(day, instrument)] if day else ["day"] if own else ["prior-day"]
        if not (day or own or figures):
            raise _Refused(parts["noun"], "without its day or its size")
        facts = [self._change(instrument, window, SHARES) for window in windows]
        if figures and not own:
            facts += [
                self._one(instrument, f"intraday_{reach}_change")
                for reach in ("high", "low")
                if windows != ["prior-day"] or not day
            ]
        for fact in filter(None, facts):
            spans = (*figures, parts["noun"])
            if all(self.check.bears_out(self._text(span), fact) for span in spans):
                return dict.fromkeys(spans, fact.id)
        raise _Refused(_whole(claim))

    def _since(self, claim: Claim, instrument: str) -> Cites:
        """The highest, the lowest, the best or the worst since a day."""
        extreme, period, *_ = self._text(claim.parts["what"]).lower().split()
        kind = f"{extreme}_{period if extreme in ('best', 'worst') else 'close'}_since"
        span = (claim.parts["what"][0], claim.parts["when"][1])
        return self._proved(span, self._one(instrument, kind))

    def _record(self, claim: Claim, instrument: str) -> Cites:
        """A close that no close before was above."""
        span = claim.parts["record"]
        return self._proved(span, self._one(instrument, "record_close"))

    def _from_record(self, claim: Claim, instrument: str) -> Cites:
        """How far below its record, or its high of a year."""
        parts = claim.parts
        record = self._text(parts["what"]).lower() != "high"
        below = self._text(parts["below"]).lower()
        fact = self._one(instrument, "near_record") if record else None
        if fact is None and not (record and "figure" in parts):
            fact = self._one(instrument, "drawdown_from_high")
        if fact is None or fact.number >= 0:
            raise _Refused(_whole(claim))
        cites: Cites = {}
        if "figure" in parts:
            points = self._text(parts["figure"]).endswith("s")
            own = self._one(instrument, "near_record", ".near_record.points") if points else fact
            cites = self._proved(parts["figure"], own)
        elif below in ("off", "from", "under"):
            raise _Refused(_whole(claim), "without how far")
        if "way" in parts:
            cites |= self._proved(parts["way"], fact)
        if record and "date" not in parts:
            cites |= self._proved((parts["below"][0], parts["what"][1]), fact)
        elif below == "below":
            cites |= self._proved(parts["below"], fact)
        return cites | self._high(claim, instrument, record=record)

    def _high(self, claim: Claim, instrument: str, *, record: bool) -> Cites:
        """The day of a record or of a high, where it is named."""
        parts = claim.parts
        kind, dated = (
            ("record_close", ".record_close.before") if record else ("high_close", ".high_close")
        )
        cites: Cites = {}
        for name in parts.keys() & {"date", "of"}:
            cites |= self._proved(parts[name], self._one(instrument, kind, f"{dated}.date"))
        if record and "date" in parts:
            cites |= self._proved(parts["what"], self._one(instrument, kind, dated))
        return cites

    def _near_record(self, claim: Claim, instrument: str) -> Cites:
        """Within half a percent of the record."""
        near = self._one(instrument, "near_record")
        before = self._one(instrument, "record_close", ".record_close.before")
        return self._proved(claim.parts["near"], near) | self._proved(claim.parts["what"], before)

    def _line(self, claim: Claim, instrument: str) -> Cites:
        """A round level that the day's close passed."""
        parts = claim.parts
        if "verb" in parts:
            change = self._change(instrument, "day", SHARES)
            self._proved(parts["verb"], change)
        start = min(parts[name][0] for name in ("verb", "end") if name in parts)
        if "end" in parts:
            self.cites.pop(parts["end"], None)
        if "first" in parts:
            span = (start, parts["first"][1])
            crossed = self._one(instrument, "milestone_cross")
            return self._proved(span, crossed)
        return self._proved((start, parts["level"][1]), self._one(instrument, "milestone"))

    def _correction(self, claim: Claim, instrument: str) -> Cites:
        """Near, in, or out of a correction or a bear market."""
        parts = claim.parts
        fall = self._one(instrument, "drawdown_from_high")
        cites: Cites = {}
        if "verb" in parts:
            cites |= self._proved(parts["verb"], self._change(instrument, "day", SHARES))
        if "enter" in parts:
            words = f"into {self._text(parts['enter'])}"
            if fall is None or not self.check.bears_out(words, fall):
                raise _Refused(_whole(claim))
            return cites | self._proved(parts["enter"], fall)
        line = -0.2 if "bear" in self._text(parts["state"]).lower() else -0.1
        if fall is None or fall.number > line / 2:
            raise _Refused(parts["state"])
        return cites | self._proved(parts["state"], fall)

    def _streak(self, claim: Claim, instrument: str) -> Cites:
        """So many sessions, weeks or months in a row, and no more."""
        parts = claim.parts
        unit = parts.get("unit") or parts.get("units")
        name = self._text(unit).lower().removesuffix("s") if unit else "session"
        window = "day" if name in ("session", "day") else name
        number = parts["nth"] if "nth" in parts else parts["count"]
        cites: Cites = {}
        if "noun" in parts:
            sign = self._sign(parts["noun"]) or -1
        elif "ended" in parts:
            sign = -1 if self._text(parts["ended"]).lower().startswith("losing") else 1
        else:
            verb = claim.like and (claim.like.parts.get("verb") or claim.like.parts.get("way"))
            if not verb:
                raise _Refused(_whole(claim), "without a word for which way it moved")
            sign = self._sign(verb)
            if window != "day" and self._window(claim.like or claim) != window:
                raise _Refused(_whole(claim))
        kind = f"streak_{'up' if sign > 0 else 'down'}{'_ended' if 'ended' in parts else ''}"
        fact = self._one(instrument, kind, window=window)
        for said in parts.keys() & {"noun", "ended"}:
            cites = self._proved(parts[said], fact)
        return cites | self._proved(number, fact)

    def _sector(self, claim: Claim, instrument: str) -> Cites:
        """The best or the worst of the sectors."""
        return self._proved(claim.parts["most"], self._change(instrument, "day", SHARES))

    def _against(self, claim: Claim, instrument: str, window: str) -> Cites:
        """One index against another: the gap between the two is on file."""
        words = self._text(claim.parts["gap"]).lower()
        ahead = words.startswith(("beat", "lead", "outperform"))
        cites: Cites = {}
        for other in (self._instrument(ref) for each in claim.against for ref in each.stands_for):
            fact, sign = self._gap(instrument, other, window)
            if fact is None or fact.number * sign * (1 if ahead else -1) <= 0:
                raise _Refused(claim.parts["gap"])
            cites |= {claim.parts["gap"]: fact.id}
            if "figure" in claim.parts:
                cites |= self._proved(claim.parts["figure"], fact)
        return cites

    def _gap(self, one: str, other: str, window: str) -> tuple[Fact | None, int]:
        """The gap between two indexes, and 1, or -1 where it is told of the other."""
        keys = {symbol: row["key"] for symbol, row in self.check.record.instruments.items()}
        for first, second, sign in ((one, other, 1), (other, one, -1)):
            for fact in self.facts.values():
                if (fact.kind, fact.instrument, fact.window) == (
                    "outperform",
                    first,
                    window,
                ) and fact.id.split(".")[2] == keys.get(second):
                    return fact, sign
        return None, 1

    def _decision(self, claim: Claim, instrument: str) -> Cites:
        """A change of the policy rate that was announced on the session's day."""
        span = claim.parts["decision"]
        total = self._one(instrument, "target_change_bp")
        last = self._one(instrument, "target_changes", ".target_changes.last")
        sign = -1 if self._text(span).lower() == "cuts" else 1
        if (
            total is None
            or last is None
            or str(last.value) != self.session.isoformat()
            or total.number * sign <= 0
        ):
            raise _Refused(span)
        return self._proved(span, total)

    def _odds(self, claim: Claim) -> Cites:
        """The odds of a decision on rates, by futures."""
        parts = claim.parts
        name = ODDS[self._text(parts["what"]).lower()]
        fact = next(
            (
                fact
                for fact in self.facts.values()
                if fact.kind == "fed_probability"
                and fact.window == "meeting"
                and fact.id.endswith(f".fed_probability.{name}")
            ),
            None,
        )
        cites = self._proved(parts["what"], fact) | self._proved(parts["figure"], fact)
        if "dates" in parts and fact is not None:
            meeting = self._one(fact.instrument, "meeting", ".meeting.end")
            cites |= self._proved(parts["dates"], meeting)
        return cites

    def _event(self, claim: Claim) -> Cites:
        """An event on file, before which or after which the session was."""
        parts = claim.parts
        words = self._text(parts["event"])
        way, id = _events(self.check)[words.lower()]
        if (self._text(parts["way"]).lower() == "after") != (way == "after"):
            raise _Refused(_whole(claim))
        fact = self.facts[id]
        cites: Cites = {}
        if "day" in parts:
            cites |= self._proved(parts["day"], self.facts.get(f"{id}.date"))
        if words.lower() == str(fact.value).lower():
            cites[parts["event"]] = id
        return cites


def _whole(claim: Claim) -> Span:
    """From the first to the last part of *claim*."""
    spans = [*claim.parts.values(), *claim.scope.values()]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _runs(words: str, cites: Mapping[Span, str]) -> Iterator[Run]:
    place = 0
    for (start, end), ref in sorted(cites.items()):
        if start > place:
            yield Run(words[place:start])
        yield Run(words[start:end], ref)
        place = end
    if place < len(words):
        yield Run(words[place:])

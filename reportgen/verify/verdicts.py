"""Whether each claim of a headline is true of all that it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reportgen.core.facts import Fact, Unit
from reportgen.verify.bearing import CHANGE, NOTHING, SHARES, Cites, Refused, whole
from reportgen.verify.grammar import Claim, Span, Subject
from reportgen.verify.scopes import Scopes
from reportgen.verify.vocabulary import VERBS

ODDS = {"no change in rates": "hold", "a rate cut": "cut", "a rate increase": "increase"}


class Verdicts(Scopes):
    """Holds claims against the facts of one record, and keeps what each part cites."""

    def claim(self, claim: Claim) -> None:
        """Keep what the parts of *claim* cite.

        Raises:
            Refused: It is not true of all its subjects.
        """
        for subject in (*claim.subjects, *claim.against):
            self.cites[subject.span] = self._named(subject)
        window = self._window(claim)
        self._time(claim)
        of_none = {"odds": self._odds, "event": self._event, "breadth": self._breadth}
        if claim.kind in of_none:
            if window != "day":
                raise Refused(whole(claim), "which no fact says of that window")
            self.cites |= of_none[claim.kind](claim)
            return
        told: Cites = {}
        for subject in claim.subjects:
            try:
                told = self._of_each(claim, subject, window)
            except Refused as refused:
                refused.whose = subject
                raise
        self.cites |= told

    def _of_each(self, claim: Claim, subject: Subject, window: str) -> Cites:
        """What *claim* cites, true of each instrument that *subject* stands for."""
        every = [self._cites(claim, self._instrument(ref), window) for ref in subject.stands_for]
        return every[0]

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
            "most": self._most,
            "record": self._record,
            "from_record": self._from_record,
            "near_record": self._near_record,
            "line": self._line,
            "correction": self._correction,
            "streak": self._streak,
            "run": self._streak,
            "ended": self._streak,
            "sector": self._sector,
            "led": self._led,
            "mixed": self._mixed,
            "decision": self._decision,
        }
        if claim.kind == "against":
            return self._against(claim, instrument, window)
        if window != "day":
            raise Refused(whole(claim), "which no fact says of that window")
        return of_the_day[claim.kind](claim, instrument)

    def _move(self, claim: Claim, instrument: str, window: str) -> Cites:
        """A verb or a direction, a figure and a level, all of one change."""
        parts = claim.parts
        cites: Cites = {}
        fact = None
        for name in parts.keys() & {"or", "figure"}:
            own = self._change(instrument, window, self._units(self._text(parts[name])))
            cites |= self._proved(parts[name], own, self._elsewhere(parts[name], instrument))
            fact = own if name == "figure" else fact
        fact = fact or self._change(instrument, window, SHARES)
        for name in parts.keys() & {"way", "still"}:
            cites |= self._proved(parts[name], fact)
        if "verb" in parts:
            figure = parts.get("figure", parts["verb"])
            cites.pop(figure, None)
            cites |= self._proved((parts["verb"][0], figure[1]), fact)
        if "past" in claim.scope and window.isdigit():
            cites |= self._proved(claim.scope["past"], fact)
        return cites | self._levels(claim, instrument, window)

    def _elsewhere(self, span: Span, instrument: str) -> str:
        """Why a figure is not borne out: what it is instead, where it is of another window."""
        units = self._units(self._text(span))
        for window in CHANGE:
            fact = self._change(instrument, window, units)
            if fact is not None and self.check.bears_out(self._text(span), fact):
                name = {"ytd": "year", "prior-day": "day before"}.get(window, window)
                return f"{NOTHING} of that window; it is a figure of the {name}"
        return NOTHING

    def _levels(self, claim: Claim, instrument: str, window: str) -> Cites:
        """To where a move led, and from where."""
        parts = claim.parts
        cites: Cites = {}
        if "level" in parts:
            if window != "day":
                raise Refused(parts["level"], "which no fact says of that window")
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
                raise Refused(parts["per"], f"which is no measure of {row.get('first')}")
        return self._proved(parts["level"], next(filter(None, levels), None))

    def _same(self, claim: Claim, instrument: str, window: str) -> Cites:
        """A figure that takes its verb from the claim before."""
        before = claim.like
        span = claim.parts["figure"]
        way = before and before.way
        if not way:
            raise Refused(span, "without a word for which way it moved")
        fact = self._change(instrument, window, self._units(self._text(span)))
        if fact is None or fact.number * self._sign(way) <= 0:
            raise Refused(span)
        return self._proved(span, fact)

    def _turn(self, claim: Claim, instrument: str, _: str) -> Cites:
        """What a move came after: a day's move by its name, or one within the session."""
        parts = claim.parts
        figures = [parts[name] for name in ("figure", "size") if name in parts]
        day = parts.get("day") or parts.get("when")
        own, erased = "name" in parts, "erased" in parts
        windows = [self._day(day, instrument)] if day else ["day"] if own else ["prior-day"]
        if not (day or own or figures):
            raise Refused(parts["noun"], "without its day or its size")
        facts = [self._change(instrument, window, SHARES) for window in windows if not erased]
        if figures and not own and self._turned(claim) and windows in (["day"], ["prior-day"]):
            reach = "high" if (self._sign(parts["noun"]) or -1) > 0 else "low"
            facts += (
                []
                if day and windows != ["day"]
                else [self._one(instrument, f"intraday_{reach}_change")]
            )
        for fact in filter(None, facts):
            spans = (*figures, parts["noun"])
            if all(self.check.bears_out(self._text(span), fact) for span in spans):
                return dict.fromkeys(spans, fact.id)
        raise Refused(whole(claim))

    def _turned(self, claim: Claim) -> bool:
        """Whether the move before went the other way, as one that turned within the day does."""
        moved = claim.like and claim.like.way
        if claim.like is None or not moved or self._window(claim.like) != "day":
            return False
        return self._sign(moved) == -(self._sign(claim.parts["noun"]) or -1)

    def _since(self, claim: Claim, instrument: str) -> Cites:
        """The highest, the lowest, the best or the worst since a day."""
        extreme, period, *_ = self._text(claim.parts["what"]).lower().split()
        kind = f"{extreme}_{period if extreme in ('best', 'worst') else 'close'}_since"
        span = (claim.parts["what"][0], claim.parts["when"][1])
        return self._proved(span, self._one(instrument, kind))

    def _most(self, claim: Claim, instrument: str) -> Cites:
        """The largest move since a day: the best day of one that rose, the worst of one that fell.

        The move itself is a claim of its own.
        """
        moved = claim.like and claim.like.way
        kind = f"{'best' if moved and self._sign(moved) > 0 else 'worst'}_day_since"
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
            raise Refused(whole(claim))
        cites: Cites = {}
        if "figure" in parts:
            points = self._text(parts["figure"]).endswith("s")
            own = self._one(instrument, "near_record", ".near_record.points") if points else fact
            cites = self._proved(parts["figure"], own)
        elif below in ("off", "from", "under"):
            raise Refused(whole(claim), "without how far")
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
        start = min(parts[name][0] for name in ("verb", "end", "passes") if name in parts)
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
                raise Refused(whole(claim))
            return cites | self._proved(parts["enter"], fall)
        line = -0.2 if "bear" in self._text(parts["state"]).lower() else -0.1
        if fall is None or fall.number > line / 2:
            raise Refused(parts["state"])
        return cites | self._proved(parts["state"], fall)

    def _streak(self, claim: Claim, instrument: str) -> Cites:
        """So many sessions, weeks or months in a row, and no more."""
        parts = claim.parts
        unit = parts.get("unit") or parts.get("units") or parts.get("many")
        name = self._text(unit).split()[-1].lower().removesuffix("s") if unit else "session"
        window = "day" if name in ("session", "day") else name
        number = parts["nth"] if "nth" in parts else parts["count"]
        cites: Cites = {}
        if "noun" in parts:
            sign = self._sign(parts["noun"]) or -1
        elif "ended" in parts:
            sign = -1 if self._text(parts["ended"]).lower().startswith("losing") else 1
        else:
            verb = claim.like and claim.like.way
            if not verb:
                raise Refused(whole(claim), "without a word for which way it moved")
            sign = self._sign(verb)
            word = self._text(verb).lower()
            if word in VERBS and VERBS[word].floor:
                raise Refused(verb, "which no fact says of each day of a run")
            if window != "day" and self._window(claim.like or claim) != window:
                raise Refused(whole(claim))
        kind = f"streak_{'up' if sign > 0 else 'down'}{'_ended' if 'ended' in parts else ''}"
        fact = next(
            (
                fact
                for fact in self.facts.values()
                if (fact.instrument, fact.kind, fact.window) == (instrument, kind, window)
                and fact.unit is Unit.COUNT
            ),
            None,
        )
        for said in parts.keys() & {"noun", "ended"}:
            span = (parts[said][0], parts.get("many", parts[said])[1])
            cites = self._proved(span, fact)
        return cites | self._proved(number, fact)

    def _sector(self, claim: Claim, instrument: str) -> Cites:
        """The best or the worst of the sectors."""
        return self._proved(claim.parts["most"], self._change(instrument, "day", SHARES))

    def _led(self, claim: Claim, instrument: str) -> Cites:
        """The sector that moved the most the way that the market did."""
        moved = claim.like and claim.like.way
        words = "the strongest" if moved and self._sign(moved) > 0 else "the weakest"
        fact = self._change(instrument, "day", SHARES)
        day = claim.like is not None and self._window(claim.like) == "day"
        if not (day and moved and fact is not None and self.check.bears_out(words, fact)):
            raise Refused(claim.parts["name"], "which led no such move")
        return {}

    def _mixed(self, claim: Claim, instrument: str) -> Cites:
        """The market's indexes: some rose and some fell."""
        indexes = {self.check.record.market.lead}
        indexes |= {index.symbol for index in self.check.record.market.indexes if not index.role}
        fact = self.facts.get("market.indexes.rising") if instrument in indexes else None
        return self._proved(claim.parts["mixed"], fact)

    def _breadth(self, claim: Claim) -> Cites:
        """How many sectors rose or fell, of how many."""
        parts = claim.parts
        way = "rising" if self._sign(parts["verb"]) > 0 else "falling"
        moved, every = self.facts.get(f"sectors.{way}"), self.facts.get("sectors.members")
        if moved is None or every is None or ("all" in parts and "of" in parts):
            raise Refused(whole(claim))
        cites = self._proved(parts["verb"], moved)
        if "all" in parts:
            cites |= self._proved(parts["all"], moved) | self._proved(parts["count"], every)
        else:
            cites |= self._proved(parts["count"], moved)
        if "of" in parts:
            cites |= self._proved(parts["of"], every)
        return cites

    def _against(self, claim: Claim, instrument: str, window: str) -> Cites:
        """One index against another: the gap between the two is on file."""
        words = self._text(claim.parts["gap"]).lower()
        ahead = words.startswith(("beat", "lead", "outperform"))
        cites: Cites = {}
        for other in (self._instrument(ref) for each in claim.against for ref in each.stands_for):
            fact, sign = self._gap(instrument, other, window)
            if fact is None or fact.number * sign * (1 if ahead else -1) <= 0:
                raise Refused(claim.parts["gap"])
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
            raise Refused(span)
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
        way, id = self.events[words.lower()]
        if (self._text(parts["way"]).lower() == "after") != (way == "after"):
            raise Refused(whole(claim))
        fact = self.facts[id]
        cites: Cites = {}
        if "day" in parts:
            cites |= self._proved(parts["day"], self.facts.get(f"{id}.date"))
        if words.lower() == str(fact.value).lower():
            cites[parts["event"]] = id
        return cites

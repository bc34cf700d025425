"""The window, the day and the time that a claim of a headline is of.

Where it names none, it is of the session's day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from reportgen.verify.bearing import WINDOWS, Bearing, Refused, whole
from reportgen.verify.grammar import Claim, Span
from reportgen.verify.vocabulary import MONTH_NUMBERS, WEEKDAYS


class Scopes(Bearing):
    """Reads where a claim names its window, its day, and its time."""

    def _window(self, claim: Claim) -> str:
        """The window that *claim* is of; where it names none, the session's day."""
        scope = claim.scope
        named = [
            self._of_window(scope[name])
            for name in ("window", "whole", "ytd", "past")
            if name in scope
        ]
        if "since" in scope:
            named.append(self._of_event(scope["since"]))
        if "month" in scope:
            named.append(self._of_month(scope["month"], claim))
        if "past" in scope and named[-1:] == ["ytd"]:
            self.cites |= self._proved(scope["past"], self.facts["session.date"])
        if "over" in claim.parts:
            named.append(self._over(claim.parts["over"]))
        if "day" in scope or "session" in scope:
            if named:
                raise Refused(whole(claim), "of a day and of a window at once")
            return self._day(scope["day"], self._owner(claim)) if "day" in scope else "day"
        if len(named) > 1 and len(set(named)) > 1:
            raise Refused(whole(claim), "of two windows at once")
        return named[0] if named else "day"

    def _of_window(self, span: Span) -> str:
        words = self._text(span).lower()
        if words.isdigit():
            return "ytd" if int(words) == self.session.year else words
        return WINDOWS[re.split("[ -]", words)[-1].removesuffix("s").replace("date", "year")]

    def _of_month(self, span: Span, claim: Claim) -> str:
        """The window of a month by name: this one so far, or one that is past."""
        name, *year = self._text(span).capitalize().split()
        number = MONTH_NUMBERS[name]
        last = self.session.year - (number > self.session.month)
        month = f"{year[0] if year else last}-{number:02d}"
        self.cites |= self._dated(span, month, self._owner(claim))
        return "month" if month == self.session.isoformat()[:7] else month

    def _period(self, words: str) -> str:
        """The year or the month of the session, if *words* name it; else the words."""
        year, month = self.session.isoformat().split("-")[:2]
        own = words == year or MONTH_NUMBERS.get(words.capitalize()) == int(month)
        return (year if words == year else f"{year}-{month}") if own else words

    def _of_event(self, span: Span) -> str:
        """The window since an event on file that is past."""
        words = self._text(span)
        way, id = self.events[words.lower()]
        if way != "after":
            raise Refused(span, "which is still to come")
        if words.lower() == str(self.facts[id].value).lower():
            self.cites[span] = id
        return self.facts[id].window

    def _over(self, span: Span) -> str:
        """The window that a headline says has ended; it must have."""
        words = self._text(span)
        name = words.split()[-1].lower()
        if words.capitalize() in MONTH_NUMBERS or words.isdigit():
            self.cites |= self._dated(span, self._period(words), "")
            name = "year" if words.isdigit() else "month"
        upcoming = self.facts.get("session.upcoming")
        if upcoming is None or self.open:
            raise Refused(span, "which is not over")
        following = dt.date.fromisoformat(str(upcoming.value))
        of: Mapping[str, Callable[[dt.date], object]] = {
            "week": lambda day: day.isocalendar()[:2],
            "month": lambda day: (day.year, day.month),
            "quarter": lambda day: (day.year, (day.month - 1) // 3),
            "year": lambda day: day.year,
        }
        if of[name](following) == of[name](self.session):
            raise Refused(span, "which is not over")
        return WINDOWS[name]

    def _day(self, span: Span, instrument: str) -> str:
        """The window of a day by name; its date is cited, of *instrument* where it is of one."""
        day = self._date(self._text(span))
        self.cites |= self._dated(span, day.isoformat(), instrument)
        if day == self.session:
            return "day"
        prior = self._one(instrument, "session", ".session.prior")
        known = prior is not None and str(prior.value) == day.isoformat()
        return "prior-day" if known else day.isoformat()

    def _date(self, words: str) -> dt.date:
        """The latest day of that name or date."""
        if words.capitalize() in WEEKDAYS:
            ago = (self.session.weekday() - WEEKDAYS.index(words.capitalize())) % 7
            return self.session - dt.timedelta(days=ago)
        month, day, *year = re.split(r",? ", words.capitalize())
        years = [int(year[0])] if year else [self.session.year, self.session.year - 1]
        for one in years:
            try:
                found = dt.date(one, MONTH_NUMBERS[month], int(day))
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
                    raise Refused(scope[name], "but the session is over")
                self.cites |= self._proved(scope[name], self.facts["session.as_of"])
        if "closed" in scope and self.open:
            raise Refused(scope["closed"], "but the session is not over")
        if "end" in claim.parts:
            self._ended(claim.parts["end"])

    def _ended(self, span: Span) -> None:
        """A session that is said to have ended is over."""
        if self.open or "session.state" not in self.facts:
            raise Refused(span, "but the session is not over")
        words = self._text(span).lower()
        if words.startswith(("end", "close")):
            self.cites |= self._proved(span, self.facts["session.state"])

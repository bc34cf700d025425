"""The grammar of a headline: its subjects, moves, figures, windows and days.

It only parses. :mod:`reportgen.verify.headline` decides whether a claim is true.
It refuses a headline that it cannot parse to the last word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.verify.currencies import BEFORE
from reportgen.verify.subjects import meaning, pattern
from reportgen.verify.vocabulary import (
    MONTH_NUMBERS,
    MONTHS,
    NUMBER_WORDS,
    ORDINAL_WORDS,
    VERBS,
    WEAK,
    WEEKDAYS,
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a claim: its place, and its symbols or the fact of its basket."""

    span: Span
    stands_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim about all *subjects*: its kind, and the place of each part."""

    kind: str
    subjects: tuple[Subject, ...]
    parts: Mapping[str, Span]
    scope: dict[str, Span] = field(default_factory=dict)
    """Where its window, day, and time are named."""
    against: tuple[Subject, ...] = ()
    """The subjects on the other side of a comparison."""
    like: Claim | None = None
    """The claim before, which gives its verb to a claim without one."""

    @property
    def way(self) -> Span | None:
        """The place of the word that says which way the subjects moved."""
        return self.parts.get("verb") or self.parts.get("way")


class Unread(Exception):
    """Words that the grammar cannot read, from *place* on."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _any(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _compiled(text: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(rf"(?:{text})(?![\w-])", flags)


HEDGE = "nearly|almost|just over|just under|more than|less than|about|over|under"
WHOLE = r"(?!0)(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
DIGITS = r"(?!0[0-9])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
SHARE = rf"(?:(?:{HEDGE}) )?{DIGITS}(?:%| percentage points?| basis points?| bp| points?)"
SIGNED = rf"[+\u2212-]{DIGITS}(?:%| basis points?| bp| points?)"
LEVEL = rf"(?:(?:{HEDGE}) )?(?:{BEFORE})?{DIGITS}%?(?![:\d]| [ap]\.m\.)"
VERB = _any([*VERBS])
WEAKLY = rf"(?:{_any(WEAK)})(?: (?:higher|lower|up|down))?"
WAY = "up|down|higher|lower"
ENDING = "ends|ended|end|closes|closed|close|finishes|finished|finish|settles|settled|settle"
BEING = "is|are|was|were|stands|stand|trades|trade"
HAVING = "has|have|had|posts?|posted|hits?|suffers?|notch(?:es)?"
DATE = rf"(?:{_any([*MONTH_NUMBERS])}) \d{{1,2}}(?!\d)(?:, \d{{4}})?"
WHEN = rf"{DATE}|(?:{_any(MONTHS)})(?: \d{{4}})?|\d{{4}}"
COUNT = rf"{_any([*NUMBER_WORDS])}|\d+"
COUNTED = f"{_any([*ORDINAL_WORDS])}|\\d+(?:st|nd|rd|th)"
PERIOD = "(?:week|month|quarter|year)"
OVER = rf"(?:the )?{PERIOD}|{_any(MONTHS)}|\d{{4}}"
HIGH = "record high|record close|record|all-time high"
FALL = "a correction|a bear market"
MOST = rf"(?:by )?(?:the )?(?P<what>most since) (?P<when>{WHEN})"
WINDOW = _compiled(
    rf"(?:so far |for |in |on )?(?P<window>(?:this|the) {PERIOD})|for (?P<whole>{PERIOD})"
    r"|(?:so far )?(?P<ytd>year[ -]to[ -]date)|(?:so far )?(?:in|for) (?P<past>\d{4})"
    rf"|in (?P<month>(?:{_any(MONTHS)})(?: \d{{4}})?)"
)
DAY = _compiled(
    rf"(?:on )?(?P<day>{_any(WEEKDAYS)}|{DATE})|(?P<session>today|on the day|for the day)"
)
TIME = _compiled(
    r"(?:as of|at|by) (?P<clock>(?:noon|\d+(?::\d\d)? [ap]\.m\.) [A-Z]\w*(?:(?: [A-Z]\w*)* time)?)"
    r"|in (?P<part>early-afternoon|early|morning|midday|afternoon|late) trading"
    r"|(?P<closed>at (?:the )?close)"
)
JOINT = re.compile(
    r"(?P<new>,? (?:even as|as|while|with|though)) "
    r"|(?P<either>,? (?:and|but) |[,;:] | [\u2013\u2014-] )",
    re.IGNORECASE,
)
LIST = re.compile(r",? and |, | & ", re.IGNORECASE)
TURN = _compiled(
    rf",? (?:despite|after(?P<erased> erasing)?) (?:(?P<day>{_any(WEEKDAYS)})['\u2019]s|an?|the)"
    rf"(?: (?P<figure>{SHARE}))? (?P<noun>{_any([*VERBS])}|loss)"
    rf"(?: of (?P<size>{SHARE}))?(?: on (?P<when>{_any(WEEKDAYS)}|{DATE}))?"
)
CLAIMS: Sequence[tuple[str, re.Pattern[str]]] = [
    (kind, _compiled(words))
    for kind, words in (
        (
            "since",
            (
                rf"(?:(?:{BEING}|{ENDING}|{HAVING}) )?"
                r"(?:(?:at|to|in) )?(?:(?:its|their|the|an?) )?"
                rf"(?P<what>(?:(?:best|worst) (?P<period>day|{PERIOD})"
                r"|(?:highest|lowest)(?: close)?) since)"
                rf" (?P<when>{WHEN})"
            ),
        ),
        (
            "record",
            (
                rf"(?:(?:(?:(?:{BEING}|hits?|sets?|reach(?:es)?) )?(?:(?:at|to) )?"
                rf"|(?P<end>{ENDING}) at ))"  # "close to a record" is near it
                rf"(?P<record>(?:an? )?(?:new )?(?:{HIGH})|records|record highs)"
            ),
        ),
        (
            "from_record",
            (
                rf"(?:(?:{BEING}|(?P<end>{ENDING})|(?P<way>down)) )?(?:(?P<figure>{SHARE}) )?"
                r"(?P<below>below|short of|under|off|from|shy of)"
                rf"(?: (?:its|the|a|their))?(?: (?P<date>{DATE}))?(?: closing| all-time| one-year)?"
                rf" (?P<what>{HIGH}|high)(?: (?:of|set on|from) (?P<of>{DATE}))?"
            ),
        ),
        (
            "near_record",
            (
                rf"(?:(?:{BEING}|(?P<end>{ENDING})) )?(?P<near>just shy of|close to)"
                rf"(?: (?:its|a|their))? (?P<what>{HIGH})"
            ),
        ),
        (
            "line",
            (
                rf"(?:(?:(?P<verb>{VERB})|(?P<end>{ENDING})) (?P<cross>back above|above|below)"
                r"|(?P<passes>tops|crosses|passes))"
                rf" (?P<level>(?:{BEFORE})?{WHOLE})(?![\d.%])"
                r"(?: (?P<first>for (?:the )?first time))?"
            ),
        ),
        (
            "correction",
            (
                rf"(?:(?:{BEING}|(?P<end>{ENDING})|(?P<verb>{VERB}|{WEAKLY})) )?"
                rf"(?P<state>(?:closer to|out of|deeper into|into|in) (?:{FALL}))"
            ),
        ),
        (
            "correction",
            r"(?:enters?|entered) (?P<enter>a correction|a bear market)",
        ),
        (
            "run",
            (
                rf"(?:its |their |the |a )?(?P<nth>{COUNTED})(?: straight| consecutive)?"
                r" (?P<noun>gain|loss|decline|advance|rise|fall)(?: in a row| running"
                r"|(?P<many> in as many (?:weeks|months|quarters|years)))?"
            ),
        ),
        (
            "ended",
            (
                rf"(?:snaps?|ends?|breaks?) (?:an? |its )?(?P<count>{COUNT})"
                r"-(?P<unit>day|session|week|month)"
                r" (?P<ended>(?:losing|winning) streak)"
            ),
        ),
        (
            "sector",
            (
                rf"(?:(?:{BEING}) )?(?P<most>(?:the )?(?:weakest|strongest)"
                r"|(?:leads?|led) the way|(?:falls?|rises?|gains?) the (?:most|least)"
                r"|leads? (?:the )?(?:losses|declines?|gains|advances?))"
            ),
        ),
        ("mixed", rf"(?:(?:{BEING}|(?P<end>{ENDING})) )?(?P<mixed>mixed)"),
        (
            "little_changed",
            (
                rf"(?:(?:{BEING}|(?P<end>{ENDING})) )?(?P<still>little changed|unchanged)"
                rf"(?: at (?P<level>{LEVEL}))?"
            ),
        ),
        (
            "move",
            (
                rf"(?:(?P<verb>{VERB}|{WEAKLY})"
                rf"|(?:(?:{BEING}|(?P<end>{ENDING})(?: (?P<over>{OVER}))?) )?"
                rf"(?P<way>{WAY}))"
                rf"(?:(?: by)? (?P<figure>{SHARE})(?:,? or (?P<or>{SHARE}),?)?)?"
                rf"(?: (?:to|at) (?P<level>{LEVEL})(?: (?:an?|per|the) (?P<per>\w+))?)?"
                rf"(?: from (?P<before>{LEVEL}))?"
            ),
        ),
        (
            "move",
            rf"(?:(?:{BEING}|(?P<end>{ENDING})) )?(?P<figure>{SHARE}) (?P<way>{WAY})",
        ),
        (
            "decision",
            r"(?P<decision>cuts|raises) (?:interest |its |policy |its policy )?rates?",
        ),
        ("signed", rf"(?P<figure>{SIGNED})"),
        (
            "level",
            (
                rf"(?:(?:{BEING}|(?P<end>{ENDING})) )?at (?P<level>{LEVEL})"
                r"(?: (?:an?|per|the) (?P<per>\w+))?"
            ),
        ),
        ("most", MOST),
        ("same", rf"(?P<figure>{SHARE})"),
    )
]
ON = [
    *((kind, shape) for kind, shape in CLAIMS if kind in ("since", "record", "correction")),
    ("most", _compiled(MOST)),
    (
        "streak",
        _compiled(
            rf"(?:for )?(?:a |the |its |their )?(?:(?P<nth>{COUNTED})(?: straight| consecutive)?"
            r" (?P<unit>session|day|week|month)"
            rf"|(?P<count>{COUNT})(?: straight| consecutive)?"
            r" (?P<units>sessions|days|weeks|months))"
            r"(?: in a row| running)?"
        ),
    ),
]
"""What may follow a move with no comma: "to its lowest since", "for a third day"."""
MOVES = ("move", "same", "signed")
AGAINST = _compiled(r"(?P<gap>beats|beat|trails|trail|lags|lagged|lag|leads|outperforms)")
BY = _compiled(rf" by (?P<figure>{SHARE})")
ODDS = _compiled(
    r"(?:(?:(?P<name>Fed) funds )?futures put (?:the )?)?odds of (?P<what>no change in rates|"
    r"a rate cut|a rate increase)(?: at (?:the )?(?P<bank>Fed|Federal Reserve)['\u2019]s"
    rf"(?: (?P<dates>(?:{_any([*MONTH_NUMBERS])}) [\d-]+))? meeting)?"
    rf" (?:at|are|stand at) (?P<figure>{SHARE})"
)


BREADTH = _compiled(
    rf"(?:(?P<all>all) )?(?P<count>{COUNT})(?: of (?:the )?(?P<of>{COUNT}))?"
    r" (?:sectors|sector funds)"
    r" (?P<verb>fall|rise|gain|decline|slide|climb|advance|fell|rose|gained|declined)"
)
"""How many sectors went which way."""


class Reader:
    """Reads one headline from left to right."""

    def __init__(
        self,
        words: str,
        stands_for: Mapping[str, tuple[str, ...]],
        events: Sequence[str] = (),
    ) -> None:
        self.words = words
        self._stands_for = stands_for
        self._names = pattern([name for name, known in stands_for.items() if known])
        known = _any(events) or "(?!)"
        self._event = _compiled(
            rf",? (?P<way>before|ahead of|after) (?:(?P<day>{_any(WEEKDAYS)})['\u2019]s )?"
            rf"(?P<event>{known})"
        )
        self._since = _compiled(rf"since (?P<since>{known})")
        self._turn = _compiled(
            rf",? (?:despite|after) {self._names.pattern}['\u2019]s?"
            rf" (?:(?P<figure>{SHARE}) )?(?P<noun>{_any([*VERBS])}|loss)"
        )
        self._led = _compiled(rf",? led (?:higher |lower )?by {self._names.pattern}")
        self._place = 0
        self._claims: list[Claim] = []
        self._last: Claim | None = None

    def claims(self) -> list[Claim]:
        """What the headline claims.

        Raises:
            Unread: The grammar cannot read all of it.
        """
        self._clause(self._subjects())
        while self._place < len(self.words):
            joint = JOINT.match(self.words, self._place)
            if joint is None:
                raise Unread(self._place)
            start = self._place
            self._place = joint.end()
            try:
                found = self._subjects()
                known = self._last.subjects if self._last and joint["either"] else ()
                self._clause(found or known)
            except Unread as unread:
                raise Unread(max(start, unread.place)) from unread
        return self._claims

    def _subjects(self) -> tuple[Subject, ...]:
        """The subjects named here, or none."""
        found: list[Subject] = []
        start = self._place
        if ODDS.match(self.words, start) or BREADTH.match(self.words, start):
            return ()
        if self.words[start : start + 5].lower() == "both ":
            self._place += 5
        while (match := self._names.match(self.words, self._place)) is not None:
            found.append(Subject(match.span("name"), meaning(self._stands_for, match["name"])))
            if any(one.stands_for == found[-1].stands_for for one in found[:-1]):
                raise Unread(match.start())
            self._place = match.end()
            more = LIST.match(self.words, self._place)
            if more is None or self._names.match(self.words, more.end()) is None:
                break
            self._place = more.end()
        if found and self._place < len(self.words):
            self._space()
        elif not found:
            self._place = start
        return tuple(found)

    def _space(self) -> None:
        if self.words[self._place] != " ":
            raise Unread(self._place)
        self._place += 1

    def _clause(self, subjects: tuple[Subject, ...]) -> None:
        """A claim on *subjects*, with what limits it."""
        start = self._place
        claim = self._of_none() or self._against(subjects) or self._claim(subjects)
        if claim is None:
            raise Unread(start)
        self._claims.append(claim)
        self._limits(claim)
        self._last = claim

    def _claim(self, subjects: tuple[Subject, ...]) -> Claim | None:
        """The longest claim that begins here."""
        if not subjects:
            return None
        found = [
            (match, kind)
            for kind, shape in CLAIMS
            if (match := shape.match(self.words, self._place)) is not None
        ]
        if not found:
            return None
        match, kind = max(found, key=lambda row: row[0].end())
        self._place = match.end()
        like = self._last if kind in ("same", "most") else None
        return Claim(kind, subjects, _parts(match), like=(like and like.like) or like)

    def _against(self, subjects: tuple[Subject, ...]) -> Claim | None:
        """A comparison with other subjects."""
        start = self._place
        match = AGAINST.match(self.words, start)
        if not subjects or match is None or self.words[match.end() : match.end() + 1] != " ":
            return None
        self._place = match.end() + 1
        others: list[Subject] = []
        name = self._names.match(self.words, self._place)
        if name is None:
            self._place = start
            return None
        others.append(Subject(name.span("name"), meaning(self._stands_for, name["name"])))
        self._place = name.end()
        by = BY.match(self.words, self._place)
        parts = _parts(match)
        if by is not None:
            parts |= _parts(by)
            self._place = by.end()
        return Claim("against", subjects, parts, against=tuple(others))

    def _of_none(self) -> Claim | None:
        """The odds of a change of rates, or the count of sectors: of no subject."""
        for kind, shape in (("odds", ODDS), ("breadth", BREADTH)):
            match = shape.match(self.words, self._place)
            if match is not None:
                self._place = match.end()
                return Claim(kind, (), _parts(match))
        return None

    def _limits(self, claim: Claim) -> None:
        """What limits *claim*, each at most once, and what it came after or led to."""
        while self._place < len(self.words):
            if not (self._followed(claim) or self._scoped(claim) or self._onward(claim)):
                break
        before = claim.like if claim.kind == "same" else None
        if before is not None:  # "up 11.2%, Nasdaq 14.3% this year" is of one window
            if not claim.scope:
                claim.scope.update(before.scope)
            elif not before.scope:
                before.scope.update(claim.scope)

    def _followed(self, claim: Claim) -> bool:
        """What *claim* came before or after, or was in spite of."""
        turn = TURN.match(self.words, self._place) if claim.subjects else None
        of = self._turn.match(self.words, self._place)
        event = self._event.match(self.words, self._place)
        if turn is not None:
            self._claims.append(Claim("turn", claim.subjects, _parts(turn), like=claim))
        elif of is not None:
            parts = _parts(of)
            whose = Subject(parts["name"], meaning(self._stands_for, of["name"]))
            self._claims.append(Claim("turn", (whose,), parts))
        elif event is not None:
            self._claims.append(Claim("event", (), _parts(event)))
        led = self._led.match(self.words, self._place)
        if led is not None:
            by = Subject(led.span("name"), meaning(self._stands_for, led["name"]))
            self._claims.append(Claim("led", (by,), _parts(led), like=claim))
        match = turn or of or event or led
        self._place = match.end() if match else self._place
        return match is not None

    def _scoped(self, claim: Claim) -> bool:
        """The window, the day or the time of *claim*."""
        if self.words[self._place] != " ":
            return False
        for shape in (WINDOW, self._since, DAY, TIME):
            match = shape.match(self.words, self._place + 1)
            if match is not None:
                parts = _parts(match)
                if parts.keys() & claim.scope.keys():
                    raise Unread(match.start())
                claim.scope.update(parts)
                self._place = match.end()
                return True
        return False

    def _onward(self, claim: Claim) -> bool:
        """What a move led to, with no comma between."""
        if claim.kind not in MOVES or self.words[self._place] != " ":
            return False
        for kind, shape in ON:
            match = shape.match(self.words, self._place + 1)
            if match is not None:
                parts = _parts(match)
                self._claims.append(Claim(kind, claim.subjects, parts, like=claim))
                self._place = match.end()
                for name in parts.keys() & {"period", "unit", "units"}:
                    if not match[name].lower().startswith(("day", "session")) and not claim.scope:
                        claim.scope["window"] = parts[name]
                return True
        return False


def _parts(match: re.Match[str]) -> dict[str, Span]:
    """The named groups of *match* that took part, and where."""
    return {name: match.span(name) for name, said in match.groupdict().items() if said is not None}

"""Mutations of a finished narrative, each of one thing and each false.

Its truth is judged here, from the facts alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cache

from inprocess import executed

from reportgen.core.facts import Fact, Unit
from reportgen.record.record import Record, read_record
from reportgen.record.request import load_report
from reportgen.story.citations import Run, Runs, text_of
from reportgen.story.compose import compose
from reportgen.story.model import Narrative, Paragraph, Picture, StripRow

DATES = ("2025-01-08 13:00", "2025-01-10", "2024-11-06", "2024-11-25")
"""During a session, below the line of a correction, the best day since, and just shy of a record.
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One false line.

    Its class, where it stands, what was changed, and how the line was and is now.
    """

    kind: str
    where: str
    change: str
    story: Narrative
    old: Runs
    new: Runs

    @property
    def narrative(self) -> Narrative:
        """The whole narrative with the false line in it."""
        return with_line(self.story, self.old, self.new)

    def __str__(self) -> str:
        return f"[{self.kind}] {self.where}: {self.change} | {text_of(self.new)}"


@cache
def told(as_of: str) -> tuple[Record, Narrative]:
    """The record of the sample market at that moment, and its narrative."""
    report = load_report("small-caps")
    record = read_record(executed(as_of, "sample"))
    return record, compose(record, report.folder, report.title)


# Places: every line of a narrative, and the narrative with one of them changed.


def lines(story: Narrative) -> list[tuple[str, Runs]]:
    """Every line that stands for itself.

    The subject and the preheader repeat the title and the first key point.
    """
    return [
        (where, runs)
        for where, runs in story.texts()
        if where not in ("subject", "preheader", "notice")
    ]


def with_line(story: Narrative, old: Runs, new: Runs) -> Narrative:
    """*story* with the line that is the very object *old* replaced.

    A headline is replaced in its copies, too.
    """
    swap = lambda runs: (  # noqa: E731
        new if runs is old or (runs == old and old in (story.title, story.preheader)) else runs
    )
    changed = {f.name: _swapped(getattr(story, f.name), swap) for f in fields(story)}
    return Narrative(**changed)


def _swapped(value, swap):
    if isinstance(value, tuple) and value and isinstance(value[0], Run):
        return swap(value)
    if isinstance(value, tuple):
        return tuple(_swapped(item, swap) for item in value)
    if isinstance(value, Paragraph | Picture | StripRow):
        return replace(
            value, **{f.name: _swapped(getattr(value, f.name), swap) for f in fields(value)}
        )
    return (
        {name: _swapped(runs, swap) for name, runs in value.items()}
        if isinstance(value, dict)
        else value
    )


class Mutator:
    """The false variants of one record's narrative."""

    def __init__(self, as_of: str) -> None:
        self.record, self.story = told(as_of)
        self.moment = dt.datetime.fromisoformat(self.record.context["moment"]["at"])
        self.rows = self.record.instruments

    def all(self) -> list[Mutation]:
        """Every mutation once."""
        makers = (
            self.digits,
            self.signs,
            self.verbs,
            self.hedges,
            self.units,
            self.dates,
            self.names,
            self.superlatives,
            self.citations,
            self.words,
        )
        found = {(m.where, m.change, text_of(m.new)): m for maker in makers for m in maker()}
        return list(found.values())

    def runs(self) -> Iterator[tuple[str, Runs, int, Run]]:
        """Every run with its line and its place in it."""
        for where, line in lines(self.story):
            yield from ((where, line, i, run) for i, run in enumerate(line))

    def cited(self) -> Iterator[tuple[str, Runs, int, Run, Fact]]:
        """Every run that states a fact, with the fact."""
        for where, line, i, run in self.runs():
            if run.ref in self.record.facts:
                yield where, line, i, run, self.record.facts[run.ref]

    def made(
        self, kind: str, where: str, line: Runs, i: int, text: str, ref: str | None = None
    ) -> Mutation:
        """The mutation that puts *text* (and *ref*) in place of run *i* of *line*."""
        old = line[i]
        new = Run(text, old.ref if ref is None else ref)
        told_now = (*line[:i], new, *line[i + 1 :])
        label = f"'{old.text}' ({old.ref}) -> '{new.text}'" + (
            f" ({new.ref})" if new.ref != old.ref else ""
        )
        return Mutation(kind, where, label, self.story, line, told_now)

    # Digits

    def digits(self) -> Iterator[Mutation]:
        """A digit changed, dropped or added, and a number word changed,
        wherever the printed value is no longer true."""
        for where, line, i, run, fact in self.cited():
            for text in _other_digits(run.text):
                if not _may_be_true(text, fact):
                    yield self.made("digit", where, line, i, text)
            for old, new in COUNTS:
                if re.search(rf"\b{old}\b", run.text) and fact.unit in (Unit.COUNT, Unit.BP):
                    yield self.made("digit", where, line, i, re.sub(rf"\b{old}\b", new, run.text))
        for where, line, i, run in self.runs():
            if run.ref.startswith("commentary.") and re.search(r"\d", run.text):
                yield from (
                    self.made("digit", where, line, i, text) for text in _other_digits(run.text)[:3]
                )

    # Signs and directions

    def signs(self) -> Iterator[Mutation]:
        """A sign or a word of direction turned round,
        or a sign left out where a table shows signs."""
        for where, line, i, run, fact in self.cited():
            if isinstance(fact.value, str) or fact.number == 0:
                continue
            for old, new in TURNED:
                if re.search(rf"(?<![\w-]){old}(?![\w-])", run.text):
                    yield self.made(
                        "sign", where, line, i, re.sub(rf"(?<![\w-]){old}(?![\w-])", new, run.text)
                    )
            if run.text[0] in "+\u2212":
                yield self.made(
                    "sign", where, line, i, ("\u2212" if run.text[0] == "+" else "+") + run.text[1:]
                )
            if run.text[0] == "\u2212":
                yield self.made("sign", where, line, i, run.text[1:])

    # Verbs

    def verbs(self) -> Iterator[Mutation]:
        """A verb of the other direction, and one of a clearly other strength."""
        for where, line, i, run, fact in self.cited():
            found = MOVED.search(run.text)
            if (
                found is None
                or isinstance(fact.value, str)
                or fact.kind in ("target_change_bp", "streak_up", "streak_down")
            ):
                continue
            form = FORM_OF.get(found[1] or "", 2)
            for forms, direction, low, high in VERBS:
                if self._verb_is_false(fact, direction, low, high):
                    word = forms[form] + (
                        (" higher" if direction > 0 else " lower")
                        if forms[0] in ("edge", "inch")
                        else ""
                    )
                    yield self.made("verb", where, line, i, run.text.replace(found[0], word))
            z = self._z(fact)
            if z is not None and z >= 0.5 and found[1]:
                yield self.made(
                    "verb", where, line, i, run.text.replace(found[0], "was little changed")
                )

    def _z(self, fact: Fact) -> float | None:
        usual = self.record.facts.get(f"{fact.id}.sigma")
        return None if usual is None else abs(fact.number) / usual.number

    def _verb_is_false(self, fact: Fact, direction: int, low: float, high: float) -> bool:
        """Clearly false: another direction, or far outside the band of the verb in usual moves."""
        z = self._z(fact)
        if fact.number * direction < 0:
            return True
        if z is None or fact.number == 0:
            return False
        return z < 0.6 * low or (z > 2 * high and abs(fact.number) > 0.02)

    # Hedges

    def hedges(self) -> Iterator[Mutation]:
        """A hedge put in, changed or left out, wherever the words are not true on any reading
        of the value's grid."""
        for where, line, i, run, fact in self.cited():
            found = STATED.search(run.text)
            if found is None or isinstance(fact.value, str) or fact.unit in (Unit.COUNT, Unit.BP):
                continue
            if found["sign"] or run.text == fact.window:
                continue
            for hedge in ("", *HEDGES):
                if hedge == "up to" and "up" in run.text:
                    continue
                words = f"{hedge} {found['number']}".strip()
                text = run.text.replace(found[0], words)
                if text != run.text and _hedge_is_false(hedge, found["number"], fact):
                    yield self.made("hedge", where, line, i, text)

    # Units

    def units(self) -> Iterator[Mutation]:
        """A unit swapped for another or left out; a dollar sign left out or put in."""
        for where, line, i, run, fact in self.cited():
            if isinstance(fact.value, str):
                continue
            for unit in ("%", " percentage points", " basis points", " points", " bp", ""):
                found = re.search(
                    r"(?<=\d)(%| percentage points?| basis points?| bp| points?)", run.text
                )
                if (
                    found
                    and found[0].rstrip("s") != unit.rstrip("s")
                    and {found[0].strip(), unit.strip()} != {"bp", "basis points"}
                ):
                    yield self.made("unit", where, line, i, run.text.replace(found[0], unit))
            if "$" in run.text:
                yield self.made("unit", where, line, i, run.text.replace("$", ""))
                yield self.made("unit", where, line, i, run.text.replace("$", "") + "%")
                yield from (
                    self.made("unit", where, line, i, run.text.replace("$", sign))
                    for sign in ("£", "€", "C$", "SEK ")
                )
            elif fact.unit in (Unit.LEVEL, Unit.FRACTION, Unit.YIELD) and re.search(
                r"\d", run.text
            ):
                yield self.made("unit", where, line, i, re.sub(r"(\d)", r"$\1", run.text, count=1))
            if fact.unit is Unit.LEVEL and run.text[-1].isdigit():
                yield from (
                    self.made("unit", where, line, i, run.text + unit) for unit in ("%", " points")
                )
            for old, new in (
                ("percentage point", "basis point"),
                ("a quarter of a", "half a"),
                ("one percentage", "half a percentage"),
            ):
                if old in run.text and not re.search(r"\d", run.text):
                    yield self.made("unit", where, line, i, run.text.replace(old, new))

    # Weekdays, dates, times

    def dates(self) -> Iterator[Mutation]:  # noqa: C901 - a list of kinds of dates
        """Another weekday, month, year, time of day, half of the day or time zone."""
        for where, line, i, run, fact in self.cited():
            if fact.unit not in (Unit.DATE, Unit.TIME, Unit.TEXT):
                continue
            for words in (WEEKDAYS, MONTHS, PARTS):
                for old in (
                    w for w in words if re.search(rf"(?<![\w-]){re.escape(w)}(?!\w)", run.text)
                ):
                    for new in (
                        w for w in words if w != old and not (words is MONTHS and w[:3] == old[:3])
                    ):
                        yield self.made("date", where, line, i, run.text.replace(old, new, 1))
            for old, new in (
                ("p.m.", "a.m."),
                ("a.m.", "p.m."),
                ("ET", "CT"),
                (", 20", ", 19"),
                ("noon", "midnight"),
            ):
                if old in run.text:
                    yield self.made("date", where, line, i, run.text.replace(old, new))
        for where, line, i, run in self.runs():
            if run.ref.startswith("commentary."):
                for old in (m for m in MONTHS if m in run.text):
                    yield self.made("date", where, line, i, run.text.replace(old, "October"))

    # Names

    def names(self) -> Iterator[Mutation]:  # noqa: C901 - a list of kinds of names
        """The name of another instrument, group of stocks, event or person,
        with and without its citation."""
        for where, line, i, run in self.runs():
            if run.ref.startswith("@"):
                yield from self._other_names(where, line, i, run)
            elif run.ref.startswith("commentary."):
                for old, new in PEOPLE:
                    if old in run.text:
                        yield self.made("name", where, line, i, run.text.replace(old, new))
        baskets = {
            f.id: str(f.value)
            for f in self.record.facts.values()
            if f.kind == "basket" and f.unit is Unit.TEXT
        }
        for where, line, i, run, fact in self.cited():
            if fact.unit is Unit.TEXT and fact.id != "session.state":
                for id, basket in baskets.items():
                    if id != fact.id:
                        name = basket[0].upper() + basket[1:] if run.text[0].isupper() else basket
                        yield self.made("name", where, line, i, name)
                        if fact.id in baskets:
                            yield self.made("name", where, line, i, name, id)

    def _other_names(self, where: str, line: Runs, i: int, run: Run) -> Iterator[Mutation]:
        row = self.rows[run.ref[1:]]
        bare = run.text[:1].lower() + run.text[1:]
        form = next(
            (f for f in ("first", "second", "group", "short") if row[f] in (run.text, bare)),
            "first",
        )
        own = {row[f] for f in ("first", "second", "short", "group")}
        for symbol in OTHERS:
            name = self.rows[symbol][form] or self.rows[symbol]["first"]
            if f"@{symbol}" != run.ref and name not in own:
                name = name[0].upper() + name[1:] if run.text[0].isupper() else name
                yield self.made("name", where, line, i, name)
                yield self.made("name", where, line, i, name, f"@{symbol}")

    # Superlatives

    def superlatives(self) -> Iterator[Mutation]:
        """The other extreme, an extreme of more than the fact says,
        and an extreme given to another month."""
        for where, line, i, run, fact in self.cited():
            for old, new in EXTREMES:
                if re.search(rf"\b{old}\b", run.text):
                    yield self.made(
                        "superlative", where, line, i, re.sub(rf"\b{old}\b", new, run.text)
                    )
            kinds = {f.kind: f.id for f in self.record.facts.values()}
            best, worst = (kinds.get(f"{name}_month_of_year", "") for name in ("best", "worst"))
            other = {best: worst, worst: best}.get(fact.id)
            if other and not run.text[:4].isdigit():
                name = MONTH_NAMES[int(str(self.record.facts[other].value)[5:7]) - 1]
                yield self.made(
                    "superlative",
                    where,
                    line,
                    i,
                    name if run.text in MONTH_NAMES else run.text,
                    other,
                )
        for where, line, i, run in self.runs():
            if not run.ref:
                for word in (
                    "record ",
                    "the most ",
                    "the highest ",
                    "the worst ",
                    "the biggest ",
                    "its best ",
                ):
                    yield from self._inserted("superlative", where, line, i, run, word)

    def _inserted(
        self, kind: str, where: str, line: Runs, i: int, run: Run, word: str
    ) -> Iterator[Mutation]:
        places = [m.end() for m in re.finditer(r" (?=[a-z])", run.text)]
        if places:
            place = places[len(word) % len(places)]
            yield self.made(kind, where, line, i, run.text[:place] + word + run.text[place:])

    # Plain words

    def words(self) -> Iterator[Mutation]:
        """A claim put into plain words, or plain words that claim something else than they did."""
        for where, line, i, run in self.runs():
            if run.ref:
                continue
            for word in (
                "three ",
                "on Monday ",
                "sharply ",
                "more than ",
                "never ",
                "in January ",
                "twice ",
            ):
                yield from self._inserted("claim", where, line, i, run, word)
            for old, new in CLAIMED:
                if re.search(rf"(?<![\w-]){old}(?![\w-])", run.text):
                    yield self.made(
                        "claim",
                        where,
                        line,
                        i,
                        re.sub(rf"(?<![\w-]){old}(?![\w-])", new, run.text, count=1),
                    )

    # Citations

    def citations(self) -> Iterator[Mutation]:
        """A figure, date or verb of another fact of the same unit,
        true of its own fact but not of what the line tells."""
        told_runs = {
            (run.text, run.ref): fact
            for *_, run, fact in self.cited()
            if fact.unit is not Unit.TEXT
        }
        for where, line, i, run, fact in self.cited():
            for (text, ref), other in told_runs.items():
                same = (
                    other.unit is fact.unit
                    and _shape(text) == _shape(run.text)
                    and other.value != fact.value
                    and text != run.text
                )
                if not same or (text in FORM_OF and other.number * fact.number > 0):
                    continue
                if re.search(r"\d", text) is None or not _may_be_true(text, fact):
                    yield self.made("citation", where, line, i, text, ref)


# Tables of words, apart from those of the check

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTHS = ("Jan.", "Feb.", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.", *MONTH_NAMES)
PARTS = ("early-afternoon", "late", "morning", "midday", "early", "afternoon")
COUNTS = (
    ("one", "two"),
    ("two", "three"),
    ("three", "four"),
    ("four", "five"),
    ("five", "four"),
    ("six", "seven"),
    ("first", "second"),
    ("second", "third"),
    ("third", "fourth"),
    ("fourth", "fifth"),
    ("fifth", "sixth"),
    ("sixth", "seventh"),
    ("twice", "once"),
)
TURNED = (
    ("up", "down"),
    ("down", "up"),
    ("above", "below"),
    ("below", "above"),
    ("higher", "lower"),
    ("lower", "higher"),
    ("a gain", "a loss"),
    ("a loss", "a gain"),
    ("gain", "loss"),
    ("loss", "gain"),
    ("trails", "leads"),
    ("leads", "trails"),
    ("ahead of", "behind"),
    ("behind", "ahead of"),
    ("a lead of", "a deficit of"),
    ("a deficit of", "a lead of"),
    ("did better", "did worse"),
    ("did worse", "did better"),
    ("cut", "raised"),
    ("raised", "cut"),
    ("went the other way", "went the same way"),
    ("closer to", "deeper into"),
    ("closer to", "out of"),
    ("into", "out of"),
    ("closer to", "past the line of"),
    ("short of", "past"),
    ("given back", "kept"),
    ("no change in rates", "a rate cut"),
    ("no change in rates", "a rate increase"),
    ("leaves rates unchanged", "cuts rates"),
    ("leaves rates unchanged", "raises rates"),
    ("a poor one by comparison", "a better one by comparison"),
    ("the good year", "the poor year"),
    ("rises?", "falls"),
    ("fall", "rise"),
    ("rose", "fell"),
    ("fell", "rose"),
)
EXTREMES = (
    ("best", "worst"),
    ("worst", "best"),
    ("highest", "lowest"),
    ("lowest", "highest"),
    ("of the year", "on record"),
    ("best day", "best week"),
    ("in a year", "on record"),
    ("in a year", "in a decade"),
    ("a record", "the lowest"),
    ("best", "second-best"),
    ("just shy of", "at"),
    ("record", "lowest"),
)
HEDGES = (
    "nearly",
    "almost",
    "just under",
    "just over",
    "more than",
    "over",
    "less than",
    "under",
    "about",
    "around",
    "roughly",
    "at least",
    "at most",
    "close to",
    "up to",
    "as much as",
    "exactly",
    "just shy of",
    "well over",
    "approximately",
    "some",
)
STATED = re.compile(
    r"(?:(?:nearly|just over|more than|less than|about)"
    r" )?(?P<sign>[+\u2212])?(?P<number>\$?\d[\d,]*(?:\.\d+)?)"
)
VERBS = tuple(
    (tuple(forms.split()), direction, low, high)
    for forms, direction, low, high in (
        ("plunge plunges plunged plunging", -1, 4.0, 99),
        ("tumble tumbles tumbled tumbling", -1, 2.5, 99),
        ("sink sinks sank sinking", -1, 1.5, 99),
        ("drop drops dropped dropping", -1, 1.5, 99),
        ("slide slides slid sliding", -1, 0.35, 99),
        ("fall falls fell falling", -1, 0.1, 99),
        ("slip slips slipped slipping", -1, 0.1, 0.75),
        ("edge edges edged edging", -1, 0.1, 0.35),
        ("soar soars soared soaring", 1, 4.0, 99),
        ("surge surges surged surging", 1, 2.5, 99),
        ("rally rallies rallied rallying", 1, 1.5, 99),
        ("climb climbs climbed climbing", 1, 0.35, 99),
        ("rise rises rose rising", 1, 0.1, 99),
        ("inch inches inched inching", 1, 0.1, 0.35),
        ("crater craters cratered cratering", -1, 99, 99),
    )
)
MORE_FORMS = (
    "dip dips dipped dipping",
    "ease eases eased easing",
    "decline declines declined declining",
    "lose loses lost losing",
    "gain gains gained gaining",
    "advance advances advanced advancing",
    "leap leaps leaped leaping",
    "jump jumps jumped jumping",
    "tick ticks ticked ticking",
    "slump slumps slumped slumping",
    "add adds added adding",
)
FORM_OF = {
    word: i
    for forms in (*(f for f, *_ in VERBS), *(m.split() for m in MORE_FORMS))
    for i, word in enumerate(forms)
}
MOVED = re.compile(
    rf"\b({'|'.join(FORM_OF)})(?: (?:higher|lower|up|down))?\b|(?:was|were|is|are|staying) little"
    r" changed"
)
OTHERS = ("^GSPC", "^RUT", "^IXIC", "MDY", "DGS10", "BTC-USD", "QBTS", "FEDFUNDS")
PEOPLE = (
    ("Tom Lee", "Jill Carey Hall"),
    ("Fundstrat", "Bank of America"),
    ("Bank of America", "Fundstrat"),
    ("CNBC", "CNN"),
    ("Hall", "Lee"),
    ("told CNBC", "said in a note to clients"),
    ("small caps", "mid caps"),
    ("mid-size", "small"),
    ("Fed", "Treasury"),
    ("clients", "investors"),
)
CLAIMED = (
    ("during the session", "after the close"),
    ("after the close", "during the session"),
    ("during the session", "before the open"),
    ("correction", "bear market"),
    ("closing high", "closing low"),
    ("closing high", "all-time high"),
    ("high", "low"),
    ("recent high", "recent low"),
    ("another", "already"),
    ("this year", "this month"),
    ("this year", "this week"),
    ("the year", "the month"),
    ("For the week", "For the day"),
    ("it was", "it was not"),
    ("it is", "it is not"),
    ("It is", "It is not"),
    ("is now", "is not"),
    ("months", "weeks"),
    ("months", "years"),
    ("daily closes", "weekly closes"),
    ("is truncated", "is not truncated"),
    ("is truncated", "starts at zero"),
    ("without dividends", "with dividends"),
    ("On the day after", "On the day before"),
    ("election-day", "inauguration-day"),
    ("since the vote", "before the vote"),
    ("whole year", "whole decade"),
    ("Then", "Earlier"),
    ("not alone", "alone"),
    ("median", "average"),
    ("median", "mean"),
    ("since", "before"),
    ("since", "until"),
    ("Futures", "Options"),
    ("odds of", "odds against"),
    ("next meeting", "previous meeting"),
    ("before the Fed began", "after the Fed began"),
    ("target range", "discount rate"),
    ("would begin", "began"),
    ("would make it", "has made it"),
    ("which turns", "which never turned"),
    ("only now", "for weeks"),
    ("U.S. stock", "European bond"),
    ("trading resumes", "trading ends"),
    ("due on", "delayed beyond"),
    ("Election", "Inauguration"),
    ("price change by month", "price change by quarter"),
    ("completed months", "running months"),
    ("session in a row", "session this month"),
    ("in a row", "this month"),
    ("speculative trades", "safe havens"),
    ("Changes are price", "Changes are total"),
    ("price changes", "total returns"),
    ("closing levels", "intraday lows"),
    ("our calculation", "the exchange's own"),
    ("altogether", "each time"),
    ("set on", "missed on"),
    ("previous close", "previous open"),
    ("Change on the day", "Change on the week"),
    ("Over the same stretch", "After that stretch"),
    ("took", "brought"),
    ("dates from", "fell to pieces on"),
    ("not investment advice", "investment advice"),
    ("does not guarantee", "does guarantee"),
    ("UTC day", "UTC week"),
    ("election", "inauguration"),
    ("or more", "or less"),
    ("chance", "certainty"),
)


# The truth of figures, on any reading that a fair reader may have


def _value(fact: Fact) -> Decimal:
    scale = {
        Unit.FRACTION: 100,
        Unit.PP: 100,
        Unit.YIELD: 100,
        Unit.PROBABILITY: 100,
        Unit.BP: 10_000,
    }.get(fact.unit, 1)
    if fact.kind == "crypto_level":
        scale = 1
    return abs(Decimal(repr(fact.number)) * scale)


def _half(number: str) -> Decimal:
    """Half of the last printed place of *number*."""
    return Decimal("0.5").scaleb(-len(number.partition(".")[2]))


def _shape(text: str) -> str:
    """What *text* is made of: its digits, its words of direction, or its form of a verb or date."""
    words = re.sub(r"\$?\d[\d,.]*\d|\d", "0", text.lower())
    words = re.sub(r"\b(nearly|just over|more than|less than|about) ", "", words)
    if words in FORM_OF:
        return f"verb {FORM_OF[words]}"
    return re.sub(r"^[a-z]+\.?(?= 0(?:$|[,-]))", "month", words)


def _may_be_true(text: str, fact: Fact) -> bool:
    """Whether the number in *text* may still be a true rounding of *fact*, hedged or not."""
    found = STATED.search(text)
    if found is None or isinstance(fact.value, str):
        return False
    number = found["number"].lstrip("$")
    gap = abs(Decimal(number.replace(",", "")) - _value(fact))
    reach = Decimal(
        1000 if fact.unit is Unit.MONEY and "about" in text else 3 if "than" in text else 1
    )
    hedged = (
        bool(re.match(r"(?:up |down |a gain of |a loss of )?(?:nearly|just|more|less|about)", text))
        and "." not in number
    )
    return gap <= (reach * Decimal("0.6") if hedged else _half(number))


def _hedge_is_false(hedge: str, number: str, fact: Fact) -> bool:  # noqa: PLR0911
    """Whether *hedge* is wrong of *number* on the grid of whole numbers, of the printed places,
    and of fives."""
    printed = Decimal(number.lstrip("$").replace(",", ""))
    over, grids = _value(fact) - printed, [2 * _half(number), Decimal(1)]
    if fact.unit is Unit.PROBABILITY:
        grids.append(Decimal(5))
    if fact.unit is Unit.MONEY:
        grids = [Decimal(1000)]
    widest = max(grids)
    if hedge in ("exactly", "well over", "some"):
        return hedge != "exactly" or over != 0
    if hedge in ("nearly", "almost", "just under", "close to", "just shy of"):
        return over >= 0 or -over > widest / (
            5 if hedge in ("nearly", "almost", "close to") else 10
        )
    if hedge in ("more than", "over", "just over"):
        return over <= 0 or over > widest * (
            Decimal("0.6") if hedge != "just over" else Decimal("0.1")
        )
    if hedge in ("less than", "under", "at most", "up to", "as much as"):
        return over > 0 or -over > widest
    if hedge == "at least":
        return over < 0
    if hedge in ("about", "around", "roughly", "approximately"):
        return abs(over) > widest / 2
    return abs(over) > _half(number.lstrip("$"))


def _other_digits(text: str) -> list[str]:
    """*text* with its first, middle or last digit changed, one dropped, and one added."""
    places = [m.start() for m in re.finditer(r"\d", text)]
    chosen = sorted({places[0], places[len(places) // 2], places[-1]}) if places else []
    changed = [
        text[:p] + new + text[p + 1 :]
        for p in chosen
        for new in (str((int(text[p]) + 1) % 10), str((int(text[p]) + 4) % 10))
    ]
    dropped = [text[:p] + text[p + 1 :] for p in chosen if len(places) > 1]
    return [
        t
        for t in (*changed, *dropped, *(text[:p] + "7" + text[p:] for p in chosen))
        if re.search(r"\d", t)
    ]

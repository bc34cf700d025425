"""What words claim of a fact, word by word.

Each rule finds a phrase and says why it is not borne out, or nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reportgen.core.facts import Fact, Unit
from reportgen.verify.vocabulary import (
    ANY,
    CONNECTING,
    DIRECTIONS,
    FLOORS,
    MONTH_NUMBERS,
    MONTHS,
    NUMBER_WORDS,
    ORDINAL_WORDS,
    SHORT_MONTHS,
    VERBS,
    WEAK,
    WEAK_MOST,
    WEEKDAYS,
    WORD,
    Strength,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for a claim: facts, kinds of instruments, and the moment."""

    facts: Mapping[str, Fact]
    kinds: Mapping[str, str]
    as_of: dt.datetime
    state: str
    zone_label: str = "ET"
    """What the time of the market is called."""
    year: int = 0
    """The year that the line told last before the claim, or else first after it; 0 for none."""

    def number(self, id: str) -> float | None:
        """The value of fact *id*, or None where it was not recorded."""
        fact = self.facts.get(id)
        return fact.number if fact is not None else None

    def sibling(self, fact: Fact, name: str) -> float | None:
        """The value of the same instrument's fact "<key>.<name>"."""
        return self.number(f"{fact.id.partition('.')[0]}.{name}")


Judge = Callable[[re.Match[str], Fact, Evidence], str]
NO_PROOF = "nothing bears it out"


def _is(true: bool) -> str:
    return "" if true else NO_PROOF


COUNTS = ("breadth", "advance")
"""The kinds of counts of those that went one way: of funds, of a group, of a list."""


def verb(match: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """A verb of motion must have the move's direction and suit its size."""
    strength = VERBS[match[0].lower()]
    if fact.kind in COUNTS:
        ways = (".rising",) if strength.direction > 0 else (".falling", ".decliners")
        return _is(fact.id.endswith(ways) and fact.number > 0 and strength.floor == 0)
    if fact.kind in ("streak_up", "streak_down"):
        return _is(
            strength.direction == (1 if fact.kind == "streak_up" else -1) and strength.floor == 0
        )
    if fact.number * strength.direction <= 0:
        return "the direction is wrong"
    if _nothing_moved(match, fact, evidence):
        return "nothing moved"
    told = re.search(r"\d", match.string) is not None
    return _unsuited(strength, fact, evidence, told=told)


FAR = {
    **dict.fromkeys(("index", "etf", "sector"), 0.07),
    **dict.fromkeys(("stock", "basket", "commodity"), 0.2),
    "volatility": 0.3,
}
"""A day's move that bears any verb, however wild the weeks before, by kind of instrument."""


def _share(fact: Fact, evidence: Evidence) -> Fact:
    """The change in percent that belongs to *fact*, a change in points, if it is recorded."""
    if fact.unit not in (Unit.POINTS, Unit.MONEY_CHANGE):
        return fact
    name = fact.kind if fact.kind != "point_change" else "pct_change"
    return evidence.facts.get(f"{fact.id.partition('.')[0]}.{name}", fact)


def _unsuited(strength: Strength, fact: Fact, evidence: Evidence, *, told: bool) -> str:
    """Why a verb of that strength does not suit the size of the move, or "".

    Where the size is *told* in the same words, a mild verb needs no more than its floor.
    """
    fact = _share(fact, evidence)
    usual = evidence.number(f"{fact.id}.sigma")
    floors = FLOORS[_kind(fact, evidence)]
    if strength.floor:
        day = fact.kind == "pct_change" and (fact.window == "day" or fact.window[:1].isdigit())
        far = day and abs(fact.number) >= FAR.get(_kind(fact, evidence), ANY)
        mild = told and strength.floor == 1 and fact.window == "day"
        if not (far or mild) and (usual is None or abs(fact.number) < strength.at_least * usual):
            return "the verb is too strong for the move"
        return (
            ""
            if abs(fact.number) >= floors[strength.floor - 1]
            else "the verb is too strong for so small a move"
        )
    if usual is None and fact.window in ("week", "month", "quarter", "ytd"):
        usual = evidence.number(f"{fact.id.partition('.')[0]}.pct_change.sigma")
    if (
        usual is not None
        and abs(fact.number) > strength.at_most * usual
        and abs(fact.number) >= _plain_floor(fact, evidence)
    ):
        return "the verb is too weak for the move"
    return ""


def _nothing_moved(match: re.Match[str], fact: Fact, evidence: Evidence) -> bool:
    """Whether a verb without a figure describes a move that is "little changed"."""
    usual = evidence.number(f"{fact.id}.sigma")
    return (
        usual is not None
        and abs(fact.number) < 0.1 * usual
        and not any(c.isdigit() for c in match.string)
    )


def weak_verb(match: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """Edged, inched and ticked go with "higher" or "lower" and small moves."""
    if match[2] and fact.number * (1 if match[2].lower() in ("higher", "up") else -1) <= 0:
        return "the direction is wrong"
    if _nothing_moved(match, fact, evidence):
        return "nothing moved"
    usual = evidence.number(f"{fact.id}.sigma")
    stem = next(s for s in WEAK_MOST if match[1].lower().startswith(s[:3]))
    small = usual is not None and abs(fact.number) <= WEAK_MOST[stem] * usual
    return (
        ""
        if small or abs(fact.number) < _plain_floor(fact, evidence)
        else "the verb is too weak for the move"
    )


def _kind(fact: Fact, evidence: Evidence) -> str:
    return (
        "basket"
        if fact.instrument.startswith("basket:")
        else evidence.kinds.get(fact.instrument, "index")
    )


def _plain_floor(fact: Fact, evidence: Evidence) -> float:
    return {
        "yield": 0.0003,
        "stock": 0.01,
        "basket": 0.01,
        "crypto": 0.01,
        "volatility": 0.03,
        "commodity": 0.01,
    }.get(_kind(fact, evidence), 0.003)


def little_changed(_: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """Little changed: under a tenth of the usual move, or under 0.05% (1.5 basis points)."""
    usual = evidence.number(f"{fact.id}.sigma") or 0.0
    least = 0.00015 if fact.unit is Unit.BP else 0.0005
    return _is(abs(fact.number) < max(0.1 * usual, least))


def direction(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """Up, down, above, below, higher, lower, unchanged: the sign of the value."""
    sign = DIRECTIONS[match[0].lower()]
    return _is(fact.number * sign > 0 if sign else fact.number == 0)


def no_change(_: re.Match[str], fact: Fact, __: Evidence) -> str:
    """No change: not a point. Of rates it is a chance, which has its own rule."""
    return _is(fact.unit in CHANGES and fact.number == 0)


def noun(_: re.Match[str], fact: Fact, __: Evidence) -> str:
    """A loss: a change that is negative, or a run of them."""
    return _is(fact.kind == "streak_down" or (fact.kind != "streak_up" and fact.number < 0))


def weekday(match: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """A weekday: the right one, and no more than six days away."""
    day = dt.date.fromisoformat(str(fact.value)[:10])
    return _is(
        WEEKDAYS[day.weekday()] == match[0]
        and (abs((evidence.as_of.date() - day).days) <= 6 or "," in match.string)
    )


def _near(day: dt.date, evidence: Evidence, days: int = 75) -> bool:
    """Whether a date of that day needs no year."""
    today = evidence.as_of.date()
    return day.year == today.year or abs((today - day).days) <= days


def calendar_date(match: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """A month and a day, with a year unless it is near."""
    day = dt.date.fromisoformat(str(fact.value)[:10])
    start = evidence.facts.get(fact.id.replace(".end", ".start"), fact) if match["to"] else fact
    first = dt.date.fromisoformat(str(start.value)[:10])
    right = (first.month, first.day) == (MONTH_NUMBERS[match["month"]], int(match["day"]))
    if match["to"]:
        last_month = MONTH_NUMBERS[match["month2"]] if match["month2"] else first.month
        right = right and (day.month, day.day) == (last_month, int(match["to"]))
    if match["year"]:
        return _is(right and int(match["year"]) == day.year)
    return _is(right and _near(day, evidence))


def month(match: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """A month by name, with the year where it is not near and the line does not tell it."""
    year, number = (int(part) for part in str(fact.value)[:7].split("-"))
    near = _near(dt.date(year, number, 1), evidence, 130) or year == evidence.year
    return _is(
        MONTH_NUMBERS[match["month"]] == number
        and (int(match["year"]) == year if match["year"] else near)
    )


def numbered_quarter(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """A quarter by its number and its year: of a fact with the month that it begins with."""
    first = 3 * int(match["quarter"]) - 2
    quarterly = fact.kind.endswith(("_quarter", "_since"))
    return _is(quarterly and str(fact.value) == f"{match['year']}-{first:02}")


def year(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """A year: that of the value, or of the yearly window."""
    return _is(match[0] == (fact.window if fact.window.isdigit() else str(fact.value)[:4]))


def clock(match: re.Match[str], fact: Fact, evidence: Evidence) -> str:
    """A time of day in exchange time, under the name that the market's time has."""
    at = dt.datetime.fromisoformat(str(fact.value))
    if match["label"] != evidence.zone_label:
        return NO_PROOF
    if match[0].lower().startswith("noon"):
        return _is((at.hour, at.minute) == (12, 0))
    hour = int(match["hour"]) % 12 + (12 if match["half"] == "p.m." else 0)
    return _is((at.hour, at.minute) == (hour, int(match["minute"] or 0)))


def part_of_day(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """A part of the session by the clock."""
    at = dt.datetime.fromisoformat(str(fact.value))
    minutes = at.hour * 60 + at.minute
    bounds = {
        "early": (0, 630),
        "morning": (630, 720),
        "midday": (720, 780),
        "early-afternoon": (780, 870),
        "afternoon": (870, 930),
        "late": (930, 1440),
    }
    low, high = bounds[match[0].lower()]
    return _is(low <= minutes < high)


def count(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """A number in words: a count, a rank, or a change of the target range."""
    word = match[0].lower()
    if word in ORDINAL_WORDS:
        return _is(fact.number == ORDINAL_WORDS[word])
    return _is(fact.unit is Unit.COUNT and fact.number == NUMBER_WORDS[word])


def ordinal(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """A rank in digits: "12th"."""
    number = int(match[1])
    suffix = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return _is(fact.unit is Unit.COUNT and fact.number == number and match[2] == suffix)


def points_in_words(match: re.Match[str], fact: Fact, _: Evidence) -> str:
    """A change of the target range: a quarter of a point is 25 basis points."""
    words = match[0].lower()
    size = (
        25
        if words.startswith("a quarter")
        else 75
        if words.startswith("three-quarters")
        else 50
        if words.startswith("half")
        else None
    )
    size = size or 100 * NUMBER_WORDS.get(words.split()[0], 1)
    return _is(fact.unit is Unit.BP and abs(abs(fact.number) * 10_000 - size) < 0.5)


def span(words: str) -> str:
    """*words* as a pattern on word boundaries."""
    return rf"(?<![\w-]){words}(?![\w-])"


_MONTH = "|".join(re.escape(m) for m in sorted(MONTH_NUMBERS, key=len, reverse=True))
_VERB = "|".join(sorted(VERBS, key=len, reverse=True))
RULES: list[tuple[re.Pattern[str], Judge]] = [
    (
        re.compile(
            span(rf"({'|'.join(WEAK)})(?: (higher|lower|up|down))?"),
            re.IGNORECASE,
        ),
        weak_verb,
    ),
    (re.compile(span("little changed")), little_changed),
    (re.compile(span("no change(?! in)")), no_change),
    (re.compile(span(r"(\d+)(st|nd|rd|th)")), ordinal),
    (
        re.compile(
            span(
                "(?:a quarter of a|half a|three-quarters of"
                " a|one|two|three|four|five) percentage points?"
                "|a quarter point|half a point|three-quarters of a point|a full point"
            )
        ),
        points_in_words,
    ),
    (
        re.compile(
            r"(?:noon|(?P<hour>\d+)(?::(?P<minute>\d\d))? (?P<half>[ap]\.m\.))"
            r" (?P<label>[A-Z]\w*(?:(?: [A-Z]\w*)* time)?)"
        ),
        clock,
    ),
    (re.compile("|".join(WEEKDAYS)), weekday),
    (
        re.compile(
            rf"(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?!\d)(?:-(?:(?P<month2>{_MONTH})"
            r" )?(?P<to>\d{1,2}))?(?:, (?P<year>\d{4}))?"
        ),
        calendar_date,
    ),
    (re.compile(rf"(?P<month>{'|'.join(MONTHS)})(?: (?P<year>\d{{4}}))?(?![\w])"), month),
    (
        re.compile(
            rf"(?P<month>{'|'.join(map(re.escape, SHORT_MONTHS))}) (?P<year>\d{{4}})(?![\w])"
        ),
        month,
    ),
    (re.compile(span(r"Q(?P<quarter>[1-4]) (?P<year>\d{4})")), numbered_quarter),
    (re.compile(span(f"(?:{_VERB})"), re.IGNORECASE), verb),
    (re.compile(span("(?:losses|loss)"), re.IGNORECASE), noun),
    (re.compile(span("(?:" + "|".join(DIRECTIONS) + ")(?! to )"), re.IGNORECASE), direction),
    (re.compile(span("(?:early-afternoon|early|morning|midday|afternoon|late)")), part_of_day),
    (
        re.compile(
            span(
                "(?:"
                + "|".join(sorted([*NUMBER_WORDS, *ORDINAL_WORDS], key=len, reverse=True))
                + ")"
            ),
            re.IGNORECASE,
        ),
        count,
    ),
]
RELEASED = ("print", "print_change", "print_consensus", "print_revised")
"""The kinds of figures of releases that are changes, in percent or of a number."""
CHANGES = (Unit.FRACTION, Unit.POINTS, Unit.MONEY_CHANGE, Unit.BP)
"""The units of what can rise or fall; a level and a gap to another index only stand."""


def _is_day(fact: Fact) -> bool:
    """Whether a fact is a day, or a time of one; a month such as "2024-11" is neither."""
    return fact.unit in (Unit.DATE, Unit.TIME) and len(str(fact.value)) >= len("2024-11-06")


FITS: dict[Judge, Callable[[Fact], bool]] = {
    clock: lambda f: f.unit is Unit.TIME,
    part_of_day: lambda f: f.unit is Unit.TIME,
    weekday: _is_day,
    calendar_date: _is_day,
    **dict.fromkeys((month, numbered_quarter), lambda f: f.unit is Unit.DATE),
    **dict.fromkeys(
        (weak_verb, noun),
        lambda f: f.unit in CHANGES or f.kind in ("streak_up", "streak_down"),
    ),
    verb: lambda f: (
        f.kind != "print_level"
        and (f.unit in CHANGES or f.kind in ("streak_up", "streak_down", *COUNTS, *RELEASED))
    ),
}
NUMERIC = (verb, weak_verb, little_changed, direction, noun, count, ordinal, points_in_words)


def fits(judge: Judge, fact: Fact) -> bool:
    """Whether a rule can speak about such a fact at all.

    Where it cannot, the phrase stays unproven.
    """
    if judge in NUMERIC and isinstance(fact.value, str):
        return False
    return judge not in FITS or FITS[judge](fact)


def leftover(text: str) -> list[str]:
    """The words of *text* that no rule has taken and that are not connectives."""
    return [w for w in WORD.findall(text) if w.lower() not in CONNECTING]

"""Fixed phrases that make a claim, each with the condition for its truth."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

from reportgen.core.facts import Fact, Unit
from reportgen.verify import claims
from reportgen.verify.claims import Evidence, span

Condition = Callable[[Fact, Evidence], bool]
WINDOWS = ("week", "month", "quarter", "year")
BY_WINDOW = {"week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly"}
PRICES = (Unit.LEVEL, Unit.MONEY)
"""The units of a close: an index's, and a fund's."""
FALLS = "falls?|drops?|slips?|sinks?|slides?|tumbles?|dips?"
RISES = "rises?|climbs?|jumps?|gains?|surges?|rall(?:y|ies)"
ENDS = "ends?|finish(?:es)?|settles?"
"""Verbs with which a close passes a round level."""
EXPECTED, LIKELIER = 0.90, 0.50
"""The lowest chances on the eve of an expected decision, and of the likelier outcome."""
LEAST_GAP, LARGE_GAP, LARGE_MOVE = 29, 20, 0.015
"""The days since a best or worst day that are worth a word, and since one as good as a large move.
"""
WELL, FAR = 1.0, 2.0
"""The surprises, in usual ones, from which on a figure is well, or far, above what was expected."""
QUARTERS = {"first": "01", "second": "04", "third": "07", "fourth": "10"}
"""The quarters of a year by the month with which they begin."""
NEAR_QUARTER = 200
"""The days since its beginning within which a quarter needs no year."""
GAINERS = ("sectors.rising", "list.rising")
LOSERS = ("sectors.falling", "list.falling")
"""The counts of those that went up, and of those that went down."""
SIDES = ("average_cross", "year_side")
"""The kinds of the last close on the same side of an average, or of the close of a year."""
SHARP_TURN, GOOD_YEAR, POOR_GAP = -0.05, 0.05, -0.05


def _depth(name: str) -> float:
    return -0.2 if "bear" in name else -0.1


def _before(fact: Fact, evidence: Evidence) -> float:
    return evidence.number(f"{fact.id}.before") or 0.0


def _state(kind: str, name: str) -> Condition:
    depth = _depth(name)

    def judge(fact: Fact, evidence: Evidence) -> bool:
        if fact.kind != "drawdown_from_high":
            return kind == "past" and fact.kind == name and fact.number > 0
        now, before = fact.number, _before(fact, evidence)
        return {
            "closer": depth < now < before,
            "out": before <= depth < now,
            "deeper": now < before <= depth,
            "in": now <= depth,
            "into": now <= depth < before and evidence.state != "open",
            "past": now <= depth,
        }[kind]

    return judge


def _extreme_month(fact: Fact, evidence: Evidence, *, best: bool) -> bool:
    """Whether the month of *fact* is the only extreme of its year's months."""
    key = fact.id.partition(".")[0]
    months = {
        f.window: f.number
        for f in evidence.facts.values()
        if f.kind == "month_change" and f.id == f"{key}.month_change.{f.window}"
    }
    told = {m: v for m, v in months.items() if m[:4] == fact.window}
    if str(fact.value) not in told or len(told) < 3:
        return False
    own = told.pop(str(fact.value))
    return all(own > v if best else own < v for v in told.values())


def _before_this(fact: Fact, evidence: Evidence) -> float:
    """The change of the month before this one, where *fact* ranks that month."""
    return (evidence.sibling(fact, "month_before") or 0.0) if fact.window == "prior-month" else 0.0


def _best(fact: Fact, evidence: Evidence) -> bool:
    return fact.kind == "best_month_of_year" and (
        _before_this(fact, evidence) > 0 or _extreme_month(fact, evidence, best=True)
    )


def _worst(fact: Fact, evidence: Evidence) -> bool:
    return fact.kind == "worst_month_of_year" and (
        _before_this(fact, evidence) < 0 or _extreme_month(fact, evidence, best=False)
    )


def _since(kind: str) -> Condition:
    def judge(fact: Fact, evidence: Evidence) -> bool:
        if fact.kind != kind:
            return False
        change = evidence.sibling(fact, "pct_change") or 0.0
        sign = 1 if kind.startswith("best") else -1
        gap = evidence.as_of.date() - dt.date.fromisoformat(str(fact.value))
        least = LARGE_GAP if abs(change) >= LARGE_MOVE else LEAST_GAP
        return change * sign > 0 and gap.days >= least and fact.since == fact.value

    return judge


PACES = {
    "one-day": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "ytd",
}
"""The words for the window of a move."""
REACHES = {"since": "since", "in data since": "on_file", "on record": "on_record"}
"""How the words for a superlative end, and its kind."""


def _of_the_day(side: str, end: str) -> Condition:
    """A best or worst day of all data, of a move in its direction."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        change = evidence.sibling(fact, "pct_change") or 0.0
        good = side == "best_day"
        return _reaches(side, end)(fact, evidence) and change * (1 if good else -1) > 0

    return judge


def _most(fact: Fact, evidence: Evidence, end: str) -> bool:
    """The largest move of some days together."""
    change = evidence.sibling(fact, "days_change") or 0.0
    return any(
        _reaches(f"{side}_days", end)(fact, evidence) and change * sign > 0
        for side, sign in (("best", 1), ("worst", -1))
    )


def _reaches(side: str, end: str, window: str = "") -> Condition:
    """A superlative of that *side* and *end*, of a move over *window*."""
    return lambda fact, _: (
        fact.kind == f"{side}_{REACHES[end]}"
        and fact.since == fact.value
        and window in ("", fact.window)
    )


def _record(fact: Fact, evidence: Evidence) -> bool:
    before = evidence.sibling(fact, "record_close.before")
    return (
        fact.kind == "record_close"
        and fact.unit in PRICES
        and evidence.state != "open"
        and before is not None
        and fact.number > before
    )


def _beaten(fact: Fact, evidence: Evidence) -> bool:
    """Whether *fact* is the record before a close above it."""
    level = evidence.sibling(fact, "record_close")
    return fact.id.endswith("record_close.before") and level is not None and level > fact.number


def _peak(fact: Fact, evidence: Evidence) -> bool:
    """Whether *fact* is the highest level within a session, a new one or that of before."""
    before = evidence.sibling(fact, "record_intraday.before")
    return fact.kind == "record_intraday" and before is not None and fact.number >= before


def _short_of_record(fact: Fact, _: Evidence) -> bool:
    """Whether *fact* is a distance to the record, or to a high that is none above it."""
    return fact.kind in ("near_record", "drawdown_from_high") and fact.number < 0


def _records(fact: Fact, evidence: Evidence) -> bool:
    """Whether *fact* is one of several record closes."""
    return (
        _record(fact, evidence)
        and sum(
            f.id.endswith(".record_close") and _record(f, evidence) for f in evidence.facts.values()
        )
        > 1
    )


def _sharp_turn(fact: Fact, evidence: Evidence) -> bool:
    years = [
        f.number
        for f in evidence.facts.values()
        if f.kind == "year_change" and f.instrument == fact.instrument
    ]
    return (
        fact.kind == "drawdown_from_high"
        and fact.number <= SHARP_TURN
        and any(y >= GOOD_YEAR for y in years)
    )


def _given_back(fact: Fact, evidence: Evidence) -> bool:
    peak = evidence.sibling(fact, "event.peak")
    return fact.window == "since-event" and fact.number < 0 and peak is not None and peak > 0


def _opposed(sign: int) -> Condition:
    def judge(fact: Fact, evidence: Evidence) -> bool:
        total = evidence.number("fed.target_change_bp")
        return total is not None and fact.number * total * sign > 0

    return judge


def _likeliest(name: str) -> Condition:
    def judge(fact: Fact, evidence: Evidence) -> bool:
        others = [
            evidence.number(f"fed.fed_probability.{n}") or 0.0
            for n in ("hold", "cut", "increase")
            if n != name
        ]
        return fact.id == f"fed.fed_probability.{name}" and fact.number >= max(others)

    return judge


def _moved_range(sign: int) -> Condition:
    """The Fed moved its target range that way: by how much, or how often."""

    def judge(fact: Fact, _: Evidence) -> bool:
        counted = fact.kind == ("increases" if sign > 0 else "cuts") and fact.number > 0
        return counted or (fact.kind == "target_change_bp" and fact.number * sign > 0)

    return judge


def _held_range(fact: Fact, evidence: Evidence) -> bool:
    """The Fed left its target range alone: at one meeting, or at all of a window."""
    if fact.kind == "decisions":
        return not evidence.number("fed.decisions.moves")
    return fact.kind == "target_change_bp" and fact.number == 0


def _odds_of_decision(least: float, below: float) -> Condition:
    """The chance that futures gave a decision on its eve."""
    return lambda fact, _: (
        fact.kind == "decision_odds"
        and fact.unit is Unit.PROBABILITY
        and least <= fact.number < below
    )


def _preferred(kind: str) -> Condition:
    """Policymakers who voted against a decision on the target range, and for another one."""
    return lambda fact, _: fact.kind == kind and fact.unit is Unit.COUNT and fact.number > 0


def _gap(sign: int) -> Condition:
    return lambda fact, _: fact.kind == "outperform" and fact.number * sign > 0


def _led(sign: int) -> Condition:
    """A return by the year that is above that of the benchmark, or below it."""
    return lambda fact, _: fact.kind == "perf_gap" and fact.number * sign > 0


def _kind(kind: str) -> Condition:
    return lambda fact, _: fact.kind == kind


def _high(fact: Fact, evidence: Evidence) -> bool:
    if fact.kind == "drawdown_from_high":
        return fact.number == 0
    level = evidence.sibling(fact, "level")
    return (
        fact.kind == "high_close"
        and fact.unit in PRICES
        and level is not None
        and level >= fact.number
        and evidence.state != "open"
    )


def _counted(kind: str, window: str) -> Condition:
    return lambda fact, _: fact.kind == kind and fact.window == window and fact.unit is Unit.COUNT


def _quarter(month: str) -> Condition:
    """A quarter by the month it begins with."""
    return lambda fact, _: (
        fact.unit is Unit.DATE
        and ("quarter" in fact.kind or fact.window == "quarter")
        and str(fact.value)[5:7] == month
    )


def _first_ever(fact: Fact, evidence: Evidence) -> bool:
    level, before = evidence.sibling(fact, "level"), evidence.sibling(fact, "record_close.before")
    known = fact.kind == "milestone_cross" and fact.unit is Unit.LEVEL and evidence.state != "open"
    return known and level is not None and before is not None and before < fact.number <= level


def _line(sign: int) -> Condition:
    def judge(fact: Fact, evidence: Evidence) -> bool:
        level, points = evidence.sibling(fact, "level"), evidence.sibling(fact, "point_change")
        if fact.kind != "milestone" or level is None or points is None:
            return False
        before = level - points
        return before < fact.number <= level if sign > 0 else level < fact.number <= before

    return judge


def _of_average(sign: int) -> Condition:
    """A close on that side of a moving average."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        level = evidence.sibling(fact, "level")
        if fact.kind != "moving_average" or level is None or evidence.state == "open":
            return False
        return (level - fact.number) * sign > 0

    return judge


def _year_turned(sign: int) -> Condition:
    """A year so far that is of that sign, and was not at the close before."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        before = evidence.sibling(fact, "ytd_change.before")
        if fact.kind != "ytd_change" or before is None or evidence.state == "open":
            return False
        return fact.number * sign > 0 >= before * sign

    return judge


def _first_beyond(sign: int) -> Condition:
    """The first close of a yield on that side of a whole percent, since a day or in the data."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        if fact.kind not in ("yield_cross", "yield_cross_on_file") or fact.since != fact.value:
            return False
        names = ("yield_level", "yield_level.before", "yield_line")
        now, before, line = (evidence.sibling(fact, name) for name in names)
        if now is None or before is None or line is None:
            return False
        return (before - line) * sign <= 0 < (now - line) * sign

    return judge


def _extreme(name: str, window: str) -> Condition:
    def judge(fact: Fact, evidence: Evidence) -> bool:
        change = (
            evidence.sibling(fact, "ytd_change" if window == "year" else f"{window}_change") or 0.0
        )
        return (
            fact.kind == f"{name}_{window}_since"
            and fact.since == fact.value
            and change * (1 if name == "best" else -1) > 0
        )

    return judge


def _named_quarter(name: str, month: str) -> Condition:
    """The last quarter of that place in its year that was as good, or as bad."""
    side = 1 if name == "best" else -1
    return lambda fact, evidence: (
        fact.kind == f"{name}_named_quarter_since"
        and fact.since == fact.value
        and str(fact.value)[5:7] == month
        and (evidence.sibling(fact, "quarter_change") or 0.0) * side > 0
    )


def _sector(extreme: Callable[..., float]) -> Condition:
    def judge(fact: Fact, evidence: Evidence) -> bool:
        alike = [
            f
            for f in evidence.facts.values()
            if (f.kind, f.window, f.unit) == (fact.kind, fact.window, fact.unit)
        ]
        funds = [f.number for f in alike if evidence.kinds.get(f.instrument) == "sector"]
        return (
            fact.unit is Unit.FRACTION
            and evidence.kinds.get(fact.instrument) == "sector"
            and fact.number == extreme(funds)
        )

    return judge


def _day_of(name: str) -> Condition:
    """The best or the worst day of a window.

    Its change is known, and none of the two is on the wrong side of the other.
    """

    def judge(fact: Fact, evidence: Evidence) -> bool:
        if fact.kind == f"perf_{name}_day_date":
            return True
        own = evidence.sibling(fact, f"pct_change.{fact.value}")
        days = [
            f.number
            for f in evidence.facts.values()
            if f.kind == "pct_change" and f.instrument == fact.instrument and "-" in f.window
        ]
        return (
            fact.kind.startswith(f"{name}_day_of_")
            and own is not None
            and own == (max if name == "best" else min)(days)
        )

    return judge


def _signed_day(name: str) -> Condition:
    sign = 1 if name == "best" else -1
    return lambda fact, evidence: (
        _day_of(name)(fact, evidence)
        and (evidence.sibling(fact, f"pct_change.{fact.value}") or 0.0) * sign > 0
    )


def _on_all(way: str) -> Condition:
    return lambda fact, evidence: (
        fact.kind == f"sessions_{way}"
        and fact.number == evidence.sibling(fact, f"{fact.window}.sessions")
    )


def _each(fact: Fact, evidence: Evidence, share: float) -> bool:
    """Whether all members of a basket fell, or none of them."""
    members, decliners = evidence.sibling(fact, "members"), evidence.sibling(fact, "decliners")
    return fact.kind == "pct_change" and members is not None and decliners == share * members


def _counts(fact: Fact, sign: int) -> bool:
    """Whether *fact* is the count of those that went that way: of funds, a list or a group."""
    return fact.id in (GAINERS if sign > 0 else LOSERS) or (
        sign < 0 and fact.id.endswith(".decliners")
    )


def _closed_on(sign: int) -> Condition:
    """A change of that sign at a close, of all of a group, or a count of those that had one."""
    share = 0.0 if sign > 0 else 1.0

    def judge(fact: Fact, evidence: Evidence) -> bool:
        if evidence.state == "open" or isinstance(fact.value, str):
            return False
        if fact.unit is Unit.COUNT:
            return _counts(fact, sign) and fact.number > 0
        if fact.instrument.startswith("basket:"):
            return _each(fact, evidence, share)
        return fact.unit in claims.CHANGES and fact.number * sign > 0

    return judge


def _more(name: str, other: str) -> Condition:
    """More of a list than went the other way."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        against = evidence.sibling(fact, other)
        return fact.id.endswith(f".{name}") and against is not None and fact.number > against

    return judge


def _spread(sign: int) -> Condition:
    """A gap between two yields that grew (or shrank), whichever is higher."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        before = evidence.number(f"{fact.id}.before")
        return (
            fact.kind == "yield_spread"
            and fact.unit is Unit.BP
            and before is not None
            and (abs(fact.number) - abs(before)) * sign > 0
        )

    return judge


def _others(fact: Fact, evidence: Evidence) -> Iterator[Fact]:
    """The facts of that kind and window of other instruments."""
    for other in evidence.facts.values():
        same = (other.kind, other.window) == (fact.kind, fact.window)
        if same and other.instrument != fact.instrument:
            yield other


def _alike(fact: Fact, evidence: Evidence) -> bool:
    """Whether another instrument has a fact of the same kind and window with the same date.

    Of an average, or of a year, on the same side of it.
    """
    dated = (other for other in _others(fact, evidence) if other.value == fact.value)
    if fact.kind in SIDES:
        return any(_side(other, evidence) == _side(fact, evidence) != 0 for other in dated)
    return any(True for _ in dated)


def _crossed_too(fact: Fact, evidence: Evidence) -> bool:
    """Whether another instrument crossed the average of so many sessions the same way."""
    return fact.kind == "average_cross" and any(
        _side(other, evidence) == _side(fact, evidence) != 0 for other in _others(fact, evidence)
    )


def _side(fact: Fact, evidence: Evidence) -> int:
    """The side on which the instrument of *fact* closed: 1 above, -1 below.

    Of its average, or of its last close of the year before.
    """
    if fact.kind == "year_side":
        change = evidence.sibling(fact, "ytd_change") or 0.0
        return (change > 0) - (change < 0)
    level, average = (evidence.sibling(fact, name) for name in ("level", "moving_average"))
    if level is None or average is None:
        return 0
    return (level > average) - (level < average)


def _jobs(sign: int) -> Condition:
    """A number of jobs that were added, or lost."""
    return lambda fact, _: (
        fact.kind == "print" and fact.unit is Unit.COUNT and fact.number * sign > 0
    )


def _surprise(sign: int) -> Condition:
    """A figure of a release above what was expected, below it, or in line with it."""
    return lambda fact, _: (
        fact.kind == "print_surprise" and (fact.number > 0) - (fact.number < 0) == sign
    )


def _degree(least: float, below: float) -> Condition:
    """How many usual surprises the surprise of a figure is."""
    return lambda fact, _: fact.kind == "print_degree" and least <= fact.number < below


def _far_period(side: str) -> Condition:
    """The last month or quarter of a series that was as high, or as low."""
    kinds = (f"macro_{side}_since", f"macro_{side}_quarter_since")
    return lambda fact, _: fact.kind in kinds and fact.since == fact.value


def _far_print(side: str, sign: int = 0, unit: Unit | None = None) -> Condition:
    """A figure of a release as high, or as low, as none since: one of a rise, a decline, or any."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        if not sign and _far_period(side)(fact, evidence):
            return True
        if fact.kind != f"print_{side}_since" or fact.since != fact.value:
            return False
        value = next(
            (one for id, one in evidence.facts.items() if id == fact.id.removesuffix(".since")),
            None,
        )
        if value is None or (unit and value.unit is not unit):
            return False
        return not sign or (value.kind == "print" and value.number * sign > 0)

    return judge


def _heat(sign: int) -> Condition:
    """Whether the figures of prices of a release were above what was expected, or below it."""
    return lambda fact, _: fact.kind == "print_heat" and fact.number * sign > 0


def _hotter(sign: int) -> Condition:
    """The same, where the figure itself was on that side of what was expected."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        surprise = evidence.number(f"{fact.id.removesuffix('heat')}surprise") or 0.0
        return _heat(sign)(fact, evidence) and surprise * sign > 0

    return judge


def _side_of_line(sign: int) -> Condition:
    """An index of a release on that side of the line that it is read against."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        value = evidence.sibling(fact, "print")
        return fact.kind == "print_line" and value is not None and (value - fact.number) * sign > 0

    return judge


def _quarter_told(month: str) -> Condition:
    """A quarter of a release that needs no year: one of the last half year."""

    def judge(fact: Fact, evidence: Evidence) -> bool:
        if fact.kind != "print_quarter" or str(fact.value)[5:7] != month:
            return False
        begun = dt.date.fromisoformat(f"{fact.value}-01")
        return 0 <= (evidence.as_of.date() - begun).days <= NEAR_QUARTER

    return judge


def _in_state(state: str) -> Condition:
    return lambda fact, evidence: fact.id == "session.state" and evidence.state == state


def _in_state_or_due(state: str, window: str) -> Condition:
    """The state of the market, or the part of the day on which a company reports."""
    of_market = _in_state(state)
    return lambda fact, evidence: (
        of_market(fact, evidence) or (fact.kind == "results_due" and fact.window == window)
    )


def _over(fact: Fact, evidence: Evidence) -> bool:
    """Whether the session is over, or a day on which there is none is spoken of."""
    return (
        fact.id == "session.closed_on"
        or fact.kind in ("abroad_closed", "abroad_shut", "print_holiday", "print_week")
        or (fact.id == "session.state" and evidence.state != "open")
    )


def _of_book(kind: str, sign: int) -> Condition:
    """A figure of a reader's book, of that kind and sign."""
    return lambda fact, _: fact.kind == kind and (fact.number > 0) - (fact.number < 0) == sign


def _near(least: float) -> Condition:
    return lambda fact, _: (
        fact.kind == "near_record" and fact.unit is Unit.FRACTION and least < fact.number < 0
    )


def _fall(name: str, words: str) -> list[tuple[str, Condition]]:
    """Phrases on a fall *name*, called *words*, longest first."""
    return [
        (f"closer to {words}", _state("closer", name)),
        (f"out of {words}", _state("out", name)),
        (f"deeper into {words}", _state("deeper", name)),
        (f"past the line of {words}", _state("past", name)),
        (f"into {words}", _state("into", name)),
        (f"in {words}", _state("in", name)),
        (f" {words}", _state("in", name)),
    ]


def _is_deepest(fact: Fact) -> bool:
    """Whether it is how far an index had fallen at the low of its fall."""
    return fact.kind == "drawdown_from_high" and fact.id.endswith(".deepest") and fact.number < 0


PHRASES: list[tuple[str, Condition]] = [
    ("at the bottom", lambda f, _: _is_deepest(f)),
    *_fall("correction", "a correction"),
    *_fall("bear_market", "a bear market"),
    (
        "back above",
        lambda f, e: _state("out", "correction")(f, e) or _state("out", "bear_market")(f, e),
    ),
    ("correction", _kind("correction")),
    ("bear market", _kind("bear_market")),
    ("a fall of", lambda f, _: f.kind == "definition"),
    ("(?:its|the) best month of the year|the best", _best),
    ("(?:its|the) worst month of the year|(?:its|the) worst", _worst),
    ("best day since", _since("best_day_since")),
    ("worst day since", _since("worst_day_since")),
    *(
        (f"{side} day {end}", _of_the_day(f"{side}_day", end))
        for side in ("best", "worst")
        for end in ("in data since", "on record")
    ),
    ("closed? at records|set records", _records),
    ("close[ds]? at a record|a record close|passed its record of", _record),
    ("tops", lambda f, e: _record(f, e) or _line(1)(f, e) or _first_ever(f, e)),
    ("crosses|passes", lambda f, e: _line(1)(f, e) or _first_ever(f, e)),
    (
        "most since",
        lambda f, e: (
            _since("best_day_since")(f, e)
            or _since("worst_day_since")(f, e)
            or _most(f, e, "since")
        ),
    ),
    *(
        (words, lambda f, _: f.id.endswith("record_close.before"))
        for words in (
            "the record close of|the record of|their record of",
            "record close of",
            "its record",
            "its first since",
        )
    ),
    ("above its previous record of", _beaten),
    ("records|record highs", _records),
    (
        "(?:below|short of|shy of|under|off|from) (?:its |their |the |a )?record(?: high| close)?",
        _short_of_record,
    ),
    ("(?:an? )?(?:new )?(?:record|all-time) high|(?:a )?new record(?: close)?", _record),
    (
        "a record|record",
        lambda f, e: f.id.endswith("record_close.before") or _record(f, e) or _peak(f, e),
    ),
    ("record within a session", _peak),
    ("in a row", _counted("record_close", "streak")),
    ("record of the year", _counted("record_close", "ytd")),
    ("of the year", _counted("record_close", "ytd")),
    *((f"the {name} quarter of", _quarter(month)) for name, month in QUARTERS.items()),
    ("close[sd]? above", lambda f, e: _first_ever(f, e) or _of_average(1)(f, e)),
    ("for (?:the )?first time", _first_ever),
    ("closed back above|closes back above", _line(1)),
    ("close[sd] below", lambda f, e: _line(-1)(f, e) or _of_average(-1)(f, e)),
    ("turn(?:s|ed) positive", _year_turned(1)),
    ("turn(?:s|ed) negative", _year_turned(-1)),
    ("first close above", _first_beyond(1)),
    ("first close below", _first_beyond(-1)),
    (f"(?:{FALLS}|{ENDS}) below", _line(-1)),
    (f"(?:{RISES}|{ENDS}) (?:back )?above", _line(1)),
    (
        "first time since",
        lambda f, _: (
            f.kind in ("milestone_cross", "yield_spread", *SIDES)
            and f.unit is Unit.DATE
            and f.since == f.value
        ),
    ),
    ("has risen in", lambda f, _: f.id.endswith("month_history.rising")),
    ("the average", lambda f, _: f.id.endswith("month_history.mean")),
    *(
        (f"{name} {window} since", _extreme(name, window))
        for name in ("best", "worst")
        for window in WINDOWS
    ),
    *((f"{name} since", _extreme(name, "week")) for name in ("best", "worst")),
    *(
        (f"{name} {place} quarter since", _named_quarter(name, month))
        for name in ("best", "worst")
        for place, month in QUARTERS.items()
    ),
    *(
        (f"{name} {window} of the year", lambda f, _, n=f"{name}_{window}_of_year": f.kind == n)
        for name in ("best", "worst")
        for window in ("week", "month")
    ),
    *(
        (f"{noun} in as many {window}s", _counted(f"streak_{way}", window))
        for noun, way in (("gain", "up"), ("loss", "down"))
        for window in WINDOWS
    ),
    ("(?:that )?end(?:ed|ing) a run of", lambda f, _: f.kind.endswith("_ended")),
    *(
        (f"{name} {noun}", _counted(f"streak_{way}_ended", window))
        for noun, way in (("gains", "up"), ("losses", "down"))
        for window, name in BY_WINDOW.items()
    ),
    ("winning streak", lambda f, _: f.kind == "streak_up_ended"),
    ("losing streak", lambda f, _: f.kind == "streak_down_ended"),
    ("gains in a row", lambda f, _: f.kind == "streak_up_ended"),
    ("losses in a row", lambda f, _: f.kind == "streak_down_ended"),
    *(
        (f"{side}(?: close)? {end}", _reaches(f"{side}_close", end))
        for side in ("highest", "lowest")
        for end in REACHES
    ),
    *(
        (f"largest {pace} (?:{words}) {end}", _reaches(f"largest_{way}", end, window))
        for way, words in (("rise", "rise|gain"), ("fall", "drop|fall|loss"))
        for pace, window in PACES.items()
        for end in REACHES
    ),
    *(
        (f"largest point (?:{words}) on record", _reaches(f"largest_point_{way}", "on record"))
        for way, words in (("rise", "gain"), ("fall", "drop|loss"))
    ),
    *(
        (f"widest{noun} {end}", _reaches(side, end))
        for side, noun in (("widest_spread", ""), ("widest_gap", " gap between the two"))
        for end in REACHES
    ),
    (
        "longest such run since",
        lambda f, _: f.kind == f"longest_{f.window}_run_since" and f.since == f.value,
    ),
    *(
        (side, lambda f, _, s=side: f.kind.startswith(f"{s}_named_day_on"))
        for side in ("best", "worst")
    ),
    *(
        (
            end,
            lambda f, _, e=end: any(
                f.kind == f"{side}_named_day_{REACHES[e]}" for side in ("best", "worst")
            ),
        )
        for end in ("in data since", "on record")
    ),
    ("session in a row", lambda f, _: f.kind in ("ahead_in_a_row", "behind_in_a_row")),
    (
        "mixed|in different directions",
        lambda f, e: (
            f.id == "market.indexes.rising"
            and f.number > 0
            and (e.number("market.indexes.falling") or 0) > 0
        ),
    ),
    ("gained ground|gaining ground", lambda f, e: _counts(f, 1) or _each(f, e, 0.0)),
    ("lost ground|losing ground", lambda f, e: _counts(f, -1) or _each(f, e, 1.0)),
    ("(?:ended|closed|finished) (?:higher|up)", _closed_on(1)),
    ("(?:ended|closed|finished) (?:lower|down)", _closed_on(-1)),
    ("the only one", lambda f, _: f.kind == "breadth" and f.number == 1),
    ("all", lambda f, e: f.kind == "breadth" and f.number == e.sibling(f, "members")),
    *(
        (f"{some} outnumbered {others}", _more(*names))
        for ups, downs in (
            ("gainers", "losers"),
            ("advancers", "decliners"),
            ("rising (?:stocks|ones)", "falling (?:stocks|ones)"),
        )
        for some, others, names in (
            (ups, downs, ("rising", "falling")),
            (downs, ups, ("falling", "rising")),
        )
    ),
    (
        "gainers and losers were even",
        lambda f, e: f.kind == "advance" and e.sibling(f, "rising") == e.sibling(f, "falling"),
    ),
    ("(?:(?:set|reached) )?(?:a )?one-year highs?", _kind("one_year_high_count")),
    ("(?:(?:set|reached) )?(?:a )?one-year lows?", _kind("one_year_low_count")),
    ("(?:(?:stand|are|were) )?above their", _kind("above_average")),
    ("(?<!the )average", lambda f, _: f.kind in ("above_average", "moving_average")),
    ("at its low", _kind("intraday_low_change")),
    ("at its high", _kind("intraday_high_change")),
    ("low on", lambda f, _: f.kind == "low_of_window" and f.unit is Unit.DATE),
    ("high on", lambda f, _: f.kind == "high_of_window" and f.unit is Unit.DATE),
    ("best day was", _day_of("best")),
    ("best day", _day_of("best")),
    ("worst was|worst day was", _day_of("worst")),
    ("worst day", _day_of("worst")),
    ("largest gain came on", _signed_day("best")),
    ("largest loss came on", _signed_day("worst")),
    ("rose on all", _on_all("rising")),
    ("fell on all", _on_all("falling")),
    ("rose on", _kind("sessions_rising")),
    (
        "record closes?",
        lambda f, _: (
            f.kind == "record_close"
            and f.unit is Unit.COUNT
            and f.window in ("week", "month", "ytd")
            and f.number > 0
        ),
    ),
    ("added a net", _jobs(1)),
    ("lost a net", _jobs(-1)),
    ("(?:more jobs|more) than expected", _surprise(1)),
    ("(?:fewer jobs|fewer|less) than expected", _surprise(-1)),
    (r"more than(?! expected|\s*\S*\d)", _surprise(1)),
    (r"(?:fewer|less) than(?! expected|\s*\S*\d)", _surprise(-1)),
    ("in line with", lambda f, e: _surprise(0)(f, e) or _of_book("book_ahead", 0)(f, e)),
    ("hotter than expected", _heat(1)),
    ("cooler than expected", _heat(-1)),
    ("hotter than(?! expected)", _hotter(1)),
    ("cooler than(?! expected)", _hotter(-1)),
    ("a combined", _kind("print_combined")),
    ("newest", lambda f, _: f.kind == "print_periods" and f.number > 1),
    ("not published", lambda f, _: f.id.endswith(".print.lacking")),
    *((f"{side} rate since", _far_period(side)) for side in ("highest", "lowest")),
    ("highest reading since", _far_print("highest")),
    ("lowest reading since", _far_print("lowest")),
    *(
        (f"{size} {noun} since", _far_print(side, sign, unit))
        for size, side, sign, nouns in (
            ("largest", "highest", 1, ("gain", "rise")),
            ("smallest", "lowest", 1, ("gain", "rise")),
            ("largest", "lowest", -1, ("loss", "decline")),
        )
        for noun, unit in zip(nouns, (Unit.COUNT, Unit.FRACTION), strict=True)
    ),
    ("well", _degree(WELL, FAR)),
    ("far", _degree(FAR, float("inf"))),
    ("expansion", _side_of_line(1)),
    ("contraction", _side_of_line(-1)),
    *((f"the {name} quarter(?! of)", _quarter_told(month)) for name, month in QUARTERS.items()),
    ("passed", _line(1)),
    ("fell through", _line(-1)),
    ("led the way", _sector(max)),
    ("fell the least", lambda f, e: _sector(max)(f, e) and f.number < 0),
    ("gained the least", lambda f, e: _sector(min)(f, e) and f.number > 0),
    ("widened", _spread(1)),
    ("narrowed", _spread(-1)),
    ("too|did", _alike),
    ("does", lambda f, e: f.kind == "results_due" and _alike(f, e)),
    ("did so", _crossed_too),
    ("(?:does|did), too", _records),
    ("lead|led", _sector(max)),
    ("leads? the way", _sector(max)),
    (
        "leads? (?:the )?(?:losses|declines?)",
        lambda f, e: _sector(min)(f, e) and f.number < 0,
    ),
    (
        "leads? (?:the )?(?:gains|advances?)",
        lambda f, e: _sector(max)(f, e) and f.number > 0,
    ),
    ("fell the most", _sector(min)),
    ("falls? the most", lambda f, e: _sector(min)(f, e) and f.number < 0),
    ("(?:rises?|rose|gains?) the most", lambda f, e: _sector(max)(f, e) and f.number > 0),
    ("falls? the least", lambda f, e: _sector(max)(f, e) and f.number < 0),
    ("(?:rises?|rose|gains?) the least", lambda f, e: _sector(min)(f, e) and f.number > 0),
    ("(?:the )?weakest", lambda f, e: _sector(min)(f, e) and f.number < 0),
    ("(?:the )?strongest", lambda f, e: _sector(max)(f, e) and f.number > 0),
    ("risen", _kind("streak_up")),
    ("fallen", _kind("streak_down")),
    ("beat", _gap(1)),
    ("lagged", _gap(-1)),
    # The name before says which instrument leads: see reportgen.verify.binding.
    ("beats|outperforms|lags?|trail", lambda f, _: f.kind == "outperform" and f.number != 0),
    ("short of (?:its record close of|a record)", lambda f, _: f.kind == "near_record"),
    ("just shy of", _near(-0.002)),
    ("close to", _near(-0.005)),
    (
        (
            "close[sd]? at the highest in a year|its highest close in a"
            " year|the highest close in a year|the high of the year"
        ),
        _high,
    ),
    ("a sharp turn", _sharp_turn),
    ("the good year", lambda f, _: f.kind == "year_change" and f.number >= GOOD_YEAR),
    ("a poor one by comparison", lambda f, _: f.kind == "outperform" and f.number <= POOR_GAP),
    ("given back all it gained since the election", _given_back),
    (
        "a lead of|did better|better than|trails",
        lambda f, e: _gap(-1)(f, e) or _of_book("book_ahead", 1)(f, e),
    ),
    (
        "a deficit of|did worse|worse than",
        lambda f, e: _gap(1)(f, e) or _of_book("book_ahead", -1)(f, e),
    ),
    (
        "ahead of",
        lambda f, e: _gap(-1)(f, e) or _led(1)(f, e) or _of_book("book_ahead", 1)(f, e),
    ),
    (
        "behind",
        lambda f, e: _gap(1)(f, e) or _led(-1)(f, e) or _of_book("book_ahead", -1)(f, e),
    ),
    ("added the most", _of_book("book_top", 1)),
    ("subtracted the most", _of_book("book_bottom", -1)),
    ("largest holding", _kind("book_largest")),
    ("five largest", _kind("book_five")),
    ("at its highest in a year", _of_book("book_drawdown", 0)),
    ("rose in", _kind("perf_months_up")),
    *(
        (f"{side} {window}", _kind(f"perf_{side}_{window}_date"))
        for side in ("best", "worst")
        for window in ("month", "year")
    ),
    ("leads", _gap(1)),
    ("took back", lambda f, _: f.kind == "month_change" and f.number < 0),
    ("cuts?", _moved_range(-1)),
    ("raise[sd]", _moved_range(1)),
    ("holds|held", _held_range),
    ("straight cuts?", _kind("straight_cuts")),
    ("straight increases?", _kind("straight_increases")),
    ("straight meeting", _kind("straight_holds")),
    ("first cut since", lambda f, _: f.kind == "last_cut" and f.since == f.value),
    ("first increase since", lambda f, _: f.kind == "last_increase" and f.since == f.value),
    (
        "as expected",
        lambda f, e: _odds_of_decision(EXPECTED, 1.01)(f, e) or _surprise(0)(f, e),
    ),
    ("the likelier outcome", _odds_of_decision(LIKELIER, EXPECTED)),
    ("not the likelier outcome", _odds_of_decision(0.0, LIKELIER)),
    ("an unscheduled meeting", _kind("decision_unscheduled")),
    ("unanimous", lambda f, _: f.kind == "votes_against" and f.number == 0),
    ("voted against it", lambda f, _: f.kind == "votes_against" and f.number > 0),
    ("preferred a higher range", _preferred("prefer_higher")),
    ("preferred a lower range", _preferred("prefer_lower")),
    ("went the other way", _opposed(-1)),
    ("went the same way", _opposed(1)),
    ("leaves rates unchanged|no change in rates", _likeliest("hold")),
    ("cuts rates|a rate cut", _likeliest("cut")),
    ("raises rates|a rate increase", _likeliest("increase")),
    *(
        (f"for the {window}", lambda f, _, w=window: f.window == ("ytd" if w == "year" else w))
        for window in WINDOWS
    ),
    *(
        (f"in {number} days", lambda f, _, w=f"{number}-days": f.window == w)
        for number in ("two", "three", "four", "five")
    ),
    *(
        (words, _in_state_or_due(state, window))
        for words, state, window in (
            ("during the session", "open", ""),
            ("after the close", "post", "after-close"),
            ("before the open", "pre", "before-open"),
            ("market closed", "closed", ""),
        )
    ),
    ("end|ended|closed?", _over),
    ("ends", _over),
    ("closes", _over),
]
# Longer phrases first: "short of a record" must not be read as "a record".
COMPILED = [
    (re.compile(span(f"(?:{words.strip()})"), re.IGNORECASE), condition)
    for words, condition in sorted(PHRASES, key=lambda row: -max(map(len, row[0].split("|"))))
]


def provable(words: str) -> bool:
    """Whether rules judge each of *words*, of some fact.

    >>> provable("fell the most"), provable("cratered")
    (True, False)
    """
    for pattern, _ in (*COMPILED, *claims.RULES):
        words = pattern.sub(" ", words)
    return not claims.leftover(words)

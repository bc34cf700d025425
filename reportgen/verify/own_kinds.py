"""Kinds of facts of a desk's own: what may be said of them, and when it is true.

``[kinds.NAME]`` of words.toml declares the phrases. Each has its condition by the key that it
stands below.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path

from reportgen.beats import proven, shipped_limits
from reportgen.beats.spec import SHIPPED
from reportgen.config.resources import cached
from reportgen.core.facts import Fact
from reportgen.record.kinds import OwnKind
from reportgen.verify import claims, unvouchable
from reportgen.verify.claims import Evidence
from reportgen.verify.vocabulary import DIGIT, DIRECTIONS, VERBS

SIDES = ("positive", "negative", "zero", "always", "highest", "lowest")
SIGNS = {"positive": 1, "negative": -1}
BARRED = {
    "positive": ("a figure", "a superlative", "a cause"),
    "negative": ("a figure", "a superlative", "a cause"),
    "zero": ("a figure", "a superlative", "a cause"),
    "always": ("a figure", "a superlative", "a cause", "a direction", "a comparison"),
    "highest": ("a figure", "a cause", "a direction"),
    "lowest": ("a figure", "a cause", "a direction"),
}
"""What no phrase below a key may say: the key does not prove it."""


def phrases_of(kind: OwnKind) -> Iterator[tuple[str, str]]:
    """The phrases of a kind, the longest first, each with the key that it stands below."""
    told = [(words, side) for side in SIDES for words in getattr(kind, side)]
    yield from sorted(told, key=lambda one: -len(one[0]))


def faults(kinds: Mapping[str, OwnKind]) -> Mapping[str, str]:
    """Why tables [kinds.NAME] cannot be so, by name, as it was found before."""
    if not kinds:
        return {}
    mark = hashlib.sha256(repr(sorted(kinds.items(), key=itemgetter(0))).encode())
    own = (Path(__file__), Path(unvouchable.__file__), unvouchable.LISTS)
    for file in (*own, *sorted(SHIPPED.glob("*/proof.py"))):
        mark.update(file.read_bytes())

    def found() -> bytes:
        reasons = {name: unfit(name, kind) for name, kind in kinds.items()}
        return json.dumps({name: reason for name, reason in reasons.items() if reason}).encode()

    try:
        return dict(json.loads(cached(f"kinds/{mark.hexdigest()[:32]}.json", found)))
    except (ValueError, TypeError):  # a damaged cache costs time, not the brief
        return dict(json.loads(found()))


def unfit(name: str, kind: OwnKind) -> str:
    """Why a table [kinds.NAME] cannot be so, or ""."""
    if name in _shipped():
        return "a shipped family of news has that kind of facts; give your facts another kind."
    for words, side in phrases_of(kind):
        if DIGIT.search(words) or not words.strip():
            return f"{side} = '{words}': it has a digit, which only a fact may bring, or no words."
        for objection in unvouchable.objections(words):
            if objection.what in BARRED[side]:
                told = f"'{objection.word}' is {objection.what}, which {side} does not prove"
                return f"{side} = '{words}': {told}."
        if _opposed(words, side):
            return f"{side} = '{words}': it says the opposite."
    said = [words.lower() for words, _ in phrases_of(kind)]
    twice = next((words for words in said if said.count(words) > 1), "")
    return f"'{twice}' stands below two keys." if twice else ""


def _opposed(words: str, side: str) -> bool:
    """Whether a phrase of one side has a verb or an adverb of the other."""
    ways = {**DIRECTIONS, **{verb: strength.direction for verb, strength in VERBS.items()}}
    told = {ways[word] for word in words.lower().split() if word in ways}
    return bool(told - {SIGNS.get(side, 0)}) if side in ("positive", "negative", "zero") else False


@cache
def _shipped() -> frozenset[str]:
    """The kinds of facts that the proofs of the shipped families of news prove."""
    kinds = (one for name in shipped_limits() for one in proven(name))
    return frozenset(one if isinstance(one, str) else one[0] for one in kinds)


def judged(kind: OwnKind, fact: Fact, evidence: Evidence) -> Iterator[tuple[re.Pattern[str], str]]:
    """What may be said of facts of a *kind*, and why *fact* does not bear it out, or ""."""
    for words, side in phrases_of(kind):
        pattern = re.compile(claims.span(re.escape(words)), re.IGNORECASE)
        yield pattern, _objection(kind, side, fact, evidence)


def _objection(kind: OwnKind, side: str, fact: Fact, evidence: Evidence) -> str:
    if kind.unit is not None and fact.unit is not kind.unit:
        return f"[kinds.{fact.kind}] is in {kind.unit}, and the fact in {fact.unit}"
    if side == "always":
        return ""
    if isinstance(fact.value, str):
        return claims.NO_PROOF
    if side in ("highest", "lowest"):
        others = list(_others(fact, evidence.facts))
        far = fact.number > max(others, default=fact.number)
        if side == "lowest":
            far = fact.number < min(others, default=fact.number)
        return "" if far else claims.NO_PROOF
    sign = (fact.number > 0) - (fact.number < 0)
    return "" if sign == SIGNS.get(side, 0) else claims.NO_PROOF


def _others(fact: Fact, facts: Mapping[str, Fact]) -> Iterator[float]:
    """The values of the other facts of its kind, in the same window and unit."""
    for other in facts.values():
        alike = (other.kind, other.window, other.unit) == (fact.kind, fact.window, fact.unit)
        if alike and other.id != fact.id and not isinstance(other.value, str):
            yield other.number

"""A headline in a person's words, read as a claim.

For every figure and word that claims something, the fact that bears it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from reportgen.core.errors import EditError
from reportgen.core.facts import Fact
from reportgen.story.citations import Run, Runs
from reportgen.verify import claims, numerals, phrases
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.vocabulary import NEEDS_FACT, WORD

MOST_READINGS = 500
"""Ways of reading a headline that are tried."""

GENERIC = frozenset(
    [
        "stocks",
        "shares",
        "equities",
        "wall",
        "street",
        "market",
        "markets",
        "u.s.",
        "us",
        "investors",
        "traders",
    ]
)
"""Whose move a headline may tell without a name: it is that of what
the brief leads with.
"""
CLAUSE = re.compile(r"[,;:] | (?:as|after|while|but|and|on|amid) ")
CAPITALISED = re.compile(r"[A-Z][\w.'\u2019-]*")


def cited(words: str, check: FactCheck) -> Runs:
    """*words* as runs that the fact check bears out.

    Raises:
        EditError: It names what nothing bears out.
    """
    spans = list(_spans(words, check))
    _refuse_strangers(words, spans)
    readings = [_candidates(words, spans, place, check) for place in range(len(spans))]
    for (start, end, _), found in zip(spans, readings, strict=True):
        if not found:
            raise EditError(
                f"The headline says '{words[start:end]}', which nothing in this brief bears out.",
                subject=words,
            )
    reasons: list[str] = []
    for refs in islice(product(*readings), MOST_READINGS):
        runs = tuple(_runs(words, spans, refs))
        objections = list(check.line("title", runs))
        if not objections:
            return runs
        reasons = reasons or [
            f"'{objection.words}': {objection.reason}" for objection in objections
        ]
    raise EditError(
        f"The headline '{words}' is not borne out: {'; '.join(reasons)}.",
        subject=words,
    )


def _refuse_strangers(words: str, spans: Sequence[tuple[int, int, str]]) -> None:
    """Raise EditError where a headline names a company that the brief lacks."""
    known = 0
    for start, end, symbol in spans:
        before = CLAUSE.split(words[known:start])[-1]
        strangers = [word for word in CAPITALISED.findall(before) if word.lower() not in GENERIC]
        if (
            not symbol
            and strangers
            and not any(word in GENERIC for word in re.findall(r"[\w.]+", before.lower()))
        ):
            raise EditError(
                f"The headline says '{words[start:end]}' of '{strangers[0]}',"
                " which is no instrument of this brief; say whose it is.",
                subject=words,
            )
        known = end


def _spans(words: str, check: FactCheck) -> Iterator[tuple[int, int, str]]:
    """What must be cited, in order.

    Start, end, and the symbol where it is a name; the longest of those
    that begin together.
    """
    patterns = [
        numerals.NUMBER,
        *(pattern for pattern, _ in claims.RULES),
        *(pattern for pattern, _ in phrases.COMPILED),
    ]
    found = {(m.start(), m.end()) for pattern in patterns for m in pattern.finditer(words)}
    found |= {
        m.span() for m in WORD.finditer(words) if m[0].lower().removesuffix("'s") in NEEDS_FACT
    }
    named = {m.span(): symbol for m in check.names.finditer(words) if (symbol := check.named(m[0]))}
    place = 0
    for start, end in sorted({*found, *named}, key=lambda span: (span[0], -span[1])):
        if start >= place:
            yield start, end, named.get((start, end), "")
            place = end


def _candidates(
    words: str,
    spans: Sequence[tuple[int, int, str]],
    place: int,
    check: FactCheck,
) -> list[str]:
    """What the span at *place* may cite.

    Its instrument, or the facts that bear it out, those of what was
    named last first.
    """
    start, end, symbol = spans[place]
    if symbol:
        return [f"@{symbol}"]
    before = [name for _, _, name in spans[:place] if name] or [check.record.lead.instrument]
    told: dict[str, int] = {}
    for finding in sorted(check.record.findings, key=lambda f: -f.rank):
        told |= dict.fromkeys(finding.facts.values(), finding.rank)

    def order(fact: Fact) -> tuple[bool, int, str]:
        return (
            fact.instrument != before[-1],
            told.get(fact.id, len(check.record.findings)),
            fact.id,
        )

    facts = sorted(
        (f for f in check.record.facts.values() if not f.id.endswith(".sigma")),
        key=order,
    )
    return [fact.id for fact in facts if check.bears_out(words[start:end], fact)]


def _runs(
    words: str,
    spans: Sequence[tuple[int, int, str]],
    refs: Sequence[str],
) -> Iterator[Run]:
    place = 0
    for (start, end, _), ref in zip(spans, refs, strict=True):
        if start > place:
            yield Run(words[place:start])
        yield Run(words[start:end], ref)
        place = end
    if place < len(words):
        yield Run(words[place:])

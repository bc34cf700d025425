"""A lint of the finished text.

What an editor would strike out whoever wrote it. It judges style, never truth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from reportgen.record.edits import LONGEST_HEADLINE
from reportgen.story.citations import Run, Runs, sentences, text_of
from reportgen.story.model import Narrative

LONGEST = 42
"""Words of a sentence that a reader still takes in at once;
semicolons begin a new count.
"""
HEDGES = re.compile(
    r"\b(?:nearly|almost|about|around|roughly|just over|just under|more than|at least|as much"
    r" as)\b",
    re.IGNORECASE,
)
BANNED = re.compile(
    r"\b(?:crater|crash|skyrocket|nosediv|plummet|implod|explod)(?:e[ds]?|es|ed|s|ing)?\b",
    re.IGNORECASE,
)
MALFORMED = {
    "minus zero": re.compile(r"[-\u2212]0(?:\.0+)?%"),
    "zero percent in prose": re.compile(r"(?<![\d.])0(?:\.0+)?%(?!-)"),
    "plural of one": re.compile(
        r"(?<![\d.,])1 (?:points|percentage points|basis points|sessions|funds)\b"
    ),
    "singular of many": re.compile(
        r"(?<![\d.,])(?:[2-9]|\d[\d,]*\d) (?:point|session|fund)\b(?!-)"
    ),
    "wrong article": re.compile(
        r"\ba (?:8|11|18|8\d)(?:[.,]\d+)?(?:%|\b)|\ban (?!8|11|18)\d+(?:\.\d+)?%|\ba"
        r" (?:eigh|eleven|8th|11th|18th)",
        re.IGNORECASE,
    ),
    "wrong number": re.compile(
        r"^(?:the )?(?:S&P 500|Dow(?: Jones Industrial Average)?|Nasdaq(?: Composite)?|Russell"
        r" 2000) [^,;:]*\b(?:are|were|have)\b",
        re.IGNORECASE,
    ),
    "stray punctuation": re.compile(r" [,.;:]|[,;:]{2}|\.\.|,\."),
    "word twice": re.compile(r"\b(\w+) \1\b", re.IGNORECASE),
}
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:%| (?:percentage |basis )?points?)|\d\.\d")
"""A figure of a change or of a level; a count or a day may stand twice."""
PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being) \w+(?:ed|en)\b")
STRONG = re.compile(
    r"\b(?:plung|soar|tumbl|slump|surg|jump|sink|sank|drop|rall(?:y|ied|ies)|leap)\w*\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with the style of a sentence."""

    rule: str
    words: str
    sentence: str


def lint(narrative: Narrative) -> list[Remark]:
    """Every remark on title, key points and story; an empty list is a pass."""
    told: list[str] = []
    for where, runs in narrative.texts():
        if where in ("key_points", "body"):
            told += [text_of(sentence).strip() for sentence in sentences(runs)]
    remarks = [remark for sentence in told for remark in _sentence(sentence)]
    paragraphs = [block.runs for block in narrative.blocks if hasattr(block, "runs")]
    for runs in paragraphs:
        remarks += _paragraph([text_of(s).strip() for s in sentences(runs)])
    title = text_of(narrative.title)
    if len(title) > LONGEST_HEADLINE:
        remarks.append(Remark("headline too long", f"{len(title)} characters", title))
    remarks += [
        Remark(rule, found[0], title)
        for rule, pattern in MALFORMED.items()
        if (found := pattern.search(title))
    ]
    if title.endswith("."):
        remarks.append(Remark("headline ends with a full stop", ".", title))
    remarks += [Remark("told twice", s, s) for i, s in enumerate(told) if s in told[:i]]
    remarks += _figures_again(
        [block.runs for block in narrative.blocks if hasattr(block, "runs") and not block.voice]
    )
    remarks += _idle_points(narrative, paragraphs[0] if paragraphs else ())
    lead = next(map(text_of, chain.from_iterable(map(sentences, paragraphs))), "")
    if len(STRONG.findall(lead)) > 1:
        remarks.append(
            Remark(
                "two strong verbs in the lead",
                ", ".join(STRONG.findall(lead)),
                lead,
            )
        )
    return remarks


def _figures_again(paragraphs: Sequence[Runs]) -> Iterator[Remark]:
    """Figures of the same fact in two sentences of the running text."""
    told = set[tuple[str, str]]()
    for sentence in chain.from_iterable(map(sentences, paragraphs)):
        figures = {
            (run.ref, found[0])
            for run in sentence
            if run.is_fact and (found := FIGURE.search(run.text))
        }
        for _, figure in sorted(figures & told):
            yield Remark("figure told twice", figure, text_of(sentence))
        told |= figures


def _facts(runs: Iterable[Run]) -> set[str]:
    """The facts that a text states, without those of time."""
    return {run.ref for run in runs if run.is_fact and not run.ref.startswith("session.")}


def _idle_points(narrative: Narrative, lead: Runs) -> Iterator[Remark]:
    """Key points that tell nothing beside the strip, or beside the headline and the lead."""
    strip = set[str]().union(*(_facts((*row.level, *row.change)) for row in narrative.strip))
    opening = _facts((*narrative.title, *lead))
    for point in narrative.key_points:
        facts = _facts(point)
        if facts and facts <= strip:
            yield Remark("key point is the strip", text_of(point), text_of(point))
        elif facts and facts <= strip | opening:
            yield Remark("key point is the lead", text_of(point), text_of(point))


def _sentence(text: str) -> Iterator[Remark]:
    rules: list[tuple[str, Callable[[str], str]]] = [
        ("figure at the start", lambda s: s.split()[0] if s[:1].isdigit() else ""),
        (
            "two hedges",
            lambda s: ", ".join(HEDGES.findall(s)) if len(HEDGES.findall(s)) > 1 else "",
        ),
        ("banned verb", lambda s: m[0] if (m := BANNED.search(s)) else ""),
        (
            "too long",
            lambda s: next(
                (part for part in re.split(r"[;:]", s) if len(part.split()) > LONGEST),
                "",
            ),
        ),
        ("starts in lower case", lambda s: s.split()[0] if s[:1].islower() else ""),
        *(
            (rule, lambda s, p=pattern: m[0] if (m := p.search(s)) else "")
            for rule, pattern in MALFORMED.items()
        ),
    ]
    for rule, found in rules:
        if words := found(text):
            yield Remark(rule, words, text)


def _paragraph(told: Sequence[str]) -> Iterator[Remark]:
    """Openings alike one after the other, and passives in a chain."""
    for before, after in pairwise(told):
        first, second = before.split()[:3], after.split()[:3]
        if first == second and len(first) == 3:
            yield Remark("same opening", " ".join(first), after)
    for three in zip(told, told[1:], told[2:], strict=False):
        if all(PASSIVE.search(sentence) for sentence in three):
            yield Remark("chain of passives", PASSIVE.findall(three[2])[0], three[2])

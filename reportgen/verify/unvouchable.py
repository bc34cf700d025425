"""Words for which nobody can vouch: figures, directions, superlatives, comparisons and causes.

They cite facts, or they are a person's own words in a statement. ``unvouchable.toml`` has the
lists, which are wider than those of the vocabulary: they judge the words of a desk alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reportgen.verify.currencies import SIGN
from reportgen.verify.vocabulary import (
    DIRECTIONS,
    HARMLESS,
    MONTHS,
    NEEDS_FACT,
    NEEDS_FACT_PHRASES,
    NUMBER_WORDS,
    ORDINAL_WORDS,
    SHORT_MONTHS,
    SUPERLATIVES,
    VERBS,
    WEAK,
    WEEKDAYS,
)

LISTS = Path(__file__).with_name("unvouchable.toml")
KNOWN: Mapping[str, frozenset[str]] = {
    "figure": frozenset({*(set(NUMBER_WORDS) - {"one"}), *ORDINAL_WORDS}),
    "superlative": frozenset(SUPERLATIVES),
    "comparison": frozenset(),
    "direction": frozenset({*VERBS, *WEAK, *DIRECTIONS}),
    "cause": frozenset(),
}
"""What the vocabulary knows of each list."""
CLOSED = r"(?<![\w'\u2019-])(?:{})(?![\w'\u2019])"


class Objection(NamedTuple):
    """A word that nobody can vouch for, what it is, and what to write instead."""

    word: str
    what: str
    instead: str


def forms(*bases: str) -> set[str]:
    """The forms of regular verbs; "+" stands before a letter that is doubled: "sla+m".

    >>> sorted(forms("fuel", "e+b"))
    ['eb', 'ebbed', 'ebbing', 'ebs', 'fuel', 'fueled', 'fueling', 'fuels']
    """
    found = set[str]()
    for base in bases:
        plain = base.replace("+", "")
        long = plain + plain[-1] if "+" in base else plain
        if plain.endswith("e"):
            found |= {plain, f"{plain}s", f"{plain}d", f"{plain[:-1]}ing"}
        elif re.search(r"[^aeiou]y$", plain):
            found |= {plain, f"{plain[:-1]}ies", f"{plain[:-1]}ied", f"{plain}ing"}
        else:
            s = "es" if re.search(r"(?:s|sh|ch|x|z)$", plain) else "s"
            found |= {plain, f"{plain}{s}", f"{long}ed", f"{long}ing"}
    return found


EST = re.compile(r"[a-z]{2,}est")
FEELING = (
    "fears?|hopes?|worr(?:y|ies)|concerns?|optimism|pessimism|bets?|speculation|expectations?|"
    "relief|jitters|anxiety|doubts?|profit-taking|enthusiasm|uncertainty"
)
TOLD = (
    "news|talk|reports?|signs?|rumou?rs?|data|earnings|results|demand|word|comments?|remarks|"
    "headlines?"
)
ROLE = (
    "share|group|whole|rule|guide|proxy|reference|benchmark|yardstick|reminder|service|fund|team|"
    "desk|hedge|measure|unit|portfolio|basket|percentage"
)
"""What something is "as a": a share of a fund, and no cause."""
CAUSES = (
    r"due to|thanks to|owing to|on account of|on the back of|on the heels of|in the wake of|"
    r"in light of|in response to|in reaction to|in view of|as a (?:result|consequence)|"
    r"for (?:this|that|these|those) reasons?|so that|(?:led|leads?|leading) to|"
    r"given|(?<!the )following|now that|in anticipation of|ahead of|"
    rf"(?:on|with|by|over|from|under) (?:[\w-]+ ){{0,3}}(?:{FEELING})|"
    rf"(?<!based )on (?:[\w-]+ ){{0,3}}(?:{TOLD})|"
    r"after(?! (?:…|the (?:close|bell|open|session|market)|hours|tax(?:es)?|fees|costs"
    r"|dividends|inflation|which|that\b))|"
    r"(?<!such )(?<!known )(?<!same )(?<!well )(?<!soon )as(?! (?:of|well|at|in|measured"
    r"|usual|before|always|defined|shown|expected|planned|scheduled|if|yet|follows|soon)\b"
    rf"| an? (?:{ROLE})\b)|"
    r"since (?:investors|traders|markets?|the fed)|"
    r"made (?:it|them|investors|traders|stocks|bonds|markets?)"
)
WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is more than a word, and what it is. Few runs need it, and reading it takes time."""
    closed = (
        (CAUSES, "a cause"),
        (r"(?<!rather )(?<!other )than", "a comparison"),
        ("|".join(NEEDS_FACT_PHRASES), "a figure"),
    )
    return (
        (re.compile(r"(?:\d[\w,.]*\w|\d)%?"), "a figure"),
        (re.compile(r"(?:(?<=\s)|^)[+\-\u2212]…|(?<!\w)%|" + SIGN), "a figure"),
        *((re.compile(CLOSED.format(words), re.IGNORECASE), what) for words, what in closed),
    )


CITE = {
    "a figure": (
        "print a fact: {{ fact | figure }}, {{ fact | pct }}, {{ fact | count }}; for '50-day',"
        " the label of a statistic, or a parameter of the notebook: desk.parameter('days', 50) and"
        " {{ fact('parameter.days') | round }}-day"
    ),
    "a direction": 'let a fact say it: {{ fact | says("above") }}, {{ fact | rose }}',
    "a superlative": (
        'let a fact say it: {{ fact | says("best") }}, of a kind with'
        ' highest = ["best"] in words.toml'
    ),
    "a comparison": (
        'let a fact say it: {{ fact | says("ahead of") }}, of a kind with'
        ' positive = ["ahead of"] in words.toml'
    ),
    "a cause": "put it into a statement of the person who says so, in data/commentary",
    "a day or a month": "print a fact that is a date: {{ fact | date }}, {{ fact | month }}",
    "a name": 'print it by its symbol: {{ the("^GSPC") }}, {{ group("^RUT") | cap }}',
    "a claim": 'let a fact say it: {{ fact | says("ended") }}, of a kind of words.toml',
}
"""What to write instead, by what a word is."""


@cache
def _lists() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(LISTS.read_text(encoding="utf-8"))


@cache
def _spared() -> frozenset[str]:
    return frozenset(_lists()["superlative"]["spared"].split())


@cache
def _words() -> Mapping[str, str]:
    """What each word of the lists says."""
    found = dict[str, str]()
    for name, table in _lists().items():
        listed = {*table["words"].split(), *forms(*table.get("verbs", "").split())}
        for word in sorted((listed | KNOWN[name]) - found.keys()):
            found[word] = f"a {name}"
    return found


def kind_of(word: str) -> str:
    """What a word says that only a fact can say, such as "a direction"; "" for nothing.

    >>> kind_of("cratered"), kind_of("greatest"), kind_of("interest")
    ('a direction', 'a superlative', '')
    """
    bare = word.lower().replace("\u2019", "'").removesuffix("'s")
    if bare in _words():
        return _words()[bare]
    if EST.fullmatch(bare) and bare not in _spared():
        return "a superlative"
    if bare.capitalize() in (*WEEKDAYS, *MONTHS) and word[0].isupper():
        return "a day or a month"
    if f"{word}." in SHORT_MONTHS:
        return "a day or a month"
    return "a claim" if bare in NEEDS_FACT else ""


def objections(words: str) -> Iterator[Objection]:
    """What is in *words* that nobody can vouch for."""
    for phrase in HARMLESS:
        words = words.replace(phrase, "")
    for pattern, what in _patterns():
        for match in pattern.finditer(words):
            yield objection(match[0], what)
    for match in WORD.finditer(words):
        if what := kind_of(match[0]) or _compound(match[0]):
            yield objection(match[0], what)


def _compound(word: str) -> str:
    """What a part of "best-ever" or "two-fold" says; "high-yield" has no direction."""
    found = (kind_of(part) for part in word.split("-") if part)
    return next((what for what in found if what in ("a figure", "a superlative", "a cause")), "")


def objection(word: str, what: str) -> Objection:
    """Why nobody can vouch for *word*, which is "a figure", "a name" or the like."""
    return Objection(word, what, CITE[what])

"""The checker's own dictionary.

What each word of a market story claims, and which words need a fact at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
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
SHORT_MONTHS = {
    "Jan.": 1,
    "Feb.": 2,
    "Aug.": 8,
    "Sept.": 9,
    "Oct.": 10,
    "Nov.": 11,
    "Dec.": 12,
}
MONTH_NUMBERS = {name: i for i, name in enumerate(MONTHS, 1)} | SHORT_MONTHS
NUMBER_WORDS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "once": 1,
    "twice": 2,
}
ORDINAL_WORDS = {
    w: i
    for i, w in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ],
        1,
    )
}


class Strength(NamedTuple):
    """What a verb claims.

    A direction, a range of the move in usual moves, and a least
    size by kind of instrument.
    """

    direction: int
    at_least: float
    at_most: float
    floor: int


ANY = float("inf")
VERBS: dict[str, Strength] = {}


def _add(words: str, strength: Strength) -> None:
    for word in words.split():
        VERBS[word] = strength


_add(
    "slip slips slipped slipping dip dips dipped dipping ease eases eased easing",
    Strength(-1, 0.0, 0.75, 0),
)
_add(
    "fall falls fell falling decline declines declined declining slide slides"
    " slid sliding lose loses lost losing",
    Strength(-1, 0.0, ANY, 0),
)
_add(
    "drop drops dropped dropping sink sinks sank sinking",
    Strength(-1, 1.5, ANY, 1),
)
_add(
    "tumble tumbles tumbled tumbling slump slumps slumped slumping",
    Strength(-1, 2.5, ANY, 2),
)
_add(
    "plunge plunges plunged plunging plummet plummeted crash crashes crashed crashing",
    Strength(-1, 4.0, ANY, 3),
)
_add(
    "rise rises rose rising climb climbs climbed climbing advance advances"
    " advanced advancing gain gains gained gaining add adds added",
    Strength(1, 0.0, ANY, 0),
)
_add("shrink shrinks shrank shrinking", Strength(-1, 0.0, ANY, 0))
_add("subtract subtracts subtracted", Strength(-1, 0.0, ANY, 0))
_add("grow grows grew growing", Strength(1, 0.0, ANY, 0))
_add(
    "rally rallies rallied rallying leap leaps leaped leaping",
    Strength(1, 1.5, ANY, 1),
)
_add(
    "jump jumps jumped jumping surge surges surged surging",
    Strength(1, 2.5, ANY, 2),
)
_add("soar soars soared soaring", Strength(1, 4.0, ANY, 3))
WEAK = (
    "edge",
    "edges",
    "edged",
    "edging",
    "inch",
    "inches",
    "inched",
    "inching",
    "tick",
    "ticks",
    "ticked",
    "ticking",
)
WEAK_MOST = {"tick": 0.75, "edge": 0.35, "inch": 0.35}
FLOORS = {  # least size of a move for strength 1, 2 and 3, as fractions
    "index": (0.008, 0.015, 0.03),
    "etf": (0.008, 0.015, 0.03),
    "sector": (0.008, 0.015, 0.03),
    "stock": (0.02, 0.05, 0.10),
    "commodity": (0.02, 0.05, 0.10),
    "basket": (0.02, 0.05, 0.10),
    "volatility": (0.10, 0.15, 0.30),
    "crypto": (0.04, 0.08, 0.12),
    "fx": (0.006, 0.012, 0.02),
    "print": (0.001, 0.002, 0.004),
    "macro": (0.001, 0.002, 0.004),
    "yield": (0.0008, 0.0012, 0.0018),
    "policy_rate": (0.0008, 0.0012, 0.0018),
}

HEDGES = (
    "nearly",
    "almost",
    "just over",
    "just under",
    "more than",
    "less than",
    "about",
    "around",
    "roughly",
    "at least",
    "at most",
    "over",
    "under",
    "close to",
    "just shy of",
    "up to",
    "as much as",
    "approximately",
    "some",
)
DIRECTIONS = {
    "up": 1,
    "down": -1,
    "higher": 1,
    "lower": -1,
    "above": 1,
    "below": -1,
    "unchanged": 0,
}
SUPERLATIVES = (
    "best",
    "worst",
    "most",
    "least",
    "highest",
    "lowest",
    "biggest",
    "largest",
    "smallest",
    "record",
    "records",
    "steepest",
    "sharpest",
    "strongest",
    "weakest",
    "longest",
    "first",
    "last",
    "never",
    "ever",
    "every",
    "all",
)
CLAIMS = (
    "sharp",
    "sharply",
    "steep",
    "good",
    "poor",
    "better",
    "worse",
    "ahead",
    "behind",
    "trails",
    "leads",
    "closer",
    "deeper",
    "cut",
    "cuts",
    "raised",
    "raises",
    "unchanged",
    "half",
    "double",
    "doubled",
    "ended",
    "closed",
    "finished",
    "settled",
    "not",
    "low",
    "lows",
    "already",
    "gain",
    "gains",
    "loss",
    "losses",
    "fall",
    "falls",
    "outperformed",
    "underperformed",
    "beat",
    "lagged",
)
VOUCHABLE = frozenset({"average", "averages", "mean", "means"})
"""Words that cite a fact, unless a person vouches for a line that has them."""
NEEDS_FACT = frozenset(
    {
        *VERBS,
        *WEAK,
        *DIRECTIONS,
        *SUPERLATIVES,
        *CLAIMS,
        *ORDINAL_WORDS,
        *(set(NUMBER_WORDS) - {"one"}),
        "hundred",
        "thousand",
        "million",
        "billion",
        "dozen",
        "percent",
        "nearly",
        "almost",
        "about",
        "roughly",
        "approximately",
    }
)
NEEDS_FACT_PHRASES = (
    "just over",
    "just under",
    "more than",
    "less than",
    "at least",
    "at most",
    "just shy",
)
HARMLESS = ("not alone", "not investment advice", "not guarantee", "not available")
"""Phrases of plain words that claim nothing of the market."""
# Words a cited run may contain beside what the rules prove.
CONNECTING = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "its",
        "in",
        "by",
        "from",
        "at",
        "and",
        "for",
        "with",
        "was",
        "were",
        "is",
        "are",
        "has",
        "have",
        "been",
        "be",
        "it",
        "their",
        "on",
        "than",
        "or",
        "times",
    ]
)
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*")

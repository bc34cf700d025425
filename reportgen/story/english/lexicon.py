"""Verbs by the size of a move against the usual size of such moves.

A band is chosen by |z| = |move| / usual move and kept only if the move also
passes that band's floor in percent; else the next lower band is tried. See
docs/reference/language.md for the table and its sources.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

BANDS = (0.10, 0.35, 0.75, 1.5, 2.5, 4.0)
"""Lower ends, in usual moves, of bands 1 (edged) to 6 (plunged, soared).

Below the first nothing happened.
"""
FLOORS: Mapping[str, tuple[float, ...]] = {
    "index": (0.0, 0.0, 0.003, 0.008, 0.015, 0.03),
    "stock": (0.0, 0.0, 0.01, 0.02, 0.05, 0.10),
    "crypto": (0.0, 0.0, 0.01, 0.04, 0.08, 0.12),
    "fx": (0.0, 0.0, 0.002, 0.006, 0.012, 0.02),
    "volatility": (0.0, 0.0, 0.03, 0.10, 0.15, 0.30),
    "yield": (0.0, 0.0, 0.0003, 0.0008, 0.0012, 0.0018),
}


@dataclass(frozen=True, slots=True)
class Verb:
    """The forms of one verb.

    ``tail`` is the particle that goes with it ("lower").
    """

    base: str
    third: str
    past: str
    gerund: str
    tail: str = ""

    def form(self, name: str) -> str:
        """The form "base", "third", "past" or "gerund", with its particle."""
        word: str = getattr(self, name)
        return f"{word} {self.tail}".rstrip()


def _regular(
    base: str,
    past: str | None = None,
    gerund: str | None = None,
    tail: str = "",
) -> Verb:
    stem = base.removesuffix("e")
    return Verb(
        base,
        f"{base}s",
        past or f"{stem}ed",
        gerund or f"{stem}ing",
        tail,
    )


DOWN: Sequence[Sequence[Verb]] = (
    (
        _regular("edge", tail="lower"),
        Verb("inch", "inches", "inched", "inching", "lower"),
    ),
    (
        _regular("slip", "slipped", "slipping"),
        _regular("dip", "dipped", "dipping"),
        _regular("ease"),
    ),
    (_regular("fall", "fell"), _regular("slide", "slid"), _regular("decline")),
    (_regular("drop", "dropped", "dropping"), _regular("sink", "sank")),
    (_regular("tumble"), _regular("slump")),
    (_regular("plunge"),),
)
UP: Sequence[Sequence[Verb]] = (
    (
        _regular("edge", tail="higher"),
        Verb("inch", "inches", "inched", "inching", "higher"),
    ),
    (_regular("rise", "rose"), _regular("tick", tail="higher")),
    (_regular("rise", "rose"), _regular("climb"), _regular("advance")),
    (
        Verb("rally", "rallies", "rallied", "rallying"),
        _regular("leap", "leaped"),
    ),
    (_regular("jump"), _regular("surge")),
    (_regular("soar"),),
)
RISE, JUMP, FALL, DROP = (UP[2][0],), (UP[4][0],), (DOWN[2][0],), (DOWN[3][0],)
YIELDS_UP: Sequence[Sequence[Verb]] = (UP[0][:1], RISE, RISE, RISE, JUMP, JUMP)
YIELDS_DOWN: Sequence[Sequence[Verb]] = (
    DOWN[0][:1],
    FALL,
    FALL,
    DROP,
    DROP,
    DROP,
)
"""A yield neither rallies nor slumps."""
SOFT, PLAIN, RALLY = 2, 3, 4
LARGE: Mapping[str, float] = {"stock": 0.03, "index": 0.01}
"""The smallest move that a weak verb does not fit, even in restless weeks."""
MIDDLING: Mapping[str, float] = {"index": 0.005}
"""The smallest move that the weakest verbs do not fit."""
FAR = 0.07
"""A move of an index that has the strongest verb after any weeks."""
NEUTRAL_DOWN = (
    Verb("lose", "loses", "lost", "losing"),
    _regular("fall", "fell"),
    _regular("decline"),
)
NEUTRAL_UP = (_regular("gain"), _regular("rise", "rose"), _regular("climb"))
"""For windows longer than a day: strong verbs are kept for the truly rare, weak
ones do not fit.
"""
FLAT = Verb(
    "are little changed",
    "is little changed",
    "was little changed",
    "staying little changed",
)


GAINS = "commodity", "crypto", "fx", "index", "etf", "sector", "stock"
"""Kinds of instruments that gain; others rise."""
CLOSES = "commodity", "volatility", "index"
"""Kinds of instruments with a close each day."""
PACES = {
    "day": "one-day",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "ytd": "yearly",
}
"""What a move over a window is called."""


def superlative(kind: str, window: str, of: str) -> str:
    """The words for a superlative of that *kind*, of an instrument of a kind *of*.

    >>> superlative("largest_fall_since", "day", "yield")
    'largest one-day drop'
    >>> superlative("worst_named_day_on_file", "day", "index")  # what follows its name
    ''
    >>> superlative("highest_close_on_file", "day", "volatility")
    'highest close'
    """
    first, noun, *_ = kind.split("_")
    rise = "rise" in kind
    gain = "gain" if of in GAINS else "rise"
    words = {
        "close": f"{first} close" if of in CLOSES else first,
        "rise": f"{first} {PACES.get(window)} {gain}",
        "fall": f"{first} {PACES.get(window)} drop",
        "point": f"{first} point {'gain' if rise else 'drop'}",
        "spread": first,
        "gap": f"{first} gap between the two",
        "days": "most",
        "named": "",
    }
    if first == "longest":
        return "longest such run"
    return words.get(noun, f"{first} {noun}")


def band(change: float, sigma: float, kind: str) -> int:
    """The band of a change (a fraction), from 0 (little changed) to 6.

    *sigma* is its usual size for that kind of instrument.
    """
    z = abs(change) / sigma if sigma else 0.0
    found = sum(z >= low for low in BANDS)
    floors = FLOORS[family(kind)]
    while found > 0 and abs(change) < floors[found - 1]:
        found -= 1
    return found


def family(kind: str) -> str:
    """Which row of the floors a kind of instrument goes by."""
    return {
        "stock": "stock",
        "basket": "stock",
        "crypto": "crypto",
        "fx": "fx",
        "yield": "yield",
        "volatility": "volatility",
        "commodity": "stock",
    }.get(kind, "index")


def choose(  # noqa: PLR0913 - keywords, each of which the caller may leave out
    change: float,
    sigma: float,
    kind: str,
    used: Sequence[str],
    *,
    daily: bool = True,
    most: int = len(BANDS),
    first: int = 0,
) -> Verb:
    """The first verb of the right band, of *most* at most, that is not among the last *used*.

    Where *first* is odd, the second verb is tried first: two days in a row do not begin with the
    same one.
    """
    level = min(band(change, sigma, kind), most)
    if daily and family(kind) == "index" and abs(change) >= FAR:
        level = len(BANDS)
    if level == 0 or (abs(change) < 0.0005 and kind != "yield"):
        return FLAT
    if kind == "volatility" and level == RALLY and change > 0:
        level -= 1  # when fear rises it is not its market that rallies
    if level < SOFT and abs(change) >= MIDDLING.get(family(kind), math.inf):
        level = SOFT  # an index does not edge down 0.6%
    if level < PLAIN and abs(change) >= LARGE.get(family(kind), math.inf):
        level = PLAIN  # nobody says that a stock slipped 7%, or that an index inched up 1.1%
    verbs = (UP if change > 0 else DOWN)[level - 1]
    if not daily and level < 5:
        neutral = NEUTRAL_UP if change > 0 else NEUTRAL_DOWN
        # Fear gains or loses nothing.
        verbs = neutral[1:] if kind == "volatility" else neutral
    if kind == "yield":
        verbs = (YIELDS_UP if change > 0 else YIELDS_DOWN)[level - 1]
    turned = in_turn(verbs, first)
    return next((v for v in turned if v.base not in used), turned[0])


def in_turn(verbs: Sequence[Verb], first: int) -> Sequence[Verb]:
    """*verbs*, with the first two changed about where *first* is odd; the others are for need."""
    return [*verbs[1::-1], *verbs[2:]] if first % 2 else verbs


def strong(base: str) -> bool:
    """Whether the verb *base* says that a move was large."""
    bands = (*UP[PLAIN:], *DOWN[PLAIN:])
    return base in {verb.base for verb in chain.from_iterable(bands)}


def plain(change: float, used: Sequence[str]) -> Verb:
    """The plain verb for that direction that is not among the last *used*."""
    verbs = (UP if change > 0 else DOWN)[PLAIN - 1]
    return next((verb for verb in verbs if verb.base not in used), verbs[0])

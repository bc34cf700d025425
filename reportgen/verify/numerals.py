"""Numbers in finished text and their truth, judged against a raw value.

The truth conditions are those of docs/reference/language.md, written a second
time with floats and without any of the narrative's code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.core.facts import Unit
from reportgen.verify.currencies import BEFORE, BEHIND, meant

NUMBER = re.compile(
    r"(?:(?P<hedge>nearly|almost|just over|just under|more than|less than|about|over|under)\s+)?"
    rf"(?P<sign>[+\u2212-])?(?P<before>{BEFORE})?(?P<digits>\d[\d,]*(?:\.\d+)?)"
    r"(?P<unit>%|\s(?:percentage points?|basis points?|bp|points?|million)\b)?"
    rf"(?P<behind>{BEHIND})?",
    re.IGNORECASE,
)
SCALE = {
    Unit.FRACTION: 100.0,
    Unit.PP: 100.0,
    Unit.YIELD: 100.0,
    Unit.PROBABILITY: 100.0,
    Unit.BP: 10_000.0,
}
MILLIONS, MILLION = "million", 1e6
PRINTED = {
    Unit.FRACTION: {"%"},
    Unit.PROBABILITY: {"%"},
    Unit.YIELD: {"%"},
    Unit.PP: {"percentage point", "percentage points"},
    Unit.BP: {"basis point", "basis points", "bp"},
    Unit.POINTS: {"point", "points"},
    Unit.LEVEL: {""},
    Unit.MONEY: {""},
    Unit.MONEY_CHANGE: {""},
    Unit.COUNT: {"", MILLIONS},
}
TINY = 1e-9
LEAST = (0.1, 1.0)
"""The figures that "less than" goes with: the least that is printed of a
change and of a chance.
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as printed: its hedge, sign, size, decimals, unit, and signs of money."""

    hedge: str
    sign: int
    size: float
    decimals: int
    unit: str
    money: tuple[str, ...]


def stated(match: re.Match[str]) -> Stated:
    """The number that *match* of :data:`NUMBER` states."""
    digits = match["digits"].rstrip(",")
    sign = {None: 0, "+": 1}.get(match["sign"], -1)
    return Stated(
        hedge=(match["hedge"] or "").lower(),
        sign=sign,
        size=float(digits.replace(",", "")),
        decimals=len(digits.partition(".")[2]),
        unit=(match["unit"] or "").strip(),
        money=tuple(m.strip() for m in (match["before"], match["behind"]) if m),
    )


def objection(
    number: Stated, value: float, unit: Unit, currency: str = "", market: str = ""
) -> str:
    """Why *number* is not a true statement of the raw *value*, or "".

    Args:
        number: The number as printed.
        value: The raw value.
        unit: Its unit.
        currency: The currency of an amount of money.
        market: The currency of the brief's market, by which a sign of several is read.
    """
    if unit is Unit.BP and number.unit in PRINTED[Unit.PP]:
        unit = Unit.PP  # a change of a rate may be told in either
    in_table = unit is Unit.POINTS and number.unit == "" and (number.sign or number.size == 0)
    if number.unit not in PRINTED.get(unit, set()) and not in_table:
        return f"the unit '{number.unit or 'none'}' does not fit a value in {unit}"
    if reason := _other_money(number, currency, market):
        return reason
    below = value < 0 and unit in (Unit.LEVEL, Unit.MONEY)
    if number.sign * value < 0 or (below and not number.sign):
        return "the sign is wrong"
    size = abs(value) * SCALE.get(unit, 1.0)
    if number.unit == MILLIONS:
        size /= MILLION
    return "" if _true(number, size, unit) else f"the value is {size:.6g}"


def _other_money(number: Stated, currency: str, market: str) -> str:
    """Why the sign of money beside *number* is not that of *currency*, or ""."""
    said = [meant(sign, market) for sign in number.money]
    if said == ([currency] if currency else []):
        return ""
    signs = " and ".join(f"'{sign}'" for sign in number.money) or "no sign of money"
    return f"{signs} does not fit a value in {currency or 'no currency'}"


def _grid(number: Stated, unit: Unit) -> float:
    if unit is Unit.MONEY:
        return 1000.0
    return 5.0 if unit is Unit.PROBABILITY and number.size % 5 == 0 else 1.0


def _true(number: Stated, size: float, unit: Unit) -> bool:
    """The truth condition of each hedge; ``over`` is the value minus the number."""
    over, grid = size - number.size, _grid(number, unit)
    near = (0.005 if unit is Unit.MONEY else 0.05) * size
    top = unit is Unit.PROBABILITY and number.size >= 99
    above = over > TINY and (top or over <= 0.6 * grid + TINY)
    conditions = {
        "": abs(over) <= _bare_tolerance(number, unit, size) + TINY,
        "nearly": TINY < -over <= grid / 5 + TINY,
        "almost": TINY < -over <= grid / 5 + TINY,
        "just under": TINY < -over <= grid / 10 + TINY,
        "just over": TINY < over <= grid / 10 + TINY,
        "more than": above,
        "over": above,
        "less than": over < 0 and number.size in LEAST,
        "under": over < 0 and number.size in LEAST,
        "about": TINY < abs(over) <= min(grid / 2, near) + TINY,
    }
    return conditions[number.hedge]


def _bare_tolerance(number: Stated, unit: Unit, size: float) -> float:
    if unit is Unit.FRACTION and number.decimals == 0:
        return 0.05 if size < 9.95 else 0.5
    if unit is Unit.PP and number.decimals == 0:
        return 0.05 if size < 9.95 else 0.5
    return 0.5 * 10.0**-number.decimals

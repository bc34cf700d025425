"""Figures of a notebook's own, in the unit and with the decimals that their author says."""

from __future__ import annotations

from decimal import Decimal

from reportgen.core.facts import Unit
from reportgen.story.english import figures
from reportgen.story.english.money import Money

PLACES = {Unit.FRACTION: 1, Unit.PROBABILITY: 1, Unit.PP: 2, Unit.BP: 0, Unit.COUNT: 0}
"""The decimals of a unit where its author says none; two of the others."""
SCALE = {Unit.PP: 100, Unit.BP: 10_000, Unit.FRACTION: 100, Unit.PROBABILITY: 100, Unit.YIELD: 100}
BEHIND = {
    **dict.fromkeys((Unit.FRACTION, Unit.PROBABILITY, Unit.YIELD), "%"),
    Unit.PP: " percentage points",
    Unit.BP: " bp",
    Unit.POINTS: " points",
}
SMALL = Decimal("9.95")
"""The share in percent below which a whole number is too coarse."""


def amount(value: float, unit: Unit, places: int | None, money: Money) -> str:
    """The size of *value* as it is printed, without a sign.

    A share below ten percent has a decimal at least: a whole number is not true of it.
    """
    size = abs(figures.decimal(value)) * SCALE.get(unit, 1)
    if places is None:
        places = PLACES.get(unit, 2)
    if unit in (Unit.FRACTION, Unit.PP) and size < SMALL:
        places = max(places, 1)
    if unit.money:
        return money.exact(abs(value), places)
    return f"{figures.plain(size, places)}{BEHIND.get(unit, '')}"


def with_sign(amount: str, value: float, *, signed: bool) -> str:
    """The *amount* with a minus where *value* is below zero, and *signed* with a plus above it."""
    rounded = not any(digit in amount for digit in "123456789")
    if rounded or (value > 0 and not signed):
        return amount
    return f"{'+' if value > 0 else figures.MINUS}{amount}"

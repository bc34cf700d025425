"""Groups of instruments as one: their median, and how many moved which way."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median


def median_change(changes: Mapping[str, float]) -> float:
    """Median of the members' changes, a fraction.

    Args:
        changes: The change of each member, as a fraction, by symbol.
    """
    return float(median(changes.values()))


def decliners(changes: Mapping[str, float]) -> int:
    """How many members fell.

    Args:
        changes: The change of each member, as a fraction, by symbol.
    """
    return sum(change < 0 for change in changes.values())


def extremes(changes: Mapping[str, float]) -> tuple[str, str]:
    """The members with the lowest and the highest change.

    Args:
        changes: The change of each member, as a fraction, by symbol.
    """
    ordered = sorted(changes, key=lambda symbol: (changes[symbol], symbol))
    return ordered[0], ordered[-1]

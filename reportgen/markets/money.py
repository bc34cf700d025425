"""Currencies of prices: which of them are hundredths of another one, as pence are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reportgen.config.schema import read_toml

TABLE = Path(__file__).parent / "tables" / "hundredths.toml"


@cache
def hundredths() -> Mapping[str, str]:
    """The currency that a hundred of each unit are, by the code of the unit."""
    return read_toml(TABLE, dict[str, str])


def whole(currency: str) -> tuple[str, float]:
    """The currency that payments are in, and how much of it one unit of *currency* is.

    >>> whole("GBX"), whole("EUR")
    (('GBP', 0.01), ('EUR', 1.0))
    """
    found = hundredths().get(currency)
    return (found, 0.01) if found else (currency, 1.0)

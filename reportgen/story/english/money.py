"""Amounts of money as a newspaper prints them: "$4.21", "525p", "SEK 12.30"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportgen.config.schema import Line, read_toml
from reportgen.story.english import figures

TABLE = Path(__file__).parent / "currencies.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A table of currencies.toml; its name is the code of the currency."""

    sign: Line
    """The sign beside an amount."""
    home: Line = ""
    """The sign in a market of this currency, "" for the usual one."""
    full: Line = ""
    """The sign where the market's own currency has the usual one."""
    after: bool = False
    """Whether the sign stands behind the amount."""
    name: Line = ""
    """The word behind an exchange rate, "" where the sign stands beside it: "158.78 yen"."""
    decimals: int = 2
    """The decimals of a price."""
    of: Line = ""
    """The currency that a unit is a hundredth of, "" for a whole one."""


@cache
def currencies() -> Mapping[str, Currency]:
    """All currencies that have a sign, by code."""
    return read_toml(TABLE, dict[str, Currency])


@dataclass(frozen=True, slots=True)
class Money:
    """How amounts of one currency are printed in a market with the currency *market*."""

    code: str
    market: str

    @property
    def _known(self) -> Currency:
        return currencies().get(self.code) or Currency(sign=f"{self.code} ")

    @property
    def sign(self) -> str:
        """The sign beside an amount; the market's own has the shortest.

        >>> Money("CAD", market="CAD").sign, Money("USD", market="CAD").sign
        ('$', 'US$')
        """
        own = currencies().get(self.market)
        if self.code == self.market:
            return self._known.home or self._known.sign
        taken = own is not None and self._known.sign == (own.home or own.sign)
        return (self._known.full or f"{self.code} ") if taken else self._known.sign

    @property
    def affixes(self) -> tuple[str, str]:
        """What stands before an amount, and what stands behind it."""
        return ("", self.sign) if self._known.after else (self.sign, "")

    def around(self, digits: str) -> str:
        """*digits* with the sign: "$94,000", "525p"."""
        before, after = self.affixes
        return f"{before}{digits}{after}"

    def exact(self, value: float, decimals: int | None = None) -> str:
        """A price in full: "$220.87", "¥642", "329.6p"; one below zero has a minus.

        *decimals* are those of the currency, unless they are given.
        """
        places = self._known.decimals if decimals is None else decimals
        digits = figures.plain(figures.decimal(abs(value)), places)
        amount = self.around(figures.trimmed(digits) if self._known.of else digits)
        return f"{figures.MINUS if value < 0 else ''}{amount}"

    def rate(self, value: float, decimals: int) -> str:
        """An exchange rate with all its *decimals*: "$1.1649", "158.78 yen"."""
        digits = figures.plain(figures.decimal(value), decimals)
        return f"{digits} {self._known.name}" if self._known.name else self.around(digits)

    def near(self, value: float) -> str:
        """A price to the nearest thousand, if that is within half a percent: "about $94,000"."""
        hedge, digits = figures.near_thousand(value)
        return f"{hedge}{self.around(digits)}"

    def signed(self, value: float) -> str:
        """A change for a table, with plus or minus: "+$3.21"; a zero without either."""
        return figures.with_sign(self.exact(abs(value)), value)

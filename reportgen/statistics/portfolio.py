"""What a book of holdings did: contributions, the effect of currencies, concentration, drawdown.

A book is held in one or more *segments* of time, each with quantities that do not change. All
amounts are in the base currency of the book, all shares are fractions.

The contribution of a holding over one segment is its gain divided by the value of the whole book
at the start of the segment: its weight at the start times its return in the base currency (Bacon,
*Practical Portfolio Performance Measurement and Attribution*, 2nd ed., 2008, chapter 2). Segments
are linked as in GRAP (*Synthese des modeles d'attribution de performance*, Paris, 1997): what was
contributed in a segment is multiplied by the growth of the book before it. So contributions add up
to the time-weighted return, without a rest. Over one segment this is the gain over the first value.

The effect of currencies is the return in the base currency less the local one (Ankrim and Hensel,
*Multicurrency Performance Attribution*, 1994, without forwards): of a holding, its last local
value times the change of the exchange rate. So local and currency parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.core.errors import NoData

TIED = 1e-12
"""The share by which two equal values may differ."""
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time in which quantities do not change: an entry for each holding."""

    quantities: Array
    prices: tuple[Array, Array]
    """Prices in the holding's own currency, at its start and at its end."""
    rates: tuple[Array, Array]
    """What one unit of that currency is in the base currency, at its start and at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a book did over some segments, and what each holding contributed."""

    total: float
    """The time-weighted return, a fraction."""
    contributions: Array
    """The part of each holding in *total*, as fractions: they add up to it."""
    gains: Array
    """The gain of each holding, an amount of money."""
    currency: Array
    """The part of *contributions* that exchange rates made."""
    currency_gains: Array
    """The part of *gains* that exchange rates made."""

    @property
    def gain(self) -> float:
        """The gain of the book, an amount of money."""
        return float(self.gains.sum())


def change(segments: Sequence[Segment]) -> Change:
    """What a book did over *segments*, oldest first, each from the end of the one before.

    Raises:
        NoData: The book has no value at the start of a segment.

    >>> one = Segment(
    ...     quantities=np.array([10.0, 100.0]),
    ...     prices=(np.array([10.0, 1.0]), np.array([11.0, 1.0])),
    ...     rates=(np.array([1.0, 1.0]), np.array([1.0, 1.1])),
    ... )
    >>> found = change([one])
    >>> round(found.total, 12), found.contributions.round(12).tolist(), round(found.gain, 9)
    (0.1, [0.05, 0.05], 20.0)
    """
    growth, parts = 1.0, list[tuple[Array, ...]]()
    for one in segments:
        (first, last), (rate, rate_then) = one.prices, one.rates
        value = float((one.quantities * first * rate).sum())
        if not value > 0:
            raise NoData("the book has no value at the start of the window")
        gains = one.quantities * (last * rate_then - first * rate)
        by_rates = one.quantities * last * (rate_then - rate)
        linked = growth / value
        parts.append((gains * linked, gains, by_rates * linked, by_rates))
        growth += float((gains * linked).sum())
    contributions, gains, currency, currency_gains = np.sum(parts, axis=0)
    return Change(
        total=growth - 1,
        contributions=contributions,
        gains=gains,
        currency=currency,
        currency_gains=currency_gains,
    )


def effective(weights: Sequence[float] | Array) -> float:
    """How many equal holdings would be as concentrated: one over the sum of squared weights.

    The inverse of the index of Herfindahl and Hirschman.

    >>> effective([0.25] * 4), round(effective([0.9, 0.1]), 2)
    (4.0, 1.22)
    """
    return 1.0 / float(np.square(np.asarray(weights, dtype=float)).sum())


def drawdown(growth: pd.Series) -> tuple[float, pd.Timestamp]:
    """How far the last value of *growth* is below the highest, a fraction, and when that was.

    The first of equal highs counts; the fraction is zero where the last value is the highest.

    Args:
        growth: The growth of a book by session, oldest first: without purchases and sales.
    """
    high, last = float(growth.max()), float(growth.iloc[-1])
    if last >= high * (1 - TIED):
        return 0.0, pd.Timestamp(growth.index[-1])
    first = int((growth >= high * (1 - TIED)).to_numpy().argmax())
    return last / high - 1, pd.Timestamp(growth.index[first])

"""What second sources tell of the newest close of a series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation.finding import Bars, Row, defect

APART = 5e-4
"""What two sources of one close may differ by, as a fraction."""
LEAST_SHARED, DRIFT = 40, 2e-3
"""Days that two sources must share, and how far apart they must once have been, for a drift."""
TOLD = ("date", "symbol", "close", "source")
"""The columns of what second sources tell."""


class Newest(NamedTuple):
    """The newest close of a series, and who tells it; "" where its file does not say."""

    day: dt.date
    close: float
    source: str = ""


def agreeing(newest: Mapping[str, Newest], told: pd.DataFrame) -> dict[str, int]:
    """The number of sources that tell the *newest* close alike, by symbol.

    They agree within five basis points. The source of the close itself counts once, so that a
    symbol without a second source has one.

    Args:
        newest: The newest close of each symbol.
        told: The closes of second sources, in the columns of `TOLD`.
    """
    counts = dict[str, int]()
    for symbol, one in newest.items():
        others = _of_others(symbol, one, told)
        counts[symbol] = 1 + int(others[_alike(one, others)]["source"].nunique())
    return counts


def disagreeing(newest: Mapping[str, Newest], told: pd.DataFrame) -> list[Defect]:
    """A finding on each symbol with a second source that does not agree."""
    found = []
    for symbol, one in newest.items():
        others = _of_others(symbol, one, told)
        others = others[~_alike(one, others)]
        if len(others):
            closes = (f"{row.close:,.2f} by {row.source}" for row in others.itertuples())
            row = Row("cross_source", one.day, f"{one.close:,.2f}, but {', '.join(closes)}")
            found.append(defect(symbol, row, one.day))
    return found


def drifting(
    bars: Mapping[str, Bars], newest: Mapping[str, Newest], told: pd.DataFrame
) -> list[Defect]:
    """A finding on each symbol with a second source that agrees now and did not before.

    One of them is then adjusted for dividends, and the other is not.
    """
    found = []
    for symbol, one in newest.items():
        closes = bars[symbol].recent.drop_duplicates("date").set_index("date")["close"]
        others = told[(told["symbol"] == symbol) & (told["source"] != one.source)]
        for source, rows in others.groupby("source"):
            second = rows.drop_duplicates("date").set_index("date")["close"].astype(float)
            ratio = (second / closes).dropna().sort_index()
            if len(ratio) < LEAST_SHARED or abs(ratio.iloc[-1] - 1) > APART:
                continue
            before = float(ratio.iloc[: len(ratio) // 4].median())
            if abs(before - 1) > DRIFT:
                since = ratio.index[0].date()
                detail = (
                    f"closes since {since} by {source} are {before:.3f} times these, and now the"
                    " same: one of both is adjusted for dividends"
                )
                found.append(defect(symbol, Row("adjustment", one.day, detail), one.day))
    return found


def _of_others(symbol: str, one: Newest, told: pd.DataFrame) -> pd.DataFrame:
    """What other sources tell of the day of *one*."""
    if told.empty:
        return told
    here = (told["symbol"] == symbol) & (told["date"] == pd.Timestamp(one.day))
    return told[here & (told["source"] != one.source)]


def _alike(one: Newest, others: pd.DataFrame) -> pd.Series:
    apart = (others["close"].astype(float) / one.close - 1).abs()
    alike: pd.Series = apart <= APART
    return alike

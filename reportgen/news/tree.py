"""The odds of every coming Fed meeting at once, with what they were computed from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reportgen.core.errors import NoData
from reportgen.datasets.market import Market
from reportgen.statistics import rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Probabilities (0 to 1) of each target range after each meeting.

    By the lower end of the range in basis points.
    """

    marked: dt.date
    """The day of the settlements."""
    low: float
    """The lower end of today's range, in percent."""
    meetings: Mapping[dt.date, Mapping[int, float]]
    prices: Mapping[str, float]
    source: str

    def payload(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {
            "settlements": self.marked.isoformat(),
            "source": self.source,
            "target_low": self.low,
            "target_high": round(self.low + rates.STEP, 4),
            "meetings": {
                day.isoformat(): {str(low): round(p, 6) for low, p in row.items()}
                for day, row in self.meetings.items()
            },
            "prices": dict(self.prices),
        }


def tree(market: Market, ago: int = 0) -> Tree:
    """The odds by the newest settlements, or by those so many *ago*.

    Raises:
        NoData: No meeting is listed, or none is reached.
    """
    marked, prices = market.futures(ago)
    meetings, decided = market.meetings(marked)
    if len(meetings) == decided:
        raise NoData(
            f"No Fed meeting after {market.moment.at:%Y-%m-%d} is listed; the published calendar is"
            " used up. Update reportgen, or name a dataset with later meetings."
        )
    low = round(float(market.rate("DFEDTARL").iloc[-1]) * 100, 4)
    table = rates.fedwatch(prices, [end for _, end in meetings], decided)
    if not table:
        raise NoData("Fed funds futures do not reach the next meeting from a month without one.")
    by_range = {
        day: {round(low * 100) + 25 * step: p for step, p in row.items()}
        for day, row in table.items()
    }
    shown = {
        f"ZQ{'FGHJKMNQUVXZ'[month - 1]}{year}": price
        for (year, month), price in sorted(prices.items())
    }
    return Tree(
        marked=marked, low=low, meetings=by_range, prices=shown, source=market.source("FEDFUNDS")
    )

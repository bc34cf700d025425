"""A tear sheet of a series against a benchmark: its figures, tables and charts.

``desk.tell(sheet.news())`` records the figures, and the frames go into ``desk.table``. Each cell is
a fact that the audit computes again from the raw rows.

>>> sheet = tear_sheet.sheet(desk, "^RUT", "^GSPC")  # doctest: +SKIP
>>> desk.tell(sheet.news())  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from reportgen.authoring import charts
from reportgen.beats.measure import Measure, News
from reportgen.beats.performance.detect import (
    Sheet,
    months_and_years,
    performance_of,
    worst_falls,
)
from reportgen.core.facts import Fact, Unit
from reportgen.statistics import drawdowns, performance, volatility

if TYPE_CHECKING:
    from reportgen.authoring.desk import Desk

YEARS_IN_TABLE, YEARS_IN_PICTURE = 7, 20
"""The last years whose months a table and a picture have."""
MONTHS = (
    *("Jan.", "Feb.", "March", "April", "May", "June"),
    *("July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.", "Year"),
)
RETURNS = {
    "total": "Total",
    "cagr": "Per year",
    "volatility": "Volatility",
    "sharpe": "Sharpe",
    "sortino": "Sortino",
    "drawdown": "Drawdown",
    "calmar": "Calmar",
}
SPREAD = {
    "best_day": "Max day",
    "worst_day": "Min day",
    "best_month": "Max month",
    "worst_month": "Min month",
    "winning": "Win rate",
}
TAILS = {
    "best_year": "Max year",
    "worst_year": "Min year",
    "var": "VaR",
    "cvar": "CVaR",
    "skew": "Skew",
    "kurtosis": "Kurtosis",
}
FALLS = {
    "trough": "Trough",
    "recovered": "Back at peak",
    "depth": "Depth",
    "days": "Days",
}
"""The heads of columns by the figures below them."""


@dataclass(frozen=True)
class TearSheet:
    """A series against its benchmark."""

    sheet: Sheet

    @cached_property
    def _news(self) -> News:
        one = self.sheet
        return performance_of(
            one.own, one.other, one.upcoming, years=one.years, riskless=one.riskless
        )

    def news(self) -> News:
        """All figures as the finding "performance"."""
        return self._news

    def returns(self) -> pd.DataFrame:
        """Return and risk of both: a row each."""
        return self._both(RETURNS)

    def spread(self) -> pd.DataFrame:
        """The best and worst days and months of both, and the share of days with a gain."""
        return self._both(SPREAD)

    def tails(self) -> pd.DataFrame:
        """The best and worst years, value at risk, expected shortfall, skew and kurtosis."""
        return self._both(TAILS)

    def _both(self, heads: Mapping[str, str]) -> pd.DataFrame:
        roles = self._news.finding.facts
        rows = {}
        for track, before in ((self.sheet.own, ""), (self.sheet.other, "other_")):
            rows[track.instrument.symbol] = {
                head: self._news.role(before + name) if before + name in roles else None
                for name, head in heads.items()
            }
        return pd.DataFrame.from_dict(rows, orient="index", columns=[*heads.values()])

    def months(self) -> pd.DataFrame:
        """The return of each month of the last years, and of the years: a column a year.

        The rows are named by facts, which are recorded first, as the cells are.
        """
        frame = months_and_years(self.sheet).iloc[-YEARS_IN_TABLE:].T
        names = [self._row(name) for name in MONTHS]
        return frame.set_axis(pd.Index(names, dtype=object), axis=0).rename(columns=str)

    def _row(self, name: str) -> Fact:
        """The fact that names a row."""
        part = name.lower().rstrip(".")
        fact = Measure.of(self.sheet.own).fact(
            "perf_row", name, Unit.TEXT, name, name=f"perf_row.{part}"
        )
        return replace(fact, label=name)

    def falls(self) -> pd.DataFrame:
        """The deepest falls from a high, each named by the day of the high."""
        found = worst_falls(self.sheet)
        rows = [{head: fall.get(part) for part, head in FALLS.items()} for fall in found]
        names = pd.Index([fall["peak"] for fall in found], dtype=object, name="Peak")
        return pd.DataFrame(rows, index=names, columns=[*FALLS.values()])

    def growth(self) -> charts.Chart:
        """The growth of 1 in both, on a logarithmic scale."""
        return charts.growth({key: one / one.iloc[0] for key, one in self._levels()})

    def underwater(self) -> charts.Chart:
        """How far both were below the highest close so far."""
        return charts.underwater({key: drawdowns.underwater(one) for key, one in self._levels()})

    def rolling(self) -> charts.Chart:
        """The volatility of both over a quarter, annualised."""
        return charts.rolling(
            {
                key: volatility.realised_path(
                    one, volatility.QUARTER, log=False, year=performance.year_of(one)
                )
                for key, one in self._levels()
            }
        )

    def heat(self) -> charts.Chart:
        """The returns of the months of the last years as cells."""
        frame = months_and_years(self.sheet).iloc[-YEARS_IN_PICTURE:, :12]
        names = [name[:3] for name in MONTHS[:12]]
        return charts.months(frame.set_axis(names, axis=1).map(_number))

    def _levels(self) -> Iterator[tuple[str, pd.Series]]:
        for track in (self.sheet.own, self.sheet.other):
            yield track.instrument.key, self.sheet.levels(track)


def sheet(
    desk: Desk, series: str, benchmark: str, years: int = 0, riskless: float = 0.0
) -> TearSheet:
    """The tear sheet of *series* against *benchmark*, up to the last close.

    Args:
        desk: The desk of the notebook.
        series: The symbol of a fund, an index, a stock or a strategy.
        benchmark: The symbol that it is measured against.
        years: Over how many years; 0 for all that both have.
        riskless: The riskless rate by the year, a fraction: 0.02 for 2%.

    Raises:
        NoData: They are one series, or have no year together.
    """
    own, other = (desk.track(symbol, running=False) for symbol in (series, benchmark))
    return TearSheet(Sheet.of(own, other, years, riskless, desk.open_session))


def signed(frame: pd.DataFrame) -> dict[str, dict[str, object]]:
    """The columns of *frame* as those of changes, a plus before each gain, for ``desk.table``."""
    return {
        str(head): {"unit": Unit.FRACTION, "signed": True}
        for head, cells in frame.items()
        if str(head) != SPREAD["winning"]
        and all(cell.unit is Unit.FRACTION for cell in cells if isinstance(cell, Fact))
    }


def facts_of(frame: pd.DataFrame) -> Iterable[Fact]:
    """The facts in the cells of *frame* and those that name its rows, to be recorded."""
    cells = (*frame.index, *frame.to_numpy().ravel())
    return [cell for cell in cells if isinstance(cell, Fact)]


def _number(cell: Fact | None) -> float | None:
    return None if cell is None else cell.number

"""The course of a monthly or quarterly series as it was known at a moment: levels by period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from reportgen.core.facts import Unit
from reportgen.markets.instruments import Instrument
from reportgen.statistics import indexes

PLACES = 10
"""Decimals of a figure: the same one twice is the same number."""
STALE = {"M": 62, "Q": 130}
"""Days after its first release from which on the newest figure of a month or quarter is old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The figures of a series by period, each as it was told last by the moment."""

    instrument: Instrument
    levels: pd.Series
    """By month or quarter, ascending; a rate in percent as a fraction. It may have gaps."""
    released: dt.datetime
    """When the figure of the newest period was first told."""
    vintage: dt.datetime
    """When any of its figures was told last: the vintage of them all."""
    was: float | None
    """The figure of the period before, as it was known until the newest period was told."""
    source: str

    @property
    def rate(self) -> bool:
        """Whether its figures are in percent: their changes are in percentage points."""
        return self.instrument.unit is Unit.FRACTION

    @property
    def every(self) -> str:
        """Its periods: "M" for months, "Q" for quarters."""
        return "Q" if self.instrument.every == "quarter" else "M"

    @property
    def newest(self) -> pd.Period:
        """The newest period."""
        return indexes.periods(self.levels)[-1]

    def back(self, count: int) -> float | None:
        """The figure of so many periods before the newest one; None where there is none."""
        wanted = self.newest - count
        return indexes.of_period(self.levels, wanted) if wanted in self.levels.index else None

    def change(self, count: int) -> float | None:
        """The change over so many periods: a fraction, or of a rate a difference of fractions."""
        before, now = self.back(count), float(self.levels.iloc[-1])
        if before is None or (before <= 0 and not self.rate):
            return None
        return round(now - before, PLACES) if self.rate else now / before - 1

    def changes(self, count: int) -> pd.Series:
        """:meth:`change` of each period that has one, by period."""
        before = self.levels.copy()
        before.index = indexes.periods(before) + count
        pairs = pd.DataFrame({"now": self.levels, "before": before}).dropna()
        if self.rate:
            return (pairs["now"] - pairs["before"]).round(PLACES)
        pairs = pairs[pairs["before"] > 0]
        return pairs["now"] / pairs["before"] - 1

    def age(self, at: dt.datetime) -> int:
        """The days since its newest period was first told."""
        return (at - self.released).days


def course_of(found: Instrument, rows: pd.DataFrame) -> Course:
    """The course of a series.

    Args:
        found: The series.
        rows: Its vintages that were known, in order of their times; one or more.
    """
    freq = "Q" if found.every == "quarter" else "M"
    scale = 100.0 if found.unit is Unit.FRACTION else 1.0
    newest = rows["period"].max()
    began = rows.loc[rows["period"] == newest, "known_at"].iloc[0]
    last = rows.drop_duplicates("period", keep="last").sort_values("period")
    levels = pd.Series(
        [round(float(value) / scale, PLACES) for value in last["value"]],
        index=pd.PeriodIndex([*last["period"]], freq=freq),
        name=found.symbol,
    )
    before = str(pd.Period(newest, freq) - 1)
    earlier = rows[(rows["period"] == before) & (rows["known_at"] < began)]
    was = round(float(earlier["value"].iloc[-1]) / scale, PLACES) if len(earlier) else None
    return Course(
        instrument=found,
        levels=levels,
        released=began.to_pydatetime(),
        vintage=rows["known_at"].iloc[-1].to_pydatetime(),
        was=was,
        source=str(rows["source"].iloc[-1]),
    )

"""What a rule yields: a finding on a series, with the severity that its age gives it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from reportgen.core.checks import CHECKS, Defect, Severity
from reportgen.markets.instruments import Instrument

YEAR = dt.timedelta(days=372)
FRESH = 5
"""The number of last sessions in which a large move needs confirmation."""
COMMON_DAYS = 120
"""Days that series must share before they are held against each other."""
NEWEST = 340
"""Bars that a run holds against all rules: a year, and what its first moves are measured by."""
OF_RECORDS = ("duplicate", "non_positive")
"""Findings that block an index at any age, for its records may be of any year."""


class Row(NamedTuple):
    """A finding before its instrument is known.

    The check's own severity unless one is given.
    """

    check: str
    day: dt.date
    detail: str
    severity: Severity | None = None


Rows = Iterator[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The bars of one instrument in file order, with what the rules need."""

    instrument: Instrument
    frame: pd.DataFrame
    """Columns date and close; open, high, low and volume where they are known."""
    due: dt.date
    """The last finished session."""
    others: pd.DataFrame | None = None
    """Moves of the other indexes in units of their usual ones, by day.

    Who moves alone is looked at twice.
    """
    column: str = "close"
    """What its file calls the closes."""
    newest: int | None = None
    """How many of the last rows all rules look at; None for every row.

    Older rows of an index are asked only whether they are prices.
    """

    @property
    def recent(self) -> pd.DataFrame:
        """The rows that all rules look at."""
        return self.frame if self.newest is None else self.frame.iloc[-self.newest :]

    def defect(self, row: Row) -> Defect:
        """The finding *row* on these bars."""
        of_record = self.instrument.kind == "index" and row.check in OF_RECORDS
        newest = row.day if of_record else self.due
        return defect(self.instrument.symbol, row, newest)


def defect(symbol: str, row: Row, newest: dt.date) -> Defect:
    """The finding *row* on *symbol*.

    One of more than a year before the day *newest* does not block.
    """
    severity = row.severity or CHECKS[row.check][0]
    if severity == "block" and row.check != "stale" and row.day < newest - YEAR:
        severity = "warn"
    return Defect(check=row.check, severity=severity, symbol=symbol, day=row.day, detail=row.detail)

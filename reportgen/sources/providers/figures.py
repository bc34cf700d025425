"""How the figures that newsrooms print follow from the series of an agency.

A change is computed within one answer, or one vintage, never across two: an index is revised as a
whole. It is rounded to the decimals in which it is published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

Months = Mapping[dt.date, float | None]
"""The values of a series by the first days of its months; None where one was not published."""
TENTH = Decimal("0.1")


def month_before(month: dt.date, back: int = 1) -> dt.date:
    """The first day of the month that is *back* months before *month*."""
    count = 12 * month.year + month.month - 1 - back
    return dt.date(count // 12, count % 12 + 1, 1)


def _as_it_is(value: float, _: float) -> float:
    return value


def _in_thousands(value: float, _: float) -> float:
    return 1000 * value


def _percent(value: float, before: float) -> float:
    """The change in percent to a tenth, half of it away from zero."""
    ratio = Decimal(str(value)) / Decimal(str(before)) - 1
    return float((100 * ratio).quantize(TENTH, ROUND_HALF_UP)) + 0.0


def _persons(value: float, before: float) -> float:
    """The change of values in thousands, in persons."""
    return float(round(1000 * (value - before)))


class Figure(NamedTuple):
    """How a headline figure follows from a series, and the values that the series can have."""

    of: Callable[[float, float], float]
    back: int
    """How many months before its own lies the value that it is a change from; 0 for a level."""
    least: float
    most: float

    def base(self, month: dt.date) -> dt.date:
        """The month of the value from which the figure of *month* is a change, or its own."""
        return month_before(month, self.back)

    def told(self, values: Months, month: dt.date) -> float | None:
        """The figure of *month*; None where a value that it rests on was not published."""
        value, before = values.get(month), values.get(self.base(month))
        return None if value is None or before is None else self.of(value, before)


LABOR = {
    "CUUR0000SA0": Figure(_percent, 12, 10, 2000),
    "CUUR0000SA0L1E": Figure(_percent, 12, 10, 2000),
    "CES0000000001": Figure(_persons, 1, 20_000, 500_000),
    "LNS14000000": Figure(_as_it_is, 0, 0, 40),
}
"""Consumer prices, those without food and energy, jobs in thousands, and the jobless rate."""
FIGURES = LABOR | {
    "CUSR0000SA0": Figure(_percent, 1, 10, 2000),
    "CUSR0000SA0L1E": Figure(_percent, 1, 10, 2000),
    "CES0500000003": Figure(_percent, 1, 5, 500),
    "WPSFD4": Figure(_percent, 1, 50, 1000),
    "WPSFD49104": Figure(_percent, 1, 50, 1000),
    "JTS000000000000000JOL": Figure(_in_thousands, 0, 1000, 50_000),
    "PCEPI": Figure(_percent, 1, 10, 1000),
    "PCEPILFE": Figure(_percent, 1, 10, 1000),
    "RSAFS": Figure(_percent, 1, 100_000, 5_000_000),
    "RSFSXMV": Figure(_percent, 1, 100_000, 5_000_000),
}
"""Also prices over a month, hourly pay, producer prices, job openings in thousands, the prices of
what people consume, and retail sales in millions.

Prices over a year are those that are not adjusted for the season ("CUUR"), prices over a month
those that are ("CUSR"), as the bureau tells them.
"""

"""The Bureau of Labor Statistics' figures on prices and work, by its public API.

Public, no key: 25 questions a day. An answer holds the last three years of one series, and the
newest revision of each month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Ask,
    Call,
    Licence,
    Limit,
    Point,
    Provider,
    Reply,
    Role,
    Rows,
    document,
    number,
)

DONE = "REQUEST_SUCCEEDED"
ANNUAL = "M13"
"""Its name of a year's mean, which is no month."""
Months = Mapping[dt.date, float]


def _as_it_is(values: Months, month: dt.date) -> float | None:
    return values.get(month)


def _over_a_year(values: Months, month: dt.date) -> float | None:
    """The change from the same month of the year before, in percent to a tenth."""
    before = values.get(month.replace(year=month.year - 1))
    return round(100 * (values[month] / before - 1) + 1e-9, 1) if before else None


def _over_a_month(values: Months, month: dt.date) -> float | None:
    """The change from the month before, in persons, of values in thousands."""
    before = values.get((month - dt.timedelta(days=1)).replace(day=1))
    return round(1000 * (values[month] - before)) if before else None


class Figure(NamedTuple):
    """How its headline figure follows from a series, and the values that the series can have."""

    of: Callable[[Months, dt.date], float | None]
    least: float
    most: float


SERIES = {
    "CUUR0000SA0": Figure(_over_a_year, 10, 2000),
    "CUUR0000SA0L1E": Figure(_over_a_year, 10, 2000),
    "CES0000000001": Figure(_over_a_month, 20_000, 500_000),
    "LNS14000000": Figure(_as_it_is, 0, 40),
}
"""Consumer prices, those without food and energy, jobs in thousands, and the jobless rate."""


class BlsFigures(Provider):
    """The figures that newsrooms print of each series: its change, or the rate itself.

    The changes over a year are those of prices that are not adjusted for the season, the same
    index that the bureau uses for its own.
    """

    name = "bls_figures"
    title = "Bureau of Labor Statistics"
    base_url = "https://api.bls.gov"
    roles = frozenset[Role]({"prints"})
    licence = Licence("public", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Series by the bureau's own names."""
        return symbol if kind == "print" and symbol in SERIES else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The last three years of one series."""
        yield Call(path=f"/publicAPI/v1/timeseries/data/{ask.symbol}")

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """A print for each month, by its first day; ProviderError in the bureau's own words."""
        data = document(reply.body)
        if data.get("status") != DONE:
            told = data.get("message") or [data.get("status") or "the answer has no 'status'"]
            raise ProviderError("; ".join(map(str, told)))
        found = data["Results"]["series"]
        if [one["seriesID"] for one in found] != [ask.symbol]:
            others = ", ".join(str(one["seriesID"]) for one in found)
            raise ProviderError(f"it answered for {others} when asked for {ask.symbol}")
        figure = SERIES[ask.symbol]
        values = _months(found[0]["data"], figure, reply)
        told = ((month, figure.of(values, month)) for month in values)
        return [Point(ask.symbol, month, value) for month, value in told if value is not None]


def _months(rows: Iterable[Mapping[str, str]], figure: Figure, reply: Reply) -> Months:
    """The values of a series by the first days of its months.

    A month without a figure, as October 2025, has "-".

    Raises:
        ProviderError: A row is of no month, of one twice or of one that is not over, or a value is
            in another unit.
    """
    values = dict[dt.date, float]()
    for row in rows:
        period, value = row["period"], number(row["value"])
        if period == ANNUAL or value is None:
            continue
        if not period.startswith("M"):
            raise ProviderError(f"it has a period '{period}', which is no month")
        month = dt.date(int(row["year"]), int(period[1:]), 1)
        if month in values:
            raise ProviderError(f"it tells {month:%Y-%m} twice")
        if reply.at.date() < month + dt.timedelta(days=14):
            raise ProviderError(f"it tells {month:%Y-%m}, a month that is not over")
        if not figure.least <= value <= figure.most:
            raise ProviderError(f"it tells {value:g} for {month:%Y-%m}: in another unit?")
        values[month] = value
    return values

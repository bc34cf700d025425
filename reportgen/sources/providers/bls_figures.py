"""The Bureau of Labor Statistics' figures on prices and work, by its public API.

Public, no key: 25 questions a day. An answer holds the last three years of one series, and the
newest revision of each month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

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
from reportgen.sources.providers.figures import LABOR, Figure, Months

DONE = "REQUEST_SUCCEEDED"
ANNUAL = "M13"
"""Its name of a year's mean, which is no month."""
NOT_PUBLISHED = "-"
"""Its value of a month that has none, as October 2025 of most series."""


class BlsFigures(Provider):
    """The figures that newsrooms print of each series: its change, or the rate itself.

    A figure with the mark "P" is preliminary: it is read as the others are, and may be revised.
    """

    name = "bls_figures"
    title = "Bureau of Labor Statistics"
    base_url = "https://api.bls.gov"
    roles = frozenset[Role]({"prints"})
    licence = Licence("public", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Series by the bureau's own names: few, as it answers few questions a day."""
        return symbol if kind == "print" and symbol in LABOR else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The last three years of one series."""
        yield Call(path=f"/publicAPI/v1/timeseries/data/{ask.symbol}")

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """A print for each month, by its first day; ProviderError in the bureau's own words.

        Its value is None where the bureau says that it did not publish one, or not the one from
        which it is a change. Where the answer does not reach back so far, there is no print.
        """
        data = document(reply.body)
        if data.get("status") != DONE:
            told = data.get("message") or [data.get("status") or "the answer has no 'status'"]
            raise ProviderError("; ".join(map(str, told)))
        found = data["Results"]["series"]
        if [one["seriesID"] for one in found] != [ask.symbol]:
            others = ", ".join(str(one["seriesID"]) for one in found)
            raise ProviderError(f"it answered for {others} when asked for {ask.symbol}")
        figure = LABOR[ask.symbol]
        values = _months(found[0]["data"], figure, reply)
        return [
            Point(ask.symbol, month, figure.told(values, month))
            for month in values
            if values[month] is None or figure.base(month) in values
        ]


def _months(rows: Iterable[Mapping[str, str]], figure: Figure, reply: Reply) -> Months:
    """The values of a series by the first days of its months; None where a month has none.

    Raises:
        ProviderError: A row is of no month, of one twice or of one that is not over, or a value is
            no number or in another unit.
    """
    values = dict[dt.date, float | None]()
    for row in rows:
        period, text = row["period"], row["value"].strip()
        if period == ANNUAL:
            continue
        if not period.startswith("M"):
            raise ProviderError(f"it has a period '{period}', which is no month")
        month = dt.date(int(row["year"]), int(period[1:]), 1)
        if month in values:
            raise ProviderError(f"it tells {month:%Y-%m} twice")
        if reply.at.date() < month + dt.timedelta(days=14):
            raise ProviderError(f"it tells {month:%Y-%m}, a month that is not over")
        value = number(text)
        if value is None and text != NOT_PUBLISHED:
            raise ProviderError(f"it tells '{text}' for {month:%Y-%m}, which is no number")
        if value is not None and not figure.least <= value <= figure.most:
            raise ProviderError(f"it tells {value:g} for {month:%Y-%m}: in another unit?")
        values[month] = value
    return values

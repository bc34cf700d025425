"""The Energy Information Administration's daily spot prices of oil and gas.

Public, no key. They come once a week, on Wednesday, up to Monday.

The agency itself has them without a key as old Excel files alone. FRED has them as CSV, with a
column for each series by its name, so they are read from there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Ask,
    Call,
    Licence,
    Limit,
    Provider,
    Reply,
    Role,
    Rows,
    asked_of,
    fixings,
    lines,
    number,
    refuse_currency,
)

SERIES = {"WTI.EIA": "DCOILWTICO", "BRENT.EIA": "DCOILBRENTEU", "GAS.EIA": "DHHNGSP"}
"""FRED's names of its series, by our symbols."""
CURRENCY = "USD"
DAYS = ("observation_date", "DATE")
"""What FRED calls the day of a value now, and until December 2024."""


class Eia(Provider):
    """Two columns: the day, and the value, "." or nothing on a day without one."""

    name = "eia"
    title = "Energy Information Administration"
    base_url = "https://fred.stlouisfed.org"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence("public; by way of FRED", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Spot prices of crude oil and natural gas."""
        return SERIES.get(symbol) if kind == "commodity" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file of the days."""
        yield Call(
            path="/graph/fredgraph.csv",
            params={
                "id": ask.symbol,
                "cosd": ask.first.isoformat(),
                "coed": ask.last.isoformat(),
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Prices by day; ProviderError where the answer has another series, or prices of weeks."""
        rows = lines(reply.body)
        head = rows[0]
        if len(head) != 2 or head[0] not in DAYS or head[1] != ask.symbol:
            raise ProviderError(
                f"the answer has no column '{ask.symbol}' alone beside its days; it has"
                f" {', '.join(head)}"
            )
        refuse_currency(ask, CURRENCY)
        if units := asked_of(reply.url, "transformation"):
            raise ProviderError(f"it was asked for {ask.symbol} as '{units}', not as it is")
        return fixings(
            ((dt.date.fromisoformat(row[0]), number(row[1])) for row in rows[1:] if row),
            reply,
        )

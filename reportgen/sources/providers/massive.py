"""Massive (once Polygon): aggregates of stocks, funds and indexes; a key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Ask,
    Bar,
    Call,
    Licence,
    Limit,
    Provider,
    Reply,
    Role,
    Rows,
    bar,
    document,
)

INDEXES = {
    "^RUT": "I:RUT",
    "^GSPC": "I:SPX",
    "^DJI": "I:DJI",
    "^IXIC": "I:COMP",
    "^VIX": "I:VIX",
}


class Massive(Provider):
    """A bar's time is the midnight of New York at which its day begins."""

    name = "massive"
    title = "Massive"
    base_url = "https://api.massive.com"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence(
        "display and redistribution need a business plan",
        publish=False,
    )
    limit = Limit(5, 5 / 60)
    keys = ("MASSIVE_API_KEY",)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Tickers of stocks and funds; indexes with "I:" before them."""
        if kind in ("stock", "sector", "etf"):
            return symbol
        return INDEXES.get(symbol)

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One range, adjusted for splits."""
        yield Call(
            path=f"/v2/aggs/ticker/{ask.symbol}/range/1/day/{ask.first}/{ask.last}",
            params={"adjusted": "true", "sort": "asc", "limit": "50000"},
            secret_headers={"Authorization": "Bearer MASSIVE_API_KEY"},
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Bars by day; NOT_AUTHORIZED and other states are errors."""
        data = document(reply.body)
        if data.get("status") not in ("OK", "DELAYED"):
            said = data.get("message") or data.get("error")
            raise ProviderError(f"{data.get('status')}: {said}")
        if data.get("ticker") != ask.symbol:
            other = data.get("ticker")
            raise ProviderError(f"it answered for {other} when asked for {ask.symbol}")
        if data.get("adjusted") is False:
            raise ProviderError(f"its prices of {ask.symbol} are not adjusted for splits")
        found = (_bar(row) for row in data.get("results", ()))
        return [one for one in found if one]


def _bar(row: dict[str, Any]) -> Bar | None:
    day = dt.datetime.fromtimestamp(row["t"] / 1000, dt.UTC).date()
    return bar(day, row, ("o", "h", "l", "c", "v"))

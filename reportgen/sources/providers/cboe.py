"""Cboe's delayed quotes: the history of its own and a few more indexes."""

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
    bar,
    document,
)

SYMBOLS = {"^GSPC": "_SPX", "^VIX": "_VIX"}
"""Of the Russell 2000 and the Nasdaq-100 it has the last day only, which is no
history to check.
"""


class Cboe(Provider):
    """All sessions of an index in one answer, numbers as text."""

    name = "cboe"
    title = "Cboe"
    base_url = "https://cdn.cboe.com"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence("display only", publish=False)
    limit = Limit(10, 2)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Its own names begin with an underscore."""
        del kind
        return SYMBOLS.get(symbol)

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file, whatever the days."""
        yield Call(path=f"/api/global/delayed_quotes/charts/historical/{ask.symbol}.json")

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Bars by day."""
        data = document(reply.body)
        if data.get("symbol") != ask.symbol:
            other = data.get("symbol")
            raise ProviderError(f"it answered for {other} when asked for {ask.symbol}")
        rows = data.get("data", ())
        found = (bar(dt.date.fromisoformat(row["date"]), row) for row in rows)
        return [one for one in found if one]

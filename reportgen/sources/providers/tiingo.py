"""Tiingo: end-of-day prices of stocks and funds, not of indexes; a free key."""

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

MIDNIGHT = ("", "00:00:00")
"""The time of a day's bar."""


class Tiingo(Provider):
    """Prices as traded, with the splits beside them.

    Ours are adjusted for the splits that came later.
    """

    name = "tiingo"
    title = "Tiingo"
    base_url = "https://api.tiingo.com"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence("internal use on the free tier", publish=False)
    limit = Limit(50, 1)
    keys = ("TIINGO_API_KEY",)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Tickers of stocks and funds."""
        return symbol if kind in ("stock", "sector", "etf") else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One series; the key goes in a header, where no log writes it."""
        yield Call(
            path=f"/tiingo/daily/{ask.symbol}/prices",
            params={
                "startDate": ask.first.isoformat(),
                "endDate": ask.last.isoformat(),
                "resampleFreq": "daily",
            },
            secret_headers={"Authorization": "Token TIINGO_API_KEY"},
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Bars by day, divided by the splits that follow within the answer."""
        data = document(reply.body)
        if not isinstance(data, list):
            raise ProviderError(
                str(
                    data.get(
                        "detail",
                        f"it has no list of prices of {ask.symbol}",
                    )
                )
            )
        timed = next((row["date"] for row in data if row["date"][11:19] not in MIDNIGHT), "")
        if timed:
            raise ProviderError(f"it sent a bar of {timed[11:16]} when asked for days")
        found, later = [], 1.0
        for row in reversed(data):
            day = dt.date.fromisoformat(row["date"][:10])
            adjusted = {
                name: row[name] / later if row.get(name) else None
                for name in ("open", "high", "low", "close")
            }
            volume = row["volume"] * later if row.get("volume") else None
            found.append(bar(day, {**adjusted, "volume": volume}))
            later *= row.get("splitFactor") or 1.0
        return [row for row in found if row]

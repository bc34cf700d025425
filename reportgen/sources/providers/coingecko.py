"""CoinGecko: daily prices of coins at midnight UTC; a free demo key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

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
    document,
)

COINS = {"BTC": "bitcoin", "ETH": "ethereum"}
"""Its names of coins, by ours before the currency."""
KEPT_DAYS = 365


class CoinGecko(Provider):
    """A point at 00:00 UTC is the close of the day before.

    The last point is of now, and is left out.
    """

    name = "coingecko"
    title = "CoinGecko"
    base_url = "https://api.coingecko.com"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence("attribution: data by CoinGecko", publish=True)
    limit = Limit(5, 0.5)
    keys = ("COINGECKO_API_KEY",)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Coins by their names."""
        return COINS.get(symbol.partition("-")[0]) if kind == "crypto" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The last days up to now; it keeps a year."""
        days = min(KEPT_DAYS, (ask.last - ask.first).days + 2)
        yield Call(
            path=f"/api/v3/coins/{ask.symbol}/market_chart",
            params={
                "vs_currency": ask.currency.lower(),
                "days": str(days),
                "interval": "daily",
            },
            secret_headers={"x-cg-demo-api-key": "COINGECKO_API_KEY"},
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Closes alone, by the UTC day that ended with them."""
        del ask  # one answer holds one thing
        data = document(reply.body)
        if "prices" not in data:
            said = data.get("error") or data.get("status")
            raise ProviderError(str(said or "the answer has no 'prices'"))
        stamps = (
            (dt.datetime.fromtimestamp(stamp / 1000, dt.UTC), price)
            for stamp, price in data["prices"]
        )
        day = dt.timedelta(days=1)
        return [
            Bar(at.date() - day, None, None, None, price, None)
            for at, price in stamps
            if at.time() == dt.time() and price
        ]

"""Coinbase Exchange: candles of coins, days of UTC; no key."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Ask,
    Bar,
    Call,
    Level,
    Licence,
    Limit,
    Provider,
    Reply,
    Role,
    Rows,
    document,
)

SECONDS = {"daily_bars": 86_400, "intraday_bars": 900}
OPENED = dt.date(2015, 7, 20)
PAGE = 300
"""Its first day of bitcoin; candles in one answer at most."""


class Coinbase(Provider):
    """The newest candle comes first, and is not finished."""

    name = "coinbase"
    title = "Coinbase"
    base_url = "https://api.exchange.coinbase.com"
    roles = frozenset[Role]({"daily_bars", "intraday_bars"})
    licence = Licence("market data terms of Coinbase", publish=False)
    limit = Limit(8, 5)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """The registry's own names, of coins."""
        return symbol if kind == "crypto" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """A page for every 300 candles."""
        step = dt.timedelta(seconds=SECONDS[ask.role])
        begin = dt.datetime.combine(max(ask.first, OPENED), dt.time(), dt.UTC)
        after = ask.last + dt.timedelta(days=1)
        end = dt.datetime.combine(after, dt.time(), dt.UTC) - step
        while begin <= end:
            last = min(begin + (PAGE - 1) * step, end)
            span = {"start": begin.isoformat(), "end": last.isoformat()}
            yield Call(
                path=f"/products/{ask.symbol}/candles",
                params={"granularity": str(SECONDS[ask.role]), **span},
            )
            begin = last + step

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Candles by their UTC day, or by their end.

        A candle is [start, low, high, open, close, volume].
        """
        data = document(reply.body)
        if not isinstance(data, list):
            said = data.get("message", "the answer is no list of candles")
            raise ProviderError(str(said))
        starts = [(dt.datetime.fromtimestamp(row[0], dt.UTC), row) for row in data]
        _refuse_other(ask, [start for start, _ in starts])
        if ask.role == "intraday_bars":
            step = dt.timedelta(seconds=SECONDS[ask.role])
            ends = [(start + step, row[4]) for start, row in starts]
            return [Level(end, price) for end, price in ends if end <= reply.at]
        return [_bar(start.date(), row) for start, row in starts]


def _refuse_other(ask: Ask, starts: list[dt.datetime]) -> None:
    """Raise ProviderError for candles of another length than the one asked for."""
    step = SECONDS[ask.role]
    apart = [(b - a).total_seconds() for a, b in itertools.pairwise(sorted(starts))]
    off = next((start for start in starts if start.timestamp() % step), None)
    if off or (apart and min(apart) > step):
        told = f"one of {off:%H:%M}" if off else f"candles {min(apart) / 60:g} minutes apart"
        raise ProviderError(f"it sent {told} when asked for candles of {step // 60:,} minutes")


def _bar(day: dt.date, row: list[float]) -> Bar:
    return Bar(day, row[3], row[2], row[1], row[4], row[5])

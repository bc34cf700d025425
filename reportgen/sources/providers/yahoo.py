"""Yahoo's chart API: bars of indexes, stocks, funds, futures and coins."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Ask,
    Bar,
    Call,
    Level,
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

MINUTES = 15
YIELDS = {"DGS10": "^TNX", "DGS30": "^TYX", "DGS5": "^FVX"}
"""Cboe's yield indexes, in percent, in place of the Treasury's own figures."""


class Yahoo(Provider):
    """Prices adjusted for splits, not for dividends.

    Close and live bar of one day come in one series.
    """

    name = "yahoo"
    title = "Yahoo Finance"
    base_url = "https://query2.finance.yahoo.com"
    roles = frozenset[Role]({"daily_bars", "intraday_bars", "rates"})
    licence = Licence("personal use; no redistribution", publish=False)
    limit = Limit(60, 4)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Its own names are the registry's.

        Of yields it has those that Cboe quotes.
        """
        return YIELDS.get(symbol) if kind in ("yield", "policy_rate") else symbol

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One chart, from the first day's start to the last one's end in UTC."""
        from urllib.parse import quote

        start = dt.datetime.combine(ask.first, dt.time(), dt.UTC)
        after = ask.last + dt.timedelta(days=2)
        end = dt.datetime.combine(after, dt.time(), dt.UTC)
        yield Call(
            path=f"/v8/finance/chart/{quote(ask.symbol, safe='')}",
            params={
                "period1": f"{start.timestamp():.0f}",
                "period2": f"{end.timestamp():.0f}",
                "events": "splits",
                "includePrePost": "false",
                "interval": "1d" if ask.role != "intraday_bars" else f"{MINUTES}m",
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Bars by the exchange's own day.

        Of two bars of one day the later is the live one, and stays.
        """
        chart = document(reply.body).get("chart") or {}
        if error := chart.get("error"):
            raise ProviderError(f"{error.get('code')}: {error.get('description')}")
        result = (chart.get("result") or [None])[0]
        if not result or not result.get("timestamp"):
            raise ProviderError(f"it has nothing on {ask.symbol} from {ask.first} to {ask.last}")
        meta = result["meta"]
        if meta.get("symbol", ask.symbol) != ask.symbol:
            other = meta["symbol"]
            raise ProviderError(f"it answered for {other} when asked for {ask.symbol}")
        zone = ZoneInfo(meta.get("exchangeTimezoneName") or "America/New_York")
        if ask.role == "intraday_bars":
            return _levels(result, ask, reply)
        bars = {bar.day: bar for bar in _bars(result, zone)}
        if ask.role == "rates":
            name = next(name for name, own in YIELDS.items() if own == ask.symbol)
            return [Point(name, bar.day, bar.close) for bar in bars.values()]
        return list(bars.values())


def _rows(result: dict[str, Any]) -> Iterator[tuple[int, list[float | None]]]:
    quote = result["indicators"]["quote"][0]
    names = ("open", "high", "low", "close", "volume")
    columns = [quote.get(name) or [] for name in names]
    if len(columns[3]) != len(result["timestamp"]):
        times = len(result["timestamp"])
        raise ProviderError(f"it sent {times} times and {len(columns[3])} closes")
    for place, stamp in enumerate(result["timestamp"]):
        values = [_number_at(column, place) for column in columns]
        if values[3] is not None:
            yield stamp, values


def _number_at(column: Sequence[Any], place: int) -> float | None:
    """The number at *place*; None where the *column* is shorter or has none."""
    return number(column[place]) if place < len(column) else None


def _bars(result: dict[str, Any], zone: ZoneInfo) -> Iterator[Bar]:
    for stamp, (opened, high, low, close, volume) in _rows(result):
        day = dt.datetime.fromtimestamp(stamp, dt.UTC).astimezone(zone).date()
        yield Bar(day, opened, high, low, close or 0.0, volume)


def _levels(result: dict[str, Any], ask: Ask, reply: Reply) -> list[Level]:
    """The ends of bars of the session that were over when the answer came.

    And the quote of that moment.
    """
    periods = result["meta"].get("currentTradingPeriod") or {}
    regular = periods.get("regular") or {}
    over = min(reply.at.timestamp(), regular.get("end") or math.inf)
    step = MINUTES * 60
    found = []
    for stamp, values in _rows(result):
        if stamp % step == 0 and stamp + step <= over:
            ended = dt.datetime.fromtimestamp(stamp + step, dt.UTC)
            found.append(Level(ended, values[3] or 0.0))
    found += _quote(result["meta"], regular, over)
    if not found:
        raise ProviderError(
            f"it has no bars of {MINUTES} minutes of {ask.symbol} from {ask.first} to {ask.last}"
        )
    return found


def _quote(
    meta: dict[str, Any],
    regular: dict[str, Any],
    over: float,
) -> list[Level]:
    """The newest price with its own time, if that is in the running session.

    A day-old price has its own day's.
    """
    price = number(meta.get("regularMarketPrice"))
    at = number(meta.get("regularMarketTime"))
    if price is None or at is None or not regular.get("start"):
        return []
    return (
        [Level(dt.datetime.fromtimestamp(at, dt.UTC), price)]
        if regular["start"] < at <= over
        else []
    )

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
    Split,
    document,
    number,
)

MINUTES = 15
HUNDREDTHS = {
    "GBp": ("GBX", "GBP"),
    "ILA": ("ILA", "ILS"),
    "USX": ("USX", "USD"),
    "ZAc": ("ZAC", "ZAR"),
}
"""Its names of hundredths of a currency, with ours and the whole currency."""
SEEN = 1.2
"""The ratio of a split from which the prices themselves show whether they are adjusted for it."""
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
                "interval": _interval(ask),
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
        meta = result["meta"] if result else {}
        _refuse_other(ask, meta)
        if not result or not result.get("timestamp"):
            raise ProviderError(f"it has nothing on {ask.symbol} from {ask.first} to {ask.last}")
        zone = ZoneInfo(meta.get("exchangeTimezoneName") or "America/New_York")
        if ask.role == "intraday_bars":
            return _levels(result, ask, reply)
        hundredth = _hundredth(ask, meta)
        bars = {bar.day: _times(bar, hundredth) for bar in _bars(result, zone)}
        for split in _splits(result, zone):
            bars = _adjusted(bars, split)
        if ask.role == "rates":
            name = next(name for name, own in YIELDS.items() if own == ask.symbol)
            return [Point(name, bar.day, bar.close) for bar in bars.values()]
        return list(bars.values())

    def splits(self, ask: Ask, reply: Reply) -> Sequence[Split]:
        """The splits of the span that was asked for."""
        del ask
        result = document(reply.body)["chart"]["result"][0]
        zone = ZoneInfo(result["meta"].get("exchangeTimezoneName") or "America/New_York")
        return _splits(result, zone)


def _interval(ask: Ask) -> str:
    """Its name of the length of the bars that are asked for."""
    return f"{MINUTES}m" if ask.role == "intraday_bars" else "1d"


def _refuse_other(ask: Ask, meta: dict[str, Any]) -> None:
    """Raise ProviderError for an answer on another symbol, or with bars of another length."""
    for told, wanted in (
        (meta.get("symbol", ask.symbol), ask.symbol),
        (meta.get("dataGranularity", _interval(ask)), _interval(ask)),
    ):
        if told != wanted:
            of = "" if wanted == ask.symbol else f" of {ask.symbol}"
            raise ProviderError(f"it answered for {told} when asked for {wanted}{of}")


def _hundredth(ask: Ask, meta: dict[str, Any]) -> float:
    """What its prices are multiplied by to be in the currency that is asked for.

    Raises:
        ProviderError: They are in another one.
    """
    told = str(meta.get("currency") or ask.currency)
    ours, whole = HUNDREDTHS.get(told, (told, ""))
    if ask.role != "daily_bars" or ask.currency in ("", ours):
        return 1.0
    if ask.currency == whole:
        return 0.01
    raise ProviderError(f"it tells {ask.symbol} in {told}, and {ask.currency} was asked for")


def _times(bar: Bar, factor: float) -> Bar:
    """*bar* with *factor* times its prices."""
    if factor == 1:
        return bar
    opened, high, low = (p if p is None else p * factor for p in (bar.open, bar.high, bar.low))
    return bar._replace(open=opened, high=high, low=low, close=bar.close * factor)


def _splits(result: dict[str, Any], zone: ZoneInfo) -> list[Split]:
    """The splits that an answer tells, oldest first."""
    told = (result.get("events") or {}).get("splits") or {}
    found = []
    for row in told.values():
        numerator, denominator = number(row.get("numerator")), number(row.get("denominator"))
        if numerator and denominator:
            at = dt.datetime.fromtimestamp(row["date"], dt.UTC).astimezone(zone)
            found.append(Split(at.date(), numerator / denominator))
    return sorted(found)


def _adjusted(bars: dict[dt.date, Bar], split: Split) -> dict[dt.date, Bar]:
    """*bars* at the scale of after *split*.

    On the day of a split it may still tell the days before at the old one: then the first close is
    nearer to one old share's part than to one old share.
    """
    before = max((day for day in bars if day < split.day), default=None)
    after = min((day for day in bars if day >= split.day), default=None)
    if before is None or after is None or 1 / SEEN < split.ratio < SEEN:
        return bars
    step = math.log(bars[after].close / bars[before].close)
    if abs(step + math.log(split.ratio)) > abs(step):
        return bars
    return {
        day: _times(bar, 1 / split.ratio)._replace(
            volume=None if bar.volume is None else bar.volume * split.ratio
        )
        if day < split.day
        else bar
        for day, bar in bars.items()
    }


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

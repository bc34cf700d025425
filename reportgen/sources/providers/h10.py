"""The Federal Reserve Board's H.10: noon buying rates of currencies in New York.

Public, no key. Rates of a week come on the Monday after it, at 16:15.

They are read from the Board's Data Download Program rather than from FRED's copy, which comes
later: its file names each series, and says its unit and its multiplier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

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
    fixings,
    lines,
    number,
    refuse_currency,
)

PACKAGE = "60f32914ab61dfab590e0e470153e3ae"
"""Its name of all daily rates as one file."""
NO_DATA = "ND"
"""A day without a rate, such as a holiday."""
HEADS = ("Unit:", "Multiplier:", "Time Period")


class Rate(NamedTuple):
    """The name of a series, the currency that is quoted, and the one that it is quoted in.

    A name with "$US" is of dollars for one unit; the others are of units for one dollar.
    """

    name: str
    base: str
    quote: str


SERIES = {
    "EURUSD.H10": Rate("RXI$US_N.B.EU", "EUR", "USD"),
    "GBPUSD.H10": Rate("RXI$US_N.B.UK", "GBP", "USD"),
    "AUDUSD.H10": Rate("RXI$US_N.B.AL", "AUD", "USD"),
    "USDJPY.H10": Rate("RXI_N.B.JA", "USD", "JPY"),
    "USDCHF.H10": Rate("RXI_N.B.SZ", "USD", "CHF"),
    "USDCAD.H10": Rate("RXI_N.B.CA", "USD", "CAD"),
    "USDCNY.H10": Rate("RXI_N.B.CH", "USD", "CNY"),
    "USDMXN.H10": Rate("RXI_N.B.MX", "USD", "MXN"),
}
"""Its series by our symbols."""


class H10(Provider):
    """One file with a column for each currency, below lines on what each column is."""

    name = "h10"
    title = "Federal Reserve Board"
    base_url = "https://www.federalreserve.gov"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence("public", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Rates of currencies against the dollar."""
        return SERIES[symbol].name if kind == "fx" and symbol in SERIES else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file of the days."""
        yield Call(
            path="/datadownload/Output.aspx",
            params={
                "rel": "H10",
                "series": PACKAGE,
                "lastobs": "",
                "from": f"{ask.first:%m/%d/%Y}",
                "to": f"{ask.last:%m/%d/%Y}",
                "filetype": "csv",
                "label": "include",
                "layout": "seriescolumn",
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Rates by day; ProviderError where the column is missing or in another unit."""
        rows = lines(reply.body)
        heads = {row[0].strip(): row for row in rows if row and row[0].strip() in HEADS}
        if len(heads) < len(HEADS):
            lacking = next(name for name in HEADS if name not in heads)
            raise ProviderError(f"the answer has no column '{ask.symbol}' below a line '{lacking}'")
        rate = next(one for one in SERIES.values() if one.name == ask.symbol)
        names = heads["Time Period"]
        if names.count(rate.name) != 1:
            raise ProviderError(f"the answer has {names.count(rate.name)} columns '{rate.name}'")
        place = names.index(rate.name)
        _refuse_unit(rate, ask, heads["Unit:"][place], heads["Multiplier:"][place])
        begin = rows.index(names) + 1
        return fixings(
            (
                (dt.date.fromisoformat(row[0]), number(row[place]))
                for row in rows[begin:]
                if row and row[place] != NO_DATA
            ),
            reply,
        )


def _refuse_unit(rate: Rate, ask: Ask, unit: str, multiplier: str) -> None:
    """Raise ProviderError where the column is of another unit than the rate has.

    The unit is "Currency:_Per_EUR", or "Currency" alone.
    """
    _, per, of = unit.partition("_Per_")
    if not unit.startswith("Currency") or (per and of != rate.base):
        raise ProviderError(f"it sent '{rate.name}' in '{unit}', not for one {rate.base}")
    if number(multiplier) != 1:
        raise ProviderError(f"it sent '{rate.name}' times {multiplier}")
    refuse_currency(ask, rate.quote, f"'{rate.name}'")

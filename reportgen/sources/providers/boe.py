"""The Bank of England's database: spot rates of sterling, Bank Rate and yields of gilts.

Open Government Licence; no key.
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
    fixings,
    lines,
    number,
    points,
    refuse_currency,
)

PAIRS = {"GBPUSD.BOE": ("XUDLUSS", "USD"), "GBPEUR.BOE": ("XUDLERS", "EUR")}
"""Its series of spot rates for one pound, each with the currency, by our symbols."""
RATES = {
    "IUDBEDR": "policy_rate",
    "IUDSNPY": "yield",
    "IUDMNPY": "yield",
    "IUDLNPY": "yield",
}
"""Bank Rate, and par yields of gilts of five, ten and twenty years."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
"""The months in its days, in English wherever it is asked from: "01 Oct 2026"."""


class Boe(Provider):
    """A column for each series. A wrong question is answered by a page."""

    name = "boe"
    title = "Bank of England"
    base_url = "https://www.bankofengland.co.uk"
    roles = frozenset[Role]({"daily_bars", "rates"})
    licence = Licence("Open Government Licence", publish=True)
    limit = Limit(2, 0.5)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Rates of sterling, Bank Rate, and yields of gilts, by the names of its series."""
        if kind == "fx" and symbol in PAIRS:
            return PAIRS[symbol][0]
        return symbol if RATES.get(symbol) == kind else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file of the days."""
        yield Call(
            path="/boeapps/database/_iadb-fromshowcolumns.asp",
            params={
                "csv.x": "yes",
                "Datefrom": _written(ask.first),
                "Dateto": _written(ask.last),
                "SeriesCodes": ask.symbol,
                "CSVF": "TN",
                "UsingCodes": "Y",
                "VPD": "Y",
                "VFD": "N",
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Rates by day; ProviderError where the answer has another series."""
        rows = lines(reply.body)
        head = [name.strip() for name in rows[0]]
        if head[0].upper() != "DATE" or head.count(ask.symbol) != 1:
            raise ProviderError(
                f"the answer has no column 'DATE' with one '{ask.symbol}'; it has {', '.join(head)}"
            )
        place = head.index(ask.symbol)
        told = [(_day(row[0]), number(row[place])) for row in rows[1:] if row]
        if ask.role == "daily_bars":
            quote = next(currency for name, currency in PAIRS.values() if name == ask.symbol)
            refuse_currency(ask, quote)
            return fixings(told, reply)
        return points(ask, told, reply)


def _written(day: dt.date) -> str:
    """A day as it wants it: "01/Oct/2026"."""
    return f"{day.day:02}/{MONTHS[day.month - 1]}/{day.year}"


def _day(text: str) -> dt.date:
    """The day that it writes as "01 Oct 2026".

    Raises:
        ValueError: It is none.
    """
    day, month, year = text.split()
    return dt.date(int(year), MONTHS.index(month) + 1, int(day))

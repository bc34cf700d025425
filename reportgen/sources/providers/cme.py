"""CME's settlement pages.

30-day Fed funds futures by trade date; no key, and only the last few days.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from reportgen.core.errors import ProviderError
from reportgen.sources.providers.contract import (
    Ask,
    Call,
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

MONTHS = dict(
    zip(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
        "FGHJKMNQUVXZ",
        strict=True,
    )
) | {"JLY": "N"}
FED_FUNDS = "305"
"""Its number for 30-day Fed funds futures."""
PRODUCT = re.compile(r"/Settlements/(\d+)/FUT")
PRICES = (75.0, 102.0)
"""What the price of a Fed funds future can be: 100 less a rate of -2% to 25%."""
KEPT_DAYS = 10
"""Days, weekends and holidays included, for which it still has settlements."""


class Cme(Provider):
    """All contracts of a trade date in one answer."""

    name = "cme"
    title = "CME settlement prices"
    base_url = "https://www.cmegroup.com"
    roles = frozenset[Role]({"futures"})
    licence = Licence(
        "reference only; say that odds are computed from its settlement prices",
        publish=False,
    )
    limit = Limit(8, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """The curve of Fed funds futures, and nothing else."""
        return symbol if kind == "futures" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """A page per weekday that it may still have."""
        day = max(ask.first, ask.last - dt.timedelta(days=KEPT_DAYS))
        while day <= ask.last:
            if day.weekday() < 5:
                yield Call(
                    path=f"/CmeWS/mvc/Settlements/Futures/Settlements/{FED_FUNDS}/FUT",
                    params={"tradeDate": f"{day:%m/%d/%Y}"},
                )
            day += dt.timedelta(days=1)

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Settlements by contract ("ZQG2025") of the trade date in the URL.

        None on an empty page, the answer for a day without trade.
        """
        del ask  # one answer holds one thing
        other = PRODUCT.search(reply.url)
        if other and other[1] != FED_FUNDS:
            raise ProviderError(f"the answer is on product {other[1]}, and {FED_FUNDS} was asked")
        data = document(reply.body)
        day = _trade_date(reply.url)
        if "settlements" not in data:
            raise ProviderError("the answer has no 'settlements'")
        rows = [] if data.get("empty") else data["settlements"]
        points = list[Point]()
        for row in rows:
            month, _, year = str(row.get("month", "")).partition(" ")
            price = number(row.get("settle"))
            if month in MONTHS and price is not None:
                if not PRICES[0] <= price <= PRICES[1]:
                    raise ProviderError(
                        f"{row['month']} settles at {price:,g}: this is no 30-day Fed funds future"
                    )
                points.append(
                    Point(
                        f"ZQ{MONTHS[month]}20{year[-2:]}",
                        day,
                        price,
                    )
                )
        return points


def _trade_date(url: str) -> dt.date:
    from urllib.parse import parse_qs, urlsplit

    found = parse_qs(urlsplit(url).query)["tradeDate"][0]
    return dt.datetime.strptime(found, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone

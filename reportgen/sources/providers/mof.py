"""Japan's Ministry of Finance: yields of government bonds by maturity, on the next morning.

Free with its name; no key.
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
    Provider,
    Reply,
    Role,
    Rows,
    lines,
    number,
    points,
)

SERIES = re.compile(r"JGB(\d+)")
"""Our names of the maturities: JGB10 for ten years."""
FOLDER = "/english/policy/jgbs/reference/interest_rate"
RECENT = dt.timedelta(days=20)
"""How long a day is in the file of the month at most."""


class Mof(Provider):
    """A file of the month, and one of all days before it.

    A line of words stands above the heads, and a maturity without a value has "-".
    """

    name = "mof"
    title = "Japan's Ministry of Finance"
    base_url = "https://www.mof.go.jp"
    roles = frozenset[Role]({"rates"})
    licence = Licence("free with the name of the ministry", publish=True)
    limit = Limit(2, 0.5)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Yields, by years to maturity."""
        return symbol if kind == "yield" and SERIES.fullmatch(symbol) else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The file of the month; that of all earlier days, too, where they are asked for."""
        if ask.first < ask.last.replace(day=1) or ask.last - ask.first > RECENT:
            yield Call(path=f"{FOLDER}/historical/jgbcme_all.csv")
        yield Call(path=f"{FOLDER}/jgbcme.csv")

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """The yield in percent by day."""
        rows = lines(reply.body)
        place = next((n for n, row in enumerate(rows) if row and row[0].strip() == "Date"), None)
        column = SERIES.sub(r"\1Y", ask.symbol)
        if place is None or column not in rows[place]:
            raise ProviderError(f"the answer has no column 'Date' with one '{column}'")
        at = rows[place].index(column)
        told = (
            (dt.date(*map(int, row[0].split("/"))), number(row[at]))
            for row in rows[place + 1 :]
            if len(row) > at and row[0][:1].isdigit()
        )
        return points(ask, told, reply)

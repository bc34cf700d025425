"""The U.S. Treasury's daily par yield curve: yields of the day, on its evening.

Public, no key.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
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
    number,
    plain_text,
)

SERIES = re.compile(r"DGS(\d+)(MO)?")
"""FRED's names of the curve's series: DGS10 for ten years, DGS3MO for three months."""
MATURITY = re.compile(r"[\d.]+ (Mo|Month|Yr)")
"""The head of a column of par yields; those of real yields and of bills are written otherwise."""
FOLDER = "/resource-center/data-chart-center/interest-rates"


class Treasury(Provider):
    """One file a year, the newest day first.

    A maturity that was not yet, or not any more, issued has no value.
    """

    name = "treasury"
    title = "U.S. Treasury"
    base_url = "https://home.treasury.gov"
    roles = frozenset[Role]({"rates"})
    licence = Licence("public", publish=True)
    limit = Limit(40, 2)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Yields, by the names that FRED gives them."""
        return symbol if kind == "yield" and SERIES.fullmatch(symbol) else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The file of each year."""
        for year in range(ask.first.year, ask.last.year + 1):
            yield Call(
                path=f"{FOLDER}/daily-treasury-rates.csv/{year}/all",
                params={
                    "type": "daily_treasury_yield_curve",
                    "field_tdr_date_value": str(year),
                    "_format": "csv",
                },
            )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """The yield in percent by day.

        Columns go by their names, since maturities come and go. The file of a
        year that has not begun, or has no value yet, has no bytes: that is no
        value, and no failure.
        """
        empty = not reply.body.strip(b"\xef\xbb\xbf \r\n")
        if empty and f"/{ask.last.year}/" in reply.url:
            return []
        rows = csv.DictReader(io.StringIO(plain_text(reply.body)))
        if "Date" not in (rows.fieldnames or ()):
            raise ProviderError("the answer has no column 'Date'")
        if not any(map(MATURITY.fullmatch, rows.fieldnames or ())):
            raise ProviderError("the answer has no maturity of the par yield curve")
        column = SERIES.sub(_column, ask.symbol)
        found = []
        for row in rows:
            value = number(row.get(column))
            if value is not None:
                day = dt.datetime.strptime(row["Date"], "%m/%d/%Y")  # noqa: DTZ007 - a day
                found.append(Point(ask.symbol, day.date(), value))
        return found


def _column(series: re.Match[str]) -> str:
    """The head of a series in the Treasury's file: "10 Yr", "3 Mo"."""
    return f"{series[1]} {'Mo' if series[2] else 'Yr'}"

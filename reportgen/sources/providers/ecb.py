"""The European Central Bank's reference rates of the euro, at about 16:00 in Frankfurt.

Free with its name; no key.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
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
    number,
    plain_text,
    refuse_currency,
)

PAIRS = {
    f"EUR{code}.ECB": code for code in ("USD", "JPY", "GBP", "CHF", "CNY", "SEK", "AUD", "CAD")
}
"""Its currencies, each quoted for one euro, by our symbols."""


class Ecb(Provider):
    """Its data portal's CSV: a line a day, with the name of the series and its parts."""

    name = "ecb"
    title = "European Central Bank"
    base_url = "https://data-api.ecb.europa.eu"
    roles = frozenset[Role]({"daily_bars"})
    licence = Licence("free with the name of the bank", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Rates of the euro, by the other currency."""
        return PAIRS.get(symbol) if kind == "fx" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file of the days."""
        yield Call(
            path=f"/service/data/EXR/D.{ask.symbol}.EUR.SP00.A",
            params={
                "startPeriod": ask.first.isoformat(),
                "endPeriod": ask.last.isoformat(),
                "format": "csvdata",
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Rates by day; ProviderError where the answer is of another series."""
        rows = list(csv.DictReader(io.StringIO(plain_text(reply.body))))
        if not rows or not {"KEY", "TIME_PERIOD", "OBS_VALUE"} <= rows[0].keys():
            raise ProviderError("the answer has no column 'KEY', 'TIME_PERIOD' or 'OBS_VALUE'")
        wanted = f"EXR.D.{ask.symbol}.EUR.SP00.A"
        other = next((row["KEY"] for row in rows if row["KEY"] != wanted), None)
        if other:
            raise ProviderError(f"it answered for {other} when asked for {wanted}")
        multiplied = {row.get("UNIT_MULT") or "0" for row in rows}
        if multiplied != {"0"}:
            raise ProviderError(f"it sent {wanted} in tens to the {', '.join(sorted(multiplied))}")
        refuse_currency(ask, ask.symbol, wanted)
        return fixings(
            ((dt.date.fromisoformat(row["TIME_PERIOD"]), number(row["OBS_VALUE"])) for row in rows),
            reply,
        )

"""The New York Fed's markets API.

The effective Fed funds rate and the target range; public, no key.
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
    Point,
    Provider,
    Reply,
    Role,
    Rows,
    document,
    number,
)

RATE = "EFFR"
"""Its name of the effective Fed funds rate, with which the range comes."""
SERIES = {
    "DFF": "percentRate",
    "DFEDTARL": "targetRateFrom",
    "DFEDTARU": "targetRateTo",
}


class NyFed(Provider):
    """One answer holds the rate and both ends of the range of each day."""

    name = "nyfed"
    title = "Federal Reserve Bank of New York"
    base_url = "https://markets.newyorkfed.org"
    roles = frozenset[Role]({"rates"})
    licence = Licence("public", publish=True)
    limit = Limit(10, 2)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """The three series of the policy rate, which one answer holds."""
        return symbol if kind == "policy_rate" and symbol in SERIES else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One search."""
        yield Call(
            path="/api/rates/unsecured/effr/search.json",
            params={
                "startDate": ask.first.isoformat(),
                "endDate": ask.last.isoformat(),
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """The rate, or one end of the range, by day.

        A day without it is left out.
        """
        listed = document(reply.body).get("refRates")
        if listed is None:
            raise ProviderError("the answer has no 'refRates'")
        other = next((row["type"] for row in listed if row.get("type", RATE) != RATE), None)
        if other:
            raise ProviderError(f"it answered for {other} when asked for {RATE}")
        return [
            Point(ask.symbol, dt.date.fromisoformat(row["effectiveDate"]), value)
            for row in listed
            if (value := number(row.get(SERIES[ask.symbol]))) is not None
        ]

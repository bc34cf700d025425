"""The Bank of Japan's time series: spot rates of the dollar in Tokyo, and the overnight call rate.

No key; its terms ask for its name.
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
    document,
    fixings,
    number,
    points,
    refuse_currency,
)

DONE = 200


class Series(NamedTuple):
    """A database, a series in it, and the words that its unit may have."""

    database: str
    code: str
    units: tuple[str, ...]


SERIES = {
    "USDJPY.BOJ": Series("FM08", "FXERD04", ("yen", "jpy")),
    "STRDCLUCON": Series("FM01", "STRDCLUCON", ("percent", "%")),
}
"""The dollar at 17:00 in Tokyo, and the uncollateralised overnight call rate."""
KINDS = {"USDJPY.BOJ": "fx", "STRDCLUCON": "policy_rate"}
CURRENCY = "JPY"


class Boj(Provider):
    """One answer in JSON: days as numbers, and values beside them, null where there is none."""

    name = "boj"
    title = "Bank of Japan"
    base_url = "https://www.stat-search.boj.or.jp"
    roles = frozenset[Role]({"daily_bars", "rates"})
    licence = Licence("free with the name of the bank", publish=True)
    limit = Limit(2, 0.5)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """The dollar in yen, and the call rate."""
        return SERIES[symbol].code if KINDS.get(symbol) == kind else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One answer of the months."""
        series = next(one for one in SERIES.values() if one.code == ask.symbol)
        yield Call(
            path="/api/v1/getDataCode",
            params={
                "format": "json",
                "lang": "en",
                "db": series.database,
                "code": series.code,
                "startDate": f"{ask.first:%Y%m}",
                "endDate": f"{ask.last:%Y%m}",
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Rates by day; ProviderError in the bank's words where it has none."""
        data = document(reply.body)
        if data.get("STATUS") != DONE or not data.get("RESULTSET"):
            raise ProviderError(str(data.get("MESSAGE") or "the answer has no 'RESULTSET'"))
        found = data["RESULTSET"]
        if [one["SERIES_CODE"] for one in found] != [ask.symbol]:
            others = ", ".join(str(one["SERIES_CODE"]) for one in found)
            raise ProviderError(f"it answered for {others} when asked for {ask.symbol}")
        series = next(one for one in SERIES.values() if one.code == ask.symbol)
        unit = str(found[0].get("UNIT") or "")
        if unit and not any(word in unit.lower() for word in series.units):
            raise ProviderError(f"it sent {ask.symbol} in '{unit}', not in {series.units[0]}")
        refuse_currency(ask, CURRENCY)
        days, values = found[0]["VALUES"]["SURVEY_DATES"], found[0]["VALUES"]["VALUES"]
        told = [
            (dt.datetime.strptime(str(day), "%Y%m%d").date(), number(value))  # noqa: DTZ007 - a day
            for day, value in zip(days, values, strict=True)
        ]
        return fixings(told, reply) if ask.role == "daily_bars" else points(ask, told, reply)

"""FRED, the St. Louis Fed's database: yields, the target range, release dates.

A free key.
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
    asked_of,
    document,
    number,
)

LEVELS = "lin"
"""Its name of values as they are, not as changes."""
RELEASES = {
    "labor": {
        50: "the employment report",
        10: "the consumer price index",
        46: "the producer price index",
    },
    "output": {53: "gross domestic product", 54: "personal income and outlays"},
    "trade": {9: "retail sales"},
}
"""Releases that a market waits for, by subject and FRED's number, as words."""


class Fred(Provider):
    """A value is "." on a day without one.

    Yields appear on the next business day.
    """

    name = "fred"
    title = "FRED (St. Louis Fed)"
    base_url = "https://api.stlouisfed.org"
    roles = frozenset[Role]({"rates", "events"})
    licence = Licence(
        "most series are public; uses the FRED API but is not endorsed by the bank",
        publish=True,
    )
    limit = Limit(20, 2)
    keys = ("FRED_API_KEY",)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Series of rates and yields by their own names, and releases."""
        release = kind == "events" and symbol in RELEASES
        return symbol if kind in ("yield", "policy_rate") or release else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The observations of one series.

        For events the dates of each release, those to come included.
        """
        secret = {"api_key": "FRED_API_KEY"}
        if ask.role == "events":
            span = {
                "realtime_start": ask.first.isoformat(),
                "realtime_end": ask.last.isoformat(),
            }
            more = {
                "include_release_dates_with_no_data": "true",
                "sort_order": "asc",
                "file_type": "json",
            }
            for number in RELEASES.get(ask.symbol, RELEASES["labor"]):
                yield Call(
                    path="/fred/release/dates",
                    params={"release_id": str(number), **span, **more},
                    secret_params=secret,
                )
            return
        params = {
            "observation_start": ask.first.isoformat(),
            "observation_end": ask.last.isoformat(),
            "file_type": "json",
        }
        yield Call(
            path="/fred/series/observations",
            params={"series_id": ask.symbol, **params},
            secret_params=secret,
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """Values in percent by day, or releases by day."""
        data = document(reply.body)
        if "error_message" in data:
            code, message = data.get("error_code"), data["error_message"]
            raise ProviderError(f"error {code}: {message}")
        if ask.role == "events":
            if "release_dates" not in data:
                raise ProviderError("the answer has no 'release_dates'")
            names = RELEASES[ask.symbol]
            due = [row for row in data["release_dates"] if row["release_id"] in names]
            return [
                Point(
                    names[row["release_id"]],
                    dt.date.fromisoformat(row["date"]),
                    0.0,
                )
                for row in due
            ]
        if "observations" not in data:
            raise ProviderError("the answer has no 'observations'")
        other = asked_of(reply.url, "series_id") or ask.symbol
        if other != ask.symbol:
            raise ProviderError(f"it answered for {other} when asked for {ask.symbol}")
        if data.get("units", LEVELS) != LEVELS:
            raise ProviderError(f"it sent {ask.symbol} in units '{data['units']}', not as it is")
        return [
            Point(ask.symbol, dt.date.fromisoformat(row["date"]), value)
            for row in data["observations"]
            if (value := number(row["value"])) is not None
        ]

"""The Bureau of Economic Analysis' dates of releases, with their times.

Public, no key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

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
    not_used_up,
)

RELEASES = {
    "Gross Domestic Product": "gross domestic product",
    "Personal Income and Outlays": "personal income and outlays",
}
"""Releases that a market waits for, by the bureau's name, in a brief's words."""
WASHINGTON = ZoneInfo("America/New_York")


class Bea(Provider):
    """One file: the times of each release of the year, with an offset."""

    name = "bea"
    title = "Bureau of Economic Analysis"
    base_url = "https://apps.bea.gov"
    roles = frozenset[Role]({"events"})
    licence = Licence("public", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """The releases on output and incomes."""
        return symbol if kind == "events" and symbol == "output" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file, whatever the days."""
        del ask
        yield Call(path="/API/signup/release_dates.json")

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """What is due, by name and day, in minutes since midnight in Washington."""
        data = document(reply.body)
        if not RELEASES.keys() & data.keys():
            raise ProviderError("the answer has none of the releases")
        found = []
        for title in RELEASES.keys() & data.keys():
            for text in data[title]["release_dates"]:
                at = dt.datetime.fromisoformat(text).astimezone(WASHINGTON)
                found.append(
                    Point(
                        RELEASES[title],
                        at.date(),
                        60.0 * at.hour + at.minute,
                    )
                )
        return not_used_up(found, ask)

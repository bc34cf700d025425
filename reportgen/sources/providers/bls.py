"""The Bureau of Labor Statistics' calendar of releases, with their times.

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
    not_used_up,
    plain_text,
)

RELEASES = {
    "Employment Situation": "the employment report",
    "Consumer Price Index": "the consumer price index",
    "Producer Price Index": "the producer price index",
    "Employment Cost Index": "the employment cost index",
    "Job Openings and Labor Turnover Survey": "the survey of job openings",
}
"""Releases that a market waits for, by the calendar's name, as a brief's words."""
WASHINGTON = ZoneInfo("America/New_York")


class Bls(Provider):
    """One file in iCalendar's form (RFC 5545), in the time of Washington.

    It turns many programs away; FRED knows the days, too.
    """

    name = "bls"
    title = "Bureau of Labor Statistics"
    base_url = "https://www.bls.gov"
    roles = frozenset[Role]({"events"})
    licence = Licence("public", publish=True)
    limit = Limit(4, 1)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """The releases on work and prices."""
        return symbol if kind == "events" and symbol == "labor" else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """One file, whatever the days."""
        del ask
        yield Call(path="/schedule/news_release/bls.ics")

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """What is due, by name and day, in minutes since midnight in Washington."""
        from icalendar import Calendar

        try:
            calendar = Calendar.from_ical(plain_text(reply.body))
        except ValueError as error:
            raise ProviderError("the answer is no calendar") from error
        found = []
        for event in calendar.walk("VEVENT"):
            name = str(event.get("SUMMARY", "")).partition(" for ")[0]
            known = RELEASES.get(" ".join(name.split()))
            if known and "DTSTART" in event and event.get("STATUS") != "CANCELLED":
                found.append(Point(known, *_when(event.decoded("DTSTART"))))
        return not_used_up(found, ask)


def _when(start: dt.date) -> tuple[dt.date, float]:
    """The day and the minutes since midnight in Washington of *start*.

    A time without a zone is Washington's. A day alone has no minutes.
    """
    if not isinstance(start, dt.datetime):
        return start, 0.0
    here = start.astimezone(WASHINGTON) if start.tzinfo else start
    return here.date(), 60.0 * here.hour + here.minute

"""The Bureau of Labor Statistics' calendar of releases, with their times.

Public, no key.
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
STARTS = re.compile(
    r"DTSTART(?:;TZID=US-Eastern|;TZID=America/New_York)?:(\d{8})T(\d\d)(\d\d)\d\d$"
)


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
        # Long lines go on after a space.
        text = re.sub(r"\r?\n[ \t]", "", plain_text(reply.body))
        if not text.startswith("BEGIN:VCALENDAR"):
            raise ProviderError("the answer is no calendar")
        found = []
        for event in text.split("BEGIN:VEVENT")[1:]:
            lines = event.splitlines()
            summaries = (line for line in lines if line.startswith("SUMMARY"))
            name = next(summaries, "").partition(":")[2]
            start = next(filter(None, map(STARTS.match, lines)), None)
            known = RELEASES.get(name.partition(" for ")[0].strip())
            if known and start:
                day = dt.date.fromisoformat(start[1])
                minutes = 60.0 * int(start[2]) + int(start[3])
                found.append(Point(known, day, minutes))
        return not_used_up(found, ask)

"""Calendars that follow from rules in ``tables/calendars.toml``: days that no exchange has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from dateutil.easter import easter

from reportgen.config.schema import Line, read_toml, says

TABLE = Path(__file__).parent / "tables" / "calendars.toml"
DAY = dt.timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A line of ``holidays``: a day of a month, a weekday of a month, or a day after Easter."""

    name: Line
    month: Annotated[int, says("a month from 1 to 12", 1, ge=1, le=12)] = 1
    day: Annotated[int, says("a day of a month", 25, ge=0, le=31)] = 0
    weekday: Annotated[int, says("a weekday from 0, Monday", 0, ge=0, le=4)] = 0
    number: Annotated[int, says("the number of that weekday in its month", 3, ge=-1, le=5)] = 0
    easter: int | None = None
    """Days after Easter Sunday."""
    sunday: Literal["", "monday"] = ""
    """"monday" where one on a Sunday is kept on the day after."""
    since: int = 0
    """The first year in which it is kept."""

    def on(self, year: int) -> dt.date | None:
        """The day on which it is kept in *year*; None where it is on no weekday."""
        if year < self.since:
            return None
        found = self._falls_on(year)
        if found.weekday() == SUNDAY and self.sunday:
            found += DAY
        return found if found.weekday() < SATURDAY else None

    def _falls_on(self, year: int) -> dt.date:
        if self.easter is not None:
            return easter(year) + self.easter * DAY
        if self.day:
            return dt.date(year, self.month, self.day)
        if self.number < 0:
            end = (dt.date(year, self.month, 28) + 4 * DAY).replace(day=1) - DAY
            return end - (end.weekday() - self.weekday) % 7 * DAY
        first = dt.date(year, self.month, 1)
        return first + ((self.weekday - first.weekday()) % 7 + 7 * (self.number - 1)) * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A table of calendars.toml; its name is the code of the calendar."""

    name: Line
    zone: Line
    at: Annotated[str, says("a time of day", "12:00", pattern=CLOCK)]
    """The time of a day's figures, in its zone."""
    holidays: tuple[Holiday, ...]
    closed: tuple[dt.date, ...] = ()

    @property
    def minutes(self) -> int:
        """The time of a day's figures, in minutes from midnight."""
        hours, minutes = self.at.split(":")
        return 60 * int(hours) + int(minutes)

    def named(self, first: int, last: int) -> dict[dt.date, str]:
        """The weekdays without figures from the year *first* to *last*, and why."""
        found = dict.fromkeys(self.closed, "a closing for the day")
        for year in range(first, last + 1):
            kept = ((one.on(year), one.name) for one in self.holidays)
            found |= {day: name for day, name in kept if day}
        return found

    def days(self, first: dt.date, last: dt.date) -> Iterator[dt.date]:
        """The days with figures from *first* to *last*, both included."""
        without = self.named(first.year, last.year)
        day = first
        while day <= last:
            if day.weekday() < SATURDAY and day not in without:
                yield day
            day += DAY


@cache
def ruled() -> Mapping[str, Ruled]:
    """All calendars that follow from rules, by code.

    >>> ruled()["TARGET"].name
    'TARGET days'
    """
    return read_toml(TABLE, dict[str, Ruled], prepare=_since)


def _since(data: dict[str, object]) -> dict[str, object]:
    """The file with ``from``, a word of Python, under another name."""
    for table in data.values():
        for row in table.get("holidays", ()) if isinstance(table, dict) else ():
            if "from" in row:
                row["since"] = row.pop("from")
    return data

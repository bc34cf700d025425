"""ALFRED, the St. Louis Fed's archive of figures as they stood on each past day.

Public, no key. It tells what a release said, and what it said of the months before: an agency's own
answer has the newest revision of each month alone.

The archive has days and no times: those are the usual ones of each release. A list of the days of
each release says where to look; that a figure came on one of them is read from the archive of that
day and of the day before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

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
    Vintage,
    asked_of,
    lines,
    number,
    plain_text,
)
from reportgen.sources.providers.figures import FIGURES, Figure, month_before

if TYPE_CHECKING:
    from reportgen.sources.http import Web

GRAPH, DATES = "/graph/alfredgraph.csv", "/release/downloaddates"
DAYS = ("observation_date", "DATE")
"""What it calls the day of a value now, and until December 2024."""
RELEASES_AT_ONCE = 6
"""Releases in one question: it answers for twelve days, two of each."""
REVISED = 2
"""Months before a new one whose figures are kept, too: a release revises them."""
REACH = 16
"""Months before a release that an answer must hold, for a change over a year of some months."""
OVER = dt.timedelta(days=14)
"""The least time from the first day of a month to its figure."""
DAY = dt.timedelta(days=1)
EARLY, LATE = 8 * 60 + 30, 10 * 60
"""When agencies publish in the morning in New York, in minutes since midnight. What people consume
comes at the later time on days on which gross domestic product comes at the earlier one.
"""
Column = Mapping[dt.date, float | None]
"""The values of a series by month on one day; None where it has none for a month."""


class Archived(NamedTuple):
    """The archive's name of a series, its number of the release, and when that is always out."""

    name: str
    release: int
    minutes: int = EARLY


SERIES = {
    "CUUR0000SA0": Archived("CPIAUCNS", 10),
    "CUUR0000SA0L1E": Archived("CPILFENS", 10),
    "CUSR0000SA0": Archived("CPIAUCSL", 10),
    "CUSR0000SA0L1E": Archived("CPILFESL", 10),
    "CES0000000001": Archived("PAYEMS", 50),
    "LNS14000000": Archived("UNRATE", 50),
    "CES0500000003": Archived("CES0500000003", 50),
    "WPSFD4": Archived("PPIFIS", 46),
    "WPSFD49104": Archived("PPIFES", 46),
    "JTS000000000000000JOL": Archived("JTSJOL", 192, LATE),
    "PCEPI": Archived("PCEPI", 54, LATE),
    "PCEPILFE": Archived("PCEPILFE", 54, LATE),
    "RSAFS": Archived("RSAFS", 9),
    "RSFSXMV": Archived("RSFSXMV", 9),
}
"""Its series by ours, which have the names that agencies give them."""
OURS = {archived.name: ours for ours, archived in SERIES.items()}


class Alfred(Provider):
    """A file with a column for each day, with the day in its name: without it, it is of today."""

    name = "alfred"
    title = "ALFRED (St. Louis Fed)"
    base_url = "https://alfred.stlouisfed.org"
    roles = frozenset[Role]({"vintages"})
    licence = Licence("public; by way of ALFRED", publish=True)
    limit = Limit(40, 2)

    def symbol(self, symbol: str, kind: str) -> str | None:
        """Figures of months on prices, work and sales."""
        return SERIES[symbol].name if kind == "print" and symbol in SERIES else None

    def calls(self, ask: Ask) -> Iterable[Call]:
        """The days of the release; :meth:`history` asks for the figures of those."""
        release = SERIES[OURS[ask.symbol]].release
        yield Call(path=DATES, params={"rid": str(release), "ff": "txt"})

    def history(self, ask: Ask, web: Web) -> list[Reply]:
        """The days of the release, and files with the figures of each and of the day before."""
        listed = [web.get(self, call) for call in self.calls(ask)]
        days = {day for reply in listed for day in _listed(reply)}
        wanted = sorted(day for day in days if ask.first <= day <= ask.last)
        starts = range(0, len(wanted), RELEASES_AT_ONCE)
        some = [wanted[start : start + RELEASES_AT_ONCE] for start in starts]
        return [*listed, *(web.get(self, self._file(ask, days)) for days in some)]

    def _file(self, ask: Ask, days: list[dt.date]) -> Call:
        """A file of the figures on each of some *days* and on the day before."""
        both = sorted({day - back for day in days for back in (DAY, dt.timedelta())})
        begin = month_before(both[0].replace(day=1), REACH).isoformat()
        return Call(
            path=GRAPH,
            params={
                "id": ",".join([ask.symbol] * len(both)),
                "cosd": ",".join([begin] * len(both)),
                "vintage_date": ",".join(map(str, both)),
            },
        )

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """The figures of each release with new ones; none of the list of days.

        Raises:
            ProviderError: The answer is of other days or another series, or is cut short; or a
                value is in another unit, or of a month that was not over.
        """
        if urlsplit(reply.url).path.endswith(DATES):
            _listed(reply)
            return []
        ours = OURS[ask.symbol]
        wanted = asked_of(reply.url, "vintage_date")
        days = [dt.date.fromisoformat(day) for day in wanted.split(",") if day]
        columns = _columns(ask.symbol, FIGURES[ours], days, reply)
        return [
            row
            for day in days
            if day - DAY in columns
            for row in _of_release(ours, day, columns[day - DAY], columns[day])
        ]


def _listed(reply: Reply) -> list[dt.date]:
    """The days in the list of a release: the lines that are a day alone.

    Raises:
        ProviderError: There is none.
    """
    found = re.findall(r"^\s*(\d{4}-\d\d-\d\d)\s*$", plain_text(reply.body), re.MULTILINE)
    if not found:
        raise ProviderError("the list of the days of the release has no days")
    return [dt.date.fromisoformat(day) for day in found]


def _columns(
    name: str, figure: Figure, days: list[dt.date], reply: Reply
) -> Mapping[dt.date, Column]:
    """The values of a series on each of *days*."""
    head, *rows = lines(reply.body)
    columns = {f"{name}_{day:%Y%m%d}": day for day in days}
    if head[0] not in DAYS or sorted(head[1:]) != sorted(columns):
        lacking = next((column for column in columns if column not in head), name)
        raise ProviderError(
            f"the answer has no column '{lacking}', or others than those asked for; it has"
            f" {', '.join(head)}"
        )
    found: dict[dt.date, dict[dt.date, float | None]] = {day: {} for day in days}
    for cells in filter(None, rows):
        if len(cells) != len(head):
            raise ProviderError(f"the answer is cut short: it ends with '{','.join(cells)}'")
        month = dt.date.fromisoformat(cells[0])
        if any(month in column for column in found.values()):
            raise ProviderError(f"it tells {month:%Y-%m} twice")
        for column, cell in zip(head[1:], cells[1:], strict=True):
            found[columns[column]][month] = _value(figure, columns[column], month, cell)
    return found


def _value(figure: Figure, day: dt.date, month: dt.date, cell: str) -> float | None:
    """The value in a *cell* of the column of a *day*, None where it has none."""
    value = number(cell)
    if value is None:
        if cell.strip() not in ("", "."):
            raise ProviderError(f"it tells '{cell}' for {month:%Y-%m}, which is no number")
        return None
    if not figure.least <= value <= figure.most:
        raise ProviderError(f"it tells {value:g} for {month:%Y-%m}: in another unit?")
    if day < month + OVER:
        raise ProviderError(f"it tells {month:%Y-%m} on {day}, before that month was over")
    return value


def _of_release(name: str, day: dt.date, before: Column, on: Column) -> Iterator[Vintage]:
    """The figures that were new on a *day*, and those of the months before them as of that day.

    A month that was passed over has none, nor does a change from it.
    """
    known = [month for month, value in before.items() if value is not None]
    told = [month for month, value in on.items() if value is not None]
    if not known or not told or max(told) <= max(known):
        return
    figure, month = FIGURES[name], month_before(max(known), REVISED - 1)
    while month <= max(told):
        if figure.base(month) >= min(on):
            value, first = figure.told(on, month), month > max(known)
            yield Vintage(name, day, month, value, first, SERIES[name].minutes)
        month = month_before(month, -1)

"""When companies reported results, by what they filed with the SEC.

A filing of form 8-K with item 2.02 is only a candidate: companies file deliveries and charges
under it, too. It counts if its exhibit 99.1 has the income statement of a quarter. Its time is
that in the header of the filing, by the clock of Washington: that of the company's list of filings
is in New York's time for some companies and in UTC for others.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reportgen.config.resources import written
from reportgen.core.errors import ProviderError
from reportgen.markets import public_calendar
from reportgen.sources.http import Web
from reportgen.sources.providers.contract import (
    Ask,
    Call,
    Licence,
    Limit,
    Provider,
    Reply,
    Role,
    Rows,
    plain_text,
)

OPENS, SHUTS = dt.time(6), dt.time(22)
"""The hours in which filings are accepted."""
RESULTS, EXHIBITS = "2.02", "9.01"
"""The items of results of operations, and of exhibits."""
LATER = dt.timedelta(days=4)
"""A filing of an evening has the day of the next business day."""
ACCEPTED = re.compile(r"<ACCEPTANCE-DATETIME>\s*(\d{14})\b")
DOCUMENT = re.compile(
    r"<DOCUMENT>\s*<TYPE>\s*EX-99\.1\b.*?<TEXT>(?P<text>.*?)</TEXT>", re.DOTALL | re.IGNORECASE
)
STATEMENT = (
    r"(?:three months|quarters?|(?:twelve|thirteen|fourteen) weeks) ended",
    r"net (?:income|loss|earnings|\(loss\))",
    r"(?:revenues?|sales|net interest income)",
    r"per (?:\w+ )?share",
)
"""What the income statement of a quarter has, each in words."""
COLUMNS = ("symbol", "reported_at", "filing")
AGENT = "SEC_USER_AGENT"
"""The key whose value names a firm and its address for mail, without which it answers nobody."""
TERMS = Licence("public; names who asks, ten calls a second at most", publish=True)


class Reported(NamedTuple):
    """The results of a company: when they were accepted, and the number of the filing."""

    symbol: str
    at: dt.datetime
    filing: str


class _Sec(Provider):
    """A host of the SEC, asked by :func:`reported`."""

    title = "SEC EDGAR"
    roles = frozenset[Role]()
    licence = TERMS
    limit = Limit(5, 5)
    keys = (AGENT,)

    def calls(self, ask: Ask) -> Iterable[Call]:
        """None: what is asked next depends on what was answered."""
        del ask
        return ()

    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """No rows of a store."""
        del ask, reply
        return ()

    def ask(self, web: Web, path: str) -> Reply:
        """The answer to a call of that *path*."""
        return web.get(self, Call(path=path, secret_headers={"User-Agent": AGENT}))


class Lists(_Sec):
    """Where companies have their lists of filings."""

    name = "edgar-lists"
    base_url = "https://data.sec.gov"


class Archive(_Sec):
    """Where the filings are, and the numbers of companies."""

    name = "edgar-archive"
    base_url = "https://www.sec.gov"


def reported(
    web: Web, symbols: Iterable[str], first: dt.date, last: dt.date, base_url: str | None = None
) -> Iterator[Reported]:
    """The results that the companies of *symbols* reported from the *first* to the *last* day.

    Args:
        web: What asks.
        symbols: Their tickers.
        first: The first day, in Washington.
        last: The last one.
        base_url: Where both hosts answer, for a mirror.

    Raises:
        ProviderError: There is no company of a symbol, or an answer is none.
    """
    lists, archive = Lists(base_url), Archive(base_url)
    numbers = _numbers(archive.ask(web, "/files/company_tickers.json"))
    for symbol in symbols:
        number = numbers.get(symbol.upper().replace(".", "-"))
        if number is None:
            raise ProviderError(f"{archive.title}: no company has the ticker {symbol}")
        listed = lists.ask(web, f"/submissions/CIK{number:010}.json")
        for filing in candidates(listed.body, first, last):
            plain = filing.replace("-", "")
            path = f"/Archives/edgar/data/{number}/{plain}/{filing}.txt"
            text = archive.ask(web, path).body.decode("utf-8", "replace")
            at = accepted(text)
            if first <= at.date() <= last and has_results(text):
                yield Reported(symbol, at, filing)


def _numbers(reply: Reply) -> Mapping[str, int]:
    """The number of each company, by its ticker."""
    rows = _json(reply.body)
    return {str(row["ticker"]).upper(): int(row["cik_str"]) for row in rows.values()}


def candidates(body: bytes, first: dt.date, last: dt.date) -> Sequence[str]:
    """The numbers of the filings that may be results, the oldest first.

    Args:
        body: The list of filings of a company.
        first: The first day.
        last: The last one; of an evening, a filing has the next business day.

    Raises:
        ProviderError: It is no such list, or it begins after the *first* day.
    """
    told = _json(body)
    try:
        recent, older = told["filings"]["recent"], told["filings"]["files"]
        names = ("accessionNumber", "filingDate", "form", "items")
        rows = list(zip(*(recent[name] for name in names), strict=True))
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderError("the answer is no list of filings") from error
    days = [dt.date.fromisoformat(day) for _, day, _, _ in rows]
    if older and days and min(days) > first:
        raise ProviderError(f"the list begins on {min(days)}; ask for results from then on")
    found = [
        (day, number)
        for (number, _, form, items), day in zip(rows, days, strict=True)
        if form == "8-K"
        and {RESULTS, EXHIBITS} <= set(items.split(","))
        and first <= day <= last + LATER
    ]
    return [number for _, number in sorted(found)]


def accepted(text: str) -> dt.datetime:
    """When a filing was accepted, by the header of its *text*.

    Raises:
        ProviderError: It has no such time, or one at which no filing is accepted.
    """
    found = ACCEPTED.search(text[: text.find("</SEC-HEADER>") if "</SEC-HEADER>" in text else 4096])
    if found is None:
        raise ProviderError("the filing has no time of acceptance in its header")
    at = dt.datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=public_calendar().zone)
    if not OPENS <= at.time() <= SHUTS:
        raise ProviderError(f"a filing accepted at {at:%H:%M} in Washington: by another clock?")
    return at


def has_results(text: str) -> bool:
    """Whether an exhibit 99.1 in the *text* of a filing has the income statement of a quarter."""
    for found in DOCUMENT.finditer(text):
        words = html.unescape(re.sub(r"<[^>]*>", " ", found["text"]))
        words = " ".join(words.split()).lower()
        if all(re.search(one, words) for one in STATEMENT):
            return True
    return False


def write(path: Path, found: Iterable[Reported]) -> int:
    """Write the file of a desk's ``results`` to *path*; the number of its rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = sorted(found, key=lambda one: (one.at, one.symbol))
    writer.writerows((one.symbol, one.at.isoformat(), one.filing) for one in rows)
    written(path, text.getvalue().encode())
    return len(rows)


def _json(body: bytes) -> Any:
    try:
        return json.loads(plain_text(body))
    except ValueError as error:
        raise ProviderError("the answer is no JSON") from error

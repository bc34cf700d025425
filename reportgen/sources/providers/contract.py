"""What a provider is.

What it declares, the calls it wants made, and what it reads out of the answers.

A provider never touches the network: :meth:`Provider.calls` says what to ask,
:class:`reportgen.sources.http.Web` asks, and :meth:`Provider.parse` is a pure
function of the bytes that came back.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

from reportgen.core.errors import ProviderError

if TYPE_CHECKING:
    from reportgen.sources.http import Web

LEAST_DAYS, WEEKLY = 3, 4
"""Days that show how far bars are apart, and how far those of each session never usually are."""

Role = Literal["daily_bars", "intraday_bars", "rates", "futures", "events", "prints", "vintages"]


class Bar(NamedTuple):
    """One session of one instrument.

    Prices as traded that day, adjusted for later splits, None where there is none.
    """

    day: dt.date
    open: float | None
    high: float | None
    low: float | None
    close: float
    volume: float | None


class Level(NamedTuple):
    """The price of one instrument at the end of a bar, a time with an offset."""

    at: dt.datetime
    price: float


class Point(NamedTuple):
    """A rate in percent, a settlement, an event that is due, or a print, by name and day.

    The value of an event is its time of day in New York as minutes since
    midnight, 0 where no time is known. The day of a print is the first of its period; its value is
    None where that period has none, because nothing was published.
    """

    name: str
    day: dt.date
    value: float | None


class Vintage(NamedTuple):
    """A print as an archive has it of one day on which figures were released."""

    name: str
    day: dt.date
    """The day of that release, its vintage."""
    period: dt.date
    """The first day of the period."""
    value: float | None
    """None where the release had none for it."""
    first: bool
    """Whether the period has it from that day on: the archive has none of the day before."""
    minutes: int = 0
    """By when its release is out on its day in New York, as of an event; 0 for the day's end."""


Rows = Sequence[Bar] | Sequence[Level] | Sequence[Point] | Sequence[Vintage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is wanted.

    The series that a provider calls *symbol*, from the *first* to the *last*
    day, both included.
    """

    symbol: str
    role: Role
    first: dt.date
    last: dt.date
    currency: str = ""
    """The currency in which a price is wanted, by its ISO 4217 code; "" for what is no price."""
    behind: dt.timedelta = dt.timedelta()
    """How far before the first day rows are kept, too, where the answer has them: of events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One GET below the provider's base URL.

    Values of *secret* parameters and headers are names of its keys.
    """

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    secret_params: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back.

    The raw bytes, the URL without its secrets, the status, and when it was
    received.
    """

    url: str
    status: int
    at: dt.datetime
    body: bytes
    validator: str = ""
    """By which the server tells whether it has changed since.

    An ETag, or the date of Last-Modified; "" where it gave none.
    """


class Split(NamedTuple):
    """A split as an answer tells it: *ratio* shares of *day* for one of the day before."""

    day: dt.date
    ratio: float


class Answer(NamedTuple):
    """An HTTP answer as it came.

    Status, headers by names in small letters, and the body, decompressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Licence:
    """The provider's terms, and whether they let a brief be published."""

    terms: str
    publish: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of calls at once, then a number of calls a second."""

    burst: int
    per_second: float


class Provider(ABC):
    """One source of market data.

    A new one fills in the declarations and two pure methods.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    """How a brief's footer names it."""
    base_url: str
    """Where it answers; a test or a mirror sets another one."""
    roles: ClassVar[frozenset[Role]]
    licence: ClassVar[Licence]
    limit: ClassVar[Limit]
    keys: ClassVar[tuple[str, ...]] = ()
    """Environment variables without which it cannot be asked."""

    def __init__(self, base_url: str | None = None) -> None:
        if base_url:
            self.base_url = base_url.rstrip("/")

    def symbol(self, symbol: str, kind: str) -> str | None:
        """What this provider calls the instrument *symbol* of that *kind*.

        None where it has no such thing.
        """
        del kind
        return symbol

    def send(
        self,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Answer | None:
        """The answer to a GET of *url*, for a provider with its own client.

        None, as for most, where the common client asks.

        OSError or ProviderError where none came; another try is then made.
        """
        del url, headers, seconds
        return None

    @abstractmethod
    def calls(self, ask: Ask) -> Iterable[Call]:
        """The requests that together answer *ask*."""

    @abstractmethod
    def parse(self, ask: Ask, reply: Reply) -> Rows:
        """The rows of one answer, in any order.

        Raises:
            ProviderError: It is no answer to *ask*.
        """

    def splits(self, ask: Ask, reply: Reply) -> Sequence[Split]:
        """The splits that one answer tells beside its prices; none, as of most providers."""
        del ask, reply
        return ()

    def history(self, ask: Ask, web: Web) -> list[Reply]:
        """The raw answers to *ask*, one per call."""
        return [web.get(self, call) for call in self.calls(ask)]

    def rows(self, ask: Ask, replies: Iterable[Reply]) -> list[Any]:
        """The rows of the days asked for in all *replies*, oldest first.

        Raises:
            ProviderError: There is none, but that nothing is due or was released is an answer; or
                they are of weeks or months.
        """
        found = [row for reply in replies for row in self.parse(ask, reply)]
        if ask.role == "daily_bars":
            _refuse_coarse({_day(row) for row in found})
        kept = sorted(
            (row for row in found if ask.first - ask.behind <= _day(row) <= ask.last),
            key=lambda row: row.at if isinstance(row, Level) else row.day,
        )
        if not kept and ask.role not in ("events", "vintages"):
            raise ProviderError(f"it has nothing on {ask.symbol} from {ask.first} to {ask.last}")
        return kept


def _refuse_coarse(days: set[dt.date]) -> None:
    """Raise ProviderError where bars are those of weeks or months."""
    ordered = sorted(days)
    apart = [(after - day).days for day, after in itertools.pairwise(ordered)]
    if len(days) >= LEAST_DAYS and (usual := median(apart)) >= WEEKLY:
        raise ProviderError(f"it sent bars {usual:g} days apart when asked for those of each day")


def _day(row: Bar | Level | Point | Vintage) -> dt.date:
    if isinstance(row, Level):
        return (row.at - dt.timedelta(seconds=1)).date()
    return row.day


def plain_text(body: bytes) -> str:
    """The text in *body*.

    Raises:
        ProviderError: There is none, or a page instead.
    """
    text = body.decode("utf-8-sig", "replace").lstrip()
    if not text:
        raise ProviderError("the answer is empty")
    if text.startswith("<"):
        raise ProviderError(
            "the answer is a web page, not data; the provider may want a browser, a key or a rest"
        )
    return text


def lines(body: bytes) -> list[list[str]]:
    """The lines of the CSV file in *body*, each by its cells.

    Raises:
        ProviderError: It is empty, or a page instead.
    """
    return list(csv.reader(io.StringIO(plain_text(body))))


def not_used_up(events: list[Point], ask: Ask) -> list[Point]:
    """*events*.

    Raises:
        ProviderError: All are over, so that a calendar without a future calls
            nothing off.
    """
    last = max((event.day for event in events), default=dt.date.min)
    if last < ask.first:
        raise ProviderError(
            f"the calendar ends on {last}; it is used up"
            if events
            else "the calendar has none of the releases"
        )
    return events


def fixings(rows: Iterable[tuple[dt.date, float | None]], reply: Reply) -> list[Bar]:
    """The bars of figures that have no more than a value a day; those of None are left out.

    Raises:
        ProviderError: A day is told twice with two values, or a day had
            not begun when the answer came.
    """
    found = dict[dt.date, float]()
    latest = (reply.at + dt.timedelta(hours=14)).date()
    for day, value in rows:
        if value is None:
            continue
        if found.setdefault(day, value) != value:
            raise ProviderError(f"it tells {day} twice, as {found[day]:g} and as {value:g}")
        if day > latest:
            raise ProviderError(f"it tells {day}, a day that had not begun")
    return [Bar(day, None, None, None, value, None) for day, value in found.items()]


def points(ask: Ask, rows: Iterable[tuple[dt.date, float | None]], reply: Reply) -> list[Point]:
    """The :func:`fixings` of a series of rates."""
    return [Point(ask.symbol, bar.day, bar.close) for bar in fixings(rows, reply)]


def refuse_currency(ask: Ask, quoted: str, name: str = "") -> None:
    """Raise ProviderError where a series is *quoted* in another currency than was asked for.

    Args:
        ask: What was asked for.
        quoted: The currency of the series.
        name: What the provider calls the series; "" for the symbol that was asked for.
    """
    if ask.currency and ask.currency != quoted:
        raise ProviderError(f"{name or ask.symbol} is in {quoted}, not in {ask.currency}")


def asked_of(url: str, name: str) -> str:
    """The value of the parameter *name* in the *url* of an answer; "" where it has none."""
    return parse_qs(urlsplit(url).query).get(name, [""])[0]


def document(body: bytes) -> Any:
    """The JSON in *body*.

    Raises:
        ProviderError: It is something else: a page, half an answer, nothing.
    """
    text = plain_text(body)
    try:
        return json.loads(text)
    except ValueError:
        begin = repr(text[:40])
        raise ProviderError(f"the answer is not valid JSON; it begins with {begin}") from None


def number(value: Any) -> float | None:
    """*value* as a number, None where it is none: null, NaN, ".", "N/A"."""
    try:
        found = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def bar(
    day: dt.date,
    row: Mapping[str, Any],
    names: Sequence[str] = ("open", "high", "low", "close", "volume"),
) -> Bar | None:
    """The bar of *day* in *row*, with columns of those *names*.

    None where it has no close.
    """
    opened, high, low, close, volume = (number(row.get(name)) for name in names)
    return None if close is None else Bar(day, opened, high, low, close, volume)

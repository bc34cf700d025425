"""Why a claim about a reader's book is false: its values, changes, parts and shape.

The holdings are read again from their file, and prices and exchange rates from the raw rows.
"""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from reportgen.verify.raw.holdings import held_of
from reportgen.verify.rows import Claim, Rows, equal, start_of

KINDS = (
    *("book_value", "book_weight", "book_change", "book_gain", "book_contribution", "book_local"),
    *("book_currency", "book_currency_gain", "book_ahead", "book_top", "book_bottom"),
    *("book_largest", "book_five", "book_effective", "book_foreign", "book_cash", "book_holdings"),
    *("book_drawdown", "book_high_day", "book_dated", "book_rate_day", "book_name"),
)
CASH, BOOK = "CASH:", "book"
BACK, YEAR = dt.timedelta(days=374), dt.timedelta(days=365)
CLOSED = dt.timedelta(days=7)
"""Days at the beginning of a year on which no market may have traded."""
LISTED, FIVE = 15, 5
TIED = 1e-12
"""The share by which two equal values may differ."""


class Part(NamedTuple):
    """What one holding did over a window: shares of the book, and amounts."""

    share: float
    gain: float
    currency: float
    currency_gain: float


class Book:
    """The book, with a list of prices by session for each symbol."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.base = str(rows.market["currency"])
        every = held_of(rows.location.holdings)
        self.held = [one for one in every if not one.since or one.since <= rows.session]
        if not self.held:
            raise LookupError("no holdings were known on that day")
        self.days = rows.sessions_of(rows.session - BACK, rows.session)
        self.symbols = list(dict.fromkeys(one.symbol for one in self.held))
        self.codes = {one: self._code(one) for one in self.symbols}
        self.prices = {one: self._prices(one) for one in self.symbols}
        self.rates = {code: self._rates(code) for code in dict.fromkeys(self.codes.values())}

    def _code(self, symbol: str) -> str:
        """The currency that *symbol* is paid in."""
        if symbol.startswith(CASH):
            return symbol[len(CASH) :]
        return self.rows.paid_in(symbol)[0]

    def _prices(self, symbol: str) -> list[float | None]:
        """The price of *symbol* at each session, None before its first.

        Raises:
            LookupError: That of the last session is missing.
        """
        if symbol.startswith(CASH):
            return [1.0 for _ in self.days]
        scale = self.rows.paid_in(symbol)[1]
        found, exact = self._known(symbol)
        if self.quantity(symbol, len(self.days) - 1) and not exact[-1]:
            raise LookupError(f"{symbol} has no close on the day that is due")
        return [None if value is None else value * scale for value in found]

    def _known(self, symbol: str) -> tuple[list[float | None], list[bool]]:
        """The close of *symbol* that was known at each session, and if it is of the day due."""
        days, values = self.rows.lately(symbol)
        found, exact = list[float | None](), list[bool]()
        for due in self.rows.newest_days(symbol, tuple(self.days)):
            place = bisect.bisect_right(days, due.toordinal())
            found.append(values[place - 1] if place else None)
            exact.append(bool(place) and days[place - 1] == due.toordinal())
        return found, exact

    def _rates(self, code: str) -> list[float | None]:
        """What one unit of the currency *code* was in the base currency at each session."""
        found: list[float | None] = [1.0 for _ in self.days]
        for symbol, inverse in self._legs(code):
            values, exact = self._known(symbol)
            if not exact[-1] and not self.rows.instrument(symbol).get("skips"):
                raise LookupError(f"{symbol} has no rate on the day that is due")
            for place, value in enumerate(values):
                before = found[place]
                if value is None or before is None:
                    found[place] = None
                else:
                    found[place] = before / value if inverse else before * value
        return found

    def _legs(self, code: str) -> list[tuple[str, bool]]:
        """The exchange rates that the record names for *code*, if they lead to the base currency.

        Raises:
            LookupError: They do not.
        """
        if code == self.base:
            return []
        legs, now = self.rows.location.legs.get(code, ()), code
        for symbol, inverse in legs:
            row = self.rows.instrument(symbol)
            ends = [row.get("base"), row.get("currency")]
            first, then = ends[::-1] if inverse else ends
            if row.get("kind") != "fx" or first != now:
                raise LookupError(f"{symbol} is no exchange rate of {now}")
            now = str(then)
        if now != self.base:
            raise LookupError(f"no exchange rate of {code} is named")
        return [(str(symbol), bool(inverse)) for symbol, inverse in legs]

    # What is held, and what it is worth
    # ---------------------------------------------------------------------------------------------

    @cached_property
    def dates(self) -> list[dt.date]:
        """The days from which on holdings are known, oldest first."""
        return sorted({one.since for one in self.held if one.since})

    @cached_property
    def _books(self) -> dict[dt.date | None, dict[str, float]]:
        found = dict[dt.date | None, dict[str, float]]()
        for one in self.held:
            found.setdefault(one.since, {})[one.symbol] = one.quantity
        return found

    def date_of(self, place: int) -> dt.date | None:
        """The date of the holdings in force after the session at *place*.

        Raises:
            LookupError: There are none yet.
        """
        if not self.dates:
            return None
        found = bisect.bisect_right(self.dates, self.days[place])
        if not found:
            raise LookupError(f"the holdings begin after {self.days[place]}")
        return self.dates[found - 1]

    def quantity(self, symbol: str, place: int) -> float:
        """How much of *symbol* is held after the session at *place*."""
        return self._books[self.date_of(place)].get(symbol, 0.0)

    def worth(self, symbol: str, place: int) -> float:
        """The value of what is held of *symbol* after the session at *place*."""
        quantity = self.quantity(symbol, place)
        return quantity * self.unit(symbol, place) if quantity else 0.0

    def unit(self, symbol: str, place: int) -> float:
        """The value of one of *symbol* at the session at *place*.

        Raises:
            LookupError: It has no price.
        """
        price, rate = self.prices[symbol][place], self.rates[self.codes[symbol]][place]
        if price is None or rate is None:
            raise LookupError(f"{symbol} has no price on {self.days[place]}")
        return price * rate

    @cached_property
    def values(self) -> dict[str, float]:
        """The value of each symbol that is held."""
        last = len(self.days) - 1
        found = {symbol: self.worth(symbol, last) for symbol in self.symbols}
        return {symbol: value for symbol, value in found.items() if value}

    @cached_property
    def total(self) -> float:
        """The value of the book."""
        return math.fsum(self.values.values())

    @cached_property
    def securities(self) -> list[str]:
        """What is held and is no money, the largest first."""
        names = [one for one in self.values if not one.startswith(CASH)]
        return sorted(names, key=lambda one: (-self.values[one], one))

    def group(self, claim: Claim) -> list[str]:
        """The symbols that a claim is about."""
        if claim["instrument"] != BOOK:
            return [claim["instrument"]]
        name = str(claim["fact"]).partition(".")[2]
        if name.startswith("cash_"):
            return [f"{CASH}{name[5:8].upper()}"]
        if name.startswith("others_"):
            sold = [one for one in self.symbols if one not in self.values]
            return [*self.securities[LISTED:], *sold]
        return self.symbols

    # What it did
    # ---------------------------------------------------------------------------------------------

    def parts(self, window: str) -> dict[str, Part]:
        """What each symbol did over the *window*, linked where the holdings changed."""
        session = self.days[-1]
        start = session if window == "day" else start_of(window, session)
        first, last = bisect.bisect_left(self.days, start) - 1, len(self.days) - 1
        if first < 0:
            raise LookupError(f"no session before {start}")
        books = [self._books[self.date_of(place)] for place in range(first, last)]
        cuts = [n for n in range(1, len(books)) if books[n] != books[n - 1]]
        places = [first, *(first + cut for cut in cuts)]
        growth, sums = 1.0, dict.fromkeys(self.symbols, Part(0.0, 0.0, 0.0, 0.0))
        for begin, end in zip(places, [*places[1:], last], strict=True):
            moved = {one: self._moved(one, begin, end) for one in self.symbols}
            value = math.fsum(self.worth(one, begin) for one in self.symbols)
            for symbol, (gain, by_rates) in moved.items():
                old, scale = sums[symbol], growth / value
                sums[symbol] = Part(
                    old.share + gain * scale,
                    old.gain + gain,
                    old.currency + by_rates * scale,
                    old.currency_gain + by_rates,
                )
            growth *= 1 + math.fsum(gain for gain, _ in moved.values()) / value
        return sums

    def _moved(self, symbol: str, begin: int, end: int) -> tuple[float, float]:
        """The gain of a symbol between two sessions, and the part of it that its rate made."""
        quantity = self.quantity(symbol, begin)
        if not quantity:
            return 0.0, 0.0
        rates = self.rates[self.codes[symbol]]
        price, before, after = self.prices[symbol][end], rates[begin], rates[end]
        gain = quantity * (self.unit(symbol, end) - self.unit(symbol, begin))
        if price is None or before is None or after is None:
            raise LookupError(f"{symbol} has no price")
        return gain, quantity * price * (after - before)

    def high(self) -> tuple[float, dt.date, dt.date]:
        """How far the book is below its high of a year, the day of that, and the first day."""
        since, growth = self.days[-1] - YEAR, [1.0]
        for place in range(len(self.days) - 1, 0, -1):
            if self.days[place - 1] < since:
                break
            try:
                earlier = [one for one in self.symbols if self.quantity(one, place - 1)]
                then = math.fsum(self.worth(one, place - 1) for one in earlier)
                now = math.fsum(
                    self.quantity(one, place - 1) * self.unit(one, place) for one in earlier
                )
            except LookupError:
                break
            growth.append(growth[-1] * then / now)
        highest, begun = max(growth), self.days[-len(growth)]
        if highest <= 1 + TIED:
            return 0.0, self.days[-1], begun
        days = self.days[-len(growth) :][::-1]
        first = max(place for place, value in enumerate(growth) if value >= highest * (1 - TIED))
        return 1 / highest - 1, days[first], begun


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    book = rows.once(Book)
    kind, value, window = claim["kind"], claim["value"], claim["window"]
    if kind in ("book_value", "book_weight"):
        worth = math.fsum(book.values.get(one, 0.0) for one in book.group(claim))
        return _near(value, worth if kind == "book_value" else worth / book.total)
    if kind in ("book_largest", "book_five", "book_foreign", "book_cash", "book_effective"):
        return _shape(claim, book)
    if kind in ("book_drawdown", "book_high_day"):
        fall, day, begun = rows.once(_high)
        if not value and begun > book.days[-1] - YEAR + CLOSED:
            return f"the book or its prices begin on {begun}, which is no year"
        return equal(value, day.isoformat()) if kind == "book_high_day" else _near(value, fall)
    if kind in ("book_holdings", "book_dated", "book_rate_day", "book_name"):
        return equal(value, _said(claim, book))
    return _moves(claim, book, rows.once(_parts, window))


def _high(rows: Rows) -> tuple[float, dt.date, dt.date]:
    return rows.once(Book).high()


def _parts(rows: Rows, window: str) -> dict[str, Part]:
    return rows.once(Book).parts(window)


def _near(value: float, truth: float) -> str | None:
    """Why *value* is not *truth*, None where it is to nine digits."""
    if math.isclose(value, truth, rel_tol=1e-9, abs_tol=1e-11):
        return None
    return f"{value} was stated, {truth} is true"


def _moves(claim: Claim, book: Book, parts: dict[str, Part]) -> str | None:
    """Why a claim about a change, a gain or a contribution is false."""
    kind, value = claim["kind"], claim["value"]
    total = math.fsum(one.share for one in parts.values())
    if kind == "book_change":
        return _near(value, total)
    if kind == "book_ahead":
        _, closes = book.rows.closes(claim["instrument"])
        base = book.rows.base(claim["instrument"], claim["window"])
        return _near(value, total - (closes[-1] / base - 1))
    if kind in ("book_top", "book_bottom"):
        shares = {one: part.share for one, part in parts.items() if not one.startswith(CASH)}
        end = max(shares.values()) if kind == "book_top" else min(shares.values())
        return _near(shares[claim["instrument"]], end) or _near(value, end)
    if kind == "book_local":
        return _near(value, total - math.fsum(one.currency for one in parts.values()))
    told = [parts[one] for one in book.group(claim)]
    field = {
        "book_contribution": "share",
        "book_gain": "gain",
        "book_currency": "currency",
        "book_currency_gain": "currency_gain",
    }[kind]
    return _near(value, math.fsum(getattr(one, field) for one in told))


def _shape(claim: Claim, book: Book) -> str | None:
    """Why a claim about how the book is made up is false."""
    kind, values = claim["kind"], book.values
    if kind == "book_effective":
        return _near(claim["value"], book.total**2 / math.fsum(one**2 for one in values.values()))
    if kind == "book_largest" and claim["instrument"] != book.securities[0]:
        return f"{book.securities[0]} is the largest holding"
    names: Iterable[str] = {
        "book_largest": book.securities[:1],
        "book_five": book.securities[:FIVE],
        "book_cash": [one for one in values if one.startswith(CASH)],
        "book_foreign": [one for one in values if book.codes[one] != book.base],
    }[kind]
    return _near(claim["value"], math.fsum(values[one] for one in names) / book.total)


def _said(claim: Claim, book: Book) -> float | str:
    """What a claim that is no amount has to say."""
    kind, name = claim["kind"], str(claim["fact"]).partition(".")[2]
    if kind == "book_holdings":
        return float(len(book.securities))
    if kind == "book_dated":
        return book.dates[-1].isoformat()
    if kind == "book_rate_day":
        return _oldest_rate(book).isoformat()
    if name.startswith("others_"):
        return f"{len(book.group(claim))} others"
    return f"Cash in {name[5:8].upper()}" if name.startswith("cash_") else "Book"


def _oldest_rate(book: Book) -> dt.date:
    """The day of the oldest exchange rate in use at the session."""
    legs: Sequence[Sequence[object]] = [
        leg for code in book.rates for leg in book.rows.location.legs.get(code, ())
    ]
    last = (book.days[-1],)
    return min(book.rows.newest_days(str(symbol), last)[0] for symbol, _ in legs)

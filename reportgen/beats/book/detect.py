"""What a book of holdings did: its value, changes, contributions, currencies and concentration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reportgen.beats.measure import Measure, News, moved
from reportgen.beats.scene import Scene
from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.book import Book, Window
from reportgen.datasets.market import Track
from reportgen.markets.instruments import instrument
from reportgen.record.holdings import CASH
from reportgen.statistics import portfolio

BOOK = "book"
"""The key and the instrument of facts on the book as a whole."""
ROLES = {"day": "", "week": "week", "month": "month", "ytd": "year"}
"""How the roles of a window begin; those of the day have no name before them."""
LISTED = 15
"""How many securities a table lists one by one, by value; the others are one row."""
FIVE = 5
COLUMNS = {"day": "Day", "ytd": "Year"}
"""The windows of a table, and how their columns are called."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of a book: a symbol, "" for several; its facts by column."""

    symbol: str
    name: Fact | None
    """What the row is called, of money and of several holdings."""
    facts: Mapping[str, Fact]

    @property
    def all(self) -> list[Fact]:
        """Its facts, with that of its name."""
        return [*([self.name] if self.name else ()), *self.facts.values()]


class Telling:
    """The facts of one book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.windows = dict[str, Window]()
        self.missing = dict[str, str]()
        """Why a window has no change, by the symbol whose price is missing."""
        for name in ROLES:
            try:
                self.windows[name] = book.window(name)
            except NoData as error:
                if error.subject != "holdings":
                    self.missing[str(error.subject)] = str(error)

    def measure(self, symbol: str = "") -> Measure:
        """What makes facts about *symbol*, or about the book as a whole."""
        day, sources = self.book.moment.session.isoformat(), self.book.sources
        if not symbol:
            return Measure(BOOK, BOOK, day, self._source, self.book.base)
        key, source = instrument(symbol).key, sources.get(symbol, "")
        return Measure(key, symbol, day, source, self.book.base)

    @cached_property
    def _source(self) -> str:
        """Where the prices and the exchange rates of the book come from."""
        legs = {leg.symbol for code in self.book.rate_days for leg in self.book.legs(code)}
        names = (*self.book.securities, *sorted(legs))
        return " and ".join(dict.fromkeys(self.book.sources[one] for one in names))

    def news(self) -> News:
        """The book as a whole."""
        book, own = self.book, self.measure()
        count = own.fact("book_holdings", len(book.securities), Unit.COUNT, name="holdings")
        roles = {"value": _whole(own.fact("book_value", book.value, Unit.MONEY, name="value"))}
        roles["holdings"] = count
        for window, found in self.windows.items():
            roles |= self._window(window, found)
        roles |= self._shape() | self._high()
        if book.dated:
            roles["dated"] = own.fact("book_dated", book.dated, Unit.DATE, name="dated")
        if book.rate_days:
            oldest = min(book.rate_days.values())
            roles["rates"] = own.fact("book_rate_day", oldest, Unit.DATE, name="rates")
        size = abs(self.windows["day"].change.total) if "day" in self.windows else 0.0
        return own.news(BOOK, roles, {"size": 100 * size})

    def _window(self, window: str, found: Window) -> dict[str, Fact]:
        """What the book did over a window, and how much of it exchange rates made."""
        own, told, role = self.measure(), found.change, ROLES[window]
        first = f"{role}_" if role else ""

        def fact(kind: str, value: float, unit: Unit) -> Fact:
            name = f"{kind.removeprefix('book_')}.{window}"
            return own.fact(kind, value, unit, window, name=name)

        facts = {
            role or "change": fact("book_change", told.total, Unit.FRACTION),
            f"{first}gain": _whole(fact("book_gain", told.gain, Unit.MONEY_CHANGE)),
        }
        if self.book.rate_days:
            part, money = float(told.currency.sum()), float(told.currency_gains.sum())
            facts |= {
                f"{first}local": fact("book_local", told.total - part, Unit.BP),
                f"{first}currency": fact("book_currency", part, Unit.BP),
                f"{first}currency_gain": _whole(
                    fact("book_currency_gain", money, Unit.MONEY_CHANGE)
                ),
            }
        return facts

    def _shape(self) -> dict[str, Fact]:
        """How concentrated the book is, and how much of it is in other currencies."""
        book, own = self.book, self.measure()
        weights, names = book.weights, book.securities
        facts = dict[str, Fact]()

        def share(kind: str, symbols: Sequence[str]) -> Fact:
            value = float(weights[[*symbols]].sum())
            return own.fact(kind, value, Unit.FRACTION, name=kind.removeprefix("book_"))

        if names:
            largest, kind = float(weights[names[0]]), "book_largest"
            facts["largest"] = self.measure(names[0]).fact(kind, largest, Unit.FRACTION)
        if len(names) > FIVE:
            facts["five"] = share("book_five", names[:FIVE])
        if book.cash:
            facts["cash"] = share("book_cash", book.cash)
        if book.rate_days:
            other = [name for name in weights.index if book.currency(name) != book.base]
            facts["foreign"] = share("book_foreign", other)
        equal = portfolio.effective(weights.to_numpy())
        number = own.fact("book_effective", equal, Unit.LEVEL, name="effective")
        return facts | {"effective": replace(number, decimals=1)}

    def _high(self) -> dict[str, Fact]:
        """How far the book is below its high of a year; it is at none that it is too young for."""
        growth, own = self.book.year(), self.measure()
        if len(growth) < 2:
            return {}
        fall, day = portfolio.drawdown(growth)
        if not fall and not self.book.covers_year:
            return {}
        return {
            "drawdown": own.fact("book_drawdown", fall, Unit.FRACTION, "year", name="drawdown"),
            "high_day": own.fact("book_high_day", day.date(), Unit.DATE, "year", name="high_day"),
        }

    def beside(self, track: Track) -> News:
        """The benchmark over the same windows, and how far the book is ahead of it."""
        roles, size = dict[str, Fact](), 0.0
        for window, found in self.windows.items():
            name = "year" if window == "ytd" else window
            kind, change, sigma, shown = moved(track, name)
            role, own = ROLES[window], Measure.of(track)
            told, usual = own.change(kind, change, sigma, shown)
            roles |= {role or "change": told, f"{role or 'change'}_sigma": usual}
            ahead = found.change.total - change
            roles[f"{role}_ahead" if role else "ahead"] = own.fact(
                "book_ahead", ahead, Unit.BP, window, name=f"book_ahead.{window}"
            )
            size = size or abs(ahead)
        return Measure.of(track).news("book_beside", roles, {"size": 100 * size})

    def extremes(self, window: str) -> Iterator[News]:
        """The security that contributed most over the *window*, and the one that took most away."""
        if window not in self.windows:
            return
        book, change = self.book, self.windows[window].change
        parts = dict(zip(book.names, change.contributions.tolist(), strict=True))
        gains = dict(zip(book.names, change.gains.tolist(), strict=True))
        names = [name for name in book.names if not name.startswith(CASH)]
        ordered = sorted(names, key=lambda name: (-parts[name], name))
        ends = (("book_top", 1, ordered[:1]), ("book_bottom", -1, ordered[-1:]))
        for kind, sign, (name,) in [end for end in ends if end[2]]:
            if parts[name] * sign > 0:
                own = self.measure(name)
                gain = own.fact(
                    "book_gain", gains[name], Unit.MONEY_CHANGE, window, name=f"book_gain.{window}"
                )
                part = own.fact(kind, parts[name], Unit.BP, window, name=f"{kind}.{window}")
                roles = {"part": part, "gain": _whole(gain)}
                yield own.news(kind, roles, {"size": 100 * abs(parts[name])})

    @property
    def symbols(self) -> list[str]:
        """The symbols of the securities that the facts name."""
        named = [row.symbol for row in self.rows() if row.symbol]
        ends = [found.finding.instrument for window in COLUMNS for found in self.extremes(window)]
        return list(dict.fromkeys([*named, *ends]))

    def rows(self) -> Iterator[Row]:
        """The rows of the table: the largest securities, the others as one, money, and all."""
        book = self.book
        names, held = book.securities, {*book.securities, *book.cash}
        sold = [name for name in book.names if name not in held]
        rest = [*names[LISTED:], *sold]
        for name in names[:LISTED]:
            yield self._row([name], name, "book")
        if rest:
            yield self._row(rest, f"{len(rest)} others", "others")
        for name in book.cash:
            code = name.removeprefix(CASH)
            yield self._row([name], f"Cash in {code}", f"cash_{code.lower()}")
        yield self._row(book.names, "Book", "all")

    def _row(self, names: Sequence[str], called: str, part: str) -> Row:
        """A row of *names* together, with ids that have the name of that *part*."""
        book, symbol = self.book, called if part == "book" else ""
        own, places = self.measure(symbol), [book.names.index(name) for name in names]
        held = book.amounts.iloc[-1].fillna(0.0)
        value = float(held[[*names]].sum())
        facts = {
            "Value": _whole(own.fact("book_value", value, Unit.MONEY, name=f"{part}_value")),
            "Weight": own.fact(
                "book_weight", value / book.value, Unit.FRACTION, name=f"{part}_weight"
            ),
        }
        for window, head in COLUMNS.items():
            if window in self.windows:
                told = self.windows[window].change
                gain, share = (
                    float(column[places].sum()) for column in (told.gains, told.contributions)
                )
                money, points = f"{part}_gain.{window}", f"{part}_contribution.{window}"
                facts[f"{head}, money"] = _whole(
                    own.fact("book_gain", gain, Unit.MONEY_CHANGE, window, name=money)
                )
                facts[head] = own.fact("book_contribution", share, Unit.BP, window, name=points)
        name = own.fact("book_name", called, Unit.TEXT, name=f"{part}_name")
        return Row(symbol, None if symbol else name, facts)


def _whole(fact: Fact) -> Fact:
    """An amount of money, printed in whole units of its currency."""
    return replace(fact, decimals=0)


def detect(scene: Scene) -> Iterator[News | None]:
    """The book, and who contributed most and least on the day and this year."""
    told = Telling(scene.market.book)
    scene.market.log.read |= dict.fromkeys(scene.market.book.holdings.symbols)
    scene.market.log.missing |= told.missing
    yield told.news()
    for track in scene.tracks:
        yield from scene.known(told.beside, track)
    for window in COLUMNS:
        yield from told.extremes(window)

"""A book of holdings, valued at the closes of its market.

The value of a session is what a brief of that session's evening would tell: of each holding the
last close of its own exchange that was known when the market closed, and of each currency the last
exchange rate that was published by midnight. So the change of a day is the difference of what two
briefs tell, wherever the holdings trade.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from reportgen.core.errors import InvalidParameter, NoData, StaleData
from reportgen.datasets.panel import Listed
from reportgen.datasets.snapshot import Snapshot
from reportgen.markets.calendar import STARTS, Calendar, Moment
from reportgen.markets.instruments import FX, Instrument, instrument, registry
from reportgen.markets.money import whole
from reportgen.markets.publication import known_by
from reportgen.record.holdings import CASH, Holding, Holdings
from reportgen.statistics import portfolio
from reportgen.statistics.portfolio import Change, Segment

BACK = dt.timedelta(days=375)
"""How far back a book is valued: a year, and the session before it."""
YEAR, CLOSED = dt.timedelta(days=365), dt.timedelta(days=7)
WINDOWS = ("day", "week", "month", "ytd")
LATE = dt.timedelta(days=21)
"""How old a close or a rate may be at the first session that is valued."""


class Leg(NamedTuple):
    """An exchange rate, and whether it is used upside down."""

    symbol: str
    inverse: bool


def rates_for(currencies: Iterable[str], base: str) -> tuple[str, ...]:
    """The symbols of all known exchange rates of *currencies* or of *base*; none for *base* alone.

    Two of them with a currency in common may stand for one that nobody quotes.
    """
    needed = {*currencies} - {base}
    if not needed:
        return ()
    ends = needed | {base}
    pairs = (one for one in registry().values() if one.kind == FX)
    return tuple(one.symbol for one in pairs if {one.base, one.currency} & ends)


def needs(
    holdings: Holdings, moment: Moment, base: str, *, apart: bool
) -> tuple[Listed | None, tuple[str, ...]]:
    """What a book needs of the data: a list of stocks, and symbols with their whole history.

    Args:
        holdings: What is held.
        moment: The moment of the brief.
        base: The currency that the book is told in.
        apart: Whether stocks of the market's exchange may be read as a list, which is fast.

    Raises:
        InvalidParameter: The moment is within a session.
    """
    if moment.state == "open":
        raise InvalidParameter(
            f"Holdings are valued at closing prices, and the session of {moment.session} is"
            f" running; ask for a day whose session is over: --as-of {moment.previous}.",
            subject="--as-of",
        )
    stocks = [one for one in holdings.symbols if apart and _is_listed(instrument(one), moment)]
    others = [symbol for symbol in holdings.symbols if symbol not in set(stocks)]
    listed = Listed(members=stocks, named=stocks, most=0) if stocks else None
    return listed, (*others, *rates_for(currencies_of(holdings), base))


def _is_listed(found: Instrument, moment: Moment) -> bool:
    """Whether it is a stock of the market's own exchange."""
    return found.kind == "stock" and found.calendar == moment.calendar.code


def currencies_of(holdings: Holdings) -> list[str]:
    """The currencies that the *holdings* are paid in, each once."""
    found = (row.cash or whole(instrument(row.symbol).currency)[0] for row in holdings.rows)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a book did over a window: since the close of *base*."""

    base: dt.date
    change: Change


class Book:
    """A book: a row a session, a column a symbol; the base currency is that of its market."""

    def __init__(self, snapshot: Snapshot, base: str) -> None:
        """The book of the holdings in *snapshot*, told in the currency *base*.

        Raises:
            StaleData: A newest close or exchange rate is missing.
            NoData: A holding has no prices, or a currency no exchange rate.
        """
        if snapshot.holdings is None:
            raise NoData("The report has no holdings; name a file: -p holdings=FILE.")
        self.snapshot, self.base = snapshot, base
        self.moment = snapshot.moment
        self.holdings = snapshot.holdings
        self.days = self._days()
        self._legs = dict[str, tuple[Leg, ...]]()
        self.names = self._names()
        self.prices, self.exact = self._prices()
        self.rates = self._rates()
        self.quantities = self._quantities()
        self._refuse_late()

    # What is held
    # ---------------------------------------------------------------------------------------------

    def _days(self) -> list[dt.date]:
        calendar, session = self.moment.calendar, self.moment.session
        return calendar.sessions(session - BACK, session)

    def _names(self) -> list[str]:
        """The symbols that were held, securities first."""
        rows = dict.fromkeys(row.symbol for row in self.holdings.rows)
        return sorted(rows, key=lambda symbol: symbol.startswith(CASH))

    def _quantities(self) -> pd.DataFrame:
        """How much of each symbol is held from the close of each session on."""
        index = pd.DatetimeIndex(pd.to_datetime(self.days))
        dates = self.holdings.dates
        rows = list[Mapping[str, float]]()
        for day in self.days:
            place = bisect.bisect_right(dates, day)
            known = not dates or place
            rows.append(self.holdings.at(dates[place - 1] if place else None) if known else {})
        table = pd.DataFrame(rows, index=index, columns=self.names, dtype=float).fillna(0.0)
        table.loc[[not row for row in rows]] = np.nan
        return table

    def currency(self, symbol: str) -> str:
        """The currency that *symbol* is paid in."""
        return Holding(symbol, 0).cash or whole(instrument(symbol).currency)[0]

    @property
    def dated(self) -> dt.date | None:
        """The date of the newest holdings, None for a file without dates."""
        return self.holdings.dates[-1] if self.holdings.dates else None

    # Prices and rates
    # ---------------------------------------------------------------------------------------------

    def _prices(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The price of each symbol at each session, and whether it is that of the day due."""
        index = pd.DatetimeIndex(pd.to_datetime(self.days))
        prices, exact = list[pd.DataFrame](), list[pd.DataFrame]()
        for sample, symbols in self._alike(
            name for name in self.names if not Holding(name, 0).cash
        ):
            closes = pd.concat(map(self._closes, symbols), axis=1, sort=True)
            due = pd.DatetimeIndex(pd.to_datetime(self._due(sample)))
            first = due[0] - LATE
            near = closes[first:]
            filled = near.ffill().reindex(due, method="ffill")
            scales = [whole(instrument(symbol).currency)[1] for symbol in symbols]
            prices.append(pd.DataFrame(filled.to_numpy() * scales, index=index, columns=symbols))
            there = near.notna().reindex(due, fill_value=False)
            skips = [instrument(symbol).skips for symbol in symbols]
            exact.append(
                pd.DataFrame(there.to_numpy(dtype=bool) | skips, index=index, columns=symbols)
            )
        cash = [name for name in self.names if Holding(name, 0).cash]
        prices.append(pd.DataFrame(1.0, index=index, columns=cash))
        exact.append(pd.DataFrame(True, index=index, columns=cash))
        return pd.concat(prices, axis=1)[self.names], pd.concat(exact, axis=1)[self.names]

    def _alike(self, symbols: Iterable[str]) -> Iterator[tuple[Instrument, list[str]]]:
        """The *symbols* whose closes are known at the same times, with one of them."""
        groups = dict[tuple[str, str], tuple[Instrument, list[str]]]()
        for symbol in symbols:
            found = instrument(symbol)
            key = (found.calendar, found.published)
            groups.setdefault(key, (found, []))[1].append(symbol)
        yield from groups.values()

    def _closes(self, symbol: str) -> pd.Series:
        """The closes of *symbol* that were known at the moment.

        Raises:
            NoData: There are none.
        """
        found = self.snapshot.closes.get(symbol)
        if found is None and symbol in self.snapshot.panel.closes:
            found = self.snapshot.panel.closes[symbol].dropna()
        if found is None or found.empty:
            why = self.snapshot.absences.get(symbol) or self.snapshot.panel.without.get(symbol)
            name = self.snapshot.name
            raise NoData(
                why or f"{symbol}: dataset '{name}' has no closes by {self.moment.session}",
                subject=symbol,
            )
        return found.rename(symbol)

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where the prices of each symbol come from."""
        return {**self.snapshot.panel.sources, **self.snapshot.sources}

    def _due(self, of: Instrument) -> list[dt.date]:
        """The day of the close of an instrument that was the newest at each session."""
        calendar, last = of.sessions, self.days[-1]
        here = calendar.code == self.moment.calendar.code
        published = of.published if of.lagged or not here else ""
        if here and not published:
            return self.days
        known = [(_known(calendar, published, day), day) for day in self._open(calendar)]
        times = [at for at, _ in known]
        due = []
        for day in self.days:
            limit = self._published(day) if published else self.moment.calendar.session_close(day)
            if day == last and published:
                limit = min(limit, self.moment.known)
            due.append(known[bisect.bisect_right(times, limit) - 1][1])
        return due

    def _open(self, calendar: Calendar) -> list[dt.date]:
        """The sessions of another *calendar* around those of the book."""
        first, last = self.days[0] - LATE, self.days[-1] + dt.timedelta(days=2)
        if not calendar.always:
            return calendar.sessions(first, last)
        return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]

    def _published(self, day: dt.date) -> dt.datetime:
        """Until when what is published counts at a session: midnight."""
        calendar = self.moment.calendar
        closes = calendar.session_close(day)
        late = closes.date() != day
        return closes + dt.timedelta(minutes=1) if late else calendar.midnight(day)

    def _rates(self) -> pd.DataFrame:
        """What one unit of each symbol's currency was in the base currency at each session."""
        index = pd.DatetimeIndex(pd.to_datetime(self.days))
        per = {code: self._rate(code) for code in dict.fromkeys(map(self.currency, self.names))}
        columns = {name: per[self.currency(name)] for name in self.names}
        return pd.DataFrame(columns, index=index)

    def _rate(self, code: str) -> pd.Series:
        index = pd.DatetimeIndex(pd.to_datetime(self.days))
        if code == self.base:
            return pd.Series(1.0, index=index)
        found = pd.Series(1.0, index=index)
        for leg in self.legs(code):
            closes, due = self._leg(leg)
            near = closes[due[0] - LATE :]
            values = near.reindex(due, method="ffill").to_numpy()
            found *= 1 / values if leg.inverse else values
        return found

    def _leg(self, leg: Leg) -> tuple[pd.Series, pd.DatetimeIndex]:
        of = instrument(leg.symbol)
        return self.snapshot.closes[leg.symbol], pd.DatetimeIndex(pd.to_datetime(self._due(of)))

    def legs(self, code: str) -> tuple[Leg, ...]:
        """The exchange rates of :meth:`_chosen`, found once."""
        if code not in self._legs:
            self._legs[code] = self._chosen(code)
        return self._legs[code]

    def _chosen(self, code: str) -> tuple[Leg, ...]:
        """The exchange rates that turn the currency *code* into the base currency.

        One that quotes the two, or two with a currency in common. Of several, those with the
        newest day count, then the first by symbol.

        Raises:
            NoData: There is none.
            StaleData: Its newest day is older than the one due.
        """
        pairs = [
            one
            for one in registry().values()
            if one.kind == FX and one.symbol in self.snapshot.closes
        ]
        ways: list[tuple[Leg, ...]] = [(leg,) for leg in _between(pairs, code, self.base)]
        if not ways:
            others = {name for one in pairs for name in (one.base, one.currency)}
            ways = [
                (first, second)
                for other in sorted(others - {code, self.base})
                for first in _between(pairs, code, other)
                for second in _between(pairs, other, self.base)
            ]
        if not ways:
            raise NoData(
                f"The data have no exchange rate of {code} and {self.base}; add one, of kind"
                f' "{FX}", to instruments.toml and to the data.',
                subject=code,
            )
        newest = min(ways, key=lambda way: (-min(map(self._newest, way)), way))
        for leg in newest:
            closes, due = self._leg(leg)
            last = closes.index[-1].date()
            if last < due[-1].date() and not instrument(leg.symbol).skips:
                raise StaleData(
                    f"{leg.symbol}: the newest rate is of {last}, {due[-1].date()} is needed;"
                    f" bring the data up to date: reportgen fetch {leg.symbol}",
                    subject=leg.symbol,
                )
        return newest

    def _newest(self, leg: Leg) -> int:
        return int(self.snapshot.closes[leg.symbol].index[-1].toordinal())

    @cached_property
    def rate_days(self) -> dict[str, dt.date]:
        """The day of the oldest exchange rate in use at the session, by currency."""
        found = dict[str, dt.date]()
        for code in dict.fromkeys(map(self.currency, self.names)):
            if code != self.base:
                found[code] = min(self._leg(leg)[1][-1].date() for leg in self.legs(code))
        return found

    # Values
    # ---------------------------------------------------------------------------------------------

    def _refuse_late(self) -> None:
        """Raise StaleData where a symbol that is held has not the close that is due."""
        self._refuse_inexact(len(self.days) - 1, self.quantities.iloc[-1])

    def _refuse_inexact(self, place: int, quantities: pd.Series) -> None:
        held = quantities[quantities > 0].index
        known = self.exact.iloc[place][held] & self.prices.iloc[place][held].notna()
        for symbol in held[~known]:
            due = self._due(instrument(symbol))[place]
            newest = place == len(self.days) - 1
            cure = f"; bring the data up to date: reportgen fetch {symbol}" if newest else ""
            raise (StaleData if newest else NoData)(
                f"{symbol}: its close of {due} is missing{cure}", subject=symbol
            )

    @cached_property
    def amounts(self) -> pd.DataFrame:
        """The value of each symbol at each session, in the base currency."""
        return self.quantities * self.prices * self.rates

    @cached_property
    def value(self) -> float:
        """The value of the book at the session."""
        return float(self.amounts.iloc[-1].sum())

    @cached_property
    def weights(self) -> pd.Series:
        """The share of each symbol in the value of the book; those that are not held have none."""
        last = self.amounts.iloc[-1]
        return last[last > 0] / self.value

    @cached_property
    def securities(self) -> list[str]:
        """What is held and is no money, by value, the largest first, then by symbol."""
        last = self.amounts.iloc[-1].to_dict()
        held = [name for name in self.names if last[name] > 0 and not Holding(name, 0).cash]
        return sorted(held, key=lambda name: (-last[name], name))

    @cached_property
    def cash(self) -> list[str]:
        """The money that is held, by symbol."""
        last = self.amounts.iloc[-1]
        return sorted(name for name in self.names if last[name] > 0 and Holding(name, 0).cash)

    def frame(self) -> pd.DataFrame:
        """The book at the session: a row for each symbol that is held, the largest first."""
        held, last = [*self.securities, *self.cash], -1
        return pd.DataFrame(
            {
                "quantity": self.quantities.iloc[last][held],
                "price": self.prices.iloc[last][held],
                "currency": [self.currency(name) for name in held],
                "rate": self.rates.iloc[last][held],
                "value": self.amounts.iloc[last][held],
                "weight": self.weights[held],
            },
            index=pd.Index(held, name="symbol"),
        )

    def window(self, name: str) -> Window:
        """What the book did over the "day", or the "week", "month" or "ytd" so far.

        Raises:
            NoData: The book, or a price that it needs, begins after the window does.
        """
        session = self.moment.session
        if name == "day":
            base = self.moment.calendar.neighbours(session)[0]
        else:
            start = STARTS["year" if name == "ytd" else name](session)
            base = self.moment.calendar.neighbours(start)[0]
        places = [self.days.index(base), len(self.days) - 1]
        held = self.quantities.iloc[places[0]]
        if held.isna().any():
            raise NoData(f"the holdings begin after {base}", subject="holdings")
        values = self.quantities.to_numpy()
        cuts = [
            place
            for place in range(places[0] + 1, places[1])
            if (values[place] != values[place - 1]).any()
        ]
        segments = [*self._segments([places[0], *cuts, places[1]])]
        return Window(base=base, change=portfolio.change(segments))

    def _segments(self, places: Sequence[int]) -> Iterator[Segment]:
        """The book between the sessions at these *places*."""
        for first, last in pairwise(places):
            quantities = self.quantities.iloc[first]
            for place in (first, last):
                self._refuse_inexact(place, quantities)
            rows = [table.iloc[[first, last]].to_numpy() for table in (self.prices, self.rates)]
            (prices, prices_then), (rates, rates_then) = (np.nan_to_num(one) for one in rows)
            yield Segment(
                quantities=quantities.to_numpy(),
                prices=(prices, prices_then),
                rates=(rates, rates_then),
            )

    @cached_property
    def growth(self) -> pd.Series:
        """The growth of the book by session, without purchases and sales: 1 at its first session.

        It begins where all that was held has a price.
        """
        held = self.quantities.shift()
        values = self.prices * self.rates
        before, now = (held * values.shift()).where(held > 0), (held * values).where(held > 0)
        whole_rows = (before.notna() | (held == 0)).all(axis=1) & held.notna().all(axis=1)
        changes = now.sum(axis=1) / before.sum(axis=1)
        holes = np.flatnonzero(~whole_rows.to_numpy())
        first = int(holes[-1]) if len(holes) else 0
        changes = changes.iloc[first:].copy()
        changes.iloc[0] = 1.0
        return changes.cumprod()

    def year(self) -> pd.Series:
        """The growth of the last year, or since the book or its prices begin."""
        since = pd.Timestamp(self.moment.session - YEAR)
        return self.growth[since:]

    @property
    def covers_year(self) -> bool:
        """Whether the book and all its prices are a year old, but for days without trading."""
        begun = self.growth.index[0].date()
        return bool(begun <= self.moment.session - YEAR + CLOSED)


def _known(calendar: Calendar, published: str, day: dt.date) -> dt.datetime:
    """When the close of *day* is known."""
    rule = published or ("utc-midnight" if calendar.always else "close")
    return known_by(rule, day, calendar)


def _between(pairs: Sequence[Instrument], code: str, other: str) -> list[Leg]:
    """The rates that turn the currency *code* into the *other* one."""
    found = [Leg(one.symbol, False) for one in pairs if (one.base, one.currency) == (code, other)]
    return found + [
        Leg(one.symbol, True) for one in pairs if (one.base, one.currency) == (other, code)
    ]

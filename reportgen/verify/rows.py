"""The raw rows of a dataset, read a second time: what the proofs of claims go by.

The reader, the calendar and the arithmetic here are the audit's own: nothing is shared with the
code that is judged. Lists that no rule gives (the members of a basket, the first day of an index)
come from the product's TOML files.
"""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import math
import re
import statistics
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from itertools import islice, pairwise
from operator import lt
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from reportgen.verify.raw.exchange import ONE_DAY, Exchange, Hours, first_known, session_days
from reportgen.verify.raw.folder import RULES, FolderRows
from reportgen.verify.raw.market import Meeting, Printed, RawRows, Release, Result
from reportgen.verify.raw.store import Calendar, Members, Past, StoreRows

Day = dt.date
Claim = Mapping[str, Any]
"""A claim of a brief.json: fact, kind, unit, value, window, instrument, text and more."""
Closes = tuple[list[Day], list[float]]
"""Days and closes, oldest first."""
Recent = tuple[list[int], list[float]]
"""Ordinals of days and closes, oldest first."""
Month = tuple[int, int]
"""A year and a month of it."""

MARKETS = Path(__file__).parents[1] / "markets"
US = MARKETS / "us.toml"
TABLES = MARKETS / "tables"
CLOSINGS = TABLES / "closings.toml"
HUNDREDTHS = TABLES / "hundredths.toml"

TOLD_OF, PAUSE = 125, 150
"""For how many days a run of moves of the Fed is told of, and how long a pause ends it."""
Found = TypeVar("Found")
YEAR = dt.timedelta(days=365)
HOUR = dt.timedelta(hours=1)
RESULTS_APART = dt.timedelta(days=45)
"""Two days of results of a company that are nearer to each other are of one quarter."""
OLDEST = dt.timedelta(minutes=30)
"""The greatest age of a price during a session, unless its bars are longer than half of it."""
DECISION, DECIDED = dt.time(14), "the Fed's decision on rates"
USUAL = "08:30"
"""When a release without a known time comes out."""
SURE = dt.timedelta(days=45)
"""What is of an earlier day than this before the session has long been published."""
SPAN = dt.timedelta(days=420)
"""How far back the closes of a list are read."""
TRADES = 21
"""A stock without a close in so many sessions has stopped trading."""
RULES_FROM = Day(1990, 1, 1)
"""From this day on, a day without a session is no day of a series."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
BANKS = "FED"
"""The calendar of banks; the market of bonds has days off that stocks have not."""
ROUND_THE_CLOCK = "24/7"
"""The calendar of what trades on all days, in a table of instruments."""

NUMBER = re.compile(r"([+\u2212-])?(?:[A-Z]{3} |[A-Z]{0,2}[^\w\s.,+\u2212-])?(\d[\d,]*(?:\.\d+)?)")
"""A number with its sign, and the sign or the code of a currency between the two."""
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
MILLIONS = re.compile(r"(\d+(?:\.\d+)?) million\b")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)?\b")
SCALES = {"fraction": 100.0, "pp": 100.0, "yield": 100.0, "probability": 100.0, "bp": 10_000.0}
HEDGED = re.compile(r"nearly|more than|just over|less than|about|just under", re.IGNORECASE)
SINCE, ON_FILE, ON_RECORD = ENDS = "_since", "_on_file", "_on_record"
"""What a superlative is one of: the time since a day, the data, all there ever was."""
UPWARD = "best", "highest", "largest_rise", "largest_point_rise", "widest", "longest"
"""How the kinds of superlatives begin that are of high values."""
APART = dt.timedelta(days=10)
"""The longest time between two closes where no calendar says when the exchange traded."""
COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
RANKED = "first second third fourth fifth sixth seventh eighth ninth tenth"
WORDS = {word: number for number, word in enumerate(COUNTED.split())}
RANKS = {word: number for number, word in enumerate(RANKED.split(), 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where the data of a brief lie, and how the brief read them."""

    path: Path
    """The folder of a dataset.toml, or the file of a store."""
    fetch: int = 0
    """Of a store, the newest fetch that counts."""
    then: bool = False
    """Of a store, whether it is read as it was known at the moment of the brief."""
    symbols: tuple[str, ...] = ()
    """The symbols that the brief needs; a store is read for these and the members alone."""
    members: tuple[str, ...] = ()
    """The stocks of a list; it needs their last year."""
    selected: Mapping[int, Path] = field(default_factory=dict)
    """What queries selected, by the place of their table in the dataset.toml."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """The fund in place of each index that no source has."""
    listed: Mapping[str, Any] | None = None
    """The list of stocks that a record keeps.

    Its "members", those "priced", and the "universe" that the report asks for.
    """
    holdings: str = ""
    """The file of holdings as it was read, "" for a report without one."""
    legs: Mapping[str, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    """The exchange rates that the record names for each currency, and which are upside down."""
    untold: frozenset[str] = frozenset()
    """Symbols that the record names as missing. A check may keep rows of them out."""


@dataclass(slots=True)
class Series:
    """The closes of one symbol on the sessions of its exchange, oldest first."""

    days: list[Day]
    values: list[float]
    lows: Mapping[Day, float]
    highs: Mapping[Day, float]


@dataclass(frozen=True, slots=True)
class Print:
    """A figure of a release as it was printed first, in the unit of the data."""

    period: str
    actual: float
    previous: float | None
    released_on: str
    """The day of its release in ISO 8601, "" if it is not known."""
    first: float | None
    """The figure of the period before, as it was printed first."""
    stage: str
    at: dt.datetime | None
    """The time of its release."""
    asked: tuple[tuple[str, float], ...]
    """Each poll of economists, and what it expected."""
    gaps: tuple[float, ...]
    """How far the earlier figures of that stage were from what was expected, oldest first."""
    earlier: float | None
    """The figure of two periods before, as it was published with this one."""
    own: Mapping[str, Printed]
    """The first figure of each period, of that stage."""
    firsts: Mapping[str, tuple[str, float]]
    """The first of all figures of each period that have a time of release, with their stages."""


class Rows:
    """The raw rows of a dataset, as they were known at a moment."""

    def __init__(
        self,
        data: Path | Location,
        session: Day,
        *,
        at: dt.datetime | None = None,
        market: Path | Mapping[str, Any] = US,
        tables: Sequence[Path] = (TABLES,),
        closings: Sequence[Path] = (CLOSINGS,),
    ) -> None:
        """The rows of *data* that were known at a moment of *session*.

        Args:
            data: The folder of a dataset.toml, or where the data of a brief lie.
            session: The session that the claims are about.
            at: The moment. Without it, the close, with what is published on its evening.
            market: The market as a TOML file, or as a record keeps it.
            tables: Folders of an instruments.toml and a baskets.toml, or of a folder of such
                files. A later one comes before an earlier one.
            closings: Files of days on which an exchange was closed.
        """
        self.location = data if isinstance(data, Location) else Location(path=data)
        self.session = session
        self.market = _toml(market) if isinstance(market, Path) else market
        self.instruments = _table(tuple(tables), "instruments")
        self.baskets = _table(tuple(tables), "baskets")
        self._tables = tuple(tables)
        self._closings = tuple(closings)
        self.untold = self.location.untold
        self._asked = at
        self._closes = dict[str, Closes]()
        self._rates = dict[str, Closes]()
        self._memo = dict[tuple[Any, ...], Any]()

    def once(self, make: Callable[..., Found], *key: Any) -> Found:
        """What *make* gives for these rows and *key*; it is computed once."""
        if (make, *key) not in self._memo:
            self._memo[make, *key] = make(self, *key)
        found: Found = self._memo[make, *key]
        return found

    # The moment
    # ---------------------------------------------------------------------------------------------

    @cached_property
    def exchange(self) -> Exchange:
        """The sessions of the market's exchange, as they were expected at the moment."""
        return self._exchange(str(self.market["exchange"]))

    def exchange_of(self, symbol: str) -> Exchange:
        """The sessions of the exchange of *symbol*."""
        return self._exchange(self.calendar_of(symbol))

    def _exchange(self, code: str) -> Exchange:
        zone, here = str(self.market["zone"]), str(self.market["exchange"])
        closed = _closed(self._closings, code, here, zone, self.session, self.published)
        short, opened = _short(self._closings, code, here), _opened(self._closings, code, here)
        return Exchange(code, zone, closed, short, opened)

    def exchange_by(self, code: str) -> Exchange:
        """The sessions of the exchange of that *code*, as they were expected at the moment."""
        return self.exchange if code == self.market["exchange"] else self._exchange(code)

    def market_on(self, code: str) -> Mapping[str, Any]:
        """The market of the exchange of that *code*, the desk's own before the shipped ones.

        Raises:
            LookupError: No file describes one.
        """
        desks = (folder / "markets" for folder in reversed(self._tables))
        for folder in (*desks, MARKETS):
            for path in sorted(folder.glob("*.toml")):
                if _toml(path).get("exchange") == code:
                    return _toml(path)
        raise LookupError(f"no market has the exchange {code}")

    def closing_of(self, code: str, day: Day) -> str:
        """The announced reason for which an exchange had no session on *day*; "" for none."""
        rows = (row for path in self._closings for row in _toml(path).get("closed", ()))
        here = self.market["exchange"]
        alike = (row for row in rows if row["day"] == day and row.get("exchange", here) == code)
        return next((str(row.get("reason", "a closing of the exchange")) for row in alike), "")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the market."""
        return ZoneInfo(self.market["zone"])

    @cached_property
    def at(self) -> dt.datetime:
        """The moment that the claims are about: the close, or a time that was asked for."""
        return self._asked or self.close_of(self.session)

    @cached_property
    def published(self) -> dt.datetime:
        """Until when what is published counts: the evening of a close, or the moment."""
        if self._asked is not None:
            return self._asked
        return dt.datetime.combine(self.session + ONE_DAY, dt.time(), self.zone)

    @cached_property
    def live(self) -> bool:
        """Whether the session was running at the moment."""
        opened = self.exchange.opens(self.session)
        return self._asked is not None and opened <= self._asked < self.close_of(self.session)

    @cached_property
    def next(self) -> Day:
        """The session after this one."""
        return self.exchange.after(self.session)

    def judging(self, claim: Claim) -> Rows:
        """The rows that a claim is judged by: these, or those of the close before.

        During a session, a claim is of that close if it says so, and if the data have no price of
        the instrument within the day.
        """
        if not self.live or claim.get("as_of") != self.previous.isoformat():
            return self
        symbol = claim["instrument"]
        if symbol not in self._known or self.calendar_of(symbol) != self.market["exchange"]:
            return self
        told_of = [symbol, *self._beside(claim)]
        return self if all(map(self._priced, told_of)) else self.before

    def _beside(self, claim: Claim) -> list[str]:
        """The instrument that a claim compares its own with, by its key in the fact's id."""
        keys = str(claim["fact"]).split(".")[1:]
        return [str(self.instruments[key]["symbol"]) for key in keys if key in self.instruments]

    def _priced(self, symbol: str) -> bool:
        """Whether the running session has a price of *symbol*."""
        try:
            self.price_now(symbol)
        except LookupError:
            return False
        return True

    @cached_property
    def before(self) -> Rows:
        """The same rows, as of the close before this session."""
        return Rows(
            self.location,
            self.previous,
            market=self.market,
            tables=self._tables,
            closings=self._closings,
        )

    @property
    def upcoming(self) -> Day:
        """The running session, or the one after this one."""
        return self.session if self.live else self.next

    @cached_property
    def previous(self) -> Day:
        """The session before this one."""
        return self.exchange.before(self.session)

    @cached_property
    def anchor(self) -> dt.datetime:
        """The close from which a coin's change is measured: the last one before today's."""
        over = self.at.astimezone(self.zone).date() > self.session
        return self.close_of(self.session if over else self.previous)

    @cached_property
    def utc_day(self) -> Day:
        """The last UTC day that was over at the moment."""
        return self.at.astimezone(dt.UTC).date() - ONE_DAY

    def close_of(self, day: Day) -> dt.datetime:
        """The time of the exchange's close of *day*, in its zone."""
        return self.exchange.closes(day)

    def closing(self, day: Day) -> int:
        """The hour of the exchange's close of *day*."""
        return self.close_of(day).hour

    def was_known(self, day: Day, rule: str) -> bool:
        """Whether a row of *day* had been published at the moment.

        A brief of a close is told with that evening's figures.

        Args:
            day: The day of the row.
            rule: When it is published, as in a dataset.toml: "18:00", "-1d 14:00", "close".
        """
        return self._published(day, rule) <= self.published

    def _late(self, symbol: str) -> str:
        """The rule of what is published on a later day than its own, or on another calendar's.

        "" of everything else.
        """
        rule = str(self._known.get(symbol, {}).get("published", ""))
        elsewhere = self.calendar_of(symbol) != self.market["exchange"]
        return rule if " " in rule or elsewhere else ""

    def _published_late(self, day: Day, rule: str, calendar: Exchange) -> dt.datetime:
        """When a figure of *day* comes: after some days, on a weekday, or on the next session.

        A weekday that is none of its sessions is put off to the next one.
        """
        *parts, clock = rule.split()
        for part in parts:
            if part == "next":
                day = calendar.after(day)
            elif part.startswith("+"):
                day += int(part[:-1]) * ONE_DAY
            else:
                while f"{day:%a}".lower() != part:
                    day += ONE_DAY
                day = day if calendar.is_session(day) else calendar.after(day)
        return dt.datetime.combine(day, dt.time.fromisoformat(clock), calendar.own_zone)

    def _published(self, day: Day, rule: str) -> dt.datetime:
        if rule == "close":
            return self.close_of(day)
        if rule == "utc-midnight":
            return dt.datetime.combine(day + ONE_DAY, dt.time(), dt.UTC)
        days, _, clock = rule.rpartition(" ")
        later = day + int(days.rstrip("d") or 0) * ONE_DAY
        return dt.datetime.combine(later, dt.time.fromisoformat(clock), self.zone)

    # What a market names
    # ---------------------------------------------------------------------------------------------

    @property
    def lead(self) -> str:
        """The symbol of the market's lead index."""
        return str(self.market["lead"])

    @property
    def sectors(self) -> list[str]:
        """The symbols of the market's sector funds."""
        return list(self.market.get("sectors", ()))

    @property
    def large(self) -> list[str]:
        """The symbols of its indexes, without those of smaller companies."""
        return [one["symbol"] for one in self.market["indexes"] if one.get("role") != "small"]

    @cached_property
    def _known(self) -> Mapping[str, Mapping[str, Any]]:
        return {one["symbol"]: one for one in self.instruments.values()}

    def instrument(self, symbol: str) -> Mapping[str, Any]:
        """What the tables know of *symbol*.

        Raises:
            LookupError: No table has it.
        """
        if symbol not in self._known:
            raise LookupError(f"no table has {symbol}")
        return self._known[symbol]

    def began(self, symbol: str) -> Day | None:
        """The day on which *symbol* began, None where no table has it."""
        found: Day | None = self._known.get(symbol, {}).get("inception")
        return found

    def calendar_of(self, symbol: str) -> str:
        """The code of the calendar of *symbol*; that of the market where no table has it."""
        if symbol in self._known:
            return str(self._known[symbol].get("calendar", self.market["exchange"]))
        company = _every_company(self._tables).get(symbol)
        return company[0] if company else str(self.market["exchange"])

    def paid_in(self, symbol: str) -> tuple[str, float]:
        """The currency that *symbol* is paid in, and how much of it one unit of its prices is.

        Raises:
            LookupError: No table has it, or no market its exchange.
        """
        company = _every_company(self._tables).get(symbol, ("", ""))
        told = str(self._known.get(symbol, {}).get("currency", "")) or company[1]
        if not told:
            code = self.calendar_of(symbol)
            here = code == self.market["exchange"]
            told = str((self.market if here else self.market_on(code))["currency"])
        whole = _toml(HUNDREDTHS).get(told)
        return (str(whole), 0.01) if whole else (told, 1.0)

    def around_the_clock(self, symbol: str) -> bool:
        """Whether *symbol* trades on all days, at all hours."""
        return self.calendar_of(symbol) == ROUND_THE_CLOCK

    def is_coin(self, symbol: str) -> bool:
        """Whether *symbol* trades around the clock, and the market does not.

        Then it is told by UTC days, or by its price at the market's closes.
        """
        return self.around_the_clock(symbol) and self.market["exchange"] != ROUND_THE_CLOCK

    def members(self, key: str) -> list[str]:
        """The members of the basket *key* that were followed on the day of the session."""
        return [one for one in self.baskets[key]["members"] if self.followed(one)]

    def followed(self, symbol: str) -> bool:
        """Whether *symbol* was followed on the day of the session; so is what has no days."""
        turns = self._turns(symbol)
        return not turns or sum(self.session >= turn for turn in turns) % 2 == 1

    def has_dates(self, symbol: str) -> bool:
        """Whether the tables say since when *symbol* was followed."""
        return bool(self._turns(symbol))

    def _turns(self, symbol: str) -> list[Day]:
        turns = self._known.get(symbol, {}).get("followed", ())
        return turns if isinstance(turns, list) else [turns] if turns else []

    def symbol_of(self, key: str) -> str:
        """The symbol of the instrument with that *key*, "" where none has it.

        A stock that no table has is called by its symbol, in small letters after "stock_".
        """
        if key in self.instruments:
            return str(self.instruments[key]["symbol"])
        return self._keys_of_listed.get(key, "")

    @cached_property
    def _keys_of_listed(self) -> Mapping[str, str]:
        """The symbol of each stock of the report's list, by the key that it has without a table."""
        return {f"stock_{_small(name)}": name for name in self.listed["members"]}

    @property
    def listed(self) -> Mapping[str, Any]:
        """The list of stocks that the record keeps, an empty one where it keeps none."""
        return self.location.listed or {"members": [], "priced": [], "universe": {}}

    def due_list(self) -> set[str]:
        """The stocks that the list of the report has on the day of the session."""
        universe = self.listed["universe"]
        found = {symbol for symbol in universe.get("symbols", ()) if self.followed(symbol)}
        day = self.session.isoformat()
        for symbol, since, until in universe.get("members", ()):
            if (not since or since <= day) and (not until or day <= until):
                found.add(symbol)
        return found | (self._trading() if universe.get("all") else set())

    def _trading(self) -> set[str]:
        """The stocks of the market's exchange with a close in the last sessions."""
        code, found = self.exchange.code, set[str]()
        upto = self.sessions[: bisect.bisect_right(self.sessions, self.session)]
        oldest = upto[-TRADES:][0].toordinal()
        known = {one["symbol"]: one for one in self.instruments.values()}
        stocks = _companies(self._tables, code) - {*known} | {
            symbol
            for symbol, one in known.items()
            if one["kind"] == "stock" and one["calendar"] == code
        }
        for symbol in stocks & self.raw.symbols():
            with suppress(LookupError):
                if self.lately(symbol)[0][-1] >= oldest:
                    found.add(symbol)
        return found

    # Prices
    # ---------------------------------------------------------------------------------------------

    @cached_property
    def raw(self) -> RawRows:
        """The reader of the data."""
        location = self.location
        if location.path.suffix == ".duckdb":
            rules = self.market.get("published", {})
            wanted = {*location.symbols, *location.proxies.values(), self.lead}
            past = self._past() if location.then else None
            rows = StoreRows(
                location.path,
                location.fetch,
                wanted,
                lambda name: rules.get(name, ""),
                past,
                Calendar(
                    release=lambda name: str(self._known.get(name, {}).get("release", "")),
                    zone=ZoneInfo(_toml(US)["zone"]),
                ),
            )
            listed = frozenset(location.members) - wanted
            span = self.session - SPAN, self.session
            return rows.beside(Members(symbols=listed, first=span[0], last=span[1]))
        selected = tuple(location.selected.items())
        return _folder(location.path, str(self.market["zone"]), selected, _marks(location))

    def _past(self) -> Past:
        """How a store is read as it was at the moment.

        A brief of a close is the newest one until the next session opens, so that what is
        received by then is no hindsight.
        """
        strict = self.live or self._asked is not None
        until = self.at if strict else self.exchange.opens(self.next)
        opened = self.exchange.opens(self.session) if self.live else None
        at = self.at if self.live else None
        return Past(moment=until, due=self._due, opened=opened, at=at)

    def _due(self, role: str, name: str) -> Day:
        """The newest day of a series that could be known at the moment."""
        if not role and (late := self._late(name)):
            return self._last_published(self.calendar_of(name), late)
        rule = RULES.get(role.partition("/")[0], "close")
        rule = self.market.get("published", {}).get(name, rule)
        by = self.published
        if not role and self.around_the_clock(name):
            rule, by = "utc-midnight", self.at
        day = self.session + 2 * ONE_DAY
        while self._published(day, rule) > by:
            day -= ONE_DAY
        return day

    def _series(self, symbol: str) -> Series:
        """All closes of *symbol* on the sessions of its exchange.

        Of two files, the first one that has it counts.

        Raises:
            LookupError: There is none.
        """
        fund = self.location.proxies.get(symbol, symbol)
        code, below = self.calendar_of(symbol), bool(self._known.get(symbol, {}).get("below_zero"))
        odd = self._odd(code)
        found = _closes_of(self.raw, fund, code, odd, below)
        if found is None:
            raise LookupError(f"the data have no closes of {symbol}")
        row = self._known.get(symbol, {})
        if not row.get("computed_before"):
            return found
        place = bisect.bisect_left(found.days, row["inception"])
        return replace(found, days=found.days[place:], values=found.values[place:])

    def _odd(self, code: str) -> Odd:
        """The days of an exchange that no rule has, whenever they were announced."""
        here, zone = str(self.market["exchange"]), str(self.market["zone"])
        return Odd(
            closed=_closed(self._closings, code, here, zone, None, None),
            opened=_opened(self._closings, code, here),
        )

    def warm(self, symbols: Iterable[str]) -> None:
        """Read and order the closes of *symbols* and all rates, for this and later moments."""
        for symbol in symbols:
            with suppress(LookupError):
                self._series(symbol)
        with suppress(LookupError):
            _ = self.raw.rates, self.raw.futures, self.raw.releases, self.raw.meetings
            _ = [*self.raw.bars(next(iter(self.location.members), self.lead))]
        _companies(self._tables, str(self.market["exchange"]))

    def closes(self, symbol: str) -> Closes:
        """Days and closes of *symbol* up to the moment.

        Those of a coin end with the last UTC day that was over. During a session, the newest price
        of it is the last one.

        Raises:
            LookupError: It has no close on that day, or no price of the running session.
        """
        if symbol not in self._closes:
            self._closes[symbol] = self._upto(symbol)
        return self._closes[symbol]

    def unbroken(self, symbol: str) -> Closes:
        """Days and closes of *symbol*, or a yield's days and values, after their last hole.

        A session of its exchange is a hole where it has none; of a yield, a session on which
        banks were open, too. So is a close of zero or less before the last one.
        """
        return self.once(Rows._unbroken, symbol)

    def _unbroken(self, symbol: str) -> Closes:
        rate = symbol in self.raw.rates
        days, values = self.known_rates(symbol) if rate else self.closes(symbol)
        return self._after_holes(symbol, days, values, rate=rate)

    def _after_holes(
        self, symbol: str, days: list[Day], values: list[float], *, rate: bool
    ) -> Closes:
        exchange = self.exchange_of(symbol)
        years = days[0].year, days[-1].year
        if self.around_the_clock(symbol):
            due = frozenset(range(days[0].toordinal(), days[-1].toordinal()))
        else:
            due = session_days(exchange.code, *years)
        due |= {day.toordinal() for day in exchange.opened}
        due -= {day.toordinal() for day in exchange.closed}
        if rate and self.market.get("bond_days"):
            due &= session_days(BANKS, *years)
        known = max(days[0], first_known(exchange.code))
        have = {day.toordinal() for day in days}
        span = range(known.toordinal() + 1, days[-1].toordinal())
        holes = [day for day in due if day in span and day not in have]
        place = bisect.bisect_right(days, Day.fromordinal(max(holes))) if holes else 0
        for number, (before, after) in enumerate(pairwise(days), 1):
            if before < known and after < known and after - before > APART:
                place = max(place, number)
        if not rate:
            below = [number for number, value in enumerate(values[:-1], 1) if value <= 0]
            place = max([place, *below])
        return days[place:], values[place:]

    def lately(self, symbol: str) -> Recent:
        """Ordinals of days, and closes, of *symbol* in the year and more up to the session.

        Of a long list no more is read of each.

        Raises:
            LookupError: There is no close.
        """
        found = self.once(Rows._recent, symbol)
        if not found[0]:
            raise LookupError(f"the data have no closes of {symbol}")
        return found

    def _recent(self, symbol: str) -> Recent:
        """What :meth:`lately` gives, empty lists where there is no close."""
        first, last = (self.session - SPAN).toordinal(), self.session.toordinal()
        sessions = self.once(Rows._sessions_around, self.calendar_of(symbol))
        for column, _ in self.raw.bars(symbol):
            times, closes = column.times, column.values[0]
            begin, end = bisect.bisect_left(times, first), bisect.bisect_right(times, last)
            days, values = list(times[begin:end]), list(closes[begin:end])
            if days and self._are_closes(days, values, sessions):
                return days, values
            found = {
                day: close
                for day, close in zip(times[begin:], closes[begin:], strict=True)
                if first <= day <= last and close > 0 and day in sessions
            }
            if found:
                days = sorted(found)
                return days, [found[day] for day in days]
        return [], []

    def _are_closes(self, days: list[int], values: list[float], sessions: frozenset[int]) -> bool:
        """Whether each day is one of *sessions*, later than the one before, and has a price."""
        in_order = all(map(lt, days, islice(days, 1, None)))
        prices = all(map((0.0).__lt__, values))
        return in_order and prices and sessions.issuperset(days)

    def _sessions_around(self, code: str) -> frozenset[int]:
        """The ordinals of the sessions of an exchange that recent closes are read for."""
        first, last = self.session - SPAN, self.session
        if code == ROUND_THE_CLOCK:
            return frozenset(range(first.toordinal(), last.toordinal() + 1))
        odd = self._odd(code)
        usual = session_days(code, first.year, last.year)
        opened, closed = ({day.toordinal() for day in days} for days in (odd.opened, odd.closed))
        return frozenset((usual | opened) - closed)

    def sessions_of(self, first: Day, last: Day) -> list[Day]:
        """The sessions of the market from *first* to *last*, both included, of the last year."""
        found = self.once(Rows._sessions_around, self.exchange.code)
        span = range(first.toordinal(), last.toordinal() + 1)
        return [Day.fromordinal(day) for day in sorted(found) if day in span]

    def newest_days(self, symbol: str, days: tuple[Day, ...]) -> list[Day]:
        """The day of the newest close of *symbol* at each of some sessions of the market.

        It was known when the market closed; what is published later, by that midnight.
        """
        return self.once(Rows._newest_days, self.calendar_of(symbol), self._late(symbol), days)

    def _newest_days(self, code: str, rule: str, days: tuple[Day, ...]) -> list[Day]:
        if code == self.market["exchange"] and not rule:
            return [*days]
        calendar = None if code == ROUND_THE_CLOCK else self._exchange(code)
        around = sorted(self.once(Rows._sessions_around, code))
        known = list[tuple[dt.datetime, Day]]()
        for day in map(Day.fromordinal, around):
            if calendar is None:
                at = dt.datetime.combine(day + ONE_DAY, dt.time(), dt.UTC)
            else:
                at = self._published_late(day, rule, calendar) if rule else calendar.closes(day)
            known.append((at, day))
        times = [at for at, _ in known]
        found = []
        for day in days:
            by = self.close_of(day)
            if rule:
                by = dt.datetime.combine(day + ONE_DAY, dt.time(), self.zone)
                by = min(by, self.published) if day == self.session else by
            found.append(known[bisect.bisect_right(times, by) - 1][1])
        return found

    def _upto(self, symbol: str) -> Closes:
        series, code = self._series(symbol), self.calendar_of(symbol)
        here = code == self.market["exchange"]
        running = self.live and (here or code == ROUND_THE_CLOCK)
        if code == ROUND_THE_CLOCK:
            last = self.utc_day
        elif late := self._late(symbol):
            last = self._last_published(code, late)
        elif here:
            last = self.previous if self.live else self.session
        else:
            last = self._last_of(code)
        end = bisect.bisect_right(series.days, last)
        skips = bool(self._known.get(symbol, {}).get("skips"))
        if not end or (series.days[end - 1] != last and not skips):
            raise LookupError(f"{symbol} has no close on {last}")
        days, values = series.days[:end], series.values[:end]
        if running and here and not self._late(symbol):
            days.append(self.session)
            values.append(self.price_now(symbol))
        return days, values

    def _last_of(self, code: str) -> Day:
        """The last session of another exchange that was over at the moment."""
        other = self._exchange(code)
        day = self.at.astimezone(other.zone).date() + ONE_DAY
        while not other.is_session(day) or other.closes(day) > self.at:
            day -= ONE_DAY
        return day

    def _last_published(self, code: str, rule: str) -> Day:
        """The last session of a calendar with a figure that had been published at the moment."""
        calendar = self._exchange(code)
        day = calendar.before(self.published.astimezone(calendar.own_zone).date() + ONE_DAY)
        while self._published_late(day, rule, calendar) > self.published:
            day = calendar.before(day)
        return day

    def range_of(self, symbol: str) -> tuple[float, float]:
        """The low and the high of the last session of *symbol*.

        Raises:
            LookupError: The data do not have them.
        """
        series, day = self._series(symbol), self.closes(symbol)[0][-1]
        return series.lows[day], series.highs[day]

    def ranges_of(self, symbol: str) -> list[tuple[Day, float, float, float]]:
        """Day, low, high and close of each session of *symbol* up to the moment, oldest first.

        A low or a high that the data do not have is no number.
        """
        series, (days, values) = self._series(symbol), self.closes(symbol)
        return [
            (day, series.lows[day], series.highs[day], close)
            for day, close in zip(days, values, strict=True)
        ]

    @cached_property
    def sessions(self) -> list[Day]:
        """The sessions with a close of the lead index, the later ones too."""
        return self._series(self.lead).days

    def base(self, symbol: str, window: str) -> float:
        """The close that a change of *symbol* over *window* is measured from."""
        days, values = self.closes(symbol)
        if window == "day":
            return values[-2]
        if window == "streak":
            return values[-1 - abs(run_of(changes(values)))]
        start = start_of(window, self.session)
        if self.around_the_clock(symbol):  # from the last session of stocks before the window
            start = self.exchange.before(start) + ONE_DAY
        return before(days, values, start)

    def basket(self, key: str) -> list[float]:
        """The changes on the day of the members of the basket *key*."""
        found = (self.closes(symbol)[1] for symbol in self.members(key))
        return [values[-1] / values[-2] - 1 for values in found]

    def median(self, key: str) -> float:
        """The median of the changes on the day of the basket *key*."""
        return statistics.median(self.basket(key))

    # Prices within a day
    # ---------------------------------------------------------------------------------------------

    def _levels(self, symbol: str) -> tuple[list[int], list[float], int]:
        """Times and prices of *symbol* within days, and the step between them.

        Times are seconds of the epoch, and so is the step.

        Raises:
            LookupError: There are none.
        """
        found = list(self.raw.levels(self.location.proxies.get(symbol, symbol)))
        if not found:
            raise LookupError(f"the data have no prices of {symbol} within a day")
        rows, step = found[-1]
        return [at for at, _ in rows], [price for _, price in rows], step

    def price_at(self, symbol: str, at: dt.datetime) -> float:
        """The last price of *symbol* by that time, an hour old at most.

        Raises:
            LookupError: There is none.
        """
        times, prices, _ = self._levels(symbol)
        end = bisect.bisect_right(times, at.timestamp())
        if not end or at.timestamp() - times[end - 1] > HOUR.total_seconds():
            raise LookupError(f"{symbol} has no price at {at:%Y-%m-%d %H:%M}")
        return prices[end - 1]

    def price_now(self, symbol: str) -> float:
        """The newest price of *symbol* in the running session.

        Raises:
            LookupError: There is none, or it is too old.
        """
        times, prices, step = self._levels(symbol)
        now, opened = self.at.timestamp(), self.exchange.opens(self.session).timestamp()
        end = bisect.bisect_right(times, now)
        oldest = max(OLDEST.total_seconds(), 2 * step)
        if not end or times[end - 1] < opened or now - times[end - 1] > oldest:
            raise LookupError(f"{symbol} has no price of the running session")
        return prices[end - 1]

    def price_if_known(self, symbol: str, at: dt.datetime) -> float | None:
        """The price of *symbol* at that time, None if it is unknown."""
        try:
            return self.price_at(symbol, at)
        except LookupError:
            return None

    # Rates, futures and events
    # ---------------------------------------------------------------------------------------------

    def known_rates(self, name: str) -> Closes:
        """Days and rates of the series *name* that were known, as fractions, oldest first."""
        if name not in self._rates:
            points = self.raw.rates[name]
            sure = bisect.bisect_left(points, (self.session - SURE,))
            found = {point.day: point.value / 100 for point in points[:sure]}
            for point in points[sure:]:
                if point.day <= self.session + SURE and self.was_known(point.day, point.rule):
                    found[point.day] = point.value / 100
            self._rates[name] = (list(found), list(found.values()))
        return self._rates[name]

    @cached_property
    def futures(self) -> list[tuple[Day, dict[Month, float]]]:
        """The newest settlements of futures of the policy rate, by day and by month."""
        found: dict[Day, dict[Month, float]] = defaultdict(dict)
        first = bisect.bisect_left(self.raw.futures, (self.session - SURE,))
        for day, rule, month, price in self.raw.futures[first:]:
            if day > self.session + SURE:
                break
            if self.was_known(day, rule):
                months = found[day]
                if price is not None:
                    months[month] = price
        return sorted(found.items())

    @cached_property
    def meetings(self) -> list[tuple[Day, Day]]:
        """The first and the last day of the Fed's meetings that were known at the moment.

        One that is called off counts until that is said, and one that was not planned from its
        decision on.
        """
        return [(one.start, one.end) for one in self.raw.meetings if self._planned(one)]

    def _planned(self, meeting: Meeting) -> bool:
        """Whether *meeting* was known to be held.

        The Fed tells its meetings of a year in the year before: they count from October on.
        """
        zone = ZoneInfo(_toml(US)["zone"])
        listed = dt.datetime(meeting.end.year - 1, 10, 1, tzinfo=zone)
        decided = dt.datetime.combine(meeting.end, DECISION, zone)
        told = _told(meeting.announced, zone)
        if meeting.kind == "regular":
            return (told or listed) <= self.at
        if meeting.kind in ("cancelled", "canceled"):
            return told is not None and listed <= self.at < told
        return meeting.kind == "unscheduled" and max(told or decided, decided) <= self.at

    def printed(self, series: str) -> Print:
        """The newest figure of *series* that was known at the moment, as it was printed first.

        Raises:
            LookupError: There is none.
        """
        known = []
        for one in self.raw.prints:
            at = _end(one.released or one.seen, self.zone)
            if one.series == series and at is not None and at <= self.published:
                known.append((self._counted(series, one.period), at, one))
        if not known:
            raise LookupError(f"the data have no figure of {series} by then")
        known.sort(key=lambda row: row[1])
        period = max(row[0] for row in known)
        begun = dict[str, dt.datetime]()
        for of, at, one in known:
            if of == period:
                begun.setdefault(one.stage, at)
        stage = max(begun, key=lambda name: begun[name])
        alike = [row for row in known if row[2].stage == stage]
        mine = [one for of, at, one in alike if of == period and at == begun[stage]]
        earlier = dict[str, float | None]()
        for of, at, one in alike:
            if at < begun[stage] and of not in earlier:
                earlier[of] = None if one.consensus is None else one.actual - one.consensus
        told, zone = mine[0], ZoneInfo(_toml(US)["zone"])
        day = _day(told.released, zone)
        return Print(
            period=period,
            actual=told.actual,
            previous=told.previous,
            released_on=day.isoformat() if day else "",
            first=told.first,
            stage=stage,
            at=_end(told.released, self.zone),
            asked=tuple((one.poll, one.consensus) for one in mine if one.consensus is not None),
            gaps=tuple(gap for gap in earlier.values() if gap is not None),
            earlier=told.earlier,
            own=_firsts((of, one) for of, _, one in alike),
            firsts={
                of: (one.stage, one.actual)
                for of, one in _firsts(
                    (of, one) for of, _, one in known if one.released is not None
                ).items()
            },
        )

    def told_by_period(self, series: str) -> list[tuple[str, dt.datetime, float]]:
        """Period, time and value of each figure of *series* that had been told, in their order.

        Raises:
            LookupError: There is none.
        """
        found = []
        for one in self.raw.vintages:
            at = _end(one.released, self.zone)
            if one.series == series and at is not None and at <= self.published:
                found.append((self._counted(series, one.period), at, one.value))
        if not found:
            raise LookupError(f"the data have no figures of {series} by then")
        return sorted(found, key=lambda row: row[1])

    def has_none(self, series: str, period: str) -> bool:
        """Whether it was known at the moment that *series* has no figure of a *period*."""
        for one in self.raw.unpublished:
            at = _end(one.known, self.zone)
            alike = one.series == series and self._counted(series, one.period) == period
            if alike and at is not None and at <= self.published:
                return True
        return False

    def last_told(self, series: str) -> dt.datetime | None:
        """From when the last figure of *series* that is known was known, None for none."""
        ends = (_end(one.released or one.seen, self.zone) for one in self._of_series(series))
        return max((at for at in ends if at is not None and at <= self.published), default=None)

    def _of_series(self, series: str) -> Iterator[Printed]:
        return (one for one in self.raw.prints if one.series == series)

    def _counted(self, series: str, period: str) -> str:
        """*period* as the figures of *series* are counted: by months, quarters or weeks."""
        every = self._known.get(series, {}).get("every", "month")
        if every == "week" or "Q" in period:
            return period
        year, month = period[:4], int(period[5:7])
        return f"{year}Q{-(-month // 3)}" if every == "quarter" else f"{year}-{month:02}"

    def reported(self, symbol: str) -> Day | None:
        """The day of the results of *symbol* that this session is the first to react to, whole.

        News before the open belong to its day, those from the close on to the session after it.
        """
        exchange = self._exchange(self.market["exchange"])
        answered = None
        for one in self._standing_results(symbol):
            at = one.at
            if isinstance(at, dt.datetime):
                here = at.astimezone(self.zone) if at.tzinfo else at.replace(tzinfo=self.zone)
                day = here.date()
                early = exchange.is_session(day) and here < exchange.opens(day)
                late = not exchange.is_session(day) or here >= exchange.closes(day)
            else:
                day, early, late = at, one.when == "before", one.when == "after"
                early = early and exchange.is_session(day)
                late = late or not exchange.is_session(day)
            session = day if early else exchange.after(day) if late else None
            if session == self.session:
                answered = max(day, answered or day)
        return answered

    def results_ahead(self, symbol: str) -> tuple[Day, str] | None:
        """The day on which *symbol* reports next, and the part of it; None where nobody is sure.

        The newest announcement counts. It must have one day of the quarter alone, a session, and
        no row may say that the company has reported within 45 days before it.
        """
        own = self._standing_results(symbol)
        told = [(_told(one.announced, self.zone), self._of_result(one)) for one in own]
        known = [(said, at) for said, at in told if said is not None and said <= self.at]
        newest = sorted(at for said, at in known if said == max(said for said, _ in known))
        first = next((at for at in newest if at > self.at), None)
        if first is None:
            return None
        near = [at for at in newest if abs(at - first) < RESULTS_APART]
        came = [at for _, at in told if at <= self.at and first - at < RESULTS_APART]
        exchange, day = self._exchange(self.market["exchange"]), first.date()
        if len(near) > 1 or came or not exchange.is_session(day):
            return None
        early, late = first < exchange.opens(day), first >= exchange.closes(day)
        return day, "before-open" if early else "after-close" if late else "during-session"

    def _standing_results(self, symbol: str) -> list[Result]:
        """The results of *symbol* without the days that it put off before they came."""
        own = [one for one in self.raw.results if one.symbol == symbol]
        told = [(one, _told(one.announced, self.zone), self._of_result(one)) for one in own]
        return [
            one
            for one, said, at in told
            if not any(
                later is not None
                and said is not None
                and said < later <= min(at, self.at)
                and other != at
                and abs(other - at) < RESULTS_APART
                for _, later, other in told
            )
        ]

    def _of_result(self, one: Result) -> dt.datetime:
        """The time of a company's results, by the clock of the market."""
        if isinstance(one.at, dt.datetime):
            return (
                one.at.astimezone(self.zone) if one.at.tzinfo else one.at.replace(tzinfo=self.zone)
            )
        clock = dt.time(23, 59) if one.when == "after" else dt.time()
        return dt.datetime.combine(one.at, clock, self.zone)

    @property
    def releases(self) -> Sequence[Release]:
        """The events and publications of the data's calendar."""
        return self.raw.releases

    def cycle(self, day: Day) -> list[tuple[Day, float]]:
        """The latest run of moves of the Fed's target range, as of *day*.

        Returns:
            The first day in force and the size of each, oldest first.
        """
        days, values = self.known_rates(self.market["target_range"][-1])
        return run_of_moves(list(zip(days, values, strict=True)), day)

    @property
    def election(self) -> Day:
        """The day of the last election before the session.

        Raises:
            LookupError: The files list none.
        """
        days = [one.day for one in self.releases if one.kind == "election"]
        return [day for day in days if day < self.session][-1]

    @property
    def election_name(self) -> str:
        """The name of the last election before the session."""
        held = (one for one in self.releases if one.day == self.election)
        return next(one.name for one in held if one.kind == "election")

    def due_today(self) -> list[tuple[dt.datetime, str]]:
        """What is due after the moment and on its day in the market's time, the earliest first.

        Publications, auctions and the Fed's decision.
        """
        zone, today = ZoneInfo(_toml(US)["zone"]), self.at.astimezone(self.zone).date()
        due = {(dt.datetime.combine(end, DECISION, zone), DECIDED) for _, end in self.meetings}
        for one in self.releases:
            if one.kind in ("release", "auction") and self._announced(one):
                clock = dt.time.fromisoformat(one.time or USUAL)
                due.add((dt.datetime.combine(one.day, clock, zone), one.name))
        return sorted(
            (at, name)
            for at, name in due
            if at > self.at and at.astimezone(self.zone).date() == today
        )

    def due_since(self, start: dt.datetime) -> list[tuple[dt.datetime, Release]]:
        """The publications that were due after *start* and by the moment, with their times."""
        return [(at, one) for at, one in self._publications() if start < at <= self.at]

    def due_on(self, day: Day) -> list[tuple[dt.datetime, Release]]:
        """The publications of *day*, with their times."""
        return [(at, one) for at, one in self._publications() if one.day == day]

    def _publications(self) -> Iterator[tuple[dt.datetime, Release]]:
        zone = ZoneInfo(_toml(US)["zone"])
        for one in self.releases:
            if one.kind == "release" and self._announced(one):
                clock = dt.time.fromisoformat(one.time or USUAL)
                yield dt.datetime.combine(one.day, clock, zone), one

    def next_release(self) -> tuple[dt.datetime, list[str]]:
        """When the next publication or decision of the Fed after the moment is, and what it is.

        Raises:
            LookupError: None is known.
        """
        zone = ZoneInfo(_toml(US)["zone"])  # releases and the Fed have their times there
        due = [(end, DECISION, DECIDED) for _, end in self.meetings]
        due += [
            (one.day, dt.time.fromisoformat(one.time or USUAL), one.name)
            for one in self.releases
            if one.kind == "release" and self._announced(one)
        ]
        listed = [(dt.datetime.combine(day, clock, zone), name) for day, clock, name in due]
        times = [at for at, _ in listed if at > self.at]
        if not times:
            raise LookupError("no publication is known after the moment")
        first = min(times)
        return first, [name for at, name in listed if at == first]

    def next_of(self, name: str) -> Day | None:
        """The next day after the moment on which the release of that *name* is due, or None."""
        zone = ZoneInfo(_toml(US)["zone"])
        clocks = {one: dt.time.fromisoformat(one.time or USUAL) for one in self.releases}
        days = [
            one.day
            for one, clock in clocks.items()
            if one.kind == "release" and one.name == name and self._announced(one)
            if dt.datetime.combine(one.day, clock, zone) > self.at
        ]
        return min(days, default=None)

    def _announced(self, release: Release) -> bool:
        """Whether *release* was announced by the moment, as far as the data say when."""
        told = _told(release.announced, self.zone)
        return told is None or told <= self.at

    def since_election(self, symbol: str) -> Closes:
        """Days and closes of *symbol* from the day of the last election on."""
        days, values = self.closes(symbol)
        place = bisect.bisect_left(days, self.election)
        return days[place:], values[place:]


def _firsts(told: Iterable[tuple[str, Printed]]) -> dict[str, Printed]:
    """The first figure of each period."""
    found = dict[str, Printed]()
    for period, one in told:
        found.setdefault(period, one)
    return found


def _end(at: dt.datetime | Day | None, zone: dt.tzinfo) -> dt.datetime | None:
    """The time *at*, of a day alone its end; without an offset, of *zone*."""
    if at is None:
        return None
    if not isinstance(at, dt.datetime):
        return dt.datetime.combine(at + ONE_DAY, dt.time(), zone)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _day(at: dt.datetime | Day | None, zone: dt.tzinfo) -> Day | None:
    """The day of a time, in *zone* if it has an offset."""
    if not isinstance(at, dt.datetime):
        return at
    return at.astimezone(zone).date() if at.tzinfo else at.date()


def _told(announced: str, zone: dt.tzinfo) -> dt.datetime | None:
    """When something was *announced*, in *zone* unless it says another; a day once it is over."""
    if not announced:
        return None
    told = dt.datetime.fromisoformat(announced)
    if len(announced) <= len("2025-01-08"):
        told += ONE_DAY
    return told if told.tzinfo else told.replace(tzinfo=zone)


# Files
# -------------------------------------------------------------------------------------------------


@cache
def _toml(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _table(folders: tuple[Path, ...], name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for folder in folders:
        whole = folder / f"{name}.toml"
        for path in [*([whole] if whole.is_file() else []), *sorted(folder.glob(f"{name}/*.toml"))]:
            found |= _toml(path)
    return found


def _small(symbol: str) -> str:
    """A symbol in small letters and digits, with "_" for all else."""
    return "".join(one if one in LETTERS else "_" for one in symbol.lower())


@cache
def _every_company(folders: tuple[Path, ...]) -> Mapping[str, tuple[str, str]]:
    """The exchange of each listed company, and its currency where the table names one."""
    found = dict[str, tuple[str, str]]()
    for folder in folders:
        for path in sorted((folder / "companies").glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    told = (path.stem, (row.get("currency") or "").strip())
                    found[row["symbol"].strip()] = told
    return found


@cache
def _companies(folders: tuple[Path, ...], code: str) -> frozenset[str]:
    """The symbols of the listed companies of an exchange, as the tables have them."""
    found = set[str]()
    for folder in folders:
        path = folder / "companies" / f"{code}.csv"
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                found |= {row["symbol"].strip() for row in csv.DictReader(file)}
    return frozenset(found)


def _marks(location: Location) -> tuple[tuple[int, int], ...]:
    """What tells one state of a dataset's files from another: their times and sizes."""
    description = location.path / "dataset.toml"
    told = tomllib.loads(description.read_text(encoding="utf-8"))
    named = [location.path / entry["path"] for entry in told["files"] if "path" in entry]
    stats = (path.stat() for path in (description, *named))
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)


@lru_cache(maxsize=4)
def _folder(
    path: Path,
    zone: str,
    selected: tuple[tuple[int, Path], ...],
    _marks: tuple[tuple[int, int], ...],
) -> RawRows:
    return FolderRows(path, zone, dict(selected))


@cache
def _closed(
    files: tuple[Path, ...],
    code: str,
    here: str,
    zone: str,
    session: Day | None,
    at: dt.datetime | None,
) -> frozenset[Day]:
    """The days on which an exchange was closed for a reason that no rule has.

    Those after *session* count once they were announced; without *session*, all count.
    """
    found = set[Day]()
    for path in files:
        for row in _toml(path).get("closed", ()):
            announced = row.get("announced")
            if announced and announced.tzinfo is None:
                announced = announced.replace(tzinfo=ZoneInfo(zone))
            known = session is None or at is None or row["day"] <= session
            if row.get("exchange", here) == code and (known or not announced or announced <= at):
                found.add(row["day"])
    return frozenset(found)


@cache
def _short(files: tuple[Path, ...], code: str, here: str) -> Mapping[Day, Hours]:
    """The hours of days on which an exchange had others than usual for a reason no rule has."""
    return {
        row["day"]: Hours(_clock(row.get("opens")), _clock(row.get("closes")))
        for path in files
        for name in ("short", "open")
        for row in _toml(path).get(name, ())
        if row.get("exchange", here) == code
    }


@cache
def _opened(files: tuple[Path, ...], code: str, here: str) -> frozenset[Day]:
    """The days on which an exchange traded though no rule has it."""
    rows = (row for path in files for row in _toml(path).get("open", ()))
    return frozenset(row["day"] for row in rows if row.get("exchange", here) == code)


def _clock(told: str | None) -> dt.time | None:
    return dt.time.fromisoformat(told) if told else None


class Odd(NamedTuple):
    """The days of an exchange that no rule has: without a session, and with one."""

    closed: frozenset[Day]
    opened: frozenset[Day]


def _closes_of(raw: RawRows, symbol: str, code: str, odd: Odd, below_zero: bool) -> Series | None:
    """The closes of *symbol*, of the first file that has any."""
    for column, _ in raw.bars(symbol):
        key = (code, odd, below_zero)
        if key not in column.made:
            made = _made(column.times, column.values, code, odd, below_zero)
            column.made[key] = made
        found: Series | None = column.made[key]
        if found is not None:
            return found
    return None


def _made(
    times: Sequence[int],
    values: Sequence[Sequence[float]],
    code: str,
    odd: Odd,
    below_zero: bool,
) -> Series | None:
    """A series of the rows that are prices on sessions."""
    found: dict[int, tuple[float, float, float]] = {}
    if code != ROUND_THE_CLOCK:
        last = dt.date.fromordinal(max(times)).year if times else RULES_FROM.year
        years = RULES_FROM.year, max(last, RULES_FROM.year)
        sessions = session_days(code, *years) | {day.toordinal() for day in odd.opened}
        sessions -= {day.toordinal() for day in odd.closed}
    early = first_known(code).toordinal()
    for day, close, low, high in zip(times, *values, strict=True):
        if math.isnan(close) or (close <= 0 and not below_zero):
            continue
        if code == ROUND_THE_CLOCK or day in sessions or day < early:
            found[day] = (close, low, high)
    if not found:
        return None
    ordered = sorted(found.items())
    days = [Day.fromordinal(day) for day, _ in ordered]
    rows = [row for _, row in ordered]
    return Series(
        days=days,
        values=[close for close, _, _ in rows],
        lows={day: row[1] for day, row in zip(days, rows, strict=True)},
        highs={day: row[2] for day, row in zip(days, rows, strict=True)},
    )


def start_of(window: str, day: Day) -> Day:
    """The first day of the week, month, quarter or year that holds *day*.

    Raises:
        LookupError: The window is none of these.
    """
    if window == "week":
        return day - day.weekday() * ONE_DAY
    quarter = (day.month - 1) // 3 * 3 + 1
    return Day(day.year, {"month": day.month, "quarter": quarter, "ytd": 1, "year": 1}[window], 1)


# Closes
# -------------------------------------------------------------------------------------------------


def before(days: list[Day], values: list[float], start: Day) -> float:
    """The last close before *start*.

    Raises:
        LookupError: There is none.
    """
    place = bisect.bisect_left(days, start)
    if not place:
        raise LookupError(f"no close before {start}")
    return values[place - 1]


def changes(values: list[float]) -> list[float]:
    """Every close against the one before it."""
    return [b / a - 1 for a, b in pairwise(values)]


def ends(days: list[Day], values: list[float], window: str) -> list[tuple[Day, float]]:
    """The last session and close of every week, month, quarter or year, the running one too."""
    last: dict[Day, tuple[Day, float]] = {}
    for day, value in zip(days, values, strict=True):
        last[start_of(window, day)] = (day, value)
    return [last[start] for start in sorted(last)]


def moves(days: list[Day], values: list[float], window: str) -> list[tuple[Day, float]]:
    """The change of every period after the first, with its last session."""
    return [(b[0], b[1] / a[1] - 1) for a, b in pairwise(ends(days, values, window))]


def _nothing_before(rows: Rows, symbol: str, window: str, ends: list[tuple[Day, float]]) -> int:
    """The place of the first of *ends* after the last one that lacks its own last session."""
    exchange = rows.exchange_of(symbol)
    known = first_known(exchange.code) + ONE_DAY
    place = 0
    for number, (before, after) in enumerate(pairwise(ends), 1):
        start = start_of(window, after[0])
        if start > known and before[0] < exchange.before(start) >= known:
            place = number
    return place


def whole_moves(
    rows: Rows, symbol: str, days: list[Day], values: list[float], window: str
) -> list[tuple[Day, float]]:
    """The change of each period that the data cover without a gap, with its last session.

    A period without its starting close has no change, and hides those before it.
    """
    told = ends(days, values, window)
    told = told[_nothing_before(rows, symbol, window, told) :]
    return [(b[0], b[1] / a[1] - 1) for a, b in pairwise(told)]


def day_moves(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The change of every session after the first, with its day."""
    return list(zip(days[1:], changes(values), strict=True))


def run_of(moved: list[float]) -> int:
    """How many of the last changes have one direction. It is negative where they are losses."""
    last = (moved[-1] > 0) - (moved[-1] < 0)
    length = 0
    for move in reversed(moved):
        if (move > 0) - (move < 0) != last or not last:
            break
        length += 1
    return last * length


def backwards(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The closes before the last one, the newest first."""
    return list(zip(days[-2::-1], values[-2::-1], strict=True))


def year_back(days: list[Day], values: list[float]) -> list[tuple[Day, float]]:
    """The closes of the 365 days that end with the last one."""
    first = bisect.bisect_right(days, days[-1] - YEAR)
    return list(zip(days[first:], values[first:], strict=True))


def standing(rows: Rows, symbol: str) -> tuple[Day, float]:
    """The day and the level of the record close of *symbol* before the last close.

    Raises:
        LookupError: The series does not reach back far enough to tell.
    """
    days, values = rows.closes(symbol)
    top = max(values[:-1])
    day = next(d for d, v in backwards(days, values) if v == top)
    known = published_record(rows, symbol)
    if known and known[0] < days[-1] and known[1] > top:
        day, top = known
    whole = days[0] <= rows.instrument(symbol).get("inception", Day.min)
    if not whole and (known is None or not days[0] <= known[0] <= days[-1]):
        raise LookupError(f"{symbol} begins on {days[0]}: no record can be claimed")
    return day, top


def published_record(rows: Rows, symbol: str) -> tuple[Day, float] | None:
    """The day and the level of a record close as newspapers printed it, None where none is kept."""
    known = rows.instrument(symbol).get("known_record")
    return (known["session"], float(known["level"])) if known else None


def run_of_moves(upper: list[tuple[Day, float]], day: Day) -> list[tuple[Day, float]]:
    """The latest moves of one sign of the upper end of the target range.

    A run is told of for 125 days after its last move. A pause of 150 days ends it.

    Args:
        upper: The upper end by day, oldest first.
        day: The day on which it is told of.

    Returns:
        The first day in force and the size of each move, oldest first.
    """
    steps = [(b[0], b[1] - a[1]) for a, b in pairwise(upper)]
    moved = [step for step in steps if abs(step[1]) > 1e-9]
    if not moved or (day - moved[-1][0]).days > TOLD_OF:
        return []
    run = [moved[-1]]
    for move in reversed(moved[:-1]):
        if move[1] * run[0][1] < 0 or (run[0][0] - move[0]).days > PAUSE:
            break
        run.insert(0, move)
    return run


# Claims
# -------------------------------------------------------------------------------------------------


def same(value: Any, truth: float) -> str | None:
    """Why the number *value* is not *truth*, None where it is."""
    if math.isclose(float(value), truth, rel_tol=1e-7, abs_tol=1e-7):
        return None
    return f"{value} was stated, {truth} is true"


def rests_on(claim: Claim, now: float, then: float | None, between: Iterable[float]) -> str | None:
    """Why the evidence of a superlative is not what the rows say, None where it is.

    Args:
        claim: A claim about the highest or lowest, the best or worst since an earlier one.
        now: The last value.
        then: The value of the session that the claim names, None where there is none as far.
        between: The values of the sessions between the two.
    """
    said = claim.get("evidence")
    if said is None:
        return None
    good = claim["kind"].startswith(UPWARD)
    others = list(between)
    truth = {"now": now} if then is None else {"now": now, "then": then}
    if others:
        truth["between"] = max(others) if good else min(others)
    if said.keys() != truth.keys():
        return f"its evidence is {', '.join(said)}, and {', '.join(truth)} are due"
    wrong = ((name, same(said[name], true)) for name, true in truth.items())
    return next((f"its evidence '{name}': {why}" for name, why in wrong if why), None)


def side_of(kind: str) -> str:
    """The kind of a superlative without how far back it reaches: "largest_fall"."""
    return next(kind.removesuffix(end) for end in ENDS if kind.endswith(end))


def kinds_of(*sides: str) -> tuple[str, ...]:
    """The kinds of superlatives of those *sides*."""
    return tuple(f"{side}{end}" for side in sides for end in ENDS)


def farthest(
    claim: Claim, found: Sequence[tuple[str | Day, float]], first: Day, start: Day | None
) -> str | None:
    """Why a superlative is false, None where it is true.

    It is true if no value since the named day or period went as far as the last one; or none in
    the data; or none since the instrument began.

    Args:
        claim: A claim of a kind that ends with one of ENDS.
        found: Days, or names of periods, and their values, oldest first, none missing.
        first: The first day of the data without a hole.
        start: The day on which the instrument began, None where that is not known.
    """
    up = claim["kind"].startswith(UPWARD)
    *earlier, (_, last) = found
    place = len(earlier) - 1
    while place >= 0 and (earlier[place][1] < last if up else earlier[place][1] > last):
        place -= 1
    named, then = earlier[place] if place >= 0 else (first, None)
    whole = start is not None and first <= start
    end = SINCE if place >= 0 else (ON_RECORD if whole else ON_FILE)
    if not claim["kind"].endswith(end):
        return f"it is one '{end[1:]}'"
    wrong = equal(claim["value"], str(named))
    return wrong or rests_on(claim, last, then, [value for _, value in earlier[place + 1 :]])


def equal(value: Any, truth: Any) -> str | None:
    """Why *value* is not *truth*, None where it is."""
    return None if value == truth else f"{value} was stated, {truth} is true"


def words(claim: Claim) -> str | None:
    """Why the figure in the words of a claim is not its value, None where it is.

    Hedges and words for numbers are read too.
    """
    text, value = claim["text"], claim["value"]
    named = (claim["window"], claim.get("label"))
    if isinstance(value, str) or text in named or text[:1].lower() + text[1:] in named:
        return None
    if claim["unit"] == "count":
        return _count_in_words(text, value)
    match = NUMBER.search(text)
    if match is None:
        return None
    unit = "pp" if claim["unit"] == "bp" and "percentage point" in text else claim["unit"]
    size, shown = abs(value) * SCALES.get(unit, 1.0), float(match[2].replace(",", ""))
    places = len(match[2].partition(".")[2])
    if match[1] and (match[1] == "+") != (value > 0):
        return f"'{text}' has the wrong sign"
    wrong = f"'{text}' of {size}"
    if "less than" in text.lower():
        return None if size < shown else wrong
    within = 0.5 * 10**-places + 1e-9
    if HEDGED.search(text):
        # A chance is told on a grid of five, a price on one of a thousand, a change in percents.
        within = 3.1 if claim["unit"] == "probability" else max(0.7, 0.01 * shown)
    return None if abs(size - shown) <= within else wrong


def _count_in_words(text: str, value: Any) -> str | None:
    if many := MILLIONS.search(text):
        places = len(many[1].partition(".")[2])
        right = abs(abs(value) / 1e6 - float(many[1])) <= 0.5 * 10**-places + 1e-9
        return None if right else f"'{text}' of {abs(value)}"
    text = THOUSANDS.sub("", text)
    known = WORDS | RANKS
    said = [known[word] for word in text.lower().split() if word in known]
    said += [int(match[1]) for match in ORDINAL.finditer(text.replace(",", ""))]
    return None if not said or said[0] == abs(value) else f"'{text}' says {said[0]}"

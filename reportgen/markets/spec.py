"""A market as a value: its exchange, its clock, its currency, its indexes and its rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reportgen.config.plugins import plugin_path, plugins
from reportgen.config.resources import home_market, workspace
from reportgen.config.schema import Line, read_toml, says
from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.markets.calendar import Calendar

SHIPPED = Path(__file__).parent
GROUP = "reportgen.markets"
"""The entry points of packages that bring markets: each names the path of a TOML file."""
CURRENCY = r"^[A-Z]{3}$"
"""What the code of a currency looks like."""
UNRANKED = 0.5
"""What a finding means to readers of an index that a market does not list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A table [[indexes]] of a market."""

    symbol: Line
    """Its symbol, as instruments.toml has it."""
    weight: Annotated[float, says("a number from 0 to 1", 0.8, ge=0, le=1)] = UNRANKED
    """How much its news matter to readers. The score of each finding is multiplied by it."""
    round_number: Annotated[int, says("a whole number above 0", 500, gt=0)] | None = None
    """The step between round levels. A close that passes one is news."""
    role: Literal["", "narrow", "small"] = ""
    """"narrow" for an index of few stocks, "small" for one of smaller companies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A table [[days]] of a market: a day of the year that has a name."""

    name: Line
    """What readers call it: "Christmas Eve"."""
    month: Annotated[int, says("a number from 1 to 12", 12, ge=1, le=12)]
    """Its month."""
    day: Annotated[int, says("a number from 1 to 31", 24, ge=1, le=31)]
    """Its day of the month."""


RateKind = Literal["policy_rate", "yield"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A line of [rates] that names its series."""

    kind: RateKind
    """Its kind of instrument."""
    name: Line
    """What a brief calls it, without "the": "30-year Treasury yield"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSpec:
    """A file of ``markets/``. The line ``market`` of a report.toml names it."""

    name: Line
    """Its name: "U.S. stocks"."""
    stocks: Line
    """What a sentence calls its stocks at its beginning: "U.S. stocks"."""
    places: Line
    """What a sentence calls its exchanges: "U.S. stock markets"."""
    noun: Line = "Stocks"
    """What a headline calls its stocks."""
    country: str = ""
    """What follows "Markets in" in a brief of another market: "Germany"; "" for its exchanges."""
    region: Line = "abroad"
    """Where it lies, as a brief of another market says: "in Europe", "in Asia"."""
    street: str = ""
    """What newsrooms call the market for short: "Wall Street"; "" for nothing."""
    sector_funds: str = ""
    """What a picture calls the funds of its sectors: "the Select Sector SPDR funds"."""
    sector_note: str = ""
    """What the foot of a brief says that they are: "the Select Sector SPDR ETFs"."""
    exchange: Annotated[str, says("the code of an exchange", "XLON", pattern=r"^[A-Z0-9/]+$")]
    """The code of its sessions in exchange_calendars; "24/7" for what never closes."""
    zone: Line
    """The time zone of its moments and times."""
    zone_label: Line
    """The name of its time for readers: "ET"."""
    early: Annotated[
        str, says("a time of day", "06:30", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    ] = ""
    """The time of an edition before the open; "" for an hour before it."""
    expiry_friday: Annotated[int, says("a number from 0 to 4", 3, ge=0, le=4)] = 0
    """The Friday of a quarter's last month on which options expire; 0 for none."""
    currency: Annotated[str, says("an ISO 4217 code", "USD", pattern=CURRENCY)]
    """The currency of its prices. A "$" alone is of this currency, where that is a dollar."""
    lead: Line
    """The symbol of the index that stands for the market."""
    indexes: Annotated[tuple[Index, ...], says("a list of tables", [], min_length=1)]
    """Its indexes, in the order of tables and sentences."""
    days: tuple[NamedDay, ...] = ()
    """Its days with a name: the best or worst one of all years is news."""
    bond_days: Literal["", "us"] = ""
    """The bond market; rates are published on its business days. "" for each session."""
    compared: tuple[Line, ...] = ()
    """Indexes and funds that a recap compares with the lead index: small caps, equal weights."""
    mid: Line = ""
    """The fund or index of mid caps, "" for none."""
    sectors: tuple[Line, ...] = ()
    """The funds of its sectors."""
    industries: tuple[Line, ...] = ()
    """Funds of its industries. A brief tells of those that the data have."""
    giants: Line = ""
    """The basket of its largest stocks, which a recap tells as one group, "" for none."""
    volatility: tuple[Line, ...] = ()
    """Gauges of volatility."""
    commodities: tuple[Line, ...] = ()
    """Commodities: oil, gold."""
    currencies: tuple[Line, ...] = ()
    """Exchange rates, the first one first: "EURUSD.H10"."""
    spots: tuple[Line, ...] = ()
    """Prices of commodities that an agency publishes later than their day."""
    prints: tuple[Line, ...] = ()
    """Series of releases with figures, in the order in which a brief tells them."""
    releases: tuple[Line, ...] = ()
    """Series of releases that a recap tells on their day, the most important first."""
    coins: tuple[Line, ...] = ()
    """Coins, which trade around the clock."""
    yields: tuple[Line, ...] = ()
    """Series of yields, the longest first; the curve lies between the first and the last."""
    futures: str = ""
    """What futures of the policy rate are called among series: "FEDFUNDS"; "" for none."""
    target_range: tuple[Line, ...] = ()
    """The series of the lower and the upper end of the policy rate's target range."""
    fresh: Mapping[str, Annotated[int, says("a whole number from 0 up", 1, ge=0)]] = field(
        default_factory=dict
    )
    """How many sessions old the newest value of a series may be, where a report does not say."""
    ranked: tuple[Line, ...] = ()
    """The stocks that a report ranks that lists neither instruments nor a universe."""
    published: Mapping[str, str] = field(default_factory=dict)
    """When a day's value of a series is known, where that is not the evening: "-1d 14:00"."""
    strip: tuple[Line, ...] = ()
    """The symbols of the strip above a brief, in order."""
    abroad: tuple[Line, ...] = ()
    """Indexes of other markets, in the order in which a brief tells of them.

    Each is told by the last session of its own exchange, where the data have it.
    """
    abroad_levels: bool = False
    """Whether a recap has a table of those that closed on its day, with their levels."""
    index_futures: tuple[Line, ...] = ()
    """Futures of its indexes, which a brief before the open tells of, where the data have them."""
    rates: Mapping[str, RateKind | Rate] = field(default_factory=dict)
    """Series of rates that a fetch brings, each with its kind of instrument.

    A series without an entry in instruments.toml has its name here:
    `{ kind = "yield", name = "30-year Treasury yield" }`.
    """

    def __post_init__(self) -> None:
        """Refuse a zone that is none, a lead that is no index of the market, an index twice."""
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f'zone = "{self.zone}" is not a time zone; write one such as "Europe/London".'
            ) from None
        symbols = self.symbols
        if self.lead not in symbols:
            hint = did_you_mean(self.lead, symbols)
            raise ValueError(f'lead = "{self.lead}" is none of the market\'s indexes.{hint}')
        if len(set(symbols)) < len(symbols):
            raise ValueError("an index is listed twice.")

    @property
    def calendar(self) -> Calendar:
        """Its sessions, told in its time zone."""
        return Calendar(self.exchange, self.zone, self.early)

    @property
    def words(self) -> frozenset[str]:
        """The names that a story may print of it without a citation."""
        return frozenset(
            {self.stocks, self.places, self.noun, self.street, self.sector_funds, self.sector_note}
            - {""}
        )

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols of its indexes, in order."""
        return tuple(index.symbol for index in self.indexes)

    def index(self, symbol: str) -> Index:
        """The index of that symbol; one without rank where the market does not list it."""
        listed = (index for index in self.indexes if index.symbol == symbol)
        return next(listed, Index(symbol=symbol))

    @property
    def rate_kinds(self) -> dict[str, RateKind]:
        """The kind of instrument of each series of rates."""
        return {
            series: rate.kind if isinstance(rate, Rate) else rate
            for series, rate in self.rates.items()
        }

    @property
    def named_rates(self) -> dict[str, Rate]:
        """The series of rates that the market itself names."""
        return {name: rate for name, rate in self.rates.items() if isinstance(rate, Rate)}

    def of_role(self, role: str) -> str:
        """The symbol of the first index with that *role*, "" where there is none."""
        return next((index.symbol for index in self.indexes if index.role == role), "")

    def payload(self) -> dict[str, Any]:
        """The market as JSON, as a record keeps it."""
        return asdict(self)


def market_names() -> list[str]:
    """The names of all markets: the desk's own, those of other packages, the shipped ones."""
    return sorted(
        {path.stem for folder in _folders() for path in folder.glob("*.toml")} | {*plugins(GROUP)}
    )


HOME = "us"
"""The market of a desk and of a report that name none."""


def public_calendar() -> Calendar:
    """The sessions and the clock of the public calendar: releases, and the Fed's meetings."""
    return market(HOME).calendar


def policy_futures() -> str:
    """What the futures of the public calendar's central bank are called among series."""
    return market(HOME).futures


def home() -> MarketSpec:
    """The market of the desk: the one that the line ``market`` of reportgen.toml names.

    Raises:
        SettingsError: There is no market of that name.
    """
    return market(home_market() or HOME)


def currency_on(exchange: str) -> str:
    """The currency of the market of *exchange*, the desk's own market before others.

    "" where no market has that exchange.
    """
    found = market_on(exchange)
    return found.currency if found else ""


def market_on(exchange: str) -> MarketSpec | None:
    """The market of that *exchange*, the desk's own before others; None where there is none.

    >>> market_on("XNYS").lead
    '^GSPC'
    """
    others = map(market, market_names())
    return next((one for one in (home(), *others) if one.exchange == exchange), None)


@cache
def market(name: str) -> MarketSpec:
    """The market of that name: the desk's own ``markets/NAME.toml`` comes first.

    Raises:
        SettingsError: There is no market of that name, or a line of its file is off.

    >>> market("us").lead
    '^GSPC'
    """
    *desk, shipped = [folder / f"{name}.toml" for folder in _folders()]
    others = [plugin_path(GROUP, name)] if name in plugins(GROUP) else []
    for path in (*desk, *others, shipped):
        if path.is_file() or path in others:
            return read_toml(path, MarketSpec)
    names = market_names()
    raise SettingsError(f"There is no market '{name}'.{did_you_mean(name, names)}", subject=name)


def _folders() -> list[Path]:
    """Where markets lie: in the desk, and in the package."""
    desk = workspace()
    return [*([desk / "markets"] if desk else []), SHIPPED]

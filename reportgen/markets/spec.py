"""A market as a value: its exchange, its clock, its currency, its indexes and its rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from reportgen.config.plugins import plugin_path, plugins
from reportgen.config.resources import workspace
from reportgen.config.schema import Line, read_toml, says
from reportgen.core.errors import SettingsError, did_you_mean

SHIPPED = Path(__file__).parent
GROUP = "reportgen.markets"
"""The entry points of packages that bring markets: each names the path of a TOML file."""
UNRANKED = 0.5
"""What a finding means to readers of an index that a market does not list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A table [[indexes]] of a market."""

    symbol: Line
    weight: Annotated[float, says("a number from 0 to 1", 0.8, ge=0, le=1)] = UNRANKED
    """What a finding of the index means to readers; its score is multiplied by it."""
    round_number: Annotated[int, says("a whole number above 0", 500, gt=0)] | None = None
    """The grid of levels that are worth a word when they are passed."""
    role: Literal["", "narrow", "small"] = ""
    """"narrow" for an index of few stocks, "small" for one of smaller companies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSpec:
    """A file of ``markets/``, named by the line ``market`` of a report.toml."""

    name: Line
    exchange: Literal["XNYS"]
    """The code of its sessions in exchange_calendars; New York's are supported."""
    zone: Literal["America/New_York"]
    """Its time zone; New York's is supported."""
    zone_label: Line
    """What readers call its time: "ET"."""
    currency: Annotated[str, says("an ISO 4217 code", "USD", pattern=r"^[A-Z]{3}$")]
    lead: Line
    """The symbol of the index that stands for the market."""
    indexes: Annotated[tuple[Index, ...], says("a list of tables", [], min_length=1)]
    """In the order in which tables and sentences name them."""
    compared: tuple[Line, ...] = ()
    """Indexes and funds that a recap compares with the lead index: small caps, equal weights."""
    sectors: tuple[Line, ...] = ()
    """The funds of its sectors."""
    followed: Line = ""
    """The basket of stocks that are told of one by one, "" for none."""
    giants: Line = ""
    """The basket of its largest stocks, which is told of as one, "" for none."""
    volatility: tuple[Line, ...] = ()
    """Gauges of fear."""
    commodities: tuple[Line, ...] = ()
    """What is told of beside stocks: oil, gold."""
    coins: tuple[Line, ...] = ()
    """What trades around the clock."""
    yields: tuple[Line, ...] = ()
    """Series of yields, the longest first; the curve lies between the first and the last."""
    strip: tuple[Line, ...] = ()
    """The symbols above a brief, in order."""
    rates: Mapping[str, Literal["policy_rate", "yield"]] = field(default_factory=dict)
    """Series of rates that a fetch brings, by the kind of instrument that each is."""

    def __post_init__(self) -> None:
        """Refuse a lead that is no index of the market, and an index twice."""
        symbols = self.symbols
        if self.lead not in symbols:
            hint = did_you_mean(self.lead, symbols)
            raise ValueError(f'lead = "{self.lead}" is none of the market\'s indexes.{hint}')
        if len(set(symbols)) < len(symbols):
            raise ValueError("an index is listed twice.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols of its indexes, in order."""
        return tuple(index.symbol for index in self.indexes)

    def index(self, symbol: str) -> Index:
        """The index of that symbol; one without rank where the market does not list it."""
        listed = (index for index in self.indexes if index.symbol == symbol)
        return next(listed, Index(symbol=symbol))

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

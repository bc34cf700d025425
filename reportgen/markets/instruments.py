"""The instrument registry.

Names at first and second reference, calendar, unit, currency, decimals, inception.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Literal

from reportgen import renamed
from reportgen.config.resources import workspace
from reportgen.config.schema import Line, read_toml, says
from reportgen.core.errors import NoData, SettingsError, did_you_mean
from reportgen.core.facts import Unit
from reportgen.markets.calendar import Calendar
from reportgen.markets.companies import companies
from reportgen.markets.spec import CURRENCY, MarketSpec, currency_on, home, market, market_names

FX = "fx"
"""The kind of exchange rates."""
TOLD_AS = ("figure", "every", "step", "millions")
"""What a record keeps of the form in which a brief gives a figure of a release."""
OLD_VENUES = ("XCBO", "CMES")
"""What 0.1.0 called the sessions of gauges and futures, which exceed those of stocks.

The second is an exchange now, and an old venue only beside a unit of 0.1.0.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """A record close that stood before the data begin."""

    session: dt.date
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The multiples of another index that a level can be."""

    of: Line
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name that an instrument had until a day, that day included."""

    until: dt.date
    first: Line
    second: Line
    short: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentTable:
    """A table of an instruments.toml; its name is the key with which fact ids begin."""

    symbol: Line
    """Its name in data and claims."""
    first: Line
    """What it is called at first reference: "the Russell 2000"."""
    second: Line
    """What it is called afterwards: "the index"."""
    short: Line
    """What tables and labels call it."""
    unit: Unit
    decimals: Annotated[int, says("a whole number from 0 to 8", 2, ge=0, le=8)]
    kind: Line
    calendar: Annotated[str, says("the code of an exchange", "XLON", pattern=r"^[A-Z0-9/]+$")]
    """The code in exchange_calendars of the exchange that sets its sessions.

    "24/7" for what never closes.
    """
    inception: dt.date = dt.date.min
    """The first day of the published series. Where it is not known, no record is claimed."""
    computed_before: bool = False
    """Whether data have levels of before `inception`, computed later. They are left out."""
    abroad: Line = ""
    """What a brief of another exchange's market calls it first: "London's FTSE 100"."""
    currency: Annotated[str, says("a currency", "USD", pattern=CURRENCY)] = ""
    """The currency of its prices, by its ISO 4217 code; "" for that of its exchange's market.

    "GBX" is for prices in pence, "ZAC" in cents of the rand, "USX" in cents of the US dollar, as
    vendors say.
    """
    per: str = ""
    """What its price is for: "barrel", "ounce"; "" for one of it."""
    plausible: tuple[float, float] | None = None
    """The lowest and the highest level that it can have; a level beyond is in another unit."""
    times: Times | None = None
    """What multiple of another index its level can be."""
    moves_with: Line = ""
    """The index that it moves with, beyond what the whole market does."""
    moves_against: Line = ""
    """The index that it never moves with, beyond what the whole market does."""
    extra_days: bool = False
    """Whether it is also published on days without a session, which are left out."""
    with_dividends: bool = False
    """Whether the level of an index counts dividends in, as that of the DAX does."""
    below_zero: bool = False
    """Whether its price may be zero or below it, as that of oil was on 2020-04-20."""
    group: Line = ""
    also: Annotated[tuple[str, ...], says("a list of texts", ["small caps"])] = ()
    proxy: Line = ""
    """The fund that may be told of where no source has the index."""
    known_record: KnownRecord | None = None
    published: Annotated[
        str,
        says(
            'a time such as "16:15" or "+1d mon 16:15"',
            "16:15",
            pattern=r"^((next |[+]\d{1,2}d )?((mon|tue|wed|thu|fri) )?([01]\d|2[0-3]):[0-5]\d)?$",
        ),
    ] = ""
    """When a day's close is known; "" for the close of the session.

    "next 09:30" is on its next session. "+1d mon 16:15" is for what is published once a week: on
    the first Monday after the day, or on the next of its own sessions.
    """
    release: Line = ""
    """Of a figure of a release, what calendars call the release."""
    body: Line = ""
    """Of a figure of a release, who says it: "the Labor Department"."""
    figure: Literal["", "jobs", "change", "rate", "index", "count"] = ""
    """What a figure of a release is.

    Jobs added, a change in percent, a rate in percent, an index, or a count.
    """
    every: Literal["week", "month", "quarter"] = "month"
    """The period that a figure of a release is of; a week is known by its last day."""
    tier: Annotated[int, says("1 or 2", 1, ge=1, le=2)] = 2
    """Of a figure of a release: 1 where a brief tells it in its first lines, or leads with it."""
    step: Annotated[float, says("a number above 0", 0.1, gt=0)] = 0.1
    """The least difference of two figures of a release as published, in the unit of the data."""
    better: Literal["", "higher", "lower"] = ""
    """The side of an expected figure that is good news; "" for a figure that has none."""
    prices: bool = False
    """Whether a figure of a release is of prices: above what was expected, it is "hotter"."""
    revised: bool = False
    """Whether the agency usually revises the figure of the period before with a new one."""
    line: float | None = None
    """What an index of a release is read against: above 50, managers report an expansion."""
    millions: bool = False
    """Whether a brief gives a count in millions: "7.67 million"."""
    told_from: Annotated[float, says("a number from 0 up", 2.0, ge=0)] = 0.0
    """The least surprise, in usual ones, with which a sentence tells a figure of a release."""
    skips: bool = False
    """Whether its source has no value on some of its days, which are then no gaps."""
    base: Annotated[str, says("a currency", "EUR", pattern=r"^([A-Z]{3})?$")] = ""
    """Of an exchange rate, the currency that moves: it is quoted as so much of `currency`."""
    followed: tuple[dt.date, ...] = ()
    """The days on which a stock joined and left a large index, in turn.

    Widely followed from the first on.
    """
    names: tuple[FormerName, ...] = ()
    """Former names, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(InstrumentTable):
    """One thing with a price or a rate.

    ``key`` begins its fact ids, ``symbol`` names it in data and claims.
    """

    key: str

    def followed_on(self, day: dt.date) -> bool:
        """Whether it was widely followed on *day*; always, if nothing says since when."""
        return not self.followed or sum(day >= turn for turn in self.followed) % 2 == 1

    def called_on(self, day: dt.date) -> Instrument:
        """The instrument by the name it had on *day*."""
        former = next((name for name in self.names if day <= name.until), None)
        if former is None:
            return self
        return replace(self, also=(), first=former.first, second=former.second, short=former.short)

    def told_in(self, exchange: str) -> Instrument:
        """The instrument as a brief of the market of that *exchange* calls it first."""
        if self.abroad and self.calendar != exchange:
            return replace(self, first=self.abroad)
        return self

    @property
    def lagged(self) -> bool:
        """Whether its figures are published on a later day than their own."""
        return " " in self.published

    @property
    def sessions(self) -> Calendar:
        """The sessions by which its bars are judged."""
        return Calendar(self.calendar)

    @property
    def difference(self) -> Unit:
        """The unit of a change of its level."""
        return Unit.MONEY_CHANGE if self.unit is Unit.MONEY else Unit.POINTS

    def payload(self) -> dict[str, Any]:
        """The instrument as JSON."""
        counted = {"with_dividends": True} if self.with_dividends else {}
        told = {name: getattr(self, name) for name in TOLD_AS} if self.figure else {}
        return {
            **counted,
            **told,
            **{
                name: getattr(self, name)
                for name in ("key", "symbol", "first", "second", "short", "group", "kind", "per")
            },
            "also": list(self.also),
            "unit": str(self.unit),
            "currency": self.currency,
            "decimals": self.decimals,
        }


@cache
def registry() -> Mapping[str, Instrument]:
    """All known instruments, by symbol.

    The rates that a market names, over them the shipped ones, and over both those of the desk's
    own files.

    Raises:
        SettingsError: A file is off, or two files of one folder describe the same instrument.
    """
    found = {one.key: one for name in market_names() for one in _rates_of(market(name))}
    desk = workspace()
    for folder in (Path(__file__).parent / "tables", *([desk] if desk else [])):
        found |= _of_folder(folder)
    return {instrument.symbol: instrument for instrument in found.values()}


def instrument_files(folder: Path) -> list[Path]:
    """The files of instruments in *folder*: ``instruments.toml`` and ``instruments/*.toml``."""
    whole = folder / "instruments.toml"
    parts = sorted((folder / "instruments").glob("*.toml"))
    return [*([whole] if whole.is_file() else []), *parts]


def _of_folder(folder: Path) -> dict[str, Instrument]:
    """The instruments in the files of *folder*, by key.

    Raises:
        SettingsError: Two files have the same key or the same symbol.
    """
    found, places = dict[str, Instrument](), dict[str, Path]()
    for path in instrument_files(folder):
        for key, one in _read(path).items():
            for name in (f"[{key}]", one.symbol):
                other = places.setdefault(name, path)
                if other != path:
                    raise SettingsError(
                        f"{path}: {name} is in {other}, too; describe it in one of the two.",
                        subject=key,
                    )
            found[key] = one
    return found


def _rates_of(spec: MarketSpec) -> Iterator[Instrument]:
    """The series of rates that *spec* names itself.

    Their first day is not known, so that no value is called the highest or lowest ever.
    """
    for symbol, rate in spec.named_rates.items():
        yield Instrument(
            key=re.sub(r"[^a-z0-9]", "", symbol.lower()),
            symbol=symbol,
            first=f"the {rate.name}",
            second=f"the {rate.name}",
            short=rate.name,
            unit=Unit.YIELD,
            decimals=2,
            kind=rate.kind,
            inception=dt.date.min,
            calendar=spec.exchange,
        )


def _read(path: Path) -> dict[str, Instrument]:
    """The instruments in *path*, by key.

    Raises:
        SettingsError: One is off.
    """
    rows = read_toml(path, dict[str, InstrumentTable], prepare=partial(_in_todays_form, path))
    for key, row in rows.items():
        _refuse_pair(path, key, row)
    return {
        key: Instrument(
            key=key,
            **{f.name: getattr(row, f.name) for f in fields(row)}
            | {"currency": _currency(path, key, row)},
        )
        for key, row in rows.items()
    }


def _refuse_pair(path: Path, key: str, row: InstrumentTable) -> None:
    """Refuse an exchange rate that does not say which two currencies it is of."""
    pair = row.kind == FX
    if pair and (not row.base or not row.currency or row.base == row.currency):
        raise SettingsError(
            f"{path}: [{key}] is an exchange rate; write the code of the currency that moves as"
            " base, and that of the one in which it is quoted as currency.",
            subject=key,
        )
    if row.base and not pair:
        raise SettingsError(
            f'{path}: [{key}] has a base, and is no exchange rate; write kind = "{FX}", or leave'
            " the base out.",
            subject=key,
        )


def _currency(path: Path, key: str, row: InstrumentTable) -> str:
    """The currency of a price: its own, or that of the market on its exchange.

    "" for what is no money.
    """
    if row.unit is not Unit.MONEY:
        if row.currency:
            raise SettingsError(
                f'{path}: [{key}] has a currency and unit = "{row.unit}"; write unit = "money",'
                " or leave the currency out.",
                subject=key,
            )
        return ""
    found = row.currency or currency_on(row.calendar)
    if not found:
        raise SettingsError(
            f'{path}: [{key}] is money, and no market has the exchange "{row.calendar}"; write'
            f' its currency, such as currency = "{home().currency}".',
            subject=key,
        )
    return found


def _in_todays_form(path: Path, data: dict[str, Any]) -> dict[str, Any]:
    """The file with what 0.1.0 wrote otherwise.

    Its venues are the stock exchange's sessions and extra days, its money is in one currency.
    """
    for key, row in data.items():
        if not isinstance(row, dict):
            continue
        venue, old_form = row.get("calendar"), row.get("unit") in renamed.UNITS
        if venue in OLD_VENUES and (venue == OLD_VENUES[0] or old_form):
            row |= {"calendar": home().exchange, "extra_days": True}
        if row.get("unit") in renamed.UNITS:
            old = row["unit"]
            row["unit"] = renamed.UNITS[old]
            row.setdefault("currency", renamed.CURRENCY)
            warnings.warn(
                f'{path}: [{key}] unit = "{old}" is unit = "{row["unit"]}" with currency ='
                f' "{row["currency"]}" now; the old word goes with the next release.',
                DeprecationWarning,
                stacklevel=2,
            )
    return data


@cache
def _money_on(exchange: str) -> str:
    """The currency of the market on *exchange*, found once for all stocks of it."""
    return currency_on(exchange)


def told_by(symbol: str, fund: str) -> Instrument:
    """The index *symbol* as a brief tells of it that has the prices of its *fund* alone.

    Under the fund's names, in its currency.
    """
    by = instrument(fund)
    names = {
        name: getattr(by, name)
        for name in (
            "first",
            "second",
            "short",
            "also",
            "unit",
            "currency",
            "decimals",
            "kind",
            "inception",
        )
    }
    return replace(instrument(symbol), known_record=None, **names)


def instrument(symbol: str) -> Instrument:
    """The instrument with that symbol: one of the registry, or the stock of a listed company.

    Raises:
        NoData: There is none.
    """
    found = known(symbol)
    if found is None:
        raise NoData(
            f"No instrument has the symbol '{symbol}'.{did_you_mean(symbol, registry())}",
            subject=symbol,
        )
    return found


def known(symbol: str) -> Instrument | None:
    """The instrument with that symbol, None where there is none.

    >>> known("KEY").first, known("NO-SUCH")
    ('KeyCorp', None)
    """
    return registry().get(symbol) or _stock(symbol)


@cache
def _stock(symbol: str) -> Instrument | None:
    """The stock of a listed company that no instruments.toml describes.

    Its first day is not known, so that no close of it is called a record.
    """
    company = companies().get(symbol)
    if company is None:
        return None
    return Instrument(
        key=f"stock_{re.sub(r'[^a-z0-9]', '_', symbol.lower())}",
        symbol=symbol,
        first=company.name,
        second=company.name,
        short=company.name,
        unit=Unit.MONEY,
        currency=company.currency or _money_on(company.exchange),
        decimals=2,
        kind="stock",
        inception=dt.date.min,
        calendar=company.exchange,
    )

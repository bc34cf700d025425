"""What a fetch has to bring.

The series that reports need, who is asked for each, and from which day.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Annotated

from reportgen.config.schema import Symbols, read_toml, says
from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.markets import home, market, market_names
from reportgen.markets.instruments import instrument, known, registry
from reportgen.markets.publication import known_by
from reportgen.markets.venues import is_bond_day
from reportgen.sources.http import has
from reportgen.sources.providers import provider_class
from reportgen.sources.providers.contract import Provider, Role

RATE_KINDS = ("policy_rate", "yield", "print")
"""Kinds of instruments that have no price."""
PRINTS: tuple[Role, ...] = ("prints", "vintages")
"""What is brought of the figures of releases: as an agency tells them, and as an archive does."""
EVENTS = ("labor", "output", "trade")
"""The subjects of releases."""
START = dt.date(1990, 1, 2)
"""The first day asked for where nothing is known: the trading calendar's."""
OVERLAP = dt.timedelta(days=45)
"""How far a fetch looks back.

Enough sessions to see what was restated, and to hold a second source against
the first.
"""
SETTLE = dt.timedelta(minutes=20)
"""After the close, until prices are final."""
AHEAD = dt.timedelta(days=60)
"""How far events are asked for."""
BEHIND = dt.timedelta(days=45)
"""How far events that are over are kept, too: they say when the last figures were released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One series to bring, by our name, and the providers to ask in turn."""

    symbol: str
    role: Role
    kind: str
    providers: tuple[Provider, ...]
    keyless: tuple[tuple[str, str], ...] = ()
    """Those that lack a key: title, and the key's name."""
    confirm: bool = False
    """Whether a second source is asked, too."""
    proxy: Want | None = None
    """What is brought instead where this stays short."""

    @property
    def known(self) -> bool:
        """Whether one of the providers has the series."""
        return any(one.symbol(self.symbol, self.kind) is not None for one in self.providers)


Providers = Annotated[
    tuple[str, ...],
    says("a list of providers", ["yahoo", "tiingo"]),
]
URL = Annotated[
    str,
    says("an address", "https://example.com", pattern=r"^https?://\S+$"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """The table [confirm]: of what a second source is asked, too."""

    symbols: Symbols


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesFile:
    """A sources.toml; a desk's replaces some lines of the shipped one."""

    order: Mapping[str, Providers] = field(default_factory=dict)
    """Who is asked, by kind of instrument or by symbol."""
    confirm: Confirm | None = None
    base_url: Mapping[str, URL] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sources:
    """Orders of providers by symbol or kind, and their addresses, if changed."""

    order: Mapping[str, tuple[str, ...]]
    base_url: Mapping[str, str]
    confirm: frozenset[str] = frozenset()

    def asked(self, symbol: str, kind: str) -> list[type[Provider]]:
        """The providers of the series *symbol*, in order, also those without their keys."""
        names = self.order.get(symbol, self.order.get(kind, ()))
        return [provider_class(name) for name in names]

    def brings(self, symbol: str, role: Role, kind: str) -> bool:
        """Whether any provider of the series *symbol* has rows of that *role*."""
        return any(role in provider.roles for provider in self.asked(symbol, kind))

    def want(self, symbol: str, role: Role, kind: str) -> Want:
        """The series *symbol* with those of its providers, in order, that have such rows.

        Those without their keys are set apart. If none has such rows, all are asked, and say so.
        """
        asked = self.asked(symbol, kind)
        found = [cls for cls in asked if role in cls.roles] or asked
        here = [cls for cls in found if has(cls)]
        out = [cls for cls in found if not has(cls)]
        keyless = tuple((cls.title, " and ".join(cls.keys)) for cls in out)
        providers = tuple(cls(self.base_url.get(cls.name)) for cls in here)
        fund = registry()[symbol].proxy if symbol in registry() else ""
        proxy = self.want(fund, role, registry()[fund].kind) if fund else None
        return Want(
            symbol=symbol,
            role=role,
            kind=kind,
            providers=providers,
            keyless=keyless,
            proxy=proxy,
            confirm=symbol in self.confirm,
        )


def read_sources(file: Path | None = None) -> Sources:
    """The shipped order, under the lines of *file* or of REPORTGEN_SOURCES.

    Raises:
        SettingsError: It names a line that is off.
    """
    if file is None and os.environ.get("REPORTGEN_SOURCES"):
        file = Path(os.environ["REPORTGEN_SOURCES"])
    shipped = read_toml(Path(__file__).parent / "sources.toml", SourcesFile)
    own = read_toml(file, SourcesFile) if file else SourcesFile()
    confirm = own.confirm if own.confirm is not None else shipped.confirm
    symbols = confirm.symbols if confirm is not None else ()
    for provider in chain(*own.order.values(), own.base_url):
        provider_class(provider)
    for symbol in symbols:
        if symbol not in registry():
            hint = did_you_mean(symbol, registry())
            raise SettingsError(
                f"{file}: no instrument has the symbol '{symbol}'.{hint}",
                subject=symbol,
            )
    return Sources(
        {**shipped.order, **own.order},
        own.base_url,
        frozenset(symbols),
    )


def rate_series() -> dict[str, str]:
    """The series of rates of all markets, each with its kind of instrument."""
    found = dict[str, str]()
    for name in market_names():
        found |= market(name).rate_kinds
    return found


def print_series() -> list[str]:
    """The series of releases that the markets tell of."""
    specs = (market(name) for name in market_names())
    told = (name for spec in specs for name in (*spec.prints, *spec.releases))
    return list(dict.fromkeys(told))


def wanted(
    symbols: Iterable[str],
    sources: Sources,
    now: dt.datetime,
) -> list[Want]:
    """What reports on *symbols* need at *now*.

    Bars, rates, Fed funds futures, events, the figures of releases, and the levels of what trades
    just then.
    """
    priced = [
        symbol
        for symbol in dict.fromkeys(symbols)
        if (found := known(symbol)) and found.kind not in RATE_KINDS
    ]
    kinds = {symbol: instrument(symbol).kind for symbol in priced}
    wants = [sources.want(symbol, "daily_bars", kinds[symbol]) for symbol in priced]
    wants += [sources.want(name, "rates", kind) for name, kind in rate_series().items()]
    told = [
        sources.want(name, role, "print")
        for role in PRINTS
        for name in print_series()
        if sources.brings(name, role, "print")
    ]
    wants += [want for want in told if want.keyless or want.known]
    running = home().calendar.moment(now).state == "open"
    live = [
        symbol
        for symbol in priced
        if (running or kinds[symbol] == "crypto")
        and not instrument(symbol).published  # once a day, so it has no level before
        and sources.brings(symbol, "intraday_bars", kinds[symbol])
    ]
    wants += [sources.want(name, "intraday_bars", kinds[name]) for name in live]
    return [
        *wants,
        sources.want("futures", "futures", "futures"),
        *(sources.want(name, "events", "events") for name in EVENTS),
    ]


def due(want: Want, now: dt.datetime) -> dt.date:
    """The newest day that must have a finished row of *want* at *now*."""
    found = known(want.symbol)
    bars = want.role == "daily_bars"
    calendar = found.sessions if found and bars else home().calendar
    if calendar.always:
        return now.astimezone(dt.UTC).date() - dt.timedelta(days=1)
    today = now.astimezone(calendar.zone)
    if found and bars and found.lagged:
        day, _ = calendar.neighbours(today.date() + dt.timedelta(days=1))
        while known_by(found.published, day, calendar) > now:
            day, _ = calendar.neighbours(day)
        return day
    if bars:
        day, _ = calendar.neighbours(today.date() + dt.timedelta(days=1))
        while calendar.session_close(day) + SETTLE > now:
            day, _ = calendar.neighbours(day)
        return day
    published = dt.timedelta(hours=19)
    if want.role == "rates":
        published = dt.timedelta(days=1, hours=9)
    day = today.date()
    bonds = home().bond_days

    def out(day: dt.date) -> bool:
        known = calendar.at_clock(day, dt.time()) + published
        return known <= now and (is_bond_day(day) or not bonds)

    while not out(day):
        day -= dt.timedelta(days=1)
    return day

"""The instrument registry: names at first and second reference, calendar, unit, decimals, inception."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.errors import NoData, SettingsError, did_you_mean
from reportgen.facts import Unit
from reportgen.resources import workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One thing with a price or a rate. ``key`` begins its fact ids, ``symbol`` names it in data and claims."""

    key: str
    symbol: str
    first: str
    second: str
    short: str
    unit: Unit
    decimals: int
    kind: str
    inception: dt.date
    calendar: str
    group: str = ""
    also: tuple[str, ...] = ()
    proxy: str = ""
    """The fund that may be told of where no source has the index."""
    known_record: Mapping[str, Any] | None = None
    published: str = ""
    """The exchange time at which a day's close is known, "16:15".

    "" for the close of the session.
    """
    followed: tuple[dt.date, ...] = ()
    """The days on which a stock joined and left a large index, in turn.

    Widely followed from the first on.
    """
    names: tuple[Mapping[str, Any], ...] = ()
    """Former names, oldest first.

    First, second, short, and the last day, ``until``, on which each held.
    """

    def followed_on(self, day: dt.date) -> bool:
        """Whether it was widely followed on *day*; always, if nothing says since when."""
        return not self.followed or sum(day >= turn for turn in self.followed) % 2 == 1

    def called_on(self, day: dt.date) -> Instrument:
        """The instrument by the name it had on *day*."""
        former = next((name for name in self.names if day <= name["until"]), None)
        if former is None:
            return self
        words = {key: former[key] for key in ("first", "second", "short")}
        return replace(self, also=(), **words)

    @property
    def difference(self) -> Unit:
        """The unit of a change of its level."""
        return Unit.DOLLARS if self.unit is Unit.USD else Unit.POINTS

    def payload(self) -> dict[str, Any]:
        """The instrument as JSON."""
        return {
            **{name: getattr(self, name) for name in ("key", "symbol", "first", "second", "short", "group", "kind")},
            "also": list(self.also), "unit": str(self.unit), "decimals": self.decimals,
        }  # fmt: skip


@cache
def registry() -> Mapping[str, Instrument]:
    """All known instruments, by symbol: the shipped ones, and over them those of the desk's own ``instruments.toml``."""
    found = _read(Path(__file__).parent / "instruments.toml")
    desk = workspace()
    if desk is not None and (desk / "instruments.toml").is_file():
        found |= _read(desk / "instruments.toml")
    return {instrument.symbol: instrument for instrument in found.values()}


def _read(path: Path) -> dict[str, Instrument]:
    """The instruments in *path*, by key; SettingsError where one is off."""
    found, key = {}, ""
    try:
        for key, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[key] = Instrument(key=key, **_typed(row))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", subject=path) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(
            f"{path}: [{key}] is not described as the shipped instruments are: {_missing(error)}.",
            subject=path,
        ) from error
    return found


CALENDARS = ("XNYS", "24/7", "XCBO", "CMES")
"""Calendars by which bars can be judged.

New York's sessions, of which the last two venues have some more, and every day.
"""


def _missing(error: Exception) -> str:
    """What is wrong with a table, in words."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an instrument with their types, of a table of an ``instruments.toml``."""
    if row.get("calendar") not in CALENDARS:
        raise ValueError(
            f"calendar = {row.get('calendar')!r} of {row.get('symbol')} is not supported yet: "
            f"bars are judged by {', '.join(CALENDARS[:2])}"
        )
    lists = {name: tuple(row.get(name, ())) for name in ("also", "followed", "names")}
    return {**row, "unit": Unit(row["unit"]), **lists}


def told_by(symbol: str, fund: str) -> Instrument:
    """The index *symbol* as a brief tells of it that has the prices of its *fund* alone: under the fund's names, in dollars."""
    by = instrument(fund)
    names = {
        name: getattr(by, name)
        for name in ("first", "second", "short", "also", "unit", "decimals", "kind", "inception")
    }
    return replace(instrument(symbol), known_record=None, **names)


def instrument(symbol: str) -> Instrument:
    """The instrument with that symbol; NoData where the registry has none."""
    try:
        return registry()[symbol]
    except KeyError:
        raise NoData(
            f"No instrument has the symbol '{symbol}'.{did_you_mean(symbol, registry())}",
            subject=symbol,
        ) from None

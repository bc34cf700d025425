"""The stocks that a report ranks: the table [universe] of its report.toml."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from reportgen.config.schema import File, Symbols, says
from reportgen.core.errors import NoData, SettingsError
from reportgen.markets.instruments import instrument

COLUMNS = ("symbol", "from", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class UniverseTable:
    """The table [universe] of a report.toml: a list of symbols, or a file of members.

    A stock of the list belongs to it on the days on which it was widely followed, by
    instruments.toml. A file gives the days itself.
    """

    symbols: Symbols = ()
    members: Annotated[File, says("a CSV file: symbol,from,to", "members.csv")] | None = None

    def __post_init__(self) -> None:
        """Refuse two lists."""
        if self.symbols and self.members:
            raise ValueError("give symbols or members, not both")


@dataclass(frozen=True, slots=True)
class Membership:
    """A stretch of days on which a symbol is a member; None where nothing bounds it."""

    symbol: str
    since: dt.date | None = None
    until: dt.date | None = None
    """The last day."""

    def on(self, day: dt.date) -> bool:
        """Whether it is a member on *day*."""
        return not (self.since and day < self.since) and not (self.until and day > self.until)


@dataclass(frozen=True, slots=True)
class Universe:
    """The stocks that a report ranks, each with the days on which it is one of them."""

    listed: Symbols = ()
    """Those without days of their own."""
    memberships: tuple[Membership, ...] = ()

    @classmethod
    def of(cls, table: UniverseTable, folder: Path) -> Universe:
        """The universe that *table* describes; *folder* is that of its report.

        Raises:
            SettingsError: The file of members is missing or has a row that is off.
        """
        if not table.members:
            return cls(listed=table.symbols)
        return cls(memberships=tuple(read_members(folder / table.members)))

    @property
    def symbols(self) -> tuple[str, ...]:
        """All that were, are or will be members, each once."""
        return tuple(dict.fromkeys((*self.listed, *(one.symbol for one in self.memberships))))

    def on(self, day: dt.date) -> list[str]:
        """The members on *day*, in the order of the list.

        Raises:
            NoData: A symbol of the list has no instrument.
        """
        followed = [symbol for symbol in self.listed if instrument(symbol).followed_on(day)]
        members = (one.symbol for one in self.memberships if one.on(day))
        return list(dict.fromkeys((*followed, *members)))


def read_members(path: Path) -> Iterator[Membership]:
    """The memberships in a CSV file with the columns symbol, from and to.

    An empty day does not bound. A symbol that left and came back has two rows.

    Raises:
        SettingsError: It cannot be read, lacks a column, or has a row that is off.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _refuse_head(path, rows.fieldnames or ())
            for row in rows:
                yield _membership(row, f"{path}, line {rows.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path} cannot be read as a list of members: {error}.") from None


def _refuse_head(path: Path, found: Sequence[str]) -> None:
    if tuple(found) != COLUMNS:
        raise SettingsError(
            f"{path}, line 1: the columns are {', '.join(found) or 'missing'}; write"
            f" {','.join(COLUMNS)}.",
            subject=str(path),
        )


def _membership(row: dict[str, str], place: str) -> Membership:
    if None in row or None in row.values():
        raise SettingsError(f"{place}: a row has three values: {','.join(COLUMNS)}.")
    symbol = row["symbol"].strip()
    try:
        instrument(symbol)
        since, until = (_day(row[name]) for name in COLUMNS[1:])
    except (NoData, ValueError) as error:
        raise SettingsError(f"{place}: {error}", subject=symbol) from None
    if since and until and until < since:
        raise SettingsError(f"{place}: {symbol} leaves on {until}, before {since}.", subject=symbol)
    return Membership(symbol, since, until)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text.strip()) if text.strip() else None

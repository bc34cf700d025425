"""The stocks that a report ranks: the table [universe] of its report.toml."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from reportgen.config.schema import File, Line, Symbols, says
from reportgen.core.errors import NoData, SettingsError
from reportgen.markets.instruments import instrument

COLUMNS = ("symbol", "from", "to")
FLOOR = 0.9
"""The share of a long list that must have prices, where the report does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UniverseTable:
    """The table [universe] of a report.toml: symbols, a file of members, or all that is there.

    A stock of ``symbols`` belongs to the list on the days on which it was widely followed, by
    instruments.toml. A file of members gives the days itself. With ``all`` the list also has each
    other stock of the market's exchange that the data have and that still trades; ``symbols`` are
    then those that a fetch brings, and that are named where they are missing.
    """

    symbols: Symbols = ()
    members: Annotated[File, says("a CSV file: symbol,from,to", "members.csv")] | None = None
    all: bool = False
    floor: Annotated[float, says("a share above 0 and up to 1", 0.9, gt=0, le=1)] | None = None
    """The share of the list that must have prices, 0.9 without this line. With fewer it is a gap.

    Each symbol of ``symbols`` must have them.
    """
    name: Line = ""
    """What sentences call its stocks: "S&P 500 stocks"."""

    def __post_init__(self) -> None:
        """Refuse two lists."""
        if self.members and (self.symbols or self.all):
            raise ValueError("give members alone, or symbols and all")


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
    everything: bool = False
    """Whether the list is all that the data have."""
    floor: float = FLOOR
    """The share of the list that must have prices."""
    name: str = ""
    """What sentences call its stocks; "" without a name."""

    @classmethod
    def of(cls, table: UniverseTable, folder: Path) -> Universe:
        """The universe that *table* describes; *folder* is that of its report.

        Raises:
            SettingsError: The file of members is missing or has a row that is off.
        """
        return cls(
            listed=table.symbols,
            memberships=tuple(read_members(folder / table.members)) if table.members else (),
            everything=table.all,
            floor=table.floor or FLOOR,
            name=table.name,
        )

    @property
    def symbols(self) -> tuple[str, ...]:
        """All that the report names and that were, are or will be members, each once."""
        return tuple(dict.fromkeys((*self.listed, *(one.symbol for one in self.memberships))))

    def on(self, day: dt.date) -> list[str]:
        """The members on *day* that the report names, in the order of the list.

        Raises:
            NoData: A symbol of the list has no instrument.
        """
        followed = [symbol for symbol in self.listed if instrument(symbol).followed_on(day)]
        members = (one.symbol for one in self.memberships if one.on(day))
        return list(dict.fromkeys((*followed, *members)))

    def payload(self) -> dict[str, Any]:
        """The list as a record keeps it, for the audit."""
        rows = [(one.symbol, one.since, one.until) for one in self.memberships]
        days = [[symbol, *(str(day or "") for day in bounds)] for symbol, *bounds in rows]
        return {
            "symbols": list(self.listed),
            "members": days,
            "all": self.everything,
            "name": self.name,
        }


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

"""What a reader holds: a CSV file of symbols and quantities.

An error names the file and the line, and never what is held: a log is read by others, too.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.core.errors import InvalidParameter
from reportgen.core.facts import Unit
from reportgen.markets.instruments import FX, known
from reportgen.markets.money import whole

NEEDED, OPTIONAL = ("symbol", "quantity"), ("currency", "date", "name")
CASH = "CASH:"
"""How the symbol of money begins: "CASH:EUR"."""
CODE = re.compile(r"[A-Z]{3}")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
KEPT = "holdings.csv"
"""The name under which a record keeps the file."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One row: so much of a symbol, from the close of a day on."""

    symbol: str
    quantity: float
    date: dt.date | None = None
    """Since when the row holds; None in a file without dates."""

    @property
    def cash(self) -> str:
        """The currency of money, "" for anything else."""
        return self.symbol.removeprefix(CASH) if self.symbol.startswith(CASH) else ""


@dataclass(frozen=True, slots=True)
class Holdings:
    """A file of holdings.

    Rows of one date are the whole book from the close of that day until the next date.
    """

    text: str
    """The file as it was read."""
    rows: tuple[Holding, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def dates(self) -> list[dt.date]:
        """The days from which on the rows hold, oldest first; none in a file without dates."""
        return sorted({row.date for row in self.rows if row.date})

    def known_on(self, day: dt.date) -> Holdings:
        """The holdings without the rows of later days.

        Raises:
            InvalidParameter: All rows are of later days.
        """
        kept = tuple(row for row in self.rows if row.date is None or row.date <= day)
        if not kept:
            raise InvalidParameter(
                f"The holdings begin on {self.dates[0]}, after {day}; ask for a later day, or add"
                " the holdings of an earlier one.",
                subject="holdings",
            )
        return Holdings(self.text, kept)

    def at(self, day: dt.date | None) -> dict[str, float]:
        """The quantity of each symbol in the book of that date."""
        return {row.symbol: row.quantity for row in self.rows if row.date == day}

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that need prices, each once."""
        return tuple(dict.fromkeys(row.symbol for row in self.rows if not row.cash))


def read_holdings(path: str | Path) -> Holdings:
    """The holdings in the file *path*.

    Raises:
        InvalidParameter: It cannot be read, or a row is off; the error names the line.
    """
    place = Path(path)
    try:
        text = place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InvalidParameter(
            f"There is no file of holdings {place}; name one with the columns"
            f" {','.join(NEEDED)}: -p holdings=FILE.",
            subject="holdings",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", "") or "it is not UTF-8"
        raise InvalidParameter(
            f"Holdings {place} cannot be read: {why}. Save it as CSV in UTF-8.",
            subject="holdings",
        ) from None
    return parsed(text, str(place))


def parsed(text: str, place: str) -> Holdings:
    r"""The holdings in the *text* of a file, which errors call *place*.

    Raises:
        InvalidParameter: A row is off; the error names the line.

    >>> parsed("symbol,quantity\nAAPL,10\nCASH:USD,500\n", "my.csv").symbols
    ('AAPL',)
    """
    found, lines = list[Holding](), list[int]()
    for line, row in _rows(text, place):
        found.append(_holding(row, f"{place}, line {line}"))
        lines.append(line)
    if not found:
        raise _off(f"{place} has no holdings", "write a row for each: AAPL,120")
    _refuse_twice(found, lines, place)
    if len({row.date is None for row in found}) > 1:
        line = next(n for row, n in zip(found, lines, strict=True) if row.date is None)
        raise _off(f"{place}, line {line} has no date, and other rows have one", "date each row")
    return Holdings(text, tuple(found))


def _off(what: str, cure: str) -> InvalidParameter:
    return InvalidParameter(f"{what}; {cure}.", subject="holdings")


def _rows(text: str, place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line and cells of each row."""
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(text.splitlines(), delimiter=delimiter, strict=True)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        _refuse_head(head, place)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(head):
                raise _off(
                    f"{place}, line {reader.line_num} has {len(cells)} cells, and the first line"
                    f" {len(head)}",
                    "give each row as many, and put a cell with a comma in quotes",
                )
            named = zip(head, (cell.strip() for cell in cells), strict=True)
            yield reader.line_num, dict(named)
    except csv.Error as error:
        raise _off(f"{place}, line {reader.line_num}: {error}", "save it as CSV") from None


def _refuse_head(head: Sequence[str], place: str) -> None:
    columns = (*NEEDED, *OPTIONAL)
    for name in NEEDED:
        if name not in head:
            raise _off(
                f"{place}, line 1 has no column '{name}'", f"its columns are {', '.join(columns)}"
            )
    for name in head:
        if name not in columns or head.count(name) > 1:
            why = "is there twice" if name in columns else "is unknown"
            raise _off(
                f"{place}, line 1: the column '{name}' {why}",
                f"its columns are {', '.join(columns)}",
            )


def _holding(row: Mapping[str, str], place: str) -> Holding:
    symbol = row["symbol"]
    _refuse_symbol(symbol, row, place)
    return Holding(symbol, _quantity(row["quantity"], place), _date(row.get("date", ""), place))


def _refuse_symbol(symbol: str, row: Mapping[str, str], place: str) -> None:
    """Raise InvalidParameter where nothing with a price in money has that *symbol*."""
    currency = row.get("currency", "")
    if not symbol:
        raise _off(
            f"{place} has no symbol",
            "write the symbol of the data, or CASH: and a currency for money",
        )
    if symbol.upper().startswith(CASH):
        if symbol[: len(CASH)] != CASH or not CODE.fullmatch(symbol[len(CASH) :]):
            raise _off(
                f"{place} names no currency", "write money as CASH: and the code of its currency"
            )
        code = symbol[len(CASH) :]
        if currency not in ("", code):
            raise _off(f"{place} is money in {code}, and its currency is another one", "correct it")
        if whole(code)[0] != code:
            raise _off(f"{place} counts money in hundredths", f"write CASH:{whole(code)[0]}")
        return
    if symbol.upper() == "CASH" and not row.get("name"):
        raise _off(
            f"{place}: CASH is the ticker of a company",
            "write money as CASH: and the code of its currency, or give the company's row a name",
        )
    found = known(symbol)
    if found is None:
        raise _off(
            f"{place}: no instrument has that symbol",
            "write the symbol of the data, and describe it in instruments.toml or companies/",
        )
    if found.unit is not Unit.MONEY or found.kind == FX:
        raise _off(
            f"{place} names no share, fund or commodity, but an index, a rate or an exchange rate",
            "name the fund that is held, or write money as CASH: and the code of its currency",
        )
    if currency not in ("", found.currency, whole(found.currency)[0]):
        raise _off(
            f"{place}: its prices are in {found.currency}, and the row says another currency",
            "correct the row, or name the line of that exchange",
        )


def _quantity(text: str, place: str) -> float:
    if not text:
        raise _off(f"{place} has no quantity", "write the number of shares, or the amount")
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise _off(f"{place}: its quantity is no plain number", "write 1200.5")
    if text.startswith("-"):
        raise _off(
            f"{place}: its quantity is below zero; short positions and debts are not valued",
            "leave the row out",
        )
    if float(text) == 0:
        raise _off(f"{place}: its quantity is zero", "leave the row out")
    return float(text)


def _date(text: str, place: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _off(f"{place}: its date is no day", "write it as 2025-01-31") from None


def _refuse_twice(rows: Sequence[Holding], lines: Sequence[int], place: str) -> None:
    seen = dict[tuple[str, dt.date | None], int]()
    for row, line in zip(rows, lines, strict=True):
        first = seen.setdefault((row.symbol, row.date), line)
        if first != line:
            raise _off(
                f"{place}, lines {first} and {line} have one symbol", "write their sum in one row"
            )

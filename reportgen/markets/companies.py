"""The names of listed companies, for stocks that no instruments.toml describes.

A table for each exchange has the symbols and names of its companies: ``companies/CODE.csv`` in a
desk, and the shipped ones. That of the shipped market is made from the list of the SEC by
``tools/companies.py``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reportgen.config.resources import workspace
from reportgen.core.errors import SettingsError

FOLDER = "companies"
SHIPPED = Path(__file__).parent / "tables" / FOLDER
COLUMNS, OPTIONAL = ["symbol", "name"], "currency"
CURRENCY = re.compile(r"([A-Z]{3})?")


class Company(NamedTuple):
    """A listed company: what newsrooms call it, its exchange, the currency of its prices."""

    name: str
    exchange: str
    currency: str = ""
    """"" for that of the market on its exchange."""


@cache
def companies() -> Mapping[str, Company]:
    """All listed companies by the symbol of their stock; those of the desk come first.

    Raises:
        SettingsError: A table of the desk has a row that is off.

    >>> companies()["KEY"].name
    'KeyCorp'
    """
    desk = workspace()
    folders = [SHIPPED, *([desk / FOLDER] if desk else [])]
    found = dict[str, Company]()
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            found.update(_read(path))
    return found


def _read(path: Path) -> Iterator[tuple[str, Company]]:
    """Symbol and company of each row of the table *path*; its name is the code of an exchange."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as a list of companies: {error}.") from None
    rows = csv.reader(text.splitlines())
    head = next(rows, [])
    if head not in (COLUMNS, [*COLUMNS, OPTIONAL]):
        raise SettingsError(
            f"{path}, line 1: the columns are {', '.join(head) or 'missing'}; write"
            f" {','.join(COLUMNS)}, and {OPTIONAL} where prices are in another one than that of"
            " the exchange's market.",
            subject=str(path),
        )
    for row in rows:
        symbol, name, currency = (*map(str.strip, row), "")[:3] if len(row) > 1 else ("", "", "")
        if len(row) != len(head) or not (symbol and name) or not CURRENCY.fullmatch(currency):
            raise SettingsError(
                f"{path}, line {rows.line_num}: '{','.join(row)}' is not"
                f" {' and '.join(head)}; write one such as KEY,KeyCorp.",
                subject=str(path),
            )
        yield symbol, Company(name, path.stem, currency)

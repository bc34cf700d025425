"""Groups of instruments with a name.

The shipped ones, and over them those in the desk's own ``baskets.toml``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from reportgen.config.resources import workspace
from reportgen.config.schema import Line, read_toml, says
from reportgen.core.errors import NoData, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketTable:
    """A table of a baskets.toml.

    Before ``since`` newsrooms did not count its members together.
    """

    name: Line
    members: Annotated[
        tuple[str, ...],
        says("a list of symbols", ["AAPL", "MSFT"], min_length=1),
    ]
    since: dt.date = dt.date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket(BasketTable):
    """A named group of instruments."""

    key: str


@cache
def baskets() -> Mapping[str, Basket]:
    """All baskets by key."""
    found = _read(Path(__file__).parent / "tables" / "baskets.toml")
    desk = workspace()
    if desk is not None and (desk / "baskets.toml").is_file():
        found |= _read(desk / "baskets.toml")
    return found


def basket(key: str) -> Basket:
    """The basket of that key.

    Raises:
        NoData: There is none; it names the nearest key.
    """
    try:
        return baskets()[key]
    except KeyError:
        hint = did_you_mean(key, baskets())
        raise NoData(
            f"No basket has the key '{key}'.{hint}",
            subject=key,
        ) from None


def _read(path: Path) -> dict[str, Basket]:
    rows = read_toml(path, dict[str, BasketTable])
    return {
        key: Basket(key=key, name=row.name, members=row.members, since=row.since)
        for key, row in rows.items()
    }

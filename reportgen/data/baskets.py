"""Groups of instruments with a name.

The shipped ones, and over them those in the desk's own ``baskets.toml``.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.errors import NoData, SettingsError, did_you_mean
from reportgen.resources import workspace

FIELDS = ("name", "members", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A named group; before ``since`` newsrooms did not count its members together."""

    key: str
    name: str
    members: tuple[str, ...]
    since: dt.date = dt.date.min


@cache
def baskets() -> Mapping[str, Basket]:
    """All baskets by key."""
    found = _read(Path(__file__).parent / "baskets.toml")
    desk = workspace()
    if desk is not None and (desk / "baskets.toml").is_file():
        found |= _read(desk / "baskets.toml")
    return found


def basket(key: str) -> Basket:
    """The basket of that key; NoData with the nearest key where there is none."""
    try:
        return baskets()[key]
    except KeyError:
        hint = did_you_mean(key, baskets())
        raise NoData(f"No basket has the key '{key}'.{hint}", subject=key) from None


def _read(path: Path) -> dict[str, Basket]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", subject=path) from error
    return {key: _basket(path, key, row) for key, row in tables.items()}


def _basket(path: Path, key: str, row: Any) -> Basket:
    """The basket in the table *row*; SettingsError names the key that is off."""
    whole = isinstance(row, dict) and isinstance(row.get("name"), str)
    members = row.get("members") if whole else None
    since = row.get("since", dt.date.min) if whole else None
    texts = isinstance(members, list) and all(isinstance(symbol, str) for symbol in members)
    if not texts or not members or type(since) is not dt.date or set(row) - set(FIELDS):
        raise SettingsError(
            f'{path}: [{key}] has a name, members = ["AAPL", ...] and perhaps since, a day.',
            subject=key,
        )
    return Basket(key=key, name=row["name"], members=tuple(members), since=since)

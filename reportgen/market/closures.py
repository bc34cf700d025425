"""Closings and short sessions that the exchange announced after the calendar was made: a file of a desk's own.

The file that REPORTGEN_CLOSURES names, or ``closures.toml`` in the user's configuration folder::

    [[closed]]
    day = 2025-01-09
    reason = "a national day of mourning for former President Jimmy Carter"

    [[short]]
    day = 2026-12-23
    closes = "13:00"
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Closures:
    """Days without a session with the reason, and closing times of short ones, exchange time."""

    closed: Mapping[dt.date, str] = field(default_factory=dict)
    short: Mapping[dt.date, dt.time] = field(default_factory=dict)
    mark: str = ""
    """What two files of equal contents share; "" for none."""


@cache
def closures() -> Closures:
    """What the desk's own file says; SettingsError names what is off in it."""
    from platformdirs import user_config_path

    named = os.environ.get("REPORTGEN_CLOSURES", "")
    path = Path(named) if named else user_config_path("reportgen") / "closures.toml"
    if not named and not path.is_file():
        return Closures()
    return read_closures(path)


def read_closures(path: Path) -> Closures:
    """The closings in the file at *path*; SettingsError where it is none."""
    import hashlib

    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The closures in {path.name} can not be read: {error}", subject=path
        ) from error
    closed = {
        _day(row, path): str(row.get("reason") or "a closing of the exchange")
        for row in data.pop("closed", [])
    }
    short = {_day(row, path): _time(row, path) for row in data.pop("short", [])}
    if data:
        raise SettingsError(
            f"{path.name}: '{next(iter(data))}' is unknown; write [[closed]] or [[short]].",
            subject=path,
        )
    return Closures(closed, short, hashlib.sha256(text.encode()).hexdigest()[:12])


def _day(row: Mapping[str, Any], path: Path) -> dt.date:
    day = row.get("day")
    if type(day) is not dt.date:
        raise SettingsError(
            f"{path.name}: 'day = {day}' is not a day such as 2025-01-09.", subject=path
        )
    if day.weekday() >= 5:
        raise SettingsError(
            f"{path.name}: {day} is a {day:%A}, on which there is no session anyway.", subject=path
        )
    return day


def _time(row: Mapping[str, Any], path: Path) -> dt.time:
    try:
        return dt.time.fromisoformat(str(row.get("closes")))
    except ValueError:
        raise SettingsError(
            f"{path.name}: 'closes = {row.get('closes')}' is not a time such as \"13:00\".",
            subject=path,
        ) from None


def calendar_class(own: Closures) -> type[Any]:
    """The exchange's calendar with *own* closings added to those it knows."""
    import pandas as pd
    from exchange_calendars.exchange_calendar_xnys import XNYSExchangeCalendar

    class Own(XNYSExchangeCalendar):  # type: ignore[misc]
        """New York, with what was announced since."""

        @property
        def adhoc_holidays(self) -> list[pd.Timestamp]:
            return [*super().adhoc_holidays, *(pd.Timestamp(day) for day in own.closed)]

        @property
        def special_closes_adhoc(self) -> list[Any]:
            return [
                *super().special_closes_adhoc,
                *((at, pd.DatetimeIndex([pd.Timestamp(day)])) for day, at in own.short.items()),
            ]

    return Own

"""Closings and short sessions that the exchange announced after the calendar was made: a file of a desk's own.

The file that REPORTGEN_CLOSURES names, or ``closures.toml`` in the user's configuration folder::

    [[closed]]
    day = 2025-01-09
    reason = "a national day of mourning for former President Jimmy Carter"
    announced = 2024-12-30T18:53:00

Before the time in ``announced``, exchange time, a brief knows nothing of the closing; without it, it always does.

::

    [[short]]
    day = 2026-12-23
    closes = "13:00"
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reportgen.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Closing:
    """A day without a session that was decided for the day.

    Why, and from when the public knew (None: at any time).
    """

    reason: str
    announced: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Closures:
    """Days without a session, and closing times of short ones, exchange time."""

    closed: Mapping[dt.date, Closing] = field(default_factory=dict)
    short: Mapping[dt.date, dt.time] = field(default_factory=dict)
    mark: str = ""
    """What two files of equal contents share; "" for none."""

    def unknown(self, day: dt.date, at: dt.datetime) -> bool:
        """Whether *day* was closed later than *at*.

        Until the closing was announced it was a session to come.
        """
        found = self.closed.get(day)
        return found is not None and found.announced is not None and at < found.announced


KEYS = {"closed": ("day", "reason", "announced"), "short": ("day", "closes", "reason")}
"""What a table of the file may say."""


@cache
def closures() -> Closures:
    """The closings that come with the package and those of the desk's own file.

    SettingsError names what is off in it.
    """
    from platformdirs import user_config_path

    shipped = read_closures(Path(__file__).parent / "closings.toml")
    named = os.environ.get("REPORTGEN_CLOSURES", "")
    path = Path(named) if named else user_config_path("reportgen") / "closures.toml"
    if not named and not path.is_file():
        return Closures(shipped.closed)
    own = read_closures(path)
    closed = {
        day: replace(told, announced=told.announced or shipped.closed[day].announced)
        if day in shipped.closed
        else told
        for day, told in own.closed.items()
    }
    return Closures({**shipped.closed, **closed}, own.short, own.mark)


def read_closures(path: Path) -> Closures:
    """The closings in the file at *path*; SettingsError where it is none."""
    import hashlib

    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The closures in {path.name} cannot be read: {error}", subject=path
        ) from error
    closed = {_day(row, path): _closing(row, path) for row in _rows(data, "closed", path)}
    short = {_day(row, path): _time(row, path) for row in _rows(data, "short", path)}
    if data:
        raise SettingsError(
            f"{path.name}: '{next(iter(data))}' is unknown; write [[closed]] or [[short]].",
            subject=path,
        )
    return Closures(closed, short, hashlib.sha256(text.encode()).hexdigest()[:12])


def _rows(data: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    """The tables [[name]] of *data*, taken out of it.

    SettingsError where they are none, or have a key that is unknown.
    """
    rows = data.pop(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"{path.name}: write '{name}' as tables, [[{name}]].", subject=path)
    known = KEYS[name]
    for key in (key for row in rows for key in row if key not in known):
        raise SettingsError(
            f"{path.name}: [[{name}]] has no '{key}'; it has {', '.join(known)}.", subject=path
        )
    return rows


def _closing(row: Mapping[str, Any], path: Path) -> Closing:
    """The closing in *row*; a time without an offset is New York's."""
    announced = row.get("announced")
    if type(announced) is dt.date:
        announced = dt.datetime.combine(announced, dt.time(23, 59))
    if announced is not None and not isinstance(announced, dt.datetime):
        raise SettingsError(
            f"{path.name}: 'announced = {announced}' is not a time such as 2025-12-30T18:00:00.",
            subject=path,
        )
    if announced is not None and announced.tzinfo is None:
        announced = announced.replace(tzinfo=ZoneInfo("America/New_York"))
    return Closing(str(row.get("reason") or "a closing of the exchange"), announced)


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

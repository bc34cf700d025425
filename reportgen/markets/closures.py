"""Closings and short sessions that the exchange announced after the calendar was made.

A file of a desk's own.

The file that REPORTGEN_CLOSURES names, or ``closures.toml`` in the user's configuration folder::

    [[closed]]
    day = 2025-01-09
    reason = "a national day of mourning for former President Jimmy Carter"
    announced = 2024-12-30T18:53:00

Before the time in ``announced``, exchange time, a brief knows nothing of the closing; without it,
it always does.

::

    [[short]]
    day = 2026-12-23
    closes = "13:00"
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from reportgen.config.schema import read_toml, says


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


NEW_YORK = ZoneInfo("America/New_York")
Day = Annotated[dt.date, says("a day such as 2025-01-09", dt.date(2025, 1, 9))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTable:
    """A table [[closed]] of a closures.toml."""

    day: Day
    reason: Annotated[str, says("a text", "a national day of mourning")] = (
        "a closing of the exchange"
    )
    announced: Annotated[
        dt.datetime | None,
        says("a time such as 2025-12-30T18:00:00", dt.datetime(2025, 12, 30, 18)),  # noqa: DTZ001
    ] = None
    """When the public knew, in exchange time; without it, always."""

    def __post_init__(self) -> None:
        """Refuse a weekend."""
        _refuse_weekend(self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortTable:
    """A table [[short]] of a closures.toml."""

    day: Day
    closes: Annotated[
        str, says('a time such as "13:00"', "13:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d(:00)?$")
    ]
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a weekend."""
        _refuse_weekend(self.day)


def _refuse_weekend(day: dt.date) -> None:
    if day.weekday() >= 5:
        raise ValueError(f"{day} is a {day:%A}, on which there is no session anyway.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosuresFile:
    """A closures.toml."""

    closed: tuple[ClosedTable, ...] = ()
    short: tuple[ShortTable, ...] = ()


@cache
def closures() -> Closures:
    """The closings that come with the package and those of the desk's own file.

    Raises:
        SettingsError: It names what is off in it.
    """
    from platformdirs import user_config_path

    shipped = read_closures(Path(__file__).parent / "tables" / "closings.toml")
    named = os.environ.get("REPORTGEN_CLOSURES", "")
    path = Path(named) if named else user_config_path("reportgen") / "closures.toml"
    if not named and not path.is_file():
        return Closures(shipped.closed)
    own = read_closures(path)
    closed = {
        day: (
            replace(told, announced=told.announced or shipped.closed[day].announced)
            if day in shipped.closed
            else told
        )
        for day, told in own.closed.items()
    }
    return Closures({**shipped.closed, **closed}, own.short, own.mark)


def read_closures(path: Path) -> Closures:
    """The closings in the file at *path*.

    Raises:
        SettingsError: It is none.
    """
    import hashlib

    told = read_toml(path, ClosuresFile, prepare=_whole_times)
    closed = {row.day: Closing(row.reason, _exchange_time(row.announced)) for row in told.closed}
    short = {row.day: dt.time.fromisoformat(row.closes) for row in told.short}
    return Closures(closed, short, hashlib.sha256(path.read_bytes()).hexdigest()[:12])


def _whole_times(data: dict[str, Any]) -> dict[str, Any]:
    """The file with each day on which something was announced as the end of that day."""
    rows = data.get("closed")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and type(row.get("announced")) is dt.date:
            row["announced"] = dt.datetime.combine(row["announced"], dt.time(23, 59))
    return data


def _exchange_time(announced: dt.datetime | None) -> dt.datetime | None:
    """A time without an offset is New York's."""
    if announced is None or announced.tzinfo:
        return announced
    return announced.replace(tzinfo=NEW_YORK)


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

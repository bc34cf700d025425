"""Closings and unusual hours announced after the calendar was made.

Those that are shipped, and a file of a desk's own.

The file that REPORTGEN_CLOSURES names, or ``closures.toml`` in the user's
configuration folder::

    [[closed]]
    day = 2025-01-09
    reason = "a national day of mourning for former President Jimmy Carter"
    announced = 2024-12-30T18:53:00

Before the time in ``announced``, a brief knows nothing of the
closing; without it, it always does. ``exchange = "XLON"`` names another
exchange than that of the desk's market.

::

    [[short]]
    day = 2026-12-23
    closes = "13:00"

    [[open]]
    exchange = "XBOM"
    day = 2025-02-01
    opens = "09:15"
    closes = "15:30"

A time without an offset is one of the desk's market.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from reportgen.config.schema import read_toml, says

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Closing:
    """A day without a session that was decided for the day.

    Why, and from when the public knew (None: at any time).
    """

    reason: str
    announced: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Closures:
    """Days without a session, unusual hours of others, and sessions on odd days."""

    closed: Mapping[dt.date, Closing] = field(default_factory=dict)
    hours: Mapping[dt.date, tuple[int | None, int | None]] = field(
        default_factory=dict,
    )
    """Open and close in minutes from midnight, None where one is as usual."""
    opened: Mapping[dt.date, tuple[int, int]] = field(default_factory=dict)
    """Open and close of sessions on days that have none by the rules."""
    mark: str = ""
    """What two files of equal contents share; "" for none."""

    def unknown(self, day: dt.date, at: dt.datetime) -> bool:
        """Whether *day* was closed later than *at*.

        Until the closing was announced it was a session to come.
        """
        found = self.closed.get(day)
        if found is None or found.announced is None:
            return False
        return at < found.announced


Time = Annotated[
    str,
    says(
        'a time such as "13:00"',
        "13:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d(:00)?)?$",
    ),
]
Code = Annotated[
    str,
    says("the code of an exchange", "XLON", pattern=r"^[A-Z0-9/]*$"),
]
CLOSING = "a closing of the exchange"
"""Why there is no session, where nothing else is known."""
Day = Annotated[dt.date, says("a day such as 2025-01-09", dt.date(2025, 1, 9))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTable:
    """A table [[closed]] of a closures.toml."""

    day: Day
    reason: Annotated[str, says("a text", "a national day of mourning")] = CLOSING
    announced: Annotated[
        dt.datetime | None,
        says("a time such as 2025-12-30T18:00:00", dt.datetime(2025, 12, 30, 18)),  # noqa: DTZ001
    ] = None
    """When the public knew; without it, always.

    A time without an offset is one of the desk's market.
    """
    exchange: Code = ""
    """The code of the exchange; without it, that of the desk's market."""

    def __post_init__(self) -> None:
        """Refuse a weekend."""
        _refuse_weekend(self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortTable:
    """A table [[short]] of a closures.toml."""

    day: Day
    closes: Time = ""
    opens: Time = ""
    reason: str = ""
    exchange: Code = ""
    """The code of the exchange; without it, that of the desk's market."""

    def __post_init__(self) -> None:
        """Refuse a weekend, and a day with its usual hours."""
        _refuse_weekend(self.day)
        if not self.closes and not self.opens:
            raise ValueError(
                'it says neither when it opens nor when it closes: closes = "13:00".',
            )


def _refuse_weekend(day: dt.date) -> None:
    if day.weekday() >= 5:
        raise ValueError(
            f"{day} is a {day:%A}, on which there is no session anyway.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTable:
    """A table [[open]] of a closures.toml: a session on a weekend or a holiday."""

    day: Day
    opens: Time
    closes: Time
    exchange: Code = ""
    """The code of the exchange; without it, that of the desk's market."""

    def __post_init__(self) -> None:
        """Refuse a session that ends before it begins."""
        if not self.opens < self.closes:
            raise ValueError(f'it opens at "{self.opens}" and closes at "{self.closes}".')


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosuresFile:
    """A closures.toml."""

    closed: tuple[ClosedTable, ...] = ()
    short: tuple[ShortTable, ...] = ()
    open: tuple[OpenTable, ...] = ()


def closure_files() -> tuple[Path, ...]:
    """The shipped file of closings, and the desk's own if there is one."""
    from platformdirs import user_config_path

    shipped = Path(__file__).parent / "tables" / "closings.toml"
    named = os.environ.get("REPORTGEN_CLOSURES", "")
    own = Path(named) if named else user_config_path("reportgen") / "closures.toml"
    return (shipped, own) if named or own.is_file() else (shipped,)


@cache
def closures(code: str) -> Closures:
    """The closings of an exchange: the shipped ones and the desk's own.

    Raises:
        SettingsError: A line of the desk's file is off.
    """
    shipped_file, *own_files = closure_files()
    shipped = read_closures(shipped_file, code)
    if not own_files:
        return shipped
    own = read_closures(own_files[0], code)
    closed = dict(shipped.closed)
    for day, told in own.closed.items():
        known = shipped.closed.get(day, told)
        closed[day] = replace(told, announced=told.announced or known.announced)
    return Closures(
        closed=closed,
        hours={**shipped.hours, **own.hours},
        opened={**shipped.opened, **own.opened},
        mark=shipped.mark + own.mark,
    )


def read_closures(path: Path, code: str) -> Closures:
    """The closings of the exchange *code* in the file at *path*.

    Raises:
        SettingsError: A line is off, or the file cannot be read.
    """
    from zoneinfo import ZoneInfo

    from reportgen.markets.spec import home

    told = read_toml(path, ClosuresFile, prepare=_whole_times)
    zone, here = ZoneInfo(home().zone), home().exchange
    closed = {
        row.day: Closing(row.reason, _in_zone(row.announced, zone))
        for row in told.closed
        if (row.exchange or here) == code
    }
    hours = {
        row.day: (_minutes(row.opens), _minutes(row.closes))
        for row in told.short
        if (row.exchange or here) == code
    }
    opened = {
        row.day: (_minute(row.opens), _minute(row.closes))
        for row in told.open
        if (row.exchange or here) == code
    }
    if not closed and not hours and not opened:
        return Closures()
    known = "".join(repr(sorted(rows.items())) for rows in (closed, hours, opened) if rows)
    mark = hashlib.sha256(known.encode()).hexdigest()[:12]
    return Closures(closed=closed, hours=hours, opened=opened, mark=mark)


def _minutes(clock: str) -> int | None:
    """Minutes from midnight to a time such as "13:00"; None for ""."""
    return _minute(clock) if clock else None


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return 60 * int(hour) + int(minute[:2])


def _whole_times(data: dict[str, Any]) -> dict[str, Any]:
    """The file with each day of an announcement as the end of that day."""
    rows = data.get("closed")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and type(row.get("announced")) is dt.date:
            row["announced"] = dt.datetime.combine(
                row["announced"],
                dt.time(23, 59),
            )
    return data


def _in_zone(
    announced: dt.datetime | None,
    zone: ZoneInfo,
) -> dt.datetime | None:
    """A time without an offset is one of the market."""
    if announced is None or announced.tzinfo:
        return announced
    return announced.replace(tzinfo=zone)


def calendar_class(kind: type[Any], own: Closures) -> type[Any]:
    """The calendar *kind* of an exchange, with the closings of *own* added."""
    import pandas as pd

    class Own(kind):  # type: ignore[misc]
        """An exchange, with what was announced since."""

        @property
        def adhoc_holidays(self) -> list[pd.Timestamp]:
            announced = [pd.Timestamp(day) for day in own.closed]
            return [*super().adhoc_holidays, *announced]

    return Own if own.closed else kind

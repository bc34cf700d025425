"""A cache of a dataset's checked tables, each good while its file is unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from reportgen.datasets.dataset import DataFile, read, refuse_timeless
from reportgen.datasets.validation import screen
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import known
from reportgen.sources import store

SERIES: Mapping[str, str] = {
    "daily_bars": "symbol",
    "intraday_bars": "symbol",
    "rates": "series",
    "futures": "contract",
}
"""The column of names in tables of series."""

PRICES = ("daily_bars", "intraday_bars")
"""The roles of files that are read for some symbols alone."""
Wanted = frozenset[str] | None


@dataclass(slots=True)
class _Read:
    """What is kept of one file: its rows as they were read, and a part that was asked for last."""

    key: object
    wanted: Wanted
    rows: pd.DataFrame
    part: tuple[Wanted, pd.DataFrame] | None = None

    def of(self, file: DataFile, wanted: Wanted) -> pd.DataFrame | None:
        """The rows for the symbols in *wanted*, None where not all of them were read."""
        if wanted == self.wanted:
            return self.rows
        covers = self.wanted is None or (wanted is not None and wanted <= self.wanted)
        if wanted is None or not covers or file.role not in PRICES:
            return None
        if self.part is None or self.part[0] != wanted:
            here = self.rows["symbol"].isin(wanted)
            self.part = (wanted, self.rows[here].reset_index(drop=True))
        return self.part[1]


_kept: dict[Path, _Read] = {}


def table(file: DataFile, keep: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of *file* by time, for the symbols in *keep*; do not change them."""
    wanted = None if keep is None else frozenset(keep)
    stat = file.path.stat()
    key = (repr(file), stat.st_mtime_ns, stat.st_size)
    kept = _kept.get(file.path)
    found = kept.of(file, wanted) if kept is not None and kept.key == key else None
    if found is None:
        found = _checked(file, wanted)
        _kept[file.path] = _Read(key, wanted, found)
    return found


AHEAD = dt.timedelta(days=366)
"""How far behind the last session a list is read, for the briefs of later ones."""


@dataclass(frozen=True, slots=True)
class _List:
    """What is kept of one file: the recent bars of a list of stocks."""

    key: object
    bars: screen.Bars
    until: dt.date

    def covers(self, key: object, sessions: pd.DatetimeIndex) -> bool:
        """Whether it has all that is asked for."""
        if key != self.key or sessions[-1].date() > self.until:
            return False
        days = self.bars.tables["close"].index
        begin = days.searchsorted(sessions[0])
        return days[begin : begin + len(sessions)].equals(sessions)


_lists: dict[Path, _List] = {}


def recent(
    file: DataFile,
    keep: Collection[str] | None,
    calendar: Calendar,
    sessions: pd.DatetimeIndex,
    others: Collection[str] = (),
) -> screen.Bars:
    """The bars of stocks of the exchange of *calendar*, as *file* has them, from a session on.

    A year more is read and kept, so that a batch reads a long list once.

    Args:
        file: A file of daily bars.
        keep: The symbols; None for all.
        calendar: The sessions of the exchange.
        sessions: Those that are asked for.
        others: Symbols whose rows :func:`table` is asked for afterwards. A file of lines is read
            once for both.
    """
    stat, wanted = file.path.stat(), None if keep is None else frozenset(keep)
    state = repr(replace(file, then=None)), stat.st_mtime_ns, stat.st_size
    key = (*state, calendar.code, wanted)
    kept = _lists.get(file.path)
    if kept is not None and kept.covers(key, sessions):
        return kept.bars
    first, until = sessions[0].date(), sessions[-1].date() + AHEAD
    if file.fetch is not None:
        rows, once = store.bars_between(file.path, file.fetch, first, until, wanted)
        if file.then is not None and not once:
            rows = _checked(file, wanted, since=first)
            until = dt.date.min  # as it was known at that moment: nothing to keep
    elif file.path.suffix == ".parquet":
        rows = _checked(file, wanted, since=first, until=until)
    else:
        every = table(file, None if keep is None else [*keep, *others])
        here = (every["date"] >= sessions[0]) & (every["date"] <= pd.Timestamp(until))
        rows = every[here]
    last = max(rows["date"].max(), sessions[-1]) if len(rows) else sessions[-1]
    days = calendar.session_index(first, last.date())
    found = screen.side_by_side(rows, days, partial(_is_stock, calendar.code))
    _lists[file.path] = _List(key, found, until)
    return found


def _is_stock(exchange: str, symbol: str) -> bool:
    found = known(symbol)
    return bool(found and found.kind == "stock" and found.calendar == exchange)


def _checked(
    file: DataFile,
    wanted: Wanted,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    frame = read(file, wanted, since, until)
    time = "start" if file.role == "intraday_bars" else "date"
    name = SERIES.get(file.role)
    if name is None:
        return frame
    if name != "symbol":
        frame = frame.dropna()
    refuse_timeless(file, frame, name, time)
    if frame[time].is_monotonic_increasing:
        return frame
    return frame.sort_values(time, kind="stable", ignore_index=True)

"""A cache of a dataset's checked tables, each good while its file is unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from reportgen.datasets.dataset import DataFile, read, refuse_timeless

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


def recent(
    file: DataFile,
    keep: Collection[str] | None,
    since: dt.date,
    others: Collection[str] = (),
) -> pd.DataFrame:
    """The rows of *file* from the day *since* on, for the symbols in *keep*; do not change them.

    Args:
        file: A file of daily bars.
        keep: The symbols; None for all.
        since: The first day.
        others: Symbols whose rows :func:`table` is asked for afterwards. A file of lines is read
            once for both.
    """
    if file.fetch is not None or file.path.suffix == ".parquet":
        return _checked(file, None if keep is None else frozenset(keep), since)
    every = None if keep is None else [*keep, *others]
    rows = table(file, every)
    return rows[rows["date"] >= pd.Timestamp(since)]


def _checked(file: DataFile, wanted: Wanted, since: dt.date | None = None) -> pd.DataFrame:
    frame = read(file, wanted, since)
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

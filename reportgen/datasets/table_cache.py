"""A cache of a dataset's checked tables, each good while its file is unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
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

Wanted = frozenset[str] | None

_kept: dict[Path, tuple[object, Wanted, dict[Wanted, pd.DataFrame]]] = {}
"""By file: how it was read, for which symbols, and its rows for these and for some of them."""


def table(file: DataFile, keep: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of *file* by time, for the symbols in *keep*; do not change them."""
    wanted = None if keep is None else frozenset(keep)
    stat = file.path.stat()
    key = (repr(file), stat.st_mtime_ns, stat.st_size)
    known = _kept.get(file.path)
    if known is not None and known[0] == key:
        _, most, frames = known
        if wanted in frames:
            return frames[wanted]
        if wanted is not None and (most is None or wanted <= most) and file.role in PRICES:
            whole = frames[most]
            frames[wanted] = whole[whole["symbol"].isin(wanted)].reset_index(drop=True)
            return frames[wanted]
    frame = _checked(file, wanted)
    _kept[file.path] = (key, wanted, {wanted: frame})
    return frame


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


PRICES = ("daily_bars", "intraday_bars")
"""The roles of files that are read for some symbols alone."""


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

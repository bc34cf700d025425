"""A cache of a dataset's checked tables, each good while its file is unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

_kept: dict[Path, tuple[object, pd.DataFrame]] = {}


def table(file: DataFile, keep: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of *file* by time, for the symbols in *keep*; do not change them."""
    wanted = None if keep is None else frozenset(keep)
    stat = file.path.stat()
    key = (repr(file), wanted, stat.st_mtime_ns, stat.st_size)
    known = _kept.get(file.path)
    if known is None or known[0] != key:
        known = _kept[file.path] = (key, _checked(file, wanted))
    return known[1]


def _checked(file: DataFile, wanted: frozenset[str] | None) -> pd.DataFrame:
    frame = read(file, wanted)
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

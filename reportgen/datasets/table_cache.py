"""A cache of a dataset's checked tables, each good while its file is unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from reportgen.datasets.dataset import DataFile, read
from reportgen.datasets.validation import quality

_kept: dict[Path, tuple[object, pd.DataFrame]] = {}


def table(file: DataFile, keep: Iterable[str] | None = None) -> pd.DataFrame:
    """The checked rows of *file* for the symbols in *keep*; do not change them."""
    wanted = None if keep is None else frozenset(keep)
    stat = file.path.stat()
    key = (repr(file), wanted, stat.st_mtime_ns, stat.st_size)
    known = _kept.get(file.path)
    if known is None or known[0] != key:
        known = _kept[file.path] = (key, _checked(file, wanted))
    return known[1]


def _checked(file: DataFile, wanted: frozenset[str] | None) -> pd.DataFrame:
    frame = read(file, wanted)
    if file.role in ("daily_bars", "intraday_bars"):
        time = "date" if file.role == "daily_bars" else "start"
        quality.check_order(frame, file.path, "symbol", time)
        if file.fetch is None:  # what a store holds is judged series by series
            quality.check_prices(frame, file.path, time)
    elif file.role in ("rates", "futures"):
        frame = frame.dropna()
        quality.check_order(
            frame,
            file.path,
            "series" if file.role == "rates" else "contract",
            "date",
        )
    return frame

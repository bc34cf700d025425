"""DataFrames as a dataset, for a program that has its prices in memory.

A frame goes by its role: "prices" (daily closes), "intraday", "rates", "futures", "events",
"meetings" or "confirmations". It has the columns of that role, see :mod:`reportgen.data.dataset`.
Prices and rates may also be wide: days down the side, a column for each symbol or series.

``frame.attrs["source"]`` names where a frame comes from, as the brief is to say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.data.dataset import COLUMNS, OPTIONAL
from reportgen.errors import NoData, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

ROLES: Mapping[str, str] = {
    "prices": "daily_bars",
    "intraday": "intraday_bars",
    **{role: role for role in COLUMNS if role != "commentary"},
}
"""What a frame may be called, and the role that it has."""
WIDE: Mapping[str, str] = {"daily_bars": "symbol", "rates": "series"}
"""Roles that may be wide, and what the names of their columns are."""


def written(frames: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """The folder *folder*, after *frames* were written there as a dataset.

    Raises:
        NoData: A frame has a role that there is not, no rows, or lacks a column.
    """
    import tomlkit

    if not frames:
        raise NoData('No DataFrame was given; give {"prices": frame}.', subject="data")
    files = tomlkit.aot()
    for name, frame in frames.items():
        role = _role(name)
        rows = _long(name, role, frame)
        rows.to_csv(folder / f"{role}.csv", index=False)
        source = str(frame.attrs.get("source", "data of the desk"))
        files.append(tomlkit.item({"path": f"{role}.csv", "role": role, "source": source}))
    described = tomlkit.document()
    described["name"] = "DataFrames"
    described["files"] = files
    (folder / "dataset.toml").write_text(tomlkit.dumps(described), encoding="utf-8")
    return folder


def _role(name: str) -> str:
    if name not in ROLES:
        hint = did_you_mean(name, ROLES)
        raise NoData(f"No role is called '{name}'.{hint}", subject=name)
    return ROLES[name]


def _long(name: str, role: str, frame: pd.DataFrame) -> pd.DataFrame:
    """*frame* with the columns of *role*, a row for each value."""
    needed = COLUMNS[role]
    rows = frame if set(needed) <= set(frame.columns) else frame.reset_index()
    if not set(needed) <= set(rows.columns) and role in WIDE and _is_wide(frame):
        day, value = needed[0], needed[2]
        rows = frame.rename_axis(index=day).reset_index()
        rows = rows.melt(id_vars=day, var_name=WIDE[role], value_name=value).dropna(subset=[value])
    missing = [column for column in needed if column not in rows.columns]
    if missing:
        found = ", ".join(map(str, frame.columns))
        raise NoData(
            f"The DataFrame '{name}' has no column '{missing[0]}'; it has {found}. "
            f"A frame of '{name}' has {', '.join(needed)}.",
            subject=missing[0],
        )
    if rows.empty:
        raise NoData(f"The DataFrame '{name}' has no rows.", subject=name)
    kept = [c for c in (*needed, *OPTIONAL.get(role, ())) if c in rows.columns]
    return rows[kept]


def _is_wide(frame: pd.DataFrame) -> bool:
    """Whether the rows of *frame* are days, and its columns hold numbers alone."""
    import pandas as pd

    numbers = all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes)
    return isinstance(frame.index, pd.DatetimeIndex) and numbers and len(frame.columns) > 0

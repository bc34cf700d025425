"""DataFrames as a dataset, for a program that has its prices in memory.

A frame goes by its role: "prices" (daily closes), "intraday", "rates",
"futures", "events", "meetings" or "confirmations". It has the columns of that
role, see :mod:`reportgen.datasets.dataset`. Prices and rates may also be wide:
days down the side, a column for each symbol or series.

``frame.attrs["source"]`` names where a frame comes from, as the brief is to say
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.errors import NoData, did_you_mean
from reportgen.datasets.dataset import COLUMNS, OPTIONAL
from reportgen.markets import home

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
        raise NoData(
            'No DataFrame was given; give {"prices": frame}.',
            subject="data",
        )
    files = tomlkit.aot()
    for name, frame in frames.items():
        role = _role(name)
        rows = _long(name, role, frame)
        rows.to_csv(folder / f"{role}.csv", index=False)
        source = str(frame.attrs.get("source", "data of the desk"))
        files.append(
            tomlkit.item(
                {
                    "path": f"{role}.csv",
                    "role": role,
                    "source": source,
                }
            )
        )
    described = tomlkit.document()
    described["name"] = "DataFrames"
    described["files"] = files
    (folder / "dataset.toml").write_text(
        tomlkit.dumps(described),
        encoding="utf-8",
    )
    return folder


def _role(name: str) -> str:
    if name not in ROLES:
        hint = did_you_mean(str(name), ROLES)
        raise NoData(f"No role is called '{name}'.{hint}", subject=name)
    return ROLES[name]


def _long(name: str, role: str, frame: object) -> pd.DataFrame:
    """*frame* with the columns of *role*, a row for each value."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise NoData(
            f"'{name}' is a {kind}; hand over a DataFrame.",
            subject=name,
        )
    levels = max(frame.columns.nlevels, frame.index.nlevels)
    if levels > 1 or not frame.columns.is_unique:
        raise NoData(
            f"The DataFrame '{name}' has columns or an index of several levels,"
            " or a column twice; give each column a name of its own, and a"
            " single index.",
            subject=name,
        )
    needed = COLUMNS[role]
    rows = frame
    if role in WIDE and not set(needed) & set(frame.columns):
        rows = _melted(name, frame, needed[0], WIDE[role], needed[2])
    elif frame.index.name in needed and frame.index.name not in frame.columns:
        rows = frame.reset_index()
    missing = [column for column in needed if column not in rows.columns]
    if missing:
        found = ", ".join(map(str, frame.columns))
        raise NoData(
            f"The DataFrame '{name}' has no column '{missing[0]}'; it has"
            f" {found}. A frame of '{name}' has {', '.join(needed)}.",
            subject=missing[0],
        )
    if rows.empty:
        raise NoData(f"The DataFrame '{name}' has no rows.", subject=name)
    kept = [c for c in (*needed, *OPTIONAL.get(role, ())) if c in rows.columns]
    if "date" not in kept:
        return rows[kept]
    return rows[kept].assign(date=_days(name, rows["date"]))


def _melted(
    name: str,
    frame: pd.DataFrame,
    day: str,
    of: str,
    value: str,
) -> pd.DataFrame:
    """A wide *frame*, a column for each symbol, as a row for each value."""
    days = _days(name, frame.index.to_series())
    wide = frame.set_axis(days.to_numpy(), axis="index").rename_axis(index=day)
    try:
        numbers = wide.astype(float)
    except (TypeError, ValueError):
        raise NoData(
            f"The DataFrame '{name}' is wide, and not all of its columns are numbers.",
            subject=name,
        ) from None
    rows = numbers.reset_index().melt(
        id_vars=day,
        var_name=of,
        value_name="value of a day",
    )
    return rows.rename(columns={"value of a day": value}).dropna(subset=[value])


def _days(name: str, column: pd.Series) -> pd.Series:
    """*column* as days; NoData where it holds none, or times with a zone."""
    import pandas as pd

    if getattr(column.dtype, "tz", None) is not None:
        raise NoData(
            f"The days of the DataFrame '{name}' have a time zone; drop it,"
            " once they are the days of the exchange:"
            f" frame.index.tz_convert('{home().zone}').tz_localize(None).",
            subject=name,
        )
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    try:
        return pd.to_datetime(column).dt.strftime("%Y-%m-%d")
    except (TypeError, ValueError) as error:
        reason = str(error).partition(",")[0]
        raise NoData(
            f"The DataFrame '{name}' has a day that is none: {reason}.",
        ) from None

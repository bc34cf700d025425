"""Reads the days of a column in the formats of common tools."""

from __future__ import annotations

import re

import pandas as pd

from reportgen.markets import home

OFFSET = re.compile(r"(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(?:Z|[+-]\d\d(?::?\d\d)?)$")
"""A time of day with its UTC offset."""
YEAR_LAST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})(?:[ T].*)?")
"""A day such as 20.11.2025 or 11/20/2025, with or without a time."""
MONTHS = 12


def days(told: pd.Series, timezone: str = "") -> pd.Series:
    """The days in the column *told*. A time counts for the day as written, whatever its offset.

    Parquet keeps instants without their text. If all are midnights in UTC, their days are those
    of UTC. Otherwise they are those of *timezone*, by default the zone of the desk's market.

    Raises:
        ValueError: A value is not a day, or its day and month are ambiguous.
    """
    if isinstance(told.dtype, pd.DatetimeTZDtype):
        utc = told.dt.tz_convert("UTC")
        midnights = bool((utc == utc.dt.normalize()).all())
        times = utc if midnights and not timezone else told.dt.tz_convert(timezone or home().zone)
    else:
        try:
            times = pd.to_datetime(told, format="ISO8601")
        except ValueError:
            times = _written_otherwise(told)
    if times.dt.tz is not None:
        times = times.dt.tz_localize(None)
    found: pd.Series = times.dt.normalize().astype("datetime64[ns]")
    return found


def _written_otherwise(told: pd.Series) -> pd.Series:
    """The times of *told*, with offsets of summer and winter, or with the year last."""
    texts = told.dropna().astype(str).str.strip()
    parts = texts.str.extract(f"^{YEAR_LAST.pattern}$").dropna()
    if len(parts) == len(texts) and len(set(parts[1])) == 1:
        texts = _year_first(texts, parts)
    plain = texts.str.replace(OFFSET, r"\1", regex=True)
    times = pd.to_datetime(plain, format="ISO8601", errors="coerce")
    if times.isna().any():
        raise ValueError(
            f"'{texts[times.isna()].iloc[0]}' is no day; write days such as 2025-11-20"
        )
    return times.reindex(told.index)


def _year_first(texts: pd.Series, parts: pd.DataFrame) -> pd.Series:
    """Days in ISO form. *parts* has the two numbers, the mark between them, and the year.

    Between points, the day is first. Between slashes, a number above 12 shows which is the day.
    """
    first, second, year = (parts[place].astype(int) for place in (0, 2, 3))
    points = parts[1].iloc[0] == "."
    month_first = bool((second > MONTHS).any()) and not points
    if not points and month_first == bool((first > MONTHS).any()):
        raise ValueError(f"'{texts.iloc[0]}' may be of two months; write days such as 2025-11-20")
    month, day = (first, second) if month_first else (second, first)
    iso = zip(year, month, day, strict=True)
    return pd.Series([f"{y:04}-{m:02}-{d:02}" for y, m, d in iso], index=texts.index)

"""The index of a series by its true type, where pandas only knows that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import pandas as pd


def sessions(series: pd.Series | pd.DataFrame) -> pd.DatetimeIndex:
    """The index of a series by session or by day."""
    return cast("pd.DatetimeIndex", series.index)


def periods(changes: pd.Series) -> pd.PeriodIndex:
    """The index of changes by month or by year, as :func:`.returns.periods` gives them."""
    return cast("pd.PeriodIndex", changes.index)


def of_period(changes: pd.Series, period: pd.Period) -> float:
    """The change of one *period*, as a fraction.

    Raises:
        KeyError: The series does not have the period once.
    """
    place = periods(changes).get_loc(period)
    if not isinstance(place, int):
        raise KeyError(f"{period} is there more than once")
    return float(changes.iloc[place])

"""Levels by session, written out in a test."""

from __future__ import annotations

import pandas as pd
import pytest


def _levels(first: str | dict[str, float], *levels: float) -> pd.Series:
    if isinstance(first, dict):
        return pd.Series(
            list(first.values()), index=pd.DatetimeIndex(list(first)), name="^RUT", dtype=float
        )
    return pd.Series(
        levels, index=pd.bdate_range(first, periods=len(levels)), name="^RUT", dtype=float
    )


@pytest.fixture
def series():
    """Builder of a series.

    ``series({"2025-01-08": 100.0})`` by date, ``series("2025-01-06", 100, 101)`` by weekdays.
    """
    return _levels

"""Tracks on real sessions, written out in a test, and what a finding says by role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from reportgen.beats.measure import News
from reportgen.datasets.market import Track
from reportgen.markets import market
from reportgen.markets.instruments import instrument

session_index = market("us").calendar.session_index


def _track(
    symbol: str,
    end: str,
    *levels: float,
    start: str = "2024-01-02",
    usual: float = 100.0,
    at: Mapping[str, float] | None = None,
    **rest: Any,
) -> Track:
    index = session_index(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    quiet = [usual * (1 + 0.002 * (i % 2)) for i in range(len(index) - len(levels))]
    closes = pd.Series([*quiet, *levels], index=index, name=symbol, dtype=float)
    for day, level in (at or {}).items():
        closes.iloc[index.get_loc(pd.Timestamp(day))] = level
    return Track(
        instrument=instrument(symbol),
        closes=closes,
        as_of=end,
        source="test",
        **{"live": False, **rest},
    )


def _said(found: News) -> dict[str, float | str]:
    values = {fact.id: fact.value for fact in found.facts}
    return {role: values[id] for role, id in found.finding.facts.items()}


@pytest.fixture
def track():
    """Builder of a track.

    *levels* on the last sessions to *end*, before them two tenths of a percent up and down around
    *usual*.
    """
    return _track


@pytest.fixture
def said():
    """``said(found)`` is the value of every role of a finding."""
    return _said

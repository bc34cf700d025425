"""Which stocks of a list moved farthest."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.statistics import movers

DAYS = pd.date_range("2025-01-01", periods=80, freq="D")


@pytest.fixture
def closes():
    """A calm and a wild stock that move 5% and 8% at last, one that does not, and a new one."""
    rng = np.random.default_rng(5)
    steps = {"CALM": 0.002, "WILD": 0.05, "FLAT": 0.01}
    table = pd.DataFrame(
        {name: 100 * np.exp(np.cumsum(rng.normal(0, s, 80))) for name, s in steps.items()},
        index=DAYS,
    )
    for name, change in (("CALM", -0.05), ("WILD", 0.08), ("FLAT", 0.0)):
        table.loc[DAYS[-1], name] = table[name].iloc[-2] * (1 + change)
    return table.assign(NEW=[np.nan] * 60 + [100.0] * 19 + [300.0])


def test_size_and_surprise_take_turns(closes):
    """8% is the largest move, and 5% the most surprising one."""
    assert movers.farthest(closes, 2) == ["WILD", "CALM"]


def test_a_stock_without_a_quarter_of_closes_is_left_out(closes):
    """It tripled, and its usual move is not known."""
    assert "NEW" not in movers.farthest(closes, 10)


def test_a_window_runs_from_the_close_before_it(closes):
    """From 28 February, the last close before March."""
    told = movers.changes_over(closes, dt.date(2025, 3, 1))
    begun = closes.loc["2025-02-28"]
    assert told["WILD"] == pytest.approx(closes["WILD"].iloc[-1] / begun["WILD"] - 1)


def test_a_window_before_the_closes_has_no_change(closes):
    """Nothing is made up."""
    assert movers.changes_over(closes, dt.date(2024, 12, 1)).isna().all()
    assert movers.farthest(closes, 3, dt.date(2024, 12, 1)) == []

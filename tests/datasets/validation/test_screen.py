"""The screen of a list doubts whatever a rule would block."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation import screen
from reportgen.datasets.validation.finding import NEWEST, Bars
from reportgen.datasets.validation.judging import examine
from reportgen.datasets.validation.together import witnessed
from reportgen.markets import market
from reportgen.markets.instruments import instrument

CALENDAR = market("us").calendar
SESSIONS = CALENDAR.session_index(dt.date(2024, 1, 2), dt.date(2025, 3, 5))


@pytest.fixture
def rows():
    """Bars of one calm stock: open, high, low, close and volume."""
    rng = np.random.default_rng(3)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(SESSIONS)))), 2)
    opened = np.round(np.append(100, close[:-1]) * np.exp(rng.normal(0, 0.003, len(close))), 2)
    return pd.DataFrame(
        {
            "date": SESSIONS,
            "symbol": "KEY",
            "open": opened,
            "high": np.maximum(opened, close) + 0.4,
            "low": np.minimum(opened, close) - 0.4,
            "close": close,
            "volume": rng.integers(900, 1100, len(close)).astype(float),
        }
    )


def doubted(rows):
    """Whether the screen doubts the stock."""
    bars = screen.side_by_side(rows, SESSIONS)
    return bool({*bars.off} | screen.doubtful(bars.tables))


def blocked(rows):
    """The checks that block the stock when its bars are judged by the rules."""
    bars = Bars(instrument=instrument("KEY"), frame=rows, due=SESSIONS[-1].date(), newest=NEWEST)
    return {one.check for one in examine(bars) if one.severity == "block"}


def test_a_sound_stock_is_not_doubted(rows):
    """Neither by a rule."""
    assert not doubted(rows)
    assert blocked(rows) == set()


def with_value(rows, place, column, value):
    """*rows* with another value in one cell."""
    rows.loc[rows.index[place], column] = value
    return rows


FAULTS = {
    "no price": lambda rows: with_value(rows, -30, "close", float("nan")),
    "below zero": lambda rows: with_value(rows, -30, "close", -1.0),
    "a missing session": lambda rows: rows.drop(index=rows.index[-30]),
    "a row twice": lambda rows: pd.concat(
        [rows, rows.iloc[[-3]].assign(close=lambda row: row["close"] + 1)]
    ).sort_values("date"),
    "a holiday": lambda rows: pd.concat(
        [rows, rows.iloc[[-3]].assign(date=pd.Timestamp("2025-02-17"))]
    ).sort_values("date"),
    "a split": lambda rows: rows.assign(
        **{
            c: rows[c].where(rows.index < 200, rows[c] / 2)
            for c in ("open", "high", "low", "close")
        }
    ),
    "pence for pounds": lambda rows: with_value(rows, -1, "close", rows["close"].iloc[-1] * 100),
    "an unconfirmed jump": lambda rows: with_value(rows, -1, "close", rows["close"].iloc[-1] * 1.3),
    "a close above the high": lambda rows: with_value(
        rows, -9, "close", rows["high"].iloc[-9] * 1.01
    ),
    "a low of zero": lambda rows: with_value(rows, -9, "low", 0.0),
    "the bar of the day before": lambda rows: rows.assign(
        **{
            c: np.append(rows[c].iloc[:-1], rows[c].iloc[-2])
            for c in ("open", "high", "low", "close")
        }
    ),
    "closes and opens that changed places": lambda rows: rows.rename(
        columns={"open": "close", "close": "open"}
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_what_a_rule_blocks_is_doubted(rows, fault):
    """One fault after the other."""
    wrong = fault(rows)
    assert blocked(wrong)
    assert doubted(wrong)


@pytest.mark.truth
@pytest.mark.parametrize("session", ["2023-03-13", "2024-08-05", "2025-04-09", "2026-02-03"])
def test_no_stock_of_a_real_list_is_blocked_without_a_doubt(session, real_market):
    """Each of 360 stocks before all rules, on days of large moves."""
    from reportgen.datasets.dataset import open_dataset
    from reportgen.datasets.table_cache import table

    file = open_dataset(real_market).of_role("daily_bars")[1]
    every = table(file)
    sessions = CALENDAR.session_index(
        dt.date.fromisoformat(session) - dt.timedelta(420), dt.date.fromisoformat(session)
    )
    recent = every[every["date"].isin(sessions)]
    tables, off = (found := screen.side_by_side(recent, sessions)).tables, {*found.off}
    doubts = off | screen.doubtful(tables)
    bars = {
        str(symbol): Bars(
            instrument=instrument("KEY"), frame=own, due=sessions[-1].date(), newest=NEWEST
        )
        for symbol, own in recent.groupby("symbol")
    }
    found = [(symbol, one) for symbol, own in bars.items() for one in examine(own)]
    moves = np.log(tables["close"]).diff()
    wrong = {s for s, one in found if one.severity == "block" and witnessed(bars, [one], moves)}
    assert wrong - doubts == set()
    assert len(doubts) < 60

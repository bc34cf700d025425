"""On real prices the checks find the defects that are known,
and keep no clean year out of a brief."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.dataset import open_dataset, read
from reportgen.datasets.validation.finding import NEWEST, Bars
from reportgen.datasets.validation.judging import examine
from reportgen.datasets.validation.series import usual_moves
from reportgen.datasets.validation.together import together
from reportgen.datasets.validation.verifying import by_day, known_or_like, verify_dataset
from reportgen.markets import home

INDEXES = home().symbols

pytestmark = pytest.mark.truth

LIKE_SPLITS = {"QUBT"}
"""Its own moves really were like splits: pennies that doubled and halved."""
LACKING = ["1991-03-01", "1997-01-31", "1997-11-26", "1999-12-31"]
"""Sessions of ^VIX that are not in the file."""
FUNDS = [
    "XLB",
    "XLC",
    "XLE",
    "XLF",
    "XLI",
    "XLK",
    "XLP",
    "XLRE",
    "XLU",
    "XLV",
    "XLY",
    "IJH",
    "IJR",
    "KRE",
    "SMH",
]
"""Funds whose prices are less dividends."""
AS_TRADED = ["TLT", "HYG", "GLD", "LQD", "VNQ"]
"""Funds whose closes are as traded; what is less dividends is another column."""
STOCKS = ["NVDA", "AAPL", "AMZN", "TSLA", "GOOGL", "WMT"]
"""Stocks that were split later."""


@cache
def series(folder):
    """The bars of 1990 on by symbol, of the first file that has it."""
    found = {}
    for file in open_dataset(folder).of_role("daily_bars"):
        frame = read(file)
        for symbol, rows in frame[frame["date"] >= "1990-01-02"].groupby("symbol"):
            found.setdefault(str(symbol), rows.reset_index(drop=True))
    return found


def moves(bars):
    """How far each index moved, in units of its usual moves."""
    return usual_moves(
        {name: rows.set_index("date")["close"] for name, rows in bars.items() if name in INDEXES}
    )


def blocks(symbol, frame, others):
    """What would keep *frame* out of a brief of its last day."""
    found = examine(
        Bars(
            instrument=known_or_like(symbol),
            frame=frame,
            due=frame["date"].iloc[-1].date(),
            others=others,
        )
    )
    return [defect for defect in found if defect.severity == "block"]


@cache
def defects(folder):
    """All that the checks find, by check and symbol."""
    found = {}
    for defect in verify_dataset(open_dataset(folder)):
        found.setdefault((defect.check, defect.symbol), set()).add(str(defect.day))
    return found


def test_no_clean_year_is_kept_out(real_market):
    """Each as a brief of its last session would be handed it,
    but for sessions that are not in the file."""
    bars, years, kept_out = series(real_market), 0, []
    indexes = {name: bars[name] for name in INDEXES}
    for symbol in bars.keys() - LIKE_SPLITS:
        for _, rows in bars[symbol].groupby(bars[symbol]["date"].dt.year):
            others = moves(
                {
                    name: whole[whole["date"] <= rows["date"].iloc[-1]].iloc[-NEWEST:]
                    for name, whole in indexes.items()
                }
            )
            frame = bars[symbol].loc[: rows.index[-1]].iloc[-NEWEST:]
            years += len(rows) > 240
            kept_out += blocks(symbol, frame, others)
    found = {f"{d.check} {d.symbol} {d.day}" for d in kept_out}
    assert found == {f"gap ^VIX {day}" for day in LACKING}
    assert years >= 500


def test_no_clean_year_is_kept_out_however_recent_each_day_is(real_market, monkeypatch):
    """The whole history of each series, none of it too old to block.

    All that blocks are the sessions that are not in the file.
    """
    monkeypatch.setattr("reportgen.datasets.validation.finding.YEAR", pd.Timedelta(days=99 * 366))
    bars = series(real_market)
    others = moves(bars)
    clean = [symbol for symbol in bars if symbol not in LIKE_SPLITS]
    found = [
        f"{d.check} {d.symbol} {d.day}"
        for symbol in clean
        for d in blocks(symbol, bars[symbol], others)
    ]
    assert {*found} == {f"gap ^VIX {day}" for day in LACKING}
    assert (
        sum(
            int((bars[symbol].groupby(bars[symbol]["date"].dt.year).size() > 240).sum())
            for symbol in clean
        )
        >= 500
    )


def test_stocks_that_moved_like_splits_are_asked_about(real_market):
    """That they are left out above is for this, and a person can accept it."""
    assert {
        symbol for check, symbol in defects(real_market) if check == "split_like"
    } == LIKE_SPLITS


@pytest.mark.parametrize("symbol", [*FUNDS, *STOCKS])
def test_a_series_that_is_adjusted_is_known_as_such(real_market, symbol):
    """Of dividends, or of splits that came later: its closes are no whole cents."""
    assert ("off_grid", symbol) in defects(real_market)


@pytest.mark.parametrize("symbol", AS_TRADED)
def test_a_fund_that_is_as_traded_is_not_called_adjusted(real_market, symbol):
    """Its closes are whole cents from its first day on."""
    cents = series(real_market)[symbol]["close"] * 100
    assert float((np.abs(cents - cents.round()) > 0.02).mean()) < 0.01
    assert ("off_grid", symbol) not in defects(real_market)


def test_a_close_that_is_the_day_s_low_is_seen(real_market):
    """That of the Russell 2000 on Nov. 6, 2020, which newspapers printed otherwise."""
    assert "2020-11-06" in defects(real_market)["close_at_low", "^RUT"]


@pytest.mark.parametrize("symbol", ["^DJI", "CL=F", "GC=F"])
def test_a_ragged_end_is_stale(real_market, symbol):
    """The last row of each may be a part of a day; the newest of the other series is later."""
    bars = series(real_market)
    last = bars[symbol]["date"].iloc[-1]
    assert last < max(
        rows["date"].iloc[-1] for name, rows in bars.items() if not name.endswith("-USD")
    )
    assert defects(real_market)["stale", symbol] == {str(last.date())}


def test_series_that_reach_the_newest_session_are_not_stale(real_market):
    """Three of the indexes do."""
    assert (
        not {("stale", name) for name in ("^GSPC", "^IXIC", "^RUT")} & defects(real_market).keys()
    )


def test_missing_sessions_of_volatility_are_gaps(real_market):
    """Four of them, all old."""
    assert defects(real_market)["gap", "^VIX"] == set(LACKING)


def test_no_series_is_said_not_to_fit_the_others(real_market):
    """From 2000 to 2026, one day aside on which the file has opening prices as closes."""
    bars = series(real_market)
    table = pd.concat([by_day(read(f)) for f in open_dataset(real_market).of_role("rates")])
    days, found = bars["^GSPC"]["date"], set()
    for day in days[days >= "2000-06-01"][::250]:
        held = {}
        for symbol, rows in bars.items():
            frame = rows[rows["date"] <= day].iloc[-NEWEST:]
            if len(frame) and (day - frame["date"].iloc[-1]).days < 7:
                held[symbol] = Bars(instrument=known_or_like(symbol), frame=frame, due=day.date())
        for defect in together(held, table[:day].iloc[-NEWEST:].dropna(axis=1, how="all")):
            found.add((defect.check, str(defect.day)))
    assert found == {("columns", "2010-03-19")}

"""The faults of real exchange rates are found in them, and none in sound ones.

The data are not part of the project; see tests/real_market.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from reportgen.datasets.validation.currencies import late_closes, swapped_days
from reportgen.datasets.validation.finding import Bars
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import instrument

pytestmark = [pytest.mark.truth, pytest.mark.usefixtures("real_market")]

WORLD = Path(__file__).parents[3] / "shared" / "market" / "world"
SOUND = ["EURUSD.ECB", "GBPUSD.ECB", "USDJPY.ECB", "EURGBP.ECB", "EURJPY.ECB", "EURUSD", "USDJPY"]
SPOILT = ["EURUSD=X", "GBPUSD=X", "JPY=X", "EURGBP=X"]


@cache
def world():
    """The bars of all symbols."""
    names = {"symbol": str}
    return pd.read_csv(WORLD / "world_daily.csv.gz", dtype=names, parse_dates=["date"])


def bars(symbol):
    """The bars of *symbol*, with the rows that were left out as wrong."""
    wrong = pd.read_csv(WORLD / "fx_bad_rows.csv", parse_dates=["date"])
    wrong = wrong[wrong["symbol"] == symbol].rename(columns={"yahoo_close": "close"})
    sound = world()[world()["symbol"] == symbol]
    sound = sound[~sound["date"].isin(wrong["date"])]
    frame = pd.concat([sound, wrong]).sort_values("date").reset_index(drop=True)
    of = instrument("EURUSD.H10")
    return Bars(instrument=of, frame=frame, due=frame["date"].iloc[-1].date()), set(wrong["date"])


@pytest.mark.parametrize("symbol", SPOILT)
def test_closes_of_the_day_s_beginning_are_found_in_each_year_since_2011(symbol):
    """And in none before 2010."""
    of, _ = bars(symbol)
    for year in range(2004, 2025):
        frame = of.frame[of.frame["date"].dt.year == year]
        found = any(late_closes(of, frame))
        assert found == (year >= 2011) or year == 2010, year


@pytest.mark.parametrize("symbol", SOUND)
def test_sound_rates_have_no_late_closes_and_nothing_that_blocks(symbol):
    """A few real leaps in 26 years are warnings."""
    of, _ = bars(symbol)
    for year in range(2004, 2026):
        assert not any(late_closes(of, of.frame[of.frame["date"].dt.year == year]))
    found = [row.severity for row in swapped_days(of, of.frame)]
    assert set(found) <= {"warn"}
    assert len(found) <= 2


@pytest.mark.parametrize("symbol", SPOILT)
def test_each_row_of_another_day_is_found(symbol):
    """But that of 24 June 2016, which is late as all of its year are."""
    of, wrong = bars(symbol)
    found = {pd.Timestamp(row.day) for row in swapped_days(of, of.frame)}
    assert wrong - found <= {pd.Timestamp("2016-06-24")}


def test_the_days_of_reference_rates_are_those_of_the_calendars():
    """All 6,983 of the European Central Bank's, and the Federal Reserve's of eight years."""
    told = world()[world()["symbol"] == "EURUSD.ECB"]["date"].dt.date
    assert Calendar("TARGET").sessions(told.iloc[0], told.iloc[-1]) == list(told)
    told = world()[world()["symbol"] == "USDJPY.FRED"]["date"].dt.date
    first, last = dt.date(1990, 1, 2), dt.date(1997, 12, 31)
    assert Calendar("FED").sessions(first, last) == [day for day in told if first <= day <= last]

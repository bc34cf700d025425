"""Exchange rates with closes from another hour or day than stated."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.finding import Bars
from reportgen.datasets.validation.judging import examine
from reportgen.markets.instruments import instrument

FOUND = {"late_close", "swapped_day"}
"""The checks whose faults are planted here."""
EURO = instrument("EURUSD.H10")
DAYS = EURO.sessions.session_index(dt.date(2007, 6, 1), dt.date(2008, 12, 31))


def rates(*, late=0.0, at=None):
    """Rates with opens. On a share *late* of the days, the close equals the open.

    *at* gives the rate of a day another value.
    """
    rng = np.random.default_rng(7)
    close = 1.4 * np.exp(rng.normal(0, 0.006, len(DAYS)).cumsum())
    opened = np.concatenate([[1.4], close[:-1]]) * np.exp(rng.normal(0, 0.001, len(DAYS)))
    lagging = rng.random(len(DAYS)) < late
    frame = pd.DataFrame({"date": DAYS, "open": opened, "close": close})
    frame.loc[lagging, "close"] = frame.loc[lagging, "open"]
    for day, value in (at or {}).items():
        frame.loc[frame["date"] == day, "close"] = value
    return frame


def found(frame, instrument=EURO):
    """What is found on *frame*: check, severity and day."""
    defects = examine(Bars(instrument=instrument, frame=frame, due=DAYS[-1].date()))
    return {f"{one.check} {one.severity} {one.day}" for one in defects if one.check in FOUND}


def test_sound_rates_are_sound():
    """A close is at its own open on some days of a hundred."""
    assert found(rates()) == found(rates(late=0.08)) == set()


@pytest.mark.parametrize("late", [0.6, 0.75, 0.99])
def test_closes_of_the_hour_in_which_days_begin_are_found(late):
    """As in a vendor's currencies since 2010: their moves are those of the day before."""
    assert found(rates(late=late)) == {"late_close block 2008-12-31"}


def test_prices_of_stocks_are_not_judged_so():
    """A stock may open where it closes."""
    assert found(rates(late=0.99), instrument("AAPL")) == set()


def test_closes_without_opens_are_not_judged_so():
    """A fixing has no open."""
    assert found(rates(late=0.99).drop(columns="open")) == set()


def test_the_rate_of_a_day_with_day_and_month_swapped_is_found():
    """The 8th of December has that of the 12th of August."""
    rate = float(rates().set_index("date")["close"]["2008-08-12"])
    spoilt = rates(at={"2008-08-12": rate * 1.15, "2008-12-08": rate * 1.15})
    spoilt.loc[spoilt["date"] < "2008-08-13", "close"] *= 1.15
    defects = examine(Bars(instrument=EURO, frame=spoilt, due=DAYS[-1].date()))
    (one,) = [one for one in defects if one.check == "swapped_day" and one.day.month == 12]
    assert one.severity == "block"
    assert "is it the rate of 2008-08-12?" in one.detail


def test_a_leap_of_a_real_day_is_a_warning():
    """Three percent and back, as twice in ten years, and no other day has that rate."""
    rate = float(rates().set_index("date")["close"]["2008-10-24"])
    assert found(rates(at={"2008-10-24": rate * 1.03})) == {"swapped_day warn 2008-10-24"}


def test_a_leap_that_stays_is_news():
    """As that of the pound on 24 June 2016."""
    frame = rates()
    frame.loc[frame["date"] >= "2008-10-24", ["open", "close"]] *= 0.93
    assert found(frame) == set()

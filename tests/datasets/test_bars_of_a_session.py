"""Bars within a session have the length and the clock that their file is said to have."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.intraday import Intraday
from reportgen.markets import market
from reportgen.markets.instruments import registry

CALENDAR = market("us").calendar
DAYS = CALENDAR.sessions(dt.date(2025, 1, 2), dt.date(2025, 1, 8))
CLOSES = pd.Series(
    [5868.55, 5942.47, 5975.38, 5909.03, 5918.25], index=pd.DatetimeIndex(DAYS), name="^GSPC"
)


def bars(zone="America/New_York", minutes=15, first="09:30", last="16:00", days=DAYS[:4]):
    """Bars on the clock of *zone*, read as New York's.

    The last bar of a day has its close.
    """
    frames = []
    for day in days:
        edges = [f"{day} {first}", f"{day} {last}"]
        starts = pd.date_range(*edges, freq=f"{minutes}min", tz="America/New_York")[:-1]
        close = CLOSES[pd.Timestamp(day)]
        closes = close + np.linspace(-20, 0, len(starts))
        there = starts.tz_convert(zone).tz_localize(None).tz_localize("America/New_York")
        frames.append(pd.DataFrame({"start": there, "close": closes}))
    return pd.concat(frames, ignore_index=True)


def found(frame, minutes=15, known=None):
    """The checks that find something, with their words."""
    one = Intraday(
        instrument=registry()["^GSPC"],
        frame=frame,
        known=frame if known is None else known,
        due=DAYS[-1],
        minutes=minutes,
        closes=CLOSES[:-1],
    )
    return {defect.check: defect.detail for defect in one.examine()}


def test_bars_of_the_session_are_right():
    """Whole days, days that begin late, and too few days to tell."""
    assert found(bars()) == {}
    assert found(bars(first="11:00")) == {}
    assert found(bars(days=DAYS[:2], zone="America/Chicago", first="10:30")) == {}


@pytest.mark.parametrize("minutes", [1, 5, 30, 60])
def test_bars_of_another_length_are_refused_with_what_to_write(minutes):
    """Longer ones hold later prices; shorter ones would be told late."""
    told = found(bars(minutes=minutes, first="10:00"))["spacing"]
    assert told.startswith(f"bars begin {minutes} minutes apart")
    assert told.endswith(f"write minutes = {minutes} in the [[files]] entry")
    assert found(bars(minutes=minutes, first="10:00"), minutes=minutes) == {}


def test_quotes_may_lie_at_any_distance():
    """A store exports its levels as bars of a minute, for it knows when each of them ended."""
    assert found(bars(), minutes=1) == {}


@pytest.mark.parametrize(
    ("zone", "check"), [("UTC", "not_a_session"), ("Europe/London", "not_a_session")]
)
def test_a_clock_that_reaches_out_of_the_session_is_refused(zone, check):
    """As of London for New York."""
    assert "is the file's time zone right?" in found(bars(zone))[check]


def test_a_clock_of_chicago_within_the_session_is_refused():
    """The last bar, at three, has the closing price of four o'clock."""
    told = found(bars("America/Chicago", first="10:30"))
    words = (
        "the last bars of 4 sessions have the closing price 60 minutes before the close; is the"
        " file's time zone right?"
    )
    assert told == {"tz_shift": words}


@pytest.mark.parametrize(
    ("last", "minutes"), [("15:30", 30), ("15:31", None), ("15:29", 31), ("16:00", None)]
)
def test_the_closing_price_comes_in_the_last_half_hour(last, minutes):
    """Bars of a minute that have it half an hour before the close are of another clock."""
    told = found(bars(minutes=1, first="15:00", last=last, days=DAYS[:3]), minutes=1)
    words = f"the last bars of 3 sessions have the closing price {minutes} minutes before the close"
    assert [words in one for one in told.values()] == [True] * bool(minutes)


@pytest.mark.parametrize(("apart", "seen"), [(1.9e-4, True), (2.1e-4, False)])
def test_the_closing_price_is_known_to_two_hundredths_of_a_percent(apart, seen):
    """A last bar farther from it has another price."""
    frame = bars(minutes=1, first="15:00", last="15:30", days=DAYS[:3])
    frame["close"] *= 1 + apart
    assert ("tz_shift" in found(frame, minutes=1)) is seen


def test_a_jump_is_told_with_the_time_of_the_bar_that_jumps():
    """Not that of the bar before."""
    frame = bars(days=DAYS[:1])
    frame.loc[frame.index < 4, "close"] *= 10
    assert found(frame)["scale"].startswith("0.1 times the price before, at 10:30")


def test_only_prices_that_were_known_are_judged():
    """A wrong one of the afternoon is no fault at noon; a wrong clock is one at any time."""
    frame = bars(days=DAYS[3:4])
    frame.loc[frame.index[-1], "close"] = 59.09
    assert "scale" in found(frame)
    assert found(frame, known=frame.iloc[:10]) == {}
    late = bars("UTC", days=DAYS[3:4])
    assert "not_a_session" in found(late, known=late.iloc[:0])

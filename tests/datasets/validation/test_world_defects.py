"""The defects that free data of world markets have, each with the calendar of its own exchange.

A series moves by one percent a session, up and down in turn. Each test breaks it in one way.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.verifying import verify
from reportgen.markets import market
from reportgen.markets.instruments import instrument

DUE = dt.date(2025, 5, 28)
FIRST = dt.date(2024, 1, 3)
LARGE = {"block", "warn"}


def series(symbol, place, first=FIRST, due=DUE):
    """Closes of *symbol* on all sessions of the market *place*, and plausible bars around them."""
    days = pd.DatetimeIndex(market(place).calendar.sessions(first, due))
    moves = np.where(np.arange(len(days)) % 2, 0.01, -0.0099)
    closes = 4000 * np.exp(np.cumsum(moves))
    frame = pd.DataFrame({"date": days, "symbol": symbol, "close": closes.round(2)})
    bars = frame.assign(open=frame["close"], high=frame["close"] + 9, low=frame["close"] - 9)
    return bars.assign(volume=1_000_000.0)


def found(frame, due=DUE):
    """The checks that find something worth a word in *frame*."""
    symbols = set(frame["symbol"])
    told = verify(frame, due, real=False)
    return {(one.check, one.day) for one in told if one.symbol in symbols and one.severity in LARGE}


def checks(frame, due=DUE):
    return {check for check, _ in found(frame, due)}


def at(frame, day):
    return frame["date"] == pd.Timestamp(day)


@pytest.mark.parametrize(
    ("symbol", "place"), [("^FTSE", "gb"), ("^GDAXI", "de"), ("^N225", "jp"), ("^HSI", "hk")]
)
def test_a_holiday_there_is_no_gap(symbol, place):
    """Nor is a holiday of New York one."""
    assert checks(series(symbol, place)) == set()


def test_a_session_without_a_bar_is_a_gap():
    """As on 22 December 2020 in London, in all free sources."""
    frame = series("^FTSE", "gb")
    assert found(frame[~at(frame, "2025-05-27")]) == {("gap", dt.date(2025, 5, 27))}


@pytest.mark.parametrize(
    ("symbol", "place", "day"),
    [
        ("^FTSE", "gb", "2025-05-26"),  # a bank holiday
        ("^HSI", "hk", "2025-05-05"),
        ("^N225", "jp", "2025-05-05"),
    ],
)
def test_a_copy_on_a_closed_day_is_no_bar(symbol, place, day):
    """A source repeats the bar of the session before."""
    frame = series(symbol, place)
    before = frame[frame["date"] < day].iloc[[-1]].assign(date=pd.Timestamp(day))
    more = pd.concat([frame, before]).sort_values("date", ignore_index=True)
    assert ("not_a_session", dt.date.fromisoformat(day)) in found(more)


def test_a_day_lost_to_a_storm_is_no_session():
    """Hong Kong was shut on 1 and 8 September 2023; the library has both as sessions."""
    due = dt.date(2023, 10, 20)
    assert checks(series("^HSI", "hk", dt.date(2023, 1, 3), due), due) == set()


def test_an_outage_is_no_session():
    """Tokyo was down on 1 October 2020, and a source has a bar."""
    due = dt.date(2020, 10, 30)
    frame = series("^TOPX", "jp", dt.date(2019, 6, 3), due)
    bar = frame[frame["date"] < "2020-10-01"].iloc[[-1]].assign(date=pd.Timestamp("2020-10-01"))
    more = pd.concat([frame, bar]).sort_values("date", ignore_index=True)
    assert ("not_a_session", dt.date(2020, 10, 1)) in found(more, due)


def test_days_of_another_time_zone_are_seen():
    """Stamps of UTC lie on the day before Sydney's session."""
    frame = series("^AXJO", "au")
    assert "tz_shift" in checks(frame.assign(date=frame["date"] - pd.Timedelta(days=1)))


@pytest.mark.parametrize("times", [100, 0.01])
def test_pounds_among_pence_are_seen(times):
    """A close a hundred times its neighbours, or a hundredth of them, and the way back."""
    frame = series("VOD.L", "gb")
    frame.loc[at(frame, "2025-05-20"), ["open", "high", "low", "close"]] *= times
    days = {day for check, day in found(frame) if check in ("scale", "split_like")}
    assert days == {dt.date(2025, 5, 20), dt.date(2025, 5, 21)}


def test_another_currency_from_a_day_on_is_seen():
    """From pounds to dollars: 1.417 times, with the usual volume."""
    frame = series("VOD.L", "gb")
    frame.loc[frame["date"] >= "2025-05-20", ["open", "high", "low", "close"]] *= 1.417
    assert dt.date(2025, 5, 20) in {day for _, day in found(frame)}


def test_a_copy_of_the_day_before_is_seen():
    """The last bar, taken before the session had begun."""
    frame = series("^GDAXI", "de")
    columns = ["open", "high", "low", "close", "volume"]
    frame.loc[frame.index[-1], columns] = frame.loc[frame.index[-2], columns].to_numpy()
    assert "frozen" in checks(frame)


def test_every_instrument_of_a_market_has_its_sessions():
    """What is judged by another calendar would lose its own holidays."""
    for name in ("gb", "de", "jp", "hk"):
        spec = market(name)
        assert {instrument(one).calendar for one in spec.symbols} == {spec.exchange}

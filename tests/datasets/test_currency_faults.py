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


# Bounds
# ------------------------------------------------------------------------------


def at_their_opens(places, apart=0.0):
    """Rates that are *apart* from their opens, as a share, at *places* and nowhere else."""
    frame = rates()
    frame["open"] = frame["close"] * 1.01
    rows = frame.index[places]
    frame.loc[rows, "open"] = frame.loc[rows, "close"] / (1 + apart)
    return frame


@pytest.mark.parametrize(("known", "seen"), [(19, False), (20, True)])
def test_twenty_days_are_enough_for_a_finding(known, seen):
    """Fewer say nothing."""
    assert bool(found(at_their_opens(slice(None)).iloc[-known:])) == seen


@pytest.mark.parametrize(("late", "seen"), [(29, False), (30, True)])
def test_half_of_the_last_sixty_days_are_a_finding(late, seen):
    """The days before them do not count."""
    places = [*range(len(DAYS) - 60), *range(len(DAYS) - late, len(DAYS))]
    assert bool(found(at_their_opens(places))) == seen


@pytest.mark.parametrize(("apart", "seen"), [(1.95e-4, True), (2.05e-4, False)])
def test_a_close_at_its_open_is_two_hundredths_of_a_percent_from_it_at_most(apart, seen):
    """Prices are rounded."""
    assert bool(found(at_their_opens(slice(None), apart))) == seen


def leapt(leap, back, day="2008-10-24", step=0.001, count=None):
    """What is found on rates that move by *step* a day, then by *leap* and *back*.

    Only the first *count* moves come before the leap, where it is given.
    """
    place = DAYS.get_loc(pd.Timestamp(day))
    moves = np.where(np.arange(len(DAYS)) % 2, step, -step)
    moves[place : place + 2] = leap, back
    frame = pd.DataFrame({"date": DAYS, "close": 1.4 * np.exp(moves.cumsum())})
    return found(frame.iloc[0 if count is None else place - count - 1 :])


@pytest.mark.parametrize(
    ("leap", "back", "step", "severity"),
    [
        (0.0195, -0.0195, 0.001, None),
        (0.0205, -0.0205, 0.001, "warn"),
        (-0.0205, 0.0205, 0.001, "warn"),
        (0.0395, -0.0395, 0.001, "warn"),
        (0.0405, -0.0405, 0.001, "block"),
        (0.1, -0.0405, 0.001, "block"),
        (0.1, -0.0395, 0.001, None),
        (0.044, -0.044, 0.01, None),
        (0.045, -0.045, 0.01, "block"),
    ],
)
def test_a_leap_is_large_for_the_pair_and_undone_by_two_fifths(leap, back, step, severity):
    """Two percent and three usual moves; from four percent on it blocks."""
    told = {f"swapped_day {severity} 2008-10-24"} if severity else set()
    assert leapt(leap, back, step=step) == told


@pytest.mark.parametrize(("count", "seen"), [(19, False), (20, True)])
def test_twenty_moves_say_what_is_usual_for_a_pair(count, seen):
    """With fewer, six percent are a leap."""
    assert bool(leapt(0.05, -0.05, count=count)) == seen
    assert leapt(0.0605, -0.0605, count=count)


@pytest.mark.parametrize(("apart", "severity"), [(0.0029, "block"), (0.0031, "warn")])
def test_the_same_rate_on_the_other_day_makes_a_swap_certain(apart, severity):
    """Within three tenths of a percent."""
    moves = np.where(np.arange(len(DAYS)) % 2, 0.001, -0.001)
    place, other = (DAYS.get_loc(pd.Timestamp(day)) for day in ("2008-12-08", "2008-08-12"))
    moves[place : place + 2] = 0.03, -0.03
    closes = 1.4 * np.exp(moves.cumsum())
    closes[other] = closes[place] * np.exp(apart)
    frame = pd.DataFrame({"date": DAYS, "close": closes})
    assert f"swapped_day {severity} 2008-12-08" in found(frame)


@pytest.mark.parametrize(
    ("day", "asked"), [("2008-11-12", True), ("2008-11-13", False), ("2008-10-10", False)]
)
def test_only_days_up_to_the_twelfth_can_be_months(day, asked):
    """And a day with the number of its month is the same day."""
    moves = np.where(np.arange(len(DAYS)) % 2, 0.001, -0.001)
    place = DAYS.get_loc(pd.Timestamp(day))
    moves[place : place + 2] = 0.03, -0.03
    frame = pd.DataFrame({"date": DAYS, "close": 1.4 * np.exp(moves.cumsum())})
    (one,) = (
        one
        for one in examine(Bars(instrument=EURO, frame=frame, due=DAYS[-1].date()))
        if one.check == "swapped_day"
    )
    assert ("is it the rate of" in one.detail) == asked

"""How far back a level or a move was last as far, and no farther than the data without a hole."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from reportgen.beats.measure import Measure
from reportgen.beats.reach import Course, above_zero, farthest, rare_day, widest
from reportgen.beats.superlatives.detect import days, points, superlative
from reportgen.beats.windows.detect import wrap
from reportgen.datasets.market import Track
from reportgen.markets import market
from reportgen.markets.instruments import instrument
from reportgen.statistics import extremes, streaks

END = "2025-06-06"
session_index = market("us").calendar.session_index


def told(found, z=2.0, window="day"):
    """Kind, date and days of what is told of a track."""
    roles, _ = farthest(Measure.of(found), Course.of(found), z, window)
    return (roles["extreme"].kind, roles["extreme"].value, roles["reach"].value) if roles else None


def without(found, *missing):
    """The same track without the closes of some days."""
    closes = found.closes.drop([pd.Timestamp(day) for day in missing])
    return type(found)(
        instrument=found.instrument, closes=closes, live=False, as_of=END, source="test"
    )


def test_a_level_is_the_highest_since_one_as_high(track):
    """A tie is as high."""
    high = track("CL=F", END, 120.0, at={"2024-08-01": 120.0})
    assert told(high) == ("highest_close_since", "2024-08-01", 309.0)


@pytest.mark.parametrize(("z", "known"), [(1.0, True), (0.99, False)])
def test_a_level_that_was_passed_of_late_needs_a_move_of_the_usual_size(track, z, known):
    """A quiet day on the way up tells nothing new."""
    drifts = track("CL=F", END, 119.0, 120.0, at={"2024-08-01": 121.0})
    assert bool(told(drifts, z)) is known


def test_no_date_lies_behind_a_hole(track):
    """The close that is missing may have been the higher one."""
    high = track("CL=F", END, 120.0, at={"2024-08-01": 120.0})
    assert told(without(high, "2025-05-20")) is None
    assert told(without(high, "2024-07-31")) == ("highest_close_since", "2024-08-01", 309.0)


def test_no_series_is_the_farthest_of_what_a_hole_cut(track):
    """The data reach back to the first day after it."""
    long = track("GC=F", END, 130.0, start="2015-01-02")
    assert told(long) == ("largest_rise_on_file", "2015-01-02", 3808.0)
    assert told(without(long, "2019-02-04")) == ("largest_rise_on_file", "2019-02-05", 2313.0)
    assert told(without(long, "2023-02-06")) is None


def test_what_begins_with_the_instrument_is_on_record(track):
    """Its first day is the one of its table."""
    whole = track("^VIX", END, 200.0, start="1990-01-03")
    assert told(whole)[0].endswith("_on_file")
    early = pd.Series([100.0], index=[pd.Timestamp("1990-01-02")])
    closes = pd.concat([early, whole.closes])
    whole = type(whole)(
        instrument=whole.instrument, closes=closes, live=False, as_of=END, source="test"
    )
    assert told(whole)[0].endswith("_on_record")


def test_a_price_below_zero_ends_what_is_known(track):
    """No percentage leads to it or from it."""
    levels = track("CL=F", END, 90.0, at={"2024-08-01": -37.0}).closes
    assert above_zero(levels).index[0] == pd.Timestamp("2024-08-02")
    assert above_zero(levels.where(levels > 0, 1.0)) is not None


def test_a_yield_moves_in_basis_points(track):
    """From 4% to 4.3% is more than from 1% to 1.2%, though less of a share."""
    days = session_index(dt.date(2023, 1, 3), dt.date.fromisoformat(END))
    values = [0.01] * 100 + [0.012] + [0.04] * (len(days) - 102) + [0.043]
    levels = pd.Series(values, index=days)
    course = Course(levels=levels, due=lambda: days, start=None, differences=True)
    assert course.moves("day").iloc[-1] == pytest.approx(0.003)
    roles, _ = farthest(Measure.of(track("^GSPC", END)), course, 2.0)
    assert roles["extreme"].kind == "largest_rise_since"


@pytest.mark.parametrize(("last", "known"), [(-0.02, True), (0.02, True), (-0.009, False)])
def test_a_gap_is_the_widest_on_either_side(track, last, known):
    """One that narrowed is not told."""
    days = session_index(dt.date(2023, 1, 3), dt.date.fromisoformat(END))
    levels = pd.Series([0.03] + [0.01] * (len(days) - 2) + [last], index=days)
    course = Course(levels=levels, due=lambda: days, start=None)
    roles, _ = widest(Measure.of(track("^GSPC", END)), "widest_spread", course, 2.0)
    assert ("extreme" in roles) is known


@pytest.mark.parametrize(("far", "known"), [(20, True), (22, False)])
def test_a_rare_day_is_so_many_sessions_from_the_last_one(track, far, known):
    """Twenty-one after it."""
    at = {"2025-05-07": 90.0, "2025-05-08": 100.0}
    fell = track("^GSPC", END, 95.0, at=at)
    assert bool(rare_day(Measure.of(fell), fell, far)) is known


def test_the_worst_day_of_all_data_is_told_where_they_are_long(track):
    """Only if it is asked for."""
    fell = track("^GSPC", END, 80.0, start="2015-01-02")
    assert rare_day(Measure.of(fell), fell, 21) is None
    assert rare_day(Measure.of(fell), fell, 21, ever=True).kind == "worst_day_on_file"


def test_points_are_told_where_there_never_were_more(track):
    """And where the data have all of the index."""
    assert points(track("^GSPC", END, 120.0, start="2015-01-02")) is None


def test_days_together_are_told_where_each_end_has_a_part(track):
    """Two falls of five percent; not one of nine after one of a tenth."""
    at = {"2023-03-01": 90.0, "2023-03-02": 80.0}
    both = track("^GSPC", END, 100.0, 95.0, 90.0, start="2022-01-03", at=at)
    assert days(both).role("since").value == "2023-03-02"
    assert days(both).role("change").window == "two-days"
    alone = track("^GSPC", END, 100.0, 99.9, 90.0, start="2022-01-03", at=at)
    assert days(alone) is None


def test_a_run_as_long_is_dated_by_its_last_change():
    """Of the same direction, and before the one that goes on."""
    changes = pd.Series([1, 1, 1, -1, -1, 1, -1, 1, 1, 1])
    assert streaks.last_as_long(changes, 3) == 7
    assert streaks.last_as_long(changes, 4) is None
    assert streaks.last_as_long(-changes, -3) == 7


def test_the_farthest_of_few_values_is_not_known():
    """One alone is nothing."""
    assert extremes.farthest(pd.Series([1.0]), above=True) is None


def test_a_run_of_weeks_has_no_date_without_one_as_long(track):
    """The first of its length."""
    found = wrap(track("^GSPC", END, start="2024-01-02"), "week", dt.date(2025, 6, 9))
    assert "run_since" not in found.finding.facts


def moved(symbol, index, change, ago):
    """A track with the same *change* on its last day and *ago* sessions earlier."""
    closes = [100.0 * (1 + 0.002 * (i % 2)) for i in range(len(index))]
    for place in (len(index) - 1 - ago, len(index) - 1):
        closes[place] = closes[place - 1] * (1 + change)
    return Track(
        instrument=instrument(symbol),
        closes=pd.Series(closes, index=index),
        live=False,
        as_of=END,
        source="test",
    )


@pytest.mark.parametrize(
    ("change", "ago", "told"),
    [
        (0.05, 19, False),
        (0.05, 20, True),
        (0.0149, 28, False),
        (0.0149, 29, True),
        (-0.05, 19, False),
        (-0.05, 20, True),
    ],
)
def test_a_coin_s_best_day_was_last_as_good_as_long_ago_as_an_index_s(change, ago, told):
    """A market without weekends counts days as the check does, not sessions."""
    coin = moved("BTC-USD", pd.date_range("2024-01-01", END), change, ago)
    assert (superlative(coin) is not None) == told


@pytest.mark.parametrize(
    ("change", "ago", "told"),
    [(0.05, 14, False), (0.05, 15, True), (0.0149, 20, False), (0.0149, 21, True)],
)
def test_an_index_s_best_day_was_last_as_good_three_weeks_ago_or_a_month(change, ago, told):
    """Three weeks for a large move."""
    index = session_index(dt.date(2024, 1, 2), dt.date.fromisoformat(END))
    assert (superlative(moved("^GSPC", index, change, ago)) is not None) == told

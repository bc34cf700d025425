"""Bars of one instrument at, just below and just above each bound by which they are judged.

A series moves by one percent a session, up and down in turn. So the usual move is known: 1.4826
times that. A move is told in units of it.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.finding import NEWEST, Bars
from reportgen.datasets.validation.judging import examine
from reportgen.datasets.validation.verifying import verify
from reportgen.markets import market
from reportgen.markets.instruments import instrument

DUE = dt.date(2025, 1, 10)
DAYS = pd.DatetimeIndex(market("us").calendar.sessions(dt.date(2023, 9, 1), DUE))
COUNT = len(DAYS)
OLD, FRESH = COUNT - 40, COUNT - 1
"""Places of a session that is no news any more, and of the last one."""
STEP = 0.01


def usual(step=STEP):
    """The usual move of a series that moves by *step*."""
    return 1.4826 * step


def closes(jumps=(), step=STEP, count=COUNT):
    """Closes of the last *count* sessions; *jumps* are moves by place, as logarithms."""
    moves = np.where(np.arange(count) % 2, step, -step)
    for place, move in dict(jumps).items():
        moves[place] = move
    return 5000 * np.exp(np.cumsum(moves))


def bars(symbol, told, **columns):
    """A table of daily closes that end with the last session."""
    frame = pd.DataFrame({"date": DAYS[-len(told) :], "symbol": symbol, "close": told})
    return frame.assign(**columns)


def checks(frame, *others, symbol=None):
    """What is found on *frame* beside *others*: checks and severities."""
    symbol = symbol or frame["symbol"].iloc[0]
    found = verify(pd.concat([frame, *others], ignore_index=True), DUE, real=False)
    return {
        f"{one.check} {one.severity}"
        for one in found
        if one.symbol == symbol and one.check != "off_grid"
    }


def moved(symbol, units, place=OLD, step=STEP):
    """A series that moves by *units* of its usual move once."""
    told = closes({place: units * usual(step)}, step)
    return bars(symbol, told / 60 if symbol == "CL=F" else told)


# How far a move is
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "step", "found"),
    [
        (7.95, 0.01, set()),
        (8.05, 0.01, {"outlier warn"}),
        (-7.95, 0.01, set()),
        (-8.05, 0.01, {"outlier warn"}),
        (7.95, 0.002, set()),
        (8.05, 0.002, {"outlier warn"}),
    ],
)
def test_eight_usual_moves_are_too_far(units, step, found):
    """Up or down, of a quiet series or a wild one."""
    assert checks(moved("^GSPC", units, step=step)) == found


@pytest.mark.parametrize(("move", "found"), [(0.00395, set()), (0.00405, {"outlier warn"})])
def test_a_series_that_hardly_moves_is_judged_by_half_a_tenth_of_a_percent(move, found):
    """Eight times that is far, however still it was."""
    assert checks(bars("^GSPC", closes({OLD: move}, step=1e-6))) == found


@pytest.mark.parametrize(("before", "found"), [(19, set()), (20, {"outlier warn"})])
def test_twenty_moves_say_what_is_usual(before, found):
    """Fewer say nothing."""
    told = closes({before + 1: 20 * usual()}, count=40)
    assert checks(bars("^GSPC", told)) == found


@pytest.mark.parametrize(("wild", "found"), [(29, {"outlier warn"}), (31, set())])
def test_the_usual_move_is_that_of_sixty_sessions(wild, found):
    """Half of them wild, it is a wild one."""
    calm = {place: (1 if place % 2 else -1) * 0.001 for place in range(OLD - wild)}
    assert checks(bars("^GSPC", closes({**calm, OLD: 0.05}))) == found


@pytest.mark.parametrize(
    ("units", "other", "found"),
    [
        (11.95, 0.0, "outlier warn"),
        (12.05, 0.0, "outlier block"),
        (12.05, 2.95, "outlier block"),
        (12.05, 3.05, "outlier warn"),
        (12.05, -3.05, "outlier block"),
        (-12.05, -2.95, "outlier block"),
        (-12.05, -3.05, "outlier warn"),
    ],
)
def test_an_index_does_not_move_twelve_usual_moves_alone(units, other, found):
    """Another that moves three of its own the same way bears it out."""
    second = moved("^IXIC", other)
    assert checks(moved("^GSPC", units), second) == {found}


# Wrong units and splits
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "found"),
    [(4.9, "outlier warn"), (5.1, "scale block"), (10, "scale block"), (1000, "scale block")],
)
def test_a_step_of_five_times_or_more_is_another_unit(times, found):
    """Up or down."""
    for step in (np.log(times), -np.log(times)):
        assert checks(bars("^GSPC", closes({OLD: step}))) == {found}


SLACK = [
    # ratio, the size of other moves, how far off it may be
    (2, 0.002, 0.03),
    (2, 0.01, 2.5 * usual()),
    (2, 0.04, 0.08),
    (5, 0.002, 0.03),
    (6, 0.002, 0.07),
    (20, 0.04, 0.07),
]


@pytest.mark.parametrize(("ratio", "step", "slack"), SLACK)
def test_a_split_is_seen_as_far_off_its_ratio_as_the_stock_moves(ratio, step, slack):
    """2.5 of its usual moves, at least 3% and at most 8%; 7% from six for one on."""
    for by, seen in ((slack - 0.001, True), (slack + 0.001, False)):
        for sign in (1, -1):
            told = closes({OLD: -np.log(ratio) + sign * by}, step)
            assert ("split_like block" in checks(bars("NVDA", told))) is seen


RATIOS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50, 100)


@pytest.mark.parametrize(
    ("symbol", "ratio"),
    [*(("NVDA", ratio) for ratio in RATIOS), ("MDY", 2), ("MDY", 20), ("XLK", 2), ("XLK", 20)],
)
def test_each_ratio_of_a_split_is_known(symbol, ratio):
    """Of a stock and of a fund, split or merged."""
    for sign in (1, -1):
        frame = bars(symbol, closes({OLD: sign * np.log(ratio)}, step=0.002))
        (found,) = [one for one in verify(frame, DUE, real=False) if one.check == "split_like"]
        assert found.detail.endswith(f"as in a split of {ratio} for 1")


@pytest.mark.parametrize(
    ("ratio", "told"), [(1.25, "5 for 4"), (4 / 3, "4 for 3"), (1.5, "3 for 2")]
)
@pytest.mark.parametrize(
    ("off", "place", "sign", "seen"),
    [
        (0.029, FRESH, -1, True),
        (0.031, FRESH, -1, False),
        (0.0, FRESH - 4, -1, True),
        (0.0, FRESH - 5, -1, False),
        (0.0, FRESH, 1, False),
    ],
)
def test_a_small_split_is_one_of_the_last_five_sessions_and_a_fall(
    ratio, told, off, place, sign, seen
):
    """A rise by so much, or an old move, is news."""
    frame = bars("NVDA", closes({place: sign * np.log(ratio) - off}, step=0.002))
    found = [one.detail for one in verify(frame, DUE, real=False) if one.check == "split_like"]
    assert [detail.endswith(f"a split of {told}") for detail in found] == [True] * seen


@pytest.mark.parametrize(("units", "seen"), [(7.9, False), (8.1, True)])
def test_a_small_split_is_farther_than_eight_usual_moves(units, seen):
    """Else it is how the stock moves."""
    step = np.log(1.5) / units / 1.4826
    frame = bars("NVDA", closes({FRESH: -np.log(1.5)}, step))
    assert ("split_like block" in checks(frame)) is seen


# What confirms a far move
# ------------------------------------------------------------------------------


def shares(times, place=FRESH):
    """The volume of each session, one of them *times* the others."""
    told = np.full(len(DAYS), 1e6)
    told[place] *= times
    return told


@pytest.mark.parametrize(("times", "seen"), [(4.9, True), (5.1, False)])
def test_two_and_a_half_times_the_money_make_a_split_news(times, seen):
    """A stock that halved is traded in twice the shares."""
    frame = bars("NVDA", closes({FRESH: -np.log(2)}), volume=shares(times))
    assert ("split_like block" in checks(frame)) is seen


@pytest.mark.parametrize(
    ("move", "times", "place", "found"),
    [
        (0.149, 1.0, FRESH, "outlier warn"),
        (0.151, 1.0, FRESH, "unconfirmed block"),
        (0.151, 1.95, FRESH, "unconfirmed block"),
        (0.151, 2.05, FRESH, "outlier warn"),
        (0.151, 1.0, FRESH - 4, "unconfirmed block"),
        (0.151, 1.0, FRESH - 5, "outlier warn"),
    ],
)
def test_fifteen_percent_of_a_stock_need_twice_its_volume_for_five_sessions(
    move, times, place, found
):
    """After that it is accepted."""
    frame = bars("NVDA", closes({place: move}), volume=shares(times, place))
    assert checks(frame) == {found}


@pytest.mark.parametrize(
    ("units", "step", "found"),
    [
        (11.9, 0.01, "outlier warn"),
        (12.1, 0.01, "unconfirmed block"),
        (0.149 / usual(0.005), 0.005, "outlier warn"),
        (0.151 / usual(0.005), 0.005, "unconfirmed block"),
    ],
)
def test_without_a_volume_a_move_of_a_stock_is_also_twelve_usual_ones(units, step, found):
    """And 15% all the same."""
    assert checks(moved("NVDA", units, FRESH, step)) == {found}


@pytest.mark.parametrize(
    ("symbol", "units", "index", "found"),
    [
        ("NVDA", 12.5, 3.95, "unconfirmed block"),
        ("NVDA", 12.5, 4.05, "outlier warn"),
        ("MDY", 8.1, 3.95, "unconfirmed block"),
        ("MDY", 8.1, -4.05, "outlier warn"),
        ("XLK", 8.1, 3.95, "unconfirmed block"),
        ("XLK", 8.1, 4.05, "outlier warn"),
        ("CL=F", 11.9, 0.0, "outlier warn"),
        ("CL=F", 12.1, 5.95, "unconfirmed block"),
        ("CL=F", 12.1, 6.05, "outlier warn"),
        ("BTC-USD", 12.1, 0.0, "outlier warn"),
    ],
)
def test_a_market_that_moves_confirms_a_far_move(symbol, units, index, found):
    """An index by four of its usual moves, by six for oil; a coin needs none."""
    told = checks(moved(symbol, units, FRESH), moved("^GSPC", index, FRESH))
    assert {one for one in told if not one.startswith(("gap", "stale"))} == {found}


@pytest.mark.parametrize(("index", "seen"), [(3.95, True), (-4.05, False)])
def test_a_market_that_moves_makes_a_split_news(index, seen):
    """From four usual moves on."""
    frame = bars("NVDA", closes({FRESH: -np.log(2)}))
    assert ("split_like block" in checks(frame, moved("^GSPC", index, FRESH))) is seen


# Single bars
# ------------------------------------------------------------------------------


def ranged(symbol="^GSPC", day=OLD, **prices):
    """Bars with wide ranges; *prices* of one day are these times its close."""
    told = closes()
    columns = {"open": told * 1, "high": told * 1.02, "low": told * 0.98}
    for name, by in prices.items():
        columns[name][day] = told[day] * by
    return bars(symbol, told, **columns)


@pytest.mark.parametrize(
    ("prices", "found"),
    [
        ({"high": 1 - 0.00009}, set()),
        ({"high": 1 - 0.00011}, {"ohlc block"}),
        ({"low": 1 + 0.00009}, set()),
        ({"low": 1 + 0.00011}, {"ohlc block"}),
        ({"open": 1.02 + 0.00009}, set()),
        ({"open": 1.02 + 0.00011}, {"ohlc warn"}),
        ({"open": 0.98 - 0.00009}, set()),
        ({"open": 0.98 - 0.00011}, {"ohlc warn"}),
        ({"open": 0.0}, set()),
        ({"low": 0.0}, {"ohlc block"}),
    ],
)
def test_a_close_lies_within_its_range_to_a_hundredth_of_a_percent(prices, found):
    """An opening price outside is a warning, one of zero is none."""
    assert checks(ranged(**prices)) == found


@pytest.mark.parametrize(
    ("spread", "place", "found"),
    [
        (0.195, FRESH, set()),
        (0.205, FRESH, {"frozen block"}),
        (0.21, FRESH - 4, {"frozen block"}),
        (0.21, FRESH - 5, {"frozen warn"}),
    ],
)
def test_a_bar_of_twenty_cents_never_repeats_the_one_before(spread, place, found):
    """One of the last five sessions keeps a stock out, an older one is a warning."""
    frame = bars("NVDA", closes({place: 0.0}))
    frame = frame.assign(high=frame["close"] + spread - 0.05, low=frame["close"] - 0.05)
    assert checks(frame) == found


@pytest.mark.parametrize(
    ("prices", "found"),
    [
        ((10_001.0, 9_990.0, 10_000.0), set()),
        ((10_001.1, 9_990.0, 10_000.0), {"ohlc warn"}),
        ((9_999.0, 10_000.0, 10_010.0), set()),
        ((9_998.9, 10_000.0, 10_010.0), {"ohlc warn"}),
    ],
)
def test_an_opening_price_may_be_off_by_the_rounding_itself(prices, found):
    """One point of ten thousand."""
    opened, low, high = prices
    columns = {"open": opened, "low": low, "high": high}
    frame = ranged().assign(close=10_000.0)
    frame.loc[OLD, list(columns)] = list(columns.values())
    ordinary = frame.index != OLD
    frame.loc[ordinary, "close"] = 10_000.0 * (1 + 1e-5 * np.arange(ordinary.sum()))
    frame.loc[ordinary, "open"] = frame["close"]
    frame.loc[ordinary, "low"] = frame["close"] * 0.98
    frame.loc[ordinary, "high"] = frame["close"] * 1.02
    assert {one for one in checks(frame) if one.startswith("ohlc")} == found


@pytest.mark.parametrize(("ago", "found"), [(340, True), (341, False)])
def test_a_run_holds_a_year_of_bars_against_all_rules(ago, found):
    """An older close outside its range is no matter of today's brief."""
    place = COUNT - ago
    told = Bars(instrument=instrument("NVDA"), frame=wide(place), due=DUE, newest=NEWEST)
    assert bool([one for one in examine(told) if one.check == "ohlc"]) is found


def wide(place):
    """Bars of a stock, the close of one of them above its high."""
    frame = ranged("NVDA")
    frame.loc[place, "high"] = frame.loc[place, "close"] - 10
    return frame


@pytest.mark.parametrize(
    ("back", "units", "step", "seen"),
    [
        (0.91, 20.0, 0.01, True),
        (0.89, 20.0, 0.01, False),
        (1.09, 20.0, 0.01, True),
        (1.11, 20.0, 0.01, False),
        (1.0, 0.041 / usual(0.002), 0.002, True),
        (1.0, 0.039 / usual(0.002), 0.002, False),
        (1.0, 12.1, 0.01, True),
        (1.0, 11.9, 0.01, False),
    ],
)
def test_a_spike_is_undone_by_nine_tenths_on_the_next_session(back, units, step, seen):
    """It is above 4%, and twelve usual moves that no other index made."""
    move = units * usual(step)
    frame = bars("^GSPC", closes({OLD: move, OLD + 1: -back * move}, step))
    assert ("spike block" in checks(frame, bars("^IXIC", closes(step=step)))) is seen


@pytest.mark.parametrize(
    ("off", "share", "seen"),
    [(0.00019, 1.0, False), (0.00021, 1.0, True), (0.005, 0.5, False), (0.005, 0.51, True)],
)
def test_closes_of_a_stock_are_whole_cents_in_half_of_a_year(off, share, seen):
    """To a fiftieth of a cent, in 250 sessions."""
    told = closes().round(2)
    told[-int(250 * share) :] += off
    found = verify(bars("NVDA", told), DUE, real=False)
    assert ("off_grid" in {one.check for one in found}) is seen


@pytest.mark.parametrize(("count", "seen"), [(19, False), (20, True)])
def test_twenty_closes_say_whether_they_are_whole_cents(count, seen):
    """Fewer say nothing."""
    found = verify(bars("NVDA", closes(count=count).round(2) + 0.005), DUE, real=False)
    assert ("off_grid" in {one.check for one in found}) is seen


# Columns and days
# ------------------------------------------------------------------------------


def opened(turned, known=1.0, count=COUNT):
    """Bars whose closes are *turned* times as far from the open before as opens from closes."""
    after, gap = np.arange(count), 0.01
    inside = -gap * (1 - turned) / 2
    close = np.exp(8 + after * (gap + inside))
    start = np.r_[close[0], close[:-1] * np.exp(gap)]
    start[: round(count * (1 - known))] = np.nan
    return bars("^GSPC", close, open=start)


@pytest.mark.parametrize(
    ("turned", "known", "count", "seen"),
    [
        (0.49, 1.0, 100, True),
        (0.51, 1.0, 100, False),
        (0.1, 0.9, 100, True),
        (0.1, 0.89, 100, False),
        (0.1, 1.0, 62, True),
        (0.1, 1.0, 61, False),
    ],
)
def test_open_and_close_have_changed_places_where_that_halves_the_gap(turned, known, count, seen):
    """In 62 bars at least, of which nine tenths have an opening price."""
    assert ("columns block" in checks(opened(turned, known, count))) is seen


def dated(early, late=0, count=200):
    """*count* bars from Mondays to Thursdays, *early* dated on Sundays, *late* on Saturdays."""
    week = [day for day in DAYS if day.weekday() < 4 and day + pd.Timedelta(days=1) in DAYS]
    days = pd.DatetimeIndex(week[-count + early + late :])
    sundays = [day for day in DAYS - pd.Timedelta(days=1) if day.weekday() == 6][-early:]
    saturdays = [day for day in DAYS + pd.Timedelta(days=1) if day.weekday() == 5][-late:]
    told = days.append(pd.DatetimeIndex([*sundays, *(saturdays if late else ())])).sort_values()
    return pd.DataFrame({"date": told, "symbol": "^GSPC", "close": closes(count=count)})


@pytest.mark.parametrize(
    ("early", "late", "count", "seen"),
    [
        (21, 0, 200, True),
        (19, 0, 200, False),
        (40, 5, 200, True),
        (40, 7, 200, False),
        (5, 0, 20, True),
        (5, 0, 19, False),
    ],
)
def test_bars_of_a_wrong_time_zone_lie_on_sessions_a_day_later(early, late, count, seen):
    """More than 97 in a hundred of 20, where fewer than 90 do as they are dated."""
    assert ("tz_shift block" in checks(dated(early, late, count))) is seen


def test_a_barrel_for_nothing_is_no_fault_of_columns():
    """Zero has no logarithm."""
    frame = opened(2.0).assign(symbol="CL=F")
    frame.loc[OLD, "close"] = 0.0
    assert "columns block" not in checks(frame)


def test_prices_that_stand_still_are_no_fault_of_columns():
    """No close is nearer to the open before than that open to the close before."""
    still = np.full(COUNT, 5000.0)
    assert "columns block" not in checks(bars("^GSPC", still, open=still))


@pytest.mark.parametrize(("count", "seen"), [(4, False), (5, True)])
def test_five_bars_show_that_they_are_a_week_apart(count, seen):
    """Fewer may have holes."""
    frame = bars("^GSPC", closes()).iloc[::-5].iloc[:count].iloc[::-1]
    assert ("spacing block" in checks(frame)) is seen

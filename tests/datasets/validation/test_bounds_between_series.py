"""Series held against each other at, just below and just above each bound of that judgement."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.finding import Bars
from reportgen.datasets.validation.sources import Newest, drifting
from reportgen.datasets.validation.verifying import restated, verify
from reportgen.markets import market
from reportgen.markets.instruments import instrument

DUE = dt.date(2025, 11, 20)
DAYS = pd.DatetimeIndex(market("us").calendar.sessions(dt.date(2024, 9, 3), DUE))
TODAY, MOVES = DAYS[-1], len(DAYS) - 1
LEVELS = {
    "^GSPC": 5600,
    "^IXIC": 17700,
    "^DJI": 41500,
    "^RUT": 2200,
    "XLK": 220,
    "XLY": 190,
    "XLP": 83,
    "XLF": 45,
    "XLI": 130,
    "XLE": 90,
    "XLU": 76,
    "XLV": 155,
}
"""Indexes and funds with a plausible level of each."""


@cache
def orthogonal(count, of=MOVES):
    """Series of moves, of one size and with no correlation to each other or to time."""
    drawn = np.random.default_rng(11).normal(size=(of, count + 1))
    drawn[:, 0] = 1
    basis, _ = np.linalg.qr(drawn)
    return basis[:, 1:] * np.sqrt(of)


def prices(moves):
    """A table of bars whose closes make *moves* by symbol, with open, high and low around them."""
    frames = []
    for symbol, told in moves.items():
        close = LEVELS.get(symbol, 100) * np.exp(np.r_[0, np.cumsum(told)])
        start = np.r_[close[0], close[:-1]] * 1.0001
        columns = {
            "open": start,
            "high": np.maximum(start, close) * 1.002,
            "low": np.minimum(start, close) / 1.002,
            "close": close,
        }
        frames.append(pd.DataFrame({"date": DAYS[-len(close) :], "symbol": symbol, **columns}))
    return pd.concat(frames, ignore_index=True)


def found(frame, check, rates=None):
    """The symbols on which *check* finds something."""
    return {one.symbol for one in verify(frame, DUE, rates) if one.check == check}


def put(frame, symbols, **columns):
    """*frame* with other prices of *symbols* on the last day: those of a column, or of a table."""
    rows = frame["symbol"].isin(symbols) & (frame["date"] == TODAY)
    for name, other in columns.items():
        frame.loc[rows, name] = frame.loc[rows, other] if isinstance(other, str) else other
    return frame


# Closes that stay, and columns
# ------------------------------------------------------------------------------


def quiet(symbols):
    """Bars of *symbols* that move apart, by about one percent a day."""
    columns = orthogonal(len(LEVELS)).T * 0.01
    return prices(dict(zip(symbols, columns, strict=False)))


@pytest.mark.parametrize(
    ("stay", "of", "seen"),
    [(2, 4, False), (3, 4, True), (3, 9, True), (3, 10, False), (4, 12, True), (3, 12, False)],
)
def test_a_third_of_the_series_and_three_never_all_stay(stay, of, seen):
    """Closes of the session before."""
    symbols = [*LEVELS][:of]
    frame = quiet(symbols)
    for symbol in symbols[:stay]:
        own = frame["symbol"] == symbol
        close = frame.loc[own, "close"].iloc[-2]
        put(frame, [symbol], close=close, high=close * 1.01, low=close * 0.99, open=close * 1.001)
    assert found(frame, "frozen") == (set(symbols[:stay]) if seen else set())


def test_two_days_show_that_closes_stay():
    """One does not."""
    symbols = [*LEVELS][:4]
    frame = quiet(symbols)
    frame = frame[frame["date"] >= DAYS[-2]].assign(open=1.0, low=0.5)
    frame["high"] = np.where(frame["date"] == TODAY, 8e9, 9e9)
    frame["close"] = frame.groupby("symbol")["close"].transform("first")
    assert found(frame, "frozen") >= set(symbols)
    assert found(frame[frame["date"] == TODAY], "frozen") == set()


def test_three_series_say_nothing_of_each_other():
    """All of them stay, and no fourth shows that the market moved."""
    symbols = ["NVDA", "AAPL", "MSFT"]
    frame = quiet(symbols)
    for symbol in symbols:
        close = frame.loc[frame["symbol"] == symbol, "close"].iloc[-2]
        put(frame, [symbol], close=close, high=close * 1.01, low=close * 0.99)
    assert found(frame, "frozen") == set()


@pytest.mark.parametrize(
    ("column", "alike", "of", "seen"),
    [
        ("open", 5, 9, True),
        ("open", 4, 4, False),
        ("open", 5, 10, False),
        ("open", 6, 10, True),
        *((end, 5, 6, True) for end in ("high", "low")),
        *((end, 4, 4, False) for end in ("high", "low")),
        *((end, 8, 10, False) for end in ("high", "low")),
        *((end, 9, 10, True) for end in ("high", "low")),
    ],
)
def test_too_many_series_and_five_never_close_at_one_end(column, alike, of, seen):
    """More than half at the open, more than four fifths at the high or the low of the day."""
    symbols = [*LEVELS][:of]
    frame = put(quiet(symbols), symbols[:alike], close=column)
    assert found(frame, "columns") == (set(symbols[:alike]) if seen else set())


# A move that the others do not predict
# ------------------------------------------------------------------------------


QUIET = -20
"""A session on which no member moves, but the one that is judged."""


def group(count=12, days=MOVES, own=0.001, common=0.008):
    """Moves of members of one market, each with a part of its own, and a day without any.

    Every other day is of one size.
    """
    basis = np.sign(orthogonal(13)[-days:])
    basis[QUIET] = 0
    symbols = [*LEVELS][:count]
    return {s: common * basis[:, 0] + own * basis[:, n + 1] for n, s in enumerate(symbols)}


def apart(moves, by):
    """Who is apart from the others where the last member moves *by* that much alone."""
    name = [*moves][-1]
    changed = moves[name].copy()
    changed[QUIET] = by
    return found(prices({**moves, name: changed}), "apart")


def usual_distance(moves):
    """How far the last member usually is from the best estimate by the others."""
    *others, own = moves.values()
    table = np.column_stack(others)
    rest = own - table @ np.linalg.lstsq(table, own, rcond=None)[0]
    return 1.4826 * np.median(np.abs(rest))


@pytest.mark.parametrize(
    ("count", "days", "seen"), [(6, 200, True), (5, 200, False), (6, 120, True), (6, 119, False)]
)
def test_six_members_of_120_common_days_judge_one(count, days, seen):
    """Fewer of them, or of days, say nothing."""
    assert bool(apart(group(count, days), 0.05)) is seen


@pytest.mark.parametrize(
    ("times", "seen"), [(12.7, False), (13.3, True), (-12.7, False), (-13.3, True)]
)
def test_thirteen_times_the_usual_distance_is_apart(times, seen):
    """From what the others say of a member's move."""
    moves = group()
    assert bool(apart(moves, times * usual_distance(moves))) is seen


@pytest.mark.parametrize(("by", "seen"), [(0.0039, False), (0.0041, True), (-0.0041, True)])
def test_less_than_four_tenths_of_a_percent_is_never_apart(by, seen):
    """However close the members usually are."""
    assert bool(apart(group(own=0.00005), by)) is seen


@pytest.mark.parametrize(("own", "seen"), [(0.68**0.5, True), (0.78**0.5, False)])
def test_a_member_of_which_the_others_explain_half_is_judged(own, seen):
    """By the covariance of days of one size, in which large ones count less."""
    assert bool(apart(group(own=own * 0.008), 0.3)) is seen


# Who moves like whom
# ------------------------------------------------------------------------------


def leaning(symbol, other, likeness, days=MOVES):
    """*symbol* and *other*, with that correlation once the move of the market is removed."""
    basis = orthogonal(13)[:days]
    lead, one, two = basis[:, 0], basis[:, 1], basis[:, 2]
    return prices(
        {
            "^GSPC": 0.01 * lead,
            other: 0.01 * lead + 0.004 * one,
            symbol: 0.01 * lead + 0.004 * (likeness * one + np.sqrt(1 - likeness**2) * two),
        }
    )


@pytest.mark.parametrize(
    ("symbol", "other", "likeness", "seen"),
    [
        ("XLK", "^IXIC", -0.095, False),
        ("XLK", "^IXIC", -0.105, True),
        ("XLP", "^IXIC", 0.345, False),
        ("XLP", "^IXIC", 0.355, True),
    ],
)
def test_a_fund_moves_with_its_index_and_not_with_another(symbol, other, likeness, seen):
    """Beyond the market: at least -0.1 with its own, at most 0.35 with another."""
    frame = leaning(symbol, other, likeness)
    assert (symbol in found(frame, "swapped")) is seen


# Stocks and yields
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "same", "seen"),
    [(0.155, 0.0, True), (0.145, 0.0, False), (0.40, 0.19, True), (0.40, 0.21, False)],
)
def test_stocks_do_not_move_with_the_yields_of_another_session(before, same, seen):
    """15% of the yield's changes are too much, if that is twice the share of the same day."""
    symbols = ["^GSPC", "XLK", "XLP", "XLF", "XLU"]
    basis = orthogonal(13)
    moves = {s: 0.01 * basis[:, n] for n, s in enumerate(symbols)}
    now = np.column_stack([*moves.values(), np.ones(len(basis))])
    known = np.column_stack([now, np.roll(now, 1, axis=0), np.roll(now, -1, axis=0)])
    rest = basis[:, 10] - known @ np.linalg.lstsq(known, basis[:, 10], rcond=None)[0]
    change = np.sqrt(before) * np.roll(moves["XLK"], -1) + np.sqrt(same) * moves["XLP"]
    change += 0.01 * np.sqrt(1 - before - same) * rest / rest.std()
    told = pd.DataFrame({"DGS10": 4 + np.r_[0, np.cumsum(change)]}, index=DAYS)
    assert ("^GSPC" in found(prices(moves), "session_shift", told)) is seen


# Witnesses
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "of", "confirmed"),
    [
        ([0.24], 6, False),
        ([0.24, 0.25], 6, True),
        ([0.24, 0.25, 0.26], 6, True),
        ([0.24, 0.25, 0.26, 0.27], 6, False),
        ([0.149, 0.25], 6, False),
        ([0.151, 0.25], 6, True),
        ([0.24, 0.161], 6, False),
        ([0.24, 0.159], 6, True),
        ([0.24, 0.219], 6, False),
        ([0.24, 0.221], 6, True),
        ([-0.24, -0.25], 6, False),
    ],
)
def test_two_other_stocks_that_fell_as_far_confirm_a_fall(others, of, confirmed):
    """By 15% and by another ratio; at most half of all: a fault of the file hits them all."""
    names = [f"S{n}" for n in range(of)]
    moves = {s: 0.01 * column for s, column in zip(names, orthogonal(13).T, strict=False)}
    for values, fall in zip(moves.values(), others, strict=False):
        values[-1] = -fall
    mine = 0.01 * orthogonal(13)[:, 12].copy()
    mine[-1] = -0.19
    frame = prices({"NVDA": mine, **moves})
    assert ("NVDA" in found(frame, "unconfirmed")) is not confirmed


# Second sources, and what a store said before
# ------------------------------------------------------------------------------


def drifts(days, times, share=0.25, now=1.0):
    """Whether a second source is adjusted that told *times* the closes of the first *share*."""
    index = pd.DatetimeIndex(market("us").calendar.sessions(dt.date(2024, 1, 2), DUE))[-days:]
    closes = pd.DataFrame({"date": index, "symbol": "NVDA", "close": 100.0})
    early = np.arange(days) < share * days
    told = closes.assign(close=100.0 * np.where(early, times, 1.0), source="another")
    told.loc[days - 1, "close"] *= now
    bars = {"NVDA": Bars(instrument=instrument("NVDA"), frame=closes, due=DUE)}
    return bool(drifting(bars, {"NVDA": Newest(index[-1].date(), 100.0, "ours")}, told))


@pytest.mark.parametrize(
    ("days", "times", "now", "seen"),
    [
        (40, 1.01, 1.0, True),
        (39, 1.01, 1.0, False),
        (80, 1.0021, 1.0, True),
        (80, 1.0019, 1.0, False),
        (80, 0.9979, 1.0, True),
        (80, 1.01, 1.0004, True),
        (80, 1.01, 1.0006, False),
    ],
)
def test_a_source_that_drifts_two_tenths_of_a_percent_in_forty_days_is_adjusted(
    days, times, now, seen
):
    """One that agrees on the newest close."""
    assert drifts(days, times, now=now) is seen


@pytest.mark.parametrize(("share", "seen"), [(0.1, False), (0.15, True)])
def test_a_drift_is_that_of_the_first_quarter(share, seen):
    """Of more than half of it."""
    assert drifts(80, 1.01, share) is seen


@pytest.mark.parametrize(("count", "told"), [(5, 5), (6, 1)])
def test_five_restated_days_are_told_one_by_one(count, told):
    """More in one line, with their number."""
    rows = [("NVDA", dt.date(2025, 1, 1 + place), [100.0, 101.0]) for place in range(count)]
    found = [*restated(rows)]
    assert len(found) == told
    assert found[-1].day == dt.date(2025, 1, count)
    assert ("; so are 5 other days" in found[-1].detail) is (told == 1)

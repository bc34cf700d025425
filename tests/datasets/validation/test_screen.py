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


# Bounds
# ------------------------------------------------------------------------------


def moved(rows, move, place=-1, shares=1000.0):
    """*rows* with a logarithmic *move* at *place*, on a volume of *shares*; 1,000 are usual."""
    rows["volume"] = 1000.0
    now = rows.index[place]
    prices = ["open", "high", "low", "close"]
    before = rows.loc[now - 1, "close"]
    rows.loc[now:, prices] *= before * np.exp(move) / rows.loc[now, "close"]
    rows.loc[now, "volume"] = shares
    return rows


@pytest.mark.parametrize(
    ("move", "place", "shares", "seen"),
    [
        (0.586, -30, 9000.0, False),
        (0.589, -30, 9000.0, True),
        (-0.586, -30, 9000.0, False),
        (-0.589, -30, 9000.0, True),
        (0.128, -1, 1000.0, False),
        (0.132, -1, 1000.0, True),
        (0.132, -5, 1000.0, True),
        (0.132, -6, 1000.0, False),
        (0.132, -1, 2590.0, True),
        (0.132, -1, 2610.0, False),
        (-0.132, -1, 2590 / np.exp(-0.132), True),
        (-0.132, -1, 2610 / np.exp(-0.132), False),
    ],
)
def test_a_move_is_doubted_by_its_size_and_the_volume_of_the_last_sessions(
    rows, move, place, shares, seen
):
    """Nearly a double always, an eighth in the last five sessions without 2.6 times the volume."""
    assert doubted(moved(rows, move, place, shares)) == seen


@pytest.mark.parametrize(("wild", "seen"), [(29, True), (31, False)])
def test_the_usual_volume_is_that_of_sixty_sessions(rows, wild, seen):
    """With more than half of them small, much less is a lot."""
    told = moved(rows, 0.132, shares=2500.0)
    told.loc[told.index[-1 - wild : -1], "volume"] = 500.0
    told.loc[told.index[-200:-61], "volume"] = 500.0
    assert doubted(told) == seen


def list_of(rows, *moves):
    """The stocks with these last moves that the screen doubts, by their places."""
    tables = screen.side_by_side(
        pd.concat(
            [moved(rows.copy(), move).assign(symbol=f"S{n}") for n, move in enumerate(moves)]
        ),
        SESSIONS,
    ).tables
    return {int(symbol[1:]) for symbol in screen.doubtful(tables)}


@pytest.mark.parametrize(
    ("others", "seen"),
    [
        ([0.24, 0.27], False),
        ([0.24], True),
        ([-0.24, -0.27], True),
        ([0.149, 0.27], True),
        ([0.151, 0.27], False),
        ([0.229, 0.27], True),
        ([0.231, 0.27], False),
    ],
)
def test_two_other_stocks_confirm_a_large_move(rows, others, seen):
    """They moved by fifteen percent the same way, three percent apart from its own."""
    calm = [0.0] * 5
    assert (0 in list_of(rows, 0.2, *others, *calm)) == seen


@pytest.mark.parametrize(("calm", "seen"), [(1, True), (2, False)])
def test_half_of_all_stocks_confirm_nothing_together(rows, calm, seen):
    """A fault of the file hits them all."""
    assert (0 in list_of(rows, 0.2, 0.24, 0.27, *[0.0] * calm)) == seen


@pytest.mark.parametrize(
    ("column", "factor", "seen"),
    [
        ("high", 1 - 8.5e-5, False),
        ("high", 1 - 9.5e-5, True),
        ("low", 1 + 8.5e-5, False),
        ("low", 1 + 9.5e-5, True),
    ],
)
def test_a_close_off_its_range_is_doubted_a_little_before_it_is_blocked(rows, column, factor, seen):
    """By nine hundred-thousandths of the close."""
    last = rows.index[-1]
    rows.loc[last, column] = rows.loc[last, "close"] * factor
    assert doubted(rows) == seen


@pytest.mark.parametrize(
    ("spread", "place", "seen"),
    [(0.18, -1, False), (0.195, -1, True), (0.195, -5, True), (0.195, -6, False)],
)
def test_a_repeated_bar_is_doubted_a_little_before_it_is_blocked(rows, spread, place, seen):
    """With a range of nineteen cents, in the last five sessions."""
    now = rows.index[place]
    close = rows.loc[now - 1, "close"]
    bar = {"open": close, "high": close + spread, "low": close, "close": close}
    for column, price in bar.items():
        rows.loc[[now - 1, now], column] = price
    assert doubted(rows) == seen


@pytest.mark.parametrize(("count", "seen"), [(39, False), (40, True)])
def test_forty_rows_show_that_columns_have_changed_places(rows, count, seen):
    """Of fewer, the median says little."""
    turned = rows.rename(columns={"open": "close", "close": "open"}).iloc[-count:]
    tables = screen.side_by_side(turned, SESSIONS[-count:]).tables
    assert bool(screen.doubtful(tables)) == seen


def test_a_stock_that_stands_still_is_not_doubted(rows):
    """Its closes are as near to the open before as its opens to the close before."""
    rows[["open", "high", "low", "close"]] = 100.0
    assert not doubted(rows)


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

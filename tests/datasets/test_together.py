"""Faults that show when series are held against each other, on both sides of each bound."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.finding import Bars
from reportgen.datasets.validation.judging import examine
from reportgen.datasets.validation.rates import rates
from reportgen.datasets.validation.together import witnessed
from reportgen.datasets.validation.verifying import verify
from reportgen.markets import market
from reportgen.markets.instruments import instrument

DUE = dt.date(2025, 11, 20)
DAYS = pd.DatetimeIndex(market("us").calendar.sessions(dt.date(2024, 9, 3), DUE))
TODAY, BEFORE = DAYS[-1], DAYS[-2]
#            start, market, growth, own
MEMBERS = {
    "^GSPC": (5600, 1.0, 0.3, 0.0004),
    "^IXIC": (17700, 1.1, 0.9, 0.0010),
    "^DJI": (41500, 0.8, -0.2, 0.0015),
    "^RUT": (2200, 1.1, -0.3, 0.0030),
    "XLK": (220, 1.1, 1.1, 0.0020),
    "XLY": (190, 1.1, 0.4, 0.0030),
    "XLP": (83, 0.5, -0.6, 0.0030),
    "XLF": (45, 1.0, -0.6, 0.0025),
    "XLI": (130, 1.0, -0.3, 0.0020),
    "XLE": (90, 0.9, -0.7, 0.0060),
    "XLU": (76, 0.5, -0.7, 0.0050),
    "XLV": (155, 0.7, -0.4, 0.0030),
}


@cache
def whole():
    """The bars of indexes and funds that move with one market, as they do."""
    rng = np.random.default_rng(8)
    common, growth = rng.normal(0, 0.009, len(DAYS)), rng.normal(0, 0.005, len(DAYS))
    frames = []
    for symbol, (start, beta, lean, own) in MEMBERS.items():
        moves = beta * common + lean * growth + rng.normal(0, own, len(DAYS))
        close = start * np.exp(np.cumsum(moves))
        opened = np.r_[start, close[:-1]] * np.exp(rng.normal(0, 0.001, len(DAYS)))
        high = np.maximum(opened, close) * np.exp(abs(rng.normal(0, 0.003, len(DAYS))) + 1e-4)
        low = np.minimum(opened, close) / np.exp(abs(rng.normal(0, 0.003, len(DAYS))) + 1e-4)
        prices = {"open": opened, "high": high, "low": low, "close": close}
        table = pd.DataFrame({name: column.round(2) for name, column in prices.items()})
        frames.append(table.assign(date=DAYS, symbol=symbol))
    return pd.concat(frames, ignore_index=True)


def yields():
    """The 10-year yield, which banks and utilities live on, and two others."""
    moves = whole().pivot(index="date", columns="symbol", values="close").pct_change()
    change = 5 * (moves["XLF"] - moves["XLU"]).fillna(0)
    ten = (4.2 + change.cumsum()).round(2)
    noise = np.random.default_rng(3).normal(0, 0.02, len(DAYS))
    return pd.DataFrame({"DGS10": ten, "DGS30": ten + 0.5, "DGS2": (ten - noise).round(2)})


PRICES = ["open", "high", "low", "close"]


def scaled(symbol, by, day=TODAY):
    """The close of *symbol* on *day* is *by* times what it was, inside a wider bar."""

    def edit(frame):
        row = (frame["symbol"] == symbol) & (frame["date"] == day)
        frame.loc[row, "close"] *= by
        frame.loc[row, "high"] *= max(by, 1)
        frame.loc[row, "low"] *= min(by, 1)

    return edit


def history(symbol, by, day):
    """All prices of *symbol* before *day* are *by* times what they were."""

    def edit(frame):
        rows = (frame["symbol"] == symbol) & (frame["date"] < day)
        frame.loc[rows, PRICES] *= by

    return edit


def unit(symbol, by):
    """All prices of *symbol* are in another unit."""

    def edit(frame):
        frame.loc[frame["symbol"] == symbol, PRICES] *= by

    return edit


def as_yesterday(count):
    """The closes of *count* series are those of the session before."""

    def edit(frame):
        for symbol in [*MEMBERS][:count]:
            rows = frame["symbol"] == symbol
            close = frame.loc[rows & (frame["date"] == BEFORE), "close"].item()
            frame.loc[rows & (frame["date"] == TODAY), "close"] = close
            frame.loc[rows & (frame["date"] == TODAY), ["low", "high"]] = close - 9, close + 9

    return edit


def column(name, count):
    """The closes of *count* series, on the last day, are those of another column."""

    def edit(frame):
        rows = frame["symbol"].isin([*MEMBERS][-count:]) & (frame["date"] == TODAY)
        frame.loc[rows, "close"] = frame.loc[rows, name]

    return edit


def changed_places(one, other):
    """Two series have each other's name."""

    def edit(frame):
        frame["symbol"] = frame["symbol"].replace({one: other, other: one})

    return edit


def columns_changed(symbol):
    """Open and close of *symbol* have changed places."""

    def edit(frame):
        rows = frame["symbol"] == symbol
        frame.loc[rows, ["open", "close"]] = frame.loc[rows, ["close", "open"]].to_numpy()

    return edit


def frozen_bar(symbol):
    """The last bar of *symbol* is the one before."""

    def edit(frame):
        rows = frame["symbol"] == symbol
        bar = frame.loc[rows & (frame["date"] == BEFORE), PRICES].to_numpy()
        frame.loc[rows & (frame["date"] == TODAY), PRICES] = bar

    return edit


JUMP = DAYS[-90]
CASES = [
    # what is wrong, edits, the series that each check keeps out
    ("nothing", [], {}),
    ("an index is a little off", [scaled("^GSPC", 1.003)], {}),
    ("an index is off by more than the others allow", [scaled("^GSPC", 1.03)], {"apart": "^GSPC"}),
    ("an index rises as the others fall", [scaled("^DJI", 0.94)], {"apart": "^DJI"}),
    ("a fund is off", [scaled("XLI", 0.95)], {"apart": "XLI"}),
    ("an index is off by less than the others allow", [scaled("^GSPC", 1.008)], {}),
    ("its history is in another currency", [history("^GSPC", 0.965, JUMP)], {"apart": "^GSPC"}),
    ("three closes of twelve stay", [as_yesterday(3)], None),
    ("half of the closes stay", [as_yesterday(6)], {"frozen": " ".join([*MEMBERS][:6])}),
    ("six of twelve close at the open", [column("open", 6)], None),
    (
        "seven of twelve close at the open",
        [column("open", 7)],
        {"columns": " ".join([*MEMBERS][-7:])},
    ),
    ("nine of twelve close at the high", [column("high", 9)], None),
    (
        "ten of twelve close at the high",
        [column("high", 10)],
        {"columns": " ".join([*MEMBERS][-10:])},
    ),
    ("open and close have changed places", [columns_changed("XLV")], {"columns": "XLV"}),
    ("a bar is told twice", [frozen_bar("^RUT")], {"frozen": "^RUT"}),
    ("two funds have changed places", [changed_places("XLK", "XLP")], {"swapped": "XLK XLP"}),
    (
        "two indexes have changed places",
        [changed_places("^GSPC", "^IXIC")],
        {"implausible": "^GSPC ^IXIC ^DJI ^RUT"},
    ),
    ("an index is in tenths", [unit("^GSPC", 0.1)], {"implausible": "^GSPC ^IXIC ^DJI ^RUT"}),
    ("an index is half as high", [unit("^RUT", 0.55)], {}),
    ("an index is a third as high", [unit("^RUT", 0.3)], {"implausible": "^GSPC ^RUT"}),
]
FOUND = {check for _, _, out in CASES for check in out or ()} | {
    "session_shift",
    "unconfirmed",
    "fed_table",
}
"""The checks that a test of this file has seen to find something."""


@pytest.mark.parametrize(("edits", "out"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_series_that_does_not_fit_the_others_is_kept_out(edits, out):
    """It, by the check that names why, and none of those that are right."""
    frame = whole().copy()
    for edit in edits:
        edit(frame)
    found = [one for one in verify(frame, DUE) if one.severity == "block"]
    by_check = {one.check: set() for one in found}
    for one in found:
        by_check[one.check].add(one.symbol)
    if out is None:
        assert not {"frozen", "columns"} & by_check.keys()
    else:
        assert by_check.items() >= {check: {*names.split()} for check, names in out.items()}.items()
        assert out or not by_check


def test_an_invented_market_need_not_fit_together():
    """What its dataset.toml calls simulated is judged series by series."""
    frame = whole().copy()
    changed_places("XLK", "XLP")(frame)
    assert {one.check for one in verify(frame, DUE, real=False)} <= {"close_at_low", "off_grid"}


def test_a_wrong_index_does_not_speak_against_right_ones():
    """The farthest is left out before the others are judged."""
    frame = whole().copy()
    scaled("^GSPC", 0.96)(frame)
    assert {one.symbol for one in verify(frame, DUE) if one.check == "apart"} == {"^GSPC"}


@pytest.mark.parametrize(("step", "found"), [(0, False), (1, True), (-1, True)])
def test_bars_of_a_neighbouring_session_do_not_move_with_its_yields(step, found):
    """Nothing else in a file says that all its days are one session off."""
    frame = whole().copy()
    table = yields().shift(step).dropna()
    checks = {(one.check, one.symbol) for one in verify(frame, DUE, table)}
    assert (("session_shift", "^GSPC") in checks) == found


def stuck(table, days):
    table.iloc[-days:, 0] = table.iloc[-days, 0]
    return table


RATES = [
    # what is wrong, edit of a table of yields, findings
    ("nothing", lambda table: table, set()),
    ("a yield stays for four days", lambda table: stuck(table, 4), set()),
    ("a yield stays for five days", lambda table: stuck(table, 5), {"frozen DGS10"}),
    (
        "yields are fractions",
        lambda table: table / 100,
        {"unit DGS10", "unit DGS30", "unit DGS2"},
    ),
    (
        "two yields have changed places",
        lambda table: table.rename(columns={"DGS10": "DGS2", "DGS2": "DGS10"}),
        {"swapped DGS10", "swapped DGS2"},
    ),
]


@pytest.mark.parametrize(("edit", "found"), [case[1:] for case in RATES], ids=[c[0] for c in RATES])
def test_a_yield_that_is_none_is_kept_out(edit, found):
    """Stuck beside others that move, in another unit, or of another maturity."""
    table = edit(yields())
    assert {f"{one.check} {one.symbol}" for one in rates(table)} == found


def stock(by, volume, stormy=False):
    """A quiet stock that moves once, *by* times, with *volume* times its usual one."""
    rng = np.random.default_rng(5)
    moves = rng.normal(0, 0.01, len(DAYS))
    moves[-1] = np.log(by)
    close = (100 * np.exp(np.cumsum(moves))).round(2)
    shares = np.full(len(DAYS), 1e6)
    shares[-1] *= volume or 1
    frame = pd.DataFrame({"date": DAYS, "symbol": "NVDA", "close": close})
    frame = frame.assign(volume=shares) if volume else frame
    market = whole().copy()
    if stormy:
        market.loc[market["date"] == TODAY, PRICES] *= 0.93
    return pd.concat([frame, market], ignore_index=True)


@pytest.mark.parametrize(("by", "blocked"), [(0.94, set()), (0.90, {"MDY"})])
def test_a_far_move_of_a_fund_needs_a_market_that_moved(by, blocked):
    """A fund of many stocks does not move eight times as far as usual by itself."""
    frame = stock(by, None)
    frame["symbol"] = frame["symbol"].replace({"NVDA": "MDY"})
    found = verify(frame, DUE)
    assert {one.symbol for one in found if one.check == "unconfirmed"} == blocked


@pytest.mark.parametrize(
    ("by", "volume", "stormy", "check"),
    [
        (0.88, 1.0, False, None),  # 12% is news without a witness
        (0.84, 1.0, False, "unconfirmed"),
        (0.84, 2.2, False, "unconfirmed"),
        (0.84, 2.6, False, None),
        (1.30, 1.9, False, "unconfirmed"),
        (1.30, 2.1, False, None),
        (0.84, 1.0, True, None),  # all of the market fell
        (0.80, 2.4, False, "split_like"),  # 5 for 4
        (0.75, 2.4, False, "split_like"),  # 4 for 3
        (0.66, 3.0, False, "split_like"),  # 3 for 2: 3 times the shares are twice the money
        (0.66, 5.0, False, None),
        (0.49, 2.0, False, "split_like"),  # 2 for 1, on a day of its own
        (0.48, 9.0, False, None),
        (0.87, None, False, None),  # no volume is known
        (0.84, None, False, "unconfirmed"),
        (0.76, None, False, "split_like"),
        (0.70, None, False, "unconfirmed"),
    ],
)
def test_a_far_move_of_a_stock_needs_a_witness(by, volume, stormy, check):
    """Its volume in money, or the whole market; and a split is no news."""
    found = verify(stock(by, volume, stormy), DUE)
    blocked = {one.check for one in found if one.symbol == "NVDA" and one.severity == "block"}
    assert blocked == ({check} if check else set())


@pytest.mark.parametrize(("sector", "held"), [(0.95, False), (0.999, True), (1.05, True)])
def test_a_sector_confirms_a_large_move_of_its_industry(sector, held):
    """Regional banks fell by an eighth: with financials it is news, alone it needs a witness."""
    days = DAYS
    calm = 100 * (1 + 0.004 * (np.arange(len(days)) % 2))

    def bars(symbol, last):
        closes = np.append(calm[:-1], calm[-2] * last)
        frame = pd.DataFrame({"date": days, "close": closes})
        return Bars(instrument=instrument(symbol), frame=frame, due=days[-1].date())

    both = {"KRE": bars("KRE", 0.875), "XLF": bars("XLF", sector)}
    found = witnessed(both, examine(both["KRE"]))
    assert any(one.check == "unconfirmed" for one in found) is held

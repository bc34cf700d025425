"""Every fault that is planted into a clean market is found, as what it is and nowhere else.

A brief is not told from it.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, reduce
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from feeds import Feeds
from test_currency_faults import FOUND as OF_CURRENCIES
from test_print_faults import FOUND as OF_PRINTS
from test_together import FOUND

from reportgen.cli import main
from reportgen.core.checks import CHECKS, Acceptance
from reportgen.core.errors import BadData, InvalidParameter, NoData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.datasets.validation.accepting import accept
from reportgen.datasets.validation.rates import rates
from reportgen.datasets.validation.verifying import verify, verify_dataset, verify_store
from reportgen.markets import market
from reportgen.sources import store
from reportgen.sources.providers.contract import Bar, Point, Reply
from reportgen.statistics import returns
from reportgen.statistics.returns import changes

calendar, INDEXES = market("us").calendar, market("us").symbols

DUE = dt.date(2025, 1, 10)
"""The last finished session.

What is older than 372 days, before Jan. 4, 2024, is no reason to keep a series out.
"""
MARKET = Feeds(DUE, since=dt.date(2023, 6, 1))
KINDS = (*INDEXES, "^VIX", "NVDA", "MDY", "XLK", "BTC-USD", "CL=F")
PRICES = ["open", "high", "low", "close"]
AT = dt.datetime(2025, 1, 11, 1, tzinfo=dt.UTC)


@cache
def clean(symbol):
    """The bars of *symbol*: a walk of moves of about 1%, to the cent."""
    rows = MARKET.bars("", symbol, dt.date.min, dt.date.max)
    frame = pd.DataFrame(rows, columns=["date", *PRICES])
    return frame.assign(date=pd.to_datetime(frame["date"]), symbol=symbol)


def market(faults, beside=()):
    """The bars of the symbols of *faults*, with them, and clean ones of those *beside*."""
    faulty = [
        reduce(lambda frame, edit: edit(frame), edits, clean(symbol).copy())
        for symbol, edits in faults.items()
    ]
    return pd.concat(
        [*faulty, *(clean(symbol) for symbol in beside if symbol not in faults)], ignore_index=True
    )


def told(defects):
    """*defects* in words, in one order."""
    return sorted(
        f"{defect.check} {defect.severity} {defect.symbol} {defect.day}" for defect in defects
    )


# Faults
# ------------------------------------------------------------------------------


def step(day, by):
    """All prices from *day* on are *by* times what they were, to the cent."""

    def edit(frame):
        frame.loc[frame["date"] >= day, PRICES] = (
            frame.loc[frame["date"] >= day, PRICES] * by
        ).round(2)
        return frame

    return edit


def once(day, by):
    """The prices of one day are *by* times what they were."""

    def edit(frame):
        frame.loc[frame["date"] == day, PRICES] *= by
        return frame

    return edit


def put(day, **prices):
    """Prices of one day are others; a text names the column whose price it is."""

    def edit(frame):
        row = frame["date"] == day
        for name, price in prices.items():
            frame.loc[row, name] = frame.loc[row, price] if isinstance(price, str) else price
        return frame

    return edit


def times(day, **factors):
    """Single prices of one day are these times what they were."""

    def edit(frame):
        for name, factor in factors.items():
            frame.loc[frame["date"] == day, name] *= factor
        return frame

    return edit


def swapped(day):
    """The low and the high of one day have changed places."""

    def edit(frame):
        row = frame["date"] == day
        frame.loc[row, ["low", "high"]] = frame.loc[row, ["high", "low"]].to_numpy()
        return frame

    return edit


def without(*days):
    """Some days are left out."""
    return lambda frame: frame[~frame["date"].isin(pd.to_datetime(list(days)))]


def until(day):
    """The series ends with *day*."""
    return lambda frame: frame[frame["date"] <= day]


def extra(day):
    """There is a bar of *day*, as of the session before it."""

    def edit(frame):
        before = frame[frame["date"] < day].tail(1).assign(date=pd.Timestamp(day))
        return pd.concat([frame, before]).sort_values("date", kind="stable")

    return edit


def again(day, by=1.0):
    """A second row of *day* follows, its prices *by* times those of the first."""

    def edit(frame):
        second = frame[frame["date"] == day]
        return pd.concat([frame, second.assign(**(second[PRICES] * by))]).sort_values(
            "date", kind="stable"
        )

    return edit


def repeated(day, count):
    """The *count* sessions after *day* are told as it was."""

    def edit(frame):
        place = int(np.flatnonzero(frame["date"] == day)[0])
        frame.loc[frame.index[place + 1 : place + 1 + count], PRICES] = frame.loc[
            frame.index[place], PRICES
        ].to_numpy()
        return frame

    return edit


def same_close(day, count):
    """The *count* sessions after *day* close as it did, after a day of their own."""

    def edit(frame):
        place = int(np.flatnonzero(frame["date"] == day)[0])
        rows = frame.index[place + 1 : place + 1 + count]
        close = frame.loc[frame.index[place], "close"]
        frame.loc[rows, "close"] = close
        frame.loc[rows, "low"] = frame.loc[rows, "low"].clip(upper=close)
        frame.loc[rows, "high"] = frame.loc[rows, "high"].clip(lower=close)
        return frame

    return edit


def weekly(frame):
    """Only Fridays are left."""
    return frame[frame["date"].dt.day_of_week == 4]


def hourly(frame):
    """Each day has two bars more."""
    more = [frame.assign(**(frame[PRICES] * by)) for by in (1.001, 0.999)]
    return pd.concat([frame, *more]).sort_values("date", kind="stable")


def shifted(frame):
    """Each bar is dated a day early."""
    return frame.assign(date=frame["date"] - pd.Timedelta(days=1))


def adjusted(frame):
    """Prices are less dividends to come."""
    return frame.assign(**(frame[PRICES] * 0.98731))


NOW, THEN = "2024-10-04", "2023-10-30"
"""Two quiet days, one within a year of the session that is told of and one before."""
EACH = ["^IXIC", "^RUT", "^DJI"]
FAULTS = [
    # name, edits by symbol, findings
    ("bars are weekly", {"^RUT": [weekly]}, ["spacing block ^RUT 2025-01-10"]),
    ("bars of a coin are weekly", {"BTC-USD": [weekly]}, ["spacing block BTC-USD 2025-01-10"]),
    (
        "a sector fund is less its dividends, beside one as traded",
        {"XLK": [adjusted], "XLE": []},
        ["adjustment warn XLK 2025-01-10", "off_grid info XLK 2025-01-10"],
    ),
    ("bars are hourly", {"NVDA": [hourly]}, ["spacing block NVDA 2025-01-10"]),
    ("a session is missing", {"^GSPC": [without("2024-09-04")]}, ["gap block ^GSPC 2024-09-04"]),
    (
        "a session of a stock is missing",
        {"NVDA": [without("2024-09-04")]},
        ["gap block NVDA 2024-09-04"],
    ),
    (
        "a session of an option exchange is missing",
        {"^VIX": [without("2024-09-04")]},
        ["gap block ^VIX 2024-09-04"],
    ),
    (
        "a session of a future is missing",
        {"CL=F": [without("2024-09-04")]},
        ["gap block CL=F 2024-09-04"],
    ),
    (
        "two sessions are missing",
        {"XLK": [without("2024-09-04", NOW)]},
        ["gap block XLK 2024-09-04", f"gap block XLK {NOW}"],
    ),
    (
        "a Saturday of a coin is missing",
        {"BTC-USD": [without("2024-09-07")]},
        ["gap block BTC-USD 2024-09-07"],
    ),
    (
        "the session before the last is missing",
        {"^RUT": [without("2025-01-08")]},
        ["gap block ^RUT 2025-01-08"],
    ),
    (
        "an old session is missing",
        {"^GSPC": [without("2023-09-06")]},
        ["gap warn ^GSPC 2023-09-06"],
    ),
    (
        "the oldest that counts is missing",
        {"^GSPC": [without("2024-01-04")]},
        ["gap block ^GSPC 2024-01-04"],
    ),
    (
        "the newest that does not is missing",
        {"^GSPC": [without("2024-01-03")]},
        ["gap warn ^GSPC 2024-01-03"],
    ),
    (
        "a day of mourning is told",
        {"^GSPC": [extra("2025-01-09")]},
        ["not_a_session block ^GSPC 2025-01-09"],
    ),
    (
        "a stock has a day of mourning",
        {"NVDA": [extra("2025-01-09")]},
        ["not_a_session block NVDA 2025-01-09"],
    ),
    (
        "a fund has a Saturday",
        {"MDY": [extra("2024-10-05")]},
        ["not_a_session block MDY 2024-10-05"],
    ),
    (
        "an old holiday is told",
        {"XLK": [extra("2023-09-04")]},
        ["not_a_session warn XLK 2023-09-04"],
    ),
    (
        "other exchanges open on some holidays",
        {"^VIX": [extra("2025-01-09")], "CL=F": [extra("2025-01-09")]},
        [],
    ),
    (
        "the newest session is missing",
        {"^DJI": [until("2025-01-08")]},
        ["stale block ^DJI 2025-01-08"],
    ),
    (
        "the newest week is missing",
        {"CL=F": [until("2025-01-03")]},
        ["stale block CL=F 2025-01-03"],
    ),
    (
        "the day before of a coin is missing",
        {"BTC-USD": [until("2025-01-08")]},
        ["stale block BTC-USD 2025-01-08"],
    ),
    ("a coin's day is not over", {"BTC-USD": [until("2025-01-09")]}, []),
    ("a series ended long ago", {"MDY": [until("2023-12-01")]}, ["stale block MDY 2023-12-01"]),
    (
        "a day is told twice, otherwise",
        {"^GSPC": [again(NOW, 1.002)]},
        [f"duplicate block ^GSPC {NOW}"],
    ),
    (
        "a coin's day is told twice, otherwise",
        {"BTC-USD": [again("2024-10-05", 0.99)]},
        ["duplicate block BTC-USD 2024-10-05"],
    ),
    (
        "an old day is told twice, otherwise",
        {"NVDA": [again(THEN, 1.002)]},
        [f"duplicate warn NVDA {THEN}"],
    ),
    ("a row is there twice", {"^GSPC": [again(NOW)]}, [f"repeated_row info ^GSPC {NOW}"]),
    (
        "a row is there three times",
        {"MDY": [again(NOW), again(NOW)]},
        [f"repeated_row info MDY {NOW}"],
    ),
    (
        "a close is zero",
        {"^GSPC": [put(NOW, close=0.0)]},
        [f"non_positive block ^GSPC {NOW}"],
    ),
    (
        "a close is negative",
        {"NVDA": [put(NOW, close=-5.0)]},
        [f"non_positive block NVDA {NOW}"],
    ),
    (
        "a close is no number",
        {"^VIX": [put(NOW, close=np.nan)]},
        [f"gap block ^VIX {NOW}", f"non_positive block ^VIX {NOW}"],
    ),
    (
        "a close is infinite",
        {"XLK": [put(NOW, close=np.inf)]},
        [f"gap block XLK {NOW}", f"non_positive block XLK {NOW}"],
    ),
    (
        "an old close is zero",
        {"BTC-USD": [put(THEN, close=0.0)]},
        [f"non_positive warn BTC-USD {THEN}"],
    ),
    ("oil settles below zero", {"CL=F": [put(NOW, close=-37.63, low=-40.32)]}, []),
    (
        "oil is no number",
        {"CL=F": [put(NOW, close=np.nan)]},
        [f"gap block CL=F {NOW}", f"non_positive block CL=F {NOW}"],
    ),
    (
        "the newest close is zero",
        {"^RUT": [put("2025-01-10", close=0.0)]},
        ["non_positive block ^RUT 2025-01-10", "stale block ^RUT 2025-01-08"],
    ),
    ("a close is above the high", {"^GSPC": [times(NOW, close=1.03)]}, [f"ohlc block ^GSPC {NOW}"]),
    ("a close is below the low", {"CL=F": [times(NOW, close=0.97)]}, [f"ohlc block CL=F {NOW}"]),
    ("the low is above the high", {"NVDA": [swapped(NOW)]}, [f"ohlc block NVDA {NOW}"]),
    ("a low is zero", {"BTC-USD": [put(NOW, low=0.0)]}, [f"ohlc block BTC-USD {NOW}"]),
    (
        "an old close is above the high",
        {"MDY": [times(THEN, close=1.02)]},
        [f"ohlc warn MDY {THEN}"],
    ),
    ("an open is above the high", {"^GSPC": [times(NOW, open=1.05)]}, [f"ohlc warn ^GSPC {NOW}"]),
    ("an open is below the low", {"XLK": [times(NOW, open=0.9)]}, [f"ohlc warn XLK {NOW}"]),
    (
        "highs and lows are not known",
        {"^RUT": [put(NOW, high=np.nan, low=np.nan)], "NVDA": [put(NOW, open=np.nan)]},
        [],
    ),
    ("a stock rises by a fifth", {"NVDA": [step(NOW, 1.2)]}, [f"outlier warn NVDA {NOW}"]),
    ("a fund fell by a seventh", {"MDY": [step(NOW, 0.85)]}, [f"outlier warn MDY {NOW}"]),
    (
        "a fund falls by a seventh",
        {"MDY": [step("2025-01-10", 0.85)]},
        ["unconfirmed block MDY 2025-01-10"],
    ),
    ("a coin falls by a quarter", {"BTC-USD": [step(NOW, 0.75)]}, [f"outlier warn BTC-USD {NOW}"]),
    ("oil rose by a fifth", {"CL=F": [step(NOW, 1.2)]}, [f"outlier warn CL=F {NOW}"]),
    (
        "oil rises by a fifth",
        {"CL=F": [step("2025-01-10", 1.2)]},
        ["unconfirmed block CL=F 2025-01-10"],
    ),
    ("volatility doubles", {"^VIX": [step(NOW, 2)]}, [f"outlier warn ^VIX {NOW}"]),
    (
        "a stock rose by a fifth long ago",
        {"NVDA": [step(THEN, 1.2)]},
        [f"outlier warn NVDA {THEN}"],
    ),
    (
        "an index rises by a fifth alone",
        {"^GSPC": [step(NOW, 1.2)]},
        [f"outlier block ^GSPC {NOW}"],
    ),
    (
        "an index rose by a fifth alone long ago",
        {"^GSPC": [step(THEN, 1.2)]},
        [f"outlier warn ^GSPC {THEN}"],
    ),
    ("an index halves alone", {"^RUT": [step(NOW, 0.5)]}, [f"outlier block ^RUT {NOW}"]),
    ("an index falls far alone", {"^DJI": [step(NOW, 0.88)]}, [f"outlier warn ^DJI {NOW}"]),
    (
        "all indexes fall far",
        {name: [step(NOW, 0.86)] for name in INDEXES},
        [f"outlier warn {name} {NOW}" for name in INDEXES],
    ),
    (
        "another index rises with it",
        {"^GSPC": [step(NOW, 1.2)], "^IXIC": [step(NOW, 1.055)]},
        [f"outlier warn ^GSPC {NOW}"],
    ),
    (
        "an index rises as the others fall",
        {"^GSPC": [step(NOW, 1.2)], **{name: [step(NOW, 0.95)] for name in EACH}},
        [f"outlier block ^GSPC {NOW}"],
    ),
    *(
        (
            f"a stock is split {k} for 1",
            {"NVDA": [step(NOW, 1 / k)]},
            [f"split_like block NVDA {NOW}"],
        )
        for k in (2, 3, 4, 10, 20)
    ),
    *(
        (f"a stock is merged 1 for {k}", {"NVDA": [step(NOW, k)]}, [f"split_like block NVDA {NOW}"])
        for k in (2, 3, 4, 10, 20)
    ),
    *(
        (f"a fund is split {k} for 1", {"MDY": [step(NOW, 1 / k)]}, [f"split_like block MDY {NOW}"])
        for k in (2, 10)
    ),
    *(
        (f"a sector is merged 1 for {k}", {"XLK": [step(NOW, k)]}, [f"split_like block XLK {NOW}"])
        for k in (3, 4, 20)
    ),
    *(
        (f"a stock is merged 1 for {k}", {"NVDA": [step(NOW, k)]}, [f"split_like block NVDA {NOW}"])
        for k in (6, 7, 12)
    ),
    (
        "a stock is split 2 for 1 as it rises",
        {"NVDA": [step(NOW, 0.515)]},
        [f"split_like block NVDA {NOW}"],
    ),
    (
        "a stock is split 20 for 1 as it rises",
        {"NVDA": [step(NOW, 0.053)]},
        [f"split_like block NVDA {NOW}"],
    ),
    ("a stock was split long ago", {"NVDA": [step(THEN, 0.1)]}, [f"split_like warn NVDA {THEN}"]),
    ("an index is ten times as high", {"^GSPC": [step(NOW, 10)]}, [f"scale block ^GSPC {NOW}"]),
    ("an index is a hundredth", {"^IXIC": [step(NOW, 0.01)]}, [f"scale block ^IXIC {NOW}"]),
    ("a coin is in cents", {"BTC-USD": [step(NOW, 100)]}, [f"scale block BTC-USD {NOW}"]),
    ("oil is ten times as dear", {"CL=F": [step(NOW, 10)]}, [f"scale block CL=F {NOW}"]),
    (
        "volatility is a tenth for a day",
        {"^VIX": [once(NOW, 0.1)]},
        [f"scale block ^VIX {NOW}", "scale block ^VIX 2024-10-07"],
    ),
    ("a stock is in thousandths", {"NVDA": [step(NOW, 1000)]}, [f"scale block NVDA {NOW}"]),
    ("oil was in cents long ago", {"CL=F": [step(THEN, 100)]}, [f"scale warn CL=F {THEN}"]),
    (
        "an index is ten times as high for a day",
        {"^GSPC": [once(NOW, 10)]},
        [f"scale block ^GSPC {NOW}", "scale block ^GSPC 2024-10-07", f"spike block ^GSPC {NOW}"],
    ),
    (
        "an index leaps for a day",
        {"^RUT": [once(NOW, 1.15)]},
        [f"outlier block ^RUT {NOW}", "outlier block ^RUT 2024-10-07", f"spike block ^RUT {NOW}"],
    ),
    (
        "an index leapt for a day long ago",
        {"^RUT": [once(THEN, 0.8)]},
        [f"outlier warn ^RUT {THEN}", "outlier warn ^RUT 2023-10-31", f"spike warn ^RUT {THEN}"],
    ),
    (
        "all indexes leap for a day",
        {name: [once(NOW, 0.86)] for name in INDEXES},
        [f"outlier warn {name} {day}" for name in INDEXES for day in (NOW, "2024-10-07")],
    ),
    (
        "an index closes three times at one level",
        {"^IXIC": [repeated(NOW, 2)]},
        [
            "frozen block ^IXIC 2024-10-07",
            "frozen block ^IXIC 2024-10-08",
            "repeated_close warn ^IXIC 2024-10-08",
        ],
    ),
    (
        "an index closes four times at one level",
        {"^IXIC": [repeated(NOW, 3)]},
        [
            "frozen block ^IXIC 2024-10-07",
            "frozen block ^IXIC 2024-10-08",
            "frozen block ^IXIC 2024-10-09",
            "repeated_close warn ^IXIC 2024-10-08",
            "repeated_close warn ^IXIC 2024-10-09",
        ],
    ),
    (
        "two closes at one level are chance, and a stock's three",
        {"^IXIC": [same_close(NOW, 1)], "NVDA": [same_close(NOW, 2)]},
        [],
    ),
    (
        "an old bar of a stock is told twice",
        {"NVDA": [repeated(NOW, 1)]},
        ["frozen warn NVDA 2024-10-07"],
    ),
    (
        "a fresh bar of a stock is told twice",
        {"NVDA": [repeated("2025-01-08", 1)]},
        ["frozen block NVDA 2025-01-10"],
    ),
    (
        "a bar that is told twice is no chance",
        {"^IXIC": [repeated(NOW, 1)]},
        ["frozen block ^IXIC 2024-10-07"],
    ),
    ("an index is dated a day early", {"^GSPC": [shifted]}, ["tz_shift block ^GSPC 2025-01-09"]),
    ("a stock is dated a day early", {"NVDA": [shifted]}, ["tz_shift block NVDA 2025-01-09"]),
    ("volatility is dated a day early", {"^VIX": [shifted]}, ["tz_shift block ^VIX 2025-01-09"]),
    (
        "an index closes at its low",
        {"^RUT": [put(NOW, low="close")]},
        [f"close_at_low info ^RUT {NOW}"],
    ),
    (
        "an index closes at its high",
        {"^GSPC": [put(NOW, open="close", high="close")]},
        [f"close_at_low info ^GSPC {NOW}"],
    ),
    ("a stock closes at its low", {"NVDA": [put(NOW, low="close")]}, []),
    *(
        (f"{name} is adjusted", {name: [adjusted]}, [f"off_grid info {name} 2025-01-10"])
        for name in ("NVDA", "MDY", "XLK")
    ),
    ("an index has no cents to keep to", {"^GSPC": [adjusted], "BTC-USD": [adjusted]}, []),
    (
        "much is wrong with one index",
        {
            "^GSPC": [
                without("2024-09-04"),
                extra("2025-01-09"),
                again("2024-11-06"),
                times("2024-12-02", close=1.03),
                step(THEN, 1.3),
            ]
        },
        [
            "gap block ^GSPC 2024-09-04",
            "not_a_session block ^GSPC 2025-01-09",
            "ohlc block ^GSPC 2024-12-02",
            f"outlier warn ^GSPC {THEN}",
            "repeated_row info ^GSPC 2024-11-06",
        ],
    ),
    (
        "two things are wrong with one day",
        {"NVDA": [step(NOW, 0.5), times(NOW, high=0.8)]},
        [f"ohlc block NVDA {NOW}", f"split_like block NVDA {NOW}"],
    ),
    (
        "something is wrong with each",
        {
            "^GSPC": [without("2024-09-04")],
            "^RUT": [until("2025-01-08")],
            "NVDA": [step(NOW, 0.25), adjusted],
            "MDY": [again(THEN, 1.01)],
            "XLK": [extra("2024-07-04")],
            "BTC-USD": [put("2024-12-25", close=-1.0)],
            "^VIX": [step(NOW, 0.1)],
            "CL=F": [shifted],
        },
        [
            "duplicate warn MDY 2023-10-30",
            "gap block ^GSPC 2024-09-04",
            "non_positive block BTC-USD 2024-12-25",
            "not_a_session block XLK 2024-07-04",
            "off_grid info NVDA 2025-01-10",
            f"scale block ^VIX {NOW}",
            f"split_like block NVDA {NOW}",
            "stale block ^RUT 2025-01-08",
            "tz_shift block CL=F 2025-01-09",
        ],
    ),
]
RATES = [
    # name, percents by series and day, findings
    ("nothing", {}, []),
    (
        "a rate is in basis points",
        {("DGS10", NOW): 420.0},
        [f"unit block DGS10 {NOW}", "unit block DGS10 2024-10-07"],
    ),
    (
        "a rate leaps for a day",
        {("DGS2", NOW): 8.0},
        [f"unit block DGS2 {NOW}", "unit block DGS2 2024-10-07"],
    ),
    (
        "the newest rate is far below zero",
        {("DFF", "2025-01-10"): -3.0},
        ["unit block DFF 2025-01-10"],
    ),
    (
        "a rate was in basis points long ago",
        {("DGS10", THEN): 420.0},
        [f"unit warn DGS10 {THEN}", "unit warn DGS10 2023-10-31"],
    ),
    (
        "two rates are off",
        {("DGS10", "2025-01-10"): 42.0, ("DFF", "2025-01-10"): 0.04},
        ["unit block DFF 2025-01-10", "unit block DGS10 2025-01-10"],
    ),
]
STORED = [
    # name, what is told after a whole ^GSPC: the source, whether it is final, {day: times};
    # findings
    ("nothing", [], []),
    (
        "a source corrects a day",
        [("Yahoo Finance", True, {NOW: 1.002})],
        [f"restated warn ^GSPC {NOW}"],
    ),
    (
        "a source corrects two days",
        [("Yahoo Finance", True, {NOW: 1.002, THEN: 0.999})],
        [f"restated warn ^GSPC {THEN}", f"restated warn ^GSPC {NOW}"],
    ),
    (
        "a source corrects its history",
        [("Yahoo Finance", True, dict.fromkeys([*map(str, MARKET.sessions)], 1.002))],
        ["restated warn ^GSPC 2025-01-10"],
    ),
    ("a source says the same again", [("Yahoo Finance", True, {NOW: 1.0})], []),
    (
        "a session is not over",
        [("Yahoo Finance", False, {"2025-01-13": 1.0})],
        ["live_bar info ^GSPC 2025-01-13"],
    ),
    (
        "two sources differ on the newest session",
        [("Cboe", True, {"2025-01-10": 1.0006})],
        ["cross_source block ^GSPC 2025-01-10"],
    ),
    (
        "a correction and a running session",
        [("Yahoo Finance", True, {NOW: 1.002}), ("Yahoo Finance", False, {"2025-01-13": 1.0})],
        ["live_bar info ^GSPC 2025-01-13", f"restated warn ^GSPC {NOW}"],
    ),
]


def named(table):
    """The rows of *table* as parameters that go by their names."""
    return [pytest.param(*row[1:], id=row[0]) for row in table]


@pytest.mark.parametrize(("faults", "findings"), named(FAULTS))
def test_a_fault_in_prices_is_found(faults, findings):
    """As what it is, on its series and its day, and nothing else is."""
    beside = INDEXES if any(symbol in INDEXES for symbol in faults) else ()
    assert told(verify(market(faults, beside), DUE)) == sorted(findings)


@pytest.mark.parametrize(("faults", "findings"), named(RATES))
def test_a_fault_in_rates_is_found(faults, findings):
    """The day on which a rate is no rate, or is far from the day before."""
    walk = {day.isoformat(): round(percent, 2) for day, percent in MARKET.closes("^TNX").items()}
    table = pd.DataFrame(
        {
            name: {day: faults.get((name, day), percent) for day, percent in walk.items()}
            for name in ("DFF", "DGS2", "DGS10")
        }
    )
    table.index = pd.to_datetime(table.index)
    assert told(rates(table)) == sorted(findings)


@pytest.mark.parametrize(("later", "findings"), named(STORED))
def test_a_fault_in_what_a_store_was_told_is_found(tmp_path, later, findings):
    """What was told otherwise before, or elsewhere, or too soon."""
    path = stored(tmp_path, {"^GSPC": []})
    bars = {
        str(row.date()): list(prices)
        for row, *prices in clean("^GSPC")[["date", *PRICES]].itertuples(index=False)
    }
    for source, final, days in later:
        rows = [
            Bar(
                dt.date.fromisoformat(day),
                *(p * by for p in bars.get(day, bars["2025-01-10"])),
                None,
            )
            for day, by in days.items()
        ]
        store.append(path, [fetched("^GSPC", rows, source, dt.date.max if final else DUE)])
    assert told(verify_store(path, DUE)) == sorted(findings)


@pytest.mark.parametrize(("days", "seen"), [(5, True), (6, False)])
def test_sources_that_differ_are_reported_for_five_days(tmp_path, days, seen):
    """On the newest session that both have told."""
    path = stored(tmp_path, {"^GSPC": []})
    *prices, close = clean("^GSPC")[PRICES].iloc[-1]
    told_by = [fetched("^GSPC", [Bar(DUE, *prices, close * 1.01, None)], "Cboe", dt.date.max)]
    store.append(path, told_by)
    found = verify_store(path, DUE + dt.timedelta(days=days))
    assert ("cross_source" in {one.check for one in found}) is seen


@pytest.mark.parametrize(("count", "shown", "others"), [(5, 5, ""), (6, 1, "so are 5 other days")])
def test_more_than_five_corrected_days_are_one_finding(tmp_path, count, shown, others):
    """It says how many others there are."""
    path = stored(tmp_path, {"^GSPC": []})
    rows = [
        Bar(day.date(), *(price * 1.002 for price in prices), None)
        for day, *prices in clean("^GSPC")[["date", *PRICES]].tail(count).itertuples(index=False)
    ]
    store.append(path, [fetched("^GSPC", rows, final=dt.date.max)])
    found = [one.detail for one in verify_store(path, DUE) if one.check == "restated"]
    assert len(found) == shown
    assert [detail.partition("; ")[2] for detail in found] == [others] * shown


@pytest.mark.parametrize("symbol", KINDS)
def test_a_clean_series_gives_no_finding(symbol):
    """Of every kind, beside the indexes."""
    assert verify(market({symbol: []}, INDEXES), DUE) == []


def test_an_index_that_is_told_alone_is_not_doubted_for_it():
    """There is no other that could have moved with it."""
    assert told(verify(market({"^GSPC": [step(NOW, 1.2)]}), DUE)) == [f"outlier warn ^GSPC {NOW}"]


def test_the_order_of_rows_does_not_matter():
    """The newest day first."""
    frame = market({"^GSPC": [without("2024-09-04"), step(NOW, 1.2)]}, INDEXES)
    assert told(verify(frame[::-1], DUE)) == told(verify(frame, DUE))


def test_every_check_has_a_planted_fault():
    """A check that is added without one has not been seen to find anything."""
    found = {
        finding.split()[0] for *_, findings in (*FAULTS, *RATES, *STORED) for finding in findings
    }
    assert found | FOUND | OF_CURRENCIES | OF_PRINTS == set(CHECKS)


def test_there_are_many_faults():
    """At least forty, on every kind of instrument, some in the fresh year and some before it."""
    findings = [finding.split() for _, _, findings in FAULTS for finding in findings]
    assert sum(bool(findings) for *_, findings in (*FAULTS, *RATES, *STORED)) >= 40
    assert {symbol for _, _, symbol, _ in findings} == set(KINDS)
    assert {severity for _, severity, _, _ in findings} == {"block", "warn", "info"}


# Briefs of a dataset
# ----------------------------------------------------------------------------------------------

MOMENT = calendar.resolve("2025-01-10", AT)
HALVED = {"NVDA": [step(NOW, 0.5)]}
STANDS = (
    f'symbol = "NVDA"\ncheck = "split_like"\nday = {NOW}\nreason = "it did fall by half"\nperson ='
    ' "A. Editor"\n'
)


@pytest.fixture
def folder(tmp_path):
    """``folder(faults, accepted)`` is a dataset of daily bars.

    The four indexes and what has *faults*, with an entry of what is *accepted*.
    """

    def build(faults, accepted=""):
        market(faults, INDEXES).to_csv(tmp_path / "daily.csv", index=False)
        described = (
            'name = "Small market"\n\n[[files]]\npath = "daily.csv"\nrole = "daily_bars"\nsource ='
            ' "a test"\n'
        )
        (tmp_path / "dataset.toml").write_text(
            described + (f"\n[[accepted]]\n{accepted}" if accepted else "")
        )
        return tmp_path

    return build


def taken(folder, *required, symbols=KINDS):
    """What a brief of Jan. 10, 2025 is handed."""
    return take(open_dataset(folder), MOMENT, symbols, required)


def test_a_clean_market_is_told_whole(folder):
    """Every series is there, and nothing is held back."""
    snapshot = taken(folder({name: [] for name in KINDS}), "^GSPC", "NVDA")
    assert (set(snapshot.closes), snapshot.blocked, snapshot.accepted) == (set(KINDS), [], [])


@pytest.mark.parametrize(
    ("symbol", "fault", "check", "day"),
    [
        ("^RUT", without("2024-09-04"), "gap", "2024-09-04"),
        ("^RUT", step(NOW, 1.2), "outlier", NOW),
        ("^RUT", times(NOW, close=1.03), "ohlc", NOW),
        ("NVDA", step(NOW, 0.5), "split_like", NOW),
    ],
)
def test_a_required_series_with_a_fault_is_refused(folder, symbol, fault, check, day):
    """With the symbol, the day, the check, and what to do."""
    with pytest.raises(BadData) as refused:
        taken(folder({symbol: [fault]}), symbol)
    assert refused.value.subject == symbol
    message = str(refused.value)
    assert message.startswith(f"{symbol} {day}: {check}: ")
    assert message.endswith("Correct the data, or accept it with a reason: reportgen data accept.")


def test_an_optional_series_with_a_fault_is_left_out(folder):
    """The rest is told; why it is not there can be read."""
    snapshot = taken(folder(HALVED), "^GSPC")
    assert set(snapshot.closes) == set(INDEXES)
    assert told(snapshot.blocked) == [f"split_like block NVDA {NOW}"]
    assert not {"NVDA"} & {*snapshot.sources, *snapshot.ranges, *snapshot.levels}


def test_a_series_is_left_out_for_each_of_its_faults(folder):
    """All of them can be read, and a warning is none."""
    faults = {
        "NVDA": [step(NOW, 0.5), without("2024-12-02")],
        "MDY": [without("2024-09-04")],
        "CL=F": [step(NOW, 1.1)],
    }
    snapshot = taken(folder(faults), "^GSPC")
    assert set(snapshot.closes) == {*INDEXES, "CL=F"}
    assert told(snapshot.blocked) == [
        "gap block MDY 2024-09-04",
        "gap block NVDA 2024-12-02",
        f"split_like block NVDA {NOW}",
    ]


def test_an_old_fault_keeps_nothing_out(folder):
    """A split of more than a year ago."""
    snapshot = taken(folder({"NVDA": [step(THEN, 0.5)]}), "NVDA")
    assert (set(snapshot.closes), snapshot.blocked) == ({*INDEXES, "NVDA"}, [])


def test_a_fault_after_the_session_keeps_nothing_out(folder):
    """A brief of the evening before does not know of it."""
    dataset = open_dataset(folder({"NVDA": [step("2025-01-10", 0.5)]}))
    evening = calendar.resolve("2025-01-08", AT)
    assert (
        take(dataset, evening, KINDS, ["NVDA"]).blocked,
        told(take(dataset, MOMENT, KINDS, []).blocked),
    ) == ([], ["split_like block NVDA 2025-01-10"])


@pytest.mark.parametrize("required", [(), ("NVDA",)], ids=["optional", "required"])
def test_what_a_person_accepted_stands(folder, required):
    """The series is told, and who let it stand can be read."""
    snapshot = taken(folder(HALVED, STANDS), *required)
    assert "NVDA" in snapshot.closes
    assert snapshot.blocked == []
    assert [(a.symbol, a.check, a.person, a.reason) for a in snapshot.accepted] == [
        ("NVDA", "split_like", "A. Editor", "it did fall by half")
    ]


def test_an_accepted_price_below_zero_is_told(folder):
    """As it stands in the file; what is no number stays out, accepted or not."""
    stands = STANDS.replace("split_like", "non_positive")
    negative = taken(folder({"NVDA": [put(NOW, close=-5.0)]}, stands))
    assert (negative.blocked, negative.closes["NVDA"][NOW]) == ([], -5.0)
    assert [a.check for a in negative.accepted] == ["non_positive"]
    nothing = taken(folder({"NVDA": [put(NOW, close=np.nan)]}, stands))
    assert told(nothing.blocked) == [f"gap block NVDA {NOW}"]


def test_oil_below_zero_is_told_and_its_changes_are_not(folder):
    """Neither that to the price below zero, nor that from it."""
    faults = {"CL=F": [put(NOW, close=-37.63, low=-40.32)]}
    closes = taken(folder(faults)).closes["CL=F"]
    assert closes[NOW] == -37.63
    days = [str(day.date()) for day in closes.index.difference(changes(closes).index)]
    assert days == [str(closes.index[0].date()), NOW, "2024-10-07"]


@pytest.mark.parametrize("closes", [[1.0, -1.0], [-1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [-2.0, -1.0]])
def test_no_change_is_told_across_a_price_that_is_not_above_zero(closes):
    """Of a day, or of a longer window."""
    days = pd.DatetimeIndex(["2025-01-08", "2025-01-10"])
    series = pd.Series(closes, index=days, name="CL=F")
    with pytest.raises(NoData, match="is not above zero; no change is told"):
        returns.day(series)
    with pytest.raises(NoData, match="is not above zero; no change is told"):
        returns.since(series, dt.date(2025, 1, 9))


def test_a_repeated_row_keeps_its_series(folder):
    """Of two different rows of one day, neither is believed."""
    snapshot = taken(folder({"NVDA": [again(NOW)], "MDY": [again(NOW, 1.01)]}))
    assert told(snapshot.blocked) == [f"duplicate block MDY {NOW}"]
    assert snapshot.closes["NVDA"].index.is_unique
    assert "MDY" not in snapshot.closes


@pytest.mark.parametrize("fault", [put(THEN, close=0.0), again(THEN, 1.01)])
def test_an_old_fault_of_an_index_keeps_it_out(folder, fault):
    """A record may be any year's; of a stock, the row alone is left out."""
    snapshot = taken(folder({"^RUT": [fault], "NVDA": [fault]}))
    assert {defect.symbol for defect in snapshot.blocked} == {"^RUT"}
    assert (snapshot.closes["NVDA"] > 0).all()
    with pytest.raises(BadData, match=r"daily\.csv"):
        taken(folder({"^RUT": [fault]}), "^RUT")


@pytest.mark.parametrize(
    ("old", "new"),
    [(NOW, "2024-10-03"), ("NVDA", "MDY"), ("split_like", "outlier")],
    ids=["another day", "another symbol", "another check"],
)
def test_what_is_accepted_elsewhere_does_not_cover_a_fault(folder, old, new):
    """Only the finding itself does, and only what was found is told as accepted."""
    snapshot = taken(folder(HALVED, STANDS.replace(old, new)))
    assert (told(snapshot.blocked), snapshot.accepted) == ([f"split_like block NVDA {NOW}"], [])


def test_one_accepted_fault_does_not_cover_another(folder):
    """Each is looked at by itself."""
    snapshot = taken(folder({"NVDA": [step(NOW, 0.5), without("2024-12-02")]}, STANDS))
    assert told(snapshot.blocked) == ["gap block NVDA 2024-12-02"]
    assert "NVDA" not in snapshot.closes


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"split_like"', '"split"', "there is no check 'split'. Did you mean 'split_like'"),
        ('"split_like"', '["split_like"]', r'check = \["split_like"\] is not a text'),
        ('"it did fall by half"', '""', "reason says why the finding may stand"),
        ('"it did fall by half"', '"  "', "reason says why the finding may stand"),
        (NOW, f'"{NOW}"', f'day = "{NOW}" is not a day; write day = 2025-01-08'),
        (NOW, f"{NOW}T00:00:00", "T00:00:00 is not a day"),
        ('reason = "it did fall by half"\n', "", r"'reason' is missing below \[\[accepted\]\]"),
        ('person = "A. Editor"\n', "", r"'person' is missing below \[\[accepted\]\]"),
        ("person", "by", r"unknown 'by' below \[\[accepted\]\]. Known: .*person"),
        ('"NVDA"', "7", "symbol = 7 is not a text"),
    ],
)
def test_an_acceptance_that_is_off_is_refused(folder, old, new, words):
    """With the file, the line, and what an entry is."""
    path = folder(HALVED, STANDS.replace(old, new))
    with pytest.raises(BadData, match=rf"dataset\.toml, line \d+: .*{words}"):
        open_dataset(path)


HUGE = {"NVDA": [step("2025-01-08", 0.7)]}


@pytest.mark.parametrize(
    ("second", "blocked"),
    [
        (None, ["unconfirmed block NVDA 2025-01-08"]),
        (1.0, []),
        (1.2, ["cross_source", "unconfirmed"]),
    ],
    ids=["no second source", "one that agrees", "one that does not"],
)
def test_a_second_source_bears_out_a_huge_move(folder, second, blocked):
    """A fall of 30% stays out of a brief until somebody else tells the same close."""
    path = folder(HUGE)
    if second:
        close = market(HUGE).iloc[-1]["close"] * second
        (path / "second.csv").write_text(f"date,symbol,close\n{DUE},NVDA,{close}\n")
        with (path / "dataset.toml").open("a") as description:
            description.write(
                '\n[[files]]\npath = "second.csv"\nrole = "confirmations"\nsource = "another"\n'
            )
    found = told(taken(path).blocked)
    assert [one[: len(words)] for one, words in zip(found, blocked, strict=True)] == blocked


@pytest.mark.parametrize(
    ("end", "kind", "blocked"),
    [
        ("2025-01-29", "regular", []),
        ("2025-01-13", "regular", ["fed_table block meetings 2025-01-13"]),
        ("2025-01-13", "unscheduled", []),
        ("2099-01-13", "regular", []),
    ],
    ids=["as the Fed has it", "another day", "an unscheduled one", "a year not listed yet"],
)
def test_a_meeting_that_the_fed_does_not_list_is_not_told(folder, end, kind, blocked):
    """Nor is any other of its table, and the brief says why."""
    path = folder({})
    start = dt.date.fromisoformat(end) - dt.timedelta(days=1)
    (path / "meetings.csv").write_text(f"start,end,type\n{start},{end},{kind}\n")
    with (path / "dataset.toml").open("a") as description:
        description.write('\n[[files]]\npath = "meetings.csv"\nrole = "meetings"\nsource = "us"\n')
    snapshot = taken(path)
    assert told(snapshot.blocked) == blocked
    if blocked:
        with pytest.raises(NoData, match=r"fed_table: .* the nearest one is from 2025-01-28"):
            Market(snapshot).due()


def test_a_rate_that_leaps_is_left_out(folder):
    """As a price would be: the ten-year yield of 4.2% is 8.2% for a day."""
    path = folder({})
    rows = [f"{day},DGS10,{8.2 if str(day) == '2025-01-10' else 4.2}" for day in MARKET.sessions]
    (path / "rates.csv").write_text("\n".join(["date,series,value", *rows, ""]))
    with (path / "dataset.toml").open("a") as description:
        description.write('\n[[files]]\npath = "rates.csv"\nrole = "rates"\nsource = "a test"\n')
    assert told(verify_dataset(open_dataset(path), DUE)) == ["unit block DGS10 2025-01-10"]
    snapshot = taken(path, "^GSPC")
    assert (told(snapshot.blocked), "DGS10" in snapshot.rates) == (
        ["unit block DGS10 2025-01-10"],
        False,
    )


# The store
# ------------------------------------------------------------------------------


def fetched(symbol, rows, source="Yahoo Finance", final=None, role="daily_bars"):
    """What a source brought of one series."""
    reply = Reply(
        url="http://localhost/", status=200, at=AT, body=repr((symbol, source, rows)).encode()
    )
    return store.Fetched(
        provider=source.lower(),
        source=source,
        terms="",
        role=role,
        symbol=symbol,
        replies=(reply,),
        rows=rows,
        final=final,
    )


def stored(folder, faults):
    """A store of the S&P 500 and of what has *faults*."""
    path = folder / "store.duckdb"
    frame = market(faults, ["^GSPC"])
    by_symbol = {
        symbol: rows[["date", *PRICES]].itertuples(index=False)
        for symbol, rows in frame.groupby("symbol")
    }
    store.append(
        path,
        [
            fetched(symbol, [Bar(day.date(), *prices, None) for day, *prices in rows])
            for symbol, rows in by_symbol.items()
        ],
    )
    return path


def acceptance(**others):
    """That of NVDA's fall, but for *others*."""
    given = {
        "symbol": "NVDA",
        "check": "split_like",
        "day": dt.date.fromisoformat(NOW),
        "reason": "it did",
        "person": "A. Editor",
    }
    return Acceptance(**given | others)


@pytest.mark.parametrize(
    ("symbol", "fault", "finding"),
    [
        ("NVDA", step(NOW, 0.5), f"split_like block NVDA {NOW}"),
        ("^RUT", extra("2025-01-09"), "not_a_session block ^RUT 2025-01-09"),
        ("^RUT", without("2025-01-08"), "gap block ^RUT 2025-01-08"),
    ],
)
def test_a_fault_in_a_store_keeps_a_series_out(tmp_path, symbol, fault, finding):
    """A brief that can do without the series is told without it, one that cannot is refused."""
    path = stored(tmp_path, {symbol: [fault]})
    assert told(verify_store(path, DUE)) == [finding]
    snapshot = taken(path, "^GSPC")
    assert (told(snapshot.blocked), symbol in snapshot.closes) == ([finding], False)
    with pytest.raises(BadData, match=finding.split()[0]):
        taken(path, symbol)


def test_an_accepted_fault_in_a_store_stands(tmp_path):
    """The finding is still one, and a brief names who let it stand."""
    path = stored(tmp_path, HALVED)
    accept(path, acceptance(), AT)
    assert told(verify_store(path, DUE)) == [f"split_like block NVDA {NOW}"]
    snapshot = taken(path, "NVDA")
    assert (snapshot.blocked, snapshot.accepted) == ([], [acceptance()])


def test_a_rate_in_a_store_is_held_against_the_checks(tmp_path):
    """As the bars are."""
    path = stored(tmp_path, {})
    rows = [Point("DGS10", day, 420.0 if day == DUE else 4.2) for day in MARKET.sessions]
    store.append(path, [fetched("DGS10", rows, "FRED (St. Louis Fed)", role="rates")])
    assert told(verify_store(path, DUE)) == ["unit block DGS10 2025-01-10"]


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"check": "split"}, r"There is no check 'split'\. Did you mean 'split_like'\?"),
        ({"reason": " "}, "Say why the finding may stand"),
    ],
)
def test_an_acceptance_that_is_off_is_not_kept(tmp_path, others, words):
    """What the store knows of acceptances stays as it was."""
    path = stored(tmp_path, HALVED)
    with pytest.raises(InvalidParameter, match=words):
        accept(path, acceptance(**others), AT)
    assert store.accepted(path, store.MOST) == []


@pytest.fixture
def asked(monkeypatch):
    """``asked(words, ...)`` is what ``reportgen data`` answers on the evening of Jan. 10, 2025."""
    monkeypatch.setattr(
        import_module("reportgen.cli.data"),
        "dt",
        SimpleNamespace(datetime=SimpleNamespace(now=lambda _: AT), UTC=dt.UTC),
    )
    return lambda *words: CliRunner().invoke(main, ["data", *map(str, words)])


def test_a_store_is_in_order_once_its_fault_is_accepted(tmp_path, asked):
    """Exit code 3, and 0 after a person let it stand; the reason is told with it."""
    path = stored(tmp_path, HALVED)
    before = asked("verify", "--store", path)
    assert (before.exit_code, before.stdout.split()[:4]) == (
        3,
        ["block", "NVDA", NOW, "split_like"],
    )
    kept = asked(
        "accept",
        "NVDA",
        "split_like",
        NOW,
        "--reason",
        "it did fall by half",
        "--by",
        "A. Editor",
        "--store",
        path,
    )
    assert (kept.exit_code, kept.stdout) == (0, f"NVDA {NOW}: split_like is accepted in {path}.\n")
    after = asked("verify", "--store", path)
    assert (after.exit_code, "accepted by A. Editor: it did fall by half" in after.stdout) == (
        0,
        True,
    )
    assert after.stdout.endswith("1 block, 0 warn, 0 info; 0 not accepted\n")


def test_a_store_with_two_faults_is_not_in_order_for_one_acceptance(tmp_path, asked):
    """The other one counts."""
    path = stored(tmp_path, HALVED | {"^RUT": [without("2024-09-04")]})
    accept(path, acceptance(), AT)
    result = asked("verify", "--store", path)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (
        3,
        "2 block, 0 warn, 0 info; 1 not accepted",
    )


def test_a_dataset_is_in_order_once_its_fault_is_accepted(folder, asked):
    """An entry in its description does what the command does for a store."""
    assert asked("verify", folder(HALVED)).exit_code == 3
    assert asked("verify", folder(HALVED, STANDS)).exit_code == 0


def test_older_findings_are_shown_where_they_are_asked_for(tmp_path, asked):
    """A warning is no reason to fail."""
    path = stored(tmp_path, {"NVDA": [step(THEN, 0.5)]})
    shown = {every: asked("verify", "--store", path, *every) for every in ((), ("--all",))}
    assert [result.exit_code for result in shown.values()] == [0, 0]
    assert [THEN in result.stdout for result in shown.values()] == [False, True]


@pytest.mark.parametrize(
    ("check", "reason", "words"),
    [("split", "it did", "Did you mean 'split_like'?"), ("gap", " ", "--reason TEXT")],
)
def test_a_command_that_accepts_amiss_is_refused(tmp_path, asked, check, reason, words):
    """In a sentence, and nothing is kept."""
    path = stored(tmp_path, HALVED)
    result = asked(
        "accept", "NVDA", check, NOW, "--reason", reason, "--by", "A. Editor", "--store", path
    )
    assert (result.exit_code == 0, words in result.stderr) == (False, True)
    assert store.accepted(path, store.MOST) == []


def test_a_folder_of_markets_that_never_close_is_due_to_its_newest_day(tmp_path):
    """No exchange says when its prices are late."""
    days = pd.date_range("2024-01-01", "2025-01-08")
    rows = pd.DataFrame({"date": days.date, "symbol": "BTC-USD"})
    rows["close"] = 50_000 * np.exp(np.random.default_rng(1).normal(0, 0.02, len(days)).cumsum())
    rows.to_csv(tmp_path / "closes.csv", index=False)
    table = 'path = "closes.csv"\nrole = "daily_bars"\nsource = "made"'
    (tmp_path / "dataset.toml").write_text(f'name = "Coins"\n\n[[files]]\n{table}\n')
    assert verify_dataset(open_dataset(tmp_path)) == []

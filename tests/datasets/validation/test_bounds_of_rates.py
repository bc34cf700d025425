"""Interest rates at, just below and just above each bound by which they are judged."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from reportgen.datasets.validation.rates import rates
from reportgen.markets import market

DAYS = pd.DatetimeIndex(market("us").calendar.sessions(dt.date(2023, 3, 1), dt.date(2025, 1, 10)))
COUNT = len(DAYS)
LAST = COUNT - 1


def walk(count=COUNT, level=4.0, step=0.01, seed=1):
    """Rates in percent that move by *step* each day, up or down."""
    ways = np.random.default_rng(seed).choice([-1, 1], count)
    return (level + step * np.cumsum(ways)).round(6)


def table(**series):
    """Rates by name, on the last days."""
    (count,) = {len(values) for values in series.values()}
    return pd.DataFrame(series, index=DAYS[-count:])


def found(told):
    """What is found on a table of rates: check, severity, series and day."""
    return {f"{one.check} {one.severity} {one.symbol} {one.day}" for one in rates(told)}


def put(values, place, value):
    """*values* with another one at *place*."""
    changed = np.array(values)
    changed[place] = value
    return changed


@pytest.mark.parametrize(
    ("value", "off"), [(-2.0, False), (-2.01, True), (25.0, False), (25.01, True)]
)
def test_a_rate_is_between_minus_2_and_25_percent(value, off):
    """Whatever it was the day before."""
    near = np.full(50, value)
    assert bool(found(table(DFF=near))) is off


@pytest.mark.parametrize(
    ("step", "off"), [(2.99, False), (3.01, True), (-2.99, False), (-3.01, True)]
)
def test_a_rate_moves_by_at_most_three_points_a_day(step, off):
    """Up or down."""
    values = put(walk(), slice(LAST, None), walk()[-2] + step)
    assert found(table(DFF=values)) == ({"unit block DFF 2025-01-10"} if off else set())


@pytest.mark.parametrize(("days", "severity"), [(372, "block"), (373, "warn")])
def test_a_wrong_rate_of_more_than_372_days_ago_is_a_warning(days, severity):
    """Counted back from the newest."""
    old = DAYS[-1] - pd.Timedelta(days=days)
    index = pd.DatetimeIndex([old - pd.Timedelta(days=1), old, *DAYS[-30:]])
    told = pd.DataFrame({"DFF": [4.0, 26.0, *walk(30)]}, index=index)
    assert f"unit {severity} DFF {old.date()}" in found(told)


@pytest.mark.parametrize(
    ("level", "share", "count", "off"),
    [
        (0.29, 1.0, 250, True),
        (0.31, 1.0, 250, False),
        (-0.29, 1.0, 250, True),
        (-0.31, 1.0, 250, False),
        (0.13, 0.51, 250, True),
        (0.13, 0.49, 250, False),
        (0.1, 1.0, 20, True),
        (0.1, 1.0, 19, False),
    ],
)
def test_a_year_of_small_rates_finer_than_a_hundredth_is_one_of_fractions(level, share, count, off):
    """All below 0.3 percent, half of them finer, in twenty at least."""
    values = np.where(np.arange(count) < round(share * count), level - 0.0021, level)
    assert bool(found(table(DFF=put(values, 0, level)))) is off


@pytest.mark.parametrize(("ago", "off"), [(250, True), (249, False)])
def test_only_the_last_250_rates_say_whether_they_are_fractions(ago, off):
    """One that is larger among them says that they are percents."""
    values = put(np.full(300, 0.1234), 300 - ago - 1, 0.5)
    assert bool(found(table(DFF=values))) is off


def stays(values, days, more=0):
    """*values* that stay on the last *days*, and on *more* days before."""
    moves = np.diff(values)
    moves[len(moves) - days + 1 :] = 0
    moves[1 : 1 + 2 * more : 2] = 0
    return values[0] + np.r_[0, np.cumsum(moves)]


def beside(kinds, days, count, more=0):
    """A rate that has *kinds* of values on the last *days*, and stays on *more* days before."""
    values = stays(walk(count, 3.0, seed=kinds), days, more)
    values[-days:] += 0.01 * np.arange(days).clip(max=kinds - 1)
    return values


@pytest.mark.parametrize(
    ("days", "more", "count", "others", "off"),
    [
        (4, 0, 201, [4, 4], False),
        (5, 0, 201, [3, 3], True),
        (5, 26, 201, [3, 3], True),
        (5, 27, 201, [3, 3], False),
        (5, 0, 28, [5, 5], True),
        (5, 0, 27, [5, 5], False),
        (5, 0, 201, [3, 2], False),
        (5, 0, 201, [3, 3, 2], True),
        (5, 0, 201, [3], True),
        (5, 0, 201, [2], False),
    ],
)
def test_a_rate_does_not_stay_for_five_days_while_others_move(days, more, count, others, off):
    """Two others, or all, have three values then; one that stays on 15 days in 100 may."""
    told = {f"OTHER{n}": beside(kinds, days, count) for n, kinds in enumerate(others)}
    values = stays(walk(count), days, more)
    assert ("frozen block DGS10 2025-01-10" in found(table(DGS10=values, **told))) is off


@pytest.mark.parametrize(("more", "off"), [(27, True), (29, False)])
def test_a_rate_that_often_stays_is_no_witness(more, off):
    """It moves on more than 85 days in 100."""
    told = table(DGS10=stays(walk(201), 5), OTHER=beside(3, 5, 201, more))
    assert ("frozen block DGS10 2025-01-10" in found(told)) is off


def curve(near, far, count=200):
    """Three yields; the changes of two are as alike to those of the longest as told."""
    rng = np.random.default_rng(4)
    basis, _ = np.linalg.qr(np.column_stack([np.ones(count - 1), rng.normal(size=(count - 1, 3))]))
    long = basis[:, 1]
    told = {
        "DGS30": long,
        "DGS10": near * long + np.sqrt(1 - near**2) * basis[:, 2],
        "DGS2": far * long + np.sqrt(1 - far**2) * basis[:, 3],
    }
    return table(**{name: 4 + np.r_[0, np.cumsum(change)] for name, change in told.items()})


@pytest.mark.parametrize(
    ("near", "far", "count", "off"),
    [
        (0.80, 0.84, 200, False),
        (0.80, 0.8495, 200, False),
        (0.80, 0.8505, 200, True),
        (0.50, 0.9, 120, True),
        (0.50, 0.9, 119, False),
    ],
)
def test_a_shorter_yield_is_not_more_like_the_longest_than_a_longer_one(near, far, count, off):
    """By 0.05 of the correlation, in 120 common days at least."""
    told = {one.rpartition(" ")[0] for one in found(curve(near, far, count))}
    assert told == ({"swapped block DGS10", "swapped block DGS2"} if off else set())


def test_two_yields_say_nothing_of_their_order():
    """There is no third to which one is more alike."""
    assert not found(curve(0.5, 0.9).drop(columns="DGS10"))


@pytest.mark.parametrize(
    ("names", "off"), [("DGS3MO DGS2 DGS10", True), ("DGS60 DGS2 DGS10", False)]
)
def test_three_months_are_a_quarter_of_a_year(names, off):
    """A yield of three months is shorter than one of two years: here the two are swapped."""
    told = curve(0.9, 0.5)
    first, second, third = names.split()
    swapped = told.rename(columns={"DGS10": first, "DGS2": second, "DGS30": third})
    assert bool(found(swapped)) is off

"""Return and risk: hand-worked values, and those of empyrical and quantstats on forty series."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pandas as pd
import pytest
from peers import COUNT, made

from reportgen.core.errors import NoData
from reportgen.statistics import drawdowns, performance

PEERS = pd.read_csv(Path(__file__).with_name("peers.csv"), index_col="series")
OURS = {
    "total": lambda levels, _: performance.total(levels),
    "volatility": lambda _, moves: performance.volatility(moves),
    "sharpe": lambda _, moves: performance.sharpe(moves),
    "sharpe_2": lambda _, moves: performance.sharpe(moves, 0.02),
    "sortino": lambda _, moves: performance.sortino(moves),
    "drawdown": lambda levels, _: drawdowns.falls(levels)[0].depth,
    "winning": lambda _, moves: performance.win_rate(moves),
    "skew": lambda _, moves: performance.skew(moves),
    "kurtosis": lambda _, moves: performance.kurtosis(moves),
    "var": lambda _, moves: performance.value_at_risk(moves),
    "cvar": lambda _, moves: performance.expected_shortfall(moves),
    "best": lambda _, moves: moves.max(),
    "worst": lambda _, moves: moves.min(),
}


@pytest.mark.parametrize("name", OURS)
def test_a_figure_is_that_of_empyrical_and_quantstats(name):
    """On each of forty series."""
    for number in range(COUNT):
        levels, _ = made(number)
        ours = OURS[name](levels, performance.changes(levels))
        assert ours == pytest.approx(PEERS[name][number], rel=1e-9, abs=1e-12), number


@pytest.mark.parametrize("name", ["beta", "alpha", "correlation"])
def test_a_figure_against_a_benchmark_is_theirs(name):
    """On each of forty pairs."""
    for number in range(COUNT):
        ours = getattr(performance.against(*made(number)), name)
        assert ours == pytest.approx(PEERS[name][number], rel=1e-9, abs=1e-12), number


def test_a_return_by_the_year_goes_by_the_calendar_and_theirs_by_252_sessions():
    """The total is the same: one is the other, to the power of the years that each counts."""
    for number in range(COUNT):
        levels, _ = made(number)
        years = (levels.index[-1] - levels.index[0]).days / 365.25
        theirs = (1 + PEERS["cagr_252"][number]) ** ((len(levels) - 1) / 252)
        assert (1 + performance.cagr(levels)) ** years == pytest.approx(theirs, rel=1e-9)
        gap = performance.calmar(levels) / performance.cagr(levels)
        told = PEERS["calmar_252"][number] / PEERS["cagr_252"][number]
        assert gap == pytest.approx(told, rel=1e-9)


def test_the_information_ratio_is_theirs_by_the_year():
    """Quantstats tells that of a day: it is times the root of 252."""
    for number in range(COUNT):
        ours = performance.against(*made(number)).information
        theirs = PEERS["information_daily"][number] * math.sqrt(252)
        assert ours == pytest.approx(theirs, rel=1e-9)


def test_the_alpha_of_empyrical_compounds_that_of_a_day():
    """Ours adds it up, as that of quantstats."""
    for number in range(COUNT):
        daily = performance.against(*made(number)).alpha / 252
        assert (1 + daily) ** 252 - 1 == pytest.approx(PEERS["alpha_compound"][number], rel=1e-7)


def test_ten_percent_a_year_is_told_as_that(series):
    """1.1 to the fourth is 1.4641, and 1,461 days are four years."""
    levels = series({"2020-01-01": 100.0, "2024-01-01": 146.41})
    assert performance.cagr(levels) == pytest.approx(0.1, rel=1e-12)


def test_a_riskless_rate_is_compounded_over_the_sessions(series):
    """A series that earns it each day has no excess; one that earns more has a Sharpe ratio."""
    daily = 1.05 ** (1 / 252) - 1
    moves = series("2025-01-06", daily, daily + 0.01, daily - 0.01)
    assert performance.excess(moves, 0.05).tolist() == pytest.approx([0.0, 0.01, -0.01])
    assert performance.sharpe(moves, 0.05) == pytest.approx(0.0, abs=1e-9)


def test_days_without_a_loss_count_as_zero_in_the_downside(series):
    """A mean of 0.5% over sqrt((0.01^2) / 4)."""
    moves = series("2025-01-06", 0.02, -0.01, 0.01, 0.0)
    assert performance.sortino(moves) == pytest.approx(0.005 / 0.005 * math.sqrt(252))


def test_what_never_closes_has_365_days_in_a_year(series):
    """A series with a Saturday in it."""
    assert performance.year_of(series({"2025-01-04": 1.0, "2025-01-06": 1.0})) == 365
    assert performance.year_of(series("2025-01-06", 1.0, 1.0)) == 252


def test_a_fall_lasts_from_its_high_until_a_close_as_high(series):
    """100 to 80 in two sessions, back at 100 in two; the later one is not over."""
    levels = series("2025-01-06", 100.0, 90.0, 80.0, 95.0, 100.0, 99.0)
    first, second = drawdowns.falls(levels)
    assert first == (dt.date(2025, 1, 6), dt.date(2025, 1, 8), dt.date(2025, 1, 10), -0.2, 4)
    assert second == (dt.date(2025, 1, 10), dt.date(2025, 1, 13), None, -0.01, 3)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda levels: performance.changes(levels.iloc[:2]), "needs three levels, 2 found"),
        (lambda levels: performance.changes(-levels), "not above zero"),
        (performance.cagr, "span 4 days; a return by the year needs 365"),
        (lambda levels: performance.sharpe(levels * 0), "nothing to divide by"),
        (lambda levels: performance.against(levels, levels), "nothing to divide by"),
    ],
)
def test_what_has_no_such_figure_is_refused(call, reason, series):
    """With the reason, and no number that is none."""
    with pytest.raises(NoData, match=reason):
        call(series("2025-01-06", 1.0, 2.0, 3.0, 2.0, 3.0))

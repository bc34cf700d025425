"""Return and risk of a series over its whole window, and against a benchmark.

The conventions, by which every figure of a tear sheet goes:

* A change is simple, close to close: p[t] / p[t-1] - 1. Dividends count where the levels have them.
* A year has 252 sessions, or 365 days for what never closes. A return by the year counts calendar
  days, 365.25 to a year; less than a year is not annualised (CFA Institute, GIPS).
* A standard deviation is that of a sample (n - 1). It is annualised by the root of the sessions.
* The riskless rate is a fraction by the year, the same on all days, compounded over the sessions.

empyrical and quantstats differ in places. ``docs/reference/tear-sheet.md`` lists them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from reportgen.core.errors import NoData
from reportgen.statistics import drawdowns
from reportgen.statistics.indexes import sessions
from reportgen.statistics.pairs import YEAR, beta, together

ALL_DAYS = 365
"""Days of a year of what never closes."""
CALENDAR_YEAR = 365.25
"""Days of a year by which a return is annualised."""
TAIL = 0.05
"""The share of days in the tail of a value at risk of 95%."""
FRIDAY = 4
SMALL = 1e-12
"""A standard deviation below this is one of rounding alone."""


def changes(levels: pd.Series) -> pd.Series:
    """Simple changes of *levels*, p[t] / p[t-1] - 1, as fractions.

    Raises:
        NoData: There are fewer than three levels, or one is not above zero.
    """
    if len(levels) < 3:
        raise NoData(f"{levels.name}: a tear sheet needs three levels, {len(levels)} found.")
    if float(levels.min()) <= 0:
        raise NoData(f"{levels.name}: a level is not above zero; no return is told.")
    return (levels / levels.shift()).iloc[1:] - 1


def year_of(levels: pd.Series) -> int:
    """How many of its days make a year: 365 where it has weekends, otherwise 252."""
    return ALL_DAYS if int(sessions(levels).day_of_week.max()) > FRIDAY else YEAR


def total(levels: pd.Series) -> float:
    """The return from the first level to the last one, a fraction: p[n] / p[0] - 1."""
    return float(levels.iloc[-1] / levels.iloc[0] - 1)


def cagr(levels: pd.Series) -> float:
    """The compound return by the year, a fraction: (p[n] / p[0]) ^ (365.25 / days) - 1.

    Raises:
        NoData: The levels span less than a year.

    >>> days = pd.DatetimeIndex(["2020-01-01", "2024-01-01"])
    >>> round(cagr(pd.Series([100.0, 146.41], days)), 6)
    0.1
    """
    days = (sessions(levels)[-1] - sessions(levels)[0]).days
    if days < ALL_DAYS:
        raise NoData(
            f"{levels.name}: its levels span {days} days; a return by the year needs {ALL_DAYS}."
        )
    return float((levels.iloc[-1] / levels.iloc[0]) ** (CALENDAR_YEAR / days) - 1)


def volatility(moves: pd.Series, year: int = YEAR) -> float:
    """The annualised standard deviation of simple changes, a fraction: s * sqrt(year)."""
    return float(moves.std(ddof=1)) * math.sqrt(year)


def excess(moves: pd.Series, riskless: float = 0.0, year: int = YEAR) -> pd.Series:
    """Changes over the riskless rate of a session: r - ((1 + rate) ^ (1 / year) - 1).

    Args:
        moves: Simple changes by session, as fractions.
        riskless: The riskless rate by the year, a fraction.
        year: Sessions of a year.
    """
    floor = (1 + riskless) ** (1 / year) - 1
    return moves.sub(floor)


def sharpe(moves: pd.Series, riskless: float = 0.0, year: int = YEAR) -> float:
    """Sharpe's ratio by the year: mean(e) / s(e) * sqrt(year), e the excess changes (Sharpe 1994).

    Raises:
        NoData: Nothing moved.
    """
    over = excess(moves, riskless, year)
    return _ratio(moves, float(over.mean()), float(over.std(ddof=1))) * math.sqrt(year)


def sortino(moves: pd.Series, riskless: float = 0.0, year: int = YEAR) -> float:
    """Sortino's ratio by the year: mean(e) / d * sqrt(year), d the root mean square of losses.

    d = sqrt(sum(min(e, 0) ^ 2) / n): days without a loss count as zero (Sortino and Price 1994).

    Raises:
        NoData: There is no loss.
    """
    over = excess(moves, riskless, year)
    down = math.sqrt(float((np.minimum(over, 0.0) ** 2).mean()))
    return _ratio(moves, float(over.mean()), down) * math.sqrt(year)


def calmar(levels: pd.Series) -> float:
    """The compound return by the year over the size of the largest drawdown (Young 1991).

    Raises:
        NoData: The levels span less than a year, or never fell.
    """
    return _ratio(levels, cagr(levels), -float(drawdowns.underwater(levels).min()))


def win_rate(moves: pd.Series) -> float:
    """The share of the days that moved on which it rose, 0 to 1.

    Raises:
        NoData: Nothing moved.
    """
    return _ratio(moves, float((moves > 0).sum()), float((moves != 0).sum()))


def skew(moves: pd.Series) -> float:
    """The skewness of changes, G1, without the bias of a sample (Joanes and Gill 1998)."""
    return float(moves.skew())  # type: ignore[arg-type]


def kurtosis(moves: pd.Series) -> float:
    """The excess kurtosis of changes, G2: 0 for a normal distribution (Joanes and Gill 1998)."""
    return float(moves.kurt())  # type: ignore[arg-type]


def value_at_risk(moves: pd.Series, tail: float = TAIL) -> float:
    """The change below which the share *tail* of all days lies, a fraction; historical.

    Quantile by linear interpolation between the two days around it, no distribution is assumed.
    """
    return float(moves.quantile(tail))


def expected_shortfall(moves: pd.Series, tail: float = TAIL) -> float:
    """The mean change of the days at or below the value at risk (CVaR), a fraction; historical."""
    return float(moves[moves <= value_at_risk(moves, tail)].mean())


class Against(NamedTuple):
    """A series against its benchmark."""

    beta: float
    alpha: float
    correlation: float
    tracking_error: float
    information: float
    """The information ratio."""


def against(levels: pd.Series, benchmark: pd.Series, riskless: float = 0.0) -> Against:
    """How *levels* moved against a *benchmark*, on the sessions that both have.

    Beta is cov(r, b) / var(b). Alpha is Jensen's by the year: (mean(r - f) - beta * mean(b - f)) *
    year. The tracking error is s(r - b) * sqrt(year), the information ratio mean(r - b) / s(r - b)
    * sqrt(year) (Goodwin 1998).

    Args:
        levels: Levels by session, ascending.
        benchmark: Those of the benchmark.
        riskless: The riskless rate by the year, a fraction.

    Raises:
        NoData: They have too few sessions in common, one did not move, or they moved as one.
    """
    both = together(levels, benchmark, 3)
    year, count = year_of(both["one"]), len(both) - 1
    own, other = changes(both["one"]), changes(both["other"])
    size = beta(levels, benchmark, count)
    mine, theirs = (float(excess(one, riskless, year).mean()) for one in (own, other))
    gap = own - other
    if min(float(one.std(ddof=1)) for one in (own, other)) < SMALL:
        raise NoData(f"{levels.name} or {benchmark.name} did not move; there is no correlation.")
    return Against(
        beta=size,
        alpha=(mine - size * theirs) * year,
        correlation=float(own.corr(other)),
        tracking_error=volatility(gap, year),
        information=_ratio(gap, float(gap.mean()), float(gap.std(ddof=1))) * math.sqrt(year),
    )


def _ratio(told: pd.Series, above: float, below: float) -> float:
    """*above* / *below*.

    Raises:
        NoData: The divisor is nothing but rounding.
    """
    if not below > SMALL:
        raise NoData(f"{told.name or 'The series'}: nothing to divide by; it did not move so.")
    return above / below

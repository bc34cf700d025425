"""Two series against each other: beta, correlation, relative strength, spreads.

Sessions that both have count; a session that one lacks is left out of both.
"""

from __future__ import annotations

import pandas as pd

from reportgen.core.errors import NoData

YEAR = 252
"""Sessions of a year."""


def together(one: pd.Series, other: pd.Series, least: int) -> pd.DataFrame:
    """Both series on the sessions that both have, as the columns "one" and "other".

    Raises:
        NoData: There are fewer than *least* of them.
    """
    found = pd.DataFrame({"one": one, "other": other}).dropna()
    if len(found) < least:
        raise NoData(
            f"{one.name} and {other.name} have {len(found)} sessions in common; {least} are needed."
        )
    return found


def _changes(one: pd.Series, other: pd.Series, sessions: int) -> pd.DataFrame:
    """The last *sessions* simple changes of both, p[t] / p[t-1] - 1."""
    levels = together(one, other, max(sessions, 2) + 1)
    if float(levels.min().min()) <= 0:
        raise NoData(f"{one.name} or {other.name}: a level is not above zero; no change is told.")
    return levels.pct_change().iloc[-max(sessions, 2) :]


def beta(levels: pd.Series, benchmark: pd.Series, sessions: int = YEAR) -> float:
    """How far *levels* move with a move of the benchmark of one: cov(r, b) / var(b).

    Of simple daily changes over the last *sessions* that both have. Without a riskless rate.

    Args:
        levels: Levels by session, ascending.
        benchmark: Levels of the benchmark.
        sessions: How many changes count.

    Raises:
        NoData: They have too few sessions in common, or the benchmark did not move.
    """
    told = _changes(levels, benchmark, sessions)
    size = float(told["other"].var(ddof=1))
    if size == 0:
        raise NoData(f"{benchmark.name} did not move; there is no beta.")
    return float(told["one"].cov(told["other"], ddof=1)) / size


def correlation(one: pd.Series, other: pd.Series, sessions: int = YEAR) -> float:
    """Pearson's correlation of the simple daily changes over the last *sessions*, -1 to 1.

    Args:
        one: Levels by session, ascending.
        other: Levels of the other series.
        sessions: How many changes count.

    Raises:
        NoData: They have too few sessions in common, or one did not move.
    """
    told = _changes(one, other, sessions)
    if float(told.std(ddof=1).min()) == 0:
        raise NoData(f"{one.name} or {other.name} did not move; there is no correlation.")
    return float(told["one"].corr(told["other"]))


def relative_strength(levels: pd.Series, benchmark: pd.Series, sessions: int = 63) -> float:
    """The return of *levels* over that of the benchmark, as a fraction: (1 + r) / (1 + b) - 1.

    It is the change of the ratio of the two levels over the last *sessions* that both have.

    Args:
        levels: Levels by session, ascending.
        benchmark: Levels of the benchmark.
        sessions: How many sessions it is over; 63 are a quarter.

    Raises:
        NoData: They have too few sessions in common, or a level is not above zero.
    """
    told = together(levels, benchmark, sessions + 1)
    if float(told.min().min()) <= 0:
        raise NoData(f"{levels.name} or {benchmark.name}: a level is not above zero.")
    ratio = told["one"] / told["other"]
    return float(ratio.iloc[-1]) / float(ratio.iloc[-1 - sessions]) - 1


def spread(one: pd.Series, other: pd.Series) -> float:
    """The last difference of two series in their unit, such as two yields: one - other.

    Args:
        one: Values by session, ascending, as fractions for yields.
        other: Values of the other series.

    Raises:
        NoData: They have no session in common.
    """
    told = together(one, other, 1)
    return float(told["one"].iloc[-1]) - float(told["other"].iloc[-1])


def term_structure(near: pd.Series, far: pd.Series) -> float:
    """A near gauge of volatility over a far one, such as VIX over VIX3M, as a ratio.

    Above 1 the near one is the higher: backwardation. Below 1 it is contango.

    Args:
        near: Levels of the gauge of a month.
        far: Levels of that of three months.

    Raises:
        NoData: They have no session in common, or the far one is not above zero.
    """
    told = together(near, far, 1)
    if float(told["other"].iloc[-1]) <= 0:
        raise NoData(f"{far.name}: its level is not above zero.")
    return float(told["one"].iloc[-1]) / float(told["other"].iloc[-1])

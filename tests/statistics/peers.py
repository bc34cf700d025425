"""Forty series and their benchmarks, and what empyrical and quantstats say of them.

``python tests/statistics/peers.py > tests/statistics/peers.csv`` in an environment with
empyrical-reloaded 0.7.1 and quantstats 0.0.86 writes the values anew. The product needs neither.
"""

from __future__ import annotations

import random
import sys
from itertools import accumulate

import pandas as pd

COUNT = 40


def made(number: int) -> tuple[pd.Series, pd.Series]:
    """Levels of a series and of its benchmark by weekday: one to five years of them."""
    dice = random.Random(number)
    size, length = dice.uniform(0.004, 0.03), dice.randint(300, 1300)
    tie, drift = dice.uniform(-0.3, 1.6), dice.uniform(-0.0004, 0.001)
    market = [dice.gauss(0.0004, 0.01) for _ in range(length)]
    own = [drift + tie * move + dice.gauss(0, size) for move in market]
    days = pd.bdate_range("2019-01-02", periods=length + 1)
    return tuple(
        pd.Series(
            list(accumulate(moves, lambda level, move: level * (1 + move), initial=100.0)),
            index=days,
            name=name,
        )
        for name, moves in (("FUND", own), ("INDEX", market))
    )


def main() -> None:
    """Print the table."""
    import empyrical
    from quantstats import stats

    rows = []
    for number in range(COUNT):
        levels, index = made(number)
        r, b = (one.pct_change().iloc[1:] for one in (levels, index))
        drawn = empyrical.max_drawdown(r)
        rows.append(
            {
                "total": empyrical.cum_returns_final(r),
                "cagr_252": empyrical.annual_return(r),
                "volatility": empyrical.annual_volatility(r),
                "sharpe": empyrical.sharpe_ratio(r),
                "sharpe_2": stats.sharpe(r, rf=0.02),
                "sortino": empyrical.sortino_ratio(r),
                "drawdown": drawn,
                "calmar_252": empyrical.calmar_ratio(r),
                "winning": stats.win_rate(r),
                "skew": stats.skew(r),
                "kurtosis": stats.kurtosis(r),
                "var": empyrical.value_at_risk(r),
                "cvar": empyrical.conditional_value_at_risk(r),
                "beta": empyrical.beta(r, b),
                "alpha": stats.greeks(r, b, prepare_returns=False)["alpha"],
                "alpha_compound": empyrical.alpha(r, b),
                "correlation": r.corr(b),
                "information_daily": stats.information_ratio(r, b, prepare_returns=False),
                "best": stats.best(r),
                "worst": stats.worst(r),
            }
        )
    pd.DataFrame(rows).to_csv(sys.stdout, index_label="series", float_format="%.12g")


if __name__ == "__main__":
    main()

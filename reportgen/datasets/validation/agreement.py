"""How many sources tell the newest close of a series alike."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reportgen.core.checks import Defect

APART = 5e-4
"""What two sources of one close may differ by, as a fraction."""


def agreeing(
    closes: Mapping[str, pd.Series],
    told_by: Mapping[str, str],
    told: pd.DataFrame,
) -> tuple[dict[str, int], list[Defect]]:
    """The number of sources that agree with the last of *closes*, by symbol.

    They agree within five basis points. With a finding for each source that
    does not.

    *told* holds the closes of second sources: columns date, symbol, close and
    source. The source that the close itself is *told_by* counts once. A symbol
    without a second source has one.
    """
    counts, defects = {}, []
    for symbol, series in closes.items():
        last, close = series.index[-1], float(series.iloc[-1])
        rows = told[
            (told["symbol"] == symbol)
            & (told["date"] == last)
            & (told["source"] != told_by.get(symbol))
        ]
        alike = (rows["close"] / close - 1).abs() <= APART
        counts[symbol] = 1 + int(rows[alike]["source"].nunique())
        if not alike.all():
            rows = rows[~alike]
            others = (f"{row.close:,.2f} by {row.source}" for row in rows.itertuples())
            defects.append(
                Defect(
                    check="cross_source",
                    severity="block",
                    symbol=symbol,
                    day=last.date(),
                    detail=f"{close:,.2f}, but {', '.join(others)}",
                )
            )
    return counts, defects

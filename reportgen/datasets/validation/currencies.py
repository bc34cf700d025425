"""Rules on exchange rates: closes of the hour that a day begins, and rates of another day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reportgen.datasets.validation.finding import Bars, Row, Rows

LEAST, LAST = 20, 60
"""From how many bars with an open they are judged, at least and at most."""
AT_ONCE, MOSTLY = 2e-4, 0.5
"""How near a close is to its own open, and on what share of the days it never is.

The closes of a sound series are so near to their opens on 2 to 8 days of a hundred. Those of
series that are a day late are on 60 to 100.
"""
LEAP, USUAL, BACK = 0.02, 3.0, 0.6
"""A leap and the return from it, as logarithms, in times the usual move, and what may remain."""
FAR, SAME = 0.04, 0.003
"""A leap that blocks whatever it is, and how near the rate of the other day makes it certain.

Smaller leaps were real seven times in 26 years of six pairs.
"""


def late_closes(bars: Bars, frame: pd.DataFrame) -> Rows:
    """Closes that are the prices at which their days begin.

    Whoever tells a day's move by them tells the move of the day before.
    """
    if bars.instrument.kind != "fx" or "open" not in frame:
        return
    last = frame[frame["open"] > 0].iloc[-LAST:]
    if len(last) < LEAST:
        return
    share = float((np.abs(last["close"] / last["open"] - 1) < AT_ONCE).mean())
    if share >= MOSTLY:
        yield Row(
            "late_close",
            last["date"].iloc[-1].date(),
            f"on {share:.0%} of the last {len(last)} days the close is the day's own open: it is"
            " the price at the day's beginning, and its move is that of the day before",
        )


def swapped_days(bars: Bars, frame: pd.DataFrame) -> Rows:
    """Rates that leap and return: those of a day with the same numbers for day and month."""
    if bars.instrument.kind != "fx":
        return
    closes = pd.Series(np.log(frame["close"].to_numpy()), index=pd.DatetimeIndex(frame["date"]))
    moves = closes.diff()
    usual = 1.4826 * moves.abs().rolling(60, min_periods=20).median().shift()
    after = moves.shift(-1)
    least = moves.abs().combine(after.abs(), min)
    back = (moves + after).abs() < BACK * moves.abs()
    leaps = (moves * after < 0) & back & (least > LEAP) & (least > USUAL * usual.fillna(LEAP))
    for day in closes.index[leaps]:
        told = f"{moves[day]:+.1%}, and {after[day]:+.1%} the next day"
        other, sure = _swapped(day), bool(least[day] > FAR)
        if other is not None:
            told += f"; is it the rate of {other.date()}?"
            near = abs(closes.get(other, np.inf) - closes[day])
            sure = sure or bool(near < SAME)
        yield Row("swapped_day", day.date(), told, None if sure else "warn")


def _swapped(day: pd.Timestamp) -> pd.Timestamp | None:
    """The day with day and month changed; None where that is the same day or none."""
    if day.day > 12 or day.day == day.month:
        return None
    return pd.Timestamp(day.year, day.day, day.month)

"""The highest level within a session, as far as bars tell it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

UNSEEN = 0.1
"""How far above its close the high of a session without a range may have been."""


def highest_before(rows: pd.DataFrame) -> tuple[dt.date, float] | None:
    """The day of the highest level within a session before the last one, and that level.

    None where the file has no highs, and where a higher one may be missing: a session without a
    range of its own closed within a tenth of it.
    """
    if "low" not in rows or "high" not in rows or len(rows) < 2:
        return None
    earlier = rows.iloc[:-1]
    high, close = earlier["high"].to_numpy(float), earlier["close"].to_numpy(float)
    ranged = (high > earlier["low"].to_numpy(float)) & (high >= close)
    if not ranged.any():
        return None
    place = int(np.where(ranged, high, -np.inf).argmax())
    if (close[~ranged] > (1 - UNSEEN) * high[place]).any():
        return None
    return earlier["date"].iloc[place].date(), float(high[place])

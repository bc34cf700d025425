"""Runs of sessions with changes of one sign. An unchanged close ends a run."""

from __future__ import annotations

import pandas as pd


def streak(changes: pd.Series) -> int:
    """Length of the run that the last change belongs to.

    Positive for gains, negative for losses, 0 if unchanged.

    Args:
        changes: Changes by session, as fractions, ascending.
    """
    signs = [(c > 0) - (c < 0) for c in changes.to_list()]
    last = signs[-1] if signs else 0
    length = 0
    for sign in reversed(signs):
        if sign != last or last == 0:
            break
        length += 1
    return int(last * length)

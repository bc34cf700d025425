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


def last_as_long(changes: pd.Series, length: int) -> int | None:
    """How many changes ago a run of one sign was as long as *length*; None where none was.

    Args:
        changes: Changes by session or period, ascending, that end with that run.
        length: The length of the run that the last change belongs to, negative for losses.
    """
    signs = [((c > 0) - (c < 0)) * (1 if length > 0 else -1) for c in changes.to_list()]
    run, found = 0, None
    for place, sign in enumerate(signs[: len(signs) - abs(length)]):
        run = run + 1 if sign > 0 else 0
        if run >= abs(length):
            found = len(signs) - 1 - place
    return found

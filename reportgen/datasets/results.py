"""When companies reported results, and the session that could react to it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from reportgen.core.errors import BadData

if TYPE_CHECKING:
    from reportgen.markets.calendar import Calendar

WHEN = ("before", "after")
"""What the column `when` says of a day without a time: before the open, or after the close."""
LAST = dt.timedelta(days=1) - dt.timedelta(minutes=1)


def times(rows: pd.DataFrame, path: object) -> pd.Series:
    """When each company of *rows* reported: its time, or the start or the end of its day.

    Args:
        rows: Columns symbol, reported_at and, where the file has it, when.
        path: The file, for what is said of it.

    Raises:
        BadData: A day has no time, and nothing says whether it was before the open.
    """
    told = rows["when"] if "when" in rows else [""] * len(rows)
    said = pd.Series(
        ["" if pd.isna(one) else str(one) for one in told], index=rows.index, dtype=str
    )
    said = said.str.strip().str.lower()
    at = rows["reported_at"]
    off = rows[~said.isin(("", *WHEN))]
    if len(off):
        raise BadData(
            f"{path}: '{off['when'].iloc[0]}' in the column 'when' of {off['symbol'].iloc[0]} is"
            " neither 'before' nor 'after'.",
            subject=path,
        )
    unclear = rows[(said == "") & (at == at.dt.normalize())]
    if len(unclear):
        raise BadData(
            f"{path}: {unclear['symbol'].iloc[0]} reported on"
            f" {unclear['reported_at'].iloc[0]:%Y-%m-%d}, and nothing says when; write a time such"
            " as 2025-01-30 16:05, or 'before' or 'after' in a column 'when'.",
            subject=path,
        )
    day = at.dt.normalize()
    return at.where(said == "", day).where(said != "after", day + LAST)


def reaction(calendar: Calendar, at: dt.datetime) -> dt.date | None:
    """The session of *calendar* that is the first to react to news of *at*, whole.

    The session of the day for news before its open, the next one for news from its close on, or of
    a day without a session. None for news during a session: part of that session was before it.

    Example:
        News of 16:05 on a Friday is answered by the session of Monday.
    """
    here = at.astimezone(calendar.zone)
    day = here.date()
    if not calendar.is_session(day):
        return calendar.neighbours(day)[1]
    if here < calendar.session_open(day):
        return day
    return calendar.neighbours(day)[1] if here >= calendar.session_close(day) else None

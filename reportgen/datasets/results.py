"""When companies reported results, and the session that could react to it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from reportgen.core.errors import BadData

if TYPE_CHECKING:
    from reportgen.markets.calendar import Calendar

WHEN = ("before", "after")
"""What the column `when` says of a day without a time: before the open, or after the close."""
LAST = dt.timedelta(days=1) - dt.timedelta(minutes=1)


QUARTER = dt.timedelta(days=45)
"""Two days of results of a company that are nearer to each other are of one quarter."""


class Due(NamedTuple):
    """When a company will report results."""

    day: dt.date
    when: str
    """"before-open", "after-close" or "during-session"."""
    source: str


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


def standing(rows: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    """*rows* without days that a company put off before they came.

    A later announcement of another day of the same quarter replaces the one before.

    Args:
        rows: Columns symbol, at and announced.
        now: The moment: what was announced later is not known.
    """
    told = rows[rows["announced"].notna() & (rows["announced"] <= now)]
    told = told.assign(place=told.index)
    both = told.merge(told, on="symbol", suffixes=("", "_later"))
    off = both[
        (both["announced_later"] > both["announced"])
        & (both["announced_later"] <= both["at"])
        & (both["at_later"] != both["at"])
        & ((both["at_later"] - both["at"]).abs() < QUARTER)
    ]
    return rows[~rows.index.isin(off["place"])]


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


def next_due(rows: pd.DataFrame, calendar: Calendar, now: dt.datetime) -> Due | None:
    """When a company will report next, by its newest announcement; None where that is not sure.

    It is not sure if the announcement has two days of one quarter, if another row says that the
    company has reported for that quarter already, and if the day is no session.

    Args:
        rows: Columns at, announced and source of one company, of what was known. A row without a
            time of its announcement says nothing of days to come.
        calendar: The sessions of its exchange.
        now: The moment.
    """
    told = rows[rows["announced"].notna() & (rows["announced"] <= now)]
    newest = told[told["announced"] == told["announced"].max()].sort_values("at", kind="stable")
    ahead = newest[newest["at"] > now]
    if ahead.empty:
        return None
    first = ahead.iloc[0]
    near = (newest["at"] - first["at"]).abs() < QUARTER
    came = rows[(rows["at"] <= now) & ((first["at"] - rows["at"]) < QUARTER)]
    day = first["at"].astimezone(calendar.zone).date()
    if near.sum() > 1 or len(came) or not calendar.is_session(day):
        return None
    at = first["at"].to_pydatetime()
    early, late = at < calendar.session_open(day), at >= calendar.session_close(day)
    when = "before-open" if early else "after-close" if late else "during-session"
    return Due(day, when, str(first["source"]))

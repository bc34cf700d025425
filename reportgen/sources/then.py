"""A store as it was known at a past moment: each series up to some fetch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from reportgen.sources.store import KEYS, naive

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What was known at a past moment: which fetches count, series by series.

    A series is read as fetch ``early`` left it. If that lacks the newest row
    that can have been known, it is read as the first fetch left it that has the
    row, for nothing older says it. A series first fetched after ``late`` was
    known too late, and is flagged.
    """

    early: int
    """The newest fetch that had been received by the moment."""
    late: int
    """The newest fetch that had been received while a brief of the moment was
    still the newest one.
    """
    newest: Callable[[str, str], dt.date] = field(compare=False)
    """The newest day of a series that can have been known by then.

    By role and name; of a bar, "" and its symbol.
    """
    opened: dt.datetime | None = None
    """When the running session opened, if one is running."""
    at: dt.datetime | None = None


UPTO = """
WITH held AS (
    SELECT {role} AS role, {name} AS name, day, fetch_id FROM {rows}
    WHERE fetch_id <= $cap{final}
), newest AS (
    SELECT h.role, h.name, max(h.day) AS day FROM held h
    JOIN due d ON d.role = h.role AND d.name = h.name AND h.day <= d.day GROUP BY ALL
)
SELECT h.role, h.name, CASE
    WHEN count(*) FILTER (h.day = n.day) > 0
    THEN greatest($early, min(h.fetch_id) FILTER (h.day = n.day))
    WHEN min(h.fetch_id) <= $early THEN $early
    ELSE $cap END AS upto
FROM held h LEFT JOIN newest n ON n.role = h.role AND n.name = h.name GROUP BY ALL
"""
"""Up to which fetch each series is read: see :class:`Then`."""
RUNNING = """
SELECT '' AS role, symbol AS name, CASE
    WHEN count(*) FILTER (ended > $opened AND ended <= $at) > 0
    THEN greatest($early, min(fetch_id) FILTER (ended > $opened AND ended <= $at))
    WHEN min(fetch_id) <= $early THEN $early
    ELSE $cap END AS upto
FROM {rows} WHERE fetch_id <= $cap GROUP BY ALL
"""
"""The same of levels, which have a row that is due only while a session runs."""


def _due(connection: DuckDBPyConnection, table: str, then: Then, rows: str) -> pd.DataFrame:
    """The newest day of each series of *rows* that can be known *then*."""
    role, name = ("role", "name") if table == "points" else ("''", "symbol")
    query = f"SELECT DISTINCT {role} AS role, {name} AS name FROM {rows}"
    found = connection.execute(query).df()
    days = [
        None if role.startswith(("events", "prints")) else then.newest(role, name)
        for role, name in found.itertuples(index=False)
    ]
    column = pd.Series(days, dtype=object)
    return found.assign(day=pd.to_datetime(column)).dropna()


def _uptos(
    connection: DuckDBPyConnection,
    table: str,
    known: int,
    then: Then,
    rows: str,
) -> pd.DataFrame:
    """Role and name of each series of *rows*, and its last fetch to read."""
    given: dict[str, Any] = {"cap": known, "early": then.early}
    if table == "levels":
        zero = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        given |= {
            "opened": naive(then.opened or zero),
            "at": naive(then.at or zero),
        }
        return connection.execute(RUNNING.format(rows=rows), given).df()
    connection.register("due", _due(connection, table, then, rows))
    bars = table == "bars"
    query = UPTO.format(
        role="''" if bars else "role",
        name="symbol" if bars else "name",
        final=" AND final" if bars else "",
        rows=rows,
    )
    found = connection.execute(query, given).df()
    connection.unregister("due")
    calendar = found["role"].str.startswith("events")
    early = found["upto"][calendar] <= then.early
    if early.any():  # a calendar was there: later words are not
        found.loc[calendar, "upto"] = then.early
    return found


def rows_then(
    connection: DuckDBPyConnection,
    table: str,
    known: int,
    then: Then,
    rows: str,
    values: dict[str, Any],
) -> tuple[pd.DataFrame, list[str]]:
    """Some *rows* of *table* as known *then*, and the series known too late.

    *rows* is the table, or a subquery with the parameters *values*.
    """
    if rows != table:  # they are read more than once
        connection.execute(f"CREATE OR REPLACE TEMP TABLE picked AS SELECT * FROM {rows}", values)
        rows = "picked"
    series = _uptos(connection, table, known, then, rows)
    connection.register("upto", series)
    keys = ", ".join(KEYS[table])
    joined = "t.symbol = u.name"
    if table == "points":
        joined = "t.role = u.role AND t.name = u.name"
    parts = ", ".join(f"t.{key}" for key in KEYS[table])
    found = connection.execute(
        "SELECT s.* EXCLUDE (fetch_id, upto), f.source FROM (SELECT t.*, u.upto"
        f" FROM {rows} t JOIN upto u ON {joined} WHERE t.fetch_id <= u.upto"
        f" QUALIFY row_number() OVER (PARTITION BY {parts} ORDER BY t.fetch_id"
        f" DESC) = 1) s JOIN fetches f ON f.id = s.fetch_id ORDER BY {keys}"
    ).df()
    connection.unregister("upto")
    return found, sorted(set(series[series["upto"] > then.late]["name"]))

"""What a store remembers of imports, so that the same file again costs a hash.

An import is passed over only if nothing could come of it: the same bytes were imported before, all
that judged them is the same, and each row that they brought still stands.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.sources.store import KEYS, naive, next_fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that was imported."""

    first: int
    """Its first fetch."""
    last: int
    """Its last fetch: one for each series of some files."""
    symbols: frozenset[str] = frozenset()
    """The symbols of its daily bars."""
    left_out: tuple[str, ...] = ()
    """In words, what of it was not kept."""


def standing(connection: DuckDBPyConnection, table: str, judged: str) -> Import | None:
    """The last import of the same file, judged alike, if all its rows still stand.

    Args:
        connection: The store.
        table: Where its rows are kept.
        judged: The digest of the file and of what judges it.

    Returns:
        The import; None if there is none, or if a later fetch brought a row of a key that the
        store had by then.
    """
    row = connection.execute(
        "SELECT first_id, fetch_id, symbols, left_out FROM imports WHERE judged = ?"
        " ORDER BY fetch_id DESC LIMIT 1",
        [judged],
    ).fetchone()
    if row is None or _restated_since(connection, table, row[1]):
        return None
    return Import(first=row[0], last=row[1], symbols=frozenset(row[2]), left_out=tuple(row[3]))


def _restated_since(connection: DuckDBPyConnection, table: str, number: int) -> bool:
    """Whether a fetch after that *number* brought a row of a key that *table* had by then."""
    key = ", ".join(KEYS[table])
    query = (
        f"SELECT 1 FROM {table} WHERE fetch_id <= $number AND ({key}) IN"
        f" (SELECT ({key}) FROM {table} WHERE fetch_id > $number) LIMIT 1"
    )
    return connection.execute(query, {"number": number}).fetchone() is not None


def remember(
    connection: DuckDBPyConnection, judged: str, found: Import, rows: int, table: str
) -> None:
    """Keep that *found* was imported; *rows* of it were new to *table*."""
    connection.execute(
        "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?)",
        [
            found.last,
            found.first,
            judged,
            rows if table == "bars" else 0,
            sorted(found.symbols),
            list(found.left_out),
        ],
    )


def again(connection: DuckDBPyConnection, found: Import, at: dt.datetime) -> None:
    """Keep that the file of *found* was received again at the time *at*: fetches without rows."""
    connection.execute(
        "INSERT INTO fetches SELECT id - $first + $next, $at, provider, source, terms, role,"
        " symbol, url, status, sha256, rows, validator FROM fetches"
        " WHERE id BETWEEN $first AND $last",
        {
            "first": found.first,
            "last": found.last,
            "next": next_fetch(connection),
            "at": naive(at),
        },
    )

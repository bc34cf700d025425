"""The store: one DuckDB file that only grows, and remembers what was known when.

Every answer of a provider and every imported file is a *fetch* with a number; a
row belongs to the fetch that brought it, and a value that changes is a new row.
Reading "as known at fetch 41" therefore gives back what a brief of that day
saw.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.config.resources import beside
from reportgen.core.checks import Acceptance
from reportgen.core.errors import NoData, StoreError
from reportgen.markets import home, market, market_names, policy_futures
from reportgen.sources import answers_kept
from reportgen.sources.providers.contract import Bar, Level, Reply, Vintage

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from reportgen.sources.then import Then

VERSION = 2
SUFFIX = ".duckdb"
MOST = 2**31 - 1
"""The number of no fetch: all are known before it."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
PATIENCE = 30.0
"""Seconds to wait for another process that has the file."""
BULK = 1_000_000
"""Rows of one import from which its symbols are looked up one by one: they lie in order."""
LITTLE = 64
"""Megabytes that the database may hold for a fetch: of few series, and of blocks of the file."""
IN_ORDER, PART_OF_FILE = 96, 10
"""Megabytes with which the database can put its file in order after a write: so many, and a tenth
of the file. With less, what was written stays in its log, and the next write may fail.
"""
OF_A_THREAD = 160
"""Megabytes for each thread of the database beside the first, for each holds buffers of its own."""
LOOKUPS = 400
"""The most look-ups of one symbol in one import that a read makes."""
TABLES = {
    "bars": (
        "fetch_id INTEGER, symbol VARCHAR, day DATE, open DOUBLE, high DOUBLE,"
        " low DOUBLE, close DOUBLE, volume DOUBLE, final BOOLEAN"
    ),
    "levels": "fetch_id INTEGER, symbol VARCHAR, ended TIMESTAMP, price DOUBLE",
    "points": "fetch_id INTEGER, role VARCHAR, name VARCHAR, day DATE, value DOUBLE",
    "vintages": (
        "fetch_id INTEGER, name VARCHAR, day DATE, period DATE, value DOUBLE, first BOOLEAN,"
        " minutes INTEGER"
    ),
}
LATEST = (
    "SELECT * FROM {table} WHERE fetch_id <= ? AND ({where}) QUALIFY"
    " row_number() OVER (PARTITION BY {key} ORDER BY fetch_id DESC) = 1"
)
KEYS = {
    "bars": ("symbol", "day"),
    "levels": ("symbol", "ended"),
    "points": ("role", "name", "day"),
    "vintages": ("name", "day", "period"),
}
"""The names of a row: rows of equal names are one value, known at two times."""
SCHEMA = """
CREATE TABLE meta (version INTEGER);
CREATE TABLE fetches (
    id INTEGER PRIMARY KEY, fetched_at TIMESTAMP, provider VARCHAR, source VARCHAR,
    terms VARCHAR, role VARCHAR, symbol VARCHAR, url VARCHAR,
    status INTEGER, sha256 VARCHAR, rows INTEGER, validator VARCHAR);
CREATE TABLE payloads (sha256 VARCHAR PRIMARY KEY, body BLOB);
CREATE TABLE acceptances (
    fetch_id INTEGER, accepted_at TIMESTAMP, symbol VARCHAR, check_name VARCHAR, day DATE,
    reason VARCHAR, person VARCHAR);
""" + "".join(f"CREATE TABLE {name} ({columns});\n" for name, columns in TABLES.items())
SINCE_0_2 = """
CREATE TABLE IF NOT EXISTS imports (
    fetch_id INTEGER, first_id INTEGER, judged VARCHAR, rows BIGINT, symbols VARCHAR[],
    left_out VARCHAR[]);
"""
"""Tables that a store of 0.1.0 gains when it is first written. Older readers pass them over."""
LATER = f"CREATE TABLE IF NOT EXISTS vintages ({TABLES['vintages']});"
"""The same of what a store of 0.2.0 lacks."""


ROLES: dict[str, dict[str, Any]] = {
    "daily_bars": {"adjustment": "splits"},
    "intraday_bars": {"minutes": 1},
    "rates": {"available": {"default": "18:00"}},
    "futures": {"available": {"default": "19:00"}},
    "events": {},
    "confirmations": {},
    "prints": {},
}
"""The kinds of rows of a store, and when those of a day are known."""
ALSO = {"prints": ("vintages",)}
"""What else a fetch brings for a kind of rows."""


def rules_of(role: str) -> dict[str, Any]:
    """What a dataset.toml would say of a store's rows of *role*.

    When they are known, and their unit. Some series of rates have times of their
    own, in the markets' files.
    """
    found = ROLES[role]
    if role != "rates":
        return found
    own = [market(name).published for name in market_names()]
    known = {series: rule for table in own for series, rule in table.items()}
    return {"available": {**found["available"], **known}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one provider brought of one series: its raw answers and their rows.

    Bars of days after *final* are of sessions that were still open, or not yet
    settled.
    """

    provider: str
    source: str
    terms: str
    """The words in which the source forbids publication; "" without such words."""
    role: str
    symbol: str
    replies: tuple[Reply, ...]
    rows: Sequence[Any]
    final: dt.date | None = None
    rescale: float | None = None
    """The factor for the standing bars of other days, as after a split."""
    calendar_from: dt.date | None = None
    """The day from which the rows are a calendar, as far as it reaches.

    What stands there beside them was called off.
    """


def store_path() -> Path:
    """Where the store is.

    REPORTGEN_STORE, what the desk's own file says, or the user's data folder.
    """
    if place := os.environ.get("REPORTGEN_STORE"):
        return Path(place)
    if own := beside("store"):
        return own
    from platformdirs import user_data_path

    return user_data_path("reportgen") / f"store{SUFFIX}"


@contextmanager
def reading(path: Path, memory: int = 0) -> Iterator[DuckDBPyConnection]:
    """A connection that reads the store at *path*.

    Args:
        path: The store.
        memory: Megabytes that the database may hold; 0 for what it takes by itself.

    Raises:
        NoData: There is none.
    """
    missing = NoData(
        f"There is no store at {path} yet; 'reportgen fetch' makes it, or"
        " 'reportgen data import FOLDER'.",
        subject=path,
    )
    if not path.is_file() or not path.stat().st_size:
        raise missing
    connection = _connected(path, read_only=True)
    try:
        _limit(connection, memory)
        if not _is_store(connection) and not _holds_tables(connection):
            raise missing
        _same_version(connection, path)
        yield connection
    except _broken() as error:
        raise StoreError(
            f"The store at {path} cannot be read: {_line(error)}", subject=path
        ) from error
    finally:
        connection.close()


@contextmanager
def writing(path: Path, memory: int = 0) -> Iterator[DuckDBPyConnection]:
    """A connection in one transaction, made if need be: all is kept, or nothing.

    Args:
        path: The store.
        memory: Megabytes of its work that the database may hold; 0 for what it takes by itself.
            It keeps the rest in a folder beside the store until the end.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and not path.stat().st_size:
        path.unlink()  # what a kill can leave of a file that was never written
    connection = _connected(path, read_only=False)
    # What a killed writer had no room for in memory; this process has the file to itself.
    shutil.rmtree(f"{path}.tmp", ignore_errors=True)
    try:
        _limit(connection, memory)
        connection.execute("BEGIN")
        if not _holds_tables(connection):
            connection.execute(SCHEMA)
            connection.execute("INSERT INTO meta VALUES (?)", [VERSION])
        _same_version(connection, path)
        _brought_up_to_date(connection)
        yield connection
        if memory:
            size = path.stat().st_size >> 20
            _limit(connection, max(memory, IN_ORDER + size // PART_OF_FILE))
        connection.execute("COMMIT")
    except _broken() as error:
        raise StoreError(
            f"The store at {path} could not be written; what it held is as it was: {_line(error)}",
            subject=path,
        ) from error
    finally:
        connection.close()


def _limit(connection: DuckDBPyConnection, memory: int) -> None:
    """Let the database hold that many megabytes; 0 for what it takes by itself."""
    if memory:
        connection.execute(f"SET memory_limit = '{memory}MB'")
        threads = min(os.cpu_count() or 1, 4, 1 + memory // OF_A_THREAD)
        connection.execute(f"SET threads = {threads}")


def _brought_up_to_date(connection: DuckDBPyConnection) -> None:
    """Add the tables that an older store lacks, with the large imports that it holds."""
    known = has_table(connection, "imports")
    connection.execute(SINCE_0_2 + LATER + answers_kept.TABLES)
    if not known:
        connection.execute(
            "INSERT INTO imports SELECT fetch_id, fetch_id, '', count(*), [], [] FROM bars"
            " GROUP BY fetch_id HAVING count(*) >= ?",
            [BULK],
        )


def has_table(connection: DuckDBPyConnection, table: str) -> bool:
    """Whether an open store has that *table*: an older one may lack it."""
    query = "SELECT 1 FROM duckdb_tables() WHERE table_name = ?"
    return bool(connection.execute(query, [table]).fetchall())


def _broken() -> type[Exception]:
    from duckdb import Error

    return Error


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _connected(path: Path, *, read_only: bool) -> DuckDBPyConnection:
    import duckdb

    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection = duckdb.connect(
                str(path),
                read_only=read_only,
                config={"preserve_insertion_order": "false"},
            )
            connection.execute("SET TimeZone = 'UTC'")
        except (duckdb.IOException, duckdb.ConnectionException) as error:
            holder = re.search(r"PID (\d+)", str(error))
            if "lock" not in str(error).lower() and not holder:
                raise StoreError(
                    f"The store at {path} cannot be opened: {_line(error)}",
                    subject=path,
                ) from error
            if time.monotonic() > until:
                who = f"process {holder[1]}" if holder else "another process"
                raise StoreError(
                    f"The store at {path} is in use by {who}; try again when it has ended.",
                    subject=path,
                ) from error
            time.sleep(0.05)
        except duckdb.Error as error:
            raise StoreError(
                f"The store at {path} cannot be read: {_line(error)}",
                subject=path,
            ) from error
        else:
            return connection


def _holds_tables(connection: DuckDBPyConnection) -> bool:
    """Whether an open file holds any table."""
    return bool(connection.execute("SELECT 1 FROM duckdb_tables()").fetchall())


def _is_store(connection: DuckDBPyConnection) -> bool:
    """Whether an open file holds the version of a store.

    In the list of all tables it is found, too, but that list takes ten times as long.
    """
    from duckdb import CatalogException

    try:
        connection.execute("SELECT version FROM meta")
    except CatalogException:
        return False
    return True


def _same_version(connection: DuckDBPyConnection, path: Path) -> None:
    if not _is_store(connection):
        raise StoreError(
            f"{path} is a DuckDB file, but no store of reportgen's; name another file.",
            subject=path,
        )
    row = connection.execute("SELECT version FROM meta").fetchone()
    if row is None or row[0] != VERSION:
        found = row[0] if row else "none"
        raise StoreError(
            f"The store at {path} has version {found}, this reportgen reads"
            f" {VERSION}; use the reportgen that wrote it, or a newer one.",
            subject=path,
        )


def append(path: Path, batch: Iterable[Fetched]) -> dict[tuple[str, str], int]:
    """The number of rows that *batch* added or changed, by role and symbol."""
    added: dict[tuple[str, str], int] = {}
    with writing(path, LITTLE) as connection:
        for fetched in batch:
            key = fetched.role.partition("/")[0], fetched.symbol
            added[key] = added.get(key, 0) + add(connection, fetched)
    return added


def register(connection: DuckDBPyConnection, fetched: Fetched) -> int:
    """The number for the rows of *fetched*, once its answers are kept."""
    number = next_fetch(connection)
    for place, reply in enumerate(fetched.replies):
        digest = answers_kept.keep(connection, reply.url, reply.body)
        connection.execute(
            "INSERT INTO fetches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number + place,
                naive(reply.at),
                fetched.provider,
                fetched.source,
                fetched.terms,
                fetched.role,
                fetched.symbol,
                reply.url,
                reply.status,
                digest,
                len(fetched.rows),
                reply.validator,
            ],
        )
    return number + len(fetched.replies) - 1


def next_fetch(connection: DuckDBPyConnection) -> int:
    """The number of the fetch to come."""
    query = "SELECT coalesce(max(id), 0) + 1 FROM fetches"
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 1


def add(connection: DuckDBPyConnection, fetched: Fetched) -> int:
    """How many of the rows of *fetched* were new or changed."""
    if fetched.rescale:
        _rescale(connection, fetched)
    number = register(connection, fetched)
    if fetched.calendar_from:
        fetched = replace(
            fetched,
            rows=_calendar(connection, number, fetched, fetched.calendar_from),
        )
    if not fetched.rows:
        return 0
    columns = [list(column) for column in zip(*fetched.rows, strict=True)]
    first = fetched.rows[0]
    if isinstance(first, Bar):
        last = fetched.final or dt.date.max
        return _insert(
            connection,
            "bars",
            [number, fetched.symbol],
            [*columns, [day <= last for day in columns[0]]],
        )
    if isinstance(first, Level):
        columns[0] = [naive(at) for at in columns[0]]
        return _insert(connection, "levels", [number, fetched.symbol], columns)
    if isinstance(first, Vintage):
        return _insert(connection, "vintages", [number, first.name], columns[1:])
    return _insert(connection, "points", [number, fetched.role], columns)


def _rescale(connection: DuckDBPyConnection, fetched: Fetched) -> None:
    """Rescale the standing bars of days that *fetched* lacks, as new rows."""
    days = [row.day for row in fetched.rows]
    others = "symbol = ? AND NOT list_contains(?, day)"
    last = LATEST.format(table="bars", key="symbol, day", where=others)
    standing = f"({last})"
    sources = connection.execute(
        f"SELECT DISTINCT f.provider, f.source, f.terms FROM {standing} t JOIN"
        " fetches f ON f.id = t.fetch_id",
        [MOST, fetched.symbol, days],
    ).fetchall()
    for provider, source, terms in sources:
        told = replace(
            fetched,
            provider=provider,
            source=source,
            terms=terms,
            rows=(),
            replies=fetched.replies[:1],
        )
        connection.execute(
            "INSERT INTO bars SELECT ?, t.symbol, t.day, t.open * $r, t.high * $r, t.low * $r,"
            f" t.close * $r, t.volume, t.final FROM {standing} t"
            " JOIN fetches f ON f.id = t.fetch_id WHERE f.provider = ?".replace(
                "$r", repr(fetched.rescale)
            ),
            [register(connection, told), MOST, fetched.symbol, days, provider],
        )
    confirmed = latest(
        connection,
        "points",
        MOST,
        "starts_with(role, 'confirmations/') AND name = ?",
        [fetched.symbol],
    ).fetchall()
    if confirmed:  # at the scale of before they confirm nothing
        number = register(
            connection,
            replace(
                fetched,
                role="confirmations",
                rows=(),
                replies=fetched.replies[:1],
            ),
        )
        connection.executemany(
            "INSERT INTO points VALUES (?, ?, ?, ?, NULL)",
            [[number, *row[:3]] for row in confirmed],
        )


def _calendar(
    connection: DuckDBPyConnection, number: int, fetched: Fetched, first: dt.date
) -> list[Any]:
    """The rows of a calendar that tell more than what stands.

    An event of its names, or of its source, that it has no more is called off.
    """
    rows: list[Any] = list(fetched.rows)
    last = max(
        (row.day for row in rows), default=first
    )  # a file may end before the days that were asked for
    names = {row.name for row in rows}
    told = {(row.name, row.day) for row in rows}
    kind = "/".join(fetched.role.split("/")[:2])
    timed = set()
    for role, name, day, value, source in latest(
        connection, "points", MOST, "starts_with(role, ?)", [kind]
    ).fetchall():
        if value and (name, day) in told:
            timed.add((name, day))
        gone = (
            value is not None
            and first <= day <= last
            and (name, day) not in told
            and (name in names or source == fetched.source)
        )
        if gone:
            connection.execute(
                "INSERT INTO points VALUES (?, ?, ?, ?, NULL)",
                [number, role, name, day],
            )
    return [row for row in rows if row.value or (row.name, row.day) not in timed]


def _insert(
    connection: DuckDBPyConnection,
    table: str,
    same: list[Any],
    columns: list[list[Any]],
) -> int:
    """Add rows with the *same* first columns, and with *columns*."""
    types = [column.split() for column in TABLES[table].split(", ")]
    marks = [f"?::{kind} AS {name}" for name, kind in types[: len(same)]]
    others = types[len(same) :]
    marks += [f"unnest(?::{kind}[]) AS {name}" for name, kind in others]
    name = types[1][0]  # the symbol of bars and levels, the role of points, the name of vintages
    return insert_new(
        connection,
        table,
        f"SELECT {', '.join(marks)}",
        [*same, *columns],
        where=f"{name} = {quoted(str(same[1]))}",
    )


def insert_new(
    connection: DuckDBPyConnection,
    table: str,
    select: str,
    values: Sequence[Any] = (),
    where: str = "true",
) -> int:
    """How many of the rows of *select* were new or changed.

    Those that say what the store knows are not kept again. No row of the table outside *where*
    can be one of them.
    """
    names = [column.split()[0] for column in TABLES[table].split(", ")][1:]
    key = ", ".join(KEYS[table])
    alike = (f"known.{name} IS NOT DISTINCT FROM i.{name}" for name in names)
    same = " AND ".join(alike)
    row = connection.execute(
        f"INSERT INTO {table} WITH i AS ({select}), known AS (SELECT * FROM"
        f" (SELECT * FROM {table} WHERE {where}) SEMI JOIN i USING ({key}) QUALIFY row_number()"
        f" OVER (PARTITION BY {key} ORDER BY fetch_id DESC) = 1) SELECT * FROM i"
        f" ANTI JOIN known ON {same} ORDER BY {key}",
        list(values),
    ).fetchone()
    return int(row[0]) if row else 0


def last_fetch(path: Path) -> int:
    """The number of the newest fetch, with which what is known now can be read."""
    with reading(path) as connection:
        return next_fetch(connection) - 1


def latest(
    connection: DuckDBPyConnection,
    table: str,
    known: int,
    where: str = "true",
    values: Sequence[Any] = (),
) -> DuckDBPyConnection:
    """A query of the rows of *table* at fetch *known*, with ``source``, by key."""
    key = ", ".join(KEYS[table])
    standing = LATEST.format(table=table, key=key, where=where)
    return connection.execute(
        f"SELECT t.* EXCLUDE (fetch_id), f.source FROM ({standing}) t JOIN"
        f" fetches f ON f.id = t.fetch_id ORDER BY {key}",
        [known, *values],
    )


def symbols(path: Path) -> set[str]:
    """What the store holds rows of.

    Instruments, rates by their series, and one name for all futures of the
    policy rate.
    """
    with reading(path) as connection:
        rows = connection.execute(
            "SELECT symbol FROM bars UNION SELECT CASE role WHEN 'futures' THEN"
            " ? ELSE name END FROM points",
            [policy_futures()],
        ).fetchall()
    return {str(name) for (name,) in rows}


def fetch_by(path: Path, at: dt.datetime) -> int:
    """The number of the newest fetch that had been received by *at*.

    0 where there was none.
    """
    with reading(path) as connection:
        query = "SELECT coalesce(min(id) FILTER (fetched_at > $at) - 1, max(id), 0) FROM fetches"
        row = connection.execute(query, {"at": naive(at)}).fetchone()
    return int(row[0]) if row else 0


def table(
    path: Path,
    role: str,
    known: int,
    keep: Iterable[str] | None = None,
    then: Then | None = None,
    since: dt.date | None = None,
) -> pd.DataFrame:
    """The rows of *role* at fetch *known*, in the columns of a dataset's file.

    They have their ``source``, too.

    Only the symbols to *keep*, and bars from the day *since* on. Bars are finished
    ones; a level is a bar of the minute that ends with it. With *then*, each series
    is as it was known at that moment, and the frame's ``attrs["later"]`` names those that are not.
    """
    wanted = None if keep is None else sorted(keep)
    values: dict[str, Any] = {}
    later: list[str] = []
    with reading(path) as connection:
        if role == "prints":
            from reportgen.sources.prints import prints

            return prints(connection, known, then)
        tables = {"daily_bars": "bars", "intraday_bars": "levels"}
        rows = kind = tables.get(role, "points")
        if kind == "points":
            rows = "(SELECT * FROM points WHERE role = $role OR starts_with(role, $roles))"
            values = {"role": role, "roles": f"{role}/"}
        else:
            from_day = f"day >= DATE '{since}'" if since and kind == "bars" else "true"
            rows = f"(SELECT * FROM {kind} WHERE {from_day})"
            if wanted is not None:
                rows = of_symbols(connection, kind, wanted, from_day)
        if then is None:
            names = wanted if wanted and kind != "points" else ()
            frame = _standing(connection, kind, known, rows, values, names)
        else:
            from reportgen.sources.then import rows_then

            frame, later = rows_then(connection, kind, known, then, rows, values)
    told = _shaped(role, frame)
    told.attrs["later"] = later
    return told


def bars_between(
    path: Path,
    known: int,
    first: dt.date,
    last: dt.date,
    keep: Iterable[str] | None = None,
) -> tuple[pd.DataFrame, bool]:
    """The finished bars of the days *first* to *last* at fetch *known*, without their source.

    The columns are those of :func:`table`; the symbols are categories. The rows are in no order.
    Also, whether one fetch brought all of these bars of a symbol, whichever it was: then they are
    the same at each moment.
    """
    where = f"fetch_id <= {known} AND day BETWEEN DATE '{first}' AND DATE '{last}'"
    values: list[Any] = []
    if keep is not None:
        where += " AND symbol IN (SELECT unnest(?::VARCHAR[]))"
        values = [sorted(keep)]
    with reading(path) as connection:
        found = connection.execute(f"SELECT DISTINCT symbol FROM bars WHERE {where}", values)
        listed = ", ".join(quoted(name) for (name,) in sorted(found.fetchall()))
        frame = connection.execute(
            f"SELECT day AS date, symbol::ENUM({listed or quoted('')}) AS symbol, close, high, low,"
            f" open, volume, final, fetch_id FROM bars WHERE {where}",
            values,
        ).df()
    once = bool((frame["fetch_id"] == frame["fetch_id"].iloc[:1].max()).all())
    if not once:
        fetches = frame.groupby("symbol", observed=True)["fetch_id"]
        once = bool((fetches.min() == fetches.max()).all())
    if not once:
        frame = frame.sort_values("fetch_id", kind="stable")
        frame = frame.drop_duplicates(["symbol", "date"], keep="last")
    if not frame["final"].all():
        frame = frame[frame["final"].astype(bool)]
    return frame.drop(columns=["final", "fetch_id"]), once


def of_symbols(
    connection: DuckDBPyConnection, table: str, symbols: Sequence[str], where: str = "true"
) -> str:
    """A subquery of the rows of *table* with these *symbols* that fulfil *where*.

    The database passes over the blocks of a table that cannot hold a row. A test for one symbol
    also passes over most rows within a block; a test for a list does not. The rows of a large
    import lie in the order of symbols, so each is looked up alone. All others are read at once.
    """
    if not symbols:
        return f"(SELECT * FROM {table} WHERE false AND {where})"
    large = _large(connection, len(symbols)) if table == "bars" else []
    parts = [
        f"SELECT * REPLACE ({number} AS fetch_id, {quoted(symbol)} AS symbol) FROM rows_of"
        f" WHERE fetch_id = {number} AND symbol = {quoted(symbol)}"
        for number in large
        for symbol in symbols
    ]
    rest = "".join(f" AND fetch_id <> {number}" for number in large)
    listed = ", ".join(map(quoted, symbols))
    parts.append(f"SELECT * FROM rows_of WHERE symbol IN ({listed}){rest}")
    held = f"WITH rows_of AS NOT MATERIALIZED (SELECT * FROM {table} WHERE {where})"
    return f"({held} {' UNION ALL '.join(parts)})"


def _large(connection: DuckDBPyConnection, symbols: int) -> list[int]:
    """The largest imports, as many as are worth a look-up of that number of *symbols* in each."""
    from duckdb import CatalogException

    try:
        rows = connection.execute(
            "SELECT fetch_id FROM imports WHERE rows >= ? ORDER BY rows DESC, fetch_id LIMIT ?",
            [BULK, LOOKUPS // symbols],
        ).fetchall()
    except CatalogException:  # a store of 0.1.0 has no such table
        return []
    return [int(number) for (number,) in rows]


def quoted(text: str) -> str:
    """*text* as SQL writes it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _standing(
    connection: DuckDBPyConnection,
    table: str,
    known: int,
    rows: str,
    values: dict[str, Any],
    names: Sequence[str] = (),
) -> pd.DataFrame:
    """The newest row of each key of *table* at fetch *known*, with its source, by key.

    *rows* is the table, or a subquery of some of its rows with the parameters *values*. Where it
    holds the symbols *names* alone, in order, they are read and sorted as numbers, which is
    faster. Many rows are sorted by the database, which has more than one thread.
    """
    key = KEYS[table]
    order = [*key, "fetch_id"]
    query = f"SELECT * FROM {rows} WHERE fetch_id <= $cap"
    if names:
        listed = ", ".join(map(quoted, names))
        query = f"SELECT * REPLACE (symbol::ENUM({listed}) AS symbol) FROM ({query})"
    else:
        query += f" ORDER BY {', '.join(order)}"
    frame = connection.execute(query, {"cap": known, **values}).df()
    if names:
        frame = frame.sort_values(order, ignore_index=True).astype({"symbol": "str"})
    earlier = frame.duplicated(list(key), keep="last")
    if earlier.any():
        frame = frame[~earlier].reset_index(drop=True)
    return _with_source(connection, frame)


def _with_source(connection: DuckDBPyConnection, frame: pd.DataFrame) -> pd.DataFrame:
    """*frame* with the source of each row instead of its fetch.

    Raises:
        StoreError: The store does not list the fetch of a row, so that its source is not known.
    """
    import pandas as pd

    places, numbers = frame["fetch_id"].factorize()
    listed = connection.execute(
        "SELECT id, source FROM fetches SEMI JOIN (SELECT unnest(?::INTEGER[]) AS id) USING (id)",
        [numbers.tolist()],
    ).fetchall()
    named = dict(listed)
    for number in numbers:
        if number not in named:
            raise StoreError(
                f"The store has rows of fetch {number} and does not list that fetch; use a copy of"
                " the store from before.",
                subject=number,
            )
    sources = pd.Series([named[number] for number in numbers], dtype="str").take(places)
    return frame.drop(columns="fetch_id").assign(source=sources.array)


def _shaped(role: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the store in the columns of a dataset's file."""
    if role == "daily_bars":
        columns = ["day", "symbol", "close", "high", "low", "open", "volume", "source"]
        finished = frame if frame["final"].all() else frame[frame["final"].astype(bool)]
        return finished[columns].rename(columns={"day": "date"})
    if role == "intraday_bars":
        ended = frame["ended"].dt.tz_localize("UTC").dt.tz_convert(home().zone)
        told = frame.assign(
            start=ended - dt.timedelta(minutes=1),
            close=frame["price"],
        )
        return told[["start", "symbol", "close", "source"]]
    if role == "events":
        due = frame[frame["value"].notna()].sort_values(
            ["day", "name"],
            ignore_index=True,
        )
        times = [_clock(int(value)) if value else "" for value in due["value"]]
        told = due.assign(
            date=due["day"],
            kind=due["role"].str.split("/").str[1],
            time=times,
        )
        return told[["date", "name", "kind", "time", "source"]]
    names = {
        "rates": ("series", "value"),
        "futures": ("contract", "settle"),
        "confirmations": ("symbol", "close"),
    }[role]
    told = frame[frame["value"].notna()].rename(
        columns={"day": "date", "name": names[0], "value": names[1]}
    )[["date", *names, "source"]]
    if role == "confirmations":
        return told.sort_values([names[0], "date"], ignore_index=True)
    return told


def _clock(minutes: int) -> str:
    """The time of day that is *minutes* after midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def provenance(path: Path, role: str, known: int) -> list[dict[str, str]]:
    """Whence the series of *role* come, as known at fetch *known*.

    The newest fetch of each by source, with its time and hash.
    """
    with reading(path) as connection:
        rows = connection.execute(
            "SELECT role, symbol, source, fetched_at, sha256, id FROM fetches"
            " WHERE id <= ? AND list_contains(?, split_part(role, '/', 1)) QUALIFY"
            " row_number() OVER (PARTITION BY symbol, provider ORDER BY id"
            " DESC) = 1 ORDER BY symbol, source",
            [known, [role, *ALSO.get(role, ())]],
        ).fetchall()
    return [
        {
            "file": f"{role} {symbol}",
            "role": role,
            "source": source,
            "adjustment": "splits",
            "fetched_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "sha256": digest,
            "fetch": str(number),
        }
        for role, symbol, source, at, digest, number in rows
    ]


def restricted(path: Path, known: int) -> list[tuple[str, str]]:
    """The sources up to fetch *known* that may not be published, with terms."""
    with reading(path) as connection:
        return connection.execute(
            "SELECT DISTINCT source, terms FROM fetches WHERE id <= ? AND terms"
            " <> '' ORDER BY source",
            [known],
        ).fetchall()


def accepted(path: Path, known: int) -> list[Acceptance]:
    """The findings of the store at *path* that were accepted by fetch *known*."""
    with reading(path) as connection:
        return accepted_in(connection, known)


def accepted_in(connection: DuckDBPyConnection, known: int) -> list[Acceptance]:
    """The findings of an open store that were accepted by fetch *known*."""
    rows = connection.execute(
        "SELECT symbol, check_name, day, reason, person FROM acceptances"
        " WHERE fetch_id <= ? ORDER BY accepted_at",
        [known],
    ).fetchall()
    names = ("symbol", "check", "day", "reason", "person")
    return [Acceptance(**dict(zip(names, row, strict=True))) for row in rows]


def naive(at: dt.datetime) -> dt.datetime:
    """*at* as the store keeps times: in UTC, without saying so."""
    return at.astimezone(dt.UTC).replace(tzinfo=None)

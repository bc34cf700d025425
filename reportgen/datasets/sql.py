"""Tables of a dataset selected by a query from DuckDB or through SQLAlchemy."""

from __future__ import annotations

import hashlib
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.config.resources import cache_dir, written
from reportgen.config.secrets import VARIABLE, secret
from reportgen.core.errors import NoData, SettingsError

if TYPE_CHECKING:
    import pandas as pd

TWO_DAYS = 2 * 24 * 3600.0


def selected(query: str, database: str, folder: Path, what: str) -> Path:
    """The cached file that holds what *query* selects from *database* now.

    Args:
        query: A select with the columns of the role.
        database: A DuckDB file seen from *folder*, a SQLAlchemy URL, or the
            name of an environment variable that holds either.
        folder: The folder of the dataset.toml.
        what: What errors call the query.

    Raises:
        NoData: The database cannot be reached, or the query fails or selects
            nothing.
        SettingsError: The variable is not set, or SQLAlchemy is not installed.
    """
    address = secret(database) if VARIABLE.fullmatch(database) else database
    try:
        frame = _answer(query, address, folder)
    except SettingsError:
        raise
    except Exception as error:  # noqa: BLE001 - each database has its own
        reason = _without(
            str(error).partition("\n")[0],
            address if address != database else "",
        )
        # The driver's error may hold the address, so it is not shown as the
        # cause either.
        raise NoData(f"{what} failed: {reason}", subject=database) from None
    if frame.empty:
        raise NoData(f"{what} selects no rows.", subject=database)
    return _kept(
        f"{folder.resolve()}\0{address}\0{query}",
        frame.to_csv(index=False).encode(),
    )


def _answer(query: str, address: str, folder: Path) -> pd.DataFrame:
    if "://" in address:
        return _of_url(query, address)
    return _of_duckdb(query, folder / address)


def _without(text: str, address: str) -> str:
    """*text* without the parts of an *address*, for one may be a password."""
    parts = re.split(r"[\s:/@?&=;,]+", address)
    for part in sorted(parts, key=len, reverse=True):
        if len(part) > 2:
            text = text.replace(part, "...")
    return text


def _kept(name: str, rows: bytes) -> Path:
    """The file, in the user's cache, that holds *rows* of the query *name*.

    Other rows have another file, for a run may still be reading the one before;
    files that no run has asked for in two days go.
    """
    folder = cache_dir() / "queries"
    query = hashlib.sha256(name.encode()).hexdigest()[:16]
    path = folder / f"{query}-{hashlib.sha256(rows).hexdigest()[:16]}.csv"
    if not path.is_file():
        written(path, rows)
    for old in folder.glob(f"{query}-*.csv"):
        with suppress(OSError):
            if old != path and time.time() - old.stat().st_mtime > TWO_DAYS:
                old.unlink()
    return path


def _of_duckdb(query: str, path: Path) -> pd.DataFrame:
    import duckdb

    if not path.is_file():
        raise FileNotFoundError(f"there is no DuckDB file {path}")
    with duckdb.connect(os.fspath(path), read_only=True) as connection:
        return connection.execute(query).df()


def _of_url(query: str, address: str) -> pd.DataFrame:
    import pandas as pd

    try:
        import sqlalchemy
    except ImportError:
        raise SettingsError(
            "A query of a URL needs SQLAlchemy; install this copy with the extra 'sql'.",
            subject="sqlalchemy",
        ) from None
    engine = sqlalchemy.create_engine(address)
    try:
        with engine.connect() as connection:
            return pd.read_sql_query(sqlalchemy.text(query), connection)
    finally:
        engine.dispose()

"""Tables of a dataset selected by a query from DuckDB or through SQLAlchemy."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import NoData, SettingsError
from reportgen.keys import secret
from reportgen.resources import cache_dir, written

if TYPE_CHECKING:
    import pandas as pd

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def selected(query: str, database: str, folder: Path, what: str) -> Path:
    """The file, in the user's cache, that holds what *query* selects from *database* now.

    Args:
        query: A select with the columns of the role.
        database: A DuckDB file seen from *folder*, a SQLAlchemy URL, or the name of an environment
            variable that holds either.
        folder: The folder of the dataset.toml.
        what: What errors call the query.

    Raises:
        NoData: The database cannot be reached, or the query fails or selects nothing.
        SettingsError: The variable is not set, or SQLAlchemy is not installed.
    """
    address = secret(database) if VARIABLE.fullmatch(database) else database
    try:
        frame = _of_url(query, address) if "://" in address else _of_duckdb(query, folder / address)
    except (SettingsError, NoData):
        raise
    except Exception as error:  # each database fails in its own way
        reason = str(error).partition("\n")[0].replace(address, database)
        raise NoData(f"{what} failed: {reason}", subject=database) from error
    if frame.empty:
        raise NoData(f"{what} selects no rows.", subject=database)
    rows = frame.to_csv(index=False).encode()
    name = hashlib.sha256(f"{folder.resolve()}\0{database}\0{query}".encode()).hexdigest()[:16]
    path = cache_dir() / "queries" / f"{name}.csv"
    if not path.is_file() or path.read_bytes() != rows:  # one that is the same stays as it was read
        written(path, rows)
    return path


def _of_duckdb(query: str, path: Path) -> pd.DataFrame:
    import duckdb

    if not path.is_file():
        raise NoData(f"{path} does not exist; it is the DuckDB file of a query.", subject=path)
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

"""Imports a dataset's folder into the store: prices by DuckDB, the rest by file."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.core.errors import BadData
from reportgen.datasets.dataset import DataFile, Dataset, read
from reportgen.datasets.validation.verifying import accept
from reportgen.sources import store
from reportgen.sources.providers.contract import Level, Point, Reply

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COLUMNS = ("date", "symbol", "open", "high", "low", "close", "volume")
MISSING = "['', 'NA', 'N/A', 'NaN', 'nan', 'null']"
NOT_TAKEN = ("commentary", "meetings")
"""Statements stay files, in a folder "commentary" beside the store.

The Fed's calendar comes with the package.
"""


def take_in(
    path: Path,
    dataset: Dataset,
    at: dt.datetime,
) -> list[tuple[str, int]]:
    """How many rows of each file of *dataset* were new to the store at *path*.

    All of a file are added, or none.

    As in the dataset itself, the bars of a symbol come from the first file that
    has it: two files are never mixed in a series.
    """
    found: list[tuple[str, int]] = []
    taken: set[str] = set()
    for file in dataset.files:
        if file.role in NOT_TAKEN:
            continue
        with store.writing(path) as connection:
            if file.role == "daily_bars":
                table = _Bars(connection, file)
                found.append((file.path.name, table.add(at, taken)))
                if len(dataset.of_role("daily_bars")) > 1:
                    taken |= table.symbols()
            else:
                found.append((file.path.name, _others(connection, file, at)))
    for acceptance in dataset.accepted:
        if acceptance not in store.accepted(path, store.MOST):
            accept(path, acceptance, at)
    return found


def _reply(file: DataFile, at: dt.datetime) -> Reply:
    """The entry of a file in the list of fetches.

    It has the file's name and hash, not its bytes, which belong to their owner.
    """
    digest = hashlib.sha256()
    with file.path.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            digest.update(chunk)
    return Reply(
        url=f"file:{file.path.name}",
        status=200,
        at=at,
        body=digest.hexdigest().encode(),
    )


def _fetched(
    file: DataFile,
    at: dt.datetime,
    rows: list[Any],
    symbol: str = "",
) -> store.Fetched:
    return store.Fetched(
        provider=f"file {file.path.name}",
        source=file.source,
        terms=file.terms,
        role=file.role,
        symbol=symbol or file.path.name,
        replies=(_reply(file, at),),
        rows=rows,
    )


class _Bars:
    """A file of daily bars as a DuckDB relation with our names and types."""

    def __init__(self, connection: DuckDBPyConnection, file: DataFile) -> None:
        self.connection, self.file = connection, file
        reader = (
            "read_parquet(?)"
            if file.path.suffix == ".parquet"
            else (f"read_csv(?, header = true, nullstr = {MISSING}, sample_size = -1)")
        )
        with self._readable():
            present = {
                row[0]
                for row in connection.execute(
                    f"DESCRIBE SELECT * FROM {reader}",
                    [str(file.path)],
                ).fetchall()
            }
        date, symbol, opened, high, low, close, volume = (
            self._column(name, present) for name in COLUMNS
        )
        self.values: list[Any] = [dict(file.symbols), str(file.path)]
        self.select = (
            "SELECT coalesce(map_extract_value(?::MAP(VARCHAR, VARCHAR),"
            f" {symbol}), {symbol}) AS symbol, {date} AS day, {opened} AS open,"
            f" {high} AS high, {low} AS low, {close} AS close, {volume} AS"
            f" volume, true AS final FROM {reader} WHERE {close} IS NOT NULL"
        )

    def _column(self, name: str, present: set[str]) -> str:
        """The expression of our column *name*.

        Raises:
            BadData: The file must have it and has not.
        """
        theirs = self.file.columns.get(name, name)
        if theirs not in present and name in ("date", "symbol", "close"):
            shown = ", ".join(sorted(present))
            raise BadData(
                f"{self.file.path}: column '{theirs}' is missing; found"
                f" {shown}. Name it under 'columns' in dataset.toml.",
                subject=theirs,
            )
        kind = {"date": "DATE", "symbol": "VARCHAR"}.get(name, "DOUBLE")
        quoted = theirs.replace('"', '""')
        return f'"{quoted}"::{kind}' if theirs in present else "NULL::DOUBLE"

    @contextmanager
    def _readable(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except (
            duckdb.ConversionException,
            duckdb.InvalidInputException,
            duckdb.BinderException,
        ) as error:
            reason = str(error).splitlines()[0]
            raise BadData(
                f"{self.file.path}: it cannot be read as daily bars: {reason}",
                subject=self.file.path,
            ) from error

    def add(self, at: dt.datetime, taken: set[str]) -> int:
        """How many bars were new to the store.

        Those of the symbols *taken* before are left out.
        """
        number = store.register(self.connection, _fetched(self.file, at, []))
        select = (
            f"SELECT ?::INTEGER AS fetch_id, * FROM ({self.select})"
            " WHERE NOT list_contains(?, symbol) ORDER BY symbol, day"
        )
        with self._readable():
            return store.insert_new(
                self.connection,
                "bars",
                select,
                [number, *self.values, sorted(taken)],
            )

    def symbols(self) -> set[str]:
        """All symbols of the file."""
        return {
            row[0]
            for row in self.connection.execute(
                f"SELECT DISTINCT symbol FROM ({self.select})",
                self.values,
            ).fetchall()
        }


def _others(
    connection: DuckDBPyConnection,
    file: DataFile,
    at: dt.datetime,
) -> int:
    """Rates, futures, levels, meetings and events: a fetch for every series."""
    frame = read(file)
    frame = frame.dropna(subset=[column for column in frame if column != "time"])
    added = 0
    if file.role == "intraday_bars":
        frame["end"] = frame["start"] + dt.timedelta(minutes=file.minutes)
        for symbol, rows in frame.groupby("symbol"):
            levels = [
                Level(end.to_pydatetime(), price)
                for end, price in zip(rows["end"], rows["close"], strict=True)
            ]
            added += store.add(
                connection,
                _fetched(file, at, levels, str(symbol)),
            )
        return added
    for role, series, points in _points(file.role, file.source, frame):
        added += store.add(
            connection,
            replace(_fetched(file, at, points, series), role=role),
        )
    return added


def _points(
    role: str,
    source: str,
    frame: Any,
) -> Iterator[tuple[str, str, list[Point]]]:
    """Role, series and rows of every rate; of all futures together.

    Of every kind of event.
    """
    if role == "futures":
        columns = frame["contract"], frame["date"], frame["settle"]
        yield (
            role,
            role,
            [
                Point(str(name), day.date(), float(price))
                for name, day, price in zip(*columns, strict=True)
            ],
        )
    elif role == "rates":
        for series, rows in frame.groupby("series", sort=True):
            days = zip(rows["date"], rows["value"], strict=True)
            name = str(series)
            points = [Point(name, day.date(), float(value)) for day, value in days]
            yield role, name, points
    elif role == "confirmations":
        columns = frame["symbol"], frame["date"], frame["close"]
        yield (
            f"{role}/{source}",
            role,
            [
                Point(str(name), day.date(), float(close))
                for name, day, close in zip(*columns, strict=True)
            ],
        )
    else:
        for kind, rows in frame.groupby("kind", sort=True):
            times = rows["time"] if "time" in rows else [""] * len(rows)
            events = zip(rows["name"], rows["date"], times, strict=True)
            points = [Point(str(name), day.date(), _minutes(time)) for name, day, time in events]
            yield f"events/{kind}", str(kind), points


def _minutes(time: Any) -> float:
    """The minutes since midnight of a time such as "08:30".

    0 where there is none.
    """
    hours, _, minutes = str(time).partition(":")
    return 60.0 * int(hours) + int(minutes) if minutes.isdigit() else 0.0

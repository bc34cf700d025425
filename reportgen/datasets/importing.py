"""Imports a dataset's folder into the store: prices by DuckDB, the rest by file.

Prices stream: their memory does not grow with the number of symbols. A file that was imported
before is not read again if all its rows still stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reportgen.core.checks import Acceptance, Defect
from reportgen.core.errors import BadData
from reportgen.datasets.dataset import DataFile, Dataset, columns_of, read, refuse_timeless
from reportgen.datasets.days import days
from reportgen.datasets.delimited import MISSING, NUMBERS, decimal_of, heads_of
from reportgen.datasets.judged import digest_of, judged
from reportgen.datasets.validation.accepting import keep, kept_out
from reportgen.datasets.validation.finding import defect
from reportgen.datasets.validation.judging import Evidence, judge
from reportgen.datasets.validation.series import LEAST_DAYS, SEVERAL, distance
from reportgen.datasets.validation.verifying import by_day, of_file
from reportgen.sources import imported, store
from reportgen.sources.imported import Import
from reportgen.sources.providers.contract import Level, Point, Reply

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

COLUMNS = ("date", "symbol", "open", "high", "low", "close", "volume")
PRICES = ("open", "high", "low", "close", "volume")
PRICED = "close IS NOT NULL AND NOT isnan(close)"
OF_A_DAY = "(PARTITION BY symbol, day)"
VALUES: Mapping[str, tuple[str, str, str]] = {
    "rates": ("date", "series", "value"),
    "futures": ("date", "contract", "settle"),
    "confirmations": ("date", "symbol", "close"),
    "intraday_bars": ("start", "symbol", "close"),
}
"""The columns of tables with one value at a time."""
MOST = 5
"""Rows left out of a file that are told one by one."""
MEMORY = 600
"""Megabytes that the database may hold of a file of prices; the rest waits on the disk."""
PART = 1_000_000
"""Rows of prices that are judged and compared with the store at once."""
LAST_YEARS = 800
"""The days of a file in which its bars show how far they are apart."""
REFUSED = ("unit", "spacing")
"""Findings with which a file is not imported: all of it is another thing than it is said to be."""
NOT_TAKEN = ("commentary", "meetings", "prints", "vintages", "results")
"""Statements and results stay files, in a folder "commentary" beside the store.

The Fed's calendar comes with the package. A store's prints are those of its fetches: the times of
these say when a print was known.
"""


TABLES = {"daily_bars": "bars", "intraday_bars": "levels"}
"""The table of the store for the rows of a role; "points" for the others."""


class Taken(NamedTuple):
    """A file, how many of its rows were new, and in words which are not kept."""

    name: str
    new: int
    left_out: tuple[str, ...] = ()


def take_in(
    path: Path,
    dataset: Dataset,
    at: dt.datetime,
) -> list[Taken]:
    """How many rows of each file of *dataset* were new to the store at *path*.

    All of the dataset is added, or nothing.

    As in the dataset itself, the bars of a symbol come from the first file that
    has it: two files are never mixed in a series.

    Raises:
        BadData: A file cannot be read, or its values are in another unit or of other days than
            its role has, and no acceptance covers that.
    """
    with store.writing(path, MEMORY) as connection:
        found = [*_taken(connection, dataset, at)]
        known = store.accepted_in(connection, store.MOST)
        for acceptance in dataset.accepted:
            if acceptance not in known:
                keep(connection, acceptance, at)
    return found


def _taken(connection: DuckDBPyConnection, dataset: Dataset, at: dt.datetime) -> Iterator[Taken]:
    """Each file of *dataset*, once its rows are in the store that is being written."""
    taken = set[str]()
    several = len(dataset.of_role("daily_bars")) > 1
    for file in dataset.files:
        if file.role in NOT_TAKEN:
            continue
        content = digest_of(file.path)
        mark = judged(file, content, dataset.accepted, taken)
        table = TABLES.get(file.role, "points")
        known = imported.standing(connection, table, mark)
        if known:
            imported.again(connection, known, at)
            count = 0
        else:
            known, count = _imported(connection, file, _reply(file, content, at), dataset, taken)
            if digest_of(file.path) != content:
                raise BadData(
                    f"{file.path}: the file was changed while it was read; import it again.",
                    subject=file.path,
                )
            imported.remember(connection, mark, known, count, table)
        yield Taken(file.path.name, count, known.left_out)
        if several:
            taken |= known.symbols


def _imported(
    connection: DuckDBPyConnection, file: DataFile, reply: Reply, dataset: Dataset, taken: set[str]
) -> tuple[Import, int]:
    """What was imported of *file*, and how many of its rows were new.

    The symbols *taken* from earlier files are left out.
    """
    first = store.next_fetch(connection)
    symbols = frozenset[str]()
    if file.role == "daily_bars":
        table = _Bars(connection, file)
        table.refuse_coarse(dataset.accepted)
        count = table.add(reply, taken)
        left_out, symbols = table.left_out(taken), table.symbols()
    else:
        rows, left_out = _told_once(file)
        _refuse_wrong(file, rows, dataset.accepted)
        count = _others(connection, file, reply, rows)
    last = store.next_fetch(connection) - 1
    return Import(first=first, last=last, symbols=symbols, left_out=left_out), count


def _refuse_wrong(file: DataFile, rows: pd.DataFrame, accepted: Collection[Acceptance]) -> None:
    """Refuse rates, settlements and bars in another unit or of another length than the role has."""
    evidence = Evidence()
    if file.role == "rates":
        evidence = Evidence(rates=by_day(rows))
    elif file.role == "futures":
        evidence = Evidence(futures=rows)
    elif file.role == "intraday_bars":
        evidence = Evidence(intraday=[*of_file(file, rows)])
    _refuse([one for one in judge(evidence) if one.check in REFUSED], file, accepted)


def _refuse(found: Sequence[Defect], file: DataFile, accepted: Collection[Acceptance]) -> None:
    """Refuse the import for those of *found* that block."""
    kept_out(found, accepted, [one.symbol for one in found], lambda _: str(file.path))


def _reply(file: DataFile, content: str, at: dt.datetime) -> Reply:
    """The entry of a file in the list of fetches.

    It has the file's name and the hash of its *content*, not its bytes, which belong to their
    owner.
    """
    return Reply(url=f"file:{file.path.name}", status=200, at=at, body=content.encode())


def _fetched(
    file: DataFile,
    reply: Reply,
    rows: list[Any],
    symbol: str = "",
) -> store.Fetched:
    return store.Fetched(
        provider=f"file {file.path.name}",
        source=file.source,
        terms=file.terms,
        role=file.role,
        symbol=symbol or file.path.name,
        replies=(reply,),
        rows=rows,
    )


class _Part(NamedTuple):
    """Some symbols of a file, in their order, that have enough rows to be a part of it."""

    first: str
    last: str
    plain: bool
    """Whether each row has a close and a day of its own: no row is left out."""

    @property
    def rows(self) -> str:
        """The condition for a row of the part."""
        return f"symbol BETWEEN {store.quoted(self.first)} AND {store.quoted(self.last)}"


class _Bars:
    """A file of daily bars as a DuckDB table with our names and types, in the order of symbols.

    What compares rows does so part by part: some symbols at a time.
    """

    def __init__(self, connection: DuckDBPyConnection, file: DataFile) -> None:
        self.connection, self.file = connection, file
        delimiter, columns = columns_of(file)
        theirs = {ours: name for name, ours in columns.items()}
        numbers = [name for name, ours in columns.items() if ours in NUMBERS]
        mark = decimal_of(file, delimiter, numbers) if delimiter else ""
        with self._readable():
            self._load(theirs, delimiter)
            self._convert(mark)
        self._refuse_nameless()
        self.parts = [*self._parts()]

    def _load(self, theirs: Mapping[str, str], delimiter: str) -> None:
        """Name the rows of the file as they are ``read``, with our names."""
        place = store.quoted(str(self.file.path))
        reader = f"read_parquet({place})"
        if delimiter:
            mark = store.quoted(delimiter)
            reader = f"read_csv({place}, {_heads(self.file)}, all_varchar = true, delim = {mark})"
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {reader}")
        present = {row[0] for row in described.fetchall()}
        named = []
        for name in COLUMNS:
            known = theirs.get(name, self.file.columns.get(name, name))
            doubled = known.replace('"', '""')
            named.append(f'"{doubled}"' if known in present else "NULL::VARCHAR")
        if self.file.symbol:
            named[COLUMNS.index("symbol")] = store.quoted(self.file.symbol)
        selected = ", ".join(f"{of} AS {name}" for of, name in zip(named, COLUMNS, strict=True))
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW read AS SELECT {selected} FROM {reader}"
        )

    def _convert(self, mark: str) -> None:
        """Keep the rows in a table ``told`` with our types; *mark* is the decimal mark, if any."""
        told = self.connection.execute("SELECT DISTINCT date AS told FROM read").df()
        self.connection.register("days", told.assign(day=days(told["told"], self.file.timezone)))
        numbers = ", ".join(f"{_number(name, mark)} AS {name}" for name in PRICES)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE told AS SELECT"
            " coalesce(map_extract_value(?::MAP(VARCHAR, VARCHAR), symbol::VARCHAR),"
            f" symbol::VARCHAR) AS symbol, days.day::DATE AS day, {numbers}, true AS final"
            " FROM read LEFT JOIN days ON read.date = days.told ORDER BY symbol, day",
            [dict(self.file.symbols)],
        )
        self.connection.unregister("days")

    def _refuse_nameless(self) -> None:
        """Refuse a row without a symbol or a day, as a brief does.

        A row in which nothing stands is none.
        """
        off = self.connection.execute(
            "SELECT count(*) FROM told WHERE (trim(coalesce(symbol, '')) = '' OR day IS NULL)"
            " AND (trim(coalesce(symbol, '')) <> '' OR day IS NOT NULL OR close IS NOT NULL)"
        ).fetchone()
        if off and off[0]:
            refuse_timeless(self.file, read(self.file), "symbol", "date")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what DuckDB says of the file into the error that a brief ends with, if it does."""
        import duckdb

        try:
            yield
        except (
            duckdb.ConversionException,
            duckdb.InvalidInputException,
            duckdb.BinderException,
            ValueError,
        ) as error:
            read(self.file)
            reason = str(error).splitlines()[0]
            raise BadData(
                f"{self.file.path}: it cannot be read as daily bars: {reason}",
                subject=self.file.path,
            ) from error

    def _parts(self) -> Iterator[_Part]:
        """The parts of the file."""
        rows = self.connection.execute(
            "SELECT symbol, count(*) FROM told WHERE symbol IS NOT NULL GROUP BY symbol"
            " ORDER BY symbol"
        ).fetchall()
        first, held = "", 0
        for place, (symbol, count) in enumerate(rows):
            first = first if held else symbol
            held += count
            if held >= PART or place + 1 == len(rows):
                yield self._part(first, symbol)
                held = 0

    def _part(self, first: str, last: str) -> _Part:
        """The part from the symbol *first* to the *last*."""
        part = _Part(first, last, plain=False)
        other = self.connection.execute(
            f"SELECT 1 FROM told WHERE {part.rows} GROUP BY symbol, day"
            f" HAVING count(*) > 1 OR count(*) FILTER ({PRICED}) = 0 LIMIT 1"
        ).fetchone()
        return part._replace(plain=other is None)

    def refuse_coarse(self, accepted: Collection[Acceptance]) -> None:
        """Refuse bars of an hour or of a week: the store keeps one of each session."""
        newest = self.connection.execute("SELECT max(day) FROM told").fetchone()
        for part in self.parts:
            rows = self.connection.execute(
                "SELECT symbol, max(day), median(bars), median(apart) FROM (SELECT symbol, day,"
                " count(DISTINCT close) AS bars, day - lag(day) OVER (PARTITION BY symbol ORDER BY"
                f" day) AS apart FROM told WHERE {PRICED} AND {part.rows}"
                " AND day > ? - ? GROUP BY symbol, day QUALIFY row_number()"
                " OVER (PARTITION BY symbol ORDER BY day DESC) <= ?)"
                " GROUP BY symbol HAVING count(*) >= ? ORDER BY symbol",
                [newest[0] if newest else None, LAST_YEARS, SEVERAL, LEAST_DAYS],
            ).fetchall()
            found = [
                defect(symbol, row, day)
                for symbol, day, a_day, apart in rows
                for row in distance(day, a_day, apart or 0)
            ]
            _refuse(found, self.file, accepted)

    def add(self, reply: Reply, taken: set[str]) -> int:
        """How many bars were new to the store.

        Those of the symbols *taken* before are left out.
        """
        number = store.register(self.connection, _fetched(self.file, reply, []))
        added = 0
        for part in self.parts:
            select = (
                "SELECT ?::INTEGER AS fetch_id, symbol, day, open, high, low, close, volume, final"
                f" FROM told WHERE {PRICED} AND {part.rows} AND NOT list_contains(?, symbol)"
            )
            if not part.plain:
                select += (
                    f" QUALIFY row_number() OVER {OF_A_DAY} = 1"
                    f" AND min(close) OVER {OF_A_DAY} = max(close) OVER {OF_A_DAY}"
                )
            values = [number, sorted(taken)]
            added += store.insert_new(self.connection, "bars", select, values, where=part.rows)
        return added

    def symbols(self) -> frozenset[str]:
        """All symbols of the file."""
        rows = self.connection.execute(f"SELECT DISTINCT symbol FROM told WHERE {PRICED}")
        return frozenset(row[0] for row in rows.fetchall())

    def left_out(self, taken: set[str]) -> tuple[str, ...]:
        """What the store does not keep, in words: rows without a close, and days with two.

        Those of the symbols *taken* before are no part of it.
        """
        told, more = list[str](), 0
        for part in self.parts:
            if part.plain:
                continue
            rows = self.connection.execute(
                f"SELECT symbol, day, list(DISTINCT close) FILTER ({PRICED}) AS closes,"
                " count(*) OVER () FROM told"
                " WHERE trim(coalesce(symbol, '')) <> ''"
                f" AND {part.rows} AND NOT list_contains(?, symbol)"
                " GROUP BY symbol, day HAVING len(coalesce(closes, [])) <> 1"
                " ORDER BY symbol, day LIMIT ?",
                [sorted(taken), MOST],
            ).fetchall()
            shown = rows[: MOST - len(told)]
            told += [_unkept(symbol, day, sorted(closes or ())) for symbol, day, closes, _ in shown]
            more += (rows[0][3] if rows else 0) - len(shown)
        return (*told, f"and {more:,} more") if more else tuple(told)


def _shown(rows: Sequence[str]) -> tuple[str, ...]:
    """The first of *rows*, and how many there are beside them."""
    more = (f"and {len(rows) - MOST:,} more",) if len(rows) > MOST else ()
    return (*rows[:MOST], *more)


def _unkept(symbol: str, day: dt.date, closes: list[float]) -> str:
    """Why a day of a symbol is not kept."""
    if not closes:
        return f"{symbol} {day}: the row has no close and is left out"
    told = " and ".join(f"{close:,g}" for close in closes)
    return f"{symbol} {day}: two rows with the closes {told}; neither is kept"


def _heads(file: DataFile) -> str:
    """What DuckDB is told of the lines at the head of *file*."""
    found = heads_of(file.path) if file.heads > 1 else None
    if found is None:
        return "header = true"
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in found.fields)
    return f"header = false, skip = {file.heads}, names = [{names}]"


def _number(name: str, mark: str) -> str:
    """The expression of the number *name*; without a decimal *mark* it is no text."""
    if not mark:
        return f"{name}::DOUBLE"
    missing = ", ".join(f"'{text}'" for text in MISSING)
    pointed = f"translate({name}, ',.', '.?')" if mark == "," else name
    return f"CASE WHEN trim({name}) IN ({missing}) THEN NULL ELSE {pointed}::DOUBLE END"


def _told_once(file: DataFile) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The whole rows of *file*, and in words the values that it has twice; both are left out."""
    frame = read(file)
    if file.role in VALUES:
        time, name, value = VALUES[file.role]
        refuse_timeless(file, frame[frame[value].notna()], name, time)
    frame = frame.dropna(subset=[column for column in frame if column != "time"])
    if file.role not in VALUES:
        return frame, ()
    frame = frame.drop_duplicates([time, name, value])
    doubled = frame.duplicated([time, name], keep=False)
    told = [
        f"{of} {when:%Y-%m-%d}: two rows that differ; neither is kept"
        for when, of in frame[doubled].drop_duplicates([time, name])[[time, name]].to_numpy()
    ]
    return frame[~doubled].copy(), _shown(told)


def _others(
    connection: DuckDBPyConnection,
    file: DataFile,
    reply: Reply,
    frame: pd.DataFrame,
) -> int:
    """Rates, futures, levels, meetings and events: a fetch for every series."""
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
                _fetched(file, reply, levels, str(symbol)),
            )
        return added
    for role, series, points in _points(file.role, file.source, frame):
        added += store.add(
            connection,
            replace(_fetched(file, reply, points, series), role=role),
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

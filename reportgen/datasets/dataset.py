"""A dataset: a folder with a ``dataset.toml`` that says what each file holds.

Roles and their columns (name them under ``[files.columns]`` where the file says
otherwise):

=============
==========================================================================
daily_bars     date, symbol, close; high and low where they are known
intraday_bars  start (a time with an offset, or in the file's ``timezone``),
symbol, close rates          date, series, value (percent) futures        date,
contract ("ZQG2025"), settle meetings       start, end, type ("regular",
"cancelled", "unscheduled"); announced, votes_for and votes_against, and how many of
those against prefer_higher or prefer_lower, where they are known events         date,
name, kind; time ("08:30", of New York) and announced, where they are known
confirmations  date, symbol, close of a second source, with which closes are
compared prints         series, period ("2025-01", "2024Q4", or the last day of a week),
actual as it was printed, released_at (a time, or a day, which counts to its end); stage,
previous as known with it, previous_first, earlier, consensus and its poll, source, known_at
vintages       series, period ("2025-01", "2024Q4"), value, released_at: a row for each time that
the figure of a period was told; source
results        symbol, reported_at (a time; or a day, with "before" the open or "after"
the close in the column when); announced, where it is known
commentary     a folder of Markdown files with front matter
=============
==========================================================================
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import pandas as pd

from reportgen.config.resources import SAMPLE, cached
from reportgen.config.schema import Line, Symbols, read_toml, says
from reportgen.core.checks import CHECKS, Acceptance
from reportgen.core.errors import BadData, NoData, ReportgenError, did_you_mean
from reportgen.datasets import delimited, printed_rows, vintage_rows
from reportgen.datasets.days import days
from reportgen.datasets.delimited import NUMBERS, TIMES, VOTES
from reportgen.markets import home
from reportgen.markets.publication import known_by

if TYPE_CHECKING:
    from reportgen.markets.calendar import Moment
    from reportgen.sources.then import Then

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "daily_bars": ("date", "symbol", "close"),
    "intraday_bars": ("start", "symbol", "close"),
    "rates": ("date", "series", "value"),
    "futures": ("date", "contract", "settle"),
    "meetings": ("start", "end", "type"),
    "events": ("date", "name", "kind"),
    "confirmations": ("date", "symbol", "close"),
    "prints": ("series", "period", "actual", "released_at"),
    "vintages": ("series", "period", "value", "released_at"),
    "results": ("symbol", "reported_at"),
    "commentary": (),
}
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "daily_bars": ("high", "low", "open", "volume"),
    "events": ("time", "announced"),
    "meetings": ("announced", *VOTES),
    "prints": (
        "stage",
        "previous",
        "previous_first",
        "earlier",
        "consensus",
        "poll",
        "source",
        "known_at",
    ),
    "vintages": ("source",),
    "results": ("when", "announced"),
}
"""Columns that are read where a file has them."""
WITNESSES = {"open", "volume"}
"""Columns that only the checks read. A bad value counts as missing."""
DAY_OF_RATES = "observation_date"
"""What FRED calls the day of a value."""
PUBLISHED: Mapping[str, str] = {"rates": "18:00", "futures": "19:00"}
"""When the values of a day are known, exchange time, where the description does
not say.

The Treasury posts its yields on the evening, and CME its last settlements of a
day at seven.
"""
MEETINGS = SAMPLE / "meetings.csv"
"""The Fed's published calendar, which is true of every market data."""
DAY_TYPES = ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S")
"""The types of a column of days by which a Parquet file is read from a day on."""
ANNOUNCED = ("announced", "released_at", "known_at")
"""Columns of times by which something was known."""
LARGE = 16 << 20
"""Bytes from which a file is too slow to hash twice."""


Rule = Annotated[
    str,
    says(
        'a rule: "close", "16:00", "-1d 14:00" or "+1d mon 16:15"',
        "18:00",
        pattern=r"^(close|(next |[+-]\d{1,3}d )?((mon|tue|wed|thu|fri) )?([01]\d|2[0-3]):[0-5]\d)$",
    ),
]
Texts = Annotated[
    Mapping[str, str],
    says("a table of texts", {"close": "Close"}),
]
Days = Annotated[
    dt.date | Mapping[str, dt.date],
    says(
        "a day such as 2021-06-25, or a table of days by symbol",
        dt.date(2021, 6, 25),
    ),
]


class FileTable(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"since": "from"},
):
    """A table [[files]] of a dataset.toml; see :class:`DataFile`."""

    path: Line = ""
    """The file, seen from the dataset.toml; a table of CSV or Parquet, or a
    folder of commentary.
    """
    query: Annotated[
        str,
        says("a query", "select date, symbol, close from closes"),
    ] = ""
    """Instead of ``path``: what is selected from ``database``, with the role's
    columns.
    """
    database: Annotated[
        str,
        says(
            "a DuckDB file, a SQLAlchemy URL without a password, or the name of a variable",
            "prices.duckdb",
            pattern=r"^(?!\w[^:]*://[^\s]*:[^\s]*@)(?!.*(?:password|passwd|token|secret)=).*$",
            extra={"secret": True},
        ),
    ] = ""
    """Where ``query`` is asked. A URL with a password stands in an environment
    variable.
    """
    role: Literal[
        "daily_bars",
        "intraday_bars",
        "rates",
        "futures",
        "meetings",
        "events",
        "confirmations",
        "prints",
        "vintages",
        "results",
        "commentary",
    ]
    source: Line
    adjustment: Line = "none"
    terms: Line = ""
    timezone: str = ""
    """The zone of times without an offset; without it, that of the desk's
    market.
    """
    minutes: Annotated[int, says("a whole number above 0", 15, gt=0)] = 15
    columns: Texts = {}
    symbol: Line = ""
    """The symbol of all rows of a file that has no column of symbols."""
    series: Line = ""
    """The series of all rows of a file of rates that has no column of series."""
    delimiter: Annotated[str, says("one character", ";", pattern=r"^([^\r\n])?$")] = ""
    """What separates the columns of a CSV file; without it, what its first line has."""
    decimal: Annotated[str, says('"." or ","', ",", pattern=r"^[.,]?$")] = ""
    """The decimal mark of a CSV file; without it, a point, or what can be nothing else."""
    symbols: Texts = {}
    available: Annotated[
        Mapping[str, Rule],
        says("a table of rules", {"default": "18:00"}),
    ] = {}
    absent: Symbols = ()
    since: Days = {}

    def __post_init__(self) -> None:
        """Refuse a table that names no file and no query, or both."""
        if bool(self.path) == bool(self.query):
            raise ValueError("a table of files has either path or query.")
        if bool(self.query) != bool(self.database):
            raise ValueError("query and database go together.")
        if self.symbol and "symbol" not in COLUMNS[self.role]:
            raise ValueError(f"symbol is for a file of prices, and the role is {self.role}.")
        if self.series and self.role != "rates":
            raise ValueError(f"series is for a file of rates, and the role is {self.role}.")
        if self.delimiter and self.delimiter == self.decimal:
            raise ValueError("delimiter and decimal are the same.")


class StoreFile(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"since": "from"},
):
    """What lies beside a store, as NAME.dataset.toml: what it never covers."""

    absent: Symbols = ()
    since: dt.date | None = None
    simulated: bool = False
    """Whether the market is invented, so that its series need not fit each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedTable(Acceptance):
    """A table [[accepted]] of a dataset.toml."""

    def __post_init__(self) -> None:
        """Refuse an unknown check, and an acceptance without a reason."""
        if self.check not in CHECKS:
            hint = did_you_mean(self.check, CHECKS)
            raise ValueError(f"there is no check '{self.check}'.{hint}")
        if not self.reason.strip():
            raise ValueError("reason says why the finding may stand.")


class DatasetFile(
    StoreFile,
    frozen=True,
    kw_only=True,
    rename={"since": "from"},
):
    """A dataset.toml."""

    name: Line
    files: Annotated[
        tuple[FileTable, ...],
        says("one [[files]] table or more", [], min_length=1),
    ]
    notice: Line = ""
    accepted: tuple[AcceptedTable, ...] = ()


TEXTS = (".csv", ".txt", ".tsv")
"""How the names of files end of which a line can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One file of a dataset.

    Its role, its columns, its source and when its rows are known.
    """

    path: Path
    role: str
    source: str
    adjustment: str = "none"
    terms: str = ""
    """The words in which the source forbids publication; "" without such words."""
    timezone: str = ""
    """The zone of times without an offset; "" for that of the desk's market."""
    minutes: int = 15
    columns: Mapping[str, str] = field(default_factory=dict)
    symbol: str = ""
    """The symbol of all rows, where no column has it."""
    series: str = ""
    """The series of all rows, where no column has it."""
    delimiter: str = ""
    """What separates the columns of a CSV file; "" for what its first line has."""
    decimal: str = ""
    """The decimal mark of a CSV file; "" for what it can only be."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    available: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    """Symbols or series that the file never has, as its description says."""
    starts: Mapping[str, dt.date] = field(default_factory=dict)
    """The first day that the file covers, by symbol; "" for all others."""
    queried: bool = False
    """Whether its rows are those of a query."""
    heads: int = 1
    """The lines at the head of a CSV file: one, or three as yfinance writes them."""
    fetch: int | None = None
    """Of a store: what is read is what was known at the fetch of that number."""
    then: Then | None = None
    """Of a store: as each series was known at a past moment."""

    def known_at(self, name: str) -> str:
        """When a row of the series or symbol *name* is known.

        "HH:MM" is exchange time on its day, "-1d HH:MM" the day before.
        """
        usual = self.available.get("default", PUBLISHED.get(self.role, "close"))
        return self.available.get(name, usual)

    @property
    def column_of_prices(self) -> str:
        """What the file calls the closes, where its description says that they are prices."""
        prices = self.adjustment in ("none", "splits")
        return self.columns.get("close", "close") if prices else "close"

    def begins(self, name: str) -> dt.date | None:
        """The first day that the file covers of *name*, if it is declared."""
        return self.starts.get(name, self.starts.get(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A described folder of files."""

    name: str
    folder: Path
    notice: str
    files: tuple[DataFile, ...]
    accepted: tuple[Acceptance, ...] = ()
    """Findings on the data that a person lets stand."""
    absent: tuple[str, ...] = ()
    """Symbols and series that the data never have, as their description says."""
    since: dt.date | None = None
    """The first day that the data cover, if their description says so."""
    simulated: bool = False
    """Whether the market is invented: its series need not move together as real ones do."""

    def of_role(self, role: str) -> tuple[DataFile, ...]:
        """The files with that role, in the order of the description."""
        return tuple(f for f in self.files if f.role == role)


def open_dataset(
    folder: Path,
    fetch: int | None = None,
    moment: Moment | None = None,
) -> Dataset:
    """The dataset described in *folder*, or in a store as known at *fetch*.

    NoData or BadData says which line of its description is off.
    """
    if folder.suffix == ".duckdb":
        return _of_store(folder, fetch, moment)
    description = folder / "dataset.toml"
    if not folder.is_dir():
        raise NoData(
            f"Dataset '{folder}' is not a folder; give 'sample' or a folder with a dataset.toml.",
            subject=folder,
        )
    if not description.is_file():
        raise NoData(
            f"Dataset '{folder}' has no dataset.toml; it names the files and their roles.",
            subject=folder,
        )
    told = read_toml(description, DatasetFile, BadData)
    return Dataset(
        name=told.name,
        folder=folder,
        notice=told.notice,
        files=tuple(_data_file(folder, description, row) for row in told.files),
        accepted=tuple(Acceptance(**asdict(row)) for row in told.accepted),
        absent=told.absent,
        since=told.since,
        simulated=told.simulated,
    )


def _beside_store(path: Path) -> StoreFile:
    """What ``NAME.dataset.toml`` beside the store ``NAME.duckdb`` declares."""
    description = path.with_suffix(".dataset.toml")
    if not description.is_file():
        return StoreFile()
    return read_toml(description, StoreFile, BadData)


def _of_store(path: Path, fetch: int | None, moment: Moment | None) -> Dataset:
    """The tables of a store, with public knowledge and the statements beside it.

    With a *moment*, each series as it was known then; see
    :class:`reportgen.sources.store.Then`.
    """
    from reportgen.sources import store

    known = store.last_fetch(path) if fetch is None else fetch
    then = _known_then(path, moment, known) if moment else None
    files = []
    for role in store.ROLES:
        rules = store.rules_of(role)
        files.append(
            DataFile(
                path=path,
                role=role,
                source=path.stem,
                fetch=known,
                then=then,
                **rules,
            )
        )
    files.append(
        DataFile(
            path=MEETINGS,
            role="meetings",
            source="Federal Reserve calendar",
        )
    )
    if (path.parent / "commentary").is_dir():
        files.append(
            DataFile(
                path=path.parent / "commentary",
                role="commentary",
                source="commentary",
            )
        )
    declared = _beside_store(path)
    return Dataset(
        name="Store",
        folder=path.parent,
        notice="",
        files=tuple(files),
        accepted=tuple(store.accepted(path, known)),
        absent=declared.absent,
        since=declared.since,
        simulated=declared.simulated,
    )


def _known_then(path: Path, moment: Moment, known: int) -> Then | None:
    """Which fetches count at *moment*.

    None where none has been received since, so that all of them do.

    A brief of a close is the newest one until the next session opens, and a
    brief of a running session until its end: what is received by then is no
    hindsight.
    """
    from reportgen.sources import store
    from reportgen.sources.then import Then

    running = moment.state == "open"
    following = moment.calendar.session_open(_next_session(moment))
    until = moment.closes if running else following
    strict = running or moment.known <= moment.at
    early = store.fetch_by(path, moment.at if strict else until)
    late = store.fetch_by(path, until)
    if early >= known:
        return None
    opened, at = (moment.opened, moment.at) if running else (None, None)
    newest = partial(_newest, moment)
    return Then(early=early, late=late, newest=newest, opened=opened, at=at)


def _newest(moment: Moment, role: str, name: str) -> dt.date:
    """The newest day of a store's series that can have been known at *moment*."""
    from reportgen.markets.instruments import registry
    from reportgen.sources import store

    rule, calendar = "close", moment.calendar
    if role:
        kind = role.partition("/")[0]
        rules = store.rules_of(kind)
        rule = DataFile(path=Path(), role=kind, source="", **rules).known_at(name)
    elif found := registry().get(name):
        rule = found.published or "close"
        if found.published:
            calendar = found.sessions
        if found.sessions.always:
            rule = "utc-midnight"
    by = moment.at if rule == "utc-midnight" else moment.known
    day = moment.session + dt.timedelta(days=2)
    while known_by(rule, day, calendar) > by:
        day -= dt.timedelta(days=1)
    return day


def _next_session(moment: Moment) -> dt.date:
    return moment.calendar.neighbours(moment.session)[1]


def listed_meetings() -> list[tuple[dt.date, dt.date]]:
    """First and last day of every regular Fed meeting in the shipped calendar."""
    rows = read(DataFile(path=MEETINGS, role="meetings", source=""))
    meetings = zip(rows["start"], rows["end"], strict=True)
    return [(start.date(), end.date()) for start, end in meetings]


def _data_file(folder: Path, description: Path, row: FileTable) -> DataFile:
    path = _queried(folder, description, row) if row.query else folder / row.path
    if not path.exists():
        raise NoData(
            f"{description}: file '{row.path}' does not exist.",
            subject=path,
        )
    if not (path.is_dir() if row.role == "commentary" else path.is_file()):
        wanted = "a folder" if row.role == "commentary" else "a file (not a folder, pipe or device)"
        raise BadData(f"{description}: '{row.path}' is not {wanted}.", subject=path)
    starts = {"": row.since} if isinstance(row.since, dt.date) else row.since
    told = msgspec.structs.asdict(row)
    for name in ("since", "query", "database"):
        del told[name]
    file = DataFile(**{**told, "path": path, "starts": starts, "queried": bool(row.query)})
    return _of_yfinance(file) if file.role == "daily_bars" else file


def _of_yfinance(file: DataFile) -> DataFile:
    """*file*, with the symbol that its second line names, if it has three at its head.

    Raises:
        BadData: It is of several symbols, each with columns of its own.
    """
    found = delimited.heads_of(file.path)
    if found is None:
        return file
    tickers = list(dict.fromkeys(found.tickers))
    if len(tickers) > 1:
        raise BadData(
            f"{file.path}: it has columns of {len(tickers)} tickers side by side; write one row for"
            " each: data.stack(level='Ticker', future_stack=True).to_csv(...), with columns ="
            ' { date = "Date", symbol = "Ticker" } in dataset.toml; or a file for each ticker.',
            subject=file.path,
        )
    name = file.symbol or dict(file.symbols).get(tickers[0], tickers[0])
    return replace(file, symbol=name, columns={"date": "Price", **file.columns}, heads=3)


def _queried(folder: Path, description: Path, row: FileTable) -> Path:
    """The file that holds what the query of *row* selects now."""
    from reportgen.datasets.sql import selected

    return selected(
        row.query,
        row.database,
        folder,
        f"{description}: the query of '{row.role}'",
    )


def read(
    file: DataFile,
    keep: Iterable[str] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """The rows of *file* in their order, with the role's column names.

    Symbols not in *keep* are left out. Of daily bars, so is what is before *since* or after
    *until*, where a part of the file can be read.
    """
    return _placed(file, keep, since, until).reset_index(drop=True)


def place_of(file: DataFile, symbol: str, day: dt.date) -> str:
    """Where *file* has the row of *symbol* on *day*: "prices.csv, line 7"; its path for none."""
    rows = _placed(file, [symbol])
    places = rows.index[rows["date"] == pd.Timestamp(day)]
    if not len(places) or file.path.suffix == ".parquet":
        return str(file.path)
    return f"{file.path}, {delimited.place_of(file, int(places[0]))}"


def refuse_timeless(file: DataFile, frame: pd.DataFrame, name: str, time: str) -> None:
    """Refuse rows of *file* without a time.

    Args:
        file: What was read.
        frame: Its rows.
        name: The column of the series.
        time: The column of its time.

    Raises:
        BadData: A row has none.
    """
    times = frame[time]
    if times.isna().any():
        symbol = frame[name].iloc[times.isna().argmax()]
        raise BadData(
            f"{file.path}: {symbol} has a row without a valid time; correct the file or its"
            " timezone.",
            subject=symbol,
        )


def _placed(
    file: DataFile,
    keep: Iterable[str] | None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """The rows of *file*; the index is the place of each in a file of lines."""
    if file.fetch is not None:
        from reportgen.sources import store

        return store.table(file.path, file.role, file.fetch, keep, file.then, since)
    wanted = None if keep is None else set(keep)
    with _readable(file):
        delimiter, header = _header(file)
        columns = _columns(file, header)
        frame = _read_table(file, delimiter, columns, wanted, since, until)
    if frame.empty and (wanted is None or file.path.suffix != ".parquet"):
        raise NoData(f"{file.path}: the file has no rows.", subject=file.path)
    frame = _long(file, frame, columns)
    name = next((c for c in ("symbol", "series") if c in frame), None)
    if name:
        _refuse_nameless(file, frame[name])
        frame[name] = frame[name].replace(dict(file.symbols))
        if wanted is not None:
            frame = frame[frame[name].isin(wanted)]
    return _typed(file, frame)


@contextmanager
def _readable(file: DataFile) -> Iterator[None]:
    """Turn what a reader says of *file* into an error of ours."""
    try:
        yield
    except (ReportgenError, MemoryError):
        raise
    except pd.errors.EmptyDataError:
        raise NoData(
            f"{file.path}: the file is empty.",
            subject=file.path,
        ) from None
    except Exception as error:
        # Readers fail in their own ways: a cut archive, a wrong encoding, a
        # damaged footer.
        reason = str(error).partition("\n")[0]
        if reason.endswith("out of memory"):
            raise MemoryError(reason) from error
        raise BadData(
            f"{file.path}: it cannot be read as a table: {reason}",
            subject=file.path,
        ) from error


def _header(file: DataFile) -> tuple[str, tuple[str, ...]]:
    """What separates the columns of *file*, "" in Parquet, and their names there."""
    if file.path.suffix == ".parquet":
        import duckdb

        with duckdb.connect() as connection:
            return "", tuple(connection.read_parquet(str(file.path)).columns)
    wanted = [file.columns.get(name, name) for name in COLUMNS[file.role]]
    return delimited.delimiter_of(file, [*wanted, DAY_OF_RATES])


def columns_of(file: DataFile) -> tuple[str, dict[str, str]]:
    """What separates the columns of *file*, and the names there of ours, by theirs.

    Raises:
        NoData: The file lacks one that it must have.
    """
    with _readable(file):
        delimiter, header = _header(file)
        return delimiter, _columns(file, header)


def _columns(file: DataFile, header: Sequence[str]) -> dict[str, str]:
    """Our names of the columns to read, by what the file calls them.

    In a table of rates with a column for each series, each of these is a "value".
    """
    names = {ours: _theirs(file, ours, header) for ours in COLUMNS[file.role]}
    said = {"symbol": file.symbol, "series": file.series}
    for ours, theirs in names.items():
        if said.get(ours) and theirs in header:
            raise BadData(
                f"{file.path}: it has a column '{theirs}', and dataset.toml says {ours} ="
                f' "{said[ours]}" of all its rows; leave the wrong one out.',
                subject=ours,
            )
    found = {names[ours]: ours for ours in names if not said.get(ours)}
    if file.role == "rates" and names["series"] not in header:
        values = _wide(file, header, names)
        found = {names["date"]: "date", **dict.fromkeys(values, "value")}
    for theirs, ours in found.items():
        if theirs not in header:
            raise _missing(file, ours, theirs, header)
    optional = {_theirs(file, ours, header): ours for ours in OPTIONAL.get(file.role, ())}
    found |= {theirs: ours for theirs, ours in optional.items() if theirs in header}
    return found


def _theirs(file: DataFile, ours: str, header: Sequence[str]) -> str:
    """What *file* calls our column: as its description says, or in capital letters too."""
    if ours in file.columns or ours in header:
        return file.columns.get(ours, ours)
    known = {ours, DAY_OF_RATES} if (file.role, ours) == ("rates", "date") else {ours}
    alike = [name for name in header if name.lower() in known]
    return alike[0] if len(alike) == 1 else ours


def _wide(file: DataFile, header: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The columns of values in a table of rates that has no column of series.

    All but the days, as FRED writes them, or the one that the description names.
    """
    others = [name for name in header if name != names["date"]]
    if "value" in file.columns or names["value"] in header:
        if names["value"] == "value" and not file.series:
            raise _missing(file, "series", names["series"], header)
        return [names["value"]]
    if not file.series or len(others) == 1:
        return others or [names["value"]]
    if file.series not in others:
        raise _missing(file, "value", names["value"], header)
    return [file.series]


def _missing(file: DataFile, ours: str, theirs: str, header: Sequence[str]) -> NoData:
    """The error for a column that *file* must have, with what to write in dataset.toml."""
    examples = {"symbol": home().lead, "series": next(iter(home().yields), "")}
    one = f'; or, where all rows are of one {ours}, write {ours} = "{examples.get(ours)}"'
    return NoData(
        f"{file.path}: column '{theirs}' is missing; found"
        f" {', '.join(map(str, header))}. Name it under 'columns' in dataset.toml:"
        f' columns = {{ {ours} = "..." }}{one if ours in examples else ""}.',
        subject=theirs,
    )


def _refuse_nameless(file: DataFile, names: pd.Series) -> None:
    """Refuse a row without a symbol or series; the index of *names* is its place."""
    blank = {name for name in names.unique() if pd.isna(name) or not str(name).strip()}
    if blank:
        place = int(names.index[names.isin(blank) | names.isna()][0])
        raise BadData(
            f"{file.path}, {delimited.place_of(file, place)}: the row has no {names.name};"
            " write it there, or leave the row out.",
            subject=names.name,
        )


def _long(file: DataFile, frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """*frame* with our names, and with the symbol or series that no column of it has."""
    frame = frame[list(columns)]
    if file.role == "rates" and "series" not in columns.values():
        day = next(theirs for theirs, ours in columns.items() if ours == "date")
        frame = frame.melt(id_vars=day, var_name="series", value_name="value of a day")
        frame = frame.rename(columns={day: "date", "value of a day": "value"})
        return frame.assign(series=file.series) if file.series else frame
    frame = frame.rename(columns=dict(columns))
    return frame.assign(symbol=file.symbol) if file.symbol else frame


def _read_table(
    file: DataFile,
    delimiter: str,
    columns: Mapping[str, str],
    wanted: Collection[str] | None,
    since: dt.date | None,
    until: dt.date | None,
) -> pd.DataFrame:
    """The named columns of *file*.

    Of a Parquet file, which may hold ten thousand symbols, only the rows of the
    *wanted* ones, from the day *since* on to the day *until*.
    """
    if file.path.suffix == ".parquet":
        return _parquet(file, columns, wanted, since, until)
    return delimited.rows(file, delimiter, columns)


def _parquet(
    file: DataFile,
    columns: Mapping[str, str],
    wanted: Collection[str] | None,
    since: dt.date | None,
    until: dt.date | None,
) -> pd.DataFrame:
    import duckdb

    column, value = duckdb.ColumnExpression, duckdb.ConstantExpression
    with duckdb.connect() as connection:
        table = connection.read_parquet(str(file.path), file_row_number=True)
        present = [name for name in columns if name in table.columns]
        symbol = next(
            (theirs for theirs, ours in columns.items() if ours == "symbol"),
            None,
        )
        if wanted is not None and symbol in present:
            renamed = [name for name, ours in file.symbols.items() if ours in wanted]
            as_they_are = [name for name in wanted if name not in file.symbols]
            kept = map(value, [*renamed, *as_they_are] or [""])
            table = table.filter(column(symbol).isin(*kept))
        day = next((theirs for theirs, ours in columns.items() if ours == "date"), None)
        if since is not None and day in present and str(table[day].types[0]) in DAY_TYPES:
            table = table.filter(column(day) >= value(since))
            if until is not None:
                table = table.filter(column(day) < value(until + dt.timedelta(days=1)))
        # A filter may hand out its rows in another order than the file's, which
        # is the one that is judged.
        in_order = table.order("file_row_number")
        rows: pd.DataFrame = in_order.select(*map(column, present)).df()
        return rows


def _witnessed(frame: pd.DataFrame) -> pd.DataFrame:
    """*frame* with numbers in the columns that only checks read."""
    read = {
        column: pd.to_numeric(frame[column], errors="coerce").astype(float)
        for column in WITNESSES & {*frame.columns}
    }
    return frame.assign(**read)


def _typed(file: DataFile, frame: pd.DataFrame) -> pd.DataFrame:
    frame = _witnessed(frame)
    if file.role == "prints":
        printed_rows.refuse(file, frame)
        none = frame["actual"].astype(str).str.strip() == printed_rows.NONE
        frame = frame.assign(actual=frame["actual"].mask(none))
    if file.role == "vintages":
        frame = frame[frame["value"].notna() & (frame["value"].astype(str).str.strip() != "")]
        vintage_rows.refuse(file, frame)
    if "time" in frame.columns:
        known = frame["time"].dropna().astype(str)
        off = known[~known.str.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|")]
        if len(off):
            raise BadData(
                f"{file.path}: the time '{off.iloc[0]}' of an event is no time"
                " of day; write one such as 08:30.",
                subject=file.path,
            )
    for column in frame.columns:
        try:
            frame[column] = _converted(file, column, frame[column])
        except KeyError as error:
            raise BadData(
                f"{file.path}: unknown timezone {error}; write one such as Europe/London or UTC.",
                subject=column,
            ) from error
        except (ValueError, TypeError) as error:
            raise BadData(_unread(file, column, str(error)), subject=column) from error
    return printed_rows.published(frame, none) if file.role == "prints" else frame


NO_NUMBER = "could not convert string to float: "
"""How Python begins to say that a text is no number."""


def _unread(file: DataFile, column: str, said: str) -> str:
    """Why a *column* of *file* cannot be read: the line, the value, and what to write."""
    reason = said.partition(", at position")[0]
    if reason.startswith(NO_NUMBER):
        value = reason.removeprefix(NO_NUMBER).strip("'")
        comma = delimited.COMMA.fullmatch(value)
        fix = 'if a comma is the decimal mark, write decimal = ","'
        none = "leave the cell empty where there is none"
        reason = f"'{value}' is no number; {fix if comma else none}"
    else:
        value = reason.partition("'")[2].partition("'")[0]
    line = _line_with(file.path, value)
    return f"{file.path}{f', line {line}' if line else ''}: column '{column}': {reason}"


def _line_with(path: Path, value: str) -> int:
    """The number of the first line below the head of a text file that has *value*; 0 for none."""
    if not value or path.suffix.lower() not in TEXTS:
        return 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        found = (number for number, line in enumerate(lines, 1) if number > 1 and value in line)
        return next(found, 0)


def _converted(file: DataFile, column: str, told: pd.Series) -> pd.Series:
    """The values of a *column* in its type."""
    if column == "start" and file.role == "intraday_bars":
        return _times(told, file.timezone)
    if column in ANNOUNCED:
        return _announced(told)
    if column == "period":
        return told.astype(str).str.strip()
    if column == "reported_at":
        return _announced(told, whole_days=False)
    if column in TIMES:
        return days(told, file.timezone)
    return told.astype(float) if column in NUMBERS else told


def _announced(text: pd.Series, *, whole_days: bool = True) -> pd.Series:
    """Times by which something was known.

    Those without an offset are of the desk's market.
    A day or month alone counts to its end, nothing as not said. Without *whole_days* a day counts
    from its start.
    """
    from reportgen.datasets.commentary import known_time

    def told(value: Any) -> Any:
        said = "" if pd.isna(value) else str(value).strip()
        if not whole_days and len(said) == len("2025-01-30"):
            said += " 00:00"
        try:
            return pd.Timestamp(known_time(said)) if said else pd.NaT
        except ValueError:
            raise ValueError(
                f"'{said}' is no time; write one such as 2025-01-07 15:00",
            ) from None

    return pd.Series(
        [told(value) for value in text],
        index=text.index,
        dtype=f"datetime64[ns, {home().zone}]",
    )


def _times(text: pd.Series, timezone: str) -> pd.Series:
    """Times by the clock of the desk's market.

    Those without an offset are in *timezone*.
    """
    here = home().zone
    with_offsets = text.astype(str).str.contains(r"(?:[+-]\d\d:?\d\d|Z)$").any()
    times = (
        pd.to_datetime(text, format="ISO8601", utc=True)
        if with_offsets
        else pd.to_datetime(text, format="ISO8601").astype("datetime64[ns]")
    )
    if times.dt.tz is None:
        times = times.dt.tz_localize(
            timezone or here,
            ambiguous="NaT",
            nonexistent="NaT",
        )
    return times.dt.tz_convert(here).astype(pd.DatetimeTZDtype("ns", here))


def manifest(dataset: Dataset) -> list[dict[str, str]]:
    """What each file is, and the SHA-256 of its bytes, in their order."""
    from reportgen.sources import store

    rows: list[dict[str, str]] = []
    described = dataset.folder / "dataset.toml"
    if described.is_file() and all(file.fetch is None for file in dataset.files):
        digest = hashlib.sha256(described.read_bytes()).hexdigest()
        rows.append(
            {
                "file": described.name,
                "role": "description",
                "source": "",
                "adjustment": "",
                "sha256": digest,
            }
        )
    for file in dataset.files:
        if file.fetch is not None:
            if not rows:
                known = f"fetch {file.fetch}{' then' if file.then else ''}"
                rows.append(
                    {
                        "file": "store",
                        "role": "store",
                        "source": "",
                        "adjustment": "",
                        "sha256": known,
                    }
                )
            rows += store.provenance(file.path, file.role, file.fetch)
            continue
        paths = [file.path]
        if file.path.is_dir():
            paths = sorted(p for p in file.path.rglob("*") if p.is_file())
        stats = ((path, path.stat()) for path in paths)
        marks = tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats)
        rows.append(
            {
                "file": file.path.name,
                "role": file.role,
                "source": file.source,
                "adjustment": file.adjustment,
                "sha256": _digest(marks),
            }
        )
    return rows


@cache
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    """One hash over names and contents.

    A large file with the time and size of the last call is not read again.
    """
    if sum(size for _, _, size in files) < LARGE:
        return _hashed(files)
    marks = [(str(path.resolve()), time, size) for path, time, size in files]
    known_as = hashlib.sha256(repr(marks).encode()).hexdigest()
    digest = cached(f"digests/{known_as[:32]}", lambda: _hashed(files).encode())
    return digest.decode()


def _hashed(files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in files:
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()

"""A dataset: a folder with a ``dataset.toml`` that says what each file holds.

Roles and their columns (name them under ``[files.columns]`` where the file says
otherwise):

=============
==========================================================================
daily_bars     date, symbol, close; high and low where they are known
intraday_bars  start (a time with an offset, or in the file's ``timezone``),
symbol, close rates          date, series, value (percent) futures        date,
contract ("ZQG2025"), settle meetings       start, end, type ("regular",
"cancelled", "unscheduled"); announced where it is known events         date,
name, kind; time ("08:30", of New York) and announced, where they are known
confirmations  date, symbol, close of a second source, with which closes are
compared commentary     a folder of Markdown files with front matter
=============
==========================================================================
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import pandas as pd

from reportgen.config.resources import SAMPLE, cached
from reportgen.config.schema import Line, Symbols, read_toml, says
from reportgen.core.checks import CHECKS, Acceptance
from reportgen.core.errors import BadData, NoData, did_you_mean
from reportgen.markets import home

if TYPE_CHECKING:
    from reportgen.markets.calendar import Calendar, Moment
    from reportgen.sources.then import Then

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "daily_bars": ("date", "symbol", "close"),
    "intraday_bars": ("start", "symbol", "close"),
    "rates": ("date", "series", "value"),
    "futures": ("date", "contract", "settle"),
    "meetings": ("start", "end", "type"),
    "events": ("date", "name", "kind"),
    "confirmations": ("date", "symbol", "close"),
    "commentary": (),
}
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "daily_bars": ("high", "low", "open", "volume"),
    "events": ("time", "announced"),
    "meetings": ("announced",),
}
"""Columns that are read where a file has them."""
WITNESSES = {"open", "volume"}
"""Columns that only checks read: no sentence rests on them, so a bad value is none."""
TIMES = {"date", "start", "end"}
PUBLISHED: Mapping[str, str] = {"rates": "18:00", "futures": "19:00"}
"""When the values of a day are known, exchange time, where the description does
not say.

The Treasury posts its yields on the evening, and CME its last settlements of a
day at seven.
"""
MEETINGS = SAMPLE / "meetings.csv"
"""The Fed's published calendar, which is true of every market data."""
LARGE = 16 << 20
"""Bytes from which a file is too slow to hash twice."""


Rule = Annotated[
    str,
    says(
        'a rule: "close", "16:00" or "-1d 14:00"',
        "18:00",
        pattern=r"^(close|([+-]\d+d )?([01]\d|2[0-3]):[0-5]\d)$",
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


class StoreFile(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"since": "from"},
):
    """What lies beside a store, as NAME.dataset.toml: what it never covers."""

    absent: Symbols = ()
    since: dt.date | None = None


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
    symbols: Mapping[str, str] = field(default_factory=dict)
    available: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    """Symbols or series that the file never has, as its description says."""
    starts: Mapping[str, dt.date] = field(default_factory=dict)
    """The first day that the file covers, by symbol; "" for all others."""
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

    rule = "close"
    if role:
        kind = role.partition("/")[0]
        rules = store.rules_of(kind)
        rule = DataFile(path=Path(), role=kind, source="", **rules).known_at(name)
    elif found := registry().get(name):
        rule = found.published or "close"
        if found.sessions.always:
            rule = "utc-midnight"
    by = moment.at if rule == "utc-midnight" else moment.known
    day = moment.session + dt.timedelta(days=2)
    while known_by(rule, day, moment.calendar) > by:
        day -= dt.timedelta(days=1)
    return day


def known_by(rule: str, day: dt.date, calendar: Calendar) -> dt.datetime:
    """When a row dated *day* is known.

    Args:
        rule: "close", "utc-midnight", "HH:MM" or "-1d HH:MM" of the market.
        day: The day that the row is of.
        calendar: The sessions of its exchange.
    """
    if rule == "close":
        if calendar.is_session(day):
            return calendar.session_close(day)
        return calendar.usual_close(day)
    if rule == "utc-midnight":
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    days, _, clock = rule.rpartition(" ")
    later = dt.timedelta(days=int(days.rstrip("d") or 0))
    return calendar.at_clock(day + later, dt.time.fromisoformat(clock))


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
    starts = {"": row.since} if isinstance(row.since, dt.date) else row.since
    told = msgspec.structs.asdict(row)
    for name in ("since", "query", "database"):
        del told[name]
    return DataFile(**{**told, "path": path, "starts": starts})


def _queried(folder: Path, description: Path, row: FileTable) -> Path:
    """The file that holds what the query of *row* selects now."""
    from reportgen.datasets.sql import selected

    return selected(
        row.query,
        row.database,
        folder,
        f"{description}: the query of '{row.role}'",
    )


def read(file: DataFile, keep: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of *file* in their order, with the role's column names.

    Symbols not in *keep* are left out.
    """
    if file.fetch is not None:
        from reportgen.sources import store

        return store.table(file.path, file.role, file.fetch, keep, file.then)
    optional = OPTIONAL.get(file.role, ())
    ours = (*COLUMNS[file.role], *optional)
    actual = {file.columns.get(name, name): name for name in ours}
    wanted = None if keep is None else set(keep)
    frame = _read_table(file, actual, wanted)
    needed = [name for name in actual if actual[name] not in optional]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise NoData(
            f"{file.path}: column '{missing[0]}' is missing; found"
            f" {', '.join(map(str, frame.columns))}. Name it under 'columns' in"
            " dataset.toml.",
            subject=missing[0],
        )
    present = [name for name in actual if name in frame.columns]
    frame = frame[present].rename(columns=actual)
    if frame.empty and (wanted is None or file.path.suffix != ".parquet"):
        raise NoData(f"{file.path}: the file has no rows.", subject=file.path)
    name = next((c for c in ("symbol", "series") if c in frame), None)
    if name:
        frame[name] = frame[name].replace(dict(file.symbols))
        if wanted is not None:
            frame = frame[frame[name].isin(wanted)]
    return _typed(file, frame.reset_index(drop=True))


def _read_table(
    file: DataFile, columns: Mapping[str, str], wanted: Collection[str] | None
) -> pd.DataFrame:
    """The named columns of *file*.

    Of a Parquet file, which may hold ten thousand symbols, only the rows of the
    *wanted* ones.
    """
    try:
        if file.path.suffix == ".parquet":
            return _parquet(file, columns, wanted)
        return pd.read_csv(
            file.path,
            usecols=lambda name: name in columns,
            keep_default_na=True,
        )
    except pd.errors.EmptyDataError:
        raise NoData(
            f"{file.path}: the file is empty.",
            subject=file.path,
        ) from None
    except Exception as error:
        # Readers fail in their own ways: a cut archive, a wrong encoding, a
        # damaged footer.
        reason = str(error).partition("\n")[0]
        raise BadData(
            f"{file.path}: it cannot be read as a table: {reason}",
            subject=file.path,
        ) from error


def _parquet(
    file: DataFile, columns: Mapping[str, str], wanted: Collection[str] | None
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
            if column == "start" and file.role == "intraday_bars":
                frame[column] = _times(frame[column], file.timezone)
            elif column == "announced":
                frame[column] = _announced(frame[column])
            elif column in TIMES:
                times = pd.to_datetime(frame[column], format="ISO8601")
                frame[column] = times.astype("datetime64[ns]")
            elif column in ("close", "high", "low", "value", "settle"):
                frame[column] = frame[column].astype(float)
        except KeyError as error:
            raise BadData(
                f"{file.path}: unknown timezone {error}; write one such as Europe/London or UTC.",
                subject=column,
            ) from error
        except (ValueError, TypeError) as error:
            reason = str(error).partition(", at position")[0]
            raise BadData(
                f"{file.path}: column '{column}': {reason}",
                subject=column,
            ) from error
    return frame


def _announced(text: pd.Series) -> pd.Series:
    """Times by which something was known.

    Those without an offset are of the desk's market.
    A day or month alone counts to its end, nothing as not said.
    """
    from reportgen.datasets.commentary import known_time

    def told(value: Any) -> Any:
        said = "" if pd.isna(value) else str(value).strip()
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

"""Tables of raw values by name and time, from CSV and Parquet files.

A parsed file is kept in the user's cache under the hash of its bytes, so that another brief of the
same file costs no second reading. A file that changed has another hash.
"""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import lzma
import math
import mmap
import os
import re
import tempfile
import time
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

OPENERS: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
DELIMITERS = ",;\t|"
LINES = 200
"""Lines that are looked at to see what a file writes as its decimal mark."""
NO_VALUE = math.nan
KEPT = 16
"""Files that a process keeps read."""
A_WEEK = 7 * 24 * 3600.0
FORM = 1
"""The form of the cached tables; another form is not read."""
YEAR_LAST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})(?:[ T].*)?")
MONTHS = 12
COMMA = re.compile(r"[-+]?\d*,\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read one file: the names of its columns and what its rows have in common."""

    name: str
    """The column of symbols, series or contracts."""
    time: str
    """The column of days, or of times if *zone* is given."""
    values: tuple[str, ...]
    """The columns of numbers; one that the file lacks has no values."""
    constant: str = ""
    """The name of all rows, where no column has it."""
    delimiter: str = ""
    decimal: str = ""
    zone: str = ""
    """The zone of times without an offset. Without a zone, the column has days."""
    wide: bool = False
    """Whether a file without a column of names has one column for each series."""


@dataclass(slots=True)
class Column:
    """The rows of one name, in the order of the file."""

    times: Sequence[int]
    """Ordinals of days, or seconds of the epoch."""
    values: tuple[Sequence[float], ...]
    """For each column of numbers its values; NaN where there is no number."""
    made: dict[Any, Any] = field(default_factory=dict)
    """What was made of these rows, by how; it lives as long as they do."""


Table = Mapping[str, Column]


def table(path: Path, layout: Layout) -> Table:
    """The rows of the file at *path* by name.

    Raises:
        ValueError: A day or a number cannot be read.
        KeyError: The file lacks a column.
    """
    mark = path.stat()
    return _table(path, layout, mark.st_mtime_ns, mark.st_size)


@lru_cache(maxsize=KEPT)
def _table(path: Path, layout: Layout, changed: int, size: int) -> Table:
    with path.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256")
    mark.update(f"{FORM} {layout}".encode())
    kept = _cache_dir() / f"{mark.hexdigest()[:32]}.rows"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _unpacked(_mapped(kept))
    rows = _parquet(path, layout) if path.suffix == ".parquet" else _csv(path, layout)
    found = _columns(rows, layout)
    now = path.stat()
    if (now.st_mtime_ns, now.st_size) == (changed, size):  # what was hashed is what was read
        with suppress(OSError):
            _keep(kept, _packed(found))
    return found


def rows_of(path: Path, delimiter: str = "") -> list[dict[str, str]]:
    """All rows of a small CSV file, as text."""
    text = _text(path.read_bytes(), path.suffix)
    mark = delimiter or _delimiter(text, ())
    return list(csv.DictReader(io.StringIO(text), delimiter=mark))


# Rows
# -------------------------------------------------------------------------------------------------

Row = tuple[str, Any, Sequence[Any]]
"""A name, a time and the values of one row, as the file has them."""


def _text(data: bytes, suffix: str) -> str:
    opened = OPENERS.get(suffix)
    return (opened(data) if opened else data).decode("utf-8-sig")


def _csv(path: Path, layout: Layout) -> Iterator[Row]:
    text = _text(path.read_bytes(), path.suffix)
    wanted = (layout.name, layout.time, *layout.values)
    mark = layout.delimiter or _delimiter(text, wanted)
    lines: Iterator[list[str]] = csv.reader(io.StringIO(text), delimiter=mark)
    header = [name.strip() for name in next(lines)]
    first = next(lines, [])
    if first[:1] == ["Ticker"]:  # yfinance's head: names of columns, the ticker, "Date"
        header[0] = layout.time
        layout = replace(layout, constant=layout.constant or first[1])
        next(lines)
    else:
        lines = chain([first], lines)
    head = _places(header, layout)
    comma = layout.decimal == "," or (
        not layout.decimal and mark != "," and _has_commas(text, mark, head.values)
    )
    number = _with_comma if comma else _number
    if head.wide:
        return _wide(lines, header, head, number)
    return _long(lines, layout, head, number)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the columns of a file are."""

    time: int
    name: int | None
    values: tuple[int | None, ...]
    wide: bool


def _places(header: Sequence[str], layout: Layout) -> _Head:
    """Where the columns are, by their names, in whatever case.

    Raises:
        KeyError: One is missing.
    """
    lower = [name.lower() for name in header]

    def place(name: str) -> int | None:
        if name in header:
            return header.index(name)
        return lower.index(name.lower()) if name.lower() in lower else None

    time = place(layout.time)
    if time is None and layout.wide:
        time = place("observation_date")
    name = None if layout.constant else place(layout.name)
    if time is None:
        raise KeyError(f"no column '{layout.time}'")
    if name is None and layout.wide:
        single = place(layout.values[0])
        others = [single] if single is not None else [n for n in range(len(header)) if n != time]
        if layout.constant and len(others) > 1:
            others = [header.index(layout.constant)]
        return _Head(time, None, tuple(others), wide=True)
    if name is None and not layout.constant:
        raise KeyError(f"no column '{layout.name}'")
    values = tuple(place(one) for one in layout.values)
    if values[0] is None:
        raise KeyError(f"no column '{layout.values[0]}'")
    return _Head(time, name, values, wide=False)


def _long(
    reader: Iterator[list[str]],
    layout: Layout,
    head: _Head,
    number: Callable[[str], float],
) -> Iterator[Row]:
    """A row for each line that has a time."""
    for line in reader:
        if len(line) <= head.time or not line[head.time]:
            continue
        name = layout.constant if head.name is None else line[head.name]
        values = [
            number(line[place]) if place is not None and place < len(line) else NO_VALUE
            for place in head.values
        ]
        yield name, line[head.time], values


def _wide(
    reader: Iterator[list[str]],
    header: Sequence[str],
    head: _Head,
    number: Callable[[str], float],
) -> Iterator[Row]:
    """A row for each value of a line."""
    for line in reader:
        for place in head.values:
            if place is not None and place < len(line) and line[head.time]:
                yield header[place], line[head.time], [number(line[place])]


def _parquet(path: Path, layout: Layout) -> Iterator[Row]:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.read_parquet(str(path))
        head = _places(found.columns, layout)
        lines = found.fetchall()
    for line in lines:
        if head.wide:
            for place in head.values:
                yield found.columns[place or 0], line[head.time], [_cell(line[place or 0])]
            continue
        name = layout.constant if head.name is None else str(line[head.name])
        values = [NO_VALUE if one is None else _cell(line[one]) for one in head.values]
        yield name, line[head.time], values


def _cell(value: Any) -> float:
    return NO_VALUE if value is None else float(value)


def _columns(rows: Iterable[Row], layout: Layout) -> dict[str, Column]:
    found: dict[str, tuple[array[int], list[array[float]]]] = {}
    listed = list(rows)
    times = _times({told for _, told, _ in listed}, layout.zone)
    for name, told, values in listed:
        if name not in found:
            found[name] = array("q"), [array("d") for _ in layout.values]
        days, columns = found[name]
        days.append(times[told])
        for place, kept in enumerate(columns):
            kept.append(values[place] if place < len(values) else NO_VALUE)
    return {name: Column(days, tuple(columns)) for name, (days, columns) in found.items()}


# Marks, numbers and times
# -------------------------------------------------------------------------------------------------


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """What separates the columns: the mark that gives most of those *wanted*, and most at all."""
    first = text.partition("\n")[0]
    sought = {name.lower() for name in wanted}

    def worth(mark: str) -> tuple[int, int]:
        names = next(csv.reader([first], delimiter=mark), [])
        return len(sought & {name.strip().lower() for name in names}), len(names)

    return max(DELIMITERS, key=worth)


def _has_commas(text: str, mark: str, places: Sequence[int | None]) -> bool:
    """Whether the numbers of a file have a decimal comma."""
    lines = csv.reader(islice(io.StringIO(text), 1, LINES), delimiter=mark)
    cells = (line[n] for line in lines for n in places if n is not None and n < len(line))
    return any(COMMA.fullmatch(cell.strip()) for cell in cells)


def _number(text: str) -> float:
    """The number that *text* is, NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return NO_VALUE


def _with_comma(text: str) -> float:
    return _number(text.strip().replace(",", "."))


def _times(told: Collection[Any], zone: str) -> dict[Any, int]:
    """The ordinals of days as they are written, or with a *zone* the seconds of times.

    Raises:
        ValueError: One is neither.
    """
    if zone:
        from zoneinfo import ZoneInfo

        return {one: _seconds(one, ZoneInfo(zone)) for one in told}
    parts = [YEAR_LAST.fullmatch(str(one).strip()) for one in told]
    month_first = any(part and part[2] == "/" and int(part[3]) > MONTHS for part in parts)
    return {one: _ordinal(one, month_first=month_first) for one in told}


def _seconds(told: Any, zone: dt.tzinfo) -> int:
    """The seconds of the epoch at a time; without an offset, a time of *zone*."""
    at = told if isinstance(told, dt.datetime) else dt.datetime.fromisoformat(str(told).strip())
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return int(at.timestamp())


def _ordinal(told: Any, *, month_first: bool) -> int:
    """The ordinal of the day that is written, whatever its time and offset.

    Raises:
        ValueError: It is no day.
    """
    if isinstance(told, dt.date):
        return told.toordinal()
    text = str(told).strip()
    with suppress(ValueError):
        return dt.date.fromisoformat(text[:10]).toordinal()
    if text[:8].isdigit():
        return dt.date.fromisoformat(text[:8]).toordinal()
    found = YEAR_LAST.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no day")
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    month, day = (first, second) if month_first else (second, first)
    return dt.date(year, month, day).toordinal()


# The cache
# -------------------------------------------------------------------------------------------------


def _cache_dir() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("reportgen") / "audit"


def _packed(found: Table) -> bytes:
    """A line of JSON with the place of each name, then the arrays."""
    head, body, place = {}, [], 0
    for name, column in found.items():
        head[name] = [place, len(column.times), len(column.values)]
        values = (array("d", one).tobytes() for one in column.values)
        parts = [array("q", column.times).tobytes(), *values]
        body += parts
        place += sum(map(len, parts))
    told = json.dumps({"size": place, "names": head}).encode()
    return b"".join([told, b"\n", *body])


def _mapped(path: Path) -> mmap.mmap:
    """The bytes of a file, read only where they are asked for."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _unpacked(data: mmap.mmap) -> Table:
    end = data.find(b"\n")
    head = json.loads(data[: max(end, 0)])
    body = memoryview(data)[end + 1 :]
    if len(body) != head["size"]:
        raise ValueError("the file is cut")
    return _Packed(head["names"], body)


class _Packed(Mapping[str, Column]):
    """A table that unpacks the rows of a name when they are asked for."""

    def __init__(self, places: Mapping[str, list[int]], body: memoryview) -> None:
        self._places, self._body = places, body
        self._known: dict[str, Column] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, name: str) -> Column:
        if name not in self._known:
            start, rows, width = self._places[name]
            step = 8 * rows
            ends = [start + place * step for place in range(width + 2)]
            times, *values = (self._body[a:b] for a, b in pairwise(ends))
            self._known[name] = Column(times.cast("q"), tuple(one.cast("d") for one in values))
        return self._known[name]


def _keep(path: Path, data: bytes) -> None:
    """Write a table into the cache, and drop those of files that are long gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.rows"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > A_WEEK:
                old.unlink()
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)  # noqa: PTH105 - the one atomic step

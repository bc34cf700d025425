"""Reads CSV files as tools write them: their delimiter, their decimal mark, names as text."""

from __future__ import annotations

import bz2
import csv
import gzip
import itertools
import lzma
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from reportgen.core.errors import BadData

if TYPE_CHECKING:
    from reportgen.datasets.dataset import DataFile

DELIMITERS: Mapping[str, str] = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "vertical bars",
}
"""What may separate the columns of a file, and what errors call it."""
NAMES = {"symbol", "series", "contract"}
"""Columns of names. All their values are text, also "NA" and "NULL"."""
VOTES = ("votes_for", "votes_against", "prefer_higher", "prefer_lower")
"""The columns of a table of meetings that say how policymakers voted."""
NUMBERS = {
    *("close", "high", "low", "value", "settle"),
    *("actual", "previous", "previous_first", "earlier", "consensus"),
    *VOTES,
}
TIMES = {"date", "start", "end"}
HEADS = ("Price", "Ticker", "Date")
"""What the three lines at the head of a file begin with that yfinance writes."""
MISSING = (
    *("", ".", "ND", "NA", "N/A", "n/a", "<NA>", "#NA", "#N/A", "#N/A N/A"),
    *("NaN", "nan", "-NaN", "-nan", "NULL", "null", "None"),
)
"""Missing values in columns other than names. FRED writes a dot, the Fed's H.15 ND."""
COMMA = re.compile(r"\s*[-+]?\d*,\d+\s*")
"""A number with one comma, possibly a decimal mark."""
THOUSANDS = re.compile(r"\s*[-+]?[1-9]\d{0,2},\d{3}\s*")
"""A number with one comma, possibly between thousands."""
SOME = 200_000
"""Rows in which commas are looked for at once."""
OPENERS: Mapping[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


class Heads(NamedTuple):
    """The lines at the head of a file as yfinance writes it: fields, tickers, and "Date"."""

    fields: tuple[str, ...]
    tickers: tuple[str, ...]


def heads_of(path: Path) -> Heads | None:
    """The three lines at the head of the CSV file at *path*; None for one with a single line."""
    opener = OPENERS.get(path.suffix, open)
    if path.suffix in (".parquet", ".zip") or not path.is_file():
        return None
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as text:
            lines = list(itertools.islice(csv.reader(text), len(HEADS)))
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, csv.Error):
        return None  # what cannot be read is told where it is read
    if tuple(line[0] for line in lines if line) != HEADS:
        return None
    return Heads(tuple(lines[0]), tuple(lines[1][1:]))


def delimiter_of(file: DataFile, wanted: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The delimiter of *file*, and the names of its columns.

    Without a delimiter in the description, it is the one that gives most of the *wanted* columns.

    Raises:
        BadData: The file has another delimiter than its description says.
    """
    sought = {name.lower() for name in wanted}
    found = dict[str, tuple[str, ...]]()

    def worth(mark: str) -> tuple[int, int]:
        return len(sought & {name.lower() for name in found[mark]}), len(found[mark])

    for mark in dict.fromkeys((file.delimiter or ",", *DELIMITERS)):
        found[mark] = _header(file.path, mark)
        if worth(mark)[0] > 1:
            break
    first, best = next(iter(found)), max(found, key=worth)
    if file.delimiter and best != first and len(found[first]) == 1:
        raise BadData(
            f"{file.path}: {DELIMITERS[best]} separate its columns; write delimiter ="
            f" {_toml(best)} in its [[files]] entry.",
            subject=file.path,
        )
    best = first if file.delimiter else best
    return best, found[best]


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    return tuple(map(str, pd.read_csv(path, sep=delimiter, nrows=0, dtype=str).columns))


def _toml(mark: str) -> str:
    """A delimiter as TOML writes it."""
    return '"\\t"' if mark == "\t" else f'"{mark}"'


def decimal_of(file: DataFile, delimiter: str, numbers: Collection[str]) -> str:
    """The decimal mark in the columns *numbers* of *file*.

    The description decides. Otherwise it is a comma if commas separate no columns and the
    numbers allow no other reading.

    Raises:
        BadData: Its commas are ambiguous: decimal marks, or marks between thousands.
    """
    if file.decimal or delimiter == "," or not numbers:
        return file.decimal or "."
    read = pd.read_csv(
        file.path,
        sep=delimiter,
        usecols=list(numbers),
        dtype=str,
        skiprows=range(1, file.heads),
        chunksize=SOME,
    )
    doubtful = ""
    with read as parts:
        for part in parts:
            texts = {text for name in part for text in part[name].dropna().unique()}
            commas = sorted(text for text in texts if COMMA.fullmatch(text))
            if not all(map(THOUSANDS.fullmatch, commas)):
                return ","
            doubtful = min([*commas, *filter(None, [doubtful])], default="")
    if doubtful:
        raise BadData(
            f"{file.path}: it has numbers such as {doubtful.strip()}; if the comma is the decimal"
            ' mark, write decimal = "," in its [[files]] entry; if it separates thousands, write'
            " the file without it.",
            subject=file.path,
        )
    return "."


def rows(file: DataFile, delimiter: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """The *columns* of *file*, by the names that they have there; *columns* has ours.

    Empty rows are left out. The index is the place of a row in the file.

    Raises:
        BadData: A number has a point where a comma is the decimal mark.
    """
    numbers = [name for name, ours in columns.items() if ours in NUMBERS]
    texts = [name for name, ours in columns.items() if ours in NAMES | TIMES]
    names = {name for name, ours in columns.items() if ours in NAMES}
    decimal = decimal_of(file, delimiter, numbers)
    frame = pd.read_csv(
        file.path,
        sep=delimiter,
        skiprows=range(1, file.heads),
        decimal=decimal,
        usecols=list(columns),
        dtype=dict.fromkeys(texts, str),
        keep_default_na=False,
        na_values={name: list(MISSING) for name in columns if name not in names},
        index_col=False,
    )
    for name in numbers:
        if decimal == "," and not pd.api.types.is_numeric_dtype(frame[name]):
            _refuse_points(file, name, frame[name])
    blank = frame.isna() | frame.isin([""])
    return frame[~blank.all(axis="columns")] if blank.all(axis="columns").any() else frame


def _refuse_points(file: DataFile, name: str, column: pd.Series) -> None:
    """Refuse numbers such as 1.234 where a comma is the decimal mark."""
    texts = column.dropna().astype(str)
    pointed = texts[texts.str.contains(".", regex=False)]
    if len(pointed):
        raise BadData(
            f"{file.path}: column '{name}': {pointed.iloc[0]} has a point, and a comma is the"
            " decimal mark of the file; write its numbers without marks between thousands.",
            subject=name,
        )


def refuse_first(file: DataFile, faults: Iterable[tuple[int, str]]) -> None:
    """Refuse the first of the *faults* of a file: the place of a row, and why it is off.

    Raises:
        BadData: With the line and what to write there.
    """
    for place, why in faults:
        raise BadData(f"{file.path}, {place_of(file, place)}: {why}", subject=file.path)


def place_of(file: DataFile, place: int) -> str:
    """The place of row number *place*, from 0, in words: "line 7" of a CSV file."""
    opener = OPENERS.get(file.path.suffix, open)
    if file.path.suffix in (".parquet", ".zip"):
        return f"row {place + 1}"
    delimiter, _ = delimiter_of(file, ())
    with opener(file.path, "rt", encoding="utf-8", newline="") as text:
        lines = list(_lines(csv.reader(text, delimiter=delimiter), place + file.heads))
    return f"line {lines[-1]}"


def _lines(reader: Any, place: int) -> Iterator[int]:
    """The numbers of the lines with rows, the first line included, up to the row *place*."""
    found = 0
    for row in reader:
        if row:
            yield reader.line_num
            found += 1
        if found > place:
            return

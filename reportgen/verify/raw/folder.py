"""The raw rows of a folder with a ``dataset.toml``."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from reportgen.verify.raw.market import (
    Bars,
    Meeting,
    Point,
    Printed,
    Release,
    Result,
    Settlement,
    Unpublished,
    Vintage,
)
from reportgen.verify.raw.tables import Column, Layout, rows_of, table

MONTH_LETTERS = "FGHJKMNQUVXZ"
"""The letters of futures contracts, January to December."""
RULES = {"rates": "18:00", "futures": "19:00"}
"""When the values of a day are known, where the description does not say."""
PRINTED = (
    *("series", "period", "stage", "actual", "previous", "previous_first", "consensus", "poll"),
    *("released_at", "known_at", "earlier"),
)
"""The columns of a file of prints."""
TOLD = ("series", "period", "value", "released_at")
"""The columns of a file of vintages."""
UNKNOWN = ("", ".", "NA", "ND")
"""What stands where a series has no figure."""
NO_FIGURE = "-"
"""What a row has in place of the figure of a period that was never published."""
VOTES = ("votes_for", "votes_against", "prefer_higher", "prefer_lower")
"""The columns of a table of meetings that say how policymakers voted."""
_DAY = itemgetter(0)
MEETINGS = Path(__file__).parents[2] / "datasets" / "sample" / "meetings.csv"
"""The Fed's calendar, for data without one."""


class FolderRows:
    """The rows of the files that a ``dataset.toml`` describes."""

    def __init__(self, folder: Path, zone: str, selected: Mapping[int, Path] | None = None) -> None:
        """The dataset in *folder*.

        Args:
            folder: Where its dataset.toml is.
            zone: The zone of times that have no offset and no zone.
            selected: What queries selected, by the place of their table in the dataset.toml.
        """
        self.folder = folder
        self.zone = zone
        told = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
        self.entries: list[Mapping[str, Any]] = []
        for place, entry in enumerate(told["files"]):
            path = (selected or {}).get(place) or folder / entry.get("path", "")
            self.entries.append({**entry, "place": path})

    def _of(self, role: str) -> list[Mapping[str, Any]]:
        return [entry for entry in self.entries if entry["role"] == role]

    def symbols(self) -> set[str]:
        """All symbols that have daily bars."""
        found = set[str]()
        for entry in self._of("daily_bars"):
            names = entry.get("symbols", {})
            found |= {names.get(name, name) for name in _bars(entry)}
        return found

    def bars(self, symbol: str) -> Iterator[Bars]:
        """The daily bars of *symbol*, of one file after the other."""
        for entry in self._of("daily_bars"):
            rows = _bars(entry)
            for column in _called(entry, rows, symbol):
                yield Bars(column, _rule(entry, symbol, ""))

    def levels(self, symbol: str) -> Iterator[tuple[list[tuple[int, float]], int]]:
        """The intraday prices of *symbol*: seconds of the epoch and price, and the step in seconds.

        A price is that of the end of its bar.
        """
        for entry in self._of("intraday_bars"):
            step = 60 * int(entry.get("minutes", 15))
            layout = _layout(entry, "start", ("close",), zone=entry.get("timezone") or self.zone)
            rows = table(entry["place"], layout)
            for column in _called(entry, rows, symbol):
                begun = zip(column.times, column.values[0], strict=True)
                yield sorted({at + step: price for at, price in begun}.items()), step

    @cached_property
    def rates(self) -> Mapping[str, list[Point]]:
        """The values of each series of rates in percent, as they stand in the files."""
        found = defaultdict[str, list[Point]](list)
        for entry in self._of("rates"):
            layout = _layout(entry, "date", ("value",), name="series", wide=True)
            rows = table(entry["place"], layout)
            for name in rows:
                column = rows[name]
                series = layout.constant or str(name)
                rule = _rule(entry, series, RULES["rates"])
                found[series] = [
                    Point(dt.date.fromordinal(day), value, rule)
                    for day, value in zip(column.times, column.values[0], strict=True)
                    if not math.isnan(value)
                ]
        return {name: sorted(points, key=_DAY) for name, points in found.items()}

    @cached_property
    def futures(self) -> list[Settlement]:
        """The settlements of futures of the policy rate."""
        found = []
        for entry in self._of("futures"):
            layout = _layout(entry, "date", ("settle",), name="contract")
            rows = table(entry["place"], layout)
            rule = _rule(entry, "default", RULES["futures"])
            for contract in rows:
                month = int(contract[3:]), MONTH_LETTERS.index(contract[2]) + 1
                for day, price in zip(rows[contract].times, rows[contract].values[0], strict=True):
                    known = None if math.isnan(price) else price
                    found.append(Settlement(dt.date.fromordinal(day), rule, month, known))
        return sorted(found, key=_DAY)

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The Fed's meetings."""
        found = []
        for entry in self._of("meetings") or [{"place": MEETINGS}]:
            names = entry.get("columns", {})
            rows = rows_of(entry["place"], entry.get("delimiter", ""))
            found += [meeting_of(row, names) for row in rows]
        return sorted(found, key=itemgetter(0, 1))

    @cached_property
    def prints(self) -> list[Printed]:
        """The figures of releases, in the order of the files."""
        return [
            Printed(
                series=told["series"],
                period=told["period"],
                actual=float(told["actual"]),
                previous=_figure(told["previous"]),
                released=_when(told["released_at"]),
                seen=_when(told["known_at"]),
                stage=told["stage"],
                first=_figure(told["previous_first"]),
                consensus=_figure(told["consensus"]),
                poll=told["poll"],
                earlier=_figure(told["earlier"]),
            )
            for told in self._printed
            if told["actual"] != NO_FIGURE
        ]

    @cached_property
    def vintages(self) -> list[Vintage]:
        """The figures of months and quarters, in the order of the files."""
        found = []
        for entry in self._of("vintages"):
            said, names = entry.get("columns", {}), entry.get("symbols", {})
            for row in rows_of(entry["place"], entry.get("delimiter", "")):
                told = {ours: (row.get(said.get(ours, ours)) or "").strip() for ours in TOLD}
                name = entry.get("series") or told["series"]
                if told["value"] not in UNKNOWN:
                    at = _when(told["released_at"])
                    name = names.get(name, name)
                    found.append(Vintage(name, told["period"], float(told["value"]), at))
        return found

    @property
    def unpublished(self) -> list[Unpublished]:
        """The periods of releases that have no figure, in the order of the files."""
        return [
            Unpublished(
                told["series"], told["period"], _when(told["released_at"] or told["known_at"])
            )
            for told in self._printed
            if told["actual"] == NO_FIGURE
        ]

    @cached_property
    def _printed(self) -> list[dict[str, str]]:
        """The rows of the files of prints, by our names of columns."""
        found = []
        for entry in self._of("prints"):
            said, names = entry.get("columns", {}), entry.get("symbols", {})
            for row in rows_of(entry["place"], entry.get("delimiter", "")):
                told = {ours: (row.get(said.get(ours, ours)) or "").strip() for ours in PRINTED}
                found.append(told | {"series": names.get(told["series"], told["series"])})
        return found

    @cached_property
    def results(self) -> list[Result]:
        """When companies reported results, in the order of the files."""
        found = []
        for entry in self._of("results"):
            said, names = entry.get("columns", {}), entry.get("symbols", {})
            for row in rows_of(entry["place"], entry.get("delimiter", "")):
                symbol = row[said.get("symbol", "symbol")]
                at = _when(row[said.get("reported_at", "reported_at")].strip())
                when = (row.get(said.get("when", "when")) or "").strip().lower()
                told = (row.get(said.get("announced", "announced")) or "").strip()
                if at is not None:
                    found.append(Result(names.get(symbol, symbol), at, when, told))
        return found

    @cached_property
    def releases(self) -> list[Release]:
        """Dated events and publications."""
        found = []
        for entry in self._of("events"):
            names = {name: name for name in ("date", "name", "kind")} | entry.get("columns", {})
            for row in rows_of(entry["place"], entry.get("delimiter", "")):
                day = dt.date.fromisoformat(row[names["date"]][:10])
                clock = row.get(names.get("time", "time")) or ""
                known = row.get(names.get("announced", "announced")) or ""
                found.append(Release(day, row[names["name"]], row[names["kind"]], clock, known))
        return sorted(found)


def _figure(text: str) -> float | None:
    """The number that is written; None for nothing."""
    return float(text) if text else None


def meeting_of(row: Mapping[str, str], names: Mapping[str, str]) -> Meeting:
    """A meeting of the Fed from a row of a table.

    *names* has the names of its columns, by ours, where they differ.
    """
    first, last = (dt.date.fromisoformat(row[names.get(n, n)][:10]) for n in ("start", "end"))
    kind = row[names.get("type", "type")].lower().replace("canceled", "cancelled")
    told = row.get(names.get("announced", "announced")) or ""
    cast = {name: row.get(names.get(name, name)) for name in VOTES}
    votes = {name: int(float(cell)) for name, cell in cast.items() if cell}
    return Meeting(first, last, kind, told, votes)


def _when(text: str) -> dt.datetime | dt.date | None:
    """The time or the day that is written; None for nothing."""
    if not text:
        return None
    only_day = len(text) <= len("2025-01-08")
    return dt.date.fromisoformat(text) if only_day else dt.datetime.fromisoformat(text)


def _bars(entry: Mapping[str, Any]) -> Mapping[str, Column]:
    return table(entry["place"], _layout(entry, "date", ("close", "low", "high")))


def _layout(
    entry: Mapping[str, Any],
    time: str,
    values: tuple[str, ...],
    *,
    name: str = "symbol",
    zone: str = "",
    wide: bool = False,
) -> Layout:
    """How the file of *entry* is read: what it calls the columns that are asked for."""
    said = entry.get("columns", {})
    return Layout(
        name=said.get(name, name),
        time=said.get(time, time),
        values=tuple(said.get(one, one) for one in values),
        constant=entry.get(name, ""),
        delimiter=entry.get("delimiter", ""),
        decimal=entry.get("decimal", ""),
        zone=zone,
        wide=wide,
    )


def _called(entry: Mapping[str, Any], rows: Mapping[str, Column], symbol: str) -> Iterator[Column]:
    """The rows of *symbol*, by the names that the file has for it."""
    names = entry.get("symbols", {})
    theirs = [name for name, ours in names.items() if ours == symbol]
    for name in [*theirs, *([] if symbol in names else [symbol])]:
        if name in rows:
            yield rows[name]


def _rule(entry: Mapping[str, Any], name: str, usual: str) -> str:
    """When a row of *name* is known, as the description says."""
    said = entry.get("available", {})
    return str(said.get(name) or said.get("default") or usual)

"""The raw rows of a store, as they were known at a fetch or at a past moment."""

from __future__ import annotations

import datetime as dt
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, islice
from operator import itemgetter, lt
from pathlib import Path
from typing import Any

from reportgen.verify.raw.folder import MEETINGS, MONTH_LETTERS, RULES, meeting_of
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
from reportgen.verify.raw.tables import Column, rows_of

MINUTE = 60
AHEAD = dt.timedelta(days=366)
"""How far behind the session a list is read, for the briefs of later sessions."""
PATIENCE = 30.0
"""Seconds to wait for another process that writes the store."""
Versions = list[tuple[dt.date, int]]
"""The day of each version of a row, and the fetch that brought it."""
BARS = """
SELECT symbol, day, fetch_id, close, low, high, final FROM bars
WHERE fetch_id <= $cap AND symbol IN (SELECT unnest($symbols)) ORDER BY symbol, day, fetch_id
"""
RECENT = """
SELECT symbol, list(day - DATE '0001-01-01' + 1 ORDER BY day, fetch_id),
list(fetch_id ORDER BY day, fetch_id), list(coalesce(close, 'nan') ORDER BY day, fetch_id),
list(final ORDER BY day, fetch_id) FROM bars
WHERE fetch_id <= $cap AND day BETWEEN $first AND $last
AND symbol IN (SELECT unnest($symbols)) GROUP BY symbol
"""
LEVELS = """
SELECT symbol, ended, fetch_id, price FROM levels
WHERE fetch_id <= $cap AND symbol IN (SELECT unnest($symbols)) ORDER BY symbol, ended, fetch_id
"""
POINTS = """
SELECT role, name, day, fetch_id, value FROM points
WHERE fetch_id <= $cap ORDER BY role, name, day, fetch_id
"""


PRINTS = """
SELECT p.name, p.day, p.fetch_id, p.value, f.fetched_at FROM points p
JOIN fetches f ON f.id = p.fetch_id
WHERE p.role = 'prints' AND p.fetch_id <= ? ORDER BY p.name, p.day, p.fetch_id
"""
ASKED = "SELECT symbol, fetched_at FROM fetches WHERE role = 'prints' AND id <= ? AND rows > 0"
ARCHIVE = """
SELECT v.name, v.period, v.day, v.fetch_id, v.value, v.first, v.minutes, f.fetched_at
FROM vintages v
JOIN fetches f ON f.id = v.fetch_id
WHERE v.fetch_id <= ? ORDER BY v.name, v.period, v.day, v.fetch_id
"""
HAS_ARCHIVE = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'vintages'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How a store is read as it was at a past moment."""

    moment: dt.datetime
    """Fetches that had been received by then count for every series."""
    due: Callable[[str, str], dt.date]
    """The newest day of a series that could be known, by role ("" for bars) and name.

    A series that lacks that day at the moment is read as the first later fetch left it that has it.
    """
    opened: dt.datetime | None = None
    """When the running session opened, and the moment in it, if one was running."""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The stocks of a list, of which no more is read than some days, their closes alone."""

    symbols: frozenset[str] = frozenset()
    first: dt.date = dt.date.max
    last: dt.date = dt.date.min

    def cover(self, other: Members) -> bool:
        """Whether these stocks and days are all that *other* asks for."""
        days = self.first <= other.first and other.last <= self.last
        return days and other.symbols <= self.symbols


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The calendar of releases."""

    release: Callable[[str], str]
    """What it calls the release of a series of figures."""
    zone: dt.tzinfo
    """The zone of its times."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A figure in one answer of an agency; None where it says that there is none."""

    value: float | None
    fetch: int
    at: dt.datetime


def _stood(told: Iterable[_Answer], fetch: int) -> float | None:
    """What an agency told of a month at a fetch."""
    value = None
    for one in told:
        if one.fetch <= fetch:
            value = one.value
    return value


def _month_before(month: dt.date) -> dt.date:
    """The first day of the month before."""
    return dt.date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


Versioned = tuple[list[int], list[int], list[float], list[bool]]
"""Ordinals of days, fetches, closes, and whether a bar was finished: an item a row."""
_members: dict[Path, tuple[object, Members, Mapping[str, Versioned]]] = {}
"""What was read last of the list of a store, with its state then."""


class _Archive:
    """The figures of a series that an archive has of the days of releases."""

    def __init__(self) -> None:
        self.came: dict[dt.date, dt.date] = {}
        """The day from which it has a figure of each month."""
        self.got: dict[dt.date, dt.datetime] = {}
        """When that was first fetched."""
        self.usual: dict[dt.date, int] = {}
        """The usual minute of the release of a month, 0 for the end of its day."""
        self._told: dict[tuple[dt.date, dt.date], float | None] = {}

    def add(
        self,
        month: dt.date,
        day: dt.date,
        value: float | None,
        first: bool,
        minutes: int,
        at: dt.datetime,
    ) -> None:
        """A row, the oldest day of a month first."""
        self._told[month, day] = value
        if first and month not in self.came:
            self.came[month], self.got[month] = day, at
            self.usual[month] = minutes

    def value(self, month: dt.date) -> float | None:
        """The first figure of a month."""
        return self._told[month, self.came[month]]

    def before(self, month: dt.date, last: dt.date) -> float | None:
        """The figure of the *last* month as it was told with that of *month*."""
        return self._told.get((last, self.came[month]))


class StoreRows:
    """The rows of a store up to one of its fetches."""

    def __init__(
        self,
        path: Path,
        fetch: int,
        symbols: Iterable[str],
        rule: Callable[[str], str],
        past: Past | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        """The store at *path*, as known at *fetch*.

        Args:
            path: The DuckDB file.
            fetch: The number of the newest fetch that counts.
            symbols: The symbols that are read.
            rule: When a value of a series of rates is known, "" for the usual time.
            past: How to read it as it was at an earlier moment.
            calendar: What it calls the releases of figures, and the zone of its times.
        """
        self.path = path
        self._members = Members()
        self.fetch = fetch
        self.wanted = sorted(set(symbols))
        self.past = past
        self._rule = rule
        self._calendar = calendar or Calendar(release=lambda _: "", zone=dt.UTC)

    def beside(self, members: Members) -> StoreRows:
        """These rows, and some of the stocks of a list."""
        self._members = members
        return self

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """A connection that reads the store, once no other process writes it.

        Raises:
            LookupError: The store cannot be read.
        """
        import duckdb

        until = time.monotonic() + PATIENCE
        try:
            with _connected(self.path, until) as connection:
                connection.execute("SET TimeZone = 'UTC'")
                yield connection
        except duckdb.Error as error:
            raise LookupError(f"the store cannot be read: {error}") from error

    @cached_property
    def _early(self) -> int:
        """The newest fetch that had been received by the past moment."""
        if self.past is None:
            return self.fetch
        at = self.past.moment.astimezone(dt.UTC).replace(tzinfo=None)
        query = "SELECT id, fetched_at FROM fetches WHERE id <= ? ORDER BY id"
        with self._open() as connection:
            received = connection.execute(query, [self.fetch]).fetchall()
        known = 0
        for number, when in received:
            if when > at:
                break
            known = number
        return known

    @cached_property
    def _read(self) -> Mapping[str, list[tuple[Any, ...]]]:
        given = {"cap": self.fetch, "symbols": self.wanted}
        with self._open() as connection:
            return {
                "bars": connection.execute(BARS, given).fetchall(),
                "levels": connection.execute(LEVELS, given).fetchall(),
                "points": connection.execute(POINTS, {"cap": self.fetch}).fetchall(),
            }

    @cached_property
    def _bars(self) -> Mapping[str, list[tuple[Any, ...]]]:
        return _by(self._read["bars"])

    @cached_property
    def _listed(self) -> Mapping[str, Versioned]:
        """The rows of the list, in order of their days and fetches."""
        asked, now = self._members, self.path.stat()
        if not asked.symbols:
            return {}
        mark = (self.fetch, now.st_mtime_ns, now.st_size)
        known = _members.get(self.path)
        if known and known[0] == mark and known[1].cover(asked):
            return known[2]
        read = replace(asked, last=asked.last + AHEAD)
        given = {"cap": self.fetch, "first": read.first, "last": read.last}
        with self._open() as connection:
            rows = connection.execute(RECENT, {**given, "symbols": sorted(asked.symbols)})
            found = {symbol: tuple(columns) for symbol, *columns in rows.fetchall()}
        _members[self.path] = (mark, read, found)
        return found

    @cached_property
    def _levels(self) -> Mapping[str, list[tuple[Any, ...]]]:
        return _by(self._read["levels"])

    @cached_property
    def _points(self) -> Mapping[tuple[str, str], list[tuple[dt.date, float | None]]]:
        """The values that stood, by role and name."""
        versions = defaultdict(list)
        for role, name, day, fetch, value in self._read["points"]:
            versions[role, name].append((day, fetch, value))
        found = {}
        for (role, name), rows in versions.items():
            upto = self._upto([(day, fetch) for day, fetch, _ in rows], role, name)
            found[role, name] = [(day, value) for day, value in _standing(rows, upto)]
        return found

    @cached_property
    def _calendar_was_there(self) -> bool:
        """Whether any event was known at the past moment: then later words do not count."""
        events = (row for row in self._read["points"] if row[0].startswith("events"))
        return any(fetch <= self._early for _, _, _, fetch, _ in events)

    def _upto(self, rows: Versions, role: str, name: str) -> int:
        """The newest fetch that counts for a series, given the day and fetch of its *rows*."""
        if self.past is None or not rows:
            return self.fetch
        if role.startswith("events"):
            return self._early if self._calendar_was_there else self.fetch
        due = self.past.due(role, name)
        days = [day for day, _ in rows if day <= due]
        if days:
            newest = max(days)
            return max(self._early, min(fetch for day, fetch in rows if day == newest))
        return self._if_there(fetch for _, fetch in rows)

    def symbols(self) -> set[str]:
        """The symbols that were asked for and have daily bars."""
        return {*self._bars, *self._listed}

    def bars(self, symbol: str) -> Iterator[Bars]:
        """The finished daily bars of *symbol*; of a stock of the list, the closes of its days."""
        rows = self._bars.get(symbol, [])
        if not rows and symbol in self._listed:
            days, fetches, closes, finals = self._listed[symbol]
            same = self.past is None or min(fetches) == max(fetches)
            if same and all(finals) and all(map(lt, days, islice(days, 1, None))):
                yield Bars(Column(array("q", days), (array("d", closes),)), "")
                return
            several = zip(map(dt.date.fromordinal, days), fetches, closes, finals, strict=True)
            rows = [(symbol, *row[:3], None, None, row[3]) for row in several]
        held = [(day, fetch) for _, day, fetch, *_, final in rows if final]
        upto = self._upto(held, "", symbol)
        times, values = array("q"), [array("d") for _ in range(3)]
        latest = {row[1]: row for row in rows if row[2] <= upto}
        for day, (_, _, _, *prices, final) in sorted(latest.items()):
            if final:
                times.append(day.toordinal())
                for kept, price in zip(values, prices, strict=True):
                    kept.append(float("nan") if price is None else price)
        if times:
            yield Bars(Column(times, tuple(values)), "")

    def levels(self, symbol: str) -> Iterator[tuple[list[tuple[int, float]], int]]:
        """The prices of *symbol* by the seconds of the epoch, a minute apart."""
        rows = [
            (int(ended.replace(tzinfo=dt.UTC).timestamp()), fetch, price)
            for _, ended, fetch, price in self._levels.get(symbol, [])
        ]
        upto = self._upto_running(rows)
        found = list(_standing(rows, upto))
        if found:
            yield found, MINUTE

    def _upto_running(self, rows: list[tuple[int, int, float]]) -> int:
        """The newest fetch that counts for prices: those of the running session are due."""
        if self.past is None or not rows:
            return self.fetch
        if self.past.opened and self.past.at:
            opened, at = self.past.opened.timestamp(), self.past.at.timestamp()
            inside = [fetch for ended, fetch, _ in rows if opened < ended <= at]
            if inside:
                return max(self._early, min(inside))
        return self._if_there(fetch for _, fetch, _ in rows)

    def _if_there(self, fetches: Iterable[int]) -> int:
        """The past moment's newest fetch if a series was there by then, else the newest of all."""
        return self._early if min(fetches) <= self._early else self.fetch

    def _of(self, role: str) -> Iterator[tuple[str, str, list[tuple[dt.date, float]]]]:
        """Role, name and values of each series of that *role*."""
        for (own, name), rows in self._points.items():
            if own.partition("/")[0] == role:
                yield own, name, [(day, value) for day, value in rows if value is not None]

    @cached_property
    def rates(self) -> Mapping[str, list[Point]]:
        """The values of each series of rates in percent."""
        found: dict[str, list[Point]] = {}
        for _, name, rows in self._of("rates"):
            rule = self._rule(name) or RULES["rates"]
            found[name] = [Point(day, value, rule) for day, value in rows]
        return found

    @cached_property
    def futures(self) -> list[Settlement]:
        """The settlements of futures of the policy rate."""
        found = []
        for _, contract, rows in self._of("futures"):
            month = int(contract[3:]), MONTH_LETTERS.index(contract[2]) + 1
            found += [Settlement(day, RULES["futures"], month, price) for day, price in rows]
        return sorted(found, key=itemgetter(0))

    @property
    def meetings(self) -> list[Meeting]:
        """The Fed's meetings, from the calendar that is shipped."""
        found = [meeting_of(row, {}) for row in rows_of(MEETINGS)]
        return sorted(found, key=itemgetter(0, 1))

    @property
    def vintages(self) -> list[Vintage]:
        """None: a store has first prints, and no levels by period."""
        return []

    @cached_property
    def prints(self) -> list[Printed]:
        """The first figures of releases, by series and month.

        An archive's figure of a month goes before those that were fetched from an agency. The
        newest of these was released when the calendar says, if that is after its month and no later
        than it was first fetched, and no fetch between the two lacked it.
        """
        with self._open() as connection:
            asked = connection.execute(ASKED, [self._newest_answer]).fetchall()
        found: list[Printed] = []
        for name, (answers, archive) in self._figures.items():
            tries = [at.replace(tzinfo=dt.UTC) for symbol, at in asked if symbol == name]
            found += self._of_series(name, answers, archive, tries)
        return found

    @property
    def unpublished(self) -> list[Unpublished]:
        """The months of releases for which nobody ever told a figure, and since when."""
        found = []
        for name, (answers, archive) in self._figures.items():
            for month in sorted({*answers, *archive.came}):
                told = answers.get(month, [])
                if month in archive.came:
                    value = archive.value(month)
                else:
                    value = next((one.value for one in told if one.value is not None), None)
                if value is None:
                    times = [one.at for one in told if one.value is None]
                    if month in archive.came:
                        times.append(self._end_of(archive.came[month], archive.usual[month]))
                    found.append(Unpublished(name, f"{month:%Y-%m}", min(times)))
        return found

    @property
    def _newest_answer(self) -> int:
        return self.fetch if self.past is None else self._early

    @cached_property
    def _figures(self) -> dict[str, tuple[Mapping[dt.date, list[_Answer]], _Archive]]:
        """What agencies and what an archive told of each series, by months."""
        with self._open() as connection:
            rows = connection.execute(PRINTS, [self._newest_answer]).fetchall()
            held = connection.execute(HAS_ARCHIVE).fetchall()
            archive = connection.execute(ARCHIVE, [self.fetch]).fetchall() if held else []
        answered: dict[str, dict[dt.date, list[_Answer]]] = defaultdict(lambda: defaultdict(list))
        for name, month, fetch, value, at in rows:
            answered[name][month].append(_Answer(value, fetch, at.replace(tzinfo=dt.UTC)))
        kept = defaultdict[str, _Archive](_Archive)
        for name, month, day, _, value, first, minutes, at in archive:
            kept[name].add(month, day, value, first, minutes, at.replace(tzinfo=dt.UTC))
        return {name: (answered[name], kept[name]) for name in sorted({*answered, *kept})}

    def _of_series(
        self,
        name: str,
        answers: Mapping[dt.date, list[_Answer]],
        archive: _Archive,
        tries: list[dt.datetime],
    ) -> Iterator[Printed]:
        """The figures of a series, the oldest first."""
        published = ((month, one) for month, told in answers.items() for one in told[::-1])
        own = {month: one for month, one in published if one.value is not None}
        sure = {
            month: one.value
            for month, one in own.items()
            if all(_stood(answers[other], one.fetch) is None for other in own if other > month)
        } | {month: archive.value(month) for month in archive.came}
        release = self._calendar.release(name)
        for month in sorted({*own, *archive.came}):
            last = _month_before(month)
            second = _month_before(last)
            if month in archive.came:
                seen = archive.got[month]
                seen = min(seen, own[month].at) if month in own else seen
                value, before = archive.value(month), archive.before(month, last)
                earlier = archive.before(month, second)
                released: dt.datetime | None = self._out_on(
                    release, archive.came[month], archive.usual[month], seen
                )
            else:
                one = own[month]
                value, before, seen = one.value, _stood(answers.get(last, []), one.fetch), one.at
                earlier = _stood(answers.get(second, []), one.fetch)
                newest = month == max(own)
                released = self._released(release, month, seen, tries) if newest else None
            if value is not None:
                first = None if before is None else sure.get(last)
                told = f"{month:%Y-%m}"
                yield Printed(
                    name, told, value, before, released, seen, first=first, earlier=earlier
                )

    def _out_on(self, name: str, day: dt.date, usual: int, seen: dt.datetime) -> dt.datetime:
        """When a figure of an archive was out on the *day* that it has.

        At least by its usual minute, or by the end of the day if it has none.
        """
        zone, end = self._calendar.zone, self._end_of(day, usual)
        times = [
            dt.datetime.combine(day, dt.time.fromisoformat(one.time), zone)
            for one in self.releases
            if one.name == name and one.kind == "release" and one.time and one.day == day
        ]
        if len(times) == 1 and times[0] <= seen:
            return times[0]
        return min(end, seen)

    def _end_of(self, day: dt.date, usual: int) -> dt.datetime:
        """The usual minute of a *day*, its end for 0."""
        zone = self._calendar.zone
        if usual:
            return dt.datetime.combine(day, dt.time(usual // 60, usual % 60), zone)
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)

    def _released(
        self, name: str, day: dt.date, seen: dt.datetime, tries: list[dt.datetime]
    ) -> dt.datetime | None:
        """The one time of the calendar at which a print can have been released."""
        times = []
        for release in self.releases:
            if release.name == name and release.time and release.kind == "release":
                clock = dt.time.fromisoformat(release.time)
                at = dt.datetime.combine(release.day, clock, self._calendar.zone)
                later_month = (release.day.year, release.day.month) > (day.year, day.month)
                if later_month and at <= seen:
                    times.append(at)
        if len(times) != 1 or any(times[0] < one < seen for one in tries):
            return None
        return times[0]

    @property
    def results(self) -> list[Result]:
        """None: a store keeps no results of companies."""
        return []

    @cached_property
    def releases(self) -> list[Release]:
        """Dated events and publications, with the time of day where it is known."""
        found = []
        for role, name, rows in self._of("events"):
            kind = role.split("/")[1] if "/" in role else ""
            for day, minutes in rows:
                hours, rest = divmod(int(minutes), 60)
                found.append(Release(day, name, kind, f"{hours:02}:{rest:02}" if minutes else ""))
        return sorted(found)


def _connected(path: Path, until: float) -> Any:
    """A connection to the store, tried again until that time while another process has it."""
    import duckdb

    while True:
        try:
            return duckdb.connect(str(path), read_only=True)
        except duckdb.IOException:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _by(rows: list[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    return {name: list(group) for name, group in groupby(rows, itemgetter(0))}


def _standing(rows: Iterable[tuple[Any, int, Any]], upto: int) -> Iterator[tuple[Any, Any]]:
    """The newest value of each time up to a fetch, oldest time first."""
    latest = {when: value for when, fetch, value in rows if fetch <= upto}
    yield from sorted(latest.items())

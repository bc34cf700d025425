"""The figures of releases in a store: the first print of each period, and when it was known.

Two sources tell of them. An agency's own answer has no time, and the newest revision of each month:
a figure is a first print if it was the newest one when it was first fetched. It was known then. It
was released at the time that the store's calendar has for the release of its series, if that time
lies between the end of its period and the fetch, and no fetch after it lacked the figure.

An archive has the day of each release, and what was said on that day of the months before. It goes
before the agency's answer, and tells of days before the first fetch, too. A later figure of a
period never takes the place of its first one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from reportgen.markets import public_calendar
from reportgen.markets.instruments import registry
from reportgen.sources.providers.figures import month_before

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from reportgen.sources.then import Then

COLUMNS = (
    "series",
    "period",
    "stage",
    "actual",
    "previous",
    "previous_first",
    "earlier",
    "consensus",
    "poll",
    "released_at",
    "known_at",
    "source",
)
PRINTS = """
SELECT p.name, p.day, p.value, p.fetch_id, f.fetched_at, f.source
FROM points p JOIN fetches f ON f.id = p.fetch_id
WHERE p.role = 'prints' AND p.fetch_id <= ? ORDER BY p.name, p.day, p.fetch_id
"""
VINTAGES = """
SELECT v.name, v.period, v.value, v.fetch_id, f.fetched_at, f.source, v.day, v.first, v.minutes
FROM vintages v JOIN fetches f ON f.id = v.fetch_id
WHERE v.fetch_id <= ? ORDER BY v.name, v.day, v.period, v.fetch_id
"""
ASKED = """
SELECT symbol, fetched_at FROM fetches
WHERE role = 'prints' AND id <= ? AND rows > 0 ORDER BY id
"""
EARLY = "SELECT 1 FROM points WHERE starts_with(role, 'events') AND fetch_id <= ? LIMIT 1"
DUE = """
SELECT name, day, value FROM points
WHERE starts_with(role, 'events/release') AND fetch_id <= ?
QUALIFY row_number() OVER (PARTITION BY role, name, day ORDER BY fetch_id DESC) = 1
"""


class Told(NamedTuple):
    """A figure of a period as one fetch brought it; without a value it was not published."""

    value: float | None
    fetch: int
    at: dt.datetime
    source: str


@dataclass(frozen=True, slots=True)
class Series:
    """What a store has of one series."""

    answers: dict[dt.date, list[Told]] = field(default_factory=lambda: defaultdict(list))
    """What an agency told of each period, the oldest first."""
    vintages: dict[dt.date, dict[dt.date, Told]] = field(default_factory=lambda: defaultdict(dict))
    """What an archive has of each release, by its day and by periods."""
    releases: dict[dt.date, dt.date] = field(default_factory=dict)
    """The day from which an archive has a figure of each period."""
    received: dict[dt.date, dt.datetime] = field(default_factory=dict)
    """When the first print of each of those periods was first fetched from the archive."""
    minutes: dict[dt.date, int] = field(default_factory=dict)
    """By when the release of a day is out, in minutes since midnight; 0 for the end of the day."""

    @property
    def periods(self) -> list[dt.date]:
        """The periods that are told of, the oldest first."""
        return sorted({*self.answers, *self.releases})

    def first(self, period: dt.date) -> Told | None:
        """The first figure of a *period*, as far as it is known; None where there is none."""
        if period in self.releases:
            return self.vintages[self.releases[period]][period]
        return next((one for one in self.answers.get(period, ()) if one.value is not None), None)

    def surely_first(self, period: dt.date) -> float | None:
        """The value of the first print of a *period*; None where it may be a revision."""
        one = self.first(period)
        if one is None or period in self.releases:
            return one.value if one else None
        later = (month for month in self.answers if month > period)
        overtaken = any(self._stood(month, one.fetch) is not None for month in later)
        return None if overtaken else one.value

    def _stood(self, period: dt.date, fetch: int) -> float | None:
        """What an agency told of a *period* at a *fetch*."""
        told = [one for one in self.answers.get(period, ()) if one.fetch <= fetch]
        return told[-1].value if told else None

    def with_it(self, period: dt.date, back: int = 1) -> float | None:
        """The figure of so many periods before, as it was told with the first one of a *period*."""
        before = period
        for _ in range(back):
            before = month_before(before)
        if period in self.releases:
            told = self.vintages[self.releases[period]].get(before)
            return told.value if told else None
        one = self.first(period)
        return self._stood(before, one.fetch) if one else None

    def seen(self, period: dt.date) -> dt.datetime:
        """When a *period* was first fetched from anyone."""
        times = [one.at for one in self.answers.get(period, ()) if one.value is not None]
        return min([*times[:1], *filter(None, [self.received.get(period)])])

    def newest(self) -> dt.date | None:
        """The newest period with a figure in an agency's answers."""
        return max((month for month in self.answers if self.first(month)), default=None)


def prints(connection: DuckDBPyConnection, known: int, then: Then | None) -> pd.DataFrame:
    """The prints of an open store at fetch *known*, in the columns of a dataset's file.

    With *then*, those of agencies that had been fetched by that moment, and those of archives,
    which have days of their own. ``attrs["later"]`` names the series that had not been fetched
    by then, ``attrs["unpublished"]`` the periods without a print, with the time from which
    that was known.
    """
    from reportgen.sources.store import has_table

    rows = connection.execute(PRINTS, [known]).fetchall()
    held = has_table(connection, "vintages")
    archived = connection.execute(VINTAGES, [known]).fetchall() if held else []
    names = {row[0] for row in (*rows, *archived)}
    early = names
    if then is not None:
        rows = [row for row in rows if row[3] <= then.early]
        early = {row[0] for row in rows} | {row[0] for row in archived if row[3] <= then.late}
    asked = defaultdict(list)
    for symbol, at in connection.execute(ASKED, [then.early if then else known]).fetchall():
        asked[symbol].append(_utc(at))
    calendar = known
    if then and connection.execute(EARLY, [then.early]).fetchall():
        calendar = then.early  # a calendar was there: later words are not
    due = _due(connection.execute(DUE, [calendar]).fetchall())
    found, none = list[tuple[object, ...]](), list[tuple[str, str, dt.datetime]]()
    for name, series in sorted(_series(rows, archived).items()):
        release = registry()[name].release if name in registry() else ""
        found += _told(name, series, due[release], asked[name])
        none += _unpublished(name, series)
    frame = pd.DataFrame(found, columns=list(COLUMNS)).astype(
        dict.fromkeys(("actual", "previous", "previous_first", "earlier", "consensus"), float)
        | {"stage": object, "poll": object}
    )
    zone = public_calendar().zone
    for column in ("released_at", "known_at"):
        times = pd.to_datetime(frame[column], utc=True)
        frame[column] = times.dt.tz_convert(zone).astype(pd.DatetimeTZDtype("ns", zone))
    frame.attrs["later"] = sorted(names - early)
    frame.attrs["unpublished"] = none
    return frame


def _series(
    rows: Iterable[tuple[Any, ...]], archived: Iterable[tuple[Any, ...]]
) -> dict[str, Series]:
    """What is told of each series, by agencies and by archives."""
    found: dict[str, Series] = defaultdict(Series)
    for name, period, value, fetch, at, source in rows:
        found[name].answers[period].append(Told(value, fetch, _utc(at), source))
    for name, period, value, fetch, at, source, day, first, minutes in archived:
        series = found[name]
        series.vintages[day][period] = Told(value, fetch, _utc(at), source)
        series.minutes[day] = minutes
        if first:
            series.releases.setdefault(period, day)
            series.received.setdefault(period, _utc(at))
    return found


def _told(
    name: str, series: Series, due: Sequence[dt.datetime], asked: Sequence[dt.datetime]
) -> Iterator[tuple[object, ...]]:
    """The prints of a series, in :data:`COLUMNS`."""
    newest = series.newest()
    for period in series.periods:
        one = series.first(period)
        if one is None or one.value is None:
            continue
        seen = series.seen(period)
        at = None
        if period in series.releases:
            day = series.releases[period]
            at = _on_its_day(day, _out_by(day, series.minutes[day]), seen, due)
        elif period == newest:
            at = _released(period, seen, due, asked)
        last = month_before(period)
        before = series.with_it(period)
        yield (
            name,
            f"{period:%Y-%m}",
            "",
            one.value,
            before,
            None if before is None else series.surely_first(last),
            series.with_it(period, 2),
            None,
            "",
            at,
            seen,
            one.source,
        )


def _unpublished(name: str, series: Series) -> Iterator[tuple[str, str, dt.datetime]]:
    """The periods without a print, each with the time from which that was known."""
    for period in series.periods:
        one, answers = series.first(period), series.answers.get(period, ())
        if one is not None and one.value is not None:
            continue
        known = [told.at for told in answers if told.value is None]
        if period in series.releases:
            day = series.releases[period]
            known.append(_out_by(day, series.minutes[day]))
        yield name, f"{period:%Y-%m}", min(known)


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC)


def _due(rows: Iterable[tuple[str, dt.date, float | None]]) -> Mapping[str, list[dt.datetime]]:
    """When each release comes out, by name; those without a time of day are left out."""
    found = defaultdict(list)
    calendar = public_calendar()
    for name, day, minutes in rows:
        if minutes:
            hour, minute = divmod(int(minutes), 60)
            found[name].append(calendar.at_clock(day, dt.time(hour, minute)))
    return found


def _out_by(day: dt.date, minutes: int) -> dt.datetime:
    """When a release of a *day* is out, by its usual time, or by the end of the day for 0."""
    calendar = public_calendar()
    if not minutes:
        return calendar.at_clock(day + dt.timedelta(days=1), dt.time())
    hour, minute = divmod(minutes, 60)
    return calendar.at_clock(day, dt.time(hour, minute))


def _on_its_day(
    day: dt.date, out_by: dt.datetime, seen: dt.datetime, due: Iterable[dt.datetime]
) -> dt.datetime:
    """When a print was released that an archive has from that *day* on.

    At the time of the calendar on that day; without one it was *out by* its usual time, or when it
    was first *seen*.
    """
    times = [at for at in due if at.date() == day and at <= seen]
    return times[0] if len(times) == 1 else min(out_by, seen)


def _released(
    month: dt.date,
    seen: dt.datetime,
    due: Iterable[dt.datetime],
    asked: Iterable[dt.datetime],
) -> dt.datetime | None:
    """When the print of *month*, first *seen* at a fetch, was released; None where nothing tells.

    Args:
        month: The first day of its period.
        seen: When it was first fetched.
        due: The times of its release, by the calendar.
        asked: The times at which its series was fetched.
    """
    over = (month + dt.timedelta(days=31)).replace(day=1)
    times = [at for at in due if over <= at.date() and at <= seen]
    if len(times) != 1:
        return None
    lacked = any(times[0] < at < seen for at in asked)
    return None if lacked else times[0]

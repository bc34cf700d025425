"""The market as a notebook sees it: a track of levels for each instrument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from reportgen.core.errors import NoData, NotYet, StaleData
from reportgen.datasets.book import Book
from reportgen.datasets.courses import Course, course_of
from reportgen.datasets.releases import Print, newest
from reportgen.datasets.results import Due as ResultsDue
from reportgen.datasets.results import next_due, reaction
from reportgen.datasets.snapshot import Snapshot
from reportgen.datasets.validation.meetings import MEETINGS
from reportgen.markets import Index, MarketSpec, home, public_calendar
from reportgen.markets.calendar import Moment
from reportgen.markets.instruments import Instrument, registry
from reportgen.markets.venues import traded_before
from reportgen.statistics import drawdowns
from reportgen.statistics.indexes import sessions
from reportgen.statistics.returns import SESSIONS, changes

YOUNG = 10
"""Days after its inception by which the history of a new instrument begins."""
DECISION, USUAL = dt.time(14), dt.time(8, 30)
"""When the Fed tells its decisions, and most releases come out."""
DECIDED = "the Fed's decision on rates"
TODAY = ("release", "auction")
"""The kinds of events that a brief before the open tells of."""


OVERTAKEN = dt.timedelta(days=46)
"""How long a monthly print is the newest one."""


class Due(NamedTuple):
    """Something that is going to be published.

    Its day, the time in New York where it is known, and its name.
    """

    day: dt.date
    time: dt.time | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Levels of one instrument by session.

    ``live`` says that the last one is of a session still open.
    """

    instrument: Instrument
    closes: pd.Series
    live: bool
    as_of: str
    source: str
    low: float | None = None
    """The lowest and the highest level of the last session, where they are
    known and it is over.
    """
    high: float | None = None
    peak: drawdowns.High | None = None
    """The highest level within a session before the last one, where the data surely have it."""
    market: MarketSpec = field(default_factory=home)
    """The market that the report is about."""

    @property
    def leads(self) -> bool:
        """Whether it is the index that stands for the market."""
        return self.instrument.symbol == self.market.lead

    @property
    def rank(self) -> Index:
        """What the market says of the index."""
        return self.market.index(self.instrument.symbol)

    @property
    def session(self) -> dt.date:
        """The session of the last level."""
        return self.closes.index[-1].date()  # type: ignore[no-any-return]

    @property
    def last(self) -> float:
        """The last level."""
        return float(self.closes.iloc[-1])

    @property
    def changes(self) -> pd.Series:
        """Session-to-session changes, as fractions."""
        return changes(self.closes)

    @property
    def whole_year(self) -> bool:
        """Whether the series is a year long, or as old as the instrument."""
        first, last = self.closes.index[0].date(), self.session
        young = (first - self.instrument.inception).days <= YOUNG
        return bool(young or first <= last - dt.timedelta(days=drawdowns.DAYS))

    @property
    def record_start(self) -> bool:
        """Whether the series reaches back to its inception or to a known record."""
        first = self.closes.index[0].date()
        known = self.instrument.known_record
        return first <= self.instrument.inception or bool(
            known and first <= known.session <= self.session
        )


class Tracks(list[Track]):
    """The tracks of a group, and the symbols of its members without a value."""

    def __init__(
        self,
        tracks: Iterable[Track] = (),
        missing: Iterable[str] = (),
    ) -> None:
        super().__init__(tracks)
        self.missing = tuple(missing)


def missing_of(tracks: Sequence[Track]) -> tuple[str, ...]:
    """The members without a value: a group with a hole is not told as a group."""
    return tracks.missing if isinstance(tracks, Tracks) else ()


@dataclass(slots=True)
class Log:
    """What was asked of a market, in order, and what had no value, and why."""

    read: dict[str, None] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


class Market:
    """Tracks and tables of a :class:`Snapshot`.

    Every question is written into its ``log``.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        spec: MarketSpec | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.spec = spec or home()
        self.log = Log()

    @cached_property
    def book(self) -> Book:
        """What the reader of the brief holds, valued in the currency of the market.

        Raises:
            StaleData: A newest close or exchange rate is missing.
            NoData: There are no holdings, or one of them has no prices.
        """
        return Book(self.snapshot, self.spec.currency)

    @contextmanager
    def _asked(self, symbol: str) -> Iterator[None]:
        """Note that *symbol* was asked for, and why it had no value, if so."""
        self.log.read[symbol] = None
        try:
            yield
        except NotYet:
            raise
        except (NoData, StaleData) as error:
            self.log.missing[symbol] = str(error)
            raise

    @property
    def moment(self) -> Moment:
        """The moment the data are cut at."""
        return self.snapshot.moment

    def track(self, symbol: str, *, running: bool = True) -> Track:
        """The levels of *symbol*, those of the running session included.

        With ``running=False`` the track then ends with the close before.

        Raises:
            StaleData: The newest close is older than the last one due.
            NoData: A session is open and no intraday level of it is known.
        """
        with self._asked(symbol):
            return self._track(symbol, running=running)

    def _track(self, symbol: str, *, running: bool) -> Track:
        found = self.snapshot.instrument(symbol)
        closes = self.snapshot.closes.get(symbol)
        if closes is None:
            raise self._absent(symbol, found.inception, "closes")
        due = self.snapshot.due_bar(found)
        if closes.index[-1].date() < due:
            raise StaleData(
                f"{symbol}: the newest close is of {closes.index[-1].date()},"
                f" {due} is needed; bring the data up to date: reportgen fetch"
                f" {symbol}",
                subject=symbol,
            )
        level = None if found.lagged else self._running(symbol)
        same_hours = found.calendar == self.moment.calendar.code
        together = found.sessions.always or same_hours
        here_open = self.moment.state == "open" and running
        if here_open and level is None and together:
            why = self.snapshot.absences.get(symbol)
            raise NoData(
                why
                or f"{symbol}: dataset '{self.snapshot.name}' has no price of the"
                f" running session by {self.moment.at:%H:%M}",
                subject=symbol,
            )
        as_of = closes.index[-1].date().isoformat()
        if self.moment.state == "open" and level is not None:
            today = pd.Series(
                [level],
                index=pd.DatetimeIndex([pd.Timestamp(self.moment.session)]),
            )
            closes = pd.concat([closes, today]).rename(symbol)
            as_of = self.moment.at.isoformat()
        if found.sessions != self.moment.calendar:
            closes.attrs[SESSIONS] = found.sessions
        source = self.snapshot.sources[symbol]
        live = "T" in as_of
        finished = None if live else self.snapshot.ranges.get(symbol)
        low, high = finished or (None, None)
        peak = None if live else self.snapshot.peaks.get(symbol)
        return Track(
            instrument=found,
            closes=closes,
            live=live,
            as_of=as_of,
            source=source,
            low=low,
            high=high,
            peak=drawdowns.High(*peak) if peak else None,
            market=self.spec,
        )

    def finished(self, symbol: str) -> Track:
        """The levels of *symbol* up to the last session of its own exchange that is over.

        Raises:
            StaleData: The newest close is older than that session.
            NoData: There are no closes, or that of the session before is missing.
        """
        with self._asked(symbol):
            found = self.snapshot.instrument(symbol)
            closes = self.snapshot.closes.get(symbol)
            if closes is None:
                raise self._absent(symbol, found.inception, "closes")
            own = found.sessions.moment(self.moment.at)
            due = own.previous if own.state == "open" else own.session
            closes = closes[: pd.Timestamp(due)]
            self._refuse_holes(found, sessions(closes), due)
        closes.attrs[SESSIONS] = found.sessions
        return Track(
            instrument=found,
            closes=closes,
            live=False,
            as_of=due.isoformat(),
            source=self.snapshot.sources[symbol],
            market=self.spec,
        )

    def _refuse_holes(self, found: Instrument, days: pd.DatetimeIndex, due: dt.date) -> None:
        """Raise StaleData or NoData where the close of *due*, or the one before, is missing."""
        symbol, before = found.symbol, found.sessions.neighbours(due)[0]
        newest = [day.date() for day in days[-2:]]
        if due not in newest:
            raise StaleData(
                f"{symbol}: the newest close is of {newest[-1] if newest else 'no day'},"
                f" {due} is needed; bring the data up to date: reportgen fetch {symbol}",
                subject=symbol,
            )
        if newest[0] != before:
            raise NoData(f"{symbol}: its close of {before} is missing", subject=symbol)

    def level_since(self, symbol: str, opened: dt.datetime) -> float | None:
        """The intraday level of *symbol* at the moment, of a session that *opened* then; or None.

        It is the end of the last bar, an hour old at most.
        """
        levels = self.snapshot.levels.get(symbol)
        if levels is None or levels.empty or levels.index[-1] <= pd.Timestamp(opened):
            return None
        return self.level_at(symbol, self.moment.at)

    def _absent(
        self,
        symbol: str,
        inception: dt.date | None,
        what: str,
    ) -> NoData:
        """The error for a symbol or series without data by the moment."""
        if inception and inception > self.moment.session:
            return NotYet(f"{symbol} begins on {inception}.", subject=symbol)
        why = self.snapshot.absences.get(symbol) or self._unread(symbol, what)
        name, by = self.snapshot.name, f"{self.moment.at:%Y-%m-%d %H:%M}"
        return NoData(
            why or f"{symbol}: dataset '{name}' has no {what} by {by}",
            subject=symbol,
        )

    def _unread(self, symbol: str, what: str) -> str:
        """Why *symbol* has no closes that anybody looked for, and what to write, or ""."""
        if what != "closes":
            return ""
        if symbol in self.snapshot.rates:
            return f"{symbol} is a rate and has no closes; read it by desk.rate('{symbol}')"
        if self.snapshot.asked is None or symbol in self.snapshot.asked:
            return ""
        return (
            f"{symbol}: not listed in report.toml, so no prices were read; write it into required"
            " or optional below [instruments]"
        )

    def _running(self, symbol: str) -> float | None:
        levels = self.snapshot.levels.get(symbol)
        if levels is None or levels.empty:
            return None
        if levels.index[-1] < pd.Timestamp(self.moment.opened):
            return None
        age = pd.Timestamp(self.moment.at) - levels.index[-1]
        fresh = age <= self.snapshot.oldest_level(symbol)
        return float(levels.iloc[-1]) if fresh else None

    def level_at(self, symbol: str, at: dt.datetime) -> float | None:
        """The intraday level of *symbol* at *at*, or None.

        It is the end of the last bar by then, within the hour.
        """
        levels = self.snapshot.levels.get(symbol)
        if levels is None:
            return None
        known = levels[: pd.Timestamp(at)]
        if known.empty:
            return None
        if pd.Timestamp(at) - known.index[-1] > pd.Timedelta(hours=1):
            return None
        return float(known.iloc[-1])

    def rate(self, series: str) -> pd.Series:
        """A rate series as fractions by date.

        Raises:
            NoData: The dataset has none.
        """
        found = self.snapshot.rates.get(series)
        with self._asked(series):
            if found is None or found.empty:
                known = registry().get(series)
                raise self._absent(
                    series,
                    known.inception if known else None,
                    "values",
                )
            self._refuse_old(series, sessions(found))
        return found

    def _refuse_old(self, series: str, days: pd.DatetimeIndex) -> None:
        """Raise StaleData where the newest value is old, or the one before missing.

        What is published on the evening of a close counts where it is there; it
        is not due at the close.
        """
        due = self.snapshot.due_rate(series)
        newest = days[-1].date()
        before = traded_before(newest, self.moment.calendar)
        if newest < due:
            raise StaleData(
                f"{series}: the newest value is of {newest}, {due} is needed; "
                f"bring the data up to date: reportgen fetch {series}",
                subject=series,
            )
        if len(days) > 1 and days[-2].date() < before:
            raise NoData(
                f"{series}: its value of {before} is missing",
                subject=series,
            )

    def source(self, name: str) -> str:
        """Where the data on *name* come from."""
        return self.snapshot.sources.get(name, self.snapshot.name)

    def meetings(
        self,
        marked: dt.date,
    ) -> tuple[list[tuple[dt.date, dt.date]], int]:
        """Regular Fed meetings from the month of *marked*, and how many are decided.

        First and last day of each.

        The month is that of the settlements they are read from: its contract
        averages what was decided in it, too.
        """
        self._meetings_hold()
        first = marked.replace(day=1)
        listed = [meeting for meeting in self.snapshot.meetings if meeting[1] >= first]
        calendar = public_calendar()
        decisions = [calendar.at_clock(end, DECISION) for _, end in listed]
        return listed, sum(at <= self.moment.at for at in decisions)

    def _meetings_hold(self) -> None:
        """Refuse to tell of the Fed's meetings where a check keeps their table out."""
        if why := self.snapshot.absences.get(MEETINGS):
            raise NoData(why, subject=MEETINGS)

    def futures(
        self,
        ago: int = 0,
    ) -> tuple[dt.date, dict[tuple[int, int], float]]:
        """The Fed funds futures settlements *ago* days back, 0 for the newest.

        Their date, and price by contract (year, month).
        """
        table = self.snapshot.futures
        fresh = table
        if len(table):
            today = pd.Timestamp(self.moment.at.date())
            fresh = table[today - pd.Timedelta(days=7) :]
        if len(fresh) <= ago:
            why = self.snapshot.absences.get(self.spec.futures)
            error = NoData(
                why
                or f"{self.spec.futures}: dataset '{self.snapshot.name}' has no Fed"
                " funds futures of the week to"
                f" {self.moment.at:%Y-%m-%d}",
                subject=self.spec.futures,
            )
            if ago:
                raise error
            with self._asked(self.spec.futures):
                raise error
        self.log.read[self.spec.futures] = None
        due = self.snapshot.due_settlement()
        if not ago and fresh.index[-1].date() < due:
            name, newest = self.spec.futures, fresh.index[-1].date()
            with self._asked(name):
                raise StaleData(
                    f"{name}: the newest settlements are of {newest}, {due} is"
                    " needed; bring the data up to date: reportgen fetch"
                    f" {name}",
                    subject=self.spec.futures,
                )
        return _curve(fresh, len(fresh) - 1 - ago)

    def curves(
        self,
        most: int,
    ) -> list[tuple[dt.date, dict[tuple[int, int], float]]]:
        """The newest *most* settlements of Fed funds futures, oldest first.

        See :meth:`futures`.
        """
        table = self.snapshot.futures
        oldest = max(0, len(table) - most)
        return [_curve(table, place) for place in range(oldest, len(table))]

    def printed(self, series: str) -> Print:
        """The newest print of *series* that was known.

        Raises:
            NoData: There is none.
            StaleData: A newer one came out, or it is more than a month and a half old.
        """
        with self._asked(series):
            return self._printed(series)

    def _printed(self, series: str) -> Print:
        found, table = self.snapshot.instrument(series), self.snapshot.prints
        rows = table[table["series"] == series] if len(table) else table
        if rows.empty:
            raise self._absent(series, found.inception, "print")
        told = newest(found, rows, self.snapshot.unpublished)
        self._refuse_overtaken(found, told.known_at)
        return told

    def course(self, series: str) -> Course:
        """The figures of a monthly or quarterly *series* by period, as they were known.

        Raises:
            NoData: There is none.
        """
        with self._asked(series):
            found, table = self.snapshot.instrument(series), self.snapshot.vintages
            rows = table[table["series"] == series] if len(table) else table
            if rows.empty:
                raise self._absent(series, found.inception, "figure")
            return course_of(found, rows)

    def next_release(self, name: str) -> Due | None:
        """The next time that a release of that *name* is due after the moment, or None."""
        told = (due for due in self._coming(("release",)) if due.name == name)
        return min(told, key=lambda due: due.day, default=None)

    def released(self, series: str) -> Print | None:
        """The newest print of *series*, if it came out since the close before the session.

        None where it did not, where no time of its release is known, and where it came between
        the close of the session and midnight. Before the next open, that counts, too.
        """
        table, moment = self.snapshot.prints, self.moment
        rows = table[table["series"] == series] if len(table) else table
        if rows.empty or rows["known_at"].iloc[-1] <= moment.previous_closes:
            return None
        told = newest(self.snapshot.instrument(series), rows, self.snapshot.unpublished)
        if told.at is None or told.at <= moment.previous_closes:
            return None
        late = moment.closes < told.at and told.released == moment.session
        late = late and moment.state != "pre"
        if late:
            return None
        self.log.read[series] = None
        return told

    def _refuse_overtaken(self, found: Instrument, known: dt.datetime) -> None:
        """Raise StaleData where a print is old, or a newer one was released by the calendar."""
        calendar, table = public_calendar(), self.snapshot.events
        name, age = found.symbol, self.moment.at - known
        if age > OVERTAKEN:
            raise StaleData(
                f"{name}: the newest print was known on {known.date()}, {age.days} days before;"
                f" bring the data up to date: reportgen fetch {name}",
                subject=name,
            )
        rows = table[(table["kind"] == "release") & (table["name"] == found.release)]
        times = rows["time"] if "time" in rows else [""] * len(rows)
        due = [_release(*row) for row in zip(rows["name"], rows["date"], times, strict=True)]
        for one in due:
            at = calendar.at_clock(one.day, one.time or USUAL)
            if known.astimezone(calendar.zone).date() < one.day and at <= self.moment.at:
                raise StaleData(
                    f"{name}: the print of {one.day} is missing; bring the data up to date:"
                    f" reportgen fetch {name}",
                    subject=name,
                )

    def reported(self, symbol: str, session: dt.date) -> tuple[dt.date, str] | None:
        """The day of a company's results, and their source, if *session* was the first to react.

        None if no such results are known.
        """
        table = self.snapshot.results
        rows = table[table["symbol"] == symbol] if len(table) else table
        calendar = self.moment.calendar
        newest = rows.iloc[::-1]
        for at, source in zip(newest["at"], newest["source"], strict=True):
            if reaction(calendar, at.to_pydatetime()) == session:
                return at.astimezone(calendar.zone).date(), str(source)
        return None

    def reporting(self) -> list[str]:
        """The stocks of the report's list that are known by name and announced results to come."""
        table = self.snapshot.results_ahead
        named = {*table["symbol"]} & {*registry()} if len(table) else set()
        members = (one for one in self.snapshot.panel.members if one in named)
        return [symbol for symbol in members if self.results_due(symbol)]

    def results_due(self, symbol: str) -> ResultsDue | None:
        """When a company will report next, by what it had announced; None where it is not sure."""
        table = self.snapshot.results_ahead
        rows = table[table["symbol"] == symbol] if len(table) else table
        return next_due(rows, self.moment.calendar, self.moment.at) if len(rows) else None

    def event(self, kind: str) -> tuple[str, dt.date] | None:
        """Name and date of the latest past event of that kind, or None."""
        table = self.snapshot.events
        past = table["date"] < pd.Timestamp(self.moment.at.date())
        rows = table[(table["kind"] == kind) & past]
        if rows.empty:
            return None
        row = rows.sort_values("date").iloc[-1]
        return str(row["name"]), row["date"].date()

    def due(self) -> Due | None:
        """The next release or decision of the Fed after the moment, or None.

        Raises:
            NoData: The table of the Fed's meetings is wrong.
        """
        return min(
            self._coming(("release",)),
            key=lambda due: (due.day, due.time or USUAL),
            default=None,
        )

    def due_today(self) -> list[Due]:
        """What is due after the moment and on its day, the earliest first.

        Releases, auctions and the Fed's decision, by the clock of the market.

        Raises:
            NoData: The table of the Fed's meetings is wrong.
        """
        today = self.moment.at.date()
        found = {due for due in self._coming(TODAY) if self.clock_of(due).date() == today}
        return sorted(found, key=lambda due: (self.clock_of(due), due.name))

    def clock_of(self, due: Due) -> dt.datetime:
        """When something is due, in the market's time; at the usual hour where none is known."""
        at = public_calendar().at_clock(due.day, due.time or USUAL)
        return at.astimezone(self.moment.calendar.zone)

    def _coming(self, kinds: Sequence[str]) -> list[Due]:
        """Events of those *kinds* and decisions of the Fed after the moment.

        Raises:
            NoData: The table of the Fed's meetings is wrong.
        """
        self._meetings_hold()
        table = self.snapshot.events
        ahead = table["date"] >= pd.Timestamp(self.moment.at.date()) - pd.Timedelta(days=1)
        rows = table[table["kind"].isin(kinds) & ahead]
        times = rows["time"] if "time" in rows else [""] * len(rows)
        releases = zip(rows["name"], rows["date"], times, strict=True)
        listed = [_release(*row) for row in releases]
        listed += [Due(end, DECISION, DECIDED) for _, end in self.snapshot.meetings]
        return [due for due in listed if self.clock_of(due) > self.moment.at]


def _release(name: str, day: pd.Timestamp, time: object) -> Due:
    known = dt.time.fromisoformat(time) if time and isinstance(time, str) else None
    return Due(day.date(), known, str(name))


def _curve(
    table: pd.DataFrame,
    place: int,
) -> tuple[dt.date, dict[tuple[int, int], float]]:
    """Date and price by contract (year, month) of one row of settlements."""
    row = table.iloc[place].dropna()
    letters = "FGHJKMNQUVXZ"
    prices = {}
    for contract, price in row.items():
        code = str(contract)
        prices[int(code[3:]), letters.index(code[2]) + 1] = float(price)
    return sessions(table)[place].date(), prices

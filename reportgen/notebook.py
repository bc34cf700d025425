"""All that a report notebook imports: open the market, compute in sections, record what was found.

>>> desk = open_desk(report="small-caps", data="sample", as_of="2025-01-08 13:00")  # doctest: +SKIP
>>> with desk.section("index", required=True):  # doctest: +SKIP
...     small = desk.track("^RUT")
...     desk.tell(news.day(small), news.threshold(small))
"""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from reportgen import charts, news, tables
from reportgen.charts import Chart
from reportgen.data.instruments import instrument, registry
from reportgen.data.market import Market, Track
from reportgen.data.remote import dataset
from reportgen.data.snapshot import Snapshot, take
from reportgen.errors import NoData, RecordError, StaleData
from reportgen.facts import (
    CHART_MEDIA,
    CONTEXT_MEDIA,
    FACT_MEDIA,
    FINDING_MEDIA,
    SECTION_MEDIA,
    TABLE_MEDIA,
    Fact,
    Finding,
    Unit,
)
from reportgen.market import calendar, seasons
from reportgen.market.calendar import Moment
from reportgen.news.measure import Measure, News
from reportgen.request import load_report, report_names

__all__ = ["Desk", "charts", "news", "open_desk", "seasons", "tables"]

SHORT = 63
"""Sessions of a history that is too short to say what is usual."""
VEGA_LITE = "application/vnd.vegalite.v6+json"


def _display(bundle: dict[str, Any]) -> None:
    from IPython.display import display

    display(bundle, raw=True)


class Desk:
    """One run's market and record; every method that records also shows the author what it recorded."""

    def __init__(self, market: Market, report: str) -> None:
        self.market = market
        self.report = report
        self._facts: dict[str, Fact] = {}
        self._section = ""

    @property
    def moment(self) -> Moment:
        """The moment the data are cut at."""
        return self.market.moment

    @property
    def week_ends(self) -> bool:
        """Whether the session told of was the last of its week and is over, before the next one has begun."""
        return self.open_session.isocalendar()[:2] != self.moment.session.isocalendar()[:2]

    @property
    def open_session(self) -> dt.date:
        """The first session that is not over: the running one, or the one to come."""
        return self.moment.session if self.moment.state == "open" else self.moment.upcoming

    def track(self, symbol: str, *, running: bool = True) -> Track:
        """The levels of *symbol*; see :meth:`reportgen.data.market.Market.track`."""
        return self.market.track(symbol, running=running)

    def begin(self, window: str) -> dt.date:
        """The first day of the "week", "month", "quarter" or "year" that holds the session told of."""
        return calendar.STARTS[window](self.moment.session)

    def tracks(self, symbols: Iterable[str], window: str = "day") -> list[Track]:
        """The levels of those *symbols* of which the data hold a quarter or more; one whose newest is missing is told as a gap.

        With a longer *window*, only of those whose history begins before it.
        """
        found: list[Track] = []
        for symbol in symbols:
            try:
                track = self.track(symbol)
                found += [track] if self._reaches(track, window) else []
            except StaleData as stale:
                error = f"{stale} Bring the data up to date: reportgen fetch {symbol}"
                self._ended(
                    {
                        "name": instrument(symbol).short,
                        "required": False,
                        "status": "failed",
                        "error": error,
                    }
                )
            except NoData:
                continue
        return found

    def _reaches(self, track: Track, window: str) -> bool:
        """Whether *track* has a quarter or more, and begins before the *window*."""
        return len(track.closes) > SHORT and (
            window == "day" or track.closes.index[0].date() < self.begin(window)
        )

    @staticmethod
    def known(detector: Callable[..., News | None], *args: Any) -> list[News | None]:
        """What *detector* makes of *args*; nothing where the data do not reach so far."""
        try:
            return [detector(*args)]
        except NoData:
            return []

    @contextmanager
    def section(self, name: str, *, required: bool = False) -> Iterator[None]:
        """A part of the brief on its own: if it fails, the traceback stays here and the brief names the gap."""
        self._section = name
        status = {"name": name, "required": required, "status": "ok", "error": ""}
        try:
            yield
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a section may fail in any way; its gap is told
            status |= {"status": "failed", "error": f"{type(error).__name__}: {error}"}
            print("".join(traceback.format_exception(error)))  # noqa: T201 - the record for the owner
        finally:
            self._section = ""
        self._ended(status)

    @staticmethod
    def _ended(status: Mapping[str, Any]) -> None:
        text = f"section {status['name']}: {status['status']}"
        _display({SECTION_MEDIA: status, "text/plain": text, "text/html": f"<p>{escape(text)}</p>"})

    def record(self, *facts: Fact) -> None:
        """Record facts; the same fact twice is recorded once, two different ones under one id are an error."""
        for fact in facts:
            known = self._facts.get(fact.id)
            if known is None:
                self._facts[fact.id] = fact
                html = f"<table>{fact.html()}</table>"
                payload = {**fact.payload(), "section": self._section}
                _display(
                    {
                        FACT_MEDIA: payload,
                        "text/plain": f"{fact.id} = {fact.value}",
                        "text/html": html,
                    }
                )
            elif known != fact:
                raise RecordError(
                    f"Two different facts have the id '{fact.id}': {known.value} ({known.window}) and {fact.value} ({fact.window}).",
                    subject=fact.id,
                )

    def parameter(self, name: str, value: int) -> None:
        """Record a parameter that the story mentions as the fact "parameter.<name>"."""
        measure = Measure("parameter", "parameter", self.moment.at.isoformat(), "request")
        self.record(measure.fact("parameter", value, Unit.COUNT, name=name))

    def tell(self, *found: News | None) -> None:
        """Record findings with their facts; None stands for "no news" and is passed over."""
        for item in found:
            if item is not None:
                self.record(*item.facts)
                self._finding(item.finding)

    def _finding(self, finding: Finding) -> None:
        payload = {**finding.payload(), "section": self._section}
        text = f"{finding.kind} {finding.instrument} score {finding.score:.2f}"
        _display(
            {FINDING_MEDIA: payload, "text/plain": text, "text/html": f"<p>{escape(text)}</p>"}
        )

    def show(self, chart: Chart) -> None:
        """Record a chart; its texts are slots until the story fills them."""
        spec = dict(chart.spec)
        payload = {
            "name": chart.name,
            "spec": spec,
            "slots": list(chart.slots),
            "section": self._section,
        }
        _display(
            {
                CHART_MEDIA: payload,
                VEGA_LITE: {**spec, "width": 660},
                "text/plain": f"chart {chart.name}",
            }
        )

    def strip(self, symbols: Iterable[str], window: str = "day") -> None:
        """Record the market strip with changes over the *window*; an instrument without the data for it is left out."""
        tracks = []
        for symbol in symbols:
            try:
                track = self._strip_track(symbol)
                tracks += [track] if self._reaches(track, window) else []
            except (NoData, StaleData):
                continue
        table, facts = tables.strip(tracks, window)
        self.record(*facts)
        payload = {**asdict(table), "section": self._section}
        _display(
            {TABLE_MEDIA: payload, "text/plain": f"table {table.name}: {len(table.rows)} rows"}
        )

    def _strip_track(self, symbol: str) -> Track:
        found = instrument(symbol)
        if found.unit is not Unit.YIELD:
            return self.market.track(symbol)
        rate = self.market.rate(symbol)
        as_of = rate.index[-1].date().isoformat()
        return Track(
            instrument=found,
            closes=rate,
            live=False,
            as_of=as_of,
            source=self.market.source(symbol),
        )

    def open(self) -> None:
        """Record what the run is: its moment, its data, the instruments and the statements it may name."""
        snapshot, moment = self.market.snapshot, self.moment
        clock = Measure("session", "session", moment.at.isoformat(), "trading calendar")
        facts = [
            clock.fact("session", moment.session, Unit.DATE, name="date"),
            clock.fact("session", moment.at.isoformat(), Unit.TIME, name="as_of"),
            clock.fact("session", moment.state, Unit.TEXT, name="state"),
            clock.fact("session", moment.upcoming, Unit.DATE, name="upcoming"),
        ]
        if moment.closed_on:
            facts.append(clock.fact("session", moment.closed_on, Unit.DATE, name="closed_on"))
            facts.append(clock.fact("session", moment.closed_for, Unit.TEXT, name="closed_for"))
        shown = [
            s for s in registry() if s in snapshot.closes or s in snapshot.rates or s == "FEDFUNDS"
        ]
        context = {
            "report": self.report,
            "moment": moment.payload(),
            "dataset": snapshot.name,
            "notice": snapshot.notice,
            "manifest": snapshot.manifest,
            "accepted": [{**asdict(a), "day": a.day.isoformat()} for a in snapshot.accepted],
            "sources": snapshot.sources,
            "restricted": snapshot.restricted,
            "agreeing": {symbol: count for symbol, count in snapshot.agreeing.items() if count > 1},
            "instruments": [snapshot.instrument(s).payload() for s in shown],
            "commentary": [item.payload() for item in snapshot.commentary],
        }
        text = f"{self.report}, {moment.state}, {moment.at:%Y-%m-%d %H:%M} ET, {snapshot.name}"
        _display({CONTEXT_MEDIA: context, "text/plain": text})
        self.record(*facts)
        for name, error in self._stale(
            load_report(self.report).gate.fresh if self.report in report_names() else {}
        ):
            self._ended({"name": name, "required": False, "status": "failed", "error": error})
        for symbol, fund in snapshot.proxies.items():
            name = f"{instrument(symbol).first}, told by {instrument(fund).first}"
            error = f"no source has {symbol} for {moment.session}; reportgen fetch {symbol}"
            self._ended({"name": name, "required": False, "status": "failed", "error": error})
        for symbol in dict.fromkeys(defect.symbol for defect in snapshot.blocked):
            why = "; ".join(str(defect) for defect in snapshot.blocked if defect.symbol == symbol)
            error = f"{why}. Mend the data, or accept the finding: reportgen data accept"
            self._ended(
                {
                    "name": instrument(symbol).short,
                    "required": False,
                    "status": "failed",
                    "error": error,
                }
            )

    def _stale(self, fresh: Mapping[str, int]) -> Iterator[tuple[str, str]]:
        """Name and reason of every rate whose newest value is of more sessions ago than *fresh* lets it be."""
        session = self.moment.session if self.moment.state != "open" else self.moment.previous
        for symbol, most in fresh.items():
            if symbol in self.market.snapshot.rates:
                last = self.market.rate(symbol).index[-1].date()
                age = len(calendar.sessions(last + dt.timedelta(days=1), session))
                if age > most:
                    yield (
                        instrument(symbol).short,
                        f"the newest {symbol} is of {last}, {age} sessions before {session}; reportgen fetch {symbol}",
                    )


def open_desk(
    *, report: str, data: str, as_of: str, symbols: Iterable[str] = (), window: str = ""
) -> Desk:
    """The desk of a run: on the snapshot that a run prepared, or, for an author in Jupyter, on *data* cut now.

    *data* is "sample", "store" or a folder with a dataset.toml; *as_of* a date, a date and time, or "last-session"; with a
    *window*, as the report's, the desk stands at the end of the last whole one by then.
    """
    snapshot = Snapshot.load(Path.cwd())
    if snapshot is None:
        moment = calendar.resolve(
            as_of, dt.datetime.now(dt.UTC), window
        )  # law 3's one exception: an author at the keyboard
        snapshot = take(dataset(data), moment, list(symbols) or list(registry()), ())
    desk = Desk(Market(snapshot), report)
    desk.open()
    return desk

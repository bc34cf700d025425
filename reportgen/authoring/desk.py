"""What a report notebook imports: open the market, compute, record the findings.

>>> desk = open_desk(report="small-caps", data="sample", as_of="2025-01-08 13:00")  # doctest: +SKIP
>>> with desk.section("index", required=True):  # doctest: +SKIP
...     small = desk.track("^RUT")
...     desk.tell(news.day(small), news.threshold(small))
"""

from __future__ import annotations

import datetime as dt
import math
import sysconfig
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from reportgen.authoring import charts, news, own, pictures, tables
from reportgen.beats import payloads
from reportgen.beats.book.detect import Telling
from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene, news_of
from reportgen.config.resources import named, workspace
from reportgen.core.checks import Acceptance
from reportgen.core.errors import (
    NoData,
    NotYet,
    RecordError,
    ReportgenError,
    SettingsError,
    StaleData,
    did_you_mean,
)
from reportgen.core.facts import (
    CHART_MEDIA,
    CONTEXT_MEDIA,
    FACTS_MEDIA,
    SECTION_MEDIA,
    TABLE_MEDIA,
    Fact,
    Finding,
    Unit,
)
from reportgen.datasets.book import needs
from reportgen.datasets.courses import Course
from reportgen.datasets.market import YOUNG, Log, Market, Track, Tracks
from reportgen.datasets.panel import Listed, Panel
from reportgen.datasets.remote import dataset
from reportgen.datasets.snapshot import RELEASES, Snapshot, take
from reportgen.markets import MarketSpec, home
from reportgen.markets.baskets import basket
from reportgen.markets.calendar import PRE_OPEN, STARTS, Moment
from reportgen.markets.closures import CLOSING
from reportgen.markets.instruments import instrument, known, registry
from reportgen.record.holdings import read_holdings
from reportgen.record.kinds import OwnKind, payload_of
from reportgen.record.request import Report, load_report, report_names
from reportgen.statistics import returns, seasons

__all__ = ["Desk", "charts", "news", "open_desk", "seasons", "tables"]

SHORT = 63
"""Sessions of a history that is too short to say what is usual."""
NAMED = 10
"""How many stocks without prices a reason names."""
OWN_FIGURES, NOTEBOOK = "own", "the notebook"
"""What a figure belongs to that the market does not name, and where it comes from."""
BARS, FLAT = 8, 0.0005
"""How many contributions a picture has, and the largest one that makes none."""
UNSIGNED = ("Value", "Weight")
"""The heads of a table of holdings below which nothing rises or falls."""
VEGA_LITE = "application/vnd.vegalite.v6+json"
ANYTHING = (Exception, SystemExit)
STYLE = "text-align: left; padding: 2px 12px 2px 0"


def _display(bundle: dict[str, Any]) -> None:
    from IPython.display import display

    display(bundle, raw=True)


def _table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str = "",
) -> str:
    """An HTML table as a notebook shows it."""
    heads = [f'<th style="{STYLE}">{escape(cell)}</th>' for cell in head]
    lines = ["".join(heads)]
    for row in rows:
        cells = [f'<td style="{STYLE}">{escape(cell)}</td>' for cell in row]
        lines.append("".join(cells))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><caption>{escape(caption)}</caption>{body}</table>"


@dataclass(slots=True)
class Part:
    """A section while its cell runs.

    What it recorded, in order, what it asked for, and what was missing.
    """

    name: str = ""
    required: bool = False
    told: list[Fact | Finding] = field(default_factory=list)
    log: Log = field(default_factory=Log)
    shown: set[str] = field(default_factory=set)
    """What it only shows in a table: missing there, it is named with the
    section that tells it.
    """
    noted: dict[str, str] = field(default_factory=dict)
    """What else a reader calls missing here, with the reason."""
    seen: set[str] = field(default_factory=set)
    """The facts that a line or a table of their own has shown."""
    kinds: dict[str, OwnKind] = field(default_factory=dict)
    """The kinds of facts of the author's own, with what may be said of them."""
    vouched: list[dict[str, str]] = field(default_factory=list)
    """Words of the notebook's own, and who vouches for them."""

    @property
    def facts(self) -> dict[str, Fact]:
        """Its facts by id."""
        return {item.id: item for item in self.told if isinstance(item, Fact)}

    def text(self) -> str:
        """What it recorded, a line each."""
        return "\n".join(
            (
                f"{item.id} = {item.value}"
                if isinstance(item, Fact)
                else f"{item.kind} {item.instrument} score {item.score:.2f}"
            )
            for item in self.told
        )

    def html(self) -> str:
        """What it recorded as tables: its facts, then its findings."""
        tables = ""
        facts = [fact for fact in self.facts.values() if fact.id not in self.seen]
        if facts:
            tables += _table(
                ("fact", "value", "window", "as of", "source"),
                [(fact.id, fact.shown, fact.window, fact.as_of, fact.source) for fact in facts],
            )
        found = [finding for finding in self.told if isinstance(finding, Finding)]
        if found:
            tables += _table(
                ("finding", "instrument", "score"),
                [(one.kind, one.instrument, f"{one.score:.2f}") for one in found],
            )
        return tables


class Desk:
    """One run's market and record.

    Every method that records also shows the author what it recorded.

    A section may run again, changed or not: what it records replaces what it
    recorded before. *drawn* says whether charts are drawn for an author who
    looks on.
    """

    def __init__(
        self,
        market: Market,
        report: str,
        *,
        window: str = "",
        drawn: bool = False,
    ) -> None:
        self.market = market
        self.report = report
        self.window = window or "day"
        self._drawn = drawn
        self._parts: dict[str, Part] = {}
        self._part: Part | None = None
        self._again = False
        self._outputs: dict[str, dict[str, Any]] = {}

    def _display(self, bundle: dict[str, Any], key: str) -> None:
        """Display *bundle*, and keep it for :meth:`brief` in the place of an earlier *key*."""
        self._outputs[key] = bundle
        _display(bundle)

    @cached_property
    def _known(self) -> Report | None:
        """The report by its files; None where there is none of that name."""
        return load_report(self.report) if self.report in report_names() else None

    @property
    def moment(self) -> Moment:
        """The moment the data are cut at."""
        return self.market.moment

    @property
    def spec(self) -> MarketSpec:
        """The market that the report is about."""
        return self.market.spec

    @property
    def week_ends(self) -> bool:
        """Whether the session ended its week and the next has not begun."""
        week = self.moment.session.isocalendar()[:2]
        return self.open_session.isocalendar()[:2] != week

    @property
    def open_session(self) -> dt.date:
        """The running session, or the one to come."""
        return self.moment.unfinished

    def track(self, symbol: str, *, running: bool = True) -> Track:
        """The levels of *symbol*.

        See :meth:`reportgen.datasets.market.Market.track`.
        """
        return self.market.track(symbol, running=running)

    def rate(self, series: str) -> pd.Series:
        """The values of a rate by date, as fractions: 0.0467 is 4.67%.

        Raises:
            NoData: The data have no such rate, or its value of the day before is missing.
            StaleData: Its newest value is older than the last one due.

        >>> desk.rate("DGS10").diff().iloc[-1]  # doctest: +SKIP
        """
        return self.market.rate(series)

    def beats(
        self,
        looks_at: str,
        tracks: Tracks | None = None,
        *,
        series: Sequence[str] = (),
    ) -> list[News]:
        """What all beats that look at that part of a market find worth telling.

        Args:
            looks_at: The part, as in a ``beat.toml``: "indexes", "sectors".
            tracks: The levels of its instruments.
            series: Names of rates, or symbols, that the beats read themselves.

        Raises:
            RecordError: A detector gives a kind or a fact that its beat.toml
                lacks.

        >>> indexes = desk.tracks(desk.spec.symbols)  # doctest: +SKIP
        >>> desk.tell(*desk.beats("indexes", indexes))  # doctest: +SKIP
        """
        whole = looks_at == "indexes" and self.window == "day"
        scene = Scene(
            market=self.market,
            tracks=tracks if tracks is not None else Tracks(),
            compared=self.tracks(self.spec.compared) if whole else Tracks(),
            series=series,
            window=self.window,
            name=self._part.name if self._part else looks_at,
        )
        return news_of(looks_at, scene)

    def begin(self, window: str) -> dt.date:
        """The first day of the *window* that holds the session."""
        return STARTS[window](self.moment.session)

    def tracks(self, symbols: Iterable[str], window: str = "") -> Tracks:
        """Tracks of the *symbols* with a value and the history for the *window*.

        Each other one is recorded as missing, and the brief names it, unless it
        did not exist yet.
        """
        found, asked = Tracks(), list(symbols)
        window = window or self.window
        for symbol in asked:
            with suppress(NoData, StaleData):
                track = self.track(symbol)
                if why := self._short(track, window) or self._untold(track, window):
                    self.market.log.missing[symbol] = why
                elif self._reaches(track, window):
                    found.append(track)
                    self._note_year(track)
        missing = self.market.log.missing
        found.missing = tuple(symbol for symbol in asked if symbol in missing)
        return found

    def members(self, key: str) -> list[str]:
        """The members of the basket *key* at the session.

        None for "", a market without one.
        A stock that was not widely followed yet is left out without a word.
        """
        if not key:
            return []
        found = basket(key)
        self.market.log.read |= dict.fromkeys(found.members)
        session = self.moment.session
        return [s for s in found.members if instrument(s).followed_on(session)]

    def universe(self) -> list[str]:
        """The stocks that the report ranks at the session: [universe] of its report.toml.

        >>> desk.tracks(desk.universe())  # doctest: +SKIP
        """
        if self._known is None:
            return []
        self.market.log.read |= dict.fromkeys(self._known.universe.symbols)
        return [*self.market.snapshot.panel.members]

    def movers(self) -> list[str]:
        """The stocks of the list that moved farthest, with their whole histories.

        Those that the report names and that have no price follow, so that a brief names them.

        Raises:
            NoData: Fewer stocks of the list have prices than the report needs.

        >>> desk.tracks(desk.movers())  # doctest: +SKIP
        """
        panel, members = self.market.snapshot.panel, self.universe()
        absent = [symbol for symbol in panel.named if symbol in panel.without]
        if len(members) > len(panel.named) and not panel.enough:
            raise NoData(too_few(panel), subject="stocks")
        return [*panel.farthest, *absent]

    def series(self) -> list[str]:
        """The series that the report lists, in its order.

        >>> desk.beats("macro", series=desk.series())  # doctest: +SKIP
        """
        return [*self._known.series] if self._known else []

    def courses(self, series: Sequence[str] = ()) -> list[Course]:
        """The monthly and quarterly *series* by period, or those of the report, as they were known.

        One without a figure is left out, and the brief names it.

        >>> [charts.course(course, 10) for course in desk.courses()]  # doctest: +SKIP
        """
        found = list[Course]()
        for one in series or self.series():
            with suppress(NoData):
                found.append(self.market.course(one))
        return found

    def abroad(self) -> list[str]:
        """The indexes of other markets that are told: those of the market that the data have.

        One that report.toml lists is missed where the data lack it.

        >>> desk.beats("abroad", series=desk.abroad())  # doctest: +SKIP
        """
        return self._had(self.spec.abroad)

    def index_futures(self) -> list[str]:
        """The futures of the market's indexes that are told: see :meth:`abroad`."""
        return self._had(self.spec.index_futures)

    def industries(self) -> list[str]:
        """The funds of industries that are told: see :meth:`abroad`."""
        return self._had(self.spec.industries)

    def _had(self, symbols: Iterable[str]) -> list[str]:
        """Those of *symbols* that the data have, that a check keeps out, or that are listed."""
        snapshot, report = self.market.snapshot, self._known
        here = {*snapshot.closes, *snapshot.absences, *(report.symbols if report else ())}
        return [symbol for symbol in symbols if symbol in here]

    def basket(self, key: str) -> News | None:
        """The basket *key* as a group.

        None where a member is missing, where nobody counted them together yet,
        and for "".
        """
        if not key:
            return None
        found, members = basket(key), self.members(key)
        if self.moment.session < found.since:
            return None
        scene = Scene(
            market=self.market,
            tracks=self.tracks(members),
            window=self.window,
            key=key,
            name=found.name,
        )
        return next(iter(news_of("baskets", scene)), None)

    def _reaches(self, track: Track, window: str) -> bool:
        """Whether *track* has a quarter or more, and begins before the *window*."""
        first = track.closes.index[0].date()
        begins_early = window == "day" or first < self.begin(window)
        return len(track.closes) > SHORT and begins_early

    def _short(self, track: Track, window: str) -> str:
        """Why the history of *track* is too short, though the instrument is older.

        "" where it will do.
        """
        first = track.closes.index[0].date()
        if self._reaches(track, window) or _young(track):
            return ""
        needed = f"{SHORT} sessions or more"
        if window != "day":
            needed = f"before {self.begin(window)}"
        name = track.instrument.symbol
        return f"{name}: its history begins on {first}; {needed} is needed"

    def _untold(self, track: Track, window: str) -> str:
        """Why a brief leaves out *track*; "" if it has a change over the *window*.

        An instrument with prices below zero stays in a day's brief: its level is enough.
        """
        if not self._reaches(track, window) or (window == "day" and track.instrument.below_zero):
            return ""
        return _without_change(track, window)

    def _note_year(self, track: Track) -> None:
        """Note that the 52-week high of an index without a year is left out."""
        index = track.instrument
        if self._part and index.kind == "index" and not track.whole_year:
            first = track.closes.index[0].date()
            why = f"{index.symbol}: its history begins on {first}"
            self._part.noted[f"one-year high of {index.short}"] = why

    def known(
        self,
        detector: Callable[..., News | None],
        *args: Any,
    ) -> list[News | None]:
        """What *detector* makes of *args*.

        Nothing where the data do not reach so far, which the brief names.
        """
        name = self._part.name if self._part else ""
        return Scene(market=self.market, name=name).known(detector, *args)

    @contextmanager
    def section(self, name: str, *, required: bool = False) -> Iterator[None]:
        """A part of the brief on its own.

        If it fails, the traceback stays here and the brief names the gap.
        """
        outer, part = self._part, Part(name=name, required=required)
        self._again = name in self._parts
        self._parts[name] = self._part = part
        for key, bundle in [*self._outputs.items()]:
            if name in {payload.get("section") for payload in _payloads(bundle)}:
                del self._outputs[key]  # its cell runs again
        outer_log, self.market.log = self.market.log, part.log
        error, line = "", 0
        try:
            yield
        except NotYet as early:
            print(f"{early} It is left out.")  # noqa: T201 - the record for the owner
        except ANYTHING as failure:  # a section may fail in any way
            error, line = _words(failure), _line(failure)
            told = "".join(traceback.format_exception(failure))
            if isinstance(failure, RecordError):  # it says the cause and the cure itself
                told = f"Section '{name}' stopped{_at(failure)}: {failure}"
            print(told)  # noqa: T201 - the record for the owner
        finally:
            self._part, self.market.log = outer, outer_log
        self._ended(part, error, line)

    def _ended(self, part: Part, error: str, line: int = 0) -> None:
        """Show and record all of a section: its facts, and how it ended."""
        missing = part.log.missing.items()
        gaps = [self._missing(part, symbol, why) for symbol, why in missing]
        for name, why in part.noted.items():
            gaps.append({"symbol": name, "name": name, "why": why})
        status: dict[str, Any] = {
            "name": part.name,
            "required": part.required,
            "status": "failed" if error else "ok",
            "error": error,
            "read": list(part.log.read),
            "missing": gaps,
            **({"line": line} if line else {}),
        }
        ended = f"section {part.name}: {status['status']}"
        html = f"<p>{escape(ended)}{f': {escape(error)}' if error else ''}</p>"
        if gaps:
            listed = "".join(f"<li>{escape(row['why'])}</li>" for row in gaps)
            html += f"<p>Missing:</p><ul>{listed}</ul>"
        bundle = {} if error else self._recorded(part)
        text = "\n".join(filter(None, (part.text() if bundle else "", ended)))
        html = f"{part.html() if bundle else ''}{html}"
        self._display(
            {
                **bundle,
                SECTION_MEDIA: status,
                "text/plain": text,
                "text/html": html,
            },
            f"section {part.name}",
        )

    def _missing(self, part: Part, symbol: str, why: str) -> dict[str, Any]:
        """What a record keeps of a symbol or series without a value."""
        snapshot = self.market.snapshot
        begins = "begins on" in why and symbol in snapshot.starts
        row = {
            "symbol": symbol,
            "name": self._short_name(symbol),
            "why": why,
            "declared": begins or symbol in snapshot.declared,
        }
        return row | ({"shown": True} if symbol in part.shown else {})

    def _short_name(self, symbol: str) -> str:
        return self.market.snapshot.instrument(symbol).short if known(symbol) else symbol

    @staticmethod
    def _recorded(part: Part) -> dict[str, Any]:
        """The facts and findings of *part* as one payload.

        Nothing where there are none.
        """
        if not (part.told or part.kinds or part.vouched):
            return {}
        facts = [item.payload() for item in part.facts.values()]
        told = [item for item in part.told if isinstance(item, Finding)]
        findings = [item.payload() for item in told]
        return {
            FACTS_MEDIA: {
                "section": part.name,
                "facts": facts,
                "findings": findings,
                **_said(part),
            }
        }

    def _gap(self, name: str, why: str) -> None:
        """Record a gap that no section of the notebook is about."""
        self._ended(Part(name=name), why)

    @contextmanager
    def _telling(self) -> Iterator[Part]:
        """The section at work, or outside of one, a part that is shown at once."""
        part = self._part or Part()
        yield part
        if self._part is None and (part.told or part.kinds or part.vouched):
            self._display(
                {
                    **self._recorded(part),
                    "text/plain": part.text(),
                    "text/html": part.html(),
                },
                f"outside {[*part.facts, *part.kinds, *part.vouched]}",
            )
            known = self._parts.setdefault("", Part())
            known.told += part.told
            known.kinds |= part.kinds

    def record(self, *facts: Fact) -> None:
        """Record facts.

        Two sections that record the same id must record the same fact.
        """
        with self._telling() as part:
            self._add(part, facts)

    def _add(self, part: Part, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if fact != part.facts.get(fact.id):
                self._refuse_another(fact, part)
                part.told.append(fact)

    def _refuse_another(self, fact: Fact, part: Part) -> None:
        """RecordError where another section recorded *fact* with another value.

        Its own section may record it again.
        """
        for other in self._parts.values():
            known = other.facts.get(fact.id)
            if known is None or known == fact:
                continue
            if other is self._parts.get("") and self._part is None:
                other.told.remove(known)  # its cell ran again
                self._forget(fact.id)
                continue
            if other is part or not self._again:
                raise RecordError(
                    f"Two different facts have the id '{fact.id}':"
                    f" {known.shown} ({known.window}) and {fact.shown}"
                    f" ({fact.window}); give one another id.",
                    subject=fact.id,
                )
            other.told.remove(known)
            again = f"Section '{other.name}' recorded {known.shown} as '{fact.id}'"
            print(f"{again}; run its cell again.")  # noqa: T201 - for the author

    def _forget(self, id: str) -> None:
        """Drop what was displayed outside of sections with the fact *id*: its cell ran again."""
        for key, bundle in [*self._outputs.items()]:
            facts = bundle.get(FACTS_MEDIA, {}).get("facts", ())
            if key.startswith("outside") and id in [fact["id"] for fact in facts]:
                del self._outputs[key]

    def parameter(self, name: str, value: int) -> None:
        """Record a parameter for the story, as the fact "parameter.<name>"."""
        measure = Measure(
            "parameter",
            "parameter",
            self.moment.at.isoformat(),
            "request",
        )
        self.record(measure.fact("parameter", value, Unit.COUNT, name=name))

    def stat(
        self, id: str, value: Any, unit: str | Unit = Unit.LEVEL, **said: Unpack[own.Stat]
    ) -> Fact:
        """Record a statistic of the author's own, show it as a line, and return its fact.

        A story prints it by its id: ``{{ fact("gap") | figure }}``, its name by
        ``{{ fact("gap") | label }}``.

        Args:
            id: What a story cites it by: small letters, digits and underscores.
            value: One number, a date or words. Returns, yields and weights are fractions.
            unit: "fraction", "level", "pp", "bp", "money", "count", "date" and so on.
            **said: of, window, label, kind, says, decimals, currency, source, as_of and large,
                as in :class:`reportgen.authoring.own.Stat`.

        Raises:
            RecordError: The id, the value or the unit is none.

        >>> desk.stat("gap", 0.064, "fraction", of="^GSPC")  # doctest: +SKIP
        """
        own.refuse_others(said, own.Stat, f"desk.stat('{id}', ...)")
        fact = own.stat(id, value, unit, said, self._origin(said.get("of", "")))
        with self._telling() as part:
            self._declare(part, fact.kind, said.get("says"))
            self._add(part, [fact])
            part.seen.add(fact.id)
        about = "" if fact.instrument == OWN_FIGURES else f" of {fact.instrument}"
        line = f'{fact.label or id}{about}, {fact.window}: {fact.shown}   fact("{id}")'
        _display({"text/plain": line, "text/html": f"<p>{escape(line)}</p>"})
        return fact

    def _declare(self, part: Part, kind: str, says: Mapping[str, Any] | None) -> None:
        """Note a kind of the author's own with what the call or report.toml lets it say."""
        ours = self._known.kinds.get(kind, OwnKind()) if self._known else OwnKind()
        if says is None:
            part.kinds.setdefault(kind, ours)
        else:
            part.kinds[kind] = own.kind_said(kind, says)

    def _origin(self, symbol: str) -> own.Origin:
        """Where figures about *symbol* come from, or those about nothing the market names."""
        money = self.spec.currency
        if not symbol:
            return own.Origin(OWN_FIGURES, self.moment.at.isoformat(), NOTEBOOK, money)
        if known(symbol) is None and symbol not in self.market.snapshot.closes:
            hint = did_you_mean(symbol, [*self.market.snapshot.closes, *registry()])
            raise RecordError(f"The data have no '{symbol}'.{hint}", subject=symbol)
        found = self.market.snapshot.instrument(symbol)
        days = self.market.snapshot.closes.get(symbol)
        if days is not None:
            self.market.log.read[symbol] = None  # a figure about it is told
        last = self.moment.session if days is None or days.empty else days.index[-1].date()
        source = self.market.source(symbol)
        return own.Origin(symbol, last.isoformat(), source, found.currency or money)

    def table(self, frame: Any, name: str = "table", **said: Unpack[own.Said]) -> None:
        """Record *frame* as a table: each of its figures is a fact; a story prints it by its name.

        ``{{ table("holdings") }}`` stands in the story. The index names the rows: symbols, or
        words. A cell may be a fact that :meth:`stat` returned.

        Args:
            frame: A DataFrame or a Series: rows and columns with any heads.
            name: The name of the table.
            **said: title, columns, order and total, as in
                :class:`reportgen.authoring.own.Said`.

        Raises:
            RecordError: It cannot be printed so; the error names the cell and the cure.

        >>> desk.table(held, "holdings", columns={"Weight": "fraction"})  # doctest: +SKIP
        """
        own.refuse_others(said, own.Said, f"desk.table(frame, '{name}', ...)")
        if isinstance(frame, pd.Series):
            frame = frame.to_frame()
        if not isinstance(frame, pd.DataFrame):
            raise RecordError(
                f"desk.table takes a DataFrame, not {type(frame).__name__}.", subject=name
            )
        closes = self.market.snapshot.closes
        named = {
            row for row in frame.index if isinstance(row, str) and (known(row) or row in closes)
        }
        origins = {one: self._origin(one) for one in named}
        recorded = self._facts()
        reader = own.Reader(own.refused_id(name), frame, origins, self._origin(""), recorded)
        sheet = reader.sheet(said)
        with self._telling() as part:
            for fact in sheet.facts:
                self._declare(part, fact.kind, None)
            self._add(part, sheet.facts)
            part.seen |= {fact.id for fact in sheet.facts}
        shown = {id: fact.shown for id, fact in {**recorded, **reader.facts}.items()}
        heads = [sheet.head, *(column.head for column in sheet.columns)]
        html = _table(heads, own.cells_of(sheet, shown), sheet.title)
        told = "; ".join(column.stated() for column in sheet.columns)
        text = f"table {name}: {len(sheet.rows)} rows. {told}"
        payload = sheet.payload(self._part.name if self._part else "")
        html = f"{html}<p>{escape(told)}</p>"
        bundle = {TABLE_MEDIA: payload, "text/plain": text, "text/html": html}
        self._display(bundle, f"table {name}")

    def holdings(self) -> pd.DataFrame:
        """Record the table "holdings", and return the reader's book: a row for each symbol.

        The columns are quantity, price, currency, rate, value and weight: the price in the
        currency, what one unit of it is in the market's currency, and the value in the market's.
        The table has the largest holdings by value, the others as one row, money, and the sum.

        Raises:
            NoData: There are no holdings, or a price or an exchange rate of them is missing.

        >>> desk.holdings()["weight"].max()  # doctest: +SKIP
        """
        told = Telling(self.market.book)
        rows = list(told.rows())
        facts = [fact for row in rows for fact in row.all]
        with self._telling() as part:
            self._add(part, facts)
            part.seen |= {fact.id for fact in facts}
        frame = pd.DataFrame(
            [dict(row.facts) for row in rows],
            index=pd.Index([row.symbol or row.name for row in rows]),
        )
        columns = {
            head: {
                "unit": fact.unit,
                "window": fact.window,
                "signed": head not in UNSIGNED,
                "decimals": 1 if fact.unit is Unit.FRACTION else 0,
            }
            for head, fact in rows[-1].facts.items()
        }
        self.table(frame, "holdings", title="Holdings", columns=columns)
        return told.book.frame()

    def contributions(self) -> dict[str, float]:
        """What the holdings of the table contributed on the day, by the keys of their facts.

        The eight that contributed or took away most, in order; for :func:`charts.bars`. None where
        not one of them made a twentieth of a percentage point.

        >>> desk.show(charts.bars("contributions", desk.contributions()))  # doctest: +SKIP
        """
        facts = [row.facts.get("Day") for row in Telling(self.market.book).rows() if row.symbol]
        parts = {fact.id.partition(".")[0]: fact.number for fact in facts if fact and fact.number}
        far = sorted(parts, key=lambda key: -abs(parts[key]))[:BARS]
        if not far or abs(parts[far[0]]) < FLAT:
            return {}
        return {key: parts[key] for key in sorted(far, key=lambda key: -parts[key])}

    def _facts(self) -> dict[str, Fact]:
        """All recorded facts by id."""
        return {id: fact for part in self._parts.values() for id, fact in part.facts.items()}

    def vouch(self, *words: str, by: str) -> None:
        """Record that a person vouches for *words* of the notebook: those of a chart.

        Figures, directions, superlatives, comparisons and causes stay refused. The gate's page
        names the person. A word that is changed asks again.

        >>> desk.vouch("Inflation, core", by="Jane Doe")  # doctest: +SKIP
        """
        if not by.strip():
            raise RecordError("desk.vouch needs the name of a person: by='Jane Doe'.")
        with self._telling() as part:
            part.vouched += [{"text": " ".join(one.split()), "by": by.strip()} for one in words]

    def brief(self) -> None:
        """Show the brief of what is recorded so far, below the cell; refusals at their sentence.

        The story is read anew, so that a change of it shows when the cell runs again.
        """
        door = import_module("reportgen.produce.drafting")  # as nbconvert's: to the pipeline
        html, text = door.drafted(self.report, [*self._outputs.values()])
        _display({"text/plain": text, "text/html": html})

    def tell(self, *found: News | None) -> None:
        """Record findings with their facts.

        None stands for "no news" and is passed over.
        """
        for item in found:
            if item is not None:
                with self._telling() as part:
                    self._add(part, item.facts)
                    part.told.append(item.finding)

    def show(self, chart: Any, name: str = "", **said: Unpack[pictures.Said]) -> None:
        """Record a chart: one of :mod:`charts`, or any of Altair's.

        A story prints one of Altair's by ``{{ picture("name") }}``. Its words are axis words,
        names, labels of its facts, or vouched for by :meth:`vouch`; a figure in it is that of a
        fact, and ``"fact:ID"`` stands for one.

        Args:
            chart: A chart; data are inline, transforms are allowed.
            name: The name of one of Altair's; by default its own, or "chart".
            **said: title, subtitle, alt, facts and mail, as in
                :class:`reportgen.authoring.pictures.Said`.

        Raises:
            RecordError: It cannot be drawn; the error says why and what to write.
        """
        own.refuse_others(said, pictures.Said, "desk.show(chart, ...)")
        section = self._part.name if self._part else ""
        if pictures.is_altair(chart):
            facts = self._facts()
            cites = [*(self._part.facts if self._part else facts)]
            drawn = pictures.drawn(
                chart,
                name,
                pictures.Words.of(said, cites),
                {id: f.shown for id, f in facts.items()},
            )
            payload = {**drawn.payload, "section": section}
            bundle: dict[str, Any] = {"text/plain": f"chart {drawn.name}", "text/html": drawn.html}
        else:
            charts.refuse_unfit(chart)
            payload = {
                "name": chart.name,
                "spec": dict(chart.spec),
                "slots": list(chart.slots),
                "section": section,
            }
            bundle = {"text/plain": f"chart {chart.name}"}
            bundle[VEGA_LITE] = {**chart.spec, "width": 660}
            if self._drawn:
                bundle["text/html"] = charts.image(chart)
        if (mail := said.get("mail")) is not None:
            payload["mail"] = mail
        self._display({CHART_MEDIA: payload, **bundle}, f"chart {payload['name']}")

    def _looked_for(self, symbol: str) -> bool:
        """Whether the data of the run were looked through for *symbol*, or the report lists it."""
        asked, report = self.market.snapshot.asked, self._known
        if asked is None or report is None or symbol in asked:
            return True
        held = {*self.market.snapshot.closes, *self.market.snapshot.rates}
        return symbol in {*held, *report.symbols, *report.series, *report.read}

    def strip(self, symbols: Iterable[str], window: str = "") -> None:
        """Record the market strip with changes over the *window*.

        An instrument without the data for it is left out, and named where the report lists it.
        """
        tracks = []
        window = window or self.window
        for symbol in filter(self._looked_for, symbols):
            if self._part and symbol not in self._part.log.missing:
                self._part.shown.add(symbol)
            with suppress(NoData, StaleData):
                track = self._strip_track(symbol)
                yields = track.instrument.unit is Unit.YIELD
                told = yields or not _without_change(track, window)
                tracks += [track] if told and self._reaches(track, window) else []
        table, facts = tables.strip(tracks, window)
        self.record(*facts)
        payload = {
            **asdict(table),
            "section": self._part.name if self._part else "",
        }
        shown = {fact.id: fact.shown for fact in facts}
        rows = []
        for row in table.rows:
            cells = [shown[id] for id in row.cells.values()]
            rows.append((row.instrument, *cells))
        html = _table(("instrument", "level", "change", "session"), rows)
        text = f"table {table.name}: {len(table.rows)} rows"
        bundle = {TABLE_MEDIA: payload, "text/plain": text, "text/html": html}
        self._display(bundle, f"table {table.name}")

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
            market=self.market.spec,
        )

    def open(self) -> None:
        """Record what the run is.

        Its moment, its data, the instruments and the statements it may name.
        """
        snapshot, moment = self.market.snapshot, self.moment
        clock = Measure(
            "session",
            "session",
            moment.at.isoformat(),
            "trading calendar",
        )
        facts = [
            clock.fact("session", moment.session, Unit.DATE, name="date"),
            clock.fact(
                "session",
                moment.at.isoformat(),
                Unit.TIME,
                name="as_of",
            ),
            clock.fact("session", moment.state, Unit.TEXT, name="state"),
            clock.fact("session", moment.upcoming, Unit.DATE, name="upcoming"),
        ]
        if moment.closed_on and moment.resumes:
            facts.append(
                clock.fact("session", moment.resumes, Unit.DATE, name="resumes"),
            )
            facts.append(
                clock.fact(
                    "session",
                    moment.closed_on,
                    Unit.DATE,
                    name="closed_on",
                )
            )
            if moment.closed_for != CLOSING:
                facts.append(
                    clock.fact(
                        "session",
                        moment.closed_for,
                        Unit.TEXT,
                        name="closed_for",
                    )
                )
        report = self._known
        printed = set(snapshot.prints["series"]) if len(snapshot.prints) else set()
        if report:  # the names of what a report does not tell are plain words in it
            printed &= {*report.series, *report.releases}
        used = {*snapshot.closes, *snapshot.rates, *printed, self.spec.futures}
        used |= {*self.market.reporting()}
        if report and len(snapshot.vintages):
            used |= {*snapshot.vintages["series"]} & {*report.series}
        shown = [symbol for symbol in registry() if symbol in used]
        shown += [symbol for symbol in snapshot.closes if symbol not in registry()]
        shown += [symbol for symbol in self._held() if symbol not in shown]
        agreeing = snapshot.agreeing.items()
        context = {
            "report": self.report,
            "market": self.market.spec.payload(),
            "beats": payloads(),
            "moment": moment.payload(),
            "dataset": snapshot.name,
            "notice": snapshot.notice,
            "manifest": snapshot.manifest,
            "accepted": [_accepted(acceptance) for acceptance in snapshot.accepted],
            "sources": self._sources(),
            "restricted": snapshot.restricted,
            "agreeing": {symbol: count for symbol, count in agreeing if count > 1},
            "kept_out": {self._short_name(one): why for one, why in snapshot.absences.items()},
            "instruments": [self._called(s) for s in shown],
            "commentary": [item.payload() for item in snapshot.commentary],
            "later": self._later(report) if report else [],
            "proxies": dict(snapshot.proxies),
            "listed": list(self._listed(report)) if report else [],
            "list": self._list(report) if report and report.ranks else None,
        }
        if snapshot.holdings is not None:
            held = snapshot.holdings
            context["holdings"] = {"text": held.text, "sha256": held.digest, "rates": self._legs()}
        text = f"{self.report}, {moment.state}, {moment.at:%Y-%m-%d %H:%M} "
        text += f"{self.market.spec.zone_label}, {snapshot.name}"
        bundle = {CONTEXT_MEDIA: context, "text/plain": text}
        self._display({**bundle, "text/html": f"<p>{escape(text)}</p>"}, "context")
        self.record(*facts)
        for symbol, why in self._stale((report.gate.fresh or {}) if report else {}):
            part = Part(name=instrument(symbol).short)
            part.log.read[symbol] = None
            self._ended(part, why)
        for symbol, fund in snapshot.proxies.items():
            name = f"{instrument(symbol).first}, told by {instrument(fund).first}"
            self._gap(
                name,
                f"no source has {symbol} for {moment.session}; reportgen fetch {symbol}",
            )

    def _sources(self) -> dict[str, str]:
        """Where the data of each series come from, those of the reader's holdings included."""
        panel = self.market.snapshot.panel.sources
        held = {symbol: panel[symbol] for symbol in self._held() if symbol in panel}
        return {**held, **self.market.snapshot.sources}

    def _held(self) -> list[str]:
        """The securities of the reader's book that the brief may name.

        None where there are no holdings, or where they cannot be valued: then the section of the
        book says why.
        """
        if self.market.snapshot.holdings is not None:
            with suppress(NoData, StaleData):
                return Telling(self.market.book).symbols
        return []

    def _legs(self) -> dict[str, list[list[Any]]]:
        """The exchange rates of the reader's book by currency, for the audit."""
        with suppress(NoData, StaleData):
            book = self.market.book
            return {code: [[*leg] for leg in book.legs(code)] for code in book.rate_days}
        return {}

    def _called(self, symbol: str) -> dict[str, Any]:
        """An instrument as the record keeps it; the only index of a brief is "the index" to it."""
        snapshot = self.market.snapshot
        found = snapshot.instrument(symbol)
        told = [one for one in self.spec.symbols if self._lives(one)]
        if told == [symbol] and found.kind == "index":
            return {**found.payload(), "second": "the index", "alone": True}
        return found.payload()

    def _lives(self, symbol: str) -> bool:
        """Whether *symbol* has closes of the days before the session."""
        closes = self.market.snapshot.closes.get(symbol)
        week = pd.Timestamp(self.moment.session) - pd.Timedelta(days=7)
        return closes is not None and bool(closes.index[-1] >= week)

    def _later(self, report: Report) -> list[str]:
        """The report's series that were fetched after the moment, by name."""
        told = {*report.symbols, *report.series, RELEASES}
        later = [name for name in self.market.snapshot.later if name in told]
        return [self._short_name(name) for name in later]

    def _listed(self, report: Report) -> Iterator[dict[str, Any]]:
        """What the report lists and what existed at the session: symbol and name of each."""
        for symbol in (*report.symbols, *report.series):
            found = known(symbol)
            if found is None or found.inception <= self.moment.session:
                yield {
                    "symbol": symbol,
                    "name": found.short if found else symbol,
                    "required": symbol in report.required,
                }

    def _list(self, report: Report) -> dict[str, Any]:
        """What a record keeps of the list of stocks, for the gate and the audit."""
        panel = self.market.snapshot.panel
        return {
            "universe": report.universe.payload(),
            "members": [*panel.members],
            "priced": [*panel.closes.columns],
            "without": dict(panel.without),
        }

    def _stale(self, fresh: Mapping[str, int]) -> Iterator[tuple[str, str]]:
        """Each rate that is older than *fresh* allows, and the reason."""
        session = self.moment.session
        if self.moment.state == "open":
            session = self.moment.previous
        for symbol, most in fresh.items():
            found = self.market.snapshot.rates.get(symbol)
            if found is not None and len(found):
                last = found.index[-1].date()
                age = len(
                    self.moment.calendar.sessions(
                        last + dt.timedelta(days=1),
                        session,
                    )
                )
                if age > most and last >= self.market.snapshot.due_rate(symbol):
                    age_of = f"is of {last}, {age} sessions before {session}"
                    why = f"the newest {symbol} {age_of}; reportgen fetch {symbol}"
                    yield symbol, why


def too_few(panel: Panel) -> str:
    """Why nothing is said of the list of *panel*, with the symbols that are missing."""
    priced, count = len(panel.closes.columns), len(panel.members)
    named = ", ".join([*panel.without][:NAMED])
    more = len(panel.without) - NAMED
    return (
        f"{priced} of {count} stocks have prices, and {math.ceil(panel.floor * count)} are needed;"
        f" without: {named}{f' and {more} more' if more > 0 else ''}"
    )


def _payloads(bundle: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The charts and tables in one output."""
    return [bundle[media] for media in (CHART_MEDIA, TABLE_MEDIA) if media in bundle]


def _said(part: Part) -> dict[str, Any]:
    """The kinds that *part* declares and the words that are vouched for; nothing for none."""
    kinds = {name: payload_of(kind) for name, kind in part.kinds.items()}
    told = {"kinds": kinds, "vouched": part.vouched}
    return {name: value for name, value in told.items() if value}


def _accepted(acceptance: Acceptance) -> dict[str, Any]:
    return {**asdict(acceptance), "day": acceptance.day.isoformat()}


def _without_change(track: Track, window: str) -> str:
    """Why *track* has no change over the *window*; "" if it has one."""
    try:
        if window == "day":
            returns.day(track.closes)
        else:
            returns.since(track.closes, STARTS[window](track.session))
    except NoData as error:
        return str(error).removesuffix(".")
    return ""


def _young(track: Track) -> bool:
    """Whether the history of *track* begins with the instrument itself."""
    age = track.closes.index[0].date() - track.instrument.inception
    return bool(age.days <= YOUNG)


def _words(failure: BaseException) -> str:
    """What failed in a section, in words for whoever reads the gate's page."""
    if isinstance(failure, ReportgenError):
        return str(failure)
    trace = traceback.extract_tb(failure.__traceback__)
    frames = [frame for frame in trace if not _is_ours(frame.filename)]
    line = next((frame.line for frame in reversed(frames) if frame.line), "")
    if not isinstance(failure, PYTHON):
        return f"{type(failure).__name__}: {failure}"
    own = not _is_ours(traceback.extract_tb(failure.__traceback__)[-1].filename)
    if isinstance(failure, NameError) and failure.name and own:
        return f"it needs '{failure.name}', which no cell before it has made"
    at = f" at '{line}'" if line else ""
    return f"its code stopped{at}: {type(failure).__name__}: {failure}".rstrip(": ")


def _frame(failure: BaseException) -> traceback.FrameSummary | None:
    """The innermost frame of the author's cell in which it failed; None where there is none."""
    trace = traceback.extract_tb(failure.__traceback__)
    return next((one for one in reversed(trace) if not _is_ours(one.filename)), None)


def _line(failure: BaseException) -> int:
    """The line of the author's cell at which it failed; 0 where there is none."""
    frame = _frame(failure)
    return (frame.lineno or 0) if frame else 0


def _at(failure: BaseException) -> str:
    """Where in the author's cell it failed: " at line 3, 'desk.show(chart)'"."""
    frame = _frame(failure)
    return f" at line {frame.lineno} of its cell, '{frame.line}'" if frame and frame.line else ""


PYTHON = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    NameError,
    ArithmeticError,
)
"""Errors of Python's own, which say more with the line of the cell."""


PYTHON_LIBRARY = Path(sysconfig.get_path("stdlib"))
"""Where Python's own modules are."""


def _is_ours(file: str) -> bool:
    """Whether *file* belongs to this package or a library, not to a cell."""
    path = Path(file)
    if "site-packages" in path.parts:
        return True
    return not {Path(__file__).parents[1], PYTHON_LIBRARY}.isdisjoint(path.parents)


def open_desk(
    *,
    report: str,
    data: str,
    as_of: str,
    symbols: Iterable[str] = (),
    window: str | None = None,
    holdings: str = "",
) -> Desk:
    """The desk of a run.

    On the snapshot that a run prepared, or, for an author in Jupyter, on *data*
    cut now.

    *data* is "sample", "store" or a folder with a dataset.toml, from the
    notebook's folder or from the desk's; *as_of* a date, a date and time, or
    "last-session". *window* is that of report.toml if it is left out; with one, the desk stands
    at the end of the last whole one by then. *holdings* is the file of a report on a reader's book.

    Raises:
        SettingsError: *window* is another one than report.toml says.
    """
    snapshot = Snapshot.load(Path.cwd())
    prepared = snapshot is not None
    if snapshot is not None and snapshot.report:
        report = snapshot.report
    described = load_report(report) if report in report_names() else None
    window = _window(window, described)
    spec = described.market if described else home()
    if snapshot is None:
        # Law 3's one exception: an author at the keyboard.
        moment = spec.calendar.resolve(as_of, dt.datetime.now(dt.UTC), window)
        wanted = list(symbols) or list(registry())
        listed = Listed.of(described, moment) if described else None
        held = read_holdings(_found(holdings)).known_on(moment.session) if holdings else None
        if held is not None:
            wanted += needs(held, moment, spec.currency, apart=False)[1]
        taken = take(dataset(_found(data), moment), moment, wanted, (), listed)
        snapshot = replace(taken, holdings=held)
    desk = Desk(
        Market(snapshot, spec),
        report,
        window="" if window == PRE_OPEN else window,
        drawn=not prepared,
    )
    desk.open()
    return desk


def _window(asked: str | None, report: Report | None) -> str:
    """The window of a desk: what a notebook asks for, and what its report says."""
    if report is None or asked is None:
        return (report.window if report else asked) or ""
    if asked != report.window:
        raise SettingsError(
            f'The notebook opens the desk with window="{asked}", and report.toml of'
            f" '{report.name}' says {f'window = {report.window!r}' if report.window else 'none'};"
            " leave window out of open_desk, and write it in report.toml alone.",
            subject=report.name,
        )
    return asked


def _found(data: str) -> str:
    """*data*, or the folder of the desk with that name, if it is not here."""
    desk = workspace()
    if named(data) or Path(data).exists():
        return data
    if desk is None or not (desk / data).exists():
        return data
    return str(desk / data)

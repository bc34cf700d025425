"""The part of a dataset that is known at a moment, all that a kernel gets."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from reportgen.config.resources import SAMPLE
from reportgen.core.checks import Acceptance, Defect
from reportgen.core.errors import BadData, NoData, StaleData, did_you_mean
from reportgen.datasets.commentary import Commentary, current, read_commentary
from reportgen.datasets.dataset import (
    MEETINGS,
    PUBLISHED,
    DataFile,
    Dataset,
    listed_meetings,
    manifest,
    place_of,
)
from reportgen.datasets.highs import highest_before
from reportgen.datasets.panel import Listed, Panel, panel_of
from reportgen.datasets.proxies import is_told, proxies_of
from reportgen.datasets.results import standing, times
from reportgen.datasets.table_cache import table as rows_of
from reportgen.datasets.validation.accepting import kept_out
from reportgen.datasets.validation.finding import NEWEST, Bars
from reportgen.datasets.validation.intraday import Intraday
from reportgen.datasets.validation.judging import Evidence, judge, newest
from reportgen.datasets.validation.meetings import MEETINGS as MEETING_TABLE
from reportgen.datasets.validation.rows import usable
from reportgen.datasets.validation.sources import TOLD, agreeing
from reportgen.datasets.votes import Votes, votes
from reportgen.markets import policy_futures, public_calendar
from reportgen.markets.calendar import Calendar, Moment
from reportgen.markets.instruments import Instrument, instrument, registry, told_by
from reportgen.markets.publication import known_by
from reportgen.markets.venues import traded_before
from reportgen.record.holdings import Holdings
from reportgen.sources import store

FILE = "snapshot.pickle"
PUBLIC_MEETINGS = DataFile(
    path=MEETINGS,
    role="meetings",
    source="Federal Reserve calendar",
)
"""The Fed's calendar, which is true of every market data."""
YEAR = dt.timedelta(days=366)
DECISION = dt.time(14)
"""When the Fed tells its decisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Data cut at ``moment``.

    Finished closes by symbol, intraday levels by end of bar, and the rest by
    role.
    """

    name: str
    notice: str
    moment: Moment
    closes: dict[str, pd.Series]
    levels: dict[str, pd.Series]
    rates: dict[str, pd.Series]
    futures: pd.DataFrame
    meetings: list[tuple[dt.date, dt.date]]
    events: pd.DataFrame
    commentary: list[Commentary]
    sources: dict[str, str]
    prints: pd.DataFrame = field(default_factory=pd.DataFrame)
    vintages: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Figures of months and quarters: series, period, value, known_at and source."""
    """The figures of releases that were known, with columns as in a dataset's file."""
    unpublished: frozenset[tuple[str, str]] = frozenset()
    """Series and periods that were known to have no print."""
    results: pd.DataFrame = field(default_factory=pd.DataFrame)
    """When companies reported results: columns symbol, at and source, of what was known."""
    results_ahead: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The same of days to come that had been announced, with a column announced, and of all that
    companies reported before."""
    manifest: list[dict[str, str]] = field(default_factory=list)
    ranges: Mapping[str, tuple[float, float] | None] = field(
        default_factory=dict,
    )
    """The low and the high of each symbol's last finished session, where they
    are known.
    """
    peaks: Mapping[str, tuple[dt.date, float]] = field(default_factory=dict)
    """The highest level within a session before each symbol's last finished one, and its day.

    Symbols are left out where the data may lack a higher level.
    """
    blocked: list[Defect] = field(default_factory=list)
    """What keeps a symbol out of the closes."""
    restricted: dict[str, str] = field(default_factory=dict)
    """Sources that may not be published, with their terms."""
    accepted: list[Acceptance] = field(default_factory=list)
    """Findings on these data that a person lets stand."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """The fund in place of each symbol of an index that no source has."""

    rules: Mapping[str, str] = field(default_factory=dict)
    """When a value of each rate is known, by its file."""
    steps: Mapping[str, int] = field(default_factory=dict)
    """Minutes of an intraday bar, by symbol."""
    absences: Mapping[str, str] = field(default_factory=dict)
    """Why a symbol has no closes, where a check keeps it out."""
    declared: frozenset[str] = frozenset()
    """Symbols and series that the dataset covers never, or not yet."""
    starts: Mapping[str, dt.date] = field(default_factory=dict)
    """The first day that the dataset says it covers, by symbol."""
    later: tuple[str, ...] = ()
    """What a store had not fetched while a brief of the moment was the newest.

    It is read as it was known later.
    """
    agreeing: Mapping[str, int] = field(default_factory=dict)
    """How many sources tell the newest close of each symbol alike."""
    asked: frozenset[str] | None = None
    """The symbols whose closes were read; None where nobody noted them."""
    report: str = ""
    """The report that the data were cut for, where it has the notebook of another one."""
    panel: Panel = field(default_factory=Panel)
    """The list of stocks that the report ranks."""
    unscheduled: frozenset[dt.date] = frozenset()
    """The last days of the meetings of the Fed that its schedule did not have."""
    votes: Mapping[dt.date, Votes] = field(default_factory=dict)
    """How the Fed's policymakers voted, by the last day of the meeting."""
    holdings: Holdings | None = None
    """What the reader of the brief holds, as known on the day of the session."""

    def instrument(self, symbol: str) -> Instrument:
        """The instrument *symbol*, or the fund that stands in for it."""
        if symbol in self.proxies:
            return told_by(symbol, self.proxies[symbol])
        found = instrument(symbol).called_on(self.moment.session)
        return found.told_in(self.moment.calendar.code)

    def due_rate(self, series: str) -> dt.date:
        """The newest day that has a value of a rate due at the moment.

        A day on which both markets trade.

        A target range is announced ahead and posted a day later at some
        sources, so that of the day before is due.
        """
        rule = self.rules.get(series, PUBLISHED["rates"])
        if rule.startswith("-"):
            return traded_before(self.moment.session, self.moment.calendar)
        day = self.moment.at.date() + dt.timedelta(days=1)
        here = self.moment.calendar
        day = traded_before(day, here)
        while known_by(rule, day, here) > self.moment.at:
            day = traded_before(day, here)
        return day

    def due_bar(self, found: Instrument) -> dt.date:
        """The newest session of *found* that has a close due at the moment.

        Of what is published on a later day, the last one that was published.
        """
        here, elsewhere = self.moment, found.calendar != self.moment.calendar.code
        if elsewhere:
            here = found.sessions.moment(here.at)
        due = here.previous if here.state == "open" else here.session
        if found.lagged or (elsewhere and found.published):
            while known_by(found.published, due, found.sessions) > self.moment.known:
                due = found.sessions.neighbours(due)[0]
        return due

    def due_settlement(self) -> dt.date:
        """The newest session that has settlements of futures due at the moment."""
        here = self.moment
        rule = PUBLISHED["futures"]
        known = known_by(rule, here.session, here.calendar) <= here.at
        return here.session if known else here.previous

    def oldest_level(self, symbol: str) -> pd.Timedelta:
        """The greatest age of a running session's last bar that still counts."""
        return pd.Timedelta(
            minutes=max(
                OLDEST_LEVEL,
                2 * self.steps.get(symbol, 0),
            )
        )

    def save(self, folder: Path) -> None:
        """Write the snapshot into *folder*, for a kernel that runs there."""
        (folder / FILE).write_bytes(pickle.dumps(self))

    @staticmethod
    def load(folder: Path) -> Snapshot | None:
        """The snapshot in *folder*, or None where there is none.

        Only our own runs write such a file.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        kept: Snapshot = pickle.loads(path.read_bytes())  # noqa: S301 - written by save()
        return kept


def take(
    dataset: Dataset,
    moment: Moment,
    symbols: Iterable[str],
    required: Iterable[str],
    listed: Listed | None = None,
) -> Snapshot:
    """What *dataset* has on *symbols* and a list of stocks, and was known at *moment*.

    Finished daily bars of the running session are dropped: its level comes from
    intraday bars alone. What is wrong with a series keeps that series out. A
    *required* symbol with a fault, missing or stale is an error.
    """
    asked, needed = list(dict.fromkeys(symbols)), list(required)
    panel = panel_of(dataset, moment, listed, asked) if listed else Panel()
    asked += [symbol for symbol in panel.whole if symbol not in asked]
    rate_sources = dict[str, str]()
    rates, points = _rates(dataset, moment, rate_sources)
    shipped = dataset.folder == SAMPLE  # all findings on it are known
    recent_rates = pd.DataFrame() if shipped else _recent(rates)
    prices = _prices(dataset, moment, asked, needed, recent_rates, panel.moves)
    proxies = _stand_ins(
        dataset,
        moment,
        prices,
        proxies_of(asked, needed, prices.closes, prices.levels, moment),
    )
    _refuse_incomplete(dataset, moment, prices, needed)
    sources = prices.sources | rate_sources
    events = _events(dataset, moment)
    settled, told_by = _futures(dataset, moment)
    printed = _prints(dataset, moment)
    others = Evidence(
        points=points,
        prints=printed,
        futures=settled,
        meetings=[] if shipped else [rows_of(file) for file in dataset.of_role("meetings")],
        listed=listed_meetings(),
    )
    off = judge(others)
    defects = [*prices.defects, *off]
    blocked = prices.blocked + kept_out(off, dataset.accepted, needed)
    out = {defect.symbol for defect in blocked}
    rates = {name: series for name, series in rates.items() if name not in out}
    printed = printed[~printed["series"].isin(list(out))]
    told_in = dict(zip(printed["series"], printed["source"], strict=True))
    vintages = _vintages(dataset, moment)
    told_in |= dict(zip(vintages["series"], vintages["source"], strict=True))
    sources |= {name: source for name, source in told_in.items() if name not in sources}
    futures = pd.DataFrame()
    if len(settled) and policy_futures() not in out:
        once = settled.drop_duplicates(["date", "contract"], keep="last")
        futures = once.pivot(index="date", columns="contract", values="settle").sort_index()
        sources[policy_futures()] = told_by
    declared, starts = _declared(dataset, moment, asked)
    absences = _absences(blocked)
    rules = dict[str, str]()
    for file in dataset.of_role("rates"):
        rules |= {series: file.known_at(series) for series in rates}
    steps = {
        symbol: file.minutes
        for file in dataset.of_role("intraday_bars")
        if file.fetch is None
        for symbol in prices.levels
    }
    later = _later(dataset, asked)
    results = _results(dataset, moment)
    return Snapshot(
        asked=frozenset(asked),
        absences=absences,
        panel=panel.less(absences),
        rules=rules,
        steps=steps,
        declared=declared,
        starts=starts,
        later=later,
        name=dataset.name,
        notice=dataset.notice,
        moment=moment,
        closes=prices.closes,
        levels=prices.levels,
        rates=rates,
        futures=futures,
        meetings=[] if MEETING_TABLE in out else _meetings(dataset, moment),
        unscheduled=frozenset(_unscheduled(dataset)),
        votes=dict(_votes(dataset, moment)),
        events=events,
        prints=printed,
        vintages=vintages,
        unpublished=_unpublished(dataset, moment),
        results=results[0],
        results_ahead=results[1],
        commentary=_commentary(dataset, moment, events),
        sources=sources,
        manifest=manifest(dataset),
        ranges=prices.ranges,
        peaks=prices.peaks,
        blocked=blocked,
        proxies=proxies,
        agreeing=prices.agreeing,
        restricted=_restricted(dataset, sources),
        accepted=[a for a in dataset.accepted if any(map(a.covers, defects))],
    )


def _refuse_incomplete(
    dataset: Dataset, moment: Moment, prices: Prices, needed: Sequence[str]
) -> None:
    """Refuse data without the newest close of a symbol that is *needed*."""
    last = moment.session if moment.state != "open" else moment.previous
    for symbol in needed:
        if symbol not in prices.closes:
            raise NoData(
                f"Dataset '{dataset.name}' has no daily closes of {symbol} by {last}.",
                subject=symbol,
            )
        newest = prices.closes[symbol].index[-1].date()
        if newest < last and not instrument(symbol).sessions.always:
            raise StaleData(
                f"{symbol}: the newest close is of {newest}, {last} is needed; update the data,"
                f" or ask for that day: --as-of {newest}.",
                subject=symbol,
            )


def _absences(blocked: Sequence[Defect]) -> dict[str, str]:
    """Why each symbol is kept out: what each check found last, and what to do."""
    last = {(one.symbol, one.check): one for one in sorted(blocked, key=lambda one: one.day)}
    count = Counter((one.symbol, one.check) for one in blocked)
    found: dict[str, list[str]] = {}
    for key, defect in last.items():
        more = f" (and {count[key] - 1} before)" if count[key] > 1 else ""
        found.setdefault(defect.symbol, []).append(f"{defect}{more}")
    todo = "Correct the data, or accept the finding: reportgen data accept"
    shown = {symbol: "; ".join(reasons) for symbol, reasons in found.items()}
    return {symbol: f"{reasons}. {todo}" for symbol, reasons in shown.items()}


def _later(dataset: Dataset, symbols: Sequence[str]) -> tuple[str, ...]:
    """The series of a store that were not known at the moment, but later."""
    found = set[str]()
    for file in dataset.files:
        if not file.then or file.role not in (*SERIES, "events", "prints"):
            continue
        names = {"futures": policy_futures(), "events": RELEASES}
        late = _rows(file, symbols).attrs.get("later", ())
        if late:
            found |= {names[file.role]} if file.role in names else {*late}
    return tuple(sorted(found))


def _rows(file: DataFile, symbols: Sequence[str]) -> pd.DataFrame:
    """The rows of *file*, of daily bars only those of the *symbols*."""
    return rows_of(file, symbols) if file.role == "daily_bars" else rows_of(file)


OLDEST_LEVEL = 30
"""The greatest age, in minutes, of a running session's last bar.

Quotes are up to 20 minutes late.
"""
RELEASES = "release calendar"
PRINTS = (
    *("series", "period", "stage", "actual", "previous", "previous_first", "consensus", "poll"),
    *("released_at", "known_at", "source", "earlier"),
)
VINTAGES = ("series", "period", "value", "known_at", "source")
SERIES = {"rates": "series", "futures": "contract", "daily_bars": "symbol"}


def _declared(
    dataset: Dataset, moment: Moment, symbols: Sequence[str]
) -> tuple[frozenset[str], dict[str, dt.date]]:
    """What the dataset declares absent at *moment*, and the first days it names.

    A first day of a whole file holds for what the file has at any time, or the
    dataset's for all.
    """
    absent, starts = set(dataset.absent), dict[str, dt.date]()
    for file in dataset.files:
        if file.role == "intraday_bars":
            absent |= set(file.absent) if moment.state == "open" else set()
            continue
        absent |= set(file.absent)
        for name in _covered(file, symbols) if file.starts else ():
            if first := file.begins(name):
                starts.setdefault(name, first)
    if dataset.since:
        names = set(symbols)
        for file in dataset.files:
            names |= _covered(file, symbols)
        starts |= dict.fromkeys(names, dataset.since)
    early = {name for name, first in starts.items() if moment.session < first}
    return frozenset(absent | early), starts


def _covered(file: DataFile, symbols: Sequence[str]) -> set[str]:
    """The symbols and series that *file* has rows of, or that it declares."""
    if file.role == "futures":
        return {policy_futures()}
    if file.role not in SERIES:
        return set()
    rows = _rows(file, symbols)
    names = set(map(str, rows[SERIES[file.role]].unique()))
    return names.union(filter(None, file.starts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What is known of some symbols, without those that a check keeps out.

    And all that the checks found.
    """

    closes: dict[str, pd.Series]
    levels: dict[str, pd.Series]
    sources: dict[str, str]
    ranges: dict[str, Any]
    peaks: dict[str, Any]
    agreeing: dict[str, int]
    defects: list[Defect]
    blocked: list[Defect]


def _prices(
    dataset: Dataset,
    moment: Moment,
    symbols: list[str],
    needed: list[str],
    rates: pd.DataFrame,
    stocks: pd.DataFrame | None = None,
) -> Prices:
    found = _daily(dataset, moment, symbols)
    bars = {symbol: daily.bars for symbol, daily in found.items()}
    told = _confirmations(dataset)
    defects = list[Defect]()
    if dataset.folder != SAMPLE:  # all findings on what we ship are known
        real = not dataset.simulated
        defects += judge(Evidence(bars=bars, told=told, rates=rates, real=real, stocks=stocks))

    def place(defect: Defect) -> str:
        daily = found.get(defect.symbol)
        if daily is None or daily.file.fetch is not None:
            return ""
        return place_of(daily.file, defect.symbol, defect.day)

    blocked = kept_out(defects, dataset.accepted, needed, place)
    out = {defect.symbol for defect in blocked}
    kept = [symbol for symbol in found if symbol not in out and len(found[symbol].closes)]
    closes = {symbol: found[symbol].closes for symbol in kept}
    sources = {symbol: found[symbol].source for symbol in closes}
    levels, files, off = _intraday(dataset, moment, closes, sources)
    without = kept_out(off, dataset.accepted, needed, lambda one: files[one.symbol])
    if moment.state == "open":
        defects, blocked = defects + off, blocked + without
    for symbol in {defect.symbol for defect in without}:
        levels.pop(symbol, None)
        sources.pop(f"{symbol} during the session", None)
    ranges = {symbol: found[symbol].range for symbol in closes}
    peaks = {symbol: found[symbol].peak for symbol in closes}
    return Prices(
        closes=closes,
        levels=levels,
        sources=sources,
        ranges={symbol: known for symbol, known in ranges.items() if known},
        peaks={symbol: known for symbol, known in peaks.items() if known},
        agreeing=agreeing(newest({symbol: bars[symbol] for symbol in kept}), told),
        defects=defects,
        blocked=blocked,
    )


def _stand_ins(
    dataset: Dataset,
    moment: Moment,
    prices: Prices,
    candidates: Mapping[str, str],
) -> dict[str, str]:
    """Those of the *candidates* that have what is due.

    The candidates are funds, by the symbols that they may stand in for.

    *prices* then hold theirs.
    """
    if not candidates:
        return {}
    try:
        funds = _prices(
            dataset,
            moment,
            list(dict.fromkeys(candidates.values())),
            [],
            pd.DataFrame(),
        )
    except BadData:
        # A fund that nobody asked for is no reason to refuse a brief.
        return {}
    proxies = {
        symbol: fund
        for symbol, fund in candidates.items()
        if is_told(fund, funds.closes, funds.levels, moment)
    }
    pairs = ("closes", "levels", "sources", "ranges", "peaks", "agreeing")
    for symbol, fund in proxies.items():
        for name in pairs:
            ours, theirs = getattr(prices, name), getattr(funds, name)
            ours.pop(symbol, None)
            ours.update({symbol: theirs[fund]} if fund in theirs else {})
        prices.sources.pop(f"{symbol} during the session", None)
        if f"{fund} during the session" in funds.sources:
            prices.sources[f"{symbol} during the session"] = funds.sources[
                f"{fund} during the session"
            ]
    return proxies


def _recent(rates: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The newest values of each rate in percent: a row a day, a column a series."""
    return pd.DataFrame({name: s.iloc[-NEWEST:] * 100 for name, s in rates.items() if len(s)})


def _restricted(dataset: Dataset, sources: Mapping[str, str]) -> dict[str, str]:
    """The sources in use that may not be published, with their terms.

    Those that a file says so of, or a store of its fetches.
    """
    kept = [(file.source, file.terms) for file in dataset.files if file.terms]
    for file in dataset.files[:1]:
        if file.fetch is not None:
            kept += store.restricted(file.path, file.fetch)
    used = set[str]()
    for joined in sources.values():
        used |= {*joined.split(" and ")}

    def told(source: str) -> bool:
        return not used.isdisjoint({source, *source.split(" and ")})

    return {source: terms for source, terms in kept if told(source)}


def _cut(
    series: Any,
    rule: str,
    moment: Moment,
    calendar: Calendar | None = None,
) -> Any:
    """Drop the rows of *series* (or table, by date) that were not known.

    Only the newest few can be.

    What never closes is known at the moment itself, what is published of a
    session also on the evening of a close. *calendar* is that of the exchange;
    without one, the moment's.
    """
    calendar = calendar or moment.calendar
    by = moment.at if rule == "utc-midnight" else moment.known
    kept = series[: pd.Timestamp(moment.at.date()) + pd.Timedelta(days=2)]
    while len(kept) and known_by(rule, kept.index[-1].date(), calendar) > by:
        kept = kept.iloc[:-1]
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """The finished closes, newest bars and source of one symbol.

    With low and high of the last session where they are known.
    """

    closes: pd.Series
    bars: Bars
    """What is judged: also rows that are no prices."""
    source: str
    range: tuple[float, float] | None
    peak: tuple[dt.date, float] | None
    file: DataFile


def _daily(dataset: Dataset, moment: Moment, symbols: list[str]) -> dict[str, Daily]:
    """What is known of each symbol, from the first file that has it."""
    found: dict[str, Daily] = {}
    for file in dataset.of_role("daily_bars"):
        frame = rows_of(file, [s for s in symbols if s not in found])
        for name, rows in frame.groupby("symbol"):
            symbol = str(name)
            known = _known_rows(file, _published(rows, instrument(symbol)), moment)
            if known.empty:
                continue
            of = instrument(symbol)
            kept = usable(of, _on_sessions(of, known, moment), _let_stand(dataset, symbol))
            closes = pd.Series(
                kept["close"].to_numpy(), index=pd.DatetimeIndex(kept["date"]), name=symbol
            )
            due = (kept if len(kept) else known)["date"].iloc[-1].date()
            found[symbol] = Daily(
                closes=closes,
                bars=Bars(
                    instrument=of,
                    frame=known,
                    due=due,
                    column=file.column_of_prices,
                    newest=NEWEST,
                ),
                source=_source(file, rows),
                range=_range(kept, closes) if len(kept) else None,
                peak=highest_before(kept),
                file=file,
            )
    return found


def _published(rows: pd.DataFrame, of: Instrument) -> pd.DataFrame:
    """The *rows* without those that were computed for days before the series began."""
    if not of.computed_before:
        return rows
    return rows[rows["date"] >= pd.Timestamp(of.inception)]


def _known_rows(file: DataFile, rows: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """The *rows* of one symbol that were known at the moment.

    What an instrument tells on days without a session is no bar of its own.
    """
    if rows.empty:
        return rows
    symbol = str(rows["symbol"].iloc[0])
    found, rule = instrument(symbol), _rule(file, symbol)
    if found.extra_days:
        rows = _on_sessions(found, rows, moment)
    days = pd.Series(0.0, index=pd.DatetimeIndex(rows["date"]))
    ended = "utc-midnight" if rule == "utc-midnight" else "close"
    cut = _cut(_cut(days, rule, moment, found.sessions), ended, moment, found.sessions)
    return rows if len(cut) == len(rows) else rows[rows["date"].isin(cut.index)]


def _on_sessions(found: Instrument, rows: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """The *rows* without those of the last years that are of no session."""
    since = moment.session - 3 * YEAR
    recent = rows["date"] >= pd.Timestamp(since)
    if found.sessions.always or not recent.any():
        return rows
    sessions = found.sessions.session_index(since, rows["date"].iloc[-1].date())
    strange = recent & ~rows["date"].isin(sessions)
    return rows[~strange] if strange.any() else rows


def _let_stand(dataset: Dataset, symbol: str) -> list[dt.date]:
    """The days on which a person lets a price of *symbol* stand that is not above zero."""
    return [a.day for a in dataset.accepted if (a.symbol, a.check) == (symbol, "non_positive")]


def _rule(file: DataFile, symbol: str) -> str:
    """When a bar of *symbol* is known, by the file or by the instrument."""
    found = instrument(symbol)
    if found.sessions.always:
        return "utc-midnight"
    said = file.available.get(symbol) or file.available.get("default")
    return said or found.published or "close"


def _source(file: DataFile, rows: pd.DataFrame) -> str:
    """The source of *rows*: that of the file, or in a store, of the last 30 rows."""
    if "source" not in rows:
        return file.source
    return " and ".join(dict.fromkeys(map(str, rows["source"].iloc[-30:])))


def _range(rows: pd.DataFrame, closes: pd.Series) -> tuple[float, float] | None:
    """The low and the high of the last of *closes*.

    None where the file lacks them, or where the close lies outside.
    """
    if "low" not in rows or "high" not in rows:
        return None
    last = rows[rows["date"] == closes.index[-1]].iloc[-1]
    low, high = float(last["low"]), float(last["high"])
    inside = low <= float(closes.iloc[-1]) <= high
    return (low, high) if low < high and inside else None


def _intraday(
    dataset: Dataset,
    moment: Moment,
    closes: dict[str, pd.Series],
    sources: dict[str, str],
) -> tuple[dict[str, pd.Series], dict[str, str], list[Defect]]:
    """The levels of each symbol by the ends of its bars, its file, and all findings on them."""
    levels: dict[str, pd.Series] = {}
    files: dict[str, str] = {}
    judged: list[Intraday] = []
    until = pd.Timestamp(moment.session + dt.timedelta(days=1), tz=moment.calendar.zone)
    for file in dataset.of_role("intraday_bars"):
        for name, rows in rows_of(file, closes).groupby("symbol"):
            symbol = str(name)
            ends = pd.DatetimeIndex(rows["start"]) + pd.Timedelta(minutes=file.minutes)
            known = rows[ends <= pd.Timestamp(moment.at)]
            judged.append(
                Intraday(
                    instrument=instrument(symbol),
                    frame=rows[rows["start"] < until],
                    known=known,
                    due=moment.session,
                    minutes=file.minutes if file.fetch is None else None,
                    closes=closes[symbol],
                )
            )
            levels[symbol] = _levels(file, known).rename(symbol)
            files[symbol] = str(file.path)
            sources.setdefault(symbol, _source(file, rows))
            if moment.state == "open" and len(known):
                sources[f"{symbol} during the session"] = _source(file, rows)
    return levels, files, judge(Evidence(intraday=judged))


def _levels(file: DataFile, rows: pd.DataFrame) -> pd.Series:
    """The levels of the bars in *rows*, by their ends."""
    once = rows.drop_duplicates("start", keep="last")
    ends = pd.DatetimeIndex(once["start"]) + pd.Timedelta(minutes=file.minutes)
    return pd.Series(once["close"].to_numpy(), index=ends)


def _rates(
    dataset: Dataset,
    moment: Moment,
    sources: dict[str, str],
) -> tuple[dict[str, pd.Series], list[pd.DataFrame]]:
    """The values of each series as fractions, and the rows of series with two of a day."""
    rates: dict[str, pd.Series] = {}
    doubled: list[pd.DataFrame] = []
    for file in dataset.of_role("rates"):
        frame = rows_of(file)
        for name, rows in frame.groupby("series"):
            once = rows.drop_duplicates("date", keep="last")
            series = pd.Series(
                once["value"].to_numpy() / 100,
                index=pd.DatetimeIndex(once["date"]),
                name=name,
            )
            known = _cut(series, file.known_at(str(name)), moment)
            if len(once) < len(rows):
                doubled.append(rows[rows["date"].isin(known.index)])
            rates[str(name)] = known
            sources[str(name)] = _source(file, rows)
    return rates, [rows for rows in doubled if len(rows)]


def _futures(dataset: Dataset, moment: Moment) -> tuple[pd.DataFrame, str]:
    """The settlements that were known, and the source of the last file of them."""
    frames, source = [pd.DataFrame()], ""
    for file in dataset.of_role("futures"):
        frame = rows_of(file)
        if frame.empty:
            continue
        days = pd.Series(0.0, index=pd.DatetimeIndex(frame["date"].unique()).sort_values())
        known = _cut(days, file.known_at("default"), moment).index
        frames.append(frame[frame["date"].isin(known)])
        source = _source(file, frame)
    return pd.concat(frames), source


def _confirmations(dataset: Dataset) -> pd.DataFrame:
    """The closes of second sources."""
    frames = []
    for file in dataset.of_role("confirmations"):
        rows = rows_of(file).dropna(subset=["close"])
        known = "source" in rows
        frames.append(rows if known else rows.assign(source=file.source))
    if not frames:
        return pd.DataFrame(columns=list(TOLD))
    return pd.concat(frames)


def _meetings(dataset: Dataset, moment: Moment) -> list[tuple[dt.date, dt.date]]:
    """First and last day of the Fed's meetings as known at *moment*.

    The dataset's, or those of the package.

    The regular ones of a year are known from October of the year before, unless
    the table gives a time. A meeting that is called off counts until then, an
    unscheduled one from its decision on.
    """
    found = []
    for file in dataset.of_role("meetings") or (PUBLIC_MEETINGS,):
        for row in rows_of(file).to_dict("records"):
            start, end = row["start"].date(), row["end"].date()
            announced = row.get("announced")
            told = (
                announced.to_pydatetime()
                if announced is not None and not pd.isna(announced)
                else None
            )
            kind = str(row["type"]).lower().replace("canceled", "cancelled")
            if kind == "regular":
                known = (told or scheduled(end)) <= moment.at
            elif kind == "cancelled":
                known = told is not None and scheduled(end) <= moment.at < told
            elif kind == "unscheduled":
                decided = public_calendar().at_clock(end, DECISION)
                known = max(told or decided, decided) <= moment.at
            else:
                known = False
            found += [(start, end)] if known else []
    return sorted(found)


def _unscheduled(dataset: Dataset) -> Iterator[dt.date]:
    """The last days of the meetings that were not on the Fed's schedule, by its table."""
    for file in dataset.of_role("meetings") or (PUBLIC_MEETINGS,):
        rows = rows_of(file)
        for day in rows["end"][rows["type"].str.lower() == "unscheduled"]:
            yield day.date()


def _votes(dataset: Dataset, moment: Moment) -> Iterator[tuple[dt.date, Votes]]:
    """The votes that were known at *moment*: they come with the decision."""
    for file in dataset.of_role("meetings") or (PUBLIC_MEETINGS,):
        for day, told in votes(rows_of(file), file.path):
            if public_calendar().at_clock(day, DECISION) <= moment.at:
                yield day, told


def scheduled(day: dt.date) -> dt.datetime:
    """From when the Fed's schedule of a year counts as known.

    1 October of the year before, later than any was.
    """
    return public_calendar().at_clock(dt.date(day.year - 1, 10, 1), dt.time())


def _events(dataset: Dataset, moment: Moment) -> pd.DataFrame:
    """Dated events that were announced by the moment.

    Those still to come stay, if nothing says when they were.
    """
    frames = [rows_of(file) for file in dataset.of_role("events")]
    if not frames:
        return pd.DataFrame(
            {
                "date": pd.DatetimeIndex([]),
                "name": [],
                "kind": [],
            }
        )
    table = pd.concat(frames)
    if "announced" not in table:
        return table
    return table[table["announced"].isna() | (table["announced"] <= moment.at)]


def _prints(dataset: Dataset, moment: Moment) -> pd.DataFrame:
    """The figures of releases that were known at *moment*, in order of their times.

    A figure without a release time counts as known when it was first seen. A figure without
    either is left out. A period is written as its series counts it.
    """
    found = [pd.DataFrame(columns=list(PRINTS))]
    for file in dataset.of_role("prints"):
        rows = rows_of(file).reindex(columns=list(PRINTS))
        known = rows["released_at"].fillna(rows["known_at"])
        rows = rows.assign(
            source=rows["source"].astype(object).fillna(file.source),
            period=[*map(period_of, rows["series"], rows["period"])],
            known_at=known,
        )
        found.append(rows[known <= moment.known])
    table = pd.concat(found[1:] or found)
    return table.sort_values("known_at", kind="stable", ignore_index=True)


def _vintages(dataset: Dataset, moment: Moment) -> pd.DataFrame:
    """The figures of months and quarters that had been told by *moment*, in order of their times.

    A period is written as its series counts it.
    """
    found = [pd.DataFrame(columns=list(VINTAGES))]
    for file in dataset.of_role("vintages"):
        rows = rows_of(file)
        told = rows["source"].astype(object) if "source" in rows else pd.Series(pd.NA, rows.index)
        rows = rows.assign(
            source=told.fillna(file.source),
            period=[*map(period_of, rows["series"], rows["period"])],
            known_at=rows["released_at"],
        )
        found.append(rows.loc[rows["known_at"] <= moment.known, list(VINTAGES)])
    table = pd.concat(found[1:] or found)
    return table.sort_values("known_at", kind="stable", ignore_index=True)


def period_of(series: str, text: str) -> str:
    """The period that *text* says, as the figures of *series* are counted.

    >>> period_of("ICSA", "2025-01-04"), period_of("CUUR0000SA0", "2025-01-01")
    ('2025-01-04', '2025-01')
    """
    found = registry().get(series)
    every = found.every if found else "month"
    if every == "week" or "Q" in text:
        return text
    if every == "quarter":
        return f"{text[:4]}Q{(int(text[5:7]) + 2) // 3}"
    return text[: len("2025-01")]


def _results(dataset: Dataset, moment: Moment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """When companies reported, the oldest first; and that with what they announced by *moment*."""
    found = []
    for file in dataset.of_role("results"):
        rows = rows_of(file)
        at = times(rows, file.path)
        unsaid = pd.Series(pd.NaT, index=rows.index, dtype=at.dtype)
        said = rows.get("announced", unsaid)
        told = {"symbol": rows["symbol"], "at": at, "announced": said, "source": file.source}
        found.append(pd.DataFrame(told)[(at <= moment.at) | (said <= moment.at)])
    if not found:
        nothing = pd.DataFrame({"symbol": [], "at": [], "announced": [], "source": []})
        return nothing, nothing
    every = standing(pd.concat(found, ignore_index=True), moment.at)
    came = every[every["at"] <= moment.at].drop(columns="announced")
    return came.sort_values("at", kind="stable", ignore_index=True), every


def _unpublished(dataset: Dataset, moment: Moment) -> frozenset[tuple[str, str]]:
    """The series and periods that were known at *moment* to have no print."""
    told = (row for file in dataset.of_role("prints") for row in _without(file))
    return frozenset(
        (series, period_of(series, period)) for series, period, at in told if at <= moment.known
    )


def _without(file: DataFile) -> Sequence[tuple[str, str, dt.datetime]]:
    """The periods without a print that a store names: series, period, and time."""
    found: Sequence[tuple[str, str, dt.datetime]] = rows_of(file).attrs.get("unpublished", ())
    return found


def _commentary(
    dataset: Dataset,
    moment: Moment,
    events: pd.DataFrame,
) -> list[Commentary]:
    dates: dict[str, Any] = {
        n: d.date() for n, d in zip(events["name"], events["date"], strict=True)
    }
    items = list[Commentary]()
    for file in dataset.of_role("commentary"):
        items += read_commentary(file.path)
    for item in items:
        if item.event and item.event not in dates:
            hint = did_you_mean(item.event, dates)
            raise BadData(
                f"{item.id}: there is no event '{item.event}'.{hint}",
                subject=item.id,
            )
    return current(items, moment.at, dates, moment.known)

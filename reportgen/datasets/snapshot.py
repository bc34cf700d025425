"""The part of a dataset that is known at a moment, all that a kernel gets."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from reportgen.config.resources import SAMPLE
from reportgen.core.checks import Acceptance, Defect
from reportgen.core.errors import BadData, NoData, did_you_mean
from reportgen.datasets.commentary import Commentary, current, read_commentary
from reportgen.datasets.dataset import (
    MEETINGS,
    PUBLISHED,
    DataFile,
    Dataset,
    known_by,
    listed_meetings,
    manifest,
)
from reportgen.datasets.proxies import is_told, proxies_of
from reportgen.datasets.table_cache import table as rows_of
from reportgen.datasets.validation import quality
from reportgen.datasets.validation.agreement import agreeing
from reportgen.datasets.validation.defects import YEAR as BLOCKING
from reportgen.datasets.validation.defects import (
    Bars,
    not_usable,
    usable,
    usual_moves,
)
from reportgen.datasets.validation.rates import doubled
from reportgen.datasets.validation.rates import rates as check_rates
from reportgen.datasets.validation.together import findings
from reportgen.markets import home, policy_futures, public_calendar
from reportgen.markets.calendar import Calendar, Moment
from reportgen.markets.instruments import Instrument, instrument, told_by
from reportgen.markets.venues import traded_before
from reportgen.sources import store

FILE = "snapshot.pickle"
PUBLIC_MEETINGS = DataFile(
    path=MEETINGS,
    role="meetings",
    source="Federal Reserve calendar",
)
"""The Fed's calendar, which is true of every market data."""
YEAR = dt.timedelta(days=366)
MEETINGS_NAME = "meetings"
"""What a finding on the table of the Fed's meetings is filed under."""
DECISION = dt.time(14)
"""When the Fed tells its decisions."""
RECENT = 340
"""Bars that are held against the checks in every run.

A year, and what its first moves are measured by.
"""


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
    manifest: list[dict[str, str]] = field(default_factory=list)
    ranges: Mapping[str, tuple[float, float] | None] = field(
        default_factory=dict,
    )
    """The low and the high of each symbol's last finished session, where they
    are known.
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

    def instrument(self, symbol: str) -> Instrument:
        """The instrument *symbol*, or the fund that stands in for it."""
        if symbol in self.proxies:
            return told_by(symbol, self.proxies[symbol])
        return instrument(symbol).called_on(self.moment.session)

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
) -> Snapshot:
    """What *dataset* holds on *symbols* and was known at *moment*.

    Finished daily bars of the running session are dropped: its level comes from
    intraday bars alone. What is wrong with a series keeps that series out. A
    *required* symbol with a fault, missing or stale is an error.
    """
    asked, needed = list(symbols), list(required)
    rate_sources = dict[str, str]()
    rates, off = _rates(dataset, moment, rate_sources)
    shipped = dataset.folder == SAMPLE  # all findings on it are known
    recent_rates = pd.DataFrame() if shipped else _recent(rates)
    prices = _prices(dataset, moment, asked, needed, recent_rates)
    proxies = _stand_ins(
        dataset,
        moment,
        prices,
        proxies_of(asked, needed, prices.closes, prices.levels, moment),
    )
    last = moment.session if moment.state != "open" else moment.previous
    for symbol in needed:
        if symbol not in prices.closes:
            raise NoData(
                f"Dataset '{dataset.name}' has no daily closes of {symbol} by {last}.",
                subject=symbol,
            )
        quality.check_fresh(symbol, prices.closes[symbol], last)
    sources = prices.sources | rate_sources
    events = _events(dataset, moment)
    futures, without = _futures(dataset, moment, sources)
    defects = [*prices.defects, *off, *without]
    if not shipped:
        defects += check_rates(recent_rates) if rates else []
        defects += _of_meetings(dataset)
    blocked = _blocked(defects, dataset.accepted, needed)
    out = {defect.symbol for defect in blocked}
    rates = {name: series for name, series in rates.items() if name not in out}
    declared, starts = _declared(dataset, moment, asked)
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
    return Snapshot(
        absences=_absences(blocked),
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
        meetings=[] if MEETINGS_NAME in out else _meetings(dataset, moment),
        events=events,
        commentary=_commentary(dataset, moment, events),
        sources=sources,
        manifest=manifest(dataset),
        ranges=prices.ranges,
        blocked=blocked,
        proxies=proxies,
        agreeing=prices.agreeing,
        restricted=_restricted(dataset, sources),
        accepted=[a for a in dataset.accepted if any(map(a.covers, defects))],
    )


def _absences(blocked: Sequence[Defect]) -> dict[str, str]:
    """Why each symbol is kept out: all that the checks found, and what to do."""
    found: dict[str, list[str]] = {}
    for defect in blocked:
        found.setdefault(defect.symbol, []).append(str(defect))
    todo = "Correct the data, or accept the finding: reportgen data accept"
    shown = {symbol: "; ".join(reasons) for symbol, reasons in found.items()}
    return {symbol: f"{reasons}. {todo}" for symbol, reasons in shown.items()}


def _later(dataset: Dataset, symbols: Sequence[str]) -> tuple[str, ...]:
    """The series of a store that were not known at the moment, but later."""
    found = set[str]()
    for file in dataset.files:
        if not file.then or file.role not in (*SERIES, "events"):
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
    agreeing: dict[str, int]
    defects: list[Defect]


def _prices(
    dataset: Dataset,
    moment: Moment,
    symbols: list[str],
    needed: list[str],
    rates: pd.DataFrame,
) -> Prices:
    found, defects = _daily(dataset, moment, symbols, needed)
    if dataset.folder != SAMPLE:  # all findings on what we ship are known
        defects += _defects(found, rates, real=not dataset.simulated)
    told_by = {
        symbol: str(daily.recent["source"].iloc[-1])
        for symbol, daily in found.items()
        if "source" in daily.recent
    }
    counts, apart = agreeing(
        {symbol: daily.closes for symbol, daily in found.items()},
        told_by,
        _confirmations(dataset),
    )
    defects = [one for one in defects if not _confirmed(one, counts)] + apart
    paths = {symbol: daily.path for symbol, daily in found.items()}
    blocked = _blocked(defects, dataset.accepted, needed, paths)
    out = {defect.symbol for defect in blocked}
    kept = [symbol for symbol in found if symbol not in out]
    closes = {symbol: found[symbol].closes for symbol in kept}
    sources = {symbol: found[symbol].source for symbol in closes}
    levels, off = _intraday(dataset, moment, closes, sources, needed)
    defects += off
    ranges = {symbol: found[symbol].range for symbol in closes}
    ranges = {symbol: range for symbol, range in ranges.items() if range}
    return Prices(
        closes=closes,
        levels=levels,
        sources=sources,
        ranges=ranges,
        agreeing={s: counts[s] for s in closes},
        defects=defects,
    )


def _confirmed(defect: Defect, counts: Mapping[str, int]) -> bool:
    """Whether a second source confirms a move that nothing else confirms."""
    return defect.check == "unconfirmed" and counts.get(defect.symbol, 1) > 1


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
    pairs = ("closes", "levels", "sources", "ranges", "agreeing")
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
    return pd.DataFrame({name: s.iloc[-RECENT:] * 100 for name, s in rates.items() if len(s)})


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


def _defects(found: Mapping[str, Daily], rates: pd.DataFrame, *, real: bool) -> list[Defect]:
    """What the checks find on the newest bars of each symbol.

    Alone, and in a *real* market held against each other and against *rates* in percent.

    That it is older than the session is told where it is asked for.
    """
    others = usual_moves(
        {
            symbol: daily.closes.iloc[-RECENT:]
            for symbol, daily in found.items()
            if symbol in home().symbols
        }
    )
    bars = {
        symbol: Bars(
            instrument=instrument(symbol),
            frame=daily.recent,
            due=daily.closes.index[-1].date(),
            others=others,
        )
        for symbol, daily in found.items()
    }
    return findings(bars, rates, real=real)


def _let(defect: Defect, accepted: Sequence[Acceptance]) -> bool:
    """Whether a person lets *defect* stand."""
    return any(acceptance.covers(defect) for acceptance in accepted)


def _blocked(
    defects: Sequence[Defect],
    accepted: Sequence[Acceptance],
    needed: Collection[str],
    paths: Mapping[str, Path | None] | None = None,
) -> list[Defect]:
    """Those of *defects* that keep a series out and that nobody has accepted.

    *paths* are the files of symbols, where they are in one.

    Raises:
        BadData: One is of a *needed* symbol.
    """
    blocking = [defect for defect in defects if defect.severity == "block"]
    blocked = [defect for defect in blocking if not _let(defect, accepted)]
    for defect in blocked:
        if defect.symbol in needed:
            path = (paths or {}).get(defect.symbol)
            raise BadData(
                f"{defect}{f', in {path}' if path else ''}. Mend the data, or accept it with a"
                " reason: reportgen data accept.",
                subject=defect.symbol,
            )
    return blocked


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
    recent: pd.DataFrame
    """As they are in the file: also those that are no prices."""
    source: str
    range: tuple[float, float] | None
    path: Path | None
    """The file; None for a store."""


def _daily(
    dataset: Dataset, moment: Moment, symbols: list[str], needed: list[str]
) -> tuple[dict[str, Daily], list[Defect]]:
    """The closes of each symbol, and what only a look at the whole of its file finds.

    Raises:
        BadData: That is of a *needed* symbol.
    """
    found: dict[str, Daily] = {}
    defects: list[Defect] = []
    told = set[str]()
    for file in dataset.of_role("daily_bars"):
        frame = rows_of(file, [s for s in symbols if s not in told])
        for name, rows in frame.groupby("symbol"):
            symbol = str(name)
            try:
                known = _known_rows(dataset, file, rows, moment)
                wrong = _out_of_scale(dataset, file, rows, moment) if len(known) else []
            except BadData as error:
                known, wrong = rows[:0], [_found(error, "not_a_session", symbol, moment)]
            if wrong and symbol in needed:
                raise BadData(wrong[0].detail, subject=symbol)
            kept = usable(instrument(symbol), known, _accepted_days(dataset, symbol))
            defects += [*wrong, *_of_old_rows(dataset, file, known, kept, needed)]
            told |= {symbol} if wrong or len(known) else set()
            if len(kept):
                closes = pd.Series(
                    kept["close"].to_numpy(),
                    index=pd.DatetimeIndex(kept["date"]),
                    name=symbol,
                )
                found[symbol] = Daily(
                    closes=closes,
                    recent=known.iloc[-RECENT:],
                    source=_source(file, rows),
                    range=_range(kept, closes),
                    path=file.path if file.fetch is None else None,
                )
    return found, defects


def _known_rows(
    dataset: Dataset, file: DataFile, rows: pd.DataFrame, moment: Moment
) -> pd.DataFrame:
    """The *rows* of one symbol that are of its sessions and were known at the moment.

    Raises:
        BadData: One is of a day without a session, and nobody has accepted it.
    """
    symbol = str(rows["symbol"].iloc[0])
    days = pd.Series(0.0, index=pd.DatetimeIndex(rows["date"]))
    found, since = instrument(symbol), moment.session - 3 * YEAR
    if file.fetch is None or found.extra_days:
        let = _accepted_days(dataset, symbol, "not_a_session")
        days = quality.only_sessions(symbol, days, since, file.path, let)
    rule = _rule(file, symbol)
    ended = "utc-midnight" if rule == "utc-midnight" else "close"
    cut = _cut(_cut(days, rule, moment, found.sessions), ended, moment, found.sessions)
    return rows if len(cut) == len(rows) else rows[rows["date"].isin(cut.index)]


def _accepted_days(dataset: Dataset, symbol: str, check: str = "non_positive") -> list[dt.date]:
    """The days on which a person lets a finding of that *check* on *symbol* stand."""
    return [a.day for a in dataset.accepted if (a.symbol, a.check) == (symbol, check)]


def _found(error: BadData, check: str, symbol: str, moment: Moment) -> Defect:
    """The finding of *check* that *error* is."""
    return Defect(
        check=check,
        severity="block",
        symbol=symbol,
        day=moment.session,
        detail=str(error).rstrip("."),
    )


def _of_old_rows(
    dataset: Dataset,
    file: DataFile,
    known: pd.DataFrame,
    kept: pd.DataFrame,
    needed: Collection[str],
) -> list[Defect]:
    """Findings on rows that are no prices, where those on the newest rows do not keep them out.

    Those of an index at any time, for a record may be any year's, and those of a symbol that has no
    price at all.

    Raises:
        BadData: One is of a *needed* symbol.
    """
    if len(known) == len(kept):
        return []
    found = instrument(str(known["symbol"].iloc[0]))
    if len(kept) and found.kind != "index":
        return []
    rows = known.iloc[-1:]
    if len(kept):
        rows = known[known["date"] < kept["date"].iloc[-1] - BLOCKING]
    wrong = not_usable(found, rows) if len(rows) else []
    off = [replace(d, severity="block") for d in wrong if d.check != "repeated_row"]
    _blocked(off, dataset.accepted, needed, {found.symbol: file.path})
    return off


def _rule(file: DataFile, symbol: str) -> str:
    """When a bar of *symbol* is known, by the file or by the instrument."""
    found = instrument(symbol)
    if found.sessions.always:
        return "utc-midnight"
    said = file.available.get(symbol) or file.available.get("default")
    return said or found.published or "close"


def _out_of_scale(
    dataset: Dataset, file: DataFile, rows: pd.DataFrame, moment: Moment
) -> list[Defect]:
    """A finding where a file has one symbol in two units, if not accepted."""
    symbol = str(rows["symbol"].iloc[0])
    accepted = any((a.symbol, a.check) == (symbol, "scale") for a in dataset.accepted)
    if accepted or file.fetch is not None:
        return []
    try:
        quality.check_scale(
            rows,
            file.path,
            "date",
            moment.session - 3 * YEAR,
            moment.session + YEAR,
        )
    except BadData as error:
        return [_found(error, "scale", symbol, moment)]
    return []


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
    needed: Collection[str],
) -> tuple[dict[str, pd.Series], list[Defect]]:
    """The levels of each symbol by the ends of its bars, and why some have none.

    Raises:
        BadData: The bars of a *needed* symbol, or all of a file, are off.
    """
    levels: dict[str, pd.Series] = {}
    defects: list[Defect] = []
    for file in dataset.of_role("intraday_bars"):
        frame = rows_of(file, closes)
        if file.fetch is None:  # a store keeps the ends of its bars
            quality.check_step(frame, file.path, file.minutes)
        for name, rows in frame.groupby("symbol"):
            symbol = str(name)
            known = _levels(file, rows, moment)
            judges = _judges(file, rows, moment, known, closes[symbol])
            if off := next(_off(judges, symbol, moment), None):
                if symbol in needed:
                    raise off[0]
                defects.append(off[1])
                continue
            levels[symbol] = known
            sources.setdefault(symbol, _source(file, rows))
            if moment.state == "open" and len(known):
                sources[f"{symbol} during the session"] = _source(file, rows)
    return levels, defects if moment.state == "open" else []


def _levels(file: DataFile, rows: pd.DataFrame, moment: Moment) -> pd.Series:
    """The levels of one symbol that were known at the moment, by the ends of its bars."""
    once = rows.drop_duplicates("start")
    ends = pd.DatetimeIndex(once["start"]) + pd.Timedelta(minutes=file.minutes)
    series = pd.Series(once["close"].to_numpy(), index=ends, name=rows["symbol"].iloc[0])
    return series[: pd.Timestamp(moment.at)]


def _judges(
    file: DataFile,
    rows: pd.DataFrame,
    moment: Moment,
    known: pd.Series,
    closes: pd.Series,
) -> Mapping[str, Callable[[], None]]:
    """What refuses the bars of one symbol, by the check that it stands for."""
    path, until = file.path, moment.session + YEAR
    unlike = rows.drop_duplicates(["start", "close"])

    def in_scale() -> None:
        quality.check_scale(rows, path, "start", moment.session, until)
        if len(known):
            level, close, at = float(known.iloc[-1]), float(closes.iloc[-1]), known.index[-1]
            quality.check_level(str(known.name), level, close, path, at)

    judges = {
        "non_positive": lambda: quality.check_prices(rows, path, "start"),
        "duplicate": lambda: quality.check_once(unlike, path, "symbol", "start"),
    }
    others = {
        "scale": in_scale,
        "not_a_session": lambda: quality.check_intraday(rows, path),
    }
    return others if file.fetch is not None else judges | others


def _off(
    judges: Mapping[str, Callable[[], None]], symbol: str, moment: Moment
) -> Iterator[tuple[BadData, Defect]]:
    """The errors of *judges* on *symbol*, and the findings that they are."""
    for check, judge in judges.items():
        try:
            judge()
        except BadData as error:
            yield error, _found(error, check, symbol, moment)


def _rates(
    dataset: Dataset,
    moment: Moment,
    sources: dict[str, str],
) -> tuple[dict[str, pd.Series], list[Defect]]:
    """The values of each series as fractions, and what is off in the whole of a file."""
    rates: dict[str, pd.Series] = {}
    defects: list[Defect] = []
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
                defects += doubled(rows[rows["date"].isin(known.index)])
            try:
                quality.check_bounds(known.to_frame(), file.path, quality.RATE)
            except BadData as error:
                defects.append(_found(error, "unit", str(name), moment))
            rates[str(name)] = known
            sources[str(name)] = _source(file, rows)
    return rates, defects


def _futures(
    dataset: Dataset,
    moment: Moment,
    sources: dict[str, str],
) -> tuple[pd.DataFrame, list[Defect]]:
    """The settlements by day, a column for each contract, and why there are none."""
    frames = []
    defects: list[Defect] = []
    for file in dataset.of_role("futures"):
        frame = rows_of(file).drop_duplicates(["date", "contract", "settle"])
        if frame.empty:
            continue
        try:
            quality.check_once(frame, file.path, "contract", "date")
            table = frame.pivot(index="date", columns="contract", values="settle")
            table = _cut(table.sort_index(), file.known_at("default"), moment)
            quality.check_bounds(table, file.path, quality.FUTURE)
        except BadData as error:
            defects.append(_found(error, "duplicate", policy_futures(), moment))
            continue
        frames.append(table)
        sources[policy_futures()] = _source(file, frame)
    return pd.concat(frames) if frames else pd.DataFrame(), defects


def _confirmations(dataset: Dataset) -> pd.DataFrame:
    """The closes of second sources."""
    frames = []
    for file in dataset.of_role("confirmations"):
        rows = rows_of(file).dropna(subset=["close"])
        known = "source" in rows
        frames.append(rows if known else rows.assign(source=file.source))
    if not frames:
        return pd.DataFrame(columns=["date", "symbol", "close", "source"])
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


def _of_meetings(dataset: Dataset) -> Iterator[Defect]:
    """Regular meetings that the shipped calendar of their year does not have."""
    listed = listed_meetings()
    years = {end.year for _, end in listed}
    for file in dataset.of_role("meetings"):
        rows = rows_of(file)
        regular = rows[rows["type"].str.lower() == "regular"]
        for row in regular.to_dict("records"):
            start, end = row["start"].date(), row["end"].date()
            if end.year in years and (start, end) not in listed:
                nearest = min(listed, key=lambda one: abs(one[1] - end))
                yield Defect(
                    check="fed_table",
                    severity="block",
                    symbol=MEETINGS_NAME,
                    day=end,
                    detail=(
                        f"no meeting ends that day; the nearest one is from {nearest[0]}"
                        f" to {nearest[1]}"
                    ),
                )


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

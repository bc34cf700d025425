"""The part of a dataset that is known at a moment, all that a kernel gets."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from reportgen.datasets.validation.defects import Bars, examine, sound, usual_moves
from reportgen.datasets.validation.rates import rates as check_rates
from reportgen.datasets.validation.together import together
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
    intraday bars alone. Bars are checked before they are cut, so that a broken
    file is refused whatever the moment. A *required* symbol that is missing or
    stale is an error.
    """
    asked, needed = list(symbols), list(required)
    rate_sources = dict[str, str]()
    rates = _rates(dataset, moment, rate_sources)
    recent_rates = _recent(rates)
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
    defects = list(prices.defects)
    if dataset.folder != SAMPLE:
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
        futures=_futures(dataset, moment, sources),
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
    found = _daily(dataset, moment, symbols, needed)
    defects = [defect for daily in found.values() for defect in daily.defects]
    if dataset.folder != SAMPLE:  # all findings on what we ship are known
        defects += _defects(found, rates)
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
    defects = [one for one in defects if not _borne_out(one, counts)] + apart
    blocked = _blocked(defects, dataset.accepted, needed)
    out = {defect.symbol for defect in blocked}
    kept = [symbol for symbol in found if symbol not in out]
    closes = {symbol: found[symbol].closes for symbol in kept}
    sources = {symbol: found[symbol].source for symbol in closes}
    levels = _intraday(dataset, moment, closes, sources)
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


def _borne_out(defect: Defect, counts: Mapping[str, int]) -> bool:
    """Whether a second source tells the price that nothing else bears out."""
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


def _defects(found: Mapping[str, Daily], rates: pd.DataFrame) -> list[Defect]:
    """What the checks find on the newest bars of each symbol.

    Alone, and held against each other and against *rates* in percent.

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
    alone = [defect for one in bars.values() for defect in examine(one)]
    return alone + together(sound(bars, alone), rates)


def _let(defect: Defect, accepted: Sequence[Acceptance]) -> bool:
    """Whether a person lets *defect* stand."""
    return any(acceptance.covers(defect) for acceptance in accepted)


def _blocked(
    defects: Sequence[Defect],
    accepted: Sequence[Acceptance],
    needed: Sequence[str],
) -> list[Defect]:
    """Those of *defects* that keep a series out and that nobody has accepted.

    Raises:
        BadData: One is of a *needed* symbol.
    """
    blocking = [defect for defect in defects if defect.severity == "block"]
    blocked = [defect for defect in blocking if not _let(defect, accepted)]
    for defect in blocked:
        if defect.symbol in needed:
            raise BadData(
                f"{defect}. Mend the data, or accept it with a reason: reportgen data accept.",
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
    source: str
    range: tuple[float, float] | None
    defects: list[Defect]
    """What is off in its whole history."""


def _daily(
    dataset: Dataset, moment: Moment, symbols: list[str], needed: list[str]
) -> dict[str, Daily]:
    found: dict[str, Daily] = {}
    since = moment.session - 3 * YEAR
    for file in dataset.of_role("daily_bars"):
        frame = rows_of(file, [s for s in symbols if s not in found])
        for name, rows in frame.groupby("symbol"):
            symbol = str(name)
            series = pd.Series(
                rows["close"].to_numpy(),
                index=pd.DatetimeIndex(rows["date"]),
                name=symbol,
            )
            if file.fetch is None or instrument(symbol).extra_days:
                series = quality.only_sessions(symbol, series, since, file.path)
            rule = _rule(file, symbol)
            ended = "utc-midnight" if rule == "utc-midnight" else "close"
            own = instrument(symbol).sessions
            cut = _cut(_cut(series, rule, moment, own), ended, moment, own)
            if len(cut):
                recent = rows.iloc[-RECENT - (len(series) - len(cut)) :]
                recent = recent[recent["date"].isin(cut.index)]
                wrong = []
                if file.fetch is None:
                    wrong = _out_of_scale(dataset, file, rows, moment)
                if wrong and symbol in needed:
                    raise BadData(wrong[0].detail, subject=symbol)
                found[symbol] = Daily(
                    closes=cut,
                    recent=recent,
                    source=_source(file, rows),
                    range=_range(rows, cut),
                    defects=wrong,
                )
    return found


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
    if any((a.symbol, a.check) == (symbol, "scale") for a in dataset.accepted):
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
        return [
            Defect(
                check="scale",
                severity="block",
                symbol=symbol,
                day=moment.session,
                detail=str(error),
            )
        ]
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
) -> dict[str, pd.Series]:
    levels: dict[str, pd.Series] = {}
    for file in dataset.of_role("intraday_bars"):
        frame = rows_of(file, closes)
        quality.check_scale(
            frame,
            file.path,
            "start",
            moment.session,
            moment.session + YEAR,
        )
        quality.check_intraday(frame, file.path)
        if file.fetch is None:  # a store keeps the ends of its bars
            quality.check_step(frame, file.path, file.minutes)
        for symbol, rows in frame.groupby("symbol"):
            starts = pd.DatetimeIndex(rows["start"])
            ends = starts + pd.Timedelta(minutes=file.minutes)
            series = pd.Series(rows["close"].to_numpy(), index=ends, name=symbol)
            known = series[: pd.Timestamp(moment.at)]
            if len(known):
                quality.check_level(
                    str(symbol),
                    float(known.iloc[-1]),
                    float(closes[str(symbol)].iloc[-1]),
                    file.path,
                    ends[len(known) - 1],
                )
            levels[str(symbol)] = known
            sources.setdefault(str(symbol), _source(file, rows))
            if moment.state == "open" and len(known):
                sources[f"{symbol} during the session"] = _source(file, rows)
    return levels


def _rates(
    dataset: Dataset,
    moment: Moment,
    sources: dict[str, str],
) -> dict[str, pd.Series]:
    rates: dict[str, pd.Series] = {}
    for file in dataset.of_role("rates"):
        frame = rows_of(file)
        for name, rows in frame.groupby("series"):
            series = pd.Series(
                rows["value"].to_numpy() / 100,
                index=pd.DatetimeIndex(rows["date"]),
                name=name,
            )
            rates[str(name)] = _cut(series, file.known_at(str(name)), moment)
            quality.check_bounds(
                rates[str(name)].to_frame(),
                file.path,
                quality.RATE,
            )
            sources[str(name)] = _source(file, rows)
    return rates


def _futures(
    dataset: Dataset,
    moment: Moment,
    sources: dict[str, str],
) -> pd.DataFrame:
    frames = []
    for file in dataset.of_role("futures"):
        frame = rows_of(file)
        if frame.empty:
            continue
        table = frame.pivot(index="date", columns="contract", values="settle")
        table = table.sort_index()
        frames.append(_cut(table, file.known_at("default"), moment))
        quality.check_bounds(frames[-1], file.path, quality.FUTURE)
        sources[policy_futures()] = _source(file, frame)
    return pd.concat(frames) if frames else pd.DataFrame()


def _confirmations(dataset: Dataset) -> pd.DataFrame:
    """The closes of second sources."""
    frames = []
    for file in dataset.of_role("confirmations"):
        rows = rows_of(file)
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

"""The recent closes of a long list of stocks, side by side.

A list may have thousands of stocks, and a brief tells of a few. Those that moved farthest are read
and judged whole, as every other series is. The others count ("so many rose") by their recent
closes, once a screen has found nothing in them that a rule of the validation could object to. What
the screen doubts is judged whole, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from reportgen.datasets.dataset import DataFile, Dataset
from reportgen.datasets.table_cache import recent, table
from reportgen.datasets.validation import screen
from reportgen.datasets.validation.screen import Tables
from reportgen.markets.calendar import STARTS, Moment
from reportgen.markets.publication import known_by
from reportgen.record.request import Report
from reportgen.statistics import movers
from reportgen.statistics.indexes import sessions as sessions_of

SPAN = dt.timedelta(days=420)
"""How far back the closes reach: a year, and what its first moves are measured by."""
MOST, MOST_NAMED = 24, 6
"""How many of the list are read whole because they moved farthest, and how many of its named ones.

On a wild day each of the first is a stock that few readers follow.
"""
TRADES = 21
"""A stock without a close in so many sessions has stopped trading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list of stocks that is asked for."""

    members: Sequence[str]
    """Its symbols."""
    everything: bool = False
    """Whether it also has each other stock of the exchange that the data have."""
    named: Sequence[str] = ()
    """Its symbols that must have prices, each of them."""
    floor: float = 1.0
    """The share of the list that must have prices."""
    window: str = ""
    """Over what the farthest moves are taken: "week", "month" and so on; "" for the day."""
    name: str = ""
    """What sentences call its stocks; "" without a name."""
    most: int = MOST
    """How many are read whole because they moved farthest."""

    @classmethod
    def of(cls, report: Report, moment: Moment) -> Listed | None:
        """The list of *report* at *moment*, None where it has none."""
        if not report.ranks:
            return None
        listed = report.universe
        members = listed.on(moment.session)
        return cls(
            members=members,
            everything=listed.everything,
            named=[symbol for symbol in members if symbol in listed.listed],
            floor=listed.floor,
            window=report.window if report.window in STARTS else "",
            name=listed.name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The recent closes of a list, as known at a moment."""

    members: tuple[str, ...] = ()
    """All stocks of the list."""
    name: str = ""
    """What sentences call its stocks; "" without a name."""
    named: tuple[str, ...] = ()
    """Those that must have prices, each of them."""
    floor: float = 1.0
    closes: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The closes of those that have the newest one: a row a session, a column a symbol."""
    without: Mapping[str, str] = field(default_factory=dict)
    """Why each of the others has no close that counts."""
    whole: tuple[str, ...] = ()
    """Stocks with their whole history read: doubted ones, and those that moved farthest."""
    farthest: tuple[str, ...] = ()
    """Those that moved farthest, the farthest first; then those of the named ones."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where the closes of each come from."""
    moves: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The moves of the list's stocks as logarithms, by day: what bears out a large move."""

    @property
    def enough(self) -> bool:
        """Whether as many have prices as the floor asks for."""
        return len(self.closes.columns) >= self.floor * len(self.members) > 0

    def less(self, absent: Mapping[str, str]) -> Panel:
        """The panel without the symbols in *absent*, which gives the reason for each."""
        out = {symbol: why for symbol, why in absent.items() if symbol in self.closes}
        return replace(
            self,
            closes=self.closes.drop(columns=[*out]),
            without={**self.without, **out},
            farthest=tuple(symbol for symbol in self.farthest if symbol not in out),
            moves=pd.DataFrame(),
        )


def panel_of(dataset: Dataset, moment: Moment, listed: Listed, others: Collection[str]) -> Panel:
    """The panel of a list: of each stock the rows of the first file that has it.

    Args:
        dataset: The data.
        moment: What is known.
        listed: The list.
        others: Symbols that the same files are read for afterwards.
    """
    newest = moment.previous if moment.state == "open" else moment.session
    sessions = moment.calendar.session_index(newest - SPAN, newest)
    tables, doubted, sources = _side_by_side(dataset, moment, listed, others, sessions)
    closes = tables["close"]
    every = [*listed.members, *(_trading(closes) if listed.everything else ())]
    members = tuple(dict.fromkeys(every))
    here = closes[[symbol for symbol in members if symbol in closes]]
    due = here.columns[here.iloc[-1].notna()] if len(here) else here.columns
    priced = here[due]
    doubted |= screen.doubtful({name: one.reindex(columns=due) for name, one in tables.items()})
    live = _running(dataset, moment, due) if moment.state == "open" else None
    named = priced[[symbol for symbol in listed.named if symbol in priced]]
    farthest = _farthest(priced, listed.window, live, listed.most) if listed.most else []
    if len(named.columns) and listed.most:
        more = _farthest(named, listed.window, live, MOST_NAMED)
        farthest = [*dict.fromkeys([*farthest, *more])]
    return Panel(
        members=members,
        name=listed.name,
        named=tuple(listed.named),
        floor=listed.floor,
        closes=priced,
        without={
            symbol: _why_not(symbol, here, newest, dataset.name)
            for symbol in members
            if symbol not in priced
        },
        whole=tuple(dict.fromkeys([*(one for one in due if one in doubted), *farthest])),
        farthest=tuple(farthest),
        sources=sources,
        moves=moves_of(priced),
    )


def moves_of(closes: pd.DataFrame) -> pd.DataFrame:
    """The moves of *closes* as logarithms, from a row to the next; NaN beside what is no price."""
    levels = closes.to_numpy(dtype=float, copy=True)
    levels[~(levels > 0)] = np.nan
    moves = np.full_like(levels, np.nan)
    moves[1:] = np.diff(np.log(levels), axis=0)
    return pd.DataFrame(moves, index=closes.index, columns=closes.columns)


def _side_by_side(
    dataset: Dataset,
    moment: Moment,
    listed: Listed,
    others: Collection[str],
    sessions: pd.DatetimeIndex,
) -> tuple[Tables, set[str], dict[str, str]]:
    """The columns of the list's bars, a table each; the symbols with rows that are off; sources."""
    found: list[Tables] = []
    doubted, have = set[str](), set[str]()
    sources = dict[str, str]()
    asked = None if listed.everything else listed.members
    for file in dataset.of_role("daily_bars"):
        bars = recent(file, asked, moment.calendar, sessions, others)
        bars = _known(file, bars, sessions, moment)
        fresh = [str(symbol) for symbol in bars.tables["close"] if symbol not in have]
        tables = bars.tables
        if len(fresh) < len(tables["close"].columns):
            tables = {name: one[fresh] for name, one in tables.items()}
        sources |= {symbol: bars.sources.get(symbol, file.source) for symbol in fresh}
        have |= {*fresh}
        found.append(tables)
        doubted |= {*bars.off} & {*fresh}
    names = screen.COLUMNS
    empty = pd.DataFrame(index=sessions)
    joined = {
        name: pd.concat([empty, *(tables[name] for tables in found)], axis=1) for name in names
    }
    return joined, doubted, sources


def _known(
    file: DataFile, bars: screen.Bars, sessions: pd.DatetimeIndex, moment: Moment
) -> screen.Bars:
    """Those of *bars* on *sessions* that were known at the moment, by the rules of the file."""
    usual = file.available.get("default", "close")
    found = bars.cut(sessions, _last_known(usual, moment))
    late = {
        symbol: _last_known(rule, moment)
        for symbol, rule in file.available.items()
        if symbol in found.tables["close"]
    }
    if not late:
        return found
    tables = {name: table.copy() for name, table in found.tables.items()}
    for symbol, last in late.items():
        for column in tables.values():
            column.loc[column.index > last, symbol] = np.nan
    return replace(found, tables=tables)


def _last_known(rule: str, moment: Moment) -> pd.Timestamp:
    """The last day with a bar that was known at the moment, by *rule*."""
    day = moment.session
    while known_by(rule, day, moment.calendar) > moment.known:
        day = moment.calendar.neighbours(day)[0]
    return pd.Timestamp(day)


def _trading(closes: pd.DataFrame) -> Iterable[str]:
    """The stocks that had a close in the last sessions."""
    return closes.columns[closes.iloc[-TRADES:].notna().any()]


def _why_not(symbol: str, closes: pd.DataFrame, newest: dt.date, name: str) -> str:
    """Why a member has no close of the day *newest*."""
    if symbol not in closes or closes[symbol].isna().all():
        return f"{symbol}: dataset '{name}' has no closes by {newest}"
    last = sessions_of(closes[symbol].dropna())[-1].date()
    return f"{symbol}: the newest close is of {last}, {newest} is needed; reportgen fetch {symbol}"


def _running(dataset: Dataset, moment: Moment, symbols: Iterable[str]) -> pd.Series:
    """The newest price of the running session of each of *symbols* that has one."""
    newest = dict[str, float]()
    wanted = {*symbols}
    for file in dataset.of_role("intraday_bars"):
        rows = table(file, wanted)
        ends = rows["start"] + pd.Timedelta(minutes=file.minutes)
        today = (ends > pd.Timestamp(moment.opened)) & (ends <= pd.Timestamp(moment.at))
        for symbol, price in rows[today].groupby("symbol")["close"].last().items():
            newest.setdefault(str(symbol), float(price))
    return pd.Series(newest, dtype=float)


def _farthest(closes: pd.DataFrame, window: str, live: pd.Series | None, most: int) -> list[str]:
    """At most *most* symbols that moved farthest over the *window*, or so far in a session."""
    if live is not None:
        here = [symbol for symbol in closes.columns if symbol in live]
        if not here:  # nothing is known of today: what is missing is named for each
            return [*closes.columns][:most]
        after = pd.DatetimeIndex([closes.index[-1] + pd.Timedelta(days=1)])
        running = pd.DataFrame([live.reindex(here).to_numpy()], index=after, columns=here)
        closes = pd.concat([closes[here], running])
    begin = STARTS[window](closes.index[-1].date()) if window else None
    return movers.farthest(closes, most, begin)

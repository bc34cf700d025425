"""A quick look at many series at once: which of them could have a fault.

The rules on a single series take milliseconds, which is too long for each of thousands of stocks.
The screen is their shadow: whatever one of them blocks, the screen doubts, and what it doubts is
judged by the rules. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.datasets.validation.finding import FRESH

COLUMNS = ("close", "open", "high", "low", "volume")
Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Tables = Mapping[str, pd.DataFrame]
"""A table of each column: a row a session, a column a symbol."""

SPLIT = np.log(1.8)
"""The size of a move, as a logarithm, that can be a split or another unit."""
LARGE = 0.13
"""The size of a move of the last sessions that can be a small split, or need confirmation."""
BUSY, USUAL = 2.6, 60
"""The volume that confirms a large move: times the median of so many sessions before."""
WITNESSES, CONFIRMS, APART = 2, 0.15, 0.03
"""How many other stocks, with a move of what size, confirm one, and how far theirs are from it."""
SLACK = 9e-5
"""How far a close may lie outside the range of its bar."""
WIDE = 0.19
"""The range of a bar, in money, that never repeats that of the bar before."""
LEAST = 40
"""Rows from which the columns of opening prices and closes are compared."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of many stocks on the sessions of their exchange."""

    tables: Tables
    off: Mapping[str, pd.DatetimeIndex]
    """The days of rows that a symbol has twice, or off the sessions."""
    changes: Mapping[str, Sequence[tuple[pd.Timestamp, str]]] = field(default_factory=dict)
    """The sources of each symbol's rows, where the rows name them: from which day on which one."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The source of the newest row of each that is known."""

    def cut(self, sessions: pd.DatetimeIndex, last: pd.Timestamp) -> Bars:
        """Those of *sessions*, each of them one of these, as known until the day *last*."""
        days = self.tables["close"].index
        begin = days.searchsorted(sessions[0])
        shown = slice(begin, begin + len(sessions))
        known = slice(begin, min(begin + len(sessions), days.searchsorted(last, "right")))
        tables = {
            name: table.iloc[shown] if known == shown else table.iloc[known].reindex(sessions)
            for name, table in self.tables.items()
        }
        off = {
            symbol: strange[(strange >= sessions[0]) & (strange <= last)]
            for symbol, strange in self.off.items()
        }
        sources = {
            symbol: [source for since, source in changes if since <= last][-1]
            for symbol, changes in self.changes.items()
            if changes[0][0] <= last
        }
        strange = {symbol: days for symbol, days in off.items() if len(days)}
        return Bars(tables, strange, self.changes, sources)


def side_by_side(
    rows: pd.DataFrame, sessions: pd.DatetimeIndex, wanted: Callable[[str], bool] = bool
) -> Bars:
    """The columns of *rows* as tables, and the days with a row twice or off the sessions.

    Args:
        rows: Bars of stocks: columns date, symbol and close, and others where they are known.
        sessions: The sessions of their exchange.
        wanted: Whether a symbol is wanted.
    """
    symbols, found = pd.factorize(rows["symbol"])
    fits = np.array([wanted(name) for name in found], dtype=bool)
    names = np.asarray(found, dtype=object)[fits]
    if not fits.all():
        here = fits[symbols]
        rows, symbols = rows[here], (np.cumsum(fits) - 1)[symbols[here]]
    dates = pd.DatetimeIndex(rows["date"])
    days = sessions.get_indexer(dates)
    on = days >= 0
    places = days[on] * len(names) + symbols[on]
    counts = np.bincount(places, minlength=len(sessions) * len(names))
    twice = np.flatnonzero(counts > 1)
    session, name = np.divmod(twice, max(len(names), 1))
    strange = pd.Series(
        [*dates[~on], *sessions[session]],
        index=[*names[symbols[~on]], *names[name]],
        dtype="M8[ns]",
    )
    off = {str(symbol): pd.DatetimeIndex(days) for symbol, days in strange.groupby(level=0)}
    tables = dict[str, pd.DataFrame]()
    for column in COLUMNS:
        cells = np.full(len(sessions) * len(names), np.nan)
        if column in rows:
            cells[places] = rows[column].to_numpy(dtype=float)[on]
        shape = (len(sessions), len(names))
        tables[column] = pd.DataFrame(cells.reshape(shape), index=sessions, columns=[*names])
    return Bars(tables, off, _changes(rows))


def _changes(rows: pd.DataFrame) -> dict[str, list[tuple[pd.Timestamp, str]]]:
    """The days on which the source of each symbol's rows changed, the first one included."""
    found: dict[str, list[tuple[pd.Timestamp, str]]] = {}
    if "source" not in rows:
        return found
    changed = rows["source"] != rows.groupby("symbol")["source"].shift()
    for symbol, day, source in rows.loc[changed, ["symbol", "date", "source"]].to_numpy():
        found.setdefault(str(symbol), []).append((day, str(source)))
    return found


def doubtful(tables: Tables) -> set[str]:
    """The symbols of *tables* in which a rule could find a fault."""
    close = tables["close"].to_numpy()
    if close.shape[0] < 2:
        return {*tables["close"]}
    with np.errstate(all="ignore"):
        doubts = _gone(close) | _far(close, tables["volume"].to_numpy()) | _off_range(tables)
        doubts |= _repeated(tables) | _swapped(tables)
    return {*tables["close"].columns[doubts]}


def _gone(close: Array) -> Flags:
    """A close that is no price, or a session without one after the first."""
    known = np.isfinite(close)
    begun = np.maximum.accumulate(known, axis=0)
    return _in_any((known & (close <= 0)) | (begun & ~known))


def _far(close: Array, volume: Array) -> Flags:
    """A move that can be a split, or a large one of the last sessions that no volume confirms."""
    moves = np.diff(np.log(close), axis=0)
    found = _in_any(np.abs(moves) > SPLIT)
    for back in range(1, min(FRESH, len(moves)) + 1):
        usual = _median(volume[-back - USUAL : -back])
        shares = volume[-back] * np.minimum(np.exp(moves[-back]), 1)  # a split makes more of them
        large = np.abs(moves[-back]) > LARGE
        found |= large & ~(shares > BUSY * usual) & ~_witnessed(moves[-back])
    return found


def _witnessed(moves: Array) -> Flags:
    """Whether two other stocks moved as far that day, by other ratios, and at most half of all."""
    found = np.zeros(moves.shape, dtype=bool)
    for sign in (-1.0, 1.0):
        far = moves[moves * sign > CONFIRMS]
        mine = moves * sign > LARGE
        alike = (np.abs(moves[mine, None] - far[None, :]) > APART).sum(axis=1)
        found[mine] = (alike >= WITNESSES) & (alike <= (len(moves) - 1) / 2)
    return found


def _off_range(tables: Tables) -> Flags:
    """A close or a range that cannot be."""
    close, low, high = (tables[name].to_numpy() for name in ("close", "low", "high"))
    slack = np.abs(close) * SLACK
    off = (close < low - slack) | (close > high + slack) | (low > high + slack) | (low <= 0)
    return _in_any(off)


def _repeated(tables: Tables) -> Flags:
    """A bar of the last sessions that is the one before."""
    close, low, high = (tables[name].to_numpy() for name in ("close", "low", "high"))
    same = (close[1:] == close[:-1]) & (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    return _in_any((same & (high[1:] - low[1:] >= WIDE))[-FRESH:])


def _swapped(tables: Tables) -> Flags:
    """Closes that lie near the opening price before them: columns that have changed places."""
    close, opened = np.log(tables["close"].to_numpy()), np.log(tables["open"].to_numpy())
    if len(close) < LEAST:
        return np.zeros(close.shape[1], dtype=bool)
    overnight = _median(np.abs(opened[1:] - close[:-1]))
    turned = _median(np.abs(close[1:] - opened[:-1]))
    return np.asarray(turned < 0.75 * overnight, dtype=bool)


def _in_any(rows: Flags) -> Flags:
    """Whether a column is true in any of *rows*."""
    return np.asarray(rows.any(axis=0), dtype=bool)


def _median(table: Array) -> Array:
    """The median of each column of *table*; NaN where it has no value."""
    if not len(table):
        return np.full(table.shape[1], np.nan)
    found = np.asarray(np.median(table, axis=0), dtype=float)
    holes = np.isnan(table).any(axis=0)
    if holes.any():
        found[holes] = pd.DataFrame(table[:, holes]).median().to_numpy(dtype=float)
    return found

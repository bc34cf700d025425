"""Faults of market data that show only when series are compared with each other.

The rules need no second source: indexes and sector funds of one market move together, bars rarely
repeat the day before, and yields move with the stocks of banks and utilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation.finding import COMMON_DAYS, Bars, Row
from reportgen.datasets.validation.rows import closes as closes_of
from reportgen.datasets.validation.series import LARGE, robust
from reportgen.markets import home
from reportgen.markets.instruments import Instrument

Array = npt.NDArray[np.float64]

GROUP = ("index", "sector")
"""The kinds of instruments that move with their market."""
MEMBERS = 4
"""The members that a group needs before it judges one of them."""
JUDGES, APART, LEAST = 6, 13.0, 0.004
"""How many members judge one, how far its move can be from what the others say, in units of the
usual distance, and at least.

From 2000 to 2026 the largest distance of an index was 12.4, that of a sector fund 12.0.
"""
TRIM = 6.0
"""Days farther apart than this do not count for what is usual."""
EXPLAINED = 0.5
"""The share of a member's moves that the others must explain before they judge it."""
ALIKE, LEAST_ALIKE = 1 / 3, 3
"""The share and the number of series that never all repeat the close of the day before."""
COLUMN, LEAST_COLUMN = {"open": 0.5, "high": 0.8, "low": 0.8}, 5
"""The share and the number of series that never all close at the open, the high or the low.

On days of one direction, as at the end of a month of auctions, three quarters of the indexes of
different markets closed at their high or at their low.
"""
LEAST_WITNESSES, APART_RATIOS = 2, 0.03
"""How many other stocks must move as far to confirm a move, and how much their ratios must differ.

At most half of all stocks: a fault of the file hits them all alike.
"""
LEADS = 2.0
"""How far the sector of an industry must move to confirm a large move of its fund."""
LEANS = (-0.1, 0.35)
"""The least correlation of a fund with one index, and the largest with another, beyond the market.

From 2001 to 2026 technology had 0.40 at least; staples, utilities, banks, oil 0.02 at most.
"""
LEAST_SHIFT, SHIFTED = 0.15, 2.0
"""The share of a yield's changes that stocks of a neighbouring day must explain for a finding, and
how many times the share of the same day.
"""


def together(bars: Mapping[str, Bars], rates: pd.DataFrame) -> list[Defect]:
    """Findings on how *bars*, by symbol, fit each other and *rates*.

    *rates* are in percent: a row a day, a column a series; empty where there are none.
    Leave out bars that already have a fault: they would make correct ones look wrong.
    """
    open_to_close = {s: b for s, b in bars.items() if not b.instrument.sessions.always}
    tables = _tables(open_to_close)
    closes = tables["close"]
    if len(closes) < 2:
        return []
    rows = [*_frozen(closes), *_columns(tables)]
    group = [s for s, b in open_to_close.items() if _moves_with_the_market(b.instrument)]
    positive = closes[group].where(closes[group] > 0)
    moves = positive.apply(np.log).diff()
    rows += _apart(moves)
    rows += _leaning(bars, moves)
    rows += _ratios(bars, closes)
    rows += _session_shift(moves, rates)
    return [bars[symbol].defect(row) for symbol, row in rows]


def mixed(bars: Mapping[str, Bars], found: Sequence[Defect]) -> list[Defect]:
    """Findings on sector funds that are adjusted for dividends, beside some that are not.

    Over months the ones gain what the others pay out.
    """
    sectors = [symbol for symbol in home().sectors if symbol in bars]
    adjusted = {one.symbol: one.day for one in found if one.check == "off_grid"}
    plain = [symbol for symbol in sectors if symbol not in adjusted]
    told = f"adjusted for dividends, and {', '.join(plain)} not: over months they do not compare"
    return [
        bars[symbol].defect(Row("adjustment", adjusted[symbol], told))
        for symbol in sectors
        if plain and symbol in adjusted
    ]


def witnessed(
    bars: Mapping[str, Bars], found: Sequence[Defect], stocks: pd.DataFrame | None = None
) -> list[Defect]:
    """The findings without large moves that other stocks confirm.

    The other stocks moved as far on that day, by other ratios.

    Args:
        bars: The daily bars of each symbol.
        found: All findings.
        stocks: The moves of a list of stocks; without it, those of the stocks among the bars.
    """
    asked = [one for one in found if one.check in ("unconfirmed", "split_like")]
    if not asked:
        return [*found]
    alone = {s: one for s, one in bars.items() if one.instrument.kind == "stock"}
    closes = _tables(alone)["close"]
    moves = closes.where(closes > 0).apply(np.log).diff()
    if stocks is not None and len(stocks):
        moves = moves.join(stocks.drop(columns=[*alone], errors="ignore"))

    def confirmed(defect: Defect) -> bool:
        day = pd.Timestamp(defect.day)
        if defect.symbol not in alone and defect.check == "unconfirmed":
            return _led(bars, bars[defect.symbol], day)
        if defect.symbol not in alone or day not in moves.index:
            return False
        today = moves.loc[day].dropna()
        mine = today[[defect.symbol]].to_numpy()
        others = today.drop(defect.symbol).to_numpy()
        alike = (others * np.sign(mine) > LARGE) & (np.abs(others - mine) > APART_RATIOS)
        return LEAST_WITNESSES <= int(alike.sum()) <= len(others) / 2

    return [one for one in found if one not in asked or not confirmed(one)]


def _led(bars: Mapping[str, Bars], fund: Bars, day: pd.Timestamp) -> bool:
    """Whether the sector that a fund of an industry moves with went the same way, far for it."""
    sector = bars.get(fund.instrument.moves_with)
    if sector is None:
        return False
    sizes = [robust(closes_of(one)).get(day, 0.0) for one in (fund, sector)]
    return bool(sizes[0] * sizes[1] > 0 and abs(sizes[1]) > LEADS)


def _moves_with_the_market(known: Instrument) -> bool:
    return known.kind in GROUP and known.calendar == home().exchange


def _tables(bars: Mapping[str, Bars]) -> dict[str, pd.DataFrame]:
    """Close, open, high and low of all *bars*: a table each, a row a day, a column a symbol."""
    days = {symbol: one.recent["date"].to_numpy() for symbol, one in bars.items()}
    every = np.unique(np.concatenate([*days.values()])) if days else np.array([], "M8[ns]")
    tables = dict[str, pd.DataFrame]()
    for name in ("close", "open", "high", "low"):
        table = np.full((len(every), len(bars)), np.nan)
        for column, (symbol, one) in enumerate(bars.items()):
            if name in one.recent:
                table[np.searchsorted(every, days[symbol]), column] = one.recent[name].to_numpy()
        tables[name] = pd.DataFrame(table, index=pd.DatetimeIndex(every), columns=[*bars])
    return tables


Found = Iterator[tuple[str, Row]]


def _frozen(closes: pd.DataFrame) -> Found:
    """Days on which many series close as they did the session before."""
    same = (closes == closes.shift()).to_numpy()
    known = (closes.notna() & closes.shift().notna()).to_numpy()
    alike, all_told = same.sum(axis=1), known.sum(axis=1)
    many = (alike >= LEAST_ALIKE) & (alike >= ALIKE * all_told)
    for place in np.flatnonzero(many & (all_told >= MEMBERS)).tolist():
        day = closes.index[place].date()
        for column in np.flatnonzero(same[place]).tolist():
            detail = (
                f"the close is that of the session before, as are those of"
                f" {alike[place]} of {all_told[place]} series"
            )
            yield closes.columns[column], Row("frozen", day, detail)


def _columns(tables: Mapping[str, pd.DataFrame]) -> Found:
    """Days on which most series close at exactly their open, high or low."""
    closes = tables["close"]
    moved = (tables["high"] > tables["low"]).to_numpy(copy=True)
    moved[0] = False  # a first bar may have no opening price of its own
    for name in ("open", "high", "low"):
        same = (tables[name] == closes).to_numpy() & moved
        alike, all_told = same.sum(axis=1), moved.sum(axis=1)
        many = (alike >= LEAST_COLUMN) & (alike > COLUMN[name] * all_told)
        for place in np.flatnonzero(many).tolist():
            detail = f"{alike[place]} of {all_told[place]} series close at exactly their {name}"
            for column in np.flatnonzero(same[place]).tolist():
                row = Row("columns", closes.index[place].date(), detail)
                yield closes.columns[column], row


def _apart(moves: pd.DataFrame) -> Found:
    """Moves of a member that are far from what the moves of the others predict.

    The prediction comes from the inverse of the covariance. The distance of a move
    from its best linear estimate by all others is
    ``(move @ inverse) / diagonal(inverse)``. The member with the largest distance is
    reported and left out, so that one wrong series does not make others look wrong.

    Source: the partial regression identity, Lauritzen, Graphical Models (1996), 5.1.
    """
    names = [name for name in map(str, moves) if moves[name].notna().sum() >= COMMON_DAYS]
    table = moves[names].to_numpy()
    whole = table[~np.isnan(table).any(axis=1)]
    if len(names) < JUDGES or len(whole) < COMMON_DAYS:
        return
    level = float(np.median(_size(whole)))
    covariance, usual, judged = _fitted(whole, level)

    @cache
    def inverse_of(members: tuple[int, ...]) -> Array:
        return np.asarray(np.linalg.inv(covariance[np.ix_(members, members)]), dtype=np.float64)

    for place in range(len(table)):
        there = ~np.isnan(table[place])
        while there.sum() >= JUDGES:
            row = table[place, there]
            members = np.flatnonzero(there)
            inverse = inverse_of(tuple(members.tolist()))
            apart = (row @ inverse) / np.diag(inverse)
            size = np.sqrt(((row**2).sum() - row**2 + (row - apart) ** 2) / len(row))
            scale = np.maximum(size, level) / level  # of the day, had the member moved as told
            far = np.abs(apart) / (usual[there] * scale)
            far[~judged[there] | (np.abs(apart) < LEAST)] = 0
            worst = int(far.argmax())
            if far[worst] <= APART:
                break
            column = int(members[worst])
            told = (
                f"{_percent(row[worst])}, where the other indexes and sectors say"
                f" {_percent(row[worst] - apart[worst])}"
            )
            yield names[column], Row("apart", moves.index[place].date(), told)
            there[column] = False


def _size(rows: Array) -> Array:
    """The usual size of the moves in each of *rows*."""
    size: Array = np.sqrt((rows**2).mean(axis=1))
    return size


def _fitted(whole: Array, level: float) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Covariance, usual distance of each member, and which of them the others explain.

    Days count less the larger their moves are, and not at all where a member is far apart.
    """
    scaled = whole / (np.maximum(_size(whole), level) / level)[:, None]
    for _ in range(2):
        covariance = scaled.T @ scaled / len(scaled)
        covariance[np.diag_indices_from(covariance)] *= 1 + 1e-6
        inverse = np.linalg.inv(covariance)
        apart = scaled @ inverse / np.diag(inverse)
        usual = 1.4826 * np.median(np.abs(apart), axis=0) + 1e-9
        near = (np.abs(apart) <= TRIM * usual).all(axis=1)
        if near.sum() < COMMON_DAYS:
            break
        scaled = scaled[near]
    explained = 1 - 1 / (np.diag(inverse) * np.diag(covariance))
    return covariance, usual, explained >= EXPLAINED


def _percent(move: float) -> str:
    return f"{np.expm1(move):+.1%}"


def _leaning(bars: Mapping[str, Bars], moves: pd.DataFrame) -> Found:
    """Funds with the correlation of another fund, once the move of the market is removed."""
    lead = home().lead
    if lead not in moves or len(moves) < COMMON_DAYS:
        return

    @cache
    def beyond(symbol: str) -> pd.Series:
        return _beyond(moves[symbol], moves[lead])

    for symbol in map(str, moves):
        known = bars[symbol].instrument
        for other, sign in ((known.moves_with, 1), (known.moves_against, -1)):
            if other not in moves or len(moves[[symbol, other]].dropna()) < COMMON_DAYS:
                continue
            likeness = float(beyond(symbol).corr(beyond(other)))
            wrong = likeness < LEANS[0] if sign > 0 else likeness > LEANS[1]
            if wrong:
                detail = (
                    f"beyond the market it moves {'with' if sign < 0 else 'against'} {other}"
                    f" (correlation {likeness:.2f}); are these the prices of another fund?"
                )
                yield symbol, Row("swapped", moves.index[-1].date(), detail)


def _beyond(moves: pd.Series, market: pd.Series) -> pd.Series:
    """The *moves* less the part that the *market* explains."""
    rest: pd.Series = moves - market * (moves.cov(market) / market.var())
    return rest


def _ratios(bars: Mapping[str, Bars], closes: pd.DataFrame) -> Found:
    """Levels that are not a plausible multiple of another index's level."""
    for symbol, one in bars.items():
        told = one.instrument.times
        if told is None or symbol not in closes or told.of not in closes:
            continue
        both = closes[[symbol, told.of]].dropna()
        if both.empty:
            continue
        times = float(both[symbol].iloc[-1] / both[told.of].iloc[-1])
        if not told.least <= times <= told.most:
            detail = (
                f"{both[symbol].iloc[-1]:,.2f} is {times:.3g} times {told.of}, and"
                f" {told.least:g} to {told.most:g} times is plausible"
            )
            for name in (symbol, told.of):
                yield name, Row("implausible", both.index[-1].date(), detail)


def _session_shift(moves: pd.DataFrame, rates: pd.DataFrame) -> Found:
    """All indexes, if stocks move with the yields of a neighbouring session.

    The sector funds explain about a quarter of the variance of a yield's changes on the
    same day, and at most a tenth on the day before or after.
    """
    sectors = [symbol for symbol in home().sectors if symbol in moves]
    longest = next((name for name in home().yields if name in rates), None)
    if longest is None or len(sectors) < MEMBERS:
        return
    change = rates[longest].dropna().diff()
    explained = {
        step: _explained(moves[sectors], change.reindex(moves.index).shift(step))
        for step in (-1, 0, 1)
    }
    beside = max(explained[-1], explained[1])
    if beside > LEAST_SHIFT and beside > SHIFTED * explained[0]:
        step = "before" if explained[1] > explained[-1] else "after"
        detail = (
            f"stocks move with the yields of the session {step}"
            f" ({beside:.0%} explained, {explained[0]:.0%} on their own day);"
            " are the days of the bars right?"
        )
        for symbol in map(str, moves):
            if symbol not in sectors:
                yield symbol, Row("session_shift", moves.index[-1].date(), detail)


def _explained(table: pd.DataFrame, target: pd.Series) -> float:
    """The share of the variance of *target* that the columns of *table* explain."""
    both = table.assign(target=target).dropna()
    if len(both) < COMMON_DAYS:
        return 0.0
    known = np.column_stack([both[table.columns].to_numpy(), np.ones(len(both))])
    wanted = both["target"].to_numpy()
    fit = np.linalg.lstsq(known, wanted, rcond=None)[0]
    return float(1 - (wanted - known @ fit).var() / wanted.var()) if wanted.var() else 0.0

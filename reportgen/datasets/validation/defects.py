"""What is found wrong with market data, by the named checks.

A finding older than a year before the session never blocks: what a brief says
of a day, week, month or year does not rest on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from reportgen.core.checks import CHECKS, Defect, Severity
from reportgen.markets import home
from reportgen.markets.instruments import Instrument

YEAR = dt.timedelta(days=372)
RATIOS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50, 100)
SMALL_RATIOS = {5 / 4: "5 for 4", 4 / 3: "4 for 3", 3 / 2: "3 for 2"}
"""Splits whose move can also be news."""
OUTLIER, ALONE, FAR = 8.0, 3.0, 12.0
LARGE = 0.15
"""The size of a stock's move, as a logarithm, that needs confirmation.

Where no volume is known, only if it is `FAR`.
"""
FRESH = 5
"""The number of last sessions in which a large move needs confirmation."""
BUSY, BUSIER = 2.0, 2.5
"""The volume, in times the usual one, that confirms a large move, and one the size of a split.

Of 653 such moves of large stocks, 94 in a hundred had more than 2.5 times.
"""
COMPLETE = 0.9
"""The share of opening prices that must be known before their column is judged."""
DIGITS = 20
"""A bar with a range of this many of its last decimals never repeats the bar before."""
STORMY, GROUP = 4.0, 6.0
"""How far an index must move to confirm a large move of a stock, and of a commodity."""
GRID_DAYS = 250
COMMON_DAYS = 120
"""Days that series must share before they are held against each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The bars of one instrument in file order, with what the checks need."""

    instrument: Instrument
    frame: pd.DataFrame
    """Columns date and close; open, high and low where they are known."""
    due: dt.date
    """The last finished session."""
    others: pd.DataFrame | None = None
    """Moves of the other indexes in units of their usual ones, by day.

    Who moves alone is looked at twice.
    """


def examine(bars: Bars) -> list[Defect]:
    """All findings on *bars*, by day; that a close is missing comes last of a day's."""
    rows = [*_non_positive(bars)]
    frame = bars.frame[priced(bars.instrument, bars.frame["close"])]
    rows += duplicates(frame)
    frame = frame.drop_duplicates("date").sort_values("date")
    frame = frame.reset_index(drop=True)
    if len(frame):
        if not _whole(bars, frame):
            rows += [*_shifted(bars, frame)] or [*_calendar(bars, frame)]
        rows += [*_range(bars, frame), *_moves(bars, frame)]
        rows += [*_repeats(bars, frame), *_grid(bars, frame)]
        rows += [*_same_bar(bars, frame), *_swapped_columns(frame)]
        if not any(row.check == "scale" for row in rows):
            rows += _implausible(bars, frame)
    return sorted(
        (defect_of(bars, row) for row in rows),
        key=lambda defect: (defect.day, defect.check == "gap", defect.check),
    )


def priced(instrument: Instrument, closes: pd.Series) -> pd.Series:
    """Whether each of *closes* is a price: a number, and above zero where it must be."""
    finite = pd.Series(np.isfinite(closes), index=closes.index)
    return finite if instrument.below_zero else finite & (closes > 0)


def usable(
    instrument: Instrument,
    rows: pd.DataFrame,
    accepted: Collection[dt.date] = (),
) -> pd.DataFrame:
    """The *rows* that are prices, one of each day: of two, the later one in the file.

    Args:
        instrument: What the rows are of.
        rows: Columns date and close, by day.
        accepted: Days on which a person lets a price stand that is not above zero.
    """
    kept = priced(instrument, rows["close"])
    if accepted:
        let = rows["date"].isin([pd.Timestamp(day) for day in accepted])
        kept |= let & np.isfinite(rows["close"])
    kept &= ~rows[kept].duplicated("date", keep="last").reindex(rows.index, fill_value=False)
    return rows if kept.all() else rows[kept]


def not_usable(instrument: Instrument, rows: pd.DataFrame) -> list[Defect]:
    """The findings on *rows* without a price, and on days with two prices."""
    bars = Bars(instrument=instrument, frame=rows, due=rows["date"].max().date())
    prices = rows[priced(instrument, rows["close"])]
    return [defect_of(bars, row) for row in (*_non_positive(bars), *duplicates(prices))]


class Row(NamedTuple):
    """A finding before its instrument is known.

    The check's own severity unless one is given.
    """

    check: str
    day: dt.date
    detail: str
    severity: Severity | None = None


def defect_of(bars: Bars, row: Row) -> Defect:
    """The finding *row* on *bars*; it does not block if it is older than a year."""
    severity = row.severity or CHECKS[row.check][0]
    old = row.day < bars.due - YEAR and row.check != "stale"
    if severity == "block" and old:
        severity = "warn"
    return Defect(
        check=row.check,
        severity=severity,
        symbol=bars.instrument.symbol,
        day=row.day,
        detail=row.detail,
    )


def _non_positive(bars: Bars) -> Iterator[Row]:
    frame, closes = bars.frame, bars.frame["close"]
    for place in np.flatnonzero(~priced(bars.instrument, closes).to_numpy()):
        yield Row(
            "non_positive",
            frame["date"].iloc[place].date(),
            f"the close is {closes.iloc[place]}",
        )


def duplicates(frame: pd.DataFrame) -> Iterator[Row]:
    """Days with several rows in *frame*, and whether their closes differ."""
    if frame["date"].is_unique:
        return
    doubled = frame[frame.duplicated("date", keep=False)]
    for _, rows in doubled.groupby("date"):
        same = len(set(rows["close"])) == 1
        detail = "the same row twice"
        if not same:
            closes = (f"{close:,g}" for close in rows["close"].unique())
            detail = f"closes {' and '.join(closes)}"
        yield Row(
            "repeated_row" if same else "duplicate",
            rows["date"].iloc[0].date(),
            detail,
        )


def _whole(bars: Bars, frame: pd.DataFrame) -> bool:
    """Whether there is a bar of each session and of no other day, as is usual."""
    calendar = bars.instrument.sessions
    if calendar.always:
        return False
    days = frame["date"].to_numpy()
    first, last = frame["date"].iloc[0].date(), frame["date"].iloc[-1].date()
    due = calendar.session_index(first, max(last, bars.due)).to_numpy()
    return len(due) == len(days) and bool((due == days).all())


def _shifted(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    """Bars that would all lie on sessions if they were a day later."""
    calendar = bars.instrument.sessions
    if calendar.always or len(frame) < 20:
        return
    days = pd.DatetimeIndex(frame["date"]).normalize()
    sessions = calendar.session_index(
        days[0].date(),
        days[-1].date() + dt.timedelta(days=3),
    )
    on = days.isin(sessions).mean()
    after = (days + pd.Timedelta(days=1)).isin(sessions).mean()
    if on < 0.9 and after > 0.97:
        yield Row(
            "tz_shift",
            days[-1].date(),
            f"{1 - on:.0%} of the bars lie on days without a session, and all"
            " would lie on one a day later",
        )


def _calendar(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    days = pd.DatetimeIndex(frame["date"]).normalize()
    calendar = bars.instrument.sessions
    if calendar.always:
        every = pd.date_range(days[0], days[-1])
        missing, strange, last = every.difference(days), days[:0], bars.due
    else:
        sessions = calendar.session_index(
            days[0].date(),
            max(days[-1].date(), bars.due),
        )
        missing = sessions[sessions <= days[-1]].difference(days)
        strange = days.difference(sessions)
        if bars.instrument.extra_days:
            strange = days[:0]
        last = bars.due
    told = bars.frame["date"][np.isfinite(bars.frame["close"])]  # a wrong close is none missing
    for day in missing.difference(pd.DatetimeIndex(told).normalize()):
        yield Row(
            "gap",
            day.date(),
            f"the close of {day.date()} ({day:%A}) is missing",
        )
    for day in strange:
        yield Row(
            "not_a_session",
            day.date(),
            f"{day:%A}, {calendar.closing_reason(day.date())}",
        )
    if days[-1].date() < last:
        yield Row("stale", days[-1].date(), f"{last} was due")


def _range(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    if "low" not in frame or "high" not in frame:
        return
    low, high, close = (frame[name].to_numpy() for name in ("low", "high", "close"))
    slack = np.abs(close) * 1e-4  # closes are rounded
    outside = (close < low - slack) | (close > high + slack)
    wrong = (low > high + slack) | outside
    if not bars.instrument.below_zero:
        wrong |= low <= 0
    strange = wrong
    if "open" in frame:
        opened = frame["open"].to_numpy()
        outside = (opened < low - slack) | (opened > high + slack)
        strange = wrong | ((opened > 0) & outside)
    for place in np.flatnonzero(strange).tolist():
        row = frame.iloc[place]
        known = (name for name in ("open", "low", "high", "close") if name in frame)
        shown = ", ".join(f"{name} {row[name]:,.2f}" for name in known)
        # A brief uses no opening price, so a wrong one is a warning.
        severity: Severity | None = None if wrong[place] else "warn"
        yield Row("ohlc", row["date"].date(), shown, severity)


def robust(closes: pd.Series) -> pd.Series:
    """Each move in units of the usual one.

    1.4826 times the median size of the 60 moves before it; NaN for the first 20.
    """
    moves = np.log(closes.where(closes > 0)).diff()
    usual = 1.4826 * moves.abs().rolling(60, min_periods=20).median().shift()
    units: pd.Series = moves / usual.clip(lower=5e-4)
    return units


def usual_moves(closes: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The moves of the stock indexes in units of usual ones, by day and symbol."""
    known = [symbol for symbol in home().symbols if symbol in closes]
    return pd.DataFrame({symbol: robust(closes[symbol]) for symbol in known})


def _moves(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    """Moves that are a wrong unit, a split, or too large: one of these a day."""
    closes = pd.Series(
        frame["close"].to_numpy(),
        index=pd.DatetimeIndex(frame["date"]),
    )
    above = closes.where(closes > 0)  # a price below zero has no ratio
    ratio = above / above.shift()
    sizes = robust(closes)
    kind = bars.instrument.kind
    far = (sizes.abs() > OUTLIER) | (ratio > 1.45) | (ratio < 0.69)
    for day in sizes.index[far]:
        step, size = float(ratio[day]), float(sizes[day])
        factor = step if step > 1 else 1 / step
        scaled = next(
            (k for k in (10, 100, 1000) if abs(np.log(factor / k)) < 0.12),
            None,
        )
        usual = abs(float(np.log(step)) / size) if size else 0.0
        small = abs(size) > OUTLIER and _fresh(frame, day)
        split = _split(step, usual, small) if kind in ("stock", "etf", "sector") else ""
        if split and not (_busy(frame, day, step, BUSIER) or _all_moved(bars, day, STORMY)):
            yield Row(
                "split_like",
                day.date(),
                f"{step:.3f} times the close before, as in a split of {split}",
            )
        elif scaled:
            yield Row("scale", day.date(), f"{step:.3g} times the close before")
        elif abs(size) > OUTLIER:
            told = f"{abs(step - 1):.1%}, {abs(size):.0f} times the usual move"
            if _unconfirmed(bars, frame, day, step, size):
                yield Row("unconfirmed", day.date(), told)
            else:
                alone = _alone(bars, day, size)
                yield Row("outlier", day.date(), told, "block" if alone else None)


def _split(step: float, usual: float, small: bool) -> str:
    """The split that a change by *step* is most like, "3 for 2"; "" for none.

    A stock also moves on the day of its split: the more it usually does, the
    farther from the ratio. *small* ratios count only for falls: a rise is news.
    """
    factor = step if step > 1 else 1 / step
    slack = min(max(0.03, 2.5 * usual), 0.08)
    for ratio in RATIOS:
        if abs(np.log(factor / ratio)) < (slack if ratio < 6 else 0.07):
            return f"{ratio} for 1"
    near = (told for ratio, told in SMALL_RATIOS.items() if abs(np.log(factor / ratio)) < slack)
    return next(near, "") if step < 1 and small else ""


def _fresh(frame: pd.DataFrame, day: pd.Timestamp) -> bool:
    return day in pd.DatetimeIndex(frame["date"].iloc[-FRESH:])


def _has_volume(frame: pd.DataFrame) -> bool:
    return "volume" in frame and bool(frame["volume"].notna().any())


def _busy(frame: pd.DataFrame, day: pd.Timestamp, step: float, times: float) -> bool:
    """Whether the volume of *day* was *times* the usual one.

    After a split there are more shares, so the volume in shares counts by *step*.
    """
    if "volume" not in frame:
        return False
    volume = pd.Series(frame["volume"].to_numpy(), index=pd.DatetimeIndex(frame["date"]))
    usual = volume[: day - pd.Timedelta(days=1)].iloc[-60:].median()
    return bool(volume[day] * min(step, 1.0) > times * usual > 0)


def _unconfirmed(
    bars: Bars, frame: pd.DataFrame, day: pd.Timestamp, step: float, size: float
) -> bool:
    """Whether neither volume nor the market confirms a large move of a stock, fund or commodity.

    Only the last sessions count: a move that stands for longer is accepted as news.
    """
    kind, move = bars.instrument.kind, abs(np.log(step))
    if not _fresh(frame, day):
        return False
    if kind == "commodity":
        return abs(size) > FAR and not _all_moved(bars, day, GROUP)
    if kind in ("etf", "sector"):
        return not _all_moved(bars, day, STORMY)
    if kind != "stock" or _all_moved(bars, day, STORMY):
        return False
    if _has_volume(frame):
        return move > LARGE and not _busy(frame, day, step, BUSY)
    return move > LARGE and abs(size) > FAR


def _all_moved(bars: Bars, day: pd.Timestamp, far: float) -> bool:
    """Whether an index moved by *far* times its usual move."""
    if bars.others is None or day not in bars.others.index:
        return False
    return bool((bars.others.loc[day].dropna().abs() > far).any())


def _same_bar(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    """Bars that repeat the bar before to the last digit, though their range is wide."""
    if not {"low", "high"} <= set(frame):
        return
    known = [name for name in ("open", "low", "high", "close") if name in frame]
    table = frame[known].to_numpy(dtype=float)
    spread = (frame["high"] - frame["low"]).to_numpy() * 10**bars.instrument.decimals
    same = (table[1:] == table[:-1]).all(axis=1) & (spread[1:] >= DIGITS)
    for place in (np.flatnonzero(same) + 1).tolist():
        day = frame["date"].iloc[place].date()
        if bars.instrument.sessions.is_session(day):
            told = f"{', '.join(known)} are those of the session before"
            # Only records of indexes rest on old days.
            old = bars.instrument.kind != "index" and place < len(frame) - FRESH
            yield Row("frozen", day, told, "warn" if old else None)


def _swapped_columns(frame: pd.DataFrame) -> Iterator[Row]:
    """A column of opening prices that holds the closes.

    An opening price is near the close before it. Where the close is nearer to
    the opening price before it, they have changed places.
    """
    if "open" not in frame or len(frame) < GRID_DAYS // 4:
        return
    close, opened = frame["close"].to_numpy(), frame["open"].to_numpy()
    known = (opened > 0) & (close > 0)
    if known.mean() < COMPLETE:
        return
    opened, close = np.log(opened[known]), np.log(close[known])
    overnight = float(np.median(np.abs(opened[1:] - close[:-1])))
    turned = float(np.median(np.abs(close[1:] - opened[:-1])))
    if turned < overnight / 2:
        yield Row(
            "columns",
            frame["date"].iloc[-1].date(),
            "each close is near the open before it: the columns have changed places",
        )


def _implausible(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    """The last level outside the plausible range of the instrument."""
    bounds = bars.instrument.plausible
    if bounds is None:
        return
    closes = frame["close"]
    beyond = np.flatnonzero(((closes < bounds[0]) | (closes > bounds[1])).to_numpy())
    for place in beyond[-1:].tolist():
        yield Row(
            "implausible",
            frame["date"].iloc[place].date(),
            f"{closes.iloc[place]:,g}, and {bounds[0]:,g} to {bounds[1]:,g} is plausible",
        )


def _alone(bars: Bars, day: pd.Timestamp, size: float) -> bool:
    """Whether an index moved far, and as no other one did."""
    if (
        bars.instrument.kind != "index"
        or abs(size) < FAR
        or bars.others is None
        or day not in bars.others.index
    ):
        return False
    moves = bars.others.loc[day]
    rest = moves.drop(bars.instrument.symbol, errors="ignore").dropna()
    return len(rest) > 0 and not bool((rest * np.sign(size) > ALONE).any())


def _repeats(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    if bars.instrument.kind != "index":
        return
    closes = frame["close"].to_numpy()
    days = frame["date"]
    first, second, third = closes[:-2], closes[1:-1], closes[2:]
    for place in np.flatnonzero((third == second) & (second == first)):
        yield Row(
            "repeated_close",
            days.iloc[place + 2].date(),
            f"{closes[place]:,.2f} for the third time",
        )
    moves = np.diff(np.log(closes))
    sizes = robust(pd.Series(closes)).to_numpy()[1:]
    undone = np.abs(moves[1:] + moves[:-1]) < 0.1 * np.abs(moves[:-1])
    for place in np.flatnonzero(
        undone & (np.abs(sizes[:-1]) > OUTLIER) & (np.abs(moves[:-1]) > 0.04)
    ):
        day = pd.Timestamp(days.iloc[place + 1])
        if not _alone(bars, day, float(sizes[place])):
            continue
        yield Row(
            "spike",
            days.iloc[place + 1].date(),
            f"{moves[place]:+.1%}, and {moves[place + 1]:+.1%} the next session",
        )
    if "low" in frame and "high" in frame:
        low, high = frame["low"].to_numpy(), frame["high"].to_numpy()
        at_the_end = (closes == low) | (closes == high)
        for place in np.flatnonzero((low < high) & at_the_end):
            yield Row(
                "close_at_low",
                days.iloc[place].date(),
                f"the close of {closes[place]:,.2f} is the"
                f" {'low' if closes[place] == low[place] else 'high'}",
            )


def _grid(bars: Bars, frame: pd.DataFrame) -> Iterator[Row]:
    """Closes of funds and stocks that are no prices.

    Those of the last period in which most of a year's closes are off the cent.
    """
    if bars.instrument.kind not in ("stock", "etf", "sector"):
        return
    cents = frame["close"].to_numpy() * 100
    off = np.abs(cents - np.round(cents)) > 0.02
    share = pd.Series(off).rolling(GRID_DAYS, min_periods=20).mean().to_numpy()
    places = np.flatnonzero(share > 0.5)
    if len(places):
        place = places[-1]
        first = int(np.flatnonzero(off)[0])
        since = frame["date"].iloc[first].date()
        yield Row(
            "off_grid",
            frame["date"].iloc[place].date(),
            f"closes since {since} are no whole cents",
        )

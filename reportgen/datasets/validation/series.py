"""Rules on one series in time: its sessions, and its moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from reportgen.datasets.validation.finding import FRESH, Bars, Row, Rows

RATIOS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50, 100)
SMALL_RATIOS = {5 / 4: "5 for 4", 4 / 3: "4 for 3", 3 / 2: "3 for 2"}
"""Splits with a move that can also be news."""
OUTLIER, ALONE, FAR = 8.0, 3.0, 12.0
LARGE = 0.15
"""The size of a stock's move, as a logarithm, that needs confirmation.

Where no volume is known, only if it is `FAR`.
"""
BUSY, BUSIER = 2.0, 2.5
"""The volume, in times the usual one, that confirms a large move, and one the size of a split.

Of 653 such moves of large stocks, 94 in a hundred had more than 2.5 times.
"""
LEAST_DAYS, SEVERAL = 5, 60
"""From how many rows the usual distance of bars is taken, at least and at most."""
HOURLY, WEEKLY = 2.0, 4.0
"""The usual bars of a day, and days between bars, of what is no series of days."""
JUMP = 5.0
"""A close this many times the one before, or its inverse, is in another unit."""
ROLLED = (0.8, 1.2)
"""The share of a move that lies between the close before and the open where a contract rolls."""
STORMY, GROUP = 4.0, 6.0
"""How far an index must move to confirm a large move of a stock, and of a commodity."""


def spacing(frame: pd.DataFrame) -> Rows:
    """Bars of an hour or of a week, where one of each session is due."""
    if len(frame) < LEAST_DAYS:
        return
    days, a_day = np.unique(frame["date"].to_numpy())[-SEVERAL:], 1.0
    if not frame["date"].is_unique:
        a_day = float(frame.groupby("date")["close"].nunique().iloc[-SEVERAL:].median())
    apart = np.diff(days) / np.timedelta64(1, "D")
    last = pd.Timestamp(days[-1]).date()
    yield from distance(last, a_day, float(np.median(apart)) if len(apart) else 1.0)


def distance(last: dt.date, a_day: float, apart: float) -> Rows:
    """Whether bars are those of sessions.

    Args:
        last: Their last day.
        a_day: How many different ones a day usually has.
        apart: How many days they usually are apart.
    """
    if a_day >= HOURLY:
        yield Row("spacing", last, f"{a_day:g} bars a day; one for each session was expected")
    elif apart >= WEEKLY:
        yield Row("spacing", last, f"bars {apart:g} days apart; one for each session was expected")


def whole(bars: Bars, frame: pd.DataFrame) -> bool:
    """Whether there is a bar of each session and of no other day, as is usual."""
    calendar = bars.instrument.sessions
    if calendar.always:
        return False
    days = frame["date"].to_numpy()
    first, last = frame["date"].iloc[0].date(), frame["date"].iloc[-1].date()
    due = calendar.session_index(first, max(last, bars.due)).to_numpy()
    return len(due) == len(days) and bool((due == days).all())


def shifted(bars: Bars, frame: pd.DataFrame) -> Rows:
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
            " would lie on one a day later; is the file's time zone right?",
        )


def calendar(bars: Bars, frame: pd.DataFrame) -> Rows:
    """Sessions without a bar, bars without a session, and an end before what is due."""
    days = pd.DatetimeIndex(frame["date"]).normalize()
    sessions = bars.instrument.sessions
    if sessions.always:
        missing, strange = pd.date_range(days[0], days[-1]).difference(days), days[:0]
    else:
        due = sessions.session_index(days[0].date(), max(days[-1].date(), bars.due))
        missing = due[due <= days[-1]].difference(days)
        strange = days[:0] if bars.instrument.extra_days else days.difference(due)
    told = bars.recent["date"][np.isfinite(bars.recent["close"])]  # a wrong close is none missing
    for day in missing.difference(pd.DatetimeIndex(told).normalize()):
        told = f"the close of {day.date()} ({day:%A}) is missing"
        yield Row("gap", day.date(), told, "info" if bars.instrument.skips else None)
    for day in strange:
        reason = sessions.closing_reason(day.date())
        yield Row("not_a_session", day.date(), f"{day:%A}, {reason}")
    if days[-1].date() < bars.due:
        yield Row("stale", days[-1].date(), f"{bars.due} was due")


def robust(closes: pd.Series) -> pd.Series:
    """Each move in units of the usual one.

    1.4826 times the median size of the 60 moves before it; NaN for the first 20.
    """
    moves = np.log(closes.where(closes > 0)).diff()
    usual = 1.4826 * moves.abs().rolling(60, min_periods=20).median().shift()
    units: pd.Series = moves / usual.clip(lower=5e-4)
    return units


def usual_moves(closes: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The moves of stock indexes in units of usual ones, by day and symbol."""
    return pd.DataFrame({symbol: robust(one) for symbol, one in closes.items()})


def moves(bars: Bars, frame: pd.DataFrame) -> Rows:
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
        elif scaled or (factor > JUMP and not _busy(frame, day, step, BUSIER)):
            told = f"{step:.3g} times the close before; a wrong unit or an unadjusted split?"
            yield Row("scale", day.date(), told)
        elif abs(size) > OUTLIER:
            told = f"{abs(step - 1):.1%}, {abs(size):.0f} times the usual move"
            if _unconfirmed(bars, frame, day, step, size):
                yield Row("unconfirmed", day.date(), told + _roll(bars, frame, day, step))
            else:
                alone = _alone(bars, day, size)
                yield Row("outlier", day.date(), told, "block" if alone else None)


def _roll(bars: Bars, frame: pd.DataFrame, day: pd.Timestamp, step: float) -> str:
    """That a continuous future may have changed its contract, in words; "" where it has not.

    Then nearly all of the move lies between the close before and the open.
    """
    if bars.instrument.kind != "commodity" or "open" not in frame:
        return ""
    place = int(np.flatnonzero(frame["date"] == day)[0])
    opened, before = float(frame["open"].iloc[place]), float(frame["close"].iloc[place - 1])
    if not (opened > 0 and before > 0):
        return ""
    overnight = float(np.log(opened / before) / np.log(step))
    if not ROLLED[0] < overnight < ROLLED[1]:
        return ""
    return f", {overnight:.0%} of it before the open: a roll to another contract?"


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


def spikes(bars: Bars, frame: pd.DataFrame) -> Rows:
    """Moves of an index alone that the next session undoes."""
    if bars.instrument.kind != "index":
        return
    closes = frame["close"].to_numpy()
    moves = np.diff(np.log(closes))
    sizes = robust(pd.Series(closes)).to_numpy()[1:]
    undone = np.abs(moves[1:] + moves[:-1]) < 0.1 * np.abs(moves[:-1])
    far = (np.abs(sizes[:-1]) > OUTLIER) & (np.abs(moves[:-1]) > 0.04)
    for place in np.flatnonzero(undone & far).tolist():
        day = pd.Timestamp(frame["date"].iloc[place + 1])
        if _alone(bars, day, float(sizes[place])):
            told = f"{moves[place]:+.1%}, and {moves[place + 1]:+.1%} the next session"
            yield Row("spike", day.date(), told)

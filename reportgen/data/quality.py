"""Whether bars can be right: each check refuses with the file, the symbol, the row and the mend."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from reportgen.data.instruments import instrument
from reportgen.errors import BadData, StaleData
from reportgen.market import calendar

RATE, FUTURE = (-0.02, 0.25), (75.0, 102.0)
"""What a rate, as a fraction, and the price of a Fed funds future can be."""
JUMP = 5.0
"""A close this many times the one before it, or this small a part of it, is a wrong unit or a split."""


def check_bars(frame: pd.DataFrame, path: Path, time: str, since: dt.date, until: dt.date) -> None:
    """Refuse bars that are unsorted, doubled or not positive, and from *since* to *until* out of scale.

    *time* names the time column. The scale of other years is not questioned: no report looks there.
    """
    for symbol, rows in frame.groupby("symbol", sort=False):
        times, closes = rows[time], rows["close"]
        if times.isna().any():
            raise BadData(f"{path}: {symbol} has a row without a valid time; mend the file or its timezone.", subject=symbol)
        if times.duplicated().any():
            when = times[times.duplicated()].iloc[0]
            raise BadData(f"{path}: {symbol} has two rows for {_day(when)}; keep one.", subject=symbol)
        if not times.is_monotonic_increasing:
            when = times[times.diff() < pd.Timedelta(0)].iloc[0]
            raise BadData(f"{path}: {symbol} is not sorted by time at {_day(when)}; sort the file.", subject=symbol)
        bad = ~((closes > 0) & (closes < float("inf")))
        if bad.any():
            where = _day(times[bad].iloc[0])
            raise BadData(f"{path}: {symbol} closes at {closes[bad].iloc[0]} on {where}; a close is above 0.", subject=symbol)
        whole = instrument(str(symbol)).kind == "index"  # a record may be any year's
        recent = (whole | (times.dt.date >= since)) & (times.dt.date <= until)
        _check_scale(str(symbol), times[recent], closes[recent], path)


def _check_scale(symbol: str, times: pd.Series, closes: pd.Series, path: Path) -> None:
    ratio = closes / closes.shift()
    jumps = ratio[(ratio > JUMP) | (ratio < 1 / JUMP)]
    if not jumps.empty:
        where = _day(times[jumps.index[0]])
        raise BadData(
            f"{path}: {symbol} is {jumps.iloc[0]:.3g} times its close before on {where}; "
            "a wrong unit or an unadjusted split? Mend the row or adjust the series.",
            subject=symbol,
        )


def check_level(symbol: str, level: float, close: float, path: Path, at: pd.Timestamp) -> None:
    """Refuse an intraday level that is in another unit than the close before it."""
    ratio = level / close
    if ratio > JUMP or ratio < 1 / JUMP:
        raise BadData(
            f"{path}: {symbol} stands at {level:,g} at {_day(at)} after a close of {close:,g}; are both in one unit?", subject=symbol
        )


def check_rows(frame: pd.DataFrame, path: Path, name: str) -> None:
    """Refuse rates or futures that are doubled or unsorted; *name* names the column of the series."""
    for series, rows in frame.groupby(name, sort=False):
        doubled = rows["date"][rows["date"].duplicated()]
        if len(doubled):
            raise BadData(f"{path}: {series} has two rows for {_day(doubled.iloc[0])}; keep one.", subject=series)
        if not rows["date"].is_monotonic_increasing:
            raise BadData(f"{path}: {series} is not sorted by date; sort the file.", subject=series)


def check_bounds(series: pd.Series, path: Path, bounds: tuple[float, float]) -> None:
    """Refuse a rate or a futures price, by date, that lies out of *bounds*."""
    low, high = bounds
    bad = series[(series < low) | (series > high)]
    if len(bad):
        raise BadData(
            f"{path}: {series.name} is {bad.iloc[0]:g} on {_day(bad.index[0])}; between {low:g} and {high:g} was expected.",
            subject=series.name,
        )


def only_sessions(symbol: str, closes: pd.Series, since: dt.date, path: Path) -> pd.Series:
    """*closes* without days that have no session; a stock exchange's bar on such a day is refused.

    It is a sign of a wrong time zone. Other venues publish on some of the stock exchange's holidays.
    """
    traded = instrument(symbol).calendar
    recent = closes.index[closes.index >= pd.Timestamp(since)]
    if traded == "24/7" or recent.empty:
        return closes
    known = pd.DatetimeIndex([pd.Timestamp(s) for s in calendar.sessions(since, recent[-1].date())])
    strange = recent[~recent.isin(known)]
    if len(strange) and traded == "XNYS":
        day = strange[0].date()
        raise BadData(
            f"{path}: {symbol} has a bar for {day} ({day:%A}), which has no session; is the file's time zone right?",
            subject=symbol,
        )
    return closes.drop(strange)


def check_intraday(symbol: str, times: pd.Series, path: Path) -> None:
    """Refuse intraday bars of an exchange that start outside its sessions: a sign of a wrong time zone."""
    if instrument(symbol).calendar == "24/7":
        return
    for day, starts in times.groupby(times.dt.date):
        if not calendar.is_session(day):
            raise BadData(f"{path}: {symbol} has intraday bars for {day}, which has no session.", subject=symbol)
        opened, closes = calendar.session_open(day), calendar.session_close(day)
        outside = starts[(starts < opened) | (starts >= closes)]
        if len(outside):
            raise BadData(
                f"{path}: {symbol} has a bar that starts at {outside.iloc[0]:%Y-%m-%d %H:%M} exchange time, outside the "
                f"session {opened:%H:%M} to {closes:%H:%M}; is the file's time zone right?",
                subject=symbol,
            )


def check_complete(symbol: str, closes: pd.Series, expected_last: dt.date) -> None:
    """Refuse a daily series that ends before *expected_last* or lacks a session of its last year."""
    if instrument(symbol).calendar == "24/7":
        return
    last = closes.index[-1].date()
    if last < expected_last:
        raise StaleData(
            f"{symbol}: the newest close is of {last}, {expected_last} is needed; update the data or choose an earlier as-of.",
            subject=symbol,
        )
    start = max(closes.index[0].date(), expected_last - dt.timedelta(days=372))
    for session in calendar.sessions(start, expected_last):
        if pd.Timestamp(session) not in closes.index:
            raise BadData(f"{symbol}: the close of {session} ({session:%A}) is missing; fill the gap in the data.", subject=symbol)


def _day(when: pd.Timestamp) -> str:
    return f"{when:%Y-%m-%d}" if when == when.normalize() else f"{when:%Y-%m-%d %H:%M}"

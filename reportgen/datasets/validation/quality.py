"""Checks of bars: each refuses with the file, the symbol, the row and the fix."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from reportgen.core.errors import BadData, StaleData
from reportgen.datasets.validation.defects import priced
from reportgen.markets.calendar import Calendar
from reportgen.markets.instruments import instrument
from reportgen.statistics.indexes import sessions

RATE, FUTURE = (-0.02, 0.25), (75.0, 102.0)
"""What a rate, as a fraction, and the price of a Fed funds future can be."""
LEAST_STEPS = 3
"""Distances between bars from which the usual one is taken."""
JUMP = 5.0
"""A close this many times the one before, or its inverse, is another unit."""


def check_times(frame: pd.DataFrame, path: Path, name: str, time: str) -> None:
    """Refuse rows without a time.

    *name* and *time* name the columns of the series and of its time.
    """
    times = frame[time]
    if times.isna().any():
        symbol = frame[name].iloc[times.isna().argmax()]
        raise BadData(
            f"{path}: {symbol} has a row without a valid time; mend the file or its timezone.",
            subject=symbol,
        )


def check_once(frame: pd.DataFrame, path: Path, name: str, time: str) -> None:
    """Refuse two rows of one time.

    *name* and *time* name the columns of the series and of its time.
    """
    doubled = frame.duplicated([name, time])
    if doubled.any():
        symbol, when = frame[[name, time]].iloc[doubled.argmax()]
        raise BadData(
            f"{path}: {symbol} has two rows for {_day(when)}; keep one.",
            subject=symbol,
        )


def check_prices(frame: pd.DataFrame, path: Path, time: str) -> None:
    """Refuse closes of one symbol that are no prices; *time* names the time column."""
    bad = ~priced(instrument(str(frame["symbol"].iloc[0])), frame["close"])
    if bad.any():
        row = frame.iloc[bad.argmax()]
        raise BadData(
            f"{path}: {row['symbol']} closes at {row['close']} on"
            f" {_day(row[time])}; a close is above 0.",
            subject=row["symbol"],
        )


def check_scale(
    frame: pd.DataFrame,
    path: Path,
    time: str,
    since: dt.date,
    until: dt.date,
) -> None:
    """Refuse closes that are out of scale from *since* to *until*.

    Those of an index from its start: a record may be any year's.

    The scale of other years is not questioned: no report looks there.
    """
    symbols = frame["symbol"].unique()
    indexes = [s for s in symbols if instrument(str(s)).kind == "index"]
    whole = frame["symbol"].isin(indexes)
    zone = frame[time].dt.tz
    recent = whole | (frame[time] >= pd.Timestamp(since, tz=zone))
    end = pd.Timestamp(until + dt.timedelta(days=1), tz=zone)
    kept = frame[recent & (frame[time] < end)]
    above = kept["close"].where(kept["close"] > 0)  # a price below zero has no ratio
    ratio = above / above.groupby(kept["symbol"], sort=False).shift()
    jumped = (ratio > JUMP) | (ratio < 1 / JUMP)
    if jumped.any():
        row = kept.iloc[jumped.argmax()]
        raise BadData(
            f"{path}: {row['symbol']} is {ratio[jumped].iloc[0]:.3g} times its"
            f" close before on {_day(row[time])}; a wrong unit or an unadjusted"
            " split? Mend the row or adjust the series.",
            subject=row["symbol"],
        )


def check_level(
    symbol: str,
    level: float,
    close: float,
    path: Path,
    at: pd.Timestamp,
) -> None:
    """Refuse an intraday level in another unit than the close before it."""
    ratio = level / close if close > 0 and level > 0 else 1.0
    if ratio > JUMP or ratio < 1 / JUMP:
        raise BadData(
            f"{path}: {symbol} stands at {level:,g} at {_day(at)} after a close"
            f" of {close:,g}; are both in one unit?",
            subject=symbol,
        )


def check_bounds(
    table: pd.DataFrame,
    path: Path,
    bounds: tuple[float, float],
) -> None:
    """Refuse rates or prices of futures, a column each, out of *bounds*."""
    low, high = bounds
    bad = (table < low) | (table > high)
    for name in bad.columns[bad.any()]:
        place = int(bad[name].argmax())
        raise BadData(
            f"{path}: {name} is {table[name].iloc[place]:g} on"
            f" {_day(sessions(table)[place])};"
            f" between {low:g} and {high:g} was expected.",
            subject=name,
        )


def only_sessions(
    symbol: str,
    closes: pd.Series,
    since: dt.date,
    path: Path,
    accepted: Collection[dt.date] = (),
) -> pd.Series:
    """*closes* without days that have no session.

    A stock exchange's bar on such a day is refused, unless it is *accepted*. It
    is a sign of a wrong time zone. Other venues publish on some of the stock
    exchange's holidays.
    """
    found = instrument(symbol)
    recent = closes.index[closes.index >= pd.Timestamp(since)]
    if found.sessions.always or recent.empty:
        return closes
    sessions = found.sessions.session_index(since, recent[-1].date())
    strange = recent[~recent.isin(sessions)]
    refused = strange[~strange.isin([pd.Timestamp(day) for day in accepted])]
    if len(refused) and not found.extra_days:
        day = refused[0].date()
        raise BadData(
            f"{path}: {symbol} has a bar for {day} ({day:%A}), which has no"
            " session; is the file's time zone right?",
            subject=symbol,
        )
    return closes.drop(strange)


def check_intraday(frame: pd.DataFrame, path: Path) -> None:
    """Refuse intraday bars of an exchange that start outside its sessions.

    A sign of a wrong time zone.
    """
    symbols = map(str, frame["symbol"].unique())
    traded = {symbol: instrument(symbol).sessions for symbol in symbols}
    for calendar in dict.fromkeys(traded.values()):
        if not calendar.always:
            own = [symbol for symbol in traded if traded[symbol] == calendar]
            _check_hours(frame[frame["symbol"].isin(own)], path, calendar)


def _check_hours(frame: pd.DataFrame, path: Path, calendar: Calendar) -> None:
    """The same for the bars of one exchange."""
    starts = frame["start"].dt.tz_convert(calendar.zone)
    for day, rows in frame.groupby(starts.dt.normalize(), sort=False):
        symbol = rows["symbol"].iloc[0]
        if not calendar.is_session(day.date()):
            raise BadData(
                f"{path}: {symbol} has intraday bars for {day.date()}, which has no session.",
                subject=symbol,
            )
        opened = calendar.session_open(day.date())
        closes = calendar.session_close(day.date())
        outside = rows[(rows["start"] < opened) | (rows["start"] >= closes)]
        if len(outside):
            raise BadData(
                f"{path}: {outside['symbol'].iloc[0]} has a bar that starts at"
                f" {outside['start'].iloc[0]:%Y-%m-%d %H:%M} exchange time,"
                f" outside the session {opened:%H:%M} to {closes:%H:%M}; is the"
                " file's time zone right?",
                subject=outside["symbol"].iloc[0],
            )


def check_step(frame: pd.DataFrame, path: Path, minutes: int) -> None:
    """Refuse bars that usually follow each other at another distance than *minutes*.

    Their ends would be wrong.

    A bar is known when it ends. A bar that is longer than *minutes* would hold a
    later price.
    """
    starts = frame.groupby("symbol", sort=False)["start"]
    steps = starts.diff().dt.total_seconds() / 60
    steps = steps[(steps > 0) & (steps < 24 * 60)]
    if len(steps) < LEAST_STEPS:
        return
    usual = float(steps.mode().iloc[0])
    if usual > minutes:
        raise BadData(
            f"{path}: its bars begin {usual:g} minutes apart, and dataset.toml"
            f" takes each for one of {minutes}; write minutes = {usual:g} in"
            " its [[files]] entry.",
            subject=path,
        )


def check_fresh(symbol: str, closes: pd.Series, expected_last: dt.date) -> None:
    """Refuse a daily series that ends before *expected_last*."""
    if instrument(symbol).sessions.always:
        return
    last = closes.index[-1].date()
    if last < expected_last:
        raise StaleData(
            f"{symbol}: the newest close is of {last}, {expected_last} is"
            f" needed; update the data, or ask for that day: --as-of {last}.",
            subject=symbol,
        )


def _day(when: pd.Timestamp) -> str:
    if when == when.normalize():
        return f"{when:%Y-%m-%d}"
    return f"{when:%Y-%m-%d %H:%M}"

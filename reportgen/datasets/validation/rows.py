"""Rules on the rows of one series: what a bar may be, and what its columns may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from reportgen.core.checks import Severity
from reportgen.datasets.validation.finding import FRESH, Bars, Row, Rows
from reportgen.markets.instruments import Instrument

COMPLETE = 0.9
"""The share of opening prices that must be known before their column is judged."""
DIGITS = 20
"""A bar with a range of this many of its last decimals never repeats the bar before."""
GRID_DAYS = 250


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


def closes(bars: Bars) -> pd.Series:
    """The closes of the recent rows of *bars* that are prices, by day."""
    kept = usable(bars.instrument, bars.recent)
    return pd.Series(kept["close"].to_numpy(), index=pd.DatetimeIndex(kept["date"]))


def non_positive(instrument: Instrument, frame: pd.DataFrame) -> Rows:
    """Closes that are no prices."""
    closes = frame["close"]
    for place in np.flatnonzero(~priced(instrument, closes).to_numpy()).tolist():
        yield Row(
            "non_positive",
            frame["date"].iloc[place].date(),
            f"the close is {round(float(closes.iloc[place]), 4)}",
        )


def duplicates(frame: pd.DataFrame) -> Rows:
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


def in_range(bars: Bars, frame: pd.DataFrame) -> Rows:
    """Closes and opening prices outside the range from low to high."""
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


def same_bar(bars: Bars, frame: pd.DataFrame) -> Rows:
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


def swapped_columns(_: Bars, frame: pd.DataFrame) -> Rows:
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


def implausible(bars: Bars, frame: pd.DataFrame) -> Rows:
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


def adjusted_column(bars: Bars, frame: pd.DataFrame) -> Rows:
    """Closes from a column of adjusted ones, in a file that is said to have prices."""
    if "adj" in bars.column.lower():
        told = f"the closes are those of the column '{bars.column}': their changes hold dividends"
        yield Row("adjustment", frame["date"].iloc[-1].date(), told)


def off_grid(bars: Bars, frame: pd.DataFrame) -> Rows:
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


def repeated_closes(bars: Bars, frame: pd.DataFrame) -> Rows:
    """An index at one level for the third time."""
    if bars.instrument.kind != "index":
        return
    closes = frame["close"].to_numpy()
    same = (closes[2:] == closes[1:-1]) & (closes[1:-1] == closes[:-2])
    for place in np.flatnonzero(same).tolist():
        day = frame["date"].iloc[place + 2].date()
        yield Row("repeated_close", day, f"{closes[place]:,.2f} for the third time")


def at_the_ends(bars: Bars, frame: pd.DataFrame) -> Rows:
    """An index that closes at exactly its low or its high."""
    if bars.instrument.kind != "index" or not {"low", "high"} <= set(frame):
        return
    closes, low, high = (frame[name].to_numpy() for name in ("close", "low", "high"))
    at_one = (low < high) & ((closes == low) | (closes == high))
    for place in np.flatnonzero(at_one).tolist():
        end = "low" if closes[place] == low[place] else "high"
        day = frame["date"].iloc[place].date()
        yield Row("close_at_low", day, f"the close of {closes[place]:,.2f} is the {end}")

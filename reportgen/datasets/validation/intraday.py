"""Rules on the bars of a session: their length, their hours and their prices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation.finding import Row, Rows, defect
from reportgen.datasets.validation.rows import priced
from reportgen.datasets.validation.series import JUMP
from reportgen.markets.instruments import Instrument

Array = npt.NDArray[np.float64]

LEAST_STEPS, SESSIONS = 3, 10
"""Distances between bars, and sessions, from which a rule speaks; and sessions that it looks at."""
MOMENT = 1
"""The minutes of a bar that may be a quote: a store is exported as such."""
EARLY, AT_CLOSE = dt.timedelta(minutes=30), 2e-4
"""How long before the close no last bar has its price, and how near to it that price then is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraday:
    """The bars of one instrument within its sessions."""

    instrument: Instrument
    frame: pd.DataFrame
    """Columns start, a time with a zone, and close, by start."""
    known: pd.DataFrame
    """Those of them that were known at the moment; only their prices are judged."""
    due: dt.date
    """The day of the moment."""
    minutes: int | None
    """The length of a bar, as its file is described; None where it is known of each."""
    closes: pd.Series | None = None
    """The finished closes before the moment, by day."""

    def examine(self) -> list[Defect]:
        """All findings on the bars."""
        if self.frame.empty:
            return []
        rules = (
            self._spacing,
            self._prices,
            self._doubled,
            self._jumps,
            self._level,
            self._hours,
            self._clock,
        )
        return [defect(self.instrument.symbol, row, self.due) for rule in rules for row in rule()]

    def _spacing(self) -> Rows:
        """Bars that follow each other at another distance than they are said to last.

        Their ends would be wrong, and a longer bar would hold a later price. What is said to last
        a minute may be the price of a moment, at any distance.
        """
        steps = self.frame["start"].diff().dt.total_seconds().to_numpy()[1:] / 60
        steps = steps[(steps > 0) & (steps < 24 * 60)]
        if self.minutes in (None, MOMENT) or len(steps) < LEAST_STEPS:
            return
        usual = float(pd.Series(steps).mode().iloc[0])
        if usual != self.minutes:
            told = (
                f"bars begin {usual:g} minutes apart, and dataset.toml takes each for one of"
                f" {self.minutes}; write minutes = {usual:g} in the [[files]] entry"
            )
            yield Row("spacing", self.due, told)

    def _prices(self) -> Rows:
        for place in np.flatnonzero(~priced(self.instrument, self.known["close"])).tolist():
            at, close = self.known["start"].iloc[place], self.known["close"].iloc[place]
            yield Row("non_positive", at.date(), f"the price of {at:%H:%M} is {round(close, 4)}")

    def _doubled(self) -> Rows:
        unlike = self.known.drop_duplicates(["start", "close"])
        twice = unlike[unlike.duplicated("start", keep=False)]
        for at in twice["start"].drop_duplicates():
            told = " and ".join(f"{close:,g}" for close in twice["close"][twice["start"] == at])
            yield Row("duplicate", at.date(), f"prices {told} at {at:%H:%M}")

    def _jumps(self) -> Rows:
        closes = self.known["close"].to_numpy()
        ratio = _ratios(closes[1:], closes[:-1])
        for place in np.flatnonzero((ratio > JUMP) | (ratio < 1 / JUMP)).tolist():
            at = self.known["start"].iloc[place + 1]
            told = f"{ratio[place]:.3g} times the price before, at {at:%H:%M}; a wrong unit?"
            yield Row("scale", at.date(), told)

    def _level(self) -> Rows:
        """The last price in another unit than the close before it."""
        if self.closes is None or self.closes.empty or self.known.empty:
            return
        close = float(self.closes.iloc[-1])
        at, level = self.known["start"].iloc[-1], float(self.known["close"].iloc[-1])
        ratio = float(_ratios(np.array([level]), np.array([close]))[0])
        if ratio > JUMP or ratio < 1 / JUMP:
            told = f"{level:,g}, after a close of {close:,g}; are both in one unit?"
            yield Row("scale", at.date(), told)

    def _hours(self) -> Rows:
        """Bars of an exchange that begin outside its sessions: a sign of a wrong time zone."""
        calendar = self.instrument.sessions
        if calendar.always:
            return
        starts = self.frame["start"].dt.tz_convert(calendar.zone)
        for day, rows in starts.groupby(starts.dt.normalize(), sort=False):
            if not calendar.is_session(day.date()):
                reason = calendar.closing_reason(day.date())
                yield Row("not_a_session", day.date(), f"bars on a {day:%A}, {reason}")
                continue
            opened = calendar.session_open(day.date())
            closes = calendar.session_close(day.date())
            outside = rows[(rows < opened) | (rows >= closes)]
            if len(outside):
                told = (
                    f"a bar begins at {outside.iloc[0]:%H:%M} exchange time, outside the session"
                    f" {opened:%H:%M} to {closes:%H:%M}; is the file's time zone right?"
                )
                yield Row("not_a_session", day.date(), told)

    def _clock(self) -> Rows:
        """Bars that reach the closing price well before the close: another zone's clock."""
        calendar, minutes = self.instrument.sessions, self.minutes
        if self.closes is None or minutes is None or calendar.always:
            return
        starts = self.frame["start"].dt.tz_convert(calendar.zone)
        last = self.frame.assign(start=starts).groupby(starts.dt.date).last().iloc[-SESSIONS:]
        early = list[float]()
        for day, at, price in zip(last.index, last["start"], last["close"], strict=True):
            close = self.closes.get(pd.Timestamp(day))
            if close and calendar.is_session(day):
                rest = calendar.session_close(day) - at - dt.timedelta(minutes=minutes)
                before = rest >= EARLY and abs(price / close - 1) < AT_CLOSE
                early.append(rest / dt.timedelta(minutes=1) if before else 0.0)
        if len(early) >= LEAST_STEPS and min(early) > 0:
            told = (
                f"the last bars of {len(early)} sessions have the closing price {min(early):g}"
                " minutes before the close; is the file's time zone right?"
            )
            yield Row("tz_shift", self.due, told)


def _ratios(new: Array, old: Array) -> Array:
    """Each of *new* in times of *old*; 1 where one of them is not above zero."""
    ratios: Array = np.divide(new, old, out=np.ones(len(new)), where=(new > 0) & (old > 0))
    return ratios

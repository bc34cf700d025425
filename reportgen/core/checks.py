"""The checks of market data by name, their findings, and accepted exceptions.

``block`` keeps a series out of a brief. ``reportgen data verify`` shows ``warn`` and ``info``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["block", "warn", "info"]
CHECKS: Mapping[str, tuple[Severity, str]] = {
    "gap": ("block", "a session between the first and the last bar is missing"),
    "not_a_session": ("block", "there is a bar on a day without a session"),
    "stale": ("block", "the newest bar is older than the last finished session"),
    "duplicate": ("block", "two rows of one session differ"),
    "repeated_row": ("info", "a row is repeated"),
    "non_positive": ("block", "a price is no number, or not above zero where it must be"),
    "ohlc": ("block", "open or close is outside the range from low to high"),
    "outlier": (
        "warn",
        (
            "a move is eight times the usual one of the last 60 sessions; it blocks if no other"
            " index moved with it"
        ),
    ),
    "split_like": (
        "block",
        "a fund or stock changed by the ratio of a split, and its history was not adjusted",
    ),
    "scale": (
        "block",
        "a level is ten or a hundred times its neighbours', or a tenth or a hundredth",
    ),
    "spike": ("block", "a move of an index is undone the next session to the last tenth"),
    "repeated_close": ("warn", "an index closes three times at one level"),
    "spacing": ("block", "bars follow each other at another distance than the data should have"),
    "tz_shift": ("block", "bars have the days before their sessions: Sundays for Mondays"),
    "close_at_low": ("info", "an index closes at exactly its low or high: a close may be missing"),
    "off_grid": (
        "info",
        (
            "a fund's or stock's closes are no whole cents: they are adjusted"
            " for dividends or later splits"
        ),
    ),
    "adjustment": (
        "warn",
        (
            "closes are adjusted for dividends beside others that are not, or come from a column"
            " of adjusted closes"
        ),
    ),
    "restated": ("warn", "a source changed the value of a day"),
    "cross_source": (
        "block",
        "two sources differ on the newest session by more than five basis points",
    ),
    "unit": ("block", "a rate is outside -2% to 25%, or moved by three points in a day"),
    "frozen": ("block", "a bar, or the closes of many series, are those of the session before"),
    "columns": ("block", "closes are the opening prices, the highs or the lows"),
    "late_close": (
        "block",
        "the closes of an exchange rate are the prices at which their days begin",
    ),
    "swapped_day": (
        "block",
        "an exchange rate leaps and returns: it may be that of another day",
    ),
    "apart": (
        "block",
        "an index or sector fund moved far from what the other indexes and sectors predict",
    ),
    "swapped": ("block", "a series moves as another one does: they have changed places"),
    "implausible": ("block", "a level is outside the range that its instrument can have"),
    "unconfirmed": (
        "block",
        (
            "a large move that neither volume nor other stocks nor the market nor a second source"
            " confirms"
        ),
    ),
    "session_shift": ("block", "stocks move with the yields of the session before or after"),
    "print": (
        "block",
        "a figure of a release is in another unit, of a period that was not over, or told twice",
    ),
    "fed_table": (
        "block",
        "a meeting of the Fed is not in its own calendar",
    ),
    "live_bar": ("info", "the newest bar is of a session that is not over"),
}
"""Every check with the severity of a recent finding, and what it finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One finding of a check on one series."""

    check: str
    severity: Severity
    symbol: str
    day: dt.date
    detail: str

    def __str__(self) -> str:
        return f"{self.symbol} {self.day}: {self.check}: {self.detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A finding that a person has accepted, with the reason."""

    symbol: str
    check: str
    day: dt.date
    reason: str
    person: str

    def covers(self, defect: Defect) -> bool:
        """Whether *defect* is the one accepted."""
        return (self.symbol, self.check, self.day) == (defect.symbol, defect.check, defect.day)

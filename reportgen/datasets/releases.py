"""The figures of releases: which one is the newest, what was expected of it, and what is usual."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from reportgen.core.facts import Unit
from reportgen.markets.instruments import Instrument

SURPRISES = 24
"""The surprises that say what size is usual, at most."""
LEAST_SURPRISES = 12
"""With fewer of them, nothing is said of the size of a surprise."""
PLACES = 8
"""Decimals of a figure: the same one twice is the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A figure of a release, as it was printed first."""

    instrument: Instrument
    value: float
    """A fraction, a count, or the level of an index."""
    before: float | None
    """That of the period before, as it was known with it; None where it was not told."""
    first: float | None
    """That of the period before, as it was printed first."""
    consensus: float | None
    """What was expected of it; None where nobody was asked, and where polls disagree."""
    poll: str
    """Who asked economists."""
    stage: str
    """"advance", "second", "third", "preliminary" or "final"; "" for a figure that has none."""
    period: str
    """Its month, its quarter, or the last day of its week: "2025-01", "2024Q4"."""
    at: dt.datetime | None
    """When it was released; None where only its first fetch is known."""
    known_at: dt.datetime
    """From when it was known."""
    spread: float | None
    """The standard deviation of its last surprises; None where too few are known."""
    source: str

    @property
    def released(self) -> dt.date | None:
        """The day of its release."""
        return None if self.at is None else _day_of(self.at)

    @property
    def known(self) -> dt.date:
        """The day from which it was known."""
        return _day_of(self.known_at)

    @property
    def step(self) -> float:
        """The least difference of two figures as published."""
        return step_of(self.instrument)

    @property
    def surprise(self) -> float | None:
        """How far it is from what was expected, as published."""
        if self.consensus is None:
            return None
        return difference(self.instrument, self.value, self.consensus)


def newest(found: Instrument, rows: pd.DataFrame) -> Print:
    """The print of the newest period among *rows*, of its last stage, as it was printed first.

    Args:
        found: The series.
        rows: Its figures that were known, in order of their times; one or more.
    """
    rows = rows.assign(stage=rows["stage"].astype(object).fillna(""))
    period = rows["period"].max()
    row = rows[rows["period"] == period].drop_duplicates("stage").iloc[-1]
    alike = rows[(rows["stage"] == row["stage"]) & (rows["period"] == period)]
    polls = alike[(alike["known_at"] == row["known_at"]) & alike["consensus"].notna()]
    gaps = [
        difference(found, _value(found, row["actual"]), _value(found, one))
        for one in polls["consensus"]
    ]
    agree = len({(gap > 0) - (gap < 0) for gap in gaps}) == 1
    asked = polls.iloc[0] if agree else None
    at = row["released_at"]
    return Print(
        instrument=found,
        value=_value(found, row["actual"]),
        before=_known(found, row["previous"]),
        first=_known(found, row["previous_first"]),
        consensus=None if asked is None else _value(found, asked["consensus"]),
        poll="" if asked is None else str(asked["poll"]).strip(),
        stage=str(row["stage"]),
        period=str(period),
        at=None if pd.isna(at) else at.to_pydatetime(),
        known_at=row["known_at"].to_pydatetime(),
        spread=_spread(found, rows[rows["stage"] == row["stage"]], row["known_at"]),
        source=str(row["source"]),
    )


def step_of(found: Instrument) -> float:
    """The least difference of two figures of a series, in the unit of its facts."""
    return round(_value(found, found.step), PLACES)


def difference(found: Instrument, value: float, other: float) -> float:
    """How far two figures are apart, in whole steps of what is published."""
    step = step_of(found)
    return round(round((value - other) / step) * step, PLACES)


def _spread(found: Instrument, rows: pd.DataFrame, before: pd.Timestamp) -> float | None:
    """The standard deviation of the last surprises of first prints that were known *before*."""
    earlier = rows[rows["known_at"] < before].drop_duplicates("period")
    asked = earlier[earlier["consensus"].notna()].iloc[-SURPRISES:]
    gaps = [
        difference(found, _value(found, actual), _value(found, consensus))
        for actual, consensus in zip(asked["actual"], asked["consensus"], strict=True)
    ]
    if len(gaps) < LEAST_SURPRISES:
        return None
    return float(pd.Series(gaps).std())


def _value(found: Instrument, told: float) -> float:
    return round(float(told) / (100.0 if found.unit is Unit.FRACTION else 1.0), PLACES)


def _known(found: Instrument, told: float | None) -> float | None:
    return None if told is None or pd.isna(told) else _value(found, told)


def _day_of(at: dt.datetime) -> dt.date:
    """The day of a time by which something was known; a day alone counts to its end."""
    return (at - dt.timedelta(microseconds=1)).date()

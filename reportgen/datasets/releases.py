"""The figures of releases: which one is the newest, what was expected of it, and what is usual."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set as AbstractSet
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
FAR_BACK = {"week": 26, "month": 12}
"""The periods since a first print as far that make it worth saying, by what a figure is of."""


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
    earlier: float | None = None
    """That of two periods before, as it was known with it."""
    earlier_was: float | None = None
    """The same as it was known with the print of the period before."""
    beside: tuple[tuple[str, float], ...] = ()
    """The earlier periods of the same release, the newest first, each with its figure."""
    since: str = ""
    """The last period with a first print as far, "" where that is not known or not long ago."""
    highest: bool = False
    """Whether that is one as high, and not one as low."""
    gap: bool = False
    """Whether the period before is known to have no print."""
    divided: bool = False
    """Whether polls disagree on the side that it is on."""
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

    @property
    def combined(self) -> float | None:
        """How far the figures of the two periods before were revised with it, taken together."""
        if None in (self.before, self.first, self.earlier, self.earlier_was):
            return None
        pairs = ((self.before, self.first), (self.earlier, self.earlier_was))
        moved = [difference(self.instrument, now, was) for now, was in pairs]  # type: ignore[arg-type]
        return round(sum(moved), PLACES)


def newest(
    found: Instrument,
    rows: pd.DataFrame,
    unpublished: AbstractSet[tuple[str, str]] = frozenset(),
) -> Print:
    """The print of the newest period among *rows*, of its last stage, as it was printed first.

    Args:
        found: The series.
        rows: Its figures that were known, in order of their times; one or more.
        unpublished: The series and periods that were known to have no print.
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
    own = rows[rows["stage"] == row["stage"]].drop_duplicates("period")
    last = own[own["period"] == previous(str(period))]
    since, highest = _as_far(found, rows, row)
    return Print(
        instrument=found,
        value=_value(found, row["actual"]),
        before=_known(found, row["previous"]),
        first=_known(found, row["previous_first"]),
        earlier=_known(found, row["earlier"]),
        earlier_was=_known(found, last["previous"].iloc[0]) if len(last) else None,
        beside=_beside(found, own, row),
        since=since,
        highest=highest,
        gap=(found.symbol, previous(str(period))) in unpublished,
        divided=len(gaps) > 0 and not agree,
        consensus=None if asked is None else _value(found, asked["consensus"]),
        poll="" if asked is None else str(asked["poll"]).strip(),
        stage=str(row["stage"]),
        period=str(period),
        at=None if pd.isna(at) else at.to_pydatetime(),
        known_at=row["known_at"].to_pydatetime(),
        spread=_spread(found, rows[rows["stage"] == row["stage"]], row["known_at"]),
        source=str(row["source"]),
    )


def previous(period: str) -> str:
    """The period before *period*.

    >>> previous("2025-01"), previous("2025Q1"), previous("2025-01-04")
    ('2024-12', '2024Q4', '2024-12-28')
    """
    year = int(period[:4])
    if "Q" in period:
        quarter = int(period[-1])
        return f"{year}Q{quarter - 1}" if quarter > 1 else f"{year - 1}Q4"
    if len(period) > len("2025-01"):
        return (dt.date.fromisoformat(period) - dt.timedelta(days=7)).isoformat()
    month = int(period[5:7])
    return f"{year}-{month - 1:02}" if month > 1 else f"{year - 1}-12"


def _beside(found: Instrument, own: pd.DataFrame, row: pd.Series) -> tuple[tuple[str, float], ...]:
    """The earlier periods that came out in the same minute as *row*, the newest first."""
    if pd.isna(row["released_at"]):
        return ()
    alike = own[(own["released_at"] == row["released_at"]) & (own["period"] < row["period"])]
    newest_first = alike.sort_values("period", ascending=False)
    pairs = zip(newest_first["period"], newest_first["actual"], strict=True)
    return tuple((str(period), _value(found, actual)) for period, actual in pairs)


def _as_far(found: Instrument, rows: pd.DataFrame, row: pd.Series) -> tuple[str, bool]:
    """The last period with a first print as high or as low as that of *row*, and if it is as high.

    First prints alone are compared, and only while no period is lacking between them: a figure
    with no time of release may be a revision. The revised figure of the period before says on which
    side it is.
    """
    nothing = "", False
    dated = rows[rows["released_at"].notna()].drop_duplicates("period")
    told = {
        str(period): (str(stage), _value(found, actual))
        for period, stage, actual in zip(
            dated["period"], dated["stage"], dated["actual"], strict=True
        )
    }
    period, least = str(row["period"]), FAR_BACK.get(found.every)
    if least is None or period not in told or told[period][0] != row["stage"]:
        return nothing
    value, last = told[period][1], previous(period)
    before = _known(found, row["previous"])
    if before is None or before == value or last not in told:
        return nothing
    up, steps = value > before, 1
    while last in told and (told[last][1] < value if up else told[last][1] > value):
        last, steps = previous(last), steps + 1
    return (last, up) if last in told and steps >= least else nothing


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

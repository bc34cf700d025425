"""Rules on the figures of releases."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from reportgen.core.checks import Defect
from reportgen.core.facts import Unit
from reportgen.datasets.validation.finding import Row, defect
from reportgen.markets.instruments import registry

PERCENT = (-60.0, 60.0)
"""What a change or a rate in percent can be."""
PRELIMINARY = "preliminary"
"""The stage of a reading that comes within its month."""
WEEK, HALF = dt.timedelta(days=5), dt.timedelta(days=14)
PERSONS = 1000.0
"""A change of the number of jobs is told in persons; a smaller one is in thousands."""


def prints(table: pd.DataFrame) -> list[Defect]:
    """The findings on *table*, which has the columns of a file of prints."""
    newest = table["known_at"].max().date()
    rows = [*_times(table), *_units(table), *_doubled(table)]
    return [defect(series, row, newest) for series, row in rows]


def _times(table: pd.DataFrame) -> Iterator[tuple[str, Row]]:
    """Figures that were known before their period was half over."""
    columns = (table[name] for name in ("series", "period", "stage", "known_at"))
    for series, period, stage, at in zip(*columns, strict=True):
        if at.date() < _earliest(str(period), early=stage == PRELIMINARY):
            told = f"the figure of {period} was known on {at.date()}, before it was over"
            yield str(series), Row("print", at.date(), told)


def _earliest(period: str, *, early: bool) -> dt.date:
    """The first day on which a figure of *period* can be known, a first reading *early* in it."""
    if "Q" in period:
        return dt.date(int(period[:4]), int(period[-1]) * 3, 1) + HALF
    if len(period) > len("2025-01"):
        return dt.date.fromisoformat(period)
    return dt.date.fromisoformat(f"{period}-01") + (WEEK if early else HALF)


def _units(table: pd.DataFrame) -> Iterator[tuple[str, Row]]:
    """Figures that are no numbers, or in another unit than their series."""
    for series, period, value, at in zip(
        table["series"], table["period"], table["actual"], table["known_at"], strict=True
    ):
        known = registry().get(str(series))
        unit = known.unit if known else Unit.FRACTION
        off = pd.isna(value)
        if unit is Unit.COUNT:
            off = off or 0 < abs(value) < PERSONS
        elif unit is Unit.FRACTION:
            off = off or not PERCENT[0] <= value <= PERCENT[1]
        if off:
            yield str(series), Row("print", at.date(), f"{value:g} for {period}: in another unit?")


def _doubled(table: pd.DataFrame) -> Iterator[tuple[str, Row]]:
    """Two figures of one stage of a period that were known at one time."""
    stages = table["stage"].astype(object).fillna("")
    found = defaultdict[tuple[str, str, str, pd.Timestamp], dict[float, None]](dict)
    columns = (table["series"], table["period"], stages, table["known_at"], table["actual"])
    for series, period, stage, at, value in zip(*columns, strict=True):
        found[str(series), str(period), str(stage), at][float(value)] = None
    for (series, period, _, at), values in found.items():
        if len(values) > 1:
            told = f"{period} has {' and '.join(f'{value:g}' for value in values)}"
            yield series, Row("print", at.date(), told)

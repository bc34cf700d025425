"""What is wrong with interest rates, each alone and beside the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation.finding import COMMON_DAYS, Row, defect
from reportgen.datasets.validation.rows import GRID_DAYS, duplicates
from reportgen.markets import home

RATE, RATE_STEP = (-2.0, 25.0), 3.0
FRACTION = 0.3
"""A year of rates in percent below this, with more than two decimals, is a year of fractions."""
STUCK, SELDOM = 5, 0.15
"""A rate that stays on fewer days than this share never stays for so many days in a row."""
ORDER = 0.05
"""How much more a shorter yield may correlate with the longest than a longer one does."""


def rates(table: pd.DataFrame) -> list[Defect]:
    """All findings on rates in percent: a row a day, a column a series.

    One of more than a year before the newest row is a warning.
    """
    found = [*_curve(table)]
    for series in map(str, table):
        values = table[series].dropna()
        found += [
            (series, row) for row in (*_jumps(values), *_fractions(values), *_stuck(table, values))
        ]
    newest = table.index.max().date()
    return [defect(series, row, newest) for series, row in found]


def doubled(frame: pd.DataFrame) -> list[Defect]:
    """Findings on days with several rows of one series. *frame* has date, series and value."""
    newest = frame["date"].max().date()
    return [
        defect(str(series), row, newest)
        for series, rows in frame.groupby("series")
        for row in duplicates(rows.rename(columns={"value": "close"}))
    ]


def _jumps(series: pd.Series) -> Iterator[Row]:
    """Values outside the range of rates in percent, and impossible changes in a day."""
    values = series.to_numpy()
    wrong = (
        (values < RATE[0])
        | (values > RATE[1])
        | (np.abs(np.diff(values, prepend=values[:1])) > RATE_STEP)
    )
    for place in np.flatnonzero(wrong).tolist():
        before = f", after {values[place - 1]:g}" if place else ""
        yield Row("unit", series.index[place].date(), f"{values[place]:g} percent{before}")


def _fractions(series: pd.Series) -> Iterator[Row]:
    """Values that are fractions: all small, and finer than a hundredth of a percent."""
    values = series.to_numpy()[-GRID_DAYS:]
    fine = np.abs(values * 100 - np.round(values * 100)) > 1e-6
    if len(values) >= 20 and (np.abs(values) < FRACTION).all() and fine.mean() > 0.5:
        yield Row(
            "unit",
            series.index[-1].date(),
            f"{values[-1]:g} percent: these look like fractions; multiply them by 100",
        )


def _stuck(table: pd.DataFrame, values: pd.Series) -> Iterator[Row]:
    """A rate that usually moves and has not moved for days, while others did."""
    if len(values) < 20:
        return
    stays = values.to_numpy()[1:] == values.to_numpy()[:-1]
    run = int(np.argmin(stays[::-1])) + 1 if not stays.all() else len(values)
    if run < STUCK or stays.mean() > SELDOM:
        return
    others = table.loc[values.index[-run:]].drop(columns=str(values.name)).dropna(axis=1, how="any")
    others = others.loc[:, (table[others.columns].diff() != 0).mean() > 1 - SELDOM]
    moved = (others.nunique() >= min(3, run - 1)).sum()
    if moved >= 2 or (moved and moved == len(others.columns)):
        yield Row(
            "frozen",
            values.index[-1].date(),
            f"{values.iloc[-1]:g} for {run} days, while others moved",
        )


def _curve(frame: pd.DataFrame) -> Iterator[tuple[str, Row]]:
    """Swapped yields. *frame* has a row a day and a column a series.

    Neighbours on the curve move most alike. The maturity of a series is the number in
    its name, where the name begins as those of the market's yields do.
    """
    names = {name: years for name in map(str, frame) if (years := _maturity(name))}
    if len(names) < 3 or len(frame) < COMMON_DAYS:
        return
    longest, *others = sorted(names, key=lambda name: -names[name])
    changes = frame.diff()
    likeness = [float(changes[name].corr(changes[longest])) for name in others]
    for longer, shorter, near, far in zip(others, others[1:], likeness, likeness[1:], strict=False):
        if far - near > ORDER:
            for name in (longer, shorter):
                detail = (
                    f"{shorter} moves more like {longest} ({far:.2f}) than {longer} does"
                    f" ({near:.2f}); have they changed places?"
                )
                yield name, Row("swapped", frame.index[-1].date(), detail)


def _maturity(name: str) -> float | None:
    """The years in the *name* of a yield: 10 of "DGS10", a quarter of "DGS3MO"."""
    parts = re.fullmatch(r"([A-Z]+?)(\d+)(MO)?", name)
    known = [re.match(r"[A-Z]+", one) for one in home().yields]
    if parts is None or parts[1] not in {one[0] for one in known if one}:
        return None
    return int(parts[2]) / (12 if parts[3] else 1)

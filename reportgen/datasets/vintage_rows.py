"""Rows of a file of vintages that cannot be what they say, each with its line and what to write."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from reportgen.datasets import delimited

if TYPE_CHECKING:
    from reportgen.datasets.dataset import DataFile

PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-01)?|Q(?P<quarter>[1-4]))")
"""A month, the first day of one as an archive writes it, or a quarter."""


def refuse(file: DataFile, frame: pd.DataFrame) -> None:
    """Refuse the first row of *frame* that is off.

    Args:
        file: The file, for its path and its lines.
        frame: Its rows; the index is the place of each.

    Raises:
        BadData: With the line and what to write there.
    """
    delimited.refuse_first(file, _faults(frame))


def _faults(frame: pd.DataFrame) -> Iterator[tuple[int, str]]:
    told: dict[tuple[str, str, str], str] = {}
    columns = (frame[name].astype(str) for name in ("series", "period", "value", "released_at"))
    for place, *row in zip(frame.index, *columns, strict=True):
        series, period, value, released = (text.strip() for text in row)
        why = _objection(period, released)
        first = told.setdefault((series, period, released), value)
        if not why and first != value:
            why = f"{series} of {period} was {first} and {value}, both told at {released}; keep one"
        if why:
            yield int(place), why


def _objection(period: str, released: str) -> str:
    """Why a row has no such period or no such time of release, or ""."""
    found = PERIOD.fullmatch(period)
    if found is None:
        return f"'{period}' is no month; write one such as 2025-01, or a quarter such as 2024Q4"
    if not re.match(r"\d{4}-\d\d-\d\d", released):
        return (
            f"released_at is '{released}'; write the day or the time on which this figure of"
            f" {period} was told, such as 2025-01-15T08:30-05:00"
        )
    if dt.date.fromisoformat(released[:10]) < _half(found):
        return f"the figure of {period} was told on {released[:10]}, before that period was over"
    return ""


def _half(found: re.Match[str]) -> dt.date:
    """The middle of the last month of a period: no figure of it comes before."""
    month = int(found["month"] or 3 * int(found["quarter"] or 0))
    return dt.date(int(found["year"]), month, 15)

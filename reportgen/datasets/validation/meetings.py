"""The rule on the table of the Fed's meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation.finding import Row, defect

MEETINGS = "meetings"
"""What a finding on the table of the Fed's meetings is filed under."""


def meetings(rows: pd.DataFrame, listed: Sequence[tuple[dt.date, dt.date]]) -> list[Defect]:
    """Findings on regular meetings that the calendar of their year does not have.

    Args:
        rows: Columns start, end and type.
        listed: First and last day of every regular meeting of the Fed's own calendar.
    """
    years = {end.year for _, end in listed}
    regular = rows[rows["type"].str.lower() == "regular"]
    found = []
    for start, end in zip(regular["start"].dt.date, regular["end"].dt.date, strict=True):
        if end.year in years and (start, end) not in listed:
            first, last = min(listed, key=lambda one: abs(one[1] - end))
            told = f"no meeting ends that day; the nearest one is from {first} to {last}"
            found.append(defect(MEETINGS, Row("fed_table", end, told), end))
    return found

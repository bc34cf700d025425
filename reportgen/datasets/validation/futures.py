"""Rules on the settlements of futures on the policy rate."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from reportgen.core.checks import Defect
from reportgen.datasets.validation.finding import Row, Rows, defect
from reportgen.markets import policy_futures
from reportgen.sources.providers.cme import PRICES


def futures(frame: pd.DataFrame, newest: dt.date) -> list[Defect]:
    """All findings on settlements: columns date, contract and settle; the newest day is *newest*.

    They are filed under one name, since the odds rest on all contracts.
    """
    rows = [*_doubled(frame), *_bounds(frame)]
    return [defect(policy_futures(), row, newest) for row in rows]


def _doubled(frame: pd.DataFrame) -> Rows:
    unlike = frame.drop_duplicates(["date", "contract", "settle"])
    twice = unlike[unlike.duplicated(["date", "contract"], keep=False)]
    for row in twice.drop_duplicates(["date", "contract"]).to_dict("records"):
        alike = (twice["date"] == row["date"]) & (twice["contract"] == row["contract"])
        told = " and ".join(f"{price:g}" for price in twice["settle"][alike])
        yield Row("duplicate", row["date"].date(), f"{row['contract']} settles at {told}")


def _bounds(frame: pd.DataFrame) -> Rows:
    low, high = PRICES
    off = frame[~frame["settle"].between(low, high)]
    for day, contract, settle in zip(off["date"], off["contract"], off["settle"], strict=True):
        told = f"{contract} settles at {settle:g}; {low:g} to {high:g} was expected"
        yield Row("unit", day.date(), told)

"""Days on which most series close at exactly their open, high or low."""

import datetime as dt

import pandas as pd
import pytest

from reportgen.datasets.validation.finding import Bars
from reportgen.datasets.validation.together import together
from reportgen.markets.instruments import instrument

DAYS = pd.bdate_range("2025-06-02", periods=5)
NAMES = ("^FTSE", "^GDAXI", "^FCHI", "^N225", "^HSI", "^KS11", "^GSPC", "^DJI", "^IXIC", "^RUT")


def bars(symbol, place, column):
    """Bars whose close on the fourth day is that of *column*; "" for none."""
    low = pd.Series([100.0, 101, 102, 103, 104]) + place
    frame = pd.DataFrame(
        {"date": DAYS, "open": low + 1, "low": low, "high": low + 4, "close": low + 2.5}
    )
    if column:
        frame.loc[3, "close"] = frame.loc[3, column]
    return Bars(instrument=instrument(symbol), frame=frame, due=dt.date(2025, 6, 6))


@pytest.mark.parametrize(
    ("column", "alike", "wrong"),
    [
        ("open", 5, False),
        ("open", 6, True),
        ("high", 8, False),  # a rally into the close, after which most end at their high
        ("low", 8, False),
        ("high", 9, True),
        ("low", 9, True),
    ],
)
def test_most_series_never_close_at_their_open_nor_nearly_all_at_their_high(column, alike, wrong):
    """Of ten, more than five at the open, or more than eight at the high or the low."""
    held = {
        name: bars(name, place, column if place < alike else "") for place, name in enumerate(NAMES)
    }
    found = {one.symbol for one in together(held, pd.DataFrame()) if one.check == "columns"}
    assert found == ({*NAMES[:alike]} if wrong else set())

"""What a brief takes from a dataset's files at, just below and just above each bound."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from reportgen.core.errors import BadData, StaleData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.snapshot import take
from reportgen.datasets.validation.verifying import verify_dataset
from reportgen.markets import market

CALENDAR = market("us").calendar
DAYS = CALENDAR.sessions(dt.date(2024, 6, 3), dt.date(2025, 1, 8))
LATER = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
MOMENT = CALENDAR.resolve("2025-01-08 13:00", LATER)
"""A Wednesday at noon and an hour, while the session runs."""
SESSIONS_OF_1990 = ["1989-12-28", "1989-12-29", "1990-01-02", "1990-01-03", "1990-01-04"]


def closes(symbol="^RUT", days=DAYS[:-1], level=2200.0):
    """Rows of date, symbol and close that move by a percent, up and down."""
    return [[str(day), symbol, level * (1.01 if n % 2 else 1)] for n, day in enumerate(days)]


def quarters(day="2025-01-08", first="09:30", count=14, minutes=15, level=2200.0):
    """Rows of start, symbol and close, so many minutes apart."""
    start = pd.Timestamp(f"{day} {first}", tz="America/New_York")
    return [
        [(start + pd.Timedelta(minutes=minutes * n)).isoformat(), "^RUT", level + n]
        for n in range(count)
    ]


HEADS = {
    "daily_bars": "date,symbol,close",
    "intraday_bars": "start,symbol,close",
    "rates": "date,series,value",
    "futures": "date,contract,settle",
    "confirmations": "date,symbol,close",
}


@pytest.fixture
def taken(tmp_path):
    """``taken(role=rows, ...)`` is what is cut from files of those roles."""

    def build(required=("^RUT",), moment=MOMENT, **files):
        described = ['name = "A test"', "simulated = true"]
        for role, rows in files.items():
            lines = [",".join(map(str, row)) for row in rows]
            (tmp_path / f"{role}.csv").write_text("\n".join([HEADS[role], *lines, ""]))
            described += ["[[files]]", f'path = "{role}.csv"', f'role = "{role}"']
            described += [f'source = "{role}"', *(["minutes = 15"] * (role == "intraday_bars"))]
        (tmp_path / "dataset.toml").write_text("\n".join(described))
        return take(open_dataset(tmp_path), moment, ["^RUT"], required)

    return build


def refused(taken, words, **files):
    """Whether files are refused, in a line that says *words*."""
    try:
        taken(**files)
    except BadData as error:
        return words in str(error)
    return False


# Sources that agree
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "agree"), [(1.00049, 2), (1.00051, None), (0.99951, 2), (0.99949, None), (1.0, 2)]
)
def test_two_sources_agree_within_five_basis_points(taken, times, agree):
    """Else the series is kept out."""
    rows = closes()
    day, symbol, close = rows[-1]
    snapshot = taken((), daily_bars=rows, confirmations=[[day, symbol, close * times]])
    assert snapshot.agreeing.get("^RUT") == agree
    assert {one.check for one in snapshot.blocked} == (set() if agree else {"cross_source"})


def test_a_series_that_nobody_else_tells_has_one_source(taken):
    """Nor does a source of another day count."""
    rows = closes()
    snapshot = taken(daily_bars=rows, confirmations=[[rows[-2][0], *rows[-2][1:]]])
    assert snapshot.agreeing == {"^RUT": 1}


# Rates and futures
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "off"), [(25.0, False), (25.01, True), (-2.0, False), (-2.01, True)]
)
def test_a_rate_of_a_file_is_between_minus_2_and_25_percent(taken, value, off):
    """Beyond that, the series is kept out."""
    rows = [[str(day), "DGS10", value] for day in DAYS[:-1]]
    snapshot = taken(daily_bars=closes(), rates=rows)
    assert {one.check for one in snapshot.blocked} == ({"unit"} if off else set())


@pytest.mark.parametrize(
    ("settle", "off"), [(75.0, False), (74.99, True), (102.0, False), (102.01, True)]
)
def test_a_fed_funds_future_is_between_75_and_102(taken, settle, off):
    """A rate of 25 percent, and one of minus two."""
    rows = [[str(day), "ZQF2025", settle] for day in DAYS[:-1]]
    snapshot = taken(daily_bars=closes(), futures=rows)
    assert snapshot.futures.empty is off


# Units
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "off"), [(5.0, False), (5.05, True), (0.2, False), (1 / 5.05, True)]
)
def test_an_index_does_not_close_at_more_than_five_times_its_close_before(taken, times, off):
    """Nor at less than a fifth, of any day."""
    rows = closes(days=DAYS[:61]) + closes(days=DAYS[61:-1], level=2200.0 * times)
    words = "a wrong unit or an unadjusted split"
    assert refused(taken, words, daily_bars=rows) is off


@pytest.mark.parametrize(
    ("times", "off"), [(4.9, False), (5.1, True), (1 / 4.9, False), (1 / 5.1, True)]
)
def test_a_level_is_not_five_times_the_close_before(taken, times, off):
    """Bars of the running session are in the unit of the closes."""
    bars = quarters(level=2200.0 * times, count=6)
    words = "are both in one unit?"
    assert refused(taken, words, daily_bars=closes(days=DAYS[:-1]), intraday_bars=bars) is off


@pytest.mark.parametrize(
    ("times", "off"), [(4.9, False), (5.1, True), (1 / 4.9, False), (1 / 5.1, True)]
)
def test_a_bar_is_not_five_times_the_bar_before(taken, times, off):
    """One bar in another unit, between two of them."""
    bars = quarters()
    bars[4][2] *= times
    assert refused(taken, "a wrong unit", daily_bars=closes(), intraday_bars=bars) is off


# Days and minutes
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "off"),
    [
        ("2025-01-08", "09:30", False),
        ("2025-01-08", "09:29", True),
        ("2025-01-07", "15:59", False),
        ("2025-01-07", "16:00", True),
    ],
)
def test_a_bar_starts_within_its_session(taken, day, first, off):
    """At its first minute, and before its last."""
    bars = quarters("2025-01-08") + quarters(day, first, count=1)
    words = "outside the session 09:30 to 16:00"
    assert refused(taken, words, daily_bars=closes(), intraday_bars=bars) is off


@pytest.mark.parametrize(
    ("minutes", "count", "off"), [(15, 12, False), (16, 12, True), (16, 4, True), (16, 3, False)]
)
def test_bars_follow_each_other_as_their_minutes_say(taken, minutes, count, off):
    """Three distances say what is usual."""
    bars = quarters(count=count, minutes=minutes)
    words = f"begin {minutes} minutes apart"
    assert refused(taken, words, daily_bars=closes(), intraday_bars=bars) is off


def test_a_bar_a_day_says_nothing_of_minutes(taken):
    """A day lies between them, and no usual distance."""
    bars = [row for day in DAYS[-6:] for row in quarters(str(day), "09:30", count=1)]
    assert not refused(taken, "", daily_bars=closes(), intraday_bars=bars)


def test_bars_of_almost_a_day_are_no_quarters(taken):
    """23 hours and a half lie between them."""
    starts = ("11:30", "11:00", "10:30", "10:00", "09:30")
    bars = [
        row
        for day, start in zip(DAYS[-5:], starts, strict=True)
        for row in quarters(str(day), start, count=1)
    ]
    words = "begin 1410 minutes apart"
    assert refused(taken, words, daily_bars=closes(), intraday_bars=bars)


@pytest.mark.parametrize(
    ("day", "found"), [("1989-12-29", False), ("1990-01-02", True), ("1990-01-03", True)]
)
def test_bars_are_judged_from_1990_on(tmp_path, day, found):
    """Of older ones there is no calendar to hold them against."""
    rows = [f"{one},NVDA,{0 if str(one) == day else 100}" for one in SESSIONS_OF_1990]
    (tmp_path / "daily.csv").write_text("\n".join([HEADS["daily_bars"], *rows, ""]))
    described = 'name = "A test"\n[[files]]\npath = "daily.csv"\nrole = "daily_bars"\nsource = "a"'
    (tmp_path / "dataset.toml").write_text(described)
    defects = verify_dataset(open_dataset(tmp_path))
    assert (day in {str(one.day) for one in defects if one.check == "non_positive"}) is found


@pytest.mark.parametrize(("last", "stale"), [(-2, False), (-3, True)])
def test_the_close_of_the_session_before_is_due(taken, last, stale):
    """While a session runs."""
    rows = closes(days=DAYS[: last + 1])
    if not stale:
        assert str(taken(daily_bars=rows).closes["^RUT"].index[-1].date()) == str(DAYS[-2])
        return
    with pytest.raises((BadData, StaleData), match=str(DAYS[-2])):
        taken(daily_bars=rows)

"""Prices that cannot be right: of a required series they are refused, in one line that names the
row and the mend, and nothing is written. Those of another series cost that series alone.
"""

from __future__ import annotations

import datetime as dt

import pytest
from sparing import first_quick

from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.snapshot import take
from reportgen.markets import market

DAILY, BARS = "daily.csv.gz", "intraday.csv.gz"


def _twice(day, name, value=None):
    """The rows with that of *name* on *day* twice; the second one has another *value*."""

    def edit(rows):
        for row in rows:
            yield row
            if row[0].startswith(day) and row[1] == name:
                yield row if value is None else [*row[:2], value]

    return lambda rows: [*edit(rows)]


def test_a_session_with_two_closes_is_refused(sample, refused):
    """A duplicate session names the symbol, the day and both closes."""
    sample.rows(DAILY, _twice("2025-01-07", "^RUT", "2251"))
    refused(sample, DAILY, "^RUT 2025-01-07: duplicate: closes", "and 2,251", "Correct the data")


def test_a_bar_with_two_closes_is_refused(sample, refused):
    """A duplicate intraday bar names its minute."""
    sample.rows(BARS, _twice("2025-01-08T10:00", "^RUT", "2251"))
    refused(
        sample, BARS, "^RUT 2025-01-08: duplicate: prices", "and 2,251 at 10:00", "Correct the data"
    )


@pytest.mark.parametrize(
    ("name", "edit"),
    first_quick(
        [
            (DAILY, _twice("2025-01-07", "^RUT")),
            (BARS, _twice("2025-01-08T10:00", "^RUT")),
            ("rates.csv.gz", _twice("2025-01-07", "DGS10")),
            ("futures.csv.gz", _twice("2025-01-07", "ZQF2025")),
            *((name, lambda rows: rows[::-1]) for name in (DAILY, BARS, "rates.csv.gz")),
        ],
        quick=2,
    ),
)
def test_rows_that_are_repeated_or_unsorted_change_nothing(sample, name, edit):
    """What is cut from them is what is cut from the sample."""
    before = _cut(sample)
    after = _cut(sample.rows(name, edit))
    assert before == after
    assert {"^RUT", "BTC-USD"} <= after.keys()


def _cut(sample):
    """All that a brief is handed, by name, as text."""
    moment = market("us").calendar.resolve(
        "2025-01-08 13:00", dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    )
    taken = take(open_dataset(sample.folder), moment, ["^RUT", "^GSPC", "BTC-USD"], ["^RUT"])
    levels = {f"{name} during the session": series for name, series in taken.levels.items()}
    tables = {**taken.closes, **levels, **taken.rates, "futures": taken.futures}
    return {name: table.to_csv() for name, table in tables.items()}


@pytest.mark.parametrize(
    ("close", "shown"), first_quick([("", "nan"), ("-2250.1", "-2250.1"), ("0", "0.0")])
)
@pytest.mark.parametrize(("name", "day"), [(DAILY, "2024-12-30"), (BARS, "2025-01-08T11:00")])
def test_a_close_that_is_no_price_is_refused(sample, refused, name, day, close, shown):
    """A blank, negative or zero close names its file, its day and itself."""
    told = (
        f"^RUT 2024-12-30: non_positive: the close is {shown}, in "
        if name == DAILY
        else f"^RUT 2025-01-08: non_positive: the price of 11:00 is {shown}, in "
    )
    refused(sample.set(name, day, "^RUT", close), name, told)


@pytest.mark.parametrize("close", first_quick(["", "NaN", "inf", "-inf", "-28.1", "0"]))
@pytest.mark.parametrize("day", first_quick(["2024-12-30", "2025-01-07"]))
def test_a_close_that_is_no_price_costs_an_optional_series_alone(sample, degraded, close, day):
    """The brief names it as a gap, and the gate why it is there."""
    gate = degraded(sample.set(DAILY, day, "RIOT", close), "Riot Platforms")
    assert f"RIOT {day}: non_positive: the close is " in gate
    assert gate.count("non_positive") == 1


@pytest.mark.slow
def test_two_closes_of_one_day_cost_an_optional_series_alone(sample, degraded):
    """Nobody can say which of them is right."""
    sample.rows(DAILY, _twice("2025-01-07", "RIOT", "13"))
    assert "RIOT 2025-01-07: duplicate: closes " in degraded(sample, "Riot Platforms")


@pytest.mark.slow
def test_no_price_at_all_costs_an_optional_series_alone(sample, degraded):
    """A column that was never filled."""
    sample.rows(DAILY, lambda rows: [[*r[:2], ""] if r[1] == "RIOT" else r for r in rows])
    assert "RIOT 2025-01-07: non_positive: " in degraded(sample, "Riot Platforms")


@pytest.mark.parametrize("close", first_quick(["", "0", "-5", "inf", "400"]))
def test_a_bar_that_is_no_price_costs_an_optional_series_alone(sample, degraded, close):
    """Of the running session it then has no price."""
    gate = degraded(sample.set(BARS, "2025-01-08T11:00", "RIOT", close), "Riot Platforms")
    assert "RIOT 2025-01-08: " in gate


@pytest.mark.slow
def test_a_bar_on_a_day_without_a_session_costs_an_optional_series_alone(sample, degraded):
    """Christmas is no session."""
    sample.rows(DAILY, lambda rows: [*rows, ["2024-12-25", "RIOT", "12"]])
    gate = degraded(sample, "Riot Platforms")
    assert "RIOT 2024-12-25: not_a_session: Wednesday, Christmas" in gate


def test_a_close_that_is_a_word_is_refused(sample, refused):
    """A close that is no number names the column and the word."""
    refused(sample.set(DAILY, "2024-12-30", "^RUT", "n/q"), DAILY, "'close'", "n/q")


@pytest.mark.parametrize("day", ["2024-12-30", "2025-01-07"])
@pytest.mark.parametrize("close", first_quick([22_500, 225]))
def test_a_close_ten_times_off_is_refused(sample, refused, day, close):
    """A close ten times too high or low is refused,
    in mid-series and as the last one before the as-of."""
    told = f"^RUT {day}: scale: "
    refused(sample.set(DAILY, day, "^RUT", close), DAILY, told, "times the close before", ", line ")


@pytest.mark.slow
def test_a_close_ten_times_off_at_the_end_of_the_file_is_refused(sample, refused):
    """The last row of the file has no row after it that would give it away."""
    sample.rows(DAILY, lambda rows: [r for r in rows if r[0] <= "2025-01-07"]).set(
        DAILY, "2025-01-07", "^RUT", 22_500
    )
    refused(sample, "^RUT 2025-01-07: scale: ", "times the close before")


@pytest.mark.parametrize(
    "bar", first_quick(["2025-01-08T09:30", "2025-01-08T11:00", "2025-01-08T12:45"])
)
def test_a_bar_ten_times_off_is_refused(sample, refused, bar):
    """One wrong intraday bar is refused: the first, one in the middle,
    the last before the as-of."""
    refused(sample.set(BARS, bar, "^RUT", 22_500), BARS, "^RUT 2025-01-08: scale: ")


@pytest.mark.slow
def test_the_only_bar_so_far_ten_times_off_is_refused(sample, refused):
    """Early in a session the close before is all there is to hold a bar against."""
    sample.rows(
        BARS,
        lambda rows: [[*r[:2], "22500"] if r[1] == "^RUT" else r for r in rows if "T09:30" in r[0]],
    )
    refused(sample, BARS, "^RUT 2025-01-08: scale: 22,500", as_of="2025-01-08 09:50")


@pytest.mark.slow
def test_a_whole_session_of_bars_ten_times_off_is_refused(sample, refused):
    """Bars in a wrong unit agree with each other, not with the closes."""
    sample.rows(
        BARS, lambda rows: [[*r[:2], str(float(r[2]) * 10)] if r[1] == "^RUT" else r for r in rows]
    )
    refused(sample, BARS, "^RUT 2025-01-08: scale: ", "after a close of")


def test_a_missing_last_row_is_stale(sample, refused):
    """The close that is due is missing.

    The line says which one there is, which is needed and what to do.
    """
    sample.drop(DAILY, "2025-01-07", "^RUT").rows(
        DAILY, lambda rows: [r for r in rows if r[0] <= "2025-01-08"]
    )
    refused(
        sample.drop(DAILY, "2025-01-08", "^RUT"),
        "^RUT",
        "newest close is of 2025-01-06",
        "2025-01-07 is needed",
        "update the data",
    )


def test_a_gap_in_the_last_year_is_refused(sample, refused):
    """A session missing in the middle of the last year is named with its weekday."""
    refused(
        sample.drop(DAILY, "2024-07-10", "^RUT"),
        "^RUT",
        "2024-07-10 (Wednesday) is missing",
        "Correct the data",
    )


def test_a_missing_symbol_is_refused(sample, refused):
    """A required symbol that the file does not hold is named."""
    refused(
        sample.rows(DAILY, lambda rows: [r for r in rows if r[1] != "^RUT"]),
        "no daily closes of ^RUT",
    )


def test_bars_declared_in_utc_though_they_are_in_exchange_time_are_refused(sample, refused):
    """09:30 taken as UTC is 04:30 in New York: outside the session."""
    sample.rows(BARS, lambda rows: [[r[0].replace("-0500", ""), *r[1:]] for r in rows])
    sample.swap(
        "dataset.toml", 'path = "intraday.csv.gz"', 'path = "intraday.csv.gz"\ntimezone = "UTC"'
    )
    refused(sample, BARS, "04:30 exchange time", "session 09:30 to 16:00", "time zone right?")


def test_bars_in_utc_declared_as_exchange_time_are_refused(sample, refused):
    """The other way round the afternoon lies after the close."""
    sample.rows(BARS, lambda rows: [[_utc(r[0]), *r[1:]] for r in rows if r[1] != "BTC-USD"])
    refused(sample, BARS, "exchange time", "session 09:30 to 16:00", "time zone right?")


def _utc(start):
    return f"{start[:11]}{int(start[11:13]) + 5:02}{start[13:19]}"


def test_daily_bars_shifted_by_a_day_are_refused(sample, refused):
    """Midnight in a zone to the west is the day before: Mondays become Sundays."""
    sample.rows(DAILY, lambda rows: [[_day_before(r[0]), *r[1:]] for r in rows])
    refused(sample, DAILY, "tz_shift: ", "without a session", "time zone right?")


def _day_before(day):
    import datetime as dt

    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


@pytest.mark.slow
def test_futures_with_two_settlements_of_a_day_cost_the_odds_alone(sample, degraded):
    """The gate names the contract and the day."""
    sample.rows("futures.csv.gz", _twice("2025-01-07", "ZQF2025", "95"))
    gate = degraded(sample, "Fed odds (Fed policy rate)")
    assert "2025-01-07: duplicate: ZQF2025 settles at " in gate


def test_a_yield_with_two_values_costs_itself_alone(sample, degraded):
    """Two values of one day cannot both be right."""
    sample.rows("rates.csv.gz", _twice("2025-01-07", "DGS10", "3.1"))
    gate = degraded(sample, "yields (10-year yield)")
    assert "DGS10 2025-01-07: duplicate: closes 4.67 and 3.1" in gate


@pytest.mark.parametrize("value", first_quick(["46.7", "inf", "-40"]))
def test_a_yield_out_of_bounds_costs_itself_alone(sample, degraded, value):
    """A 10-year yield of 46.7% after one of 4.6% is a slip."""
    sample.set("rates.csv.gz", "2025-01-07", "DGS10", value)
    gate = degraded(sample, "yields (10-year yield)")
    assert f"DGS10 2025-01-07: unit: {float(value):g} percent, after 4." in gate


def test_bars_of_an_hour_taken_for_quarters_are_refused(sample, refused):
    """Their ends would be told as known three quarters of an hour early."""
    sample.rows("intraday.csv.gz", lambda rows: [r for r in rows if r[0][14:16] == "30"])
    refused(sample, "begin 60 minutes apart", "minutes = 60")

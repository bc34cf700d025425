"""Prices that cannot be right are refused in one line that names the row and the mend.

Nothing is written.
"""

from __future__ import annotations

import pytest

DAILY, BARS = "daily.csv.gz", "intraday.csv.gz"


def test_a_session_twice_is_refused(sample, refused):
    """A duplicate session names the symbol, the day and what to keep."""
    sample.rows(
        DAILY,
        lambda rows: [
            row for r in rows for row in ([r, r] if r[:2] == ["2025-01-07", "^RUT"] else [r])
        ],
    )
    refused(sample, DAILY, "^RUT", "two rows for 2025-01-07", "keep one")


def test_a_bar_twice_is_refused(sample, refused):
    """A duplicate intraday bar names its minute."""
    sample.rows(
        BARS,
        lambda rows: [
            row for r in rows for row in ([r, r] if r[1] == "^RUT" and "T10:00" in r[0] else [r])
        ],
    )
    refused(sample, BARS, "^RUT", "two rows for 2025-01-08 10:00", "keep one")


@pytest.mark.parametrize(("name", "day"), [(DAILY, "2025-01-30"), (BARS, "2025-01-08 15:30")])
def test_unsorted_rows_are_refused(sample, refused, name, day):
    """Rows out of order name the first one that goes back in time."""
    sample.rows(name, lambda rows: _last_two_swapped(rows, "^RUT"))
    refused(sample, name, "^RUT", "not sorted", day, "sort the file")


def _last_two_swapped(rows, symbol):
    *_, before, last = (i for i, row in enumerate(rows) if row[1] == symbol)
    rows[before], rows[last] = rows[last], rows[before]
    return rows


@pytest.mark.parametrize(("close", "shown"), [("", "nan"), ("-2250.1", "-2250.1"), ("0", "0.0")])
@pytest.mark.parametrize(("name", "day"), [(DAILY, "2024-12-30"), (BARS, "2025-01-08T11:00")])
def test_a_close_that_is_no_price_is_refused(sample, refused, name, day, close, shown):
    """A blank, negative or zero close names its day and the rule."""
    refused(
        sample.set(name, day, "^RUT", close),
        name,
        f"^RUT closes at {shown} on {day.replace('T', ' ')}",
        "above 0",
    )


def test_a_close_that_is_a_word_is_refused(sample, refused):
    """A close that is no number names the column and the word."""
    refused(sample.set(DAILY, "2024-12-30", "^RUT", "n/q"), DAILY, "'close'", "n/q")


@pytest.mark.parametrize("day", ["2024-12-30", "2025-01-07"])
@pytest.mark.parametrize("close", [22_500, 225])
def test_a_close_ten_times_off_is_refused(sample, refused, day, close):
    """A close ten times too high or low is refused,
    in mid-series and as the last one before the as-of."""
    refused(sample.set(DAILY, day, "^RUT", close), DAILY, "^RUT", day, "wrong unit", "Mend the row")


def test_a_close_ten_times_off_at_the_end_of_the_file_is_refused(sample, refused):
    """The last row of the file has no row after it that would give it away."""
    sample.rows(DAILY, lambda rows: [r for r in rows if r[0] <= "2025-01-07"]).set(
        DAILY, "2025-01-07", "^RUT", 22_500
    )
    refused(sample, "^RUT", "2025-01-07", "wrong unit")


@pytest.mark.parametrize("bar", ["2025-01-08T09:30", "2025-01-08T11:00", "2025-01-08T12:45"])
def test_a_bar_ten_times_off_is_refused(sample, refused, bar):
    """One wrong intraday bar is refused: the first, one in the middle,
    the last before the as-of."""
    refused(sample.set(BARS, bar, "^RUT", 22_500), BARS, "^RUT", "2025-01-08", "wrong unit")


def test_the_only_bar_so_far_ten_times_off_is_refused(sample, refused):
    """Early in a session the close before is all there is to hold a bar against."""
    sample.rows(
        BARS,
        lambda rows: [[*r[:2], "22500"] if r[1] == "^RUT" else r for r in rows if "T09:30" in r[0]],
    )
    refused(sample, BARS, "^RUT", "2025-01-08", as_of="2025-01-08 09:50")


def test_a_whole_session_of_bars_ten_times_off_is_refused(sample, refused):
    """Bars in a wrong unit agree with each other, not with the closes."""
    sample.rows(
        BARS, lambda rows: [[*r[:2], str(float(r[2]) * 10)] if r[1] == "^RUT" else r for r in rows]
    )
    refused(sample, BARS, "^RUT", "2025-01-08")


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
        "Mend the data",
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
    refused(
        sample, BARS, "2025-01-08 04:30 exchange time", "session 09:30 to 16:00", "time zone right?"
    )


def test_bars_in_utc_declared_as_exchange_time_are_refused(sample, refused):
    """The other way round the afternoon lies after the close."""
    sample.rows(BARS, lambda rows: [[_utc(r[0]), *r[1:]] for r in rows if r[1] != "BTC-USD"])
    refused(sample, BARS, "exchange time", "session 09:30 to 16:00", "time zone right?")


def _utc(start):
    return f"{start[:11]}{int(start[11:13]) + 5:02}{start[13:19]}"


def test_daily_bars_shifted_by_a_day_are_refused(sample, refused):
    """Midnight in a zone to the west is the day before: Mondays become Sundays."""
    sample.rows(DAILY, lambda rows: [[_day_before(r[0]), *r[1:]] for r in rows])
    refused(sample, DAILY, "(Sunday), which has no session", "time zone right?")


def _day_before(day):
    import datetime as dt

    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


def test_futures_with_a_row_twice_are_refused(sample, refused):
    """A settlement twice names the file, the contract and the day."""
    sample.rows(
        "futures.csv.gz",
        lambda rows: [
            row for r in rows for row in ([r, r] if r[:2] == ["2025-01-07", "ZQF2025"] else [r])
        ],
    )
    refused(sample, "futures.csv.gz", "ZQF2025", "2025-01-07")


def test_a_yield_twice_with_two_values_is_refused(sample, refused):
    """Two values of one day cannot both be right."""
    sample.rows(
        "rates.csv.gz",
        lambda rows: [
            x
            for r in rows
            for x in ([r, [*r[:2], "3.1"]] if r[:2] == ["2025-01-07", "DGS10"] else [r])
        ],
    )
    refused(sample, "rates.csv.gz", "DGS10", "2025-01-07")


def test_bars_of_an_hour_taken_for_quarters_are_refused(sample, refused):
    """Their ends would be told as known three quarters of an hour early."""
    sample.rows("intraday.csv.gz", lambda rows: [r for r in rows if r[0][14:16] == "30"])
    refused(sample, "begin 60 minutes apart", "minutes = 60")

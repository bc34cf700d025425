"""Price returns over named windows: where each begins, and what is refused."""

import datetime as dt

import pytest

from reportgen.core.errors import NoData
from reportgen.markets import calendar as windows
from reportgen.markets import market
from reportgen.statistics import returns

calendar = market("us").calendar

TURN_OF_2025 = {
    "2024-12-30": 200.0,
    "2024-12-31": 210.0,
    "2025-01-02": 231.0,
    "2025-01-03": 220.5,
    "2025-01-06": 252.0,
}
APPROX = {"rel": 1e-12, "abs": 1e-12}


def test_a_day_runs_from_the_close_before_to_the_last_close(series):
    """220.5 to 252 is a gain of one seventh."""
    assert returns.day(series(TURN_OF_2025)) == pytest.approx(1 / 7, **APPROX)


def test_an_unchanged_close_is_a_day_of_exactly_zero(series):
    """No rounding noise may turn nothing into a move."""
    assert returns.day(series("2025-01-06", 2238.96, 2238.96)) == 0.0


def test_a_day_needs_two_closes(series):
    """The error names the series and what is missing."""
    with pytest.raises(NoData, match=r"\^RUT: two closes are needed for a day change, 1 found"):
        returns.day(series("2025-01-06", 2238.96))


def test_a_week_runs_from_the_last_close_before_its_monday(series):
    """Wednesday's 110 against the Friday before, 100."""
    closes = series(
        {
            "2025-01-02": 90.0,
            "2025-01-03": 100.0,
            "2025-01-06": 104.0,
            "2025-01-07": 99.0,
            "2025-01-08": 110.0,
        }
    )
    assert returns.to_date(closes, "week") == pytest.approx(0.10, **APPROX)


def test_a_week_that_begins_with_a_holiday_still_runs_from_the_friday(series):
    """Monday, Jan. 20, 2025 was Martin Luther King Jr. Day."""
    closes = series(
        {"2025-01-16": 80.0, "2025-01-17": 100.0, "2025-01-21": 101.0, "2025-01-22": 103.0}
    )
    assert returns.to_date(closes, "week") == pytest.approx(0.03, **APPROX)


def test_a_week_after_a_closed_friday_runs_from_the_thursday(series):
    """March 29, 2024 was Good Friday."""
    closes = series({"2024-03-27": 80.0, "2024-03-28": 100.0, "2024-04-01": 99.0})
    assert returns.to_date(closes, "week") == pytest.approx(-0.01, **APPROX)


def test_on_the_first_session_of_the_year_day_and_year_are_the_same(series):
    """Jan. 2, 2025 against Dec. 31, 2024: 231 / 210."""
    closes = series(TURN_OF_2025)[:"2025-01-02"]
    assert returns.to_date(closes, "year") == pytest.approx(0.10, **APPROX)
    assert returns.to_date(closes, "year") == returns.day(closes)


@pytest.mark.parametrize("window", ["month", "quarter", "year"])
def test_in_january_month_quarter_and_year_have_one_base(series, window):
    """252 against 210, the last close of December."""
    assert returns.to_date(series(TURN_OF_2025), window) == pytest.approx(0.20, **APPROX)


def test_month_quarter_and_year_part_ways_in_may(series):
    """Bases: April 30 (110), March 31 (125), Dec. 31 (100)."""
    closes = series(
        {"2024-12-31": 100.0, "2025-03-31": 125.0, "2025-04-30": 110.0, "2025-05-01": 132.0}
    )
    assert returns.to_date(closes, "month") == pytest.approx(0.20, **APPROX)
    assert returns.to_date(closes, "quarter") == pytest.approx(0.056, **APPROX)
    assert returns.to_date(closes, "year") == pytest.approx(0.32, **APPROX)


def test_a_window_without_its_base_has_no_return(series):
    """March 28 was not the last session of the quarter, so what stands there is no base."""
    closes = series({"2024-12-31": 100.0, "2025-03-28": 125.0, "2025-05-01": 132.0})
    with pytest.raises(NoData, match="the close of 2025-03-31 is missing"):
        returns.to_date(closes, "quarter")


def test_the_history_of_years_begins_after_a_hole(series):
    """A year that starts from another close than its own would be ranked wrongly,
    and 2023 ended elsewhere."""
    closes = series(
        {"2022-12-30": 100.0, "2023-12-28": 125.0, "2024-12-31": 130.0, "2025-12-31": 143.0}
    )
    found = returns.periods(closes, "Y")
    assert [str(year) for year in found.index] == ["2025"]
    assert found.iloc[0] == pytest.approx(0.1, **APPROX)


def test_a_window_that_has_no_name_is_an_error(series):
    """Only week, month, quarter and year are windows."""
    with pytest.raises(KeyError, match="decade"):
        returns.to_date(series(TURN_OF_2025), "decade")


def test_the_base_is_the_last_close_before_a_day_and_never_of_that_day(series):
    """A base before Jan. 2 is Dec. 31, over the holiday."""
    assert returns.base_close(series(TURN_OF_2025), dt.date(2025, 1, 2)) == (
        dt.date(2024, 12, 31),
        210.0,
    )
    assert returns.base_close(series(TURN_OF_2025), dt.date(2025, 1, 3)) == (
        dt.date(2025, 1, 2),
        231.0,
    )


def test_a_series_that_starts_too_late_has_no_base(series):
    """The error says when the series starts."""
    with pytest.raises(
        NoData, match=r"\^RUT: no close before 2024-12-30; the series starts 2024-12-30"
    ):
        returns.base_close(series(TURN_OF_2025), dt.date(2024, 12, 30))


def test_since_a_session_starts_at_its_own_close_and_since_a_day_at_the_close_before(series):
    """252 / 231 and 252 / 210."""
    closes = series(TURN_OF_2025)
    assert returns.since_session(closes, dt.date(2025, 1, 2)) == pytest.approx(1 / 11, **APPROX)
    assert returns.since(closes, dt.date(2025, 1, 2)) == pytest.approx(0.20, **APPROX)


def test_since_the_last_session_nothing_has_changed(series):
    """The window is empty and the return zero."""
    assert returns.since_session(series(TURN_OF_2025), dt.date(2025, 1, 6)) == 0.0


@pytest.mark.parametrize("day", ["2025-01-06", "2025-01-08", "2025-01-12"])
def test_a_week_starts_on_monday_and_ends_on_sunday(day):
    """Monday, Wednesday and Sunday of one week."""
    assert windows.week_start(dt.date.fromisoformat(day)) == dt.date(2025, 1, 6)


def test_a_week_may_start_in_the_year_before():
    """Jan. 1, 2025 was a Wednesday."""
    assert windows.week_start(dt.date(2025, 1, 1)) == dt.date(2024, 12, 30)


@pytest.mark.parametrize(
    ("month", "first"), [(1, 1), (3, 1), (4, 4), (6, 4), (7, 7), (9, 7), (10, 10), (12, 10)]
)
def test_a_quarter_starts_in_january_april_july_or_october(month, first):
    """The first and last month of each quarter."""
    assert windows.quarter_start(dt.date(2024, month, 28)) == dt.date(2024, first, 1)


def test_months_and_years_start_on_their_first_day():
    """A leap day is a day like any other."""
    assert windows.month_start(dt.date(2024, 2, 29)) == dt.date(2024, 2, 1)
    assert windows.year_start(dt.date(2024, 2, 29)) == dt.date(2024, 1, 1)


def test_the_last_session_is_a_date(series):
    """Not a timestamp."""
    assert returns.last_session(series(TURN_OF_2025)) == dt.date(2025, 1, 6)
    assert type(returns.last_session(series(TURN_OF_2025))) is dt.date


def test_a_calendar_year_runs_december_close_to_december_close(series):
    """2027.07 to 2230.16, the Russell 2000's closes of 2023 and 2024: a gain of 10.02%."""
    closes = series(
        {"2023-12-29": 2027.07, "2024-07-16": 2263.67, "2024-12-31": 2230.16, "2025-01-08": 2238.96}
    )
    assert returns.calendar_year(closes, 2024) == pytest.approx(0.1001889, abs=5e-8)


def test_a_calendar_year_without_the_december_before_is_refused(series):
    """A year that begins with the series has no base."""
    with pytest.raises(NoData, match="no close before 2024-01-01"):
        returns.calendar_year(series({"2024-01-02": 100.0, "2024-12-31": 110.0}), 2024)


def test_months_are_told_from_the_second_one_on(series):
    """January is the base; February +10%, March unfinished at -5%."""
    closes = series(
        {
            "2025-01-30": 90.0,
            "2025-01-31": 100.0,
            "2025-02-03": 95.0,
            "2025-02-28": 110.0,
            "2025-03-05": 104.5,
        }
    )
    months = returns.periods(closes, "M")
    assert [str(m) for m in months.index] == ["2025-02", "2025-03"]
    assert months.to_list() == pytest.approx([0.10, -0.05], **APPROX)


def test_years_are_periods_too(series):
    """210 to 252 in the year that has begun."""
    years = returns.periods(series(TURN_OF_2025), "Y")
    assert {str(y): c for y, c in years.items()} == pytest.approx({"2025": 0.20}, **APPROX)


def test_a_total_return_uses_the_same_window_on_adjusted_closes(series):
    """96 to 108 after the dividends, where the price went from 100 to 108."""
    adjusted = series({"2024-12-31": 96.0, "2025-03-31": 108.0})
    assert returns.total(adjusted, dt.date(2025, 1, 1)) == pytest.approx(0.125, **APPROX)


def test_a_year_without_a_close_has_no_change(series):
    """Nor has one that the series had not reached."""
    with pytest.raises(NoData, match="no close in 2026"):
        returns.calendar_year(series(TURN_OF_2025), 2026)
    with pytest.raises(NoData, match="no close in 2023"):
        returns.calendar_year(series(TURN_OF_2025), 2023)


def test_changes_leave_out_those_to_and_from_a_price_below_zero(series):
    """Crude oil settled at -37.63 on April 20, 2020."""
    closes = series("2020-04-16", 20.0, 18.0, -37.63, 10.0, 15.0)
    assert list(returns.changes(closes)) == pytest.approx([-0.1, 0.5])

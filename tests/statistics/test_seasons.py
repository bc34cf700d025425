"""Completed months and years, ranked against each other."""

import datetime as dt

import pandas as pd
import pytest

from reportgen.statistics import seasons

AUTUMN = {
    "2024-08-30": 100.0,
    "2024-09-30": 110.0,
    "2024-10-31": 99.0,
    "2024-11-29": 108.9,
    "2024-12-02": 120.0,
}


def test_a_running_month_is_not_completed(series):
    """On Dec. 2, 2024 the next session is Dec. 3: December has only begun."""
    months = seasons.completed_months(series(AUTUMN), dt.date(2024, 12, 3))
    assert {str(m): round(c, 9) for m, c in months.items()} == {
        "2024-09": 0.10,
        "2024-10": -0.10,
        "2024-11": 0.10,
    }


def test_a_month_is_completed_by_the_close_of_its_last_session(series):
    """After the short session of Friday, Nov. 29, 2024 the next one is Monday, Dec. 2."""
    closes = series(AUTUMN)[:"2024-11-29"]
    assert str(seasons.completed_months(closes, dt.date(2024, 12, 2)).index[-1]) == "2024-11"


def test_a_month_whose_last_session_still_runs_is_not_completed(series):
    """While Nov. 29 is open, it is itself the first session not over."""
    closes = series(AUTUMN)[:"2024-11-29"]
    assert str(seasons.completed_months(closes, dt.date(2024, 11, 29)).index[-1]) == "2024-10"


def test_a_year_is_completed_by_its_last_close():
    """At the close of Dec. 31 the next session is Jan. 2."""
    years = pd.Series([0.12, 0.10], index=pd.PeriodIndex(["2023", "2024"], freq="Y"))
    assert len(seasons.completed(years, dt.date(2025, 1, 2))) == 2
    assert len(seasons.completed(years, dt.date(2024, 12, 31))) == 1


def test_the_first_month_of_a_series_is_never_ranked(series):
    """It has no base."""
    assert seasons.completed_months(
        series({"2025-01-02": 100.0, "2025-01-31": 101.0}), dt.date(2025, 2, 3)
    ).empty


def months(*changes: float) -> pd.Series:
    return pd.Series(changes, index=pd.period_range("2024-01", periods=len(changes), freq="M"))


@pytest.mark.parametrize(
    ("month", "place"), [("2024-02", 1), ("2024-01", 2), ("2024-04", 2), ("2024-03", 4)]
)
def test_rank_one_is_the_best_and_ties_share_the_better_rank(month, place):
    """Two months of +1% are both second of four; the worst is fourth."""
    assert seasons.rank(months(0.01, 0.05, -0.02, 0.01), pd.Period(month)) == (place, 4)


def test_the_best_and_the_worst_month_are_named():
    """November's rise and December's fall of 2024."""
    changes = months(-0.04, 0.06, 0.03, -0.07)
    assert seasons.best_and_worst(changes) == (pd.Period("2024-02"), pd.Period("2024-04"))


def test_of_two_equally_good_or_bad_months_the_latest_is_named():
    """Ties go to the later month."""
    assert seasons.best_and_worst(months(0.02, -0.03, 0.02, -0.03)) == (
        pd.Period("2024-03"),
        pd.Period("2024-04"),
    )


def test_a_single_month_is_its_own_best_and_worst():
    """There is nothing to compare it with."""
    assert seasons.best_and_worst(months(0.02)) == (pd.Period("2024-01"), pd.Period("2024-01"))

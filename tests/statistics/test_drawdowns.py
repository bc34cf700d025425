"""Falls from the 52-week closing high, and where a correction begins and ends."""

import datetime as dt

import pytest

from reportgen.statistics import drawdowns
from reportgen.statistics.drawdowns import BEAR_MARKET, CORRECTION, High


def test_a_close_counts_for_52_weeks_and_no_day_longer(series):
    """On June 4, 2025 the close of June 4, 2024 is out of the window and that of June 5 in it."""
    closes = series(
        {"2024-06-04": 130.0, "2024-06-05": 120.0, "2025-06-03": 100.0, "2025-06-04": 108.0}
    )
    assert drawdowns.year_window(closes).index[0].date() == dt.date(2024, 6, 5)
    assert drawdowns.high_52_weeks(closes) == High(dt.date(2024, 6, 5), 120.0)


def test_a_close_of_365_days_ago_is_just_out_in_leap_years_too(series):
    """On Feb. 29, 2024 the close of March 1, 2023 is; the two ways of asking agree."""
    closes = series({"2023-03-01": 130.0, "2023-03-02": 110.0, "2024-02-29": 99.0})
    assert drawdowns.high_52_weeks(closes) == High(dt.date(2023, 3, 2), 110.0)
    assert drawdowns.drawdown(closes) == drawdowns.drawdowns(closes).iloc[-1] == -0.1


def test_a_close_at_exactly_nine_tenths_of_the_high_is_a_correction(series):
    """100, 91, 90: the fall is a tenth, not a hair less."""
    falls = drawdowns.drawdowns(series("2025-01-06", 100, 91, 90))
    assert drawdowns.crossing(falls.iloc[1], falls.iloc[2], drawdowns.CORRECTION) == -1


def test_of_two_equal_highs_the_later_one_is_named(series):
    """A tie is dated by its latest session."""
    closes = series({"2024-11-11": 2442.03, "2024-11-25": 2442.03, "2025-01-08": 2238.96})
    assert drawdowns.high_52_weeks(closes) == High(dt.date(2024, 11, 25), 2442.03)


def test_the_record_high_is_of_the_whole_series(series):
    """It does not go out of date as the 52-week high does."""
    closes = series({"2021-11-08": 2442.74, "2024-11-25": 2442.03, "2025-01-08": 2238.96})
    assert drawdowns.record_high(closes) == High(dt.date(2021, 11, 8), 2442.74)


def test_a_drawdown_is_measured_from_the_52_week_high(series):
    """2442.03 to 2238.96 is a fall of 8.3156%."""
    closes = series({"2021-11-08": 2442.74, "2024-11-25": 2442.03, "2025-01-08": 2238.96})
    assert drawdowns.drawdown(closes) == pytest.approx(-0.0831562, abs=5e-8)


def test_at_its_high_the_index_has_no_drawdown(series):
    """Zero, not a rounding error below it."""
    assert drawdowns.drawdown(series("2025-01-06", 100.0, 101.0, 103.3)) == 0.0


def test_every_close_has_its_drawdown_from_its_own_high(series):
    """Highs so far: 100, 100, 110, 110."""
    falls = drawdowns.drawdowns(series("2025-01-06", 100.0, 95.0, 110.0, 88.0))
    assert falls.to_list() == pytest.approx([0.0, -0.05, 0.0, -0.20], rel=1e-12)


def test_the_last_of_the_drawdowns_is_the_drawdown(series):
    """One convention of the 52 weeks serves both, also at the window's edge of a common year."""
    closes = series(
        {"2022-06-03": 140.0, "2022-06-06": 125.0, "2023-06-02": 101.0, "2023-06-05": 100.0}
    )
    assert (
        drawdowns.drawdown(closes) == drawdowns.drawdowns(closes).iloc[-1] == pytest.approx(-0.20)
    )


def test_a_correction_begins_a_tenth_below_the_high():
    """And a bear market a fifth below it."""
    assert drawdowns.threshold(2442.03, CORRECTION) == pytest.approx(2197.827, abs=1e-9)
    assert drawdowns.threshold(2442.03, BEAR_MARKET) == pytest.approx(1953.624, abs=1e-9)


@pytest.mark.parametrize(
    ("previous", "current", "direction"),
    [
        (-0.099, -0.10, -1),  # exactly -10% is in
        (-0.0999999, -0.1000001, -1),
        (-0.10, -0.12, 0),  # it was in already
        (-0.10, -0.0999999, 1),  # any close above is out
        (-0.12, -0.10, 0),  # exactly -10% is still in
        (-0.05, -0.06, 0),
        (-0.05, -0.25, -1),
        (-0.25, -0.05, 1),
    ],
)
def test_a_fall_of_exactly_a_tenth_is_a_correction(previous, current, direction):
    """-1 where the session fell through, +1 where it rose out."""
    assert drawdowns.crossing(previous, current, CORRECTION) == direction


def test_crossings_are_listed_with_their_direction(series):
    """In on Tuesday, out on Thursday, in again on Friday."""
    falls = series("2025-03-10", -0.09, -0.11, -0.12, -0.095, -0.101)
    expected = [(dt.date(2025, 3, 11), -1), (dt.date(2025, 3, 13), 1), (dt.date(2025, 3, 14), -1)]
    assert drawdowns.crossings(falls, CORRECTION) == expected


def test_a_quiet_series_has_no_crossings(series):
    """Nor has a single close."""
    assert drawdowns.crossings(series("2025-03-10", -0.02, -0.03), CORRECTION) == []
    assert drawdowns.crossings(series("2025-03-10", -0.12), CORRECTION) == []


def test_a_spell_starts_at_the_first_session_of_the_running_one(series):
    """The spell before, which ended on Wednesday, does not count."""
    falls = series("2025-03-10", -0.11, -0.12, -0.09, -0.10, -0.13)
    assert drawdowns.spell_start(falls, CORRECTION) == dt.date(2025, 3, 13)


def test_above_the_threshold_there_is_no_spell(series):
    """The last close decides."""
    assert drawdowns.spell_start(series("2025-03-10", -0.11, -0.12, -0.0999), CORRECTION) is None


def test_a_spell_as_old_as_the_series_starts_with_it(series):
    """Nothing earlier is known."""
    assert drawdowns.spell_start(series("2025-03-10", -0.21, -0.22), CORRECTION) == dt.date(
        2025, 3, 10
    )


def test_a_fall_that_is_older_than_a_year_has_its_own_high(series):
    """Unless a bear market and a rise of a fifth lie between: then it is the high of 52 weeks."""
    days = {"2022-01-03": 200.0, "2022-10-12": 170.0, "2023-06-01": 180.0, "2023-06-02": 175.0}
    assert drawdowns.high_of_fall(series(days)) == High(dt.date(2022, 1, 3), 200.0)
    days["2022-10-12"] = 150.0  # a fourth below, and 180 is a fifth above it
    assert drawdowns.high_of_fall(series(days)) == High(dt.date(2023, 6, 1), 180.0)

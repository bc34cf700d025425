"""Target ranges, runs of moves, and the odds that Fed funds futures imply."""

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.core.errors import NoData
from reportgen.statistics import rates
from reportgen.statistics.rates import RangeChange

REAL = Path(__file__).resolve().parents[3] / "shared" / "market"

# Settlements of July 14, 2026, and what CME's FedWatch published of them: facts, to a tenth of a
# point.
CURVE = [
    96.3688,
    96.2825,
    96.2175,
    96.1325,
    96.0725,
    96.0000,
    95.9650,
    95.9275,
    95.8975,
    95.8675,
    95.8500,
    95.8550,
    95.8625,
]
PRICES_2026 = {(2026 + (6 + n) // 12, (6 + n) % 12 + 1): price for n, price in enumerate(CURVE)}
MEETINGS_2026 = [
    dt.date(2026, 7, 29),
    dt.date(2026, 9, 16),
    dt.date(2026, 10, 28),
    dt.date(2026, 12, 9),
]
MEETINGS_2026 += [
    dt.date(2027, 1, 27),
    dt.date(2027, 3, 17),
    dt.date(2027, 4, 28),
    dt.date(2027, 6, 9),
    dt.date(2027, 7, 28),
]
PUBLISHED = {
    "2026-07-29": [63.1, 36.9],
    "2026-09-16": [26.9, 51.9, 21.2],
    "2026-10-28": [19.7, 45.3, 29.4, 5.6],
    "2026-12-09": [11.7, 34.9, 35.9, 15.3, 2.3],
    "2027-01-27": [9.7, 30.9, 35.7, 18.8, 4.5, 0.4],
    "2027-03-17": [7.4, 25.9, 34.6, 22.8, 7.9, 1.4, 0.1],
}
HALF_A_TENTH = 0.0501

CUTS = [
    RangeChange(dt.date(2024, 9, 19), -0.005),
    RangeChange(dt.date(2024, 11, 8), -0.0025),
    RangeChange(dt.date(2024, 12, 19), -0.0025),
]
HIKE = RangeChange(dt.date(2023, 7, 27), 0.0025)


@pytest.mark.parametrize("meeting", PUBLISHED)
def test_the_odds_are_those_that_cme_published(meeting):
    """FedWatch of July 14, 2026, by steps of 25 bp from the range of then, 3.50% to 3.75%."""
    odds = rates.fedwatch(PRICES_2026, MEETINGS_2026)[dt.date.fromisoformat(meeting)]
    assert min(odds) == 0
    for step, percent in enumerate(PUBLISHED[meeting]):
        assert odds[step] * 100 == pytest.approx(percent, abs=HALF_A_TENTH)


@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the published FedWatch table lies in {REAL}, which is absent"
)
def test_the_whole_published_table_agrees():
    """Every probability of the meetings up to the last month without one that the curve holds,
    May 2027."""
    with (REAL / "fedwatch_2026-07-14_curve.csv").open() as file:
        prices = {
            (int(r["contract_year"]), int(r["contract_month"])): float(r["close_price"])
            for r in csv.DictReader(file)
        }
    with (REAL / "fedwatch_2026-07-14_probabilities.csv").open() as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if r["probability_pct"] and r["meeting_date"] < "2027-05-01"
        ]
    table = rates.fedwatch(prices, sorted({dt.date.fromisoformat(r["meeting_date"]) for r in rows}))
    assert len(table) == 7
    for row in rows:
        ours = table[dt.date.fromisoformat(row["meeting_date"])].get(
            (int(row["rate_low"]) - 350) // 25, 0.0
        )
        assert ours * 100 == pytest.approx(float(row["probability_pct"]), abs=HALF_A_TENTH), row


def test_months_without_a_meeting_pin_the_rate_on_both_sides():
    """August averages 5.00%, October 4.75%: the September meeting is expected to cut by 25 bp."""
    found = rates.meeting_rates(
        {(2026, 8): 95.0, (2026, 9): 95.1, (2026, 10): 95.25}, [dt.date(2026, 9, 15)]
    )
    assert found[dt.date(2026, 9, 15)] == pytest.approx((5.00, 4.75))


def test_the_rate_before_a_meeting_follows_from_its_month_and_the_next():
    """15 days at x and 15 at 4.75% average 4.90%: x is 5.05%."""
    found = rates.meeting_rates({(2026, 9): 95.1, (2026, 10): 95.25}, [dt.date(2026, 9, 15)])
    assert found[dt.date(2026, 9, 15)] == pytest.approx((5.05, 4.75))


def test_the_rate_after_a_meeting_follows_from_its_month_and_the_one_before():
    """15 days at 5.00% and 15 at x average 4.90%: x is 4.80%."""
    found = rates.meeting_rates({(2026, 8): 95.0, (2026, 9): 95.1}, [dt.date(2026, 9, 15)])
    assert found[dt.date(2026, 9, 15)] == pytest.approx((5.00, 4.80))


def test_meetings_in_two_months_running_are_solved_backward():
    """August 4.75%.

    July, decided on its last day, 4.80% throughout; June averages 4.90%, so it began at 5.00%.
    """
    june, july = dt.date(2026, 6, 15), dt.date(2026, 7, 31)
    found = rates.meeting_rates({(2026, 6): 95.1, (2026, 7): 95.2, (2026, 8): 95.25}, [june, july])
    assert found[july] == pytest.approx((4.80, 4.75))
    assert found[june] == pytest.approx((5.00, 4.80))


def test_the_announcement_day_still_carries_the_old_rate():
    """A decision on Sept.

    20 leaves ten days at the new rate: 20 days at 5.00% and ten at 4.70% average 4.90%.
    """
    found = rates.meeting_rates({(2026, 8): 95.0, (2026, 9): 95.10}, [dt.date(2026, 9, 20)])
    assert found[dt.date(2026, 9, 20)] == pytest.approx((5.00, 4.70))


def test_a_month_says_nothing_of_the_rate_after_a_meeting_at_its_end():
    """One day at the new rate moves the average by less than a tick.

    The meeting is left out until the month after is known.
    """
    assert rates.meeting_rates({(2026, 8): 95.0, (2026, 9): 95.01}, [dt.date(2026, 9, 29)]) == {}


def test_a_turn_of_the_year_is_no_gap():
    """January's rate is December's end."""
    found = rates.meeting_rates({(2026, 11): 96.0, (2027, 1): 96.25}, [dt.date(2026, 12, 9)])
    assert found[dt.date(2026, 12, 9)] == pytest.approx((4.00, 3.75))


def test_a_meeting_that_the_contracts_do_not_reach_is_left_out():
    """Nothing is known of its own month's neighbours."""
    assert rates.meeting_rates({(2026, 9): 95.1}, [dt.date(2026, 9, 15)]) == {}
    assert rates.meeting_rates({}, [dt.date(2026, 9, 15)]) == {}
    assert rates.meeting_rates({(2026, 9): 95.1}, []) == {}


def test_a_month_beyond_the_last_listed_meeting_may_hold_one_and_pins_nothing():
    """November would pin the end of October, but whether October has a meeting is not known."""
    assert rates.meeting_rates({(2026, 9): 95.1, (2026, 11): 95.25}, [dt.date(2026, 9, 15)]) == {}


def test_an_implied_move_is_split_between_the_two_nearest_steps():
    """-15 bp: a cut of 25 bp at 60%. Then -12.5 bp, each half: 30% two cuts, 50% one, 20% none."""
    meetings = [dt.date(2026, 9, 15), dt.date(2026, 11, 15)]
    table = rates.fedwatch({(2026, 8): 95.0, (2026, 10): 95.15, (2026, 12): 95.275}, meetings)
    assert table[meetings[0]] == pytest.approx({-1: 0.6, 0: 0.4})
    assert table[meetings[1]] == pytest.approx({-2: 0.3, -1: 0.5, 0: 0.2})


def test_an_increase_is_a_step_up():
    """+5 bp: one in five."""
    table = rates.fedwatch({(2026, 8): 95.0, (2026, 10): 94.95}, [dt.date(2026, 9, 15)])
    assert table[dt.date(2026, 9, 15)] == pytest.approx({0: 0.8, 1: 0.2})


def test_more_than_one_step_leaves_no_hold():
    """-40 bp: between one cut and two, never none."""
    prices = {(2026, 8): 95.0, (2026, 10): 95.4}
    assert rates.fedwatch(prices, [dt.date(2026, 9, 15)])[dt.date(2026, 9, 15)] == pytest.approx(
        {-2: 0.6, -1: 0.4}
    )
    assert rates.next_odds(prices, [dt.date(2026, 9, 15)]).get(0, 0.0) == 0.0


def test_an_unchanged_curve_holds_for_certain():
    """All months at 4.33%: the range stays."""
    prices = {(2025, month): 95.67 for month in range(1, 8)}
    table = rates.fedwatch(
        prices, [dt.date(2025, 1, 29), dt.date(2025, 3, 19), dt.date(2025, 5, 7)]
    )
    assert [odds.get(0, 0.0) for odds in table.values()] == pytest.approx([1.0, 1.0, 1.0])


def test_the_odds_of_hold_are_of_the_next_meeting():
    """June's decision is not asked for."""
    prices = {
        (2025, 2): 95.67,
        (2025, 3): 95.68,
        (2025, 4): 95.72,
        (2025, 6): 95.8,
        (2025, 7): 95.9,
    }
    hold = rates.next_odds(prices, [dt.date(2025, 3, 19), dt.date(2025, 6, 18)])[0]
    assert hold == pytest.approx(0.80)


def test_there_are_no_odds_where_the_next_meeting_is_not_reached():
    """Odds of a later one are no substitute."""
    with pytest.raises(NoData, match="do not reach the next meeting"):
        rates.next_odds(
            {(2025, 5): 95.7, (2025, 7): 95.8}, [dt.date(2025, 3, 19), dt.date(2025, 6, 18)]
        )
    with pytest.raises(NoData):
        rates.next_odds({(2025, 5): 95.7}, [])


TICKS = st.integers(-200, 200).map(lambda n: 95.5 + n * 0.0025)
AUTUMN = [dt.date(2026, 9, 16), dt.date(2026, 10, 28), dt.date(2026, 12, 9)]
CURVES = st.fixed_dictionaries({(2026, m): TICKS for m in range(8, 13)} | {(2027, 1): TICKS})


@settings(derandomize=True, deadline=None)
@given(CURVES)
def test_probabilities_sum_to_one_and_none_is_negative(prices):
    """Whatever the curve."""
    for odds in rates.fedwatch(prices, AUTUMN).values():
        assert sum(odds.values()) == pytest.approx(1.0)
        assert min(odds.values()) > 0


@settings(derandomize=True, deadline=None)
@given(CURVES)
def test_the_expected_steps_are_the_implied_move(prices):
    """Quarter points times probability, from today's rate to the one after each meeting."""
    implied = rates.meeting_rates(prices, AUTUMN)
    today = implied[AUTUMN[0]][0]
    for meeting, odds in rates.fedwatch(prices, AUTUMN).items():
        expected = sum(step * 0.25 * share for step, share in odds.items())
        assert expected == pytest.approx(implied[meeting][1] - today, abs=1e-9)


@settings(derandomize=True, deadline=None)
@given(TICKS, st.integers(0, 200), st.integers(0, 200))
def test_the_higher_the_next_months_price_the_lower_the_odds_of_a_hold(august, one, other):
    """A dearer October contract is a lower rate after September.

    Once no increase is priced in, a hold is less likely.
    """
    lower, higher = sorted((august + one * 0.0025, august + other * 0.0025))
    holds = [
        rates.next_odds({(2026, 8): august, (2026, 10): price}, AUTUMN[:1]).get(0, 0.0)
        for price in (lower, higher)
    ]
    assert holds[0] >= holds[1] - 1e-9


def test_changes_of_the_range_are_dated_by_their_first_day_in_force():
    """Two cuts in a week of daily values."""
    upper = pd.Series(
        [0.055, 0.055, 0.05, 0.05, 0.0475], index=pd.date_range("2024-09-17", periods=5)
    )
    found = rates.range_changes(upper)
    assert [c.effective for c in found] == [dt.date(2024, 9, 19), dt.date(2024, 9, 21)]
    assert [c.change for c in found] == pytest.approx([-0.005, -0.0025])


def test_noise_in_the_last_digits_is_no_change_of_the_range():
    """4.50 / 100 may be written in two ways."""
    upper = pd.Series([0.045, 0.045 + 1e-12, 0.045], index=pd.date_range("2025-01-06", periods=3))
    assert rates.range_changes(upper) == []


def test_the_latest_run_of_cuts_leaves_the_increases_before_it_out():
    """Three cuts since September 2024, after the last increase of July 2023."""
    assert rates.latest_cycle([HIKE, *CUTS], 125, dt.date(2025, 1, 8)) == CUTS


def test_a_run_is_told_of_up_to_its_last_day_and_no_longer():
    """125 days after Dec. 19, 2024 is April 23, 2025."""
    assert rates.latest_cycle(CUTS, 125, dt.date(2025, 4, 23)) == CUTS
    assert rates.latest_cycle(CUTS, 125, dt.date(2025, 4, 24)) == []
    assert rates.latest_cycle([], 125, dt.date(2025, 4, 24)) == []


def test_a_change_of_sign_ends_a_run():
    """The one increase after the cuts stands alone."""
    increase = RangeChange(dt.date(2025, 1, 30), 0.0025)
    assert rates.latest_cycle([*CUTS, increase], 125, dt.date(2025, 2, 3)) == [increase]


@pytest.mark.parametrize(
    ("first", "length"), [(dt.date(2024, 7, 22), 2), (dt.date(2024, 7, 21), 1)]
)
def test_a_pause_of_more_than_150_days_ends_a_run(first, length):
    """July 22 to Dec. 19, 2024 are exactly 150 days."""
    changes = [RangeChange(first, -0.0025), CUTS[-1]]
    assert len(rates.latest_cycle(changes, 125, dt.date(2025, 1, 8))) == length


def test_a_meeting_that_is_over_still_shapes_the_average_of_its_month():
    """After 7 November 2024 the rate before December's meeting is the one that November's
    decision left."""
    prices = {(2024, 11): 95.3625, (2024, 12): 95.475, (2025, 1): 95.56, (2025, 2): 95.62}
    meetings = [dt.date(2024, 11, 7), dt.date(2024, 12, 18), dt.date(2025, 1, 29)]
    assert rates.meeting_rates(prices, meetings)[meetings[1]][0] == pytest.approx(4.5834, abs=1e-4)
    assert rates.next_odds(prices, meetings, decided=1)[0] == pytest.approx(0.443, abs=5e-4)
    assert meetings[0] not in rates.fedwatch(prices, meetings, decided=1)

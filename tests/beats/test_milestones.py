"""Round numbers passed: for the first time ever, again after a while, or downwards."""

import functools

import pytest

from reportgen.authoring.news import milestone


@pytest.fixture
def spx(track):
    """The S&P 500 from its known record of Jan. 3, 2022 on, quiet around 4,900 afterwards."""
    return functools.partial(track, "^GSPC", start="2022-01-03", usual=4900.0)


@pytest.mark.parametrize("levels", [(4997.91, 5026.61), (4999.99, 5000.0), (4400.0, 5010.0)])
def test_a_line_passed_for_the_first_time_is_a_first(spx, said, levels):
    """A close on the line has passed it; of two lines the higher one is told."""
    found = milestone(spx("2024-02-09", *levels))
    assert (found.finding.kind, found.finding.parts) == ("milestone", {"threshold": 22.0})
    assert said(found)["first"] == said(found)["line"] == 5000


def test_a_line_passed_for_the_second_time_is_no_first(spx, said):
    """It was last above on the 14th of February, six sessions before."""
    found = milestone(spx("2024-02-23", 5010.0, 4990.0, 4980.0, 4970.0, 4980.0, 4990.0, 5020.0))
    assert found.finding.kind == "milestone_up"
    assert "first" not in said(found)
    assert said(found)["since"] == "2024-02-14"


@pytest.mark.parametrize(("between", "told"), [(3, False), (4, True)])
def test_a_line_is_not_told_again_within_a_week(spx, told, between):
    """The last close above must be five sessions ago."""
    found = milestone(spx("2024-02-23", 5010.0, *[4990.0] * between, 5020.0))
    assert (found is not None) == told


def test_a_fall_through_a_line_is_dated_by_the_last_close_below(spx, said):
    """The last one under 5,000 was the last of the quiet days, six sessions before."""
    found = milestone(spx("2024-02-23", 4950.0, *[5010.0] * 5, 4990.0))
    assert found.finding.kind == "milestone_down"
    assert (said(found)["line"], said(found)["since"]) == (5000, "2024-02-14")


@pytest.mark.parametrize(
    ("levels", "told"),
    [((5000.0, 5010.0), False), ((5001.0, 5000.0), False), ((5000.0, 4999.9), True)],
)
def test_a_close_on_the_line_is_above_it(spx, told, levels):
    """To leave it upwards is no crossing, to leave it downwards is one."""
    assert (milestone(spx("2024-02-23", *[5010.0] * 5, *levels)) is not None) == told


@pytest.mark.parametrize(
    ("symbol", "levels", "line"),
    [
        ("^GSPC", (5090.0, 5110.0), None),
        ("^GSPC", (5490.0, 5510.0), 5500),
        ("^IXIC", (16400.0, 16510.0), None),
        ("^IXIC", (16900.0, 17010.0), 17000),
        ("^DJI", (38900.0, 39010.0), 39000),
    ],
)
def test_an_index_has_round_numbers_of_its_size(track, said, symbol, levels, line):
    """Half thousands of the S&P 500, thousands of the Nasdaq and the Dow."""
    found = milestone(
        track(symbol, "2024-02-23", *levels, start="2021-11-19", usual=levels[0] * 0.99)
    )
    assert (said(found)["line"] if found else None) == line


def test_a_line_below_the_known_record_is_no_first(track):
    """The series never closed above 4,500, the index has."""
    lower = functools.partial(track, "^GSPC", "2023-07-13", start="2022-01-03", usual=4000.0)
    assert milestone(lower(4490.0, 4510.0)) is None


def test_a_series_that_starts_late_knows_no_first(track):
    """What was before its first close is not known."""
    assert (
        milestone(track("^GSPC", "2024-02-09", 4997.91, 5026.61, start="2022-01-04", usual=4900.0))
        is None
    )


def test_a_session_still_open_has_passed_nothing(spx):
    """Only a close passes a line."""
    assert milestone(spx("2024-02-09", 4997.91, 5026.61, live=True)) is None


def test_an_instrument_without_round_numbers_has_no_milestones(track):
    """1,000 dollars of a fund are nothing."""
    assert (
        milestone(track("XLC", "2024-02-09", 999.0, 1001.0, start="2018-06-19", usual=990.0))
        is None
    )

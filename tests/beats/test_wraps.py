"""Weeks, months, quarters and years that a session ended.

How good they were, since when, and in which run.
"""

import datetime as dt

import pytest

from reportgen.authoring.news import wrap

FRIDAY, MONDAY = "2025-06-06", dt.date(2025, 6, 9)


def kinds(found):
    """The kinds of the facts of a finding."""
    return {fact.kind for fact in found.facts}


@pytest.mark.parametrize(
    ("session", "upcoming", "ended"),
    [
        ("2025-06-05", dt.date(2025, 6, 6), []),
        ("2025-06-06", dt.date(2025, 6, 9), ["week"]),
        ("2025-04-17", dt.date(2025, 4, 21), ["week"]),  # the Thursday before Good Friday
        ("2025-05-30", dt.date(2025, 6, 2), ["week", "month"]),
        ("2025-03-31", dt.date(2025, 4, 1), ["month", "quarter"]),  # a Monday
        ("2024-12-31", dt.date(2025, 1, 2), ["month", "quarter", "year"]),  # a Tuesday
    ],
)
def test_a_window_is_wrapped_by_its_last_session(track, session, upcoming, ended):
    """The next session decides, not the weekday; a running session ends nothing."""
    closed, running = (
        track("^GSPC", session, 101.0, start="2015-01-02", live=live) for live in (False, True)
    )
    windows = ["week", "month", "quarter", "year"]
    assert [window for window in windows if wrap(closed, window, upcoming)] == ended
    assert [window for window in windows if wrap(running, window, upcoming)] == []


@pytest.mark.parametrize(("start", "told"), [("2025-04-01", True), ("2025-05-01", False)])
def test_a_wrap_needs_a_close_before_its_window(track, start, told):
    """The month in which a series begins has no change."""
    assert (
        wrap(track("^GSPC", "2025-05-30", 101.0, start=start), "month", dt.date(2025, 6, 2))
        is not None
    ) == told


def test_a_wrap_tells_the_change_of_its_window(track, said):
    """The week from May 30 on, the year from Dec. 31 on."""
    week = wrap(track("^GSPC", FRIDAY, 103.0, at={"2025-05-30": 100.0}), "week", MONDAY)
    assert (week.finding.kind, said(week)["change"]) == ("week_wrap", pytest.approx(0.03))
    year = wrap(
        track("^GSPC", "2024-12-31", 120.0, start="2015-01-02", at={"2023-12-29": 100.0}),
        "year",
        dt.date(2025, 1, 2),
    )
    assert (year.finding.kind, said(year)["change"]) == ("year_wrap", pytest.approx(0.2))
    assert "ytd_change" in kinds(year)


@pytest.mark.parametrize(("as_good", "told"), [("2025-03-07", True), ("2025-03-14", False)])
def test_a_week_is_the_best_since_one_at_least_13_weeks_ago(track, said, as_good, told):
    """Thirteen weeks are enough, twelve are not."""
    found = wrap(track("^GSPC", FRIDAY, 104.0, at={as_good: 105.0}), "week", MONDAY)
    assert said(found).get("since") == (as_good if told else None)
    assert ("best_week_since" in kinds(found)) == told


def test_a_losing_week_is_the_worst_since_one_as_bad(track, said):
    """Which had lost more."""
    found = wrap(track("^GSPC", FRIDAY, 96.0, at={"2025-03-07": 95.0}), "week", MONDAY)
    assert said(found)["since"] == "2025-03-07"
    assert "worst_week_since" in kinds(found)


def test_a_week_with_a_holiday_on_friday_is_dated_by_its_last_session(track, said):
    """March 28, 2024 was the Thursday before Good Friday."""
    found = wrap(track("^GSPC", FRIDAY, 104.0, at={"2024-03-28": 105.0}), "week", MONDAY)
    assert said(found)["since"] == "2024-03-28"


def test_a_month_is_dated_by_its_month(track, said):
    """The November before was as good."""
    found = wrap(
        track("^GSPC", "2025-05-30", 104.0, start="2022-01-03", at={"2024-11-29": 105.0}),
        "month",
        dt.date(2025, 6, 2),
    )
    assert said(found)["since"] == "2024-11"


def test_an_equal_week_is_as_good_and_takes_the_years_best_away(track, said):
    """100 to 104 in March and again in June."""
    at = {"2025-02-28": 100.0, "2025-03-07": 104.0, "2025-05-30": 100.0}
    told = said(wrap(track("^GSPC", FRIDAY, 104.0, at=at), "week", MONDAY))
    assert told["since"] == "2025-03-07"
    assert "of_year" not in told


@pytest.mark.parametrize(
    ("last", "kind"), [(104.0, "best_week_of_year"), (96.0, "worst_week_of_year")]
)
def test_a_week_beyond_all_others_of_its_year_is_said_to_be(track, said, last, kind):
    """Weeks of the year before do not count."""
    found = wrap(track("^GSPC", FRIDAY, last, at={"2024-06-07": 110.0}), "week", MONDAY)
    assert said(found)["of_year"] == "2025"
    assert kind in kinds(found)


@pytest.mark.parametrize(
    ("session", "upcoming", "told"),
    [("2025-03-28", (2025, 3, 31), True), ("2025-03-21", (2025, 3, 24), False)],
)
def test_the_best_of_its_year_is_said_from_the_thirteenth_week_on(
    track, said, session, upcoming, told
):
    """March 28 ended the thirteenth of 2025, whose first held New Year's Day."""
    found = wrap(track("^GSPC", session, 104.0), "week", dt.date(*upcoming))
    assert ("of_year" in said(found)) == told


def test_a_week_that_ended_on_december_30_is_of_that_year(track, said):
    """Its Sunday was Jan. 1, 2023, but all its sessions were in 2022."""
    found = wrap(
        track("^GSPC", "2022-12-30", 104.0, start="2021-01-04"), "week", dt.date(2023, 1, 3)
    )
    assert said(found).get("of_year") == "2022"


def weeks(*changes):
    """Levels of weeks of five sessions, each of which moves by a point per session in its
    direction."""
    levels = [200.0]
    for step in (change for change in changes for _ in range(5)):
        levels.append(levels[-1] + step)
    return levels[1:]


@pytest.mark.parametrize(
    ("changes", "run", "ended"),
    [
        ((-1, 1, 1, 1), 3, None),
        ((-1, 1, 1), None, None),
        ((1, -1, -1, -1, -1), 4, None),
        ((-1, 1, 1, 1, -1), None, 3),
        ((-1, 1, 1, -1), None, None),
        ((-1, 1, 1, 1, 0), None, None),  # an unchanged week is no turn
        ((-1, 1, 1, 1, -1, -1), None, None),  # it ended a week ago
    ],
)
def test_three_weeks_of_one_sign_are_a_run_and_the_next_ends_it(track, said, changes, run, ended):
    """Full weeks to April 11, 2025; a run that ended a week ago is over."""
    told = said(
        wrap(
            track("^GSPC", "2025-04-11", *weeks(*changes), usual=200.0),
            "week",
            dt.date(2025, 4, 14),
        )
    )
    assert (told.get("run"), told.get("ended")) == (run, ended)


def test_a_run_weighs_from_the_fifth_week_on(track):
    """A point and a half for every week more."""
    four, six = (
        wrap(
            track("^GSPC", "2025-04-11", *weeks(-1, *[1] * n), usual=200.0),
            "week",
            dt.date(2025, 4, 14),
        )
        for n in (4, 6)
    )
    assert (four.finding.parts["run"], six.finding.parts["run"]) == (0.0, 3.0)


@pytest.mark.parametrize(
    ("base", "gain", "since"),
    [
        ("2021-12-31", 110.0, None),  # the first quarter of 2022 gained as much: three years ago
        ("2020-12-31", 110.0, "2021-01"),  # that of 2021: four
        ("2017-12-29", 110.0, "2018-01"),
        ("2017-12-29", 100.0, None),  # no change is neither good nor bad
        (None, 110.0, None),  # none of the years was as good
    ],
)
def test_a_quarter_is_the_best_of_its_name_since_one_at_least_four_years_ago(
    track, said, base, gain, since
):
    """Only quarters of the same place in the year count: there was a better one in fall."""
    at = {"2024-12-31": 100.0, "2024-06-28": 90.0, "2024-09-30": 120.0}
    if base:
        at[base] = 90.0
    found = wrap(
        track("^GSPC", "2025-03-31", gain, start="2015-01-02", at=at),
        "quarter",
        dt.date(2025, 4, 1),
    )
    assert said(found).get("named") == since
    assert ("best_named_quarter_since" in kinds(found)) == bool(since)


def test_a_week_and_a_month_are_not_told_by_their_names(track, said):
    """Only quarters are."""
    fell = track("^GSPC", "2025-05-30", 90.0, start="2015-01-02")
    assert "named" not in said(wrap(fell, "month", dt.date(2025, 6, 2)))

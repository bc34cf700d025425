"""Where an index stands in its week, month, quarter and year, and what was before a new month."""

import pytest

from reportgen.authoring.news import far, so_far
from reportgen.beats.windows.detect import before

BASES = {"2024-12-31": 80.0, "2025-03-31": 90.0, "2025-05-30": 98.0}


def test_every_running_window_is_measured_from_the_close_before_it(track, said):
    """On Wednesday, June 4.

    From Friday, May 30, for week and month, from March 31 and from Dec. 31.
    """
    told = said(so_far(track("^GSPC", "2025-06-04", 100.0, at=BASES)))
    changes = {"week": 100 / 98 - 1, "month": 100 / 98 - 1, "quarter": 100 / 90 - 1, "year": 0.25}
    assert {window: told[window] for window in changes} == pytest.approx(changes)
    assert (told["week_points"], told["quarter_points"], told["year_points"]) == (2.0, 10.0, 20.0)


@pytest.mark.parametrize(
    ("session", "left"),
    [
        ("2025-06-04", ["week", "month", "quarter", "year"]),
        ("2025-06-09", ["month", "quarter", "year"]),  # a Monday
        ("2025-05-27", ["month", "quarter", "year"]),  # the Tuesday after Memorial Day
        ("2025-06-02", ["quarter", "year"]),  # a Monday, the first of June's sessions
        ("2025-04-01", ["week", "year"]),
        ("2025-01-02", ["week", "year"]),  # the year is told from its first session on
    ],
)
def test_a_window_that_began_with_this_session_is_left_out(track, said, session, left):
    """It would say what the day says."""
    told = said(so_far(track("^GSPC", session, 100.0)))
    assert [role for role in told if "_" not in role] == left


def test_a_window_older_than_the_series_is_left_out(track, said):
    """From Jan. 2, 2025 on the year's base is not known, nor is that of its first quarter."""
    told = said(so_far(track("^GSPC", "2025-03-19", 100.0, start="2025-01-02")))
    assert [role for role in told if "_" not in role] == ["week", "month"]


def test_an_open_session_stands_in_its_windows_too(track, said):
    """Where it stands is no claim on the close."""
    assert said(so_far(track("^GSPC", "2025-06-04", 100.0, at=BASES, live=True)))[
        "year"
    ] == pytest.approx(0.25)


LONG = {"start": "2022-01-03", "at": {"2025-04-30": 100.0, "2025-05-30": 106.0}}


def test_the_first_session_of_a_month_tells_the_month_before(track, said):
    """On June 2 that is May, the best of the year's five."""
    found = before(track("^GSPC", "2025-06-02", 105.0, **LONG))
    told = said(found)
    assert (told["month_of"], told["month_rank"]) == ("2025-05", "2025")
    assert told["month"] == pytest.approx(0.06)
    assert "best_month_of_year" in {fact.kind for fact in found.facts}
    assert "year" not in told


@pytest.mark.parametrize("other", [{"start": "2023-05-01"}, {"live": True}])
def test_the_month_before_needs_a_close_and_two_years_of_months(track, other):
    """Twenty-four changes are one too few; a running session says nothing of it."""
    assert before(track("^GSPC", "2025-06-02", 105.0, **{**LONG, **other})) is None


def test_on_the_second_session_the_month_before_is_old_news(track):
    """June 3 is for June."""
    assert before(track("^GSPC", "2025-06-03", 105.0, **LONG)) is None


def test_the_first_session_of_a_year_tells_the_year_before(track, said):
    """120 after 100."""
    told = said(
        before(
            track(
                "^GSPC",
                "2025-01-02",
                119.0,
                start="2022-01-03",
                at={"2023-12-29": 100.0, "2024-12-31": 120.0},
            )
        )
    )
    assert (told["month_of"], told["year"]) == ("2024-12", pytest.approx(0.2))


@pytest.mark.parametrize(
    ("may", "kind"),
    [(106.0, {"best_month_of_year"}), (94.0, {"worst_month_of_year"}), (100.1, set())],
)
def test_a_middling_month_has_no_rank(track, may, kind):
    """0.1% is neither the best nor the worst of a year of small changes."""
    found = before(
        track(
            "^GSPC",
            "2025-06-02",
            100.0,
            start="2022-01-03",
            at={"2025-03-31": 99.0, "2025-04-30": 100.0, "2025-05-30": may},
        )
    )
    assert {fact.kind for fact in found.facts if "of_year" in fact.kind} == kind


def test_before_may_a_month_has_no_rank_in_its_year(track, said):
    """April is the fourth."""
    found = before(
        track("^GSPC", "2025-05-01", 105.0, start="2022-01-03", at={"2025-04-30": 110.0})
    )
    assert said(found)["month"] > 0.09
    assert "month_rank" not in said(found)


@pytest.mark.parametrize(
    ("level", "last", "kind"),
    [(110.0, 105.0, "highest_close_since"), (90.0, 95.0, "lowest_close_since")],
)
def test_a_close_as_far_out_as_none_for_months_is_told(track, said, level, last, kind):
    """The 15th of January was farther out."""
    found = far(track("^GSPC", "2025-06-06", last, at={"2025-01-15": level}))
    assert (found.finding.kind, said(found)["since"], said(found)["level"]) == (
        kind,
        "2025-01-15",
        last,
    )


def test_an_equal_close_is_as_far_out(track, said):
    """105 in March counts, 110 in January is not gone back to."""
    assert (
        said(
            far(track("^GSPC", "2025-06-06", 105.0, at={"2025-01-15": 110.0, "2025-03-17": 105.0}))
        )["since"]
        == "2025-03-17"
    )


@pytest.mark.parametrize(("session", "told"), [("2025-05-01", True), ("2025-05-02", False)])
def test_a_close_as_far_out_must_be_25_sessions_old(track, session, told):
    """May 1 is the 25th session before June 6, with Memorial Day between."""
    assert (far(track("^GSPC", "2025-06-06", 105.0, at={session: 110.0})) is not None) == told


def test_a_close_farther_out_than_all_others_is_since_nothing(track):
    """Records are told elsewhere."""
    assert far(track("^GSPC", "2025-06-06", 105.0)) is None


def test_a_session_still_open_is_since_nothing(track):
    """Only a close is the highest since."""
    assert far(track("^GSPC", "2025-06-06", 105.0, at={"2025-01-15": 110.0}, live=True)) is None

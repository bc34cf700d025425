"""Record closes and their counts, closes near and below a record, and 52-week highs."""

import functools

import pytest

from reportgen.authoring.news import record
from reportgen.beats.records.detect import below


@pytest.fixture
def spx(track):
    """The S&P 500 from its known record of Jan. 3, 2022 on, quiet around 4,000 afterwards."""
    return functools.partial(
        track, "^GSPC", start="2022-01-03", usual=4000.0, at={"2022-01-03": 4796.56}
    )


def test_a_close_above_the_known_record_is_a_record(spx, said):
    """It replaces the one of Jan. 3, 2022 and is the first of its year and of its run."""
    found = record(spx("2024-01-19", 4780.94, 4839.81))
    told = said(found)
    assert found.finding.kind == "record_close"
    assert (told["record"], told["record_date"], told["is_record"]) == (
        4796.56,
        "2022-01-03",
        4839.81,
    )
    assert (told["count"], told["run"]) == (1, 1)


@pytest.mark.parametrize(
    ("start", "kind"), [("2018-06-19", "record_close"), ("2018-06-20", "high_52_weeks")]
)
def test_a_record_is_claimed_only_for_a_series_from_its_start(track, said, start, kind):
    """One session short of the fund's first one, the 52 weeks are all that can be said."""
    found = record(track("XLC", "2025-06-06", 101.0, start=start))
    assert found.finding.kind == kind
    assert ("is_record" in said(found)) == (kind == "record_close")


def test_a_series_that_starts_after_the_known_record_has_no_records(track):
    """Nor is its distance from one told."""
    assert (
        record(track("^GSPC", "2024-01-19", 4839.81, start="2022-01-04", usual=4000.0)).finding.kind
        == "high_52_weeks"
    )
    assert (
        record(track("^GSPC", "2024-01-19", 4010.0, 4005.0, start="2022-01-04", usual=4000.0))
        is None
    )


def test_the_known_record_counts_even_where_the_series_lacks_its_level(track, said):
    """Highs of the series below 4,796.56 are no records,
    so the first close above it is number one."""
    found = record(
        track(
            "^GSPC", "2024-01-19", 4500.0, 4600.0, 4700.0, 4810.0, start="2022-01-03", usual=4000.0
        )
    )
    told = said(found)
    assert (told["record"], told["count"], told["run"]) == (4796.56, 1, 1)


def test_records_of_the_year_and_in_a_row_are_counted_apart(spx, said):
    """Two records, a fall, three records: five this year, three in a row."""
    told = said(record(spx("2024-03-08", 4800.0, 4810.0, 4790.0, 4820.0, 4830.0, 4840.0)))
    assert (told["count"], told["run"]) == (5, 3)


def test_a_run_of_records_goes_on_over_new_year_but_the_count_does_not(spx, said):
    """Dec. 28, Dec. 29 and Jan. 2: three in a row, one this year."""
    told = said(record(spx("2024-01-02", 4800.0, 4810.0, 4820.0)))
    assert (told["count"], told["run"]) == (1, 3)


def test_a_close_equal_to_the_record_is_none_and_ends_the_run(spx, said):
    """4,800, 4,800, 4,810: two records, the run starts again."""
    assert record(spx("2024-03-07", 4800.0, 4800.0)) is None
    told = said(record(spx("2024-03-08", 4800.0, 4800.0, 4810.0)))
    assert (told["count"], told["run"], told["record"]) == (2, 1, 4800.0)


def test_of_two_equal_records_the_later_one_is_the_one_before(spx, said):
    """A tie is dated by its latest session."""
    assert (
        said(record(spx("2024-03-08", 4800.0, 4790.0, 4800.0, 4810.0)))["record_date"]
        == "2024-03-07"
    )


def test_a_session_still_open_makes_no_record(spx):
    """Nor a 52-week high: only a close does."""
    assert record(spx("2024-01-19", 4780.94, 4839.81, live=True)) is None
    assert record(spx("2024-01-19", 4780.94, 4839.81, live=False)) is not None


@pytest.mark.parametrize(
    ("before", "last", "kind", "threshold"),
    [
        (4900.0, 4992.0, "near_record", 7.0),
        (4900.0, 4989.0, "near_record", 5.0),
        (4900.0, 4976.0, "near_record", 5.0),
        (4900.0, 4974.0, "below_record", None),
        (4990.0, 4976.0, "below_record", None),  # it falls away from it
        (4900.0, 4100.0, "below_record", None),
    ],
)
def test_how_far_below_its_record_a_close_is_decides_what_it_is(
    spx, said, before, last, kind, threshold
):
    """Within half a percent and on its way up it is near it, else below it."""
    index = spx("2024-03-08", 5000.0, before, last)
    found = record(index) or below(index)
    assert not (record(index) and below(index))
    told = said(found)
    assert (found.finding.kind, found.finding.parts.get("threshold")) == (kind, threshold)
    assert (told["missing"], told["distance"]) == pytest.approx((5000.0 - last, last / 5000.0 - 1))


def test_a_52_week_high_is_told_beside_what_is_missing_to_a_record(spx, said):
    """3% below the record of two years ago, but above all closes since.

    While the session runs only the former.
    """
    index = spx("2024-01-19", 4600.0, 4650.0)
    assert (record(index).finding.kind, said(record(index))["high"]) == ("high_52_weeks", 4650.0)
    assert below(index).finding.kind == "below_record"
    assert record(spx("2024-01-19", 4600.0, 4650.0, live=True)) is None


def test_a_close_equal_to_the_high_of_the_52_weeks_is_no_new_one(spx):
    """It is below the record all the same."""
    index = spx("2024-01-19", 4650.0, 4600.0, 4650.0)
    assert record(index) is None
    assert below(index).finding.kind == "below_record"


@pytest.mark.parametrize(("start", "told"), [("2024-06-05", True), ("2024-06-06", False)])
def test_a_52_week_high_needs_a_year_of_closes(track, told, start):
    """A fund known for less has highs of its own only."""
    assert (record(track("XLK", "2025-06-06", 105.0, start=start)) is not None) == told

"""Who reports next: by announcements that were known, and only where the day is sure."""

from __future__ import annotations

import datetime as dt

import pytest
from tiny import borne, fact

from reportgen.beats.results.proof import objection
from reportgen.core.facts import Unit
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.verify.rows import Rows

US = market("us")
NEXT = "AAPL,2025-01-30,after,2025-01-09"


def described(folder, rows, columns="symbol,reported_at,when,announced"):
    """A folder with that table of results."""
    (folder / "results.csv").write_text("\n".join([columns, *rows, ""]))
    (folder / "dataset.toml").write_text(
        'name = "results"\n[[files]]\npath = "results.csv"\nrole = "results"\nsource = "desk"\n'
    )
    return open_dataset(folder)


@pytest.fixture
def due(tmp_path):
    """``due(as_of, rows)``: the day on which AAPL reports next, and the part of it.

    The audit, which has a reader and a calendar of its own, says the same.
    """

    def told(as_of, *rows):
        at = dt.datetime.fromisoformat(as_of).replace(tzinfo=US.calendar.zone)
        moment = US.calendar.moment(at)
        found = Market(take(described(tmp_path, rows), moment, [], ()), US).results_due("AAPL")
        said = (found.day, found.when) if found else None
        assert Rows(tmp_path, moment.session, at=at).results_ahead("AAPL") == said
        return f"{found.day} {found.when}" if found else None

    return told


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (NEXT, "2025-01-30 after-close"),
        ("AAPL,2025-01-30,before,2025-01-09", "2025-01-30 before-open"),
        ("AAPL,2025-01-30T16:30,,2025-01-09", "2025-01-30 after-close"),
        ("AAPL,2025-01-30T09:29,,2025-01-09", "2025-01-30 before-open"),
        ("AAPL,2025-01-30T11:00,,2025-01-09", "2025-01-30 during-session"),
        ("AAPL,2025-01-30,after,", None),  # nobody knows when that was known
        ("AAPL,2025-01-30,after,2025-01-28", None),  # a day counts once it is over
        ("AAPL,2025-01-30,after,2025-01-28 16:01", None),
        ("AAPL,2025-01-30,after,2025-01-28 15:59", "2025-01-30 after-close"),
        ("AAPL,2025-02-01T10:00,,2025-01-09", None),  # a Saturday
        ("AAPL,2025-01-27,after,2025-01-09", None),  # past
        ("MSFT,2025-01-30,after,2025-01-09", None),
    ],
)
def test_a_day_to_come_counts_if_its_announcement_was_known(due, row, said):
    """At four in the afternoon of January 28."""
    assert due("2025-01-28 16:00", row) == said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((NEXT, "AAPL,2025-02-04,after,2025-01-20"), "2025-02-04 after-close"),  # put off
        ((NEXT, "AAPL,2025-01-29,after,2025-01-20"), "2025-01-29 after-close"),  # earlier
        ((NEXT, "AAPL,2025-02-04,after,2025-01-09"), None),  # two days of one quarter
        ((NEXT, "AAPL,2025-05-01,after,2025-01-09"), "2025-01-30 after-close"),
        ((NEXT, "AAPL,2025-01-27,after,"), None),  # it has reported
        ((NEXT, "AAPL,2024-10-31,after,"), "2025-01-30 after-close"),
        ((NEXT, "AAPL,2025-02-04,after,2025-02-01"), "2025-01-30 after-close"),
    ],
)
def test_the_newest_announcement_that_was_known_counts(due, rows, said):
    """In any order of the rows."""
    assert due("2025-01-28 16:00", *rows) == said
    assert due("2025-01-28 16:00", *reversed(rows)) == said


def test_a_day_that_was_put_off_is_no_day_of_results(tmp_path):
    """The session after it answers to nothing."""
    rows = (NEXT, "AAPL,2025-02-04,after,2025-01-20")
    at = dt.datetime(2025, 1, 31, 16, tzinfo=US.calendar.zone)
    moment = US.calendar.moment(at)
    found = Market(take(described(tmp_path, rows), moment, [], ()), US)
    assert found.reported("AAPL", moment.session) is None
    assert Rows(tmp_path, moment.session, at=at).reported("AAPL") is None
    assert found.results_due("AAPL").day == dt.date(2025, 2, 4)


def test_a_table_without_announcements_says_nothing_of_days_to_come(tmp_path):
    """As `reportgen data results` writes it."""
    moment = US.calendar.moment(dt.datetime(2025, 1, 28, 16, tzinfo=US.calendar.zone))
    rows = ("AAPL,2025-01-30,after", "MSFT,2025-01-27,after")
    dataset = described(tmp_path, rows, "symbol,reported_at,when")
    found = Market(take(dataset, moment, [], ()), US)
    assert found.results_due("AAPL") is None
    assert found.reported("MSFT", moment.session) == (dt.date(2025, 1, 27), "desk")


@pytest.mark.parametrize(
    "other", [{"value": "2025-01-31"}, {"window": "before-open"}, {"instrument": "MSFT"}]
)
def test_one_field_mutated_is_an_objection(tmp_path, other):
    """Another day, another part of it, another company."""
    described(tmp_path, [NEXT])
    at = dt.datetime(2025, 1, 28, 16, tzinfo=US.calendar.zone)
    rows = Rows(tmp_path, at.date(), at=at)
    claim = {"instrument": "AAPL", "value": "2025-01-30", "window": "after-close"}
    assert objection(claim, rows) is None
    assert objection({**claim, **other}, rows)


@pytest.mark.parametrize(
    ("words", "window", "true"),
    [
        ("after the close", "after-close", True),
        ("after the close", "before-open", False),
        ("before the open", "before-open", True),
        ("before the open", "during-session", False),
        ("does", "after-close", True),
        ("does", "before-open", False),
    ],
)
def test_the_words_are_those_of_the_part_of_the_day(words, window, true):
    """And "as Meta does" is said of the same day and part."""
    told = fact("nvda.results_due", "2025-01-30", Unit.DATE, window=window)
    other = fact("xlk.results_due", "2025-01-30", Unit.DATE, window="after-close")
    assert borne(words, told, other) is true

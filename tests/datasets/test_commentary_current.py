"""Which statements may be told.

Said by then and at most 30 days old, or part of a dated event's history.
"""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.datasets.commentary import Commentary, current

TODAY = dt.date(2025, 1, 8)
EVENTS = {"the Nov. 5 election": dt.date(2024, 11, 5), "the January decision": dt.date(2025, 1, 29)}


def told(date, event=""):
    """Whether a statement of that date (and event) may be told on Jan. 8, 2025."""
    item = Commentary(
        id="commentary.x",
        speaker="Ann Example",
        title="strategist",
        firm="Example",
        date=date,
        kind="quote",
        topic="rates",
        source="note",
        text="words",
        event=event,
    )
    return current([item], TODAY, EVENTS) == [item]


@pytest.mark.parametrize(
    ("date", "is_told"),
    [("2025-01-08", True), ("2024-12-09", True), ("2024-12-08", False), ("2023-01-08", False)],
)
def test_a_statement_is_told_for_thirty_days(date, is_told):
    """Thirty days ago is current, thirty-one is not."""
    assert told(date) is is_told


@pytest.mark.parametrize("date", ["2025-01-09", "2025-02", "2026-01-01"])
def test_a_future_statement_is_unseen(date):
    """What was said after the as-of does not exist yet."""
    assert not told(date)


@pytest.mark.parametrize(
    ("date", "is_told"), [("2025-01", False), ("2024-12", True), ("2024-11", False)]
)
def test_a_month_is_as_old_as_its_last_day(date, is_told):
    """Known to the month only.

    Told from its end on, for it may be of its last day, and for thirty days.
    """
    assert told(date) is is_told


@pytest.mark.parametrize(
    ("date", "is_told"),
    [("2024-11", True), ("2024-12-05", True), ("2024-12-06", False), ("2024-11-04", True)],
)
def test_a_statement_on_an_event_is_part_of_its_history(date, is_told):
    """Said within thirty days of the election, it is told for as long as the election is."""
    assert told(date, "the Nov. 5 election") is is_told


def test_a_statement_on_an_event_to_come_waits_for_it():
    """An event-tied item is history; before the event there is none."""
    assert not told("2025-01-07", "the January decision")


def test_the_sample_tells_its_november_statement_beside_the_election(sample):
    """The embedded sample holds one event-tied and two current statements on Jan. 8, 2025."""
    from reportgen.datasets.dataset import open_dataset
    from reportgen.datasets.snapshot import take
    from reportgen.markets import market

    calendar = market("us").calendar

    moment = calendar.resolve("2025-01-08 13:00", dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    items = take(open_dataset(sample.folder), moment, ["^RUT"], ["^RUT"]).commentary
    assert [i.date for i in items] == ["2024-11", "2025-01", "2025-01"]

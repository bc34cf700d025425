"""The figures of releases in a store: known when they were fetched, released when a calendar says.

The product and the audit read them on their own; each case is read by both.
"""

from __future__ import annotations

import datetime as dt
from math import isnan
from zoneinfo import ZoneInfo

import pytest

from reportgen.markets import market
from reportgen.sources import store
from reportgen.sources.providers.contract import Point, Reply
from reportgen.sources.then import Then
from reportgen.verify.raw.store import Calendar, StoreRows

CPI, RELEASE = "CUUR0000SA0", "the consumer price index"
HERE = market("us").calendar.zone
NOVEMBER, DECEMBER = dt.date(2024, 11, 1), dt.date(2024, 12, 1)


def at(text):
    """A time of New York."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.fixture
def path(tmp_path):
    """Where the store is."""
    return tmp_path / "store.duckdb"


@pytest.fixture
def fetched(path):
    """``fetched(time, rows)`` brings prints of consumer prices by their months."""

    def bring(when, rows, *, role="prints", symbol=CPI, calendar_from=None):
        points = [Point(*row) if len(row) == 3 else Point(CPI, *row) for row in rows]
        reply = Reply(url="x", status=200, at=at(when), body=f"{when}{rows}".encode())
        brought = store.Fetched(
            provider="p",
            source="Bureau",
            terms="",
            role=role,
            symbol=symbol,
            replies=(reply,),
            rows=points,
            calendar_from=calendar_from,
        )
        store.append(path, [brought])

    return bring


@pytest.fixture
def due(fetched):
    """``due(time, days)`` brings a calendar with consumer prices on *days* at 8:30."""

    def bring(when, *days):
        rows = [(RELEASE, dt.date.fromisoformat(day), 510.0) for day in days]
        role = "events/release/labor"
        first = at(when).date() - dt.timedelta(days=45)
        fetched(when, rows, role=role, symbol="labor", calendar_from=first)

    return bring


def told(path, known=store.MOST, then=None):
    """Period, figure, the one before, release and first fetch: of both readers, which agree."""
    frame = store.table(path, "prints", known, then=then)
    ours = [
        (
            row.period,
            row.actual,
            None if row.previous != row.previous else row.previous,
            row.released_at.isoformat() if row.released_at == row.released_at else "",
            row.known_at.isoformat(),
        )
        for row in frame.itertuples()
    ]
    if then is None:
        firsts = [None if isnan(one) else one for one in frame["previous_first"]]
        zone = ZoneInfo("America/New_York")
        calendar = Calendar(release={CPI: RELEASE}.__getitem__, zone=zone)
        theirs = StoreRows(path, known, [], lambda _: "", calendar=calendar).prints
        assert ours == [
            (
                one.period,
                one.actual,
                one.previous,
                one.released.astimezone(zone).isoformat() if one.released else "",
                one.seen.astimezone(zone).isoformat(),
            )
            for one in theirs
        ]
        assert firsts == [one.first for one in theirs]
    return ours


def test_a_print_was_released_at_the_time_of_the_calendar(path, fetched, due):
    """Of the newest one alone: nothing is known of the others but when they were fetched."""
    due("2025-01-02 06:00", "2025-01-15")
    fetched("2025-01-16 06:00", [(NOVEMBER, 2.7), (DECEMBER, 2.9)])
    assert told(path) == [
        ("2024-11", 2.7, None, "", "2025-01-16T06:00:00-05:00"),
        ("2024-12", 2.9, 2.7, "2025-01-15T08:30:00-05:00", "2025-01-16T06:00:00-05:00"),
    ]


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        ([], []),  # no calendar
        (["2025-01-17"], []),  # a release to come
        (["2024-12-11"], []),  # that of the month before
        (["2025-01-14", "2025-01-15"], []),  # two
        (["2025-01-15"], ["2025-01-15 09:00"]),  # put off: it was asked for in vain after that
    ],
)
def test_without_one_sure_time_no_day_of_release_is_told(path, fetched, due, days, asked):
    """A calendar is a plan; it was known when it was fetched."""
    if days:
        due("2024-12-01 06:00", *days)
    for when in asked:
        fetched(when, [(NOVEMBER, 2.7)])
    fetched("2025-01-16 06:00", [(NOVEMBER, 2.7), (DECEMBER, 2.9)])
    assert told(path)[-1] == ("2024-12", 2.9, 2.7, "", "2025-01-16T06:00:00-05:00")


def test_a_release_that_is_called_off_is_none(path, fetched, due):
    """As in a shutdown: the figure came on another day than was planned first."""
    due("2025-01-02 06:00", "2025-01-15")
    due("2025-01-14 06:00", "2025-01-24")
    fetched("2025-01-25 06:00", [(DECEMBER, 2.9)])
    assert told(path)[-1][3] == "2025-01-24T08:30:00-05:00"


def test_a_revision_never_takes_the_place_of_the_first_print(path, fetched, due):
    """It is told beside the next print alone: as it was known with it, and as it was first."""
    due("2025-01-02 06:00", "2025-01-15")
    fetched("2025-01-16 06:00", [(DECEMBER, 2.9)])
    fetched("2025-02-01 06:00", [(DECEMBER, 3.0)])
    first = ("2024-12", 2.9, None, "2025-01-15T08:30:00-05:00", "2025-01-16T06:00:00-05:00")
    assert told(path) == [first]
    fetched("2025-02-13 06:00", [(DECEMBER, 3.1), (dt.date(2025, 1, 1), 3.2)])
    assert told(path)[0][:4] == (*first[:3], "")
    assert told(path)[1][:3] == ("2025-01", 3.2, 3.1)
    assert store.table(path, "prints", store.MOST)["previous_first"].iloc[1] == 2.9


def test_a_figure_of_the_first_answer_may_be_a_revision(path, fetched):
    """An answer holds years; the newest of it alone is surely a first print."""
    fetched("2025-01-16 06:00", [(NOVEMBER, 2.7), (DECEMBER, 2.9)])
    told(path)
    assert store.table(path, "prints", store.MOST)["previous_first"].isna().all()


def test_a_month_without_a_print_is_neither_nothing_nor_the_month_before(path, fetched):
    """It is named as not published, and the month after it has no figure before it."""
    september, october, november = (dt.date(2025, month, 1) for month in (9, 10, 11))
    fetched("2025-11-20 09:00", [(september, 4.4)])
    fetched("2025-12-16 09:00", [(october, None), (november, 4.6)])
    assert [row[:3] for row in told(path)] == [("2025-09", 4.4, None), ("2025-11", 4.6, None)]
    ((series, period, known),) = store.table(path, "prints", store.MOST).attrs["unpublished"]
    assert (series, period) == (CPI, "2025-10")
    assert known == at("2025-12-16 09:00")


def test_at_a_past_moment_nothing_is_known_that_was_fetched_later(path, fetched, due):
    """The newest month of then is told, though a later one is in the store now."""
    due("2024-12-01 06:00", "2024-12-11", "2025-01-15")
    fetched("2024-12-12 06:00", [(NOVEMBER, 2.7)])
    early = store.last_fetch(path)
    fetched("2025-01-16 06:00", [(NOVEMBER, 2.7), (DECEMBER, 2.9)])
    then = Then(early=early, late=early, newest=lambda *_: dt.date(2025, 1, 8))
    assert [row[0] for row in told(path, then=then)] == ["2024-11"]
    none = Then(early=1, late=1, newest=lambda *_: dt.date(2025, 1, 8))
    frame = store.table(path, "prints", store.MOST, then=none)
    assert len(frame) == 0
    assert frame.attrs["later"] == [CPI]

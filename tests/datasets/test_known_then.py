"""A store at a past as-of.

Each series as it was known then, and what was fetched later is named.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.table_cache import table as rows_of
from reportgen.markets import market
from reportgen.sources import store
from reportgen.sources.providers.contract import Bar, Point, Reply
from reportgen.verify.rows import Location, Rows

calendar = market("us").calendar

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

ET = ZoneInfo("America/New_York")
SYMBOLS = ("NVDA", "^RUT", "^GSPC")
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def at(text):
    """A time of New York."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ET)


def fetched(role, symbol, when, rows):
    """What a provider brought at *when*."""
    reply = Reply(url="https://example.com/x", status=200, at=at(when), body=b"{}")
    return store.Fetched(
        provider="p", source="P", terms="", role=role, symbol=symbol, replies=(reply,), rows=rows
    )


def bars(symbol, when, **closes):
    """Closes by day of one fetch: ``d0714=100.0`` is of 14 July 2025."""
    days = [(dt.date(2025, int(d[1:3]), int(d[3:])), close) for d, close in closes.items()]
    rows = [Bar(day, None, None, None, close, None) for day, close in days]
    return fetched("daily_bars", symbol, when, rows)


def points(role, name, when, **values):
    """Values of a rate, a contract or a release by day of one fetch."""
    days = [(dt.date(2025, int(d[1:3]), int(d[3:])), value) for d, value in values.items()]
    rows = [Point(name, day, value) for day, value in days]
    return fetched(role, name, when, rows)


def read(path, as_of, role):
    """Day and value of the rows of *role* in the store at *path*, as known at *as_of*,
    and what was known too late."""
    moment = calendar.resolve(as_of, NOW)
    (file,) = open_dataset(path, moment=moment).of_role(role)
    frame = rows_of(file)
    value = {"daily_bars": "close", "rates": "value", "futures": "settle"}.get(role, "name")
    day = frame["date"].astype(str).str[5:10]
    found = dict(zip(day, frame[value], strict=True))
    if file.then:
        assert read_again(path, moment, role) == found
    return found, frame.attrs["later"]


def read_again(path, moment, role):
    """Day and value of the same rows, as the audit reads them."""
    asked = None if moment.known > moment.at else moment.at
    place = Location(path=path, fetch=store.last_fetch(path), then=True, symbols=SYMBOLS)
    raw = Rows(place, moment.session, at=asked).raw
    if role == "daily_bars":
        columns = [bars.column for symbol in reversed(SYMBOLS) for bars in raw.bars(symbol)]
        rows = [row for one in columns for row in zip(one.times, one.values[0], strict=True)]
        return {f"{dt.date.fromordinal(day):%m-%d}": close for day, close in rows}
    if role == "rates":
        points = [point for found in raw.rates.values() for point in found]
        return {f"{point.day:%m-%d}": point.value for point in points}
    if role == "futures":
        return {f"{one.day:%m-%d}": one.price for one in raw.futures}
    return {f"{one.day:%m-%d}": one.name for one in raw.releases}


@pytest.fixture
def path(tmp_path):
    """Where the store of a test is."""
    return tmp_path / "store.duckdb"


def test_a_yield_restated_before_the_next_was_due_is_read_as_it_was_known(path):
    """The evening's own yield is not due at half past four,
    so the fetch of the next day does not count."""
    store.append(path, [points("rates", "DGS10", "2025-07-14 19:30", d0711=4.40, d0714=4.43)])
    store.append(path, [points("rates", "DGS10", "2025-07-16 16:21", d0714=4.48, d0715=4.50)])
    assert read(path, "2025-07-15 16:30", "rates") == ({"07-11": 4.40, "07-14": 4.43}, [])


def test_a_close_restated_later_is_read_as_it_was_first_told(path):
    """A date is told until the next session opens.

    What was corrected by then counts, what came later does not.
    """
    store.append(path, [bars("^GSPC", "2025-10-31 16:21", d1030=6822.0, d1031=6840.2)])
    store.append(path, [bars("^GSPC", "2025-11-01 11:00", d1031=6841.0)])
    store.append(path, [bars("^GSPC", "2025-11-20 11:00", d1031=6999.0)])
    assert read(path, "2025-10-31", "daily_bars")[0]["10-31"] == 6841.0
    assert read(path, "2025-10-31 16:30", "daily_bars")[0]["10-31"] == 6840.2


def test_a_split_of_later_is_not_in_the_closes_of_before(path):
    """Nvidia on 7 June 2024: 1,208.88, not the 120.89 that providers tell since the split."""
    day = dt.date(2024, 6, 7)
    store.append(
        path,
        [
            fetched(
                "daily_bars",
                "NVDA",
                "2024-06-07 16:21",
                [Bar(day, None, None, None, 1208.88, None)],
            )
        ],
    )
    late = fetched(
        "daily_bars", "NVDA", "2024-06-10 16:21", [Bar(day, None, None, None, 120.888, None)]
    )
    store.append(path, [late])
    assert read(path, "2024-06-07", "daily_bars")[0]["06-07"] == 1208.88


def test_a_series_first_fetched_later_is_read_and_named(path):
    """There is nothing older; the brief says so."""
    store.append(path, [bars("^GSPC", "2025-07-15 16:21", d0714=6268.0, d0715=6243.0)])
    store.append(path, [bars("^RUT", "2025-08-20 16:21", d0714=2249.0, d0715=2205.0)])
    store.append(path, [points("rates", "DGS10", "2025-08-20 16:21", d0714=4.43)])
    assert read(path, "2025-07-15", "daily_bars")[1] == ["^RUT"]
    assert read(path, "2025-07-15", "rates")[1] == ["DGS10"]


def test_a_release_moved_later_keeps_its_day(path):
    """And one that was first named later is not announced at all."""
    store.append(path, [points("events/release", "jobs report", "2025-10-30 16:21", d1107=510.0)])
    moved = points("events/release", "jobs report", "2025-11-05 16:21", d1107=None, d1120=510.0)
    store.append(
        path, [moved, points("events/release", "price index", "2025-11-05 16:21", d1113=510.0)]
    )
    assert read(path, "2025-10-31", "events")[0] == {"11-07": "jobs report"}


def test_a_fetch_with_an_earlier_number_and_a_later_time_is_not_counted(path):
    """Clocks are set back, and a slow fetch ends after a fast one: times count, not numbers."""
    store.append(path, [bars("^GSPC", "2025-10-31 16:21", d1030=6822.0, d1031=6840.2)])
    store.append(path, [bars("^GSPC", "2025-11-03 10:00", d1031=6900.0)])
    store.append(path, [bars("^RUT", "2025-10-31 16:30", d1030=2400.0, d1031=2410.0)])
    assert read(path, "2025-10-31", "daily_bars")[0]["10-31"] in (6840.2, 2410.0)
    moment = calendar.resolve("2025-10-31", NOW)
    (file,) = open_dataset(path, moment=moment).of_role("daily_bars")
    frame = rows_of(file)
    assert frame.query("symbol == '^GSPC'")["close"].iloc[-1] == 6840.2


@pytest.mark.slow
@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rates", "daily_bars"]),
            st.integers(1, 400),
            st.floats(0.5, 9.5).map(lambda x: round(x, 2)),
        ),
        max_size=2,
    )
)
def test_rows_that_are_fetched_later_change_nothing(tmp_path_factory, rows):
    """Whatever they restate: the brief of 15 July reads the same."""
    path = tmp_path_factory.mktemp("s") / "store.duckdb"
    days = {"d0711": 4.0, "d0714": 4.1, "d0715": 4.2}
    store.append(
        path,
        [
            points("rates", "DGS10", "2025-07-15 19:30", **days),
            bars("^GSPC", "2025-07-15 16:21", **days),
        ],
    )
    before = [read(path, "2025-07-15", role) for role in ("rates", "daily_bars")]
    for role, hours, value in rows:
        when = f"{at('2025-07-16 09:31') + dt.timedelta(hours=hours):%Y-%m-%d %H:%M}"
        new = dict.fromkeys(days, value)
        found = (
            points(role, "DGS10", when, **new) if role == "rates" else bars("^GSPC", when, **new)
        )
        store.append(path, [found])
    assert [read(path, "2025-07-15", role) for role in ("rates", "daily_bars")] == before


@pytest.mark.parametrize(
    ("as_of", "upcoming", "reason"),
    [
        ("2001-09-10", "2001-09-11", ""),
        ("2001-09-11 12:00", "2001-09-12", "attacks"),
        ("2001-09-11 19:00", "2001-09-13", "attacks"),
        ("2012-10-26", "2012-10-29", ""),
        ("2012-10-28 23:30", "2012-10-30", "Sandy"),
        ("2018-11-30 16:30", "2018-12-03", ""),
        ("2024-12-27", "2024-12-30", ""),
        ("2006-12-26", "2006-12-27", ""),
        ("2004-06-04", "2004-06-07", ""),
        ("1994-04-22", "1994-04-25", ""),
    ],
)
def test_a_closing_is_known_when_it_was_announced(as_of, upcoming, reason):
    """On 10 September 2001 the next session was the next day."""
    moment = calendar.resolve(as_of, NOW)
    assert moment.upcoming >= dt.date.fromisoformat(upcoming)
    assert reason in moment.closed_for
    if not reason:
        assert moment.upcoming == dt.date.fromisoformat(upcoming)


def test_the_week_before_the_attacks_is_the_last_whole_one():
    """On Monday the week had four sessions to come, as everybody knew then."""
    moment = calendar.resolve("2001-09-10", NOW, "week")
    assert moment.session == dt.date(2001, 9, 7)


@pytest.mark.parametrize("year", [2027, 2040, 2060])
def test_the_calendar_has_no_end(year):
    """From the clock, whatever year it shows."""
    now = dt.datetime(year, 3, 15, 22, tzinfo=dt.UTC)
    moment = calendar.resolve("last-session", now)
    assert moment.session.year == year
    assert moment.upcoming > moment.session

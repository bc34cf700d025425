"""The figures of releases as an archive has them of each past day.

The answers have the form of ALFRED's; the changes are those that the bureau printed.
"""

from __future__ import annotations

import datetime as dt

import pytest
from feeds import Feeds

from reportgen.core.errors import ProviderError
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.sources import store
from reportgen.sources.fetching import fetch
from reportgen.sources.http import Web
from reportgen.sources.plan import read_sources, wanted
from reportgen.sources.providers import provider_class
from reportgen.sources.providers.contract import Ask, Reply
from reportgen.verify.raw.store import Calendar, StoreRows
from reportgen.verify.rows import Location, Rows

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

US, JOBS, RATE, CPI = market("us"), "CES0000000001", "LNS14000000", "CUUR0000SA0"
URL = "https://alfred.stlouisfed.org/graph/alfredgraph.csv"
DAYS = """\
Release:
Employment Situation

Release Dates:
2024-08-02
2024-09-06
"""
AUGUST = """\
observation_date,PAYEMS_20240801,PAYEMS_20240802,PAYEMS_20240905,PAYEMS_20240906
2024-05-01,158397,158430,158430,158430
2024-06-01,158603,158609,158609,158548
2024-07-01,,158723,158723,158637
2024-08-01,,,,158779
"""
"""+114,000 in July, +142,000 in August; July was then +89,000, and had been +179,000 in June."""
ENDS = """\
observation_date,PAYEMS_20250130,PAYEMS_20250131
2024-10-01,159068,159068
2024-11-01,159280,159280
2024-12-01,159536,159536
"""
OCTOBER = """\
observation_date,UNRATE_20251119,UNRATE_20251120,UNRATE_20251215,UNRATE_20251216
2025-07-01,4.2,4.2,4.2,4.2
2025-08-01,4.3,4.3,4.3,4.3
2025-09-01,,4.4,4.4,4.4
2025-10-01,,,,
2025-11-01,,,,4.6
"""
BOTH = """\
observation_date,PAYEMS_20251215,PAYEMS_20251216
2025-07-01,159511,159511
2025-08-01,159507,159485
2025-09-01,159626,159593
2025-10-01,,159488
2025-11-01,,159552
"""


def read(body, symbol=JOBS, days=()):
    """The vintages in an answer on our *symbol*, by day and month."""
    provider = provider_class("alfred")()
    head = body.partition("\n")[0].split(",")[1:]
    days = days or [str(dt.date.fromisoformat(name[-8:])) for name in head]
    name = provider.symbol(symbol, "print")
    ask = Ask(symbol=name, role="vintages", first=dt.date(2024, 1, 1), last=dt.date(2026, 1, 1))
    at = dt.datetime(2026, 8, 7, 12, tzinfo=dt.UTC)
    url = f"{URL}?id={name}&vintage_date={'%2C'.join(days)}"
    rows = provider.rows(ask, [Reply(url=url, status=200, at=at, body=body.encode())])
    assert {row.name for row in rows} <= {symbol}
    return [(f"{row.day:%m-%d}", f"{row.period:%Y-%m}", row.value, row.first) for row in rows]


# What an answer tells
# --------------------------------------------------------------------------------------------------


def test_a_release_has_new_figures_and_those_before_as_they_were_then():
    """A change is one of that day's values alone, never of two days'."""
    assert read(AUGUST)[1:] == [
        ("08-02", "2024-07", 114_000, True),
        ("09-06", "2024-06", 118_000, False),
        ("09-06", "2024-07", 89_000, False),
        ("09-06", "2024-08", 142_000, True),
    ]


def test_a_day_without_a_new_figure_is_no_release_of_one():
    """The figures of December were there on the day before."""
    assert read(ENDS) == []


def test_a_month_that_a_release_passes_over_has_no_figure():
    """The jobless rate of October 2025, and no neighbour stands in for it."""
    assert read(OCTOBER, RATE)[-3:] == [
        ("12-16", "2025-09", 4.4, False),
        ("12-16", "2025-10", None, True),
        ("12-16", "2025-11", 4.6, True),
    ]


def test_two_months_can_come_in_one_release():
    """Jobs of October and November 2025, with September revised from +119,000."""
    assert read(BOTH)[-3:] == [
        ("12-16", "2025-09", 108_000, False),
        ("12-16", "2025-10", -105_000, True),
        ("12-16", "2025-11", 64_000, True),
    ]


def test_prices_over_a_year_are_told_to_a_tenth():
    """Of an index and that of the same month a year before, on one day."""
    months = [f"{2023 + n // 12}-{n % 12 + 1:02}-01,{300 + n}," for n in range(12)]
    rows = [*(f"{row}{row[11:-1]}" for row in months), "2024-01-01,,309.345"]
    body = "\n".join(["observation_date,CPIAUCNS_20240212,CPIAUCNS_20240213", *rows, ""])
    assert read(body, CPI) == [("02-13", "2024-01", 3.1, True)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (AUGUST.replace("_20240906", ""), "no column 'PAYEMS_20240906'"),  # that of today
        (AUGUST.replace("PAYEMS", "UNRATE"), "no column 'PAYEMS_20240801'"),
        (AUGUST.replace("_20240906", "_20240905"), "no column 'PAYEMS_20240906'"),
        (AUGUST[: AUGUST.rindex(",,")], "cut short: it ends with '2024-08-01,,'"),
        (AUGUST.replace("158637", "158.637"), "158.637 for 2024-07: in another unit"),
        (AUGUST.replace("158637", "n/a"), "'n/a' for 2024-07, which is no number"),
        (AUGUST.replace("2024-08-01,,,,", "2024-07-01,,,,"), "2024-07 twice"),
        (AUGUST.replace("2024-08-01", "2024-09-01"), "2024-09 on 2024-09-06, before that month"),
        ("<html>404</html>", "web page"),
        ("", "empty"),
    ],
)
def test_what_is_no_archive_of_the_days_asked_for_is_refused(body, words):
    """Today's figures, another series or day, half an answer, another unit, a month to come."""
    days = ["2024-08-01", "2024-08-02", "2024-09-05", "2024-09-06"]
    with pytest.raises(ProviderError, match=words):
        read(body, days=days)


# What a store keeps
# --------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    """Where the store is."""
    return tmp_path / "store.duckdb"


@pytest.fixture
def fetched(path):
    """``fetched(at, days, *answers)`` asks the archive for jobs over HTTP, as of that time."""

    def bring(at, days, *answers, symbol=JOBS, role="vintages", since=None, more=()):
        here = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
        with Feeds(here.date()) as feeds:
            if days:
                feeds.fail("alfred", f"body {days}", key="downloaddates")
            feeds.fail("alfred", *(f"body {one}" for one in answers), key="alfredgraph")
            for provider, faults in more:
                feeds.fail(provider, *faults)
            file = path.with_suffix(".toml")
            file.write_text(feeds.sources())
            wants = wanted([], read_sources(file), here)
            wants = [want for want in wants if (want.symbol, want.role) == (symbol, role)]
            web = Web(lambda: here, patience=0.01)
            try:
                (outcome,) = fetch(path, wants, web, since)
            finally:
                web.close()
        return outcome

    return bring


def told(path, known=store.MOST):
    """Period, figure, the one before as known then and at first, and release: of both readers."""
    frame = store.table(path, "prints", known)
    ours = frame[["series", "period", "actual", "previous", "previous_first", "released_at"]]
    calendar = Calendar(release=lambda _: "the employment report", zone=US.calendar.zone)
    audited = StoreRows(path, known, [], lambda _: "", calendar=calendar).prints
    theirs = [
        (one.series, one.period, one.actual, one.previous, one.previous_first, one.released)
        for one in audited
    ]
    shown = ours.astype(object).where(ours.notna(), None)
    assert list(shown.itertuples(index=False, name=None)) == theirs
    return [row[1:-1] for row in theirs]


def test_a_fetch_asks_for_the_days_of_releases_and_the_days_before(path, fetched):
    """And the store tells the first print, the one before as it was then, and as it was first."""
    outcome = fetched("2024-09-06 14:00", DAYS, AUGUST)
    assert (outcome.state, outcome.sources) == ("new", ("ALFRED (St. Louis Fed)",))
    assert told(path) == [
        ("2024-07", 114_000, 179_000, None),
        ("2024-08", 142_000, 89_000, 114_000),
    ]


def brief(path, as_of):
    """The newest print of jobs in a brief of that day; the audit reads the same."""
    close = US.calendar.session_close(dt.date.fromisoformat(as_of))
    moment = US.calendar.moment(close, evening=True)
    found = Market(take(open_dataset(path, moment=moment), moment, [], ()), US).printed(JOBS)
    data = Location(path=path, fetch=store.last_fetch(path), then=True)
    audited = Rows(data, moment.session).printed(JOBS)
    assert (audited.period, audited.actual) == (found.period, found.value)
    return found


def test_a_brief_made_again_years_later_still_tells_the_first_print(path, fetched):
    """+142,000 jobs in August 2024, which later became fewer: known from the day of its release."""
    since = dt.date(2024, 8, 1)
    later = DAYS + "2024-10-04\n"
    body = "\n".join(
        f"{row},{more}"
        for row, more in zip(
            AUGUST.splitlines(),
            (
                "PAYEMS_20241003,PAYEMS_20241004",
                "158430,158430",
                "158548,158548",
                "158637,158692",
                "158779,158851",
            ),
            strict=True,
        )
    )
    fetched("2026-08-07 14:00", later, f"{body}\n2024-09-01,,,,,,159105\n", since=since)
    found = brief(path, "2024-09-06")
    assert (found.period, found.value, found.before) == ("2024-08", 142_000, 89_000)
    assert found.released == dt.date(2024, 9, 6)
    assert brief(path, "2024-09-05").period == "2024-07"
    assert brief(path, "2024-10-04").before == 159_000


def test_what_was_known_at_an_earlier_fetch_can_still_be_read(path, fetched):
    """The release of September was not there then."""
    before = AUGUST.replace("158779", "").replace("158637", "158723").replace("158548", "158609")
    fetched("2024-09-06 12:00", DAYS, before)
    known = store.last_fetch(path)
    fetched("2024-09-06 14:30", DAYS, AUGUST)
    assert [row[0] for row in told(path, known)] == ["2024-07"]
    assert [row[0] for row in told(path)] == ["2024-07", "2024-08"]

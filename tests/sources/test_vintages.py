"""The figures of releases as an archive has them of each past day.

The answers have the form of ALFRED's; the changes are those that the bureau printed.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from feeds import Feeds
from sparing import first_quick

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
from reportgen.sources.providers.contract import Ask, Point, Reply
from reportgen.verify.raw.store import Calendar, StoreRows
from reportgen.verify.rows import Location, Rows

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop")

US, JOBS, RATE, CPI = market("us"), "CES0000000001", "LNS14000000", "CUUR0000SA0"
NOON = dt.datetime(2024, 9, 6, 16, tzinfo=dt.UTC)
URL = "https://alfred.stlouisfed.org/graph/alfredgraph.csv"
RELEASES = {
    "2024-07-05": {"2024-05": 158397, "2024-06": 158603},
    "2024-08-02": {"2024-05": 158430, "2024-06": 158609, "2024-07": 158723},
    "2024-09-06": {"2024-06": 158548, "2024-07": 158637, "2024-08": 158779},
    "2024-10-04": {"2024-07": 158692, "2024-08": 158851, "2024-09": 159105},
}
"""Jobs in thousands that each report told anew: +114,000 in July, which the next one made +89,000,
+142,000 in August, which the next one made +159,000, and +254,000 in September."""


def listed(*days):
    """The list of the days of a release."""
    return "\n".join(["Release:", "Employment Situation", "", "Release Dates:", *days, ""])


def archive(*days, until="9999"):
    """The archive's answer on jobs on some days of releases and on the days before them.

    Only with the releases up to one day, as it was on that day.
    """
    before = [str(dt.date.fromisoformat(day) - dt.timedelta(days=1)) for day in days]
    head, columns = sorted({*days, *before}), []
    for day in head:
        known = [told for out, told in RELEASES.items() if out <= min(day, until)]
        columns.append({month: level for told in known for month, level in told.items()})
    rows = [
        f"{month}-01," + ",".join(str(column.get(month, "")) for column in columns)
        for month in sorted({month for column in columns for month in column})
    ]
    names = ",".join(f"PAYEMS_{day.replace('-', '')}" for day in head)
    return "\n".join([f"observation_date,{names}", *rows, ""])


FIRST, NEWEST, LATER = "2024-08-02", "2024-09-06", "2024-10-04"
DAYS = listed(FIRST, NEWEST)
AUGUST = archive(FIRST, NEWEST)
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


def rows_in(body, symbol=JOBS, days=()):
    """The vintages in an answer on our *symbol*."""
    provider = provider_class("alfred")()
    head = body.partition("\n")[0].split(",")[1:]
    days = days or [str(dt.date.fromisoformat(name[-8:])) for name in head]
    name = provider.symbol(symbol, "print")
    ask = Ask(symbol=name, role="vintages", first=dt.date(2024, 1, 1), last=dt.date(2026, 1, 1))
    at = dt.datetime(2026, 8, 7, 12, tzinfo=dt.UTC)
    url = f"{URL}?id={name}&vintage_date={'%2C'.join(days)}"
    rows = provider.rows(ask, [Reply(url=url, status=200, at=at, body=body.encode())])
    assert {row.name for row in rows} <= {symbol}
    return rows


def read(body, symbol=JOBS, days=()):
    """The same by day and month."""
    rows = rows_in(body, symbol, days)
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


def test_a_release_has_the_latest_of_its_usual_minutes():
    """The report on jobs comes at 8:30, job openings at 10:00."""
    assert {row.minutes for row in rows_in(AUGUST)} == {510}
    head = "observation_date,JTSJOL_20241003,JTSJOL_20241004"
    openings = f"{head}\n2024-07-01,7711,7711\n2024-08-01,,8040\n"
    assert {row.minutes for row in rows_in(openings, "JTS000000000000000JOL")} == {600}


@pytest.mark.parametrize(
    ("name", "symbol", "values", "told"),
    [
        ("CPIAUCSL", "CUSR0000SA0", ("313.049", "313.534", "314.121"), (0.2, 0.2)),
        ("CPILFESL", "CUSR0000SA0L1E", ("319.900", "320.000", "319.840"), (0.0, -0.1)),
        ("CES0500000003", "CES0500000003", ("35.07", "35.21", "35.35"), (0.4, 0.4)),
        (
            "JTSJOL",
            "JTS000000000000000JOL",
            ("7910", "7711", "7673"),
            (7_910_000, 7_711_000, 7_673_000),
        ),
        ("RSAFS", "RSAFS", ("709897", "710020", "711000"), (0.0, 0.1)),
    ],
)
def test_a_figure_over_a_month_is_that_of_adjusted_values(name, symbol, values, told):
    """To a tenth, half of one away from zero, or as a count of single ones."""
    months = ("2024-06-01", "2024-07-01", "2024-08-01")
    rows = [f"{month},{value}," for month, value in zip(months, values, strict=True)]
    rows = [f"{row}{row.split(',')[1]}" for row in rows[:2]] + [f"{months[2]},,{values[2]}"]
    body = "\n".join([f"observation_date,{name}_20240910,{name}_20240911", *rows, ""])
    assert [row[2] for row in read(body, symbol)] == [*told]


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
    """``fetched(at, days, *answers)`` asks for jobs over HTTP at that time: the archive, or another
    that then answers with *more*."""

    def bring(at, days, *answers, role="vintages", symbol=JOBS, since=None, more=()):
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


@pytest.fixture
def due(path):
    """``due(at, day)`` brings a calendar with the report on jobs at 8:30, or later, of a day."""

    def bring(at, day, minutes=510.0):
        here = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
        point = Point("the employment report", dt.date.fromisoformat(day), minutes)
        calendar = store.Fetched(
            provider="bls",
            source="Bureau",
            terms="",
            role="events/release/labor",
            symbol="labor",
            replies=(Reply(url="x", status=200, at=here, body=day.encode()),),
            rows=[point],
            calendar_from=here.date(),
        )
        store.append(path, [calendar])

    return bring


def answer(*months):
    """The bureau's own answer on jobs."""
    rows = [
        {"year": month[:4], "period": f"M{month[5:]}", "value": value, "footnotes": [{}]}
        for month, value in months
    ]
    told = {"series": [{"seriesID": JOBS, "data": rows}]}
    return json.dumps({"status": "REQUEST_SUCCEEDED", "message": [], "Results": told})


def told(path, known=store.MOST):
    """Period, figure, the one before as known then and at first, and release: of both readers."""
    frame = store.table(path, "prints", known)
    ours = frame[["series", "period", "actual", "previous", "previous_first", "released_at"]]
    calendar = Calendar(release=lambda _: "the employment report", zone=US.calendar.zone)
    audited = StoreRows(path, known, [], lambda _: "", calendar=calendar).prints
    theirs = [
        (one.series, one.period, one.actual, one.previous, one.first, one.released)
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


def snapshot(path, as_of):
    """What a brief of that day has from the store, told with what is published on the evening."""
    moment = US.calendar.close(dt.date.fromisoformat(as_of))
    return take(open_dataset(path, moment=moment), moment, [], ())


def brief(path, as_of):
    """The newest print of jobs in a brief of that day; the audit reads the same."""
    found = Market(snapshot(path, as_of), US).printed(JOBS)
    data = Location(path=path, fetch=store.last_fetch(path), then=True)
    audited = Rows(data, dt.date.fromisoformat(as_of)).printed(JOBS)
    assert (audited.period, audited.actual) == (found.period, found.value)
    return found


@pytest.mark.slow
def test_a_brief_made_again_years_later_still_tells_the_first_print(path, fetched):
    """+142,000 jobs in August 2024, revised by the next report: from the day of its release on."""
    days = (FIRST, NEWEST, LATER)
    fetched("2026-08-07 14:00", listed(*days), archive(*days), since=dt.date(2024, 8, 1))
    found = brief(path, NEWEST)
    assert (found.period, found.value, found.before) == ("2024-08", 142_000, 89_000)
    assert found.released == dt.date(2024, 9, 6)
    assert brief(path, "2024-09-05").period == "2024-07"
    assert brief(path, LATER).before == 159_000


@pytest.mark.slow
def test_a_series_that_was_first_fetched_later_is_named(path, fetched):
    """As prices are: nobody had these figures on that day."""
    fetched("2026-08-07 14:00", DAYS, AUGUST, since=dt.date(2024, 8, 1))
    assert snapshot(path, NEWEST).later == (JOBS,)
    assert snapshot(path, "2026-08-07").later == ()


@pytest.mark.slow
def test_a_brief_is_told_which_period_has_no_print(path, fetched):
    """The jobless rate of October 2025; November has no figure of the month before."""
    days = listed("2025-11-20", "2025-12-16")
    fetched("2025-12-16 15:00", days, OCTOBER, symbol=RATE)
    assert told(path)[1:] == [("2025-11", 4.6, None, None)]
    assert snapshot(path, "2025-12-15").unpublished == frozenset()
    assert snapshot(path, "2025-12-16").unpublished == {(RATE, "2025-10")}


def test_two_months_of_one_release_are_two_prints(path, fetched):
    """The first one is the month before the second, as it was known and at first."""
    fetched("2025-12-16 15:00", listed("2025-12-16"), BOTH)
    assert told(path) == [
        ("2025-10", -105_000, 108_000, None),
        ("2025-11", 64_000, -105_000, -105_000),
    ]


def test_what_was_known_at_an_earlier_fetch_can_still_be_read(path, fetched):
    """Before the release of a day the archive has its figures of the day before."""
    fetched("2024-09-06 12:00", DAYS, archive(FIRST, NEWEST, until="2024-09-05"))
    known = store.last_fetch(path)
    fetched("2024-09-06 14:30", DAYS, AUGUST)
    assert [row[0] for row in told(path, known)] == ["2024-07"]
    assert [row[0] for row in told(path)] == ["2024-07", "2024-08"]


def test_a_release_that_has_not_come_yet_brings_nothing(path, fetched):
    """It is not in the list; or the list has it, and the archive does not have its figures."""
    fetched("2024-09-06 14:30", DAYS, AUGUST)
    days = (FIRST, NEWEST, LATER)
    for at, listing, body in (
        ("12:00", DAYS, AUGUST),
        ("13:00", listed(*days), archive(*days, until="2024-10-03")),
    ):
        outcome = fetched(f"{LATER} {at}", listing, body)
        assert (outcome.state, outcome.added, outcome.notes) == ("unchanged", 0, ())
    assert fetched(f"{LATER} 15:00", listed(*days), archive(*days)).added == 3
    assert told(path)[-1] == ("2024-09", 254_000, 159_000, 142_000)


def test_a_source_that_fails_is_named_and_nothing_is_kept(path, fetched):
    """The figures of today instead of those of a day; a page; a list without days."""
    for listing, body, words in (
        (DAYS, AUGUST.replace("_20240906", ""), "no column 'PAYEMS_20240906'"),
        (DAYS, "<html>", "web page"),
        ("Release Dates:\n", AUGUST, "the list of the days of the release has no days"),
    ):
        outcome = fetched("2024-09-06 14:30", listing, body)
        assert outcome.state == "short"
        assert outcome.notes[0].startswith("ALFRED (St. Louis Fed): ")
        assert words in outcome.notes[0]
    assert not path.is_file()


def test_an_agency_and_an_archive_tell_of_one_release(path, fetched, due):
    """The agency first, on its day; the time is the calendar's, the month before the archive's."""
    due("2024-09-05 12:00", NEWEST, minutes=511.0)
    fetched("2024-09-05 12:00", listed(FIRST), archive(FIRST))
    body = answer(("2024-08", "158779"), ("2024-07", "158637"), ("2024-06", "158548"))
    fetched("2024-09-06 13:00", "", role="prints", more=[("bls_figures", [f"body {body}"])])
    row = ("2024-08", 142_000, 89_000, 114_000)
    assert told(path)[-1] == row
    at = store.table(path, "prints", store.MOST)["released_at"].iloc[-1]
    assert at == dt.datetime(2024, 9, 6, 8, 31, tzinfo=US.calendar.zone)
    fetched("2024-09-07 13:00", DAYS, AUGUST)
    assert told(path)[-1] == row
    assert store.table(path, "prints", store.MOST)["released_at"].iloc[-1] == at


def test_without_a_calendar_a_print_of_an_archive_was_out_at_the_usual_time(path, fetched):
    """The archive proves the day; what has no usual time counts from the end of that day."""
    fetched("2024-09-06 14:30", DAYS, AUGUST)
    times = store.table(path, "prints", store.MOST)["released_at"]
    morning = dt.time(8, 30, tzinfo=US.calendar.zone)
    assert [*times] == [
        dt.datetime.combine(dt.date(2024, n, d), morning) for n, d in ((8, 2), (9, 6))
    ]
    assert told(path)
    with store.writing(path) as connection:
        connection.execute("UPDATE vintages SET minutes = 0")
    times = store.table(path, "prints", store.MOST)["released_at"]
    assert times.iloc[0] == dt.datetime(2024, 8, 3, tzinfo=US.calendar.zone)
    assert times.iloc[1] == dt.datetime(2024, 9, 6, 14, 30, tzinfo=dt.UTC)  # it was fetched then
    assert told(path)


@pytest.mark.parametrize("fetches", first_quick(["2024-09-07", "2024-09-01"]))
def test_the_minute_of_a_release_is_that_of_the_calendar_of_then(path, fetched, due, fetches):
    """Or of the first one, if there was none then; before that minute the print is not known."""
    due(f"{fetches} 12:00", NEWEST, minutes=555.0)
    if fetches > NEWEST:  # a calendar tells the last weeks, too
        assert store.table(path, "events", store.MOST)["date"].iloc[0].date() == dt.date(2024, 9, 6)
    fetched("2024-09-09 12:00", DAYS, AUGUST)
    data = Location(path=path, fetch=store.last_fetch(path), then=True)
    for clock, period in (("09:14", "2024-07"), ("09:15", "2024-08")):
        at = dt.datetime.fromisoformat(f"{NEWEST} {clock}").replace(tzinfo=US.calendar.zone)
        moment = US.calendar.moment(at)
        found = Market(take(open_dataset(path, moment=moment), moment, [], ()), US).printed(JOBS)
        audited = Rows(data, moment.session, at=at).printed(JOBS)
        assert (found.period, audited.period) == (period, period)


def test_a_store_without_vintages_is_read_and_gains_them(path, fetched):
    """An older reportgen made it."""
    body = answer(("2024-07", "158723"), ("2024-06", "158609"), ("2024-05", "158430"))
    fetched("2024-08-02 13:00", "", role="prints", more=[("bls_figures", [f"body {body}"])])
    with store.writing(path) as connection:
        connection.execute("DROP TABLE vintages")
    assert told(path)[-1][:3] == ("2024-07", 114_000, 179_000)
    fetched("2024-09-06 14:30", DAYS, AUGUST)
    assert told(path)[-1] == ("2024-08", 142_000, 89_000, 114_000)


def test_a_series_is_asked_of_those_that_have_such_rows_alone():
    """Neither is asked for what the other has, and nobody for a figure that nobody has."""
    sources = read_sources()
    wants = {want.role: want for want in wanted([], sources, NOON) if want.symbol == JOBS}
    names = {role: [one.name for one in want.providers] for role, want in wants.items()}
    assert names == {"prints": ["bls_figures"], "vintages": ["alfred"]}
    assert sources.want(JOBS, "prints", "print").known
    assert not sources.want("ISM.PMI", "prints", "print").known

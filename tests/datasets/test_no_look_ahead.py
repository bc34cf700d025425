"""Law 4: what is not known at the as-of does not exist, whatever the files hold after it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from sparing import first_quick

from reportgen.config.resources import SAMPLE
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.markets.instruments import instrument
from reportgen.markets.publication import known_by
from reportgen.record.request import load_report

calendar = market("us").calendar

ET = ZoneInfo("America/New_York")
NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
MOMENTS = [
    "2025-01-08 13:00",
    "2025-01-08 15:59",
    "2025-01-08",
    "2025-01-09 12:00",
    "2025-01-10 08:00",
]


def cut(folder, when):
    """The snapshot of a dataset at a moment."""
    return take(
        open_dataset(folder),
        calendar.resolve(when, NOW),
        load_report("small-caps").symbols,
        ["^RUT"],
    )


@cache
def of_the_sample(when):
    """All that the snapshot of the sample at a moment tells."""
    return content(cut(SAMPLE, when))


def content(snapshot):
    """All that a snapshot tells, as text.

    The manifest, which holds the hashes of whole files, apart.
    """
    series = {
        **snapshot.closes,
        **{f"{k} bars": v for k, v in snapshot.levels.items()},
        **snapshot.rates,
    }
    tables = {"futures": snapshot.futures, "events": snapshot.events}
    rest = {
        "commentary": snapshot.commentary,
        "meetings": snapshot.meetings,
        "sources": snapshot.sources,
        "moment": snapshot.moment,
    }
    return {name: frame.to_csv() for name, frame in {**series, **tables}.items()} | rest


USUAL = {"rates.csv.gz": 18, "futures.csv.gz": 19}
"""The hours at which the values of a day are published."""


def known(name, row):
    """When a row of the sample is known, said apart from the package.

    The rules are those of its description.
    """
    if name == "intraday.csv.gz":
        return dt.datetime.fromisoformat(row[0]) + dt.timedelta(minutes=15)
    day = dt.date.fromisoformat(row[0])
    if row[1] == "BTC-USD":
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    if row[1].startswith("DFEDTAR"):
        return dt.datetime.combine(day - dt.timedelta(days=1), dt.time(14), ET)
    return dt.datetime.combine(day, dt.time(USUAL.get(name, 16)), ET)


def told_until(name, when):
    """Until when rows of a file count.

    The evening of a close that is asked for by its date, else the moment.
    """
    moment = calendar.resolve(when, NOW)
    return moment.known if name in USUAL else moment.at


def wild(name, rows, at):
    """*rows* with every value not known at *at* altered up and down by turns,
    within the scale of a price."""
    return [
        [*r[:2], f"{float(r[2]) * (1.9, 0.6)[i % 2]:.4f}"] if known(name, r) > at else r
        for i, r in enumerate(rows)
    ]


@pytest.mark.parametrize("when", first_quick(MOMENTS, 2))
def test_wild_rows_after_the_moment_change_nothing(sample, when):
    """Closes, bars, yields and futures of later are altered wildly.

    The snapshot is the same to the last digit.
    """
    for name in ("daily.csv.gz", "intraday.csv.gz", "rates.csv.gz", "futures.csv.gz"):
        at = told_until(name, when)
        sample.rows(name, lambda rows, name=name, at=at: wild(name, rows, at))
    assert sample.lines("daily.csv.gz")[-1] != "2025-01-31,XLY,230.78"
    assert content(cut(sample.folder, when)) == of_the_sample(when)


@pytest.mark.parametrize("when", MOMENTS)
def test_rows_still_to_be_written_are_not_missed(sample, when):
    """A dataset that ends at the moment gives what the longer one gives."""
    for name in ("daily.csv.gz", "intraday.csv.gz", "rates.csv.gz", "futures.csv.gz"):
        at = told_until(name, when)
        sample.rows(name, lambda rows, name=name, at=at: [r for r in rows if known(name, r) <= at])
    assert content(cut(sample.folder, when)) == of_the_sample(when)


def test_a_statement_of_tomorrow_is_not_handed_over(sample):
    """A commentary file dated after the as-of changes nothing."""
    text = "\n".join(sample.lines("commentary/2025-01-hall-rates.md")).replace(
        "date: 2025-01\nknown: 2025-01-08 12:00", "date: 2025-01-09"
    )
    sample.write("commentary/2025-01-09-tomorrow.md", text)
    at = "2025-01-08 13:00"
    assert content(cut(sample.folder, at)) == of_the_sample(at)


@pytest.mark.parametrize(
    ("when", "last"),
    [("09:30", "07"), ("13:00", "07"), ("15:59", "07"), ("16:00", "08"), ("20:00", "08")],
)
def test_the_close_of_a_session_is_known_when_it_is_over(when, last):
    """The daily bar of the running session is in the file, and is not used."""
    closes = cut(SAMPLE, f"2025-01-08 {when}").closes["^RUT"]
    assert f"{closes.index[-1]:%Y-%m-%d}" == f"2025-01-{last}"


def test_no_description_can_make_a_running_session_s_close_known(sample):
    """A file said to be known at noon still has no close of the session that runs."""
    sample.swap(
        "dataset.toml",
        'path = "daily.csv.gz"',
        'path = "daily.csv.gz"\navailable = { default = "12:00" }',
    )
    assert (
        f"{cut(sample.folder, '2025-01-08 13:00').closes['^RUT'].index[-1]:%Y-%m-%d}"
        == "2025-01-07"
    )


@pytest.mark.parametrize(
    ("when", "last"), [("09:44", None), ("09:45", "09:45"), ("12:59", "12:45"), ("13:00", "13:00")]
)
def test_a_bar_is_known_when_it_ends(when, last):
    """The bar that starts at 12:45 gives the level of 13:00, not that of 12:45."""
    levels = cut(SAMPLE, f"2025-01-08 {when}").levels["^RUT"]
    assert (f"{levels.index[-1]:%H:%M}" if len(levels) else None) == last


@pytest.mark.parametrize(("when", "day"), [("16:00", "07"), ("17:59", "07"), ("18:00", "08")])
def test_yields_are_known_from_six(when, day):
    """The Treasury posts the yields of a day on its evening."""
    assert f"{cut(SAMPLE, f'2025-01-08 {when}').rates['DGS10'].index[-1]:%d}" == day


@pytest.mark.parametrize(("when", "day"), [("16:00", "07"), ("18:59", "07"), ("19:00", "08")])
def test_futures_are_known_from_seven(when, day):
    """The last settlements of a day are posted at 19:00."""
    assert f"{cut(SAMPLE, f'2025-01-08 {when}').futures.index[-1]:%d}" == day


@pytest.mark.parametrize(("when", "upper"), [("13:59", 0.0475), ("14:00", 0.045)])
def test_a_target_range_is_known_when_it_is_announced(when, upper):
    """The range that took effect on Dec. 19, 2024 was announced at 14:00 the day before."""
    snapshot = take(open_dataset(SAMPLE), calendar.resolve(f"2024-12-18 {when}", NOW), ["^RUT"], [])
    assert snapshot.rates["DFEDTARU"].iloc[-1] == pytest.approx(upper)


@pytest.mark.parametrize(
    ("rule", "day", "when"),
    [
        ("close", "2025-01-08", "2025-01-08T16:00-05:00"),
        ("close", "2024-12-24", "2024-12-24T13:00-05:00"),
        ("close", "2025-01-09", "2025-01-09T16:00-05:00"),
        ("utc-midnight", "2025-01-07", "2025-01-08T00:00+00:00"),
        ("15:00", "2024-07-10", "2024-07-10T15:00-04:00"),
        ("-1d 14:00", "2024-12-19", "2024-12-18T14:00-05:00"),
    ],
)
def test_each_rule_has_its_moment(rule, day, when):
    """A close (an early one too), midnight in UTC, a time of the day, a time of the day before."""
    assert known_by(rule, dt.date.fromisoformat(day), calendar) == dt.datetime.fromisoformat(when)


FRONT = """---
speaker: Ann Example
title: strategist
firm: Example
date: {date}
kind: quote
topic: rates
source: a note
{more}---
Rates are the story.
"""


@pytest.mark.parametrize(
    ("date", "more", "when", "told"),
    first_quick(
        [
            ("2025-01-08 12:30", "", "2025-01-08 12:29", False),
            ("2025-01-08 12:30", "", "2025-01-08 12:30", True),
            ("2025-01-08 09:00-08:00", "", "2025-01-08 11:59", False),
            ("2025-01-08 09:00-08:00", "", "2025-01-08 12:00", True),
            ("2025-01-06", "known: 2025-01-08 14:00\n", "2025-01-08 13:00", False),
            ("2025-01-06", "known: 2025-01-08 14:00\n", "2025-01-08 14:00", True),
            ("2025-01-06", "known: 2025-01-08\n", "2025-01-08 15:00", False),
            ("2025-01-08", "", "2025-01-08 15:00", False),
            ("2025-01-08", "", "2025-01-09 09:00", True),
            ("2025-01", "", "2025-01-08", False),
            ("2024-12", "", "2025-01-08 13:00", True),
        ],
        quick=4,
    ),
)
def test_a_statement_is_told_from_its_own_time_on(sample, date, more, when, told):
    """A time to the minute, with an offset or in New York; a day or a month from its end."""
    (sample.folder / "commentary" / "ann.md").write_text(FRONT.format(date=date, more=more))
    items = [item.id for item in cut(sample.folder, when).commentary]
    assert ("commentary.ann" in items) is told


@pytest.mark.parametrize(
    ("symbol", "day", "name"),
    [
        ("META", "2021-10-27", "Facebook"),
        ("META", "2021-10-28", "Meta Platforms"),
        ("MSTR", "2025-02-05", "MicroStrategy"),
        ("MSTR", "2025-02-06", "Strategy"),
        ("GOOGL", "2015-10-02", "Google"),
        ("WMT", "2018-01-31", "Wal-Mart"),
    ],
)
def test_a_company_has_the_name_of_the_day(symbol, day, name):
    """Nobody called Facebook by the name that it took later."""
    assert instrument(symbol).called_on(dt.date.fromisoformat(day)).first == name


@pytest.mark.parametrize(
    ("announced", "when", "known"),
    [
        ("2025-01-08 10:00", "2025-01-08 09:59", False),
        ("2025-01-08 10:00", "2025-01-08 10:00", True),
        ("2025-01-08", "2025-01-08 13:00", False),
        ("2025-01", "2025-01-10 09:00", False),
        ("2024-12", "2025-01-08 13:00", True),
    ],
)
def test_an_event_is_known_once_it_was_announced(sample, announced, when, known):
    """Before, it is not among what is next."""
    head, *rows = sample.lines("events.csv")
    lines = [f"{head},announced", *(f"{row}," for row in rows)]
    place = head.split(",")
    row = {"date": "2025-01-14", "name": "a surprise auction", "kind": "release"}
    lines.append(",".join(row.get(name, "") for name in place) + f",{announced}")
    sample.write("events.csv", "\n".join(lines) + "\n")
    assert ("a surprise auction" in set(cut(sample.folder, when).events["name"])) is known

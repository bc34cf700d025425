"""What a recap could be caught out by.

Tomorrow's data, ties, series that are missing or short, windows that have just begun.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sparing import first_quick
from told import tell

from reportgen.config.resources import SAMPLE
from reportgen.core import headers
from reportgen.markets import market

sessions = market("us").calendar.sessions

SECTORS = {"XLB", "XLC", "XLE", "XLF", "XLI", "XLK", "XLP", "XLRE", "XLU", "XLV", "XLY"}


@pytest.fixture
def keeping(tmp_path):
    """``keeping(keep)`` is the folder of the sample with those rows only for which ``keep(day,
    symbol)``; a table left empty is left out."""

    def build(keep):
        folder = shutil.copytree(SAMPLE, tmp_path / "sample")
        for table in folder.glob("*.csv.gz"):
            head, *rows = gzip.decompress(table.read_bytes()).decode().splitlines()
            kept = [row for row in rows if keep(row[:10], row.split(",")[1])]
            table.write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode(), 1))
            if not kept:
                described = (folder / "dataset.toml").read_text().split("\n[[files]]\n")
                (folder / "dataset.toml").write_text(
                    "\n[[files]]\n".join(
                        part for part in described if f'"{table.name}"' not in part
                    )
                )
        return folder

    return build


@pytest.fixture
def small(tmp_path):
    """``small(end, {symbol.

    {day: level}})`` is a dataset of daily closes alone: a quiet market around 4,000 from 2022 on.
    """

    def build(end, at, start="2022-01-03"):
        days = [
            day.isoformat()
            for day in sessions(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
        ]
        quiet = {day: 4000 * (1 + 0.002 * (n % 2)) for n, day in enumerate(days)}
        rows = [
            f"{day},{symbol},{level}"
            for symbol, other in at.items()
            for day, level in {**quiet, **other}.items()
        ]
        (tmp_path / "daily.csv").write_text("\n".join(["date,symbol,close", *rows, ""]))
        described = (
            'name = "Small market"\n\n[[files]]\npath = "daily.csv"\nrole = "daily_bars"\nsource ='
            ' "a test"\n'
        )
        (tmp_path / "dataset.toml").write_text(described)
        return tmp_path

    return build


def recap(as_of, data="sample"):
    """The daily recap."""
    return tell(as_of, data=data, report="daily-recap")


def gaps(told):
    """The names of the sections that failed."""
    return [section.name for section in told.record.failed]


def kinds(told, symbol):
    """The kinds of the facts on *symbol*."""
    return {fact.kind for fact in told.record.facts.values() if fact.instrument == symbol}


@pytest.mark.parametrize(
    "as_of", first_quick(["2024-02-29", "2024-12-31", "2023-12-29", "2025-01-08"])
)
def test_a_market_that_ends_with_the_session_is_told_the_same_way(keeping, as_of):
    """A leap day, the last session of a year, a close with bars of that day.

    What came later is not in a word.
    """
    assert recap(as_of, keeping(lambda day, _: day <= as_of)).text == recap(as_of).text


@pytest.mark.parametrize(
    "report", first_quick(["weekly-recap", "month-in-review", "year-in-review"])
)
def test_a_window_is_told_the_same_way_where_the_market_ends_with_it(keeping, report):
    """The weeks after Dec. 31, 2024 are not in a word; nor are the sessions after its last week."""
    told = tell("2024-12-31", data=keeping(lambda day, _: day <= "2024-12-31"), report=report)
    assert told.text == tell("2024-12-31", report=report).text


TIE = {"2025-02-13": 4000.0, "2025-02-14": 4100.0, "2025-06-05": 4000.0, "2025-06-06": 4100.0}


@pytest.mark.parametrize(
    ("others", "since"),
    [
        ({}, "2025-02-14"),
        ({"2024-10-14": 4000.0, "2024-10-15": 4300.0}, "2025-02-14"),  # an earlier, larger one
        ({"2025-03-13": 4000.0, "2025-03-14": 4100.5}, "2025-03-14"),  # a later, larger one
        (
            {"2025-03-13": 4000.0, "2025-03-14": 4099.5},
            "2025-02-14",
        ),  # a later, smaller one: it rounds to the same 2.5%
    ],
)
def test_a_best_day_is_the_best_since_the_one_it_ties_with(small, others, since):
    """From 4,000 to 4,100 on Feb. 14 and again on June 6, 2025."""
    told = recap("2025-06-06", small("2025-06-06", {"^GSPC": {**TIE, **others}, "^IXIC": others}))
    facts = [
        fact
        for fact in told.record.facts.values()
        if (fact.kind, fact.instrument) == ("best_day_since", "^GSPC")
    ]
    assert [fact.value for fact in facts] == [since]
    assert (
        f"best day since {dt.date.fromisoformat(since):%b. %-d}".replace("Mar. ", "March ")
        in told.text
    )
    assert told.failed() == []


def test_a_worst_day_is_the_worst_since_the_one_it_ties_with(small):
    """From 4,000 to 3,900, twice, with a rise as large in between."""
    at = {
        "2025-02-13": 4000.0,
        "2025-02-14": 3900.0,
        "2025-03-13": 4000.0,
        "2025-03-14": 4100.0,
        "2025-06-05": 4000.0,
        "2025-06-06": 3900.0,
    }
    told = recap("2025-06-06", small("2025-06-06", {"^GSPC": at, "^IXIC": {}}))
    assert [
        fact.value for fact in told.record.facts.values() if fact.kind == "worst_day_since"
    ] == ["2025-02-14"]
    assert told.failed() == []


@pytest.mark.parametrize("as_of", first_quick(["2025-01-08", "2024-11-29", "2022-06-16"]))
@pytest.mark.parametrize(
    ("missing", "words"),
    first_quick(
        [
            (
                {"^RUT", "^DJI", "^VIX", "DGS10", "DGS2", "BTC-USD"} | SECTORS,
                ["Russell", "Dow", "sector funds", "Treasury"],
            ),
            ({"^RUT"}, ["Russell"]),
            ({"^DJI"}, ["Dow", "blue"]),
            ({"^VIX"}, ["VIX", "Volatility Index"]),
            (SECTORS, ["sector funds", "Materials"]),
            ({"DGS10"}, ["10-year"]),
            ({"BTC-USD"}, ["Bitcoin", "bitcoin"]),
        ],
        2,
    ),
    ids=["most of all", "^RUT", "^DJI", "^VIX", "sectors", "DGS10", "BTC-USD"],
)
def test_what_is_missing_is_not_told_and_the_rest_is(keeping, missing, words, as_of):
    """No index but two is needed.

    No word is unproved, no section failed, and nothing but the fine print speaks of it.
    """
    told = recap(as_of, keeping(lambda _, symbol: symbol not in missing))
    assert (told.failed(), gaps(told)) == ([], [])
    assert [word for word in words if word in f"{told.title} {told.body}"] == []
    assert len(told.body.split()) > 50


@pytest.mark.parametrize(
    "report", first_quick(["weekly-recap", "month-in-review", "year-in-review"])
)
@pytest.mark.parametrize(
    "missing",
    [{"^RUT"}, {"^VIX"}, SECTORS, {"DGS10", "DGS2"}],
    ids=["^RUT", "^VIX", "sectors", "yields"],
)
def test_a_window_is_told_without_what_is_missing(keeping, report, missing):
    """The same of the reports of a week, a month and a year."""
    told = tell("2024-12-31", data=keeping(lambda _, symbol: symbol not in missing), report=report)
    assert (told.failed(), gaps(told)) == ([], [])
    assert 1 <= len(told.story.key_points) <= 3


def test_two_indexes_are_market_enough(small):
    """Daily closes of two indexes, and nothing else."""
    told = recap("2025-06-06", small("2025-06-06", {"^GSPC": {"2025-06-06": 4050.0}, "^IXIC": {}}))
    assert (told.failed(), gaps(told)) == ([], [])
    assert "4,050.00" in told.body


OF_THE_YEAR = {
    "ytd_change",
    "year_change",
    "best_week_of_year",
    "worst_week_of_year",
    "best_month_of_year",
    "worst_month_of_year",
}


@pytest.mark.parametrize("symbol", first_quick(["^DJI", "^RUT", "^GSPC", "^IXIC"]))
@pytest.mark.parametrize("as_of", first_quick(["2024-08-05", "2024-09-30"]))
def test_an_index_that_began_inside_the_year_says_nothing_of_the_year(keeping, symbol, as_of):
    """From March 1, 2024 on.

    Where its year began is not known, so there is no claim about it, no failed section, and no
    record.
    """
    told = recap(as_of, keeping(lambda day, name: name != symbol or day >= "2024-03-01"))
    assert "level" in kinds(told, symbol)
    assert not kinds(told, symbol) & (OF_THE_YEAR | {"record_close", "near_record"})
    assert (told.failed(), gaps(told)) == ([], [])


@pytest.mark.parametrize("as_of", ["2025-01-06", "2024-09-03", "2024-05-28", "2024-01-02"])
def test_the_first_session_of_a_week_tells_no_week(as_of):
    """A Monday, and the Tuesdays after Labor Day, Memorial Day and New Year's Day."""
    told = recap(as_of)
    assert [fact.id for fact in told.record.facts.values() if fact.kind == "week_change"] == []
    assert "This week" not in told.body
    assert "week" not in told.title


def test_the_second_session_of_a_week_tells_it():
    """The Wednesday after Labor Day 2024."""
    told = recap("2024-09-04")
    assert "spx.week_change" in told.record.facts
    assert told.value("spx.week_change") != 0


@pytest.mark.parametrize(
    ("as_of", "year", "base"),
    [("2025-01-02", 2024, "2023-12-29"), ("2024-01-02", 2023, "2022-12-30")],
)
def test_the_first_session_of_a_year_tells_the_year_before(as_of, year, base):
    """By the rows of the file: December to December, of every index."""
    told, last = recap(as_of), {2024: "2024-12-31", 2023: "2023-12-29"}[year]
    rows = [
        row.split(",")
        for row in gzip.decompress((SAMPLE / "daily.csv.gz").read_bytes()).decode().splitlines()
    ]
    levels = {(day, symbol): float(close) for day, symbol, close in rows[1:] if day in (base, last)}
    for key, symbol in (("spx", "^GSPC"), ("dji", "^DJI"), ("comp", "^IXIC"), ("rut", "^RUT")):
        assert told.value(f"{key}.year_change.{year}") == pytest.approx(
            levels[last, symbol] / levels[base, symbol] - 1
        )
    assert f"In {year}, the S&P 500 rose" in told.body


def test_the_second_session_of_a_year_tells_the_year_before_no_more():
    """Jan. 3, 2025 is for 2025."""
    assert [
        fact.id for fact in recap("2025-01-03").record.facts.values() if fact.kind == "year_change"
    ] == []


def test_yields_without_a_history_of_years_leave_a_record_of_numbers(keeping):
    """They begin with 2024, so what a usual year is to them is not known.

    The record is JSON all the same.
    """
    data = keeping(lambda day, symbol: not symbol.startswith("DGS") or day >= "2023-12-29")
    told = tell("2024-12-31", data=data, report="year-in-review")
    values = {name: fact.value for name, fact in told.record.facts.items()}
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert told.failed() == []


def test_a_week_that_ended_where_it_began_is_told(small):
    """4,000 on Friday, May 30 and on June 6, up and down in between.

    Neither a gain nor a loss is claimed of it.
    """
    at = dict(
        zip(
            ["2025-05-30", "2025-06-02", "2025-06-03", "2025-06-05", "2025-06-06"],
            [4000.0, 4040.0, 3980.0, 4020.0, 4000.0],
            strict=True,
        )
    )
    told = tell(
        "2025-06-06", data=small("2025-06-06", {"^GSPC": at, "^IXIC": at}), report="weekly-recap"
    )
    assert told.failed() == []
    assert [words for words in ("0.00 points", "unchanged to") if words in told.body] == []


def test_a_yield_of_the_day_before_is_dated_in_a_week(small):
    """The week of July 4, 2025 ended on a Thursday at 1 p.m..

    The newest yield of this file is Wednesday's, and the fine print says "unless dated".
    """
    folder = small("2025-07-03", {"^GSPC": {}, "^IXIC": {}})
    days = [day.isoformat() for day in sessions(dt.date(2024, 1, 2), dt.date(2025, 7, 3))]
    rows = [
        f"{day},DGS10,{4.2 if day >= '2025-07-01' else 4.0 + n % 2 / 50}"
        for n, day in enumerate(days)
        if day < "2025-07-03"
    ]
    (folder / "rates.csv").write_text("\n".join(["date,series,value", *rows, ""]))
    described = (
        '\n[[files]]\npath = "rates.csv"\nrole = "rates"\nsource = "a test"\navailable = { default'
        ' = "16:00" }\n'
    )
    (folder / "dataset.toml").write_text((folder / "dataset.toml").read_text() + described)
    told = tell("2025-07-03", data=folder, report="weekly-recap")
    assert told.record.facts["us10y.yield_level.date"].value == "2025-07-02"
    told_of = [line for line in told.text.splitlines() if "10-year Treasury yield" in line]
    assert [line for line in told_of if "Wednesday" not in line and "July 2" not in line] == []


def test_a_long_headline_is_the_subject_of_its_mail():
    """With 70 characters it would be folded below the name of its header,
    where some readers show none."""
    told = message_from_bytes(
        message_of(
            "S&P 500 ends the quarter down 3.2%, its third loss in as many quarters"
        ).as_bytes(),
        policy=SMTP,
    )
    assert (
        told["Subject"] == "S&P 500 ends the quarter down 3.2%, its third loss in as many quarters"
    )


def message_of(subject):
    """A message with that subject."""
    mail = EmailMessage(policy=headers.WRITTEN)
    mail["Subject"] = subject
    mail.set_content("text")
    return mail

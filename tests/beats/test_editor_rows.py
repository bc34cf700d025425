"""Rows of an editor's list: on their days, what a brief must say, and what it must not.

One brief is made for each day and report.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from truth import told

from reportgen.rendering.text import plain_text
from reportgen.story.citations import text_of

REAL = Path(__file__).parents[1] / "real_market"
DAILY, WEEKLY, MONTHLY, YEARLY, SMALL = (
    "daily-recap",
    "weekly-recap",
    "month-in-review",
    "year-in-review",
    "small-caps",
)

pytestmark = [pytest.mark.truth, pytest.mark.usefixtures("real_market")]


@cache
def brief(report, day):
    """The words of the brief of *report* of that *day*, with the labels of its pictures."""
    made = told(day, REAL, report)
    pictures = [block for block in made.narrative.blocks if hasattr(block, "labels")]
    labels = [text_of(runs) for picture in pictures for runs in picture.labels.values()]
    text = plain_text(made).partition("\n--\n")[0]
    return re.sub(r"\s+", " ", f"{text} {' | '.join(labels)}")


DECISIONS = [
    ("2024-09-18", DAILY, "Fed cuts rates by half a point, its first cut since March 2020", ""),
    ("2024-12-18", DAILY, "to 4.25%-4.50%, its third straight cut, as expected", ""),
    ("2025-10-29", DAILY, "Federal Reserve cut its target range by a quarter", ""),
    ("2022-06-15", DAILY, "raised its target range by three-quarters of a percentage", ""),
    ("2025-01-29 15:00", DAILY, "The Federal Reserve held its target range at", ""),
    ("2024-11-08", WEEKLY, "The Fed cut rates by a quarter point on Thursday.", ""),
    ("2022-09-30", MONTHLY, "The Fed raised rates by three-quarters of a point on Sept.", ""),
    ("2022-12-30", YEARLY, "The Fed raised rates seven times, by 4.25 percentage points", ""),
    ("2024-12-31", YEARLY, "The Fed cut rates three times, by one percentage point", ""),
]
"""A1: the decisions of the Fed."""

EXTREMES = [
    ("2020-03-09", DAILY, "0.54%, its lowest in data since 1990", ""),
    ("2023-03-13", DAILY, "to 4.03%, its largest one-day drop in data since 1990", ""),
    ("2022-06-10", DAILY, "3.06%, its highest since Dec. 28, 2007", ""),
    (
        "2023-10-17",
        DAILY,
        (
            "4.83%, its highest since Aug. 8, 2007"
            "|4.83%, up from 4.71%, its highest since Aug. 8, 2007"
            "|to 4.83% from 4.71%, its highest since"
        ),
        "",
    ),
    ("2025-04-09", DAILY, "up 474.13 points|rose 474.13 points", ""),
    ("2025-04-09", DAILY, "its largest point gain on record", ""),
    ("2025-04-09", DAILY, "33.62, its largest one-day drop in data since", ""),
    ("2007-02-27", DAILY, "18.31, its largest one-day rise in data since", ""),
    ("2024-12-18", DAILY, "27.62, its largest one-day rise since Feb. 5, 2018", ""),
    ("2026-02-03", DAILY, "an ounce, its largest one-day gain in data since", ""),
    ("2026-03-31", MONTHLY, "a barrel, its largest monthly gain in data since", ""),
    ("2026-03-31", MONTHLY, "an ounce, its largest monthly drop in data since", ""),
    ("2018-12-24", DAILY, "in its worst Christmas Eve on record", ""),
    ("2025-04-04", DAILY, "In two days, the S&P 500 fell 10.5%, the most since March 12, 2020", ""),
    ("2024-07-11", DAILY, "the widest gap between the two since March 19, 2020", ""),
    ("2026-01-16", DAILY, "beat the S&P 500 for an 11th session in a row", ""),
]
"""A3: extremes of what stands beside the indexes."""

LINES = [
    ("2024-10-07", DAILY, "4.03%, its first close above 4% since July 31", ""),
    ("2020-03-05", DAILY, "0.92%, its first close below 1% in data since 1990", ""),
    ("2024-08-01", DAILY, "to 3.99% from 4.09%, its first close below 4% since Feb. 1", ""),
    (
        "2025-11-17",
        DAILY,
        "* The S&P 500 closed below its 50-day average for the first time since April 30, as",
        "",
    ),
    ("2023-01-27", DAILY, "above its 200-day average for the first time since Jan. 14, 2022", ""),
    ("2020-06-08", DAILY, "* The S&P 500 turned positive for the year, up less than 0.1%,", ""),
    ("2018-10-24", DAILY, "turned negative for the year for the first time since May 8", ""),
    (
        "2024-11-14",
        DAILY,
        (
            "* By futures, the odds of a rate cut at the Fed's Dec. 17-18 meeting are 69%. The"
            " chance had been more than 85%|* Futures put the odds of a rate cut at the Fed's"
            " Dec. 17-18"
        ),
        "",
    ),
]
"""Lines that a close passed as not for long, whole percents, averages and years; leaps of odds."""

LEADS = [
    ("2023-03-13", DAILY, "Regional bank stocks plunge 12.3%", "Nasdaq inches up|Nasdaq edges up"),
    ("2025-01-27", DAILY, "Semiconductor stocks plunge 9.8%", "Nasdaq tumbles, but Dow"),
    ("2025-09-18", DAILY, "S&P 500, Dow, Nasdaq and Russell 2000 set records", ""),
    (
        "2025-09-18",
        DAILY,
        "Russell 2000 at its first since Nov. 8, 2021",
        "also closed at a record",
    ),
    ("2019-02-27", DAILY, "on Wednesday, and UnitedHealth fell 4.9%, its worst day", ""),
    ("2024-03-28", DAILY, "10.2% for the quarter, its best first quarter since 2019", ""),
    ("2025-10-29", DAILY, "Nasdaq closes at a record", "below its record close of Oct. 28"),
    (
        "2024-08-29",
        DAILY,
        "Dow closes at a record|Dow rises to a record|Dow ticks up to a record",
        "",
    ),
    ("2025-10-21", DAILY, "Dow closes at a record", ""),
    ("2023-03-13", DAILY, "regional bank stocks, plunged 12.3% on Monday, its worst day since", ""),
    (
        "2020-11-09",
        DAILY,
        "reached a record of 3,645.99 within the session|to reach 3,645.99, a record",
        "a mixed Monday",
    ),
]
"""A4: the index that leads, and what stands beside it."""

FALLS = [
    ("2025-04-08", DAILY, "The Russell 2000, 27.9% below its Nov. 25, 2024 high, is in a bear", ""),
    ("2025-04-09", DAILY, "the Nasdaq is still 15.1% below its Dec. 16, 2024 high", ""),
    ("2008-12-31", YEARLY, "so are the S&P 500, 42.3% below its Oct. 9, 2007 high", ""),
    ("2022-12-30", YEARLY, "the S&P 500 is down 19.95%, after 25.4% at the bottom", "down 20%"),
    ("2010-05-06", DAILY, "", "27.9% below its record"),
    ("2023-03-13", DAILY, "", "From one-year high"),
    (
        "2025-04-08",
        DAILY,
        "The Dow had been up 1,461.00 points, or 3.8%, at its high",
        "at its low;|at its low.",
    ),
    ("2025-04-08", DAILY, "after erasing a 4.1% gain", "1.6% after a 4.1% gain"),
]
"""A5 and A6: falls of all indexes by one yardstick, and sessions that turned."""

PICTURES = [
    ("2025-01-10", SMALL, "points past the line of a correction", "Bear market: "),
    ("2026-01-15", SMALL, "A record close", "Correction: "),
    ("2000-02-10", DAILY, "[ S&P 500 3.6% below its one-year high", ""),
]
"""A7: the line on the picture is that of its title; a session has a picture if one was drawn."""

SENTENCES = [
    ("2026-02-11", DAILY, "leaving it up 1.4% for the year", "leaving the S&P 500 up"),
    ("2025-10-22", DAILY, "", "leaving the S&P 500 up"),
    ("2026-01-15", SMALL, "The close tops the record of 2,651.64", "That tops"),
    ("2026-01-15", SMALL, "rose 16.4% in 2025, a lead of 5.1", "Even the good year"),
    ("2026-01-15", SMALL, "with August alone worth 7%", "August 2025"),
    ("2026-01-15", SMALL, "", "went the other way"),
    ("2026-01-15", SMALL, "", "The 10-year Treasury yield stood at"),
    ("2025-04-08", SMALL, "5.8 percentage points better than small caps", "a lead of 5.8"),
    ("2025-04-09", SMALL, "21.7% below the high", "points past the line"),
    ("2025-01-10", SMALL, "altogether the index is down 3.5%", "For the week it was"),
    ("2025-04-08", SMALL, "", "Bitcoin was|bitcoin up|midnight"),
    ("2024-07-11", SMALL, "3.57% on Thursday while the S&P 500|a gap of 4.45", "4.4 percentage"),
    ("2025-10-24", DAILY, "closed above 47,000 for the first time", "The Dow also closed at a rec"),
    ("2025-10-08", DAILY, "closed above 23,000 for the first time", "The Nasdaq also closed at a"),
    ("2025-10-30", DAILY, "left the S&P 500 1%, or 69 points, below", "short of a record|to go to"),
    ("2025-10-20", DAILY, "rises 1.1%, coming within 0.3% of a record", "1.1%, 0.3% from"),
    ("2025-10-09", DAILY, "", "0.3% from a record"),
    ("2010-05-06", DAILY, "lowest since March 4 and the Russell", "the Nasdaq too and"),
    (
        "2022-06-10",
        DAILY,
        "its worst since the week to Jan. 21",
        "21; the Dow fell 4.6%, its worst",
    ),
    ("2022-09-30", MONTHLY, "so are the Russell 2000, 31.9% below", "so is the"),
    ("2025-10-27", DAILY, "", "so did the"),
    ("2020-11-09", DAILY, "", "at its high; the S&P 500 is"),
    ("2010-05-06", DAILY, "", "at its low; the S&P 500"),
    ("2026-01-16", WEEKLY, "and the Russell 2000 four", "U.S. stocks fell for the week"),
    (
        "2023-03-10",
        WEEKLY,
        "egional bank stocks, fell 16%|egional bank stocks fell 16%",
        "best day was Wednesday",
    ),
    ("2025-04-30", MONTHLY, "At its low on April 8, the S&P 500 had been down 11.2%", ""),
    ("2008-12-31", YEARLY, "yield fell to 2.25% from 4.04%", "dropped to 2.25%"),
    ("2023-03-10", WEEKLY, "to $20,363 in the week", "about $20,"),
    ("2024-11-08", WEEKLY, "Bitcoin rose 9.2% to $7", "about $76,000"),
    (
        "2018-12-24",
        DAILY,
        "10-year Treasury yield fell to 2.74%|10-year Treasury yield was at 2.74%",
        "",
    ),
    ("2021-01-21", DAILY, "S&P 500 closes at a record, and Nasdaq", "little changed to"),
    ("2026-03-30", DAILY, "Aug. 7, 2025, and its third loss in a row.", "For the S&P 500 it was"),
    ("2019-05-31", DAILY, "had their worst month of the year, too", "fell 7.9%, its worst"),
    ("2019-06-03", DAILY, "2000 7.9%, their worst month of the year, too", "fell 7.9%, its worst"),
    ("2019-09-05", DAILY, "July 31, and its second gain in a row", "gain in a row after a gain"),
    ("2004-05-28", DAILY, "little changed, ending a run of six gains in a row D", "for the S&P"),
    ("2003-12-12", WEEKLY, "; it ended at its highest close in a year.", ""),
    ("2018-07-09", DAILY, "Russell 2000 stands 0.1% below its one-year high", "of the same day"),
    ("2021-08-24", DAILY, "For the S&P 500 it was the fourth gain in a row", "It was the fourth"),
    ("2021-09-02", DAILY, "Quantum Computing Inc. fell 6.9%", "Inc. ended 6.9% lower"),
    ("2022-07-07", DAILY, "* Energy stocks rose 3.6%; utilities fell 0.1%.", "Utility stocks"),
    ("2016-03-08", DAILY, "still 17.6% below its June 23, 2015 high", "Russell 2000 is down 17.6%"),
    ("2023-03-09", DAILY, "8.6% below its one-year high of March 29", "22.4% below"),
    ("2025-04-10", DAILY, "U.S. stocks declined on Thursday", "Wall Street ended lower"),
    ("2022-03-18", DAILY, "The difference between those yields narrowed", "That spread"),
    ("2022-08-09", DAILY, "The difference between those yields widened", "yield spread"),
    ("2024-02-29", DAILY, "Nasdaq closes at a record, its first since November 2021", "above its"),
    ("2019-12-09", DAILY, "the S&P 500 is down 0.6%; it is up 25.1%", "and up 25.1%|* Quantum"),
    ("2023-01-17", DAILY, "which leaves it up 3.9% this month", "this year, it is up 3.9%"),
    ("2018-01-04", DAILY, "record close for the third session in a row", "third gain in a row"),
    ("2017-03-03", DAILY, "the funds ranged from", "sector funds ranged"),
    ("2024-09-13", DAILY, "For the S&P 500 it was the fifth gain in a row.", "over the run"),
    ("2026-03-17", DAILY, "* Eli Lilly ended 5.9% lower.", "* With a gain of 6.7%, Peloton"),
    ("2024-10-31", DAILY, "S&P 500 finishes the month down 1%, ending a run", "S&P 500 ends"),
    ("2024-07-02", DAILY, "among the 334 of 335 stocks with prices", "those with prices"),
    ("2024-01-19", DAILY, "S&P 500 closes at a record, its first since January 2022", "does, too"),
    ("2017-01-26", DAILY, "Russell 2000 is 0.9% below its one-year", "less than 0.1% below"),
]
"""B: sentences that would stop an editor."""

LISTED = [*DECISIONS, *EXTREMES, *LINES, *LEADS, *FALLS, *PICTURES, *SENTENCES]


def name(row):
    """What a row is called: its day, its report, and where it stands."""
    return f"{row[0]}-{row[1]}-{LISTED.index(row)}"


@pytest.mark.parametrize("row", LISTED, ids=name)
def test_the_brief_says_what_the_editor_asked_for_and_not_what_stopped_the_reader(row):
    """One of the texts that must be there, none of those that must not."""
    day, report, said, unsaid = row
    text = brief(report, day)
    assert any(one in text for one in said.split("|"))
    assert not [one for one in unsaid.split("|") if one and one in text]

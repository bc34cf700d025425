"""Headlines at, just below and just above each bound by which they are read and judged."""

from __future__ import annotations

import pytest
from tiny import KINDS, count, day, fact, record

from reportgen.core.errors import EditError
from reportgen.core.facts import Unit
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.headline import cited
from reportgen.verify.subjects import subjects

FACTS = (
    day("session.date", "2025-01-08"),
    fact("session.state", "post", Unit.TEXT),
    fact("spx.pct_change", 0.012),
    fact("ndx.pct_change", -0.011),
    fact("spx.outperform.ndx", 0.023, Unit.PP),
    fact("spx.month_change", 0.031, window="month"),
    fact("spx.month_change.2024-11", 0.057, kind="month_change", window="2024-11"),
    fact("spx.month_change.2024-01", 0.044, kind="month_change", window="2024-01"),
    day("spx.best", "2024-11", kind="best_month_of_year", window="2024"),
    day("spx.first", "2024-01", kind="best_month_of_year", window="2023"),
)


def refusal(words, *facts, **about):
    """Why *words* are no headline where the *facts* were recorded; "" if they are one."""
    try:
        runs = cited(words, FactCheck(record(*FACTS, *facts, headline=words, **about)))
    except EditError as refused:
        return str(refused)
    assert all(run.text for run in runs)
    assert "".join(run.text for run in runs) == words
    return ""


def true(words, *facts, **about):
    """Whether *words* are a headline."""
    return not refusal(words, *facts, **about)


@pytest.mark.parametrize(
    ("words", "now", "before", "right"),
    [
        ("S&P 500 closer to a correction", -0.0501, -0.04, True),
        ("S&P 500 closer to a correction", -0.0501, -0.06, False),
        ("S&P 500 closer to a correction", -0.0499, -0.04, False),
        ("S&P 500 closer to a bear market", -0.1001, -0.08, True),
        ("S&P 500 closer to a bear market", -0.0999, -0.08, False),
        ("S&P 500 in a correction", -0.1, -0.12, True),
        ("S&P 500 in a correction", -0.0999, -0.12, False),
        ("S&P 500 in a bear market", -0.2, -0.22, True),
        ("S&P 500 in a bear market", -0.1999, -0.22, False),
    ],
)
def test_half_of_a_fall_is_near_it(words, now, before, right):
    """Less is not worth its name; all of it is in it."""
    fall = fact("spx.drawdown_from_high", now, window="since-high")
    earlier = fact("spx.drawdown_from_high.before", before, window="since-high")
    assert true(words, fall, earlier) is right


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("S&P 500 up 5.7% in November", True),
        ("S&P 500 up 3.1% in January", True),
        ("S&P 500 up 4.4% in January", False),
        ("S&P 500 up 4.4% in January 2024", True),
        ("S&P 500 up 5.7% in December", False),
    ],
)
def test_a_month_is_the_latest_of_its_name(words, right):
    """That of the session is this year's, a later one is last year's."""
    assert true(words) is right


def test_a_claim_is_of_one_window():
    """Which may be named twice."""
    assert true("S&P 500 up 3.1% this month in January")
    assert "of two windows at once" in refusal("S&P 500 up 3.1% this month in November")
    assert "of a day and of a window" in refusal("S&P 500 up 3.1% this month on Wednesday")


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("S&P 500 beats Nasdaq", True),
        ("Nasdaq beats S&P 500", False),
        ("S&P 500 lags Nasdaq", False),
        ("Nasdaq lags S&P 500", True),
        ("S&P 500 beats Nasdaq by 2.3 percentage points", True),
        ("S&P 500 beats Nasdaq by 2.4 percentage points", False),
    ],
)
def test_who_is_ahead_is_on_file_from_either_side(words, right):
    """The gap is told of the first, or of the second the other way round."""
    assert true(words) is right


@pytest.mark.parametrize("words", ["S&P 500 beats Nasdaq", "Nasdaq lags S&P 500"])
def test_of_two_that_moved_alike_none_is_ahead(words):
    """A gap of nothing is no lead."""
    level = fact("spx.outperform.ndx", 0.0, Unit.PP)
    assert not true(words, level)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("S&P 500 rises 1.2% on Wednesday", True),
        ("S&P 500 rises 1.2% on Jan. 8", True),
        ("S&P 500 rises 1.2% on Jan. 8, 2025", True),
        ("S&P 500 rises 1.2% on Jan. 9", False),
        ("S&P 500 rises 1.2% on Thursday", False),
        ("S&P 500 ends up 1.2%", True),
    ],
)
def test_a_day_is_the_latest_of_its_name(words, right):
    """On the day itself, it is the day itself."""
    assert true(words) is right


@pytest.mark.parametrize(
    ("words", "upcoming", "right"),
    [
        ("S&P 500 ends the week up 2%", "2025-01-13", True),
        ("S&P 500 ends the week up 2%", "2025-01-10", False),
        ("S&P 500 ends the month up 3.1%", "2025-02-03", True),
        ("S&P 500 ends the month up 3.1%", "2025-01-31", False),
        ("S&P 500 ends the quarter up 4%", "2025-04-01", True),
        ("S&P 500 ends the quarter up 4%", "2025-03-31", False),
        ("S&P 500 ends the year up 5%", "2026-01-02", True),
        ("S&P 500 ends the year up 5%", "2025-12-31", False),
    ],
)
def test_a_window_is_over_where_the_next_session_is_in_another(words, upcoming, right):
    """A week, a month, a quarter or a year has ended with its last session."""
    facts = (
        fact("spx.week_change", 0.02, window="week"),
        fact("spx.quarter_change", 0.04, window="quarter"),
        fact("spx.ytd_change", 0.05, window="ytd"),
        day("session.upcoming", upcoming),
    )
    assert true(words, *facts) is right


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("S&P 500 rises for third day", True),
        ("S&P 500 rises for fourth day", False),
        ("S&P 500 rises for second day", False),
        ("S&P 500 rises for three days", True),
        ("Nasdaq falls for third day", False),
    ],
)
def test_a_run_has_as_many_days_as_its_fact(words, right):
    """Not one more, and not one fewer."""
    assert true(words, count("spx.streak_up", 3)) is right


def test_a_headline_ends_with_its_last_claim():
    """Nothing may be left, and nothing may be missing."""
    assert true("S&P 500 rises")
    assert "ends before it says" in refusal("S&P 500")
    assert "ends before it says" in refusal("S&P 500 rises,")
    assert refusal("S&P 500 rises ")
    assert refusal("S&P 500rises")


@pytest.mark.parametrize(
    ("ticker", "named"), [("GE", False), ("IBM", True), ("NVDA", True), ("BRK.B", False)]
)
def test_a_ticker_of_three_letters_is_a_name(ticker, named):
    """A shorter one is a word."""
    rows = [
        {
            "key": "one",
            "symbol": ticker,
            "first": "Acme",
            "second": "Acme",
            "short": "Acme",
            "group": "",
            "kind": "stock",
            "also": [],
        }
    ]
    assert (ticker in subjects(record(*FACTS, instruments=rows))) is named


def test_words_of_an_instrument_are_its_own():
    """Each of them has a name, which begins a headline."""
    known = subjects(record(*FACTS))
    assert {"s&p 500", "nasdaq", "nvidia", "NVDA"} <= known.keys()
    assert {symbol for one in known.values() for symbol in one} <= {s for s, *_ in KINDS.values()}

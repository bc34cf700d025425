"""Lines, numbers and claims at, just below and just above each bound of the checker."""

from __future__ import annotations

import datetime as dt

import pytest
from tiny import borne, count, day, fact, record

from reportgen.core.facts import Unit
from reportgen.record.request import Policy
from reportgen.story.citations import Run
from reportgen.verify.binding import Binding
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.gate import blank, rule
from reportgen.verify.raw.exchange import Exchange
from reportgen.verify.rows import words

SPX, NDX, NVDA = Run("the S&P 500", "@^GSPC"), Run("the Nasdaq", "@^IXIC"), Run("Nvidia", "@NVDA")
GAP = "spx.outperform.ndx"


def reasons(*runs, gap=0.023, where="body"):
    """What is bound wrongly in a line, where the S&P 500 was so far ahead of the Nasdaq."""
    facts = (fact(GAP, gap, Unit.PP), fact("spx.pct_change", 0.012))
    return [reason for _, _, reason in Binding(record(*facts)).line(where, runs)]


# Moves without a verb
# ------------------------------------------------------------------------------
AGAINST = ["it did not go the way of the move before it"]
LOST = Run("fell 1.2%", "spx.pct_change")


def elliptic(between, moved, *, first=LOST, words="0.5%"):
    """What is wrong with a second move that has only a figure, after words *between*."""
    facts = (
        fact("spx.pct_change", -0.012 if first is LOST else 0.0),
        fact("ndx.pct_change", moved),
    )
    runs = (SPX, Run(" "), first, Run(between), NDX, Run(" "), Run(words, "ndx.pct_change"))
    return [reason for _, _, reason in Binding(record(*facts)).line("body", runs)]


@pytest.mark.parametrize(
    ("moved", "found"), [(-0.005, []), (-0.00001, []), (0.0, AGAINST), (0.005, AGAINST)]
)
def test_a_figure_without_a_verb_goes_the_way_of_the_move_before(moved, found):
    """ "Fell 1.2% and the Nasdaq 0.5%" says that both fell."""
    assert elliptic(" and ", moved) == found


def test_a_move_of_another_sentence_gives_no_verb():
    """Nor does one that stood still."""
    assert elliptic(". Then ", -0.005) == AGAINST
    assert elliptic(" and ", 0.005, first=Run("was little changed", "spx.pct_change")) == AGAINST


@pytest.mark.parametrize("words", ["rose 0.5%", "was up 0.5%", "edged up 0.5%"])
def test_a_move_with_its_own_words_may_go_the_other_way(words):
    """ "Fell 1.2% but the Nasdaq rose 0.5%"."""
    assert elliptic(", but ", 0.005, words=words) == []


# Who is compared
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ((Run("beat", GAP), Run(" "), NVDA), ["not one of the two that are compared"]),
        ((Run("beat", GAP), Run(" "), NDX), []),
        ((Run(" "), NVDA), []),
        ((NVDA,), []),
        ((Run("beat", GAP), Run(". Then "), NVDA), []),
    ],
)
def test_a_name_right_behind_a_comparison_is_its_second_part(runs, found):
    """With plain words between, and no new clause."""
    assert reasons(*runs) == found


@pytest.mark.parametrize(
    ("subject", "verb", "other", "gap", "right"),
    [
        (SPX, "leads", NDX, 0.001, True),
        (SPX, "leads", NDX, 0.0, False),
        (SPX, "leads", NDX, -0.001, False),
        (NDX, "leads", SPX, 0.001, False),
        (NDX, "leads", SPX, 0.0, False),
        (NDX, "leads", SPX, -0.001, True),
        (SPX, "trails", NDX, -0.001, True),
        (NDX, "trails", SPX, 0.001, True),
    ],
)
def test_nobody_is_ahead_by_nothing(subject, verb, other, gap, right):
    """Nor who is behind."""
    found = reasons(subject, Run(" "), Run(verb, GAP), Run(" "), other, gap=gap)
    assert ("it is the other that is ahead" in found) is not right


@pytest.mark.parametrize(("between", "found"), [(1, True), (2, True), (3, False)])
def test_who_is_compared_stands_within_four_runs(between, found):
    """Behind them, a name is no part of the comparison."""
    far = [Run("1.2%", "spx.pct_change"), Run(" "), Run("1.2%", "spx.pct_change")][:between]
    told = reasons(SPX, Run(" "), Run("leads", GAP), Run(" "), *far, SPX)
    assert ("compared with itself" in told) is found


# Numbers
# ------------------------------------------------------------------------------

HEDGES = ("nearly", "almost", "just under", "just over", "more than", "over", "about")
NUMBERS = [
    # words, value, unit, whether they are true
    ("1.2%", 0.01249, Unit.FRACTION, True),
    ("1.2%", 0.01251, Unit.FRACTION, False),
    ("1.2%", 0.01151, Unit.FRACTION, True),
    ("1.2%", 0.01149, Unit.FRACTION, False),
    ("9%", 0.0905, Unit.FRACTION, True),
    ("9%", 0.0906, Unit.FRACTION, False),
    ("10%", 0.0996, Unit.FRACTION, True),
    ("10%", 0.0994, Unit.FRACTION, False),
    ("10%", 0.1049, Unit.FRACTION, True),
    ("10%", 0.1051, Unit.FRACTION, False),
    ("nearly 8%", 0.0799, Unit.FRACTION, True),
    ("nearly 8%", 0.0781, Unit.FRACTION, True),
    ("nearly 8%", 0.0779, Unit.FRACTION, False),
    ("nearly 8%", 0.0801, Unit.FRACTION, False),
    ("almost 8%", 0.0781, Unit.FRACTION, True),
    ("almost 8%", 0.0779, Unit.FRACTION, False),
    ("just under 8%", 0.07905, Unit.FRACTION, True),
    ("just under 8%", 0.07895, Unit.FRACTION, False),
    ("just over 8%", 0.08095, Unit.FRACTION, True),
    ("just over 8%", 0.08105, Unit.FRACTION, False),
    ("just over 8%", 0.0799, Unit.FRACTION, False),
    ("more than 8%", 0.0859, Unit.FRACTION, True),
    ("more than 8%", 0.0861, Unit.FRACTION, False),
    *((f"{hedge} 8%", 0.08, Unit.FRACTION, False) for hedge in HEDGES),
    ("more than 99%", 0.99, Unit.PROBABILITY, False),
    ("less than 1%", 0.01, Unit.PROBABILITY, False),
    ("about 8%", 0.0803, Unit.FRACTION, True),
    ("about 8%", 0.0842, Unit.FRACTION, True),
    ("about 8%", 0.0843, Unit.FRACTION, False),
    ("about 30%", 0.3049, Unit.FRACTION, True),
    ("about 30%", 0.3051, Unit.FRACTION, False),
    ("less than 0.1%", 0.0009, Unit.FRACTION, True),
    ("less than 0.1%", 0.0011, Unit.FRACTION, False),
    ("less than 0.2%", 0.0019, Unit.FRACTION, False),
    ("less than 1%", 0.009, Unit.PROBABILITY, True),
    ("less than 2%", 0.019, Unit.PROBABILITY, False),
    ("more than 99%", 0.9999, Unit.PROBABILITY, True),
    ("more than 98%", 0.9859, Unit.PROBABILITY, True),
    ("more than 98%", 0.9861, Unit.PROBABILITY, False),
    ("more than 95%", 0.9799, Unit.PROBABILITY, True),
    ("more than 95%", 0.9801, Unit.PROBABILITY, False),
    ("nearly 95%", 0.9401, Unit.PROBABILITY, True),
    ("nearly 95%", 0.9399, Unit.PROBABILITY, False),
    ("about 95%", 0.9749, Unit.PROBABILITY, True),
    ("about 95%", 0.9751, Unit.PROBABILITY, False),
    ("nearly $100,000", 99_801, Unit.MONEY, True),
    ("nearly $100,000", 99_799, Unit.MONEY, False),
    ("more than $100,000", 100_599, Unit.MONEY, True),
    ("more than $100,000", 100_601, Unit.MONEY, False),
    ("about $100,000", 100_499, Unit.MONEY, True),
    ("about $100,000", 100_501, Unit.MONEY, False),
    ("about $50,000", 50_249, Unit.MONEY, True),
    ("about $50,000", 50_255, Unit.MONEY, False),
    ("25 basis points", 0.00254, Unit.BP, True),
    ("25 basis points", 0.00256, Unit.BP, False),
    ("4.21%", 0.042149, Unit.YIELD, True),
    ("4.21%", 0.042151, Unit.YIELD, False),
    ("2.3 percentage points", 0.02349, Unit.PP, True),
    ("2.3 percentage points", 0.02351, Unit.PP, False),
    ("9 percentage points", 0.0905, Unit.PP, True),
    ("9 percentage points", 0.0906, Unit.PP, False),
    ("12 percentage points", 0.1249, Unit.PP, True),
    ("12 percentage points", 0.1251, Unit.PP, False),
    ("5,918.25", 5918.254, Unit.LEVEL, True),
    ("5,918.25", 5918.256, Unit.LEVEL, False),
    ("-37.63", -37.63, Unit.LEVEL, True),
    ("37.63", -37.63, Unit.LEVEL, False),
]


@pytest.mark.parametrize(("text", "value", "unit", "true"), NUMBERS)
def test_a_number_is_as_near_to_its_value_as_its_hedge_says(text, value, unit, true):
    """Rounded to its last digit, or on the side and within the part that the words say."""
    name = {Unit.LEVEL: "spx.level", Unit.MONEY: "btc.crypto_level"}.get(unit, "spx.pct_change")
    assert borne(text.replace("-", "\N{MINUS SIGN}"), fact(name, value, unit)) is true


@pytest.mark.parametrize(
    ("text", "fall", "true"),
    [
        ("9.9%", -0.0994, True),
        ("10%", -0.0996, False),
        ("10%", -0.1, True),
        ("20%", -0.1996, False),
        ("20%", -0.2, True),
        ("11%", -0.106, True),
    ],
)
def test_a_fall_is_not_rounded_across_its_line(text, fall, true):
    """A correction begins at 10 percent, a bear market at 20."""
    assert borne(text, fact("spx.drawdown_from_high", fall, window="since-high")) is true


@pytest.mark.parametrize(
    ("change", "usual", "true"),
    [
        (0.000149, None, True),
        (-0.000149, None, True),
        (0.000151, None, False),
        (0.00039, 0.004, True),
        (0.00041, 0.004, False),
    ],
)
def test_a_yield_is_little_changed_by_less_than_a_basis_point_and_a_half(change, usual, true):
    """Or by a tenth of a usual move, where that is more."""
    told = fact("dgs10.yield_change_bp", change, Unit.BP)
    known = [fact("dgs10.yield_change_bp.sigma", usual, Unit.BP)] if usual else []
    assert borne("little changed", told, *known) is true


@pytest.mark.parametrize(
    ("words", "change", "true"),
    [
        ("rallied", 0.01, False),
        ("rallied 1%", 0.01, True),
        ("rallied 0.7%", 0.007, False),
        ("surged 2%", 0.02, False),
        ("soared 4%", 0.04, False),
        ("rallied", 0.03, True),
    ],
)
def test_a_mild_verb_beside_its_figure_needs_only_its_least_size(words, change, true):
    """Where moves of two percent are usual; a stronger one needs its multiple all the same."""
    usual = fact("spx.pct_change.sigma", 0.02)
    assert borne(words, fact("spx.pct_change", change), usual) is true


NAMES = {
    "Jan. January": 1,
    "Feb. February": 2,
    "March": 3,
    "April": 4,
    "May": 5,
    "June": 6,
    "July": 7,
    "Aug. August": 8,
    "Sept. September": 9,
    "Oct. October": 10,
    "Nov. November": 11,
    "Dec. December": 12,
}


@pytest.mark.parametrize(("names", "month"), NAMES.items())
def test_a_month_has_its_number(names, month):
    """In full and in short."""
    for name in names.split():
        for other in range(1, 13):
            told = day("spx.high_date", f"2024-{other:02}-06")
            assert borne(f"{name} 6, 2024", told) is (other == month)


WORDS = "one two three four five six seven eight nine ten eleven twelve"
RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth"


@pytest.mark.parametrize("words", [WORDS, RANKS])
def test_a_number_in_words_is_that_number(words):
    """And no other."""
    for number, word in enumerate(words.split(), 1):
        for other in (number - 1, number, number + 1):
            assert borne(word, count("market.rank", other)) is (other == number)


# The gate
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(("least", "verdict"), [(0, "send"), (1, "send"), (2, "hold")])
def test_a_series_that_nobody_else_tells_has_one_source(least, verdict):
    """Its own."""
    known = record(fact("spx.pct_change", 0.012))
    assert rule(known, Policy(agree={"^GSPC": least})).verdict == verdict


@pytest.mark.parametrize(
    ("mark", "rows", "empty"),
    [
        ("bar", [], True),
        ("bar", [{"y": 1}, {"y": 2}], True),
        ("bar", [{"x": 1, "y": 1}], False),
        ("line", [{"x": 1, "y": 1}], True),
        ("line", [{"x": 1, "y": 1}, {"x": 1, "y": 1}], True),
        ("line", [{"x": 1, "y": 1}, {"x": 2, "y": 1}], False),
        ({"type": "area"}, [{"x": 1, "y": 1}], True),
    ],
)
def test_a_chart_has_one_bar_or_two_points_of_a_line(mark, rows, empty):
    """A row of one value is a rule across the picture."""
    assert blank({"layer": [{"mark": mark, "data": {"values": rows}}]}) is empty


# Statements
# ------------------------------------------------------------------------------


def introduced(words, date):
    """Whether *words* introduce a statement of that *date* on Jan. 8, 2025."""
    row = {
        "id": "commentary.1",
        "speaker": "Tom Lee",
        "title": "head of research",
        "firm": "Fundstrat",
        "date": date,
        "topic": "event",
        "text": "stocks may rise",
        "medium": "",
    }
    check = FactCheck(record(day("session.date", "2025-01-08"), commentary=[row]))
    run = Run(f"Tom Lee, Fundstrat's head of research, said {words}", "commentary.1")
    return not list(check.line("body", (run,)))


@pytest.mark.parametrize(
    ("words", "date", "true"),
    [
        ("on Wednesday", "2025-01-08", True),
        ("on Thursday", "2025-01-02", True),
        ("on Wednesday", "2025-01-01", False),
        ("on Jan. 1", "2025-01-01", True),
        ("on Oct. 25", "2024-10-25", True),
        ("on Oct. 24", "2024-10-24", False),
        ("on Oct. 24, 2024", "2024-10-24", True),
        ("on Oct. 25, 2024", "2024-10-25", False),
        ("in March", "2024-03", True),
    ],
)
def test_a_statement_has_its_weekday_for_a_week_and_its_year_after_75_days(words, date, true):
    """A month needs neither."""
    assert introduced(words, date) is true


# The judge of raw rows
# ------------------------------------------------------------------------------


def claimed(text, value, unit="fraction"):
    """Whether the judge of raw rows takes *text* for a figure of *value*."""
    return words({"text": text, "value": value, "unit": unit, "window": "day"}) is None


@pytest.mark.parametrize(
    ("text", "value", "unit", "true"),
    [
        ("1.2%", 0.01249, "fraction", True),
        ("1.2%", 0.01251, "fraction", False),
        ("about 8%", 0.0869, "fraction", True),
        ("about 8%", 0.0871, "fraction", False),
        ("about $100,000", 100_999, "money", True),
        ("about $100,000", 101_001, "money", False),
        ("nearly 95%", 0.9191, "probability", True),
        ("nearly 95%", 0.9189, "probability", False),
        ("less than 0.1%", 0.0009, "fraction", True),
        ("less than 0.1%", 0.0011, "fraction", False),
        ("+1.2%", 0.012, "fraction", True),
        ("+1.2%", -0.012, "fraction", False),
        ("three", 3, "count", True),
        ("three", 4, "count", False),
        ("the 12th", 12, "count", True),
        ("the 12th", 13, "count", False),
    ],
)
def test_the_second_judge_reads_hedges_too(text, value, unit, true):
    """Coarser than the first one, and by a rule of its own."""
    assert claimed(text, value, unit) is true


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        ("2024-11-29", 13),
        ("2024-11-28", 16),
        ("2024-11-22", 16),
        ("2024-12-24", 13),
        ("2024-12-23", 16),
        ("2024-12-26", 16),
        ("2024-07-03", 13),
        ("2024-07-02", 16),
        ("2025-07-03", 13),
        ("2020-07-03", 16),
        ("2002-07-03", 16),
        ("2025-01-08", 16),
    ],
)
def test_the_second_judge_knows_when_a_session_is_short(day, hour):
    """The day after Thanksgiving, Christmas Eve, and the day before July 4 from Monday on."""
    exchange = Exchange("XNYS", "America/New_York")
    assert exchange.closes(dt.date.fromisoformat(day)).hour == hour


# Several names together
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("words", ["close at records", "closed at records", "set records"])
@pytest.mark.parametrize(
    ("names", "wrong"), [((SPX, NDX), False), ((SPX, NVDA, NDX), True), ((NVDA, NDX), True)]
)
def test_records_of_several_are_those_of_each_that_is_named(names, wrong, words):
    """The stock has none."""
    facts = [
        fact(f"{key}.{name}", level, Unit.LEVEL)
        for key in ("spx", "ndx")
        for name, level in (("record_close", 110.0), ("record_close.before", 100.0))
    ]
    runs = [run for name in names for run in (name, Run(", "))]
    line = (*runs[:-1], Run(" "), Run(words, "ndx.record_close"))
    found = [reason for _, _, reason in Binding(record(*facts)).line("title", line)]
    assert found == (["not each of those that are named is at a record"] if wrong else [])

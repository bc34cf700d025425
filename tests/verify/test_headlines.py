"""What a person writes at the head of a brief: true to the last word, or refused."""

from dataclasses import replace

import pytest
from told import tell

from reportgen.core.errors import EditError
from reportgen.story.citations import text_of
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.headline import cited

FALL, RALLY, SLUMP = "2025-11-20", "2025-04-09", "2024-08-05"
"""A Thursday of falls, a Wednesday of gains, and a Monday after two losses, on real prices."""


@pytest.fixture(scope="module")
def daily(real_market):
    """``daily(day)`` is the record of the recap of a real *day*, made once."""
    kept = {}

    def record(day):
        if day not in kept:
            kept[day] = tell(day, real_market, "daily-recap").record
        return kept[day]

    return record


def refusal(words, record):
    """Why *words* are no headline of the brief of *record*; "" if they are one."""
    context = {**record.context, "headline": words}
    try:
        runs = cited(words, FactCheck(replace(record, context=context)))
    except EditError as refused:
        return str(refused)
    assert text_of(runs) == words
    return ""


def table(*rows):
    """Each row a case: a headline, and whether it is true."""
    return pytest.mark.parametrize(("words", "true"), rows)


@table(
    ("Dow and Nasdaq fall", True),
    ("Dow and Nasdaq drop 2.2%", False),
    ("Dow, Nasdaq and S&P 500 fall", True),
    ("Dow, Nasdaq and S&P 500 drop 1.6%", False),
    ("Nvidia, Walmart rise 6.5%", False),
    ("Nasdaq falls 2.2%, S&P 500 1.6%", True),
    ("Nasdaq falls 2.2%, S&P 500 2.2%", False),
    ("S&P 500 drops 1.6% with Walmart up 6.5%", True),
    ("S&P 500 drops 1.6% with Walmart down 6.5%", False),
    ("Acme falls 1.6%", False),
)
def test_a_claim_is_of_each_subject_that_it_names(daily, words, true):
    """Of the first as of the last."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("Stocks fall 1.6%", True),
    ("Stocks drop 2.2%", False),
    ("Wall Street sinks", True),
    ("Small caps fall 1.8%", True),
    ("Technology stocks fall 3.1%", True),
    ("Tech stocks fall 1.6%", False),
    ("Treasury yields fall", True),
    ("Oil falls 0.5%", True),
    ("Stocks drop, oil rises", False),
    ("NVDA drops 3.2%", True),
    ("Walmart shares rise 6.5%", True),
    ("S&P 500 futures drop 1.6%", False),
)
def test_a_general_subject_stands_for_instruments_of_the_market(daily, words, true):
    """The market says for which."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("Yields fall", False),
    ("Yields rise", False),
    ("10-year yield falls to 3.78%", True),
    ("2-year yield rises to 3.89%", True),
    ("10-year yield rises to 3.78%", False),
    ("Stocks tumble as gold rises", False),
)
def test_yields_that_part_did_neither_rise_nor_fall(daily, words, true):
    """The 10-year yield fell and the 2-year yield rose."""
    assert (refusal(words, daily(SLUMP)) == "") is true


@table(
    ("10-year yield falls to 4.10%", True),
    ("2-year yield rises to 3.55%", False),
    ("Gold gains 0.5%", False),
    ("VIX falls 11.7%", False),
    ("S&P 500 drops 103 points", True),
    ("S&P 500 drops 1.6 points", False),
    ("S&P 500 drops 1.60%", False),
    ("S&P 500 falls to 6,538.76", True),
    ("S&P 500 drops to 6,538.76 euros", False),
    ("Gold falls 0.5% to $4,056.50 an ounce", True),
    ("Gold falls 0.5% to $4,056.50 a barrel", False),
    ("Stocks crash", False),
)
def test_verb_figure_and_level_are_of_one_move(daily, words, true):
    """The direction is that of the fact that bears the figure."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("S&P 500 down 2.9% this week", True),
    ("S&P 500 drops 2.9%", False),
    ("S&P 500 drops 1.6% this week", False),
    ("Nasdaq up 14.3% this year", True),
    ("Nasdaq rises 14.3% on Thursday", False),
    ("Stocks up 14.3%", False),
    ("S&P 500 ends the week down 2.9%", False),
    ("S&P 500 up 11.2%, Nasdaq 14.3% this year", True),
    ("S&P 500 down 4.4% in November", True),
    ("S&P 500 down 4.4% in October", False),
    ("Nasdaq up 14.3% this year despite Thursday's drop", True),
    ("Nasdaq up 14.3% this year despite Wednesday's drop", False),
)
def test_a_figure_is_of_the_window_named_or_of_the_day(daily, words, true):
    """No window named is the session's day; a week is over on its last day."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("Stocks fall 1.6% on Thursday", True),
    ("Stocks fall 1.6% on Nov. 20", True),
    ("Stocks drop 1.6% on Friday", False),
    ("Stocks drop 1.6% on Sept. 10", False),
    ("S&P 500 drops 4.4% on Thursday", False),
    ("Stocks drop at noon", False),
    ("Stocks drop 1.6% in early trading", False),
    ("S&P 500 drops 1.6% before the open", False),
    ("S&P 500 ends lower", True),
)
def test_a_day_and_a_time_are_those_of_the_session(daily, words, true):
    """And no other."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("Stocks soar after Tuesday's loss", True),
    ("Stocks soar after Monday's loss", False),
    ("Stocks soar after Tuesday's gain", False),
    ("S&P 500 soars after a 1.6% loss on Tuesday", True),
    ("S&P 500 soars after a 1.6% loss", True),
    ("S&P 500 soars after erasing a 1.6% loss", False),
    ("S&P 500 soars 9.5%, its best day since October 2008", True),
    ("S&P 500 soars 9.5%, its best day since 2001", False),
    ("S&P 500 soars most since October 2008", True),
    ("S&P 500 snaps four-day losing streak", True),
    ("S&P 500 in a correction despite Wednesday's gain", True),
    ("S&P 500 in a bear market", False),
)
def test_what_came_before_a_gain_is_on_file(daily, words, true):
    """The day before, the best day before, the run that ended."""
    assert (refusal(words, daily(RALLY)) == "") is true


@table(
    ("Stocks at lowest since Sept. 10", True),
    ("S&P 500 drops 1.6% to lowest since Sept. 10", True),
    ("S&P 500 at its highest since Sept. 10", False),
    ("Technology stocks the weakest as S&P 500 falls", True),
    ("Consumer staples stocks weakest", False),
    ("S&P 500 below record", True),
    ("S&P 500 ends 5.1% below its record", True),
    ("S&P 500 above record", False),
    ("S&P 500 drops 1.6% from record", False),
    ("S&P 500 drops 1.6% to its record", False),
    ("Dow closes below 46,000", True),
    ("Dow closes below 45,000", False),
)
def test_a_superlative_and_a_line_are_on_file(daily, words, true):
    """Records, extremes, sectors and round levels."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("10 of 11 sectors fall", True),
    ("11 of 11 sectors fall", False),
    ("10 of 11 sectors rise", False),
    ("10 of 11 sectors fall this week", False),
    ("Stocks fall, led by technology", True),
    ("Stocks fall, led by consumer staples", False),
    ("Technology stocks lead losses", True),
    ("Technology stocks lead gains", False),
    ("Stocks mixed", False),
    ("Gold and gold fall", False),
)
def test_sectors_are_counted_and_ranked_by_the_day(daily, words, true):
    """One of eleven rose; technology fell the most."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("Nasdaq ends down 2.2% after a 2.6% gain", True),
    ("Nasdaq ends down 2.2% after a 2.6% loss", False),
    ("Nasdaq ends down 2.2% after erasing a 2.6% gain", True),
    ("Nasdaq ends down 2.2% after erasing a 2.5% gain", False),
    ("Nasdaq ends down 2.2% after erasing a 2.6% loss", False),
    ("Nasdaq ends up 2.6%", False),
    ("Nasdaq below record after a 2.6% gain", False),
    ("10-year yield little changed", False),
    ("Stocks fall despite Walmart's rise", True),
    ("Stocks fall despite Nvidia's rise", False),
)
def test_a_turn_within_the_day_is_on_file(daily, words, true):
    """The Nasdaq had been up 2.6% at its high."""
    assert (refusal(words, daily(FALL)) == "") is true


@table(
    ("Stocks fall for third day", True),
    ("Stocks fall for third session in a row", True),
    ("Stocks fall for 10 days", False),
    ("S&P 500 rises for third day", False),
    ("Nasdaq in a correction", True),
    ("S&P 500 in a correction", False),
)
def test_a_run_has_as_many_days_as_it_has(daily, words, true):
    """And the way of its verb."""
    assert (refusal(words, daily(SLUMP)) == "") is true


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("S&P 500 does not drop 1.6%", "does not drop"),
        ("S&P 500 drops 1.6%? It is a lie", "?"),
        ("S&P 500 will drop 1.6%", "will drop"),
        ("Buy now: S&P 500 drops 1.6%", "Buy now"),
        ("S&P 500 drops 1.6%, analysts say buy", "analysts say buy"),
        ("S&P 500 drops 1.6% on war fears", "on war fears"),
        ("S&P 500 drops 1.6% in Tokyo", "in Tokyo"),
        ("S&P 500 drops 1.6%, more than Nasdaq", "more than Nasdaq"),
        ("S&P 500 erases 1.6% drop", "erases"),
        ("Nvidia leads stocks lower", "lower"),
        ("Fed cuts rates", "cuts"),
        ("S&P 500 drops 1.6% <b>", "<"),
        ("S&P 500 drops 1.6%\nBcc: x", r"\n"),
        ("S&P 500 drops 1.6% \N{ROCKET}", "\N{ROCKET}"),
        ("S&P 500 drops \N{ARABIC-INDIC DIGIT ONE}.6%", "\N{ARABIC-INDIC DIGIT ONE}"),
    ],
)
def test_words_that_no_fact_bears_out_are_named(daily, words, named):
    """Negation, question, forecast, advice, cause, and signs that no headline needs."""
    assert named in refusal(words, daily(FALL))


@table(
    ("Small caps slip closer to a correction before a market holiday", True),
    ("Small caps slip closer to a bear market", False),
    ("Small caps fall after a market holiday", False),
    ("Small caps down 1% since the election", True),
    ("Russell 2000 up 10% in 2024", True),
    ("Russell 2000 up 10% this year", False),
    ("Russell 2000 trails S&P 500 this year", True),
    ("Russell 2000 beats S&P 500 this year", False),
    ("Fed funds futures put odds of no change in rates at more than 90%", True),
    ("Odds of a rate cut at more than 90%", False),
)
def test_an_event_and_a_comparison_are_on_file(words, true):
    """A holiday, an election, a lead and the odds of a meeting."""
    assert (refusal(words, tell("2025-01-08").record) == "") is true


def test_a_figure_of_another_window_says_which(daily):
    """The person need only name it."""
    assert "it is a figure of the week" in refusal("S&P 500 falls 2.9%", daily(FALL))

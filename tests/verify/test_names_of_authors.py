"""Words of a notebook's own: what a name, a tick and a word in a chart may say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import fact, record

from reportgen.core.facts import Unit
from reportgen.record.own import Word
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.own_words import of_name
from reportgen.verify.ticks import is_tick

AVERAGE = fact("spx.average", 5564.78, Unit.LEVEL, window="200 sessions", label="200-day average")
JUDGED = FactCheck(record(AVERAGE))


@pytest.mark.parametrize(
    ("label", "window", "true"),
    [
        ("200-day average", "200 sessions", True),
        ("200-day average", "50 sessions", False),
        ("200-day average", "day", False),
        ("20-day average", "200 sessions", False),
        ("1.5-year mean", "1.5 years", True),
        ("beta to the S&P 500", "day", True),
        ("52-week high", "52 weeks", True),
        ("max drawdown", "3 years", True),
        ("vs benchmark", "day", True),
        ("P&L", "day", True),
        ("the best stock", "day", False),
        ("surging earnings", "day", False),
        ("better than bonds", "day", False),
        ("lift from the Fed", "day", False),
        ("yield because of cuts", "day", False),
        ("three-month return", "3 months", True),
    ],
)
def test_a_name_claims_nothing_and_has_numbers_of_its_window_alone(label, window, true):
    """A head, a title of a table, the label of a figure."""
    assert (not list(of_name(label, (window,), JUDGED.names))) is true


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("200-day average", True),
        ("200-Day average", True),
        ("100-day average", False),
        ("5,564.78", True),
        ("5,564.79", False),
    ],
)
def test_a_label_is_borne_out_by_its_fact(words, true):
    """Whatever its value; a figure is read as one."""
    assert JUDGED.bears_out(words, AVERAGE) is true


@pytest.mark.parametrize(
    ("text", "true"),
    [
        *((one, True) for one in ("4.25%", "0", "\u22121.5", "+2%", "1,950", "$1.2k", "2.5M")),
        *((one, True) for one in ("1e-3", "10 bp", "(5.2%)", "1.5x", "\u20ac20")),
        *((one, True) for one in ("2024", "Jan", "January 2025", "Jan 5", "5 Jan '25", "Q1 2025")),
        *((one, True) for one in ("2024-03-01", "03/01/24", "Mon 06", "10:30", "10 AM", "W12")),
        *((one, False) for one in ("rose", "Jan rally", "5 stocks", "up 5%", "Marchers", "Q")),
        *((one, False) for one in ("4.25% higher", "about 5", "May be", "")),
    ],
)
def test_an_axis_says_numbers_and_days_in_any_format_and_nothing_else(text, true):
    """Words beside them are words."""
    assert is_tick(text) is true


def judged(text, *, figure=False, vouched=(), facts=("spx.average",)):
    """Whether a chart may say *text*."""
    known = replace(record(AVERAGE), vouched=dict.fromkeys(vouched, "Jane Doe"))
    word = Word(text, "a word in chart 'line'", facts=facts, figure=figure)
    return not list(FactCheck(known).judge(word))


@pytest.mark.parametrize(
    ("text", "how", "true"),
    [
        ("Date", {}, True),
        ("Mean of level", {}, True),
        ("Count of Records", {}, True),
        ("S&P 500", {}, True),
        ("S&P 500 and its 200-day average", {}, True),
        ("S&P 500 and its 200-day average", {"facts": ()}, False),
        ("its 100-day average", {}, False),
        ("5,564.78", {"figure": True}, True),
        ("5,564.79", {"figure": True}, False),
        ("5,564.79", {}, True),
        ("2024", {"figure": True}, False),
        ("2024", {}, True),
        ("Inflation", {}, False),
        ("Inflation", {"vouched": ["Inflation"]}, True),
        ("Inflation, core", {"vouched": ["Inflation"]}, False),
        ("Inflation surged", {"vouched": ["Inflation"]}, False),
        ("Inflation surged", {"vouched": ["Inflation surged"]}, False),
        ("The best of all", {"vouched": ["The best of all"]}, False),
        ("up 5%", {"vouched": ["up 5%"], "figure": True}, False),
        ("because of rates", {"vouched": ["because of rates"]}, False),
    ],
)
def test_a_word_in_a_chart_is_an_axis_word_a_name_a_label_or_vouched_for(text, how, true):
    """A figure in the plot is that of a fact; nobody vouches for figures and claims."""
    assert judged(text, **how) is true

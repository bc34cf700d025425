"""What may be said of facts of a desk's own kind: as words.toml declares, on both sides of zero."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import day, fact, record

from reportgen.core.errors import SettingsError
from reportgen.core.facts import Unit
from reportgen.record.kinds import OwnKind
from reportgen.record.templates import WORDS, Templates
from reportgen.story.citations import Run
from reportgen.verify.binding import Binding
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.words import words_of

TOML = """
[kinds.gap]
unit = "fraction"
positive = ["above", "a cushion over"]
negative = ["below"]
zero = ["level with"]
always = ["counted from"]

[kinds.holding]
highest = ["best", "the richest of all"]
lowest = ["worst"]

[kinds.week_end]
always = ["ended"]
"""


def says(words, told, *others, toml=TOML):
    """Whether *told* bears *words* out in a desk of that words.toml."""
    kept = [["story.j2", "", "story.j2"], [WORDS, toml, "words.toml"]]
    known = replace(record(told, *others), made={"title": "A report", "story": kept})
    return FactCheck(known).bears_out(words, told)


def gap(value, **rest):
    """A fact of the desk's kind "gap"."""
    return fact("spx.gap", value, **rest)


@pytest.mark.parametrize(
    ("words", "value", "true"),
    [
        ("above", 1e-9, True),
        ("above", 0.0, False),
        ("above", -1e-9, False),
        ("a cushion over", 1e-9, True),
        ("a cushion over", -1e-9, False),
        ("below", -1e-9, True),
        ("below", 0.0, False),
        ("level with", 0.0, True),
        ("level with", 1e-9, False),
        ("level with", -1e-9, False),
        ("counted from", -0.5, True),
        ("counted from", 0.5, True),
        ("cratered", -0.5, False),
    ],
)
def test_a_phrase_is_true_on_its_side_of_zero_alone(words, value, true):
    """And what is not declared stays unproven."""
    assert says(words, gap(value)) is true


def held(key, value, **rest):
    """The return of one holding."""
    return fact(f"{key}.holding", value, **rest)


@pytest.mark.parametrize(
    ("own", "others", "best", "worst"),
    [
        (0.2, [0.1, -0.1], True, False),
        (-0.2, [0.1, -0.1], False, True),
        (0.1, [0.1, -0.1], False, False),
        (0.1, [0.2, -0.1], False, False),
        (0.1, [], False, False),
    ],
)
def test_a_superlative_is_true_of_the_only_extreme_of_at_least_two(own, others, best, worst):
    """Of the same kind, window and unit."""
    rest = [held(key, value) for key, value in zip(("comp", "ndx"), others, strict=False)]
    assert says("best", held("spx", own), *rest) is best
    assert says("the richest of all", held("spx", own), *rest) is best
    assert says("worst", held("spx", own), *rest) is worst


def test_other_windows_and_units_do_not_compete():
    """The return of a month is none of a year."""
    others = held("comp", 0.5, window="month"), held("ndx", 5.0, unit=Unit.PP)
    assert not says("best", held("spx", 0.2), *others)
    assert says("best", held("spx", 0.2), *others, held("dgs10", 0.1))


def test_of_a_fact_in_another_unit_nothing_is_said():
    """The table says the unit."""
    assert not says("a cushion over", gap(0.1, unit=Unit.PP))
    assert says("ended", day("spx.week_end", "2025-01-03"))


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('[kinds.pct_change]\npositive = ["above"]', "a shipped family of news has that kind"),
        ('[kinds.gap]\npositive = ["below"]', "it says the opposite"),
        ('[kinds.gap]\nnegative = ["rose"]', "it says the opposite"),
        ('[kinds.gap]\nzero = ["above"]', "it says the opposite"),
        ('[kinds.gap]\nalways = ["above"]', "'above' is a direction, which always does not prove"),
        ('[kinds.gap]\nalways = ["on fears"]', "'on fears' is a cause"),
        ('[kinds.gap]\npositive = ["best"]', "'best' is a superlative"),
        ('[kinds.gap]\nhighest = ["soared"]', "'soared' is a direction"),
        ('[kinds.gap]\npositive = ["top 5"]', "it has a digit"),
        ('[kinds.gap]\npositive = ["over it"]\nnegative = ["over it"]', "stands below two keys"),
        ('[kinds.gap]\nunit = "furlongs"', "unit"),
        ('[kinds.gap]\nhigher = ["over"]', "unknown 'higher'"),
        ('[[vouched]]\ntext = "a"\ndigest = "12"\nby = "A"\non = 2025-01-08', "digest"),
        (
            f'[[vouched]]\ntext = "a"\ndigest = "{"0" * 64}"\nby = " "\non = 2025-01-08',
            "by",
        ),
    ],
)
def test_a_table_that_proves_nothing_is_refused(table, reason):
    """With the file and the kind."""
    with pytest.raises(SettingsError) as refused:
        words_of(Templates(((WORDS, table, "words.toml"),)))
    assert str(refused.value).startswith("words.toml")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("first", "then", "true"),
    [
        ("13.4%", "below", True),
        ("\u221213.4%", "below", False),
        ("\u221213.4%", "a deficit to", False),  # a phrase of the desk's own for what is negative
        ("\u221213.4%", "counted from", True),  # said at any value
        ("fell", "\u221213.4%", False),
        ("fell", "13.4%", True),
    ],
)
def test_a_word_that_says_the_minus_stands_beside_no_minus(first, then, true):
    """What is said of a fact beside its figure, in either order."""
    told = gap(-0.134)
    kinds = {told.kind: OwnKind(negative=("a deficit to",), always=("counted from",))}
    runs = tuple(Run(text, told.id if text != " " else "") for text in (first, " ", then))
    found = [*Binding(replace(record(told), kinds=kinds)).line("body", runs)]
    assert (not [one for one in found if "| size" in one[2]]) == true

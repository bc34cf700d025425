"""Words for the figures of releases, each with values that bear it out and values that nearly do."""

from __future__ import annotations

import pytest
from tiny import borne, count, day, fact

from reportgen.core.facts import Unit

SURPRISE = "print_surprise"


def surprise(value, unit=Unit.BP):
    """How far a figure was from what was expected."""
    return fact("xlk.print.surprise", value, unit, kind=SURPRISE, window="poll")


@pytest.mark.parametrize(
    ("words", "value", "true"),
    [
        ("above", 0.001, True),
        ("above", 0.0, False),
        ("above", -0.001, False),
        ("below", -0.001, True),
        ("below", 0.0, False),
        ("below", 0.001, False),
        ("more than", 0.001, True),
        ("more than", 0.0, False),
        ("more than expected", 0.001, True),
        ("more than expected", -0.001, False),
        ("more jobs than expected", 0.001, True),
        ("more jobs than expected", 0.0, False),
        ("less than", -0.001, True),
        ("fewer than", -0.001, True),
        ("fewer than", 0.0, False),
        ("less than expected", 0.0, False),
        ("fewer jobs than expected", -0.001, True),
        ("fewer jobs than expected", 0.001, False),
        ("as expected", 0.0, True),
        ("as expected", 0.001, False),
        ("in line with", 0.0, True),
        ("in line with", -0.001, False),
    ],
)
def test_a_verdict_has_the_sign_of_the_surprise(words, value, true):
    """There is no nearly."""
    assert borne(words, surprise(value)) is true


def test_a_verdict_needs_a_surprise():
    """A figure alone says nothing of what was expected."""
    assert not borne("more than expected", fact("xlk.print", 0.004, kind="print"))
    assert not borne("as expected", fact("xlk.print", 0.0, kind="print"))


@pytest.mark.parametrize(
    ("words", "size", "true"),
    [
        ("well", 1.0, True),
        ("well", 0.999, False),
        ("well", 1.999, True),
        ("well", 2.0, False),
        ("far", 2.0, True),
        ("far", 1.999, False),
        ("far", 9.0, True),
    ],
)
def test_an_adverb_has_its_own_size_of_surprise(words, size, true):
    """In usual ones."""
    degree = fact("xlk.print.degree", size, Unit.LEVEL, kind="print_degree", window="poll")
    assert borne(words, degree) is true


@pytest.mark.parametrize(
    ("words", "value", "true"),
    [
        ("expansion", 50.1, True),
        ("expansion", 50.0, False),
        ("expansion", 49.9, False),
        ("contraction", 49.9, True),
        ("contraction", 50.0, False),
        ("contraction", 50.1, False),
    ],
)
def test_an_index_is_on_one_side_of_its_line(words, value, true):
    """At the line it is on neither."""
    line = fact("xlk.print.line", 50.0, Unit.LEVEL, kind="print_line")
    assert borne(words, line, fact("xlk.print", value, Unit.LEVEL, kind="print_level")) is true


@pytest.mark.parametrize(
    ("words", "kind", "value", "true"),
    [
        ("added", "print", 1000, True),
        ("added", "print", -1000, False),
        ("added", "print", 0, False),
        ("lost", "print", -1000, True),
        ("lost", "print", 1000, False),
        ("rose", "print_change", 1000, True),
        ("rose", "print_change", -1000, False),
        ("fell", "print_change", -1000, True),
        ("rose", "print_level", 1000, False),
        ("fell", "print_level", -1000, False),
        ("unchanged", "print_change", 0, True),
        ("unchanged", "print_change", 1000, False),
    ],
)
def test_a_verb_is_of_a_change_and_never_of_a_level(words, kind, value, true):
    """A number of claims does not rise by what it is."""
    assert borne(words, count("xlk.print", value, kind=kind)) is true


@pytest.mark.parametrize(("words", "value", "true"), [
    ("grew", 0.001, True), ("grew", -0.001, False), ("grew", 0.0, False),
    ("shrank", -0.001, True), ("shrank", 0.001, False),
    ("no change", 0.0, True), ("no change", 0.001, False),
    ("a rise of 0.2%", 0.002, True), ("a rise of 0.2%", -0.002, False),
    ("a decline of 0.2%", -0.002, True), ("a decline of 0.3%", -0.002, False),
])  # fmt: skip
def test_a_change_in_percent_has_its_sign_and_its_size(words, value, true):
    """As it is published."""
    assert borne(words, fact("xlk.print", value, kind="print")) is true


@pytest.mark.parametrize(
    ("words", "value", "true"),
    [
        ("7.67 million", 7_670_000, True),
        ("7.67 million", 7_674_999, True),
        ("7.67 million", 7_676_000, False),
        ("7.67 million", 7_670, False),
        ("256,000", 256_000, True),
        ("256,000", 255_000, False),
        ("256 million", 256_000, False),
    ],
)
def test_a_count_is_told_in_full_or_in_millions(words, value, true):
    """With the decimals that it has."""
    assert borne(words, count("xlk.print", value, kind="print_level")) is true


@pytest.mark.parametrize(
    ("words", "value", "true"),
    [
        ("the third quarter", "2024-07", True),
        ("the fourth quarter", "2024-07", False),
        ("the second quarter", "2024-04", False),
        ("the first quarter", "2023-01", False),
    ],
)
def test_a_quarter_without_its_year_is_one_of_the_last_half_year(words, value, true):
    """The moment is in January 2025."""
    assert borne(words, day("xlk.print.period", value, kind="print_quarter")) is true


@pytest.mark.parametrize(("kind", "true"), [("print_holiday", True), ("print", False)])
def test_a_market_was_closed_only_on_a_day_without_a_session(kind, true):
    """That the data prove."""
    assert borne("closed", day("xlk.print.holiday", "2025-01-03", kind=kind)) is true


@pytest.mark.parametrize(
    ("words", "value", "true"),
    [
        ("hotter than expected", 1, True),
        ("hotter than expected", 0, False),
        ("hotter than expected", -1, False),
        ("cooler than expected", -1, True),
        ("cooler than expected", 0, False),
        ("cooler than expected", 1, False),
    ],
)
def test_prices_are_hot_on_one_side(words, value, true):
    """By the number of their measures that were off."""
    assert borne(words, count("xlk.print.heat", value, kind="print_heat")) is true
    assert not borne(words, surprise(value / 1000))


@pytest.mark.parametrize(
    ("words", "kind", "value", "true"),
    [
        ("a combined", "print_combined", -86_000, True),
        ("a combined", "print_revision", -86_000, False),
        ("newest", "print_periods", 2, True),
        ("newest", "print_periods", 1, False),
        ("newest", "print", 2, False),
    ],
)
def test_figures_that_came_together_are_said_to(words, kind, value, true):
    """By a fact of that kind."""
    assert borne(words, count("xlk.print.fact", value, kind=kind)) is true


@pytest.mark.parametrize(("name", "true"), [("lacking", True), ("prior", False)])
def test_only_a_period_without_a_figure_was_not_published(name, true):
    """Which the data name."""
    told = day(f"xlk.print.{name}", "2025-10", kind="print", window="before-release")
    assert borne("not published", told) is true


@pytest.mark.parametrize(
    ("words", "kind", "value", "true"),
    [
        ("largest gain since", "highest", 1000, True),
        ("largest gain since", "lowest", 1000, False),
        ("largest gain since", "highest", 0, False),
        ("largest gain since", "highest", -1000, False),
        ("smallest gain since", "lowest", 1000, True),
        ("smallest gain since", "highest", 1000, False),
        ("smallest gain since", "lowest", -1000, False),
        ("largest loss since", "lowest", -1000, True),
        ("largest loss since", "lowest", 1000, False),
        ("largest loss since", "highest", -1000, False),
        ("largest rise since", "highest", 1000, False),
        ("highest reading since", "highest", 1000, True),
        ("highest reading since", "lowest", 1000, False),
        ("lowest reading since", "lowest", 1000, True),
        ("lowest reading since", "highest", 1000, False),
    ],
)
def test_how_far_back_a_figure_was_as_far_has_its_side_and_its_sign(words, kind, value, true):
    """A gain of jobs is of a number above zero, and a rise is of a share."""
    since = day("xlk.print.since", "2024-03", kind=f"print_{kind}_since", since="2024-03")
    assert borne(words, since, count("xlk.print", value, kind="print")) is true


@pytest.mark.parametrize(
    ("words", "kind", "value", "true"),
    [
        ("largest rise since", "highest", 0.004, True),
        ("largest rise since", "highest", 0.0, False),
        ("largest decline since", "lowest", -0.001, True),
        ("largest decline since", "lowest", 0.001, False),
        ("smallest rise since", "lowest", 0.001, True),
        ("smallest rise since", "lowest", 0.0, False),
    ],
)
def test_a_rise_as_large_is_of_a_share(words, kind, value, true):
    """And no level."""
    since = day("xlk.print.since", "2024-03", kind=f"print_{kind}_since", since="2024-03")
    assert borne(words, since, fact("xlk.print", value, kind="print")) is true
    assert not borne(words, since, fact("xlk.print", value, kind="print_level"))

"""Figures, tables and charts of a notebook's own in words, and the filters of their units."""

import datetime as dt
from dataclasses import replace

import pytest
from tiny import NOW, count, day, fact, record, since

from reportgen.core.errors import NarrativeError
from reportgen.core.facts import Unit
from reportgen.story import own
from reportgen.story.citations import cite, split, text_of
from reportgen.story.phrases import Phrases

WEIGHT = fact("held.aapl", 0.5, instrument="NVDA")
PRICE = fact("held.price", -3.2, Unit.MONEY)
CASH = fact("held.cash", "cash | more", Unit.TEXT)
FACTS = (WEIGHT, PRICE, CASH)
SHEET = {
    "title": "Holdings",
    "head": "",
    "columns": [
        {"head": "Weight", "decimals": 1, "signed": True},
        {"head": "P&L", "decimals": 2, "signed": False},
    ],
}
ROWS = [
    {"name": "@NVDA", "cells": ["held.aapl", ""]},
    {"name": "held.cash", "cells": ["", "held.price"]},
]
CHART = {
    "own": {"title": "Level", "subtitle": "Points", "alt": "Line chart"},
    "slots": {"held.aapl": {}},
}


def phrases(kept):
    """The filters on the eighth of January 2025."""
    return Phrases(dt.datetime.fromisoformat(NOW), kept.instruments, kept.market, 8821)


def words(name, told, *args, **said):
    """What the filter of that *name* says of *told*; it cites it."""
    (run,) = split(getattr(phrases(record(told)), name)(told, *args, **said))
    assert run.ref == told.id
    return run.text


def kept(**about):
    """A record with the table and the chart."""
    parts = {"tables": {"held": {"sheet": SHEET, "rows": ROWS}}, "charts": {"line": CHART}}
    return replace(record(*FACTS), **{**parts, **about})


FIGURES = [
    (0.123, Unit.FRACTION, {}, "12.3%"),
    (0.5, Unit.FRACTION, {"places": 0}, "50%"),
    (0.0123, Unit.FRACTION, {"places": 0}, "1.2%"),
    (-0.5, Unit.FRACTION, {}, "\u221250.0%"),
    (0.5, Unit.FRACTION, {"signed": True}, "+50.0%"),
    (0.0, Unit.FRACTION, {"signed": True}, "0.0%"),
    (-0.0001, Unit.FRACTION, {}, "0.0%"),
    (0.025, Unit.PROBABILITY, {"places": 0}, "3%"),
    (0.0425, Unit.YIELD, {}, "4.25%"),
    (0.004, Unit.PP, {"signed": True}, "+0.40 percentage points"),
    (-0.0025, Unit.BP, {}, "\u221225 bp"),
    (12.345, Unit.POINTS, {}, "12.35 points"),
    (1204, Unit.COUNT, {}, "1,204"),
    (1.345, Unit.LEVEL, {}, "1.35"),
    (1204.5, Unit.MONEY, {}, "$1,204.50"),
    (-3.2, Unit.MONEY_CHANGE, {}, "\u2212$3.20"),
]
FILTERS = [
    ("figure", fact("own.x", 1.5, Unit.LEVEL, decimals=3), (), "1.500"),
    ("figure", fact("own.x", "any words", Unit.TEXT), (), "any words"),
    ("figure", day("own.x", "2025-01-03"), (), "Jan. 3"),
    ("size", fact("own.x", -0.134), (), "13.4%"),
    ("size", fact("own.x", -0.025, Unit.PP), (2,), "2.50 percentage points"),
    ("size", fact("own.x", "any words", Unit.TEXT), (), "any words"),
    ("label", fact("own.x", 1.5, label="200-day average"), (), "200-day average"),
    ("term", fact("fed.change", 0.0025, Unit.BP), (), "a quarter of a percentage point"),
    ("term", fact("fed.change", -0.01, Unit.BP), (), "one percentage point"),
    ("term", fact("fed.change", 0.02, Unit.BP), (), "two percentage points"),
    ("term", fact("fed.change", 0.0125, Unit.BP), (), "1.25 percentage points"),
    ("term", fact("fed.change", 0.0012, Unit.BP), (), "12 basis points"),
    ("brief_term", fact("fed.change", -0.005, Unit.BP), (), "half a point"),
    ("brief_term", fact("fed.change", 0.01, Unit.BP), (), "a full point"),
    ("brief_term", fact("fed.change", 0.02, Unit.BP), (), "two percentage points"),
    ("signed", fact("dgs10.change", 0.0005, Unit.BP), (), "+5 bp"),
    ("signed", fact("spx.return", -0.0115), (), "\u22121.2%"),
    ("signed", fact("spx.drawdown_from_high", -0.09996), (), "\u22129.996%"),
    ("signed", fact("spx.drawdown_from_high", -0.0002), (), "\u22120.02%"),
    ("table_level", fact("dgs10.level", 0.045, Unit.YIELD), (), "4.50%"),
    ("table_level", fact("spx.level", 5918.25, Unit.LEVEL), (), "5,918.25"),
    ("table_level", fact("nvda.close", 140.1, Unit.MONEY), (), "$140.10"),
    ("published", fact("cpi.value", -0.003), (), "0.3%"),
    ("published", fact("cpi.value", -0.003), (True,), "\u22120.3%"),
    ("published", fact("ism.value", 58.7, Unit.LEVEL), (True,), "58.7"),
    ("quarter", day("gdp.period", "2024-10-01"), (), "the fourth quarter"),
    ("text", fact("own.x", "Any words", Unit.TEXT), (), "Any words"),
    ("count", count("spx.days", -3), (), "three"),
]
FARTHEST = [
    ("highest_close_since", "2020-11-06", "day", {}, "highest close since Nov. 6, 2020"),
    ("highest_close_since", "2020-11-06", "day", {"short": True}, "since November 2020"),
    ("largest_gain_since", "2024-11", "month", {}, "since November"),
    ("largest_gain_since", "2023-07", "quarter", {}, "since the third quarter of 2023"),
    ("largest_gain_since", "2019-01", "ytd", {}, "since 2019"),
    ("largest_drop_on_record", "1990-01-02", "day", {}, "on record"),
    ("largest_drop_on_file", "1990-01-02", "day", {}, "in data since 1990"),
]


@pytest.mark.parametrize(("value", "unit", "said", "text"), FIGURES)
def test_a_figure_of_ones_own_is_told_in_its_unit(value, unit, said, text):
    """A share below ten percent keeps a decimal; a zero has no sign."""
    assert words("figure", fact("own.x", value, unit), **said) == text


@pytest.mark.parametrize(("name", "told", "args", "text"), FILTERS)
def test_a_filter_tells_a_fact_and_cites_it(name, told, args, text):
    assert words(name, told, *args) == text


@pytest.mark.parametrize(("kind", "value", "window", "said", "text"), FARTHEST)
def test_a_superlative_says_since_when_or_that_nothing_known_is_as_far(
    kind, value, window, said, text
):
    told = since("spx.far", value, kind=kind, window=window)
    assert words("farthest", told, **said).endswith(text)


def test_figures_of_a_release_are_told_in_millions_where_they_are_published_so():
    """The decimals are those of the series."""
    about = {"jolts": {"millions": True, "decimals": 2}}
    told = fact("jolts.value", 7_674_000, Unit.COUNT)
    filters = Phrases(dt.datetime.fromisoformat(NOW), about, record().market, 1)
    assert filters.published(told) == cite(told.id, "7.67 million")


def test_a_figure_without_a_label_is_refused_with_the_call_that_gives_it_one():
    told = fact("own.x", 1.5)
    with pytest.raises(NarrativeError, match=r'desk.stat\("own.x", ..., label="..."\)'):
        phrases(record(told)).label(told)


def test_a_table_of_ones_own_is_a_block_with_a_line_for_each_row():
    """An instrument names its row by a capital; an empty cell stays empty."""
    block = own.table("held", kept(), phrases(kept()))
    assert [text_of(split(line)) for line in block.strip().splitlines()] == [
        "!table held",
        "title: Holdings",
        "columns: | Weight | P&L",
        "row: Nvidia | +50.0% |",
        "row: cash | more | | \u2212$3.20",
    ]
    assert cite("own", "Weight") in block
    assert cite("@NVDA", "Nvidia") in block
    assert block.startswith("\n\n")


def test_the_decimals_of_a_fact_go_before_those_of_its_column():
    exact = replace(WEIGHT, decimals=3)
    told = replace(kept(), facts={**kept().facts, WEIGHT.id: exact})
    assert cite(WEIGHT.id, "+50.000%") in own.table("held", told, phrases(told))


def test_a_chart_of_ones_own_is_a_block_of_its_words_and_figures():
    assert own.picture("line", kept(), phrases(kept())).strip().splitlines() == [
        "!line",
        f"title: {cite('own', 'Level')}",
        f"subtitle: {cite('own', 'Points')}",
        f"alt: {cite('own', 'Line chart')}",
        f"held.aapl: {cite(WEIGHT.id, '50.0%')}",
    ]


REFUSED = [
    (own.table, "hold", {}, "recorded no table 'hold'; .*Did you mean 'held'"),
    (own.table, "held", {"tables": {"held": {"rows": []}}}, r"write desk\.table\(frame"),
    (own.picture, "lime", {}, "recorded no chart of Altair 'lime'; .*Did you mean 'line'"),
    (own.picture, "line", {"charts": {}}, r"write desk\.show\(chart"),
    (
        own.picture,
        "line",
        {"charts": {"line": {"slots": {"last": {}, "high": {}}}}},
        "a block '!line' with the lines title, subtitle, alt, .* labels: last, high",
    ),
    (
        own.picture,
        "line",
        {"charts": {"line": {**CHART, "slots": {"held.apl": {}}}}},
        "shows no fact 'held.apl'.*Did you mean 'held.aapl'",
    ),
    (
        own.table,
        "held",
        {"tables": {"held": {"sheet": SHEET, "rows": [{"name": "@ZZZ", "cells": []}]}}},
        "has no instrument 'ZZZ'",
    ),
]


@pytest.mark.parametrize(("tell", "name", "about", "said"), REFUSED)
def test_what_the_notebook_did_not_record_is_refused_with_the_cure(tell, name, about, said):
    told = kept(**about)
    with pytest.raises(NarrativeError, match=said):
        tell(name, told, phrases(told))

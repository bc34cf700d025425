"""A printed table of the notebook's own against the recorded one."""

from __future__ import annotations

import copy

import pytest
from tiny import fact

from reportgen.core.facts import Unit
from reportgen.story.citations import Run
from reportgen.story.model import Table
from reportgen.verify.sheets import sheet

FACTS = {
    one.id: one
    for one in (
        fact("t.name", "Cash", Unit.TEXT, instrument="t:cash"),
        fact("t.a", 0.5, instrument="NVDA"),
        fact("t.b", -0.2, instrument="t:cash"),
        fact("t.sum", 0.3, instrument="t:total"),
        fact("t.total", "Total", Unit.TEXT, instrument="t:total"),
        fact("t.zero", -0.0001, instrument="t:cash"),
    )
}
RECORDED = {
    "sheet": {
        "title": "Held",
        "head": "Holding",
        "columns": [{"head": "Weight", "unit": "fraction", "decimals": 1, "signed": False}],
        "order": "Weight",
        "total": [],
    },
    "rows": [{"name": "@NVDA", "cells": ["t.a"]}, {"name": "t.name", "cells": ["t.b"]}],
}


def cell(text, ref):
    """A cell with one figure."""
    return (Run(text, ref),)


def printed(*rows, title="Held", heads=("Holding", "Weight")):
    """A table as a story prints it."""
    columns = tuple(cell(head, "own") for head in heads)
    return Table(name="t", title=cell(title, "own"), columns=columns, rows=rows)


FIRST = (cell("Nvidia", "@NVDA"), cell("50.0%", "t.a"))
SECOND = (cell("Cash", "t.name"), cell("\u221220.0%", "t.b"))


def wrong(table, recorded=RECORDED):
    """The reasons why it is wrong."""
    return [objection[2] for _, objection in sheet(table, recorded, FACTS)]


def test_a_table_as_it_was_recorded_passes():
    """Title, heads, rows, signs and order."""
    assert wrong(printed(FIRST, SECOND)) == []


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (printed(FIRST, SECOND, title="Sold"), "not the title"),
        (printed(FIRST, SECOND, heads=("Holding", "Return")), "not the heads"),
        (printed(SECOND, FIRST), "not the rows"),
        (printed(FIRST), "not the rows"),
        (printed((FIRST[0], SECOND[1]), (SECOND[0], FIRST[1])), "not the rows"),
        (printed(FIRST, (SECOND[0], cell("20.0%", "t.b"))), "the sign is wrong"),
        (printed((FIRST[0], cell("\u221250.0%", "t.a")), SECOND), "the sign is wrong"),
        (printed(FIRST, (SECOND[0], ())), "not the rows"),
    ],
)
def test_a_table_that_differs_from_the_record_is_refused(table, reason):
    """By the part that differs."""
    assert [one[: len(reason)] for one in wrong(table)] == [reason]


def changed(**sheet_keys):
    """The record with another order or total."""
    recorded = copy.deepcopy(RECORDED)
    recorded["sheet"] |= sheet_keys
    return recorded


@pytest.mark.parametrize(("order", "true"), [("Weight", True), ("+Weight", False), ("", True)])
def test_the_rows_stand_in_the_order_that_is_said(order, true):
    """0.5 before -0.2 falls."""
    assert (wrong(printed(FIRST, SECOND), changed(order=order)) == []) is true


@pytest.mark.parametrize(
    ("last", "true"),
    [(0.3, True), (0.3 + 0.98e-9, True), (0.3 + 1.02e-9, False), (0.3 - 1.02e-9, False)],
)
def test_a_last_row_that_is_a_sum_adds_up(last, true, monkeypatch):
    """0.5 and -0.2 are 0.3; the order is that of the rows above it."""
    monkeypatch.setitem(FACTS, "t.sum", fact("t.sum", last, instrument="t:total"))
    recorded = changed(total=["Weight"])
    recorded["rows"].append({"name": "t.total", "cells": ["t.sum"]})
    total = (cell("Total", "t.total"), cell("30.0%", "t.sum"))
    assert (wrong(printed(FIRST, SECOND, total), recorded) == []) is true


def test_a_figure_that_rounds_to_nothing_has_no_sign():
    """A fall of a hundredth of a percent is 0.0%."""
    recorded = copy.deepcopy(RECORDED)
    recorded["rows"][1]["cells"] = ["t.zero"]
    assert wrong(printed(FIRST, (SECOND[0], cell("0.0%", "t.zero"))), recorded) == []

"""A tear sheet: each of its figures is proven from the raw rows, and no other value is."""

from __future__ import annotations

import datetime as dt

import pytest

from reportgen.authoring import desk as desks
from reportgen.authoring import open_desk, tear_sheet
from reportgen.config.resources import SAMPLE
from reportgen.core.errors import NoData
from reportgen.verify.audit import objection, owner_of
from reportgen.verify.rows import Rows

ROWS = Rows(SAMPLE, dt.date(2025, 1, 8))
PAIRS = [("^RUT", "^GSPC"), ("AAPL", "^IXIC"), ("BTC-USD", "^GSPC"), ("^GSPC", "BTC-USD")]


@pytest.fixture(scope="module")
def desk():
    """A desk on the sample of January 8, 2025, after the close."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desks, "_display", lambda _: None)
        yield open_desk(report="tear-sheet", data="sample", as_of="2025-01-08 18:00")


def claim(fact, **changed):
    """The fact as the audit reads it."""
    return {**fact.payload(), "fact": fact.id, "unit": str(fact.unit), **changed}


def told(sheet):
    """All facts of a sheet: figures, months and falls."""
    frames = (sheet.months(), sheet.falls())
    return [*sheet.news().facts, *(fact for one in frames for fact in tear_sheet.facts_of(one))]


@pytest.mark.parametrize(("years", "riskless"), [(0, 0.0), (3, 0.025)])
@pytest.mark.parametrize(("series", "benchmark"), PAIRS)
def test_each_figure_is_proven_from_the_raw_rows(series, benchmark, years, riskless, desk):
    """By a proof that shares no code with it; a coin has weekends, and a stock has none."""
    facts = told(tear_sheet.sheet(desk, series, benchmark, years, riskless))
    assert len(facts) > 120
    assert [fact.id for fact in facts if owner_of(fact.kind, fact.unit) is None] == []
    assert [why for fact in facts if (why := objection(claim(fact), ROWS))] == []


def test_a_figure_that_is_off_is_refused(desk):
    """Each of them: a number by a millionth, a day by a year."""
    for fact in told(tear_sheet.sheet(desk, "^RUT", "^GSPC")):
        value = fact.value
        off = f"1999{value[4:]}" if isinstance(value, str) else value + 1e-6 * max(1, abs(value))
        assert objection(claim(fact, value=off), ROWS), fact.id


@pytest.mark.parametrize(
    "changed",
    [
        {"evidence": {"against": "^IXIC", "years": 0.0, "riskless": 0.0}},
        {"evidence": {"against": "^GSPC", "years": 3.0, "riskless": 0.0}},
        {"evidence": {"against": "^GSPC", "years": 0.0, "riskless": 0.01}},
        {"evidence": {}},
        {"instrument": "AAPL"},
        {"kind": "perf_beta"},
        {"window": "day"},
    ],
)
def test_the_ratio_of_another_benchmark_time_rate_or_series_is_refused(changed, desk):
    """Alpha depends on all of them."""
    facts = {one.id: one for one in tear_sheet.sheet(desk, "^RUT", "^GSPC").news().facts}
    fact = facts["rut.perf.alpha"]
    assert objection(claim(fact), ROWS) is None
    assert objection(claim(fact, **changed), ROWS)


def test_a_window_of_years_begins_with_the_last_close_by_that_day(desk):
    """Three years before January 8, 2025 is a Saturday."""
    facts = {one.id: one for one in tear_sheet.sheet(desk, "^RUT", "^GSPC", 3).news().facts}
    assert facts["rut.perf.start"].value == "2022-01-07"


@pytest.mark.parametrize(
    ("series", "benchmark", "years", "reason"),
    [
        ("^RUT", "^RUT", 0, "is its own benchmark"),
        ("^RUT", "^GSPC", 9, "less than 9 years back; ask for fewer"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(series, benchmark, years, reason, desk):
    """With what to ask for."""
    with pytest.raises(NoData, match=reason):
        tear_sheet.sheet(desk, series, benchmark, years)


def test_the_months_and_the_year_so_far_are_told_and_the_first_one_is_not_whole(desk):
    """The data begin with the last session of 2020: no month of that year has a return."""
    months = tear_sheet.sheet(desk, "^RUT", "^GSPC").months()
    assert [*months.columns] == ["2021", "2022", "2023", "2024", "2025"]
    assert months["2025"].notna().sum() == 2
    assert [fact.value for fact in months.index][:2] == ["Jan.", "Feb."]

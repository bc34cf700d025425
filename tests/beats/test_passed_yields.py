"""A yield beyond a whole percent, as not for long."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from tiny import borne, fact, since

from reportgen.beats.yields.detect import passed
from reportgen.beats.yields.proof import objection
from reportgen.core.facts import Unit
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import Snapshot
from reportgen.markets import market
from reportgen.markets.venues import bond_holidays

calendar = market("us").calendar
LAST = "2024-10-07"


def rates(*end: float, start: str = "2023-01-03", usual: float = 0.035) -> pd.Series:
    """A yield on each day of bonds to LAST, *usual* and then the last ones as given."""
    days = calendar.session_index(dt.date.fromisoformat(start), dt.date.fromisoformat(LAST))
    closed = [day for year in range(days[0].year, 2025) for day in bond_holidays(year)]
    days = days[~days.isin(pd.DatetimeIndex(closed))]
    return pd.Series([*[usual] * (len(days) - len(end)), *end], index=days, name="DGS10")


def told(levels: pd.Series, session: str = LAST):
    """What is found of that yield at the close of a session."""
    moment = calendar.close_of(dt.date.fromisoformat(session), dt.datetime.now(dt.UTC))
    snapshot = Snapshot(
        name="test",
        notice="",
        moment=moment,
        closes={},
        levels={},
        rates={"DGS10": levels},
        futures=pd.DataFrame(),
        meetings=[],
        events=pd.DataFrame(),
        commentary=[],
        sources={},
    )
    return passed(Market(snapshot), "DGS10")


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        (0.0398, 0.0403, 0.04),
        (0.0400, 0.0401, 0.04),
        (0.0399, 0.0400, None),
        (0.0401, 0.0403, None),
        (0.0391, 0.0399, None),
    ],
)
def test_a_yield_is_above_a_whole_percent_and_was_not_on_the_day_before(said, before, now, line):
    """A yield of four percent is not above it."""
    found = told(rates(0.041, *[0.035] * 30, before, now))
    assert (said(found)["line"] if found else None) == line


@pytest.mark.parametrize(("before", "now", "found"), [(0.04, 0.0399, True), (0.041, 0.04, False)])
def test_a_yield_falls_below_it_by_the_same_rule(before, now, found):
    """On the line it is not below it."""
    levels = rates(0.039, *[0.045] * 30, before, now, usual=0.045)
    assert (told(levels) is not None) is found


@pytest.mark.parametrize(("between", "news"), [(19, True), (18, False)])
def test_it_is_news_after_twenty_days(said, between, news):
    """With the last day on that side."""
    levels = rates(0.0401, *[0.035] * between, 0.0403)
    found = told(levels)
    assert (found is not None) is news
    if found:
        assert said(found)["since"] == levels.index[-between - 2].date().isoformat()


def test_a_yield_of_an_earlier_day_is_no_news_of_the_session():
    """Its own day has none yet."""
    assert told(rates(0.041, *[0.035] * 30, 0.0398, 0.0403), "2024-10-08") is None


def test_a_yield_that_was_never_there_needs_twenty_years_of_data(said):
    """Else nobody knows."""
    assert told(rates(0.0403)) is None
    found = told(rates(0.0403, start="2004-01-02"))
    assert said(found)["since"] == "2004-01-02"
    assert found.role("since").kind == "yield_cross_on_file"


class _Rows:
    """The days and the values of a yield as a proof reads them."""

    def __init__(self, levels: pd.Series) -> None:
        self._levels = levels

    def unbroken(self, symbol):  # noqa: ARG002
        """Days and values."""
        return [day.date() for day in self._levels.index], self._levels.tolist()


def why(found, role, levels, **other):
    """What the proof says of a role with *other* parts."""
    one = found.role(role)
    claim = {"instrument": "DGS10", "unit": str(one.unit), "kind": one.kind, "value": one.value}
    return objection({**claim, "window": "day", **other}, _Rows(levels))


@pytest.mark.parametrize("start", ["2023-01-03", "2004-01-02"])
def test_the_proof_agrees_with_what_is_found(start):
    """Since a day, and in all of the data."""
    known = [0.0401, *[0.035] * 30] if start == "2023-01-03" else []
    levels = rates(*known, 0.0398, 0.0403, start=start)
    found = told(levels)
    assert [why(found, role, levels) for role in ("line", "since")] == [None, None]


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("line", {"value": 0.03}),
        ("since", {"value": "2024-10-01"}),
        ("since", {"kind": "yield_cross_on_file"}),
    ],
)
def test_one_field_mutated_is_an_objection(role, other):
    """Of the line, or of the day."""
    levels = rates(0.0401, *[0.035] * 30, 0.0398, 0.0403)
    assert why(told(levels), role, levels, **other)


def test_a_line_that_was_passed_on_an_earlier_day_is_an_objection():
    """Both of the last yields are above it."""
    levels = rates(0.0401, *[0.035] * 30, 0.0398, 0.0403)
    assert why(told(levels), "line", rates(0.0402, 0.0403))


@pytest.mark.parametrize(
    ("words", "before", "now", "true"),
    [
        ("first close above", 0.0398, 0.0403, True),
        ("first close above", 0.0400, 0.0403, True),
        ("first close above", 0.0401, 0.0403, False),
        ("first close above", 0.0398, 0.0400, False),
        ("first close below", 0.0398, 0.0403, False),
        ("first close below", 0.0401, 0.0399, True),
        ("first close below", 0.0401, 0.0400, False),
    ],
)
def test_the_first_close_beyond_a_line_is_one_that_passed_it(words, before, now, true):
    """That way, and on the day."""
    day = since("dgs10.yield_cross", "2024-07-31")
    others = (
        fact("dgs10.yield_level", now, Unit.YIELD),
        fact("dgs10.yield_level.before", before, Unit.YIELD, kind="yield_level"),
        fact("dgs10.yield_line", 0.04, Unit.YIELD),
    )
    assert borne(words, day, *others) is true

"""The highest level within a session, beside record closes."""

import datetime as dt
from dataclasses import replace

import pytest

from reportgen.beats.peaks.detect import peak
from reportgen.statistics.drawdowns import High

FIRST = dt.date(2024, 1, 2)
OLD = High(dt.date(2025, 3, 3), 105.0)


@pytest.fixture
def young(track):
    """Builder of a track of an index that began with its first close, usually near 100."""

    def built(last, high, old=OLD, **rest):
        made = track("^GSPC", "2025-06-06", last, low=90.0, high=high, peak=old, **rest)
        known = replace(made.instrument, inception=FIRST, known_record=None)
        return replace(made, instrument=known)

    return built


@pytest.mark.parametrize(
    ("last", "high", "kind"),
    [
        (104.0, 105.1, "peak_record"),  # a record close, too
        (99.0, 105.1, "peak_record"),  # and none
        (104.0, 105.0, "peak_standing"),
        (99.0, 105.0, None),
    ],
)
def test_a_session_goes_higher_than_any_or_closes_at_a_record_below_one(young, last, high, kind):
    """As high as the old one is no record."""
    found = peak(young(last, high))
    assert (found.finding.kind if found else None) == kind


def test_the_old_one_has_its_day(young, said):
    """Beside the new one."""
    found = said(peak(young(104.0, 106.0)))
    assert found == {"high": 106.0, "record": 105.0, "date": "2025-03-03"}


def test_a_series_that_begins_later_than_its_index_tells_none(track):
    """There may have been a higher one."""
    assert peak(track("^GSPC", "2025-06-06", 104.0, low=90.0, high=106.0, peak=OLD)) is None


@pytest.mark.parametrize(("high", "old"), [(None, OLD), (106.0, None)])
def test_without_highs_there_is_none(young, high, old):
    """Of this session, or of those before."""
    assert peak(young(104.0, high, old)) is None

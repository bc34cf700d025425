"""The odds of the real futures against those that CME published, day by day."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest

from reportgen.beats.fed.detect import tree
from reportgen.core.errors import NoData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market

calendar = market("us").calendar

REAL = Path(__file__).parents[1] / "real_market"
PUBLISHED = Path(__file__).parents[3] / "shared" / "market" / "cme_fedwatch_to_2025-02.csv.gz"
pytestmark = [
    pytest.mark.truth,
    pytest.mark.skipif(not PUBLISHED.is_file(), reason="the real market data are not here"),
]


@pytest.fixture(scope="module")
def published():
    """CME's probabilities by day, meeting and lower end of the range in basis points."""
    found = defaultdict(lambda: defaultdict(dict))
    with gzip.open(PUBLISHED, "rt") as file:
        for row in csv.DictReader(file):
            found[row["watch_date"]][row["meeting"]][int(row["low_bp"])] = float(row["prob"])
    return found


def differences(published):
    """Percentage points between our odds and CME's of each range, by months ahead."""
    dataset, found = open_dataset(REAL), defaultdict(list)
    for day, meetings in published.items():
        if not calendar.is_session(dt.date.fromisoformat(day)):
            continue
        try:
            ours = tree(
                Market(
                    take(
                        dataset,
                        calendar.resolve(day, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
                        (),
                        (),
                    )
                )
            )
        except NoData:
            continue
        for meeting, row in ours.meetings.items():
            months = (meeting - dt.date.fromisoformat(day)).days // 30
            found[months] += [
                abs(row.get(low, 0.0) - p) * 100
                for low, p in meetings.get(meeting.isoformat(), {}).items()
            ]
    return {months: points for months, points in sorted(found.items()) if points}


def test_the_odds_are_near_those_that_cme_published(published, record_testsuite_property):
    """The prices here are last trades before 2 p.m.

    In Chicago, not settlements: a quarter of a tick is two points and more.
    """
    found = differences(published)
    for months, points in found.items():
        record_testsuite_property(
            f"{months} months ahead",
            f"median {median(points):.2f}, worst {max(points):.1f} of {len(points)}",
        )
    assert sum(map(len, found.values())) > 200
    assert all(median(points) < 1.5 and max(points) < 6 for points in found.values())

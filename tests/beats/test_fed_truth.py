"""The decisions of the Fed since 2019 against a list that was made by hand.

The list and the data are not part of the project; see tests/real_market.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from truth import LAST, told

from reportgen.beats.fed.decisions import decision
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.story.citations import sentences, text_of

REAL = Path(__file__).parents[1] / "real_market"
LISTED = Path(__file__).parents[3] / "shared" / "prints" / "fomc.csv"
RATES_END = "2026-08-20"
EXPECTED = {"yes": (0.90, 1.0), "leaning": (0.50, 0.90)}
WAYS = {"hold": 0, "cut": -1, "raise": 1}

pytestmark = [
    pytest.mark.truth,
    pytest.mark.usefixtures("real_market"),
    pytest.mark.skipif(not LISTED.is_file(), reason="the list of decisions is not here"),
]


@cache
def listed():
    """The rows of the list that the rates reach."""
    with LISTED.open() as file:
        return [row for row in csv.DictReader(file) if row["date"] <= RATES_END]


def session_of(row):
    """The session that tells of the decision: its day, or the one after a Sunday."""
    day, calendar = dt.date.fromisoformat(row["date"]), market("us").calendar
    return day if calendar.is_session(day) else calendar.neighbours(day)[1]


def found(row):
    """What a brief of the close finds, by role."""
    later = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    moment = market("us").calendar.resolve(session_of(row).isoformat(), later)
    news = decision(Market(take(open_dataset(REAL), moment, (), ())))
    facts = {fact.id: fact.value for fact in news.facts}
    return {role: facts[id] for role, id in news.finding.facts.items()}


def test_each_decision_has_the_size_and_the_range_of_the_list():
    """And those that were not on the schedule are called so."""
    rows = listed()
    assert len(rows) == 62
    for row in rows:
        ours = found(row)
        assert ours["decided"] == row["date"]
        assert round(ours["change"] * 10_000) == int(row["change_bp"])
        assert (ours["change"] > 0) - (ours["change"] < 0) == WAYS[row["decision"]]
        span = [round(ours[name] * 100, 4) for name in ("low", "high")]
        assert span == [float(row["low_after"]), float(row["high_after"])]
        assert ("unscheduled" in ours) == (row["scheduled"] == "no"), row["date"]


def test_each_decision_had_the_votes_of_the_list():
    """Those that the calendar of the package has."""
    told = {row["date"]: found(row) for row in listed()}
    votes = {row["date"]: tuple(map(int, row["vote"].split("-"))) for row in listed()}
    known = {day: ours for day, ours in told.items() if "voters" in ours}
    assert len(known) > 50
    for day, ours in known.items():
        assert (ours["voters"] - ours["votes_against"], ours["votes_against"]) == votes[day], day


def test_each_decision_was_as_likely_as_the_list_has_it():
    """Where that is by futures; a poll is another yardstick.

    The list solves a meeting from its own month. June 2023 lies between two months with meetings,
    which the FedWatch method solves backward from August: 86% against the list's 92%.
    """
    rows = [row for row in listed() if row["nearest_outcome_prob"]]
    assert len(rows) == 20
    other = []
    for row in rows:
        least, most = EXPECTED[row["expected"]]
        if not least <= found(row)["odds"] <= most:
            other.append(row["date"])
    assert other == ["2023-06-14"]


def test_each_decision_is_told_in_the_first_two_sentences():
    """It leads where the range moved, or where futures had it otherwise.

    Every fourth decision: a brief of each takes a second.
    """
    for row in listed()[::4]:
        session = session_of(row)
        if session > LAST:
            continue
        brief = told(session.isoformat(), REAL)
        runs = (block.runs for block in brief.narrative.blocks if hasattr(block, "runs"))
        first = [text_of(one) for one in islice((s for part in runs for s in sentences(part)), 2)]
        words = {"hold": "held", "cut": "cut", "raise": "raised"}[row["decision"]]
        assert any(f"Federal Reserve {words} its target range" in one for one in first), first
        if brief.record.lead.kind == "rate_decision":
            ours = found(row)
            divided = ours.get("votes_against", 0) >= 2
            assert int(row["change_bp"]) or divided or ours["odds"] < 0.5

"""Truth is computed twice.

Every figure that a report records is the one that the raw files give by another way.
"""

import ast
import datetime as dt
from pathlib import Path

import pytest
import recompute
from inprocess import executed

from reportgen.config.resources import SAMPLE
from reportgen.core.facts import Fact
from reportgen.record.record import Record, read_record

TOLD = ("rut.", "spx.", "mid.", "comp.", "dji.", "vix.", "fed.", "us10y.")
NOT_ALWAYS = (
    ".correction.",
    ".bear_market.",
    ".drawdown_from_high.before",
    ".spell_start",
    ".record_close.before",
)
"""Facts that the product records only where it has a finding that needs them.

When that is, its own tests say.
"""
PROVEN = (
    "us10y.highest_close_since",
    "us10y.lowest_close_since",
    "rut.longest_day_run_since",
)
"""Superlatives that the audit recomputes in each run, by a search for holes of its own."""

DAYS = {
    "2024-01-03": "the second session of a year",
    "2024-02-29": "a leap day, and a month's end",
    "2024-03-28": "the end of a quarter and, before Good Friday, of a week",
    "2024-07-03": "a short session, before the day's yields",
    "2024-07-16": "a streak, and the highest close in years",
    "2024-08-05": "a fall as large as few",
    "2024-09-18": "a cut, announced two hours before the close",
    "2024-11-06": "the day after the election",
    "2024-11-25": "the high of the year, close to the record",
    "2024-12-18": "the worst day in two years, after a cut",
    "2024-12-31": "the last session of a year",
    "2025-01-08": "the day of the brief",
    "2025-03-13": "inside a correction",
    "2025-04-08": "inside a bear market",
    "2025-04-09": "the best day since 2020",
    "2025-09-18": "a record close after a cut",
}
DAYS_OF_ODDS = [
    "2024-12-10",
    "2025-01-08",
    "2025-02-14",
    "2025-03-13",
    "2025-04-09",
    "2025-07-16",
    "2024-12-20",
    "2024-11-19",
    "2025-05-16",
]


def record_of(close: str, data: Path | str) -> Record:
    record = read_record(executed(close, data))
    assert not {section.name for section in record.failed} & {
        "index",
        "comparison",
        "mid caps",
        "seasons",
        "event",
        "policy",
        "yields",
    }
    return record


def differences(recorded: dict[str, Fact], expected: recompute.Facts) -> list[str]:
    """What the record and the oracle do not agree on, in words."""
    found = [
        f"{i}: not recorded"
        for i in expected
        if i not in recorded and not any(part in i for part in NOT_ALWAYS)
    ]
    for name, fact in recorded.items():
        if name.startswith(PROVEN):
            continue
        if name not in expected:
            found.append(f"{name}: recorded as {fact.value}, the oracle knows of none")
        elif isinstance(fact.value, str):
            found += (
                [f"{name}: {fact.value}, the oracle has {expected[name]}"]
                if fact.value != expected[name]
                else []
            )
        elif fact.value != pytest.approx(expected[name], rel=1e-9, abs=1e-9):
            found.append(f"{name}: {fact.value!r}, the oracle has {expected[name]!r}")
    return found


def of_odds(name: str) -> bool:
    return name.startswith(("fed.fed_probability", "fed.meeting"))


def test_every_figure_of_the_sample_is_the_one_its_files_give():
    """The close of Jan. 8, 2025: indexes, the Fed, the yield and the odds, to nine digits."""
    facts = record_of("2025-01-08", "sample").facts
    recorded = {name: fact for name, fact in facts.items() if name.startswith(TOLD)}
    assert len(recorded) > 90
    assert differences(recorded, recompute.facts(SAMPLE, dt.date(2025, 1, 8))) == []


@pytest.mark.truth
@pytest.mark.parametrize("close", DAYS)
def test_every_figure_of_a_real_day_is_the_one_the_raw_files_give(close, real_market):
    """Days of every kind; the odds of the Fed's next meeting have a test of their own."""
    facts = record_of(close, real_market).facts
    recorded = {
        name: fact for name, fact in facts.items() if name.startswith(TOLD) and not of_odds(name)
    }
    expected = recompute.facts(real_market, dt.date.fromisoformat(close))
    assert (
        differences(
            recorded, {name: value for name, value in expected.items() if not of_odds(name)}
        )
        == []
    )


@pytest.mark.truth
@pytest.mark.parametrize("close", DAYS_OF_ODDS)
def test_the_odds_of_a_real_day_are_the_ones_the_futures_give(close, real_market):
    """The next meeting, the day the futures were marked, and the three probabilities."""
    facts = record_of(close, real_market).facts
    recorded = {name: fact for name, fact in facts.items() if of_odds(name)}
    expected = recompute.facts(real_market, dt.date.fromisoformat(close))
    assert len(recorded) == 10  # with those of the day before
    assert (
        differences(recorded, {name: value for name, value in expected.items() if of_odds(name)})
        == []
    )


def test_the_oracle_shares_nothing_with_what_it_judges():
    """It imports the standard library only, and proofs.

    What these import is tested with the architecture.
    """
    tree = ast.parse(Path(recompute.__file__).read_text(encoding="utf-8"))
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names -= {"reportgen.beats.fed.proof", "reportgen.verify.rows"}
    assert not {name.split(".")[0] for name in names} & {
        "reportgen",
        "pandas",
        "numpy",
        "exchange_calendars",
        "inprocess",
    }

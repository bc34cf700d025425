"""What is the farthest for years is said on its day, of whatever is told; each on real data."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from style_rules import lint
from truth import told

from reportgen.story.citations import text_of

REAL = Path(__file__).parents[1] / "real_market"
pytestmark = pytest.mark.truth


@cache
def brief_of(session: str, report: str):
    """The brief of a session, made once."""
    return told(session, REAL, report)


def lines(brief, kind="body"):
    """The texts of a brief of one kind."""
    return [text_of(runs).strip() for where, runs in brief.narrative.texts() if where == kind]


@pytest.mark.parametrize(
    ("session", "report", "words"),
    [
        ("2020-03-09", "daily-recap", "0.54%{from 0.74%}, its lowest in data since 1990"),
        ("2023-03-13", "daily-recap", "its largest one-day drop in data since 1990"),
        ("2022-06-10", "daily-recap", "3.06%{from 2.83%}, its highest since Dec. 28, 2007"),
        ("2023-10-17", "daily-recap", "4.83%{from 4.71%}, its highest since Aug. 8, 2007"),
        (
            "2025-04-09",
            "daily-recap",
            "at 33.62, (?:down 35.8%, )?its largest one-day drop in data since 2000",
        ),
        (
            "2025-04-09",
            "daily-recap",
            (
                "5,456.90, (?:the S&P 500 was up 474.13 points, or 9.5%, )?"
                "its largest point gain on record"
            ),
        ),
        ("2025-04-09", "daily-recap", "(?:to|at) 17,124.97, its largest point gain on record"),
        ("2007-02-27", "daily-recap", "at 18.31, its largest one-day rise in data since 2000"),
        ("2024-12-18", "daily-recap", "at 27.62, its largest one-day rise since Feb. 5, 2018"),
        ("2026-02-03", "daily-recap", "an ounce, its largest one-day gain in data since 2021"),
        ("2026-03-31", "month-in-review", "a barrel, its largest monthly gain in data since 2021"),
        ("2026-03-31", "month-in-review", "an ounce, its largest monthly drop in data since 2021"),
        ("2018-12-24", "daily-recap", "in its worst Christmas Eve on record"),
        ("2025-04-04", "daily-recap", "the S&P 500 fell 10.5%, the most since March 12, 2020"),
        ("2026-05-29", "daily-recap", "the longest such run since Dec. 29, 2023"),
        ("2024-07-11", "daily-recap", "the widest gap between the two since March 19, 2020"),
        ("2026-01-15", "daily-recap", "beat the S&P 500 for a 10th session in a row"),
        ("2026-01-16", "daily-recap", "beat the S&P 500 for an 11th session in a row"),
        ("2024-09-03", "daily-recap", "its worst day since Aug. 5"),
        ("2020-03-16", "daily-recap", "the Nasdaq's worst day on record"),
        ("2022-12-30", "year-in-review", "from 1.52%, its largest yearly rise in data since 1990"),
    ],
)
def test_an_extreme_is_said_on_its_day(real_market, session, report, words):  # noqa: ARG001
    """Once, in the sentence that tells the move, which may leave out what stands in braces."""
    told_of = " ".join(lines(brief_of(session, report)))
    said = words.replace("{", "(?:,? (?:down |up )?").replace("}", ")?")
    assert len(re.findall(said, told_of)) == 1


@pytest.mark.parametrize(
    ("session", "report", "words"),
    [
        ("2020-03-09", "daily-recap", "10-year Treasury yield"),
        ("2023-03-13", "daily-recap", "2-year Treasury yield"),
        ("2025-04-09", "daily-recap", "Cboe Volatility Index"),
        ("2026-03-31", "month-in-review", "U.S. crude oil"),
    ],
)
def test_a_historic_move_is_a_key_point(real_market, session, report, words):  # noqa: ARG001
    """Of a rate, of fear, of a commodity."""
    points = lines(brief_of(session, report), "key_points")
    assert any(words in line and "in data since" in line for line in points)


@pytest.mark.parametrize(
    "session", ["2024-08-29", "2024-11-20", "2025-06-25", "2026-02-11", "2017-07-19"]
)
def test_a_quiet_day_has_few_superlatives(real_market, session):  # noqa: ARG001
    """Of what stands beside stocks, two at most; and what is told is well told."""
    brief = brief_of(session, "daily-recap")
    facts = brief.record.facts
    farthest = {
        finding.instrument
        for finding in brief.record.findings
        if "extreme" in finding.facts and facts[finding.facts["reach"]].number >= 180
    }
    assert len(farthest) <= 2
    assert lint(brief.narrative) == []

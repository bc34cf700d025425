"""The worked cases of all beats: what a session's detectors find, what they leave,
and what is told.

Each value is proven from the raw rows, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import world
from truth import told

from reportgen.beats.spec import SHIPPED, beats
from reportgen.config.resources import SAMPLE
from reportgen.config.schema import read_toml
from reportgen.core.facts import Fact, Finding
from reportgen.markets.instruments import registry
from reportgen.produce import auditing
from reportgen.rendering.brief import Brief
from reportgen.rendering.json import claims
from reportgen.story.citations import sentences, text_of
from reportgen.verify.audit import objection, objections
from reportgen.verify.rows import Location, Rows

REAL = Path(__file__).parents[1] / "real_market"
WORLD = Path(__file__).parents[1] / "real_abroad"
ANNOUNCED = Path(__file__).parents[1] / "announced"
MACRO = Path(__file__).parents[1] / "macro"
FOLDERS = {
    "sample": SAMPLE,
    "announced": ANNOUNCED,
    "macro": MACRO,
    "real": REAL,
    "world": WORLD,
    "overseas": world.DATA,
}
SHIPPED_DATA = ("sample", "announced", "macro")
"""Data that are part of the project."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finding, and what some of its facts say, by role."""

    kind: str
    instrument: str
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A session of a dataset, what a beat finds in it, and a sentence that a report tells of it.

    Where the data are those of "overseas", the report is that of a market: "gb".
    """

    session: str
    data: str = "sample"
    report: str = "daily-recap"
    finds: tuple[Found, ...] = ()
    finds_not: tuple[Found, ...] = ()
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Cases:
    """A cases.toml."""

    case: tuple[Case, ...]


def worked() -> list:
    """All cases with their beats, by session, for a brief is made once by each worker.

    Those on real data are of the slow tests.
    """
    found = []
    for path in sorted(SHIPPED.glob("*/cases.toml")):
        for case in read_toml(path, Cases).case:
            name = f"{path.parent.name}-{case.session}-{case.report}"
            marks = [] if case.data in SHIPPED_DATA else [pytest.mark.truth]
            found.append(pytest.param(path.parent.name, case, id=name, marks=marks))
    return sorted(found, key=lambda param: (param.values[1].session, param.values[1].report))


@cache
def brief_of(session: str, data: str, report: str) -> Brief:
    """The brief of a session, made once for all cases."""
    if data == "overseas":
        with TemporaryDirectory() as desk, pytest.MonkeyPatch.context() as patch:
            patch.setenv("REPORTGEN_CONFIG", "")
            world.furnish(Path(desk))
            return world.told(report, session)
    return told(session, "sample" if data == "sample" else FOLDERS[data], report)


@cache
def rows_of(session: str, data: str, report: str = "daily-recap") -> Rows:
    """The raw rows up to a session, with the list of stocks that a report ranks."""
    context = brief_of(session, data, report).record.context
    held = context.get("holdings", {"text": "", "rates": {}})
    place = Location(
        path=FOLDERS[data],
        listed=context["list"],
        holdings=held["text"],
        legs=held["rates"],
    )
    return Rows(place, dt.date.fromisoformat(session))


@pytest.fixture
def brief(request, case) -> Brief:
    """The brief of the case."""
    if case.data not in SHIPPED_DATA:
        request.getfixturevalue("real_market")
    return brief_of(case.session, case.data, case.report)


@pytest.fixture
def rows(case, brief) -> Rows:
    """The raw rows of the case, as they were known at the moment of its brief."""
    if case.data == "sample":
        return rows_of(case.session, case.data, case.report)
    return auditing.rows_of(brief.record, Location(path=FOLDERS[case.data]))


def of(brief: Brief, asked: Found) -> list[Finding]:
    """The findings of that kind and instrument."""
    return [
        one
        for one in brief.record.findings
        if (one.kind, one.instrument) == (asked.kind, asked.instrument)
    ]


def as_claim(fact: Fact) -> dict:
    """A fact as a claim without words."""
    return {
        "fact": fact.id,
        "kind": fact.kind,
        "unit": str(fact.unit),
        "window": fact.window,
        "value": fact.value,
        "instrument": fact.instrument,
        "text": "",
        **({"evidence": fact.proofs} if fact.evidence else {}),
    }


def near(value: float | str):
    """What a value is held against: a text as it is, a number to six digits."""
    return value if isinstance(value, str) else pytest.approx(value, rel=1e-6)


def sentences_of(brief: Brief) -> list[str]:
    """All sentences of a brief."""
    return [text_of(one).strip() for _, runs in brief.narrative.texts() for one in sentences(runs)]


@pytest.mark.parametrize(("beat", "case"), worked())
def test_a_worked_case_holds(beat, case, brief, rows):
    """The record has what must be found, with its values, and the brief says it."""
    kinds = next(one.kinds for one in beats() if one.name == beat)
    for asked in case.finds:
        assert asked.kind in kinds
        (finding,) = of(brief, asked)[:1] or pytest.fail(f"no {asked.kind} of {asked.instrument}")
        facts = {role: brief.record.facts[finding.facts[role]] for role in asked.values}
        values = {role: fact.value for role, fact in facts.items()}
        assert values == {role: near(value) for role, value in asked.values.items()}
        false = {role: objection(as_claim(fact), rows) for role, fact in facts.items()}
        assert false == dict.fromkeys(facts)
    for asked in case.finds_not:
        assert asked.kind in kinds
        assert of(brief, asked) == []
    assert any(case.says in one for one in sentences_of(brief))
    stated = claims(brief)
    told_of = {one["kind"] for one in stated if case.says and case.says in one["sentence"]}
    assert objections((one for one in stated if one["kind"] in told_of), rows) == []


@pytest.mark.parametrize(("beat", "case"), worked())
def test_each_role_of_a_finding_is_in_the_list_of_its_beat(beat, case, brief):  # noqa: ARG001
    """With its unit; the moves of the indexes, in roles of their keys, are not listed."""
    told = next(one for one in beats() if one.name == beat)
    keys = {registry()[symbol].key for symbol in brief.record.market.symbols}
    roles = {
        role
        for finding in brief.record.findings
        if finding.kind in told.kinds
        for role in finding.facts
    }
    lacking = {role for role in roles if not any(fnmatchcase(role, one) for one in told.roles)}
    assert lacking - keys == set()


def test_no_claim_of_the_report_on_small_caps_is_false():
    """The sum of the proofs knows every kind that it tells."""
    stated = claims(brief_of("2025-01-08", "sample", "small-caps"))
    assert len(stated) > 60
    assert objections(stated, rows_of("2025-01-08", "sample")) == []


def test_every_beat_has_worked_cases():
    """Two to four of each."""
    numbers = {one.name: 0 for one in beats()}
    for param in worked():
        numbers[param.values[0]] += 1
    assert {name for name, number in numbers.items() if not 2 <= number <= 4} == set()

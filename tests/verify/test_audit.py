"""The sum of the proofs: who proves a kind, and what nobody proves."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from reportgen.beats import spec
from reportgen.beats.fed.proof import policy
from reportgen.config.resources import SAMPLE
from reportgen.core.errors import SettingsError
from reportgen.produce.auditing import rows_of
from reportgen.rendering.json import claims
from reportgen.verify import audit
from reportgen.verify.rows import TABLES, US, Location, Rows, words

CLAIM = {
    "fact": "spx.thrust",
    "kind": "thrust",
    "unit": "fraction",
    "window": "day",
    "value": 0.25,
    "instrument": "^GSPC",
    "text": "up 25%",
}
BEAT = "[kinds.{0}]\nrank = 35\n"
PROOF = """KINDS = ({0},)


def objection(claim, rows):
    return None if claim["value"] == 0.25 else "it is a quarter"
"""


@pytest.fixture
def rows():
    """The raw rows of the sample."""
    return Rows(SAMPLE, dt.date(2025, 1, 8))


def forget() -> None:
    """Let beats and proofs be looked up anew."""
    for cached in (spec.beats, spec.proof, spec.proven, spec._folders, spec._module, audit.owners):
        cached.cache_clear()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """``desk(name, kinds)`` writes a beat of a desk's own that proves those kinds."""
    (tmp_path / "reportgen.toml").write_text("")
    monkeypatch.setenv("REPORTGEN_CONFIG", str(tmp_path / "reportgen.toml"))

    def write(name: str, kinds: str) -> None:
        folder = tmp_path / "beats" / name
        folder.mkdir(parents=True)
        (folder / "beat.toml").write_text(BEAT.format(name))
        (folder / "proof.py").write_text(PROOF.format(kinds))

    forget()
    yield write
    forget()


def test_a_kind_that_nobody_proves_is_an_objection(rows):
    """Nothing is stated that nobody can prove."""
    assert "no proof knows the kind 'thrust'" in audit.objection(CLAIM, rows)


def test_a_desk_proves_what_it_tells(desk, rows):
    """Its proof is asked, and the words are read after it."""
    desk("thrust", '"thrust"')
    assert audit.objection(CLAIM, rows) is None
    assert audit.objection({**CLAIM, "value": 0.26}, rows) == "it is a quarter"
    assert audit.objection({**CLAIM, "text": "up 26%"}, rows) == "'up 26%' of 25.0"


def test_a_proof_may_be_of_one_unit(desk, rows):
    """Of another one, the claim has no proof."""
    desk("thrust", '("thrust", "fraction")')
    assert audit.objection(CLAIM, rows) is None
    assert audit.objection({**CLAIM, "unit": "points"}, rows) is not None


def test_two_proofs_of_a_kind_are_refused(desk, rows):
    """A claim has one judge."""
    desk("thrust", '"record_close"')
    with pytest.raises(SettingsError, match="'records' and 'thrust' both prove the kind 'record_"):
        audit.objection(CLAIM, rows)


def test_what_cannot_be_recomputed_is_an_objection(rows):
    """A claim of an instrument that the files do not have."""
    found = audit.objections([{**CLAIM, "kind": "level", "instrument": "NONE"}], rows)
    assert [one.why for one in found] == [
        "it cannot be recomputed: the data have no closes of NONE"
    ]


def test_the_market_is_read_from_its_file(tmp_path, rows):
    """Its lead index and its indexes; the tables of a desk come before the shipped ones."""
    assert (rows.lead, rows.large) == ("^GSPC", ["^GSPC", "^DJI", "^IXIC"])
    market = tmp_path / "small.toml"
    market.write_text(US.read_text().replace('lead = "^GSPC"', 'lead = "^RUT"'))
    shutil.copy(TABLES / "baskets.toml", tmp_path)
    other = Rows(SAMPLE, dt.date(2025, 1, 8), market=market, tables=(TABLES, tmp_path))
    assert other.lead == "^RUT"
    assert other.previous == dt.date(2025, 1, 7)
    assert other.baskets == rows.baskets


@pytest.fixture(scope="module")
def audited(sample_brief):
    """``audited(facts, claims, *declared)`` audits the sample brief with other facts and claims."""
    brief = sample_brief.brief
    rows = rows_of(brief.record, Location(path=SAMPLE))

    def judge(facts=(), told=(), *declared):
        record = replace(brief.record, facts={**brief.record.facts, **dict(facts)})
        return audit.audit(record, [*claims(brief), *told], rows, declared)

    return judge


def test_every_fact_of_the_sample_is_true(audited, sample_brief):
    """In a running session, with bars, rates, futures and a coin."""
    found = audited()
    assert found.objections == ()
    assert found.proven == len(sample_brief.brief.record.facts)


def test_a_fact_that_no_sentence_states_is_judged_too(audited, sample_brief):
    """Another lead would state it."""
    level = sample_brief.brief.record.facts["rut.level"]
    (objection, *_) = audited({"rut.level": replace(level, value=2226.43)}).objections
    assert str(objection) == "audit: (rut.level): 2226.43 was stated, 2225.43 is true"


def test_words_that_are_not_the_value_are_an_objection(audited, sample_brief):
    """Though the fact is true."""
    claim = next(one for one in claims(sample_brief.brief) if one["fact"] == "rut.level")
    (objection,) = audited(told=[{**claim, "text": "2,229.43"}]).objections
    assert objection.why == "'2,229.43' of 2225.43"


def test_a_kind_of_the_desks_own_is_declared_or_proven(audited, sample_brief):
    """Declared, it is named on the gate's page."""
    own = replace(sample_brief.brief.record.facts["rut.level"], id="rut.fair", kind="fair_value")
    claim = {**own.payload(), "fact": own.id, "text": "2,225.43"}
    assert "declare [kinds.fair_value]" in audited({own.id: own}, [claim]).objections[0].why
    found = audited({own.id: own}, [claim], "fair_value")
    assert (found.objections, found.own) == ((), ("fair_value",))


def test_a_statistic_with_the_name_of_a_proven_kind_is_told_another_name(audited, sample_brief):
    """An author who records "breadth" cannot know that a shipped family proves that kind."""
    level = sample_brief.brief.record.facts["rut.level"]
    own = replace(level, id="breadth", kind="breadth", value=2.0, window="50 sessions")
    (objection, *_) = audited({"breadth": own}, [], "breadth").objections
    assert "give your statistic another id, or kind='own_breadth'" in objection.why


LOWEST = {
    "fact": "wti.lowest_close_since",
    "kind": "lowest_close_since",
    "unit": "date",
    "window": "day",
    "value": "2024-09-20",
    "instrument": "CL=F",
    "evidence": {"now": 73.32, "then": 72.06, "between": 73.35},
}


@pytest.mark.parametrize(
    ("name", "value"), [("now", 73.33), ("then", 72.07), ("between", 73.31), ("between", 73.36)]
)
def test_a_superlative_rests_on_what_the_rows_say(rows, name, value):
    """The last close, that of the day it names, and the lowest of those between."""
    assert audit.objection(LOWEST, rows) is None
    wrong = {**LOWEST, "evidence": {**LOWEST["evidence"], name: value}}
    assert audit.objection(wrong, rows).startswith(f"its evidence '{name}'")


def test_a_basket_of_other_members_is_an_objection(rows):
    """Though their number is right."""
    claim = {**CLAIM, "fact": "miners.members", "kind": "basket", "unit": "count", "value": 3}
    claim |= {"instrument": "basket:miners", "evidence": {"members": ["RIOT", "CLSK", "WULF"]}}
    assert audit.objection({**claim, "text": "three"}, rows) is None
    claim["evidence"] = {"members": ["RIOT", "CLSK", "MARA"]}
    assert "its members are RIOT, CLSK, WULF" in audit.objection({**claim, "text": "three"}, rows)


def test_a_target_range_that_never_moved_is_proven(rows):
    """Within the history that is known: its bounds are, and nobody says since when it holds."""
    for name, value in zip(rows.market["target_range"], (0.0425, 0.045), strict=True):
        days = [dt.date(2025, 1, 6), dt.date(2025, 1, 7)]
        rows._rates[name] = (days, [value, value])
    assert policy(rows) == {"fed.target_low": 0.0425, "fed.target_high": 0.045}


@pytest.mark.parametrize(
    ("session", "last"), [("2023-09-29", "2023-12-13"), ("2023-10-02", "2024-12-18")]
)
def test_the_meetings_of_a_year_are_known_from_october(session, last):
    """Of the year before; the odds of September rest on the meetings of this year."""
    known = Rows(SAMPLE, dt.date.fromisoformat(session)).meetings
    assert known[-1][1] == dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    ("session", "known"), [("2020-03-02", False), ("2020-03-03", True), ("2020-03-16", True)]
)
def test_a_meeting_that_nobody_planned_is_known_once_it_has_decided(session, known):
    """That of March 3, 2020."""
    ends = [end for _, end in Rows(SAMPLE, dt.date.fromisoformat(session)).meetings]
    assert (dt.date(2020, 3, 3) in ends) is known


@pytest.mark.parametrize(("session", "known"), [("2020-03-13", True), ("2020-03-16", False)])
def test_a_meeting_that_is_called_off_counts_until_then(session, known):
    """That of March 17 and 18, 2020, by a decision on the Sunday before."""
    ends = [end for _, end in Rows(SAMPLE, dt.date.fromisoformat(session)).meetings]
    assert (dt.date(2020, 3, 18) in ends) is known


@pytest.mark.parametrize(
    ("symbol", "paid"), [("AZN.L", ("GBP", 0.01)), ("AAPL", ("USD", 1.0)), ("SAP.DE", ("EUR", 1.0))]
)
def test_a_share_in_pence_is_paid_in_pounds(rows, symbol, paid):
    """A hundredth of one each."""
    assert rows.paid_in(symbol) == paid


@pytest.mark.parametrize(
    ("text", "value", "true"),
    [
        ("less than 0.1%", 0.0009, True),
        ("Less than 0.1%", -0.0009, True),
        ("Less than 0.1%", 0.0011, False),
        ("Nearly 3%", 0.0296, True),
        ("Nearly 3%", 0.0396, False),
        ("More than 2%", 0.0265, True),
    ],
)
def test_a_hedge_may_begin_a_caption(text, value, true):
    """With a capital letter it says the same."""
    assert (words(CLAIM | {"text": text, "value": value}) is None) is true

"""The sum of the proofs: who proves a kind, and what nobody proves."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from reportgen.beats import spec
from reportgen.config.resources import SAMPLE
from reportgen.core.errors import SettingsError
from reportgen.verify import audit
from reportgen.verify.rows import TABLES, US, Rows

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

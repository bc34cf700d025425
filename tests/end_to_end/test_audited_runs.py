"""A brief is audited in its run and afterwards: by another reader, from the rows of its data."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from reportgen.beats.spec import SHIPPED
from reportgen.config.resources import SAMPLE
from reportgen.jobs import workspace

RUN = ("run", "desk-recap", "--as-of", "2025-01-08", "--format", "txt", "--format", "json")


@pytest.fixture
def desk(tmp_path):
    """A desk with a copy of the daily recap."""
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    return tmp_path / "desk"


@pytest.fixture
def wrong(desk):
    """``wrong(beat, right, wrong)`` gives the desk a detector of its own with one line changed."""

    def write(beat, *lines):
        shutil.copytree(SHIPPED / beat, desk / "beats" / beat)
        code = (SHIPPED / beat / "detect.py").read_text()
        assert lines[0] in code
        (desk / "beats" / beat / "detect.py").write_text(code.replace(*lines))

    return write


def test_a_wrong_detector_is_held(desk, wrong, apart):
    """It measures the way to the record from the close of the day before."""
    wrong("records", "track.last / old.level - 1,", "track.closes.iloc[-2] / old.level - 1,")
    done = apart(*RUN, folder=desk)
    page = (desk / "out" / "desk-recap" / "2025-01-08" / "gate.txt").read_text()
    assert done.exit_code == 3
    assert page.startswith("VERDICT  HOLD")
    assert "audit: (spx.near_record): " in page


def test_the_gate_says_how_many_facts_were_computed_again(sample_brief, apart):
    """In gate.txt, and by the command."""
    page = (sample_brief.folder / "gate.txt").read_text()
    facts = json.loads((sample_brief.folder / "brief.json").read_text())["facts"]
    assert f"audit    {len(facts)} facts computed again from the data" in page
    done = apart("audit", sample_brief.folder)
    assert f"{len(facts)} facts computed again from the data, all true." in done.output


def test_a_brief_of_other_data_is_named_as_such(sample_brief, apart, tmp_path):
    """One close that a source restated is an objection, and the file is said to have changed."""
    data = shutil.copytree(SAMPLE, tmp_path / "data")
    rows = gzip.decompress((data / "daily.csv.gz").read_bytes()).decode()
    last = next(row for row in rows.splitlines() if row.startswith("2025-01-07,^RUT,"))
    (data / "daily.csv.gz").write_bytes(gzip.compress(rows.replace(last, f"{last}1").encode()))
    done = apart("audit", sample_brief.folder, "--data", data)
    assert done.exit_code == 3
    assert "changed since: daily.csv.gz" in done.stderr
    assert "(rut.pct_change)" in done.stdout


def test_a_superlative_carries_its_evidence(desk, apart):
    """The last value, that of the session it names, and the extreme of those between."""
    apart(*RUN, folder=desk)
    path = Path("out") / "desk-recap" / "2025-01-08" / "brief.json"
    facts = json.loads((desk / path).read_text())["facts"].values()
    found = [fact for fact in facts if fact["kind"].endswith("_since")]
    assert all({"now", "then"} <= fact["evidence"].keys() for fact in found)

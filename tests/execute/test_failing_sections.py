"""A section that fails leaves a gap that the brief names; a required one holds the brief back."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tomllib
from pathlib import Path

import inprocess
import nbformat
import pytest

from reportgen.core.errors import CellFailed, Held
from reportgen.produce.telling import check_folder
from reportgen.record.request import Request, load_report

FAULT = 'raise ConnectionError("the wire is down")'


@pytest.fixture
def broken(tmp_path, alone):
    """The small-caps report copied, with a piece of its notebook's code replaced, run into
    tmp_path / "out".
    """

    def start(old, new):
        report = load_report("small-caps")
        folder = shutil.copytree(report.folder, tmp_path / "small-caps")
        assert tomllib.loads((folder / "report.toml").read_text())["title"] == report.title
        book = nbformat.read(folder / "notebook.ipynb", 4)
        assert any(old in cell.source for cell in book.cells)
        for cell in book.cells:
            cell.source = cell.source.replace(old, new)
        nbformat.write(book, folder / "notebook.ipynb")
        request = Request(
            report=dataclasses.replace(report, folder=folder), as_of="2025-01-08 13:00"
        )
        return Path(alone(inprocess.produced, request, tmp_path / "out").folder)

    return start


@pytest.fixture
def good(tmp_path):
    """Outputs of an earlier run, in the way of the new one."""
    folder = tmp_path / "out" / "small-caps" / "2025-01-08T1300"
    folder.mkdir(parents=True)
    for name in ("brief.html", "notebook.ipynb"):
        (folder / name).write_text(f"the last good {name}")
    return folder


def contents(folder):
    """Names and texts of the files in *folder*, but for the gate's page,
    which tells of the last run.
    """
    files = (path for path in folder.iterdir() if path.is_file() and path.name != "gate.txt")
    return {path.name: path.read_text() for path in files}


def test_a_failing_section_leaves_a_gap_that_is_named(broken):
    """The mid caps fail.

    The brief is degraded, says so to its reader, and is right in all the rest.
    """
    folder = broken('mid = desk.track("MDY", running=False)', FAULT)
    document = json.loads((folder / "brief.json").read_text())
    assert (document["verdict"], document["gaps"][0]) == ("degraded", "mid caps")
    assert "This brief has a gap: mid caps." in " ".join((folder / "brief.txt").read_text().split())
    assert "the wire is down" in (folder / "notebook.ipynb").read_text()
    assert (
        "the wire is down" not in (folder / "brief.html").read_text().partition('id="appendix"')[0]
    )
    assert check_folder(folder) == []


def test_a_failing_required_section_holds_the_brief(broken, good):
    """Without the index there is no brief.

    Held names the section and its error, the last good files are set aside.
    """
    before = contents(good)
    with pytest.raises(
        Held, match=r"index \(cell 5, line 2\): ConnectionError: the wire"
    ) as caught:
        broken('small = desk.track("^RUT")', FAULT)
    assert caught.value.exit_code == 3
    assert contents(good / "older") == before
    assert (good / "gate.txt").read_text().startswith("VERDICT  HOLD")


def test_a_cell_that_fails_outside_every_section_keeps_its_notebook_apart(broken, good):
    """The run ends with the cell's error.

    The last good files are set aside, so that nobody opens them as the brief of now.
    """
    before = contents(good)
    with pytest.raises(CellFailed, match="the wire is down") as caught:
        broken("desk = open_desk(", f"{FAULT}\ndesk = open_desk(")
    evidence = good / "notebook.failed.ipynb"
    assert str(evidence) in str(caught.value)
    assert "the wire is down" in evidence.read_text()
    assert contents(good / "older") == before
    assert set(contents(good)) == {evidence.name, "seal.failed.json"}


def test_a_held_brief_keeps_its_notebook_as_evidence(broken, good):
    """Law 5: a failed run keeps its own notebook, with the error in it."""
    with pytest.raises(Held):
        broken('small = desk.track("^RUT")', FAULT)
    assert [path.name for path in good.glob("*.*") if "Traceback" in path.read_text()] == [
        "notebook.failed.ipynb"
    ]


def test_a_long_error_of_a_section_is_cut_on_the_page_of_the_gate(broken, good):
    """And in the words of the command; the notebook has it whole."""
    long = 'raise ConnectionError("the wire is down " * 100_000)'
    with pytest.raises(Held) as caught:
        broken('small = desk.track("^RUT")', long)
    assert len(str(caught.value)) < 2_000
    page = (good / "gate.txt").read_text()
    assert page.startswith("VERDICT  HOLD")
    assert len(page) < 10_000

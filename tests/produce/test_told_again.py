"""A finished brief that is checked or read again, from its sealed record."""

from __future__ import annotations

import shutil

import pytest

from reportgen.core.errors import FactCheckError, Held, RecordError
from reportgen.produce import telling
from reportgen.record.request import Policy
from reportgen.rendering.brief import Rendering
from reportgen.verify.factcheck import Check


@pytest.fixture
def brief(sample_brief, tmp_path):
    """A copy of a finished brief."""
    return shutil.copytree(sample_brief.folder, tmp_path / "brief")


@pytest.fixture
def untold(monkeypatch):
    """Nothing can be told any more."""

    def fail(*_):
        raise AssertionError

    monkeypatch.setattr(telling.compose, "compose", fail)


def test_a_brief_of_these_templates_is_judged_anew(brief):
    """Told again word for word, and every file is held against it."""
    assert telling.judged(brief)
    assert telling.check_folder(brief) == []


@pytest.mark.usefixtures("untold")
def test_a_brief_of_other_templates_is_not_told_again(brief, monkeypatch):
    """It would be told in other words; its seal stands."""
    monkeypatch.setattr(telling, "shipped_digest", lambda: "of another version")
    assert not telling.judged(brief)
    assert telling.check_folder(brief) == []


def test_what_is_read_again_has_its_files(brief):
    """And the words of the brief."""
    read = telling.read_finished(brief)
    assert (read.report, read.folder) == ("small-caps", str(brief))
    assert {file.rpartition("/")[2] for file in read.files} == {p.name for p in brief.iterdir()}


def test_a_failed_check_refuses_a_brief():
    """The first one is said, and how many more there are."""
    one = Check("page", "up 1%", "1%", "", "it fell")
    telling.refuse([])
    with pytest.raises(FactCheckError, match=r"1 statement is not borne out: [^(]*$"):
        telling.refuse([one])
    with pytest.raises(FactCheckError, match=r"3 statements are .*\(and 2 more, which gate\.txt"):
        telling.refuse([one] * 3)


@pytest.mark.parametrize(
    ("size", "profile", "held"),
    [(9, "", False), (10, "", False), (11, "", True), (0, "", True), (9, "publish", True)],
)
def test_a_brief_is_held_for_a_file_that_is_too_large_or_a_source_that_may_not_be_published(
    sample_brief, size, profile, held
):
    """The latter only where it would be published."""
    brief = telling.read_finished(sample_brief.folder)
    brief.record.context["restricted"] = {"Yahoo": "personal use"}
    file = Rendering(name="brief.html", data=b"x" * size)
    policy = Policy(sizes={"html": 10})
    if held:
        with pytest.raises(Held, match="The brief is held"):
            telling.hold(brief, [file], policy, profile)
    else:
        telling.hold(brief, [file], policy, profile)


def test_a_folder_without_a_notebook_is_named(tmp_path):
    """And a file that is none."""
    with pytest.raises(RecordError, match="does not exist; give the folder of a brief"):
        telling.read_notebook(tmp_path / "notebook.ipynb")
    (tmp_path / "notebook.ipynb").write_text("no notebook")
    with pytest.raises(RecordError, match="is not a notebook"):
        telling.read_notebook(tmp_path / "notebook.ipynb")

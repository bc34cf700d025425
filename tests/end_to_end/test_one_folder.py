"""What lies in the folder of a brief is one brief.

The last that was made well, or what a failed run left.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.config.resources import SAMPLE, resource

LABEL = "daily-recap/2025-01-08"
RUN = ("run", "daily-recap", "--as-of", "2025-01-08")


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder in which commands are called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def own(here):
    """A desk with the daily recap as a report of its own, to be broken."""
    (here / "reportgen.toml").write_text("")
    shutil.copytree(resource("reports/daily-recap"), here / "reports" / "mine")
    notebook = here / "reports" / "mine" / "notebook.ipynb"
    notebook.write_text(notebook.read_text().replace("daily-recap", "mine"))
    return here / "reports" / "mine"


@pytest.mark.slow
def test_fewer_formats_leave_no_file_of_before(here, apart):
    """A page that nobody made again would be sent beside a text that was."""
    assert apart(*RUN, "--format", "txt", "--format", "html").exit_code == 0
    assert apart(*RUN, "--format", "txt").exit_code == 0
    names = {path.name for path in (here / "out" / LABEL).iterdir()}
    assert names == {"brief.txt", "gate.txt", "notebook.ipynb", "seal.json"}


@pytest.mark.slow
def test_a_failed_run_sets_the_last_good_brief_aside(here, apart):
    """Nobody opens it as the brief of now; it is whole where it lies."""
    data = shutil.copytree(SAMPLE, here / "data")
    args = (*RUN, "--format", "txt", "--data", data)
    assert apart(*args).exit_code == 0
    (data / "daily.csv.gz").write_bytes(b"")
    assert apart(*args).exit_code == 3
    place = here / "out" / LABEL
    assert {path.name for path in place.iterdir()} == {"gate.txt", "older"}
    assert call("check", place / "older").exit_code == 0


def test_a_broken_story_ends_with_its_line_and_keeps_the_notebook(own, here, apart):
    """Which is told again, without running it, once the story is right."""
    story = own / "story.j2"
    right = story.read_text()
    story.write_text(right + "\n{{ nothing.at.all | level }}\n")
    args = ("run", "mine", "--as-of", "2025-01-08", "--format", "txt")
    result = apart(*args)
    assert result.exit_code != 0
    assert f"story.j2, line {len(right.splitlines()) + 2}" in result.stderr
    place = here / "out" / "mine" / "2025-01-08"
    assert (place / "notebook.failed.ipynb").is_file()
    story.write_text(right)
    assert call("render", place).exit_code == 0
    assert call("check", place).exit_code == 0


def test_an_edited_story_does_not_make_yesterdays_brief_false(own, here, apart):
    """The record keeps the story that it was told by."""
    assert apart("run", "mine", "--as-of", "2025-01-08", "--format", "txt").exit_code == 0
    story = own / "story.j2"
    story.write_text(story.read_text() + "\n{{ nothing.at.all | level }}\n")
    assert call("check", here / "out" / "mine" / "2025-01-08").exit_code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("own")
def test_a_brief_is_checked_and_rendered_from_any_folder(
    here, tmp_path_factory, monkeypatch, apart
):
    """Also where nobody has its report."""
    assert apart("run", "mine", "--as-of", "2025-01-08", "--format", "txt").exit_code == 0
    place = here / "out" / "mine" / "2025-01-08"
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert call("check", place).exit_code == 0
    assert call("render", place).exit_code == 0


@pytest.mark.slow
def test_a_source_may_have_a_comma_in_its_name(here, apart):
    """In the footer and on the gate's page."""
    data = shutil.copytree(SAMPLE, here / "data")
    description = data / "dataset.toml"
    text = description.read_text().replace('"simulated closes"', '"Desk & Sons, Inc."')
    description.write_text(text)
    result = apart(*RUN, "--data", data, "--format", "txt", "--format", "html", "--format", "eml")
    assert result.exit_code == 0, result.stderr
    assert "- Desk & Sons, Inc.: " in (here / "out" / LABEL / "gate.txt").read_text()


def test_futures_name_their_source_on_the_page_of_the_gate(here, apart):
    """As everything else does."""
    assert apart(*RUN, "--format", "txt").exit_code == 0
    page = (here / "out" / LABEL / "gate.txt").read_text()
    assert "- simulated 30-day Fed funds futures: FEDFUNDS" in page


def test_the_module_runs_as_the_command_does():
    """``python -m reportgen``, where no command was installed."""
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "list"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "daily-recap" in done.stdout) == (0, True)


def test_the_record_carries_what_judges_the_brief(here, apart):
    """Title, policy, story and the digest of the templates."""
    assert apart(*RUN, "--format", "txt").exit_code == 0
    record = json.loads((here / "out" / LABEL / "notebook.ipynb").read_text())
    kept = record["metadata"]["reportgen"]["report"]
    assert {"title", "policy", "story", "templates"} <= set(kept)

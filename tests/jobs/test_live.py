"""A page that follows the files of a report: each test saves a file, as an editor does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from reportgen.jobs.live import only_told
from reportgen.jobs.workspace import create

pytestmark = pytest.mark.slow
PATIENCE = 120
FOOTER = '{% include "story/en/parts/recap/footer.j2" %}'


class Preview:
    """A running preview, and the files of its desk."""

    def __init__(self, desk):
        self.desk, self.report = desk, desk / "reports" / "desk-recap"
        command = (sys.executable, "-m", "reportgen", "preview", "desk-recap", "--watch")
        self.process = subprocess.Popen(
            [*command, "--no-open", "--as-of", "2025-01-08"],
            cwd=desk,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self.process.stdout.readline().strip()
        self.state = {"number": 0}

    def stop(self):
        """Stop it as Ctrl+C does; its exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def read(self, name):
        """A file of the preview, as its browser gets it."""
        with urlopen(self.address + name) as answer:
            return answer.read().decode()

    def next(self):
        """The state after the next draft."""
        before, until = self.state["number"], time.monotonic() + PATIENCE
        while self.state["number"] == before and time.monotonic() < until:
            time.sleep(0.02)
            self.state = json.loads(self.read("state.json"))
        assert self.state["number"] == before + 1, "one save makes one draft"
        return self.state

    def save(self, path, old, new):
        """The state after *old* is replaced by *new* in a file."""
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return self.next()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A preview of a fresh desk's report."""
    desk = tmp_path_factory.mktemp("live") / "desk"
    create(desk, "daily-recap", "desk-recap")
    preview = Preview(desk)
    yield preview
    preview.stop()


@pytest.fixture
def preview(running):
    """The preview with the files as they were, and no objections."""
    files = {path: path.read_bytes() for path in running.desk.rglob("*") if path.is_file()}
    state = running.next() if running.state["number"] == 0 else running.state
    assert state["errors"] == []
    yield running
    for path in running.desk.rglob("*"):
        if path.is_file() and path.read_bytes() != files.get(path, b""):
            path.write_bytes(files[path]) if path in files else path.unlink()
            running.next()


def test_the_first_draft_is_the_page_of_the_report(preview):
    page = preview.read("page.html")
    assert "Wednesday, Jan. 8, 2025" in page
    assert page.count("<svg") >= 3
    assert 'id="errors"' in preview.read("")


def test_a_sentence_that_is_saved_is_on_the_page(preview):
    state = preview.save(preview.report / "story.j2", FOOTER, f"The desk says hello.\n\n{FOOTER}")
    assert "The desk says hello." in preview.read("page.html")
    assert [line.rpartition("/")[2] for line in state["errors"]] == [
        f'story.j2, line {line_of(preview, "The desk says hello.")}: "The desk says hello." (new)'
    ]


def test_a_false_sentence_is_on_the_page_with_its_reason_above(preview):
    state = preview.save(preview.report / "story.j2", FOOTER, f"Bonds fell 50%.\n\n{FOOTER}")
    place = f"story.j2, line {line_of(preview, 'Bonds fell 50%.')}: “fell”: "
    assert any(line.startswith(place) for line in state["errors"]), state["errors"]
    assert "Bonds fell 50%." in preview.read("page.html")


def test_an_error_of_the_story_has_file_and_line_and_the_page_stays(preview):
    before = preview.read("page.html")
    story = preview.report / "story.j2"
    state = preview.save(story, "{% include", "{{ nosuch }}\n{% include")
    assert f"story.j2, line {line_of(preview, '{{ nosuch }}')}: " in state["errors"][0]
    assert preview.read("page.html") == before


def test_a_change_of_the_notebook_runs_it_again(preview):
    preview.save(preview.report / "notebook.ipynb", "desk.strip(", "desk.stripp(")
    assert "notebook and story" in heard(preview)


def test_a_colour_of_the_desk_is_the_page_s_at_once(preview):
    tokens = preview.desk / "templates" / "tokens.json"
    shipped = json.loads((root() / "templates" / "tokens.json").read_text())
    shipped["light"]["accent"] = "#123456"
    tokens.parent.mkdir()
    tokens.write_text(json.dumps(shipped))
    assert preview.next()["errors"] == []
    assert "#123456" in preview.read("page.html")


def test_settings_that_are_off_are_named_and_the_preview_goes_on(preview):
    state = preview.save(preview.report / "report.toml", "most_gaps", "most_gap")
    assert "report.toml, line" in state["errors"][0]
    assert "Did you mean 'most_gaps'" in state["errors"][0]


def test_it_ends_with_its_processes(tmp_path):
    create(tmp_path / "desk", "daily-recap", "desk-recap")
    preview = Preview(tmp_path / "desk")
    preview.next()
    assert preview.stop() == 0
    with pytest.raises(OSError, match="refused"):
        preview.read("")


def test_only_stories_templates_and_vouched_words_leave_the_notebook_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reportgen.toml").touch()
    (tmp_path / "templates").mkdir()
    for name in ("reports/a/story.j2", "words.toml", "templates/page/brief.css"):
        assert only_told(tmp_path / name), name
    for name in ("reports/a/notebook.ipynb", "reports/a/report.toml", "baskets.toml"):
        assert not only_told(tmp_path / name), name


def line_of(preview, words):
    """The number of the story's line that holds *words*."""
    lines = (preview.report / "story.j2").read_text().splitlines()
    return 1 + next(number for number, line in enumerate(lines) if words in line)


def heard(preview):
    """What the preview printed since it was heard before."""
    os.set_blocking(preview.process.stdout.fileno(), False)
    try:
        return preview.process.stdout.read() or ""
    finally:
        os.set_blocking(preview.process.stdout.fileno(), True)


def root():
    """The folder of the shipped templates."""
    from reportgen.config.resources import PACKAGE

    return PACKAGE.parent if (PACKAGE.parent / "templates").is_dir() else PACKAGE

"""Output that cannot be written: exit code 6, one line, and the last good
files stay as they were.
"""

from __future__ import annotations

import inprocess
import pytest

from reportgen.core.errors import RenderError
from reportgen.files.outputs import LocalFolder

RUN = ["run", "small-caps", "--as-of", "2025-01-08 13:00", "--out"]
LIMIT = 1_120_000
"""Bytes a file may have on the small disk.

Fewer than the page has, more than any other file of a run.
"""


def contents(folder):
    """Every file below *folder* with its bytes."""
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*"))}


@pytest.fixture
def on_a_small_disk(alone):
    """Call the command line in a process of its own whose files may have *limit* bytes, as
    on a disk nearly full.
    """
    return lambda *args, limit=LIMIT: alone(inprocess.cramped, limit, list(map(str, args)))


def test_an_output_below_a_file_is_refused_before_any_work(refused, tmp_path):
    """A path through a regular file cannot become a folder."""
    (tmp_path / "notes").write_text("mine")
    refused(6, [*RUN, tmp_path / "notes" / "out"], str(tmp_path / "notes"), "is not a folder")
    assert contents(tmp_path) == {"notes": b"mine"}


def test_an_output_where_none_can_write_is_refused_before_any_work(refused):
    """Not even root makes a folder in /proc."""
    refused(6, [*RUN, "/proc/briefs"], "/proc cannot be written")


def test_render_into_an_unwritable_place_is_refused(refused, brief):
    """Rendering again has the same manners, and leaves the brief alone."""
    before = contents(brief)
    refused(
        6,
        ["render", brief, "--format", "txt", "--out", brief / "brief.txt" / "below"],
        "could not be written",
        "brief.txt",
    )
    refused(
        6,
        ["render", brief, "--format", "txt", "--out", "/proc/briefs"],
        "could not be written to /proc/briefs",
    )
    assert contents(brief) == before


@pytest.mark.slow
def test_a_disk_that_fills_during_a_run_leaves_the_last_good_files(on_a_small_disk, made, tmp_path):
    """The page does not fit: the brief of before stays to the byte, and no
    temporary file remains.
    """
    import shutil

    folder = shutil.copytree(made[1], tmp_path / "out" / "small-caps" / "2025-01-08T1300")
    before = contents(folder)
    result = on_a_small_disk(*RUN, tmp_path / "out")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (
        6,
        "",
        1,
    ), result.stderr
    assert "could not be written" in result.stderr
    assert "the last good files are untouched" in result.stderr
    assert contents(folder) == before


def test_a_disk_that_fills_during_a_first_run_leaves_nothing(on_a_small_disk, brief, tmp_path):
    """Where no brief was before, none is after: not a file, not a folder."""
    result = on_a_small_disk("render", brief, "--out", tmp_path / "new" / "small-caps")
    assert (result.exit_code, result.stderr.count("\n")) == (6, 1), result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["brief"]


def test_a_disk_too_small_for_the_run_itself_is_told_in_one_line(on_a_small_disk, tmp_path):
    """Where even the data handed to the kernel do not fit, the line says
    so, and nothing is left behind.
    """
    result = on_a_small_disk(*RUN, tmp_path / "out", limit=100_000)
    assert "Traceback" not in result.stderr
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (
        6,
        "",
        1,
    ), result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_replaced_leaves_all_of_them(tmp_path):
    """A folder stands where the text should go: the page, which could be replaced, is not."""
    (tmp_path / "brief.html").write_bytes(b"good page")
    (tmp_path / "brief.txt").mkdir()
    with pytest.raises(RenderError, match="could not be written"):
        LocalFolder(tmp_path).write({"brief.html": b"new", "brief.txt": b"new"})
    assert (tmp_path / "brief.html").read_bytes() == b"good page"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["brief.html", "brief.txt"]

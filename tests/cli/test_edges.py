"""Streams that are closed or full, Ctrl-C at once, too little memory: a line each, no traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.config.resources import Home
from reportgen.config.schema import read_toml
from reportgen.core.errors import NO_MEMORY, EditError, NarrativeError, SettingsError
from reportgen.files.outputs import LocalFolder
from reportgen.record.edits import read_edits
from reportgen.record.templates import Templates

COMMAND = [sys.executable, "-m", "reportgen"]


def shell(line, **options):
    """The exit code and the lines on standard error of a command line of the shell."""
    text = line.replace("reportgen", " ".join(COMMAND))
    done = subprocess.run(
        ["sh", "-c", text], check=False, capture_output=True, text=True, **options
    )
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("reportgen list >&-", 6, "the standard output cannot be used: Bad file descriptor."),
        ("reportgen list >/dev/full", 6, "the standard output cannot be used: No space left"),
        ("reportgen show weather 2>&-", 2, ""),
        ("reportgen list >/dev/null 2>&- <&-", 0, ""),
    ],
)
def test_a_stream_that_is_closed_or_full_is_named(line, code, words):
    """The results of a command are not lost silently; its errors may be."""
    ended, told = shell(line)
    assert (ended, len(told)) == (code, bool(words))
    assert all(words in one for one in told)


@pytest.mark.slow
@pytest.mark.parametrize("to", [">&-", ">/dev/full"])
def test_a_check_whose_result_cannot_be_written_is_no_traceback(brief, to):
    """It passed, and says that it could not say so."""
    ended, told = shell(f"reportgen check {brief} {to}")
    assert (ended, len(told)) == (6, 1)


def test_files_do_not_take_the_numbers_of_closed_streams(tmp_path):
    """What a library prints would go into them."""
    code = (
        "from reportgen.cli import streams; streams.open_all(); import os, sys;"
        f"f = os.open({str(tmp_path / 'file')!r}, os.O_CREAT | os.O_WRONLY); sys.exit(f)"
    )
    done = subprocess.run(["sh", "-c", f'"{sys.executable}" -c "{code}" <&- >&- 2>&-'], check=False)
    assert done.returncode > 2


AT_ONCE = """
import signal, sys
from reportgen.__main__ import entry
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, float(sys.argv.pop(1)))
entry()
"""
"""The command line, to which Ctrl-C comes after so many seconds."""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.001, 0.02, 0.05, 0.1, 0.2, 0.4, 1])
def test_an_interrupt_at_once_is_one_line(tmp_path, after):
    """Also while the command line is still imported."""
    args = ["run", "small-caps", "--as-of", "2025-01-08", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, str(after), *args],
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert (done.returncode, done.stderr) == (130, "reportgen: stopped.\n")


def limited(megabytes, *args):
    """The exit code and the last line of a command that may have so many megabytes."""
    size = megabytes << 20
    done = subprocess.run(
        [*COMMAND, *map(str, args)],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [150, 250, 300, 400, 700, 2000])
def test_too_little_memory_is_called_that(tmp_path, megabytes):
    """With what to do about it, whatever met its end first."""
    code, told = limited(
        megabytes, "run", "small-caps", "--as-of", "2025-01-08 13:00", "--out", tmp_path
    )
    assert code in (4, 6)
    assert "memory" in told
    assert "ulimit -v" in told
    assert "temporary" not in told


def test_the_words_for_too_little_memory_say_what_to_do():
    assert "ulimit -v" in NO_MEMORY


@pytest.mark.parametrize(
    "out", ["n" * 300, f"{'n' * 300}/below", "n/" * 3000, "/dev/null", "/dev/full/x", "/proc/1/x"]
)
def test_an_output_that_can_be_no_folder_is_refused_before_any_work(refused, out):
    refused(6, ["run", "small-caps", "--as-of", "2025-01-08 13:00", "--out", out])
    assert not Path("n").exists()


@pytest.mark.parametrize("special", [os.mkfifo, os.mkdir])
def test_edits_that_are_no_file_are_refused(tmp_path, special):
    """A pipe that nobody writes would be waited for."""
    special(tmp_path / "edits.toml")
    with pytest.raises(EditError, match=r"edits.toml in .* cannot be read: it is a folder, pipe"):
        read_edits(LocalFolder(tmp_path))


def test_a_pipe_among_the_files_of_a_desk_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "report.toml")
    os.mkfifo(tmp_path / "story.j2")
    with pytest.raises(SettingsError, match=r"report.toml: it is a pipe, and no file"):
        read_toml(tmp_path / "report.toml", Home)
    with pytest.raises(NarrativeError, match=r"story.j2 is a folder, pipe or device"):
        Templates.of(tmp_path)

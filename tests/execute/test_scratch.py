"""Temporary folders and processes of runs that were killed do not stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from reportgen.files.scratch import LOCK, Scratch, sweep

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is swept")

HOLDS = """
import sys, time
from reportgen.files.scratch import Scratch
print(Scratch("test").path, flush=True)
time.sleep(60)
"""
RUNS = """
import sys, time
from pathlib import Path
from reportgen.execute.kernel import ForkedKernel
kernel = ForkedKernel.start(Path.cwd())
kernel.wait(30)
code = "import subprocess; print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid)"
kernel.ask({"header": {"msg_type": "execute_request"}, "content": {"code": code, "store_history": True}})
while True:
    for message in kernel.messages():
        if message["msg_type"] == "stream":
            print(message["content"]["text"], flush=True)
"""


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Start a program whose temporary folders are in tmp_path: the process and its first line."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    programs = []

    def start(code):
        program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        programs.append(program)
        return program, program.stdout.readline().strip()

    yield start
    for program in programs:
        program.kill()
        program.wait()
        program.stdout.close()


def test_the_folder_of_a_killed_process_is_swept_at_a_later_start(started):
    """And not while the process lives."""
    program, folder = started(HOLDS)
    assert sweep() == []
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    assert sweep() == [Path(folder).name]
    assert not Path(folder).exists()


def test_a_folder_that_nobody_is_known_to_hold_stays(monkeypatch, tmp_path):
    """It may be somebody's own, of a like name; so does what is held here, or linked."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "reportgen-of-a-person").mkdir()
    with Scratch("test") as folder:
        (tmp_path / "reportgen-link").symlink_to(folder)
        assert sweep() == []
        assert (folder / LOCK).is_file()


@pytest.mark.slow
def test_a_killed_run_leaves_no_process_and_no_folder(started, tmp_path):
    """Not even a process that a cell has put into a session of its own."""
    program, pid = started(RUNS)
    assert psutil.pid_exists(int(pid))
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (psutil.pid_exists(int(pid)) or _left(tmp_path)):
        sweep()
        time.sleep(0.02)
    assert not psutil.pid_exists(int(pid))
    assert _left(tmp_path) == []


def _left(place):
    return list(place.glob("reportgen-*"))

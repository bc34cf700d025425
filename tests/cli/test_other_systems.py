"""A system without fork, resource limits and locks of Unix: the stock engine makes the brief."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

import pytest

ELSEWHERE = """
import asyncio, os, pypdfium2, subprocess, sys, sysconfig, urllib.request
sysconfig.get_config_vars()  # what is native here is read first

class Absent:
    names = {"fcntl", "resource", "pwd", "grp", "termios"}

    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in Absent.names:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
for name in ("fork", "forkpty", "register_at_fork", "killpg", "setpgid", "getpgid", "pipe2"):
    delattr(os, name)
sys.platform = "darwin"
from reportgen.__main__ import entry
entry()
"""


def elsewhere(folder, *args):
    """What a command says on such a system.

    Its temporary folders have no locks, so that one of this system would sweep them. Their path is
    short, as that of a socket has to be.
    """
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as temporary:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ELSEWHERE, *args],
            cwd=folder,
            env={**os.environ, "TMPDIR": temporary},
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.mark.slow
@pytest.mark.parametrize("command", ["list", "doctor", "show small-caps", "schedule --help"])
def test_commands_without_a_kernel_run_on_other_systems(tmp_path, command):
    done = elsewhere(tmp_path, *command.split())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_whole_brief_is_made_on_other_systems(tmp_path):
    """By the stock engine, which is said, and it passes its check."""
    made = elsewhere(
        tmp_path, "run", "small-caps", "--data", "sample", "--as-of", "2025-01-08 13:00"
    )
    assert made.returncode == 0, made.stderr
    assert made.stderr == (
        "reportgen: fork is not used on darwin; the notebook runs in a stock kernel.\n"
    )
    brief = tmp_path / "out" / "small-caps" / "2025-01-08T1300"
    assert json.loads((brief / "brief.json").read_text())["verdict"] == "send"
    assert elsewhere(tmp_path, "check", str(brief)).returncode == 0


@pytest.mark.slow
def test_a_batch_runs_on_other_systems(tmp_path):
    """One brief after the other, each in a stock kernel."""
    days = ("--from", "2025-01-07", "--to", "2025-01-08", "--jobs", "1", "--format", "txt")
    done = elsewhere(tmp_path, "backfill", "small-caps", *days)
    assert done.returncode == 0, done.stderr
    assert "2 made" in done.stdout

"""A lock is one process's, ends with it, and is refused in words where it cannot be made."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from reportgen.core.errors import SettingsError
from reportgen.files.locks import locked

HOLDER = """
import sys, time
from pathlib import Path
from reportgen.files.locks import locked
with locked(Path(sys.argv[1])) as free:
    print(free, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock at the path ``lock`` in the test's folder."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_a_lock_is_made_with_its_folder_and_freed_at_the_end(tmp_path):
    """It can be taken again, and within itself it is not free."""
    path = tmp_path / "state" / "lock"
    for _ in range(2):
        with locked(path) as free:
            assert free
            with locked(path) as again:
                assert not again


def test_a_lock_of_another_process_is_not_free(tmp_path, holder):
    """Not at once, and not within the seconds that are waited for it."""
    began = time.monotonic()
    with locked(tmp_path / "lock") as free:
        assert not free
    with locked(tmp_path / "lock", seconds=0.2) as free:
        assert not free
    assert time.monotonic() - began >= 0.2
    assert holder.poll() is None


def test_a_killed_process_leaves_no_lock(tmp_path, holder):
    """The system frees it, and who waits has it."""
    holder.kill()
    with locked(tmp_path / "lock", seconds=10) as free:
        assert free


def test_what_fails_below_a_lock_is_not_its_failure(tmp_path):
    """The error is the work's own, and the lock is free again."""
    with pytest.raises(OSError, match="disk"), locked(tmp_path / "lock"):
        raise OSError("disk")
    with locked(tmp_path / "lock") as free:
        assert free


def test_a_lock_that_cannot_be_made_is_refused_by_its_path(tmp_path):
    """Here its folder is a file."""
    (tmp_path / "state").write_text("")
    refused = pytest.raises(SettingsError, match=r"The lock .*state/lock cannot be used")
    with refused, locked(tmp_path / "state" / "lock"):
        pass

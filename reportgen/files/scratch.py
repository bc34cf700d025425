"""Temporary folders.

Each is held by a lock that the system lets go when its process ends, however it ends. A later
start removes what nobody holds any more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "reportgen-"
LOCK = "owner.lock"
"""The file in a folder that its process holds."""


class Scratch:
    """A temporary folder at ``path``, until it is closed or its process ends.

    Processes forked by this one hold it too.

    >>> with Scratch("example") as folder:
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """

    def __init__(self, kind: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
        fresh = self.path / "new.lock"
        self._held = os.open(fresh, os.O_RDWR | os.O_CREAT)
        _lock(self._held)
        fresh.rename(self.path / LOCK)  # nobody finds it before it is held

    def close(self) -> None:
        """Remove the folder."""
        if self._held >= 0:
            os.close(self._held)  # before it is removed: some systems keep open files
            self._held = -1
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()


def sweep() -> list[str]:
    """The names of the folders that it removed: this user's, of processes that have ended."""
    return [entry.name for entry in os.scandir(tempfile.gettempdir()) if _swept(entry)]


def _swept(entry: os.DirEntry[str]) -> bool:
    if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False):
        return False
    with contextlib.suppress(OSError):  # no folder of ours, another user's, or held
        held = os.open(Path(entry.path, LOCK), os.O_RDWR)
        try:
            if os.fstat(held).st_uid == os.getuid() and _lock(held):
                shutil.rmtree(entry.path, ignore_errors=True)
                return True
        finally:
            os.close(held)
    return False


def _lock(file: int) -> bool:
    """Whether this process holds *file* now: its own lock, until it closes it or ends.

    Raises:
        OSError: Another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # a system without such locks: nothing is swept there
        return False
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True

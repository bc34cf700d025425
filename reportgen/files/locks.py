"""One process at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from reportgen.core.errors import SettingsError


@contextmanager
def locked(path: Path, seconds: float = 0.0) -> Iterator[bool]:
    """Whether the lock at *path* is free, or becomes so within *seconds*.

    It is then ours until the end of the ``with``. SQLite takes the lock from the
    file system.

    Args:
        path: The file of the lock, which is made where it does not exist.
        seconds: How long to wait for another process; 0 asks once.

    Raises:
        SettingsError: The file cannot be used.
    """
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            free = _taken(
                stack.enter_context(
                    closing(sqlite3.connect(path, timeout=seconds, isolation_level=None))
                )
            )
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"The lock {path} cannot be used: {error}; remove it, or let"
                " its folder be written.",
                subject=path,
            ) from error
        yield free  # what fails below the lock is not the lock's failure


def _taken(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True

"""One process at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reportgen.core.errors import SettingsError


@contextmanager
def locked(path: Path, seconds: float = 0.0) -> Iterator[bool]:
    """Whether the lock at *path* is free, or becomes so within *seconds*.

    It is then ours until the end of the ``with``. The system frees it when the
    process ends.

    Args:
        path: The file of the lock, which is made where it does not exist.
        seconds: How long to wait for another process; 0 asks once.

    Raises:
        SettingsError: The file cannot be used.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=seconds)
    except Timeout:
        yield False
        return
    except (OSError, NotImplementedError) as error:  # some network folders have no locks
        raise SettingsError(
            f"The lock {path} cannot be used: {error}; remove it, or let its folder be written.",
            subject=path,
        ) from error
    try:
        yield True
    finally:
        lock.release()

"""Children made by fork.

Each leads a process group of its own, ends with its parent and answers
over one connection.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from reportgen.core.errors import ExecutionError, KernelDied

GRACE = 2.0
"""Seconds that a child has to leave by itself after its connection closes."""
PR_SET_PDEATHSIG = 1


FORKS = sys.platform == "linux"
"""Whether this system forks safely and ends children with their parents."""


def unsafe() -> str:
    """Why this process cannot be forked safely, or "".

    Another platform, or threads whose locks a child would inherit.
    """
    if not FORKS:
        return f"fork is not used on {sys.platform}"
    others = [t.name for t in threading.enumerate() if t is not threading.current_thread()]
    if others:
        return f"this process runs threads ({', '.join(others[:3])})"
    foreign = _native_threads()
    return f"this process runs threads of a library ({', '.join(foreign[:3])})" if foreign else ""


def _native_threads() -> list[str]:
    """Names of threads that are not Python's.

    Those of a numeric library bear the process's own name and survive a fork.
    """
    own = Path("/proc/self/comm").read_text(encoding="utf-8")
    names = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            names.append((task / "comm").read_text(encoding="utf-8"))
    return sorted({name.strip() for name in names if name != own})


class Child:
    """A forked process and the connection to it."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self.pid = pid
        self.connection = connection
        self._status: int | None = None

    def kill(self) -> None:
        """End the child and all that it started."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """Send the child what Ctrl-C sends."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)

    def close(self) -> int:
        """Close the connection, wait for the child to leave (by force, if need be).

        Its exit status, or minus the signal.
        """
        self.connection.close()
        deadline = time.monotonic() + GRACE
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                self.kill()
                deadline = float("inf")
            else:
                time.sleep(0.002)
        with contextlib.suppress(ProcessLookupError):  # what it started and left behind
            os.killpg(self.pid, signal.SIGKILL)
        return self._status


def forked(work: Callable[[Connection], None]) -> Child:
    """A child that runs ``work(connection)`` and skips the parent's exit handlers."""
    ours, theirs = Pipe()

    def alone() -> None:
        ours.close()
        work(theirs)

    pid = adopted(alone)
    theirs.close()
    return Child(pid, ours)


def adopted(work: Callable[[], None]) -> int:
    """The process id of a child that runs *work*.

    It leads a process group and ends with this process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):  # both sides set the group: neither may be late
            os.setpgid(pid, pid)
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        _die_with(parent)
        work()
        code = 0
    except MemoryError:  # the parent says so
        pass
    except BaseException:  # noqa: BLE001 - nothing may climb into the parent's frames
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def answer(connection: Connection, work: Callable[[], Any]) -> bool:
    """Send what *work* returns or raises, for :func:`answered` on the other side.

    Whether it returned.
    """
    returned = False
    try:
        reply = pickle.dumps((False, work()))
        returned = True
    except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
        try:
            reply = pickle.dumps((True, error))
            pickle.loads(reply)  # noqa: S301 - some errors can be packed but not unpacked
        except Exception:  # noqa: BLE001 - then it is told in words
            reply = pickle.dumps((True, ExecutionError(f"{type(error).__name__}: {error}")))
    try:
        connection.send_bytes(reply)
    except BrokenPipeError:  # who asked has ended, and said why
        return False
    return returned


def answered(connection: Connection) -> Any:
    """What :func:`answer` was given on the other side.

    Its value, or its error raised.

    Raises:
        KernelDied: Nobody answers any more.
    """
    try:
        reply = connection.recv_bytes()
        raised, value = pickle.loads(reply)  # noqa: S301 - a process of ours wrote it
    except (EOFError, OSError) as error:
        raise KernelDied("The process that made the brief died (out of memory?).") from error
    if raised:
        raise value
    return value


def _die_with(parent: int) -> None:
    """Ask the system to end this process when its parent ends, for any reason."""
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)

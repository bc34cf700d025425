"""Children made by fork.

Each ends with its parent and answers over one connection. A *kept* child has a keeper beside it:
a process that ends whatever the child has started, once the child ends.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from reportgen.core.errors import ExecutionError, KernelDied
from reportgen.execute import ours

GRACE = 2.0
"""Seconds that a child has to leave by itself after its connection closes."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
INTERRUPT, KILL = b"interrupt", b"kill"


FORKS = sys.platform == "linux"
"""Whether this system forks safely and ends children with their parents."""


def clean() -> bool:
    """Whether a kernel can be forked from this very process: it is ours, and forking is safe."""
    return ours.declared() and not unsafe()


def unsafe() -> str:
    """Why this process cannot be forked safely, or "".

    Another platform, or threads that hold locks, which a child would inherit.
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
    """A kept process: the connection to it, and the line to its keeper."""

    def __init__(
        self,
        connection: Connection,
        keeper: Connection,
        reap: Callable[[], object] = lambda: None,
    ) -> None:
        self.connection = connection
        self._keeper = keeper
        self._reap = reap

    def _tell(self, order: bytes) -> None:
        with contextlib.suppress(OSError):  # it has ended
            self._keeper.send_bytes(order)

    def kill(self) -> None:
        """End the child and all that it started."""
        self._tell(KILL)

    def interrupt(self) -> None:
        """Send the child what Ctrl-C sends."""
        self._tell(INTERRUPT)

    def close(self) -> int:
        """Close the connection, wait for the child to leave (by force, if need be).

        All that it started has ended then, too. Its exit status, or minus the signal.
        """
        self.connection.close()
        status, pid = -signal.SIGKILL, 0
        try:
            if self._keeper.poll(GRACE):  # else it was never forked; it ends as soon as it is
                pid = int(self._keeper.recv_bytes())
            if not self._keeper.poll(GRACE):
                self.kill()
            if self._keeper.poll(GRACE):
                status = int(self._keeper.recv_bytes())
        except (EOFError, OSError):  # the keeper was killed, and kept nobody from staying
            with contextlib.suppress(ProcessLookupError):
                if pid:
                    os.killpg(pid, signal.SIGKILL)
        self._keeper.close()
        self._reap()
        return status


def forked(work: Callable[[Connection], None]) -> Child:
    """A kept child that runs ``work(connection)`` and skips the parent's exit handlers."""
    ours, theirs = Pipe()
    line, end = Pipe()

    def alone() -> None:
        ours.close()
        line.close()
        keep(work, theirs, end)

    pid = adopted(alone, ends_by=signal.SIGTERM)
    theirs.close()
    end.close()
    return Child(ours, line, lambda: os.waitpid(pid, 0))


def adopted(work: Callable[[], None], ends_by: int = signal.SIGKILL) -> int:
    """The process id of a child that runs *work*.

    It has a session of its own, and gets the signal *ends_by* when this process ends.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        _prctl(PR_SET_PDEATHSIG, ends_by)
        if os.getppid() == parent:
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


def keep(work: Callable[[Connection], None], connection: Connection, line: Connection) -> None:
    """Run ``work(connection)`` in a child; then end all that it started, and tell its status.

    Processes that leave their session or lose their parent come back to this one, which the system
    makes the parent of every orphan below it. Orders come on *line*; where its other side has gone,
    or this process is told to end, the child ends.
    """
    gc.disable()  # this process only waits: the pages it shares stay shared
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    ended, ending = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(ending, warn_on_full_buffer=False)

    def child() -> None:
        signal.set_wakeup_fd(-1)
        defaults()
        keep_only(connection)
        work(connection)

    pid = adopted(child)
    with contextlib.suppress(OSError):  # nobody asks any more
        line.send_bytes(str(pid).encode())
    keep_only(line, ended, ending)
    awaited = [ended, line.fileno()]
    status = None
    while status is None:
        ready = select.select(awaited, [], [])[0]
        told = os.read(ended, 512) if ended in ready else b""
        if line.fileno() in ready:
            order = _order(line)
            if order == INTERRUPT:
                os.kill(pid, signal.SIGINT)  # not reaped yet, so the number is its own
            else:
                told += bytes([signal.SIGTERM])
                awaited = [ended]
        if signal.SIGTERM in told:
            os.kill(pid, signal.SIGKILL)
        status = _reaped(pid)
    _end_children()
    with contextlib.suppress(OSError):  # nobody asks any more
        line.send_bytes(str(os.waitstatus_to_exitcode(status)).encode())


def _order(line: Connection) -> bytes:
    try:
        return line.recv_bytes()
    except (EOFError, OSError):
        return KILL


def _reaped(pid: int) -> int | None:
    """The status of *pid* once it has ended; all others that have ended are let go."""
    while True:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended in (0, pid):
            return status if ended else None


def _end_children() -> None:
    """End all children of this process; the children of those are then its own."""
    with contextlib.suppress(ChildProcessError):  # none is left
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                for pid in _children():
                    os.kill(pid, signal.SIGKILL)  # not reaped yet, so the number is its own
                os.waitpid(-1, 0)


def _children() -> list[int]:
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with contextlib.suppress(OSError):  # it ends while we look
                parent = (place / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
                found += [int(place.name)] if int(parent) == os.getpid() else []
    return found


def defaults() -> None:
    """Give signals that have a handler in Python the one that they have in a new interpreter."""
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def keep_only(*kept: Connection | int) -> None:
    """Take from this process all that it inherited beside *kept*: files, pipes and sockets.

    They are pointed at nothing rather than closed, for objects that hold
    their numbers live on.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    numbers = {nothing, *(each if isinstance(each, int) else each.fileno() for each in kept)}
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number not in numbers:
            with contextlib.suppress(OSError):  # that of the listing itself is closed
                os.fstat(number)
                os.dup2(nothing, number, inheritable=False)
    os.close(nothing)


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


def _prctl(option: int, value: int) -> None:
    """Ask the system for a property of this process."""
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)

"""A warm process that forks one child per call.

What a call does to its process, no other call can see.

The zygote itself runs one thread and none of a report's code. Whoever calls may
have as many threads as they like.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import pickle
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from typing import Any, NoReturn, TypeVar

from reportgen.core.errors import KernelDied
from reportgen.execute import ours
from reportgen.execute.fork import Child, adopted, answer, answered, defaults, keep
from reportgen.files.scratch import Scratch

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds in which a warm process that lives has begun to listen."""


class Zygote:
    """The calling side of the zygote.

    It ends with this process, and ends its children.
    """

    def __init__(self, process: subprocess.Popen[bytes], scratch: Scratch) -> None:
        self._process = process
        self._scratch = scratch
        self._owner = os.getpid()
        self._kept, self._retired = 0, False
        self._environment = dict(os.environ)

    @classmethod
    def start(cls, imports: Sequence[str] = ()) -> Zygote:
        """A zygote that has imported the modules *imports*; :meth:`teach` it the rest."""
        scratch = Scratch("zygote")
        command = [sys.executable, "-m", "reportgen.execute.zygote", str(scratch.path), *imports]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return cls(process, scratch)

    def teach(self, work: Callable[..., None], *args: Any) -> None:
        """Run ``work(*args)`` in the zygote itself: imports for children to inherit."""
        self._ask(True, work, args)

    def call(self, work: Callable[..., T], *args: Any) -> T:
        """What ``work(*args)`` returns or raises in a child of its own.

        Raises:
            KernelDied: The child dies of it.
        """
        result: T = self._ask(False, work, args)
        return result

    def kept(self, work: Callable[..., None], *args: Any) -> Child:
        """A kept child of the zygote that runs ``work(connection, *args)``.

        Raises:
            KernelDied: The zygote has died.
        """
        ours, theirs = Pipe()
        line, end = Pipe()
        with self._connected() as asked, theirs, end, contextlib.suppress(OSError):
            asked.send_bytes(b"kept")
            asked.send_bytes(pickle.dumps((work, args)))
            with socket.socket(fileno=os.dup(asked.fileno())) as bare:
                socket.send_fds(bare, [b"2"], [theirs.fileno(), end.fileno()])
        self._kept += 1
        return Child(ours, line, self._let_go)

    def retire(self) -> None:
        """End the zygote once its last kept child has ended."""
        self._retired = True
        if self._kept == 0 or self._owner != os.getpid():
            self.close()

    def _let_go(self) -> None:
        with _lock:
            self._kept -= 1
            if self._retired and self._kept == 0:
                self.close()

    def _ask(
        self,
        here: bool,
        work: Callable[..., Any],
        args: tuple[Any, ...],
    ) -> Any:
        with self._connected() as line:
            with contextlib.suppress(OSError):  # where it has gone, the answer says so
                line.send_bytes(b"here" if here else b"child")
                line.send_bytes(pickle.dumps((work, args)))
            return answered(line)

    def _connected(self) -> Connection:
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(self._scratch.path / "socket"))
            except (FileNotFoundError, ConnectionRefusedError):
                line.close()
                time.sleep(0.005)
                continue
            return Connection(line.detach())
        raise KernelDied("The warm process that makes briefs has died.")

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        return self._process.poll() is None

    def fits(self) -> bool:
        """Whether it can be called, from this process and in its environment."""
        return self._owner == os.getpid() and self._environment == os.environ and self.alive

    def close(self) -> None:
        """End the zygote and all its children, and remove what they left.

        A process that was forked since it was started only lets go of it.
        """
        if self._owner != os.getpid():
            if self._process.stdin:
                self._process.stdin.close()
            return
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        time.sleep(0.05)  # its children are ended by the system
        self._scratch.close()


_shared: dict[Sequence[str], Zygote] = {}
_lock = threading.Lock()
KERNEL = ("reportgen.execute.shell", "ipykernel.kernelapp", "IPython.core.magics")
"""What every kernel imports, as a stock one does."""


def begin(preload: Sequence[str]) -> None:
    """Start the clean process that imports *preload*, unless it runs; :func:`kept` waits for it."""
    with _lock:
        shared(preload)


def kept(preload: Sequence[str], work: Callable[..., None], *args: Any) -> Child:
    """A kept child of a clean process that has imported *preload*, see :meth:`Zygote.kept`."""
    with _lock:
        return shared(preload).kept(work, *args)


def shared(preload: Sequence[str]) -> Zygote:
    """The clean process of this one; its children are kernels that have imported *preload*.

    It is started at the first call, and again after it has died or the environment has changed.
    """
    if not _shared:
        atexit.register(_close_shared)
    known = _shared.get(preload)
    if known is None or not known.fits():
        if known is not None:
            known.retire()  # kernels of its environment may still run
        _shared[preload] = Zygote.start((*KERNEL, *preload))
    return _shared[preload]


def _close_shared() -> None:
    for zygote in _shared.values():
        zygote.close()
    _shared.clear()


def main(folder: str, *imports: str) -> None:
    """Serve until standard input ends."""
    tempfile.tempdir = folder
    _leave_with_parent(folder)
    ours.declare()
    ended, ending = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(
        ending,
        warn_on_full_buffer=False,
    )  # so that ended children are noticed at once
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{folder}/socket")
    listener.listen(256)
    for name in imports:
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        ready = select.select([listener.fileno(), ended, 0], [], [])[0]
        if ended in ready:
            os.read(ended, 512)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if 0 in ready:
            _leave(folder)
        if listener.fileno() in ready:
            _serve(listener)


def _leave(folder: str) -> NoReturn:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _leave_with_parent(folder: str) -> None:
    """Interrupt this process, whatever it does, when its standard input ends."""
    import fcntl

    signal.signal(signal.SIGIO, lambda *_: _leave(folder))
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _serve(listener: socket.socket) -> None:
    line = Connection(listener.accept()[0].detach())
    with contextlib.suppress(EOFError, OSError), line:
        kind = line.recv_bytes()
        if kind == b"here":
            gc.disable()
            _answer(line)
            gc.collect()
            gc.freeze()  # no child's collector touches what is known, so its pages stay shared
        elif kind == b"kept":
            _keep(line)
        else:
            adopted(lambda: _child(listener, line))


def _keep(line: Connection) -> None:
    """Fork the kept child that *line* asks for, with the ends of the pipes that it brings."""
    question = line.recv_bytes()
    with socket.socket(fileno=os.dup(line.fileno())) as bare:
        fds = socket.recv_fds(bare, 1, 2)[1]
    connection, end = (Connection(number) for number in fds)

    def work(connection: Connection) -> None:
        do, args = pickle.loads(question)  # noqa: S301 - only this user can connect
        do(connection, *args)

    with connection, end:
        adopted(lambda: keep(work, connection, end), ends_by=signal.SIGTERM)


def _child(listener: socket.socket, line: Connection) -> None:
    listener.close()
    signal.set_wakeup_fd(-1)
    defaults()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    with contextlib.suppress(EOFError, OSError):  # who asked has gone
        _answer(line)


def _answer(line: Connection) -> None:
    """Do what is asked and send what comes of it."""
    question = line.recv_bytes()

    def work() -> Any:
        do, args = pickle.loads(question)  # noqa: S301 - only this user can connect
        return do(*args)

    answer(line, work)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A warm process that forks one child per call.

What a call does to its process, no other call can see.

The zygote itself runs one thread and none of a report's code. Whoever calls may
have as many threads as they like.
"""

from __future__ import annotations

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
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from reportgen.core.errors import KernelDied
from reportgen.execute.fork import adopted, answer, answered

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds in which a warm process that lives has begun to listen."""


class Zygote:
    """The calling side of the zygote.

    It ends with this process, and ends its children.
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder

    @classmethod
    def start(cls) -> Zygote:
        """A zygote that knows nothing yet; see :meth:`teach`."""
        folder = Path(tempfile.mkdtemp(prefix="reportgen-zygote-"))
        command = [sys.executable, "-m", "reportgen.execute.zygote", str(folder)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return cls(process, folder)

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
                line.connect(str(self._folder / "socket"))
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

    def close(self) -> None:
        """End the zygote and all its children, and remove what they left."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        time.sleep(0.05)  # its children are ended by the system
        shutil.rmtree(self._folder, ignore_errors=True)


def main(folder: str) -> None:
    """Serve until standard input ends."""
    tempfile.tempdir = folder
    _leave_with_parent(folder)
    ended, ending = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(
        ending,
        warn_on_full_buffer=False,
    )  # so that ended children are noticed at once
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{folder}/socket")
    listener.listen(256)
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
        if line.recv_bytes() == b"here":
            gc.disable()
            _answer(line)
            gc.collect()
            gc.freeze()  # no child's collector touches what is known, so its pages stay shared
        else:
            adopted(lambda: _child(listener, line))


def _child(listener: socket.socket, line: Connection) -> None:
    listener.close()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGIO):
        signal.signal(number, signal.SIG_DFL)
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

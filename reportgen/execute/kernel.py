"""The parent's side of a forked kernel.

Started early, it prepares and imports while its parent does so too.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import tempfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from reportgen.config.resources import anchored
from reportgen.execute.fork import Child, answer, answered, forked
from reportgen.execute.light import light_imports

PRELOAD = ("reportgen.authoring.desk", "altair")
"""What a report's first cells import."""


class ForkedKernel:
    """A child that runs cells; the notebook's code is never in this process."""

    def __init__(
        self,
        child: Child,
        scratch: tempfile.TemporaryDirectory[str],
    ) -> None:
        self._child = child
        self._scratch = scratch
        self._messages: deque[dict[str, Any]] = deque()
        self.received = 0
        """The bytes that came since a cell was handed over."""

    @classmethod
    def start(
        cls,
        folder: Path,
        prepare: Callable[[], Any] | None = None,
        preload: Sequence[str] = (),
        withheld: AbstractSet[str] = frozenset(),
    ) -> Self:
        """A kernel in *folder*.

        It calls *prepare*, whose result :meth:`prepared` gives,
        then imports *preload*. Its cells see no variable *withheld*.
        """
        scratch = tempfile.TemporaryDirectory(prefix="reportgen-kernel-")

        def work(connection: Connection) -> None:
            _keep_only(connection)
            os.environ.update(anchored())
            os.chdir(folder)
            # What imports make is there to stay; looking through it takes a
            # tenth of their time.
            gc.disable()
            if prepare is not None and not answer(connection, prepare):
                return
            for name in withheld:  # what was prepared may have needed them
                os.environ.pop(name, None)
            for name in preload:
                with contextlib.suppress(ImportError), light_imports():  # its cell says so
                    importlib.import_module(name)
            from reportgen.execute.shell import serve

            gc.freeze()
            gc.enable()  # cells have garbage of their own
            serve(connection, scratch.name)

        return cls(forked(work), scratch)

    def prepared(self) -> Any:
        """What *prepare* returned, or the error that it raised.

        No cell has run by then.

        Raises:
            KernelDied: It died of it.
        """
        return answered(self._child.connection)

    def options(self) -> Mapping[str, Any]:
        """The engine's name and this kernel."""
        return {"engine": "reportgen", "kernel": self}

    def ask(self, source: str) -> None:
        """Hand over the source of a cell.

        Raises:
            BrokenPipeError: The child is gone.
        """
        self.received = 0
        self._child.connection.send_bytes(source.encode("utf-8", "surrogatepass"))

    def message(self, timeout: float | None) -> dict[str, Any] | None:
        """The next message; None after *timeout* seconds.

        Raises:
            EOFError: The child is gone.
        """
        if not self._messages:
            if not self._child.connection.poll(timeout):
                return None
            try:
                data = self._child.connection.recv_bytes()
                self.received += len(data)
                self._messages.extend(json.loads(data))
            except (
                ConnectionResetError,
                ValueError,
            ) as error:  # gone, or no longer in its right mind
                raise EOFError from error
        return self._messages.popleft()

    def interrupt_kernel(self) -> None:
        """Raise KeyboardInterrupt in the running cell."""
        self._child.interrupt()

    def leave(self) -> None:
        """Tell the child that no cell will come; it ends while others go on."""
        self._child.connection.close()

    def kill(self) -> None:
        """End the child at once."""
        self._child.kill()

    def close(self) -> None:
        """Let the child leave, by force if need be, and remove what it left."""
        self._child.close()
        self._scratch.cleanup()


def _keep_only(connection: Connection) -> None:
    """Take from this process what it inherited and no cell may reach.

    Pipes and sockets of its parents.

    They are pointed at nothing rather than closed, for objects that hold
    their numbers live on.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number not in (nothing, connection.fileno()):
            with contextlib.suppress(OSError):
                os.dup2(nothing, number)
    os.close(nothing)

"""The parent's side of a forked kernel.

Started early, it prepares and imports while its parent does so too. A command of ours forks the
kernel from itself. In any other process, which has a state of its own and threads, the kernel is
forked from a clean process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from reportgen.config.resources import anchored
from reportgen.execute.fork import Child, answer, answered, clean, forked
from reportgen.execute.light import light_imports
from reportgen.files.scratch import Scratch, sweep

PRELOAD = ("reportgen.authoring.desk", "altair")
"""What a report's first cells import."""


class ForkedKernel:
    """A child that runs cells; the notebook's code is never in this process."""

    def __init__(self, child: Child, scratch: Scratch, prepared: Callable[[], Any]) -> None:
        self._child = child
        self._scratch = scratch
        self._prepared = prepared
        self.received = 0
        """The bytes that came since a cell was handed over."""
        self.most: int | None = None
        """The bytes after which a cell has put out too much, and its kernel is ended."""

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
        then imports *preload*. Its cells see no variable *withheld*. Where this process is not one
        of ours, *prepare* runs in it: what it is made of may be the caller's.
        """
        scratch = Scratch("kernel")
        sweep()
        if not clean():
            from reportgen.execute import zygote

            zygote.begin(preload)  # it imports while *prepare* works
            try:
                made = prepare() if prepare else None
            except BaseException:
                scratch.close()
                raise
            place = str(folder.absolute())
            child = zygote.kept(preload, _run, place, _around(withheld), str(scratch.path))
            return cls(child, scratch, lambda: made)

        def work(connection: Connection) -> None:
            if prepare is not None and not answer(connection, prepare):
                return
            _import(preload)
            _run(connection, str(folder), _around(withheld), str(scratch.path))

        child = forked(work)
        return cls(child, scratch, lambda: answered(child.connection))

    def prepared(self) -> Any:
        """What *prepare* returned, or the error that it raised.

        No cell has run by then.

        Raises:
            KernelDied: It died of it.
        """
        return self._prepared()

    def options(self) -> Mapping[str, Any]:
        """The engine's name and this kernel."""
        return {"engine": "reportgen", "kernel": self}

    def wait(self, seconds: float) -> None:
        """Return when the kernel can take cells.

        Raises:
            RuntimeError: It is not ready after *seconds*, or died, in the words of a stock kernel's
                client.
        """
        if not self._child.connection.poll(seconds):
            raise RuntimeError(f"Kernel didn't respond in {seconds:.0f} seconds")
        try:
            self.messages()
        except EOFError:
            raise RuntimeError("Kernel died before replying to kernel_info") from None

    def ask(self, request: Mapping[str, Any]) -> None:
        """Hand over a request, such as one to run a cell.

        Raises:
            BrokenPipeError: The child is gone.
        """
        self.received = 0
        self._child.connection.send_bytes(json.dumps(request).encode())

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._child.connection.fileno()

    def messages(self) -> list[dict[str, Any]]:
        """The messages that come next, once there are some.

        Raises:
            EOFError: The child is gone, or no longer in its right mind.
        """
        try:
            data = self._child.connection.recv_bytes()
            told: list[dict[str, Any]] = json.loads(data)
        except (OSError, ValueError) as error:
            raise EOFError from error
        self.received += len(data)
        if self.overflowed:
            self.kill()
            raise EOFError
        return told

    @property
    def overflowed(self) -> bool:
        """Whether the cell has put out too much."""
        return self.most is not None and self.received > self.most

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
        self._scratch.close()


def _around(withheld: AbstractSet[str]) -> dict[str, str]:
    """The environment of a kernel: that of this process, without the variables *withheld*."""
    seen = {name: value for name, value in os.environ.items() if name not in withheld}
    return {**seen, **anchored()}


def _import(preload: Sequence[str]) -> None:
    # What imports make is there to stay; looking through it takes a
    # tenth of their time.
    gc.disable()
    for name in preload:
        with contextlib.suppress(ImportError), light_imports():  # its cell says so
            importlib.import_module(name)


def _run(connection: Connection, folder: str, environment: dict[str, str], scratch: str) -> None:
    """Run the cells that come over *connection*, in a child of a clean process."""
    if os.environ != environment:
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
    os.chdir(folder)
    tempfile.tempdir = None
    from reportgen.execute.shell import serve

    gc.freeze()
    gc.enable()  # cells have garbage of their own
    serve(connection, scratch)

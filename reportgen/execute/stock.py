"""A stock kernel: started early, in its own folder, for this user alone."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Self

from jupyter_client import AsyncKernelManager
from traitlets import CaselessStrEnum

from reportgen.config.resources import anchored

# While the parent imports papermill, the kernel imports what a report's
# first cell asks for.
PRELOAD = "--IPKernelApp.exec_lines=import reportgen.authoring.desk, altair"


LONGEST = 85
"""Letters of a folder in which a socket still has a name that the system takes."""


class LocalKernelManager(AsyncKernelManager):  # type: ignore[misc] # untyped
    """Starts kernels over sockets of the file system, where there are any.

    No port can clash with another run's.
    """

    transport = CaselessStrEnum(
        ["tcp", "ipc"], default_value="tcp" if sys.platform == "win32" else "ipc"
    )
    _made: Any = None

    def client(self, **kwargs: Any) -> Any:
        """The kernel's client, kept so that its channels close with the kernel."""
        self._made = super().client(**kwargs)
        return self._made

    def kill(self) -> None:
        """End the kernel's process at once."""
        if self.provisioner is not None and self.provisioner.process is not None:
            self.provisioner.process.kill()

    def close(self) -> None:
        """Close the client's channels, end the kernel and remove what it left."""
        if self._made is not None:
            self._made.stop_channels()
        asyncio.run(self.shutdown_kernel(now=True))


class StockKernel:
    """A process of ipykernel, with what was prepared for it."""

    def __init__(self, kernel: LocalKernelManager, prepared: Any) -> None:
        self._kernel = kernel
        self._prepared = prepared

    @classmethod
    def start(
        cls,
        folder: Path,
        prepare: Callable[[], Any],
        withheld: AbstractSet[str] = frozenset(),
        sockets: Path | None = None,
    ) -> Self:
        """A Python kernel in *folder*, started once *prepare* has returned.

        Its cells see no variable *withheld*. Its *sockets* lie in a folder of their own, if given.
        """
        prepared = prepare()
        kernel = LocalKernelManager(kernel_name="python3")
        sockets = sockets or folder
        if kernel.transport == "ipc" and len(str(sockets)) > LONGEST:
            kernel.transport, kernel.ip = "tcp", "127.0.0.1"
        elif kernel.transport == "ipc":
            kernel.ip = str(
                sockets / "kernel"
            )  # by default a path relative to a working folder the two sides do not share
        seen = {name: value for name, value in os.environ.items() if name not in withheld}
        around = {**seen, **anchored()}
        asyncio.run(
            kernel.start_kernel(
                cwd=str(folder),
                env=around,
                extra_arguments=[PRELOAD, "--HistoryManager.enabled=False"],
            )
        )
        return cls(kernel, prepared)

    def prepared(self) -> Any:
        """What was prepared."""
        return self._prepared

    def options(self) -> Mapping[str, Any]:
        """The engine's name and the kernel's manager."""
        return {"engine": "nbclient", "km": self._kernel}

    def kill(self) -> None:
        """End the kernel's process at once."""
        self._kernel.kill()

    def close(self) -> None:
        """Close its channels and end it."""
        self._kernel.close()

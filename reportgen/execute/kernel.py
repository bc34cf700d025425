"""The kernel manager of our runs: sockets of the file system instead of TCP ports where there are any."""

from __future__ import annotations

import sys

from jupyter_client import AsyncKernelManager
from traitlets import CaselessStrEnum


class LocalKernelManager(AsyncKernelManager):  # type: ignore[misc] # jupyter_client is read as untyped
    """Starts kernels that only this machine's user can talk to; no port can clash with another run's."""

    transport = CaselessStrEnum(["tcp", "ipc"], default_value="tcp" if sys.platform == "win32" else "ipc")

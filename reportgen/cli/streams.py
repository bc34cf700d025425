"""Standard input, output and error of a command, also where one of them is closed or full."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress

from reportgen.config.resources import tidy
from reportgen.core.errors import RenderError

BROKEN_PIPE = 1
"""The exit code when the reader of the output has gone, as in click."""


class _Closed(io.TextIOBase):
    """Standard output that was closed before the command began."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Refuse a *text*; nothing is no text."""
        if text:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return 0


def open_all() -> None:
    """Give the command all three streams.

    The first files that it opens must not take the numbers of those that are closed: what others
    print would go into them.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - until the end
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the same


def told(error: OSError) -> int:
    """The exit code for an *error* of the system that ended a command, said in one line."""
    reason = error.strerror or str(error)
    if error.errno == errno.EPIPE:
        return BROKEN_PIPE
    place = f"'{error.filename}'" if error.filename else _place()
    with suppress(OSError, ValueError):
        sys.stderr.write(f"reportgen: {tidy(place)} cannot be used: {reason}.\n")
    return RenderError.exit_code


def _place() -> str:
    """What an error without a name of a file is about: the output, where that cannot be written."""
    try:
        sys.stdout.flush()
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return "the standard output"
    return "the system"

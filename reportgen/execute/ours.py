"""Whether this process is a command of ours, or a warm process.

It runs nobody else's code then, so a child of it begins with nobody else's state.
"""

from __future__ import annotations

import sys

_declared = False


def declare() -> None:
    """State at the start of this process that it is ours.

    The folder that Python puts before all others, of the program or the working folder, is no place
    for modules of ours. A stock kernel leaves it out too.
    """
    global _declared  # noqa: PLW0603 - a property of the process
    if not _declared and not sys.flags.safe_path:
        del sys.path[0]
    _declared = True


def declared() -> bool:
    """Whether this process, or the one that it was forked from, is ours."""
    return _declared

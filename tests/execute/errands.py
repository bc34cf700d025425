"""What tests let other processes do."""

from __future__ import annotations

import os

from reportgen.core.errors import InvalidParameter
from reportgen.execute.fork import forked, unsafe
from reportgen.execute.renderer import WARM


def fork_after_drawing() -> str:
    """Why a process that has drawn charts itself is not forked."""
    import vl_convert

    vl_convert.vegalite_to_svg(WARM)
    return unsafe()


def status_of_a_child() -> tuple[str, int]:
    """What a child says, and its exit status."""
    child = forked(lambda connection: connection.send("hello"))
    return child.connection.recv(), child.close()


def refuse() -> None:
    """Raise an error of ours with a subject."""
    raise InvalidParameter("off", subject="months")


def remember(word: str) -> None:
    """Keep *word* in this process."""
    os.environ["WORD"] = word


def recall() -> str:
    """The word this process keeps."""
    return os.environ["WORD"]

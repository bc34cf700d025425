"""The command line: ``reportgen``, or ``python -m reportgen`` where it is not on the path."""

from __future__ import annotations

import os
from typing import NoReturn


def entry() -> NoReturn:
    """Run the command line and exit at once.

    Ctrl-C while it is still imported is no error, either.
    """
    try:
        from reportgen.cli import entry as run

        run()
    except KeyboardInterrupt:
        from reportgen.core.errors import INTERRUPTED

        os.write(2, b"reportgen: stopped.\n")
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    entry()

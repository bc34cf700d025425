"""What the documentation shows of a terminal."""

from __future__ import annotations

import re


def transcript(text: str) -> list[tuple[str, str]]:
    """The commands of ``console`` blocks and what they print."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            found.append((command.strip(), printed.strip()))
    return found

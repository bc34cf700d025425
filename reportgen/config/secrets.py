"""Keys and passwords by reference.

The name of an environment variable, or of one that names a file.
"""

from __future__ import annotations

import os
from pathlib import Path

from reportgen.core.errors import SettingsError


def is_set(name: str) -> bool:
    """Whether the environment has the key *name*, or names a file of it."""
    return bool(os.environ.get(name, "").strip() or os.environ.get(f"{name}_FILE"))


def secret(name: str) -> str:
    """The key *name*.

    From the environment, or from the file that NAME_FILE names.

    Raises:
        SettingsError: It is in neither.
    """
    if value := os.environ.get(name, "").strip():
        return value
    if place := os.environ.get(f"{name}_FILE"):
        try:
            value = Path(place).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(
                f"{name}_FILE names a file that cannot be read as text.",
                subject=name,
            ) from None
        if value:
            return value
        raise SettingsError(f"{name}_FILE names a file that is empty.", subject=name)
    raise SettingsError(
        f"The key {name} is not set; put it into the environment, or its file into {name}_FILE.",
        subject=name,
    )

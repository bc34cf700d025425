"""Keys and passwords by reference.

The name of an environment variable, or of one that names a file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from reportgen.config.resources import config_file
from reportgen.core.errors import SettingsError

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
"""The name of an environment variable, as a file names a secret."""
SECRET = re.compile(
    r"(?:\w+_)?(?:API_?KEY|ACCESS_KEY|PRIVATE_KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE)(?:_FILE)?"
)
"""The name of a variable that is a secret whoever names it, those of all providers among them."""


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


def withheld(files: Iterable[Path] = ()) -> frozenset[str]:
    """The environment variables that no cell of a notebook sees: all that hold secrets.

    Those that the desk's reportgen.toml, its order of sources and the TOML *files* name, and those
    of a name such as FRED_API_KEY; also the ones that name the file of a secret.
    """
    sources = os.environ.get("REPORTGEN_SOURCES")
    places = [config_file(), Path(sources) if sources else None, *files]
    told = {name for place in places if place is not None for name in _named(place)}
    own = {name for name in os.environ if SECRET.fullmatch(name)}
    return frozenset(own | told | {f"{name}_FILE" for name in told})


def _named(file: Path) -> set[str]:
    """What may be names of variables in a TOML *file*; who reads it says what is wrong with it."""
    with suppress(OSError, ValueError, RecursionError):
        return set(_names(tomllib.loads(file.read_text(encoding="utf-8-sig"))))
    return set()


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _names(inner)
    elif isinstance(value, str) and VARIABLE.fullmatch(value):
        yield value

"""The digest of a file of a dataset and of all that judges it.

Two imports with the same digest have the same result. A byte of the file, a word of its
description, an instrument, a closing or a line of the program that reads or judges it gives
another digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import __version__
from reportgen.config.resources import PACKAGE
from reportgen.core.checks import Acceptance
from reportgen.markets import home
from reportgen.markets.closures import closure_files
from reportgen.markets.instruments import registry

if TYPE_CHECKING:
    from reportgen.datasets.dataset import DataFile

JUDGES = ("core", "config", "markets", "sources", "datasets")
"""The packages whose code and tables can change what an import keeps."""
CHUNK = 1 << 20


def digest_of(path: Path) -> str:
    """The SHA-256 of the bytes of the file at *path*."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def judged(
    file: DataFile, content: str, accepted: Collection[Acceptance], taken: Collection[str]
) -> str:
    """The digest of *file* and of what judges it.

    Args:
        file: The file with its description.
        content: The SHA-256 of its bytes.
        accepted: What persons let stand.
        taken: The symbols of earlier files of the dataset, which come from those alone.
    """
    told = {field.name: getattr(file, field.name) for field in fields(file)}
    told["path"] = file.path.name
    parts: list[Any] = [
        content,
        *(f"{name} {_text(value)}" for name, value in sorted(told.items())),
        *sorted(map(repr, accepted)),
        *sorted(taken),
        _surroundings(),
    ]
    return _digest(parts)


def _text(value: Any) -> str:
    """*value* in words that do not depend on the order of a table."""
    return repr(sorted(value.items()) if isinstance(value, Mapping) else value)


def _surroundings() -> str:
    """The digest of the program, its libraries, and what the desk says of markets."""
    import duckdb
    import pandas as pd

    return _digest(
        [
            _code(),
            __version__,
            duckdb.__version__,
            pd.__version__,
            repr(home()),
            *(repr(one) for _, one in sorted(registry().items())),
            *(digest_of(path) for path in closure_files() if path.is_file()),
        ]
    )


@cache
def _code() -> str:
    """The digest of the code and the tables that read and judge a file."""
    files = sorted(
        path
        for name in JUDGES
        for path in (PACKAGE / name).rglob("*")
        if path.suffix in (".py", ".toml", ".csv")
    )
    return _digest(f"{path.relative_to(PACKAGE)} {digest_of(path)}" for path in files)


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()

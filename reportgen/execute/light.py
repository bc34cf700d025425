"""Imports without parts that are slow to load and that no brief uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

SLOW = (
    "fqdn",
    "isoduration",
    "rfc3339_validator",
    "rfc3986_validator",
    "rfc3987_syntax",
    "uri_template",
    "webcolors",
)
"""Modules that jsonschema imports when they are there, at a price.

JupyterLab installs them. They judge times, addresses and colours in documents;
rfc3987_syntax compiles 38 grammars for that. Together they take half a second
in each process that imports papermill or altair, and neither notebooks nor
charts have anything for them to judge.
"""


@contextmanager
def light_imports() -> Iterator[None]:
    """Let imports of :data:`SLOW` fail in the block, unless imported before.

    Afterwards everyone can import them.
    """
    kept_out = [name for name in SLOW if name not in sys.modules]
    for name in kept_out:
        sys.modules[name] = None  # type: ignore[assignment] # an import of it raises ImportError
    try:
        yield
    finally:
        for name in kept_out:
            del sys.modules[name]

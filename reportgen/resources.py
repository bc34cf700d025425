"""Where the shipped templates, reports and data lie: inside a wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
SAMPLE = PACKAGE / "data" / "sample"
"""The embedded simulated market."""


def resource_dir(name: str) -> Path:
    """Directory *name* ("templates", "reports") of the installed package, or of its checkout."""
    packaged = PACKAGE / name
    return packaged if packaged.is_dir() else PACKAGE.parent / name


def cache_dir() -> Path:
    """The user's cache directory for reportgen; it may not exist yet."""
    from platformdirs import user_cache_path

    return user_cache_path("reportgen")

"""What a brief was made from.

The manifest that its record keeps, and the key that two equal ones share.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from reportgen import __version__
from reportgen.beats import added
from reportgen.config.resources import resource_dirs
from reportgen.config.settings import Settings
from reportgen.core.errors import RecordError
from reportgen.record.request import Report, Request
from reportgen.record.templates import STORY, Templates, shipped_digest

PACKAGES = (
    "altair",
    "css-inline",
    "exchange_calendars",
    "fontpkg-ibm-plex-sans",
    "fontpkg-ibm-plex-serif",
    "ipython",
    "jinja2",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pillow",
    "typst",
    "vl-convert-python",
)
"""Packages that can change a brief by their version."""
SHAPING = ("paper", "sender", "recipient", "page_url")
"""The settings that change a brief."""


def manifest(
    request: Request,
    as_of: str,
    data: Sequence[Mapping[str, str]],
    settings: Settings,
) -> dict[str, Any]:
    """The inputs of a brief of *request* as of *as_of*, with its key.

    *data* are the hashes of its files.
    """
    inputs = {
        "report": request.report.name,
        "as_of": as_of,
        "parameters": request.report.parameter_values(request.parameters),
        "formats": sorted(request.formats),
        "settings": {name: getattr(settings, name) for name in SHAPING},
        "data": [{"file": row["file"], "sha256": row["sha256"]} for row in data],
        "templates": "-".join(map(_digest, (*resource_dirs("templates"), *added()))),
        "report_files": _report_files(request.report),
        "versions": dict(versions()),
        "edits": request.edits.payload(),
    }
    if request.holdings is not None:
        inputs |= {"holdings": request.holdings.digest, "reader": request.reader}
    return sealed(inputs)


def sealed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """*inputs* with the key that only equal ones share."""
    return {
        "key": hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest(),
        "inputs": dict(inputs),
    }


def _report_files(report: Report) -> str:
    """One hash over the files of *report*, and those of the report that it is like."""
    if report.plain:
        return hashlib.sha256(report.notebook.read_bytes()).hexdigest()
    folders = dict.fromkeys((report.folder, report.described))
    return "-".join(map(_digest, folders))


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """The packages that can change a brief, and Python, with their versions."""
    found = [("python", platform.python_version()), ("reportgen", __version__)]
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, ""))
    return tuple(found)


@cache
def _digest(folder: Path) -> str:
    """One hash over the names and contents of all files in *folder*."""
    digest = hashlib.sha256()
    for path in sorted(
        p
        for p in folder.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts and ".ipynb_checkpoints" not in p.parts
    ):
        digest.update(
            f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode()
            + path.read_bytes()
        )
    return digest.hexdigest()


def told_by(report: Report) -> dict[str, Any]:
    """What a record keeps of its report.

    What the brief needs to be told and judged again from any folder.
    """
    return {
        "title": report.title,
        "policy": report.gate.payload(),
        "story": _story(report),
        "templates": shipped_digest(),
    }


def _story(report: Report) -> list[list[str]]:
    """The templates that tell *report*; a notebook alone has an empty story."""
    if report.plain:
        return [[STORY, "", report.notebook.name]]
    return Templates.of(report.folder).payload()


def files_of(data: str) -> list[dict[str, str]]:
    """What the files of the dataset *data* are now, with their hashes."""
    from reportgen.datasets.dataset import manifest as files
    from reportgen.datasets.remote import dataset

    return files(dataset(data))


def data_of(files: Sequence[Mapping[str, str]], source: Path) -> str:
    """The data with these *files*, by the name that a request gives them.

    Args:
        files: Name and hash of each file, as a record keeps them.
        source: The folder of the brief, for errors.

    Raises:
        RecordError: They lie in a folder, which no record names.
    """
    kept = [(row["file"], row["sha256"]) for row in files]
    fetches = [mark.removeprefix("fetch ") for name, mark in kept if name == "store"]
    if fetches:
        return f"store@{fetches[0]}"
    if kept == [(row["file"], row["sha256"]) for row in files_of("sample")]:
        return "sample"
    raise RecordError(
        f"{source}: the brief was made from a folder of files; name it with --data.",
        subject=source,
    )

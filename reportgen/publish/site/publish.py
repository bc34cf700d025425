"""Publish an archive, only what has changed, to any place that fsspec knows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from reportgen.core.errors import DeliveryError, SealError
from reportgen.files.outputs import Folder, folder
from reportgen.publish.site.build import STATE, alone
from reportgen.publish.site.build import changed as changed_files

MANIFEST = "published.json"
"""The files that were published, with the hash of their contents; ""
if unknown.
"""


@dataclass(frozen=True, slots=True)
class Published:
    """How many files were written, and how many taken away."""

    written: int
    removed: int


def publish(site: Path, where: str, *, again: bool = False) -> Published:
    """Make *where*, a folder or URL such as ``s3://bucket/site``, a copy of *site*.

    Pages after what they need, the front page last.

    What is there is known by the manifest of the last time; *again* writes
    everything, whatever it says. A publishing that breaks off leaves a manifest
    that trusts nothing it was about to change.
    """
    if not (site / STATE).is_file():
        raise DeliveryError(
            f"{site} is no site; build one: reportgen site build {site}.",
            subject=site,
        )
    target = folder(where)
    target.refuse()
    with alone(site):
        if lines := changed_files(site):
            raise SealError(lines)
        here = {
            path.relative_to(site).as_posix(): path
            for path in site.rglob("*")
            if path.is_file() and not path.is_symlink() and not path.name.endswith(".new")
        }
        fresh = {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in here.items()
            if name != STATE
        }
        before = _before(target)
        changed = sorted(
            (name for name, digest in fresh.items() if again or before.get(name) != digest),
            key=_turn,
        )
        gone = sorted(set(before) - set(fresh))
        if changed or gone:
            _note(target, before | dict.fromkeys((*changed, *gone), ""))
        for (_, place), names in groupby(changed, key=_turn):
            _at(target, place).write(
                {name.rpartition("/")[2]: here[name].read_bytes() for name in names}
            )
        for name in gone:
            _at(target, name.rpartition("/")[0]).remove(name.rpartition("/")[2])
        if changed or gone:
            _note(target, fresh)
    return Published(len(changed), len(gone))


def _note(target: Folder, known: dict[str, str]) -> None:
    target.write({MANIFEST: json.dumps(known, separators=(",", ":")).encode()})


def _turn(name: str) -> tuple[int, str]:
    """When a file is written, and with which others, those of its folder.

    What pages load, briefs, what leads to them, the front page.
    """
    ranks = {"assets": 0, "briefs": 1}
    return 3 if name == "index.html" else ranks.get(name.partition("/")[0], 2), name.rpartition(
        "/"
    )[0]


def _at(target: Folder, path: str) -> Folder:
    for part in filter(None, path.split("/")):
        target = target / part
    return target


def _before(target: Folder) -> dict[str, str]:
    """What the manifest says was published there before; empty if there is none."""
    try:
        found = json.loads(target.read(MANIFEST))
    except (OSError, ValueError):
        return {}
    listed = found.items() if isinstance(found, dict) else ()
    return {
        str(name): str(digest)
        for name, digest in listed
        if not set(str(name).split("/")) & {"", ".", ".."}
    }

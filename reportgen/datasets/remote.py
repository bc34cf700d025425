"""Datasets that lie elsewhere, brought here.

A copy that is renewed file by file, and only where a file has changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.config.resources import SAMPLE, cache_dir, written
from reportgen.core.errors import NoData
from reportgen.datasets.dataset import Dataset, open_dataset
from reportgen.markets import home
from reportgen.sources.store import fetch_by, last_fetch, store_path

if TYPE_CHECKING:
    from reportgen.markets.calendar import Moment

KEYS = "remote.json"


AT_FETCH = re.compile(r"store@(\d+)( then)?")


def dataset(data: str, moment: Moment | None = None) -> Dataset:
    """The dataset *data*.

    "sample", "store", a folder, a store's file, or a URL that fsspec
    understands.

    With a *moment*, "store" is read as it was known then. "store@41" is what
    was known at fetch 41, "store@2025-10-31" what had been fetched by the end
    of that day.
    """
    if not data.startswith("store@"):
        return open_dataset(local_copy(data), moment=moment)
    if found := AT_FETCH.fullmatch(data):
        newest = last_fetch(store_path())
        if int(found[1]) > newest:
            raise NoData(
                f"Data '{data}': the newest fetch of the store is {newest}.",
                subject=data,
            )
        return open_dataset(
            store_path(),
            int(found[1]),
            moment if found[2] else None,
        )
    try:
        day = dt.date.fromisoformat(data.removeprefix("store@"))
    except ValueError:
        raise NoData(
            f"Data '{data}': after 'store@' comes the number of a fetch or a"
            " day, as in store@41 or store@2025-10-31.",
            subject=data,
        ) from None
    number = fetch_by(store_path(), home().calendar.midnight(day))
    if not number:
        raise NoData(
            f"Data '{data}': nothing had been fetched into the store by then.",
            subject=data,
        )
    return open_dataset(store_path(), number)


def local_copy(data: str) -> Path:
    """Where the dataset *data* lies here; one behind a URL is copied."""
    if data == "sample":
        return SAMPLE
    if data == "store":
        return store_path()
    if "://" not in data:
        return Path(data)
    mark = hashlib.sha256(data.encode()).hexdigest()[:16]
    copy = cache_dir() / "datasets" / mark
    try:
        import fsspec

        system, root = fsspec.core.url_to_fs(data)
        _renew(system, root.rstrip("/"), copy)
    except ImportError as error:
        raise NoData(
            f"Dataset '{data}' needs a package: {error}. Install the package it"
            " needs, such as s3fs.",
            subject=data,
        ) from error
    except Exception as error:  # each file system fails in its own way
        raise NoData(
            f"Dataset '{data}' cannot be read: {type(error).__name__}: {error}",
            subject=data,
        ) from error
    return copy


def _renew(system: Any, root: str, copy: Path) -> None:
    """Make *copy* hold what *root* holds now."""
    system.invalidate_cache()
    rows = system.find(root, detail=True)
    found = {name[len(root) + 1 :]: _mark(row) for name, row in rows.items()}
    if "dataset.toml" not in found:
        raise FileNotFoundError(f"there is no dataset.toml in {root}")
    known: dict[str, str] = {}
    with suppress(OSError, ValueError):
        known = json.loads((copy / KEYS).read_text(encoding="utf-8"))
    for name, mark in found.items():
        if known.get(name) != mark or not (copy / name).is_file():
            written(copy / name, system.cat_file(f"{root}/{name}"))
    for path in [p for p in copy.rglob("*") if p.is_file() and p.name != KEYS]:
        if path.relative_to(copy).as_posix() not in found:
            path.unlink(missing_ok=True)
    if known != found:
        written(copy / KEYS, json.dumps(found, sort_keys=True).encode())


def _mark(row: dict[str, Any]) -> str:
    """What changes when the file does: its tag, or its size and time."""
    time = row.get("mtime") or row.get("LastModified") or row.get("created")
    size_and_time = [row.get("size"), str(time)]
    return str(row.get("ETag") or row.get("etag") or size_and_time)

"""Datasets that lie elsewhere, brought here: a copy that is renewed file by file, and only where a file has changed."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from reportgen.data.dataset import Dataset, open_dataset
from reportgen.data.store import store_path
from reportgen.errors import NoData
from reportgen.resources import SAMPLE, cache_dir, written

KEYS = "remote.json"


def dataset(data: str) -> Dataset:
    """The dataset *data*: "sample", "store" (or "store@41", as known at fetch 41), a folder, a store's file, or a URL that fsspec understands."""
    name, _, fetch = data.partition("@") if data.startswith("store@") else (data, "", "")
    if fetch and not fetch.isdigit():
        raise NoData(
            f"Data '{data}': after 'store@' comes the number of a fetch, as in store@41.",
            subject=data,
        )
    return open_dataset(local_copy(name), int(fetch) if fetch else None)


def local_copy(data: str) -> Path:
    """Where the dataset *data* lies here; one behind a URL is copied."""
    if data == "sample":
        return SAMPLE
    if data == "store":
        return store_path()
    if "://" not in data:
        return Path(data)
    copy = cache_dir() / "datasets" / hashlib.sha256(data.encode()).hexdigest()[:16]
    try:
        import fsspec

        system, root = fsspec.core.url_to_fs(data)
        _renew(system, root.rstrip("/"), copy)
    except ImportError as error:
        raise NoData(
            f"Dataset '{data}' needs a package: {error}. Install the package it needs, such as s3fs.",
            subject=data,
        ) from error
    except Exception as error:  # each file system fails in its own way
        raise NoData(
            f"Dataset '{data}' can not be read: {type(error).__name__}: {error}", subject=data
        ) from error
    return copy


def _renew(system: Any, root: str, copy: Path) -> None:
    """Make *copy* hold what *root* holds now."""
    system.invalidate_cache()
    found = {
        name[len(root) + 1 :]: _mark(row) for name, row in system.find(root, detail=True).items()
    }
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
    return str(
        row.get("ETag")
        or row.get("etag")
        or [row.get("size"), str(row.get("mtime") or row.get("LastModified") or row.get("created"))]
    )

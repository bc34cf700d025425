"""Where briefs are kept.

Folders of this machine, or of any file system that fsspec knows, such as
``s3://bucket/briefs``.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from reportgen.core.errors import RenderError

OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "az", "abfs", "adl", "oss"}
"""Protocols of stores without folders; fsspec would cache their listings."""
HERE = platform.node() or "here"
OWNER_ONLY, OWNERS_FILE = 0o700, 0o600
"""The modes of a private folder and of its files: nobody else reads them."""
TEMPORARY = re.compile(rf"\..+\.{re.escape(HERE)}-(\d+)\.new")
"""A file that is being written, and by which process of this machine; others
may share the folder.
"""


class Folder(Protocol):
    """A folder of one brief or of many."""

    def __truediv__(self, name: str) -> Folder:
        """The folder *name* in this one."""

    def refuse(self) -> None:
        """Raise RenderError where the folder is not writable; leaves no trace."""

    def write(
        self,
        files: Mapping[str, bytes],
        drop: Iterable[str] = (),
    ) -> tuple[str, ...]:
        """Where *files* now are.

        All of them whole, or all as they were; those to *drop* are then removed.
        """

    def set_aside(self, names: Iterable[str], to: str) -> None:
        """Move the existing files of these *names* into the subfolder *to*."""

    def sizes(self) -> dict[str, int]:
        """The names of the files in it and their sizes in bytes."""

    def read(self, name: str) -> bytes:
        """The bytes of a file; FileNotFoundError where it is not there."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""


def folder(where: str | Path, *, private: bool = False) -> Folder:
    """The folder at *where*: a path, or a URL that fsspec understands.

    What is written into a *private* one of this machine can be read by its owner alone.
    """
    protocol, url, path = str(where).partition("://")
    if not url:
        return LocalFolder(Path(where), private=private)
    return (
        LocalFolder(Path(path), private=private)
        if protocol in ("file", "local")
        else RemoteFolder(*file_system(str(where)))
    )


def variant(where: str, parameters: Mapping[str, object]) -> str:
    """Where briefs go that differ from others in *parameters*.

    A folder in *where* such as "months=12", or *where* if in none.
    """
    name = ",".join(f"{name}={value}" for name, value in parameters.items())
    return f"{where.rstrip('/')}/{name}" if name else where


def file_system(url: str) -> tuple[Any, str]:
    """The file system of *url* by fsspec, and the path in it.

    Raises:
        RenderError: No installed package knows it.
    """
    try:
        import fsspec

        options = {"use_listings_cache": False} if url.partition(":")[0] in OBJECT_STORES else {}
        found: tuple[Any, str] = fsspec.core.url_to_fs(url, **options)
    except (
        ImportError,
        ValueError,
    ) as error:  # the file system, or fsspec itself, is not installed or not known
        raise RenderError(
            f"'{url}' cannot be opened: {error}. Install the package it needs, such as s3fs.",
            subject=url,
        ) from error
    return found


class LocalFolder:
    """A folder of this machine; each file appears complete, by one rename."""

    def __init__(self, path: Path, *, private: bool = False) -> None:
        self.path = path
        self.private = private

    def __truediv__(self, name: str) -> LocalFolder:
        """The folder *name* in this one."""
        return LocalFolder(self.path / name, private=self.private)

    def __str__(self) -> str:
        return str(self.path)

    def refuse(self) -> None:
        """Raise RenderError where nothing can be written here."""
        base = self.path
        try:
            while not base.exists():
                base = base.parent
            if not base.is_dir():
                raise RenderError(f"The output {base} is not a folder.", subject=base)
            with tempfile.TemporaryFile(dir=base):
                pass
        except OSError as error:
            raise RenderError(
                f"The output folder {base} cannot be written: {error.strerror}.",
                subject=base,
            ) from error

    def write(
        self,
        files: Mapping[str, bytes],
        drop: Iterable[str] = (),
    ) -> tuple[str, ...]:
        """All *files* under temporary names first, then each renamed.

        A failure leaves the old ones.
        """
        path = self.path
        fresh = [
            (path / f".{name}.{HERE}-{os.getpid()}.new", path / name, data)
            for name, data in files.items()
        ]
        missing = [p for p in (path, *path.parents) if not p.exists()]
        try:
            path.mkdir(parents=True, exist_ok=True)
            if self.private:
                path.chmod(OWNER_ONLY)
            self.sweep()
            blocked = next((final for _, final, _ in fresh if final.is_dir()), None)
            if blocked:
                raise IsADirectoryError(
                    errno.EISDIR,
                    "a folder stands where a file goes",
                    str(blocked),
                )
            for temporary, _, data in fresh:
                if self.private:
                    temporary.touch(OWNERS_FILE)
                temporary.write_bytes(data)
            for temporary, final, _ in fresh:
                temporary.replace(final)
        except OSError as error:
            for temporary, _, _ in fresh:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            for made in missing:
                with suppress(OSError):
                    made.rmdir()
            raise RenderError(
                f"The brief could not be written to {path}: {error.strerror};"
                " the last good files are untouched.",
                subject=path,
            ) from error
        for name in set(drop) - set(files):
            self.remove(name)
        return tuple(str(final) for _, final, _ in fresh)

    def set_aside(self, names: Iterable[str], to: str) -> None:
        """Move files and folders into a subfolder, each by one rename."""
        there = [name for name in names if (self.path / name).exists()]
        place = self.path / to
        if there and place.is_file():
            place.unlink()
        for name in there:
            place.mkdir(exist_ok=True)
            if (place / name).is_dir():
                shutil.rmtree(place / name)
            (self.path / name).replace(place / name)

    def sweep(self) -> None:
        """Remove the unfinished files of processes that were killed."""
        for left in self.path.glob(".*.new"):
            writer = TEMPORARY.fullmatch(left.name)
            if writer and not _alive(int(writer[1])):
                left.unlink(missing_ok=True)

    def sizes(self) -> dict[str, int]:
        """The names of its files and their sizes."""
        if not self.path.is_dir():
            return {}
        return {p.name: p.stat().st_size for p in self.path.iterdir() if p.is_file()}

    def read(self, name: str) -> bytes:
        """The bytes of a file; OSError where a folder, pipe or device stands in its place."""
        path = self.path / name
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it is a folder, pipe or device, and no file", str(path))
        return path.read_bytes()

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.path / name).unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if sys.platform == "win32":  # where signal 0 is no question but an order
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


class RemoteFolder:
    """A folder of another file system.

    An object appears whole, and the record comes last, as the
    seal on the others.
    """

    def __init__(self, system: Any, path: str) -> None:
        self._system = system
        self._path = path.rstrip("/")

    def __truediv__(self, name: str) -> RemoteFolder:
        """The folder *name* in this one."""
        return RemoteFolder(self._system, f"{self._path}/{name}")

    def __str__(self) -> str:
        return str(self._system.unstrip_protocol(self._path))

    def refuse(self) -> None:
        """Raise RenderError where the file system does not answer or refuses.

        An object is written and removed again to know.
        """
        probe = f"{self._path}/.reportgen-{HERE}-{os.getpid()}"
        with self._told():
            self._make()
            self._system.pipe_file(probe, b"")
            self._system.rm_file(probe)

    def write(
        self,
        files: Mapping[str, bytes],
        drop: Iterable[str] = (),
    ) -> tuple[str, ...]:
        """Write *files* in their order."""
        written = []
        with self._told():
            self._make()
            for name, data in files.items():
                self._system.pipe_file(f"{self._path}/{name}", data)
                written.append(f"{self}/{name}")
        for name in set(drop) - set(files):
            self.remove(name)
        return tuple(written)

    def set_aside(self, names: Iterable[str], to: str) -> None:
        """Copy files and folders into a subfolder, and remove the originals."""
        names, files = list(names), self.sizes()
        there = [name for name in names if name in files]
        for name in set(names) - set(there):
            if self._system.isdir(f"{self._path}/{name}"):
                self._system.mv(
                    f"{self._path}/{name}",
                    f"{self._path}/{to}/{name}",
                    recursive=True,
                )
        if there:
            (self / to).write({name: self.read(name) for name in there})
        for name in there:
            self.remove(name)

    def sizes(self) -> dict[str, int]:
        """The names of its files and their sizes."""
        with self._told():
            self._system.invalidate_cache()
            try:
                found = self._system.ls(self._path, detail=True)
            except FileNotFoundError:
                return {}
        return {
            row["name"].rpartition("/")[2]: int(row["size"] or 0)
            for row in found
            if row["type"] == "file"
        }

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        return bytes(self._system.cat_file(f"{self._path}/{name}"))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            self._system.rm_file(f"{self._path}/{name}")

    def _make(self) -> None:
        protocols = self._system.protocol
        if not OBJECT_STORES & set([protocols] if isinstance(protocols, str) else protocols):
            self._system.makedirs(self._path, exist_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the errors of other file systems into an error of ours."""
        try:
            yield
        except Exception as error:
            raise RenderError(
                f"{self} cannot be used: {type(error).__name__}: {error}",
                subject=str(self),
            ) from error

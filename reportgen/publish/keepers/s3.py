"""A ledger as an object in S3, or in a store that speaks S3.

Each write is conditional (If-Match, If-None-Match), so only one of two machines
can write.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from reportgen.core.errors import DeliveryError, RenderError, SettingsError
from reportgen.files.outputs import file_system
from reportgen.publish.keepers import overtaken

FILE = "outbox.sqlite"


def at(rest: str, desk: Path) -> Object:
    """The object in the bucket and below the key that *rest*, "//BUCKET/KEY", names.

    Raises:
        SettingsError: It names none, or s3fs is not installed.
    """
    del desk
    where = f"s3:{rest.rstrip('/')}"
    if not rest.startswith("//") or not rest.strip("/"):
        raise SettingsError(
            f"[ledger]: keep = '{where}' names no bucket; write s3://BUCKET/KEY.", subject=where
        )
    try:
        system, path = file_system(where)
    except RenderError as error:
        raise SettingsError(f"[ledger]: {error}", subject=where) from error
    return Object(system, f"{path}/{FILE}")


class Object:
    """An object that holds the ledger."""

    def __init__(self, system: Any, path: str) -> None:
        self._system, self._path = system, path
        self._tag = ""

    def __str__(self) -> str:
        return f"s3://{self._path}"

    def pull(self) -> bytes | None:
        """The object; its tag is asked for first, so that a change in between is seen."""
        try:
            self._tag = self._newest()
            return bytes(self._system.cat_file(self._path)) if self._tag else None
        except Exception as error:
            raise self._failure(error) from error

    def push(self, data: bytes) -> None:
        """Put *data* where the object still has the tag that was read."""
        bucket, key, _ = self._system.split_path(self._path)
        condition = {"IfMatch": self._tag} if self._tag else {"IfNoneMatch": "*"}
        try:
            put = self._system.call_s3("put_object", Bucket=bucket, Key=key, Body=data, **condition)
            self._tag = put["ETag"]
        except Exception as error:
            before, there = self._tag, None
            with suppress(DeliveryError):
                there = self.pull()
            if there == data:  # only the answer was lost
                return
            if there is not None and self._tag != before:
                raise overtaken(str(self)) from None
            raise self._failure(error) from error

    def _newest(self) -> str:
        """The tag of the object, "" where there is none."""
        try:
            return str(self._system.info(self._path, refresh=True)["ETag"])
        except FileNotFoundError:
            return ""

    def _failure(self, error: Exception) -> DeliveryError:
        return DeliveryError(
            f"The ledger cannot be kept at {self}: {type(error).__name__}: {error}.",
            subject=str(self),
        )

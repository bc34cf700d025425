"""Places where a ledger outlives the machine that sends.

Each module of this package is a kind of place, called by the word before the
colon: "git:ledger" is a branch of the desk's repository, "s3://desk/ledger" an
object in S3.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Protocol

from reportgen.core.errors import Overtaken, SettingsError, did_you_mean


class Keeper(Protocol):
    """A place that keeps one ledger, for whoever comes first."""

    def pull(self) -> bytes | None:
        """The bytes of the ledger there, None where there is none yet.

        Raises:
            DeliveryError: The place does not answer.
        """

    def push(self, data: bytes) -> None:
        """Replace what was pulled, or pushed last, by *data*.

        Raises:
            Overtaken: The place holds something else by now.
            DeliveryError: The place does not take it.
        """


def overtaken(where: str) -> Overtaken:
    """The error of who comes second to the ledger at *where*."""
    return Overtaken(
        f"Another run is sending: the ledger at {where} has changed since it was read."
        " Nothing more is sent by this one; call it again when the other has ended.",
        subject=where,
    )


def keeper(where: str, desk: Path) -> Keeper:
    """The keeper at *where*, "git:BRANCH" or "s3://BUCKET/KEY", of the desk at *desk*.

    Raises:
        SettingsError: There is no such kind, or no place of that name.
    """
    kind, _, rest = where.partition(":")
    kinds = [found.name for found in pkgutil.iter_modules(__path__)]
    if kind not in kinds or not rest:
        raise SettingsError(
            f"[ledger]: keep = '{where}' is no place; write git:BRANCH or s3://BUCKET/KEY."
            f"{did_you_mean(kind, kinds)}",
            subject=where,
        )
    found: Keeper = import_module(f"{__name__}.{kind}").at(rest, desk)
    return found

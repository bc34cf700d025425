"""Doors other than mail: chats, webhooks, folders, each a class of one protocol.

A package adds a kind by an entry point in the group ``reportgen.channels``; the built-in ones are
registered the same way. A desk adds one by a file ``channels/NAME.py`` with one class.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from reportgen.config.plugins import desk_classes
from reportgen.core.errors import SettingsError, did_you_mean
from reportgen.publish.mail.smtp import Outcome

GROUP, OLD_GROUP = "reportgen.channels", "reportgen.deliverers"
"""The entry points of packages that bring kinds of doors, and what 0.1.0 called them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a door is handed.

    A brief in short, where it can be read, and its files. ``id`` is the same for
    the same edition, always.
    """

    id: str
    report: str
    label: str
    session: dt.date
    as_of: dt.datetime
    edition: int
    title: str
    points: tuple[str, ...]
    notices: tuple[str, ...]
    verdict: str
    page: str
    """The URL of its page, "" if unknown; ``chart`` is its first
    picture there.
    """
    chart: str
    files: Mapping[str, bytes]
    at: dt.datetime
    """The moment of the hand-over."""


class Deliverer(Protocol):
    """A kind of door.

    Its table in ``reportgen.toml`` is checked when it is made:
    SettingsError names what is off.
    """

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        """The door *name* with the *settings* of its table."""

    def hand(self, post: Post) -> Outcome:
        """What became of *post*.

        Sent, refused for good, deferred, or unknown where it may have arrived.
        """


@cache
def registered() -> dict[str, type[Deliverer]]:
    """The classes of all installed kinds of doors and of the desk's own, by name.

    Raises:
        SettingsError: A file of the desk cannot be used.
    """
    from importlib.metadata import entry_points

    found: dict[str, type[Deliverer]] = {}
    for group in (OLD_GROUP, GROUP):
        for one in sorted(entry_points(group=group), key=lambda e: e.name):
            if group == OLD_GROUP and not one.value.startswith("reportgen."):
                warnings.warn(
                    f"The kind of door '{one.name}' is in the group {OLD_GROUP}, which is {GROUP}"
                    " now; the old name goes with the next release.",
                    DeprecationWarning,
                    stacklevel=2,
                )
            found[one.name] = one.load()
    return found | desk_classes("channels", _is_channel, "class with a method hand")


def _is_channel(cls: type) -> bool:
    return callable(getattr(cls, "hand", None))


def door(name: str, table: Mapping[str, Any]) -> Deliverer:
    """The door *name* that *table*, below [doors] in ``reportgen.toml``, describes.

    Raises:
        SettingsError: It cannot.
    """
    settings = dict(table)
    kind = str(settings.pop("kind", ""))
    if kind not in registered():
        lacking = f"there is no kind '{kind}'" if kind else "its kind is missing"
        raise SettingsError(
            f"[doors.{name}]: {lacking}.{did_you_mean(kind, registered())}",
            subject=name,
        )
    return registered()[kind](name, settings)


def texts(
    name: str,
    settings: Mapping[str, Any],
    needed: tuple[str, ...],
    optional: tuple[str, ...] = (),
) -> dict[str, str]:
    """The *settings* of the door *name*, all texts.

    Raises:
        SettingsError: One is unknown, missing or something else.
    """
    for key, value in settings.items():
        if key not in (*needed, *optional):
            raise SettingsError(
                f"[doors.{name}]: unknown '{key}'.{did_you_mean(key, (*needed, *optional))}",
                subject=key,
            )
        if not isinstance(value, str) or not value:
            raise SettingsError(
                f"[doors.{name}]: {key} = {value!r} is not a line of text.",
                subject=key,
            )
    missing = [key for key in needed if key not in settings]
    if missing:
        raise SettingsError(
            f"[doors.{name}]: '{missing[0]}' is missing.",
            subject=missing[0],
        )
    return {key: str(value) for key, value in settings.items()}

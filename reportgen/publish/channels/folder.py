"""A folder that receives every brief, here or on any fsspec file system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.files.outputs import folder
from reportgen.publish.channels import Post, texts
from reportgen.publish.mail.smtp import Outcome


class Shelf:
    """A door of the kind "folder".

    The files of a brief in ``to``/REPORT/LABEL, a later edition in the
    place of the one before.
    """

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        self._to = texts(name, settings, ("to",))["to"]

    def hand(self, post: Post) -> Outcome:
        """Where the files are, all of them whole."""
        try:
            place = folder(self._to) / post.report / post.label
            place.write(post.files)
            for name in place.sizes():
                if name.startswith("brief.") and name not in post.files:
                    place.remove(name)
        except Exception as error:  # noqa: BLE001 - each file system fails its way
            return Outcome("deferred", 0, f"{type(error).__name__}: {error}")
        return Outcome("sent", 0, str(place))

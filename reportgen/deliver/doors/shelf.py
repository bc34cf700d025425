"""A folder, here or on any file system that fsspec knows, in which every brief is laid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.deliver.doors import Post, texts
from reportgen.deliver.smtp import Outcome
from reportgen.errors import RenderError
from reportgen.outputs import folder


class Shelf:
    """A door of the kind "folder": the files of a brief in ``to``/REPORT/LABEL, a later edition in the place of the one before."""

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        self._to = texts(name, settings, ("to",))["to"]

    def hand(self, post: Post) -> Outcome:
        """Where the files are, all of them whole."""
        place = folder(self._to) / post.report / post.label
        try:
            place.write(post.files)
        except RenderError as error:
            return Outcome("deferred", 0, str(error))
        return Outcome("sent", 0, str(place))

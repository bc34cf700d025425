"""Executed notebooks of other people, as they lie in a folder, and what a brief makes of them."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import v4

from reportgen.config.settings import Settings
from reportgen.produce import telling
from reportgen.produce.notebooks import named_alone
from reportgen.rendering.brief import Brief
from reportgen.verify.factcheck import Check

FORMATS = ("html", "pdf", "eml", "txt", "json")
RAN = "2024-09-18T21:00:00+00:00"


def prose(text: str, tags: Sequence[str] = ()) -> Any:
    """A cell of Markdown."""
    return v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def code(source: str, *outputs: Any, tags: Sequence[str] = ()) -> Any:
    """A cell of code that ran."""
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def shows(about: Mapping[str, Any] | None = None, **media: Any) -> Any:
    """An output of *media*, each by its short name."""
    return v4.new_output(
        "display_data",
        data={SHORT.get(name, name): value for name, value in media.items()},
        metadata=dict(about or {}),
    )


SHORT = {
    "html": "text/html",
    "text": "text/plain",
    "markdown": "text/markdown",
    "latex": "text/latex",
    "png": "image/png",
    "svg": "image/svg+xml",
    "chart": "application/vnd.vegalite.v5+json",
    "plotly": "application/vnd.plotly.v1+json",
    "widget": "application/vnd.jupyter.widget-view+json",
    "scrap": "application/scrapbook.scrap.json+json",
}


def printed(text: str, name: str = "stdout") -> Any:
    """What a cell printed."""
    return v4.new_output("stream", name=name, text=text)


def raised(kind: str, words: str) -> Any:
    """An error that ended a cell."""
    return v4.new_output("error", ename=kind, evalue=words, traceback=[])


def notebook(*cells: Any, **about: Any) -> Any:
    """A notebook that papermill has run."""
    found = v4.new_notebook(cells=list(cells), metadata=about)
    found.metadata.setdefault("papermill", {"end_time": RAN})
    nbformat.validate(found)
    return found


@cache
def png(width: int = 40, height: int = 30) -> str:
    """A picture as a notebook keeps it."""
    rows = b"".join(b"\0" + bytes((x * 5 % 256, 80, 160)) * 1 * width for x in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
    return base64.b64encode(data + chunk(b"IEND", b"")).decode()


@dataclass(frozen=True, slots=True)
class Told:
    """A brief of such a notebook: its files by name, and what the check of them says."""

    brief: Brief
    files: Mapping[str, bytes]
    failed: Sequence[Check]

    @property
    def page(self) -> str:
        """The page."""
        return self.files["brief.html"].decode()

    @property
    def text(self) -> str:
        """The plain text."""
        return self.files["brief.txt"].decode()

    @property
    def mail(self) -> Any:
        """The message."""
        return message_from_bytes(self.files["brief.eml"], policy=policy.default)

    @property
    def mail_html(self) -> str:
        """Its HTML part."""
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def paper(self) -> str:
        """The words of the PDF, without spaces."""
        import pypdfium2

        document = pypdfium2.PdfDocument(io.BytesIO(self.files["brief.pdf"]))
        texts = [page.get_textpage().get_text_bounded() for page in document]
        return "".join("".join(texts).split())

    def says(self, words: str) -> list[str]:
        """The files in which *words* stand."""
        places = {
            "html": self.page,
            "eml": self.mail_html,
            "txt": " ".join(self.text.split()),
            "pdf": self.paper,
        }
        bare = "".join(words.split())
        return [name for name, text in places.items() if (bare if name == "pdf" else words) in text]


def told(notebook: Any, name: str = "weekly.ipynb") -> Told:
    """The brief of *notebook* in all forms, and their check."""
    brief = telling.tell(named_alone(notebook, Path(name)))
    files = telling.render(brief, FORMATS, Settings())
    failed = telling.check_brief(brief, files)
    return Told(brief, {file.name: file.data for file in files}, failed)

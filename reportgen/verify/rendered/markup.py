"""The reader of HTML: what a page or a message shows, in its order."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

from reportgen.verify.rendered.lines import SIGNS, Part, fold

VOID = ("meta", "link", "br", "img", "hr", "input")
MUTE = ("script", "style")
CELLS = ("td", "th")
COLOURS = frozenset(SIGNS.values())
Attributes = dict[str, str | None]


class Figure(NamedTuple):
    """A figure behind words: the fact they cite, its raw value, its origin and its link."""

    ref: str
    value: str
    text: str
    origin: str
    link: str | None


class Reader(HTMLParser):
    """Visible text of a page: parts by name, figures by fact, drawings, the rest.

    ``drawn`` has the drawings of each figure, ``sparks`` those of the strip,
    ``specs`` what a page redraws its figures from, and ``asides`` the comments, of
    which Outlook shows some.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.rest: list[str] = []
        self.asides: list[str] = []
        self.drawn: dict[str, list[str]] = {}
        self.sparks: list[str] = []
        self.specs: dict[str, str] = {}
        self.facts: list[Figure] = []
        self.instruments: list[str] = []
        self.changes: list[tuple[str, str]] = []
        self.head = {"title": "", "description": ""}
        self._open: list[tuple[str, Attributes]] = []
        self._link: tuple[str | None, str | None] = (None, None)
        self._cells: list[tuple[int, int]] = []
        self._part = 0
        self._at = 0
        self._text: list[str] = []
        self._colour = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what *tag* says, and what stands open."""
        given = dict(attrs)
        self._note(tag, given)
        if tag in VOID:
            return
        self._open.append((tag, given))
        if tag == "table":
            self._cells.append((-1, -1))
        elif tag == "tr" and self._cells:
            self._cells[-1] = (self._cells[-1][0] + 1, -1)
        elif tag in CELLS and self._cells:
            self._cells[-1] = (self._cells[-1][0], self._cells[-1][1] + 1)
        if given.get("data-part"):
            self._begin(tag, given)
        if tag == "svg":
            self.set_cdata_mode(tag)  # a drawing is read on its own
            self._draw(given)

    def updatepos(self, i: int, j: int) -> int:
        """Where reading goes on; nobody asks for lines, so none are counted."""
        del i
        return j

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what *tag* says; it holds nothing."""
        self._note(tag, dict(attrs))

    def _begin(self, tag: str, given: Attributes) -> None:
        self._end()
        where = str(given["data-part"])
        cell = tag in CELLS and where in ("table", "column")
        self.parts.append(Part(where, "", self._cells[-1] if cell and self._cells else None))
        self._part, self._at = len(self._open), len(self.parts) - 1
        words = set(str(given.get("class")).split()) & COLOURS
        self._colour = words.pop() if where == "table" and words else ""

    def _end(self) -> None:
        """Close the part that stands open, if any."""
        if self._part:
            text = fold("".join(self._text))
            self.parts[self._at] = self.parts[self._at]._replace(text=text)
            if self._colour:
                self.changes.append((self._colour, text))
            self._part = 0
            self._text.clear()

    def _figure(self) -> str:
        return next(
            (str(g.get("id")).removeprefix("figure-") for t, g in self._open if t == "figure"),
            "",
        )

    def _draw(self, given: Attributes) -> None:
        """Make room for a drawing: its text follows as data."""
        figure = self._figure()
        if figure:
            self.drawn.setdefault(figure, []).append("")
            self.parts.append(Part("drawing", figure))
        elif given.get("class") == "spark":
            self.sparks.append("")

    def _note(self, tag: str, given: Attributes) -> None:
        if given.get("data-origin"):
            self._link = (given["data-origin"], given.get("href"))
        if given.get("data-instrument"):
            self.instruments.append(str(given["data-instrument"]))
        if tag == "data":
            origin, link = self._link
            self.facts.append(
                Figure(
                    given.get("data-fact") or "",
                    given.get("value") or "",
                    "",
                    given.get("title") or origin or "",
                    link,
                )
            )
            self._link = (None, None)
        if tag == "meta" and given.get("name") == "description":
            self.head["description"] = given.get("content") or ""
        if tag == "img":
            self.parts.append(Part("image", given.get("src") or ""))
        if given.get("alt"):
            self.parts.append(Part("alt", str(given["alt"])))
        if given.get("role") == "img":
            self.parts.append(Part("alt", given.get("aria-label") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Close *tag*, and what was left open in it."""
        if tag in VOID:
            return
        while self._open:
            found, _ = self._open.pop()
            if len(self._open) < self._part:
                self._end()
            if found == "table" and self._cells:
                self._cells.pop()
            if found == tag:
                return

    def handle_comment(self, data: str) -> None:
        """Keep a comment."""
        self.asides.append(data)

    handle_pi = unknown_decl = handle_comment

    def handle_data(self, data: str) -> None:
        """Put *data* where it belongs."""
        inside = self._open[-1][0] if self._open else ""
        if inside == "svg":
            drawings = self.drawn.get(self._figure(), self.sparks)
            if drawings:
                drawings[-1] += data
        elif inside in MUTE:
            if self._open[-1][1].get("type") == "application/json":
                figure = self._figure()
                self.specs[figure] = self.specs.get(figure, "") + data
        elif inside == "title":
            self.head["title"] += data
        elif self._part:
            self._text.append(data)
            if inside == "data":
                last = self.facts[-1]
                self.facts[-1] = last._replace(text=last.text + data)
        else:
            self.rest.append(data)

"""The reader of a PDF: the text of its pages, and the shapes that are drawn on them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from typing import Any, NamedTuple

TEXT_IS_BROKEN = re.compile(r"[-\s\x02\ufffe\u00ad*\u2020\u2021\u00a7\u00b6\u2016]+")
BOX = 5
"""Segments of the outline of a bar."""


class Path(NamedTuple):
    """A shape on a page: how many segments it has; of a box its colour and its corners.

    Of a line, ``stroke`` is its colour, and it has points.
    """

    size: int
    fill: str = ""
    stroke: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    points: tuple[tuple[float, float], ...] = ()


class Sheet:
    """A page of a PDF: its text without white space, its shapes, and what of it was found."""

    def __init__(self, text: str, paths: Sequence[Path]) -> None:
        self.text = text
        self.paths = paths
        self.found: list[tuple[int, int]] = []

    def next_found(self, at: int) -> int:
        """Where the next text behind *at* begins that was found before."""
        return min((begin for begin, _ in self.found if begin >= at), default=len(self.text))

    def rest(self) -> str:
        """The text that was not found, a line for each piece of it."""
        left, at = [], 0
        for begin, end in sorted(self.found):
            left.append(self.text[at:begin])
            at = max(at, end)
        return "\n".join([*left, self.text[at:]])


def squeeze(text: str) -> str:
    """*text* without white space, hyphens and footnote signs.

    Line breaks differ between extractors.
    """
    return TEXT_IS_BROKEN.sub("", text)


def sheets_of(data: bytes, sizes: AbstractSet[int]) -> list[Sheet]:
    """The pages of the PDF *data*, with the points of lines of so many points as *sizes* has."""
    import pypdfium2

    with closing(pypdfium2.PdfDocument(data)) as document:
        sheets = []
        for number in range(len(document)):
            with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
                text = squeeze(text_page.get_text_bounded())
                sheets.append(Sheet(text, list(_paths(page.raw, sizes))))
        return sheets


def drawn_text(data: bytes, number: int) -> str:
    """The text of a page of the PDF *data* in the order in which it is drawn."""
    import pypdfium2
    from pypdfium2 import raw

    with (
        closing(pypdfium2.PdfDocument(data)) as document,
        closing(document[number]) as page,
        closing(page.get_textpage()) as text_page,
    ):
        texts = [
            _text(shape, text_page.raw)
            for shape, _ in _Shapes(raw).all(page.raw)
            if raw.FPDFPageObj_GetType(shape) == raw.FPDF_PAGEOBJ_TEXT
        ]
    return squeeze("".join(texts))


def _text(shape: Any, page: Any) -> str:
    """The text of one *shape*, which a PDF library gives as UTF-16 with a zero behind it."""
    from pypdfium2 import raw

    size = raw.FPDFTextObj_GetText(shape, page, None, 0)
    letters = ctypes.create_string_buffer(size)
    raw.FPDFTextObj_GetText(shape, page, ctypes.cast(letters, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return letters.raw[:-2].decode("utf-16-le")


def _paths(page: Any, sizes: AbstractSet[int]) -> Iterator[Path]:
    from pypdfium2 import raw

    shapes = _Shapes(raw)
    for shape, way in shapes.all(page):
        if raw.FPDFPageObj_GetType(shape) == raw.FPDF_PAGEOBJ_PATH:
            yield shapes.path(shape, way, sizes)


Way = tuple[float, float, float, float, float, float]
"""How something stands on its page: the six numbers of a matrix."""
STILL: Way = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Shapes:
    """What the library in C says of the shapes of a page."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def all(self, page: Any) -> Iterator[tuple[Any, Way]]:
        """Every shape of *page* in its order, and how its form stands.

        What is transparent stands in a form.
        """
        raw = self.raw
        for number in range(raw.FPDFPage_CountObjects(page)):
            yield from self._parts(raw.FPDFPage_GetObject(page, number), STILL)

    def _parts(self, shape: Any, way: Way) -> Iterator[tuple[Any, Way]]:
        raw = self.raw
        if raw.FPDFPageObj_GetType(shape) != raw.FPDF_PAGEOBJ_FORM:
            yield shape, way
            return
        inner = _within(way, self._way(shape))
        for number in range(raw.FPDFFormObj_CountObjects(shape)):
            yield from self._parts(raw.FPDFFormObj_GetObject(shape, number), inner)

    def path(self, shape: Any, way: Way, sizes: AbstractSet[int]) -> Path:
        """*shape* with its box if it can be one, its points if there are as many as asked."""
        raw = self.raw
        size = raw.FPDFPath_CountSegments(shape)
        path = Path(size)
        if size == BOX:
            fill = self._colour(raw.FPDFPageObj_GetFillColor, shape)
            path = path._replace(fill=fill, box=self._box(shape, way))
        if size in sizes:
            points = tuple(self._points(shape, size, _within(way, self._way(shape))))
            stroke = self._colour(raw.FPDFPageObj_GetStrokeColor, shape)
            path = path._replace(stroke=stroke, points=points)
        return path

    def _way(self, shape: Any) -> Way:
        way = self.raw.FS_MATRIX()
        self.raw.FPDFPageObj_GetMatrix(shape, way)
        return way.a, way.b, way.c, way.d, way.e, way.f

    def _colour(self, asked: Any, shape: Any) -> str:
        """The colour of *shape* as #RRGGBB; *asked* fills in its parts."""
        red, green, blue, cover = (ctypes.c_uint() for _ in range(4))
        asked(shape, red, green, blue, cover)
        return f"#{red.value:02X}{green.value:02X}{blue.value:02X}"

    def _box(self, shape: Any, way: Way) -> tuple[float, float, float, float]:
        """The left, lower, right and upper end of *shape* on its page."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        self.raw.FPDFPageObj_GetBounds(shape, left, bottom, right, top)
        x, y = _moved(way, left.value, bottom.value)
        u, v = _moved(way, right.value, top.value)
        return min(x, u), min(y, v), max(x, u), max(y, v)

    def _points(self, shape: Any, size: int, way: Way) -> Iterator[tuple[float, float]]:
        """The ends of the segments of *shape*, where they stand on the page."""
        segment, point = self.raw.FPDFPath_GetPathSegment, self.raw.FPDFPathSegment_GetPoint
        a, b, c, d, e, f = way
        x, y = ctypes.c_float(), ctypes.c_float()
        for number in range(size):
            point(segment(shape, number), x, y)
            across, up = x.value, y.value
            yield a * across + c * up + e, b * across + d * up + f


def _within(outer: Way, inner: Way) -> Way:
    """Where something stands that is *inner* in what is *outer*."""
    a, b, c, d, e, f = inner
    return (*_turned(outer, a, b), *_turned(outer, c, d), *_moved(outer, e, f))


def _turned(way: Way, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, _, _ = way
    return a * x + c * y, b * x + d * y


def _moved(way: Way, x: float, y: float) -> tuple[float, float]:
    across, up = _turned(way, x, y)
    return across + way[4], up + way[5]

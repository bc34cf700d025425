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
    """A shape on a page: how many segments it has, its colour, its box, its points."""

    size: int
    colour: str = ""
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


Way = tuple[float, float, float, float, float, float]
"""How a form stands on its page: the six numbers of a matrix."""
STILL: Way = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _paths(page: Any, sizes: AbstractSet[int]) -> Iterator[Path]:
    from pypdfium2 import raw

    for number in range(raw.FPDFPage_CountObjects(page)):
        yield from _shapes(raw.FPDFPage_GetObject(page, number), STILL, sizes)


def _shapes(shape: Any, way: Way, sizes: AbstractSet[int]) -> Iterator[Path]:
    """The paths of *shape*: of what is transparent, those in its form."""
    from pypdfium2 import raw

    kind = raw.FPDFPageObj_GetType(shape)
    if kind == raw.FPDF_PAGEOBJ_FORM:
        inner = _within(way, _way(shape))
        for number in range(raw.FPDFFormObj_CountObjects(shape)):
            yield from _shapes(raw.FPDFFormObj_GetObject(shape, number), inner, sizes)
    elif kind == raw.FPDF_PAGEOBJ_PATH:
        size = raw.FPDFPath_CountSegments(shape)
        if size == BOX:
            yield Path(size, _colour(raw.FPDFPageObj_GetFillColor, shape), box=_box(shape, way))
        elif size in sizes:
            points = tuple(_points(shape, size, _within(way, _way(shape))))
            yield Path(size, _colour(raw.FPDFPageObj_GetStrokeColor, shape), points=points)
        else:
            yield Path(size)


def _way(shape: Any) -> Way:
    from pypdfium2 import raw

    way = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(shape, way)
    return way.a, way.b, way.c, way.d, way.e, way.f


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


def _colour(asked: Any, shape: Any) -> str:
    """The colour of *shape* as #RRGGBB; *asked* fills in its parts."""
    red, green, blue, cover = (ctypes.c_uint() for _ in range(4))
    asked(shape, red, green, blue, cover)
    return f"#{red.value:02X}{green.value:02X}{blue.value:02X}"


def _box(shape: Any, way: Way) -> tuple[float, float, float, float]:
    """The left, lower, right and upper end of *shape* on its page."""
    from pypdfium2 import raw

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(shape, left, bottom, right, top)
    (x, y), (u, v) = _moved(way, left.value, bottom.value), _moved(way, right.value, top.value)
    return min(x, u), min(y, v), max(x, u), max(y, v)


def _points(shape: Any, size: int, way: Way) -> Iterator[tuple[float, float]]:
    """The ends of the segments of *shape*, where they stand on the page."""
    from pypdfium2 import raw

    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(size):
        raw.FPDFPathSegment_GetPoint(raw.FPDFPath_GetPathSegment(shape, number), x, y)
        yield _moved(way, x.value, y.value)

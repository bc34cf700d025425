"""The reader of drawings: where an SVG has its bars, lines, points and labels."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from html import unescape
from typing import NamedTuple

from reportgen.verify.factcheck import Check
from reportgen.verify.rendered.charts import Axis, Chart, Mark
from reportgen.verify.rendered.lines import fold
from reportgen.verify.ticks import is_tick

TOKEN = re.compile(r'<(/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(/?)>([^<]*)')
ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
SHIFT = re.compile(r'transform="translate\((-?[\d.]+),(-?[\d.]+)\)"')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
FRAME = re.compile(r'd="M0,0h([\d.]+)v([\d.]+)h-[\d.]+Z"')
BAR = re.compile(r"M(-?[\d.]+),(-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)h-?[\d.]+Z")
POINTS = re.compile(r'<polyline points="([^"]+)"')
TICK = re.compile(r"[+\u2212]?\d[\d,]*%?|[A-Z][a-z]{2}|\d{4}")
YEAR = re.compile(r"[12]\d{3}")
FIGURE = re.compile(r"([+\u2212]?)\D*?(\d[\d,]*)(?:\.(\d+))?(%?)\D*")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHAPES = {
    "box": ("bar", "rect"),
    "line": ("line",),
    "area": ("area",),
    "point": ("point",),
    "rule": ("rule",),
}
"""Kinds of shapes, and of the marks that are drawn so."""
SHOWN, PAINT = ("path", "line", "text"), {"fill", "stroke"}
"""Elements that are read, and what makes one visible."""
SILENT = ("svg", "g", "defs", "clipPath", "rect")
"""Elements that show nothing; a rectangle bounds an area."""
CLOSE = 0.16
"""Pixels by which a rounded coordinate of a drawing may differ."""
BASELINE, HALF_LINE = 4.0, 4.5
"""Pixels from the middle of a label to its baseline, and by how much that may differ."""
FLUSH = 6.5
"""Pixels by which the label of a value may stand beside it, at the ends of an axis."""
DAY = 1.5
"""Days by which a tick of a time axis may differ from the first of its month."""
SMALLEST = 2
"""Points that a line has at least."""
FALSE = "the drawing does not show the values of the record"


class Shape(NamedTuple):
    """Something drawn: its tag, its place in the plot, its attributes and its words."""

    tag: str
    x: float
    y: float
    given: dict[str, str]
    text: str


class Plot(NamedTuple):
    """What a drawing shows, and the size of its plot in pixels."""

    shapes: list[Shape]
    width: float
    height: float
    odd: str
    """The tag of a shape that is not read, if any."""


def read(svg: str) -> Plot | None:
    """The shapes of *svg* by their places in its plot; None where it has no plot."""
    elements = list(_elements(svg))
    size, left, top = next(
        (
            (size, shape.x, shape.y)
            for shape, attributes in elements
            if shape.tag == "path" and (size := FRAME.search(attributes))
        ),
        (None, 0.0, 0.0),
    )
    if size is None:
        return None
    shapes = [
        Shape(tag, x - left, y - top, given, text)
        for (tag, x, y, _, text), attributes in elements
        if tag in SHOWN
        and ((given := dict(ATTRIBUTE.findall(attributes))).keys() & PAINT or tag == "text")
    ]
    odd = next((s.tag for s, _ in elements if s.tag not in (*SHOWN, *SILENT)), "")
    return Plot(shapes, float(size[1]), float(size[2]), odd)


def _elements(svg: str) -> Iterator[tuple[Shape, str]]:
    """Every element of *svg* but its groups, where it stands, with its attributes."""
    x = y = 0.0
    above: list[tuple[float, float]] = []
    for closing, tag, attributes, single, text in TOKEN.findall(svg):
        if tag == "g" and closing:
            x, y = above.pop() if above else (x, y)
        elif not closing:
            shift = SHIFT.search(attributes)
            left, top = (x + float(shift[1]), y + float(shift[2])) if shift else (x, y)
            if tag != "g":
                yield Shape(tag, left, top, {}, fold(unescape(text))), attributes
            elif not single:
                above.append((x, y))
                x, y = left, top


def words(svg: str) -> Iterator[str]:
    """Every text in *svg*, whatever it stands in."""
    return (fold(unescape(t)) for t in re.findall(r">([^<]+)", svg) if t.strip())


def drawing(svg: str, chart: Chart, name: str, file: str) -> Iterator[Check]:
    """Failed checks of the drawing *svg* of *chart*: its words, and what it draws."""
    shown = list(words(svg))
    for label in dict.fromkeys(chart.labels):
        if label and fold(label) not in shown:
            yield Check(file, label, label, "", "the picture does not show this label")
    plot = read(svg)
    if chart.words is not None:
        yield from _own(shown, {*map(fold, (*chart.labels, *chart.words))}, file)
    elif chart.marks is None:
        for text in dict.fromkeys(shown):
            if text not in map(fold, chart.labels) and not TICK.fullmatch(text):
                yield _unsaid(text, file)
    elif plot is None:
        yield Check(file, name, name, "", "the drawing cannot be read")
    else:
        yield from _plotted(plot, chart, chart.marks, name, file)
        texts = sorted(s.text for s in plot.shapes if s.tag == "text" and s.text)
        if texts != sorted(shown) or plot.odd:
            yield Check(file, name, plot.odd or name, "", "the drawing shows what is not read")


def _plotted(
    plot: Plot,
    chart: Chart,
    marks: Sequence[Mark],
    name: str,
    file: str,
) -> Iterator[Check]:
    """Failed checks of *plot*: its shapes, the places of its labels, and its axes."""
    for kind, kinds in SHAPES.items():
        if not _drawn(kind, [mark for mark in marks if mark.kind in kinds], plot):
            yield Check(file, name, f"{name}: {kind}", "", FALSE)
    left = [shape for shape in plot.shapes if shape.tag == "text" and shape.text]
    for mark in marks:
        yield from _labelled(mark, plot, left, file)
    for shape in left:
        if not _ticked(shape, chart, plot):
            yield _unsaid(shape.text, file)


def _own(shown: Sequence[str], known: AbstractSet[str], file: str) -> Iterator[Check]:
    """Failed checks of the texts of a chart of the notebook's own: *known* words, and ticks."""
    for text in dict.fromkeys(shown):
        if text not in known and not is_tick(text) and not _cut(text, known):
            yield _unsaid(text, file)


def _cut(text: str, known: AbstractSet[str]) -> bool:
    """Whether *text* is the beginning of a word that had no room: "Consumer sta…"."""
    stem = text.removesuffix("\u2026")
    return stem not in ("", text) and any(word.startswith(stem) for word in known)


def _unsaid(text: str, file: str) -> Check:
    return Check(file, text, text, "", "the picture shows what the narrative does not say")


def _near(one: float, other: float, by: float = CLOSE) -> bool:
    return abs(one - other) <= by


def _drawn(kind: str, marks: Sequence[Mark], plot: Plot) -> bool:
    """Whether *plot* has the shapes of *marks*, all of one *kind*, in order and no others."""
    tints = {tint for mark in marks for tint in mark.colours}
    shapes = [shape for shape in plot.shapes if _kind(shape, tints) == kind]
    if kind in ("line", "area"):
        lines = [mark for mark in marks if len(mark.points) >= SMALLEST]
        return len(shapes) == len(lines) and all(
            _is_line(shape, mark, plot) for shape, mark in zip(shapes, lines, strict=True)
        )
    wanted = [(mark, i) for mark in marks for i in range(len(mark.points))]
    return len(shapes) == len(wanted) and all(
        PLACED[mark.kind](shape, mark, i, plot)
        for shape, (mark, i) in zip(shapes, wanted, strict=True)
    )


def _kind(shape: Shape, tints: AbstractSet[str]) -> str:
    """Which kind of shape it is; a straight line in none of *tints* belongs to an axis."""
    if shape.tag == "line":
        return "rule" if shape.given.get("stroke") in tints else "grid"
    path = shape.given.get("d", "")
    if shape.tag != "path" or not path:
        return ""
    if "h" in path:
        return "box"
    if "A" in path:
        return "point"
    return "area" if "fill" in shape.given else "line"


def _at(mark: Mark, i: int, plot: Plot) -> tuple[float, float]:
    x, y = mark.points[i]
    return x * plot.width, y * plot.height


def _is_bar(shape: Shape, mark: Mark, i: int, plot: Plot) -> bool:
    """From the base to the value along one axis, in the middle of the band on the other."""
    found = BAR.fullmatch(shape.given["d"])
    if found is None or shape.given.get("fill") != mark.colours[i]:
        return False
    left, top, width, height = map(float, found.groups())
    left, top = left + shape.x, top + shape.y
    x, y = _at(mark, i, plot)
    if mark.spread == "x":
        begin, end, middle = left, left + width, top + height / 2
        wanted, base, across = x, mark.base * plot.width, y
    else:
        begin, end, middle = top, top + height, left + width / 2
        wanted, base, across = y, mark.base * plot.height, x
    ends = sorted((wanted, base))
    return _near(begin, ends[0]) and _near(end, ends[1], 2 * CLOSE) and _near(middle, across)


def _is_cell(shape: Shape, mark: Mark, i: int, plot: Plot) -> bool:
    """In its day and week, in the colour of its sign and as dark as its move is large."""
    found = BAR.fullmatch(shape.given["d"])
    if found is None or shape.given.get("fill") != mark.colours[i]:
        return False
    left, top, width, height = map(float, found.groups())
    x, y = _at(mark, i, plot)
    return (
        _near(shape.x + left + width / 2, x, 2 * CLOSE)
        and _near(shape.y + top + height / 2, y, 2 * CLOSE)
        and _near(float(shape.given.get("opacity", 1)), mark.depths[i], 0.006)
    )


def _is_point(shape: Shape, mark: Mark, i: int, plot: Plot) -> bool:
    x, y = _at(mark, i, plot)
    return _near(shape.x, x) and _near(shape.y, y) and shape.given.get("fill") == mark.colours[i]


def _is_rule(shape: Shape, mark: Mark, i: int, plot: Plot) -> bool:
    """At its value, and across the whole plot."""
    x, y = _at(mark, i, plot)
    across, down = (float(shape.given.get(key, 0)) for key in ("x2", "y2"))
    if math.isnan(x):
        return _near(shape.y, y) and _near(abs(across), plot.width) and not down
    return _near(shape.x, x) and _near(abs(down), plot.height) and not across


def _is_line(shape: Shape, mark: Mark, plot: Plot) -> bool:
    """Through each of its points, in its colour; an area goes back along its base."""
    tint = shape.given.get("stroke" if mark.kind == "line" else "fill")
    if tint != mark.colours[0]:
        return False
    path = shape.given["d"]
    if path.count("M") != 1:
        return False
    numbers = list(map(float, NUMBER.findall(path)))
    xs, ys = numbers[::2], numbers[1::2]
    size = len(mark.points)
    if len(numbers) != 2 * size * (2 if mark.kind == "area" else 1):
        return False
    right, down = plot.width, plot.height
    begun = all(
        abs(x + shape.x - px * right) <= CLOSE and abs(y + shape.y - py * down) <= CLOSE
        for (px, py), x, y in zip(mark.points, xs, ys, strict=False)
    )
    return begun and all(_near(y + shape.y, mark.base * down) for y in ys[size:])


PLACED = {"bar": _is_bar, "rect": _is_cell, "point": _is_point, "rule": _is_rule}


def _labelled(mark: Mark, plot: Plot, left: list[Shape], file: str) -> Iterator[Check]:
    """Each label of *mark* stands at its value; what is found is taken from *left*."""
    for i, text in enumerate(mark.texts):
        x, y = _at(mark, i, plot)
        x, y = x + mark.shift[0], y + mark.shift[1] + BASELINE
        shape = next(
            (
                s
                for s in left
                if s.text == fold(text)
                and s.given.get("fill") == mark.colours[i]
                and _near(s.x, x, 1)
                and _near(s.y, y, HALF_LINE)
            ),
            None,
        )
        if shape is not None:
            left.remove(shape)
        elif text:
            yield Check(file, text, text, "", "the label does not stand at its value")


def _ticked(shape: Shape, chart: Chart, plot: Plot) -> bool:
    """Whether a text beside the plot says what its axis has at that place."""
    across, down = shape.x / plot.width, (shape.y - BASELINE) / plot.height
    if shape.x < 0 or shape.x > plot.width:
        return _says(shape.text, chart.y, down, plot.height)
    return shape.y > plot.height and _says(shape.text, chart.x, across, plot.width)


def _says(text: str, axis: Axis, share: float, length: float) -> bool:
    if axis.names:
        place = int(min(max(share, 0), 0.9999) * len(axis.names))
        name = axis.names[place]
        return text == fold(name) or text == _month(name)
    if axis.value is None:
        return False
    pixel = abs(axis.value(1 / length) - axis.value(0))
    if axis.dated:
        return _first_of(text, axis.value(share), max(DAY, pixel))
    found = FIGURE.fullmatch(text)
    if found is None:
        return False
    sign, whole, part, percent = found.groups()
    size = float(whole.replace(",", "") + (f".{part}" if part else ""))
    unit = 0.01 if percent else 1.0
    size *= -unit if sign == "\u2212" else unit
    pixel = abs(axis.value(share + 1 / length) - axis.value(share))
    rounded = 0.5 * unit * 10.0 ** -len(part or "")
    return abs(size - axis.value(share)) <= rounded + FLUSH * pixel


def _month(name: str) -> str:
    """The month of a date such as 2025-01, as an axis writes it."""
    month = name[5:7]
    return MONTHS[int(month) - 1] if month.isdigit() and 1 <= int(month) <= len(MONTHS) else ""


def _first_of(text: str, day: float, by: float) -> bool:
    """Whether *text* names the month, or the year, that begins within so many days of *day*."""
    if YEAR.fullmatch(text):
        return _near(dt.date(int(text), 1, 1).toordinal(), day, by)
    near = dt.date.fromordinal(round(day)) + dt.timedelta(days=15)
    first = near.replace(day=1)
    return _near(first.toordinal(), day, by) and text == MONTHS[first.month - 1]


def sparked(points: str, levels: Sequence[float]) -> bool:
    """Whether the *points* of a polyline rise and fall as *levels* do, evenly in time."""
    found = [tuple(map(float, pair.split(","))) for pair in points.split()]
    return along([(x, -y) for x, y in found], list(enumerate(levels)), CLOSE)


def along(
    found: Sequence[tuple[float, float]],
    wanted: Sequence[tuple[float, float]],
    by: float,
) -> bool:
    """Whether *found* is *wanted* in another scale of each axis, the same way round."""
    if len(found) != len(wanted):
        return False
    for axis in (0, 1):
        have, want = [p[axis] for p in found], [p[axis] for p in wanted]
        low, high = min(want), max(want)
        start, end = have[want.index(low)], have[want.index(high)]
        if high == low:
            factor = 0.0
        elif end < start - by:
            return False
        else:
            factor = (end - start) / (high - low)
        if any(abs(h - start - factor * (w - low)) > by for h, w in zip(have, want, strict=True)):
            return False
    return True

"""The check of a PDF: its text in order, and the places of what its pictures draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice

from reportgen.record.own import OWN
from reportgen.record.record import Record
from reportgen.story.citations import text_of
from reportgen.story.model import (
    Block,
    Grid,
    Heading,
    Image,
    Item,
    Narrative,
    Paragraph,
    Picture,
    Table,
    Verbatim,
)
from reportgen.verify.factcheck import Check
from reportgen.verify.rendered import lines
from reportgen.verify.rendered.charts import Chart, Mark, chart_of
from reportgen.verify.rendered.drawing import MONTHS, along
from reportgen.verify.rendered.lines import MISSING, Line, folded
from reportgen.verify.rendered.sheets import BOX, Path, Sheet, drawn_text, sheets_of, squeeze
from reportgen.verify.ticks import RUN as TICK_RUN

FILE = "pdf"
BULLET = "•"
CLOSE = 0.25
"""Points of type by which a rounded place may differ."""
BREAKS = 16
"""Letters before the last possible one at which a line may go to the next page."""
TINY = 0.0006
"""Share of a plot up to which the length of a bar may be drawn as nothing."""
TICKS = re.compile(rf"(?:[\d\W]|{'|'.join(MONTHS)}|[A-Z]{{1,3}}(?=[$\d])|kr|p)*")
"""Labels of axes, one behind the other."""


class Cursor:
    """A place in the text of the *sheets*, from which the next line is looked for."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        self.page = 0
        self.at = 0

    def take(self, line: str) -> bool:
        """Find *line* behind the last one, whole on a page or continued on the next."""
        for page in range(self.page, len(self.sheets)):
            at = self.sheets[page].text.find(line, self._start(page))
            if at >= 0:
                self._found(page, at, at + len(line))
                return True
        return any(self._take_apart(line, page) for page in range(self.page, len(self.sheets) - 1))

    def _start(self, page: int) -> int:
        return self.at if page == self.page else 0

    def _take_apart(self, line: str, page: int) -> bool:
        """Find *line* at the end of *page* and on the next one.

        What follows on the page, such as a footnote, may begin as the line goes on; so the
        rest is what stands highest on the next page.
        """
        text, following = (self.sheets[page + i].text for i in (0, 1))
        start = self._start(page)
        sizes = (n for n in range(len(line) - 1, 0, -1) if text.find(line[:n], start) >= 0)
        breaks = [(following.find(line[n:]), n) for n in islice(sizes, BREAKS)]
        then, size = min((found for found in breaks if found[0] >= 0), default=(0, 0))
        if size:
            at = text.find(line[:size], start)
            self._found(page, at, at + size)
            self._found(page + 1, then, then + len(line) - size)
        return size > 0

    def _found(self, page: int, begin: int, end: int) -> None:
        self.sheets[page].found.append((begin, end))
        self.page, self.at = page, end


def pdf(data: bytes, narrative: Narrative, record: Record) -> list[Check]:
    """Failed checks of a PDF.

    Its lines are those of the narrative in their order, a row of a table beside its name;
    each picture has its own captions, its labels in order, and its bars and lines in
    proportion to the record. Beside them stand sources and the numbers of pages.
    """
    charts = {
        p.name: chart_of(record.charts[p.name]["spec"], p, record.charts[p.name].get(OWN))
        for p in narrative.pictures
    }
    marks = [mark for chart in charts.values() for mark in chart.marks or ()]
    sizes = {len(row.spark) for row in narrative.strip}
    sheets = sheets_of(data, sizes | {len(mark.points) for mark in marks if mark.kind == "line"})
    flow = Cursor(sheets)
    failed = [
        Check(FILE, shown, where, "", MISSING)
        for where, line, shown in _units(narrative)
        if not flow.take(line)
    ]
    placed: list[tuple[Picture, int, int]] = []
    alike: dict[str, Cursor] = {}
    for picture in narrative.pictures:
        # A picture floats: a later one may find room on an earlier page, but one with the same
        # captions stands behind its twin.
        beside = alike.setdefault(_captions(picture), Cursor(sheets))
        if beside.take(_captions(picture)):
            placed.append((picture, beside.page, beside.at))
        else:
            failed.append(Check(FILE, folded(picture.title), "caption", "", MISSING))
    for picture, number, at in placed:
        chart, sheet = charts[picture.name], sheets[number]
        failed += _worded(picture, chart, sheet, at, partial(drawn_text, data, number))
        failed += _shaped(picture, chart, sheet)
    if not failed:
        failed += _coursed(narrative, [path for sheet in sheets for path in sheet.paths])
        failed += _outside(narrative, record, sheets)
    return failed


def _units(narrative: Narrative) -> Iterator[tuple[str, str, str]]:
    """What stands together on a page: where it is, its letters, and how to name it.

    The strip and each table are one unit, so that no name or cell can change its place.
    """

    def unit(where: str, parts: Sequence[str], before: str = "") -> tuple[str, str, str]:
        return where, squeeze(before + "".join(parts)), parts[0]

    for line in lines.opening(narrative):
        yield unit(line.where, [folded(line.runs)], BULLET if line.where == "key_points" else "")
    if narrative.strip:
        yield unit("table", _texts(part for row in narrative.strip for part in lines.quote(row)))
    for block in narrative.blocks:
        if isinstance(block, Paragraph):
            yield unit("body", [folded(block.runs)])
        elif isinstance(block, Table):
            yield unit("table", _texts(lines.table(block)))
        else:
            yield from _shown(block)
    if narrative.footer:
        yield unit("footer", [folded(runs) for runs in narrative.footer])


def _shown(block: Block) -> Iterator[tuple[str, str, str]]:
    """What stands together of a block of a notebook: each line of code, each row of a table."""
    if isinstance(block, Heading):
        yield "body", squeeze(folded(block.runs)), folded(block.runs)
    elif isinstance(block, Item):
        bullet = BULLET if block.bullet else ""
        yield "body", squeeze(bullet + folded(block.runs)), folded(block.runs)
    elif isinstance(block, Verbatim):
        yield from (("body", squeeze(line), line) for line in block.text.split("\n"))
    elif isinstance(block, Grid):
        yield from _rows(block)
    elif isinstance(block, Image) and block.title:
        yield "caption", squeeze(folded(block.title)), folded(block.title)


def _rows(block: Grid) -> Iterator[tuple[str, str, str]]:
    """A table of a notebook: its title, and each row, which may stand on a page of its own."""
    for _, row in groupby(lines.grid(block), lambda line: line.place and line.place[0]):
        cells = _texts(row)
        yield "table", squeeze("".join(cells)), cells[0]


def _texts(parts: Iterable[Line]) -> list[str]:
    return [folded(line.runs) for line in parts]


def _captions(picture: Picture) -> str:
    return squeeze(text_of(picture.title) + text_of(picture.subtitle))


def _worded(
    picture: Picture,
    chart: Chart,
    sheet: Sheet,
    at: int,
    drawn: Callable[[], str],
) -> Iterator[Check]:
    """A failed check of the picture with captions that end at *at* if its labels do not follow.

    An extractor may put labels in one line into another order; then the text of the page
    as it was *drawn* is read.
    """
    shown = sheet.text[at : sheet.next_found(at)]
    size = _labelled(shown, chart)
    if size is None:
        text = drawn().partition(_captions(picture))[2]
        size = _labelled(text, chart)
        if size is not None and sorted(shown[:size]) != sorted(text[:size]):
            size = None
    if size is None:
        title = folded(picture.title)
        yield Check(FILE, title, "label", "", "the picture has not its labels in their order")
    else:
        sheet.found.append((at, at + size))


def _shaped(picture: Picture, chart: Chart, sheet: Sheet) -> Iterator[Check]:
    """Failed checks of the bars, cells and lines of a picture."""
    for mark in chart.marks or ():
        if mark.kind in ("bar", "rect", "line") and not _drawn(mark, sheet.paths):
            title = folded(picture.title)
            yield Check(
                FILE, title, mark.kind, "", "the drawing does not show the values of the record"
            )


def _labelled(shown: str, chart: Chart) -> int | None:
    """How many letters of *shown* are the words of *chart*; None where they are not there.

    The names of its bands come first, its labels last; a calendar names its days last. Ticks
    of the axes stand between them.
    """
    if chart.words is not None:
        return _own(shown, chart)
    if chart.marks is None:
        labels = [squeeze(label) for label in chart.labels]
        ends = [shown.rfind(label) + len(label) for label in labels]
        return max(ends, default=0) if all(label in shown for label in labels) else None
    days = any(mark.kind == "rect" for mark in chart.marks)
    named = "".join(chart.y.names)
    at = 0
    for word in filter(
        None, map(squeeze, [*chart.texts, named] if days else [named, *chart.texts])
    ):
        place = shown.find(word, at)
        if place < 0 or not TICKS.fullmatch(shown, at, place):
            return None
        at = place + len(word)
    ticks = TICKS.match(shown, at)
    return ticks.end() if ticks else at


def _own(shown: str, chart: Chart) -> int | None:
    """How many letters of *shown* are words or ticks of a chart of the notebook's own.

    None where one of its labels is not among them.
    """
    said = {squeeze(word) for word in (*chart.labels, *(chart.words or ()))} - {""}
    cut = {f"{word[:size]}\u2026" for word in said for size in range(1, len(word))}
    words = sorted(said | cut, key=len, reverse=True)
    at = 0
    while True:
        word = next((one for one in words if shown.startswith(one, at)), "")
        ticks = TICK_RUN.match(shown, at)
        size = len(word) or (ticks.end() - at if ticks else 0)
        if not size:
            break
        at += size
    labels = all(squeeze(label) in shown[:at] for label in chart.labels)
    return at if labels else None


def _drawn(mark: Mark, paths: Sequence[Path]) -> bool:
    """Whether some of *paths* are the shapes of *mark* in its order, in any size."""
    if mark.kind == "line":
        wanted = [(x, -y) for x, y in mark.points]
        alike = (p for p in paths if p.size == len(wanted) and p.stroke == mark.colours[0])
        return any(along(path.points, wanted, CLOSE) for path in alike)
    runs = [list(run) for boxed, run in groupby(paths, lambda p: p.size == BOX) if boxed]
    axis = "xy".index(mark.spread)
    every = list(zip(mark.points, mark.colours, strict=True))
    lengths = [abs(point[axis] - mark.base) for point in mark.points]
    tiny = {length for length in lengths if length <= TINY} if mark.kind == "bar" else set()
    return any(
        _boxed(mark, [row for row, by in zip(every, lengths, strict=True) if by > least], run)
        for least in sorted({-1.0} | tiny)
        for run in runs
    )


def _boxed(
    mark: Mark,
    rows: Sequence[tuple[tuple[float, float], str]],
    run: Sequence[Path],
) -> bool:
    """Whether boxes in *run*, one behind the other, are the bars or the cells in *rows*."""
    corners: list[tuple[float, float]] = []
    for (x, y), _ in rows:
        if mark.kind == "rect":
            corners.append((x, -y))
        elif mark.spread == "x":
            corners += [(min(x, mark.base), -y), (max(x, mark.base), -y)]
        else:
            corners += [(x, -max(y, mark.base)), (x, -min(y, mark.base))]
    tints = [tint for _, tint in rows]
    parts = (run[i : i + len(rows)] for i in range(len(run) - len(rows) + 1))
    return any(
        [path.fill for path in part] == tints and along(_corners(part, mark), corners, CLOSE)
        for part in parts
    )


def _corners(paths: Sequence[Path], mark: Mark) -> list[tuple[float, float]]:
    """The ends of bars, or the middles of cells."""
    found: list[tuple[float, float]] = []
    for path in paths:
        left, bottom, right, top = path.box
        x, y = (left + right) / 2, (bottom + top) / 2
        if mark.kind == "rect":
            found.append((x, y))
        elif mark.spread == "x":
            found += [(left, y), (right, y)]
        else:
            found += [(x, bottom), (x, top)]
    return found


def _coursed(narrative: Narrative, paths: Sequence[Path]) -> Iterator[Check]:
    """The lines of the strip rise and fall as its instruments did, in their order."""
    at = 0
    for row in narrative.strip:
        wanted = list(enumerate(row.spark))
        at = next(
            (
                i + 1
                for i in range(at, len(paths))
                if paths[i].size == len(wanted) and along(paths[i].points, wanted, CLOSE)
            ),
            0,
        )
        if not at:
            name = folded(row.name)
            yield Check(FILE, name, name, "", "the line in the strip is not the course")
            return


def _outside(narrative: Narrative, record: Record, sheets: Sequence[Sheet]) -> Iterator[Check]:
    """Words that are neither the narrative's nor those of the paper.

    Each page has its number; all but the first have the name of the report and the date.
    """
    sources = {squeeze(fact.source) for fact in record.facts.values()}
    named = "|".join(map(re.escape, sorted(sources, key=len, reverse=True)))
    source = re.compile(rf"Source:(?:{named})(?:,(?:{named}))*\.") if sources else None
    pieces = text_of(narrative.kicker).split(" · ")
    running = squeeze(" · ".join([record.title, *pieces[1:2]]))
    for number, sheet in enumerate(sheets, 1):
        left = sheet.rest()
        left = source.sub("", left) if source else left
        count = f"Page{number}of{len(sheets)}"
        if count not in left:
            yield Check(FILE, count, count, "", "a page stands in another's place")
        left = left.replace(count, "", 1)
        if number > 1:
            left = left.replace(running, "", 1)
        for match in re.finditer(r"\w.*", left):
            yield Check(FILE, match[0], match[0], "", "words outside the narrative")

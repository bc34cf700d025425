"""Markdown and HTML read as blocks of a narrative: words, lists, tables, and nothing that runs.

What is not a word, a list, a table or a link is left out: scripts, styles, frames, forms, pictures
from elsewhere, attributes. So no renderer ever sees markup of a notebook.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from reportgen.story.citations import END, MARK, NOTEBOOK, START, Run, Runs, text_of
from reportgen.story.model import Block, Grid, Heading, Item, Paragraph, Verbatim

PLUGINS = ("table", "strikethrough", "url", "math", "footnotes", "task_lists", "def_list")
SILENT = (
    *("script", "style", "head", "template", "noscript", "svg", "iframe", "object", "embed"),
    *("video", "audio", "canvas", "select", "textarea", "title", "math"),
)
"""Elements of which nothing is shown."""
VOID = ("br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "source")
BREAKS = (
    *("p", "div", "section", "article", "header", "footer", "main", "figure", "figcaption"),
    *("dl", "dt", "dd", "details", "summary", "center", "address", "form", "fieldset", "nav"),
)
"""Elements that end a paragraph."""
MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "code": "code", "kbd": "code"}
SCHEMES = ("http", "https", "mailto")
"""The addresses that a link may lead to."""
HEADINGS = {f"h{n}": min(max(n, 2), 4) for n in range(1, 7)}
FIGURE = re.compile(
    r"[+\-\u2212(]?\s*[$\u20ac\u00a3\u00a5]?\s*[+\-\u2212]?[\d.,\u202f ]*\d[\d.,]*(?:e[+-]?\d+)?"
    r"\s*(?:%|pp|bps?|[kmb]n?|x)?\)?|nan|none|nat|<na>|inf|-inf|-|\u2013|\u2014|\.\.\.|\u2026|",
    re.IGNORECASE,
)
"""A cell that stands to the right: a figure, or a sign that there is none."""
MOST_ROWS, MOST_COLUMNS = 100, 20
"""Rows and columns of a table that a brief shows; it says how many it leaves out."""
SIZE = re.compile(r"(\d+) rows? \u00d7 \d+ columns?")
DEEPEST = 4
IN_LINE = re.compile(r'<span class="math">\\\((.*?)\\\)</span>', re.DOTALL)
FORMULA = re.compile(
    r'<div class="math">\s*(?P<mark>\W\W)(?P<words>.*?)(?P=mark)\s*</div>', re.DOTALL
)
"""Formulas, which are shown as they are written."""


@cache
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(escape=False, plugins=list(PLUGINS))


NOTE = re.compile(r'<sup class="footnote-ref"[^>]*><a[^>]*>(\w+)</a></sup>')
"""The mark of a footnote, behind its word."""
BACK = re.compile(r'<a href="#fnref-[^"]*" class="footnote">[^<]*</a>')
"""The way back from a footnote."""


def blocks_of_markdown(source: str) -> list[Block]:
    """The blocks of a text in Markdown, with what HTML is in it."""
    html = BACK.sub("", NOTE.sub(r" [\1]", str(_markdown()(source))))
    return blocks_of(FORMULA.sub(r"<pre>\g<words></pre>", IN_LINE.sub(r"<code>\1</code>", html)))


def blocks_of(html: str, caption: Runs = ()) -> list[Block]:
    """The blocks of *html*; *caption* stands above its first table."""
    reader = _Reader(caption)
    reader.feed(html)
    reader.close()
    return list(_sized(reader.finished()))


def _sized(blocks: Sequence[Block]) -> Iterator[Block]:
    """*blocks* without the size of a table that pandas writes below one that is all there."""
    last: Block | None = None
    for block in blocks:
        size = SIZE.fullmatch(text_of(block.runs)) if isinstance(block, Paragraph) else None
        if size is None or not isinstance(last, Grid) or len(last.rows) != int(size[1]):
            yield block
        last = block


def plain(text: str) -> str:
    """*text* without what no font of a page has: signs of control and pictograms."""
    return "".join(_letter(letter) for letter in text)


@cache
def _letter(letter: str) -> str:
    """*letter* as it is shown: a ligature in its letters, and "" for what no font has."""
    if "\ufb00" <= letter <= "\ufb06":
        return unicodedata.normalize("NFKC", letter)
    return letter if _kept(letter) else ""


def _kept(letter: str) -> bool:
    if START <= letter <= END or letter in "\n\t":
        return True
    if ord(letter) < 0x2600:  # letters, punctuation, arrows, box drawing
        return unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    kind = unicodedata.category(letter)
    return kind[0] in "LNPZ" or (kind in ("Mn", "Mc", "Sm", "Sc") and letter not in "\ufe0e\ufe0f")


def words(text: str) -> Runs:
    """*text* as words of a notebook."""
    folded = " ".join(plain(text).split())
    return (Run(folded, NOTEBOOK),) if folded else ()


class _Reader(HTMLParser):
    """HTML read once, from its beginning to its end."""

    def __init__(self, caption: Runs) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._runs: list[Run] = []
        self._open: list[str] = []
        self._links: list[str] = []
        self._lists: list[int] = []
        self._heading = 0
        self._quotes = 0
        self._item = ""
        self._pre: list[str] | None = None
        self._caption = caption
        self._tables: list[_Table] = []

    def finished(self) -> list[Block]:
        """All blocks."""
        while self._tables:
            self._end_table()
        self._end_pre()
        self._flush()
        return self._blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in VOID:
            self._void(tag, given)
            return
        self._open.append(tag)
        if self._silent():
            return
        if tag in ("td", "th", "tr", "thead", "tbody", "tfoot", "caption") and self._tables:
            self._tables[-1].begin(tag, given)
        elif tag == "table":
            self._flush()
            self._tables.append(_Table())
        elif tag == "pre" and not self._tables:
            self._flush()
            self._pre = []
        elif tag == "a":
            self._links.append(_address(given.get("href", "")))
        elif not self._tables:
            self._start_block(tag, given)

    def _start_block(self, tag: str, given: dict[str, str]) -> None:
        if tag in HEADINGS:
            self._flush()
            self._heading = HEADINGS[tag]
        elif tag in ("ul", "ol"):
            self._flush()
            first = given.get("start", "1")
            self._lists.append((int(first) if first.isdigit() else 1) - 1 if tag == "ol" else -1)
        elif tag == "li":
            self._flush()
            if not self._lists:
                self._lists.append(-1)
            if self._lists[-1] >= 0:
                self._lists[-1] += 1
                self._item = f"{self._lists[-1]}."
            else:
                self._item = "•"
        elif tag == "blockquote":
            self._flush()
            self._quotes += 1
        elif tag in BREAKS and not (self._item and not self._runs):
            self._flush()

    def _void(self, tag: str, given: dict[str, str]) -> None:
        if self._silent():
            return
        if tag == "br":
            self.handle_data("\n" if self._pre is not None else " ")
        elif tag == "hr" and not self._tables:
            self._flush()
        elif tag == "img" and given.get("alt"):
            self.handle_data(f"[{given['alt']}]")
        elif tag == "input" and given.get("type") == "checkbox":
            self.handle_data("[x] " if "checked" in given else "[ ] ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in self._open:
            return
        while self._open:
            closed = self._open.pop()
            self._end(closed)
            if closed == tag:
                return

    def _end(self, tag: str) -> None:
        if tag == "table" and self._tables:
            self._end_table()
        elif tag in ("td", "th", "caption") and self._tables:
            self._tables[-1].end()
        elif tag == "pre":
            self._end_pre()
        elif tag == "a" and self._links:
            self._links.pop()
        elif not self._tables:
            if tag in HEADINGS or tag in BREAKS or tag == "li":
                self._flush()
                self._heading = 0 if tag in HEADINGS else self._heading
                self._item = "" if tag == "li" else self._item
            elif tag in ("ul", "ol"):
                self._flush()
                if self._lists:
                    self._lists.pop()
            elif tag == "blockquote":
                self._flush()
                self._quotes = max(self._quotes - 1, 0)

    def _silent(self) -> bool:
        return any(tag in SILENT for tag in self._open)

    def handle_data(self, data: str) -> None:
        if self._silent():
            return
        text = plain(data)
        if self._tables:
            self._tables[-1].add(text)
        elif self._pre is not None:
            self._pre.append(text)
        else:
            mark = next((MARKS[tag] for tag in reversed(self._open) if tag in MARKS), "")
            link = self._links[-1] if self._links else ""
            self._runs += _cited(text, mark, link)

    def _flush(self) -> None:
        """End the paragraph, heading or item that stands open."""
        runs = _folded(self._runs)
        self._runs = []
        if not text_of(runs).strip():
            return
        if self._heading:
            self._blocks.append(Heading(level=self._heading, runs=runs))
        elif self._item or self._lists:
            bullet = self._item == "•"
            before = (Run(f"{self._item} ", NOTEBOOK),) if self._item and not bullet else ()
            depth = min(max(len(self._lists) - 1, 0), DEEPEST)
            self._blocks.append(Item(runs=(*before, *runs), depth=depth, bullet=bullet))
            self._item = ""
        else:
            self._blocks.append(Paragraph(runs=runs, voice=self._quotes > 0))

    def _end_pre(self) -> None:
        if self._pre is not None:
            text = "".join(self._pre).strip("\n").rstrip()
            self._pre = None
            if text.strip():
                self._blocks.append(Verbatim(text=MARK.sub(r"\2", text).expandtabs(4)))

    def _end_table(self) -> None:
        self._blocks += self._tables.pop().blocks(self._caption)
        self._caption = ()


def _cited(text: str, mark: str, link: str) -> Iterator[Run]:
    """The runs of a marked text, in one form."""
    place = 0
    for found in MARK.finditer(text):
        if found.start() > place:
            yield Run(text[place : found.start()], NOTEBOOK, mark, link)
        yield Run(found[2], found[1], mark, link)
        place = found.end()
    if place < len(text):
        yield Run(text[place:], NOTEBOOK, mark, link)


def _folded(runs: Sequence[Run]) -> Runs:
    """*runs* with single spaces, none at the ends, and those of one form joined."""
    found: list[Run] = []
    gap = True
    for run in runs:
        text = re.sub(r"\s+", " ", run.text)
        text = text[1:] if gap and text.startswith(" ") else text
        if not text:
            continue
        gap = text.endswith(" ")
        last = found[-1] if found else None
        if (
            last
            and run.ref == NOTEBOOK
            and (last.ref, last.mark, last.link)
            == (
                run.ref,
                run.mark,
                run.link,
            )
        ):
            found[-1] = Run(last.text + text, run.ref, run.mark, run.link)
        else:
            found.append(Run(text, run.ref, run.mark, run.link))
    if found and found[-1].text.endswith(" "):
        last = found.pop()
        if last.text.strip():
            found.append(Run(last.text.rstrip(), last.ref, last.mark, last.link))
    return tuple(found)


def _address(href: str) -> str:
    """*href*, if a link may lead there; "" otherwise."""
    href = "".join(letter for letter in href if letter.isprintable()).strip()
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        return ""
    return href if scheme in SCHEMES else ""


class _Table:
    """A table while it is read: its cells, with those that span several."""

    def __init__(self) -> None:
        self._rows: list[list[tuple[str, int, int, bool]]] = []
        self._heads: list[bool] = []
        self._text: list[str] | None = None
        self._span = (1, 1, False)
        self._head = False
        self._title: list[str] = []
        self._in_title = False
        self._foot = False

    def begin(self, tag: str, given: dict[str, str]) -> None:
        """Begin a part of the table."""
        if tag == "caption":
            self.end()
            self._in_title = True
        elif tag == "thead":
            self._head = True
        elif tag in ("tbody", "tfoot"):
            self._head = False
        elif tag == "tr":
            self.end()
            self._rows.append([])
            self._heads.append(self._head)
        else:
            self.end()
            if not self._rows:
                self._rows.append([])
                self._heads.append(self._head)
            self._text = []
            self._span = (
                _number(given.get("colspan", "")),
                _number(given.get("rowspan", "")),
                tag == "th",
            )

    def add(self, text: str) -> None:
        """Add words to the cell, or the caption, that stands open."""
        if self._text is not None:
            self._text.append(text)
        elif self._in_title:
            self._title.append(text)

    def end(self) -> None:
        """End the cell that stands open."""
        self._in_title = False
        if self._text is not None:
            text = " ".join(MARK.sub(r"\2", "".join(self._text)).split())
            self._rows[-1].append((text, *self._span))
            self._text = None

    def blocks(self, caption: Runs) -> Iterator[Block]:
        """The table, and a line for what is left out of it."""
        self.end()
        heads = list(self._heads)
        if self._rows and not any(heads) and all(cell[3] for cell in self._rows[0]):
            heads[0] = len(self._rows) > 1
        for number in range(1, len(heads)):  # the body begins once
            heads[number] = heads[number] and heads[number - 1]
        cells = self._spread()
        width = max(map(len, cells), default=0)
        rows = [row + [""] * (width - len(row)) for row in cells]
        above = [row for row, head in zip(rows, heads, strict=True) if head]
        below = [row for row, head in zip(rows, heads, strict=True) if not head]
        below = [row for row in below if any(row)]
        if not width or not (below or any(map(any, above))):
            return
        shown = below[:MOST_ROWS]
        columns = [_headed([row[i] for row in above]) for i in range(width)]
        right = tuple(
            all(FIGURE.fullmatch(row[i]) for row in shown) and any(row[i] for row in shown)
            for i in range(width)
        )
        kept = slice(0, MOST_COLUMNS)
        yield Grid(
            title=words(" ".join(self._title)) or caption,
            columns=tuple(words(cell) for cell in columns[kept]),
            rows=tuple(tuple(words(cell) for cell in row[kept]) for row in shown),
            right=right[kept],
        )
        left = [(len(below) - len(shown), "rows"), (max(width - MOST_COLUMNS, 0), "columns")]
        for number, what in left:
            if number:
                yield Paragraph(runs=words(f"{number:,} {what} more are not shown."))

    def _spread(self) -> list[list[str]]:
        """The rows with a cell for each column, whatever spans several of them."""
        waiting: dict[int, tuple[int, str]] = {}
        spread = []
        for number, row in enumerate(self._rows):
            cells: list[str] = []
            queue = list(row)
            while queue or len(cells) in waiting:
                place = len(cells)
                if place in waiting:
                    left, text = waiting.pop(place)
                    cells.append(text)
                    if left > 1:
                        waiting[place] = (left - 1, text)
                    continue
                text, across, down, _ = queue.pop(0)
                again = text if self._heads[number] else ""
                for i in range(across):
                    cells.append(text if i == 0 else again)
                    if down > 1:
                        waiting[place + i] = (down - 1, "")
            spread.append(cells)
        return spread


def _number(text: str) -> int:
    """The size of a span, at most a hundred."""
    return min(max(int(text), 1), 100) if text.isdigit() else 1


def _headed(levels: Sequence[str]) -> str:
    """The head of a column that has several lines, such as "2024 · Close"."""
    return " · ".join(dict.fromkeys(filter(None, levels)))

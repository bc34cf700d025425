"""Finished files as a renderer would write them that puts things in each other's place.

Each row of a table says in words what is wrong, and makes the bytes of the file.
"""

from __future__ import annotations

import email
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email import policy
from functools import partial
from itertools import pairwise

import pypdfium2
from inprocess import executed

from reportgen.config.settings import Settings
from reportgen.produce import telling
from reportgen.record.request import FORMATS
from reportgen.rendering import pdf
from reportgen.rendering.brief import Brief, Rendering
from reportgen.story.model import Narrative, Paragraph, Picture, Table


@dataclass(frozen=True)
class Told:
    """A brief and its honest files, by their names."""

    brief: Brief
    files: dict[str, bytes]

    def objections(self, name: str, data: bytes) -> list:
        """What the check says to *data* as the file *name*."""
        return telling.check_brief(self.brief, [Rendering(name=name, data=data)])


Change = Callable[[Told], bytes]


def told(as_of: str, data: object, report: str) -> Told:
    """The brief of *report* as of *as_of*, in all formats."""
    brief = telling.tell(executed(as_of, data, report=report))
    files = telling.render(brief, FORMATS, Settings())
    return Told(brief, {file.name: file.data for file in files})


def exchanged(text: str, pattern: str) -> str:
    """*text* with what two matches of *pattern* hold in each other's place.

    The first one, and the next that holds something else.
    """
    first, *others = re.finditer(pattern, text, re.DOTALL)
    second = next(match for match in others if match[1] != first[1])
    between = text[first.end(1) : second.start(1)]
    return text[: first.start(1)] + second[1] + between + first[1] + text[second.end(1) :]


def turned(text: str, pattern: str) -> str:
    """*text* with what all matches of *pattern* hold in the opposite order."""
    held = [match[1] for match in re.finditer(pattern, text)]
    assert held != held[::-1], pattern
    return re.sub(
        pattern,
        lambda match: match[0].replace(match[1], held.pop(), 1),
        text,
    )


def within(pattern: str, change: Callable[[str], str], text: str) -> str:
    """*text* with *change* made to the first match of *pattern*."""
    found = re.search(pattern, text, re.DOTALL)
    assert found, pattern
    return text[: found.start()] + change(found[0]) + text[found.end() :]


# Pages

PAGE = {
    "two names of the strip": r'class="name" data-part="table">([^<]+)',
    "two levels of the strip": r'<span class="level" data-part="table">(.*?)</span>\n',
    "two changes of the strip": r'<span class="change \w+" data-part="table">(.*?)</span>\n',
    "two instruments of the strip": r'(<div class="quote".*?</div>)',
    "two lines of the strip": r'<polyline points="([^"]+)"',
    "two key points": r'<li data-part="key_points">(.*?)</li>',
    "two paragraphs": r'<p data-part="body">(.*?)</p>',
    "the headline and a paragraph": r'data-part="(?:title|body)">(.*?)</(?:h1|p)>',
    "two captions": r'<strong data-part="caption">(.*?)</strong>',
    "two lines below a caption": r'<span data-part="caption">(.*?)</span></figcaption>',
    "two alternative texts": r'role="img" aria-label="([^"]+)"',
    "two wide drawings": r'<div class="wide">(<svg.*?</svg>)',
    "two narrow drawings": r'<div class="narrow">(<svg.*?</svg>)',
    "two pictures with their captions": r"(<figure .*?</figure>)",
    "what two pictures are drawn from again": r'<script type="application/json">(.*?)</script>',
    "two lines of the foot": r'<p data-part="footer">(.*?)</p>',
    "the cells of two figures": r'href="#cell-(\d+)',
}
TABLES = {
    "two names of rows": r'<th scope="row" data-part="table">(.*?)</th>',
    "two cells of a row": r'<td data-part="table">(.*?)</td>',
    "two heads of columns": r'<th scope="col" data-part="column">(.*?)</th>',
    "two rows": r'(<tr><th scope="row".*?</tr>)',
    "the captions of two tables": r'<caption data-part="caption">(.*?)</caption>',
    "two tables": r"(<table .*?</table>)",
}
BAR = r'd="(M[\d.]+,[\d.]+h[\d.]+v[\d.]+h-[\d.]+Z)" fill'
BARS = r'<figure id="figure-(?:sectors|corners)">.*?</svg>'
LINES = r'<figure id="figure-(?:rebased|drawdown)">.*?</svg>'
LINE = r'd="(M[^"A]+)" stroke'
NAME = r' fill="#56606B">([^<]+)</text>'
VALUE = r' fill="#16191D">([^<]+)</text>'


def lengthened(svg: str) -> str:
    """The first bar of a drawing ten pixels longer."""
    return re.sub(
        r"(M[\d.]+,[\d.]+h)([\d.]+)(v[\d.]+h-[\d.]+Z\" fill)",
        lambda bar: f"{bar[1]}{float(bar[2]) + 10}{bar[3]}",
        svg,
        count=1,
    )


def bent(svg: str, at: int = -1) -> str:
    """One point of the first line of a drawing, the last one, three pixels lower."""
    path = re.search(LINE, svg)[1]
    points = path.split("L")
    x, y = points[at].split(",")
    points[at] = f"{x},{float(y) + 3}"
    return svg.replace(path, "L".join(points), 1)


def turned_lines(svg: str) -> str:
    """The first line of a drawing upside down."""
    path = re.search(LINE, svg)[1]
    around = lambda m: f"{m[1]},{200 - float(m[2]):.1f}"  # noqa: E731
    return svg.replace(path, re.sub(r"([\d.]+),([\d.]+)", around, path), 1)


DRAWINGS = {
    "two names of bars swapped": (BARS, partial(exchanged, pattern=NAME)),
    "two figures of bars swapped": (BARS, partial(exchanged, pattern=VALUE)),
    "the bars in the opposite order": (BARS, partial(turned, pattern=BAR)),
    "two bars swapped": (BARS, partial(exchanged, pattern=BAR)),
    "a longer bar": (BARS, lengthened),
    "a bar missing": (BARS, lambda svg: re.sub(f"<path {BAR}[^>]*/>", "", svg, count=1)),
    "the colour of a bar another": (
        BARS,
        lambda svg: re.sub(f'(<path {BAR}=)"[^"]+"', r'\1"#56606B"', svg, count=1),
    ),
    "the end of a line elsewhere": (LINES, bent),
    "the middle of a line elsewhere": (LINES, partial(bent, at=20)),
    "a line upside down": (LINES, turned_lines),
    "two lines swapped": (LINES, partial(exchanged, pattern=LINE)),
    "two names of lines swapped": (LINES, partial(exchanged, pattern=r"round\">([^<]+)</text>")),
    "the colours of two lines swapped": (
        LINES,
        partial(exchanged, pattern=r'L[^"]+" stroke="([^"]+)"'),
    ),
    "two values of an axis swapped": (
        LINES,
        partial(exchanged, pattern=r'translate\(10,[^>]+fill="#56606B">([^<]+)</text>'),
    ),
    "two months of an axis swapped": (
        LINES,
        partial(exchanged, pattern=r',19\)"[^>]+fill="#56606B">([^<]+)</text>'),
    ),
}


def of_page(change: Callable[[str], str]) -> Change:
    """The page after *change*."""
    return lambda told: change(told.files["brief.html"].decode()).encode()


def in_drawing(figure: str, change: Callable[[str], str]) -> Change:
    """The page after *change* of the first drawing of *figure*."""
    return of_page(partial(within, figure, change))


def redrawn(page: str) -> str:
    """The page with another value in what a picture is drawn from again."""
    return re.sub(
        r'("(?:level|change)":|"keys".{10,60}?",)(-?)0?\.?\d',
        lambda value: f"{value[1]}{value[2]}9",
        page,
        count=1,
    )


# Mails

MAIL = {
    "two names of the strip": r'<strong data-part="table">(.*?)</strong>',
    "two numbers of the strip": r'<span data-part="table">(.*?)</span>',
    "two changes of the strip": r'class="(?:gain|loss|flat)"[^>]*>(.*?)</span>',
    "two key points": r'data-part="key_points"[^>]*>(.*?)</td>',
    "two paragraphs": r'data-part="body"[^>]*>(.*?)</td>',
    "the headline and a paragraph": r'data-part="(?:title|body)"[^>]*>(.*?)</(?:h1|td)>',
    "two captions": r'caption" data-part="caption"[^>]*>(.*?)</h2>',
    "two alternative texts": r' alt="([^"]+)"',
    "the addresses of two pictures": r'src="cid:([^"]+)"',
    "two lines of the foot": r'data-part="footer"[^>]*>(.*?)</span>',
}
MAIL_TABLES = {
    "two names of rows": r'<td [^>]*data-part="table" align="left"[^>]*>(.*?)</td>',
    "two cells of a row": r'<td [^>]*data-part="table" align="right"[^>]*>(.*?)</td>',
    "two heads of columns": r'data-part="column"[^>]*>(.*?)</th>',
}


def of_message(kind: str, change: Callable[[str], str]) -> Change:
    """The message after *change* of its text, or of its HTML."""

    def made(told: Told) -> bytes:
        message = email.message_from_bytes(told.files["brief.eml"], policy=policy.default)
        part = message.get_body((kind,))
        part.set_content(change(part.get_content().replace("\r\n", "\n")), subtype=kind)
        return message.as_bytes()

    return made


def images_exchanged(what: str) -> Change:
    """The message with the bytes, or the addresses, of its two pictures swapped."""

    def made(told: Told) -> bytes:
        message = email.message_from_bytes(told.files["brief.eml"], policy=policy.default)
        one, other = (p for p in message.walk() if p.get_content_maintype() == "image")
        if what == "bytes":
            first, second = one.get_payload(), other.get_payload()
            one.set_payload(second)
            other.set_payload(first)
        else:
            first, second = str(one["Content-ID"]), str(other["Content-ID"])
            one.replace_header("Content-ID", second)
            other.replace_header("Content-ID", first)
        return message.as_bytes()

    return made


# Texts


def of_text(change: Callable[[str], str]) -> Change:
    """The text after *change*."""
    return lambda told: change(told.files["brief.txt"].decode()).encode()


STRIP = r"(?m)^(\S.{17}) +[$\d]"
TEXT = {
    "two names of the strip": STRIP,
    "two numbers of the strip": r"(?m)^\S.{17} +([$\d][\d,.%]*)",
    "two key points": r"(?m)^\* (.*?)$(?=\n\*|\n\n)",
    "two paragraphs": r"(?<=\n\n)([A-Z][^\n]*[a-z] [a-z][^\n]*\n(?:\S[^\n]+\n)+)",
    "two captions": r"\n\[ ([^\n]+)",
    "two alternative texts": r"\n\[ [^\n]+\n(.*?) \]",
}
ROWS = r"The indexes\n.*?\n\n"
TEXT_TABLES = {
    "two names of rows": r"(?m)^(\S+(?: \S+)*)  +\d",
    "two cells of a row": r"  ([\u2212+]?[\d,.]+%?)",
    "two heads of columns": r"  +(\S+(?: \S+)*)",
}


def reversed_lines(text: str) -> str:
    """*text* from its last line to its first."""
    return "\n".join(text.split("\n")[::-1])


def without_a_line(text: str) -> str:
    """*text* without its tenth line that holds words."""
    lines = text.split("\n")
    del lines[[i for i, line in enumerate(lines) if line.strip()][9]]
    return "\n".join(lines)


# PDFs: set by the typesetter from a narrative, or from drawings, that were changed.


def swap(items: tuple, kind: type, one: int = 0, other: int = 1) -> tuple:
    """*items* with two of a *kind* in each other's place."""
    places = [i for i, item in enumerate(items) if isinstance(item, kind)]
    changed = list(items)
    a, b = places[one], places[other]
    changed[a], changed[b] = changed[b], changed[a]
    return tuple(changed)


def in_strip(name: str, story: Narrative) -> Narrative:
    """*story* with one thing of two instruments of the strip swapped."""
    one, other, *rest = story.strip
    first, second = getattr(one, name), getattr(other, name)
    rows = (replace(one, **{name: second}), replace(other, **{name: first}), *rest)
    return replace(story, strip=rows)


def in_table(change: Callable[[Table], Table], story: Narrative) -> Narrative:
    """*story* with *change* made to its first table."""
    first = story.tables[0]
    return replace(story, blocks=tuple(change(b) if b is first else b for b in story.blocks))


def in_pictures(name: str, story: Narrative) -> Narrative:
    """*story* with one thing of its first two pictures swapped."""
    one, other = story.pictures[:2]
    first, second = getattr(one, name), getattr(other, name)
    now = {one.name: {name: second}, other.name: {name: first}}
    return replace(
        story,
        blocks=tuple(
            replace(b, **now.get(b.name, {})) if isinstance(b, Picture) else b for b in story.blocks
        ),
    )


def names_of_rows(table: Table) -> Table:
    """*table* with the names of two rows swapped."""
    one, other, *rest = table.rows
    return replace(table, rows=((other[0], *one[1:]), (one[0], *other[1:]), *rest))


def cells(table: Table) -> Table:
    """*table* with two cells of its first row swapped."""
    (name, one, other, *others), *rest = table.rows
    return replace(table, rows=((name, other, one, *others), *rest))


def heads(table: Table) -> Table:
    """*table* with the heads of two columns swapped."""
    name, one, other, *rest = table.columns
    return replace(table, columns=(name, other, one, *rest))


def headline(story: Narrative) -> Narrative:
    """*story* with its headline and its first paragraph swapped."""
    first = next(block for block in story.blocks if isinstance(block, Paragraph))
    now = replace(first, runs=story.title)
    blocks = tuple(now if b is first else b for b in story.blocks)
    return replace(story, title=first.runs, blocks=blocks)


def without_a_paragraph(story: Narrative) -> Narrative:
    """*story* without its first paragraph."""
    first = next(block for block in story.blocks if isinstance(block, Paragraph))
    return replace(story, blocks=tuple(b for b in story.blocks if b is not first))


STORIES: dict[str, Callable[[Narrative], Narrative]] = {
    "two names of the strip swapped": partial(in_strip, "name"),
    "two levels of the strip swapped": partial(in_strip, "level"),
    "two changes of the strip swapped": partial(in_strip, "change"),
    "two lines of the strip swapped": partial(in_strip, "spark"),
    "two key points swapped": lambda s: replace(s, key_points=s.key_points[::-1]),
    "two paragraphs swapped": lambda s: replace(s, blocks=swap(s.blocks, Paragraph)),
    "two captions swapped": partial(in_pictures, "title"),
    "two lines below a caption swapped": partial(in_pictures, "subtitle"),
    "the headline and a paragraph swapped": headline,
    "a paragraph missing": without_a_paragraph,
    "two lines of the foot swapped": lambda s: replace(s, footer=s.footer[::-1]),
}
TABLE_STORIES: dict[str, Callable[[Narrative], Narrative]] = {
    "two names of rows swapped": partial(in_table, names_of_rows),
    "two cells of a row swapped": partial(in_table, cells),
    "two heads of columns swapped": partial(in_table, heads),
    "two tables swapped": lambda s: replace(s, blocks=swap(s.blocks, Table)),
}
SET_DRAWINGS = {
    name: DRAWINGS[name]
    for name in (
        "two names of bars swapped",
        "two figures of bars swapped",
        "the bars in the opposite order",
        "a longer bar",
        "the end of a line elsewhere",
        "a line upside down",
        "two names of lines swapped",
        "the colours of two lines swapped",
        "the colour of a bar another",
    )
}


def set_from(change: Callable[[Narrative], Narrative]) -> Change:
    """The PDF of the narrative after *change*."""
    return lambda told: (
        pdf.render(replace(told.brief, narrative=change(told.brief.narrative)), Settings()).data
    )


def set_with(figure: str, change: Callable[[str], str]) -> Change:
    """The PDF with *change* made to the drawing of the picture that *figure* names."""

    def made(told: Told) -> bytes:
        names = re.search(r"\?:([\w|]+)", figure)[1].split("|")
        name = next(n for n in names if n in told.brief.svgs)
        svgs = dict(told.brief.svgs)
        svgs[name] = {**svgs[name], "wide": change(svgs[name]["wide"])}
        return pdf.render(replace(told.brief, svgs=svgs), Settings()).data

    return made


def drawings_exchanged(told: Told) -> bytes:
    """The PDF with its first two drawings swapped."""
    one, other = [picture.name for picture in told.brief.narrative.pictures][:2]
    svgs = dict(told.brief.svgs)
    svgs[one], svgs[other] = svgs[other], svgs[one]
    return pdf.render(replace(told.brief, svgs=svgs), Settings()).data


def pages(order: Callable[[list[int]], list[int]], told: Told) -> bytes:
    """The PDF with its pages in another *order*."""
    from io import BytesIO

    source, made = pypdfium2.PdfDocument(told.files["brief.pdf"]), pypdfium2.PdfDocument.new()
    made.import_pages(source, order(list(range(len(source)))))
    written = BytesIO()
    made.save(written)
    return written.getvalue()


# Data


def of_data(*path: str) -> Change:
    """brief.json with the list at *path* in the opposite order."""

    def made(told: Told) -> bytes:
        document = json.loads(told.files["brief.json"])
        place = document
        for name in path:
            place = place[name]
        assert place != place[::-1], path
        place.reverse()
        return json.dumps(document).encode()

    return made


def claims_exchanged(*fields: str) -> Change:
    """brief.json with *fields* of two claims that follow each other swapped."""

    def made(told: Told) -> bytes:
        document = json.loads(told.files["brief.json"])
        one, other = next(
            pair
            for pair in pairwise(document["claims"])
            if all(pair[0][field] != pair[1][field] for field in fields)
        )
        for field in fields:
            one[field], other[field] = other[field], one[field]
        return json.dumps(document).encode()

    return made


def facts_exchanged(told: Told) -> bytes:
    """brief.json with the values of two facts swapped."""
    document = json.loads(told.files["brief.json"])
    one, other = list(document["facts"].values())[:2]
    one["value"], other["value"] = other["value"], one["value"]
    return json.dumps(document).encode()


def _swaps(patterns: dict[str, str], of: Callable[[Callable[[str], str]], Change]) -> list:
    return [
        (f"{words} swapped", of(partial(exchanged, pattern=pattern)))
        for words, pattern in patterns.items()
    ]


def _html(change: Callable[[str], str]) -> Change:
    return of_message("html", change)


def _spoken(change: Callable[[str], str]) -> Change:
    return of_message("plain", change)


def _row(change: Callable[[str], str]) -> Change:
    """The text after *change* of the rows of its first table."""
    return of_text(partial(within, ROWS, change))


EVERY: dict[str, list[tuple[str, Change]]] = {
    "brief.html": [
        *_swaps(PAGE, of_page),
        *((words, in_drawing(*how)) for words, how in DRAWINGS.items()),
        ("another value where a picture is drawn from again", of_page(redrawn)),
    ],
    "brief.eml": [
        *_swaps(MAIL, _html),
        ("the bytes of two pictures swapped", images_exchanged("bytes")),
        ("the addresses of two files swapped", images_exchanged("addresses")),
        *((f"in its text, {words}", how) for words, how in _swaps(TEXT, _spoken)),
        ("its text from the last line to the first", _spoken(reversed_lines)),
    ],
    "brief.txt": [
        *_swaps(TEXT, of_text),
        ("its lines from the last to the first", of_text(reversed_lines)),
        ("a line missing", of_text(without_a_line)),
    ],
    "brief.pdf": [
        *((words, set_from(change)) for words, change in STORIES.items()),
        *((words, set_with(*how)) for words, how in SET_DRAWINGS.items()),
        ("two drawings swapped", drawings_exchanged),
        ("its pages in the opposite order", partial(pages, lambda order: order[::-1])),
        ("a page missing", partial(pages, lambda order: order[:1])),
    ],
    "brief.json": [
        ("its claims in the opposite order", of_data("claims")),
        ("two claims swapped", claims_exchanged("text", "fact", "value")),
        ("the words of two claims swapped", claims_exchanged("text")),
        ("the facts of two claims swapped", claims_exchanged("fact")),
        ("its files in the opposite order", of_data("provenance", "files")),
        ("the values of two facts swapped", facts_exchanged),
    ],
}
"""What is wrong with each file of any brief, in words, and how it is made."""
WITH_TABLES: dict[str, list[tuple[str, Change]]] = {
    "brief.html": _swaps(TABLES, of_page),
    "brief.eml": _swaps(MAIL_TABLES, _html),
    "brief.txt": _swaps(TEXT_TABLES, _row),
    "brief.pdf": [(words, set_from(change)) for words, change in TABLE_STORIES.items()],
}
"""The same for a brief with tables."""

"""The PDF.

Tagged, titled, complete, on the paper asked for, and never set in a font that is not ours.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import replace

import pypdfium2
import pytest
from pypdfium2 import raw

from reportgen.config.settings import Settings
from reportgen.core.errors import RenderError
from reportgen.rendering import pdf
from reportgen.rendering.pdf import parted
from reportgen.story.citations import Run, text_of
from reportgen.story.model import Paragraph

POINTS = {"us-letter": (612, 792), "a4": (595, 842)}


@pytest.fixture(scope="module")
def data(sample_brief):
    return (sample_brief.folder / "brief.pdf").read_bytes()


@pytest.fixture(scope="module")
def pages(data):
    """The text of each page."""
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def squeezed(text):
    """*text* without what a line break may add or take.

    White space, hyphens, and the marks of footnotes.
    """
    return re.sub(r"[-\s\x02\ufffe\u00ad*†‡§¶‖]+", "", text)


def alternatives(data):
    """Types and alternative texts of all structure elements."""
    found = []

    def walk(element):
        for reader, kind in (
            (raw.FPDF_StructElement_GetType, "type"),
            (raw.FPDF_StructElement_GetAltText, "alt"),
        ):
            size = reader(element, None, 0)
            buffer = ctypes.create_string_buffer(max(size, 2))
            reader(element, buffer, size)
            found.append((kind, buffer.raw[:size].decode("utf-16-le").rstrip("\0")))
        for i in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, i):
                walk(child)

    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            tree = raw.FPDF_StructTree_GetForPage(page)
            for i in range(raw.FPDF_StructTree_CountChildren(tree)):
                walk(raw.FPDF_StructTree_GetChildAtIndex(tree, i))
            raw.FPDF_StructTree_Close(tree)
    return found


def test_the_pdf_is_tagged_and_says_its_language(data):
    """The catalog points to a structure and names the language; the metadata claim PDF/UA."""
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", data)
    assert b"/StructTreeRoot" in data
    assert re.search(rb"/Lang\s*\(en-US\)", data)
    assert re.search(rb"pdfuaid:part>\s*1\s*<", data)


def test_the_pdf_has_the_title_and_the_date_of_the_brief(data, sample_brief):
    """A viewer's window shows the headline; no clock of this machine is in it."""
    with pypdfium2.PdfDocument(data) as document:
        told = document.get_metadata_dict()
    assert told["Title"] == sample_brief.brief.headline
    assert told["CreationDate"].startswith("D:20250108")
    assert b"/DisplayDocTitle true" in data


def test_the_pdf_has_a_bookmark_for_the_headline_and_every_picture(data, sample_brief):
    """A reader finds each picture by the finding it states."""
    with pypdfium2.PdfDocument(data) as document:
        marks = [(mark.level, mark.get_title()) for mark in document.get_toc()]
    story = sample_brief.brief.narrative
    assert marks == [
        (0, sample_brief.brief.headline),
        *((1, text_of(p.title)) for p in story.pictures),
    ]


def test_the_structure_has_headings_a_list_and_figures_with_their_words(data, sample_brief):
    """Who listens to the brief hears each picture's alternative text."""
    found = alternatives(data)
    assert {"H1", "H2", "P", "L", "Figure"} <= {name for kind, name in found if kind == "type"}
    spoken = [alt for kind, alt in found if kind == "alt" and alt]
    assert spoken == [text_of(p.alt) for p in sample_brief.brief.narrative.pictures]


def test_the_text_holds_every_line_and_every_number_of_the_brief(pages, sample_brief):
    """Nothing that the page says is missing on paper, labels of pictures included.

    Each page's own marks apart.
    """
    text = squeezed(" ".join(re.sub(r"Page \d+ of \d+", " ", page) for page in pages))
    for where, runs in sample_brief.brief.narrative.texts():
        if where not in ("alt", "subject", "preheader"):
            assert all(squeezed(run.text) in text for run in runs if run.is_fact), text_of(runs)
            pieces = re.split(r"(?<=[.?!;,]) ", text_of(runs))
            assert squeezed(text_of(runs)) in text or all(
                squeezed(piece) in text for piece in pieces
            ), text_of(runs)


def test_every_page_is_numbered_and_the_later_ones_name_the_brief(pages, sample_brief):
    """A sheet that falls out of the pile can be put back."""
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
    assert all(
        sample_brief.brief.title in page.split("\r\n")[0]
        and "Jan. 8, 2025" in page.split("\r\n")[0]
        for page in pages[1:]
    )


@pytest.mark.parametrize("paper", POINTS)
def test_the_brief_fills_two_sheets_of_the_paper_asked_for(sample_brief, paper):
    """A4 or US Letter; two pages, and the last one is no orphan."""
    with pypdfium2.PdfDocument(
        pdf.render(sample_brief.brief, Settings(paper=paper)).data
    ) as document:
        assert {tuple(map(round, page.get_size())) for page in document} == {POINTS[paper]}
        assert len(document) == 2
        assert len(document[len(document) - 1].get_textpage().get_text_bounded().split("\r\n")) > 10


def test_nothing_is_printed_in_the_margin_or_beyond(data):
    """Every letter stays ten millimetres or more from the edge."""
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_rect(i) for i in range(text.count_rects())]
            assert min(b[0] for b in boxes) > 28
            assert max(b[2] for b in boxes) < width - 28
            assert min(b[1] for b in boxes) > 28
            assert max(b[3] for b in boxes) < height - 28


def test_the_pictures_are_drawn_with_lines_not_dots(data):
    """Vector pictures: no raster image, and a file that is light."""
    assert not re.search(rb"/Subtype\s*/Image", data)
    assert len(data) <= 250_000


def test_every_font_is_embedded_and_ours(data):
    """Text, labels of pictures included, is set in IBM Plex."""
    names = set(re.findall(rb"/FontName\s*/([^\s/]+)", data))
    assert names
    assert all(re.match(rb"[A-Z]{6}\+IBMPlex", name) for name in names), names


def test_the_same_brief_gives_the_same_bytes(sample_brief, data):
    """Set again, the file is the same."""
    assert pdf.render(sample_brief.brief, Settings()).data == data


def test_a_missing_font_is_an_error(sample_brief, monkeypatch):
    """A brief is not sent in a face that happened to be there."""
    monkeypatch.setattr(pdf, "font_folders", tuple)
    with pytest.raises(RenderError, match="font"):
        pdf.render(sample_brief.brief, Settings())


def heights(data, text):
    """How far from the foot of the first page *text* stands; None where it is not on that page."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0].get_textpage()
        first = page.search(text).get_next()
        return page.get_charbox(first[0])[1] if first else None


def test_a_picture_never_stands_above_the_headline(sample_brief):
    """Also where the story begins with its pictures: on the first page they go to the foot."""
    narrative = sample_brief.brief.narrative
    pictures = narrative.pictures
    others = tuple(block for block in narrative.blocks if block not in pictures)
    moved = replace(narrative, blocks=(*pictures, *others))
    data = pdf.render(replace(sample_brief.brief, narrative=moved), Settings()).data
    headline = heights(data, text_of(narrative.title)[:20])
    titles = [heights(data, text_of(p.title)[:20]) for p in pictures]
    assert headline is not None
    assert all(title is None or title < headline for title in titles)


FELL = (Run("Stocks "), Run("fell", "spx.pct_change"), Run(". "))
SAID = (Run("“"), Run("Fear. Panic", "commentary.1"), Run(",” "), Run("Lee said", "commentary.1"))


@pytest.mark.parametrize(
    ("runs", "parts"),
    [
        ((*FELL, *SAID, Run(".")), ("Stocks fell.", " “Fear. Panic,” Lee said.")),
        ((*FELL, *SAID, Run(". Yields rose.")), None),
        ((*SAID, Run(".")), None),
        (FELL[:2], None),
    ],
)
def test_a_footnote_stands_before_what_a_person_said(runs, parts):
    """It names the source of the figures; with no word of a person last, it stands at the end."""
    assert parted(Paragraph(runs=runs)) == (parts or (text_of(runs), ""))


def block(columns, kind="table"):
    """A block of a brief: a table with so many columns, or another one."""
    return {"kind": kind, "rows": [["x"] * columns]} if kind == "table" else {"kind": kind}


@pytest.mark.parametrize(
    ("blocks", "kinds"),
    [
        ([block(2), block(2)], ["pair"]),
        ([block(2), block(3)], ["table", "table"]),
        ([block(3), block(2)], ["table", "table"]),
        ([block(2), block(0, "text"), block(2)], ["table", "text", "table"]),
        ([block(2), block(2), block(2)], ["pair", "table"]),
        ([block(2)], ["table"]),
        ([], []),
    ],
)
def test_two_narrow_tables_in_a_row_stand_side_by_side(blocks, kinds):
    """Of two columns each; nothing else moves."""
    found = pdf.beside(blocks)
    assert [one["kind"] for one in found] == kinds
    flat = [table for one in found for table in one.get("tables", [one])]
    assert flat == blocks

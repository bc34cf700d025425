"""The readers of finished files on the smallest files that show each of their bounds."""

from __future__ import annotations

import ctypes
import io
from contextlib import closing

import pypdfium2
import pytest
from pypdfium2 import raw

from reportgen.story.model import Picture
from reportgen.verify.rendered.charts import chart_of
from reportgen.verify.rendered.lines import Part, loose
from reportgen.verify.rendered.markup import Reader
from reportgen.verify.rendered.sheets import BOX, Sheet, sheets_of

# Pages
# ------------------------------------------------------------------------------


def read(html):
    """What a reader has of a page: its parts and the rest."""
    reader = Reader()
    reader.feed(html)
    return [(part.where, part.text) for part in reader.parts], "".join(reader.rest).split()


@pytest.mark.parametrize(
    ("html", "parts", "rest"),
    [
        ("<p data-part='body'>It <b>rose</b> by 1%.</p>", [("body", "It rose by 1%.")], []),
        ("<p data-part='body'>It rose.</p> So", [("body", "It rose.")], ["So"]),
        ("<p data-part='body'>It<br>rose.</p> So", [("body", "Itrose.")], ["So"]),
        ("<p>So</p><script>1 < 2</script> it is", [], ["So", "it", "is"]),
        ("<style>p { }</style><p data-part='a'>It</p>", [("a", "It")], []),
        (
            "<div data-part='a'>It<p data-part='b'>rose</p></div> So",
            [("a", "It"), ("b", "rose")],
            ["So"],
        ),
    ],
)
def test_a_part_ends_with_its_element(html, parts, rest):
    """Not with one within it; and scripts and styles show nothing."""
    assert read(html) == (parts, rest)


def test_a_cell_has_its_row_and_its_column():
    """From zero, in each table anew."""
    row = "<tr><td data-part='table'>a</td><td data-part='table'>b</td></tr>"
    reader = Reader()
    reader.feed(f"<table>{row}{row}</table><table>{row}</table>")
    places = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 0), (0, 1)]
    assert reader.parts == [Part("table", "ab"[column], (row, column)) for row, column in places]


def test_words_outside_the_narrative_are_shown_with_what_is_around_them():
    """Forty letters before and after."""
    (found,) = loose(f"{'.' * 60} word {'.' * 60}", "page")
    assert (found.words, found.sentence) == ("word", f"{'.' * 39} word {'.' * 39}")


# PDFs
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "following"), [(0, 5), (5, 5), (6, 12), (12, 12), (13, 20)])
def test_text_that_was_found_before_begins_where_it_was_found(at, following):
    """Or at the end of the page."""
    sheet = Sheet("x" * 20, ())
    sheet.found = [(5, 9), (12, 14)]
    assert sheet.next_found(at) == following
    assert sheet.rest() == "xxxxx\nxxx\nxxxxxx"


def pdf(*boxes):
    """A PDF of one page with red boxes: left, lower end, width and height of each."""
    with closing(pypdfium2.PdfDocument.new()) as document:
        page = document.new_page(200, 100)
        for box in boxes:
            shape = raw.FPDFPageObj_CreateNewRect(*(ctypes.c_float(number) for number in box))
            raw.FPDFPageObj_SetFillColor(shape, 255, 0, 0, 255)
            raw.FPDFPath_SetDrawMode(shape, raw.FPDF_FILLMODE_WINDING, 0)
            raw.FPDFPage_InsertObject(page.raw, shape)
        page.gen_content()
        data = io.BytesIO()
        document.save(data)
        return data.getvalue()


def test_a_box_of_a_pdf_is_where_it_is_drawn():
    """In points from the left and from the foot of its page, in its colour."""
    (sheet,) = sheets_of(pdf((10, 20, 30, 40), (50, 60, 20, 30)), set())
    assert [path.box for path in sheet.paths] == [(10, 20, 40, 60), (50, 60, 70, 90)]
    assert {(path.size, path.fill) for path in sheet.paths} == {(BOX, "#FF0000")}


def test_a_line_of_a_pdf_has_its_points_where_as_many_are_looked_for():
    """Of others they are not read."""
    data = pdf((10, 20, 30, 40))
    (sheet,) = sheets_of(data, {5})
    assert set(sheet.paths[0].points) == {(10, 20), (10, 60), (40, 60), (40, 20)}
    assert sheets_of(data, {4})[0].paths[0].points == ()


# What a chart says
# ------------------------------------------------------------------------------

DAYS = {"field": "day", "type": "temporal", "scale": {"domain": ["2025-01-01", "2025-01-11"]}}
SIZES = {"field": "size", "type": "quantitative", "scale": {"domain": [-10, 30]}}
MONTHS = {"field": "day", "type": "ordinal", "timeUnit": "utcyearmonth"}
NAMES = {"field": "name", "type": "nominal"}


def charted(x, y, *rows, mark="point", **coded):
    """The places of the marks of a chart of *rows*, rounded; None where they are not read."""
    x = {**x, "scale": {**x["scale"], "type": "utc"}} if x["type"] == "temporal" else x
    layer = {"data": {"values": list(rows)}, "mark": {"type": mark, "color": "red"}}
    layer["encoding"] = {"x": x, "y": y, **coded}
    picture = Picture(name="a", title=(), subtitle=(), alt=(), labels={})
    marks = chart_of({"layer": [layer]}, picture).marks
    return marks and [(round(x, 4), round(y, 4)) for x, y in marks[0].points]


def test_a_value_stands_at_its_share_of_the_scale():
    """From the left, and from the top."""
    rows = [{"day": "2025-01-01", "size": -10}, {"day": "2025-01-06", "size": 20}]
    assert charted(DAYS, SIZES, *rows) == [(0, 1), (0.5, 0.25)]


@pytest.mark.parametrize(
    ("axis", "rows", "places"),
    [
        (NAMES, ["b", "a"], [0.75, 0.25]),
        ({**NAMES, "sort": ["b", "a"]}, ["b", "a"], [0.25, 0.75]),
        ({**NAMES, "sort": ["c", "b", "a"]}, ["b", "a"], [0.25, 0.75]),
        ({**NAMES, "sort": "descending"}, ["b", "a"], None),
        (MONTHS, ["2025-01-31", "2025-02-28", "2025-10-01", "2025-12-31"], [1, 3, 5, 7]),
    ],
)
def test_a_name_stands_in_the_middle_of_its_band(axis, rows, places):
    """In the order of the alphabet, of the calendar, or of a list."""
    eighths = places and [place / 8 if place >= 1 else place for place in places]
    told = [{axis["field"]: value, "size": 10} for value in rows]
    found = charted(axis, SIZES, *told)
    assert found == (eighths and [(place, 0.5) for place in eighths])


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        (DAYS, "bin", True),
        (SIZES, "scale", {"domain": [-10, 30], "nice": True}),
        (SIZES, "scale", {"domain": [-10, 30], "zero": True}),
        (SIZES, "scale", {"domain": [-10, 30], "type": "log"}),
        (SIZES, "timeUnit", "utcyearmonth"),
    ],
)
def test_a_chart_that_may_move_its_marks_is_not_read(part, key, value):
    """No place is known then, and none is held against the drawing."""
    changed = {**part, key: value}
    x, y = (changed, SIZES) if part is DAYS else (DAYS, changed)
    assert charted(x, y, {"day": "2025-01-06", "size": 10}) is None


@pytest.mark.parametrize(
    ("days", "read"), [(("2025-01-02", "2025-01-03"), True), (("2025-01-02",) * 2, False)]
)
def test_bars_in_one_place_are_stacked_and_not_read(days, read):
    """Their ends are sums."""
    rows = [{"day": day, "size": 10} for day in days]
    assert (charted(DAYS, SIZES, *rows, mark="bar") is not None) is read

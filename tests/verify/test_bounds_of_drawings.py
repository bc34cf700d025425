"""Drawings whose shapes are moved by just less and just more than each bound allows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny import day, fact, record

from reportgen.core.facts import Unit
from reportgen.record.templates import Templates
from reportgen.story.citations import Run, text_of
from reportgen.story.compose import compose
from reportgen.story.model import Picture
from reportgen.verify.binding import Binding
from reportgen.verify.rendered.charts import Axis, Chart, Mark, _filtered
from reportgen.verify.rendered.drawing import drawing, sparked
from reportgen.verify.rendered.paper import Cursor, _drawn
from reportgen.verify.rendered.sheets import BOX, Sheet
from reportgen.verify.rendered.sheets import Path as Shape

STORY = "# A title\n\n~ kicker: Recap\n\n{{ 'cut' if truncated('yields') else 'whole' }}."
WIDE, HIGH = 200, 100
"""Pixels of the plot."""


def drawn(*shapes, marks=(), x=None, y=None, labels=()):
    """Whether a drawing of those *shapes* shows a chart of those *marks* and axes."""
    frame = f'<path d="M0,0h{WIDE}v{HIGH}h-{WIDE}Z"/>'
    svg = f"<svg><g>{frame}{''.join(shapes)}</g></svg>"
    chart = Chart(labels=labels, marks=tuple(marks), x=x or Axis(), y=y or Axis())
    return not list(drawing(svg, chart, "a chart", "page"))


def placed(tag, x, y, words="", **given):
    """An element that stands at *x* and *y*, with those attributes and words."""
    said = "".join(f' {name}="{value}"' for name, value in given.items())
    return f'<{tag} transform="translate({x:g},{y:g})"{said}>{words}</{tag}>'


@pytest.mark.parametrize(
    ("by", "true"), [(0.15, True), (0.17, False), (-0.15, True), (-0.17, False)]
)
def test_a_point_stands_within_a_sixth_of_a_pixel(by, true):
    """Across as down."""
    mark = Mark(kind="point", points=((0.5, 0.5),), colours=("red",))
    for x, y in ((100 + by, 50), (100, 50 + by)):
        shape = placed("path", x, y, d="M1,0A1,1,0,1,1,-1,0Z", fill="red")
        assert drawn(shape, marks=[mark]) is true


@pytest.mark.parametrize(
    ("top", "height", "left", "true"),
    [
        (20, 60, 90, True),
        (20.15, 59.85, 90, True),
        (20.17, 59.83, 90, False),
        (20, 60.31, 90, True),
        (20, 60.33, 90, False),
        (20, 60, 90.15, True),
        (20, 60, 90.17, False),
    ],
)
def test_a_bar_begins_ends_and_stands_where_its_value_is(top, height, left, true):
    """Its end may be off by twice as much: of two rounded numbers it is the sum."""
    mark = Mark(kind="bar", points=((0.5, 0.2),), colours=("red",), base=0.8)
    shape = f'<path d="M{left},{top}h20v{height}h-20Z" fill="red"/>'
    assert drawn(shape, marks=[mark]) is true


@pytest.mark.parametrize(
    ("left", "top", "opacity", "true"),
    [
        (90.31, 40, 0.5, True),
        (90.33, 40, 0.5, False),
        (90, 40.31, 0.5, True),
        (90, 40.33, 0.5, False),
        (90, 40, 0.5055, True),
        (90, 40, 0.5065, False),
    ],
)
def test_a_cell_is_in_its_day_and_as_dark_as_its_move(left, top, opacity, true):
    """To a third of a pixel, and 0.006 of its opacity."""
    mark = Mark(kind="rect", points=((0.5, 0.5),), colours=("red",), depths=(0.5,))
    shape = f'<path d="M{left},{top}h20v20h-20Z" fill="red" opacity="{opacity}"/>'
    assert drawn(shape, marks=[mark]) is true


@pytest.mark.parametrize(("by", "true"), [(0.15, True), (0.17, False)])
def test_a_line_goes_through_each_of_its_points(by, true):
    """And an area back along its base."""
    points = ((0.0, 0.5), (0.5, 0.2), (1.0, 0.5))
    line = Mark(kind="line", points=points, colours=("red",))
    for path in (f"M0,50L100,{20 + by}L200,50", f"M0,50L{100 + by},20L200,50"):
        assert drawn(f'<path d="{path}" stroke="red"/>', marks=[line]) is true
    area = Mark(kind="area", points=points, colours=("red",), base=1.0)
    path = f"M0,50L100,20L200,50L200,100L100,{100 + by}L0,100Z"
    assert drawn(f'<path d="{path}" fill="red"/>', marks=[area]) is true


@pytest.mark.parametrize(("points", "drawing_of_it"), [(1, False), (2, True)])
def test_a_line_of_one_point_is_not_drawn(points, drawing_of_it):
    """One of two is."""
    mark = Mark(kind="line", points=((0.0, 0.5), (1.0, 0.5))[:points], colours=("red",))
    assert drawn(marks=[mark]) is not drawing_of_it
    assert drawn('<path d="M0,50L200,50" stroke="red"/>', marks=[mark]) is drawing_of_it


@pytest.mark.parametrize(("by", "true"), [(0.15, True), (0.17, False)])
def test_a_rule_stands_at_its_value_across_the_plot(by, true):
    """Its place and its length are those of the plot."""
    mark = Mark(kind="rule", points=((float("nan"), 0.5),), colours=("red",))
    for y, length in ((50 + by, WIDE), (50, WIDE + by)):
        shape = placed("line", 0, y, x2=length, y2=0, stroke="red")
        assert drawn(shape, marks=[mark]) is true


@pytest.mark.parametrize(
    ("x", "y", "true"),
    [
        (100, 54, True),
        (101, 54, True),
        (101.05, 54, False),
        (100, 58.5, True),
        (100, 58.55, False),
        (100, 49.5, True),
        (100, 49.45, False),
    ],
)
def test_a_label_stands_at_its_value(x, y, true):
    """Its baseline is four pixels lower, and may be off by half a line."""
    mark = Mark(kind="text", points=((0.5, 0.5),), colours=("red",), texts=("Dow",))
    shape = placed("text", x, y, "Dow", fill="red")
    assert drawn(shape, marks=[mark], labels=("Dow",)) is true


@pytest.mark.parametrize(
    ("text", "y", "true"),
    [
        ("50", 54, True),
        ("50", 54 + 6.9, True),
        ("50", 54 + 7.1, False),
        ("50", 54 - 6.9, True),
        ("50", 54 - 7.1, False),
        ("50.0", 54 + 6.5, True),
        ("50.0", 54 + 6.6, False),
        ("\N{MINUS SIGN}50", 54, False),
        ("Dow", 54, False),
    ],
)
def test_a_tick_says_what_its_axis_has_at_its_place(text, y, true):
    """To 6.5 pixels, and half of its last digit: here a pixel is a point."""
    axis = Axis(value=lambda share: 100 - 100 * share)
    assert drawn(placed("text", -5, y, text), y=axis) is true


@pytest.mark.parametrize(
    ("text", "x", "true"),
    [
        ("Jan", 100, True),
        ("Jan", 98.6, True),
        ("Jan", 98.4, False),
        ("Jan", 101.4, True),
        ("Jan", 101.6, False),
        ("2025", 100, True),
        ("2025", 110, False),
        ("Feb", 100, False),
        ("Feb", 131, True),
    ],
)
def test_a_tick_of_a_time_axis_is_the_month_that_begins_there(text, x, true):
    """Jan. 1, 2025, is in the middle, and a pixel is a day."""
    import datetime as dt

    middle = dt.date(2025, 1, 1).toordinal()
    axis = Axis(value=lambda share: middle + 200 * share - 100, dated=True)
    assert drawn(placed("text", x, HIGH + 12, text), x=axis) is true


@pytest.mark.parametrize(("x", "true"), [(-0.1, True), (0.0, False), (200.0, False), (200.1, True)])
def test_a_tick_of_the_upright_axis_stands_beside_the_plot(x, true):
    """Within it, or on its edge, a text is a label that no mark has."""
    axis = Axis(value=lambda share: 100 - 100 * share)
    assert drawn(placed("text", x, 54, "50"), y=axis) is true


@pytest.mark.parametrize(("y", "true"), [(100.0, False), (100.1, True)])
def test_a_tick_of_the_level_axis_stands_below_the_plot(y, true):
    """Not within it."""
    axis = Axis(value=lambda share: 200 * share)
    assert drawn(placed("text", 100, y, "100"), x=axis) is true


@pytest.mark.parametrize(("x", "name"), [(1, "a"), (99, "a"), (101, "b"), (199, "b")])
def test_a_tick_of_bands_is_the_name_of_its_band(x, name):
    """Two names share the plot."""
    for text in ("a", "b"):
        shape = placed("text", x, HIGH + 12, text)
        assert drawn(shape, x=Axis(names=("a", "b"))) is (text == name)


@pytest.mark.parametrize(("text", "true"), [("Jan", True), ("Dec", False)])
def test_a_band_that_is_a_month_is_named_so(text, true):
    """Of a year's twelve."""
    shape = placed("text", 100, HIGH + 12, text)
    assert drawn(shape, x=Axis(names=("2025-01",))) is true
    assert drawn(placed("text", 100, HIGH + 12, "Dec"), x=Axis(names=("2024-12",)))
    assert not drawn(placed("text", 100, HIGH + 12, "Dec"), x=Axis(names=("2024-00",)))


@pytest.mark.parametrize(("by", "true"), [(0.15, True), (0.17, False)])
def test_a_spark_rises_and_falls_as_its_levels_do(by, true):
    """To a sixth of a pixel, in any size; the other way round it is false."""
    assert sparked(f"0,10 10,{5 + by} 20,0", [1.0, 2.0, 3.0]) is true
    assert not sparked("0,0 10,5 20,10", [1.0, 2.0, 3.0])
    assert sparked("0,5 10,5 20,5", [2.0, 2.0, 2.0])
    assert sparked(f"0,0 10,5 20,{by / 3}", [3.0, 2.0, 3.0])


@pytest.mark.parametrize(("by", "true"), [(0.24, True), (0.26, False)])
def test_a_line_of_a_pdf_is_that_of_the_record(by, true):
    """To a quarter of a point."""
    mark = Mark(kind="line", points=((0.0, 1.0), (0.5, 0.5), (1.0, 0.0)), colours=("#FF0000",))
    points = ((10.0, 10.0), (20.0, 20.0 + by), (30.0, 30.0))
    assert _drawn(mark, [Shape(3, stroke="#FF0000", points=points)]) is true


def box(left, bottom, right, top):
    """A box of a PDF."""
    return Shape(BOX, fill="#FF0000", box=(left, bottom, right, top))


@pytest.mark.parametrize(("by", "true"), [(0.24, True), (0.26, False)])
def test_bars_of_a_pdf_are_in_proportion(by, true):
    """To a quarter of a point."""
    red = ("#FF0000",) * 3
    mark = Mark(kind="bar", points=((0.2, 0.0), (0.5, 0.5), (0.8, 0.25)), colours=red, base=1.0)
    bars = [box(10, 0, 20, 40), box(40, 0, 50, 20 + by), box(70, 0, 80, 30)]
    assert _drawn(mark, bars) is true


@pytest.mark.parametrize(("length", "true"), [(0.00059, True), (0.00061, False)])
def test_the_shortest_bars_of_a_pdf_may_be_left_out(length, true):
    """What is less than a twentieth of a pixel in 80."""
    red = ("#FF0000",) * 3
    points = ((0.2, 0.0), (0.5, 1.0 - length), (0.8, 0.25))
    mark = Mark(kind="bar", points=points, colours=red, base=1.0)
    assert _drawn(mark, [box(10, 0, 20, 40), box(70, 0, 80, 30)]) is true


@pytest.mark.parametrize(("length", "true"), [(0.0006, True), (0.00061, False)])
def test_the_shortest_bars_across_may_be_left_out(length, true):
    """From the left edge; on the bound, too."""
    red = ("#FF0000",) * 3
    points = ((1.0, 0.2), (length, 0.5), (0.75, 0.8))
    mark = Mark(kind="bar", points=points, colours=red, spread="x")
    assert _drawn(mark, [box(0, 80, 40, 90), box(0, 20, 30, 30)]) is true


@pytest.mark.parametrize(("more", "whole"), [(15, True), (16, False)])
def test_a_line_goes_to_the_next_page_within_sixteen_letters(more, whole):
    """What follows on the page may begin as the line goes on."""
    rest = "abcdefghijklmnopqrstuvwxyz"
    sheets = [Sheet(f"Stocks{rest[:more]}", ()), Sheet(rest, ())]
    assert Cursor(sheets).take(f"Stocks{rest}")
    assert (sheets[1].rest().strip() == "") is whole


@pytest.mark.parametrize(("rule", "kept"), [("< 0", [-1]), (">= 0", [0, 1])])
def test_a_bar_of_nothing_is_drawn_with_those_that_rise(rule, kept):
    """As in the specification."""
    rows = [{"change": value} for value in (-1, 0, 1)]
    filtered = _filtered(rows, {"filter": f"datum.change {rule}"})
    assert [row["change"] for row in filtered] == kept


@pytest.mark.parametrize(
    ("low", "high", "true"),
    [(0.1, 5.0, True), (0.0, 5.0, False), (-1.0, 5.0, False), (-5.0, 0.0, False), (-5.0, -1, True)],
)
def test_an_axis_of_values_is_truncated_where_it_leaves_zero_out(low, high, true):
    """As the story tells it, and as the caption is checked."""
    level = fact("spx.level", 4.0, Unit.LEVEL)
    spec = {"layer": [{"encoding": {"y": {"scale": {"domain": [low, high]}}}}]}
    known = replace(
        record(level, day("session.date", "2025-01-08")),
        charts={"yields": {"spec": spec, "slots": []}},
    )
    said = (Run("The value axis is truncated.", ""),)
    picture = Picture(name="yields", title=(), subtitle=said, alt=(), labels={})
    assert (not [*Binding(known)._picture(picture)]) == true
    told = compose(known, Path(), "A report", Templates((("story.j2", STORY, "story.j2"),)))
    assert ("cut" in text_of(told.blocks[0].runs)) == true

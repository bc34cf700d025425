"""The check of a page."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from reportgen.core.svg import is_own
from reportgen.record.own import OWN
from reportgen.record.record import Record
from reportgen.record.shown import Shown
from reportgen.story.citations import text_of
from reportgen.story.model import Image, Narrative, Picture
from reportgen.verify import numerals
from reportgen.verify.factcheck import Check
from reportgen.verify.rendered.charts import chart_of, worded
from reportgen.verify.rendered.drawing import POINTS, drawing, sparked
from reportgen.verify.rendered.lines import (
    SIGNS,
    Line,
    Part,
    fold,
    folded,
    in_order,
    lines,
    loose,
)
from reportgen.verify.rendered.markup import Reader

APPENDIX = re.compile(r'<details[^<>]* id="appendix".*?</details>', re.DOTALL)
DRAWN = "data:image/png;base64,"
"""How the address of a chart begins that was drawn from a notebook."""
SIZES = ("width", "padding", "background", "autosize")
"""What a page decides of a chart of the notebook's own."""
DRAWINGS = 2
"""How often a page has each picture: for wide screens and for narrow ones."""


def page(html: str, narrative: Narrative, record: Record) -> list[Check]:
    """Failed checks of a page.

    Parts missing, changed or in another order, loose words, drawings, values or
    colours that are not the record's.
    """
    reader = Reader()
    reader.feed(APPENDIX.sub("", html, count=1))  # the record itself, which its own code made
    wanted = list(_parts(narrative, record))
    failed = list(in_order(wanted, list(_found(reader.parts, wanted)), "page"))
    failed += _drawings(narrative, record, reader)
    failed += _strip(narrative, reader)
    failed += [*_values(narrative, record, reader), *_origins(record, reader)]
    head = {
        "title": text_of(narrative.title),
        "description": text_of(narrative.preheader),
    }
    failed += [
        Check(
            "page", reader.head[k], k, "", "the head of the page does not say what the brief says"
        )
        for k in head
        if head[k] != reader.head[k]
    ]
    return failed + list(loose(fold(" ".join(reader.rest)), "page"))


def _parts(narrative: Narrative, record: Record) -> Iterator[Part]:
    """What a page shows, from its top to its foot."""
    for line in lines(narrative):
        if isinstance(line, Image):
            yield Part("image", _address(record.shown[line.place]))
            yield Part("alt", text_of(line.alt))
        elif isinstance(line, Picture):
            yield Part("alt", text_of(line.alt))
            yield from [Part("drawing", line.name)] * DRAWINGS
        else:
            yield line.part


def _address(one: Shown) -> str:
    """The address of an image on a page: its own bytes, or those of a chart that was drawn."""
    if one.kind == "chart":
        return DRAWN
    return f"data:{one.media};base64,{base64.b64encode(one.data).decode()}"


def _found(parts: Sequence[Part], wanted: Sequence[Part]) -> Iterator[Part]:
    """*parts*, with one address for all charts that were drawn from a notebook."""
    known = {part.text for part in wanted if part.where == "image"}
    for part in parts:
        drawn = part.where == "image" and part.text not in known and part.text.startswith(DRAWN)
        yield part._replace(text=DRAWN) if drawn else part


def _drawings(narrative: Narrative, record: Record, reader: Reader) -> Iterator[Check]:
    """Each drawing shows its picture: all labels, and the values of the record.

    So does what the page's script draws it from.
    """
    for picture in narrative.pictures:
        recorded = record.charts[picture.name]["spec"]
        chart = chart_of(recorded, picture, record.charts[picture.name].get(OWN))
        for svg in reader.drawn.get(picture.name, ()):
            yield from drawing(svg, chart, picture.name, "page")
        given = reader.specs.get(picture.name)
        if given is not None and not _redraws(given, recorded, picture):
            yield Check(
                "page", picture.name, picture.name, "", "the page would redraw another picture"
            )


def _redraws(given: str, recorded: Mapping[str, Any], picture: Picture) -> bool:
    """Whether the specification on a page is the *recorded* one with the picture's words."""
    words = {f"slot:{name}": text_of(runs) for name, runs in picture.labels.items()}
    spec = json.loads(given)["spec"]
    tables = spec.get("datasets", {})
    for name, rows in recorded.get("datasets", {}).items():
        if not _same(tables.get(name), rows, words):
            return False
    return all(
        spec.get(key) == worded(value, words)
        for key, value in recorded.items()
        if key not in ("datasets", "config", *(SIZES if is_own(recorded) else ()))
    )


def _same(table: Any, rows: list[dict[str, Any]], words: Mapping[str, str]) -> bool:
    """Whether a *table* on a page, which may name its columns once, has the recorded *rows*."""
    if not isinstance(table, Mapping):
        return bool(table == worded(rows, words))
    keys = table["keys"]
    return len(table["rows"]) == len(rows) and all(
        [words.get(v, v) for v in row.values()] == found and list(row) == keys
        for row, found in zip(rows, table["rows"], strict=True)
    )


def _strip(narrative: Narrative, reader: Reader) -> Iterator[Check]:
    """Each instrument of the strip, the colour of its change, and its course."""
    if reader.instruments != [row.instrument for row in narrative.strip]:
        yield Check("page", str(reader.instruments), "strip", "", "the strip has other instruments")
    yield from coloured(narrative, reader, "page")
    for row, svg in zip_longest(narrative.strip, reader.sparks):
        points = POINTS.search(svg or "")
        if row is None or points is None or not sparked(points[1], row.spark):
            name = "strip" if row is None else folded(row.name)
            yield Check("page", name, name, "", "the line in the strip is not the course")


def coloured(narrative: Narrative, reader: Reader, file: str) -> Iterator[Check]:
    """A failed check where a change of the strip has not the colour of its sign."""
    signs = [(SIGNS[row.sign], folded(row.change)) for row in narrative.strip]
    if reader.changes != signs:
        yield Check(file, str(reader.changes), "change", "", "a change is not coloured by its sign")


def _values(
    narrative: Narrative,
    record: Record,
    reader: Reader,
) -> Iterator[Check]:
    """Each figure of a page, in order, has the fact the narrative cites, and its raw value."""
    cited = [
        Part(run.ref, fold(run.text))
        for line in lines(narrative)
        if isinstance(line, Line)
        for run in line.runs
        if run.is_fact
    ]
    found = [Part(figure.ref, fold(figure.text)) for figure in reader.facts]
    if found != cited:
        one = next(
            (f or w for w, f in zip_longest(cited, found) if w != f),
            Part("", ""),
        )
        yield Check(
            "page",
            one.text,
            one.text,
            one.where,
            "the fact behind the words is not the one the narrative cites",
        )
    for ref, value, text, _, link in reader.facts:
        fact = record.facts.get(ref)
        if fact is None or str(fact.value) != value:
            yield Check("page", text, value, ref, "the value behind the words is not the fact's")
        elif link is not None and link != f"#cell-{fact.cell}":
            yield Check("page", text, link, ref, "the link does not lead to the fact's cell")


def _origins(record: Record, reader: Reader) -> Iterator[Check]:
    """What a reader sees who points at a figure.

    The unrounded value, the source and the cell of its fact.
    """
    for ref, _, _, origin, _ in reader.facts:
        fact = record.facts.get(ref)
        value = origin.partition(" · ")[0]
        if fact is None or fact.source not in origin or not origin.endswith(f"cell {fact.cell}"):
            yield Check("page", origin, origin, ref, "it is not where the figure comes from")
        elif isinstance(fact.value, str):
            if value != fact.value:
                yield Check("page", origin, value, ref, "it is not the fact's value")
        else:
            shown = numerals.NUMBER.search(value)
            size = fact.number * numerals.SCALE.get(fact.unit, 1.0)
            stated = numerals.stated(shown) if shown else None
            if stated is None or not math.isclose(
                stated.size * (stated.sign or 1), size, rel_tol=1e-6, abs_tol=1e-6
            ):
                yield Check("page", origin, value, ref, "it is not the fact's value")

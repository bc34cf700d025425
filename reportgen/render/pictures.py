"""Charts drawn: a recorded specification, its slots filled from the story, in the look's theme, as SVG or PNG."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from io import BytesIO
from typing import Any

from reportgen.errors import RenderError
from reportgen.narrative.model import Narrative, Picture
from reportgen.narrative.runs import text_of
from reportgen.record import Record
from reportgen.render.brief import tokens

WIDE, NARROW, MAIL = 680, 340, 460
"""Widths in pixels of a chart on a page, on a phone and in an email."""
FONT = "IBM Plex Sans"


def filled(chart: Mapping[str, Any], picture: Picture) -> dict[str, Any]:
    """The specification of *chart* with every slot replaced by the story's words; RenderError where one is left."""
    words = {f"slot:{name}": text_of(runs) for name, runs in picture.labels.items()}
    missing = [s for s in chart["slots"] if f"slot:{s}" not in words]
    if missing:
        raise RenderError(f"Picture '{picture.name}' has no words for its label '{missing[0]}'.", subject=picture.name)

    def fill(node: Any) -> Any:
        if isinstance(node, str):
            return words.get(node, node)
        if isinstance(node, list):
            return [fill(item) for item in node]
        if isinstance(node, Mapping):
            return {key: fill(value) for key, value in node.items()}
        return node

    spec: dict[str, Any] = fill(chart["spec"])
    return spec


def themed(spec: Mapping[str, Any], width: int) -> dict[str, Any]:
    """*spec* at *width* pixels in the light theme; a narrow chart has fewer ticks."""
    colour = tokens()["light"]
    axis = {
        "labelColor": colour["muted"], "titleColor": colour["muted"], "gridColor": colour["rule"], "domain": False,
        "tickColor": colour["rule"], "labelFontSize": 12, "labelFont": FONT, "titleFont": FONT, "gridWidth": 1,
        "labelFlush": True, "labelPadding": 6,
    }  # fmt: skip
    config = {
        "font": FONT, "axis": axis, "axisX": {"grid": False, "tickSize": 4}, "view": {"stroke": None},
        "text": {"font": FONT}, "padding": {"left": 0, "right": 2, "top": 4, "bottom": 2},
    }  # fmt: skip
    return {**spec, "width": width, "autosize": {"type": "fit", "contains": "padding"}, "config": config}


def still(spec: Mapping[str, Any]) -> dict[str, Any]:
    """*spec* without the layers that only answer a pointer."""
    layers = [
        layer for layer in spec.get("layer", ()) if "condition" not in layer.get("encoding", {}).get("opacity", {}) or not _hovers(layer)
    ]
    kept = {key: value for key, value in spec.items() if key != "params"}
    return {**kept, "layer": layers} if "layer" in spec else kept


def _hovers(layer: Mapping[str, Any]) -> bool:
    return "param" in layer["encoding"]["opacity"]["condition"]


@cache
def _converter() -> Any:
    import vl_convert

    from reportgen.render.assets import font_folders

    os.environ["TZ"] = "UTC"  # Vega reads it; a chart's dates have no time of day
    for folder in font_folders():
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def svg(spec: Mapping[str, Any], name: str, width: int) -> str:
    """*spec* as an SVG that scales, with ids of its own and without roles: the figure around it speaks for it."""
    drawn: str = _converter().vegalite_to_svg(themed(still(spec), width), vl_version="6.4")
    for number, found in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn))):
        fresh = f"{name}-{width}-{number}"
        drawn = drawn.replace(f'id="{found}"', f'id="{fresh}"').replace(f"url(#{found})", f"url(#{fresh})")
    drawn = re.sub(r' (?:role|aria-[a-z]+|class|style)="[^"]*"', "", drawn)
    return re.sub(r'(<svg[^>]*?) width="(\d+)" height="(\d+)"', r'\1 width="\2" height="\3" focusable="false"', drawn, count=1)


def png(spec: Mapping[str, Any], width: int) -> bytes:
    """*spec* as a PNG of twice *width* on white paper, in at most 128 colours."""
    from PIL import Image

    drawn = _converter().vegalite_to_png({**themed(still(spec), width), "background": "#FFFFFF"}, vl_version="6.4", scale=2)
    image = Image.open(BytesIO(drawn)).convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def specs_of(record: Record, narrative: Narrative) -> dict[str, dict[str, Any]]:
    """The filled specification of every picture of *narrative*, by name."""
    return {p.name: filled(record.charts[p.name], p) for p in narrative.pictures}


def draw(specs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Every picture as a wide and a narrow SVG, by name."""
    return {name: {"wide": svg(spec, name, WIDE), "narrow": svg(spec, name, NARROW)} for name, spec in specs.items()}


def warm() -> None:
    """Start the converter, so that the first picture does not wait for it."""
    with suppress(Exception):  # what is wrong here is reported where it matters
        mark = {"mark": "line", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}
        svg({**mark, "height": 10}, "warm", NARROW)


def sparkline(levels: tuple[float, ...]) -> str:
    """The points of a polyline in a box of 96 by 24 for *levels*."""
    low, high = min(levels), max(levels)
    span = (high - low) or 1.0
    step = 94 / max(len(levels) - 1, 1)
    return " ".join(f"{1 + i * step:.1f},{22 - 20 * (v - low) / span:.1f}" for i, v in enumerate(levels))

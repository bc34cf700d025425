"""The pictures of a notebook, its own or its charts in the look: for page, paper and mail."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportgen.config.resources import tokens
from reportgen.core.errors import RenderError
from reportgen.record.record import Record
from reportgen.record.shown import Shown
from reportgen.rendering.margins import LABEL
from reportgen.rendering.pictures import FONT, WIDE, drawn_png, drawn_svg
from reportgen.story.model import Narrative

SUFFIX: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/svg+xml": "svg",
}
MAILED = 560
"""Pixels of the widest picture in an email; it has twice as many dots."""
COLOURS = 128
PRINTED = 3
"""Dots of a pixel on paper, of a picture with words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture in its forms."""

    page: str
    """The address of its bytes on a page."""
    file: str
    """The end of the name of its file on paper."""
    paper: bytes
    mail: bytes
    """As a PNG."""
    width: int
    """Pixels of its usual width."""
    height: int


def draw(record: Record, narrative: Narrative) -> dict[str, Drawn]:
    """The pictures of *narrative* by name.

    Raises:
        RenderError: One cannot be drawn; the error names its cell.
    """
    found = {}
    for image in narrative.images:
        one = record.shown[image.place]
        try:
            found[image.name] = _chart(one.data) if one.kind == "chart" else _own(one)
        except (RenderError, OSError, ValueError, SyntaxError) as error:
            where = f"{record.context['plain']}, {one.place}"
            raise RenderError(f"{where}: its picture cannot be drawn: {error}") from error
    return found


def _own(one: Shown) -> Drawn:
    """A picture that the notebook drew."""
    svg = one.media == "image/svg+xml"
    # An SVG may be of any size: it is drawn at its own.
    dots = drawn_png(one.data.decode(), 2) if svg else one.data
    width, height = _size(dots)
    if svg:
        width, height = width // 2, height // 2
    elif one.width:
        width, height = one.width, round(height * one.width / width)
    worded = svg and b"<text" in one.data  # the check of paper knows no words of a picture
    return Drawn(
        page=_address(one.media, one.data),
        file="png" if worded else SUFFIX[one.media],
        paper=drawn_png(one.data.decode(), PRINTED) if worded else one.data,
        mail=_mailed(dots),
        width=width,
        height=height,
    )


def _chart(spec: Mapping[str, Any]) -> Drawn:
    """A chart of Vega-Lite in the fonts and colours of the look."""
    svg = drawn_svg(json.dumps(styled(spec), sort_keys=True))
    dots = _fewer(drawn_png(svg, 2))
    width, height = _size(dots)
    return Drawn(
        page=_address("image/png", dots),
        file="png",
        paper=_fewer(drawn_png(svg, PRINTED)),
        mail=_mailed(dots),
        width=width // 2,
        height=height // 2,
    )


def styled(spec: Mapping[str, Any]) -> dict[str, Any]:
    """*spec* in the look, as far as it says nothing else itself."""
    colour = tokens()["light"]
    words = {"labelColor": colour["muted"], "titleColor": colour["muted"]}
    fonts = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": LABEL, "titleFontSize": LABEL}
    tints = [colour[role] for role in ("accent", "second", "third", "gain", "loss", "muted")]
    look: dict[str, Any] = {
        "font": FONT,
        "background": "#FFFFFF",
        "axis": {
            **words,
            **fonts,
            "titleFontWeight": "normal",
            "gridColor": colour["rule"],
            "tickColor": colour["rule"],
            "domainColor": colour["rule"],
        },
        "axisXTemporal": {"labelFlush": True},
        "legend": {**words, **fonts, "titleFontWeight": "normal"},
        "header": {**words, **fonts},
        "title": {
            "font": FONT,
            "fontSize": 15,
            "color": colour["ink"],
            "anchor": "start",
            "fontWeight": 600,
            "subtitleColor": colour["muted"],
            "subtitleFont": FONT,
        },
        "view": {"stroke": None},
        "mark": {"color": colour["accent"]},
        "range": {"category": tints},
        "text": {"font": FONT},
    }
    told = {**spec, "config": _over(look, spec.get("config") or {})}
    alone = not {"facet", "hconcat", "vconcat", "concat", "repeat", "spec"} & spec.keys()
    coded = spec.get("encoding") or {}
    if alone and not {"row", "column", "facet"} & coded.keys():
        told |= _wide(spec)
    return told


def _wide(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The width of the page for a chart that says none of its own."""
    if spec.get("width") not in (None, "container"):
        return {}
    return {"width": WIDE, "autosize": {"type": "fit-x", "contains": "padding"}}


def _over(look: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """*look* under what the chart says itself."""
    found = dict(look)
    for name, value in own.items():
        below = found.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            found[name] = _over(below, value)
        else:
            found[name] = value
    return found


def _address(media: str, data: bytes) -> str:
    return f"data:{media};base64,{base64.b64encode(data).decode()}"


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        return image.size


def _fewer(data: bytes) -> bytes:
    """A PNG on white paper, in at most so many colours as a chart needs."""
    from PIL import Image

    image: Any = Image.open(BytesIO(data)).convert("RGBA")
    paper = Image.new("RGBA", image.size, "#FFFFFF")
    paper.alpha_composite(image)
    few = paper.convert("RGB").quantize(
        colors=COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    buffer = BytesIO()
    few.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


@lru_cache(maxsize=64)
def _mailed(data: bytes) -> bytes:
    """The same no wider than a mail shows it."""
    from PIL import Image

    image: Any = Image.open(BytesIO(data)).convert("RGBA")
    most = 2 * MAILED
    if image.width > most:
        image = image.resize((most, max(round(image.height * most / image.width), 1)))
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return _fewer(buffer.getvalue())

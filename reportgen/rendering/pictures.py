"""Charts drawn.

A recorded specification, its slots filled from the story, in the look's
theme, as SVG or PNG.
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import Any, TypeVar

from reportgen.config.resources import tokens
from reportgen.core.errors import RenderError
from reportgen.core.svg import VIEWS, currency_of, in_money, is_own, own_ids
from reportgen.execute.renderer import Renderer
from reportgen.record.record import Record
from reportgen.rendering import own_charts
from reportgen.rendering.margins import (
    FLUSH,
    LABEL,
    LABEL_PADDING,
    TICK,
    margins_of,
)
from reportgen.story.citations import text_of
from reportgen.story.english.money import Money
from reportgen.story.model import Narrative, Picture

WIDE, NARROW, MAIL = 680, 340, 460
"""Widths in pixels of a chart on a page, on a phone and in an email."""
FONT = "IBM Plex Sans"
T = TypeVar("T")


def filled(chart: Mapping[str, Any], picture: Picture) -> dict[str, Any]:
    """The specification of *chart* with every slot replaced by the story's words.

    Raises:
        RenderError: One is left.
    """
    missing = [s for s in chart["slots"] if s not in picture.labels]
    if missing:
        raise RenderError(
            f"Picture '{picture.name}' has no words for its label '{missing[0]}'.",
            subject=picture.name,
        )
    return worded(
        chart["spec"],
        {name: text_of(runs) for name, runs in picture.labels.items()},
    )


def worded(spec: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """*spec* with the words of *labels* in the slots of their names."""
    words = {f"slot:{name}": text for name, text in labels.items()}

    def fill(node: Any) -> Any:
        if isinstance(node, str):
            return words.get(node, node)
        if isinstance(node, list):
            return [fill(item) for item in node]
        if isinstance(node, Mapping):
            return {key: fill(value) for key, value in node.items()}
        return node

    done: dict[str, Any] = fill(spec)
    return done


def themed(spec: Mapping[str, Any], width: int) -> dict[str, Any]:
    """*spec* at *width* pixels in all, its labels included, in the light theme."""
    colour = tokens()["light"]
    axis = {
        "labelColor": colour["muted"],
        "titleColor": colour["muted"],
        "gridColor": colour["rule"],
        "domain": False,
        "tickColor": colour["rule"],
        "labelFontSize": LABEL,
        "labelFont": FONT,
        "titleFont": FONT,
        "gridWidth": 1,
        "labelFlush": True,
        "labelPadding": LABEL_PADDING,
        "tickSize": TICK,
    }
    config = {
        **{key: value for key, value in spec.get("config", {}).items() if key == "locale"},
        "font": FONT,
        "axis": axis,
        "axisX": {"grid": False},
        "axisXTemporal": {"labelFlush": FLUSH},
        "view": {"stroke": None},
        "text": {"font": FONT},
    }
    if is_own(spec):
        return own_charts.sized(spec, width, config, lambda one: drawn_svg(json.dumps(one)))
    margins = margins_of(spec)
    plot = width - margins["left"] - margins["right"]
    # The room of the labels is known: a drawing that finds it by trying
    # measures every word twice.
    return {
        **spec,
        "width": plot,
        "padding": margins,
        "autosize": {"type": "none"},
        "config": config,
    }


def still(spec: Mapping[str, Any]) -> dict[str, Any]:
    """*spec* without the layers that only answer a pointer; an author's own stays as it is."""
    if is_own(spec):
        return dict(spec)
    layers = [
        layer
        for layer in spec.get("layer", ())
        if "condition" not in layer.get("encoding", {}).get("opacity", {}) or not _hovers(layer)
    ]
    kept = {key: value for key, value in spec.items() if key != "params"}
    return {**kept, "layer": layers} if "layer" in spec else kept


def _hovers(layer: Mapping[str, Any]) -> bool:
    return "param" in layer["encoding"]["opacity"]["condition"]


HALO = re.compile(r"(<text)(?=[^>]*? stroke=)")
"""A label with a halo, which belongs behind its letters."""
LONG = re.compile(r"-?\d+\.\d{3,}(?:e-\d+)?")
"""A coordinate finer than a hundredth of a pixel, which is invisible."""
PATH, FINE = re.compile(r' d="[^"]+"'), re.compile(r"-?\d+\.\d\d+")
"""A line, and in it a point finer than a tenth of a pixel.

In a line of hundreds that is invisible, too.
"""
NOTHING = re.compile(
    r'<path d="M0,0h0v0h0Z"[^>]*/>|<g(?: transform="translate\(0,0\)")?></g>| opacity="1"|'
    r' pointer-events="[a-z-]+"'
)
"""Invisible parts of a drawing, and attributes that have their defaults."""
_renderers: list[Renderer] = []
"""The running renderer, if any: forked children share their parent's."""


def _draw(how: Callable[[Renderer], T]) -> T:
    """What *how* returns for the running renderer, or for a new one if it died."""
    warm()
    with suppress(ConnectionError):
        return how(_renderers[0])
    _renderers.clear()
    warm()
    try:
        return how(_renderers[0])
    except ConnectionError as error:
        raise RenderError(f"The charts could not be drawn: {error}") from error


def warm() -> None:
    """Start a renderer if there is none, so that the first picture does not wait."""
    from reportgen.rendering.assets import chart_fonts

    if not _renderers:
        _renderers.append(Renderer.start(chart_fonts()))
        atexit.register(_renderers[0].close)


def svg(spec: Mapping[str, Any], name: str, width: int) -> str:
    """*spec* as an SVG that scales, with ids of its own and without roles.

    The figure around it speaks for it.
    """
    drawn = own_ids(drawn_svg(json.dumps(themed(still(spec), width))), f"{name}-{width}")
    if is_own(spec):
        drawn = own_charts.UNSEEN.sub("", drawn)
    drawn = PATH.sub(
        lambda path: FINE.sub(lambda number: _short(number[0], 1), path[0]),
        drawn,
    )
    drawn = LONG.sub(lambda number: _short(number[0], 2), drawn)
    drawn = NOTHING.sub(
        "",
        NOTHING.sub("", drawn),
    )  # a group may be empty only once its parts are gone
    drawn = HALO.sub(
        r'\1 paint-order="stroke"',
        re.sub(r' (?:role|aria-[a-z]+|class|style)="[^"]*"', "", drawn),
    )
    return re.sub(
        r'(<svg[^>]*?) width="(\d+)" height="(\d+)"',
        r'\1 width="\2" height="\3" focusable="false"',
        drawn,
        count=1,
    )


def _short(number: str, places: int) -> str:
    return f"{float(number):.{places}f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=64)
def drawn_svg(spec: str) -> str:
    """The drawing of *spec*; readers who are shown the same chart share it."""
    return _draw(lambda renderer: renderer.svg(json.loads(spec)))


@lru_cache(maxsize=64)
def drawn_png(svg: str, scale: float) -> bytes:
    """A drawn *svg* as a PNG, *scale* dots to a pixel."""
    return _draw(lambda renderer: renderer.png(svg, scale=scale))


def png(spec: Mapping[str, Any], width: int) -> bytes:
    """*spec* as a PNG of twice *width* on white paper, in at most 128 colours."""
    return _png(json.dumps({**themed(still(spec), width), "background": "#FFFFFF"}))


@lru_cache(maxsize=64)
def _png(spec: str) -> bytes:
    from PIL import Image

    drawn = _draw(
        lambda renderer: renderer.png(
            HALO.sub(r'\1 paint-order="stroke"', renderer.svg(json.loads(spec))),
            scale=2,
        )
    )
    image = Image.open(BytesIO(drawn)).convert("RGB")
    few = image.quantize(
        colors=128,
        method=Image.Quantize.MAXCOVERAGE,
        dither=Image.Dither.NONE,
    )  # truer than the default, and faster
    buffer = BytesIO()
    few.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def specs_of(record: Record, narrative: Narrative) -> dict[str, dict[str, Any]]:
    """The filled specification of every picture of *narrative*, by name."""
    specs = {p.name: filled(record.charts[p.name], p) for p in narrative.pictures}
    return {
        name: in_money(spec, *Money(currency_of(spec), record.market.currency).affixes)
        for name, spec in specs.items()
    }


def redrawn(spec: Mapping[str, Any]) -> bool:
    """Whether a page's script draws *spec* anew; a chart of many views stays as it is drawn."""
    return not is_own(spec) or spec["usermeta"][VIEWS] == "one"


def draw(specs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Every picture as a wide and a narrow SVG, by name."""
    return {
        name: {"wide": svg(spec, name, WIDE), "narrow": svg(spec, name, NARROW)}
        for name, spec in specs.items()
    }


def sparkline(levels: tuple[float, ...]) -> str:
    """The points of a polyline in a box of 96 by 24 for *levels*."""
    low, high = min(levels), max(levels)
    span = (high - low) or 1.0
    step = 94 / max(len(levels) - 1, 1)
    return " ".join(
        f"{1 + i * step:.1f},{22 - 20 * (v - low) / span:.1f}" for i, v in enumerate(levels)
    )

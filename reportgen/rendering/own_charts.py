"""Charts of an author's own in our look, as wide as a page wants them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from reportgen.config.resources import tokens
from reportgen.core.svg import VIEWS

Measured = Callable[[dict[str, Any]], str]
"""What draws a specification, so that its width can be measured."""
LEAST = 40
"""The least width in pixels of one of several views."""
TRIES = (60.0, 120.0)
WIDTH = re.compile(r'<svg[^>]*? width="([\d.]+)"')
PADDING = 4
HEIGHT = 220
"""The height in pixels of a plot whose author says none."""
UNSEEN = re.compile(r'<text(?=[^>]* opacity="0")[^>]*>[^<]*</text>')
"""The label of a tick that had no room: it is drawn, and cannot be seen."""


def sized(
    spec: Mapping[str, Any], width: int, look: Mapping[str, Any], draw: Measured
) -> dict[str, Any]:
    """*spec* in the *look* of a brief, *width* pixels wide in all.

    The views of a chart with several are as wide as leaves room for their labels: two drawings
    tell how the whole grows with its views.
    """
    config = merged({**look, **_colours()}, spec.get("config", {}))
    dressed = {**spec, "config": config, "padding": PADDING, "background": "transparent"}
    if spec["usermeta"][VIEWS] == "one":
        return {
            **dressed,
            "width": width,
            "autosize": {"type": "fit-x", "contains": "padding"},
        }
    narrow, wide = (_width(draw(viewed(dressed, size))) for size in TRIES)
    grows = (wide - narrow) / (TRIES[1] - TRIES[0])
    room = (width - narrow) / grows + TRIES[0] if grows > 0 else TRIES[1]
    return viewed(dressed, max(float(LEAST), round(room - 0.5)))


def _colours() -> dict[str, Any]:
    """Our colours, which a page maps to those of a dark screen."""
    colour = tokens()["light"]
    quiet = {"labelColor": colour["muted"], "titleColor": colour["muted"]}
    return {
        "mark": {"color": colour["accent"]},
        "view": {"stroke": None, "continuousHeight": HEIGHT},
        "rule": {"color": colour["ink"]},
        "text": {"color": colour["ink"], "font": "IBM Plex Sans"},
        "header": quiet,
        "legend": quiet,
        "range": {"category": [colour[name] for name in ("accent", "second", "third", "muted")]},
    }


def _width(svg: str) -> float:
    found = WIDTH.search(svg)
    return float(found[1]) if found else 0.0


def viewed(spec: Mapping[str, Any], width: float) -> dict[str, Any]:
    """*spec* with each of its views *width* pixels wide."""
    if "spec" in spec:
        return {**spec, "spec": viewed(spec["spec"], width)}
    for joined in ("hconcat", "vconcat", "concat"):
        if joined in spec:
            return {**spec, joined: [viewed(one, width) for one in spec[joined]]}
    return {**spec, "width": width}


def merged(look: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The author's configuration, and the *look* where it says nothing; fonts are ours."""
    found = dict(own)
    for key, value in look.items():
        if isinstance(value, Mapping):
            given = own.get(key)
            found[key] = {**value, **given} if isinstance(given, Mapping) else dict(value)
        else:
            found[key] = value
    return found

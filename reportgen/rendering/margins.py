"""How much room the labels of a chart's axes take.

Known before it is drawn, so that it is drawn once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.core.svg import MONEY
from reportgen.rendering.assets import advances

LABEL, LABEL_PADDING, TICK = 12, 6, 4
"""Size of an axis's labels, their distance from it, and length of
its ticks, in pixels.
"""
FLUSH = 16
"""Dates this near to the end of their axis are set flush with it, inside."""
EDGE = 2
"""What is left free where there are no labels."""


def margins_of(spec: Mapping[str, Any]) -> dict[str, float]:
    """The pixels on each side of the plot of *spec* that its axes' labels need."""
    left, right, bottom = 0.0, float(EDGE), EDGE
    for layer, encoding in _layers(spec):
        y, x = encoding.get("y", {}), encoding.get("x", {})
        axis = y.get("axis") or {}
        tick = 0 if axis.get("ticks") is False else TICK
        if axis.get("orient") == "right":
            right = max(
                right,
                tick
                + LABEL_PADDING
                + max(_width(_figure(end, axis["format"], spec)) for end in y["scale"]["domain"])
                + EDGE,
            )
        elif axis:
            size, limit = axis.get("labelFontSize", LABEL), axis.get("labelLimit", 180)
            names = [row[y["field"]] for row in layer["data"]["values"]]
            left = max(
                left,
                tick
                + axis.get("labelPadding", LABEL_PADDING)
                + min(limit, max(_width(name, size) for name in names))
                + EDGE,
            )
        if x.get("axis"):
            bottom = TICK + LABEL_PADDING + LABEL + EDGE
    return {
        "left": round(left, 1),
        "right": round(right, 1),
        "top": LABEL / 2,
        "bottom": bottom,
    }


def _figure(value: float, pattern: str, spec: Mapping[str, Any]) -> str:
    """*value* in the *pattern* of an axis, with the chart's sign of money at its place."""
    plain = pattern.removeprefix(MONEY)
    if plain == pattern:
        return f"{value:{pattern}}"
    locale = spec.get("config", {}).get("locale", {"number": {"currency": [MONEY, ""]}})
    before, behind = locale["number"]["currency"]
    return f"{before}{value:{plain}}{behind}"


def _layers(
    spec: Mapping[str, Any],
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for layer in spec.get("layer", [spec]):
        yield layer, layer.get("encoding", {})


def _width(text: str, size: float = LABEL) -> float:
    known = advances()
    return size * math.fsum(known.get(letter, 0.6) for letter in text)

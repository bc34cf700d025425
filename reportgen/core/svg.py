"""SVG drawings as notebooks show them, and the currency of a chart before it is drawn."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from typing import Any

MONEY = "$"
"""In a format of d3, the place of the sign of money, which a renderer chooses."""


def own_ids(svg: str, name: str) -> str:
    """*svg* with ids that begin with *name*, whatever was drawn before."""
    for number, found in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        fresh = f"{name}-{number}"
        svg = svg.replace(f'id="{found}"', f'id="{fresh}"')
        svg = svg.replace(f"url(#{found})", f"url(#{fresh})")
    return svg


def picture(svg: str, name: str) -> str:
    """An SVG drawing as an HTML image, shown even in untrusted notebooks."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(name)}" src="data:image/svg+xml;base64,{data}">'


def currency_of(spec: Mapping[str, Any]) -> str:
    """The code of the currency of a chart's figures, "" where they are no money."""
    return str(spec.get("usermeta", {}).get("currency", ""))


def in_money(spec: Mapping[str, Any], before: str, behind: str) -> dict[str, Any]:
    """The Vega-Lite *spec* with the signs of money that stand *before* and *behind* its amounts.

    A chart without figures in money stays as it is.
    """
    if not currency_of(spec):
        return dict(spec)
    number = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": [before, behind]}
    return {**spec, "config": {**spec.get("config", {}), "locale": {"number": number}}}


VIEWS = "views"
"""In a specification of an author's own, whether it is "one" view or "many"."""
JOINED = ("hconcat", "vconcat", "concat", "spec", "repeat", "facet")
SPLIT = ("row", "column", "facet")
"""Channels that make one view many."""


def views_of(spec: Mapping[str, Any]) -> str:
    """Whether the Vega-Lite *spec* is "one" view, which a width fits, or "many"."""
    layers = [spec, *spec.get("layer", ())]
    split = any(set(SPLIT) & set(layer.get("encoding", {})) for layer in layers)
    return "many" if split or set(JOINED) & set(spec) else "one"


def is_own(spec: Mapping[str, Any]) -> bool:
    """Whether *spec* is an author's own."""
    return VIEWS in spec.get("usermeta", {})

"""The page: one file without network; its security policy hashes its scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from reportgen.config.resources import bytecode, resource, resource_dirs, tokens
from reportgen.config.sandbox import MISTAKES, Sandbox, place_of
from reportgen.core.errors import RenderError
from reportgen.record.foreign import tags_of
from reportgen.rendering import assets
from reportgen.rendering.appendix import cells_html
from reportgen.rendering.brief import Brief, Rendering, Span, form, spans
from reportgen.rendering.pictures import NARROW, WIDE, redrawn, sparkline, themed
from reportgen.story.citations import Runs, text_of
from reportgen.story.model import Paragraph, Table

HIDDEN_INPUT = frozenset({"remove-cell", "hide-cell", "remove-input", "hide-input"})
"""Tags of cells without their code on a page."""
WORK, SECONDS = 200_000_000, 10.0
"""What one file may take; the page of an archive of thousands of briefs is the longest."""


@cache
def environment() -> Sandbox:
    """The Jinja environment of the renderings; what is not marked safe is escaped."""
    return Sandbox(
        work=WORK,
        seconds=SECONDS,
        loader=FileSystemLoader(resource_dirs("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=bytecode(),
    )


def filled(name: str, within: Sandbox | None = None, /, **given: Any) -> str:
    """The template *name* with what is *given*, rendered *within* the usual environment.

    Raises:
        RenderError: It cannot be rendered; the error names the file and the line.
    """
    try:
        return (within or environment()).get_template(name).render(**given)
    except MISTAKES as error:
        words = str(error) or type(error).__name__
        raise RenderError(
            f"{place_of(error) or name}: the template cannot be rendered: {words}", subject=name
        ) from error


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def stylesheet() -> str:
    """The page's style: fonts, colours of both themes, and the layout."""
    light, dark = map(_variables, tokens().values())
    roles = "".join(
        f'svg [fill="{value}" i]{{fill:var(--{role})}}svg [stroke="{value}"'
        f" i]{{stroke:var(--{role})}}"
        for role, value in tokens()["light"].items()
    )
    root = (
        f":root{{{light}}}@media screen and"
        f" (prefers-color-scheme:dark){{:root{{{dark};color-scheme:dark}}}}"
    )
    css = resource("templates/page/brief.css").read_text(encoding="utf-8")
    return f"{assets.font_faces()}\n{root}\n{roles}\n{css}"


def _variables(theme: Mapping[str, str]) -> str:
    """The colours of *theme* as declarations of CSS variables."""
    return ";".join(f"--{role}:{value}" for role, value in theme.items())


@cache
def scripts() -> tuple[str, str]:
    """The page's scripts.

    What shows the origin of a figure and draws the charts, and
    before it the Vega bundle.
    """
    own = resource("templates/page/brief.js").read_text(encoding="utf-8")
    return assets.vega_bundle(), own


def warm() -> None:
    """Read and hash what all pages share, and load their template."""
    for text in (stylesheet(), *scripts()):
        _hash(text)
    with suppress(TemplateError):  # the brief that needs it names the line
        environment().get_template("page/brief.html.j2")


def render(brief: Brief) -> Rendering:
    """The page of *brief*, complete without scripts."""
    css = stylesheet()
    codes = scripts() if brief.specs or not brief.record.plain else scripts()[1:]
    allowed = " ".join(f"'{_hash(code)}'" for code in codes)
    policy = (
        "default-src 'none'; img-src data:; font-src data:; style-src"
        f" '{_hash(css)}'; script-src {allowed}; base-uri 'none'; form-action"
        " 'none'"
    )

    def show(runs: Runs) -> list[Span]:
        return spans(runs, brief.record)

    html = filled(
        "page/brief.html.j2",
        brief=brief,
        story=brief.narrative,
        show=show,
        text=text_of,
        policy=policy,
        css=Markup(css),
        codes=[Markup(code) for code in codes],
        figures=_figures(brief),
        is_paragraph=lambda block: isinstance(block, Paragraph),
        is_table=lambda block: isinstance(block, Table),
        form=form,
        spark=sparkline,
        appendix=Markup(cells_html(_code(brief))) if _open(brief) else "",
        light=tokens()["light"]["paper"],
        dark=tokens()["dark"]["paper"],
    )
    return Rendering(name="brief.html", data=html.encode())


def _open(brief: Brief) -> bool:
    """Whether the page shows the code: not that of a notebook without cited figures."""
    return not brief.record.plain or bool(brief.record.facts)


def _code(brief: Brief) -> Mapping[str, Any]:
    """The notebook whose cells the page shows at its foot.

    Of a notebook without a story the code alone, as far as no tag hides it: its texts may hold
    HTML of any kind, and stand above.
    """
    if not brief.record.plain:
        return brief.notebook
    cells = [
        {**cell, "source": ""}
        if cell["cell_type"] != "code" or tags_of(cell) & HIDDEN_INPUT
        else cell
        for cell in brief.notebook["cells"]
    ]
    return {**brief.notebook, "cells": cells}


def light(page: bytes) -> bytes:
    """*page* without the script and data that redraw its charts.

    Its drawings stay.
    """
    bundle = f"<script>{assets.vega_bundle()}</script>\n".encode()
    return re.sub(
        rb'<script type="application/json">[^<]*</script>\n',
        b"",
        page.replace(bundle, b"", 1),
    )


def _figures(brief: Brief) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "wide": Markup(brief.svgs[name]["wide"]),
            "narrow": Markup(brief.svgs[name]["narrow"]),
            "spec": Markup(_drawn_anew(spec)) if redrawn(spec) else "",
        }
        for name, spec in brief.specs.items()
    }


def _drawn_anew(spec: Mapping[str, Any]) -> str:
    """What a page's script draws *spec* from."""
    sizes = {"wide": _size(spec, WIDE), "narrow": _size(spec, NARROW)}
    return _json({"spec": _columns(themed(spec, WIDE)), **sizes})


def _size(spec: Mapping[str, Any], width: int) -> dict[str, Any]:
    """What a chart of *width* pixels has of its own."""
    return {key: value for key, value in themed(spec, width).items() if key in ("width", "padding")}


def _columns(spec: Mapping[str, Any]) -> dict[str, Any]:
    """*spec* with its tables as names of columns and rows of values.

    The page's script names the values again.
    """
    tables = {}
    for name, rows in spec.get("datasets", {}).items():
        keys = list(rows[0]) if rows else []
        regular = all(list(row) == keys for row in rows)
        tables[name] = (
            {"keys": keys, "rows": [list(row.values()) for row in rows]} if regular else rows
        )
    return {**spec, "datasets": tables} if tables else dict(spec)


def _json(data: Any) -> str:
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace("&", "\\u0026")

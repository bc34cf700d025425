"""The executed notebook as the last part of a page, through nbconvert: each cell with an anchor of its own."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from reportgen.facts import CHART_MEDIA, FACT_MEDIA, FINDING_MEDIA, SECTION_MEDIA
from reportgen.resources import resource_dir

SHOWN = {FACT_MEDIA, FINDING_MEDIA, CHART_MEDIA, SECTION_MEDIA}


@cache
def _exporter() -> Any:
    from nbconvert.exporters import HTMLExporter

    folder = str(resource_dir("templates"))
    return HTMLExporter(template_name="notebook", extra_template_basedirs=[folder])


def warm() -> None:
    """Import the exporter and compile its template."""
    cells_html({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def cells_html(notebook: Mapping[str, Any]) -> str:
    """The cells of an executed *notebook* as HTML sections ``#cell-N``, without scripts, styles or file paths.

    Of the outputs only what was recorded is shown, as text; tracebacks stay in the notebook for its owner.
    """
    import nbformat

    shown = copy.deepcopy(dict(notebook))
    for number, cell in enumerate(shown["cells"]):
        cell["metadata"] = {"number": number}
        if cell["cell_type"] == "code":
            cell["outputs"] = _joined(cell["outputs"])
    shown["metadata"] = {"language_info": {"name": "python"}}
    body, _ = _exporter().from_notebook_node(nbformat.from_dict(shown))
    # The page has its own headline: the notebook's headings rank below it.
    return re.sub(r"(</?)h([1-4])\b", lambda m: f"{m[1]}h{int(m[2]) + 1}", str(body))


def _joined(outputs: list[Any]) -> list[Any]:
    lines = [o["data"]["text/plain"] for o in outputs if o["output_type"] == "display_data" and SHOWN & set(o["data"])]
    text = "\n".join("".join(line) for line in lines)
    return [{"output_type": "stream", "name": "stdout", "text": text}] if text else []

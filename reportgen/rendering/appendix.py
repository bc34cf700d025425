"""The executed notebook as the last part of a page, through nbconvert.

Each cell with an anchor of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from reportgen.config.resources import bytecode, resource_dirs
from reportgen.core.facts import (
    CHART_MEDIA,
    FACT_MEDIA,
    FACTS_MEDIA,
    FINDING_MEDIA,
    SECTION_MEDIA,
)

SHOWN = {FACT_MEDIA, FACTS_MEDIA, FINDING_MEDIA, CHART_MEDIA, SECTION_MEDIA}
PLAIN = re.compile(r'<span class="(?!(?:k|kn|kc|s1|s2|mi|mf)")[^"]*">([^<]*)</span>')
"""A piece of code that the page's style does not colour: half of an appendix."""


@cache
def _exporter() -> Any:
    from nbconvert.exporters import HTMLExporter, TemplateExporter
    from nbconvert.filters import Highlight2HTML

    class CellsExporter(HTMLExporter):  # type: ignore[misc] # nbconvert ships no types
        """HTML of cells. Their code is coloured once, however many briefs show it.

        Its template leaves no image to describe.
        """

        def from_notebook_node(
            self,
            nb: Any,
            resources: Any = None,
            **options: Any,
        ) -> Any:
            return TemplateExporter.from_notebook_node(self, nb, resources, **options)

        def default_filters(self) -> Any:
            yield from super().default_filters()
            colour = Highlight2HTML(pygments_lexer="ipython3", parent=self)
            coloured = cache(lambda source: PLAIN.sub(r"\1", colour(source)))

            def highlighted(source: str, metadata: Any) -> str:  # noqa: ARG001 - nbconvert's
                return coloured(source)

            yield "highlight_code", highlighted
            marked = cache(self._marked)
            yield "markdown2html", marked

        def _marked(self, source: str) -> str:
            return str(self.markdown2html(self.environment.from_string("").new_context(), source))

    exporter = CellsExporter(
        template_name="notebook",
        extra_template_basedirs=[str(folder) for folder in resource_dirs("templates")],
    )
    exporter.environment.bytecode_cache = bytecode()
    return exporter


def warm(notebook: Mapping[str, Any]) -> None:
    """Import the exporter, compile its template, colour the code of *notebook*."""
    cells_html(notebook)


def cells_html(notebook: Mapping[str, Any]) -> str:
    """The cells of an executed *notebook* as HTML sections ``#cell-N``.

    Without scripts, styles or file paths.

    Of the outputs only what was recorded is shown, as text; tracebacks stay in
    the notebook for its owner.
    """
    import nbformat

    cells = []
    for number, cell in enumerate(notebook["cells"]):
        shown = {
            "id": f"cell-{number}",
            "cell_type": cell["cell_type"],
            "metadata": {"number": number},
            "source": cell["source"],
        }
        if cell["cell_type"] == "code":
            shown |= {
                "execution_count": cell["execution_count"],
                "outputs": _joined(cell["outputs"]),
            }
        cells.append(shown)
    told = {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    body, _ = _exporter().from_notebook_node(nbformat.from_dict(told))
    # The page has its own headline: the notebook's headings rank below it.
    return re.sub(r"(</?)h([1-4])\b", lambda m: f"{m[1]}h{int(m[2]) + 1}", str(body))


def _joined(outputs: list[Any]) -> list[Any]:
    lines = [
        o["data"]["text/plain"]
        for o in outputs
        if o["output_type"] == "display_data" and SHOWN & set(o["data"])
    ]
    text = "\n".join("".join(line) for line in lines)
    return [{"output_type": "stream", "name": "stdout", "text": text}] if text else []

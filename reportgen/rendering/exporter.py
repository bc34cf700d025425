"""``jupyter nbconvert --to brief notebook.ipynb``: a page from a report notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import default


class BriefExporter(Exporter):  # type: ignore[misc] # nbconvert ships no types
    """Exports an executed notebook, of a report or alone, as the page that a run writes."""

    export_from_notebook = "Market brief"
    output_mimetype = "text/html"

    @default("file_extension")  # type: ignore[untyped-decorator] # the same
    def _file_extension(self) -> str:
        return ".html"

    def from_notebook_node(
        self,
        nb: Any,
        resources: Any = None,
        **_: Any,
    ) -> tuple[str, Any]:
        """The page as text, and the resources.

        It is a draft: words for which nobody vouches yet are named in the log.
        """
        from reportgen.produce.notebooks import named_alone
        from reportgen.produce.telling import tell
        from reportgen.rendering import page
        from reportgen.verify.gate import unchecked
        from reportgen.verify.vouching import advice, standing

        resources = self._init_resources(resources)
        about = resources.get("metadata", {})
        name, folder = str(about.get("name") or "notebook"), str(about.get("path") or ".")
        told_of = named_alone(nb, Path(folder) / f"{name}.ipynb")
        brief = tell(told_of, draft=True)
        if brief.record.plain:
            self.log.warning(unchecked(brief.record))
            return page.render(brief).data.decode(), resources
        for one in standing(brief.record.templates).new:
            self.log.warning('%s: "%s". %s', one.where, one.words, advice(brief.report))
        return page.render(brief).data.decode(), resources

"""The bound.

The page of a report as a competent person would make it without notebooks, kernels, checks or an
appendix.

One process reads the cells' code, runs it, fills the same story and page with Jinja, draws the
charts and writes HTML. ``plain_script.py OUT [DATE]`` makes one page; ``plain_script.py --loop
FOLDER DATE...`` gets warm, says so, waits for a line and then makes a page for each date.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ["TZ"] = "UTC"  # Vega reads it; a chart's dates have no time of day

import vl_convert

from reportgen.authoring import desk as authoring
from reportgen.execute.renderer import VEGA_LITE
from reportgen.record.record import read_record
from reportgen.record.request import Report, load_report
from reportgen.rendering import page, pictures
from reportgen.rendering.assets import chart_fonts
from reportgen.rendering.brief import Brief
from reportgen.story.compose import compose

REPORT, AS_OF = "small-caps", "2025-01-08 13:00"


class Drawer:
    """Draws in this process; it takes the place of the renderer's process."""

    def __init__(self) -> None:
        for folder in chart_fonts():
            vl_convert.register_font_directory(str(folder))

    def svg(self, spec: Mapping[str, Any]) -> str:
        """The Vega-Lite *spec* as SVG."""
        return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE))


def prepared() -> Report:
    """The report, once charts are drawn here and pages have no appendix."""
    pictures._renderers.append(Drawer())  # noqa: SLF001
    page.cells_html = lambda _notebook: ""
    return load_report(REPORT)


def run_cells(cells: Sequence[dict[str, Any]], parameters: Mapping[str, str]) -> None:
    """Run the code of *cells* in one namespace and keep what each displays.

    *parameters* replace the defaults.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        shown: list[Any] = []
        authoring._display = shown.append  # noqa: SLF001
        exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
        cell["outputs"] = [{"output_type": "display_data", "data": data} for data in shown]
        if "parameters" in cell["metadata"].get("tags", ()):
            names |= parameters


def html(report: Report, as_of: str) -> bytes:
    """The page of *report* as of *as_of*."""
    executed = json.loads(report.notebook.read_text(encoding="utf-8"))
    run_cells(executed["cells"], {"as_of": as_of})
    record = read_record(executed)
    narrative = compose(record, report.folder, report.title)
    specs = pictures.specs_of(record, narrative)
    brief = Brief(
        report=report.name,
        title=report.title,
        label=record.context["moment"]["label"],
        record=record,
        narrative=narrative,
        verdict="ready",
        gaps=(),
        notebook=executed,
        svgs=pictures.draw(specs),
        specs=specs,
    )
    return page.render(brief).data


def loop(folder: Path, dates: Sequence[str]) -> None:
    """Get warm with a page that is thrown away, then make one for each of *dates*."""
    report = prepared()
    html(report, AS_OF)
    print("ready", flush=True)
    sys.stdin.readline()
    for date in dates:
        place = folder / date
        place.mkdir(parents=True)
        (place / "brief.html").write_bytes(html(report, date))


def main(arguments: list[str]) -> None:
    """Do what the *arguments* ask; see the module."""
    if arguments[0] == "--loop":
        loop(Path(arguments[1]), arguments[2:])
    else:
        Path(arguments[0]).write_bytes(html(prepared(), arguments[1] if arguments[1:] else AS_OF))
    sys.stdout.flush()
    os._exit(0)  # as the command line does: tearing down libraries takes time and gives nothing


if __name__ == "__main__":
    main(sys.argv[1:])

"""A report's notebook executed in this process.

The record of a run, without the seconds that a kernel takes.

The cells run as they stand, on data cut exactly as a run cuts them; only the kernel and the
parameter injection of papermill are left out.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import IPython.display

from reportgen.config.settings import Settings
from reportgen.datasets.snapshot import Snapshot
from reportgen.execute.kernel import PRELOAD
from reportgen.execute.light import light_imports
from reportgen.execute.runner import Run, run_notebook, started
from reportgen.produce import pipeline
from reportgen.produce.batch import ON_FIRST_USE
from reportgen.produce.pipeline import produce
from reportgen.record.request import Request, load_report, text_of
from reportgen.rendering import pictures
from reportgen.rendering.brief import Brief

with light_imports():
    import nbformat


@dataclass(frozen=True)
class Sample:
    """A finished brief, its folder and its files in their order."""

    brief: Brief
    folder: Path
    files: list[Path]


IMPORTED = (
    *PRELOAD,
    *ON_FIRST_USE,
    "PIL.PngImagePlugin",
    "click.testing",
    "css_inline",
    "papermill",
    "pypdfium2",
    "reportgen.api",
    "reportgen.cli",
    "reportgen.execute.client",
    "reportgen.execute.shell",
    "reportgen.jobs.doctor",
    "reportgen.produce.telling",
    "reportgen.rendering.email",
    "reportgen.rendering.json",
    "reportgen.rendering.page",
    "typst",
)
"""What a command that makes a brief imports sooner or later."""


def ready(path: list[str]) -> None:
    """Find modules where *path* says; import and start what the making of a brief needs.

    Nothing of a desk is read by that.
    """
    sys.path[:] = path
    with light_imports():
        for name in IMPORTED:
            import_module(name)
        from nbconvert.filters import Highlight2HTML
    Highlight2HTML(pygments_lexer="ipython3")("1")
    nbformat.validate(nbformat.v4.new_notebook())
    pictures.warm()


def placed(folder: Path, environment: dict[str, str], work: Callable[..., Any], *args: Any) -> Any:
    """``work(*args)`` in *folder* with that *environment*; this process keeps both."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return work(*args)


def said(args: list[str]) -> SimpleNamespace:
    """The exit code of a command, what it wrote on its outputs, and the exception that ended it."""
    from click.testing import CliRunner

    from reportgen.cli import main

    result = CliRunner().invoke(main, args)
    ended = result.exception
    return SimpleNamespace(
        exit_code=result.exit_code,
        stdout=result.stdout,
        stderr=result.stderr,
        output=result.output,
        exception=ended if ended is None or isinstance(ended, SystemExit) else repr(ended),
    )


def cramped(limit: int, args: list[str]) -> SimpleNamespace:
    """What :func:`said` gives where no file may have more than *limit* bytes from now on."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return said(args)


def produced(request: Request, out: Path, **settings: Any) -> Brief:
    """The brief of *request* under *out*, through the whole pipeline."""
    return produce(request, out, now=dt.datetime.now(dt.UTC), settings=Settings(**settings))


def ran(source: Path, output: Path, parameters: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """The notebook at *source*, run with *parameters* and saved at *output*."""
    run = Run(source=source, output=output, settings=Settings(**settings))
    with started(run) as kernel:
        kernel.prepared()
        return run_notebook(run, kernel, parameters)


def executed(
    as_of: str, data: Path | str = "sample", report: str = "small-caps", **parameters: Any
) -> nbformat.NotebookNode:
    """The notebook of *report* with the outputs of a run on *data* ("sample" or a dataset's
    folder) as of *as_of*."""
    asked = load_report(report)
    told = {name: text_of(value) for name, value in parameters.items() if name in asked.parameters}
    request = Request(report=asked, as_of=as_of, data=str(data), parameters=told)
    snapshot = pipeline.snapshot(request, dt.datetime.now(dt.UTC))
    given = {"as_of": as_of, "data": str(data), **parameters}
    return run_cells(asked.notebook, snapshot, given)


def run_cells(path: Path, snapshot: Snapshot, parameters: dict[str, Any]) -> nbformat.NotebookNode:
    """The notebook at *path* with the outputs of its cells,
    run on *snapshot* with *parameters* in place of the defaults."""
    notebook = nbformat.read(path, as_version=4)
    names: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        snapshot.save(Path(scratch))
        for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
            with _outputs_of(cell):
                exec(compile(cell.source, f"cell {number} ({cell.id})", "exec"), names)
            if "parameters" in cell.metadata.get("tags", ()):
                names |= parameters
            cell.execution_count = number
    return notebook


def _shown(bundle: dict[str, Any]) -> nbformat.NotebookNode:
    """A display output; that it is valid is the notebook format's own affair,
    and takes its time."""
    return nbformat.from_dict({"output_type": "display_data", "data": bundle, "metadata": {}})


@contextlib.contextmanager
def _outputs_of(cell: nbformat.NotebookNode) -> Iterator[None]:
    """Let *cell* collect what is displayed and printed while its source runs."""
    cell.outputs = []
    printed, show = io.StringIO(), IPython.display.display
    IPython.display.display = lambda bundle, **_: cell.outputs.append(_shown(bundle))
    try:
        with contextlib.redirect_stdout(printed):
            yield
    finally:
        IPython.display.display = show
    if printed.getvalue():
        cell.outputs.append(
            nbformat.v4.new_output("stream", name="stdout", text=printed.getvalue())
        )

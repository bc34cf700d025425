"""A notebook without a story, run: what is prepared for it, and what its record keeps."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reportgen.core.errors import NO_MEMORY, CellFailed, ExecutionError
from reportgen.core.facts import CONTEXT_MEDIA
from reportgen.markets import home
from reportgen.produce.manifest import told_by
from reportgen.record.foreign import (
    INJECTED,
    NotebookReport,
    failure_in,
    kept_of,
    named,
    recorded,
    title_of,
    titled,
)
from reportgen.record.request import FORMATS, Report, Request, load_report, report_names

SOURCE = "source.ipynb"
"""The file of a notebook as it will run."""


def moment(request: Request, now: dt.datetime) -> dict[str, Any]:
    """The moment of a brief as JSON: that of a session of the desk's market."""
    report = request.report
    return report.market.calendar.resolve(request.as_of, now, report.window).payload()


def source_of(report: Report, folder: Path) -> Path:
    """The notebook of *report* as it will run; of one alone a copy in *folder*.

    Without the outputs of earlier runs, and in the Python of this process.
    """
    if not isinstance(report, NotebookReport):
        return report.notebook
    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in report.source["cells"]
        if INJECTED not in cell["metadata"].get("tags", ())
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    place = folder / SOURCE
    place.write_text(
        json.dumps({**report.source, "cells": cells, "metadata": about}),
        encoding="utf-8",
    )
    return place


def failed(error: ExecutionError, report: Report) -> ExecutionError:
    """*error* with the file of the notebook, and of a cell that raised, with the cell and line."""
    saved, told = error.subject, ""
    file = report.file.name if isinstance(report, NotebookReport) else str(report.notebook)
    if isinstance(saved, Path) and saved.is_file():
        told = failure_in(json.loads(saved.read_text(encoding="utf-8")), file)
    if told and isinstance(error, CellFailed):
        advice = f" {NO_MEMORY}" if MemoryError.__name__ in told else ""  # numpy has one, too
        return type(error)(f"{told.rstrip('.')}.{advice}", subject=saved)
    place = told.removesuffix(": KeyboardInterrupt")  # a cell that took too long ends so
    return type(error)(f"{place or file}: {error}", subject=saved)


def report_of(notebook: Mapping[str, Any], name: str) -> Report:
    """The report of an executed *notebook*: as its record keeps it, or the one of that *name*."""
    kept = kept_of(notebook)
    return recorded(kept) if kept else load_report(name)


def named_alone(notebook: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """An executed *notebook* as its own record says what it is of.

    One that no report made is a notebook alone. Its brief is of the day on which it ran, or of
    the last change of the file at *path*.
    """
    if kept_of(notebook) or _of_report(notebook):
        return notebook
    about = notebook["metadata"]
    at = _ran(about) or _changed(path)
    report = NotebookReport(
        name=named(path),
        folder=path.parent,
        described=path.parent,
        title=title_of(notebook["cells"]) or str(about.get("title") or titled(path.stem)),
        description="",
        required=(),
        optional=(),
        formats=FORMATS,
        parameters={},
        file=path,
    )
    desks = any(CONTEXT_MEDIA in data for data in _bundles(notebook))
    told = {} if desks else home().calendar.moment(at).payload()
    own = {"plain": report.kept(told), "report": told_by(report)}
    return {**notebook, "metadata": {**about, "reportgen": {**about.get("reportgen", {}), **own}}}


def _bundles(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The media of all outputs."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            yield output.get("data", {})


def _of_report(notebook: Mapping[str, Any]) -> bool:
    """Whether a report made *notebook*: it says so, or that report is at hand."""
    names = [
        str(data[CONTEXT_MEDIA]["report"]) for data in _bundles(notebook) if CONTEXT_MEDIA in data
    ]
    made = notebook["metadata"].get("reportgen", {}).get("report")
    return bool(names) and (bool(made) or names[0] in report_names())


def _ran(about: Mapping[str, Any]) -> dt.datetime | None:
    """When papermill ended the run, if it says so."""
    end = str((about.get("papermill") or {}).get("end_time") or "")
    try:
        found = dt.datetime.fromisoformat(end)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _changed(path: Path) -> dt.datetime:
    """When the file at *path* changed last; the first day of this century if it is not there."""
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    except OSError:
        return dt.datetime(2000, 1, 3, 17, tzinfo=dt.UTC)

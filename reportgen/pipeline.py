"""From a request to finished files: every stage by name, readable from top to bottom."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.edits import FILE, Edits, file_of, read_edits
from reportgen.errors import (
    DataError,
    ExecutionError,
    FactCheckError,
    Held,
    RecordError,
    RenderError,
)
from reportgen.execute.runner import Run, run_notebook, started
from reportgen.manifest import manifest, sealed
from reportgen.outputs import Folder, folder
from reportgen.request import FORMATS, Request, load_report
from reportgen.resources import tidy
from reportgen.settings import Settings

if TYPE_CHECKING:
    from reportgen.data.snapshot import Snapshot
    from reportgen.render.brief import Brief

Say = Callable[[str], None]
RECORD, FAILED, GATE = "notebook.ipynb", "notebook.failed.ipynb", "gate.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A finished brief and where its files are."""

    brief: Brief
    folder: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a run's data turned out to be: the dataset's name and files, the moment it was cut at and that moment's label."""

    data: str
    as_of: str
    label: str
    files: Sequence[Mapping[str, str]]


def produce(
    request: Request,
    out: str | Path,
    *,
    now: dt.datetime,
    settings: Settings,
    say: Say = lambda _: None,
) -> Produced:
    """Run, tell, check, render and write one brief under *out*; nothing is written unless all of it is right."""
    parameters = request.report.parameter_values(
        request.parameters
    )  # what is asked is refused before anything is done
    reports = folder(out) / request.report.name
    reports.refuse()
    say("data")
    try:
        with tempfile.TemporaryDirectory(prefix="reportgen-") as name:
            run = Run(
                source=request.report.notebook,
                output=Path(name) / RECORD,
                say=say,
                settings=settings,
            )
            with started(run, partial(prepare, request, now, Path(name))) as kernel:
                from reportgen import telling

                telling.warm(request.report)  # while the kernel reads the data
                prepared: Prepared = kernel.prepared()
                place = reports / prepared.label
                edits, side = _edits(place, request.edits)
                request = replace(request, edits=edits)
                say("notebook")
                given = {
                    "as_of": prepared.as_of,
                    "data": prepared.data,
                    **request.report.computed(parameters),
                }
                with _evidence(request, run, place) as seen:
                    notebook = run_notebook(run, kernel, given)
                    seen.append(notebook)
                    made_from = manifest(request, prepared.as_of, prepared.files, settings)
                    hidden = sorted(request.report.hidden(parameters))
                    notebook["metadata"]["reportgen"] = {
                        **made_from,
                        "hidden": hidden,
                        "edits": request.edits.payload(),
                    }
                    brief, files = _told(notebook, request, settings, say)
        notebook["metadata"]["reportgen"]["files"] = {
            name: len(data) for name, data in files.items()
        }
        written = place.write({**files, GATE: _gate(brief), RECORD: _lines(notebook), **side})
        place.remove(FAILED)
    except DataError as error:
        _refused(request, reports, now, error)
        raise
    except OSError as error:
        raise RenderError(
            f"The brief could not be made: {error.strerror or error} ({error.filename or 'temporary files'}).",
            subject=reports,
        ) from error
    return Produced(brief=brief, folder=str(place), files=written)


def _edits(place: Folder, asked: Edits) -> tuple[Edits, dict[str, bytes]]:
    """The edits kept in *place* with those *asked* for on top, and the file that keeps them if there are new ones."""
    stored = read_edits(place)
    if stored == Edits() and (
        asked.headline or asked.driver
    ):  # as they were when the brief was first told
        return asked, {}
    edits = stored.updated(lead=asked.lead, drop=asked.drop, correction=asked.correction)
    return edits, {FILE: file_of(edits, place)} if edits != stored else {}


def render_again(
    source: Path, asked: Edits, formats: Sequence[str], settings: Settings, out: Path | None = None
) -> tuple[str, ...]:
    """Where the files of the brief of the notebook *source* are, told and rendered again with the edits kept beside it and those *asked*.

    In its own folder, the notebook keeps what was edited; in another one, *out*, there are only the files.
    """
    from reportgen import telling

    place, notebook = folder(source.parent), telling.read_notebook(source)
    edits, side = _edits(place, asked)
    kept: dict[str, Any] = notebook["metadata"].setdefault("reportgen", {})
    before = json.dumps(kept)
    there = [name.removeprefix("brief.") for name in kept.get("files", ())]
    formats = formats or there or FORMATS
    if out is None and edits != Edits.from_payload(
        kept.get("edits", {})
    ):  # no file may go on telling it the old way
        formats = [name for name in FORMATS if name in {*formats, *there}]
    kept["edits"] = edits.payload()
    if "inputs" in kept:
        kept |= sealed({**kept["inputs"], "edits": edits.payload()})
    report = load_report(telling.report_of(notebook))
    brief, files = _told(
        notebook, Request(report=report, as_of="", formats=tuple(formats)), settings, lambda _: None
    )
    if out is not None:
        return folder(out).write(files)
    kept["files"] = {**kept.get("files", {}), **{name: len(data) for name, data in files.items()}}
    return place.write(
        {
            **files,
            GATE: _gate(brief),
            **({source.name: _lines(notebook)} if json.dumps(kept) != before else {}),
            **side,
        }
    )


def _told(
    notebook: Mapping[str, Any], request: Request, settings: Settings, say: Say
) -> tuple[Brief, dict[str, bytes]]:
    """The brief that *notebook* tells and its renderings by file name, all of it checked, and let pass by the gate."""
    from reportgen import telling

    say("story")
    brief = telling.tell(notebook)
    if brief.report != request.report.name:
        raise RecordError(
            f"The notebook of report '{request.report.name}' says that it is '{brief.report}'; write open_desk(report=\"{request.report.name}\", ...).",
            subject=request.report.notebook,
        )
    say("renderings")
    renderings = telling.render(brief, request.formats, settings)
    say("check")
    telling.refuse(telling.check_renderings(brief.narrative, brief.record, renderings))
    say("gate")
    telling.hold(brief, renderings, request.report.gate, settings.profile)
    return brief, {rendering.name: rendering.data for rendering in renderings}


def _gate(brief: Brief) -> bytes:
    from reportgen.check import gate

    moment = brief.record.context["moment"]
    ruling = gate.rule(brief.record, load_report(brief.report).gate)
    about = {"report": brief.report, "as of": moment["at"], "session": moment["session"]}
    return tidy(gate.page(ruling, brief.record, about)).encode()


def _held(request: Request, label: str, reasons: Sequence[str]) -> bytes:
    """The gate's page of a brief that is not made."""
    from reportgen.check import gate

    ruling = gate.Ruling(gate.Verdict.HOLD, (), tuple(tidy(reason) for reason in reasons))
    return gate.page(ruling, None, {"report": request.report.name, "as of": label}).encode()


def _refused(request: Request, reports: Folder, now: dt.datetime, error: DataError) -> None:
    """Leave the gate's page where the brief would be that these data can not carry."""
    from reportgen.market import calendar

    label = calendar.resolve(request.as_of, now, request.report.window).label
    (reports / label).write({GATE: _held(request, label, [str(error)])})


@contextmanager
def _evidence(request: Request, run: Run, place: Folder) -> Iterator[list[dict[str, Any]]]:
    """Keep the notebook of a run that fails beside the last good outputs: the one that was seen to end, or what was saved of it."""
    seen: list[dict[str, Any]] = []
    try:
        yield seen
    except (ExecutionError, Held, FactCheckError) as error:
        if not seen and not run.output.is_file():
            raise
        reasons = getattr(error.subject, "reasons", (str(error),))
        notebook = _lines(seen[0]) if seen else run.output.read_bytes()
        kept = place.write(
            {FAILED: tidy(notebook.decode()).encode(), GATE: _held(request, request.as_of, reasons)}
        )[0]
        raise type(error)(
            f"{error} The notebook is kept as {kept}.", subject=error.subject
        ) from error


def prepare(request: Request, now: dt.datetime, scratch: Path) -> Prepared:
    """Check the data, cut them at the moment asked for and leave them in *scratch* for the kernel."""
    found = snapshot(request, now)
    found.save(scratch)
    name = "sample" if request.data == "sample" else found.name
    return Prepared(
        data=name,
        as_of=f"{found.moment.at:%Y-%m-%d %H:%M}",
        label=found.moment.label,
        files=found.manifest,
    )


def snapshot(request: Request, now: dt.datetime) -> Snapshot:
    """What the data of *request* hold and was known at its moment, checked."""
    from reportgen.data.remote import dataset
    from reportgen.data.snapshot import take
    from reportgen.market import calendar

    moment = calendar.resolve(request.as_of, now, request.report.window)
    return take(dataset(request.data), moment, request.report.symbols, request.report.required)


def _lines(notebook: Mapping[str, Any]) -> bytes:
    """The file of a notebook, an output to a line: as valid as any, and written ten times as fast as one indented throughout."""
    cells = []
    for cell in notebook["cells"]:
        outputs = ",\n   ".join(
            json.dumps(output, ensure_ascii=False) for output in cell.get("outputs", ())
        )
        head = json.dumps({k: v for k, v in cell.items() if k != "outputs"}, ensure_ascii=False)
        cells.append(f'{head[:-1]}, "outputs": [\n   {outputs}]}}' if "outputs" in cell else head)
    rest = json.dumps({k: v for k, v in notebook.items() if k != "cells"}, ensure_ascii=False)
    body = ",\n  ".join(cells)
    return f'{{"cells": [\n  {body}],\n {rest[1:]}\n'.encode()

"""From a request to finished files: every stage by name, from top to bottom."""

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

from reportgen.config.resources import tidy
from reportgen.config.settings import Settings
from reportgen.core.errors import (
    DataError,
    ExecutionError,
    FactCheckError,
    Held,
    NarrativeError,
    RecordError,
    RenderError,
    ReportgenError,
    SettingsError,
    UnknownReport,
)
from reportgen.core.facts import CHART_MEDIA
from reportgen.core.svg import picture
from reportgen.execute.runner import Run, run_notebook, started
from reportgen.files.outputs import Folder, folder
from reportgen.produce.manifest import manifest, sealed
from reportgen.record.edits import FILE, Edits, file_of, read_edits
from reportgen.record.request import FORMATS, Report, Request, load_report
from reportgen.record.templates import STORY, Templates, shipped_digest
from reportgen.verify.seal import (
    EDITS,
    FAILED,
    FAILED_SEAL,
    GATE,
    RECORD,
    SEAL,
    digest,
    refuse_unready,
    seal_of,
    verified,
    verified_failed,
)

if TYPE_CHECKING:
    from reportgen.datasets.snapshot import Snapshot
    from reportgen.rendering.brief import Brief

Say = Callable[[str], None]
OLDER = "older"
"""Where the last good brief is moved when a run of the same moment fails.

Nobody shall open it as the one of now.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a run's data turned out to be.

    The dataset's name and files, the moment it was cut at and
    that moment's label.
    """

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
) -> Brief:
    """Run, tell, check, render and write one brief under *out*.

    Nothing is written unless all of it is right.
    """
    _refuse_unwritten(request.report)
    refuse_unready(settings.sealing)
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
                from reportgen.produce import telling

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
                    made_from = manifest(
                        request,
                        prepared.as_of,
                        prepared.files,
                        settings,
                    )
                    hidden = sorted(request.report.hidden(parameters))
                    notebook["metadata"]["reportgen"] = {
                        **made_from,
                        "hidden": hidden,
                        "edits": request.edits.payload(),
                        "report": told_by(request.report),
                    }
                    brief, files = _told(
                        notebook, request.report.name, request.formats, settings, say
                    )
        written = _written(place, brief, files, side, settings)
    except DataError as error:
        _refused(request, reports, now, error)
        raise
    except OSError as error:
        raise RenderError(
            f"The brief could not be made: {error.strerror or error}"
            f" ({error.filename or 'temporary files'}).",
            subject=reports,
        ) from error
    return replace(brief, folder=str(place), files=written)


def _refuse_unwritten(report: Report) -> None:
    """Raise SettingsError where a report lacks one of its files."""
    for name in (report.notebook.name, STORY):
        if not (report.folder / name).is_file():
            raise SettingsError(
                f"Report '{report.name}' has no {name} in {report.folder}; copy"
                " that of a shipped report.",
                subject=report.folder,
            )


def told_by(report: Report) -> dict[str, Any]:
    """What a record keeps of its report.

    What the brief needs to be told and judged again from any folder.
    """
    return {
        "title": report.title,
        "policy": report.gate.payload(),
        "story": Templates.of(report.folder).payload(),
        "templates": shipped_digest(),
    }


def _written(
    place: Folder,
    brief: Brief,
    files: Mapping[str, bytes],
    side: Mapping[str, bytes],
    settings: Settings,
) -> tuple[str, ...]:
    """Where the files of *brief* now are.

    All of them sealed, and none besides that was of an earlier telling.
    """
    notebook = brief.notebook
    _illustrate(notebook, brief.svgs)
    sealed_files = {**files, GATE: _gate(brief)}
    notebook["metadata"]["reportgen"].pop("adopted", None)
    edits = side or ({EDITS: place.read(EDITS)} if EDITS in place.sizes() else {})
    kept: dict[str, Any] = notebook["metadata"]["reportgen"]
    kept["files"] = {name: digest(data) for name, data in {**sealed_files, **edits}.items()}
    record = _lines(notebook)
    left = [name for name in place.sizes() if name.startswith("brief.")]
    return place.write(
        {
            **sealed_files,
            RECORD: record,
            **side,
            SEAL: seal_of(record, settings.sealing),
        },
        drop=[FAILED, FAILED_SEAL, *left],
    )


def _illustrate(
    notebook: Mapping[str, Any],
    drawn: Mapping[str, Mapping[str, str]],
) -> None:
    """Put the brief's pictures and their words beside the notebook's charts."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            name = data.get(CHART_MEDIA, {}).get("name")
            if name in drawn:
                data["text/html"] = picture(drawn[name]["wide"], name)


def _edits(place: Folder, asked: Edits) -> tuple[Edits, dict[str, bytes]]:
    """The edits kept in *place* with those *asked* for, and the file for new ones."""
    stored = read_edits(place)
    if stored == Edits() and (
        asked.headline or asked.driver
    ):  # as they were when the brief was first told
        return asked, {}
    edits = stored.updated(
        lead=asked.lead,
        drop=asked.drop,
        correction=asked.correction,
    )
    return edits, {FILE: file_of(edits, place)} if edits != stored else {}


def render_again(
    source: Path,
    asked: Edits,
    formats: Sequence[str],
    settings: Settings,
    out: Path | None = None,
) -> Brief:
    """The brief of the notebook *source*, rendered again with old and new edits.

    The notebook is the sealed one, or the one that a failed run left. It is
    told by the report's current story if that is available, else by the story
    that the record keeps. In its own folder the whole brief is sealed anew; in
    another one, *out*, there are only the files.

    Raises:
        SealError: It was changed.
    """
    from reportgen.produce import telling

    place = folder(source.parent)
    failed = source.name == FAILED
    if not source.is_file():
        raise RecordError(
            f"{source} does not exist; give the folder of a brief.",
            subject=source,
        )
    if failed:
        verified_failed(place, settings.sealing)
    elif source.name == RECORD:
        verified(place, settings.sealing, editing=True)
    else:
        raise RecordError(
            f"{source} is not the record of a brief; 'jupyter nbconvert --to"
            " brief' takes any notebook.",
            subject=source,
        )
    notebook = telling.read_notebook(source)
    edits, side = _edits(place, asked)
    kept: dict[str, Any] = notebook["metadata"].setdefault("reportgen", {})
    there = [
        name.removeprefix("brief.") for name in kept.get("files", ()) if name.startswith("brief.")
    ]
    formats = formats or there or FORMATS
    if (
        out is None and not failed
    ):  # what lies there is one brief: no file may go on telling it the old way
        formats = [name for name in FORMATS if name in {*formats, *there}]
    kept["edits"] = edits.payload()
    if "inputs" in kept:
        kept |= sealed({**kept["inputs"], "edits": edits.payload()})
    report = _report_of(notebook)
    if report is not None:
        kept["report"] = told_by(report)
    name = telling.report_of(notebook)
    brief, files = _told(notebook, name, formats, settings, lambda _: None)
    if out is not None:
        return replace(brief, folder=str(out), files=folder(out).write(files))
    written = _written(place, brief, files, side, settings)
    return replace(brief, folder=str(place), files=written)


def _told(
    notebook: Mapping[str, Any],
    report: str,
    formats: Sequence[str],
    settings: Settings,
    say: Say,
) -> tuple[Brief, dict[str, bytes]]:
    """The brief that *notebook* tells and its files by name, checked and passed."""
    from reportgen.produce import telling

    say("story")
    brief = telling.tell(notebook)
    if brief.report != report:
        raise RecordError(
            f"The notebook of report '{report}' says that it is '{brief.report}'; "
            f'write open_desk(report="{report}", ...).',
            subject=report,
        )
    say("renderings")
    renderings = telling.render(brief, formats, settings)
    say("check")
    telling.refuse(telling.check_renderings(brief.narrative, brief.record, renderings))
    say("gate")
    telling.hold(brief, renderings, brief.record.policy, settings.profile)
    return brief, {rendering.name: rendering.data for rendering in renderings}


def _report_of(notebook: Mapping[str, Any]) -> Report | None:
    """The report of an executed *notebook*, where it is at hand."""
    from reportgen.produce import telling

    try:
        return load_report(telling.report_of(notebook))
    except UnknownReport:
        return None


def _gate(brief: Brief) -> bytes:
    from reportgen.verify import gate

    moment = brief.record.context["moment"]
    ruling = gate.rule(brief.record, brief.record.policy)
    about = {
        "report": brief.report,
        "as of": moment["at"],
        "session": moment["session"],
    }
    return tidy(gate.page(ruling, brief.record, about)).encode()


def _held(request: Request, label: str, reasons: Sequence[str]) -> bytes:
    """The gate's page of a brief that is not made."""
    from reportgen.verify import gate

    ruling = gate.Ruling(
        gate.Verdict.HOLD,
        (),
        tuple(tidy(reason) for reason in reasons),
    )
    return gate.page(ruling, None, {"report": request.report.name, "as of": label}).encode()


def _refused(request: Request, reports: Folder, now: dt.datetime, error: DataError) -> None:
    """Leave the gate's page where the brief would be that these data cannot carry."""
    label = request.report.market.calendar.resolve(request.as_of, now, request.report.window).label
    place = reports / label
    _set_aside(place)
    place.write({GATE: _held(request, label, [str(error)])})


def _set_aside(place: Folder) -> None:
    """Move the last good brief in *place* aside, so that it is not read as current."""
    names = place.sizes()
    renderings = [name for name in names if name.startswith("brief.")]
    if RECORD in names or renderings:
        kept = {name: place.read(name) for name in (GATE, EDITS) if name in names}
        place.set_aside(
            [*renderings, RECORD, SEAL, "approved.json", "recipients"],
            OLDER,
        )
        (place / OLDER).write(kept)


def _reasons(error: ReportgenError) -> Sequence[str]:
    """Why a run failed, a line for each thing that a person can act on."""
    if isinstance(error, FactCheckError) and isinstance(error.subject, list):
        return [str(check) for check in error.subject]
    reasons: Sequence[str] = getattr(error.subject, "reasons", (str(error),))
    return reasons


FAILURES = (ExecutionError, Held, FactCheckError, NarrativeError, RecordError, RenderError)
"""What can end a run once its notebook is there."""


@contextmanager
def _evidence(
    request: Request,
    run: Run,
    place: Folder,
) -> Iterator[list[dict[str, Any]]]:
    """Keep the notebook of a run that fails, and set the last good brief aside.

    The notebook is the one that was seen to end, or what was saved of one
    that did not. One that ended can be told again without running it:
    ``reportgen render``.
    """
    seen: list[dict[str, Any]] = []
    try:
        yield seen
    except FAILURES as error:
        if not seen and not run.output.is_file():
            raise
        reasons = _reasons(error)
        found = _lines(seen[0]) if seen else run.output.read_bytes()
        notebook = tidy(found.decode()).encode()
        _set_aside(place)
        files = {FAILED: notebook, GATE: _held(request, request.as_of, reasons)}
        kept = place.write(
            {
                **files,
                FAILED_SEAL: seal_of(notebook, run.settings.sealing, FAILED),
            }
        )[0]
        raise type(error)(
            f"{error} The notebook is kept as {kept}.",
            subject=error.subject,
        ) from error


def prepare(request: Request, now: dt.datetime, scratch: Path) -> Prepared:
    """Check the data, cut them at the moment, and put them into *scratch*."""
    from reportgen.beats import beats

    found = snapshot(request, now)
    found.save(scratch)
    beats()  # read while the other side still imports what renders
    name = "sample" if request.data == "sample" else found.name
    return Prepared(
        data=name,
        as_of=found.moment.asked,
        label=found.moment.label,
        files=found.manifest,
    )


def snapshot(request: Request, now: dt.datetime) -> Snapshot:
    """What the data of *request* contain and was known at its moment, checked."""
    from reportgen.datasets.remote import dataset
    from reportgen.datasets.snapshot import take

    moment = request.report.market.calendar.resolve(request.as_of, now, request.report.window)
    data = dataset(request.data, moment)
    return take(data, moment, request.report.symbols, request.report.required)


def _lines(notebook: Mapping[str, Any]) -> bytes:
    """The file of a notebook, an output to a line.

    As valid as any, and written ten times as fast as one indented throughout.
    """
    cells = []
    for cell in notebook["cells"]:
        outputs = ",\n   ".join(
            json.dumps(output, ensure_ascii=False) for output in cell.get("outputs", ())
        )
        head = json.dumps(
            {k: v for k, v in cell.items() if k != "outputs"},
            ensure_ascii=False,
        )
        cells.append(f'{head[:-1]}, "outputs": [\n   {outputs}]}}' if "outputs" in cell else head)
    rest = json.dumps(
        {k: v for k, v in notebook.items() if k != "cells"},
        ensure_ascii=False,
    )
    body = ",\n  ".join(cells)
    return f'{{"cells": [\n  {body}],\n {rest[1:]}\n'.encode()

"""From a request to finished files: every stage by name, from top to bottom."""

from __future__ import annotations

import datetime as dt
import errno
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.config.secrets import withheld
from reportgen.config.settings import Settings
from reportgen.core.errors import (
    NO_MEMORY,
    DataError,
    ExecutionError,
    RenderError,
    ReportgenError,
    RequestError,
    SettingsError,
)
from reportgen.execute.runner import Kernel, Run, run_notebook, started
from reportgen.files.outputs import Folder, folder
from reportgen.files.scratch import Scratch
from reportgen.produce import writing
from reportgen.produce.auditing import Auditor, location_of
from reportgen.produce.evidence import FAILURES, evidence, leave_refusal
from reportgen.produce.manifest import manifest, told_by
from reportgen.produce.notebooks import failed, moment, source_of
from reportgen.record import cells
from reportgen.record.foreign import NotebookReport
from reportgen.record.request import Report, Request, unknown_symbols
from reportgen.record.templates import Templates
from reportgen.verify.rows import Location
from reportgen.verify.seal import RECORD, refuse_unready
from reportgen.verify.vouching import refuse_new

if TYPE_CHECKING:
    from reportgen.datasets.dataset import Dataset
    from reportgen.datasets.snapshot import Snapshot
    from reportgen.rendering.brief import Brief

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a run's data turned out to be.

    The dataset's name and files, the moment it was cut at and
    that moment's label.
    """

    data: str
    as_of: str
    label: str
    session: dt.date
    files: Sequence[Mapping[str, str]]
    location: Location | None
    """Where the audit reads the data again; None for a notebook alone, which is not audited."""
    moment: Mapping[str, Any] = field(default_factory=dict)
    """The moment as JSON, of a notebook alone."""


def produce(
    request: Request,
    out: str | Path,
    *,
    now: dt.datetime,
    settings: Settings,
    say: Say = lambda _: None,
) -> Brief:
    """Run, tell, check, render and write one brief under *out*.

    Nothing is written unless all of it is right. What is wrong with a private brief stands on the
    gate's page in its own folder; the error names the folder, and nothing that is held.
    """
    try:
        return _produced(request, out, now=now, settings=settings, say=say)
    except (RequestError, SettingsError):
        raise  # they are about what was asked, by file and line
    except ReportgenError as error:
        if not request.report.private:
            raise
        reports = folder(out, private=True) / request.report.name
        place = reports / _label(request, now)
        if not isinstance(error, (DataError, *FAILURES)):
            leave_refusal(request, reports, now, error)
        raise type(error)(
            f"The private brief in {place} was not made; gate.txt there says why.", subject=None
        ) from None


def _label(request: Request, now: dt.datetime) -> str:
    """The name of the folder of the brief that is asked for."""
    calendar = request.report.market.calendar
    return calendar.resolve(request.as_of, now, request.report.window).label


def _produced(
    request: Request,
    out: str | Path,
    *,
    now: dt.datetime,
    settings: Settings,
    say: Say,
) -> Brief:
    # What is asked is refused before a kernel starts.
    refuse_unwritten(request.report)
    request = request.with_holdings()
    if not request.report.plain:
        refuse_new(Templates.of(request.report.folder), request.report.name)
    refuse_unready(settings.sealing)
    parameters = request.report.parameter_values(request.parameters)
    reports = folder(out, private=request.report.private) / request.report.name
    reports.refuse()
    say("data")
    try:
        with Scratch("run") as scratch:
            cut_to = scratch / "data"  # the cells' working folder
            cut_to.mkdir()
            run = _run_of(request, scratch, cut_to, settings, say)
            with started(run, _ready(request, now, cut_to)) as kernel:
                from reportgen.produce import telling

                telling.warm(request.report)  # while the kernel reads the data
                prepared = _prepared(kernel, request, reports, now)
                place = reports / prepared.label
                edits, edits_file = writing.first_edits(place, request.edits)
                request = replace(request, edits=edits)
                with (
                    evidence(request, run, place) as executed,
                    _auditor(request, prepared) as auditor,
                ):
                    notebook = _executed(request, parameters, run, kernel, prepared)
                    executed.append(notebook)
                    brief, files = telling.told(
                        notebook, request.report.name, request.formats, settings, say, auditor
                    )
        paths = writing.write_brief(place, brief, files, edits_file, settings)
    except DataError as error:
        leave_refusal(request, reports, now, error)
        raise
    except OSError as error:
        # There is no process, thread or mapping more, or a process has gone without a word.
        memory = error.errno in (errno.ENOMEM, errno.EAGAIN, errno.ECHILD)
        where = error.filename or tempfile.gettempdir()
        words = f"{error.strerror or error}{'' if memory else f' ({where})'}."
        raise RenderError(
            f"The brief could not be made: {words}{f' {NO_MEMORY}' if memory else ''}",
            subject=reports,
        ) from error
    except MemoryError as error:
        raise RenderError(f"The brief could not be made. {NO_MEMORY}", subject=reports) from error
    return replace(brief, folder=str(place), files=paths)


def executed(
    request: Request, *, now: dt.datetime, settings: Settings, say: Say = lambda _: None
) -> dict[str, Any]:
    """The executed notebook of *request*, neither told nor checked. Nothing is written.

    Raises:
        DataError: Data for the brief are missing or wrong.
        ExecutionError: The notebook did not run to its end.
    """
    refuse_unwritten(request.report)
    request = request.with_holdings()
    parameters = request.report.parameter_values(request.parameters)
    say("data")
    with Scratch("run") as scratch:
        cut_to = scratch / "data"
        cut_to.mkdir()
        run = _run_of(request, scratch, cut_to, settings, say)
        with started(run, _ready(request, now, cut_to)) as kernel:
            return _executed(request, parameters, run, kernel, kernel.prepared())


def _run_of(request: Request, scratch: Path, cut_to: Path, settings: Settings, say: Say) -> Run:
    """How the notebook of *request* runs, with the data in the folder *cut_to*."""
    alone = isinstance(request.report, NotebookReport)
    return Run(
        source=source_of(request.report, scratch),
        output=cut_to / RECORD,
        say=say,
        settings=settings,
        withheld=withheld([Path(request.data) / "dataset.toml"]),
        home=request.report.folder.absolute() if alone else None,
    )


def _ready(request: Request, now: dt.datetime, cut_to: Path) -> Callable[[], Prepared]:
    """What prepares the data of *request* in the folder *cut_to*."""
    alone = isinstance(request.report, NotebookReport)
    return partial(prepared_alone if alone else prepare, request, now, cut_to)


def _prepared(kernel: Kernel, request: Request, reports: Folder, now: dt.datetime) -> Prepared:
    """What was prepared for *kernel*; one that dies of it leaves the gate's page."""
    try:
        found: Prepared = kernel.prepared()
    except ExecutionError as error:
        leave_refusal(request, reports, now, error)
        raise
    return found


def _auditor(request: Request, prepared: Prepared) -> AbstractContextManager[Auditor | None]:
    """What audits the brief while its notebook runs, if anything does."""
    if prepared.location is None:
        return nullcontext()
    return Auditor(prepared.location, request.report.market.payload(), prepared.session)


def prepared_alone(request: Request, now: dt.datetime, _scratch: Path) -> Prepared:
    """What is ready for a notebook alone: the moment of its brief, and no data."""
    told = moment(request, now)
    return Prepared(
        data=request.data,
        as_of=told["session"] if told["evening"] else told["at"][:16].replace("T", " "),
        label=told["label"],
        session=dt.date.fromisoformat(told["session"]),
        files=(),
        location=None,
        moment=told,
    )


def refuse_unwritten(report: Report) -> None:
    """Raise an error where a report lacks one of its files, or nobody can run or read one.

    Raises:
        SettingsError: The notebook is missing, or cannot run to its end with any data.
        NarrativeError: The story cannot be read.
    """
    for file in report.files:
        if not file.is_file():
            raise SettingsError(
                f"Report '{report.name}' has no {file.name} in {report.folder};"
                " 'reportgen new report' writes a report with one.",
                subject=report.folder,
            )
    for words in unknown_symbols(report):
        raise SettingsError(words, subject=report.name)
    cells.refuse_unfit(report)
    if not report.plain:
        from reportgen.story.reading import refuse_unread

        refuse_unread(Templates.of(report.folder))


def prepare(request: Request, now: dt.datetime, scratch: Path) -> Prepared:
    """Check the data, cut them at the moment, and put them into *scratch*."""
    from reportgen.beats import beats

    data, found = cut(request, now)
    found.save(scratch)
    beats()  # read while the other side still imports what renders
    name = "sample" if request.data == "sample" else found.name
    location = location_of(data, (*found.closes, *request.asked.read), found.panel.members)
    held = found.holdings
    return Prepared(
        data=name,
        as_of=found.moment.asked,
        label=found.moment.label,
        session=found.moment.session,
        files=found.manifest,
        location=replace(location, holdings=held.text if held else ""),
    )


def cut(request: Request, now: dt.datetime) -> tuple[Dataset, Snapshot]:
    """The data of *request*, and what they contain and was known at its moment, checked."""
    from reportgen.datasets.book import needs
    from reportgen.datasets.panel import Listed
    from reportgen.datasets.remote import dataset
    from reportgen.datasets.snapshot import take

    report = request.asked
    moment = report.market.calendar.resolve(request.as_of, now, report.window)
    data = dataset(request.data, moment)
    listed, symbols = Listed.of(report, moment), report.whole
    holdings = request.with_holdings().holdings
    if holdings is not None:
        holdings = holdings.known_on(moment.session)
        stocks, others = needs(holdings, moment, report.market.currency, apart=listed is None)
        listed, symbols = listed or stocks, (*symbols, *others)
    found = take(data, moment, symbols, report.required, listed)
    return data, replace(found, report=report.name if report.borrows else "", holdings=holdings)


def snapshot(request: Request, now: dt.datetime) -> Snapshot:
    """What the data of *request* contain and was known at its moment, checked."""
    return cut(request, now)[1]


def _executed(
    request: Request,
    parameters: Mapping[str, Any],
    run: Run,
    kernel: Kernel,
    prepared: Prepared,
) -> dict[str, Any]:
    """The executed notebook of *request*, with all that a record keeps of its run."""
    run.say("notebook")
    report = request.report
    given = report.computed(parameters)
    if isinstance(report, NotebookReport):
        own = report.injected(given, request.parameters, prepared.as_of, prepared.data)
        alone = {"plain": report.kept(prepared.moment)}
    else:
        own, alone = {"as_of": prepared.as_of, "data": prepared.data, **given}, {}
    try:
        notebook = run_notebook(run, kernel, own)
    except ExecutionError as error:
        raise failed(error, report) from error
    notebook["metadata"]["reportgen"] = {
        **manifest(request, prepared.as_of, prepared.files, run.settings),
        "hidden": sorted(report.hidden(parameters)),
        "edits": request.edits.payload(),
        "report": told_by(report),
        **alone,
    }
    return notebook

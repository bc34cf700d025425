"""From a request to finished files: every stage by name, readable from top to bottom."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.check import gate, rendered
from reportgen.check.factcheck import Check, FactCheck
from reportgen.check.gate import Verdict
from reportgen.errors import ExecutionError, FactCheckError, Held, RecordError, RenderError
from reportgen.market import calendar
from reportgen.market.calendar import Moment
from reportgen.narrative.compose import compose
from reportgen.narrative.model import Narrative
from reportgen.record import Record, read_record
from reportgen.render import pictures
from reportgen.render.brief import Brief, Rendering
from reportgen.request import FORMATS, Report, Request, load_report
from reportgen.resources import SAMPLE
from reportgen.settings import Settings

Say = Callable[[str], None]
FAILED = "notebook.failed.ipynb"
WARM_AFTER = 0.35
"""Seconds after which the parent, by then waiting for the kernel, prepares for the renderings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A finished brief and where its files are."""

    brief: Brief
    folder: Path
    files: tuple[Path, ...]


def produce(request: Request, out: Path, *, now: dt.datetime, settings: Settings, say: Say = lambda _: None) -> Produced:
    """Run, tell, check, render and write one brief under *out*; nothing is written unless all of it is right."""
    request.report.parameter_values(request.parameters)  # what is asked is refused before anything is done
    moment = calendar.resolve(request.as_of, now)
    folder = out / request.report.name / moment.label
    _writable(folder)
    try:
        with tempfile.TemporaryDirectory(prefix="reportgen-") as scratch:
            return _produce(request, moment, Path(scratch), folder, settings, say)
    except OSError as error:
        raise RenderError(
            f"The brief could not be made: {error.strerror or error} ({error.filename or 'temporary files'}).", subject=folder
        ) from error


def _produce(request: Request, moment: Moment, scratch: Path, folder: Path, settings: Settings, say: Say) -> Produced:
    parameters = request.report.parameter_values(request.parameters)
    say("data")
    name = prepare(request, moment, scratch)
    say("notebook")
    output = scratch / "notebook.ipynb"
    try:
        notebook = _run(request, {"as_of": moment.at.strftime("%Y-%m-%d %H:%M"), "data": name, **parameters}, output, settings, say)
        say("story")
        brief = tell(notebook)
        say("renderings")
        renderings = render(brief, request.formats, settings)
        say("check")
        refuse(check_renderings(brief.narrative, brief.record, renderings))
    except (ExecutionError, Held, FactCheckError) as error:
        kept = _keep_failed(output, folder)
        raise type(error)(f"{error} The notebook is kept as {kept}." if kept else str(error), subject=error.subject) from error
    files = write(folder, [*renderings, _record_file(notebook)])
    (folder / FAILED).unlink(missing_ok=True)
    return Produced(brief=brief, folder=folder, files=files)


def _warm() -> None:
    """Import and start what the story and the renderings need while the kernel computes: the parent only waits."""
    import typst  # noqa: F401
    from PIL import Image  # noqa: F401

    from reportgen.render import appendix, email, page  # noqa: F401

    pictures.warm()
    appendix.warm()


def prepare(request: Request, moment: Moment, scratch: Path) -> str:
    """Check the data, cut them at *moment* and leave them in *scratch* for the kernel; the dataset's name."""
    from reportgen.data.dataset import open_dataset
    from reportgen.data.snapshot import take

    folder = SAMPLE if request.data == "sample" else Path(request.data)
    snapshot = take(open_dataset(folder), moment, request.report.symbols, request.report.required)
    snapshot.save(scratch)
    return "sample" if request.data == "sample" else snapshot.name


def _run(request: Request, parameters: Mapping[str, Any], output: Path, settings: Settings, say: Say) -> dict[str, Any]:
    from reportgen.execute.runner import Run, run_notebook

    threading.Timer(WARM_AFTER, _warm).start()
    limits = {"cell_timeout": settings.cell_timeout, "run_timeout": settings.run_timeout}
    return run_notebook(Run(source=request.report.notebook, output=output, say=say, **limits), parameters)


def _keep_failed(notebook: Path, folder: Path) -> Path | None:
    """Keep the notebook of a failed run beside the last good outputs, as evidence."""
    if not notebook.is_file():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / FAILED
    shutil.copyfile(notebook, kept)
    return kept


def _narrated(notebook: Mapping[str, Any]) -> tuple[Record, Report, gate.Ruling, Narrative]:
    """An executed *notebook* read and told, not yet checked; Held where the gate holds its record."""
    record = read_record(notebook)
    report = load_report(record.context["report"])
    ruling = gate.rule(record)
    if ruling.verdict is Verdict.HOLD:
        raise Held(f"The brief is held: {'; '.join(ruling.reasons)}", subject=ruling)
    return record, report, ruling, compose(record, report.folder, report.title)


def tell(notebook: Mapping[str, Any]) -> Brief:
    """The brief that an executed *notebook* tells, with its pictures drawn; FactCheckError where it claims too much."""
    record, report, ruling, narrative = _narrated(notebook)
    refuse(FactCheck(record).narrative(narrative))
    specs = pictures.specs_of(record, narrative)
    return Brief(
        report=report.name, title=report.title, label=Moment.from_payload(record.context["moment"]).label, record=record,
        narrative=narrative, verdict=str(ruling.verdict), gaps=ruling.gaps, notebook=notebook, svgs=pictures.draw(specs), specs=specs,
    )  # fmt: skip


def render(brief: Brief, formats: Sequence[str], settings: Settings) -> list[Rendering]:
    """The renderings of *brief* in *formats*."""
    from reportgen.render import email, page, pdf, text
    from reportgen.render import json as as_json

    makers: dict[str, Callable[[], Rendering]] = {
        "html": lambda: page.render(brief), "pdf": lambda: pdf.render(brief, settings), "eml": lambda: email.render(brief, settings),
        "txt": lambda: text.render(brief), "json": lambda: as_json.render(brief),
    }  # fmt: skip
    with ThreadPoolExecutor() as pool:  # pictures and pages are set outside the interpreter's lock
        return list(pool.map(lambda name: makers[name](), [name for name in FORMATS if name in formats]))


def check_renderings(story: Narrative, record: Record, renderings: Sequence[Rendering]) -> list[Check]:
    """The failed checks of finished files against the story and its record."""
    judges: dict[str, Callable[[bytes], list[Check]]] = {
        "brief.html": lambda data: rendered.page(data.decode(), story, record),
        "brief.txt": lambda data: rendered.plain(data.decode(), story),
        "brief.eml": lambda data: rendered.mail(data, story),
        "brief.pdf": lambda data: rendered.pdf(data, story),
        "brief.json": lambda data: rendered.data(data.decode(), story, record),
    }
    failed: list[Check] = []
    for file in renderings:
        if file.name in judges:
            try:
                failed += judges[file.name](file.data)
            except Exception as error:  # noqa: BLE001 - a damaged file may break any reader; it is not borne out
                failed.append(Check(file.name, file.name, file.name, "", f"it can not be read: {error}"))
    return failed


def check_folder(folder: Path) -> list[Check]:
    """The failed checks of a written brief: its narrative against its record, its files against its narrative."""
    record, _, _, narrative = _narrated(read_notebook(folder / "notebook.ipynb"))
    failed = FactCheck(record).narrative(narrative)
    files = [Rendering(name=p.name, media_type="", data=p.read_bytes()) for p in sorted(folder.glob("brief.*"))]
    if not files:
        raise RecordError(f"{folder} holds no brief.* file to check.", subject=folder)
    return failed or check_renderings(narrative, record, files)


def refuse(failed: Sequence[Check]) -> None:
    """FactCheckError with the first failed checks, if there are any."""
    if failed:
        shown = " || ".join(str(check) for check in failed[:5])
        raise FactCheckError(f"{len(failed)} statements are not borne out: {shown}", subject=list(failed))


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook saved at *path*; RecordError where there is none that can be read."""
    import nbformat

    try:
        return dict(nbformat.read(path, as_version=4))
    except FileNotFoundError:
        raise RecordError(f"{path} does not exist; give the folder of a brief.", subject=path) from None
    except Exception as error:  # nbformat fails in many ways on what is no notebook
        raise RecordError(f"{path} is not a notebook: {error}", subject=path) from error


def _record_file(notebook: Mapping[str, Any]) -> Rendering:
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return Rendering(name="notebook.ipynb", media_type="application/x-ipynb+json", data=text.encode())


def _writable(folder: Path) -> None:
    """Refuse an output folder that can not be written before any work is done; leave no trace of the try."""
    base = folder
    while not base.exists():
        base = base.parent
    if not base.is_dir():
        raise RenderError(f"The output {base} is not a folder.", subject=base)
    try:
        with tempfile.TemporaryFile(dir=base):
            pass
    except OSError as error:
        raise RenderError(f"The output folder {base} can not be written: {error.strerror}.", subject=base) from error


def write(folder: Path, files: Sequence[Rendering]) -> tuple[Path, ...]:
    """Write *files* into *folder*: all under temporary names first, then each renamed; a failure leaves the old ones."""
    fresh = [(folder / f".{file.name}.{os.getpid()}.new", folder / file.name, file.data) for file in files]
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        blocked = next((final for _, final, _ in fresh if final.is_dir()), None)
        if blocked:
            raise IsADirectoryError(errno.EISDIR, "a folder stands where a file goes", str(blocked))
        for temporary, _, data in fresh:
            temporary.write_bytes(data)
        for temporary, final, _ in fresh:
            temporary.replace(final)
    except OSError as error:
        for temporary, _, _ in fresh:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        for made in missing:
            with suppress(OSError):
                made.rmdir()
        raise RenderError(
            f"The brief could not be written to {folder}: {error.strerror}; the last good files are untouched.", subject=folder
        ) from error
    return tuple(final for _, final, _ in fresh)

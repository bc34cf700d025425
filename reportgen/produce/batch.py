"""Many briefs.

Which are due, which are finished already, and all others on any
``concurrent.futures.Executor``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from reportgen.beats import payloads
from reportgen.config.settings import Settings
from reportgen.core.errors import KernelDied, ReportgenError
from reportgen.execute import fork
from reportgen.execute.zygote import Zygote
from reportgen.files.outputs import Folder, folder, variant
from reportgen.produce.manifest import manifest, told_by
from reportgen.record.edits import read_edits
from reportgen.record.request import Request, load_report
from reportgen.verify.seal import verified

ATTEMPTS = 2
READ_ON = dt.timedelta(days=360)
"""How far apart a warm process reads lists of stocks: a little less than the year it reads."""
ON_FIRST_USE = (
    "IPython.core.completerlib",
    "IPython.core.crashhandler",
    "IPython.core.magics",
    "comm.base_comm",
    "reportgen.rendering.pdf",
)
"""Modules that others import only once they are needed."""
CHARTS = "reportgen.authoring.charts"
"""What draws the charts of notebooks, where they run; this room knows it by name alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One brief to make.

    It is small and can be sent to another machine: the report goes by its name.
    """

    report: str
    as_of: str
    data: str
    parameters: Mapping[str, str]
    formats: tuple[str, ...]
    out: str
    asked_at: dt.datetime
    settings: Settings = field(default_factory=Settings)

    @property
    def request(self) -> Request:
        """The request it stands for."""
        return Request(
            report=load_report(self.report),
            as_of=self.as_of,
            data=self.data,
            parameters=self.parameters,
            formats=self.formats,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a job.

    "made", "kept" (finished before) or "failed", with the error
    and its exit code.
    """

    job: Job
    state: str
    seconds: float = 0.0
    verdict: str = ""
    error: str = ""
    exit_code: int = 0


def jobs_of(
    template: Job,
    sessions: Sequence[dt.date],
    choices: Mapping[str, Sequence[str]],
) -> list[Job]:
    """A job for each session and each combination of *choices* of parameters.

    Where a parameter has several values, each combination has a folder of its
    own: "months=6,benchmark=^IXIC".
    """
    several = [name for name, values in choices.items() if len(values) > 1]
    jobs = []
    for values in itertools.product(*choices.values()):
        given = dict(zip(choices, values, strict=True))
        kind = replace(
            template,
            parameters={**template.parameters, **given},
            out=variant(template.out, {name: given[name] for name in several}),
        )
        jobs += [replace(kind, as_of=session.isoformat()) for session in sessions]
    return sorted(jobs, key=lambda job: (job.as_of, job.out))


def run(
    jobs: Sequence[Job],
    executor: Executor,
    *,
    again: bool = False,
) -> Iterator[Outcome]:
    """The outcome of every job, as it comes.

    Finished briefs whose inputs are unchanged are kept, unless *again*.

    A job that fails or loses its process is tried once more; it
    takes no other along.
    """
    due = []
    for job in jobs:
        if not again and finished(job):
            yield Outcome(job=job, state="kept")
        else:
            due.append(job)
    tries = {executor.submit(make, job): (job, 1) for job in due}
    while tries:
        failed: list[tuple[Job, int]] = []
        for future in as_completed(list(tries)):
            job, attempt = tries.pop(future)
            outcome = _outcome(future, job)
            if outcome.state == "failed" and attempt < ATTEMPTS:
                failed.append((job, attempt + 1))
            else:
                yield outcome
        tries = {executor.submit(make, job): (job, attempt) for job, attempt in failed}


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - an executor loses a task in its own ways
        return Outcome(
            job=job,
            state="failed",
            error=f"{type(error).__name__}: {error}",
            exit_code=4,
        )


def finished(job: Job) -> bool:
    """Whether the brief of *job* is complete, and its inputs are still the same."""
    try:
        place, fresh = _place_and_manifest(job)
        known = verified(place, job.settings.sealing)["metadata"]["reportgen"]
    except (ReportgenError, ValueError, KeyError, OSError):
        return False
    return bool(known["key"] == fresh["key"])


def _place_and_manifest(job: Job) -> tuple[Folder, dict[str, Any]]:
    from reportgen.datasets.dataset import manifest as files_of
    from reportgen.datasets.remote import dataset

    request = job.request
    moment = request.report.market.calendar.resolve(job.as_of, job.asked_at, request.report.window)
    files = [] if request.report.plain else files_of(dataset(job.data, moment))
    place = folder(job.out) / request.report.name / moment.label
    return place, manifest(
        replace(request.with_holdings(), edits=read_edits(place)),
        moment.asked,
        files,
        job.settings,
    )


def make(job: Job) -> Outcome:
    """The outcome of *job*.

    It is made in a process of its own where the system can fork,
    else by a stock kernel.
    """
    started = time.monotonic()
    try:
        verdict = _zygote(job).call(_produce, job) if fork.FORKS else _produce(job)
    except ReportgenError as error:
        return Outcome(
            job=job,
            state="failed",
            seconds=time.monotonic() - started,
            error=str(error),
            exit_code=error.exit_code,
        )
    return Outcome(
        job=job,
        state="made",
        seconds=time.monotonic() - started,
        verdict=verdict,
    )


def _produce(job: Job) -> str:
    from reportgen.produce.pipeline import produce

    return produce(job.request, job.out, now=job.asked_at, settings=job.settings).verdict


def warm(job: Job) -> None:
    """Start what all jobs like *job* share, so that the first need not wait."""
    if fork.FORKS:
        _zygote(job)


_zygotes: dict[tuple[str, str], Zygote] = {}
_until: dict[tuple[str, str], str] = {}
"""The last day for which each of them has read the lists of stocks, in ISO 8601."""
_started: list[Zygote] = []
_lock = threading.Lock()
_closing = threading.Event()


def _zygote(job: Job) -> Zygote:
    """The warm process for the report and data of *job*; replaced if it has died.

    Jobs come by day. The first one of a year to come has the process read on.
    """
    place = job.report, job.data
    with _lock:
        known = _zygotes.get(place)
        if known is not None and known.alive:
            if job.as_of > _until[place]:
                known.teach(_warm, job)
                _until[place] = _read_until(job)
            return known
        if known is not None:
            known.close()
        if _closing.is_set():
            raise KernelDied("The batch was stopped.")
        fresh = Zygote.start()
        _started.append(fresh)
        if not _closing.is_set():  # else who closes may have looked before this one was there
            fresh.teach(_warm, job)
        _zygotes[place], _until[place] = fresh, _read_until(job)
        return fresh


def _read_until(job: Job) -> str:
    return (dt.date.fromisoformat(job.as_of) + READ_ON).isoformat()


def reopen() -> None:
    """Let warm processes be started, after :func:`close`."""
    _closing.clear()


def close() -> None:
    """End the warm processes of this process and their briefs; start no more."""
    _closing.set()
    seen = list(_started)
    for zygote in seen:  # whoever waits for one of them lets go of the lock
        zygote.close()
    with _lock:
        for late in (zygote for zygote in _started if zygote not in seen):
            late.close()
        _zygotes.clear()
        _started.clear()


def warm_imports() -> None:
    """Import all that briefs of any kind share."""
    from reportgen.execute.kernel import PRELOAD

    for name in (
        *PRELOAD,
        "reportgen.execute.client",
        "reportgen.execute.shell",
        "reportgen.rendering.json",
        *ON_FIRST_USE,
    ):
        import_module(name)
    import_module(CHARTS).warm()


def _warm(job: Job) -> None:
    """Import, compile and read all that briefs of *job*'s kind share."""
    from reportgen.produce import auditing, pipeline, telling

    warm_imports()
    report = job.request.report
    telling.warm(report)
    if report.plain:
        return
    told_by(report)
    payloads()
    calendar = report.market.calendar
    tomorrow = min(dt.date.fromisoformat(job.as_of) + dt.timedelta(days=1), job.asked_at.date())
    # What is wrong with the data of one day is told by that day's brief.
    with suppress(ReportgenError):
        closed = replace(job, as_of=calendar.neighbours(tomorrow)[0].isoformat())
        source, data = pipeline.cut(closed.request, job.asked_at)
        for symbol in data.closes:
            data.instrument(symbol).sessions.is_session(tomorrow)
        read_again = auditing.location_of(source, data.closes, data.panel.members)
        auditing.warm(read_again, report.market.payload(), data.moment.session)
        _place_and_manifest(closed)


def progress(
    outcomes: Iterator[Outcome],
    total: int,
    say: Callable[[str], None],
) -> Iterator[Outcome]:
    """*outcomes*, with a line after each: how many, how fast, and the time left."""
    started, made = time.monotonic(), 0
    for done, outcome in enumerate(outcomes, 1):
        made += outcome.state != "kept"
        rate = made / max(time.monotonic() - started, 1e-9) * 60
        left = dt.timedelta(seconds=round((total - done) / rate * 60)) if made else "?"
        say(
            f"{done}/{total}  {rate:.0f} a minute  {left} left  {outcome.job.as_of} {outcome.state}"
        )
        yield outcome

"""What a run leaves that failed: its notebook, and the reasons on the gate's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reportgen.config.resources import tidy
from reportgen.core.errors import (
    ExecutionError,
    FactCheckError,
    Held,
    NarrativeError,
    RecordError,
    RenderError,
    ReportgenError,
)
from reportgen.execute.runner import Run
from reportgen.files.outputs import Folder
from reportgen.produce import writing
from reportgen.record.request import Request
from reportgen.verify.seal import EDITS, FAILED, FAILED_SEAL, GATE, RECORD, SEAL, seal_of

OLDER = "older"
"""Where the last good brief is moved when a run of the same moment fails.

So no one mistakes it for the current one.
"""
FAILURES = (ExecutionError, Held, FactCheckError, NarrativeError, RecordError, RenderError)
"""What can end a run once its notebook is there."""


@contextmanager
def evidence(
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
        found = writing.notebook_lines(seen[0]) if seen else run.output.read_bytes()
        notebook = tidy(found.decode()).encode()
        _set_aside(place)
        out = getattr(error.subject, "kept_out", ())
        files = {FAILED: notebook, GATE: _held(request, request.as_of, reasons, out)}
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


def leave_refusal(
    request: Request, reports: Folder, now: dt.datetime, error: ReportgenError
) -> None:
    """Leave the gate's page where the brief would be that these data cannot carry."""
    label = request.report.market.calendar.resolve(request.as_of, now, request.report.window).label
    place = reports / label
    _set_aside(place)
    place.write({GATE: _held(request, label, [str(error)])})


def _held(
    request: Request, label: str, reasons: Sequence[str], kept_out: tuple[str, ...] = ()
) -> bytes:
    """The gate's page of a brief that is not made."""
    from reportgen.verify import gate

    ruling = gate.Ruling(
        gate.Verdict.HOLD,
        (),
        tuple(tidy(reason) for reason in reasons),
        kept_out,
    )
    return gate.page(ruling, None, {"report": request.report.name, "as of": label}).encode()


def _reasons(error: ReportgenError) -> Sequence[str]:
    """Why a run failed, a line for each thing that a person can act on."""
    if isinstance(error, FactCheckError) and isinstance(error.subject, list):
        return [str(check) for check in error.subject]
    reasons: Sequence[str] = getattr(error.subject, "reasons", (str(error),))
    return reasons


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

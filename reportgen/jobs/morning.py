"""A morning: wait for the data, make the brief, and tell the owners what went wrong."""

from __future__ import annotations

import datetime as dt
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reportgen.config.resources import tidy
from reportgen.config.settings import Settings
from reportgen.core.errors import DataError, ReportgenError
from reportgen.jobs import schedule
from reportgen.produce.pipeline import produce
from reportgen.publish.alerts import alert, beat
from reportgen.publish.config import Config
from reportgen.record.request import Request
from reportgen.rendering.brief import Brief
from reportgen.sources.fetching import bring, held, unreached
from reportgen.sources.store import store_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """One brief to make unattended."""

    request: Request
    out: str
    """Where the briefs' folders are: a folder, or a URL."""
    config: Config
    settings: Settings
    clock: Callable[[], dt.datetime]
    say: Callable[[str], None]
    """What is printed for a person who looks on."""


def attended(morning: Morning, until: dt.datetime) -> Brief:
    """Make the brief once its data are there, or at *until* with what is there.

    The owners hear of whatever goes wrong.

    Raises:
        ReportgenError: No brief was made.
    """
    late = ""
    try:
        late = schedule.wait(lambda: looked(morning, until), until, morning.clock, time.sleep)
        if late:
            morning.say(f"the data were not there in time: {tidy(late)}")
        return _made(morning, late)
    except Exception as error:
        _tell_failure(morning, error, late)
        raise


def looked(morning: Morning, until: dt.datetime) -> str:
    """What is missing after an update of the store, where the data come from it."""
    request, why = morning.request, ""
    if request.data == "store":
        with suppress(DataError):
            report, path = request.asked, store_path()
            symbols = [*report.symbols, *held(report.beside, path)]
            why = unreached(bring(symbols, path, morning.clock))
    lacks = schedule.lacking(request, morning.clock())
    words = f"{why} {lacks}".strip()
    if lacks and morning.clock() < until:
        morning.say(f"waiting until {until:%H:%M %Z} at the latest: {tidy(words)}")
    return words if lacks else ""


def _made(morning: Morning, late: str) -> Brief:
    """The brief, once the owners were alerted to gaps and the heartbeat was sent."""
    request, config = morning.request, morning.config
    made = produce(request, morning.out, now=morning.clock(), settings=morning.settings)
    private = request.report.private
    gaps = f"{len(made.gaps)} parts" if private and made.gaps else ", ".join(made.gaps)
    if gaps or late:
        page = Path(made.folder) / "gate.txt"
        words = f"The brief was made without: {gaps or 'nothing'}.\n{late}\nSee {page}."
        subject = f"{request.report.name} of {request.as_of} is degraded"
        pages = [] if private else [page]
        _unsent(morning, alert(config, subject, words, pages, morning.clock()))
    told = {
        "at": morning.clock().isoformat(timespec="seconds"),
        "report": request.report.name,
        "session": made.record.context["moment"]["session"],
        "verdict": made.verdict,
    }
    for reason in beat(config, told):
        morning.say(reason)
    return made


def _tell_failure(morning: Morning, error: Exception, late: str) -> None:
    """Tell the owners that no brief was made: why, what is left of it, and what to do."""
    request, out, label = morning.request, morning.out, morning.request.as_of
    calendar, window = request.report.market.calendar, request.report.window
    with suppress(ReportgenError):
        label = calendar.resolve(request.as_of, morning.clock(), window).label
    place = Path(out) / request.report.name / label
    name, code = request.report.name, getattr(error, "exit_code", 1)
    command = f"reportgen run {name} --as-of {label} --data {request.data} --out {out}"
    trace = "".join(traceback.format_exception(error))
    words = (
        f"{name} of {label} was not made (exit code {code}).\n\n"
        f"{error}\n{late if late != str(error) else ''}\n\n"
        f"What to do: correct what the line above names, then call\n  {command}\n\n{trace}"
    )
    kept = "://" not in out and not request.report.private
    attached = [place / "gate.txt", place / "notebook.failed.ipynb"] if kept else []
    reasons = alert(morning.config, f"{name} of {label} failed", words, attached, morning.clock())
    _unsent(morning, reasons)


def _unsent(morning: Morning, reasons: list[str]) -> None:
    for reason in reasons:
        morning.say(f"the alert did not arrive: {reason}")

"""The calls for Python programs: run, render, check and read a brief.

The command line makes the same calls.

>>> import reportgen
>>> brief = reportgen.run("daily-recap", as_of="2025-01-08")    # doctest: +SKIP
>>> brief.verdict, brief.facts["spx.pct_change"].value          # doctest: +SKIP
('send', 0.0016)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen.files.scratch import Scratch
from reportgen.record.edits import Edits
from reportgen.record.request import FORMATS, Request, Value, load_report, located, text_of

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.rendering.brief import Brief
    from reportgen.verify.audit import Audit
    from reportgen.verify.factcheck import Check

Data = str | Path | Mapping[str, "pd.DataFrame"]
AsOf = str | dt.date | dt.datetime


def run(
    report: str,
    *,
    as_of: AsOf = "last-session",
    data: Data = "sample",
    parameters: Mapping[str, Value] | None = None,
    formats: Sequence[str] = FORMATS,
    out: str | Path = "out",
    lead: str = "",
    drop: Sequence[str] = (),
    paper: Literal["us-letter", "a4"] = "us-letter",
    profile: Literal["internal", "publish"] = "internal",
    engine: Literal["reportgen", "nbclient"] = "reportgen",
    progress: Callable[[str], None] | None = None,
) -> Brief:
    """Run a report and write its brief.

    Settings come from ``reportgen.toml`` in this folder or the nearest one above, as on the command
    line.

    Args:
        report: Its name, such as "daily-recap", or the path of a notebook.
        as_of: A day, which means its close; a moment (without an offset, in exchange time);
            or "last-session".
        data: "sample", "store", a folder or URL with a ``dataset.toml``, or DataFrames by role, see
            :mod:`reportgen.datasets.frames`: ``{"prices": frame}``.
        parameters: Those of the report that differ from their defaults.
        formats: Which of html, pdf, eml, txt and json are written.
        out: The folder or URL for the brief's folder, ``out/REPORT/LABEL``.
        lead: The finding that leads, "kind SYMBOL", instead of the highest-ranked one.
        drop: Findings that are left out.
        paper: The format of the PDF.
        profile: "publish" holds a brief that uses a source that may not be published.
        engine: What runs the notebook.
        progress: Called with the name of each stage as it begins.

    Returns:
        The brief. Its ``verdict`` is "send", or "degraded" where its ``gaps`` are named in it.

    Raises:
        RequestError: What is asked for does not exist, or has another form.
        DataError: Data for the brief are missing or wrong.
        ExecutionError: The notebook did not run to its end.
        Held: More is missing than the report's gate allows.
        FactCheckError: The facts do not prove a sentence.

    """
    from reportgen.produce.pipeline import produce
    from reportgen.publish.config import read_config

    settings = read_config().settings(paper=paper, profile=profile, engine=engine)
    with Scratch("data") as scratch:
        request = request_of(
            report,
            as_of=as_of,
            data=_place(data, scratch),
            parameters=parameters,
            formats=formats,
            lead=lead,
            drop=drop,
        )
        now = dt.datetime.now(dt.UTC)
        say = progress or (lambda _: None)
        return produce(request, str(out), now=now, settings=settings, say=say)


def request_of(
    report: str,
    *,
    as_of: AsOf,
    data: str,
    parameters: Mapping[str, Value] | None = None,
    formats: Sequence[str] = FORMATS,
    lead: str = "",
    drop: Sequence[str] = (),
) -> Request:
    """The request that :func:`run` makes of its arguments."""
    return Request(
        report=load_report(report),
        as_of=_moment(as_of),
        data=located(data),
        parameters={name: text_of(value) for name, value in (parameters or {}).items()},
        formats=tuple(formats),
        edits=Edits(lead=lead, drop=tuple(drop)),
    )


def render(
    brief: str | Path,
    *,
    lead: str = "",
    drop: Sequence[str] = (),
    formats: Sequence[str] = (),
    paper: Literal["us-letter", "a4"] = "us-letter",
    out: str | Path | None = None,
) -> Brief:
    """Compose and render a finished brief again, without running its notebook.

    It applies the ``edits.toml`` in its folder, and then the edits given here.

    Args:
        brief: The brief's folder, or the executed notebook in it.
        lead: The finding that leads, "kind SYMBOL".
        drop: Findings that are left out.
        formats: Which files are written; by default those that are there.
        paper: The format of the PDF.
        out: Another folder for the files. By default they replace those of the brief, which is
            sealed again.

    Raises:
        SealError: A file of the brief was changed since it was made.
        EditError: There is no such finding, or the brief cannot be written without it.

    """
    from reportgen.produce.again import render_again
    from reportgen.publish.config import read_config

    settings = read_config().settings(paper=paper)
    place = Path(out) if out is not None else None
    asked = Edits(lead=lead, drop=tuple(drop))
    return render_again(record_at(Path(brief)), asked, formats, settings, place)


def check(brief: str | Path) -> Sequence[Check]:
    """The statements of a finished brief that the facts do not prove; none if all are true.

    It compares the story with the record, and the files with the story.

    Args:
        brief: The brief's folder.

    Raises:
        SealError: A file was changed since the brief was made; a line for each.

    """
    from reportgen.produce.telling import check_folder
    from reportgen.publish.config import read_config

    return check_folder(Path(brief), read_config().sealing)


def audit(brief: str | Path, *, data: str | Path = "") -> Audit:
    """The audit of a finished brief: every fact computed again from the rows of its data.

    Another reader than that of the run reads the data, and the proofs of the beats compute the
    facts. Objections are in ``objections``; there are none if all facts are true.

    Args:
        brief: The brief's folder.
        data: The data that it was made from: "sample", "store", or a folder with a
            ``dataset.toml``. By default the sample or the store, if it was made from one of them.

    Raises:
        SealError: A file was changed since the brief was made.
        RecordError: The brief was made from a folder, and *data* does not name it.
        NoData: The data are not there.

    """
    from reportgen.produce.auditing import audit_again

    return audit_again(read_brief(brief), located(str(data)) if data else "")


def read_brief(brief: str | Path) -> Brief:
    """A finished brief, read from its folder: headline, facts, findings, verdict, gaps.

    Args:
        brief: The brief's folder.

    Raises:
        SealError: A file was changed since the brief was made.
        RecordError: The folder holds no finished brief.

    """
    from reportgen.produce.telling import read_finished
    from reportgen.publish.config import read_config

    return read_finished(Path(brief), read_config().sealing)


def record_at(place: Path) -> Path:
    """The executed notebook that *place* is, or that lies in that folder.

    A finished brief has its record, a failed run the notebook that it left.
    """
    from reportgen.verify.seal import FAILED, RECORD

    if not place.is_dir():
        return place
    record, failed = place / RECORD, place / FAILED
    return failed if failed.is_file() and not record.is_file() else record


def _moment(as_of: AsOf) -> str:
    """A moment as the command line writes it."""
    if isinstance(as_of, dt.datetime):
        return as_of.isoformat(" ", "minutes")
    return as_of.isoformat() if isinstance(as_of, dt.date) else as_of


def _place(data: Data, scratch: Path) -> str:
    """Where the data lie; DataFrames are written into *scratch*."""
    if isinstance(data, Mapping):
        from reportgen.datasets.frames import written

        return str(written(data, scratch))
    return str(data)

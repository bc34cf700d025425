"""A brief rendered again from its executed notebook, without running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.config.settings import Settings
from reportgen.core.errors import RecordError, UnknownReport
from reportgen.files.outputs import folder
from reportgen.produce import writing
from reportgen.produce.manifest import sealed, told_by
from reportgen.record.edits import Edits
from reportgen.record.foreign import kept_of
from reportgen.record.request import FORMATS, Report, load_report
from reportgen.verify.seal import FAILED, RECORD, verified, verified_failed

if TYPE_CHECKING:
    from reportgen.rendering.brief import Brief


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
    edits, edits_file = writing.merged_edits(place, asked)
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
    brief, files = telling.told(notebook, name, formats, settings, lambda _: None)
    if out is not None:
        private = "holdings" in brief.record.context
        return replace(brief, folder=str(out), files=folder(out, private=private).write(files))
    place = folder(source.parent, private="holdings" in brief.record.context)
    paths = writing.write_brief(place, brief, files, edits_file, settings)
    return replace(brief, folder=str(place), files=paths)


def _report_of(notebook: Mapping[str, Any]) -> Report | None:
    """The report of an executed *notebook*, where it is at hand."""
    from reportgen.produce import telling

    if kept_of(notebook):
        return None
    try:
        return load_report(telling.report_of(notebook))
    except UnknownReport:
        return None

"""A brief made again from the inputs in its record, compared byte for byte."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.config.settings import Settings
from reportgen.core.errors import RecordError
from reportgen.files.scratch import Scratch
from reportgen.produce import telling
from reportgen.produce.manifest import data_of, versions
from reportgen.produce.pipeline import produce
from reportgen.record.edits import Edits
from reportgen.record.foreign import kept_of
from reportgen.record.holdings import KEPT, Holdings, parsed
from reportgen.record.record import read_record
from reportgen.record.request import Request, load_report, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of it.

    The files that are the same, those that are not, and what about the machine
    is another than then.
    """

    same: tuple[str, ...]
    differ: tuple[str, ...]
    changed: tuple[str, ...]


def replay(source: Path, data: str = "") -> Replayed:
    """The brief in the folder *source*, made again from its inputs.

    Those of its store, or the sample, or *data*.

    Raises:
        RecordError: The record does not say what it was made from, or
            *data* are not those.
    """
    notebook = telling.read_notebook(source / "notebook.ipynb")
    kept = notebook["metadata"].get("reportgen", {})
    inputs: Mapping[str, Any] = kept.get("inputs", {})
    if alone := kept_of(notebook):
        raise RecordError(
            f"{source} shows the notebook {alone['file']}, which reads what it needs itself; run"
            " it again.",
            subject=source,
        )
    if not inputs:
        raise RecordError(
            f"{source}: its notebook does not say what the brief was made from.",
            subject=source,
        )
    told = [name for name in kept["files"] if name.startswith("brief.")]
    as_of = dt.datetime.fromisoformat(inputs["as_of"]).replace(tzinfo=dt.UTC)
    request = Request(
        report=load_report(inputs["report"]),
        as_of=inputs["as_of"],
        data=data or data_of(inputs["data"], source),
        parameters={name: text_of(value) for name, value in inputs["parameters"].items()},
        edits=Edits.from_payload(inputs["edits"]),
        holdings=_held(notebook),
        reader=inputs.get("reader", ""),
        formats=tuple(name.removeprefix("brief.") for name in told),
    )
    with Scratch("replay") as out:
        made = produce(
            request,
            out,
            now=as_of + dt.timedelta(days=2),
            settings=Settings(**inputs["settings"]),
        )
        again = {name: (Path(made.folder) / name).read_bytes() for name in told}
        fresh = json.loads((Path(made.folder) / "notebook.ipynb").read_bytes())["metadata"][
            "reportgen"
        ]["inputs"]
    if fresh["data"] != inputs["data"]:
        raise RecordError(
            f"{source}: these are not the data that the brief was made from;"
            " name them with --data.",
            subject=data,
        )
    then = {
        name: (source / name).read_bytes() if (source / name).is_file() else b"" for name in again
    }
    return Replayed(
        same=tuple(name for name in again if again[name] == then[name]),
        differ=tuple(name for name in again if again[name] != then[name]),
        changed=tuple(_changed(inputs, fresh)),
    )


def _held(notebook: Mapping[str, Any]) -> Holdings | None:
    """The holdings that the record of a private brief keeps."""
    kept = read_record(notebook).context.get("holdings")
    return parsed(kept["text"], KEPT) if kept else None


def _changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs from then: package versions, templates, the report's own files."""
    found = [
        f"{name} {then['versions'].get(name)}, now {version}"
        for name, version in versions()
        if then["versions"].get(name) != version
    ]
    return found + [name for name in ("templates", "report_files") if then[name] != now[name]]

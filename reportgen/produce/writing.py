"""The files of a finished brief, all of them sealed, written as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reportgen.config.resources import tidy
from reportgen.config.settings import Settings
from reportgen.core.facts import CHART_MEDIA
from reportgen.core.svg import picture
from reportgen.files.outputs import Folder
from reportgen.record.edits import FILE, Edits, file_of, read_edits
from reportgen.verify.seal import EDITS, FAILED, FAILED_SEAL, GATE, RECORD, SEAL, digest, seal_of

if TYPE_CHECKING:
    from reportgen.rendering.brief import Brief


def write_brief(
    place: Folder,
    brief: Brief,
    files: Mapping[str, bytes],
    edits_file: Mapping[str, bytes],
    settings: Settings,
) -> tuple[str, ...]:
    """Write all files of *brief*, sealed, and return where they are.

    No file of an earlier version of the brief is left beside them.
    """
    notebook = brief.notebook
    _illustrate(notebook, brief.svgs)
    sealed_files = {**files, GATE: gate_page(brief)}
    notebook["metadata"]["reportgen"].pop("adopted", None)
    edits = edits_file or ({EDITS: place.read(EDITS)} if EDITS in place.sizes() else {})
    kept: dict[str, Any] = notebook["metadata"]["reportgen"]
    kept["files"] = {name: digest(data) for name, data in {**sealed_files, **edits}.items()}
    record = notebook_lines(notebook)
    left = [name for name in place.sizes() if name.startswith("brief.")]
    return place.write(
        {
            **sealed_files,
            RECORD: record,
            **edits_file,
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


def gate_page(brief: Brief) -> bytes:
    """The gate's page of a finished brief: its verdict, its gaps, its data."""
    from reportgen.verify import gate

    moment = brief.record.context["moment"]
    ruling = gate.rule(brief.record, brief.record.policy)
    about = {
        "report": brief.report,
        "as of": moment["at"],
        "session": moment["session"],
        **_audited(brief.notebook),
    }
    return tidy(gate.page(ruling, brief.record, about)).encode()


def _audited(notebook: Mapping[str, Any]) -> dict[str, str]:
    """The line of the gate's page about the audit; none in briefs of older versions."""
    found = notebook["metadata"].get("reportgen", {}).get("audit")
    if not found:
        return {}
    own = f"; the notebook's own: {', '.join(found['own'])}" if found["own"] else ""
    return {"audit": f"{found['proven']} facts computed again from the data{own}"}


def first_edits(place: Folder, asked: Edits) -> tuple[Edits, dict[str, bytes]]:
    """The same of a brief that is made anew: where *place* has none, all that are *asked* for."""
    if read_edits(place) == Edits() and (asked.headline or asked.driver or asked.quote):
        return asked, {}  # as they were when the brief was first told
    return merged_edits(place, asked)


def merged_edits(place: Folder, asked: Edits) -> tuple[Edits, dict[str, bytes]]:
    """The edits kept in *place* with those *asked* for, and the file for new ones."""
    stored = read_edits(place)
    edits = stored.updated(asked)
    return edits, {FILE: file_of(edits, place)} if edits != stored else {}


def notebook_lines(notebook: Mapping[str, Any]) -> bytes:
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

"""Notebooks run by both engines of the contract, and what of the results the contract compares."""

from __future__ import annotations

import functools
import multiprocessing
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
GIVEN = {
    "symbol": "^RUT",
    "days": 12,
    "share": 0.25,
    "whole": {"a": [1, None]},
    "words": ["ä", "b"],
    "extra": True,
}
OPTIONS = {"parameters": {"parameters": GIVEN}, "never_ends": {"execution_timeout": 2}}
UNFINISHED = {"killed", "never_ends", "quit", "rejected_mime"}
"""Notebooks whose run ends between two cells' saves.

Papermill keeps nothing of them unless it saves at every cell.
"""

CERTAIN = {"killed": 1, "quit": 2}
"""Cells that are compared where a process ends.

How much of the next gets out of a stock kernel is a matter of milliseconds.
"""
MASKS = {
    r"\x1b\[[0-9;]*m": "",  # colours: traceback text is compared, not its look
    r"(?<=\(pid=)\d+(?=\))": "<process>",  # a warning of Python 3.12 and later names it
    r"(?<=at )0x[0-9a-f]+": "<address>",  # where an object lies in memory
    re.escape(tempfile.gettempdir()) + r"/ipykernel_\d+/\d+(?=\.py)": (
        "<cell>"
    ),  # named after the process and a checksum, of which each engine has its own
    r"(?<=\()\d+(?=\.py, line \d+\)$)": "<cell>",  # the same, in the message of a syntax error
}
ADDED = {"papermill-error-cell-tag", "injected-parameters"}
"""Tags of cells that papermill adds under identifiers made by chance."""
TIMES = ("start_time", "end_time", "duration")
ENGINE_FRAME = re.compile(r"File \S*/(ipykernel|reportgen/execute)/")
"""A frame of a traceback in an engine's own code."""


class Engine:
    """Papermill with one engine in a process of its own, as a stranger's program has it."""

    def __init__(self, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, name))
        self._process.start()

    def run(self, name: str, folder: Path) -> None:
        """Begin to run the notebook *name* in *folder*."""
        folder.mkdir()
        self._line.send((name, folder))

    def ended(self) -> dict[str, Any]:
        """How the run ended."""
        return self._line.recv()

    def close(self) -> None:
        """Let the process end."""
        self._line.send(None)
        self._process.join()
        self._line.close()


def _answer(line: Any, engine: str) -> None:
    import papermill

    from reportgen.execute.engine import ForkEngine

    os.environ.pop(
        "PYTEST_CURRENT_TEST", None
    )  # a stock kernel that sees it leaves the file descriptors alone
    ran_elsewhere = ForkEngine.fallbacks
    while asked := line.recv():
        name, folder = asked
        try:
            papermill.execute_notebook(
                NOTEBOOKS / f"{name}.ipynb",
                folder / "saved.ipynb",
                engine_name=engine,
                kernel_name="python3",
                cwd=folder,
                progress_bar=False,
                log_output=False,
                autosave_cell_every=0,
                request_save_on_cell_execute=name in UNFINISHED,
                **OPTIONS.get(name, {}),
            )
            line.send({"error": None})
            assert not ran_elsewhere, ran_elsewhere
        except Exception as error:  # noqa: BLE001 - it is what the contract compares
            line.send(_told(error))


def _told(error: Exception) -> dict[str, Any]:
    told = {
        name: masked(value)
        for name, value in vars(error).items()
        if name in ("ename", "evalue", "exec_count", "cell_index")
    }
    return {"error": type(error).__name__, **(told or {"says": masked(str(error))})}


def masked(value: Any, folder: Path | None = None) -> Any:
    """*value* without what differs between any two runs."""
    if isinstance(value, dict):
        return {key: masked(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, folder) for item in value]
    if not isinstance(value, str):
        return value
    if folder is not None:
        value = value.replace(str(folder), "<folder>")
    for pattern, instead in MASKS.items():
        value = re.sub(pattern, instead, value)
    return value


@functools.lru_cache(maxsize=2)
def saved(folder: Path) -> nbformat.NotebookNode:
    """The notebook as it was saved."""
    return nbformat.read(folder / "saved.ipynb", nbformat.NO_CONVERT)


def cells(folder: Path) -> list[dict[str, Any]]:
    """The saved cells with their sources, counts and outputs."""
    return [masked(_cell(cell), folder) for cell in saved(folder).cells[: CERTAIN.get(folder.name)]]


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kept = {key: cell[key] for key in ("cell_type", "source", "execution_count") if key in cell}
    added = ADDED & set(cell["metadata"].get("tags", []))
    return {
        "id": "<added>" if added else cell["id"],
        **kept,
        "outputs": _joined(cell.get("outputs", [])),
    }


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs with the text of neighbouring streams joined.

    A stock kernel cuts it by time, each stream by its own clock.
    """
    joined: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            if not joined or joined[-1]["output_type"] != "streams":
                joined.append({"output_type": "streams", "stdout": "", "stderr": ""})
            joined[-1][output["name"]] += output["text"]
        else:
            frames = [
                frame
                for frame in output.get("traceback", [])
                if not ENGINE_FRAME.search(masked(frame))
            ]
            joined.append(
                {**output, "traceback": frames} if "traceback" in output else dict(output)
            )
    return joined


def metadata(folder: Path) -> dict[str, Any]:
    """The metadata of the notebook and its cells, with times as "told" or None."""
    certain = [cell.metadata for cell in saved(folder).cells[: CERTAIN.get(folder.name)]]
    return masked(
        {
            "notebook": _timeless(saved(folder).metadata),
            "cells": [_timeless(each) for each in certain],
        },
        folder,
    )


def _timeless(found: dict[str, Any]) -> dict[str, Any]:
    papermill = {
        key: "told" if key in TIMES and value is not None else value
        for key, value in found.get("papermill", {}).items()
    }
    kept = {**found, "papermill": papermill}
    return kept | {"execution": sorted(found["execution"])} if "execution" in found else kept

"""How much a cell may put out."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from nbformat import NotebookNode

from reportgen.core.errors import OutputTooLarge

MOST = 20_000_000
"""Bytes that one cell may put out; the largest one that is shipped has a hundredth of it."""
KEPT = 2_000
"""Letters that are kept of a cell that puts out more."""


def size(cell: Any) -> int:
    """The bytes of what *cell* has put out."""
    return len(json.dumps(cell.get("outputs", ())))


def refuse(cell: Any) -> NoReturn:
    """Cut the outputs of *cell*, and say so there.

    Raises:
        OutputTooLarge: Always. It names the cell.
    """
    name = cell.get("id") or cell.source.partition("\n")[0]
    shown = "".join(str(one.get("text", "")) for one in cell.outputs[:1])[:KEPT]
    text = f"{shown}\n[cut here: the cell put out more than {MOST // 1_000_000} MB]\n"
    cell.outputs = [NotebookNode(output_type="stream", name="stdout", text=text)]
    raise OutputTooLarge(
        f"Cell '{name}' of the notebook put out more than {MOST // 1_000_000} MB; print less, or"
        " write it to a file.",
        subject=name,
    )

"""A desk as an author has it in an open notebook, and what its cells display."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from reportgen.authoring import desk as desks
from reportgen.authoring import open_desk
from reportgen.record.record import read_record

_OPENED: dict[str, object] = {}


@pytest.fixture
def author(monkeypatch):
    """A desk on the sample of January 8, 2025; ``shown`` has the outputs of its cells.

    ``record()`` reads back what they recorded.
    """
    shown: list[dict[str, object]] = []
    monkeypatch.setattr(desks, "_display", shown.append)
    if not _OPENED:
        first = open_desk(report="small-caps", data="sample", as_of="2025-01-08 18:00")
        _OPENED["market"] = first.market
    desk = desks.Desk(_OPENED["market"], "small-caps")
    desk.open()

    def record():
        kept = [*desk._outputs.values()]
        return read_record({"cells": [{"outputs": [{"data": one}]} for one in kept]})

    return SimpleNamespace(desk=desk, shown=shown, record=record)

"""What the browser searches: the briefs, and which words each contains."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from reportgen.publish.site.entries import VERDICTS, Entry, when


def briefs(entries: Sequence[Entry]) -> bytes:
    """The script that lists all *entries*, newest first, and their instruments."""
    names = dict(pair for entry in reversed(entries) for pair in entry.symbols)
    place = {symbol: number for number, symbol in enumerate(sorted(names))}
    rows = [_row(entry, place) for entry in entries]
    return _call("briefs", {"entries": rows, "symbols": sorted(names.items())})


def _row(entry: Entry, place: Mapping[str, int]) -> list[Any]:
    """What the browser knows of *entry*; instruments by their *place* in the list."""
    return [
        entry.key,
        entry.kind,
        when(entry.day),
        entry.title,
        entry.lead,
        VERDICTS[entry.verdict],
        [place[symbol] for symbol, _ in entry.symbols],
    ]


def words(entries: Sequence[Entry]) -> bytes:
    """The search index as a script: for every word, the *entries* that have it.

    Each as the distance from the one before.
    """
    found: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        for word in entry.words.split():
            found.setdefault(word, []).append(number)
    ordered = sorted(found)
    steps = [_steps(found[word]) for word in ordered]
    return _call("words", {"words": ordered, "steps": steps})


def _steps(numbers: Sequence[int]) -> list[int]:
    """The distance of each number from the one before, the first from 0."""
    return [after - before for before, after in pairwise([0, *numbers])]


def facts(key: str, rows: Sequence[Sequence[Any]]) -> bytes:
    """The script that tells the figures of one brief."""
    return _call("facts", {"key": key, "rows": rows})


def _call(name: str, data: Any) -> bytes:
    written = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return f"reportgenSite.{name}({written});\n".encode()

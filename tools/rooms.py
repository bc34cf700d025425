"""The picture of the rooms of the package: who imports whom, read from the source files.

A room is a package, or a module, directly below ``reportgen``. An arrow goes from a room to one
that it imports. An arrow that a chain of other arrows implies is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "reportgen"
NO_ROOM = ("__init__", "__main__", "renamed")
"""Modules at the top that are doors to the rooms, not rooms."""
DOOR = "rendering/exporter.py"
"""The entry point of nbconvert: it calls the pipeline from below, by design."""
BOX, LANE, GAP, ROW, MARGIN = (128, 38), 8, 28, 84, 24
"""Sizes in the picture: a room, the lane of an arrow beside rooms, what is between, a row."""

Graph = Mapping[str, frozenset[str]]


def room_of(module: str) -> str:
    """The room of a module below ``reportgen``, "" for none.

    The package ``beats`` is three rooms: what a record needs to know of it, its detectors and its
    proofs.
    """
    first, _, rest = module.partition(".")
    if first in NO_ROOM:
        return ""
    if first == "beats" and rest.endswith(".proof"):
        return "proofs"
    return "detectors" if first == "beats" and rest and not rest.startswith("spec") else first


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__" or len(parts) == 1)


def _imported(path: Path) -> set[str]:
    """The modules below ``reportgen`` that a file imports, anywhere in it."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "reportgen":
            found.update(f"reportgen.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name.removeprefix("reportgen.") for name in found if name.startswith("reportgen.")}


def imports() -> Graph:
    """For each room, the other rooms that it imports."""
    graph: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if room := room_of(_module(path)):
            graph.setdefault(room, set())
            if path != PACKAGE / DOOR:
                graph[room] |= {room_of(name) for name in _imported(path)}
    return {room: frozenset(below & graph.keys()) - {room} for room, below in graph.items()}


def levels(graph: Graph) -> dict[str, int]:
    """How many rooms lie below each room, counted along the longest chain of imports.

    Raises:
        ValueError: Rooms import each other in a circle.
    """
    found: dict[str, int] = {}
    while len(found) < len(graph):
        ready = [room for room in graph if room not in found and graph[room] <= found.keys()]
        if not ready:
            raise ValueError(f"These rooms import each other: {sorted(graph.keys() - found)}.")
        found |= {room: max((found[one] + 1 for one in graph[room]), default=0) for room in ready}
    return found


def reduced(graph: Graph) -> Graph:
    """The *graph* without the imports that a chain of others implies."""
    reach: dict[str, frozenset[str]] = {}
    for room in sorted(graph, key=levels(graph).__getitem__):
        reach[room] = graph[room].union(*(reach[one] for one in graph[room]))
    return {
        room: below - frozenset[str]().union(*(reach[one] for one in below))
        for room, below in graph.items()
    }


def _chains(graph: Graph) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each arrow, the points that it passes: a room, one point in each row between, a room."""
    level = levels(graph)
    return {
        (room, one): (
            room,
            *(f"{room} {one} {row}" for row in range(level[room] - 1, level[one], -1)),
            one,
        )
        for room in sorted(graph)
        for one in sorted(graph[room])
    }


def _places(graph: Graph) -> dict[str, tuple[float, int]]:
    """The centre of each room and of each point of an arrow: across, and its row from the top."""
    level = levels(graph)
    top = max(level.values())
    rows: list[list[str]] = [
        [room for room in graph if level[room] == top - i] for i in range(top + 1)
    ]
    above: dict[str, list[str]] = {}
    for chain in _chains(graph).values():
        for i, (start, end) in enumerate(pairwise(chain)):
            above.setdefault(end, []).append(start)
            if end not in graph:
                rows[top - level[chain[0]] + i + 1].append(end)
    places: dict[str, tuple[float, int]] = {}
    for row, names in enumerate(rows):
        mean = dict.fromkeys(names, 0.0)
        for name in names:
            if found := above.get(name):  # in the first row, or imported by name at run time
                mean[name] = sum(places[one][0] for one in found) / len(found)
        names.sort(key=lambda name: (mean[name], name))
        widths = [BOX[0] if name in graph else LANE for name in names]
        left = -(sum(widths) + GAP * (len(names) - 1)) / 2
        for name, width in zip(names, widths, strict=True):
            places[name] = (left + width / 2, row)
            left += width + GAP
    return places


def picture() -> str:
    """The rooms and their imports as an SVG, the room that imports the most at the top."""
    graph = reduced(imports())
    places = _places(graph)
    half = max(abs(x) for x, _ in places.values()) + BOX[0] / 2 + MARGIN
    width = round(2 * half)
    height = (max(row for _, row in places.values()) + 1) * ROW + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' role="img" font-family="sans-serif" font-size="15">'
    )
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#5b6b7b"/></marker></defs>'
    )
    lines = [
        head,
        "<title>The rooms of reportgen and their imports</title>",
        f"<desc>{escape(_told(graph))}</desc>",
        tip,
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<g fill="none" stroke="#5b6b7b" stroke-width="1.4" marker-end="url(#tip)">',
        *(_arrow([places[name] for name in chain], half) for chain in _chains(graph).values()),
        "</g>",
        '<g fill="#eef3f8" stroke="#24405c" text-anchor="middle">',
        *(_box(room, places[room], half) for room in sorted(graph)),
        "</g>",
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def _told(graph: Graph) -> str:
    """The arrows in words, for who does not see the picture."""
    rows = (f"{room} imports {', '.join(sorted(graph[room]))}" for room in sorted(graph))
    return ". ".join(row for row in rows if not row.endswith(" ")) + "."


def _box(room: str, place: tuple[float, int], half: float) -> str:
    x, y = half + place[0], MARGIN + place[1] * ROW
    return (
        f'<rect x="{x - BOX[0] / 2:.0f}" y="{y}" width="{BOX[0]}" height="{BOX[1]}" rx="6"/>'
        f'<text x="{x:.0f}" y="{y + 24}" fill="#1b2733" stroke="none">{escape(room)}</text>'
    )


def _arrow(points: Sequence[tuple[float, int]], half: float) -> str:
    """A curve through *points*, straight down past each row between its ends."""
    path = ""
    last = len(points) - 1
    for i, (place, row) in enumerate(points):
        x, top = round(half + place), MARGIN + row * ROW
        foot = top + BOX[1]
        if i == 0:
            path, start = f"M{x} {foot}", (x, foot)
            continue
        end = top - 2 if i == last else top
        middle = (start[1] + end) // 2
        path += f"C{start[0]} {middle} {x} {middle} {x} {end}"
        if i < last:
            path, start = f"{path}V{foot}", (x, foot)
    return f'<path d="{path}"/>'

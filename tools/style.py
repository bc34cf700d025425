"""Count how our code reads against that of four well-kept packages.

Widths, nested comprehensions, docstrings and types, of each wheel's Python files.
Exit code 1: ours is worse than the median of the four somewhere.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

ANCHORS = ("structlog", "httpx", "papermill", "great-tables")
OURS = Path(__file__).parents[1] / "reportgen"
WIDE = 100
ARGUMENTS = re.compile(
    r"^\s*(?:Args|Arguments|Parameters|Raises|Returns):?$|:param |:raises? ", re.MULTILINE
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted of one package; percentages but for the width and the comprehensions."""

    over: float
    """Lines of more than 100 columns, percent."""
    width: float
    """The width that 95 of 100 lines keep within, columns."""
    nested: float
    """Comprehensions within comprehensions, per thousand lines."""
    sections: float
    """Public functions and methods with arguments whose docstrings name them, percent."""
    typed: float
    """Functions with a written return type, percent."""


BETTER_HIGH = ("sections", "typed")


def count(sources: Sequence[str]) -> Counts:
    """What is counted of the files with those *sources*."""
    lines = [line for source in sources for line in source.splitlines() if line.strip()]
    widths = sorted(map(len, lines))
    trees = [ast.parse(source) for source in sources]
    functions = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    public = [one for one in functions if not one.name.startswith("_") and _arguments(one)]
    told = [one for one in public if ARGUMENTS.search(ast.get_docstring(one) or "")]
    return Counts(
        over=100 * sum(width > WIDE for width in widths) / len(widths),
        width=widths[int(0.95 * len(widths))],
        nested=1000 * sum(_nested(tree) for tree in trees) / len(lines),
        sections=100 * len(told) / max(1, len(public)),
        typed=100 * sum(one.returns is not None for one in functions) / max(1, len(functions)),
    )


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function takes something besides itself."""
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return bool([one for one in named if one.arg not in ("self", "cls")])


def _nested(tree: ast.AST) -> int:
    """How many comprehensions lie within another one."""
    outer = [node for node in ast.walk(tree) if isinstance(node, COMPREHENSIONS)]
    inner = {
        id(node)
        for one in outer
        for child in ast.iter_child_nodes(one)
        for node in ast.walk(child)
        if isinstance(node, COMPREHENSIONS)
    }
    return len(inner)


def wheels(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The name and the sources of each anchor; its wheel is downloaded into *folder*."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    for name in ANCHORS:
        if not list(folder.glob(f"{name.replace('-', '_')}-*.whl")):
            subprocess.run([*command, name], check=True)
        with zipfile.ZipFile(next(folder.glob(f"{name.replace('-', '_')}-*.whl"))) as wheel:
            files = [
                one for one in wheel.namelist() if one.endswith(".py") and "/tests/" not in one
            ]
            yield name, [wheel.read(one).decode() for one in files]


def main() -> None:
    """Print a table, and say where ours is worse than the median."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        found = {name: count(sources) for name, sources in wheels(folder)}
    ours = count([path.read_text(encoding="utf-8") for path in sorted(OURS.rglob("*.py"))])
    print(f"{'':<10}{'median':>9}{'ours':>9}  " + "".join(f"{name:>14}" for name in found))
    worse = []
    for field in (one.name for one in fields(Counts)):
        values = [getattr(one, field) for one in found.values()]
        median, own = statistics.median(values), getattr(ours, field)
        shown = "".join(f"{value:>14.1f}" for value in values)
        print(f"{field:<10}{median:>9.1f}{own:>9.1f}  {shown}")
        if own < median if field in BETTER_HIGH else own > median:
            worse.append(field)
    print(f"worse than the median: {', '.join(worse) or 'nothing'}")
    sys.exit(bool(worse))


if __name__ == "__main__":
    main()

"""The directions of the architecture: who may import whom."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "reportgen"
LEVELS = [
    "renamed",
    "core",
    "config files",
    "markets",
    "beats",
    "record statistics",
    "sources",
    "datasets",
    "detectors",
    "authoring",
    "execute story",
    "verify",
    "proofs",
    "rendering",
    "produce",
    "publish",
    "jobs",
    "api",
    "cli",
    "__main__",
]
LEVEL = {name: i for i, names in enumerate(LEVELS) for name in names.split()}
AFTER_THE_KERNEL = ("story", "verify", "rendering")
KERNEL_ONLY = {"statistics", "sources", "datasets", "detectors", "authoring"}
RAW = [PACKAGE / "verify" / "rows.py", *sorted(PACKAGE.glob("verify/raw/*.py"))]
READERS = {"duckdb", "exchange_calendars", "platformdirs"}
"""Libraries that the second reader of market data may use."""
PROOFS = sorted(PACKAGE.glob("beats/*/proof.py"))
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem != "__init__")


def modules(path: Path) -> set[str]:
    """The full names of all modules that *path* imports."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def room_of(module: str) -> str:
    """The room that a module below ``reportgen`` belongs to: its first name.

    Of beats, what a record needs to know is below it; detectors are above the data. Proofs are
    apart from both.
    """
    first, _, rest = module.partition(".")
    if first == "beats" and rest.endswith(".proof"):
        return "proofs"
    return "detectors" if first == "beats" and rest and not rest.startswith("spec") else first


def room(path: Path) -> str:
    """The room that *path* belongs to."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return room_of(".".join(part for part in parts if part != "__init__"))


def imports(path: Path) -> set[str]:
    """The rooms that *path* imports, at its top or inside its functions."""
    nodes = [
        n
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.ImportFrom) and n.module
    ]
    below = [f"{n.module}.{a.name}" for n in nodes for a in n.names if n.module == "reportgen"]
    names = [name for name in (*below, *(n.module for n in nodes)) if name.startswith("reportgen.")]
    return {room_of(name.removeprefix("reportgen.")) for name in names} - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downwards(path):
    """A room imports only rooms below it, or itself."""
    higher = {name for name in imports(path) if LEVEL[name] > LEVEL[room(path)]}
    allowed = (
        {"produce"} if path.name == "exporter.py" else set()
    )  # an entry point: nbconvert's door to the pipeline
    assert higher <= allowed


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if room(p) in AFTER_THE_KERNEL],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_nothing_after_the_kernel_can_compute_a_market_number(path):
    """Law 1: story, verify and rendering read the record alone."""
    assert not imports(path) & KERNEL_ONLY


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_command_line_asks_for_the_time(path):
    """Law 3; the one exception is an author at the keyboard, in a notebook outside any run."""
    calls = [
        n
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.Attribute) and n.attr in ("now", "today", "utcnow")
    ]
    assert not calls or room(path) in ("cli", "api", "authoring")


@pytest.mark.parametrize("path", [*RAW, *PROOFS], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_proof_shares_no_code_with_what_it_proves(path):
    """It imports the raw rows. These import each other, and what reads Parquet and calendars."""
    others = {name for name in modules(path) if name.split(".")[0] not in sys.stdlib_module_names}
    ours = {name for name in others if name.startswith("reportgen")}
    assert others - ours <= (READERS if path in RAW else set())
    assert all(name.startswith(("reportgen.verify.rows", "reportgen.verify.raw")) for name in ours)


@pytest.mark.parametrize("path", [*RAW, *PROOFS], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_proof_imports_by_name(path):
    """No module is imported by a call, and none by where it stands."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    relative = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
    called = {node.id for node in nodes if isinstance(node, ast.Name)}
    assert not relative
    assert not called & {"__import__", "import_module", "exec", "eval"}


def test_all_families_with_kinds_of_facts_of_their_own_have_a_proof():
    """Gauges and industries are told by levels and changes, which the session proves."""
    families = {path.parent.name for path in PACKAGE.glob("beats/*/beat.toml")}
    assert families - {path.parent.name for path in PROOFS} == {"gauges", "industries"}

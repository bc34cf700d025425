"""What all sections share.

How much is done, commands timed in turns, memory of process trees, and the numbers of a series.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent
BIN = Path(sys.executable).parent
NOTEBOOK = ROOT / "reports" / "small-caps" / "notebook.ipynb"
REPORT, AS_OF = "small-caps", "2025-01-08 13:00"
JOBS = 2
MB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is done."""

    cold: int = 9
    """Rounds of single commands."""
    batch: int = 3
    """Rounds of batches."""
    starts: int = 15
    """Rounds of bare starts."""
    crowds: int = 5
    """Rounds of a thousand readers."""
    briefs: int = 100
    """Briefs of a batch."""
    looped: int = 8
    """Briefs of the slow loops that have nothing to warm up."""
    sessions: int = 250
    symbols: tuple[int, ...] = (8, 100, 1_000, 10_000)
    years: tuple[int, ...] = (1, 5, 10, 25)
    wide_years: int = 10


QUICK = Plan(
    cold=1,
    batch=1,
    starts=3,
    crowds=1,
    briefs=10,
    looped=2,
    sessions=10,
    symbols=(8, 100, 300),
    years=(1, 3),
    wide_years=3,
)


@dataclass(kw_only=True)
class Bench:
    """One run of the benchmarks.

    Its plan, a folder that vanishes, and numbers of the cells that any section may need.
    """

    plan: Plan
    folder: Path
    places: int = 0
    datasets: dict[tuple[int, int], Path] = field(default_factory=dict)

    def place(self) -> Path:
        """A new empty folder."""
        self.places += 1
        found = self.folder / f"{self.places}"
        found.mkdir()
        return found


@dataclass(kw_only=True)
class Section:
    """What a section found: ratios by key, series by name with their unit, and tables."""

    ratios: dict[str, float] = field(default_factory=dict)
    series: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, unit: str, values: Sequence[float]) -> float:
        """Keep the series *name*; its median."""
        median = statistics.median(values)
        self.series[name] = {
            "unit": unit,
            "median": median,
            "min": min(values),
            "max": max(values),
            "rounds": len(values),
        }
        return median

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Keep a table."""
        self.tables.append(
            {"title": title, "head": list(head), "rows": [list(row) for row in rows]}
        )


def tool(name: str, *arguments: object) -> list[str]:
    """The command *name* of this environment."""
    return [str(BIN / name), *map(str, arguments)]


def python(*arguments: object) -> list[str]:
    """The command that runs this interpreter."""
    return [sys.executable, *map(str, arguments)]


def run(command: Sequence[str], folder: Path | None = None) -> str:
    """What *command* prints; an error that shows its last words where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return _answer(command, done.returncode, done.stdout, done.stderr)


def _answer(command: Sequence[str], code: int, out: str, err: str) -> str:
    if code:
        raise RuntimeError(f"exit {code}: {' '.join(command)}\n{out[-1000:]}{err[-3000:]}")
    return out


def seconds(*commands: Sequence[str], folder: Path | None = None) -> float:
    """Wall time of running *commands* one after the other."""
    started = time.perf_counter()
    for command in commands:
        run(command, folder)
    return time.perf_counter() - started


def in_turns(
    sides: Mapping[Any, Callable[[], float]], rounds: int, *, warm: bool = True
) -> dict[Any, list[float]]:
    """What each of *sides* returns in each round, the sides taking turns.

    By default after a round that does not count.
    """
    if warm:
        for side in sides.values():
            side()
    found: dict[Any, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            found[name].append(side())
    return found


def watched(
    command: Sequence[str],
    look: Callable[[psutil.Process], None],
    every: float,
    folder: Path | None = None,
) -> float:
    """Wall time of *command*, whose process is shown to *look* *every* so many seconds."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        shown = psutil.Process(process.pid)
        try:
            while process.poll() is None:
                look(shown)
                time.sleep(every)
        except BaseException:
            process.kill()
            raise
        wall = time.perf_counter() - started
        out, err = process.communicate()
    _answer(command, process.returncode, out, err)
    return wall


def peak_memory(*commands: Sequence[str], folder: Path | None = None) -> float:
    """The most memory in MB that *commands*, with all they start, hold at once.

    Pages that processes share count once.
    """
    peak = 0.0

    def look(process: psutil.Process) -> None:
        nonlocal peak
        peak = max(peak, sum(_share(one) for one in tree(process)) / MB)

    for command in commands:
        watched(command, look, 0.1, folder)
    return peak


def tree(process: psutil.Process) -> list[psutil.Process]:
    """The process and all that it has started."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _share(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):
        return 0


def environment() -> dict[str, Any]:
    """What the numbers depend on, without saying whose machine it is."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, Any] = {
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / (1 << 30):.0f} GB",
    }
    for name in (
        "reportgen",
        "papermill",
        "nbconvert",
        "pandas",
        "altair",
        "vl-convert-python",
        "duckdb",
        "distributed",
    ):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found

"""The branch coverage of each room by its own tests; it fails where one has less than 90 percent.

``python tools/coverage.py [ROOM...]`` runs ``tests/ROOM`` on ``reportgen/ROOM`` and prints a line a
room. What falls short is told line by line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("beats", "statistics", "story", "verify")
LEAST = 90
"""Percent of the lines and branches of a room that its own tests must reach."""
READERS = (
    "tests/beats/test_cases.py",
    "tests/beats/test_macro.py",
    "tests/beats/test_performance.py",
    "tests/datasets/test_known_then.py",
    "tests/datasets/test_ordinary_files.py",
    "tests/datasets/test_print_rows.py",
    "tests/datasets/test_prints_known.py",
    "tests/datasets/test_results_ahead.py",
    "tests/datasets/test_results_known.py",
    "tests/record/test_holdings.py",
    "tests/sources/test_prints.py",
)
WORDS = ("tests/verify/test_vouching.py", "tests/jobs/test_vouch.py")
MORE = {"verify": ("tests/oracle", *READERS, WORDS[1]), "story": WORDS}
"""Tests of a room in another folder: those that read files twice, and those of a story's words."""
OTHERS = "*/proof.py"
"""What the tests of another room run: proofs are read by those of the judge."""


def measured(room: str, scratch: Path) -> tuple[float, str]:
    """The branch coverage of *room* in percent, and what its own tests do not reach.

    Raises:
        SystemExit: One of the tests failed.
    """
    fresh = {"XDG_CACHE_HOME": str(scratch / f"{room}-cache")}  # what is kept is not computed
    env = {**os.environ, "COVERAGE_FILE": str(scratch / room), **fresh}
    python = [sys.executable, "-m", "coverage"]
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{room}", *MORE.get(room, ())]
    tests += [f"--basetemp={scratch / f'{room}-files'}"]
    run = partial(subprocess.run, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    told = run(
        [*python, "run", "--branch", f"--source=reportgen/{room}", f"--omit={OTHERS}", *tests]
    )
    if told.returncode:
        raise SystemExit(f"{told.stdout}{told.stderr}\nThe tests of {room} failed.")
    report = run([*python, "report", "--show-missing", "--skip-covered"]).stdout
    total = run([*python, "report", "--format=total", "--precision=1"]).stdout
    return float(total), report


def main(rooms: list[str]) -> int:
    """Print a line a room; 1 where one falls short."""
    rooms = rooms or list(ROOMS)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        found = list(pool.map(partial(measured, scratch=Path(folder)), rooms))
    for room, (percent, report) in zip(rooms, found, strict=True):
        print(f"{room:<12}{percent:5.1f}% of lines and branches, by tests/{room}")
        if percent < LEAST:
            print(f"{report}\n{room} has less than {LEAST}%.")
    return int(any(percent < LEAST for percent, _ in found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Compare a whole brief with plain papermill and nbconvert on the same notebook, in one run, and write the table.

The two sides take turns; each figure is a median. Ours also tells, checks and renders five formats; theirs runs the
notebook and makes one HTML file. The ratio is what counts: both sides share the machine and its moods.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ROUNDS = 5


def seconds(*commands: list[str]) -> float:
    """Wall time of running *commands* one after the other."""
    started = time.perf_counter()
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Run the rounds and write ``benchmarks/results.md``."""
    notebook = str(ROOT / "reports" / "small-caps" / "notebook.ipynb")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        executed = f"{folder}/executed.ipynb"
        brief = [str(BIN / "reportgen"), "run", "small-caps", "--as-of", "2025-01-08 13:00", "--out", folder]
        run = [str(BIN / "papermill"), "--no-progress-bar", notebook, executed]
        convert = [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", executed]
        seconds(brief)
        for _ in range(ROUNDS):
            ours.append(seconds(brief))
            theirs.append(seconds(run, convert))
    rows = [("reportgen run, five formats", ours), ("papermill + nbconvert, HTML only", theirs)]
    ratio = statistics.median(ours) / statistics.median(theirs)
    lines = ["# Results", "", f"Python {platform.python_version()}, {os.cpu_count()} cores, {ROUNDS} rounds in turns.", "",
             "| work | median s | least s | most s |", "|---|---|---|---|"]  # fmt: skip
    lines += [f"| {name} | {statistics.median(t):.2f} | {min(t):.2f} | {max(t):.2f} |" for name, t in rows]
    lines += ["", f"A whole brief takes {ratio:.2f} times what papermill and nbconvert take for the bare notebook."]
    (ROOT / "benchmarks" / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

"""An author at work: a saved story, and a saved notebook, until the page of the preview is new."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from measure import Bench, Section, run, tool

REPORT, AS_OF = "desk-recap", "2025-01-08"
PATIENCE = 60.0


def editing(bench: Bench) -> Section:
    """A daily recap in a desk, on the sample: each save of a file, until its page is served."""
    found, desk = Section(), bench.place() / "desk"
    run(tool("reportgen", "init", desk))
    report = desk / "reports" / REPORT
    command = tool("reportgen", "preview", REPORT, "--watch", "--no-open", "--as-of", AS_OF)
    with subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE, text=True) as preview:
        try:
            assert preview.stdout is not None
            address = preview.stdout.readline().strip()
            number = _next(address, 0)
            walls: dict[str, list[float]] = {}
            edits: dict[str, Callable[[int], None]] = {
                "story": lambda place: _save(report / "story.j2", f"{{# {place} #}}\n"),
                "notebook": lambda place: _save(report / "notebook.ipynb", " " * (place + 1)),
            }
            for name, edit in edits.items():
                for place in range(bench.plan.cold + 1):
                    started = time.perf_counter()
                    edit(place)
                    number = _next(address, number)
                    if place:  # the first is warm-up
                        walls.setdefault(name, []).append(time.perf_counter() - started)
        finally:
            preview.send_signal(signal.SIGINT)
    cells = _cells(desk)
    story = found.add("a saved story, until the page is new", "s", walls["story"])
    whole = found.add("a saved notebook, until the page is new", "s", walls["notebook"])
    found.add("the cells of that notebook", "s", [cells])
    found.ratios |= {"story_edit_s": story, "notebook_edit_s": whole - cells}
    return found


def _save(file: Path, more: str) -> None:
    """Add blanks or a comment to the end of *file*, as a save by an editor would."""
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")


def _next(address: str, before: int) -> int:
    """The number of the draft after *before*, once it is served."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with urlopen(f"{address}state.json") as answer:
            number = int(json.load(answer)["number"])
        if number > before:
            with urlopen(f"{address}page.html") as answer:
                answer.read()
            return number
        time.sleep(0.01)
    raise RuntimeError(f"no draft after {before} in {PATIENCE:.0f} seconds")


def _cells(desk: Path) -> float:
    """The seconds that the cells of the notebook take."""
    run(tool("reportgen", "run", REPORT, "--as-of", AS_OF, "--format", "html"), desk)
    record = desk / "out" / REPORT / AS_OF / "notebook.ipynb"
    cells = json.loads(record.read_text(encoding="utf-8"))["cells"]
    return sum(cell["metadata"].get("papermill", {}).get("duration") or 0.0 for cell in cells)

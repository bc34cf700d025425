"""Sections of one brief at a time: cold commands side by side, wide and long data, imports."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from markets import dataset
from measure import (
    AS_OF,
    HERE,
    MB,
    NOTEBOOK,
    REPORT,
    Bench,
    Section,
    in_turns,
    peak_memory,
    python,
    run,
    seconds,
    tool,
)

CELL = re.compile(r"cell[ -]\d+")


def ours(out: Path, *options: object) -> list[str]:
    """The command that makes our brief."""
    return tool("reportgen", "run", REPORT, "--as-of", AS_OF, "--out", out, *options)


def theirs(executed: Path, *options: str) -> tuple[list[str], list[str]]:
    """The two commands that make the stock page."""
    return (
        tool("papermill", "--no-progress-bar", *options, NOTEBOOK, executed),
        tool("jupyter", "nbconvert", "--to", "html", "--no-input", executed),
    )


def cold(bench: Bench) -> Section:
    """Commands that begin with nothing, in turns."""
    found, place = Section(), bench.place()
    sides: dict[str, Sequence[list[str]]] = {
        "papermill + nbconvert": theirs(place / "executed.ipynb"),
        "plain script": [python(HERE / "plain_script.py", place / "plain.html")],
        "reportgen run, page": [ours(place / "page", "--format", "html")],
        "reportgen run, all six files": [ours(place / "all")],
    }
    memory = {
        name: peak_memory(*commands, folder=place) for name, commands in sides.items()
    }  # the round that does not count
    _same_page(place)
    rounds = {name: partial(seconds, *commands, folder=place) for name, commands in sides.items()}
    stock, script, page, everything = (
        found.add(name, "s", walls)
        for name, walls in in_turns(rounds, bench.plan.cold, warm=False).items()
    )
    found.ratios = {
        "cold_page_vs_papermill": page / stock,
        "cold_page_vs_script": page / script,
        "cold_all_vs_papermill": everything / stock,
    }
    found.table(
        "Most memory at once, of all processes of a side, shared pages counted once",
        ("side", "MB"),
        [(name, round(value)) for name, value in memory.items()],
    )
    return found


def _same_page(place: Path) -> None:
    """Raise unless the script's page equals ours up to the appendix.

    Only the numbers of cells may differ.
    """
    brief = next((place / "page").rglob("brief.html"))
    script, page = (
        CELL.sub("", path.read_text(encoding="utf-8").partition('<details id="appendix">')[0])
        for path in (place / "plain.html", brief)
    )
    if script != page:
        raise RuntimeError(
            "the plain script does not make the same page as reportgen; what it is compared with is"
            " not the same work"
        )


def _page_of(bench: Bench, data: Path) -> partial[float]:
    return partial(seconds, ours(bench.place(), "--format", "html", "--data", data))


def _size(data: Path) -> str:
    return f"{(data / 'daily.parquet').stat().st_size / MB:.1f} MB"


def wide(bench: Bench) -> Section:
    """A page from many symbols, few of them needed, against the same page from few."""
    found, plan = Section(), bench.plan
    sides = {count: dataset(bench, count, plan.wide_years) for count in (max(plan.symbols), 60)}
    walls = in_turns({count: _page_of(bench, data) for count, data in sides.items()}, plan.cold)
    names = {
        count: f"page, {count:,} symbols x {plan.wide_years} years ({_size(data)} Parquet)"
        for count, data in sides.items()
    }
    most, least = (found.add(names[count], "s", walls[count]) for count in sides)
    found.ratios["wide_data_ratio"] = most / least
    found.table(
        "Most memory at once",
        ("data", "MB"),
        [
            (
                f"{count:,} symbols",
                round(peak_memory(ours(bench.place(), "--format", "html", "--data", data))),
            )
            for count, data in sides.items()
        ],
    )
    return found


def scaling(bench: Bench) -> Section:
    """A page from ever more symbols, and from ever longer histories of the same ones."""
    found, plan = Section(), bench.plan
    data = {
        f"{count:,} symbols x {plan.wide_years} years": dataset(bench, count, plan.wide_years)
        for count in plan.symbols
    }
    data |= {f"28 symbols x {years} years": dataset(bench, 28, years) for years in plan.years}
    walls = in_turns({name: _page_of(bench, folder) for name, folder in data.items()}, plan.cold)
    for name, values in walls.items():
        found.add(f"page, {name} ({_size(data[name])})", "s", values)
    return found


def imports(bench: Bench) -> Section:
    """What the command line imports before it does anything."""
    found = Section()
    sides = {
        "python -c pass": partial(seconds, python("-c", "pass")),
        "python -c 'import reportgen.cli'": partial(seconds, python("-c", "import reportgen.cli")),
        "reportgen --help": partial(seconds, tool("reportgen", "--help")),
    }
    bare, _, helped = (
        found.add(name, "s", walls) for name, walls in in_turns(sides, bench.plan.starts).items()
    )
    run(python("-c", "import reportgen.cli"))
    traces = [_trace() for _ in range(bench.plan.starts)]
    ours_only = [sum(own for own, _ in trace.values()) / 1000 for trace in traces]
    total = found.add("imports of reportgen.cli, by -X importtime", "ms", ours_only)
    found.table(
        "Start of the command line",
        ("what", "ms"),
        [
            ("reportgen --help, less python -c pass", round((helped - bare) * 1000)),
            ("imports alone", round(total)),
        ],
    )
    own = {
        name: statistics.median(t[name][0] for t in traces if name in t) / 1000
        for name in traces[0]
    }
    with_all = {
        name: statistics.median(t[name][1] for t in traces if name in t) / 1000
        for name in traces[0]
    }
    costliest = sorted(own, key=lambda name: -own[name])[:10]
    found.table(
        "The ten costliest modules, medians",
        ("module", "itself, ms", "with what it imports, ms"),
        [(name, round(own[name], 1), round(with_all[name], 1)) for name in costliest],
    )
    return found


def _trace() -> dict[str, tuple[int, int]]:
    """Import times of the modules that ``import reportgen.cli`` adds to a bare start.

    Microseconds, own and cumulative.
    """
    traced = []
    for code in ("pass", "import reportgen.cli"):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", code],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \| +(\S+)", done.stderr)
        traced.append({name: (int(own), int(cumulative)) for own, cumulative, name in rows})
    bare, full = traced
    return {name: times for name, times in full.items() if name not in bare}

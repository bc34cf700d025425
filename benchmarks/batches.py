"""Sections of many briefs: throughput side by side, growth over a long backfill, Dask."""

from __future__ import annotations

import datetime as dt
import importlib.util
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psutil
from measure import (
    HERE,
    JOBS,
    MB,
    REPORT,
    Bench,
    Section,
    in_turns,
    python,
    run,
    seconds,
    tool,
    tree,
    watched,
)
from single import theirs

LAST = dt.date(2024, 12, 31)
START_STOP = """
import time
from reportgen.produce.executors import executor
if __name__ == "__main__":
    began = time.perf_counter()
    with executor("dask", 2) as pool:
        pool.submit(int).result()
    print(time.perf_counter() - began)
"""


def sessions(count: int) -> list[dt.date]:
    """The last so many sessions of the year."""
    from reportgen.markets import market

    calendar = market("us").calendar

    return calendar.sessions(dt.date(2023, 1, 3), LAST)[-count:]


def backfill(count: int, out: Path, *options: object) -> list[str]:
    """The command that makes the briefs of the last *count* sessions."""
    days = ("--from", sessions(count)[0], "--to", LAST)
    return tool("reportgen", "backfill", REPORT, *days, "--jobs", JOBS, "--out", out, *options)


def _backfilled(bench: Bench, count: int, *options: object) -> float:
    """Briefs a minute of one backfill, from the start of the command to its end."""
    out = bench.place()
    wall = seconds(backfill(count, out, *options))
    _whole(out, "notebook.ipynb", count)
    return count / wall * 60


def _whole(out: Path, name: str, count: int) -> None:
    made = len(list(out.rglob(name)))
    if made != count:
        raise RuntimeError(f"{made} files {name} were made, {count} were asked for")
    shutil.rmtree(out)


def _stock(bench: Bench, count: int) -> float:
    """Briefs a minute of two loops over papermill and nbconvert."""
    out = bench.place()

    def loop(days: Sequence[dt.date]) -> None:
        for day in days:
            for command in theirs(out / f"{day}.ipynb", "-p", "as_of", str(day)):
                run(command, out)

    days = sessions(count)
    started = time.perf_counter()
    with ThreadPoolExecutor(JOBS) as loops:  # which only wait for the commands
        list(loops.map(loop, [days[n::JOBS] for n in range(JOBS)]))
    wall = time.perf_counter() - started
    _whole(out, "*.html", count)
    return count / wall * 60


def _script(bench: Bench, count: int) -> float:
    """Briefs per minute of two warm processes that loop over the work of the plain script.

    Their start is not counted.
    """
    out, days = bench.place(), sessions(count)
    commands = [
        python(HERE / "plain_script.py", "--loop", out, *days[n::JOBS]) for n in range(JOBS)
    ]
    loops = [
        subprocess.Popen(c, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for c in commands
    ]
    try:
        for one in loops:
            if not one.stdout or one.stdout.readline() != "ready\n":
                raise RuntimeError("the plain script did not get ready")
        started = time.perf_counter()
        for one in loops:
            if one.stdin:
                one.stdin.write("go\n")
                one.stdin.flush()
        codes = [one.wait() for one in loops]
        wall = time.perf_counter() - started
    finally:
        for one in loops:
            one.kill()
            one.communicate()
    if any(codes):
        raise RuntimeError(f"the plain script ended with {codes}")
    _whole(out, "brief.html", len(days))
    return len(days) / wall * 60


def _in_turns(
    bench: Bench, sides: Mapping[str, tuple[int, Callable[[int], float]]]
) -> dict[str, list[float]]:
    """Briefs a minute of each of *sides* in each round, after a short one that does not count.

    Each has its number of briefs.
    """
    for _, side in sides.values():
        side(JOBS)
    return in_turns(
        {f"{name}, {count} briefs": partial(side, count) for name, (count, side) in sides.items()},
        bench.plan.batch,
        warm=False,
    )


def batch(bench: Bench) -> Section:
    """Briefs a minute, two at a time."""
    found, plan = Section(), bench.plan
    sides: dict[str, tuple[int, Callable[[int], float]]] = {
        "two loops of papermill + nbconvert": (plan.looped, lambda count: _stock(bench, count)),
        "two warm plain scripts": (plan.briefs, lambda count: _script(bench, count)),
        "reportgen backfill, page": (
            plan.briefs,
            lambda count: _backfilled(bench, count, "--format", "html"),
        ),
        "reportgen backfill, all six files": (plan.briefs, lambda count: _backfilled(bench, count)),
    }
    walls = _in_turns(bench, sides)
    stock, script, page, everything = (
        found.add(name, "briefs a minute", values) for name, values in walls.items()
    )
    found.ratios = {
        "batch_page_vs_papermill": page / stock,
        "batch_page_vs_script": page / script,
        "batch_all_vs_papermill": everything / stock,
    }
    return found


class Watch:
    """What is seen of a running backfill.

    Finished briefs with the parent's memory, and the most memory of each kind of process.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._looks = 0
        self.parent: list[tuple[int, float]] = []
        self.peaks: dict[str, list[float]] = {}

    def look(self, process: psutil.Process) -> None:
        """Look once; at the other processes every fifth time."""
        try:
            resident = process.memory_info().rss / MB
        except psutil.Error:
            return
        if resident:  # a process that has ended has none
            self.parent.append((sum(1 for _ in self._out.glob("*/*/notebook.ipynb")), resident))
        self._looks += 1
        if self._looks % 5 == 0:
            for one in tree(process):
                self._note(process.pid, one)

    def _note(self, parent: int, one: psutil.Process) -> None:
        try:
            memory = one.memory_full_info()
            command = " ".join(one.cmdline())
            above = one.ppid()
            if one.pid == parent:
                kind = "parent"
            elif "reportgen.execute.renderer" in command:
                kind = "renderer"
            elif above == parent:
                kind = "zygote"
            else:
                kind = "a brief" if psutil.Process(above).ppid() == parent else "a brief's kernel"
        except (psutil.Error, OSError):
            return
        seen = (memory.rss / MB, memory.pss / MB, memory.uss / MB)
        self.peaks[kind] = [
            max(pair) for pair in zip(seen, self.peaks.get(kind, seen), strict=True)
        ]


def growth(bench: Bench) -> Section:
    """One long backfill: do briefs get slower or the parent larger, and where does memory go."""
    found, out, count = Section(), bench.place(), bench.plan.sessions
    watch = Watch(out)
    began = time.time()
    watched(backfill(count, out, "--format", "html"), watch.look, 0.05)
    ends = sorted(path.stat().st_mtime for path in out.rglob("notebook.ipynb"))
    spans = [
        later - earlier for earlier, later in zip(ends, ends[JOBS:], strict=False)
    ]  # as many briefs as run at once
    fifth = len(spans) // 5
    first, last = (
        found.add("a brief, first fifth", "s", spans[:fifth]),
        found.add("a brief, last fifth", "s", spans[-fifth:]),
    )
    early = next(memory for done, memory in watch.parent if done >= min(10, count // 2))
    found.ratios = {
        "growth_last_over_first": last / first,
        "parent_growth_mb": watch.parent[-1][1] - early,
    }
    numbers = [n for n in (1, 10, 50, 250) if n <= len(ends)]
    found.table(
        "Cost against the number of sessions, start-up included",
        ("briefs", "s in all", "s a brief"),
        [(n, round(ends[n - 1] - began, 2), round((ends[n - 1] - began) / n, 3)) for n in numbers],
    )
    kinds = [
        kind
        for kind in ("parent", "zygote", "renderer", "a brief", "a brief's kernel")
        if kind in watch.peaks
    ]
    found.table(
        "Peak memory of each process in MB",
        ("process", "resident", "its share (shared pages divided)", "its alone"),
        [(kind, *map(round, watch.peaks[kind])) for kind in kinds],
    )
    shutil.rmtree(out)
    return found


def dask(bench: Bench) -> Section:
    """The same backfill through a Dask cluster of this machine."""
    found = Section()
    if importlib.util.find_spec("distributed") is None:
        found.table("Dask", ("what", ""), [("distributed", "not installed")])
        return found
    script = bench.place() / "start_stop.py"
    script.write_text(START_STOP, encoding="utf-8")
    starts = in_turns({"": lambda: float(run(python(script)))}, bench.plan.batch)
    found.add("start and stop of the cluster", "s", starts[""])
    count = bench.plan.briefs
    sides: dict[str, tuple[int, Callable[[int], float]]] = {
        "backfill, page, --executor local": (
            count,
            lambda count: _backfilled(bench, count, "--format", "html"),
        ),
        "backfill, page, --executor dask": (
            count,
            lambda count: _backfilled(bench, count, "--format", "html", "--executor", "dask"),
        ),
    }
    local, cluster = (
        found.add(name, "briefs a minute", values)
        for name, values in _in_turns(bench, sides).items()
    )
    extra = count * 60 * (1 / cluster - 1 / local)
    found.table(
        "Cost of Dask, the cluster's start and stop included",
        ("what", "s"),
        [(f"for {count} briefs", round(extra, 2)), ("a brief", round(extra / count, 3))],
    )
    return found

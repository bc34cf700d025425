"""A thousand personal pages from one record.

As a script: ``personal.py WARM RECORD OUT COUNT SWITCHES`` prints the seconds.

Beside them it prints what the disk alone takes: as many files of the size of a page, written by a
bare loop.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import time
from pathlib import Path

from measure import AS_OF, HERE, MB, REPORT, Bench, Section, in_turns, python, run, tool

READERS = 1_000
BEFORE = "2025-01-07"
"""The session of the brief that warms the process."""


def personal(bench: Bench) -> Section:
    """Personal pages, each round in a process that has made another session's page before."""
    found, place = Section(), bench.place()
    for moment in (BEFORE, AS_OF):
        run(
            tool(
                "reportgen",
                "run",
                REPORT,
                "--as-of",
                moment,
                "--format",
                "html",
                "--out",
                place / moment[:10],
            )
        )
    warm, record = (
        next((place / moment[:10]).rglob("notebook.ipynb")) for moment in (BEFORE, AS_OF)
    )

    def pages(switches: int) -> float:
        out = bench.place()
        taken, bare = map(
            float, run(python(HERE / "personal.py", warm, record, out, READERS, switches)).split()
        )
        written = [path.stat().st_size for path in (out / "pages").rglob("brief.html")]
        if len(written) != READERS:
            raise RuntimeError(f"{len(written)} pages were written, {READERS} were asked for")
        sizes[switches] = sum(written) / MB
        floor.append(bare)
        shutil.rmtree(out)
        return taken

    sizes: dict[int, float] = {}
    floor: list[float] = []
    walls = in_turns({3: lambda: pages(3), 5: lambda: pages(5)}, bench.plan.crowds)
    for switches, values in walls.items():
        name = (
            f"{READERS:,} pages, {2**switches} different ones ({sizes[switches]:,.0f} MB written)"
        )
        median = found.add(name, "s", values)
        found.ratios.setdefault("personal_1000_s", median)
    found.add(
        f"for comparison: {READERS:,} files of that size written by a bare loop", "s", floor[2:]
    )
    return found


def main(warm: str, record: str, out: str, count: str, switches: str) -> None:
    """Write *count* pages told from the notebook *record* after one told from *warm*.

    Print the seconds of the former.
    """
    from reportgen.config.settings import Settings
    from reportgen.files.outputs import folder
    from reportgen.produce import telling
    from reportgen.publish.mail.personal import editions, written
    from reportgen.publish.recipients import Recipient
    from reportgen.record.request import Request, load_report

    request = Request(report=load_report(REPORT), as_of=AS_OF, formats=("html",))
    views = [name for name, parameter in request.report.parameters.items() if parameter.view][
        : int(switches)
    ]
    choices = list(itertools.product(("true", "false"), repeat=len(views)))
    readers = [
        Recipient(
            address=f"reader{n:05d}@example.com",
            name=f"Reader Number {n:05d}",
            parameters=dict(zip(views, choices[n % len(choices)], strict=True)),
        )
        for n in range(int(count))
    ]
    list(editions(telling.read_notebook(Path(warm)), readers[:1], request, Settings()))
    notebook = telling.read_notebook(Path(record))
    os.sync()  # what others have left to write is not to be waited for here
    started = time.perf_counter()
    place = folder(f"{out}/pages")
    for _ in written(place, editions(notebook, readers, request, Settings())):
        pass
    taken = time.perf_counter() - started
    print(
        taken,
        _bare(
            Path(out) / "bare",
            (Path(out) / "pages" / readers[0].folder / "brief.html").read_bytes(),
            len(readers),
        ),
    )


def _bare(folder: Path, page: bytes, count: int) -> float:
    os.sync()
    started = time.perf_counter()
    for number in range(count):
        place = folder / str(number)
        place.mkdir(parents=True)
        (place / "brief.html").write_bytes(page)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The benchmarks of reportgen.

``run.py [SECTION...]`` measures, prints and writes ``results.json`` and ``results.md``.

A section may be run again alone: its numbers replace the old ones, those of the others stay.
``--quick`` is for trying it out: one small round, written nowhere unless ``--out`` names a folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import batches
import book
import delivery
import editing
import lists
import single
from measure import HERE, QUICK, ROOT, Bench, Plan, Section, environment
from personal import personal
from table import TARGETS, page

SECTIONS: dict[str, Callable[[Bench], Section]] = {
    "cold": single.cold,
    "batch": batches.batch,
    "growth": batches.growth,
    "personal": personal,
    "book": book.book,
    "wide": single.wide,
    "scaling": single.scaling,
    "dask": batches.dask,
    "imports": single.imports,
    "mail": delivery.mail,
    "site": delivery.site,
    "lists": lists.lists,
    "editing": editing.editing,
}


def main() -> None:
    """Run the sections asked for and write what they found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; all by default"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one small round, written nowhere without --out"
    )
    parser.add_argument(
        "--out", type=Path, help="where results.json and results.md go; benchmarks by default"
    )
    given = parser.parse_args()
    unknown = set(given.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    out: Path | None = given.out or (None if given.quick else HERE)
    results = merged(out / "results.json" if out else None)
    with tempfile.TemporaryDirectory(
        prefix="bench-", ignore_cleanup_errors=True
    ) as name:  # a renderer may still be removing its own
        folder = Path(name)
        os.environ["TMPDIR"] = str(folder)  # what the sides leave behind goes with it
        bench = Bench(plan=QUICK if given.quick else Plan(), folder=folder)
        for section in given.sections or SECTIONS:
            measured(section, bench, results, "quick" if given.quick else "full")
            write(results, out)
    print()
    print(page(results))


def measured(name: str, bench: Bench, results: dict[str, Any], size: str) -> None:
    """Run the section *name* and put what it found into *results*."""
    started = time.perf_counter()
    found = SECTIONS[name](bench)
    took = time.perf_counter() - started
    kept = asdict(found)
    results.update(kept.pop("ratios"))
    results["sections"][name] = {
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "code": code(),
        "rounds": size,
        "took": took,
        **kept,
    }
    results["sections"] = {
        section: results["sections"][section]
        for section in SECTIONS
        if section in results["sections"]
    }
    ratios = "  ".join(f"{key} {value:.3g}" for key, value in found.ratios.items())
    print(f"{name}: {took:.0f} s  {ratios}", flush=True)


def merged(path: Path | None) -> dict[str, Any]:
    """The results at *path* so far.

    None where they are from another environment, for the two are not to be mixed.
    """
    here = environment()
    if path and path.is_file():
        known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if known.get("environment") == here:
            return known
        print("The results so far are from another environment; they are dropped.")
    return {**dict.fromkeys(TARGETS), "environment": here, "sections": {}}


def code() -> str:
    """The commit that is measured, and whether files other than the results differ from it."""
    commit, changed = (
        _git("rev-parse", "--short", "HEAD"),
        _git("status", "--porcelain", "-uno", "--", ":/", ":!/benchmarks/results.*"),
    )
    return f"{commit or 'no checkout'}{' with changes' if changed else ''}"


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


def write(results: dict[str, Any], out: Path | None) -> None:
    """Write *results* into the folder *out*, if there is one."""
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (out / "results.md").write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()

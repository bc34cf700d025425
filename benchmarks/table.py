"""The page of results: for a reader who decides whether to trust it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

TARGETS: dict[str, tuple[str, float, str]] = {
    "cold_page_vs_papermill": (
        "<=",
        0.30,
        "time of `reportgen run`, page, over papermill + nbconvert",
    ),
    "cold_page_vs_script": ("<=", 1.25, "the same over the plain script"),
    "cold_all_vs_papermill": (
        "<=",
        0.60,
        "time of `reportgen run`, all six files, over papermill + nbconvert",
    ),
    "batch_page_vs_papermill": (
        ">=",
        16,
        "briefs a minute of `reportgen backfill`, page, over two loops of papermill + nbconvert",
    ),
    "batch_page_vs_script": (">=", 0.5, "the same over two warm plain scripts"),
    "batch_all_vs_papermill": (
        ">=",
        6,
        "briefs a minute of `reportgen backfill`, all six files, over papermill + nbconvert",
    ),
    "growth_last_over_first": (
        "<=",
        1.1,
        "seconds a brief, last fifth over first fifth of a long backfill",
    ),
    "parent_growth_mb": (
        "<",
        20,
        "MB that the parent grows from the 10th finished brief to the last",
    ),
    "personal_1000_s": (
        "<=",
        2,
        "seconds for 1,000 personal pages from one record, 8 different ones, writes included",
    ),
    "mail_per_second": (
        ">=",
        100,
        (
            "messages a second to 1,000 readers, encrypted, with the ledger, server on the same"
            " machine"
        ),
    ),
    "mail_growth_mb": ("<", 10, "MB that the sender grows from the 100th message to the 1,000th"),
    "site_build_s": ("<=", 30, "seconds to build an archive of 500 daily recaps"),
    "site_day_s": ("<=", 1, "seconds to add a day to it, whole command"),
    "site_mb": ("<=", 150, "MB of the archive"),
    "story_edit_s": ("<=", 0.5, "seconds from a saved story to the new page of the preview"),
    "notebook_edit_s": ("<=", 1.5, "seconds from a saved notebook to the page, beyond its cells"),
    "import_again_s": ("<=", 5, "seconds to import 25 million rows again, whole command"),
    "import_again_mb": ("<=", 1000, "MB of that command"),
    "import_mb": ("<=", 1000, "MB of the first import of them"),
    "read_60_s": ("<=", 0.15, "seconds to read 60 symbols of them, the file in the system's cache"),
    "status_s": ("<=", 1, "seconds of `data status` on them, whole command"),
    "fetch_500_mb": ("<=", 300, "MB of a fetch of 500 symbols with 36 years each, a fifth failing"),
    "wide_data_ratio": (
        "<=",
        1.15,
        "time of one page, widest dataset over the same with 60 symbols",
    ),
}
HOLDS = {"<=": lambda a, b: a <= b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b}

SIDES = """\
- **papermill + nbconvert**: `papermill --no-progress-bar NOTEBOOK OUT` (in a batch with `-p
  as_of DATE`), then `jupyter nbconvert --to html --no-input OUT`. NOTEBOOK is the small-caps
  report's own. It runs the cells in a stock kernel and shows their outputs; it tells no story,
  draws no chart and checks nothing.
- **plain script** (`benchmarks/plain_script.py`): one process. The code of the same cells on
  the same data, the record read from what they display, the same story filled with Jinja, the
  four charts drawn at both widths in the process, the same page written as HTML. No notebook is
  written; no kernel, papermill, nbconvert, fact check, check of the finished file, gate or
  appendix. Before it is timed, its page is compared with ours: up to the appendix, the two must
  be equal but for cell numbers.
- **reportgen run, page**: `reportgen run small-caps --as-of "2025-01-08 13:00" --format html`:
  data checked, notebook run and kept, story told and fact-checked, page with the notebook as
  appendix written and checked.
- **reportgen run, all six files**: the same without `--format`: HTML, PDF, email, text, JSON
  and the executed notebook.
- **backfill**: `reportgen backfill small-caps --from FIRST --to 2024-12-31 --jobs 2`, from the
  start of the command to its end.
- **two loops of papermill + nbconvert**: two at once, each brief by the two commands; every
  command starts anew, so the loops are shorter.
- **two warm plain scripts**: two processes, imports done and one page of another day made
  before the clock starts; the same sessions as the backfill, with its own start counted.
"""
METHOD = """\
Sides take turns within each round; one round before the first (of batches a short one) is not
counted. Wall times of whole commands, medians. All files are in one temporary folder. Any
failing command, and any missing brief, stops the benchmark.

- **personal**: `personal.editions` over an executed notebook for 1,000 readers with different
  names, in a process that has made a page of another session before; files are written, not
  flushed to the medium. Each round is a new process, which then writes as many files of a
  page's size in a bare loop: what the disk alone takes.
- **growth**: seconds a brief are the time in which two finish, as two run at once; the first
  finished brief begins the clock.
- **mail**: `reportgen.publish.mail.sending.send` in a process of its own, to aiosmtpd in
  another: STARTTLS, a password, a message to each reader.
- **site**: `reportgen site build`, the whole command, on the daily recaps of the last 500
  sessions of the sample.
- **wide, scaling**: one cold page; daily closes as Parquet sorted by symbol and date: the
  sample's, longer histories and further symbols by random walks from a seed; other data as in
  the sample. The report reads its own 17 symbols (with 8 it tells of gaps).
"""


def page(results: dict[str, Any]) -> str:
    """The page of *results*."""
    lines = [
        "# Results",
        "",
        (
            "Written by `make bench` from `results.json`; the machine's speed cancels out in the"
            " ratios."
        ),
        "",
    ]
    lines += ["## Environment", "", *rows(("what", ""), results["environment"].items())]
    lines += ["## Targets", "", *rows(("key", "what", "target", "measured", ""), _judged(results))]
    lines += ["## What each side does", "", SIDES, "## Method", "", METHOD, "## Medians", ""]
    series = [
        (
            section,
            name,
            row["unit"],
            *(number(row[k]) for k in ("median", "min", "max")),
            row["rounds"],
        )
        for section, found in results["sections"].items()
        for name, row in found["series"].items()
    ]
    lines += rows(("section", "what", "unit", "median", "least", "most", "values"), series)
    for section, found in results["sections"].items():
        for table in found["tables"]:
            lines += [f"## {table['title']} ({section})", "", *rows(table["head"], table["rows"])]
    ran = [
        (name, found["date"], found["code"], found["rounds"], f"{found['took']:.0f}")
        for name, found in results["sections"].items()
    ]
    lines += [
        "## Sections",
        "",
        *rows(("section", "measured on", "code", "size of the run", "took, s"), ran),
    ]
    return "\n".join(lines)


def _judged(results: dict[str, Any]) -> list[tuple[str, ...]]:
    judged = []
    for key, (sign, target, what) in TARGETS.items():
        value = results.get(key)
        verdict = (
            "not measured"
            if value is None
            else "met"
            if HOLDS[sign](value, target)
            else "**missed**"
        )
        judged.append(
            (
                f"`{key}`",
                what,
                f"{sign} {target:g}",
                "" if value is None else number(value),
                verdict,
            )
        )
    return judged


def rows(head: Sequence[str], body: Iterable[Sequence[Any]]) -> list[str]:
    """The lines of a Markdown table."""
    table = [head, ["---"] * len(head), *body]
    return [*("| " + " | ".join(map(str, row)) + " |" for row in table), ""]


def number(value: float) -> str:
    """Three figures, more where the number is large."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

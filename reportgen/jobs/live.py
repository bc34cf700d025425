"""A page of a report that follows its files: each save of one makes it again.

The page is a draft. It shows what the story says now, also where the check refuses a sentence, and
the reasons stand above it. A run makes the brief that leaves the desk.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from reportgen.config.resources import (
    named,
    resource,
    resource_dirs,
    tidy,
    workspace,
    written,
)
from reportgen.config.settings import Settings
from reportgen.core.errors import ReportgenError
from reportgen.execute import fork
from reportgen.execute.zygote import Zygote
from reportgen.produce import batch, pipeline, telling
from reportgen.produce.manifest import told_by
from reportgen.produce.places import places_of, refusal
from reportgen.record.request import Report, Request, load_report
from reportgen.record.templates import STORY, Templates
from reportgen.verify.vouching import standing

DESK_FOLDERS = ("beats", "markets", "instruments", "providers", "data/commentary")
"""Folders of a desk that a brief reads, besides its reports and templates."""
READ = frozenset(
    (
        *(".toml", ".j2", ".ipynb", ".py", ".json", ".css", ".typ", ".csv", ".md", ".parquet"),
        *(".ttf", ".woff2", ".svg"),
    )
)
"""The names of files that a brief reads end so."""
TOLD = (STORY, "words.toml")
"""Files that only the story reads: the notebook need not run again."""
SHIPPED = "daily-recap"
"""A report with a notebook that shows what a page colours."""
PAUSE = 0.05
"""Seconds between two looks at the files."""
Files = Mapping[Path, tuple[int, int]]
Call = Callable[..., "Built"]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build came to."""

    notebook: dict[str, Any] | None = None
    """The executed notebook."""
    page: bytes = b""
    errors: tuple[str, ...] = ()


def ran(request: Request, now: dt.datetime, settings: Settings) -> Built:
    """The draft of *request*: its report is read, its notebook runs, and is told."""
    try:
        fresh = replace(request, report=load_report(request.report.name))
        notebook = pipeline.executed(fresh, now=now, settings=settings)
    except ReportgenError as error:
        return Built(errors=(tidy(str(error)),))
    return told(fresh.report.name, notebook)


def told(report: str, notebook: dict[str, Any]) -> Built:
    """The draft that an executed *notebook* tells by the story of *report* as it is now."""
    try:
        notebook["metadata"]["reportgen"]["report"] = told_by(load_report(report))
        brief, failed = telling.drafted(notebook, draft=True)
        new = [f'{one.where}: "{one.words}" (new)' for one in standing(brief.record.templates).new]
        places = places_of(brief.record.templates) if failed else ()
        page, errors = telling.page_of(brief), [refusal(check, places) for check in failed]
        errors += telling.stopped(brief.record, load_report(report).notebook)
        return Built(notebook=notebook, page=page, errors=tuple(map(tidy, errors + new)))
    except ReportgenError as error:
        return Built(notebook=notebook, errors=(tidy(str(error)),))


class Live:
    """The draft of a request, made again as its files change, in a folder that a browser shows."""

    def __init__(self, request: Request, folder: Path, settings: Settings) -> None:
        self.request, self.folder, self.settings = request, folder, settings
        self.number, self.built = 0, Built()
        written(folder / "index.html", resource("templates/page/live.html").read_bytes())
        self._show(0.0)

    def follow(self, now: Callable[[], dt.datetime], say: Say) -> None:
        """Make the draft, and make it again after each save, until somebody stops it."""
        seen = files_of(self.request)
        with _fresh_processes(self.request.report) as call:
            self._make(call, now(), say, whole=True)
            while True:
                time.sleep(PAUSE)
                found = files_of(self.request)
                changed = {path for path in {*seen, *found} if seen.get(path) != found.get(path)}
                if changed:
                    seen = found
                    whole = self.built.notebook is None or not all(map(only_told, changed))
                    self._make(call, now(), say, whole=whole)

    def _make(self, call: Call, now: dt.datetime, say: Say, *, whole: bool) -> None:
        """Make the draft, from its notebook on or from its story, and show it."""
        began = time.monotonic()
        if whole:
            built = call(ran, self.request, now, self.settings)
        else:
            built = call(told, self.request.report.name, self.built.notebook)
        # A draft that cannot be made leaves the one before it on the screen.
        self.built = replace(built, page=built.page or self.built.page)
        self.number += 1
        took = time.monotonic() - began
        self._show(took)
        say(f"{took:.2f} s  {'notebook and story' if whole else 'story'}")
        for error in built.errors:
            say(error)

    def _show(self, took: float) -> None:
        """Put the draft and what is wrong with it where the browser looks."""
        state = {"number": self.number, "errors": self.built.errors, "seconds": round(took, 2)}
        written(self.folder / "page.html", self.built.page or b"<!doctype html><title></title>")
        written(self.folder / "state.json", json.dumps(state).encode())


def only_told(path: Path) -> bool:
    """Whether a change of *path* changes the story or the look alone, and no fact."""
    below = [folder.resolve() for folder in resource_dirs("templates")]
    return path.name in TOLD or any(path.is_relative_to(folder) for folder in below)


def files_of(request: Request) -> Files:
    """The files that a brief of *request* reads: when each was changed, and its size."""
    desk = workspace()
    folders = [request.report.folder, *resource_dirs("templates")]
    if desk is not None:
        folders += [desk / name for name in DESK_FOLDERS]
    if not named(request.data):
        folders.append(Path(request.data))
    found = {}
    for path in [*_below(folders), *(_files(desk) if desk else ())]:
        try:
            known = path.stat()
        except OSError:  # it has gone since
            continue
        found[path] = (known.st_mtime_ns, known.st_size)
    return found


def _below(folders: list[Path]) -> Iterator[Path]:
    """The files below *folders* that a brief reads; hidden folders are left out."""
    for folder in folders:
        for place, inner, _ in os.walk(folder.resolve()):
            inner[:] = [name for name in inner if not name.startswith((".", "__"))]
            yield from _files(Path(place))


def _files(folder: Path) -> Iterator[Path]:
    """The files in *folder* itself that a brief reads."""
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if path.suffix in READ and not path.name.startswith(".") and entry.is_file():
            yield path


@contextmanager
def _fresh_processes(report: Report) -> Iterator[Call]:
    """A way to call a function in a new process, which knows no earlier state of a file.

    Where the system can fork, the process has its imports from a warm one.
    """
    if not fork.FORKS:
        context = get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
            yield lambda work, *args: pool.submit(work, *args).result()
        return
    zygote = Zygote.start()
    try:
        # No file of the desk is read there: each draft reads it as it is then. What is known of the
        # text of a template holds for that text alone.
        zygote.teach(batch.warm_imports)
        zygote.teach(telling.warm_tools, load_report(SHIPPED).notebook)
        with suppress(ReportgenError):  # the first draft says what is wrong
            texts = [(text, place) for _, text, place in Templates.of(report.folder).all()]
            zygote.teach(telling.warm_words, texts)
        yield zygote.call
    finally:
        zygote.close()

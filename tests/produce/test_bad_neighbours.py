"""Vandals and killers.

What one brief does, or what is done to it, changes no other and leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import inprocess
import nbformat
import psutil
import pytest

from reportgen.core.errors import ExecutionError
from reportgen.execute.zygote import Zygote
from reportgen.files.outputs import LocalFolder
from reportgen.produce import batch
from reportgen.record.request import Request, load_report
from reportgen.rendering import pictures

pytestmark = pytest.mark.slow

FORMATS = ("html", "txt", "eml", "json")

VANDALS = {
    "hooligan": (
        """
import builtins, decimal, gc, json, locale, pathlib, random, signal, sys
import tempfile, threading, time, warnings
import altair, numpy, pandas
from reportgen.authoring import charts, desk as notebook, tables
from reportgen.core import facts
from reportgen.markets.calendar import Calendar
from reportgen.story.english import figures
from reportgen.rendering import page

hoard = b"x" * (300 << 20)
for _ in range(3):
    threading.Thread(target=time.sleep, args=(60,)).start()
for place in (".", tempfile.gettempdir()):
    for name in ("brief.html", "brief.txt", "notebook.ipynb", "pandas.py", "json.py"):
        pathlib.Path(place, name).write_text("raise SystemExit('junk')")
sys.path.insert(0, os.getcwd())
os.environ.clear()
os.environ.update(TZ="Asia/Tokyo", LANG="C", PYTHONPATH=os.getcwd(), TMPDIR="/")
time.tzset()
locale.setlocale(locale.LC_ALL, "C")
os.umask(0o777)
os.nice(5)
os.chdir("/")
decimal.setcontext(decimal.Context(prec=1))
warnings.simplefilter("error")
random.seed(1)
numpy.random.seed(1)
gc.disable()
sys.setrecursionlimit(200)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
    signal.signal(number, signal.SIG_IGN)
altair.theme.enable("dark")
pandas.options.display.precision = 1
broken = lambda *_, **__: 1 / 0
pandas.DataFrame.__getitem__ = pandas.Series.__getitem__ = pandas.Series.pct_change = broken
Calendar.resolve = Calendar.sessions = Calendar.session_close = lambda *_: None
charts.BASE = figures.BASE = 7
notebook.open_desk = page.render = page.environment = tables.__all__ = None
json.loads = lambda *_, **__: {"junk": 1}
builtins.sorted, builtins.round, builtins.open = reversed, int, None
for name in list(sys.modules):
    if name.partition(".")[0] in ("reportgen", "pandas", "jinja2"):
        del sys.modules[name]
for number in (0, 1, 2):
    os.close(number)
"""
    ),
    "killer of its parent": "import signal; os.kill(os.getppid(), signal.SIGKILL)",
    "quitter": "os._exit(0)",
    "crasher": "import ctypes; ctypes.string_at(0)",
    "closer": "os.closerange(3, 4096)",
    "one that never ends": (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    ),
    "one that leaves a child": (
        "if not os.fork():\n    import time; time.sleep(8); os._exit(0)\nos.kill(os.getppid(), 9)"
    ),
}
"""The first cell of a notebook each.

All of it is done before a marker is set, or nothing can be done after it.
"""


def notebook_of(vandal, folder):
    """The small-caps report in *folder*, its first cell the vandal's, which
    leaves a marker beside it.
    """
    report = load_report("small-caps")
    shutil.copytree(report.folder, folder / "small-caps")
    source = folder / "small-caps" / "notebook.ipynb"
    book = nbformat.read(source, 4)
    marker = f"os.close(os.open({str(folder / 'was-here')!r}, os.O_CREAT, 0o666))"
    code = VANDALS[vandal]
    cell = f"{code}\n{marker}" if vandal == "hooligan" else f"{marker}\n{code}"
    book.cells.insert(1, nbformat.v4.new_code_cell(f"import os\n{cell}", id="vandal"))
    nbformat.write(book, source)
    return dataclasses.replace(report, folder=folder / "small-caps")


def limited(request, out, seconds):
    """Where the brief of *request* is, none of whose cells takes longer than *seconds*."""
    return inprocess.produced(request, out, cell_timeout=seconds).folder


@pytest.fixture(scope="module")
def warm():
    """A warm process as a batch has it."""
    job = batch.Job(
        report="small-caps",
        as_of="2025-01-08",
        data="sample",
        parameters={},
        formats=FORMATS,
        out="",
        asked_at=dt.datetime.now(dt.UTC),
    )
    zygote = Zygote.start()
    for folder in (Path(inprocess.__file__).parent, Path(__file__).parent):
        zygote.teach(site.addsitedir, str(folder))
    zygote.teach(batch._warm, job)
    yield zygote
    zygote.close()


@pytest.fixture(scope="module")
def good(warm, tmp_path_factory):
    """Make the good brief once more.

    Its files and their bytes, but for the notebook, which tells the time, and its seal.
    """

    def make():
        request = Request(
            report=load_report("small-caps"), as_of="2025-01-08 13:00", formats=FORMATS
        )
        files = warm.call(inprocess.produced, request, tmp_path_factory.mktemp("good")).files
        return {
            Path(file).name: Path(file).read_bytes()
            for file in files
            if Path(file).name not in ("notebook.ipynb", "seal.json")
        }

    return make


@pytest.fixture(scope="module")
def before(good):
    """The good brief before any vandal came."""
    return good()


@pytest.mark.parametrize("vandal", VANDALS)
def test_a_vandal_loses_its_own_brief_at_most(warm, before, tmp_path, vandal):
    """At once; the caller hears of it, and the warm process goes on."""
    request = Request(
        report=notebook_of(vandal, tmp_path), as_of="2025-01-08 13:00", formats=("txt",)
    )
    started = time.monotonic()
    with contextlib.suppress(ExecutionError):
        warm.call(limited, request, tmp_path / "out", 1 if vandal == "one that never ends" else 60)
    assert time.monotonic() - started < 6
    assert (tmp_path / "was-here").exists()
    assert warm.alive
    assert len(before) == len(FORMATS) + 1


def test_after_all_vandals_a_brief_is_the_same_to_the_byte(before, good):
    """Nothing of what they did to their process has reached the next one's."""
    assert good() == before


DRAW = {"mark": "point", "data": {"values": [{"a": 1}]}}


def test_a_dead_renderer_costs_the_next_briefs_little(warm, before):
    """The briefs made after it draw their charts without a long wait for the dead."""
    assert before
    renderer = next(
        p for p in psutil.Process(warm._process.pid).children() if "renderer" in cmdline(p)
    )
    renderer.kill()
    assert psutil.wait_procs([renderer], 5)[1] == []
    started = time.monotonic()
    assert warm.call(pictures.svg, DRAW, "after", 100).startswith("<svg")
    assert time.monotonic() - started < 6


def cmdline(process):
    """What *process* was started with, "" where it is gone."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


class Backfill:
    """``reportgen backfill`` of two days in a process of its own, and all that it starts.

    Who has its temporary folder.
    """

    def __init__(self, folder):
        self.out = folder / "out"
        self.temporary = folder / "t"
        self.temporary.mkdir()
        self.start()

    def start(self):
        """Start it, again if need be."""
        dates = ["--from", "2025-01-07", "--to", "2025-01-08"]
        command = [
            "backfill",
            "small-caps",
            *dates,
            "--jobs",
            "2",
            "--format",
            "txt",
            "--out",
            str(self.out),
        ]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from reportgen.cli import entry; entry()", *command],
            start_new_session=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(self.temporary)},
        )

    def family(self):
        """Every living process of it, however it was orphaned."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                ours = process.environ().get("TMPDIR") == str(self.temporary)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def find(self, role):
        """The first process in that role, as soon as there is one."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(psutil.Error):
                found = self.roles().get(role)
                if found:
                    return found
            time.sleep(0.003)
        raise AssertionError(f"no {role} was seen: {self.process.communicate()}")

    def roles(self):
        """Who is who at the moment. Only a warm process that has its renderer makes briefs."""
        command = psutil.Process(self.process.pid)
        found = {}
        for zygote in (p for p in command.children() if "execute.zygote" in cmdline(p)):
            found["warm process"] = zygote
            children = {child: cmdline(child) for child in zygote.children()}
            renderers = [child for child, line in children.items() if "execute.renderer" in line]
            briefs = [
                child for child, line in children.items() if renderers and "execute.zygote" in line
            ]
            keepers = [keeper for brief in briefs for keeper in brief.children()]
            kernels = [kernel for keeper in keepers for kernel in keeper.children()]
            found |= {
                name: some[0]
                for name, some in (("renderer", renderers), ("brief", briefs), ("kernel", kernels))
                if some
            }
        return found

    def ended(self):
        """Its exit code and what it said to both sides."""
        said, warned = self.process.communicate(timeout=60)
        return self.process.returncode, said.strip(), warned.strip()

    def left(self, seconds=2.0):
        """Those of its processes that are there after *seconds*."""
        deadline = time.monotonic() + seconds
        while (family := self.family()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return [cmdline(process) for process in family]

    def halves(self):
        """What a killed process could leave half done.

        Files being written, folders without their record, temporary files.
        """
        folders = [
            folder
            for folder in self.out.glob("*/*")
            if {p.name for p in folder.iterdir()}
            != {"brief.txt", "gate.txt", "notebook.ipynb", "seal.json"}
        ]
        return [*folders, *self.temporary.iterdir()]

    def finishes(self):
        """Whether the same command then makes what is missing."""
        self.start()
        code, said, _ = self.ended()
        made, kept, failed = (int(part.split()[0]) for part in said.split(", "))
        return (code, made + kept, failed) == (0, 2, 0)


@pytest.fixture
def backfill():
    """A backfill that has just been started; its folder's name is short, as a socket's must be."""
    folder = Path(tempfile.mkdtemp(prefix="r"))
    command = Backfill(folder)
    yield command
    for process in command.family():
        process.kill()
    command.process.communicate()
    shutil.rmtree(folder)


@pytest.mark.parametrize("role", ["kernel", "brief", "warm process"])
def test_a_killed_child_is_made_up_for(backfill, role):
    """What it was making is tried once more: the command ends as if nothing had been."""
    backfill.find(role)
    if role == "warm process":
        backfill.find("brief")
    backfill.find(role).kill()
    code, said, _ = backfill.ended()
    assert (code, said) == (0, "2 made, 0 kept, 0 failed")
    assert backfill.left() == []
    assert backfill.halves() == []


def test_nothing_outlives_a_killed_command(backfill):
    """Killed while it makes briefs.

    Its processes go, no half file stays, and the same command goes on.
    """
    backfill.find("kernel").suspend()  # it will not end by itself
    backfill.process.kill()
    assert backfill.left() == []
    assert backfill.ended()[0] == -signal.SIGKILL
    assert backfill.halves() == []
    assert backfill.finishes()


WARMS_UP = """
import sys, time
from reportgen.execute.zygote import Zygote
zygote = Zygote.start()
print(zygote._process.pid, flush=True)
zygote.teach(exec, f"import time; open({sys.argv[1]!r}, 'x').close(); time.sleep(20)")
"""


def test_a_warm_process_that_warms_up_does_not_outlive_who_started_it(tmp_path):
    """However long that takes."""
    begun = tmp_path / "begun"
    command = [sys.executable, "-c", WARMS_UP, str(begun)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        warm = psutil.Process(int(process.stdout.readline()))
        deadline = time.monotonic() + 20
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        left = psutil.wait_procs([warm], 2)[1]
        for one in left:
            one.kill()
    assert begun.exists()
    assert left == []


@pytest.mark.parametrize("moment", ["renderer", "kernel"])
def test_ctrl_c_stops_at_once_and_says_how_to_go_on(backfill, moment):
    """In one line; the exit code is the shell's for it."""
    backfill.find(moment)
    os.killpg(backfill.process.pid, signal.SIGINT)
    pressed = time.monotonic()
    code, said, warned = backfill.ended()
    assert (code, said) == (130, "")
    assert warned.splitlines() == [
        f"reportgen: stopped after {warned.split()[3]} of 2; the same command goes on from here."
    ]
    assert time.monotonic() - pressed < 5
    assert backfill.left() == []
    assert backfill.halves() == []


KILLED_WHILE_WRITING = """
import os, pathlib, signal, sys
from reportgen.files.outputs import LocalFolder
renamings = []
replace = pathlib.Path.replace
def counted(path, target):
    renamings.append(path)
    if len(renamings) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(path, target)
pathlib.Path.replace = counted
files = {"brief.txt": b"new brief", "notebook.ipynb": b"new record"}
LocalFolder(pathlib.Path(sys.argv[1])).write(files)
"""


@pytest.mark.parametrize("renaming", [1, 2])
def test_who_is_killed_while_writing_leaves_whole_files_and_the_next_sweeps_up(tmp_path, renaming):
    """Each file is the old one or the new one; the record, which seals
    them, is the last to change.
    """
    folder = LocalFolder(tmp_path)
    folder.write({"brief.txt": b"old brief", "notebook.ipynb": b"old record"})
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path), str(renaming)],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    assert folder.read("brief.txt") == (b"old brief" if renaming == 1 else b"new brief")
    assert folder.read("notebook.ipynb") == b"old record"
    assert len(list(tmp_path.glob(".*.new"))) == 3 - renaming
    folder.write({"brief.txt": b"good"})
    assert sorted(folder.sizes()) == ["brief.txt", "notebook.ipynb"]


THREADED = """
import datetime as dt, sys, threading
from reportgen.produce.pipeline import produce
from reportgen.record.request import Request, load_report
from reportgen.config.settings import Settings
threading.Thread(target=threading.Event().wait, name="at-work", daemon=True).start()
request = Request(report=load_report("small-caps"), as_of="2025-01-08", formats=("txt",))
made = produce(request, sys.argv[1], now=dt.datetime.now(dt.UTC), settings=Settings())
print(*made.files, sep="\\n")
"""


def test_a_process_with_threads_makes_its_brief_from_a_clean_process(tmp_path):
    """It has nothing to say about that."""
    result = subprocess.run(
        [sys.executable, "-c", THREADED, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert (result.returncode, result.stderr.splitlines()) == (0, [])
    assert [Path(line).name for line in result.stdout.splitlines()] == [
        "brief.txt",
        "gate.txt",
        "notebook.ipynb",
        "seal.json",
    ]

"""The test suites of papermill and nbclient, run with the stock engine and with ours as default.

``python tools/foreign.py`` downloads the sources of the installed versions into ``out/foreign``,
and runs each suite twice. It fails where a test ends in another way with our engine and is not in
the table of ``docs/reference/engines.md``, where a row of that table names no such test, and where
a notebook meant for our engine ran in a stock kernel.

The file is also the plugin of pytest that makes ours the default engine.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "out" / "foreign"
TABLE = ROOT / "docs" / "reference" / "engines.md"
ROW = re.compile(r"^\| `(?P<test>\w+ \S+)` \|", re.MULTILINE)
NEEDED = (
    "flaky",
    "ipywidgets",
    "jupyterlab_widgets",
    "pytest-asyncio",
    "testpath",
    "widgetsnbextension",
)
"""What the suites import beside the packages of this project's own tests."""
ENGINES = ("stock", "reportgen")
ASKED = "REPORTGEN_FOREIGN"
"""The variable that names the file in which the plugin counts; where it is set, ours is default."""
ONCE_MORE = 2
"""How often a difference is tried again: many of these tests measure time."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A package whose tests run, and where they are in its sources."""

    package: str
    tests: str
    stores: tuple[str, ...] = ()
    """Tests of remote stores, which touch no engine and need accounts."""


SUITES = (
    Suite("papermill", "papermill/tests", ("abs", "adl", "gcs", "hdfs", "iorw", "s3")),
    Suite("nbclient", "tests"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How the tests of a suite ended, how many notebooks ran on our engine, and why others not."""

    ends: Mapping[str, str]
    ran: int
    fallbacks: Sequence[str]


def sources(suite: Suite) -> Path:
    """The folder with the sources of the installed version of *suite*, downloaded at first."""
    name = f"{suite.package}-{version(suite.package)}"
    if not (CACHE / name).is_dir():
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        asked = [f"{suite.package}=={version(suite.package)}", "--dest", str(CACHE)]
        subprocess.run(
            [*pip, "download", "--no-deps", "--no-binary", ":all:", *asked],
            check=True,
        )
        subprocess.run(
            [*pip, "install", "--upgrade", "--no-deps", "--target", str(CACHE / "site"), *NEEDED],
            check=True,
        )
        with tarfile.open(CACHE / f"{name}.tar.gz") as packed:
            packed.extractall(CACHE, filter="data")
    return CACHE / name


def counted(suite: Suite, engine: str, tests: Sequence[str] = ()) -> Counted:
    """What comes of *tests*, by default all, of *suite* with *engine* as default."""
    place = sources(suite)
    report, told = CACHE / f"{suite.package}-{engine}.xml", CACHE / f"{suite.package}.json"
    told.write_text(json.dumps({"ran": 0, "fallbacks": []}), encoding="utf-8")
    around = {key: value for key, value in os.environ.items() if key != ASKED}
    around["PYTHONPATH"] = os.pathsep.join(
        map(str, (place, ROOT, ROOT / "tools", CACHE / "site")),
    )
    around["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), around["PATH"]))
    around |= {ASKED: str(told)} if engine == "reportgen" else {}
    options = ["-q", "-p", "foreign", "-p", "no:cacheprovider", "-o", "addopts="]
    options += [
        "-o",
        "asyncio_default_fixture_loop_scope=function",
    ]  # else a warning, an error there
    left_out = [f"--ignore={suite.tests}/test_{name}.py" for name in suite.stores]
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *options, f"--junit-xml={report}"),
            *(tests or (suite.tests, *left_out)),
        ],
        cwd=place,
        env=around,
        check=False,
    )
    return Counted(ends=_ends(report), **json.loads(told.read_text(encoding="utf-8")))


def _ends(report: Path) -> dict[str, str]:
    """How each test ended: "passed", or the element that says otherwise."""
    ends = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        *folders, last = case.get("classname", "").split(".")
        is_class = not last.startswith("test_")
        file = "/".join(folders if is_class else (*folders, last)) + ".py"
        names = ([last] if is_class else []) + [case.get("name", "")]
        said = [each.tag for each in case if each.tag in ("failure", "error", "skipped")]
        ends["::".join((file, *names))] = said[0] if said else "passed"
    return ends


def differing(suite: Suite) -> tuple[dict[str, str], Counted, Counted]:
    """The tests of *suite* that end in another way with our engine, and what both runs counted."""
    stock, ours = (counted(suite, engine) for engine in ENGINES)
    found = _apart(stock.ends, ours.ends)
    for _ in range(ONCE_MORE):
        if found:
            again = [counted(suite, engine, sorted(found)) for engine in ENGINES]
            found = _apart(again[0].ends, again[1].ends)
    return found, stock, ours


def _apart(stock: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    return {
        test: f"{stock.get(test)} -> {ours.get(test)}"
        for test in {**stock, **ours}
        if stock.get(test) != ours.get(test)
    }


def main() -> int:
    """0 where all differences are in the table and no notebook ran elsewhere."""
    CACHE.mkdir(parents=True, exist_ok=True)
    tabled = set(ROW.findall(TABLE.read_text(encoding="utf-8")))
    seen: dict[str, str] = {}
    faults = []
    for suite in SUITES:
        found, stock, ours = differing(suite)
        seen |= {f"{suite.package} {test}": how for test, how in found.items()}
        failed = [sum(end != "passed" for end in run.ends.values()) for run in (stock, ours)]
        print(
            f"{suite.package}: {len(ours.ends)} tests; not passed: stock {failed[0]}, ours"
            f" {failed[1]}; {ours.ran} notebooks on our engine, {len(ours.fallbacks)} fallbacks"
        )
        faults += [f"{suite.package} fell back: {reason}" for reason in ours.fallbacks]
        faults += [] if ours.ran else [f"{suite.package}: no notebook ran on our engine"]
    faults += [f"not in the table: {test} ({seen[test]})" for test in sorted(set(seen) - tabled)]
    faults += [f"in the table, but equal: {test}" for test in sorted(tabled - set(seen))]
    for fault in faults:
        print(fault)
    return bool(faults)


def pytest_configure() -> None:
    """Make our engine the default of papermill and nbclient, where that is asked for."""
    if ASKED in os.environ:
        _of_papermill()
        _of_nbclient()


def _count(ran: int = 0, fallbacks: Sequence[str] = ()) -> None:
    place = Path(os.environ[ASKED])
    told = json.loads(place.read_text(encoding="utf-8"))
    told = {"ran": told["ran"] + ran, "fallbacks": [*told["fallbacks"], *fallbacks]}
    place.write_text(json.dumps(told), encoding="utf-8")


def _of_papermill() -> None:
    from papermill.engines import papermill_engines

    from reportgen.execute.engine import ForkEngine

    class Counting(ForkEngine):
        @classmethod
        def execute_notebook(cls, *args: Any, **options: Any) -> Any:
            before = len(cls.fallbacks)
            try:
                return super().execute_notebook(*args, **options)
            finally:
                given = options.get("kernel") is not None
                _count(0 if given else 1, cls.fallbacks[before:])

    papermill_engines.register(None, Counting)


def _of_nbclient() -> None:
    import nbclient
    from jupyter_client import AsyncKernelManager
    from nbclient.client import NotebookClient

    from reportgen.execute.client import WithoutSockets
    from reportgen.execute.engine import PYTHON

    class Counting(WithoutSockets):
        def create_kernel_manager(self) -> Any:
            named = self.nb.metadata.get("kernelspec", {}).get("name") or "python3"
            other = self.kernel_manager_class is not AsyncKernelManager
            if other or (self.kernel_name or named) not in PYTHON:
                return NotebookClient.create_kernel_manager(self)  # the test asks for another
            _count(1)
            return super().create_kernel_manager()

    nbclient.NotebookClient = nbclient.client.NotebookClient = Counting


if __name__ == "__main__":
    sys.exit(main())

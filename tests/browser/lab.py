"""JupyterLab as an author has it: a server with settings of its own, and notebooks run in it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from chromium import Page
from ipykernel.kernelspec import write_kernel_spec

PATIENCE = 60.0
"""Seconds that a start or a run may take."""
SWITCHES = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",
    "--ServerApp.terminals_enabled=False",
    "--IdentityProvider.token=",
    "--LabApp.expose_app_in_browser=True",
    "--LabApp.extension_manager=readonly",
)
SETTINGS = {
    # Cells that are out of sight are drawn too, so that they can be counted and pictured.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "scrollPastEnd": False},
    # Only a test saves.
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    # Nobody is asked about news, and nobody is told of any.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
HELPERS = (Path(__file__).parent / "lab.js").read_text()
IDLE = "book.panel?.isVisible && book.idle()"


class Output(NamedTuple):
    """One output as it is shown, with how many pictures and tables are seen in it.

    Its *kind* is the media type that JupyterLab chose of those it was offered, or where it does
    not say, the name of what it made: ``jp-RenderedVegaLite``, or ``jp-TrimmedOutputs``, the
    button that stands for those after the fiftieth.
    """

    cell: str
    kind: str
    text: str
    pictures: int
    tables: int


class JupyterLab:
    """One server of the notebooks in *root*; all else that it and its kernels write is in *home*.

    *environment* is added to that of the test.
    """

    def __init__(self, root: Path, home: Path, **environment: str) -> None:
        self._home = home
        self._prepare()
        folders = {f"JUPYTER_{name.upper()}_DIR": name for name in ("config", "data", "runtime")}
        folders |= {"JUPYTER_PATH": "share", "IPYTHONDIR": "ipython"}
        places = {key: str(home / name) for key, name in folders.items()}
        with (home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *SWITCHES, f"--ServerApp.root_dir={root}"],
                env={**os.environ, **places, **environment},
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self.url = self._address()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        """Write the settings, and a kernel that is this very Python."""
        settings = self._home / "config" / "labconfig" / "default_setting_overrides.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(SETTINGS))
        kernels = self._home / "share" / "kernels"
        kernels.mkdir(parents=True)
        write_kernel_spec(kernels / "python3")

    def _address(self) -> str:
        """Where it listens: it says so in a file, once it does."""
        file = self._home / "runtime" / f"jpserver-{self._process.pid}.json"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError, ValueError):
                return str(json.loads(file.read_text())["url"])
            time.sleep(0.05)
        raise RuntimeError(f"JupyterLab did not start.\n{self.log()}")

    def log(self) -> str:
        """The end of what it and its kernels printed."""
        return (self._home / "log").read_text(errors="replace")[-4000:]

    def open(self, page: Page, name: str) -> Notebook:
        """The notebook *name* of the root in *page*, which must not be offline; it is not run."""
        page.go(f"{self.url}lab/tree/{name}?reset")
        return Notebook(page, name)

    def close(self) -> None:
        """End the server, which ends its kernels."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Notebook:
    """A notebook that is open in JupyterLab, its kernel ready. Cells are named by their ids."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.until("window.jupyterapp?.shell")
        page.evaluate(f"{HELPERS}; book.path = {json.dumps(name)}; 0")
        self.until(IDLE)
        page.evaluate("jupyterapp.shell.collapseLeft(); jupyterapp.shell.collapseRight()")

    def until(self, expression: str, seconds: float = PATIENCE) -> None:
        """Wait for *expression*. Unlike Page.wait it takes no notice of what the console says."""
        until = time.monotonic() + seconds
        while not self.page.evaluate(f"Boolean({expression})"):
            asked = self.page.evaluate("document.querySelector('.jp-Dialog')?.innerText")
            if asked or time.monotonic() > until:
                raise TimeoutError(f"not true: {expression}; JupyterLab asks: {asked}")
            time.sleep(0.1)

    def command(self, name: str, seconds: float = PATIENCE) -> None:
        """Do what a menu's entry does, and wait until it is done."""
        self.page.evaluate(f"book.start({json.dumps(name)})")
        self.until("!book.running", seconds)
        failed = self.page.evaluate("book.failed")
        if failed:
            raise RuntimeError(f"{name}: {failed}")

    def run_all(self, seconds: float = PATIENCE) -> None:
        """Run all cells, and wait until their outputs are drawn."""
        self.command("notebook:run-all-cells", seconds)
        self._drawn()

    def errors(self) -> list[str]:
        """What the cells failed with; JupyterLab runs none after one that failed."""
        return list(self.page.evaluate("book.errors()"))

    def run(self, cell: str) -> None:
        """Run one cell, and wait until its outputs are drawn."""
        self.page.evaluate(f"book.panel.content.activeCellIndex = {self._place(cell)}")
        self.command("notebook:run-cell")
        self._drawn()

    def read(self, cell: str) -> str:
        """The source of a cell."""
        return str(self.page.evaluate(f"{self._shared(cell)}.getSource()"))

    def write(self, cell: str, source: str) -> None:
        """Replace the source of a cell."""
        self.page.evaluate(f"{self._shared(cell)}.setSource({json.dumps(source)})")

    def cells(self) -> list[str]:
        """The ids of all cells."""
        return list(self.page.evaluate("book.cells().map(cell => cell.model.id)"))

    def outputs(self, cell: str | None = None) -> list[Output]:
        """What is shown below the cells, or below one of them."""
        shown = [Output(**told) for told in self.page.evaluate("book.outputs()")]
        return [output for output in shown if cell in (None, output.cell)]

    def count(self) -> Counter[str]:
        """How many pictures and tables are shown, and how many outputs of each kind."""
        shown = self.outputs()
        counted = Counter(output.kind for output in shown)
        counted["pictures"] = sum(output.pictures for output in shown)
        counted["tables"] = sum(output.tables for output in shown)
        return counted

    def save(self) -> None:
        """Save the notebook; its file can then be read."""
        self.command("docmanager:save")
        self.until("!book.panel.context.model.dirty")

    def picture(self, file: Path) -> Path:
        """The notebook from its first cell to its last as a PNG *file*."""
        before = self.page.evaluate("innerHeight")
        self._height(self.page.evaluate("book.height()"))
        self.page.evaluate("book.scroller().scrollTop = 0")
        self._drawn()
        self.page.picture(file)
        self._height(before)
        return file

    def stop(self) -> None:
        """End the kernel; the notebook stays open."""
        self.page.evaluate("book.panel.sessionContext.shutdown()")

    def _place(self, cell: str) -> int:
        return self.cells().index(cell)

    def _shared(self, cell: str) -> str:
        return f"book.cells()[{self._place(cell)}].model.sharedModel"

    def _height(self, height: int) -> None:
        look = {"width": self.page.evaluate("innerWidth"), "height": height}
        look |= {"deviceScaleFactor": 1, "mobile": False}
        self.page.call("Emulation.setDeviceMetricsOverride", **look)

    def _drawn(self, seconds: float = 15) -> None:
        """Wait until no output is still empty and all have been the same for half a second."""
        self.until(IDLE)
        until, known, since = time.monotonic() + seconds, None, time.monotonic()
        while (now := time.monotonic()) < until and now < since + 0.5:
            seen = self.page.evaluate("book.drawing() || book.marks()")
            if seen is True or seen != known:
                known, since = seen, now
            time.sleep(0.1)

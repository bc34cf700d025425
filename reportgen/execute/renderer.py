"""A process of its own that draws charts.

Started at once, shared by all who fork, so that nobody forks what
it has started.

The converter has threads that no fork survives and half a second of start-up,
so it lives in one process per machine's run.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from reportgen.core.errors import RenderError
from reportgen.files.scratch import Scratch

WARM = {
    "mark": "line",
    "data": {"values": [{"a": 1}]},
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
    "height": 10,
}
"""A chart that makes the converter load all that the others need."""
VEGA_LITE = "6.4"

ERRORS = "errors"
"""The file in its folder of what the process writes on its standard error."""
PATIENCE = 5
"""Refusals after which a process is taken for dead."""


class Renderer:
    """The process, and this process's connection to it; children connect anew."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        scratch: Scratch,
        key: bytes,
    ) -> None:
        self._process = process
        self._scratch = scratch
        self._address = _address_in(scratch.path)
        self._key = key
        self._owner = os.getpid()
        self._lines: dict[int, Connection] = {}
        self._lock = threading.Lock()

    @classmethod
    def start(cls, fonts: Sequence[Path]) -> Renderer:
        """A renderer that knows the fonts in the folders *fonts*.

        It ends when this process does, however that ends.
        """
        scratch = Scratch("renderer")
        key = os.urandom(24)
        command = [
            sys.executable,
            "-m",
            "reportgen.execute.renderer",
            str(scratch.path),
            *map(str, fonts),
        ]
        environment = {
            **os.environ,
            "TZ": "UTC",
        }  # Vega reads it; a chart's dates have no time of day
        with (scratch.path / ERRORS).open("wb") as words:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stderr=words,
                env=environment,
                start_new_session=True,
            )
        assert process.stdin is not None  # noqa: S101 - asked for above
        process.stdin.write(key)
        process.stdin.flush()
        return cls(process, scratch, key)

    def svg(self, spec: Mapping[str, Any]) -> str:
        """The Vega-Lite *spec* as SVG."""
        return self._ask({"kind": "svg", "spec": spec}).decode()

    def png(self, svg: str, scale: float) -> bytes:
        """A drawn *svg* as a PNG, *scale* pixels to a unit."""
        return self._ask({"kind": "png", "svg": svg, "scale": scale})

    def _ask(self, question: Mapping[str, Any]) -> bytes:
        """The renderer's answer.

        Raises:
            ConnectionError: It has gone, RenderError where it refuses.
        """
        with self._lock:
            line = self._lines.get(os.getpid()) or self._connect()
            try:
                line.send_bytes(json.dumps(question).encode())
                state = line.recv_bytes()
                answer = line.recv_bytes()
            except (EOFError, OSError) as error:
                self._lines.pop(os.getpid(), None)
                raise ConnectionError(self._ended("has gone")) from error
        if state != b"ok":
            raise RenderError(f"A chart could not be drawn: {answer.decode()}")
        return answer

    def _connect(self) -> Connection:
        refused = 0
        for wait in (0.002, 0.01, *[0.02] * 500):
            try:
                self._lines[os.getpid()] = Client(self._address, authkey=self._key)
                return self._lines[os.getpid()]
            except FileNotFoundError:  # it has not begun to listen, or has never been
                if self._owner == os.getpid() and self._process.poll() is not None:
                    break
            except (EOFError, OSError):
                refused += 1
                if refused == PATIENCE:
                    break
            threading.Event().wait(wait)
        raise ConnectionError(self._ended("does not answer"))

    def _ended(self, how: str) -> str:
        """That the process is not there any more, and why, as far as it said so itself."""
        words = ""
        with contextlib.suppress(OSError):
            told = (self._scratch.path / ERRORS).read_text(encoding="utf-8", errors="replace")
            words = next((line.strip("# ") for line in told.splitlines() if line.strip("# ")), "")
        if "memory" in words.lower():
            return f"the process that draws charts ended: {words} {NO_MEMORY}"
        return f"the process that draws charts {how}{f': {words}' if words else ''}"

    def close(self) -> None:
        """End the process; only who started it may."""
        if os.getpid() == self._owner:
            self._process.kill()
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            self._scratch.close()


NO_MEMORY = (
    "It needs some 300 MB, and reserves 70 GB of addresses: end other processes, or set"
    " 'ulimit -v unlimited'."
)


def _address_in(folder: Path) -> str:
    """Where the process with that *folder* listens: a socket in it, or on Windows a pipe."""
    return rf"\\.\pipe\{folder.name}" if sys.platform == "win32" else str(folder / "socket")


def main(place: str, *fonts: str) -> None:
    """Draw for whoever connects in the folder *place* until standard input ends."""
    key = os.read(0, 24)
    threading.Thread(target=_leave_with_parent, args=(Path(place),), daemon=True).start()
    try:
        listening = Listener(_address_in(Path(place)), authkey=key, backlog=64)
    except FileNotFoundError:  # whoever started it has gone, and its folder too
        return
    with listening as listener:
        import vl_convert

        for folder in fonts:
            vl_convert.register_font_directory(folder)
        threading.Thread(
            target=_draw,
            args=(vl_convert, {"kind": "svg", "spec": WARM}),
            daemon=True,
        ).start()
        while True:
            with contextlib.suppress(Exception):  # who cannot prove to be of this run is not served
                threading.Thread(
                    target=_serve,
                    args=(vl_convert, listener.accept()),
                    daemon=True,
                ).start()


def _leave_with_parent(folder: Path) -> None:
    while os.read(0, 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _serve(converter: Any, line: Connection) -> None:
    with contextlib.suppress(EOFError, OSError), line:
        while True:
            question = json.loads(line.recv_bytes())
            try:
                answer = (b"ok", _draw(converter, question))
            except ValueError as error:
                answer = (b"no", str(error).partition("\n")[0].encode())
            for part in answer:
                line.send_bytes(part)


def _draw(converter: Any, question: Mapping[str, Any]) -> bytes:
    if question["kind"] == "svg":
        return str(converter.vegalite_to_svg(question["spec"], vl_version=VEGA_LITE)).encode()
    return bytes(converter.svg_to_png(question["svg"], scale=question["scale"]))


if __name__ == "__main__":
    main(*sys.argv[1:])

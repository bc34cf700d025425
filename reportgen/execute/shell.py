"""A kernel without sockets.

The child's side of the fork engine, cells in an IPython shell, messages
over one connection.
"""

from __future__ import annotations

import asyncio
import atexit
import builtins
import contextlib
import getpass
import os
import sys
import tempfile
import zlib
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import comm
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.page import as_hook
from IPython.core.profiledir import ProfileDir
from traitlets import Any as AnyTrait
from traitlets import CBool, Type
from traitlets.config import Config

from reportgen.execute.stand_in import Lazy, StandIn
from reportgen.execute.wire import Capture, Stream, Wire

# What a stock kernel sets for the programs that cells start: colours, and no
# pager that waits for a key.
ENVIRONMENT = {
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}
FIGURES = "module://matplotlib_inline.backend_inline"


class _Publisher(DisplayPublisher):  # type: ignore[misc] # IPython is read as untyped
    """Displays become messages."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        del kwargs
        self._validate_data(data, metadata)
        kind = "update_display_data" if update else "display_data"
        self.shell.wire.send(
            kind,
            {
                "data": data,
                "metadata": metadata or {},
                "transient": transient or {},
            },
        )

    def clear_output(self, wait: bool = False) -> None:
        self.shell.wire.send("clear_output", {"wait": wait})


class _Result(DisplayHook):  # type: ignore[misc]
    """The value of a cell's last expression becomes a message."""

    def write_output_prompt(self) -> None:
        """Say nothing: the message carries the count."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        if format_dict:
            content = {
                "data": format_dict,
                "metadata": md_dict or {},
                "execution_count": self.prompt_count,
            }
            self.shell.wire.send("execute_result", content)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Compiler(CachingCompiler):  # type: ignore[misc]
    """Names cells as a stock kernel names them: warnings and tracebacks show it."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        del code, number
        name = zlib.crc32(raw_code.encode("utf-8", "replace"))
        path = f"{tempfile.gettempdir()}/ipykernel_{os.getpid()}/{name}.py"
        return os.environ.get("IPYKERNEL_CELL_NAME", path)


class CellShell(InteractiveShell):  # type: ignore[misc]
    """An IPython shell that publishes over a wire."""

    compiler_class = Type(_Compiler)
    displayhook_class = Type(_Result)
    display_pub_class = Type(_Publisher)
    autoindent = CBool(False)
    wire = AnyTrait()
    traceback: list[str] = []  # noqa: RUF012 - set anew for every cell
    display_failed = False
    leaving = False
    parent_header: dict[str, Any] = {}  # noqa: RUF012 - the request that is answered
    kernel = AnyTrait()

    def get_parent(self) -> dict[str, Any]:
        """The request that is answered."""
        return self.parent_header

    def set_parent(self, parent: dict[str, Any]) -> None:
        """Take *parent* for the request that is answered."""
        self.parent_header = parent

    def init_environment(self) -> None:
        """Set what a stock kernel sets."""
        os.environ.update(ENVIRONMENT)
        os.environ.setdefault("MPLBACKEND", FIGURES)

    def init_hooks(self) -> None:
        """As in any shell, but for the pager."""
        super().init_hooks()
        self.set_hook(
            "show_in_pager",
            as_hook(lambda *_args, **_named: None),
            99,
        )  # a pager's text is no output

    def enable_gui(self, gui: Any = None) -> None:
        """No event loop of a window system runs here."""

    def set_next_input(self, text: str, replace: bool = False) -> None:
        """There is no next input to set."""

    def ask_exit(self) -> None:
        """Leave after the running cell."""
        self.leaving = True

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.traceback = stb
        self.display_failed |= (
            self.displayhook.is_active
        )  # a value that cannot be shown fails its cell
        self.wire.send(
            "error",
            {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb},
        )


# Libraries ask for this name to tell whether they run in a notebook.
CellShell.__name__ = "ZMQInteractiveShell"


def serve(connection: Connection, folder: str) -> None:
    """Answer cells until the connection closes; scratch files go to *folder*."""
    atexit._clear()  # noqa: SLF001 - the parent's handlers are the parent's
    _draw_anew()
    wire = Wire(connection)
    os.register_at_fork(after_in_child=connection.close)  # it ends with this process
    _redirect(wire)
    _open_comms(wire)
    _search_here()
    stand_in = StandIn(wire, Path(folder))
    sys.argv = stand_in.command
    quiet = Config(
        {
            "HistoryManager": {"enabled": False, "hist_file": ":memory:"},
            "IPKernelApp": {},  # it is asked for like the shell's name
        }
    )
    profile = ProfileDir.create_profile_dir(str(Path(folder) / "profile"), quiet)
    shell = CellShell.instance(
        wire=wire,
        config=quiet,
        profile_dir=profile,
        ipython_dir=folder,
    )
    shell.kernel = Lazy(lambda: stand_in.kernel(shell))
    stand_in.announce(lambda: stand_in.kernel(shell))
    builtins.input = _no_input(
        "raw_input was called, but this frontend does not support input requests."
    )
    getpass.getpass = _no_input(
        "getpass was called, but this frontend does not support input requests."
    )
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_answer(shell, wire))
    with contextlib.suppress(
        BaseException
    ):  # what a notebook registered; it can fail nobody any more
        atexit._run_exitfuncs()  # noqa: SLF001


def _draw_anew() -> None:
    """Give numpy's global generator entropy of this process; Python's own has it by itself."""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _redirect(wire: Wire) -> None:
    """Send what this process and its children print over the wire; close input."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = Stream(name, descriptor, wire)
        wire.streams.append(stream)
        wire.captures.append(Capture(descriptor, stream))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _open_comms(wire: Wire) -> None:
    """Let widgets send their state, which is saved with the notebook."""
    from comm.base_comm import BaseComm, CommManager

    class WireComm(BaseComm):
        def publish_msg(
            self,
            msg_type: str,
            data: Any = None,
            metadata: Any = None,
            buffers: Any = None,
            **keys: Any,
        ) -> None:
            del metadata
            wire.send(
                msg_type,
                {
                    "data": data or {},
                    "comm_id": self.comm_id,
                    "buffers": [bytes(b) for b in buffers or ()],
                    **keys,
                },
            )

    comms = CommManager()
    comm.create_comm = WireComm
    comm.get_comm_manager = lambda: comms


def _search_here() -> None:
    """Let cells import modules of the working folder, after the standard library."""
    places = [
        place
        for place, path in enumerate(sys.path)
        if Path(path).name in ("site-packages", "dist-packages")
    ]
    if "" not in sys.path:
        sys.path.insert(min(places, default=len(sys.path)), "")


def _no_input(message: str) -> Any:
    def ask(*_args: Any, **_named: Any) -> NoReturn:
        raise StdinNotImplementedError(message)

    return ask


async def _answer(shell: CellShell, wire: Wire) -> None:
    wire.send("status", {"execution_state": "starting"})
    while not shell.leaving:
        request = await _request(wire)
        if request is None:
            return
        shell.set_parent(request)
        kind = request["header"]["msg_type"]
        if kind == "execute_request":
            await _execute(shell, wire, request["content"])
        else:
            handle = getattr(comm.get_comm_manager(), kind)  # one of the front end's comms
            handle(None, None, request)


async def _execute(shell: CellShell, wire: Wire, asked: dict[str, Any]) -> None:
    wire.send("status", {"execution_state": "busy"})
    wire.send(
        "execute_input",
        {"code": asked["code"], "execution_count": shell.execution_count},
    )
    shell.traceback, shell.display_failed = [], False
    result = await _run(shell, asked["code"], asked["store_history"])
    wire.settle()
    error = result.error_before_exec or result.error_in_exec
    reply: dict[str, Any] = {
        "status": "ok",
        "execution_count": shell.execution_count - 1,
    }
    if not result.success or shell.display_failed:
        told = {
            "ename": type(error).__name__,
            "evalue": str(error),
            "traceback": shell.traceback,
        }
        reply |= {"status": "error", **told}
    wire.send("status", {"execution_state": "idle"})
    wire.send("execute_reply", reply)


async def _request(wire: Wire) -> dict[str, Any] | None:
    """The next request, while the cells' own tasks go on; None at the end."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def come() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(wire.fileno(), come)
    try:
        await ready
    finally:
        loop.remove_reader(wire.fileno())
    return wire.receive()


async def _run(shell: CellShell, source: str, store_history: bool) -> Any:
    """The result of one cell, as a stock kernel runs it.

    Coroutines on the running loop, the rest at once.
    """
    failed = None
    try:
        code = shell.transform_cell(source)
    except Exception:  # noqa: BLE001 - the shell shows it as the cell's error
        code, failed = source, sys.exc_info()
    if not shell.should_run_async(source, transformed_cell=code, preprocessing_exc_tuple=failed):
        return shell.run_cell(source, store_history=store_history)
    result = None
    try:
        result = await shell.run_cell_async(
            source,
            store_history=store_history,
            transformed_cell=code,
            preprocessing_exc_tuple=failed,
        )
    finally:
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    return result

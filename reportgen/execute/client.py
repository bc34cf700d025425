"""The cells of a notebook run in a forked kernel.

Outputs, errors and metadata are put together by nbclient's own code, which finds here what it asks
of a kernel over sockets.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import re
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.session import Session
from nbclient.client import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode, from_dict
from papermill.clientwrap import PapermillNotebookClient

from reportgen.execute.kernel import ForkedKernel

LANGUAGE = {
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}
JSON = re.compile(r"application/(.*\+)?json")
PATIENCE = 1.0
"""Seconds that an interrupted cell is given to say where it was."""


class Channels:
    """What nbclient asks of a kernel's client: requests, and the two channels of answers."""

    def __init__(self, kernel: ForkedKernel) -> None:
        self._kernel = kernel
        self._come: asyncio.Future[None] | None = None
        self._asked = ""
        self.session = Session()
        self.gone = ""
        self.iopub_channel = Channel(self)
        self.shell_channel = Channel(self)

    def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """The identifier of the request to run *code*, which is on its way."""
        content = {"code": code, "store_history": store_history, "stop_on_error": stop_on_error}
        request = self.session.msg("execute_request", content)
        self._asked = request["header"]["msg_id"]
        self.send(request)
        return self._asked

    def kernel_info(self) -> str:
        """The identifier of a question that is answered here."""
        asked = self.session.msg("kernel_info_request")["header"]
        self.shell_channel.waiting.append(
            {"parent_header": asked, "content": {"language_info": LANGUAGE}}
        )
        return str(asked["msg_id"])

    def start_channels(self) -> None:
        """Do nothing: the connection is open."""

    def stop_channels(self) -> None:
        """Do nothing: the kernel's owner closes the connection."""

    def wait_for_ready(self, timeout: float) -> None:
        """Return when the kernel can take cells.

        Raises:
            RuntimeError: It cannot after *timeout* seconds.
        """
        self._kernel.wait(timeout)

    def send(self, request: dict[str, Any]) -> None:
        """Hand *request* to the kernel; one that has gone says so when it is read."""
        header = {**request["header"], "date": str(request["header"]["date"])}
        with suppress(BrokenPipeError):
            self._kernel.ask({"buffers": [], **request, "header": header})

    def is_alive(self) -> bool:
        """Whether the kernel can still answer."""
        return not self.gone

    async def come(self, seconds: float | None) -> None:
        """Take in what the kernel says next.

        Raises:
            Empty: It says nothing for *seconds*.
        """
        loop = asyncio.get_running_loop()
        if self._come is None or self._come.done() or self._come.get_loop() != loop:
            self._come = loop.create_future()
            loop.add_reader(self._kernel.fileno(), self._take, loop, self._come)
        if not (await asyncio.wait([self._come], timeout=seconds))[0]:
            raise Empty

    def _take(self, loop: asyncio.AbstractEventLoop, come: asyncio.Future[None]) -> None:
        loop.remove_reader(self._kernel.fileno())
        try:
            for message in self._kernel.messages():
                replies = message["msg_type"] == "execute_reply"
                channel = self.shell_channel if replies else self.iopub_channel
                channel.waiting.append(_shaped(message, self._asked))
        except EOFError:
            self.gone = "Kernel died"
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            self.gone = f"The kernel's message cannot be read: {error!r}"
        if not come.done():
            come.set_result(None)


class Channel:
    """The messages of one kind that have come."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self.waiting: deque[dict[str, Any]] = deque()

    def send(self, request: dict[str, Any]) -> None:
        """Hand *request* to the kernel."""
        self._channels.send(request)

    async def get_msg(  # jupyter_client's
        self,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> dict[str, Any]:
        """The next message.

        Raises:
            Empty: None has come for *timeout* seconds.
            DeadKernelError: The kernel has gone, and all that it said is read; the channel of
                replies says so.
        """
        end = None if timeout is None else monotonic() + timeout
        while not self.waiting:
            if self._channels.gone and self is self._channels.iopub_channel:
                await asyncio.get_running_loop().create_future()  # cancelled with its cell
            elif self._channels.gone:
                await asyncio.sleep(0)  # the other channel's reader is served before
                raise DeadKernelError(self._channels.gone)
            await self._channels.come(None if end is None else max(0.0, end - monotonic()))
        return self.waiting.popleft()


class Manager:
    """What nbclient asks of a kernel's manager; a kernel that was started before may be given."""

    ipykernel = True

    def __init__(self, kernel: ForkedKernel | None = None) -> None:
        self._kernel = kernel

    @property
    def has_kernel(self) -> bool:
        """Whether a kernel runs."""
        return self._kernel is not None

    @property
    def kernel(self) -> ForkedKernel:
        """The kernel that runs.

        Raises:
            RuntimeError: There is none, in the words of a stock manager.
        """
        if self._kernel is None:
            raise RuntimeError("No kernel is running!")
        return self._kernel

    def start_kernel(self, *, cwd: str = "", **_ignored: Any) -> None:
        """Start a kernel in the folder *cwd*, or in the working folder."""
        self._kernel = ForkedKernel.start(Path(cwd) if cwd else Path.cwd())

    def client(self) -> Channels:
        """A client of the kernel."""
        return Channels(self.kernel)

    def is_alive(self) -> bool:
        """Whether a kernel runs, or has ended and was not shut down."""
        return self.has_kernel

    def interrupt_kernel(self) -> None:
        """Raise KeyboardInterrupt in the running cell."""
        self.kernel.interrupt_kernel()

    def shutdown_kernel(self, now: bool = False) -> None:
        """Let the kernel leave, or end it *now*."""
        if now:
            self.kernel.kill()
        self.cleanup_resources()

    def cleanup_resources(self) -> None:
        """Let the kernel leave, and remove what it left."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None


class WithoutSockets(NotebookClient):  # type: ignore[misc] # nbclient is read as untyped
    """nbclient's client, with a forked kernel in place of sockets."""

    clear_before_next_output: bool

    def create_kernel_manager(self) -> Manager:
        """The manager of the kernel that is started for the notebook."""
        self.km = Manager()
        return self.km

    def output(
        self,
        outs: list[Any],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> Any:
        """What the message adds to the outputs *outs*.

        As nbclient does it, without its slow look at what is plainly valid. Text that continues
        the text before is one output with it: how it was cut on its way is a matter of time.
        """
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().output(outs, msg, display_id, cell_index)
        content = msg["content"]
        last = outs[-1] if outs and not self.clear_before_next_output else {}
        if msg["msg_type"] == "stream" and last.get("name") == content["name"]:
            last["text"] += content["text"]
            return from_dict({"output_type": "stream", **content})
        if msg["msg_type"] not in ("display_data", "execute_result") or not _plain(content["data"]):
            return super().output(outs, msg, display_id, cell_index)
        if self.clear_before_next_output:
            outs[:] = []
            self.clear_display_id_mapping(cell_index)
            self.clear_before_next_output = False
        if display_id:
            self._display_id_map.setdefault(display_id, {}).setdefault(cell_index, []).append(
                len(outs)
            )
        fields = {
            "output_type": msg["msg_type"],
            "data": content["data"],
            "metadata": content["metadata"],
        }
        if msg["msg_type"] == "execute_result":
            fields["execution_count"] = content["execution_count"]
        added = from_dict({key: value for key, value in fields.items() if key != "data"})
        dict.__setitem__(added, "data", NotebookNode())
        dict.update(
            added["data"],
            content["data"],
        )  # as it came: a chart's thousands of values need not be nodes
        outs.append(added)
        return added

    async def _async_handle_timeout(  # nbclient's
        self,
        timeout: int,  # noqa: ASYNC109
        cell: Any = None,
    ) -> Any:
        """Interrupt the cell, with what it then says.

        CellTimeoutError unless the client only interrupts.
        """
        if isinstance(self.km, Manager) and not self.interrupt_on_timeout:
            self.km.interrupt_kernel()
            with suppress(Empty, DeadKernelError):
                await self.kc.shell_channel.get_msg(timeout=PATIENCE)
            self.km.kernel.kill()
        return await super()._async_handle_timeout(timeout, cell)


class ForkedClient(WithoutSockets, PapermillNotebookClient):  # type: ignore[misc] # papermill's
    """Papermill's client, with a forked kernel in place of sockets."""


def _plain(data: dict[str, Any]) -> bool:
    """Whether each value of a media bundle has the form its type requires.

    Text, or anything under JSON types.
    """
    return all(
        isinstance(value, str) or (JSON.fullmatch(media) and isinstance(value, dict))
        for media, value in data.items()
    )


def _shaped(message: dict[str, Any], parent: str) -> dict[str, Any]:
    """*message* as nbclient reads messages."""
    date = dt.datetime.fromtimestamp(message["time"], dt.UTC)
    buffers = [base64.b64decode(text) for text in message["content"].get("buffers", ())]
    return {
        **message,
        "buffers": buffers,
        "header": {"msg_type": message["msg_type"], "date": date},
        "parent_header": {"msg_id": parent},
    }

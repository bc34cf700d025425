"""The cells of a notebook run in a forked kernel.

Outputs, errors and metadata are put together by nbclient's own code.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import sys
from time import monotonic
from typing import Any

from jupyter_core.utils import run_sync
from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbformat import NotebookNode, from_dict
from nbformat.validator import NotebookValidationError
from papermill.clientwrap import PapermillNotebookClient

from reportgen.execute import limits
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


class ForkedClient(PapermillNotebookClient):  # type: ignore[misc] # papermill ships no types
    """Papermill's client, with a forked kernel in place of sockets."""

    def execute(self, kernel: ForkedKernel) -> Any:
        """The notebook, executed cell by cell until one fails."""
        self.kernel = kernel
        self.km = kernel
        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = LANGUAGE
        self.set_widgets_metadata()
        kernel.leave()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_options: Any) -> Any:
        """*cell* with its outputs.

        CellExecutionError, CellTimeoutError or DeadKernelError as
        from a stock kernel.
        """
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            return cell
        cell.metadata["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        reply, refused = self._reply(cell, cell_index)
        cell.metadata["execution"]["shell.execute_reply"] = timestamp(reply)
        if refused:
            raise refused
        if reply["content"]["status"] == "error":
            run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell

    def _reply(
        self,
        cell: Any,
        cell_index: int,
    ) -> tuple[dict[str, Any], Exception | None]:
        """The shell's reply to *cell* after its outputs, and why an output is invalid."""
        limit = self._get_timeout(cell)
        end = monotonic() + limit if limit else None
        refused: Exception | None = None
        try:
            self.kernel.ask(cell.source)
            while True:
                message = self.kernel.message(max(0.0, end - monotonic()) if end else None)
                if self.kernel.received > limits.MOST:
                    self.kernel.kill()
                    limits.refuse(cell)
                if message is None:
                    self._too_long(cell, cell_index)
                    end = None
                elif message["msg_type"] == "execute_reply":
                    break
                elif refused is None:
                    refused = self._take(message, cell, cell_index)
        except (EOFError, BrokenPipeError):
            raise DeadKernelError("Kernel died") from None
        except (KeyError, TypeError, AttributeError) as error:
            raise DeadKernelError(f"The kernel's message cannot be read: {error!r}") from error
        return _shaped(message), refused

    def _take(
        self,
        message: dict[str, Any],
        cell: Any,
        cell_index: int,
    ) -> Exception | None:
        try:
            self.process_message(_shaped(message), cell, cell_index)
        except CellExecutionComplete:
            return None
        except NotebookValidationError as error:
            refused: Exception = error
            return refused
        return None

    def output(
        self,
        outs: list[Any],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> Any:
        """What the message adds to the outputs *outs*.

        As nbclient does it, without its slow look at what is plainly valid.
        """
        content = msg["content"]
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

    def _too_long(self, cell: Any, cell_index: int) -> None:
        """Interrupt the cell, with what it then says.

        CellTimeoutError unless the client only interrupts.
        """
        self.kernel.interrupt_kernel()
        if not self.interrupt_on_timeout:
            while (message := self.kernel.message(PATIENCE)) and message[
                "msg_type"
            ] != "execute_reply":
                self._take(message, cell, cell_index)
            self.kernel.kill()
            run_sync(self._async_handle_timeout)(self._get_timeout(cell), cell)


def _plain(data: dict[str, Any]) -> bool:
    """Whether each value of a media bundle has the form its type requires.

    Text, or anything under JSON types.
    """
    return all(
        isinstance(value, str) or (JSON.fullmatch(media) and isinstance(value, dict))
        for media, value in data.items()
    )


def _shaped(message: dict[str, Any]) -> dict[str, Any]:
    """*message* as nbclient reads messages."""
    date = dt.datetime.fromtimestamp(message["time"], dt.UTC)
    buffers = [base64.b64decode(text) for text in message["content"].get("buffers", ())]
    return {
        **message,
        "buffers": buffers,
        "header": {"msg_type": message["msg_type"], "date": date},
        "parent_header": {},
    }

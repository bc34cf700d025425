"""The cells of a notebook run in a forked kernel; outputs, errors and metadata are put together by nbclient's own code."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from time import monotonic
from typing import Any

from jupyter_core.utils import run_sync
from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient

from reportgen.execute.kernel import ForkedKernel

LANGUAGE = {
    "name": "python", "version": sys.version.split()[0], "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]}, "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python", "file_extension": ".py",
}  # fmt: skip


class ForkedClient(PapermillNotebookClient):  # type: ignore[misc] # papermill ships no types
    """Papermill's client, with a forked kernel in place of sockets."""

    def execute(self, kernel: ForkedKernel) -> Any:
        """The notebook, executed cell by cell until one fails."""
        self.kernel = kernel
        self.km = kernel
        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = LANGUAGE
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_options: Any) -> Any:
        """*cell* with its outputs; CellExecutionError, CellTimeoutError or DeadKernelError as from a stock kernel."""
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            return cell
        cell.metadata["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        reply = self._reply(cell, cell_index)
        cell.metadata["execution"]["shell.execute_reply"] = timestamp(reply)
        if reply["content"]["status"] == "error":
            run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell

    def _reply(self, cell: Any, cell_index: int) -> dict[str, Any]:
        """The shell's reply to *cell*, after its outputs."""
        limit = self._get_timeout(cell)
        end = monotonic() + limit if limit else None
        try:
            self.kernel.ask(cell.source)
            while True:
                message = self.kernel.message(max(0.0, end - monotonic()) if end else None)
                if message is None:
                    run_sync(self._async_handle_timeout)(limit, cell)  # raises, or interrupts where that was asked for
                    end = None
                    continue
                if message["msg_type"] == "execute_reply":
                    return _shaped(message)
                self._take(message, cell, cell_index)
        except (EOFError, BrokenPipeError):
            raise DeadKernelError("Kernel died") from None

    def _take(self, message: dict[str, Any], cell: Any, cell_index: int) -> None:
        with contextlib.suppress(CellExecutionComplete):
            self.process_message(_shaped(message), cell, cell_index)


def _shaped(message: dict[str, Any]) -> dict[str, Any]:
    """*message* as nbclient reads messages."""
    date = dt.datetime.fromtimestamp(message["time"], dt.UTC)
    return {**message, "header": {"msg_type": message["msg_type"], "date": date}, "parent_header": {}}

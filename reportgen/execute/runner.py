"""A notebook run under papermill in a folder of its own, with limits, its failures mapped to ours."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reportgen.errors import CellFailed, CellTimeout, ExecutionError, KernelDied
from reportgen.request import Value

Progress = Callable[[str], None]


def run_notebook(source: Path, output: Path, parameters: Mapping[str, Value], *, cell_timeout: int, run_timeout: int) -> dict[str, Any]:
    """Run *source* in *output*'s folder and save it as *output*; return the executed notebook.

    CellTimeout, KernelDied or CellFailed are raised after the notebook has been saved with what it has.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillException, PapermillExecutionError

    from reportgen.execute.kernel import LocalKernelManager

    logging.getLogger("papermill").setLevel(logging.ERROR)
    where = str(output.parent)
    try:
        with _limit(run_timeout) as expired:
            executed = papermill.execute_notebook(
                str(source), str(output), parameters=dict(parameters), cwd=where, kernel_name="python3",
                progress_bar=False, log_output=False, execution_timeout=cell_timeout,
                autosave_cell_every=0, request_save_on_cell_execute=False, shutdown_kernel="immediate",
                kernel_manager_class=LocalKernelManager,
            )  # fmt: skip
    except PapermillExecutionError as error:
        raise CellFailed(f"Cell {error.exec_count} of the notebook failed: {error.ename}: {error.evalue}", subject=output) from error
    except CellTimeoutError as error:
        raise CellTimeout(f"A cell took longer than {cell_timeout} s; raise the limit or mend the cell.", subject=output) from error
    except DeadKernelError as error:
        if expired.is_set():
            raise CellTimeout(f"The notebook took longer than {run_timeout} s in all.", subject=output) from error
        raise KernelDied("The kernel's process died before the notebook ended (out of memory?).", subject=output) from error
    except PapermillException as error:
        raise ExecutionError(f"papermill could not run the notebook: {error}", subject=output) from error
    return dict(executed)


@contextmanager
def _limit(seconds: int) -> Iterator[threading.Event]:
    """Kill the kernels this process started once *seconds* have passed; the event tells that it happened."""
    expired = threading.Event()

    def stop() -> None:
        import psutil

        expired.set()
        for child in psutil.Process().children(recursive=True):
            if "ipykernel" in " ".join(child.cmdline()):
                child.kill()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()

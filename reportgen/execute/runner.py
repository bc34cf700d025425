"""A notebook run under papermill in a folder of its own, with limits, its failures mapped to ours."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.errors import CellFailed, CellTimeout, ExecutionError, KernelDied
from reportgen.request import Value

ENGINE = "reportgen-saving"
if TYPE_CHECKING:
    from reportgen.execute.kernel import LocalKernelManager


def run_notebook(source: Path, output: Path, parameters: Mapping[str, Value], *, cell_timeout: int, run_timeout: int) -> dict[str, Any]:
    """Run *source* in *output*'s folder and save it as *output*; return the executed notebook.

    CellTimeout, KernelDied or CellFailed are raised after the notebook has been saved with what it has.
    """
    from reportgen.execute.kernel import started

    with started(output.parent) as kernel, _limit(run_timeout, kernel) as expired:
        return _execute(source, output, parameters, kernel, Limits(cell_timeout, run_timeout, expired))


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a cell and the run may take, and whether the run's are over."""

    cell: int
    run: int
    expired: threading.Event


def _execute(source: Path, output: Path, parameters: Mapping[str, Value], kernel: LocalKernelManager, limits: Limits) -> dict[str, Any]:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillException, PapermillExecutionError

    papermill.engines.papermill_engines.register(ENGINE, _saving_engine(output))
    logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)  # what it has to say is in our errors
    try:
        executed = papermill.execute_notebook(
            str(source), str(output), parameters=dict(parameters), kernel_name="python3", engine_name=ENGINE, km=kernel, progress_bar=False, log_output=False,
            execution_timeout=limits.cell, autosave_cell_every=0, request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise CellFailed(f"Cell {error.exec_count} of the notebook failed: {error.ename}: {error.evalue}", subject=output) from error
    except CellTimeoutError as error:
        raise CellTimeout(f"A cell took longer than {limits.cell} s; raise the limit or mend the cell.", subject=output) from error
    except DeadKernelError as error:
        if limits.expired.is_set():
            raise CellTimeout(f"The notebook took longer than {limits.run} s in all.", subject=output) from error
        raise KernelDied("The kernel's process died before the notebook ended (out of memory?).", subject=output) from error
    except PapermillException as error:
        raise ExecutionError(f"papermill could not run the notebook: {error}", subject=output) from error
    return dict(executed)


def _saving_engine(output: Path) -> type:
    """Papermill's own engine, which also saves what it has when a kernel dies or a cell takes too long."""
    from papermill.engines import NBClientEngine
    from papermill.iorw import write_ipynb

    class SavingEngine(NBClientEngine):  # type: ignore[misc] # papermill ships no types
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().execute_managed_notebook(nb_man, *args, **kwargs)
            except Exception:
                write_ipynb(nb_man.nb, str(output))
                raise

    return SavingEngine


@contextmanager
def _limit(seconds: int, kernel: LocalKernelManager) -> Iterator[threading.Event]:
    """Kill *kernel* once *seconds* have passed; the event tells that it happened."""
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        kernel.kill()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()

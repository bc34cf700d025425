"""A notebook run under papermill in a folder of its own, with limits, its failures mapped to ours."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.errors import CellFailed, CellTimeout, ExecutionError, KernelDied
from reportgen.request import Value

if TYPE_CHECKING:
    from reportgen.execute.kernel import LocalKernelManager

ENGINE = "reportgen-saving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is run, where it is saved, its limits in seconds, and who is told which cell begins."""

    source: Path
    output: Path
    cell_timeout: int
    run_timeout: int
    say: Callable[[str], None] = lambda _: None


def run_notebook(run: Run, parameters: Mapping[str, Value]) -> dict[str, Any]:
    """Run a notebook in its output's folder and save it there; return the executed notebook.

    CellTimeout, KernelDied or CellFailed are raised after the notebook has been saved with what it has.
    """
    from reportgen.execute.kernel import started

    with started(run.output.parent) as kernel, _limit(run.run_timeout, kernel) as expired:
        return _execute(run, parameters, kernel, expired)


def _execute(run: Run, parameters: Mapping[str, Value], kernel: LocalKernelManager, expired: threading.Event) -> dict[str, Any]:
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillException, PapermillExecutionError

    papermill.engines.papermill_engines.register(ENGINE, _saving_engine(run))
    logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)  # what it has to say is in our errors
    try:
        executed = papermill.execute_notebook(
            str(run.source), str(run.output), parameters=dict(parameters), kernel_name="python3", engine_name=ENGINE, km=kernel,
            progress_bar=False, log_output=False, execution_timeout=run.cell_timeout, autosave_cell_every=0, request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise CellFailed(f"Cell {error.exec_count} of the notebook failed: {error.ename}: {error.evalue}", subject=run.output) from error
    except CellTimeoutError as error:
        raise CellTimeout(f"A cell took longer than {run.cell_timeout} s; raise the limit or mend the cell.", subject=run.output) from error
    except PapermillException as error:
        raise ExecutionError(f"papermill could not run the notebook: {error}", subject=run.output) from error
    except RuntimeError as error:  # nbclient's DeadKernelError among them
        if expired.is_set():
            raise CellTimeout(f"The notebook took longer than {run.run_timeout} s in all.", subject=run.output) from error
        raise KernelDied(f"The kernel's process died or did not answer (out of memory?): {error}", subject=run.output) from error
    return dict(executed)


def _saving_engine(run: Run) -> type:
    """Papermill's own engine, which also tells the cells and saves what it has when a kernel dies or a cell takes too long."""
    from papermill.engines import NBClientEngine
    from papermill.iorw import write_ipynb

    class SavingEngine(NBClientEngine):  # type: ignore[misc] # papermill ships no types
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, *args: Any, **kwargs: Any) -> Any:
            begin = nb_man.cell_start

            def told(cell: Any, *rest: Any, **named: Any) -> Any:
                if cell.cell_type == "code":
                    run.say(f"notebook: {cell.get('id', '')}")
                return begin(cell, *rest, **named)

            nb_man.cell_start = told
            try:
                return super().execute_managed_notebook(nb_man, *args, **kwargs)
            except Exception:
                write_ipynb(nb_man.nb, str(run.output))
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

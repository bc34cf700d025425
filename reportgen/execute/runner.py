"""Run a notebook under papermill, with time limits and errors of our own."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from reportgen.config.settings import Settings
from reportgen.core.errors import (
    CellFailed,
    CellTimeout,
    ExecutionError,
    KernelDied,
)
from reportgen.execute import limits
from reportgen.execute.fork import FORKS
from reportgen.record.request import Value

ENGINE = "reportgen-saving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is run, where it is saved on failure, settings, and progress callback."""

    source: Path
    output: Path
    settings: Settings
    say: Callable[[str], None] = lambda _: None
    withheld: frozenset[str] = frozenset()
    """The environment variables that no cell sees."""
    home: Path | None = None
    """The working folder of the cells; by default that of the output."""


class Kernel(Protocol):
    """A started kernel, forked or stock."""

    def prepared(self) -> Any:
        """What was prepared for it, or the error that this raised."""

    def options(self) -> Mapping[str, Any]:
        """What its engine is told: its name, and the kernel."""

    def kill(self) -> None:
        """End it at once."""

    def close(self) -> None:
        """Let it leave."""


@contextmanager
def started(
    run: Run,
    prepare: Callable[[], Any] = lambda: None,
) -> Iterator[Kernel]:
    """A kernel in the folder of the run's output until the block ends.

    What *prepare* makes is at hand before any cell.
    """
    folder = run.home or run.output.parent
    asked = run.settings.engine == "reportgen"
    kernel: Kernel
    if not (asked and FORKS):
        from reportgen.execute.stock import StockKernel

        kernel = StockKernel.start(folder, prepare, run.withheld, run.output.parent)
        if asked:  # said once what was asked for can be done
            sys.stderr.write(
                f"reportgen: fork is not used on {sys.platform};"
                " the notebook runs in a stock kernel.\n"
            )
    else:
        from reportgen.execute.kernel import PRELOAD, ForkedKernel

        preload = PRELOAD if run.home is None else ()
        kernel = ForkedKernel.start(folder, prepare, preload, run.withheld)
        kernel.most = limits.MOST
    try:
        yield kernel
    finally:
        kernel.close()


def run_notebook(
    run: Run,
    kernel: Kernel,
    parameters: Mapping[str, Value],
) -> dict[str, Any]:
    """The notebook of *run*, executed in *kernel*.

    On an error, what there is of the notebook is saved first, as evidence.

    Raises:
        CellTimeout: A cell, or the whole run, exceeded its limit.
        KernelDied: The kernel's process ended.
        CellFailed: A cell raised an exception.
    """
    with _limit(run.settings.run_timeout, kernel) as expired:
        return _execute(run, parameters, kernel, expired)


def _execute(
    run: Run,
    parameters: Mapping[str, Value],
    kernel: Kernel,
    expired: threading.Event,
) -> dict[str, Any]:
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from nbformat.validator import NotebookValidationError
    from papermill.exceptions import PapermillException, PapermillExecutionError

    options = dict(kernel.options())
    seen: list[Any] = []
    papermill.engines.papermill_engines.register(
        ENGINE,
        _saving_engine(run, options.pop("engine"), seen),
    )
    logging.getLogger("papermill").setLevel(
        logging.CRITICAL + 1
    )  # what it has to say is in our errors
    try:
        papermill.execute_notebook(
            str(run.source),
            None,
            parameters=dict(parameters),
            kernel_name="python3",
            engine_name=ENGINE,
            **options,
            progress_bar=False,
            log_output=False,
            execution_timeout=run.settings.cell_timeout,
            autosave_cell_every=0,
            request_save_on_cell_execute=False,
        )
    except PapermillExecutionError as error:
        with suppress(
            PapermillExecutionError
        ):  # which saves the notebook with its mark before it raises
            papermill.execute.raise_for_execution_errors(
                papermill.execute.remove_error_markers(seen[0]),
                str(run.output),
            )
        raise CellFailed(
            f"Cell {error.exec_count} of the notebook failed: {error.ename}: {error.evalue}",
            subject=run.output,
        ) from error
    except CellTimeoutError as error:
        raise CellTimeout(
            f"A cell took longer than {run.settings.cell_timeout} s; change the cell, or raise"
            " cell_timeout of the Settings from Python.",
            subject=run.output,
        ) from error
    except (PapermillException, NotebookValidationError) as error:
        raise ExecutionError(
            f"papermill could not run the notebook: {error}",
            subject=run.output,
        ) from error
    except RuntimeError as error:  # nbclient's DeadKernelError among them
        if expired.is_set():
            raise CellTimeout(
                f"The notebook took longer than {run.settings.run_timeout} s in all.",
                subject=run.output,
            ) from error
        raise KernelDied(
            f"The kernel's process died or did not answer (out of memory?): {error}",
            subject=run.output,
        ) from error
    return dict(seen[-1])


def _saving_engine(run: Run, name: str, seen: list[Any]) -> type:
    """The engine *name*, extended: it reports each cell, and saves on failure.

    The notebook that it runs is put into *seen*. Papermill itself saves
    nothing: a brief is written once, when it is right.
    """
    from nbformat import v4, validate
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors
    from papermill.iorw import write_ipynb

    engine: Any = papermill_engines.get_engine(name)

    class SavingEngine(engine):  # type: ignore[misc] # papermill ships no types
        @classmethod
        def execute_notebook(cls, *args: Any, **kwargs: Any) -> Any:
            seen.append(super().execute_notebook(*args, **kwargs))
            raise_for_execution_errors(seen[-1], None)
            validate(seen[-1])
            return (
                v4.new_notebook()
            )  # papermill would format the whole notebook once more, to save it nowhere

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            begin = nb_man.cell_start
            seen.append(nb_man.nb)

            def told(cell: Any, *rest: Any, **named: Any) -> Any:
                if cell.cell_type == "code":
                    run.say(f"notebook: {cell.get('id', '')}")
                return begin(cell, *rest, **named)

            complete = nb_man.cell_complete

            def completed(cell: Any, *rest: Any, **named: Any) -> Any:
                if _too_much(cell, kwargs.get("kernel")):
                    limits.refuse(cell)
                return complete(cell, *rest, **named)

            nb_man.cell_start = told
            nb_man.cell_complete = completed
            try:
                return super().execute_managed_notebook(nb_man, *args, **kwargs)
            except Exception:
                write_ipynb(nb_man.nb, str(run.output))
                raise

    return SavingEngine


def _too_much(cell: Any, kernel: Any) -> bool:
    """Whether *cell* has put out too much: a forked *kernel* counts, any other has None."""
    return limits.size(cell) > limits.MOST if kernel is None else bool(kernel.overflowed)


@contextmanager
def _limit(seconds: int, kernel: Kernel) -> Iterator[threading.Event]:
    """Kill *kernel* after *seconds* have passed; the event says that it happened."""
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

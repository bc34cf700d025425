"""Where a batch runs.

This machine, a Dask cluster made for the occasion, or one that stands already.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from reportgen.core.errors import SettingsError
from reportgen.produce import batch


@contextmanager
def executor(name: str, jobs: int | None = None) -> Iterator[Executor]:
    """The executor *name*.

    "local", "dask" or the address of a Dask scheduler; *jobs* briefs at once,
    by default one a core.

    When the block ends by an error, what is waiting is dropped and what
    is running is stopped.
    """
    number = jobs or os.cpu_count() or 1
    if name == "local":
        with _local(number) as found:
            yield found
    else:
        with _dask(name, number) as found:
            yield found


@contextmanager
def _local(jobs: int) -> Iterator[Executor]:
    """Threads that only wait: each brief is made in a process of its own."""
    batch.reopen()
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        batch.close()
        pool.shutdown()


@contextmanager
def _dask(address: str, jobs: int) -> Iterator[Executor]:
    try:
        import distributed
    except ImportError as error:
        raise SettingsError(
            f"'--executor {address}' needs Dask; install the package distributed.",
            subject=address,
        ) from error
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL
    )  # what it has to say is in the outcomes
    with ExitStack() as stack:
        try:
            if address == "dask":
                made = distributed.LocalCluster(
                    n_workers=jobs,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",
                    host="127.0.0.1",
                    silence_logs=logging.CRITICAL,
                    memory_limit=0,
                )
                client = stack.enter_context(distributed.Client(stack.enter_context(made)))
            else:
                client = stack.enter_context(distributed.Client(address, timeout=10))
                client.wait_for_workers(1, timeout=10)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"No Dask scheduler with workers answers at '{address}': {error}",
                subject=address,
            ) from error
        yield client.get_executor(pure=False)

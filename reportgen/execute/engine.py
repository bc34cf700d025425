"""The engine that papermill finds under the name "reportgen": a forked child per notebook.

Papermill imports every registered engine whenever it starts, so this module
imports nothing that papermill has not.
"""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any

from papermill.engines import Engine, NBClientEngine

PYTHON = {"python3", "python"}
"""Names of kernels that are this interpreter."""


class ForkEngine(Engine):  # type: ignore[misc] # papermill ships no types
    """Runs Python notebooks in a forked child.

    Where that is not safe, papermill's own engine runs them.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """The executed notebook *nb*.

        A started kernel may be given as ``kernel``, which its owner closes.
        """
        if options.get("kernel") is not None:
            return super().execute_notebook(nb, kernel_name, **options)
        from reportgen.execute.fork import unsafe

        reason = (
            f"kernel '{kernel_name}' is not this Python" if kernel_name not in PYTHON else unsafe()
        )
        if reason:
            sys.stderr.write(f"reportgen: {reason}; the notebook runs in a stock kernel.\n")
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)
        from pathlib import Path

        from reportgen.execute.kernel import ForkedKernel

        with closing(
            ForkedKernel.start(Path.cwd())
        ) as kernel:  # before a progress bar starts a thread
            return super().execute_notebook(
                nb,
                kernel_name,
                **{**options, "kernel": kernel},
            )

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        **options: Any,
    ) -> Any:
        """Run the cells of the managed notebook."""
        from papermill.log import logger

        from reportgen.execute.client import ForkedClient

        kept = {
            k: v
            for k, v in options.items()
            if k
            not in (
                "input_path",
                "kernel",
                "execution_timeout",
                "start_timeout",
                "startup_timeout",
            )
        }
        timeout = options.get("execution_timeout") or kept.pop("timeout", None)
        client = ForkedClient(
            nb_man,
            **{
                **kept,
                "timeout": timeout,
                "kernel_name": kernel_name,
                "log": logger,
            },
        )
        return client.execute(options["kernel"])

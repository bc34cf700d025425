"""The engine that papermill finds under the name "reportgen": a forked child per notebook.

Papermill imports every registered engine whenever it starts, so this module
imports nothing that papermill has not.
"""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any, ClassVar

from papermill.engines import Engine, NBClientEngine

PYTHON = {"python3", "python"}
"""Names of kernels that are this interpreter."""
OF_SOCKETS = ("km", "kernel_manager_class", "extra_arguments")
"""Options that ask for a kernel with sockets, or for its command line."""
SPENT = ("input_path", "kernel", "timeout", "startup_timeout")
"""Options that the engine reads itself."""


class ForkEngine(Engine):  # type: ignore[misc] # papermill ships no types
    """Runs Python notebooks in a forked child.

    Where that is not possible, papermill's own engine runs them.
    """

    fallbacks: ClassVar[list[str]] = []
    """Why notebooks of this process ran in stock kernels."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """The executed notebook *nb*.

        A started kernel may be given as ``kernel``, which its owner closes.
        """
        if options.get("kernel") is not None:
            return super().execute_notebook(nb, kernel_name, **options)
        reason = _reason(kernel_name, options)
        if reason:
            cls.fallbacks.append(reason)
            sys.stderr.write(f"reportgen: {reason}; the notebook runs in a stock kernel.\n")
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)
        from pathlib import Path

        from reportgen.execute.kernel import ForkedKernel

        folder = options.get("resources", {}).get("metadata", {}).get("path") or Path.cwd()
        with closing(ForkedKernel.start(Path(folder))) as kernel:
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
        *,
        kernel: Any,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> Any:
        """Run the cells of the managed notebook."""
        from papermill.log import logger

        from reportgen.execute.client import ForkedClient, Manager

        client = ForkedClient(
            nb_man,
            km=Manager(kernel),
            **{key: value for key, value in options.items() if key not in SPENT},
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
        )
        executed = client.execute()
        kernel.leave()
        return executed


def _reason(kernel_name: str, options: dict[str, Any]) -> str:
    """Why a notebook needs a stock kernel, or ""."""
    from reportgen.execute.fork import FORKS

    if not FORKS:
        return f"fork is not used on {sys.platform}"
    if kernel_name not in PYTHON:
        return f"kernel '{kernel_name}' is not this Python"
    asked = [name for name in OF_SOCKETS if options.get(name)]
    return f"the option {asked[0]} asks for a kernel with sockets" if asked else ""

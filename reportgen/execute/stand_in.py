"""What libraries find that ask ipykernel for its application, its kernel or its session.

A stock kernel has imported ipykernel. This one imports it once a cell does, or asks for
``get_ipython().kernel``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

from traitlets import Any as AnyTrait

from reportgen.execute.wire import Wire

NO_PORTS = dict.fromkeys(
    ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"),
    0,
)


class StandIn:
    """The kernel's connection file, and ipykernel's objects, made when they are asked for."""

    def __init__(self, wire: Wire, folder: Path) -> None:
        self._wire = wire
        self._kernel: Any = None
        self.file = folder / f"kernel-{uuid4()}.json"
        told = {**NO_PORTS, "transport": "tcp", "ip": "127.0.0.1", "kernel_name": "python3"}
        self.file.write_text(
            json.dumps({**told, "key": "", "signature_scheme": "hmac-sha256"}),
            encoding="utf-8",
        )

    @property
    def command(self) -> list[str]:
        """The command line of a stock kernel that nbclient starts."""
        launcher = find_spec("ipykernel_launcher")
        program = launcher.origin if launcher and launcher.origin else "ipykernel_launcher.py"
        return [program, "-f", str(self.file), "--HistoryManager.hist_file=:memory:"]

    def announce(self, kernel: Callable[[], Any]) -> None:
        """Let ipykernel's classes say that they run, and give *kernel* and its application."""

        def of_kernels(module: ModuleType) -> None:
            _lazily(module.Kernel, kernel)

        def of_apps(module: ModuleType) -> None:
            def app() -> Any:
                made = instance(connection_file=str(self.file))
                made.kernel, made.shell = kernel(), kernel().shell
                return made

            instance = module.IPKernelApp.instance
            _lazily(module.IPKernelApp, app)

        doings: dict[str, Callable[[ModuleType], None]]
        doings = {"ipykernel.kernelbase": of_kernels, "ipykernel.kernelapp": of_apps}
        for name in [name for name in doings if name in sys.modules]:
            doings.pop(name)(sys.modules[name])
        sys.meta_path.insert(0, _Afterwards(doings))

    def kernel(self, shell: Any) -> Any:
        """The kernel of *shell*: ipykernel's own class, whose session sends over the wire."""
        if self._kernel is None:
            self._kernel = _kernel_class(self._wire).instance(of=shell)
        return self._kernel


class Lazy:
    """An object that is made once somebody asks for more than whether it is there."""

    def __init__(self, make: Callable[[], Any]) -> None:
        object.__setattr__(self, "_make", make)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._make(), name, value)

    def __repr__(self) -> str:
        return repr(self._make())

    @property  # type: ignore[misc] # so that isinstance sees what it stands for
    def __class__(self) -> type:
        return type(self._make())


def _lazily(kind: Any, make: Callable[[], Any]) -> None:
    """Let the singleton *kind* be there from the start, though :func:`make` makes it when asked."""
    instance = kind.instance.__func__

    def given(cls: Any, *args: Any, **named: Any) -> Any:
        if cls._instance is None and not args and not named:
            make()
        return instance(cls, *args, **named)

    kind.instance = classmethod(given)
    kind.initialized = classmethod(lambda cls: given(cls) is not None)


class _Afterwards(MetaPathFinder):
    """Does something with a module once it has been imported."""

    def __init__(self, doings: dict[str, Callable[[ModuleType], None]]) -> None:
        self._doings = doings

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The spec of a module that is awaited; None of any other."""
        del path, target
        do = self._doings.pop(name, None)
        spec = find_spec(name) if do else None
        if do is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def executed(module: ModuleType) -> None:
            execute(module)
            do(module)

        spec.loader.exec_module = executed  # type: ignore[method-assign] # of this one loader
        return spec


def _kernel_class(wire: Wire) -> Any:
    """The class of a kernel that sends over *wire*."""
    import comm
    from ipykernel.ipkernel import IPythonKernel
    from jupyter_client.session import Session
    from tornado.ioloop import IOLoop

    like = signature(Session.send)

    class WireSession(Session):  # type: ignore[misc] # jupyter_client is read as untyped
        def send(self, *args: Any, **named: Any) -> Any:
            asked = like.bind(self, *args, **named)
            asked.apply_defaults()
            given = asked.arguments
            message, buffers = given["msg_or_type"], given["buffers"]
            if not isinstance(message, Mapping):
                rest = (given[name] for name in ("content", "parent", "header", "metadata"))
                message = self.msg(message, *rest)
            extra = {"buffers": [bytes(each) for each in buffers]} if buffers else {}
            wire.send(message["header"]["msg_type"], {**message["content"], **extra})
            return message

    class WireKernel(IPythonKernel):
        debugger_class = AnyTrait()  # nobody can attach one

        def __init__(self, of: Any) -> None:
            super(IPythonKernel, self).__init__(  # type: ignore[no-untyped-call]
                session=WireSession(), profile_dir=of.profile_dir
            )
            self.shell = of  # it is there already, where IPythonKernel makes one
            self.user_ns = of.user_ns
            self.comm_manager = comm.get_comm_manager()
            self.iopub_socket = object()  # to be handed to the session, which needs none
            self.io_loop = IOLoop.current()

        def get_parent(self, channel: Any = None) -> Any:
            del channel
            return self.shell.get_parent()

        @property
        def _parent_header(self) -> Any:
            return self.get_parent()

    return WireKernel

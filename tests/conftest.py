"""What several tests share: one finished sample brief, and where real market data lie,
if anywhere."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import inprocess
import pytest
from hypothesis import HealthCheck, settings

from reportgen.execute.zygote import Zygote
from reportgen.record.request import Request, load_report

# The same examples on every machine, however slow it is: a failure can be repeated, and none is a
# matter of luck.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("steady")

ROOT = Path(__file__).parents[1]
REAL = ROOT / "tests" / "real_market"
MARKET = ROOT.parent / "shared" / "market"
EMPTY: Mapping[str, str] = MappingProxyType({})


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Iterator[Any]:
    """Run each test in one environment: a kernel's clean process is started anew for another."""
    named = os.environ.pop("PYTEST_CURRENT_TEST")
    try:
        return (yield)
    finally:
        os.environ["PYTEST_CURRENT_TEST"] = named


@pytest.fixture(scope="session")
def alone() -> Iterator[Callable[..., Any]]:
    """``alone(work, *args)`` is ``work(*args)`` in a fresh process that runs one thread.

    A command's process runs one, and tests run several. The process has the folder and the
    environment of who calls, and finds what the tests import.
    """
    zygote = Zygote.start()
    zygote.teach(site.addsitedir, str(ROOT / "tests"))
    zygote.teach(inprocess.ready, sys.path)

    def call(work: Callable[..., Any], *args: Any) -> Any:
        return zygote.call(inprocess.placed, Path.cwd(), dict(os.environ), work, *args)

    yield call
    zygote.close()


@pytest.fixture(scope="session")
def apart(alone: Callable[..., Any]) -> Callable[..., SimpleNamespace]:
    """``apart(*words)`` is what the command line says to *words*, in such a process.

    With ``folder`` and ``env``, in another folder and with other variables.
    """

    def call(*words: object, folder: Path | None = None, env: Mapping[str, str] = EMPTY) -> Any:
        args = [str(word) for word in words]
        if folder is None and not env:
            return alone(inprocess.said, args)
        return alone(
            inprocess.placed, folder or Path.cwd(), {**os.environ, **env}, inprocess.said, args
        )

    return call


@pytest.fixture(scope="session")
def sample_brief(
    tmp_path_factory: pytest.TempPathFactory, alone: Callable[..., Any]
) -> inprocess.Sample:
    """The brief of 8 January 2025, 1 p.m., on the embedded sample."""
    request = Request(report=load_report("small-caps"), as_of="2025-01-08 13:00")
    produced = alone(inprocess.produced, request, tmp_path_factory.mktemp("sample"))
    return inprocess.Sample(
        produced, Path(produced.folder), [Path(file) for file in produced.files]
    )


@pytest.fixture(scope="session")
def real_market() -> Path:
    """The dataset of real prices; tests that need it are skipped where it is absent."""
    if not MARKET.is_dir():
        pytest.skip(f"real market data are not at {MARKET.name}/ beside the checkout")
    return REAL

"""What several tests share: one finished sample brief, and where real market data lie,
if anywhere."""

from __future__ import annotations

import site
from collections.abc import Callable, Iterator
from pathlib import Path
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


@pytest.fixture(scope="session")
def alone() -> Iterator[Callable[..., Any]]:
    """``alone(work, *args)`` is ``work(*args)`` in a fresh process that runs one thread,
    as a command's does; tests run several."""
    zygote = Zygote.start()
    zygote.teach(site.addsitedir, str(ROOT / "tests"))
    yield zygote.call
    zygote.close()


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

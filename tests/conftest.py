"""What several tests share: one finished sample brief, and where real market data lie, if anywhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from reportgen.pipeline import Produced, produce
from reportgen.request import Request, load_report
from reportgen.settings import Settings

# The same examples on every machine, however slow it is: a failure can be repeated, and none is a matter of luck.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("steady")

ROOT = Path(__file__).parents[1]
REAL = ROOT / "tests" / "real_market"
MARKET = ROOT.parent / "shared" / "market"


@pytest.fixture(scope="session")
def sample_brief(tmp_path_factory: pytest.TempPathFactory) -> Produced:
    """The brief of 8 January 2025, 1 p.m., on the embedded sample, run in a real kernel."""
    request = Request(report=load_report("small-caps"), as_of="2025-01-08 13:00")
    return produce(request, tmp_path_factory.mktemp("sample"), now=dt.datetime.now(dt.UTC), settings=Settings())


@pytest.fixture(scope="session")
def real_market() -> Path:
    """The dataset of real prices; tests that need it are skipped where it is absent."""
    if not MARKET.is_dir():
        pytest.skip(f"real market data are not at {MARKET.name}/ beside the checkout")
    return REAL

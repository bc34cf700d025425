"""Each fact is told once: a sample of the sessions of ten years."""

import datetime as dt
from pathlib import Path

import pytest
from style_rules import lint
from truth import LAST, told

from reportgen.markets import market

REAL = Path(__file__).parents[1] / "real_market"
SESSIONS = market("us").calendar.sessions(dt.date(2016, 1, 4), LAST)[::60]

pytestmark = [pytest.mark.truth, pytest.mark.usefixtures("real_market")]


@pytest.mark.parametrize("session", SESSIONS, ids=str)
def test_no_figure_is_told_twice_and_no_key_point_is_the_strip(session):
    """Every 60th session from 2016 on."""
    assert lint(told(session.isoformat(), REAL).narrative) == []

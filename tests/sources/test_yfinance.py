"""The way to Yahoo through yfinance.

Its session, its cookie, and what it says when it is turned away.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from feeds import Feeds

from reportgen.core.errors import ProviderError
from reportgen.sources.http import Web
from reportgen.sources.providers.contract import Ask
from reportgen.sources.providers.yfinance import YFinance

NOON = dt.datetime(2025, 1, 11, 12, tzinfo=dt.UTC)
ASK = Ask(symbol="^RUT", role="daily_bars", first=dt.date(2025, 1, 2), last=dt.date(2025, 1, 8))


@pytest.fixture
def feeds():
    """Yahoo, at a local server."""
    with Feeds(dt.date(2025, 1, 10)) as here:
        yield here


@pytest.fixture
def web():
    """The way out."""
    here = Web(lambda: NOON, attempts=2, patience=0.01)
    yield here
    here.close()


def test_it_asks_as_a_browser_would(feeds, web):
    """The chart comes last, after what its session needs for it; all of it from the mirror."""
    provider = YFinance(feeds.url("yfinance"))
    found = provider.rows(ASK, provider.history(ASK, web))
    assert {row.day: row.close for row in found}.items() <= feeds.closes("^RUT").items()
    assert feeds.asked[-1] == "yfinance v8/finance/chart/^RUT"


def test_a_rest_that_it_wants_is_said(feeds, web):
    """Too many requests are too many by this way, too."""
    feeds.fail("yfinance", "always status 429")
    with pytest.raises(ProviderError, match=r"^Yahoo Finance by yfinance: HTTP 429 \(http"):
        YFinance(feeds.url("yfinance")).history(ASK, web)


def test_without_the_package_it_says_which():
    """The provider is always there; what it needs is an extra."""
    program = (
        "import sys, datetime as dt\nsys.modules['yfinance'] = None\n"
        "from reportgen.sources.providers.yfinance import YFinance\n"
        "try:\n    YFinance().send('https://query2.finance.yahoo.com', {}, 1)\n"
        "except Exception as error:\n    print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "pip install yfinance" in said.stdout

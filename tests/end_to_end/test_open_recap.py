"""The recap of what may be published: what it tells, what it leaves out, and that it is shown."""

from __future__ import annotations

import datetime as dt
import json
import re
from contextlib import closing
from functools import partial

import pytest
from feeds import Feeds
from test_absence import judged, without
from told import assert_well_told, tell

from reportgen.config.settings import Settings
from reportgen.markets import market
from reportgen.produce.pipeline import produce
from reportgen.publish.config import Site
from reportgen.publish.site.build import build
from reportgen.record.request import Request, load_report
from reportgen.sources.fetching import fetch
from reportgen.sources.http import Web
from reportgen.sources.plan import read_sources, wanted
from reportgen.story.citations import text_of
from reportgen.verify.gate import Verdict

REPORT = load_report("open-recap")
DAYS = ["2025-01-08", "2024-11-06", "2024-09-18", "2024-11-29 12:00", "2023-07-31", "2022-03-16"]
MORNING = dt.datetime(2025, 1, 9, 11, 45, tzinfo=dt.UTC)
ORDER = """
[order]
yield = ["treasury"]
policy_rate = ["nyfed"]
crypto = ["coingecko"]
"""
"""Whom a desk that publishes asks: only who allows it."""


@pytest.fixture(scope="module", params=DAYS)
def brief(request):
    """The recap of a day: quiet, of a large move, of the Fed's own, of half a session."""
    return tell(request.param, report="open-recap")


def test_it_is_well_told(brief):
    """Borne out, in good style, short, and no section of the notebook failed."""
    assert_well_told(brief)
    assert [section.name for section in brief.record.failed] == []


def test_it_leads_with_the_yield_that_moved_most(brief):
    """The headline names it, and the first sentence the other one, too; no key point does."""
    moves = {
        name: abs(brief.record.facts[f"{name}.yield_change_bp"].number)
        for name in ("us10y", "us2y")
    }
    first = max(moves, key=moves.get)
    assert brief.title.startswith("10-year" if first == "us10y" else "2-year")
    lead = brief.body.partition(". ")[0]
    assert "10-year Treasury yield" in lead
    assert "2-year Treasury yield" in lead
    points = " ".join(text_of(point) for point in brief.story.key_points)
    assert "Treasury yield" not in points


def test_it_names_no_index_stock_or_fund(brief):
    """Neither in words nor among its facts; one line says what it leaves out."""
    us = market("us")
    barred = {*us.symbols, *us.sectors, *us.volatility, *us.commodities}
    assert not barred & {fact.instrument for fact in brief.record.facts.values()}
    assert not re.search(r"S&P|Nasdaq|Dow|Russell|VIX", brief.text)
    assert brief.text.count("leaves out stocks, indexes and funds") == 1


@pytest.mark.parametrize(
    ("lost", "verdict", "gap"),
    [
        (["BTC-USD"], Verdict.DEGRADED, "bitcoin"),
        (["DGS10", "DGS2"], Verdict.HOLD, "yields"),
        (["DFEDTARL", "DFEDTARU"], Verdict.DEGRADED, "policy"),
        (["USDJPY.H10"], Verdict.DEGRADED, "dollar in yen"),
        (["WTI.EIA"], Verdict.DEGRADED, "u.s. crude, spot"),
        (["CES0000000001"], Verdict.DEGRADED, "payrolls"),
    ],
)
def test_what_is_missing_is_a_gap(tmp_path, lost, verdict, gap):
    """Without yields there is no brief."""
    _, _, ruling = judged("open-recap", without(tmp_path / "data", *lost), "2025-01-08")
    assert ruling.verdict is verdict
    assert any(gap in name.lower() for name in ruling.gaps), ruling.gaps


@pytest.mark.parametrize(
    ("as_of", "known", "unknown"),
    [
        ("2025-01-15 08:29", "2.7% in November", "in December from a year"),
        ("2025-01-15 08:31", "2.9% in December", "2.7%"),
        ("2025-01-10 08:29", "227,000 jobs in November", "256,000"),
        ("2025-01-10 08:31", "256,000 jobs in December", "227,000"),
    ],
)
def test_a_figure_is_told_from_the_minute_of_its_release(as_of, known, unknown):
    """Not a minute before, and then no more the one before it."""
    told = tell(as_of, report="open-recap")
    assert known in told.text
    assert unknown not in told.text


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2025-01-13 16:14", "2025-01-03"),
        ("2025-01-13 16:16", "2025-01-10"),
        ("2025-01-21 16:14", "2025-01-10"),  # Monday was a holiday
        ("2025-01-21 16:16", "2025-01-17"),
        ("2025-01-08", "2025-01-03"),  # a Wednesday
    ],
)
def test_exchange_rates_are_those_that_had_come(as_of, day):
    """Those of a week come on the Monday after it, at a quarter past four."""
    facts = tell(as_of, report="open-recap").record.facts
    assert facts["eurusd.reference_price.date"].value == day


@pytest.mark.slow
def test_from_sources_that_allow_it_the_brief_is_shown_to_everybody(tmp_path, alone, monkeypatch):
    """Fetched, made for the public, audited, and in a public archive."""
    monkeypatch.setenv("COINGECKO_API_KEY", "gecko-secret")
    store = tmp_path / "desk.duckdb"
    with Feeds(dt.date(2025, 1, 8), since=dt.date(2023, 1, 3)) as feeds:
        (tmp_path / "sources.toml").write_text(feeds.sources() + ORDER)
        asked = wanted(REPORT.symbols, read_sources(tmp_path / "sources.toml"), MORNING)
        with closing(Web(lambda: MORNING, patience=0.01)) as web:
            list(fetch(store, asked, web))
    request = Request(report=REPORT, as_of="2025-01-08", data=str(store))
    made = alone(
        partial(
            produce, request, tmp_path / "out", now=MORNING, settings=Settings(profile="publish")
        )
    )
    assert made.verdict == Verdict.SEND
    told = json.loads((tmp_path / "out/open-recap/2025-01-08/brief.json").read_text())
    assert {fact["source"] for fact in told["facts"].values()} >= {
        "U.S. Treasury",
        "CoinGecko",
        "Federal Reserve Bank of New York",
        "Federal Reserve Board",
        "Energy Information Administration",
        "ALFRED (St. Louis Fed)",
    }
    built = build(tmp_path / "site", tmp_path / "out", Site(), publish=True)
    assert built.fresh == ["open-recap/2025-01-08"]

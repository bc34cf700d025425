"""Sixty sessions of a list of 360 stocks, held against plain pandas on the file."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pandas as pd
import pytest
from truth import told

from reportgen.markets import market
from reportgen.markets.instruments import known

FILE = Path(__file__).parents[3] / "shared" / "market" / "us_stocks_daily.csv.gz"
DAYS = market("us").calendar.sessions(dt.date(2023, 3, 1), dt.date(2026, 5, 28))
SESSIONS = random.Random(20).sample(DAYS, 60)

pytestmark = pytest.mark.truth


@pytest.fixture(scope="module")
def closes(real_market):  # noqa: ARG001
    """The closes of the stocks in the file: a row a day, a column a symbol."""
    rows = pd.read_csv(FILE, usecols=["date", "symbol", "close"], parse_dates=["date"])
    rows = rows.dropna(subset=["symbol"])
    stocks = [one for one in rows["symbol"].unique() if (k := known(one)) and k.kind == "stock"]
    return rows.pivot(index="date", columns="symbol", values="close")[stocks]


@pytest.mark.parametrize("session", SESSIONS, ids=str)
def test_movers_and_breadth_of_a_session(session, closes, real_market):
    """The three moves that are largest by size times surprise are among ours.

    A stock without a quarter of closes has no usual move.
    """
    brief = told(session.isoformat(), real_market)
    upto = closes[: pd.Timestamp(session)]
    changes = upto.pct_change(fill_method=None)
    facts = {fact.id: fact.value for fact in brief.record.facts.values()}
    priced = brief.record.context["list"]["priced"]
    last = changes.iloc[-1][priced]
    counted = [facts[f"list.{name}"] for name in ("priced", "rising", "falling", "unchanged")]
    assert counted == [len(priced), (last > 0).sum(), (last < 0).sum(), (last == 0).sum()]
    if "list.highs" in facts:
        year = upto[upto.index > upto.index[-1] - pd.Timedelta(days=365)][priced]
        old = upto[: upto.index[-1] - pd.Timedelta(days=365)][priced].notna().any()
        assert facts["list.highs"] == ((year.iloc[-1] > year.iloc[:-1].max()) & old).sum()
        assert facts["list.lows"] == ((year.iloc[-1] < year.iloc[:-1].min()) & old).sum()
    if "list.above_long" in facts:
        long = upto[priced].iloc[-200:]
        whole = long.loc[:, long.notna().all()]
        share = (whole.iloc[-1] > whole.mean()).mean()
        assert facts["list.above_long"] == pytest.approx(share)
    usual = changes[priced].iloc[-61:-1].std()
    listed = upto[priced].notna().sum() > 63
    news = (last.abs() * last.abs() / usual)[listed].sort_values(ascending=False)
    ours = {one.instrument for one in brief.record.findings if one.kind == "mover"}
    assert set(news.index[:3]) <= ours

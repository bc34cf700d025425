"""A book in three currencies, held to the last digit against plain pandas, as the docs say it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.authoring import desk as desks
from reportgen.core.facts import CONTEXT_MEDIA
from reportgen.datasets.book import Book, needs
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.markets.instruments import instrument
from reportgen.record.holdings import parsed

US = market("us")
HELD = {"AAPL": 120.0, "MSFT": 30.0, "BARC.L": 2500.0, "SAP.DE": 60.0}
HOLDINGS = "symbol,quantity\n" + "".join(f"{name},{count}\n" for name, count in HELD.items())
AS_OF = dt.date(2025, 11, 20)
DATASET = """
name = "Three currencies"
simulated = true

[[files]]
path = "prices.csv"
role = "daily_bars"
source = "made prices"
"""


def made_prices() -> pd.DataFrame:
    """Prices that walk at random, each on the sessions of its own exchange; wide, with holes."""
    levels = {"AAPL": 200, "MSFT": 420, "BARC.L": 250, "SAP.DE": 190}
    levels |= {"EURGBP.ECB": 0.85, "EURUSD.ECB": 1.08, "^GSPC": 5500}
    chance, found = np.random.default_rng(7), {}
    for symbol, level in levels.items():
        days = instrument(symbol).sessions.session_index(dt.date(2024, 6, 3), AS_OF)
        walk = level * np.exp(chance.normal(0, 0.01, len(days)).cumsum())
        found[symbol] = pd.Series(walk.round(4), index=days)
    return pd.DataFrame(found)


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    return made_prices()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, prices):
    """The prices as a dataset of files."""
    place = tmp_path_factory.mktemp("three")
    rows = prices.rename_axis("date").reset_index().melt("date", var_name="symbol").dropna()
    rows.rename(columns={"value": "close"}).to_csv(place / "prices.csv", index=False)
    (place / "dataset.toml").write_text(DATASET)
    return place


def book_of(folder, text=HOLDINGS, day=AS_OF, left_out=()) -> Book:
    """The book of that day."""
    moment = US.calendar.close(day)
    held = parsed(text, "mine.csv").known_on(day)
    listed, symbols = needs(held, moment, US.currency, apart=True)
    symbols = [one for one in symbols if one not in left_out]
    taken = take(open_dataset(folder), moment, symbols, (), listed)
    return Book(replace(taken, holdings=held), US.currency)


def by_hand(prices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Values in dollars, local prices and rates by session, as the page on portfolios does it."""
    held = pd.Series(HELD)
    sessions = prices["AAPL"].dropna().index
    rate = {"AAPL": 1.0, "MSFT": 1.0, "SAP.DE": prices["EURUSD.ECB"]}
    rate["BARC.L"] = prices["EURUSD.ECB"] / prices["EURGBP.ECB"] / 100
    rates = pd.DataFrame(rate, index=prices.index)[[*HELD]].ffill().loc[sessions]
    local = prices.ffill().loc[sessions, [*HELD]]
    return held * local * rates, local, rates


@pytest.mark.parametrize(
    ("window", "start"),
    [("day", "2025-11-20"), ("week", "2025-11-17"), ("month", "2025-11-01"), ("ytd", "2025-01-01")],
)
def test_a_window_is_that_of_plain_pandas(folder, prices, window, start):
    """Change, gain, contributions and the effect of currencies, to twelve digits."""
    values, local, rates = by_hand(prices)
    base = values[values.index < start].index[-1]
    now, then = values.iloc[-1], values.loc[base]
    found = book_of(folder).window(window)
    change = found.change
    assert found.base == base.date()
    names = book_of(folder).names
    assert change.total == pytest.approx(now.sum() / then.sum() - 1, rel=1e-12)
    assert change.gain == pytest.approx((now - then).sum(), rel=1e-10)
    parts = ((now - then) / then.sum())[names].to_numpy()
    assert change.contributions == pytest.approx(parts, rel=1e-10)
    last = pd.Series(HELD) * local.iloc[-1] * (rates.iloc[-1] - rates.loc[base])
    assert change.currency == pytest.approx((last / then.sum())[names].to_numpy(), rel=1e-9)


def test_the_value_and_the_fall_from_the_high_are_those_of_plain_pandas(folder, prices):
    """The high is that of 365 days."""
    values = by_hand(prices)[0].sum(axis=1)
    year = values[values.index >= pd.Timestamp(AS_OF) - pd.Timedelta(days=365)]
    book = book_of(folder)
    assert book.value == pytest.approx(values.iloc[-1], rel=1e-13)
    growth = book.year()
    assert growth.iloc[-1] / growth.max() == pytest.approx(year.iloc[-1] / year.max(), rel=1e-12)


@pytest.mark.parametrize(("day", "whole"), [("2025-05-23", False), ("2025-05-28", True)])
def test_a_high_of_a_year_needs_a_year_of_prices(folder, day, whole):
    """The prices begin on June 3, 2024; a week may be without trading."""
    assert book_of(folder, day=dt.date.fromisoformat(day)).covers_year == whole


def test_a_purchase_is_no_gain(folder, prices):
    """The second date doubles the book: the return of the month is linked over it."""
    text = "symbol,quantity,date\nAAPL,10,2025-01-02\nAAPL,20,2025-11-10\nMSFT,5,2025-11-10\n"
    change = book_of(folder, text).window("month").change
    held = [pd.Series({"AAPL": 10.0, "MSFT": 0.0}), pd.Series({"AAPL": 20.0, "MSFT": 5.0})]
    cuts = [prices.loc[day, ["AAPL", "MSFT"]] for day in ("2025-10-31", "2025-11-10", "2025-11-20")]
    first, second = (
        (one * cuts[n + 1]).sum() / (one * cuts[n]).sum() for n, one in enumerate(held)
    )
    assert change.total == pytest.approx(first * second - 1, rel=1e-12)
    assert change.contributions.sum() == pytest.approx(change.total, rel=1e-12)


def test_the_sources_of_a_record_name_the_holdings_too(folder, monkeypatch):
    """Those at home are in the list of stocks, those abroad among the closes."""
    monkeypatch.setattr(desks, "_display", lambda _: None)
    desk = desks.Desk(Market(book_of(folder).snapshot, US), "portfolio")
    desk.open()
    told = desk._outputs["context"][CONTEXT_MEDIA]["sources"]
    assert {told[symbol] for symbol in HELD} == {"made prices"}


@pytest.mark.parametrize("symbol", ["AAPL", "BARC.L", "EURGBP.ECB"])
def test_a_price_or_a_rate_that_is_late_or_missing_holds_the_book(prices, tmp_path, symbol):
    """Of a holding abroad, at home, and of a currency: the error names it and the day."""
    rows = prices.copy()
    rows.loc[rows.index[-1], symbol] = np.nan
    long = rows.rename_axis("date").reset_index().melt("date", var_name="symbol").dropna()
    long.rename(columns={"value": "close"}).to_csv(tmp_path / "prices.csv", index=False)
    (tmp_path / "dataset.toml").write_text(DATASET)
    with pytest.raises(Exception, match=symbol.replace(".", r"\.")):
        book_of(tmp_path)


def test_a_currency_without_a_rate_holds_the_book(folder):
    """The error says what to add."""
    with pytest.raises(Exception, match="no exchange rate of GBP and USD"):
        book_of(folder, left_out=("EURGBP.ECB",))


def test_a_rate_that_is_quoted_the_other_way_round_is_inverted(folder, prices):
    """A book in euros, with a share in pence; that of dollars needs two rates, as above."""
    moment, held = US.calendar.close(AS_OF), parsed("symbol,quantity\nBARC.L,100\n", "mine.csv")
    symbols = needs(held, moment, "EUR", apart=False)[1]
    taken = take(open_dataset(folder), moment, symbols, ())
    book = Book(replace(taken, holdings=held), "EUR")
    last = prices.iloc[-1]
    assert book.value == pytest.approx(last["BARC.L"] / last["EURGBP.ECB"], rel=1e-13)


def test_a_book_within_a_session_is_refused(apart, tmp_path):
    """Before a kernel starts, with a day to ask for."""
    done = apart("run", "portfolio", "--as-of", "2025-01-08 13:00", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "valued at closing prices" in done.stderr
    assert "--as-of 2025-01-07" in done.stderr


def test_other_data_than_the_sample_need_a_file_of_holdings(apart, folder, tmp_path):
    """The book that comes with the report is for the sample alone."""
    words = ("run", "portfolio", "--as-of", AS_OF, "--data", folder, "--out", tmp_path / "out")
    done = apart(*words)
    assert (done.exit_code, "needs a file of holdings: -p holdings=FILE" in done.stderr) == (
        2,
        True,
    )


@pytest.mark.slow
def test_a_brief_of_a_book_is_proven_and_made_again(apart, folder, tmp_path):
    """Each of its facts, from the raw rows and the file; and byte for byte by replay."""
    (tmp_path / "mine.csv").write_text(HOLDINGS)
    words = ("run", "portfolio", "--as-of", AS_OF, "--data", folder, "--out", tmp_path / "out")
    done = apart(*words, "-p", f"holdings={tmp_path / 'mine.csv'}", "--format", "json")
    place = tmp_path / "out" / "portfolio" / AS_OF.isoformat()
    told = json.loads((place / "brief.json").read_bytes())
    assert told["private"] is True
    assert "facts computed again from the data, all true" in (
        apart("audit", place, "--data", folder).stdout
    ), done.stderr
    assert apart("replay", place, "--data", folder).exit_code == 0

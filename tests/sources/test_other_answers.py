"""An answer on something else than what was asked is refused, in one line, or brought to scale.

The rows are those of answers that services really gave; most are cut.
"""

from __future__ import annotations

import datetime as dt

import pytest
from feeds import epoch
from test_providers import chart, reply

from reportgen.core.errors import ProviderError
from reportgen.sources.providers import provider_class
from reportgen.sources.providers.contract import Ask, Bar, Point, Split

YAHOO, TIINGO, COINBASE, CME = (
    provider_class(name)() for name in ("yahoo", "tiingo", "coinbase", "cme")
)


def wanted(symbol, role="daily_bars", first="2018-01-01", last="2026-12-31", currency="USD"):
    """The question for *symbol*."""
    return Ask(
        symbol=symbol,
        role=role,
        first=dt.date.fromisoformat(first),
        last=dt.date.fromisoformat(last),
        currency=currency,
    )


# Granularity
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "told", "words"),
    [
        ("daily_bars", "1h", "it answered for 1h when asked for 1d of TSLA"),
        ("daily_bars", "1wk", "it answered for 1wk when asked for 1d of TSLA"),
        ("intraday_bars", "1m", "it answered for 1m when asked for 15m of TSLA"),
    ],
)
def test_yahoo_bars_of_another_length_are_refused(role, told, words):
    """Hours or weeks are no days, and minutes no quarters of an hour."""
    answer = chart([1735655400], [403.84], symbol="TSLA", dataGranularity=told)
    with pytest.raises(ProviderError, match=words):
        YAHOO.rows(wanted("TSLA", role), [answer])


def test_tiingo_bars_of_weeks_are_refused():
    """Those of `resampleFreq=weekly`."""
    fridays = [("2018-01-05", 1110.29), ("2018-01-12", 1130.65), ("2018-01-19", 1135.97)]
    rows = [
        {"date": f"{day}T00:00:00.000Z", "close": close, "splitFactor": 1.0}
        for day, close in fridays
    ]
    with pytest.raises(ProviderError, match="it sent bars 7 days apart when asked for those of"):
        TIINGO.rows(wanted("GOOGL"), [reply(rows)])
    assert len(TIINGO.rows(wanted("GOOGL"), [reply(rows[:2])])) == 2  # two days can be apart


def test_tiingo_bars_within_a_day_are_refused():
    """Those of its IEX feed."""
    rows = [{"date": "2018-01-02T14:30:00.000Z", "open": 1057.47, "close": 1061.91}]
    with pytest.raises(ProviderError, match="it sent a bar of 14:30 when asked for days"):
        TIINGO.rows(wanted("GOOGL"), [reply(rows)])


def test_coinbase_candles_of_an_hour_are_no_days():
    """One that begins at eleven."""
    answer = reply([[1710327600, 73241.5, 73402.47, 73243.33, 73370.65, 1.56794406]])
    with pytest.raises(ProviderError, match="one of 11:00 when asked for candles of 1,440 minutes"):
        COINBASE.rows(wanted("BTC-USD"), [answer])


def test_coinbase_candles_of_an_hour_are_no_quarters():
    """They begin at full hours, as every fourth quarter does."""
    answer = reply([[1710327600 + 3600 * n, 1.0, 1.0, 1.0, 1.0, 1.0] for n in range(4)])
    with pytest.raises(
        ProviderError, match="candles 60 minutes apart when asked for candles of 15"
    ):
        COINBASE.rows(wanted("BTC-USD", "intraday_bars"), [answer])


# Series and products
# ------------------------------------------------------------------------------


def test_cme_the_page_of_another_product_is_refused():
    """The E-mini S&P has September and December, too."""
    rows = [{"month": "SEP 26", "settle": "7423.25"}, {"month": "DEC 26", "settle": "7491.25"}]
    page = (
        "https://example.org/CmeWS/mvc/Settlements/Futures/Settlements/{}/FUT?tradeDate=06/25/2026"
    )
    ask = wanted("futures", "futures")
    with pytest.raises(ProviderError, match=r"SEP 26 settles at 7,423.25: this is no 30-day Fed"):
        CME.rows(ask, [reply({"settlements": rows}, url=page.format(305))])
    with pytest.raises(ProviderError, match="the answer is on product 133, and 305 was asked"):
        CME.rows(ask, [reply({"settlements": []}, url=page.format(133))])


FRED_URL = "https://api.stlouisfed.org/fred/series/observations?series_id=DFF&file_type=json"
RATE = {"effectiveDate": "2026-06-04", "percentRate": 3.62, "targetRateFrom": 3.5}
DAY = {"date": "2023-01-03", "value": "4.33"}


@pytest.mark.parametrize(
    ("name", "series", "answer", "words"),
    [
        (
            "fred",
            "DGS10",
            reply({"units": "lin", "observations": [DAY]}, url=FRED_URL),
            "it answered for DFF when asked for DGS10",
        ),
        (
            "fred",
            "DFF",
            reply({"units": "pc1", "observations": [DAY]}, url=FRED_URL),
            "it sent DFF in units 'pc1', not as it is",
        ),
        (
            "nyfed",
            "DFF",
            reply({"refRates": [{**RATE, "type": "SOFR"}]}),
            "it answered for SOFR when asked for EFFR",
        ),
        (
            "treasury",
            "DGS10",
            reply(
                b'Date,"5 YR","7 YR","10 YR","20 YR","30 YR"\n01/02/2025,2.04,2.13,2.23,2.4,2.5\n'
            ),
            "no maturity of the par yield curve",
        ),
        (
            "massive",
            "AAPL",
            reply({"ticker": "AAPL", "adjusted": False, "status": "OK", "results": []}),
            "its prices of AAPL are not adjusted for splits",
        ),
    ],
    ids=["another series", "changes", "another rate", "real yields", "prices as traded"],
)
def test_another_series_is_refused(name, series, answer, words):
    """Where the answer or its address says what it is."""
    with pytest.raises(ProviderError, match=words):
        provider_class(name)().rows(wanted(series, "rates"), [answer])


def test_the_series_that_was_asked_for_is_read():
    """The bounds of what is refused."""
    fred = provider_class("fred")()
    answer = reply({"units": "lin", "observations": [DAY]}, url=FRED_URL)
    assert fred.rows(wanted("DFF", "rates"), [answer]) == [Point("DFF", dt.date(2023, 1, 3), 4.33)]
    nyfed = provider_class("nyfed")()
    answer = reply({"refRates": [{**RATE, "type": "EFFR"}]})
    assert [p.value for p in nyfed.rows(wanted("DFEDTARL", "rates"), [answer])] == [3.5]


# Currencies
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "currency", "close"),
    [
        ("GBp", "GBP", 12.595),
        ("GBp", "GBX", 1259.5),
        ("ZAc", "ZAR", 12.595),
        ("ILA", "ILS", 12.595),
        ("USX", "USD", 12.595),
        ("GBP", "GBP", 1259.5),
        ("GBp", "", 1259.5),
    ],
)
def test_yahoo_hundredths_of_a_currency_are_brought_to_scale(told, currency, close):
    """1,259.5 pence of Ocado are £12.595; an index has no currency."""
    answer = chart([1577952000], [1259.5], "OCDO.L", "Europe/London", currency=told)
    (bar,) = YAHOO.rows(wanted("OCDO.L", currency=currency), [answer])
    assert bar.close == pytest.approx(close)
    assert bar.high == pytest.approx(close)


@pytest.mark.parametrize(
    ("told", "currency"), [("NOK", "USD"), ("GBp", "USD"), ("USD", "GBX"), ("GBP", "GBX")]
)
def test_yahoo_prices_in_another_currency_are_refused(told, currency):
    """Nobody said at what rate they are to be changed."""
    answer = chart([1577952000], [50.0], "AZT.OL", currency=told)
    with pytest.raises(ProviderError, match=f"it tells AZT.OL in {told}, and {currency} was asked"):
        YAHOO.rows(wanted("AZT.OL", currency=currency), [answer])


# Splits
# ------------------------------------------------------------------------------

FOUR = {"splits": {"1626787800": {"date": 1626787800, "numerator": 4, "denominator": 1}}}
NVIDIA = {14: 198.4100, 15: 189.6625, 16: 181.6100, 19: 187.7975, 20: 186.1200, 21: 194.1000}
"""Closes of July 2021 as Yahoo told them from the split of July 20 on."""


def nvidia(old_scale):
    """Yahoo's answer; of days before the split at the old scale or the new one."""
    days = {dt.date(2021, 7, day): close for day, close in NVIDIA.items()}
    closes = [close * 4 if old_scale and day.day < 20 else close for day, close in days.items()]
    stamps = [epoch(day, 9.5) for day in days]
    return chart(stamps, closes, symbol="NVDA", events=FOUR)


@pytest.mark.parametrize("old_scale", [False, True], ids=["adjusted", "not adjusted"])
def test_yahoo_a_split_in_the_answer_tells_the_scale_of_the_days_before(old_scale):
    """On its first morning the history may still be that of old shares."""
    bars = YAHOO.rows(wanted("NVDA"), [nvidia(old_scale)])
    assert {bar.day.day: bar.close for bar in bars} == pytest.approx(NVIDIA)
    assert YAHOO.splits(wanted("NVDA"), nvidia(old_scale)) == [Split(dt.date(2021, 7, 20), 4.0)]


def test_yahoo_a_merger_of_shares_tells_the_scale_too():
    """Twenty old shares are one new one."""
    merged = {"splits": {"1": {"date": epoch(dt.date(2025, 1, 7), 9.5), "numerator": 1}}}
    merged["splits"]["1"]["denominator"] = 20
    stamps = [epoch(dt.date(2025, 1, day), 9.5) for day in (6, 7, 8)]
    bars = YAHOO.rows(wanted("X"), [chart(stamps, [0.5, 10.4, 10.1], symbol="X", events=merged)])
    assert [bar.close for bar in bars] == pytest.approx([10.0, 10.4, 10.1])


def test_yahoo_a_small_split_leaves_the_prices_as_they_are():
    """A move of a tenth is news as well."""
    small = {"splits": {"1": {"date": epoch(dt.date(2025, 1, 7), 9.5), "numerator": 11}}}
    small["splits"]["1"]["denominator"] = 10
    stamps = [epoch(dt.date(2025, 1, day), 9.5) for day in (6, 7)]
    bars = YAHOO.rows(wanted("X"), [chart(stamps, [10.0, 9.0], symbol="X", events=small)])
    assert [bar.close for bar in bars] == [10.0, 9.0]


def test_volumes_before_a_split_count_new_shares():
    """There are four times as many."""
    day = dt.date(2021, 7, 19)
    bars = YAHOO.rows(wanted("NVDA", last="2021-07-20"), [nvidia(old_scale=True)])
    assert [bar for bar in bars if bar.day == day] == [Bar(day, *[187.7975] * 4, 0.0)]

"""What agencies send, in the forms that they really have, and what of it is refused."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from reportgen.core.errors import ProviderError
from reportgen.sources.providers import provider_class
from reportgen.sources.providers.contract import Ask, Reply

NOON = dt.datetime(2026, 10, 8, 16, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2026, 8, 1), dt.date(2026, 10, 7)

# Lines of the Data Download Program's answer, with two of its 23 columns. The daily package names
# the unit "Currency" alone since 2026; before, it was "Currency:_Per_EUR".
H10 = """\
"Series Description","Euro-Area Euro","Japanese Yen"
"Unit:","Currency","Currency"
"Multiplier:","1","1"
"Currency:","EUR","JPY"
"Unique Identifier: ","H10/H10/RXI$US_N.B.EU","H10/H10/RXI_N.B.JA"
"Time Period","RXI$US_N.B.EU","RXI_N.B.JA"
2026-09-04,1.1618,156.1100
2026-09-07,ND,ND
2026-09-08,1.1627,154.2400
"""
EIA = "observation_date,DCOILWTICO\n2026-08-24,.\n2026-08-25,83.9\n2026-08-26,\n"
ECB = """\
KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE_COMPL
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-08-20,1.1705,A,"ECB reference exchange rate, US dollar"
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-08-21,1.1699,A,"ECB reference exchange rate, US dollar"
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-08-24,,H,"ECB reference exchange rate, US dollar"
"""
BOE = "DATE,XUDLUSS\r\n01 Oct 2026,1.3402\r\n02 Oct 2026,\r\n05 Oct 2026,1.3441\r\n"
GILTS = "DATE,IUDBEDR,IUDMNPY\n01 Oct 2026,3.75,5.3665\n02 Oct 2026,3.75,\n"
MOF = """\
Interest Rate,,,,,,,,,,,,,,,(Unit : %)
Date,1Y,2Y,3Y,4Y,5Y,6Y,7Y,8Y,9Y,10Y,15Y,20Y,25Y,30Y,40Y
2026/9/1,1.527,1.802,1.952,2.14,2.28,2.411,2.559,2.718,2.848,2.987,3.544,3.859,4.143,4.131,4.145
2026/9/25,1.652,1.948,2.098,2.287,2.423,2.536,2.654,2.811,2.94,3.071,3.597,3.883,4.143,4.112,-
,,,,,,,,,,,,,,,
"  If you cannot download the latest csv data, please clear the browser's cache.",,,,,,,,,,,,,,,
"""


def boj(code="FXERD04", days=(20260917, 20260918, 20260919), unit="yen per U.S.dollar", **more):
    """An answer of the Bank of Japan's, by its manual."""
    values = {"SURVEY_DATES": [*days], "VALUES": [154.98, 155.25, None]}
    row = {"SERIES_CODE": code, "UNIT": unit, "FREQUENCY": "DAILY", "VALUES": values}
    head = {"STATUS": 200, "MESSAGEID": "M181000I", "MESSAGE": "Successfully completed"}
    return json.dumps({**head, "NEXTPOSITION": None, "RESULTSET": [row]} | more)


def months(*values, first="2024-07", **more):
    """Rows of the Bureau of Labor Statistics, the newest month first."""
    year, month = map(int, first.split("-"))
    places = [12 * year + month - 1 - n for n in range(len(values))]
    return [
        {
            "year": str(n // 12),
            "period": f"M{n % 12 + 1:02}",
            "periodName": "a month",
            "value": value,
            "footnotes": [{}],
            **more,
        }
        for n, value in zip(places, values, strict=True)
    ]


CPI = months(
    *("314.540", "314.175", "314.069", "313.548", "312.332", "310.326", "308.417"),
    *("306.746", "307.051", "307.671", "307.789", "307.026", "305.691", "305.109"),
)
"""Consumer prices from July 2024 back to June 2023, as the bureau published them."""


def bls(rows=CPI, series="CUUR0000SA0", status="REQUEST_SUCCEEDED", message=()):
    """Its answer, in the form of version 1 of its API."""
    told = {"series": [{"seriesID": series, "data": rows}]}
    return json.dumps(
        {"status": status, "responseTime": 175, "message": [*message], "Results": told}
    )


def read(name, symbol, kind, body, *, at=NOON, **asked):
    """The rows of an answer of *name* to the question for our *symbol*."""
    provider = provider_class(name)()
    asked = {"role": "daily_bars", "first": dt.date(2023, 1, 1), "last": LAST} | asked
    ask = Ask(symbol=provider.symbol(symbol, kind), **asked)
    return provider.parse(ask, Reply(url="https://example.org/", status=200, at=at, body=body))


ANSWERS = {
    "h10": (H10, "EURUSD.H10", "fx", "USD"),
    "eia": (EIA, "WTI.EIA", "commodity", "USD"),
    "ecb": (ECB, "EURUSD.ECB", "fx", "USD"),
    "boe": (BOE, "GBPUSD.BOE", "fx", "USD"),
    "boj": (boj(), "USDJPY.BOJ", "fx", "JPY"),
}


def told(name, text=None, **more):
    """Day and value of each row of the answer of *name*, or of another *text*."""
    body, symbol, kind, currency = ANSWERS[name]
    rows = read(name, symbol, kind, (text or body).encode(), currency=currency, **more)
    return [(row.day.isoformat(), row.close) for row in rows]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("h10", [("2026-09-04", 1.1618), ("2026-09-08", 1.1627)]),
        ("eia", [("2026-08-25", 83.9)]),
        ("ecb", [("2026-08-20", 1.1705), ("2026-08-21", 1.1699)]),
        ("boe", [("2026-10-01", 1.3402), ("2026-10-05", 1.3441)]),
        ("boj", [("2026-09-17", 154.98), ("2026-09-18", 155.25)]),
    ],
)
def test_a_day_without_a_value_is_left_out(name, rows):
    """Whether it is "ND", ".", nothing or null."""
    assert told(name) == rows


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("h10", "RXI$US_N.B.EU", "RXI$US_N.B.UK", "0 columns 'RXI.US_N.B.EU'"),
        ("h10", '"Multiplier:","1"', '"Multiplier:","100"', "times 100"),
        ("h10", '"Unit:","Currency"', '"Unit:","Currency:_Per_USD"', "not for one EUR"),
        ("h10", '"Unit:","Currency"', '"Unit:","Index"', "in 'Index'"),
        ("h10", '"Unit:"', '"Units"', "no column"),
        ("eia", "DCOILWTICO", "DCOILBRENTEU", "no column 'DCOILWTICO' alone"),
        ("eia", "DCOILWTICO", "DCOILWTICO,DCOILBRENTEU", "no column 'DCOILWTICO' alone"),
        ("ecb", "EXR.D.USD", "EXR.M.USD", "answered for EXR.M.USD"),
        ("ecb", "OBS_VALUE", "VALUE", "no column"),
        ("boe", "XUDLUSS", "XUDLERS", "no column 'DATE' with one 'XUDLUSS'"),
        ("boj", "FXERD04", "FXERD01", "answered for FXERD01"),
        ("boj", "yen per U.S.dollar", "U.S.dollars per euro", "not in yen"),
        ("boj", '"STATUS": 200', '"STATUS": 400', "Successfully completed"),
    ],
)
def test_another_series_or_unit_is_refused(name, old, new, words):
    """However well it could be read."""
    assert old in ANSWERS[name][0]
    with pytest.raises(ProviderError, match=words):
        told(name, ANSWERS[name][0].replace(old, new))


def test_the_older_form_of_the_federal_reserve_says_the_direction():
    """Dollars for one euro, yen for one dollar."""
    older = H10.replace('"Currency","Currency"', '"Currency:_Per_EUR","Currency:_Per_USD"')
    assert told("h10", older) == told("h10")
    rows = read("h10", "USDJPY.H10", "fx", older.encode(), currency="JPY")
    assert [row.close for row in rows] == [156.11, 154.24]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("h10", "2026-09-08,1.2627,154.2400\n"),
        ("eia", "2026-08-25,84.1\n"),
        ("ecb", "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-08-21,1.1700,A,twice\n"),
        ("boe", "05 Oct 2026,1.3500\r\n"),
    ],
)
def test_two_values_of_a_day_are_refused_and_one_told_twice_is_not(name, line):
    """Nobody can tell which one is right."""
    body = ANSWERS[name][0]
    with pytest.raises(ProviderError, match="twice, as"):
        told(name, body + line)
    last = body.rstrip("\r\n").splitlines()[-1]
    assert told(name, f"{body}{last}\n") == told(name)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_day_that_had_not_begun_is_refused(name):
    """A file with a wrong year, or of a clock that is wrong."""
    with pytest.raises(ProviderError, match="had not begun"):
        told(name, at=dt.datetime(2026, 8, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_price_in_another_currency_is_refused(name):
    """The desk wants what its instrument is quoted in."""
    body, symbol, kind, _ = ANSWERS[name]
    with pytest.raises(ProviderError, match="not in CHF"):
        read(name, symbol, kind, body.encode(), currency="CHF")


def test_rates_of_the_bank_of_england_and_yields_of_japan_are_in_percent():
    """By the names of their series, and by years to maturity."""
    rows = read("boe", "IUDMNPY", "yield", GILTS.encode(), role="rates")
    assert [(row.day.day, row.value) for row in rows] == [(1, 5.3665)]
    rows = read("mof", "JGB10", "yield", MOF.encode("cp932"), role="rates")
    assert [(row.day.day, row.value) for row in rows] == [(1, 2.987), (25, 3.071)]
    rows = read("mof", "JGB40", "yield", MOF.encode("cp932"), role="rates")
    assert [(row.day.day, row.value) for row in rows] == [(1, 4.145)]


def test_the_history_of_japan_s_yields_is_another_file():
    """The days of the month alone are in the first one."""
    ask = Ask(symbol="JGB10", role="rates", first=dt.date(2026, 9, 25), last=dt.date(2026, 9, 30))
    provider = provider_class("mof")()
    assert [call.path.rpartition("/")[2] for call in provider.calls(ask)] == ["jgbcme.csv"]
    ask = Ask(symbol="JGB10", role="rates", first=FIRST, last=LAST)
    assert len(list(provider.calls(ask))) == 2


# Figures on prices and work
# ----------------------------------------------------------------------------------------


def figures(symbol, body, at=NOON):
    """The prints in an answer, the newest first."""
    rows = read("bls_figures", symbol, "print", body.encode(), role="prints", at=at)
    return [(f"{row.day:%Y-%m}", row.value) for row in rows]


def test_consumer_prices_are_told_over_a_year():
    """By the index without adjustment for the season: 2.9% in July 2024, 3.0% in June."""
    assert figures("CUUR0000SA0", bls()) == [("2024-07", 2.9), ("2024-06", 3.0)]


def test_jobs_are_told_as_their_change_over_a_month_in_persons():
    """As the bureau has both months now."""
    rows = months("158779", "158665", "158486")
    assert figures("CES0000000001", bls(rows, "CES0000000001")) == [
        ("2024-07", 114_000),
        ("2024-06", 179_000),
    ]


def test_a_month_without_a_figure_is_nothing_and_no_neighbour_stands_in():
    """October 2025 was never published, so November has no change over a month."""
    rows = months("159500", "-", "159200", first="2025-11")
    none = [("2025-11", None), ("2025-10", None)]
    assert figures("CES0000000001", bls(rows, "CES0000000001")) == none
    rates = bls(months("4.6", "-", "4.4", first="2025-11"), "LNS14000000")
    told = [("2025-11", 4.6), ("2025-10", None), ("2025-09", 4.4)]
    assert figures("LNS14000000", rates) == told


def test_a_figure_that_was_not_published_is_told_as_none():
    """The bureau's answer on consumer prices of October 2025, with its own reason."""
    reason = {"code": "X", "text": "Data unavailable due to the 2025 lapse in appropriations"}
    mean = {"year": "2025", "period": "M13", "value": "321.943", "footnotes": [{}]}
    october = months("-", first="2025-10", footnotes=[reason])
    body = bls([mean, *october, *months("324.800", first="2025-09")])
    assert figures("CUUR0000SA0", body) == [("2025-10", None)]


def test_a_preliminary_figure_is_told_as_the_others_are():
    """The two newest months of jobs have that mark."""
    mark = [{"code": "P", "text": "Preliminary."}]
    rows = [
        *months("158779", "158637", first="2024-08", footnotes=mark),
        *months("158548", first="2024-06"),
    ]
    assert figures("CES0000000001", bls(rows, "CES0000000001")) == [
        ("2024-08", 142_000),
        ("2024-07", 89_000),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            bls(status="REQUEST_NOT_PROCESSED", message=["the daily threshold is reached"]),
            "the daily threshold is reached",
        ),
        (bls(series="CUSR0000SA0"), "answered for CUSR0000SA0"),
        (bls([*CPI, *CPI[:1]]), "2024-07 twice"),
        (bls(months("3.145")), "in another unit"),
        (bls(months("(NA)")), r"tells '\(NA\)' for 2024-07, which is no number"),
        (bls(months("314.5", first="2026-10")), "not over"),
        (bls([{**CPI[0], "period": "Q02"}]), "no month"),
    ],
)
def test_what_is_no_figure_of_the_series_is_refused(body, words):
    """In the bureau's own words, where it has some."""
    with pytest.raises(ProviderError, match=words):
        figures("CUUR0000SA0", body)

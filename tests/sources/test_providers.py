"""Every registered provider keeps the one contract, and each reads its own payloads right."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import NamedTuple

import pytest
from feeds import Feeds, epoch

from reportgen.core.errors import ProviderError
from reportgen.markets.instruments import registry
from reportgen.sources.http import Web
from reportgen.sources.providers import provider_class, registered
from reportgen.sources.providers.contract import (
    Ask,
    Bar,
    Level,
    Licence,
    Limit,
    Point,
    Reply,
    Vintage,
)

FIRST, LAST, UNTIL = dt.date(2025, 1, 2), dt.date(2025, 1, 8), dt.date(2025, 1, 10)
NOON = dt.datetime(2025, 1, 11, 12, tzinfo=dt.UTC)
ROLES = {"daily_bars", "intraday_bars", "rates", "futures", "events", "prints", "vintages"}


class Has(NamedTuple):
    """A series that a provider has, what its values follow in the feed (a walk, one number,
    or values by day), and a series that it lacks."""

    symbol: str
    kind: str
    role: str
    follows: str | float | dict[dt.date, float]
    lacks: tuple[str, str]
    first: dt.date = FIRST
    day: dt.date = dt.date(2025, 1, 7)
    """A day with a value."""


OCTOBER, NOVEMBER = dt.date(2024, 10, 1), dt.date(2024, 11, 1)

SERIES = {
    "bea": Has("output", "events", "events", {dt.date(2025, 1, 7): 510.0}, ("labor", "events")),
    "bls": Has("labor", "events", "events", {dt.date(2025, 1, 7): 510.0}, ("output", "events")),
    "cboe": Has("^GSPC", "index", "daily_bars", "^GSPC", ("^RUT", "index")),
    "cme": Has("futures", "futures", "futures", 95.68, ("^GSPC", "index")),
    "coinbase": Has("BTC-USD", "crypto", "daily_bars", "BTC-USD", ("^GSPC", "index")),
    "coingecko": Has("BTC-USD", "crypto", "daily_bars", "BTC-USD", ("^GSPC", "index")),
    "alfred": Has(
        "LNS14000000",
        "print",
        "vintages",
        {dt.date(2024, 11, 10): 4.1, dt.date(2024, 12, 11): 4.2},
        ("LNS14000006", "print"),
        first=NOVEMBER,
        day=dt.date(2024, 12, 11),
    ),
    "bls_figures": Has(
        "LNS14000000",
        "print",
        "prints",
        {OCTOBER: 4.1, NOVEMBER: 4.2, dt.date(2024, 12, 1): 4.0},
        ("LNS14000006", "print"),
        first=OCTOBER,
        day=NOVEMBER,
    ),
    "boe": Has("GBPUSD.BOE", "fx", "daily_bars", "GBPUSD.BOE", ("IUDBEDR", "yield")),
    "boj": Has("USDJPY.BOJ", "fx", "daily_bars", "USDJPY.BOJ", ("EURUSD.ECB", "fx")),
    "ecb": Has("EURUSD.ECB", "fx", "daily_bars", "EURUSD.ECB", ("EURUSD.H10", "fx")),
    "eia": Has("WTI.EIA", "commodity", "daily_bars", "WTI.EIA", ("CL=F", "commodity")),
    "h10": Has("EURUSD.H10", "fx", "daily_bars", "EURUSD.H10", ("EURUSD.ECB", "fx")),
    "mof": Has("JGB10", "yield", "rates", "JGB10", ("DGS10", "yield")),
    "fred": Has("DGS10", "yield", "rates", "^TNX", ("^GSPC", "index")),
    "massive": Has("^RUT", "index", "daily_bars", "^RUT", ("GC=F", "commodity")),
    "nyfed": Has("DFF", "policy_rate", "rates", 4.33, ("DGS10", "yield")),
    "tiingo": Has("IWM", "etf", "daily_bars", "IWM", ("^GSPC", "index")),
    "treasury": Has("DGS10", "yield", "rates", "^TNX", ("DFF", "policy_rate")),
    "yahoo": Has("^RUT", "index", "daily_bars", "^RUT", ("DFF", "policy_rate")),
    "yfinance": Has("^RUT", "index", "daily_bars", "^RUT", ("DFF", "policy_rate")),
}


@pytest.fixture(scope="module")
def feeds():
    """All providers, behaving."""
    with Feeds(UNTIL) as here:
        yield here


@pytest.fixture
def web():
    """The way to them."""
    here = Web(lambda: NOON, patience=0.01)
    yield here
    here.close()


@pytest.fixture(params=registered())
def name(request, monkeypatch):
    """The name of each registered provider in turn, its keys set."""
    for key in provider_class(request.param).keys:
        monkeypatch.setenv(key, f"{request.param}-secret")
    return request.param


@pytest.fixture
def provider(name, feeds):
    """The provider, sent to the local server."""
    return provider_class(name)(feeds.url(name))


@pytest.fixture
def ask(name, provider):
    """A span of days, a weekend among them, of a series that the provider has."""
    has = SERIES[name]
    return asked(provider, has.symbol, has.kind, has.role, first=has.first)


def asked(provider, symbol, kind, role="daily_bars", **days):
    """The question for our *symbol* in the provider's own words."""
    return Ask(
        symbol=provider.symbol(symbol, kind),
        role=role,
        currency=registry()[symbol].currency if symbol in registry() else "USD",
        **{"first": FIRST, "last": LAST} | days,
    )


def reply(data, url="https://example.org/", at=NOON):
    """An answer that holds *data*, as JSON unless it is bytes."""
    return Reply(
        url=url,
        status=200,
        at=at,
        body=data if isinstance(data, bytes) else json.dumps(data).encode(),
    )


def utc(*when):
    """A time of UTC."""
    return dt.datetime(*when, tzinfo=dt.UTC)


# The contract, of every provider
# ----------------------------------------------------------------------------------------


def test_it_declares_what_it_is(name):
    """A name, a title that can stand in a list, roles, a licence and a limit."""
    cls = registered()[name]
    assert cls.name == name
    assert cls.title
    assert "," not in cls.title
    assert cls.roles
    assert cls.roles <= ROLES
    assert isinstance(cls.licence, Licence)
    assert cls.licence.terms
    assert isinstance(cls.limit, Limit)
    assert min(cls.limit.burst, cls.limit.per_second) > 0
    assert cls.base_url.startswith("https://")


def test_its_calls_are_the_same_each_time_and_hold_no_key(name, provider, ask):
    """Keys are named in calls, not told."""
    for role in provider.roles:
        calls = list(provider.calls(replace(ask, role=role)))
        assert calls == list(provider.calls(replace(ask, role=role)))
        assert f"{name}-secret" not in repr(calls)
        assert all(key in repr(call) for call in calls for key in provider.keys)


def test_it_brings_exactly_what_the_feed_knows(name, provider, ask, feeds, web):
    """Every day of the span with its value, once, oldest first, and nothing else."""
    follows = SERIES[name].follows
    known = (
        feeds.closes(follows)
        if isinstance(follows, str)
        else dict.fromkeys(feeds.sessions, follows)
    )
    known = follows if isinstance(follows, dict) else known
    rows = provider.rows(ask, provider.history(ask, web))
    told = [
        (row.day, row.value if isinstance(row, (Point, Vintage)) else row.close)
        for row in rows
        if getattr(row, "name", "") in ("", *mine(name)) and getattr(row, "first", True)
    ]
    assert told == [
        (day, pytest.approx(value)) for day, value in known.items() if ask.first <= day <= LAST
    ]


def mine(name):
    """The names under which a provider tells points of the series above."""
    told = {"cme": "ZQG2025", "bls": "the survey of job openings", "bea": "gross domestic product"}
    return (told.get(name, SERIES[name].symbol),)


def test_an_answer_read_twice_gives_the_same(provider, ask, web):
    """Reading is a pure function of the bytes."""
    for one in provider.history(ask, web):
        assert list(provider.parse(ask, one)) == list(provider.parse(ask, one))


def test_days_that_were_not_asked_for_are_dropped(name, provider, ask, web):
    """An answer may hold more than was asked."""
    replies, day = provider.history(ask, web), SERIES[name].day
    assert {row.day for row in provider.rows(replace(ask, first=day, last=day), replies)} == {day}
    nothing = replace(ask, first=dt.date(2024, 6, 2), last=dt.date(2024, 6, 2))
    if ask.role in ("events", "vintages"):
        assert provider.rows(nothing, replies) == []  # that nothing is due or out is an answer
        return
    with pytest.raises(ProviderError, match=r"nothing on .* from 2024-06-02 to 2024-06-02"):
        provider.rows(nothing, replies)


def test_a_release_of_a_like_name_is_not_told():
    """That of veterans is not the employment report."""
    ask = Ask(symbol="labor", role="events", first=FIRST, last=LAST)
    events = "".join(
        f"BEGIN:VEVENT\nDTSTART;TZID=US-Eastern:202501{day:02}T100000\nSUMMARY:{name}\nEND:VEVENT\n"
        for day, name in (
            (3, "Employment Situation of Veterans"),
            (7, "Employment Situation for December"),
        )
    )
    found = provider_class("bls")().parse(
        ask, reply(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n".encode())
    )
    assert found == [Point("the employment report", dt.date(2025, 1, 7), 600.0)]


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        ("DTSTART:20250110T133000Z", 510.0),
        ("DTSTART;TZID=Eastern Standard Time:20250110T083000", 510.0),
        ("DTSTART;TZID=America/New_York:20250110T083000", 510.0),
        ("DTSTART:20250110T083000", 510.0),
        ("DTSTART;VALUE=DATE:20250110", 0.0),
        ("DTSTART:20250110T133000Z\nSTATUS:CANCELLED", None),
    ],
)
def test_the_time_of_a_release_is_read_in_any_zone(lines, minutes):
    """8:30 in Washington, 0 for a day without a time, and nothing if it is called off."""
    ask = asked(provider_class("bls")(), "labor", "events", "events", last=dt.date(2025, 3, 1))
    event = f"BEGIN:VEVENT\n{lines}\nSUMMARY:Employment\n  Situation\nEND:VEVENT\n"
    later = "BEGIN:VEVENT\nDTSTART:20250211T150000\nSUMMARY:Consumer Price Index\nEND:VEVENT\n"
    found = provider_class("bls")().parse(
        ask, reply(f"BEGIN:VCALENDAR\n{event}{later}END:VCALENDAR\n".encode())
    )
    assert [row.value for row in found if "employment" in row.name] == [minutes][
        : minutes is not None
    ]


@pytest.mark.parametrize("name", ["bls", "bea"])
def test_a_calendar_that_is_used_up_is_refused(name, feeds, web):
    """It would call off all that another source knows."""
    provider = provider_class(name)(feeds.url(name))
    ask = asked(
        provider,
        SERIES[name].symbol,
        "events",
        "events",
        first=dt.date(2025, 3, 1),
        last=dt.date(2025, 5, 1),
    )
    with pytest.raises(ProviderError, match=r"the calendar ends on 2025-01-\d\d; it is used up"):
        provider.rows(ask, provider.history(ask, web))


def test_what_it_does_not_have_has_no_name(name, provider):
    """None, so that it is not asked in vain or answers with something else."""
    assert provider.symbol(*SERIES[name].lacks) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" <!DOCTYPE html>", "web page"),
        (b'{"half": [1,', "not valid JSON|no calendar|no column"),
        (b"{}", " "),
    ],
)
def test_what_is_no_data_is_refused(provider, ask, body, words):
    """Nothing, a page, half an answer, and an answer without what it is about."""
    with pytest.raises(ProviderError, match=words) as caught:
        provider.rows(ask, [reply(body, url="https://example.org/?tradeDate=01/08/2025")])
    assert "\n" not in str(caught.value)


# Yahoo
# ------------------------------------------------------------------------------

YAHOO = provider_class("yahoo")()
RUT = asked(YAHOO, "^RUT", "index")
BARS = asked(YAHOO, "^RUT", "index", "intraday_bars")


def quarters(stamps, closes, at=NOON):
    """Yahoo's answer with bars of 15 minutes."""
    return chart(stamps, closes, at=at, dataGranularity="15m")


def chart(stamps, closes, symbol="^RUT", zone="America/New_York", at=NOON, events=None, **more):
    """Yahoo's answer: *closes* at *stamps*, the other columns like them; *more* of its meta."""
    meta = {
        "currency": "USD",
        "symbol": symbol,
        "exchangeTimezoneName": zone,
        "dataGranularity": "1d",
        "gmtoffset": -18000,
        **more,
    }
    quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": [0] * len(closes)}
    indicators = {"quote": [quote], "adjclose": [{"adjclose": closes}]}
    return reply(
        {
            "chart": {
                "result": [
                    {
                        "meta": meta,
                        "timestamp": stamps,
                        "indicators": indicators,
                        "events": events or {},
                    }
                ],
                "error": None,
            }
        },
        at=at,
    )


def test_yahoo_null_closes_are_skipped():
    """A session that Yahoo lost comes with null for its prices."""
    stamps = [epoch(dt.date(2025, 1, day), 9.5) for day in (6, 7, 8)]
    assert [
        (bar.day.day, bar.close) for bar in YAHOO.rows(RUT, [chart(stamps, [2266.1, None, 2238.9])])
    ] == [(6, 2266.1), (8, 2238.9)]


def test_yahoo_of_two_bars_of_a_day_the_later_stays():
    """While the market is open the last bar is the live one, stamped with the last trade."""
    stamps = [epoch(dt.date(2025, 1, 7), 9.5), epoch(LAST, 9.5), epoch(LAST, 13.27)]
    assert [
        (bar.day.day, bar.close)
        for bar in YAHOO.rows(RUT, [chart(stamps, [2245.1, 2240.0, 2229.5])])
    ] == [(7, 2245.1), (8, 2229.5)]


def test_yahoo_a_symbol_other_than_asked_is_refused():
    """An answer on another series is no answer."""
    with pytest.raises(ProviderError, match=r"answered for \^GSPC when asked for \^RUT"):
        YAHOO.parse(RUT, chart([epoch(LAST, 9.5)], [5918.25], symbol="^GSPC"))


def test_yahoo_an_error_is_told_in_its_own_words():
    """A symbol that it does not know."""
    error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    with pytest.raises(ProviderError, match="Not Found: No data found"):
        YAHOO.parse(RUT, reply({"chart": {"result": None, "error": error}}))


def test_yahoo_fewer_closes_than_times_are_refused():
    """Prices could slip to other days."""
    with pytest.raises(ProviderError, match="2 times and 1 closes"):
        YAHOO.parse(RUT, chart([epoch(dt.date(2025, 1, 7), 9.5), epoch(LAST, 9.5)], [2245.1]))


def test_yahoo_levels_are_stamped_with_the_end_of_their_bar():
    """The bar that starts at 9:30 is known at 9:45."""
    answer = quarters([epoch(LAST, 9.5), epoch(LAST, 9.75)], [2240.5, 2238.0])
    assert YAHOO.rows(BARS, [answer]) == [
        Level(utc(2025, 1, 8, 14, 45), 2240.5),
        Level(utc(2025, 1, 8, 15), 2238.0),
    ]


def test_yahoo_a_bar_off_the_grid_is_left_out():
    """The running bar, stamped with the last trade."""
    answer = quarters(
        [epoch(LAST, 9.5), epoch(LAST, 9.75) + 437],
        [2240.5, 2238.0],
        at=utc(2025, 1, 8, 14, 52, 20),
    )
    assert YAHOO.rows(BARS, [answer]) == [Level(utc(2025, 1, 8, 14, 45), 2240.5)]


def test_yahoo_a_bar_that_had_not_ended_when_the_answer_came_is_left_out():
    """Its price is not yet that of its end."""
    answer = quarters(
        [epoch(LAST, 9.5), epoch(LAST, 9.75)], [2240.5, 2238.0], at=utc(2025, 1, 8, 14, 52, 20)
    )
    assert YAHOO.rows(BARS, [answer]) == [Level(utc(2025, 1, 8, 14, 45), 2240.5)]


@pytest.mark.parametrize(
    ("hour", "told"), [(9.86, True), (9.4, False), (-8.0, False), (9.95, False)]
)
def test_yahoo_the_quote_of_the_moment_is_a_level_of_its_own_time(hour, told):
    """Not one from before the session, nor one of the day before, nor one from after the answer."""
    answer = quarters(
        [epoch(LAST, 9.5), epoch(LAST, 9.75)], [2240.5, 2238.0], at=utc(2025, 1, 8, 14, 52, 20)
    )
    document = json.loads(answer.body)
    regular = {"start": epoch(LAST, 9.5), "end": epoch(LAST, 16)}
    quote = {
        "currentTradingPeriod": {"regular": regular},
        "regularMarketPrice": 2237.25,
        "regularMarketTime": epoch(LAST, hour),
    }
    document["chart"]["result"][0]["meta"] |= quote
    levels = YAHOO.rows(BARS, [replace(answer, body=json.dumps(document).encode())])
    assert levels[0] == Level(utc(2025, 1, 8, 14, 45), 2240.5)
    assert levels[1:] == ([Level(utc(2025, 1, 8, 14, 51, 36), 2237.25)] if told else [])


def test_yahoo_intraday_bars_come_from_the_feed(feeds, web):
    """26 bars of 15 minutes a session, the last one ending at its close."""
    yahoo = provider_class("yahoo")(feeds.url("yahoo"))
    levels = yahoo.rows(BARS, yahoo.history(BARS, web))
    assert len(levels) == 5 * 26
    assert levels[-1] == Level(utc(2025, 1, 8, 21), feeds.closes("^RUT")[LAST])


def test_yahoo_days_of_coins_are_those_of_utc():
    """Midnight UTC is still the day before in New York."""
    answer = chart([epoch(LAST, 0, dt.UTC)], [95043.5], symbol="BTC-USD", zone="UTC")
    assert [bar.day for bar in YAHOO.rows(asked(YAHOO, "BTC-USD", "crypto"), [answer])] == [LAST]


def test_yahoo_yields_are_told_by_their_treasury_names(feeds, web):
    """^TNX stands in for DGS10."""
    yahoo = provider_class("yahoo")(feeds.url("yahoo"))
    ask = asked(yahoo, "DGS10", "yield", "rates")
    assert yahoo.rows(ask, yahoo.history(ask, web))[-1] == Point(
        "DGS10", LAST, feeds.closes("^TNX")[LAST]
    )


# The New York Fed and FRED
# ----------------------------------------------------------------------------------------------

FRED = provider_class("fred")()


@pytest.mark.parametrize(
    ("series", "value"), [("DFF", 4.33), ("DFEDTARL", 4.25), ("DFEDTARU", 4.5)]
)
def test_nyfed_gives_all_three_series(feeds, web, series, value):
    """The rate and both ends of the range."""
    nyfed = provider_class("nyfed")(feeds.url("nyfed"))
    ask = asked(nyfed, series, "policy_rate", "rates")
    assert set(nyfed.rows(ask, nyfed.history(ask, web))) == {
        Point(series, dt.date(2025, 1, d), value) for d in (2, 3, 6, 7, 8)
    }


def test_nyfed_a_day_without_the_range_is_left_out():
    """The rate of such a day is there all the same."""
    nyfed, row = (
        provider_class("nyfed")(),
        {"effectiveDate": "2025-01-08", "type": "EFFR", "percentRate": 4.33, "targetRateTo": ""},
    )
    answer = reply({"refRates": [row]})
    assert nyfed.parse(asked(nyfed, "DFF", "policy_rate", "rates"), answer) == [
        Point("DFF", LAST, 4.33)
    ]
    assert nyfed.parse(asked(nyfed, "DFEDTARU", "policy_rate", "rates"), answer) == []


def test_fred_a_dot_is_no_value():
    """Holidays are listed with one."""
    rows = [
        {"date": "2025-01-02", "value": "4.57"},
        {"date": "2025-01-03", "value": "."},
        {"date": "2025-01-06", "value": "0"},
    ]
    points = FRED.rows(
        asked(FRED, "DGS10", "yield", "rates"),
        [reply({"units": "lin", "count": 3, "observations": rows})],
    )
    assert [(point.day.day, point.value) for point in points] == [(2, 4.57), (6, 0.0)]


def test_fred_an_error_under_200_is_refused(feeds, web, monkeypatch):
    """A wrong key is told in FRED's own words."""
    monkeypatch.setenv("FRED_API_KEY", "another-secret")
    fred = provider_class("fred")(feeds.url("fred"))
    ask = asked(fred, "DGS10", "yield", "rates")
    with pytest.raises(ProviderError, match="error 400: Bad Request"):
        fred.rows(ask, fred.history(ask, web))


def test_fred_events_are_those_that_markets_wait_for(feeds, web, monkeypatch):
    """The employment report is one; release 999 is not."""
    monkeypatch.setenv("FRED_API_KEY", "fred-secret")
    fred = provider_class("fred")(feeds.url("fred"))
    ask = asked(fred, "labor", "events", "events", last=dt.date(2025, 3, 1))
    assert fred.rows(ask, fred.history(ask, web)) == [
        Point("the employment report", dt.date(2025, 1, 5), 0.0)
    ]


# The calendars of releases
# --------------------------------------------------------------------------------------------


def test_the_calendar_of_labor_is_read_through_its_folded_lines(feeds, web):
    """By name, day and minutes since midnight; releases that no market waits for are left out."""
    bls = provider_class("bls")(feeds.url("bls"))
    ask = asked(bls, "labor", "events", "events", last=dt.date(2025, 3, 1))
    told = [
        ("the survey of job openings", 7),
        ("the employment report", 10),
        ("the consumer price index", 15),
    ]
    assert bls.rows(ask, bls.history(ask, web)) == [
        Point(name, dt.date(2025, 1, day), 510.0) for name, day in told
    ]


@pytest.mark.parametrize(
    ("text", "day", "minutes"),
    [("2025-07-30T12:30:00+00:00", 30, 510.0), ("2025-07-30T02:00:00+00:00", 29, 1320.0)],
)
def test_a_time_with_an_offset_is_told_in_washington(text, day, minutes):
    """In summer too, and on the day that it is there."""
    ask = Ask(symbol="output", role="events", first=dt.date(2025, 7, 1), last=dt.date(2025, 8, 1))
    found = provider_class("bea")().parse(
        ask, reply({"Gross Domestic Product": {"release_dates": [text]}})
    )
    assert found == [Point("gross domestic product", dt.date(2025, 7, day), minutes)]


def test_a_yield_that_was_not_published_is_left_out():
    """Maturities come and go, and columns with them.

    A mark of bytes at the front is no part of the name.
    """
    ask = Ask(symbol="DGS30", role="rates", first=FIRST, last=LAST)
    body = (
        '\ufeffDate,"1 Mo","2 Yr","30 Yr"\n'
        "01/08/2025,4.35,4.28,4.91\n01/07/2025,4.35,4.30,\n01/06/2025,4.35,4.30,N/A\n"
    ).encode()
    assert provider_class("treasury")().parse(ask, reply(body)) == [
        Point("DGS30", dt.date(2025, 1, 8), 4.91)
    ]


@pytest.mark.parametrize(("series", "value"), [("DGS1MO", 4.35), ("DGS20", 4.92), ("DGS7", None)])
def test_any_maturity_of_the_curve_is_read_by_the_name_of_its_series(series, value):
    """DGS20 is the column "20 Yr", DGS1MO "1 Mo"; a column that the file lacks has no value."""
    ask = Ask(symbol=series, role="rates", first=FIRST, last=LAST)
    treasury = provider_class("treasury")()
    found = treasury.parse(ask, reply(b'Date,"1 Mo","20 Yr"\n01/08/2025,4.35,4.92\n'))
    assert treasury.symbol(series, "yield") == series
    assert found == ([Point(series, dt.date(2025, 1, 8), value)] if value else [])


@pytest.mark.parametrize("body", [b"", b"\n", b"\xef\xbb\xbf"])
def test_the_empty_file_of_a_year_that_has_not_begun_is_an_empty_list(body):
    """On 2 January, before the first yield; the file of a year before may not be empty."""
    ask = Ask(symbol="DGS10", role="rates", first=dt.date(2024, 12, 20), last=dt.date(2025, 1, 2))
    treasury = provider_class("treasury")()
    last, first = (
        reply(body, url=f"https://home.treasury.gov/x.csv/{y}/all") for y in (2025, 2024)
    )
    assert treasury.parse(ask, last) == []
    with pytest.raises(ProviderError):
        treasury.parse(ask, first)


# CME
# ------------------------------------------------------------------------------

CME = provider_class("cme")()
PAGE = (
    "https://www.cmegroup.com/CmeWS/mvc/Settlements/Futures/Settlements/305/FUT"
    "?tradeDate=01%2F08%2F2025"
)
FUTURES = asked(CME, "futures", "futures", "futures")


def settlements(*rows, **more):
    """A page of settlements of 8 January 2025."""
    return reply(
        {
            "settlements": [{"month": month, "settle": settle} for month, settle in rows],
            "empty": not rows,
            **more,
        },
        url=PAGE,
    )


def test_cme_contracts_are_named_and_dated_by_the_page_asked_for():
    """ "FEB 25" on the page of 8 January."""
    points = CME.rows(FUTURES, [settlements(("FEB 25", "95.6700"), ("JAN 26", "96.0550"))])
    assert points == [Point("ZQG2025", LAST, 95.67), Point("ZQF2026", LAST, 96.055)]


def test_cme_every_month_has_its_letter():
    """CME writes July as JLY, here and there as JUL."""
    months = (
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JLY",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
    )
    points = CME.rows(FUTURES, [settlements(*((f"{month} 25", "95.67") for month in months))])
    assert [point.name[2] for point in points] == list("FGHJKMNNQUVXZ")


def test_cme_totals_and_what_is_no_number_are_skipped():
    """The last row adds up volumes; a contract may have no settlement yet."""
    page = settlements(
        ("JAN 25", "95.6700"), ("FEB 25", "-"), ("MAR 25", ""), ("Total", ""), ("Total", "1,234")
    )
    assert CME.rows(FUTURES, [page]) == [Point("ZQF2025", LAST, 95.67)]


def test_cme_an_empty_page_gives_nothing_and_no_other_page_is_an_error():
    """Holidays have empty pages; a span of them alone holds nothing."""
    assert CME.parse(FUTURES, settlements()) == []
    assert len(CME.rows(FUTURES, [settlements(), settlements(("FEB 25", "95.67"))])) == 1
    with pytest.raises(ProviderError, match="nothing on futures"):
        CME.rows(FUTURES, [settlements(), settlements()])


def test_cme_is_asked_for_the_weekdays_that_it_may_still_have():
    """However far back the question goes."""
    days = [
        call.params["tradeDate"] for call in CME.calls(replace(FUTURES, first=dt.date(1990, 1, 2)))
    ]
    assert days == [
        "12/30/2024",
        "12/31/2024",
        "01/01/2025",
        "01/02/2025",
        "01/03/2025",
        "01/06/2025",
        "01/07/2025",
        "01/08/2025",
    ]


# Cboe, Coinbase, CoinGecko
# ----------------------------------------------------------------------------------------------

CBOE, COINBASE, GECKO = (provider_class(name)() for name in ("cboe", "coinbase", "coingecko"))
QUARTERS = asked(COINBASE, "BTC-USD", "crypto", "intraday_bars")


def test_cboe_texts_are_read_as_numbers():
    """All its figures are strings; a close of none leaves the day out."""
    row = {
        "date": "2025-01-08",
        "open": "5910.6600",
        "high": "5927.89",
        "low": "5874.78",
        "close": "5918.25",
        "volume": "0",
    }
    answer = reply(
        {
            "timestamp": "x",
            "symbol": "_SPX",
            "data": [{**row, "date": "2025-01-07", "close": ""}, row],
        }
    )
    assert CBOE.rows(asked(CBOE, "^GSPC", "index"), [answer]) == [
        Bar(LAST, 5910.66, 5927.89, 5874.78, 5918.25, 0.0)
    ]


def test_cboe_another_index_is_refused():
    """An answer on another series is no answer."""
    with pytest.raises(ProviderError, match="answered for _VIX when asked for _SPX"):
        CBOE.parse(asked(CBOE, "^GSPC", "index"), reply({"symbol": "_VIX", "data": []}))


def test_coinbase_long_spans_come_in_pages_of_300(feeds, web):
    """Newest first on a page; none lost and none twice between pages."""
    coinbase, first = provider_class("coinbase")(feeds.url("coinbase")), dt.date(2023, 1, 1)
    ask = asked(coinbase, "BTC-USD", "crypto", first=first)
    replies = coinbase.history(ask, web)
    assert [len(json.loads(one.body)) for one in replies] == [300, 300, 139]
    walk = [(day, close) for day, close in feeds.closes("BTC-USD").items() if first <= day <= LAST]
    assert [(bar.day, bar.close) for bar in coinbase.rows(ask, replies)] == walk


def test_coinbase_columns_are_low_high_open_close():
    """Not in the usual order."""
    answer = reply([[epoch(LAST, 0, dt.UTC), 92500.9, 97268.7, 96945.2, 95043.5, 13_553.2]])
    assert COINBASE.rows(asked(COINBASE, "BTC-USD", "crypto"), [answer]) == [
        Bar(LAST, 96945.2, 97268.7, 92500.9, 95043.5, 13_553.2)
    ]


def test_coinbase_levels_come_oldest_first():
    """Though a page begins with the newest, within a day as well."""
    answer = reply([[epoch(LAST, hour, dt.UTC), 1, 1, 1, hour, 1] for hour in (15, 14.75, 14.5)])
    levels = COINBASE.rows(QUARTERS, [answer])
    assert levels == [
        Level(utc(2025, 1, 8, 14, 45), 14.5),
        Level(utc(2025, 1, 8, 15), 14.75),
        Level(utc(2025, 1, 8, 15, 15), 15),
    ]


def test_coinbase_a_candle_that_had_not_ended_when_the_answer_came_gives_no_level():
    """Its price is not yet that of its end."""
    answer = reply(
        [[epoch(LAST, hour, dt.UTC), 1, 1, 1, hour, 1] for hour in (14.75, 14.5)],
        at=utc(2025, 1, 8, 14, 52),
    )
    assert COINBASE.rows(QUARTERS, [answer]) == [Level(utc(2025, 1, 8, 14, 45), 14.5)]


def test_coinbase_a_message_is_no_list():
    """An error is told in its own words."""
    with pytest.raises(ProviderError, match="NotFound"):
        COINBASE.parse(QUARTERS, reply({"message": "NotFound"}))


def test_coingecko_a_price_at_midnight_closes_the_day_before_and_that_of_now_is_left_out():
    """The last point is of the moment of asking."""
    prices = [
        [epoch(LAST, 0, dt.UTC) * 1000, 96929.2],
        [epoch(LAST, 24, dt.UTC) * 1000, 95043.5],
        [epoch(LAST, 31, dt.UTC) * 1000 + 7, 1.0],
    ]
    bars = GECKO.rows(
        asked(GECKO, "BTC-USD", "crypto"),
        [reply({"prices": prices, "market_caps": [], "total_volumes": []})],
    )
    assert [(bar.day.day, bar.close) for bar in bars] == [(7, 96929.2), (8, 95043.5)]


def test_coingecko_is_asked_for_the_currency_of_the_price():
    """A coin of a desk in Frankfurt is priced in euros."""
    ask = replace(asked(GECKO, "BTC-EUR", "crypto"), currency="EUR")
    (call,) = GECKO.calls(ask)
    assert (ask.symbol, call.params["vs_currency"]) == ("bitcoin", "eur")


def test_coingecko_an_error_is_told():
    """Its status says why."""
    status = {"error_code": 10012, "error_message": "Your request exceeds the allowed time range"}
    with pytest.raises(ProviderError, match="exceeds the allowed time range"):
        GECKO.parse(asked(GECKO, "BTC-USD", "crypto"), reply({"status": status}))


# Tiingo and Massive
# ------------------------------------------------------------------------------

TIINGO, MASSIVE = (provider_class(name)() for name in ("tiingo", "massive"))
IWM = asked(TIINGO, "IWM", "etf")


def test_tiingo_prices_are_divided_by_the_splits_that_follow():
    """Not by that of their own day, in which they are already traded."""
    days = [("2025-01-06", 1200.0, 1.0), ("2025-01-07", 600.0, 2.0), ("2025-01-08", 60.0, 10.0)]
    rows = [
        {
            "date": f"{day}T00:00:00.000Z",
            **dict.fromkeys(("open", "high", "low", "close"), price),
            "volume": 1,
            "splitFactor": factor,
        }
        for day, price, factor in days
    ]
    assert [(bar.day.day, *bar[1:5]) for bar in TIINGO.rows(IWM, [reply(rows)])] == [
        (day, 60.0, 60.0, 60.0, 60.0) for day in (6, 7, 8)
    ]


def test_tiingo_a_detail_is_no_list():
    """An error is told in its own words."""
    with pytest.raises(ProviderError, match="run over your hourly request allocation"):
        TIINGO.parse(
            IWM, reply({"detail": "Error: You have run over your hourly request allocation."})
        )


def test_massive_what_the_plan_does_not_hold_is_refused():
    """An index without the plan for it."""
    with pytest.raises(ProviderError, match="NOT_AUTHORIZED: You are not entitled"):
        MASSIVE.parse(
            asked(MASSIVE, "^RUT", "index"),
            reply({"status": "NOT_AUTHORIZED", "message": "You are not entitled to this data."}),
        )


def test_massive_another_ticker_is_refused():
    """An answer on another series is no answer."""
    with pytest.raises(ProviderError, match="answered for I:SPX when asked for I:RUT"):
        MASSIVE.parse(
            asked(MASSIVE, "^RUT", "index"),
            reply({"status": "OK", "ticker": "I:SPX", "results": []}),
        )


@pytest.mark.parametrize(("day", "hour"), [(dt.date(2024, 7, 8), 4), (LAST, 5)])
def test_massive_midnight_in_new_york_is_of_its_day_in_summer_and_winter(day, hour):
    """4 or 5 o'clock UTC."""
    bar = {"o": 2240.1, "c": 2238.9, "h": 2250.0, "l": 2231.2, "t": epoch(day, hour, dt.UTC) * 1000}
    answer = reply({"ticker": "I:RUT", "adjusted": True, "status": "DELAYED", "results": [bar]})
    ask = asked(MASSIVE, "^RUT", "index", first=day, last=day)
    assert MASSIVE.rows(ask, [answer]) == [Bar(day, 2240.1, 2250.0, 2231.2, 2238.9, None)]

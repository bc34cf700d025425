"""A local server that answers as the providers do, well or badly.

Simulated prices in the payloads of the real ones.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import random
import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from reportgen.markets import market
from reportgen.markets.instruments import registry
from reportgen.sources.providers.alfred import SERIES as ARCHIVED

calendar = market("us").calendar

EXCHANGE = ZoneInfo("America/New_York")
STARTS = {
    "^GSPC": 4800.0,
    "^IXIC": 15800.0,
    "^RUT": 2240.0,
    "^DJI": 36500.0,
    "^VIX": 17.0,
    "BTC-USD": 47000.0,
    "^TNX": 4.2,
    "GC=F": 2060.0,
    "EURUSD.H10": 1.05,
    "GBPUSD.H10": 1.25,
    "USDJPY.H10": 157.0,
    "EURUSD.ECB": 1.05,
    "GBPUSD.BOE": 1.25,
    "USDJPY.BOJ": 157.0,
    "WTI.EIA": 74.0,
    "BRENT.EIA": 77.0,
    "JGB10": 1.1,
}
H10 = {"RXI$US_N.B.EU": "EURUSD.H10", "RXI$US_N.B.UK": "GBPUSD.H10", "RXI_N.B.JA": "USDJPY.H10"}
"""The columns of the Federal Reserve's file, with the walks that they follow."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LETTERS = "FGHJKMNQUVXZ"
DAY = dt.timedelta(days=1)


def epoch(day: dt.date, hour: float, zone: ZoneInfo | dt.timezone = EXCHANGE) -> int:
    """The seconds since 1970 of an hour of *day*."""
    return int((dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(hours=hour)).timestamp())


GROWING = {
    "CUSR0000SA0": 259.0,
    "CUSR0000SA0L1E": 267.0,
    "CES0500000003": 28.4,
    "WPSFD4": 120.0,
    "WPSFD49104": 122.0,
    "JTS000000000000000JOL": 7000.0,
    "PCEPI": 104.0,
    "PCEPILFE": 105.0,
    "RSAFS": 460_000.0,
    "RSFSXMV": 370_000.0,
}
"""Series of releases that grow by a fifth of a percent a month, and where they begin."""


def figure(series: str, month: dt.date, more: int = 0) -> str:
    """The value of a series of releases, of jobs with so many *more*."""
    ahead = 12 * (month.year - 2020) + month.month
    if series in GROWING:
        return f"{GROWING[series] * 1.002**ahead:.3f}"
    return {
        "CUUR0000SA0": f"{260 * 1.0023**ahead:.3f}",
        "CUUR0000SA0L1E": f"{268 * 1.0026**ahead:.3f}",
        "CES0000000001": str(151_000 + 181 * ahead + more),
        "LNS14000000": f"{4 + month.month % 3 / 10:.1f}",
    }[series]


def quarters(day: dt.date) -> int:
    """How many bars of 15 minutes *day* has from 9:30 on: fewer before a holiday.

    A coin trades on days without a session, too.
    """
    if not calendar.is_session(day):
        return 26
    return int(calendar.session_close(day).timestamp() - epoch(day, 9.5)) // 900


class Feeds:
    """All providers, each below its own name.

    *until* is the last day of which they know. Use it in a ``with``.
    """

    def __init__(self, until: dt.date, since: dt.date = dt.date(2022, 1, 3)) -> None:
        self.since, self.until = since, until
        self.faults: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.without: dict[tuple[str, str], set[dt.date]] = defaultdict(set)
        self.scale: dict[tuple[str, str], tuple[dt.date, float]] = {}
        self.splits: dict[str, tuple[dt.date, int]] = {}  # Yahoo's, by symbol: the day, and n for 1
        self.base = max(dt.date(2025, 1, 10), until)  # around which the calendars of releases lie
        names = {
            -3: "Job Openings and Labor Turnover Survey",
            0: "Employment Situation",
            5: "Consumer Price Index",
            6: "Import Prices",
            -35: "Employment Situation",
            -30: "Consumer Price Index",
        }
        self.releases = [(self.base + days * DAY, name) for days, name in names.items()]
        self.validated: set[str] = (
            set()
        )  # providers that give an ETag, and answer 304 where nothing is new
        self.not_modified = 0
        self.open: list[socket.socket] = []
        self.asked: list[str] = []
        self.keys: list[str] = []  # what each request held of keys
        self._walks: dict[str, dict[dt.date, float]] = {}

    def __enter__(self) -> Self:
        feeds = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # a body that follows its head is not held back

            def setup(self) -> None:
                super().setup()
                feeds.open.append(self.connection)

            def do_GET(self) -> None:
                feeds.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        for connection in self.open:  # a client may keep its own for later
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def url(self, provider: str) -> str:
        """Where *provider* answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{provider}"

    def sources(self) -> str:
        """A file of sources that sends every provider here."""
        names = (
            "yahoo",
            "nyfed",
            "fred",
            "cme",
            "cboe",
            "coinbase",
            "coingecko",
            "tiingo",
            "massive",
            "yfinance",
            "treasury",
            "bls",
            "bea",
            "bls_figures",
            "alfred",
            "h10",
            "eia",
            "ecb",
            "boe",
            "boj",
            "mof",
        )
        return "[base_url]\n" + "\n".join(f'{name} = "{self.url(name)}"' for name in names)

    # What they know
    # --------------------------------------------------------------------------

    @cached_property
    def sessions(self) -> list[dt.date]:
        """The sessions of which prices are known."""
        return calendar.sessions(self.since, self.until)

    def closes(self, symbol: str) -> dict[dt.date, float]:
        """The walk of *symbol*: the same in every run, and longer the later *until* is."""
        if symbol not in self._walks:
            rng, value = random.Random(symbol), STARTS.get(symbol, 80.0)
            every, places, spread = self.sessions, 2, 0.009
            if symbol == "BTC-USD":
                every = [self.since + i * DAY for i in range((self.until - self.since).days + 1)]
            if symbol.partition(".")[2]:
                every = registry()[symbol].sessions.sessions(self.since, self.until)
                places, spread = registry()[symbol].decimals, 0.005
            walk = {}
            for day in every:
                value *= 1 + rng.gauss(0.0003, spread)
                walk[day] = round(value, places)
            self._walks[symbol] = walk
        return self._walks[symbol]

    def bars(
        self, provider: str, symbol: str, first: dt.date, last: dt.date
    ) -> list[tuple[dt.date, float, float, float, float]]:
        """Day, open, high, low and close as *provider* tells them.

        Without the days it lacks, at the scale it has from a day on.
        """
        begin, factor = self.scale.get((provider, symbol), (dt.date.max, 1.0))
        rows, before = [], None
        for day, close in self.closes(symbol).items():
            scaled = close * (factor if day >= begin else 1.0)
            opened = before or scaled
            if first <= day <= last and day not in self.without[provider, symbol]:
                rows.append(
                    (day, opened, max(opened, scaled) * 1.002, min(opened, scaled) * 0.998, scaled)
                )
            before = scaled
        return rows

    # How they say it
    # --------------------------------------------------------------------------

    def yahoo(self, path: str, query: dict[str, str]) -> object:
        symbol = unquote(path.rpartition("/")[2])
        first, last = (
            dt.datetime.fromtimestamp(int(query[k]), dt.UTC).date() for k in ("period1", "period2")
        )
        zone, hour = (dt.UTC, 0.0) if symbol == "BTC-USD" else (EXCHANGE, 9.5)
        rows = self.bars("yahoo", symbol, first, last)
        if symbol not in STARTS and not symbol.replace("=", "").replace("-", "").isalpha():
            return {
                "chart": {
                    "result": None,
                    "error": {
                        "code": "Not Found",
                        "description": "No data found, symbol may be delisted",
                    },
                }
            }
        if query["interval"] != "1d":
            stamps = [
                (epoch(day, 9.5) + 900 * i, (opened,) * 3 + (close,))
                for day, opened, *_, close in rows
                for i in range(quarters(day))
            ]
        else:
            stamps = [(epoch(day, hour, zone), row) for day, *row in rows]
        quote = {
            name: [row[i] for _, row in stamps]
            for i, name in enumerate(("open", "high", "low", "close"))
        }
        meta = {
            "currency": "USD",
            "symbol": symbol,
            "exchangeTimezoneName": "UTC" if zone is dt.UTC else "America/New_York",
            "dataGranularity": query["interval"],
        }
        indicators = {
            "quote": [quote | {"volume": [0] * len(stamps)}],
            "adjclose": [{"adjclose": quote["close"]}],
        }
        return {
            "chart": {
                "result": [
                    {
                        "meta": meta,
                        "timestamp": [s for s, _ in stamps],
                        "indicators": indicators,
                        "events": self._events(symbol),
                    }
                ],
                "error": None,
            }
        }

    def _events(self, symbol: str) -> object:
        if symbol not in self.splits:
            return {}
        day, ratio = self.splits[symbol]
        at = epoch(day, 9.5)
        return {"splits": {str(at): {"date": at, "numerator": ratio, "denominator": 1}}}

    def yfinance(self, path: str, query: dict[str, str]) -> object:
        return (
            self.yahoo(path, query) if "chart" in path else {}
        )  # a cookie, and a crumb that nothing rests on

    def nyfed(self, _: str, query: dict[str, str]) -> object:
        days = self._rate_days("nyfed", query["startDate"], query["endDate"])
        common = {
            "type": "EFFR",
            "percentRate": 4.33,
            "targetRateFrom": 4.25,
            "targetRateTo": 4.5,
            "volumeInBillions": 101,
            "revisionIndicator": "",
        }
        return {
            "refRates": [{"effectiveDate": day.isoformat(), **common} for day in reversed(days)]
        }

    def fred(self, path: str, query: dict[str, str]) -> object:
        if query.get("api_key") != "fred-secret":
            return {
                "error_code": 400,
                "error_message": "Bad Request.  The value for variable api_key is not registered.",
            }
        if path.endswith("release/dates"):
            day = dt.date.fromisoformat(query["realtime_start"]) + 3 * DAY
            dates = (
                [{"release_id": 50, "date": day.isoformat()}] if query["release_id"] == "50" else []
            )
            return {"sort_order": "asc", "count": len(dates), "release_dates": dates}
        days = self._rate_days("fred", query["observation_start"], query["observation_end"])
        level = {"DFEDTARU": 4.5, "DFEDTARL": 4.25, "DFF": 4.33}.get(query["series_id"])
        walk = self.closes("^TNX")
        rows = [{"date": day.isoformat(), "value": f"{level or walk[day]:.2f}"} for day in days]
        return {
            "units": "lin",
            "count": len(rows),
            "observations": [{"date": "2022-12-26", "value": "."}, *rows],
        }

    def treasury(self, path: str, _: dict[str, str]) -> bytes:
        year, walk = int(path.split("/")[-2]), self.closes("^TNX")
        lines = ['Date,"1 Mo","1.5 Month","2 Yr","10 Yr","30 Yr"']
        days = [
            day
            for day in reversed(self.sessions)
            if day.year == year and day not in self.without["treasury", "*"]
        ]
        return "\n".join(
            [
                *lines,
                *(f"{day:%m/%d/%Y},4.35,,{walk[day]:.2f},{walk[day]:.2f},4.80" for day in days),
            ]
        ).encode()

    def bls(self, *_: object) -> bytes:
        due = "".join(
            f"BEGIN:VEVENT\nSEQUENCE:1\nUID:{name}-{day}\n"
            f"DTSTART;TZID=US-Eastern:{day:%Y%m%d}T083000\n"
            f"DURATION:PT0M\nSUMMARY:{name[:16]}\n"
            f" {name[16:]}\nLOCATION:Washington\\, DC\nEND:VEVENT\n"
            for day, name in self.releases
        )
        return (
            "BEGIN:VCALENDAR\nPRODID:-//Department of Labor//Bureau of Labor"
            f" Statistics//EN\nVERSION:2.0\n{due}END:VCALENDAR\n".encode()
        )

    def bea(self, *_: object) -> object:
        times = [
            dt.datetime.combine(self.base + days * DAY, dt.time(8, 30), EXCHANGE)
            .astimezone(dt.UTC)
            .isoformat()
            for days in (-3, -2, 20)
        ]
        gdp, other = {"release_dates": [times[0], times[2]]}, {"release_dates": [times[1]]}
        return {
            "file_last_updated": "2025-01-02T12:00:00",
            "Gross Domestic Product": gdp,
            "U.S. International Trade": other,
        }

    def h10(self, _: str, query: dict[str, str]) -> bytes:
        first, last = (
            dt.datetime.strptime(query[name], "%m/%d/%Y").date()  # noqa: DTZ007 - a day
            for name in ("from", "to")
        )
        names = ",".join(f'"{name}"' for name in H10)
        ones, units = ",".join(['"1"'] * len(H10)), ",".join(['"Currency"'] * len(H10))
        lines = [
            f'"Series Description",{names}',
            f'"Unit:",{units}',
            f'"Multiplier:",{ones}',
            '"Currency:","EUR","GBP","JPY"',
            '"Unique Identifier: ",' + ",".join(f'"H10/H10/{name}"' for name in H10),
            f'"Time Period",{names}',
        ]
        day = first
        while day <= last:
            if day.weekday() < 5 and day <= self.until:
                told = [self.closes(symbol).get(day) for symbol in H10.values()]
                lines.append(
                    ",".join([day.isoformat(), *(f"{v:.4f}" if v else "ND" for v in told)])
                )
            day += DAY
        return "\n".join([*lines, ""]).encode()

    def eia(self, _: str, query: dict[str, str]) -> bytes:
        symbol = {"DCOILWTICO": "WTI.EIA", "DCOILBRENTEU": "BRENT.EIA"}[query["id"]]
        rows = [
            f"{day},{value:.2f}"
            for day, value in self.closes(symbol).items()
            if query["cosd"] <= day.isoformat() <= query["coed"]
        ]
        return "\n".join([f"observation_date,{query['id']}", "2023-01-02,.", *rows]).encode()

    def ecb(self, _: str, query: dict[str, str]) -> bytes:
        head = (
            "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS"
        )
        rows = [
            f"EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,{day},{value},A"
            for day, value in self.closes("EURUSD.ECB").items()
            if query["startPeriod"] <= day.isoformat() <= query["endPeriod"]
        ]
        return "\n".join([head, *rows]).encode()

    def boe(self, *_: object) -> bytes:
        rows = [
            f"{day.day:02} {MONTHS[day.month - 1]} {day.year},{value}"
            for day, value in self.closes("GBPUSD.BOE").items()
        ]
        return "\r\n".join(["DATE,XUDLUSS", *rows]).encode()

    def boj(self, *_: object) -> object:
        walk = self.closes("USDJPY.BOJ")
        days = [int(f"{day:%Y%m%d}") for day in walk]
        series = {
            "SERIES_CODE": "FXERD04",
            "UNIT": "yen per U.S.dollar",
            "FREQUENCY": "DAILY",
            "VALUES": {"SURVEY_DATES": [*days, 20991231], "VALUES": [*walk.values(), None]},
        }
        return {"STATUS": 200, "MESSAGEID": "M181000I", "NEXTPOSITION": None, "RESULTSET": [series]}

    def mof(self, path: str, _: dict[str, str]) -> bytes:
        old = path.endswith("all.csv")
        begin = self.until.replace(day=1)
        rows = [
            f"{day.year}/{day.month}/{day.day},0.5,{value},-"
            for day, value in self.closes("JGB10").items()
            if (day < begin) == old
        ]
        head = ["Interest Rate,,,(Unit : %)", "Date,2Y,10Y,40Y"]
        return "\r\n".join([*head, *rows, '"  \u203b clear the cache",,,']).encode("cp932")

    def bls_figures(self, path: str, _: dict[str, str]) -> object:
        series = path.rpartition("/")[2]
        rows = [
            {
                "year": str(month.year),
                "period": f"M{month.month:02}",
                "value": figure(series, month),
                "footnotes": [{}],
            }
            for month in self._months(self.until)
        ]
        rows.append({"year": "2023", "period": "M13", "value": "300.000", "footnotes": [{}]})
        told = {"series": [{"seriesID": series, "data": rows}]}
        return {"status": "REQUEST_SUCCEEDED", "responseTime": 41, "message": [], "Results": told}

    def _months(self, day: dt.date) -> list[dt.date]:
        """The months with a figure on *day*, the newest first: each is out after 40 days."""
        last = (day - 40 * DAY).replace(day=1)
        every = [12 * last.year + last.month - 1 - n for n in range(36)]
        return [dt.date(n // 12, n % 12 + 1, 1) for n in every]

    def alfred(self, path: str, query: dict[str, str]) -> bytes:
        """The figures on any day; the newest count of jobs is 10,000 higher than later ones."""
        if path.endswith("downloaddates"):
            out = [month + 40 * DAY for month in self._months(self.until)]
            listed = "\n".join([str(day) for day in sorted(out) if day <= self.until][-6:])
            return f"Release:\nA Release\n\nRelease Dates:\n{listed}\n".encode()
        name, days = query["id"].split(",")[0], query["vintage_date"].split(",")
        series = {archived.name: ours for ours, archived in ARCHIVED.items()}[name]
        known = [self._months(dt.date.fromisoformat(day)) for day in days]
        begin = dt.date.fromisoformat(query["cosd"].split(",")[0])
        lines = ["observation_date," + ",".join(f"{name}_{day.replace('-', '')}" for day in days)]
        for month in sorted({month for months in known for month in months if month >= begin}):
            cells = [
                figure(series, month, 10 * (month == months[0])) if month in months else ""
                for months in known
            ]
            lines.append(f"{month},{','.join(cells)}")
        return "\n".join([*lines, ""]).encode()

    def _rate_days(self, provider: str, first: str, last: str) -> list[dt.date]:
        return [
            day
            for day in self.sessions
            if first <= day.isoformat() <= last and day not in self.without[provider, "*"]
        ]

    def cme(self, _: str, query: dict[str, str]) -> object:
        day = dt.datetime.strptime(query["tradeDate"], "%m/%d/%Y").date()  # noqa: DTZ007 - a day
        if (
            day not in self.sessions
            or day in self.without["cme", "*"]
            or (self.until - day).days > 8
        ):
            return {"settlements": [], "empty": True}
        months = [
            (day.year + (day.month - 1 + i) // 12, (day.month - 1 + i) % 12 + 1) for i in range(14)
        ]
        rows = [
            {
                "month": f"{dt.date(2000, m, 1):%b}".upper() + f" {y % 100}",
                "settle": f"{95.67 + 0.01 * i:.4f}",
                "change": "UNCH",
                "volume": "12,345",
            }
            for i, (y, m) in enumerate(months)
        ]
        return {"settlements": [*rows, {"month": "Total", "settle": ""}], "empty": False}

    def cboe(self, path: str, _: dict[str, str]) -> object:
        name = path.rpartition("/")[2].removesuffix(".json")
        symbol = {"_SPX": "^GSPC", "_VIX": "^VIX"}[name]
        rows = self.bars("cboe", symbol, dt.date.min, dt.date.max)
        data = [
            {
                "date": d.isoformat(),
                "open": f"{o:.4f}",
                "high": f"{h:.4f}",
                "low": f"{low:.4f}",
                "close": f"{c:.2f}",
                "volume": "0",
            }
            for d, o, h, low, c in rows
        ]
        return {"timestamp": "2025-01-08 21:00:00", "symbol": name, "data": data}

    def coinbase(self, _: str, query: dict[str, str]) -> object:
        first, last = (dt.datetime.fromisoformat(query[k]).date() for k in ("start", "end"))
        rows = self.bars("coinbase", "BTC-USD", first, last)[:300]
        return [[epoch(d, 0, dt.UTC), low, h, o, c, 1000.5] for d, o, h, low, c in reversed(rows)]

    def coingecko(self, _: str, query: dict[str, str]) -> object:
        last = self.until
        rows = self.bars("coingecko", "BTC-USD", last - int(query["days"]) * DAY, last)
        points = [[epoch(d + DAY, 0, dt.UTC) * 1000, c] for d, *_, c in rows]
        return {
            "prices": [*points, [points[-1][0] + 12_345, 1.0]],
            "market_caps": [],
            "total_volumes": [],
        }

    def tiingo(self, path: str, query: dict[str, str]) -> object:
        rows = self.bars(
            "tiingo",
            path.split("/")[-2],
            dt.date.fromisoformat(query["startDate"]),
            dt.date.fromisoformat(query["endDate"]),
        )
        return [
            {
                "date": f"{d}T00:00:00.000Z",
                "open": o,
                "high": h,
                "low": low,
                "close": c,
                "adjClose": c,
                "volume": 1,
                "divCash": 0.0,
                "splitFactor": 1.0,
            }
            for d, o, h, low, c in rows
        ]

    def massive(self, path: str, _: dict[str, str]) -> object:
        *_, ticker, _, _, _, first, last = path.split("/")
        symbol = {
            "I:RUT": "^RUT",
            "I:SPX": "^GSPC",
            "I:DJI": "^DJI",
            "I:COMP": "^IXIC",
            "I:VIX": "^VIX",
        }.get(ticker, ticker)
        rows = self.bars(
            "massive", symbol, dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        )
        return {
            "ticker": ticker,
            "adjusted": True,
            "status": "OK",
            "results": [
                {"o": o, "h": h, "l": low, "c": c, "v": 1, "t": epoch(d, 0) * 1000}
                for d, o, h, low, c in rows
            ],
        }

    # How they fail
    # --------------------------------------------------------------------------

    def fail(self, provider: str, *faults: str, key: str = "*") -> None:
        """Let the next answers of *provider* (on *key*, a part of the path) be these.

        "always ..." stays.
        """
        self.faults[provider, key] += faults

    def _fault(self, provider: str, path: str) -> str:
        for (name, key), queue in self.faults.items():
            if name == provider and queue and (key == "*" or key in path):
                return (
                    queue[0].removeprefix("always ")
                    if queue[0].startswith("always ")
                    else queue.pop(0)
                )
        return ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, or fail it as told."""
        split = urlsplit(request.path)
        provider, _, path = split.path.lstrip("/").partition("/")
        self.asked.append(f"{provider} {unquote(path)}")
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        given = (
            query.get("api_key"),
            *(request.headers.get(name) for name in ("Authorization", "x-cg-demo-api-key")),
        )
        self.keys.append(" ".join(filter(None, given)))
        fault = self._fault(provider, unquote(path))
        told = getattr(self, provider)(path, query) if provider else {}
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        status, headers = 200, {"Content-Type": "application/json"}
        if provider in self.validated:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            status, body = (
                (304, b"")
                if request.headers.get("If-None-Match") == headers["ETag"]
                else (status, body)
            )
            self.not_modified += status == 304
        if fault.startswith("status"):
            _, code, *after = fault.split(maxsplit=2)
            status, body = int(code), b"Too Many Requests\r\n"
            headers |= {"Retry-After": after[0]} if after else {}
        elif fault.startswith("body "):
            body = fault.removeprefix("body ").encode()
        elif fault == "gzip":
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        elif fault.startswith("echo "):
            status, said = int(fault.removeprefix("echo ")), f"Bad Request: {self.keys[-1]}"
            body = json.dumps({"error_code": 400, "error_message": said, "detail": said}).encode()
        elif fault.startswith("redirect"):
            status, headers["Location"] = (
                302,
                fault.removeprefix("redirect").strip() or request.path,
            )
        elif fault == "slow":
            time.sleep(3)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # who asked may be gone by now
            request.end_headers()
            request.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
        if fault == "cut":
            request.close_connection = True

"""Long lists: 10,000 symbols in a store, and a fetch of 500 from a server that often fails.

As a script: ``lists.py serve PORTFILE`` is that server, ``lists.py fetch PORTFILE STORE COUNT``
fetches from it, and ``lists.py read STORE COUNT`` prints the seconds of a read of 60 symbols.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import markets
from measure import HERE, Bench, Section, in_turns, peak_memory, python, run, seconds, tool

from reportgen.markets import market

READ, FETCHED = 60, 500
FIRST, LAST = dt.date(1990, 1, 2), dt.date(2025, 12, 31)
NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
DESCRIBED = """
name = "A long list"

[[files]]
path = "daily.parquet"
role = "daily_bars"
source = "simulated closes"
"""
calendar = market("us").calendar


def lists(bench: Bench) -> Section:
    """Import, read and status of a long list, and a fetch of a list with faults."""
    found, place = Section(), bench.place()
    count = bench.plan.symbols[-1]
    folder = bench.place()
    wide = markets.dataset(bench, count, bench.plan.wide_years)
    (folder / "daily.parquet").symlink_to(wide / "daily.parquet")
    (folder / "dataset.toml").write_text(DESCRIBED, encoding="utf-8")
    store = place / "store.duckdb"
    imported = tool("reportgen", "data", "import", folder, "--store", store)
    status = tool("reportgen", "data", "status", "--store", store)
    first = found.add("first import", "MB", [peak_memory(imported)])
    again = found.add("the same import again", "MB", [peak_memory(imported)])
    walls = in_turns(
        {"again": lambda: seconds(imported), "status": lambda: seconds(status)}, bench.plan.batch
    )
    reads = [float(one) for one in run(python(__file__, "read", store, count)).split()]
    fetched = found.add("fetch of a list with faults", "MB", [_fetch(place)])
    found.ratios |= {
        "import_mb": first,
        "import_again_mb": again,
        "import_again_s": found.add("the same import again", "s", walls["again"]),
        "status_s": found.add("data status", "s", walls["status"]),
        "read_60_s": found.add(f"read of {READ} of {count:,} symbols", "s", reads),
        "fetch_500_mb": fetched,
    }
    return found


def _fetch(place: Path) -> float:
    """The MB of a first fetch."""
    port = place / "port"
    with subprocess.Popen(python(HERE / "lists.py", "serve", port)) as server:
        try:
            while not port.is_file():
                time.sleep(0.05)
            command = python(HERE / "lists.py", "fetch", port, place / "fetched.duckdb", FETCHED)
            return peak_memory(command)
        finally:
            server.terminate()


def read(path: Path, count: int) -> None:
    """Print the seconds of some reads of symbols that are spread over the list."""
    from reportgen.sources import store

    names = sorted(store.symbols(path))[:: max(1, count // READ)][:READ]
    for _ in range(6):
        started = time.perf_counter()
        store.table(path, "daily_bars", store.MOST, names)
        print(time.perf_counter() - started)


def fetch(port: Path, path: Path, count: int) -> None:
    """Fetch *count* stocks into the store at *path*."""
    from reportgen.sources import fetching, plan
    from reportgen.sources.http import Web

    sources = port.with_suffix(".toml")
    address = f"http://127.0.0.1:{port.read_text()}"
    sources.write_text(f'[order]\nstock = ["yahoo"]\n[base_url]\nyahoo = "{address}"\n')
    known = plan.read_sources(sources)
    wants = [known.want(f"L{number:04d}", "daily_bars", "stock") for number in range(count)]
    for want in wants:
        limit = type(want.providers[0].limit)(1000, 1000)
        type(want.providers[0]).limit = limit
    web = Web(lambda: NOW, patience=0.05)
    states = [outcome.state for outcome in fetching.fetch(path, wants, web)]
    web.close()
    print({state: states.count(state) for state in set(states)}, file=sys.stderr)


def serve(file: Path) -> None:
    """Answer as Yahoo does, but a fifth of the symbols badly: some at first, some always."""
    draw, level = random.Random(3), 80.0
    days, closes = calendar.sessions(FIRST, LAST), list[float]()
    for _ in days:
        level *= 1 + draw.gauss(0.0003, 0.009)
        closes.append(level)
    opened = dt.time(14, 30, tzinfo=dt.UTC)
    stamps = [int(dt.datetime.combine(day, opened).timestamp()) for day in days]
    asked = dict[str, int]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            symbol = unquote(split.path.rpartition("/")[2])
            query = parse_qs(split.query)
            asked[symbol] = asked.get(symbol, 0) + 1
            kind = int(hashlib.sha256(symbol.encode()).hexdigest(), 16) % 100
            first, last = (int(query[name][0]) for name in ("period1", "period2"))
            status, body = 200, _chart(symbol, stamps, closes, 1 + kind / 50, first, last)
            cut = kind in range(10, 15) and asked[symbol] <= 2
            if kind < 10 and asked[symbol] == 1:
                status, body = 429, b"Too Many Requests"
            elif kind in range(15, 18):
                body = b"<html>please log in</html>"
            elif kind in (18, 19):
                status, body = 503, b"Service Unavailable"
            elif kind in (20, 21):
                status, body = 404, b"{}"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            self.close_connection = cut

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    file.write_text(str(server.server_address[1]))
    server.serve_forever()


def _chart(
    symbol: str, stamps: list[int], closes: list[float], scale: float, first: int, last: int
) -> bytes:
    """A chart in Yahoo's form, from the second *first* to the *last*."""
    kept = [place for place, stamp in enumerate(stamps) if first <= stamp <= last]
    prices = [closes[place] * scale for place in kept]
    quote = {
        "open": [price * 1.001 for price in prices],
        "high": [price * 1.01 for price in prices],
        "low": [price * 0.99 for price in prices],
        "close": prices,
        "volume": [1_000_000 + place for place in kept],
    }
    meta = {
        "currency": "USD",
        "symbol": symbol,
        "exchangeTimezoneName": "America/New_York",
        "dataGranularity": "1d",
    }
    result = {
        "meta": meta,
        "timestamp": [stamps[place] for place in kept],
        "indicators": {"quote": [quote]},
        "events": {},
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


if __name__ == "__main__":
    name, path, *more = sys.argv[1:]
    if name == "serve":
        serve(Path(path))
    elif name == "fetch":
        fetch(Path(path), Path(more[0]), int(more[1]))
    else:
        read(Path(path), int(more[0]))

"""Facts, records and one question: does this fact bear these words out?"""

from __future__ import annotations

from typing import Any

from reportgen.core.facts import Fact, Finding, Unit
from reportgen.record.record import Record, Section
from reportgen.verify.factcheck import FactCheck

NOW = "2025-01-08T16:00:00-05:00"
"""A Wednesday, after the close."""
KINDS = {
    "spx": ("^GSPC", "the S&P 500", "index"),
    "ndx": ("^IXIC", "the Nasdaq", "index"),
    "nvda": ("NVDA", "Nvidia", "stock"),
    "xlk": ("XLK", "technology", "sector"),
    "xle": ("XLE", "energy", "sector"),
    "xlu": ("XLU", "utilities", "sector"),
    "mdy": ("MDY", "mid caps", "etf"),
    "btc": ("BTC-USD", "Bitcoin", "crypto"),
    "vix": ("^VIX", "the VIX", "volatility"),
    "oil": ("CL=F", "oil", "commodity"),
    "dgs10": ("DGS10", "the 10-year yield", "yield"),
    "fed": ("FEDFUNDS", "the Fed's rate", "policy_rate"),
}
"""The key of each instrument, with its symbol, name and kind."""


def fact(id: str, value: float | str, unit: Unit = Unit.FRACTION, **rest: Any) -> Fact:
    """A fact; its id says whose it is and, unless the test says another, of which kind.

    Money is in US dollars, unless the test says another currency.
    """
    key, name = id.split(".")[:2]
    symbol = KINDS.get(key, ("basket:quantum" if key == "quantum" else key,))[0]
    known = {"instrument": symbol, "kind": name, "window": "day", "as_of": NOW, "source": "test"}
    known["currency"] = "USD" if unit.money else ""
    return Fact(id=id, value=value, unit=unit, **{**known, **rest})


def day(id: str, value: str, **rest: Any) -> Fact:
    """A fact that is a date."""
    return fact(id, value, Unit.DATE, **rest)


def since(id: str, value: str, **rest: Any) -> Fact:
    """The date since which something is the best, the worst, the highest or the lowest."""
    return fact(id, value, Unit.DATE, since=value, **rest)


def count(id: str, value: float, **rest: Any) -> Fact:
    """A fact that is a count."""
    return fact(id, value, Unit.COUNT, **rest)


def record(*facts: Fact, now: str = NOW, state: str = "post", **about: Any) -> Record:
    """A record of those facts, with one finding for each and a story without words."""
    rows = [
        {
            "key": key,
            "symbol": symbol,
            "first": name,
            "second": name,
            "short": name.removeprefix("the "),
            "group": "",
            "kind": kind,
            "also": [],
        }
        for key, (symbol, name, kind) in KINDS.items()
    ]
    context = {
        "moment": {
            "at": now,
            "state": state,
            "session": "2025-01-08",
            "previous": "2025-01-07",
            "number": 8821,
        },
        "instruments": rows,
        "commentary": [],
        "notice": "",
        "beats": [],
    }
    findings = [
        Finding(kind=f.kind, instrument=f.instrument, facts={"it": f.id}, section="all", rank=n)
        for n, f in enumerate(facts, 1)
    ]
    section = Section(name="all", required=True, status="ok", error="", cell=1)
    return Record(
        context={**context, **about},
        facts={f.id: f for f in facts},
        findings=tuple(findings),
        charts={},
        tables={},
        sections=(section,),
        made={"title": "A report", "story": [["story.j2", "", "story.j2"]]},
    )


def borne(words: str, told: Fact, *others: Fact, **about: Any) -> bool:
    """Whether *told* bears *words* out, where the *others* were recorded, too."""
    return FactCheck(record(told, *others, **about)).bears_out(words, told)

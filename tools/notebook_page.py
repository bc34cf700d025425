"""The page of what the notebook of a report has, from the signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pandas as pd

from reportgen.authoring import Desk, charts
from reportgen.config.resources import SAMPLE
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Track
from reportgen.datasets.table_cache import table

STATISTICS = ("averages", "volatility", "signals", "pairs", "returns", "performance")
INNER = ("begin", "known", "open", "market", "moment", "report", "window")
"""What a desk needs of itself, or a beat of it."""
BEGINNING = """# What a notebook has

The calls of `desk`, what a track holds, the statistics, and what the embedded sample has. How to
use them: [statistics, tables and charts of your own](../how-to/own-figures.md).

```python
from reportgen.authoring import charts, open_desk
from reportgen.statistics import pairs

desk = open_desk(report="desk-note", data=data, as_of=as_of)

with desk.section("stocks and yields"):
    stocks = desk.track("^GSPC").closes  # a pandas Series of closes by day
    yields = desk.rate("DGS10")  # a pandas Series of fractions by day
    both = stocks.pct_change().corr(yields.diff())
    desk.stat("both", both, of="^GSPC", window="whole history", decimals=2)
```

A run reads the prices of the symbols that `report.toml` lists below `[instruments]`, and no others.
Without that table it reads those of its market. Add a symbol there before you ask for its track.
Rates need no line, but list them below `series`: the brief then names a missing one. In an open
notebook all symbols are read.
"""
PRINTED = """A story prints one of Altair's by `{{ picture("name") }}`, and one of these by a
[block](story-language.md#blocks) `!name` with a line for each of its labels, or by a macro of
`story/en/parts/pictures.j2`: `mountain`, `drawdown`, `lines`, `yields`.
"""
ROLES = {"daily_bars": "symbol", "intraday_bars": "symbol", "rates": "series", "prints": "series"}


def page() -> str:
    """The page in Markdown."""
    lines = [*BEGINNING.splitlines(), "", "## The desk", "", "| call | what it does |", "|---|---|"]
    lines += [f"| {_call(name)} | {_first(one)} |" for name, one in _public(Desk)]
    lines += ["", "`help(desk.stat)` in a cell shows all arguments, errors and an example.", ""]
    lines += ["## A track", "", "| attribute | what it holds |", "|---|---|"]
    lines += ["| `closes` | Closes by day, a pandas Series; in a session, the last is its level. |"]
    lines += ["| `instrument` | Its `symbol`, `key`, `unit`, `currency` and names. |"]
    lines += [f"| {_call(name)} | {_first(one)} |" for name, one in _public(Track)]
    lines += ["", "## Statistics", "", "Each is a function of `reportgen.statistics`, and takes"]
    lines += ["pandas Series. `help` shows the formula and the source.", ""]
    lines += ["| call | what it returns |", "|---|---|"]
    for name in STATISTICS:
        module = import_module(f"reportgen.statistics.{name}")
        lines += [f"| `{name}.{called}` | {_first(one)} |" for called, one in _functions(module)]
    lines += ["", "## Charts", "", "`desk.show` takes one of these, or any chart of Altair."]
    lines += [*PRINTED.splitlines(), ""]
    lines += ["| call | what it draws |", "|---|---|"]
    drawn = [(called, one) for called, one in _functions(charts) if _returns(one) == "Chart"]
    lines += [f"| `charts.{called}` | {_first(one)} |" for called, one in drawn]
    lines += ["", "## What the embedded sample has", "", "Prices are simulated.", ""]
    return "\n".join([*lines, "| role | from, to | names |", "|---|---|---|", *_sample(), ""])


def _public(cls: type) -> Iterator[tuple[str, Any]]:
    """What a class offers, in the order of its source, with its signature."""
    for name, one in vars(cls).items():
        told = isinstance(one, property) or inspect.isfunction(one)
        if told and not name.startswith("_") and name not in INNER:
            yield f"{name}{_signature(one)}" if inspect.isfunction(one) else name, one


def _functions(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The public functions of a module, in the order of its source, with their signatures."""
    for name, one in vars(module).items():
        own = inspect.isfunction(one) and one.__module__ == module.__name__
        if own and not name.startswith("_"):
            yield f"{name}{_signature(one)}", one


def _signature(call: Any) -> str:
    """The arguments of a call with their defaults."""
    told = list[str]()
    for one in inspect.signature(call).parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and "*" not in told:
            told.append("*")
        stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        default = "" if one.default is one.empty else f"={_default(one.default)}"
        told.append(f"{stars}{one.name}{default}")
    return f"({', '.join(told)})"


def _default(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _returns(call: Any) -> str:
    return str(inspect.signature(call).return_annotation)


def _call(name: str) -> str:
    return f"`{name}`"


def _first(one: Any) -> str:
    """The first paragraph of a docstring in Markdown, on one line."""
    words = " ".join((inspect.getdoc(one) or "").split("\n\n")[0].split())
    known = set(inspect.signature(one).parameters) if callable(one) else set()
    words = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", words)
    for name in known:
        words = words.replace(f"*{name}*", f"`{name}`")
    return words.replace("|", r"\|")


def _sample() -> Iterator[str]:
    """A row for each table of the sample: its days, and the symbols or series in it."""
    for file in open_dataset(SAMPLE).files:
        if file.role not in ROLES:
            continue
        rows = table(file)
        day = next(one for one in ("date", "start", "released_at") if one in rows)
        days = pd.to_datetime(rows[day], utc=True).dt.date
        names = ", ".join(f"`{one}`" for one in sorted(rows[ROLES[file.role]].astype(str).unique()))
        yield f"| `{file.role}` | {days.min()}, {days.max()} | {names} |"

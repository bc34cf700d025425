"""A book of 500 holdings beside a brief of small caps, on the same data."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from measure import Bench, Section, in_turns, seconds, tool

from reportgen.config.resources import SAMPLE
from reportgen.markets.companies import companies
from reportgen.markets.instruments import registry

HELD = 500
DAY = "2025-01-08"
MORE = """
[[files]]
path = "more.csv.gz"
role = "daily_bars"
source = "simulated closes"
"""


def book(bench: Bench) -> Section:
    """Both briefs, all formats, in turns: wall time, and the time of all processors."""
    found, place = Section(), bench.place()
    data, held = furnished(place)
    words = ("--as-of", DAY, "--data", data, "--out")
    sides = {
        "small caps": tool("reportgen", "run", "small-caps", *words, place / "caps"),
        "book of 500": tool(
            "reportgen", "run", "portfolio", *words, place / "book", "-p", f"holdings={held}"
        ),
    }
    rounds = bench.plan.cold
    walls = in_turns({name: partial(seconds, one) for name, one in sides.items()}, rounds)
    works = in_turns({name: partial(worked, one) for name, one in sides.items()}, rounds)
    wall = {name: found.add(name, "s", taken) for name, taken in walls.items()}
    work = {name: found.add(f"{name}, processors", "s", one) for name, one in works.items()}
    found.ratios = {
        "book_500_vs_small_caps": wall["book of 500"] / wall["small caps"],
        "book_500_vs_small_caps_processors": work["book of 500"] / work["small caps"],
    }
    return found


def furnished(place: Path) -> tuple[Path, Path]:
    """The sample's data with 500 more stocks, and a file of holdings of them and of money."""
    data = shutil.copytree(SAMPLE, place / "data")
    days = [
        line.split(",")[0]
        for line in gzip.decompress((SAMPLE / "daily.csv.gz").read_bytes()).decode().splitlines()
        if ",^GSPC," in line
    ]
    names = [one for one in companies() if one.isalpha() and one not in registry()][:HELD]
    chance = random.Random(22)
    with gzip.open(data / "more.csv.gz", "wt", compresslevel=1) as file:
        file.write("date,symbol,close\n")
        for name in names:
            level = chance.uniform(20, 400)
            for day in days:
                level *= 1 + chance.gauss(0, 0.012)
                file.write(f"{day},{name},{level:.2f}\n")
    with (data / "dataset.toml").open("a", encoding="utf-8") as file:
        file.write(MORE)
    held = place / "holdings.csv"
    rows = [f"{name},{chance.randint(5, 400)}" for name in names]
    held.write_text("symbol,quantity\n" + "\n".join([*rows, "CASH:EUR,50000"]) + "\n")
    return data, held


def worked(command: Sequence[str]) -> float:
    """The seconds of all processors that *command* and its processes took."""
    before = os.times()
    subprocess.run(command, capture_output=True, check=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])

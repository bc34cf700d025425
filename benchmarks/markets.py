"""Datasets of any width and length.

The sample with longer histories and with as many simulated symbols as are wanted.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from measure import REPORT, Bench

from reportgen.config.resources import SAMPLE
from reportgen.markets import market
from reportgen.record.request import load_report

calendar = market("us").calendar

SEED = 20250108
LAST = dt.date(2025, 1, 31)
BLOCK = 500
"""Symbols made at once."""


def dataset(bench: Bench, symbols: int, years: int) -> Path:
    """The folder of a dataset with *symbols* symbols and full years of daily closes.

    The report's own symbols come first; the dataset is made once per run.
    """
    known = bench.datasets.get((symbols, years))
    if known is None:
        known = bench.datasets[symbols, years] = bench.place()
        _make(known, symbols, years)
    return known


def _make(folder: Path, symbols: int, years: int) -> None:
    shutil.copytree(
        SAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("daily.csv.gz")
    )
    described = (SAMPLE / "dataset.toml").read_text(encoding="utf-8")
    (folder / "dataset.toml").write_text(
        described.replace("daily.csv.gz", "daily.parquet"), encoding="utf-8"
    )
    daily = pd.read_csv(SAMPLE / "daily.csv.gz", parse_dates=["date"])
    real = {
        str(symbol): rows.set_index("date")["close"] for symbol, rows in daily.groupby("symbol")
    }
    first = dt.date(LAST.year - years, 1, 1) - dt.timedelta(
        days=7
    )  # a year begins with the close before it
    days = calendar.session_index(first, LAST)
    number = {name: place for place, name in enumerate(_names(list(real), symbols))}
    ordered = sorted(number)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE bars (date DATE, symbol VARCHAR, close DOUBLE)")
        for start in range(0, len(ordered), BLOCK):
            block = [
                _closes(number[name], days, real.get(name))
                for name in ordered[start : start + BLOCK]
            ]
            rows = _rows(ordered[start : start + BLOCK], block)
            connection.register("rows", rows)
            connection.execute("INSERT INTO bars SELECT date, symbol, close FROM rows")
            connection.unregister("rows")
        connection.execute(
            f"COPY bars TO '{folder / 'daily.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _names(real: list[str], symbols: int) -> list[str]:
    """The first symbols: those of the report, then the rest of the sample, then simulated ones."""
    own = list(load_report(REPORT).symbols)
    simulated = [f"SIM{number:05d}" for number in range(symbols)]
    return [*own, *(name for name in real if name not in own), *simulated][:symbols]


def _closes(number: int, days: pd.DatetimeIndex, real: pd.Series | None) -> pd.Series:
    """A random walk of a symbol of its own.

    Where the sample has the symbol, its closes, and before them a walk that leads there.
    """
    draw = np.random.default_rng([SEED, number])
    if real is not None:
        kept = real[days[0] :]
        before = days[days < kept.index[0]]
        back = kept.iloc[0] * np.exp(-np.cumsum(draw.normal(0.0003, 0.012, len(before))))[::-1]
        return pd.concat([pd.Series(back.round(2).clip(min=0.01), index=before), kept])
    steps = draw.normal(0.0003, draw.uniform(0.008, 0.03), len(days))
    return pd.Series(
        (draw.uniform(10, 400) * np.exp(np.cumsum(steps))).round(2).clip(min=0.01), index=days
    )


def _rows(names: list[str], closes: list[pd.Series]) -> pd.DataFrame:
    symbols = pd.Categorical.from_codes(
        np.repeat(np.arange(len(names)), [len(c) for c in closes]), categories=names
    )
    dates = np.concatenate([c.index.to_numpy() for c in closes])
    return pd.DataFrame(
        {"date": dates, "symbol": symbols, "close": np.concatenate([c.to_numpy() for c in closes])}
    )

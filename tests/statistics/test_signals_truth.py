"""The statistics of forty real series are those of formulas written a second time, by hand."""

from __future__ import annotations

import csv
import gzip
import math
import statistics
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest

from reportgen.statistics import averages, pairs, signals, volatility

SERIES, BENCHMARK = 40, "^GSPC"
CLOSE = {"rel": 1e-9, "abs": 1e-12}


@cache
def columns(folder):
    """Closes and volumes of the series with the longest histories, by symbol, as plain lists."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    place = folder / "../../../shared/market/daily.csv.gz"
    with gzip.open(place.resolve(), "rt", newline="") as file:
        for row in csv.DictReader(file):
            if row["close"]:
                line = (row["date"], float(row["close"]), float(row["volume"] or 0))
                found.setdefault(row["symbol"], []).append(line)
    kept = {name: rows for name, rows in found.items() if min(r[1] for r in rows) > 0}
    longest = sorted(kept, key=lambda name: (-len(kept[name]), name))[:SERIES]
    return {name: kept[name] for name in {BENCHMARK, *longest}}


def series(rows, place=1):
    """One column as the program has it."""
    index = pd.DatetimeIndex([row[0] for row in rows])
    return pd.Series([row[place] for row in rows], index=index, name="x")


def logs(values):
    """Changes of logarithms."""
    return [math.log(b / a) for a, b in pairwise(values)]


def changes(values):
    """Simple changes."""
    return [b / a - 1 for a, b in pairwise(values)]


def ema(values, span):
    """The sum of all weights at once: the first mean, and each later level by its age."""
    decay, later = 1 - 2 / (span + 1), values[span:]
    first = math.fsum(values[:span]) / span
    weighed = math.fsum(v * decay**age for age, v in enumerate(reversed(later)))
    return first * decay ** len(later) + weighed * (1 - decay)


def rsi(values, n):
    """By the ratio of Wilder's sums, as his book has it."""
    moves = [b - a for a, b in pairwise(values)]
    gain = math.fsum(m for m in moves[:n] if m > 0)
    loss = -math.fsum(m for m in moves[:n] if m < 0)
    for move in moves[n:]:
        gain += max(move, 0) - gain / n
        loss += max(-move, 0) - loss / n
    return 100 - 100 / (1 + gain / loss)


def common(rows, others):
    """Closes of both on the days of both."""
    known = {day: close for day, close, _ in others}
    told = [(close, known[day]) for day, close, _ in rows if day in known]
    return [a for a, _ in told], [b for _, b in told]


@pytest.mark.truth
def test_statistics_of_forty_series_are_those_of_a_second_hand(real_market):
    """Averages, volatility, RSI, z-score, beta, correlation, relative strength and volume."""
    found = columns(real_market)
    assert len(found) >= SERIES
    for name, rows in found.items():
        values, levels = [row[1] for row in rows], series(rows)
        same = lambda one, other: one == pytest.approx(other, **CLOSE)  # noqa: E731
        assert same(averages.simple(levels, 200), math.fsum(values[-200:]) / 200), name
        assert same(averages.exponential(levels, 50), ema(values, 50)), name
        assert same(
            volatility.realised(levels, 21), statistics.stdev(logs(values)[-21:]) * math.sqrt(252)
        ), name
        assert same(
            volatility.realised(levels, 63, log=False),
            statistics.stdev(changes(values)[-63:]) * math.sqrt(252),
        ), name
        assert same(signals.rsi(levels), rsi(values, 14)), name
        last = values[-252:]
        score = (values[-1] - statistics.fmean(last)) / statistics.stdev(last)
        assert same(signals.z_score(levels), score), name
        ours, theirs = common(rows, found[BENCHMARK])
        a, b = changes(ours)[-252:], changes(theirs)[-252:]
        benchmark = series(found[BENCHMARK])
        slope = statistics.covariance(a, b) / statistics.variance(b)
        assert pairs.beta(levels, benchmark) == pytest.approx(slope, rel=1e-7), name
        assert pairs.correlation(levels, benchmark) == pytest.approx(
            statistics.correlation(a, b), rel=1e-7
        ), name
        ratio = (ours[-1] / ours[-64]) / (theirs[-1] / theirs[-64]) - 1
        assert pairs.relative_strength(levels, benchmark) == pytest.approx(ratio, abs=1e-12), name


@pytest.mark.truth
def test_crosses_of_forty_series_are_those_of_a_second_hand(real_market):
    """Each session with the sides of the two averages changed, by running sums."""
    for name, rows in columns(real_market).items():
        values, expected, side = [row[1] for row in rows], [], 0
        for end in range(200, len(values) + 1):
            gap = math.fsum(values[end - 50 : end]) / 50 - math.fsum(values[end - 200 : end]) / 200
            now = 0 if abs(gap) <= 1e-9 * values[end - 1] else (1 if gap > 0 else -1)
            if now and side and now != side:
                expected.append((rows[end - 1][0], now))
            side = now or side
        found = [(one.session.isoformat(), one.way) for one in averages.crosses(series(rows))]
        assert found == expected, name


@pytest.mark.truth
def test_volumes_of_real_series_are_those_of_a_second_hand(real_market):
    """Of those with volumes; an index of volatility has none."""
    counted = 0
    for name, rows in columns(real_market).items():
        volumes = [row[2] for row in rows]
        if min(volumes[-21:]) > 0:
            counted += 1
            usual = math.fsum(volumes[-21:-1]) / 20
            found = signals.volume_ratio(series(rows, 2))
            assert found == pytest.approx(volumes[-1] / usual, rel=1e-12), name
    assert counted >= SERIES // 2

"""Return and risk of a series over years, against a benchmark: a tear sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene
from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import drawdowns, pairs, performance, returns, seasons, volatility
from reportgen.statistics.indexes import of_period, periods, sessions

WINDOW = "performance"
WORST = 5
"""How many drawdowns a table has."""
PLACES = {
    "sharpe": 2,
    "sortino": 2,
    "calmar": 2,
    "skew": 2,
    "kurtosis": 1,
    "beta": 2,
    "correlation": 2,
    "information": 2,
    "var": 2,
    "cvar": 2,
}
"""The decimals of a figure that are not those of its unit."""
LABELS = {
    "total": "total return",
    "cagr": "return by the year",
    "volatility": "volatility",
    "sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "calmar": "Calmar ratio",
    "drawdown": "maximum drawdown",
    "winning": "share of days with a gain",
    "skew": "skewness",
    "kurtosis": "excess kurtosis",
    "var": "daily value at risk",
    "cvar": "expected shortfall",
    "beta": "beta",
    "alpha": "alpha",
    "correlation": "correlation",
    "tracking": "tracking error",
    "information": "information ratio",
}
"""What a table and a sentence call a figure."""


class Figure(NamedTuple):
    """The name of a figure, its value and its unit."""

    name: str
    value: float | dt.date | str
    unit: Unit


@dataclass(frozen=True)
class Sheet:
    """A series and its benchmark over one window, which begins and ends with a close of both."""

    own: Track
    other: Track
    years: int
    riskless: float
    first: pd.Timestamp
    """The first session of the window, which both have, and the last one."""
    last: pd.Timestamp
    upcoming: dt.date
    """The first session that is not over."""

    @classmethod
    def of(cls, own: Track, other: Track, years: int, riskless: float, upcoming: dt.date) -> Sheet:
        """The sheet over so many *years*, or with 0 over all that both have.

        Raises:
            NoData: They are one series, or their history is shorter.
        """
        symbol, against = own.instrument.symbol, other.instrument.symbol
        if symbol == against:
            raise NoData(
                f"{symbol} is its own benchmark; name another one: benchmark=SYMBOL.",
                subject=symbol,
            )
        days = sessions(pairs.together(own.closes, other.closes, 3))
        first, last = days[0], days[-1]
        if years:
            begin = last - pd.DateOffset(years=years)
            if first > begin:
                raise NoData(
                    f"{symbol} and {against} have their first close together on {first.date()},"
                    f" which is less than {years} years back; ask for fewer years, or for 0, which"
                    " takes all.",
                    subject=symbol,
                )
            first = days[days <= begin][-1]
        return cls(own, other, years, riskless, first, last, upcoming)

    def levels(self, track: Track) -> pd.Series:
        """The levels of one of the two over the window, on its own sessions."""
        return track.closes[self.first : self.last]

    def fact(self, track: Track, figure: Figure) -> Fact:
        """The fact of a *figure* of one of the two, with what it rests on."""
        against = self.other if track is self.own else self.own
        made = Measure.of(track).fact(
            f"perf_{figure.name}", figure.value, figure.unit, WINDOW, name=f"perf.{figure.name}"
        )
        return replace(
            made,
            label=LABELS.get(figure.name, ""),
            decimals=PLACES.get(figure.name),
            evidence=(
                ("against", against.instrument.symbol),
                ("years", float(self.years)),
                ("riskless", self.riskless),
            ),
        )


def figures(levels: pd.Series, riskless: float, upcoming: dt.date) -> Iterator[Figure]:
    """The figures of one series.

    Args:
        levels: Levels by session, ascending.
        riskless: The riskless rate by the year, a fraction.
        upcoming: The first session that is not over: a month or a year that it is in is not ranked.
    """
    year, moves = performance.year_of(levels), performance.changes(levels)
    yield Figure("total", performance.total(levels), Unit.FRACTION)
    yield Figure("cagr", performance.cagr(levels), Unit.FRACTION)
    yield Figure("volatility", performance.volatility(moves, year), Unit.FRACTION)
    yield Figure("sharpe", performance.sharpe(moves, riskless, year), Unit.LEVEL)
    yield Figure("sortino", performance.sortino(moves, riskless, year), Unit.LEVEL)
    yield Figure("calmar", performance.calmar(levels), Unit.LEVEL)
    yield Figure("winning", performance.win_rate(moves), Unit.FRACTION)
    yield Figure("skew", performance.skew(moves), Unit.LEVEL)
    yield Figure("kurtosis", performance.kurtosis(moves), Unit.LEVEL)
    yield Figure("var", performance.value_at_risk(moves), Unit.FRACTION)
    yield Figure("cvar", performance.expected_shortfall(moves), Unit.FRACTION)
    deepest = next(iter(drawdowns.falls(levels)), None)
    if deepest is None:
        raise NoData(f"{levels.name} never fell in this window; there is no drawdown to tell.")
    yield Figure("drawdown", deepest.depth, Unit.FRACTION)
    yield Figure("peak", deepest.peak, Unit.DATE)
    yield Figure("trough", deepest.trough, Unit.DATE)
    yield Figure("under_days", float(deepest.days), Unit.COUNT)
    if deepest.recovered:
        yield Figure("recovered", deepest.recovered, Unit.DATE)
    yield Figure("below", float(drawdowns.underwater(levels).iloc[-1]), Unit.FRACTION)
    recent = volatility.realised(levels, volatility.QUARTER, log=False, year=year)
    yield Figure("recent", recent, Unit.FRACTION)
    yield from _extremes("day", moves.groupby(sessions(moves).to_period("D")).last())
    for window, freq in (("month", "M"), ("year", "Y")):
        whole = seasons.completed(returns.periods(levels, freq), upcoming)
        if len(whole):
            yield from _extremes(window, whole)
            yield Figure(f"{window}s", float(len(whole)), Unit.COUNT)
            yield Figure(f"{window}s_up", float((whole > 0).sum()), Unit.COUNT)


def _extremes(window: str, moves: pd.Series) -> Iterator[Figure]:
    """The best and the worst day, month or year, and which one it was."""
    for side, period in zip(("best", "worst"), seasons.best_and_worst(moves), strict=True):
        yield Figure(f"{side}_{window}", of_period(moves, period), Unit.FRACTION)
        yield Figure(f"{side}_{window}_date", str(period), Unit.DATE)


def performance_of(
    own: Track, other: Track, upcoming: dt.date, *, years: int = 0, riskless: float = 0.0
) -> News:
    """Return and risk of a series, and of its benchmark beside it, over the same window.

    What is of one series goes by its own sessions, what is of both by those that both have. The
    roles of the benchmark have "other_" before their names. The conventions are those of
    :mod:`reportgen.statistics.performance`.

    Args:
        own: The series.
        other: Its benchmark.
        upcoming: The first session that is not over.
        years: Over how many years up to the last session; 0 for all that both have.
        riskless: The riskless rate by the year, a fraction.

    Raises:
        NoData: They are one series, the history is shorter, or less than a year.
    """
    sheet = Sheet.of(own, other, years, riskless, upcoming)
    roles = dict[str, Fact]()
    for track, before in ((own, ""), (other, "other_")):
        for figure in figures(sheet.levels(track), riskless, upcoming):
            roles[f"{before}{figure.name}"] = sheet.fact(track, figure)
    for figure in _beside(sheet, roles):
        roles[figure.name] = sheet.fact(own, figure)
    return Measure.of(own).news("performance", roles)


def _beside(sheet: Sheet, roles: Mapping[str, Fact]) -> Iterator[Figure]:
    """The figures of the two together, and what they are of."""
    one, other = sheet.levels(sheet.own), sheet.levels(sheet.other)
    found = performance.against(one, other, sheet.riskless)
    yield Figure("beta", found.beta, Unit.LEVEL)
    yield Figure("alpha", found.alpha, Unit.FRACTION)
    yield Figure("correlation", found.correlation, Unit.LEVEL)
    yield Figure("tracking", found.tracking_error, Unit.FRACTION)
    yield Figure("information", found.information, Unit.LEVEL)
    yield Figure("gap", roles["cagr"].number - roles["other_cagr"].number, Unit.PP)
    yield Figure("riskless", sheet.riskless, Unit.FRACTION)
    yield Figure("start", sheet.first.date(), Unit.DATE)
    yield Figure("end", sheet.last.date(), Unit.DATE)
    yield Figure("days", float(len(one) - 1), Unit.COUNT)
    yield Figure("sessions", float(performance.year_of(one)), Unit.COUNT)
    if sheet.years:
        yield Figure("asked", float(sheet.years), Unit.COUNT)


def months_and_years(sheet: Sheet) -> pd.DataFrame:
    """The returns of each month and year of the series as facts: a row a year, oldest first.

    The columns are the months, 1 to 12, and 0 for the year. A cell without a return is None: the
    month with which the series begins is not whole. The last ones run to the last session.
    """
    track, levels = sheet.own, sheet.own.closes[sheet.first :]
    measure = Measure.of(track)
    cells: dict[int, dict[int, Fact]] = {}
    for freq, kind in (("M", "month_change"), ("Y", "year_change")):
        moves = returns.periods(levels, freq)
        for period, move in zip(periods(moves), moves, strict=True):
            fact = measure.fact(
                kind, float(move), Unit.FRACTION, str(period), name=f"{kind}.{period}"
            )
            row = cells.setdefault(period.year, {})
            row[period.month if freq == "M" else 0] = replace(fact, decimals=1)
    frame = pd.DataFrame.from_dict(cells, orient="index", columns=[*range(1, 13), 0])
    return frame.sort_index().astype(object).where(lambda one: one.notna(), None)


def worst_falls(sheet: Sheet, most: int = WORST) -> list[dict[str, Fact]]:
    """The deepest falls from a high of the series as facts, the deepest first.

    Each has "depth", "peak", "trough", "days", and "recovered" where it has ended.
    """
    found = []
    for place, fall in enumerate(drawdowns.falls(sheet.levels(sheet.own))[:most], 1):
        told = {
            "depth": Figure(f"fall_{place}.depth", fall.depth, Unit.FRACTION),
            "peak": Figure(f"fall_{place}.peak", fall.peak, Unit.DATE),
            "trough": Figure(f"fall_{place}.trough", fall.trough, Unit.DATE),
            "days": Figure(f"fall_{place}.days", float(fall.days), Unit.COUNT),
        }
        if fall.recovered:
            told["recovered"] = Figure(f"fall_{place}.recovered", fall.recovered, Unit.DATE)
        found.append({role: _ranked(sheet, one) for role, one in told.items()})
    return found


def _ranked(sheet: Sheet, figure: Figure) -> Fact:
    fact = sheet.fact(sheet.own, figure)
    return replace(fact, kind=f"perf_fall_{figure.name.partition('.')[2]}")


def detect(scene: Scene) -> Iterator[News | None]:
    """The first series of the scene against the second one."""
    own, other = scene.tracks[:2]
    yield performance_of(own, other, scene.upcoming)

"""Statistics of one instrument as facts that the audit computes again: averages, volatility, RSI.

``desk.record(*measures.average(index, 200))`` records the average and how far the last level is
from it; ``templates/story/en/parts/measures.j2`` has the sentences.
"""

from __future__ import annotations

from dataclasses import replace

from reportgen.beats.measure import Measure
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import averages, signals, volatility


def average(track: Track, sessions: int = averages.LONG) -> tuple[Fact, Fact]:
    """The simple average of the last *sessions* levels, and the gap of the last one to it.

    Their ids are "<key>.average_200" and "<key>.average_gap_200".

    Raises:
        NoData: The history is shorter.
    """
    window, level = _window(sessions), averages.simple(track.closes, sessions)
    own, gap = Measure.of(track), averages.gap(track.closes, sessions)
    mean = own.fact(
        "moving_average", level, track.instrument.unit, window, name=f"average_{sessions}"
    )
    apart = own.fact("average_gap", gap, Unit.FRACTION, window, name=f"average_gap_{sessions}")
    return replace(mean, label=f"{sessions}-day average"), apart


def realised(track: Track, sessions: int = volatility.MONTH) -> Fact:
    """The annualised volatility of the last *sessions* changes of logarithms: "<key>.realised_21".

    Raises:
        NoData: The history is shorter, or a level is not above zero.
    """
    value = volatility.realised(track.closes, sessions)
    fact = Measure.of(track).fact(
        "realised_volatility",
        value,
        Unit.FRACTION,
        _window(sessions),
        name=f"realised_{sessions}",
    )
    return replace(fact, label=f"{sessions}-day volatility")


def rsi(track: Track, sessions: int = signals.WILDER) -> Fact:
    """Wilder's relative strength index over *sessions*: "<key>.rsi_14".

    Raises:
        NoData: The history is shorter.
    """
    value = signals.rsi(track.closes, sessions)
    fact = Measure.of(track).fact(
        "rsi", value, Unit.LEVEL, _window(sessions), name=f"rsi_{sessions}"
    )
    return replace(fact, label=f"{sessions}-day relative strength index", decimals=1)


def _window(sessions: int) -> str:
    return f"{sessions}-sessions"

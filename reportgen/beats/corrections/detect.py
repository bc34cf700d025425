"""Corrections and bear markets: near one, entering, inside, leaving."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from reportgen.beats.measure import (
    Measure,
    News,
    surprise,
    with_sigma,
)
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import drawdowns, volatility
from reportgen.statistics.drawdowns import BEAR_MARKET, CORRECTION, High

LONG = 756
"""Sessions, three years, in which one fall has one high.

A higher close within them means that no new fall has begun.
"""


NAMES = {CORRECTION: "correction", BEAR_MARKET: "bear_market"}


def threshold(track: Track) -> News | None:
    """Where the index stands against -10% and -20% from its 52-week closing high.

    Kinds: near_X (the fall deepened and little remains), X (this session fell
    through; live: is below), in_X, left_X (back above), for X of "correction"
    and "bear_market".
    """
    if not track.whole_year:
        return None
    falls = drawdowns.drawdowns(track.closes.iloc[-520:])
    now, before = float(falls.iloc[-1]), float(falls.iloc[-2])
    sigma = volatility.ewma(track.changes)
    state = _state(
        now,
        before,
        sigma,
        rose=track.last > float(track.closes.iloc[-2]),
    )
    if state is None:
        return None
    kind, depth = state
    roles = _roles(track, depth, now, before)
    if kind.startswith("in_"):
        start = drawdowns.spell_start(
            drawdowns.drawdowns(track.closes), depth
        )  # a spell may be years old
        roles["start"] = Measure.of(track).fact(
            NAMES[depth],
            start or track.session,
            Unit.DATE,
            "since-high",
            name="spell_start",
        )
    parts = _parts(kind, track, now, before, sigma)
    if not kind.startswith(("in_", "left_")) and _again(track, depth):
        parts["again"] = weights_of("corrections")["again"]
    return Measure.of(track).news(kind, roles, parts)


def _again(track: Track, depth: float) -> bool:
    """Whether the fall to that line is an old one.

    The index has been below the line since its high, or has fallen from a higher
    one.
    """
    high = drawdowns.high_52_weeks(track.closes)
    since_high = track.closes.index > pd.Timestamp(high.session)
    since = track.closes[since_high].iloc[:-1]
    return (
        bool((since <= drawdowns.threshold(high.level, depth)).any())
        or float(track.closes.iloc[-LONG:].max()) > high.level
    )


def chart_line(track: Track) -> Fact | None:
    """The level of the line in a picture: the one that the story speaks of, or none.

    That is where the correction or the bear market begins that
    :func:`threshold` finds; without such a finding, where a correction begins
    once half the way to it is done. At a record there is nothing to draw.
    """
    if not track.whole_year:
        return None
    found = threshold(track)
    if found is None and drawdowns.drawdown(track.closes) > CORRECTION / 2:
        return None
    bear = found is not None and "bear_market" in found.finding.kind
    return _line(track, BEAR_MARKET if bear else CORRECTION)


def reference_line(track: Track) -> Fact:
    """The level of the line in a picture, or where there is none, of a correction.

    Reports written for 0.1.0 ask for it; :func:`chart_line` says also when no
    line belongs into the picture.
    """
    return chart_line(track) or _line(track, CORRECTION)


def _line(track: Track, depth: float) -> Fact:
    high = drawdowns.high_52_weeks(track.closes)
    level = drawdowns.threshold(high.level, depth)
    measure = Measure.of(track)
    unit = track.instrument.unit
    return measure.fact(
        NAMES[depth],
        level,
        unit,
        "since-high",
        name="chart_line",
    )


def _state(
    now: float,
    before: float,
    sigma: float,
    *,
    rose: bool,
) -> tuple[str, float] | None:
    for depth in (BEAR_MARKET, CORRECTION):
        name = NAMES[depth]
        step = drawdowns.crossing(before, now, depth)
        if step > 0 and not rose:
            # An old high left the 52 weeks; the index itself did not climb.
            continue
        if step:
            return (name if step < 0 else f"left_{name}"), depth
        reach = max(0.02, 1.5 * sigma * math.sqrt(5))
        near = (
            now > depth
            and now < before
            and abs(float(now - before)) >= 0.1 * sigma
            and (now - depth) / (1 + now) <= reach
            and now <= depth + 0.04
        )
        if near:
            return f"near_{name}", depth
        if now <= depth:
            return f"in_{name}", depth
    return None


def _roles(
    track: Track,
    depth: float,
    now: float,
    before: float,
) -> dict[str, Fact]:
    measure = Measure.of(track)
    high = drawdowns.high_52_weeks(track.closes)
    level = drawdowns.threshold(high.level, depth)
    name = NAMES[depth]
    roles = {
        "drawdown": measure.fact(
            "drawdown_from_high",
            now,
            Unit.FRACTION,
            "since-high",
        ),
        "before": measure.fact(
            "drawdown_from_high",
            before,
            Unit.FRACTION,
            "since-high",
            name="drawdown_from_high.before",
        ),
        "high": measure.fact(
            "high_close",
            high.level,
            track.instrument.unit,
            "52-weeks",
        ),
        "high_date": measure.fact(
            "high_close",
            high.session,
            Unit.DATE,
            "52-weeks",
            name="high_close.date",
        ),
        "depth": measure.fact(
            "definition",
            depth,
            Unit.FRACTION,
            "since-high",
            name=f"{name}.depth",
        ),
        "level": measure.fact(
            name,
            level,
            track.instrument.unit,
            "since-high",
            name=f"{name}.level",
        ),
        "distance": measure.fact(
            name,
            level / track.last - 1,
            Unit.FRACTION,
            "since-high",
            name=f"{name}.distance",
        ),
        "points": measure.fact(
            name,
            level - track.last,
            track.instrument.difference,
            "since-high",
            name=f"{name}.points",
        ),
        "last": measure.fact("level", track.last, track.instrument.unit),
    }
    pair = measure.change(
        "pct_change",
        float(track.changes.iloc[-1]),
        volatility.ewma(track.changes),
    )
    with_sigma(roles, "change", pair)
    return roles


def _parts(
    kind: str,
    track: Track,
    now: float,
    before: float,
    sigma: float,
) -> dict[str, float]:
    moved, worth = surprise(track.changes) / 2, weights_of("corrections")
    if kind.startswith("near_"):
        depth = BEAR_MARKET if "bear" in kind else CORRECTION
        near = math.exp(-(now - depth) / (sigma * math.sqrt(5)))
        return {"threshold": worth["near"] + worth["nearer"] * near, "surprise": moved}
    if kind.startswith("in_"):
        return {"threshold": worth["deeper" if now < before else "inside"], "surprise": moved}
    return {
        "threshold": worth["left" if kind.startswith("left_") else "line"],
        "surprise": moved,
    }


def line_of(track: Track) -> News | None:
    """Where an index stands against a correction or a bear market, for a reader.

    None where that is no news or would mislead.

    A line that the same fall passes again, or that the index leaves on its way
    up, is a state; only the first index is near a line. There is no correction
    on the way up from a bear market.
    """
    line = threshold(track)
    kind = line.finding.kind if line else ""
    again = line is not None and "again" in line.finding.parts
    if again and not kind.startswith("near_"):
        kind = f"in_{kind}"
    not_near = kind == "near_bear_market" and (again or not track.leads)
    if kind == "left_bear_market" or not_near:
        kind = "in_correction"
    near_again = again and kind.startswith("near_")
    if line is None or kind == "left_correction" or near_again:
        return None
    if kind.startswith("in_"):
        high = drawdowns.high_of_fall(track.closes)
        since = track.closes[track.closes.index >= pd.Timestamp(high.session)]
        falls = (since / high.level - 1).round(drawdowns.EXACT)
        old = high.session < drawdowns.high_52_weeks(track.closes).session
        if old or falls.iloc[-1] > BEAR_MARKET >= falls.min():
            return _long_fall(track, high, falls)
    if kind == line.finding.kind:
        return line
    return replace(line, finding=replace(line.finding, kind=kind)).weighed(0.0)


def _long_fall(track: Track, high: High, falls: pd.Series) -> News:
    """A state that the high of 52 weeks does not describe, by the *high* the fall began from.

    "recovering" on the way up from a bear market, for that is no correction; else
    "long_bear_market" or "long_correction", of a fall that began more than a year ago.
    """
    measure, window = Measure.of(track), "3-years"
    now, deepest = float(falls.iloc[-1]), float(falls.min())
    roles = {
        "drawdown": measure.fact(
            "drawdown_from_high", now, Unit.FRACTION, window, name="drawdown_from_high.long"
        ),
        "high_date": measure.fact(
            "high_close", high.session, Unit.DATE, window, name="high_close.long.date"
        ),
        "deepest": measure.fact(
            "drawdown_from_high", deepest, Unit.FRACTION, window, name="drawdown_from_high.deepest"
        ),
    }
    if now > BEAR_MARKET >= deepest:
        return measure.news("recovering", roles)
    return measure.news("long_bear_market" if now <= BEAR_MARKET else "long_correction", roles)


def detect(scene: Scene) -> Iterator[News | None]:
    """Where each index stands against a correction and a bear market."""
    for track in scene.tracks:
        yield scene.standing(line_of(track))

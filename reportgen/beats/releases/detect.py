"""The figures that were released since the close before, and those that were due."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from reportgen.beats.measure import Measure, News
from reportgen.beats.prints.figures import news_of_print
from reportgen.beats.scene import Scene
from reportgen.beats.spec import weights_of
from reportgen.core.errors import NoData, StaleData
from reportgen.core.facts import Unit
from reportgen.datasets.market import USUAL, Market
from reportgen.datasets.releases import Print
from reportgen.markets import public_calendar
from reportgen.markets.instruments import instrument

SESSIONS = 60
"""The sessions that say what move of the market is usual."""
MEASURES = 2
"""The figures of prices in a release that must have been expected, for a word on them all."""
NOWCAST = "nowcast"
"""What the name of a model has: nobody was polled, and nobody expected it."""
USUAL_SIZE = 1.0
"""The size of a surprise, or of a move of the market, from which on a figure may lead."""


def detect(scene: Scene) -> Iterator[News | None]:
    """Each figure of the day, in the order of the market's list, and what has not come."""
    moved = _moved(scene)
    told = [scene.market.released(series) for series in scene.spec.releases]
    known = [one for one in told if one is not None]
    for place, one in enumerate(told):
        if one is not None:
            news = _news(scene, one, place, moved=moved)
            yield _with_heat(news, one, heat(one, known))
    yield from missing(scene.market)
    yield from coming(scene.market)


def _news(scene: Scene, told: Print, place: int, *, moved: bool) -> News:
    kind, weight = _kind(scene, told, moved=moved)
    parts = {"rank": weight, "order": weights_of("releases")["place"] * place}
    if kind == "leading_release" and _size(told) >= USUAL_SIZE:
        parts["surprise"] = _size(told)
    return news_of_print(kind, told, scene.moment.calendar, parts)


def heat(told: Print, known: Sequence[Print]) -> int:
    """By how many figures of its release prices were hotter than expected, or, below 0, cooler.

    0 where two figures were on two sides, where none was off what was expected, and where fewer
    than two were expected by anybody.

    Args:
        told: A figure of prices.
        known: All figures of the day.
    """
    own = told.instrument
    alike = [
        one
        for one in known
        if one.instrument.prices and one.instrument.release == own.release and one.at == told.at
    ]
    asked = [one for one in alike if one.surprise is not None and not _by_model(one)]
    sides = {one.surprise > 0 for one in asked if one.surprise}
    if not own.prices or len(sides) != 1 or len(asked) < MEASURES:
        return 0
    if any(one.divided for one in alike):
        return 0
    off = sum(bool(one.surprise) for one in asked)
    return off if sides == {True} else -off


def _by_model(told: Print) -> bool:
    """Whether a model, and no poll of economists, said what to expect of it."""
    return NOWCAST in told.poll.lower()


def _with_heat(news: News, told: Print, value: int) -> News:
    """The figure as news, with the *value* of :func:`heat` where that says something."""
    if not value:
        return news
    found = told.instrument
    measure = Measure(found.key, found.symbol, told.known.isoformat(), told.source)
    fact = measure.fact("print_heat", value, Unit.COUNT, "poll", name="print.heat")
    roles = {**news.finding.facts, "heat": fact.id}
    return replace(news, finding=replace(news.finding, facts=roles), facts=(*news.facts, fact))


def _kind(scene: Scene, told: Print, *, moved: bool) -> tuple[str, float]:
    """The kind of news that a figure is, and its weight."""
    found = told.instrument
    if found.told_from and _size(told) < found.told_from:
        return "listed_release", 0.0
    if found.tier > 1:
        return "release", 0.0
    of_the_day = told.released == scene.moment.session
    if of_the_day and (moved or _size(told) >= USUAL_SIZE):
        return "leading_release", weights_of("releases")["leading"]
    return "first_release", weights_of("releases")["first"]


def _size(told: Print) -> float:
    """A surprise in usual ones, 0 where that is not known."""
    return abs(told.surprise) / told.spread if told.surprise and told.spread else 0.0


def _moved(scene: Scene) -> bool:
    """Whether the market moved by a usual move of its last sessions, or more."""
    try:
        changes = scene.market.track(scene.spec.lead).changes.dropna()
    except (NoData, StaleData):
        return False
    usual = float(changes.iloc[-SESSIONS - 1 : -1].std())
    return len(changes) > SESSIONS and abs(float(changes.iloc[-1])) >= USUAL_SIZE * usual


def missing(market: Market) -> Iterator[News]:
    """Each first-rank release that was due since the close before, and has no figure.

    The data must have earlier figures of it: a desk without any lacks them all.
    """
    table, moment, calendar = market.snapshot.events, market.moment, public_calendar()
    names = {
        found.release: found.symbol
        for found in map(instrument, market.spec.releases)
        if found.tier == 1 and _is_kept(market, found.symbol)
    }
    rows = table[(table["kind"] == "release") & table["name"].isin(list(names))]
    times = rows["time"] if "time" in rows else [""] * len(rows)
    due = dict[tuple[str, dt.date], tuple[dt.datetime, dt.time | None]]()
    for name, day, time in zip(rows["name"], rows["date"], times, strict=True):
        clock = dt.time.fromisoformat(time) if isinstance(time, str) and time else None
        at = calendar.at_clock(day.date(), clock or USUAL)
        known = due.get((name, at.date()))
        if moment.previous_closes < at <= moment.at and (known is None or at < known[0]):
            due[name, at.date()] = at, clock
    for (name, _), (at, clock) in due.items():
        if not _came(market, name, at):
            yield _due(name, at, clock)


def coming(market: Market) -> Iterator[News]:
    """When the releases of the next session come, each by the first of its series."""
    table, moment, calendar = market.snapshot.events, market.moment, public_calendar()
    rows = table[(table["kind"] == "release") & (table["date"] == pd.Timestamp(moment.upcoming))]
    times = dict[str, dt.datetime]()
    for name, time in zip(rows["name"], rows.get("time", ()), strict=False):
        if isinstance(time, str) and time:
            at = calendar.at_clock(moment.upcoming, dt.time.fromisoformat(time))
            times[name] = min(at, times.get(name, at))
    for found in map(instrument, market.spec.releases):
        due = times.get(found.release)
        if due is not None and due > moment.at and _is_kept(market, found.symbol):
            del times[found.release]
            day = moment.upcoming.isoformat()
            measure = Measure(found.key, found.symbol, day, "public calendar")
            told = due.astimezone(moment.calendar.zone).isoformat()
            fact = measure.fact("print_due", told, Unit.TIME, name="print.due")
            yield measure.news("coming_release", {"due": fact})


def _is_kept(market: Market, series: str) -> bool:
    table = market.snapshot.prints
    return bool(len(table)) and bool((table["series"] == series).any())


def _came(market: Market, name: str, at: dt.datetime) -> bool:
    """Whether a figure of the release of that *name* is known from its day on."""
    table = market.snapshot.prints
    known = table[table["known_at"] >= at.replace(hour=0, minute=0)]
    return any(
        instrument(series).release == name
        for series in set(known["series"]) & {*market.spec.releases}
    )


def _due(name: str, at: dt.datetime, clock: dt.time | None) -> News:
    key = f"due_{at:%m%d}_{re.sub(r'[^a-z]+', '_', name.lower())}"
    measure = Measure(key, "calendar", at.date().isoformat(), "public calendar")
    roles = {
        "name": measure.fact("release_missing", name, Unit.TEXT, name="missing.name"),
        "date": measure.fact("release_missing", at.date(), Unit.DATE, name="missing.date"),
    }
    if clock:
        roles["time"] = measure.fact(
            "release_missing", at.isoformat(), Unit.TIME, name="missing.time"
        )
    return measure.news("missing_release", roles)

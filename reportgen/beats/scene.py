"""What a beat looks at, and what its news weigh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from reportgen.beats.measure import News
from reportgen.beats.spec import Beat, beats, detector
from reportgen.core.errors import NoData, NotYet, RecordError, StaleData
from reportgen.core.facts import Unit
from reportgen.datasets.market import Market, Tracks
from reportgen.markets import MarketSpec
from reportgen.markets.calendar import Moment

ASIDE = 4.5
"""The most that a finding scores which is told but does not lead.

It is less than the market as one scores, so that a plain day is led by its direction.
"""
PRESSING = 1.5
"""What a superlative that may lead gains by it."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a beat looks at: the instruments of one part of a report, and their market."""

    market: Market
    tracks: Tracks = field(default_factory=Tracks)
    """The levels of the instruments up to the moment, the lead index first among indexes."""
    compared: Tracks = field(default_factory=Tracks)
    """What the market compares with its lead index."""
    series: Sequence[str] = ()
    """Names of rates and symbols that are read from the market one by one."""
    window: str = "day"
    """"day", or the week, month, quarter or year that a report is about."""
    key: str = ""
    """Of a basket: its key, and what readers call it."""
    name: str = ""

    @property
    def spec(self) -> MarketSpec:
        """The market as a value: its lead index, its indexes and their weights."""
        return self.market.spec

    @property
    def moment(self) -> Moment:
        """The moment the data are cut at."""
        return self.market.moment

    @property
    def upcoming(self) -> dt.date:
        """The first session that is not over: the running one, or the one to come."""
        return self.moment.unfinished

    @property
    def large(self) -> Tracks:
        """The indexes but those of smaller companies: they stand for the market as one."""
        spec = self.spec
        tracks = (track for track in self.tracks if track.rank.role != "small")
        missing = (one for one in self.tracks.missing if spec.index(one).role != "small")
        return Tracks(tracks, missing)

    def standing(self, found: News | None) -> News | None:
        """*found* as it is; where the report is about a longer window, with a score of 0.

        What holds on the last day of a window is told beside it, and does not lead.
        """
        return replace(found, weight=0.0) if found and self.window != "day" else found

    def known(self, find: Callable[..., News | None], *args: Any) -> list[News | None]:
        """What *find* makes of *args*.

        Nothing where the data do not reach so far, which the brief names.
        """
        try:
            return [find(*args)]
        except NotYet:
            return []
        except (NoData, StaleData) as error:
            if not self.market.log.missing:
                self.market.log.missing[str(error.subject or self.name)] = str(error)
            return []


def news_of(looks_at: str, scene: Scene) -> list[News]:
    """What all beats that look at that part of a report find in *scene*, with their scores.

    News of one instrument stand together, in the order of the scene and of a recap: of two that
    score the same, the one that a recap tells first is the higher-ranked.

    Raises:
        RecordError: A detector finds a kind, or gives a fact, that its beat.toml does not have.
    """
    found = list[News]()
    for beat in beats():
        detect = detector(beat.name)
        if beat.looks_at == looks_at and scene.window in beat.windows and detect is not None:
            found += (judged(news, beat, scene) for news in detect(scene) if news is not None)
    places = [track.instrument.symbol for track in scene.tracks]
    ranks = {name: kind.rank for beat in beats() for name, kind in beat.kinds.items()}

    def place(news: News) -> tuple[int, float]:
        symbol, rank = news.finding.instrument, ranks[news.finding.kind]
        return (
            places.index(symbol) if symbol in places else len(places),
            float("inf") if rank is None else rank,
        )

    return sorted(found, key=place)


def judged(news: News, beat: Beat, scene: Scene) -> News:
    """*news* with the score that its kind and the weight of its index leave it."""
    kind = beat.kinds.get(news.finding.kind)
    if kind is None:
        raise RecordError(
            f"The beat '{beat.name}' found a '{news.finding.kind}', and its beat.toml has no table"
            f" [kinds.{news.finding.kind}].",
            subject=beat.name,
        )
    _refuse_other_facts(news, beat)
    if beat.looks_at != "indexes":
        return news
    spec = scene.spec
    symbol = news.finding.instrument
    weighed = news.weighed(spec.index(symbol).weight if news.weight is None else news.weight)
    if scene.window != "day":
        return weighed
    may_lead = kind.may_lead == "any" or (kind.may_lead == "lead index" and symbol == spec.lead)
    if may_lead and not news.aside:
        return weighed.weighed(PRESSING) if "since" in news.finding.facts else weighed
    score = weighed.finding.score
    return weighed if score <= ASIDE else weighed.weighed(ASIDE / score)


def _refuse_other_facts(news: News, beat: Beat) -> None:
    """RecordError where a fact has another unit or window than [roles] says of its role."""
    facts = {fact.id: fact for fact in news.facts}
    for role, id in news.finding.facts.items():
        said = next((text for name, text in beat.roles.items() if fnmatchcase(role, name)), None)
        if said is None:
            continue
        unit, _, window = (part.strip() for part in said.partition(","))
        fact = facts[id]
        units = {fact.unit.value, "level" if fact.unit is Unit.MONEY else fact.unit.value}
        if (unit != "*" and unit not in units) or window not in ("", "*", fact.window):
            raise RecordError(
                f"The beat '{beat.name}' gives the role '{role}' a fact in {fact.unit.value} over"
                f" {fact.window}; [roles] of its beat.toml says {said}.",
                subject=beat.name,
            )

"""What a beat looks at, and what its news weigh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from reportgen.beats.measure import News
from reportgen.beats.spec import Beat, Kind, beats, detector
from reportgen.core.errors import NoData, NotYet, RecordError, StaleData
from reportgen.core.facts import Unit
from reportgen.datasets.market import Market, Tracks
from reportgen.markets import MarketSpec
from reportgen.markets.calendar import Moment

ASIDE = 4.5
"""The highest score of a finding that does not lead.

It is less than the score of the market as one, so that the market's direction
leads a plain day.
"""
PRESSING = 1.5
"""The factor on the score of a superlative that may lead."""
AS_OF_AN_INDEX = {Unit.MONEY: "level", Unit.MONEY_CHANGE: "points"}
"""What [roles] calls a price of a fund, where that of an index is a level."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The instruments of one part of a report, and their market."""

    market: Market
    tracks: Tracks = field(default_factory=Tracks)
    """Levels up to the moment; among indexes, the lead index is first."""
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
        """The market: its lead index, its indexes and their weights."""
        return self.market.spec

    @property
    def moment(self) -> Moment:
        """The moment the data are cut at."""
        return self.market.moment

    @property
    def upcoming(self) -> dt.date:
        """The running session, or the one to come."""
        return self.moment.unfinished

    @property
    def large(self) -> Tracks:
        """The indexes without those of smaller companies: the market as one."""
        spec = self.spec
        missing = self.tracks.missing
        return Tracks(
            (track for track in self.tracks if track.rank.role != "small"),
            (symbol for symbol in missing if spec.index(symbol).role != "small"),
        )

    def standing(self, found: News | None) -> News | None:
        """*found* as it is.

        Where the report is about a longer window, with a score of 0. What holds
        on the last day of a window is told beside it, and does not lead.
        """
        if found is None or self.window == "day":
            return found
        return replace(found, weight=0.0)

    def known(
        self,
        find: Callable[..., News | None],
        *args: Any,
    ) -> list[News | None]:
        """What *find* makes of *args*.

        Nothing where the data do not reach so far, which the brief names.
        """
        try:
            return [find(*args)]
        except NotYet:
            return []
        except (NoData, StaleData) as error:
            if not self.market.log.missing:
                subject = str(error.subject or self.name)
                self.market.log.missing[subject] = str(error)
            return []


def news_of(looks_at: str, scene: Scene) -> list[News]:
    """What the beats that look at that part of a report find, with scores.

    News of one instrument stand together, in the order of the scene and of a
    recap: of two with the same score, the one that comes first in a recap ranks
    higher.

    Raises:
        RecordError: A detector gives a kind or a fact that its beat.toml lacks.
    """
    found = list[News]()
    kinds = dict[str, Kind]()
    for beat in beats():
        kinds |= beat.kinds
        detect = detector(beat.name)
        if beat.looks_at != looks_at or scene.window not in beat.windows:
            continue
        for news in detect(scene) if detect is not None else ():
            if news is not None:
                found.append(judged(news, beat, scene))
    places = [track.instrument.symbol for track in scene.tracks]

    def place(news: News) -> tuple[int, float]:
        symbol, rank = news.finding.instrument, kinds[news.finding.kind].rank
        return (
            places.index(symbol) if symbol in places else len(places),
            float("inf") if rank is None else rank,
        )

    if looks_at == "indexes":
        found = [_held(news) if _covered(news, found, kinds, scene) else news for news in found]
    return sorted(found, key=place)


def judged(news: News, beat: Beat, scene: Scene) -> News:
    """*news* with the score by its kind and the weight of its index."""
    kind = beat.kinds.get(news.finding.kind)
    if kind is None:
        raise RecordError(
            f"The beat '{beat.name}' found a '{news.finding.kind}', and its"
            f" beat.toml has no table [kinds.{news.finding.kind}].",
            subject=beat.name,
        )
    _refuse_other_facts(news, beat)
    if beat.looks_at != "indexes":
        return news
    spec = scene.spec
    symbol = news.finding.instrument
    weight = spec.index(symbol).weight if news.weight is None else news.weight
    weighed = news.weighed(weight)
    if scene.window != "day":
        return weighed
    if _leads(news, kind, scene):
        superlative = "since" in news.finding.facts
        return weighed.weighed(PRESSING) if superlative else weighed
    return _held(weighed)


def _held(news: News) -> News:
    """The same news below what leads."""
    score = news.finding.score
    return news if score <= ASIDE else news.weighed(ASIDE / score)


def _leads(news: News, kind: Kind, scene: Scene) -> bool:
    """Whether it may be the headline: by its kind, its index and its detector."""
    mine = kind.may_lead == "any" or (
        kind.may_lead == "lead index" and news.finding.instrument == scene.spec.lead
    )
    return mine and not news.aside


def _covered(news: News, found: Sequence[News], kinds: Mapping[str, Kind], scene: Scene) -> bool:
    """Whether other news of its instrument that may lead say what it would say."""
    topic = kinds[news.finding.kind].unless_covered
    return scene.window == "day" and any(
        topic in kinds[other.finding.kind].covers
        and other.finding.instrument == news.finding.instrument
        and _leads(other, kinds[other.finding.kind], scene)
        for other in found
    )


def _refuse_other_facts(news: News, beat: Beat) -> None:
    """RecordError where a fact has another unit or window than its role in [roles]."""
    facts = {fact.id: fact for fact in news.facts}
    for role, id in news.finding.facts.items():
        said = beat.roles.get(role) or _of_pattern(role, beat)
        if said is None:
            continue
        unit, _, window = (part.strip() for part in said.partition(","))
        fact = facts[id]
        units = {"*", fact.unit.value, AS_OF_AN_INDEX.get(fact.unit, "")}
        if unit not in units or window not in ("", "*", fact.window):
            raise RecordError(
                f"The beat '{beat.name}' gives the role '{role}' a fact in"
                f" {fact.unit.value} over {fact.window}; [roles] of its"
                f" beat.toml says {said}.",
                subject=beat.name,
            )


def _of_pattern(role: str, beat: Beat) -> str | None:
    """What the first pattern in [roles] that fits says of *role*."""
    matching = (text for name, text in beat.roles.items() if fnmatchcase(role, name))
    return next(matching, None)

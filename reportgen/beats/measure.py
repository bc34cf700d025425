"""Makes the facts of a track, with fixed ids, units and provenance."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from reportgen.core.facts import Fact, Finding, Proof, Unit
from reportgen.datasets.market import Track
from reportgen.statistics import drawdowns, indexes, returns, volatility
from reportgen.statistics.drawdowns import High


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A finding and the facts it cites."""

    finding: Finding
    facts: tuple[Fact, ...]
    weight: float | None = None
    """What its score is multiplied by; None for the weight of its index."""
    aside: bool = False
    """Whether it stays out of the headline, though others of its kind may lead."""

    def role(self, name: str) -> Fact:
        """The fact that plays the role *name*."""
        id = self.finding.facts[name]
        return next(fact for fact in self.facts if fact.id == id)

    @property
    def change(self) -> float:
        """The value of the fact in the role "change", a fraction."""
        return self.role("change").number

    def beside(self, *, unless: bool) -> News:
        """The same news, kept from the headline *unless* it is large enough."""
        return replace(self, aside=not unless)

    def weighed(self, weight: float) -> News:
        """The same news with its score times *weight*.

        The difference is its part "relevance".
        """
        finding, parts = self.finding, dict(self.finding.parts)
        parts["relevance"] = round(
            parts.get("relevance", 0.0) + (weight - 1.0) * finding.score,
            6,
        )
        return replace(
            self,
            finding=replace(
                finding,
                score=_sum(parts),
                parts=parts,
            ),
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """Facts about one instrument, all with its key, symbol, as-of and source."""

    key: str
    symbol: str
    as_of: str
    source: str
    currency: str = ""

    @classmethod
    def of(cls, track: Track) -> Measure:
        """The measure of a track."""
        return cls.at(track, track.as_of)

    @classmethod
    def at(cls, track: Track, as_of: str) -> Measure:
        """The measure of a track, of what was known at another time: *as_of*."""
        known = track.instrument
        return cls(known.key, known.symbol, as_of, track.source, known.currency)

    def fact(
        self,
        kind: str,
        value: float | str | dt.date,
        unit: Unit,
        window: str = "day",
        *,
        name: str | None = None,
        since: str | None = None,
    ) -> Fact:
        """A fact with the id "<key>.<name or kind>"; dates become ISO text.

        Money is in the currency of the instrument.
        """
        raw = value.isoformat() if isinstance(value, dt.date) else value
        return Fact(
            id=f"{self.key}.{name or kind}",
            value=raw if isinstance(raw, str) else float(raw),
            unit=unit,
            instrument=self.symbol,
            kind=kind,
            window=window,
            as_of=self.as_of,
            source=self.source,
            since=since,
            currency=self.currency if unit.money else "",
        )

    def change(
        self,
        kind: str,
        value: float,
        sigma: float,
        window: str = "day",
        *,
        name: str | None = None,
    ) -> tuple[Fact, Fact]:
        """A change (fraction) and the usual size of such a change.

        The usual size is the fact "<id>.sigma".
        """
        name = name or kind
        return (
            self.fact(kind, value, Unit.FRACTION, window, name=name),
            self.fact(
                "volatility",
                sigma,
                Unit.FRACTION,
                window,
                name=f"{name}.sigma",
            ),
        )

    def news(
        self,
        kind: str,
        roles: Mapping[str, Fact],
        parts: Mapping[str, float] | None = None,
    ) -> News:
        """The finding of *kind*, with these facts in its *roles*.

        The score is the sum of its parts.
        """
        parts = {k: round(v, 6) for k, v in (parts or {}).items()}
        finding = Finding(
            kind=kind,
            instrument=self.symbol,
            facts={role: fact.id for role, fact in roles.items()},
            score=_sum(parts),
            parts=parts,
        )
        return News(finding=finding, facts=tuple(dict.fromkeys(roles.values())))


def resting_on(fact: Fact, evidence: Mapping[str, Proof]) -> Fact:
    """*fact* with the *evidence* that it rests on, for the audit.

    Args:
        fact: A superlative, or the number of a group's members.
        evidence: Values by name, as :func:`reportgen.statistics.extremes.evidence` gives them.
    """
    return replace(fact, evidence=tuple(evidence.items()))


def with_sigma(
    roles: dict[str, Fact],
    role: str,
    pair: tuple[Fact, Fact],
) -> None:
    """Give *role* to the change of *pair*, and "<role>_sigma" to its usual size."""
    roles[role], roles[f"{role}_sigma"] = pair


def surprise(changes: pd.Series) -> float:
    """Surprisal of the last change in bits, 0 to 10.

    Minus log2 of the share of earlier changes as large.
    """
    return min(10.0, -math.log2(volatility.tail_share(changes)))


def standout(found: News, kind: str, least: float, most: float) -> News | None:
    """The same news once more, as a *kind* that may lead; None with too low a score.

    Args:
        found: The news.
        kind: What it is then.
        least: The least score with which it may lead.
        most: The most that it counts for then.
    """
    score = found.finding.score
    if score < least:
        return None
    held = found.weighed(min(score, most) / score)
    return replace(held, finding=replace(held.finding, kind=kind))


def size(change: float, sigma: float) -> float:
    """Half the size of a change in standard deviations, 0 to 3."""
    return min(abs(change) / sigma, 6.0) / 2 if sigma else 0.0


def usual_year(track: Track, year: int) -> float:
    """Standard deviation, a fraction, of the calendar years before *year*.

    18% where fewer than two are known.
    """
    years = returns.periods(track.closes, "Y")
    years = years[indexes.periods(years).year < year]
    return volatility.of_periods(years) if len(years) >= 2 else 0.18


PERIODS = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}


LONG = {"week": 5, "month": 21, "quarter": 63, "year": 252}
"""Sessions of a usual week, month, quarter and year."""


LEAST_PERIODS = 8
"""Earlier periods from which their usual change is taken.

With fewer, it is that of a day, times the root of the days.
"""


def moved(track: Track, window: str) -> tuple[str, float, float, str]:
    """Kind, change (fraction), usual size of a change and name of the window.

    "day", or a week, month, quarter or year to date.
    """
    if window == "day":
        sigma = volatility.ewma(track.changes)
        return "pct_change", returns.day(track.closes), sigma, "day"
    shown = "ytd" if window == "year" else window
    kind = f"{shown}_change"
    earlier = returns.periods(track.closes, PERIODS[window]).iloc[:-1]
    sigma = (
        volatility.of_periods(earlier)
        if len(earlier) >= LEAST_PERIODS
        else volatility.ewma(track.changes) * LONG[window] ** 0.5
    )
    return kind, returns.to_date(track.closes, window), sigma, shown


def standing_record(track: Track) -> High:
    """The record close before the last level.

    Of the series, or the known one where the series starts later.
    """
    earlier = drawdowns.record_high(track.closes.iloc[:-1])
    known = track.instrument.known_record
    if known and known.session < track.session and known.level > earlier.level:
        return High(known.session, float(known.level))
    return earlier


FAR, LONG_PAST = -0.2, dt.timedelta(days=365)
"""Farther below a record than this, after more than that time, no day is told by it."""


def of_another_time(track: Track) -> bool:
    """Whether the record is no measure of the last level: a fifth or more away, and old.

    Then the high of 52 weeks is what is told.
    """
    old = standing_record(track)
    return track.last / old.level - 1 < FAR and track.session - old.session > LONG_PAST


def records_made(track: Track) -> pd.Series:
    """Whether each close was a record when it was made, by session."""
    before = track.closes.cummax().shift()
    known = track.instrument.known_record
    if known:
        floor = float(known.level)
        later = before.index > pd.Timestamp(known.session)
        before[later] = before.clip(lower=floor)
    return track.closes > before


def _sum(parts: Mapping[str, float]) -> float:
    """The score of *parts*: the same in every version of Python, and no negative zero."""
    return round(math.fsum(parts.values()), 6) + 0.0

"""What an editor decides before a word is written.

The lead, what goes beside it, the key points, what is told and in which order.

It chooses among findings by their scores, and by what the beats of the record say of their kinds,
so that the same record always gives the same brief.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reportgen.beats import Beat, Kind
from reportgen.core.errors import NarrativeError

MOST_POINTS = 2
LEAST_POINT = 3.0
"""The most key points, and the least score of one."""
MOST_LINES, LEAST_LINES = 3, 2
"""The most lines of key points, and those that a brief fills up to where it has news for them."""


class Item(Protocol):
    """A finding as the story sees it."""

    kind: str
    instrument: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is told."""

    lead: Item | None
    family: str
    """The beat that the lead belongs to, "" without a lead."""
    groups: tuple[tuple[str, tuple[Item, ...]], ...]
    """Beats, each with the findings that it tells together, in order."""
    points: tuple[tuple[str, Item], ...]
    """Beats, each with a finding that is a key point."""

    @property
    def room(self) -> bool:
        """Whether one more key point fits."""
        return len(self.points) < MOST_POINTS

    def named(self, names: Mapping[str, str]) -> Plan:
        """The same plan with the family of each kind by other *names*."""
        return replace(
            self,
            family=names[self.lead.kind] if self.lead else "",
            groups=tuple((names[items[0].kind], items) for _, items in self.groups),
            points=tuple((names[item.kind], item) for _, item in self.points),
        )


class Rules:
    """How the beats of a record, and the index that leads its market, order what is told.

    In a report on one index, *any_leads*: it leads with the best that it has.
    """

    def __init__(self, beats: Sequence[Beat], first: str, *, any_leads: bool = False) -> None:
        self.first = first
        self._any_leads = any_leads
        self._kinds = {name: kind for beat in beats for name, kind in beat.kinds.items()}
        self._names = {kind: beat.name for beat in beats for kind in beat.kinds}

    @property
    def leads(self) -> tuple[str, ...]:
        """All kinds that a person may put on top: those with a place, and those that may lead."""
        return tuple(
            name for name, kind in self._kinds.items() if self._any_leads or _has_a_place(kind)
        )

    @property
    def ranks(self) -> list[tuple[int, str]]:
        """Each rank and the beat that tells it, in order."""
        found = {
            (kind.rank, self._names[name])
            for name, kind in self._kinds.items()
            if kind.rank is not None
        }
        return sorted(found)

    def kind(self, item: Item) -> Kind:
        """What is said of its kind; of one without a beat, that it is never told by rank."""
        return self._kinds.get(item.kind, NO_KIND)

    def family(self, item: Item) -> str:
        """The name of the beat that *item* belongs to, "" where it has none."""
        return self._names.get(item.kind, "")

    def group(self, item: Item) -> tuple[str, int | None]:
        """Beat and rank: what is told together, and is one key point at most."""
        return self.family(item), self.kind(item).rank

    def may_be_told(self, item: Item) -> bool:
        """Whether it is told of this instrument: some kinds are of the lead index alone."""
        return item.instrument == self.first or not self.kind(item).lead_index_only

    def covered(self, item: Item, told: Sequence[Item]) -> bool:
        """Whether other news of its instrument among *told* say what it would say."""
        topic = self.kind(item).unless_covered
        return any(
            topic in self.kind(other).covers
            and other.instrument == item.instrument
            and other.score >= self.kind(other).least
            for other in told
        )


NO_KIND = Kind()
"""That of a finding without a beat."""


def _has_a_place(kind: Kind) -> bool:
    return kind.rank is not None or kind.may_lead != "never"


def plan(told: Sequence[Item], lead: Item | None, rules: Rules) -> Plan:
    """The plan for findings *told*, the highest-ranked first, under the given *lead*.

    Without a lead, all of them are told in groups.

    Raises:
        NarrativeError: That cannot lead.
    """
    if lead is not None and lead.kind not in rules.leads:
        raise NarrativeError(
            f"'{lead.kind}' cannot lead; these can: {', '.join(rules.leads)}.", subject=lead.kind
        )
    rest = [
        item
        for item in told
        if lead is None or (item.kind, item.instrument) != (lead.kind, lead.instrument)
    ]
    groups = []
    for rank, family in rules.ranks:
        together = tuple(
            item
            for item in rest
            if rules.group(item) == (family, rank)
            and item.score >= rules.kind(item).least
            and rules.may_be_told(item)
            and not rules.covered(item, told)
        )
        if together:
            groups.append((family, together))
    return Plan(
        lead=lead,
        family=rules.family(lead) if lead else "",
        groups=tuple(groups),
        points=tuple(_points(rest, rules.group(lead) if lead else None, rules)),
    )


def _points(
    rest: Sequence[Item], leads: tuple[str, int | None] | None, rules: Rules
) -> list[tuple[str, Item]]:
    """The findings that deserve a line, two at most, each told together with others.

    The group that *leads* has none.
    """
    found: dict[tuple[str, int | None], Item] = {}
    for item in sorted(rest, key=lambda item: -item.score):
        kind, group = rules.kind(item), rules.group(item)
        if (
            kind.key_point
            and group != leads
            and group not in found
            and item.score >= max(LEAST_POINT, kind.least)
            and rules.may_be_told(item)
        ):
            found[group] = item
    return [(family, item) for (family, _), item in found.items()][:MOST_POINTS]


def chosen(choices: Sequence[tuple[str, bool]], turn: Callable[[int], int], first: int = 0) -> str:
    """The name of one of those *choices* that hold.

    One of the *first* ones where any does, else by turns; "" where none does.
    """
    pressing = [name for name, holds in choices[:first] if holds]
    if pressing:
        return pressing[0]
    others = [name for name, holds in choices[first:] if holds]
    return others[turn(len(others))] if others else ""

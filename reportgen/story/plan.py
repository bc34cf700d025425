"""What an editor decides before a word is written.

The lead, what goes beside it, the key points, what is told and in which order.

It chooses among findings by their scores and kinds alone, so that the same record always gives the
same brief.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from reportgen.beats import Beat
from reportgen.core.errors import NarrativeError


class Item(Protocol):
    """A finding as the story sees it."""

    kind: str
    instrument: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is told.

    The lead, the name of what goes beside it, families with their findings in order, families of
    key points.
    """

    lead: Item
    family: str
    groups: tuple[tuple[str, tuple[Item, ...]], ...]
    points: tuple[tuple[str, Item], ...]


class Rules:
    """How the beats of a record, and the index that leads its market, order what is told."""

    def __init__(self, beats: Sequence[Beat], first: str) -> None:
        self.beats = beats
        self.first = first
        self._of = {kind: beat for beat in beats for kind in beat.kinds}

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds that have a beat."""
        return tuple(self._of)

    def family(self, item: Item) -> str:
        """The name of the beat that *item* belongs to, "" where it has none."""
        beat = self._of.get(item.kind)
        return beat.name if beat else ""

    def least(self, item: Item) -> float:
        """The score from which a finding of its beat is told."""
        return self._of[item.kind].least

    def may_be_told(self, item: Item) -> bool:
        """Whether it is told of this instrument: some kinds are of the lead index alone."""
        return (
            item.instrument == self.first
            or not self._of[item.kind].kinds[item.kind].lead_index_only
        )


def plan(told: Sequence[Item], lead: Item, rules: Rules) -> Plan:
    """The plan for findings *told*, the highest-ranked first, under the given *lead*.

    Raises:
        NarrativeError: That cannot lead.
    """
    if not rules.family(lead):
        raise NarrativeError(
            f"'{lead.kind}' cannot lead; these can: {', '.join(rules.kinds)}.", subject=lead.kind
        )
    rest = [
        item
        for item in told
        if item is not lead
        and rules.family(item)
        and (item.kind, item.instrument) != (lead.kind, lead.instrument)
    ]
    groups = []
    # The dates of a lowest close go back further than those of a round number.
    lowest = {item.instrument for item in rest if rules.family(item) == "far"}
    # How far an index is from its record says more than how rare its close is.
    close = {item.instrument for item in rest if item.kind == "near_record"}
    for beat in (beat for beat in rules.beats if beat.order is not None):
        of_family = [
            item
            for item in rest
            if rules.family(item) == beat.name
            and item.score >= beat.least
            and rules.may_be_told(item)
        ]
        if beat.name == "near" and _fall_told(told, rules):
            of_family = [item for item in of_family if item.kind != "below_record"]
        if beat.name == "far":
            of_family = [item for item in of_family if item.instrument not in close]
        if beat.name == "milestone":
            of_family = [
                item
                for item in of_family
                if item.kind == "milestone" or item.instrument not in lowest
            ]
        if of_family:
            groups.append((beat.name, tuple(of_family)))
    points = tuple(_points(rest, lead, rules))
    return Plan(lead=lead, family=rules.family(lead), groups=tuple(groups), points=points)


def _fall_told(told: Sequence[Item], rules: Rules) -> bool:
    """Whether the first index's distance from its high is told with a correction's line."""
    return any(
        (family := rules.family(item)) == "inside"
        or (family == "line" and item.score >= rules.least(item))
        for item in told
        if item.instrument == rules.first
    )


def _points(rest: Sequence[Item], lead: Item, rules: Rules) -> list[tuple[str, Item]]:
    """The findings of other families than the lead's that deserve a line, two at most.

    One of each family.
    """
    found: dict[str, Item] = {}
    for item in sorted(rest, key=lambda item: -item.score):
        family = rules.family(item)
        if (
            family in (rules.family(lead), "broad", "inside")
            or family in found
            or item.score < max(3.0, rules.least(item))
            or not rules.may_be_told(item)
        ):
            continue
        found[family] = item
    return list(found.items())[:2]


def chosen(choices: Sequence[tuple[str, bool]], turn: Callable[[int], int], first: int = 0) -> str:
    """The name of one of those *choices* that hold.

    One of the *first* ones where any does, else by turns; "" where none does.
    """
    pressing = [name for name, holds in choices[:first] if holds]
    if pressing:
        return pressing[0]
    others = [name for name, holds in choices[first:] if holds]
    return others[turn(len(others))] if others else ""

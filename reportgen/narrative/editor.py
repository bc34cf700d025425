"""What an editor decides before a word is written.

The lead, what goes beside it, the key points, what is told and in which order.

It chooses among findings by their scores and kinds alone, so that the same record always gives the
same brief.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from reportgen.errors import NarrativeError

FAMILIES = {
    "broad": ("broad_up", "broad_down", "mixed", "flat"),
    "since": ("best_day_since", "worst_day_since"),
    "milestone": ("milestone", "milestone_up", "milestone_down"),
    "record": ("record_close",),
    "near": ("near_record", "below_record"),
    "before": ("before",),
    "far": ("highest_close_since", "lowest_close_since"),
    "line": tuple(
        f"{way}{name}" for name in ("correction", "bear_market") for way in ("near_", "")
    ),
    "inside": ("in_correction", "in_bear_market"),
    "run": ("streak_up", "streak_down"),
    "broken": ("streak_up_ended", "streak_down_ended"),
    "reversal": ("reversal_up", "reversal_down"),
    "apart": ("outperform", "underperform"),
    "wrap": ("week_wrap", "month_wrap", "quarter_wrap", "year_wrap"),
}
FAMILY = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
ORDER = (
    "since",
    "reversal",
    "milestone",
    "record",
    "near",
    "far",
    "run",
    "broken",
    "line",
    "inside",
    "apart",
    "before",
)
"""The order in which a recap tells what is rare about an index, as newsrooms do."""
FIRST_ONLY = (
    "below_record",
    "near_correction",
    "near_bear_market",
    "streak_up_ended",
    "streak_down_ended",
)
"""Findings that are told of the first index alone."""
LEAST = {
    "reversal": 0.0,
    "since": 3.0,
    "milestone": 0.8,
    "before": 0.0,
    "record": 0.0,
    "near": 0.0,
    "far": 0.0,
    "run": 0.0,
    "broken": 0.0,
    "line": 3.0,
    "inside": 0.0,
    "apart": 2.0,
}
"""The score from which a finding of a family is told at all."""


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


def plan(told: Sequence[Item], lead: Item, first: str) -> Plan:
    """The plan for findings *told*, the highest-ranked first, under the given *lead*.

    NarrativeError where that cannot lead.
    """
    if lead.kind not in FAMILY:
        raise NarrativeError(
            f"'{lead.kind}' cannot lead; these can: {', '.join(FAMILY)}.", subject=lead.kind
        )
    rest = [
        item
        for item in told
        if item is not lead
        and item.kind in FAMILY
        and (item.kind, item.instrument) != (lead.kind, lead.instrument)
    ]
    groups = []
    lowest = {
        item.instrument for item in rest if FAMILY[item.kind] == "far"
    }  # its dates go back further than a round number's
    close = {
        item.instrument for item in rest if item.kind == "near_record"
    }  # how far it is from its record says more
    for family in ORDER:
        of_family = [
            item for item in rest if FAMILY[item.kind] == family and item.score >= LEAST[family]
        ]
        of_family = [
            item for item in of_family if item.instrument == first or item.kind not in FIRST_ONLY
        ]
        if family == "near" and _fall_told(told, first):
            of_family = [item for item in of_family if item.kind != "below_record"]
        if family == "far":
            of_family = [item for item in of_family if item.instrument not in close]
        if family == "milestone":
            of_family = [
                item
                for item in of_family
                if item.kind == "milestone" or item.instrument not in lowest
            ]
        if of_family:
            groups.append((family, tuple(of_family)))
    return Plan(
        lead=lead,
        family=FAMILY[lead.kind],
        groups=tuple(groups),
        points=tuple(_points(rest, lead, first)),
    )


def _fall_told(told: Sequence[Item], first: str) -> bool:
    """Whether the first index's distance from its high is told with a correction's line."""
    return any(
        (family := FAMILY.get(item.kind)) == "inside"
        or (family == "line" and item.score >= LEAST["line"])
        for item in told
        if item.instrument == first
    )


def _points(rest: Sequence[Item], lead: Item, first: str) -> list[tuple[str, Item]]:
    """The findings of other families than the lead's that deserve a line, two at most.

    One of each family.
    """
    found: dict[str, Item] = {}
    for item in sorted(rest, key=lambda item: -item.score):
        family = FAMILY[item.kind]
        if (
            family in (FAMILY[lead.kind], "broad", "inside")
            or family in found
            or item.score < max(3.0, LEAST.get(family, 0.0))
        ):
            continue
        if item.kind in FIRST_ONLY and item.instrument != first:
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

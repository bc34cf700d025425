"""Facts and findings: what a notebook records, and all that a story may state.

A fact is one number, date or name with where it came from. A finding is one
thing worth telling; it cites facts by role. Both travel as display outputs of
an executed notebook under versioned media types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from html import escape
from typing import Any

from reportgen import renamed

FACT_MEDIA = "application/vnd.reportgen.fact.v1+json"
FINDING_MEDIA = "application/vnd.reportgen.finding.v1+json"
CHART_MEDIA = "application/vnd.reportgen.chart.v1+json"
TABLE_MEDIA = "application/vnd.reportgen.table.v1+json"
SECTION_MEDIA = "application/vnd.reportgen.section.v1+json"
FACTS_MEDIA = "application/vnd.reportgen.facts.v2+json"
"""All facts and findings of one section, in the order in which it told them.

Until 0.1.0 each had its own output.
"""
CONTEXT_MEDIA = "application/vnd.reportgen.context.v1+json"
Proof = float | str | tuple[str, ...]
"""One piece of evidence: a value, a day, or the symbols of a group."""


class Unit(StrEnum):
    """The unit of a raw value; returns, yields and probabilities are fractions."""

    FRACTION = "fraction"
    PP = "pp"
    LEVEL = "level"
    POINTS = "points"
    MONEY = "money"
    """A price, in the currency of its fact."""
    MONEY_CHANGE = "money_change"
    """A difference of prices, where that of an index is in points."""
    YIELD = "yield"
    BP = "bp"
    PROBABILITY = "probability"
    COUNT = "count"
    DATE = "date"
    TIME = "time"
    TEXT = "text"
    USD = MONEY
    DOLLARS = MONEY_CHANGE
    """The names of 0.1.0."""

    @classmethod
    def _missing_(cls, value: object) -> Unit | None:
        """The unit that an old record calls *value*."""
        return cls(renamed.UNITS[value]) if value in renamed.UNITS else None

    @property
    def money(self) -> bool:
        """Whether it is an amount of money, or a difference of two."""
        return self in (Unit.MONEY, Unit.MONEY_CHANGE)


OPTIONAL = ("currency", "evidence", "label", "decimals")
EMPTY: tuple[object, ...] = ("", ())
SCALES = {Unit.PP: 100.0, Unit.BP: 10_000.0}
SHARES = (Unit.FRACTION, Unit.YIELD, Unit.PROBABILITY)
OWN_SCALES = {**SCALES, **dict.fromkeys(SHARES, 100.0)}
BEHIND = {**dict.fromkeys(SHARES, "%"), Unit.PP: " pp", Unit.BP: " bp", Unit.POINTS: " points"}
FORMATS = {
    Unit.FRACTION: "{:+.2%}",
    Unit.PP: "{:+.2f} pp",
    Unit.YIELD: "{:.2%}",
    Unit.BP: "{:+.1f} bp",
    Unit.PROBABILITY: "{:.1%}",
    Unit.COUNT: "{:g}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value a brief may state.

    ``value`` is raw: 0.0107 for 1.07%, 0.0025 for 25 basis points.
    """

    id: str
    value: float | str
    unit: Unit
    instrument: str
    kind: str
    window: str
    as_of: str
    source: str
    since: str | None = None
    cell: int | None = None
    currency: str = ""
    """Of money, the ISO 4217 code, or "GBX" and its like for hundredths."""
    label: str = ""
    """What its author calls it: "200-day average"; "" for a figure of a shipped family of news."""
    decimals: int | None = None
    """How many decimals its author prints of it; None for as many as its unit has."""
    evidence: tuple[tuple[str, Proof], ...] = ()
    """What the value rests on, by name, so that the audit can compute it again.

    Of a superlative, "now", "then" and "between": the last value, that of the session it names,
    and the extreme of those between. Of a basket, its "members".
    """

    def __post_init__(self) -> None:
        """Refuse money without a currency, and a currency of anything else."""
        if self.unit.money != bool(self.currency):
            raise ValueError(
                f"fact {self.id} is in {self.unit} with currency '{self.currency}';"
                " money has a currency, and nothing else has one"
            )

    @property
    def proofs(self) -> dict[str, Any]:
        """Its evidence as JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self.evidence
        }

    @property
    def number(self) -> float:
        """The value as a float; an error where it is a date or a name."""
        if isinstance(self.value, str):
            raise TypeError(f"fact {self.id} holds '{self.value}', not a number")
        return float(self.value)

    def payload(self) -> dict[str, Any]:
        """The fact as JSON, without ``cell``, which only a finished record knows.

        ``currency`` is there for money alone, ``evidence``, ``label`` and ``decimals`` where
        there are some.
        """
        optional = {
            name for name in OPTIONAL if getattr(self, name) is None or getattr(self, name) in EMPTY
        }
        left = {"cell"} | optional
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in left}
        return {**kept, "evidence": self.proofs} if self.evidence else kept

    @classmethod
    def from_payload(cls, data: Mapping[str, Any], cell: int | None) -> Fact:
        """The fact recorded as *data* by cell number *cell*.

        Money of 0.1.0 is in the one currency that it knew.
        """
        known = {f.name for f in fields(cls)}
        kept = {key: value for key, value in data.items() if key in known}
        if data["unit"] in renamed.UNITS:
            kept = {"currency": renamed.CURRENCY, **kept}
        proofs = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in kept.pop("evidence", {}).items()
        }
        own = {"unit": Unit(data["unit"]), "cell": cell, "evidence": tuple(proofs.items())}
        return cls(**{**kept, **own})

    @property
    def shown(self) -> str:
        """The value as an author reads it: "+0.77%", "4.67%", "5,918.25", "12.30 CHF"."""
        if isinstance(self.value, str):
            return self.value
        if self.decimals is not None and not self.unit.money:
            size = f"{self.value * OWN_SCALES.get(self.unit, 1.0):,.{self.decimals}f}"
            return f"{size}{BEHIND.get(self.unit, '')}"
        text = FORMATS.get(self.unit, "{:,.2f}").format(self.value * SCALES.get(self.unit, 1.0))
        return f"{text} {self.currency}".rstrip()

    def html(self) -> str:
        """One table row, so that an author sees the fact in Jupyter."""
        cells = (self.id, self.shown, self.window, self.as_of, self.source)
        return "<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in cells) + "</tr>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing worth telling.

    ``facts`` maps a role ("change", "high") to the fact id that plays it.
    """

    kind: str
    instrument: str
    facts: Mapping[str, str]
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    section: str = ""
    rank: int = 0

    def payload(self) -> dict[str, Any]:
        """The finding as JSON, without what only a finished record knows."""
        return {
            "kind": self.kind,
            "instrument": self.instrument,
            "facts": dict(self.facts),
            "score": self.score,
            "parts": dict(self.parts),
        }

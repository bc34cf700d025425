"""The audit of a brief: its facts before the proofs that own their kinds, from the raw rows.

The judge is the sum of the proofs. A proof computes a fact again from rows that a reader of its own
has read; then the words of each claim are read once more. A kind that no proof owns and that the
desk has not declared is an objection: nothing is stated that nobody can prove.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reportgen.beats.spec import beats, proof, proven
from reportgen.core.errors import SettingsError
from reportgen.record.record import Record
from reportgen.verify.rows import Claim, Rows, words

AS_OF_AN_INDEX = {"money": "level", "money_change": "points"}
"""What a proof calls a price of a fund or stock, where that of an index is a level."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A claim that is false, and why."""

    claim: Claim
    why: str

    def __str__(self) -> str:
        said = f"'{self.claim['text']}' " if self.claim.get("text") else ""
        return f"audit: {said}({self.claim['fact']}): {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found."""

    objections: tuple[Objection, ...]
    proven: int
    """How many facts were computed again."""
    own: tuple[str, ...] = ()
    """The kinds of facts of the desk's own that are told and that no proof owns."""

    def payload(self) -> dict[str, Any]:
        """What the record keeps of an audit without objections."""
        return {"proven": self.proven, "own": list(self.own)}


def audit(
    record: Record,
    claims: Iterable[Claim],
    rows: Rows,
    declared: Collection[str] = (),
) -> Audit:
    """The audit of the facts of *record* and of the *claims* that its brief makes.

    Args:
        record: What the notebook recorded.
        claims: The claims, as in a brief.json.
        rows: The raw rows of the data as they were known at the moment of the brief.
        declared: Kinds of facts that the desk computes and answers for itself.
    """
    told = list(claims)
    found, judged = list[Objection](), set[str]()
    for id, fact in record.facts.items():
        if owner_of(fact.kind, fact.unit):
            judged.add(id)
            stated = {**fact.payload(), "fact": id}
            if why := objection(stated, rows):
                why += taken(fact.kind) if fact.kind in declared else ""
                found.append(Objection(stated, why))
    own = set[str]()
    for claim in told:
        why = words(claim)
        if claim["fact"] not in judged:
            own.add(claim["kind"])
            why = why if claim["kind"] in declared else unproven(claim)
        if why:
            found.append(Objection(claim, why))
    return Audit(objections=tuple(found), proven=len(judged), own=tuple(sorted(own)))


def objections(claims: Iterable[Claim], rows: Rows) -> list[Objection]:
    """The *claims* that are false.

    Args:
        claims: Claims as in a brief.json.
        rows: The raw rows up to the session of the brief.

    Returns:
        Each false claim with its reason, in the order of the claims.
    """
    judged = ((claim, objection(claim, rows)) for claim in claims)
    return [Objection(claim, why) for claim, why in judged if why]


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json: fact, kind, unit, value, window, instrument, and text
            where it is told.
        rows: The raw rows up to the session of the brief.

    Returns:
        The reason, None where the claim is true.

    Raises:
        SettingsError: A proof.py cannot be used, or two beats prove one kind.
    """
    owner = owner_of(claim["kind"], claim["unit"])
    prove = proof(owner) if owner else None
    if prove is None:
        return unproven(claim)
    alike = {**claim, "unit": AS_OF_AN_INDEX.get(claim["unit"], claim["unit"])}
    try:
        return prove(alike, rows.judging(claim)) or (words(claim) if "text" in claim else None)
    except LookupError as error:
        why = error.args[0] if error.args else repr(error)
        return f"it cannot be recomputed: {why}"
    except (OSError, ValueError, ArithmeticError, StopIteration) as error:
        return f"it cannot be recomputed: {error!r}"


def taken(kind: str) -> str:
    """What to do where a statistic of the desk's own has the kind of figures that are proven."""
    return (
        f"; '{kind}' is a kind of figure that reportgen computes and proves itself:"
        f" give your statistic another id, or kind='own_{kind}'"
    )


def unproven(claim: Claim) -> str:
    """Why a claim of a kind that no proof owns cannot be told, and what to do."""
    return (
        f"no proof knows the kind '{claim['kind']}' in {claim['unit']}; add a proof.py to its beat,"
        f" or declare [kinds.{claim['kind']}] in words.toml"
    )


def owner_of(kind: str, unit: str) -> str | None:
    """The beat that proves facts of that *kind* and *unit*, None if none does."""
    known = owners()
    return known.get((kind, str(unit))) or known.get((kind, ""))


@cache
def owners() -> Mapping[tuple[str, str], str]:
    """The beat that proves each kind of fact and unit. The unit is "" where it proves all others.

    Raises:
        SettingsError: Two beats prove one kind.
    """
    found = dict[tuple[str, str], str]()
    for beat in beats():
        for one in proven(beat.name):
            key = (one, "") if isinstance(one, str) else one
            if key in found:
                raise SettingsError(
                    f"The beats '{found[key]}' and '{beat.name}' both prove the kind '{key[0]}'.",
                    subject=key[0],
                )
            found[key] = beat.name
    return found

"""Every claim of a brief before the proof that owns its kind.

The judge is the sum of the proofs. A proof recomputes a claim from the raw rows; then the words of
the claim are read once more. A claim of a kind that no beat proves is false: nothing is stated that
nobody can prove.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from reportgen.beats.spec import beats, proof, proven
from reportgen.core.errors import SettingsError
from reportgen.verify.rows import Claim, Rows, words


@dataclass(frozen=True, slots=True)
class Objection:
    """A claim that is false, and why."""

    claim: Claim
    why: str


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
        claim: A claim as in a brief.json: fact, kind, unit, value, window, instrument and text.
        rows: The raw rows up to the session of the brief.

    Returns:
        The reason, None where the claim is true.

    Raises:
        SettingsError: A proof.py cannot be used, or two beats prove one kind.
    """
    kind, unit = claim["kind"], claim["unit"]
    known = owners()
    owner = known.get((kind, unit)) or known.get((kind, ""))
    prove = proof(owner) if owner else None
    if prove is None:
        return f"nobody can judge a {kind} in {unit}"
    try:
        return prove(claim, rows) or words(claim)
    except (LookupError, ValueError, StopIteration) as error:
        return f"it cannot be recomputed: {error!r}"


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

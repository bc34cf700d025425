"""Kinds of facts of a desk's own: what a story may say of them, by the sign of the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from reportgen.config.schema import says, typed
from reportgen.core.errors import RecordError
from reportgen.core.facts import Unit

Phrases = Annotated[tuple[str, ...], says("a list of phrases", ["above"])]
"""Words without digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKind:
    """A table [kinds.NAME]: what a story may say of the facts of a kind of its own."""

    unit: (
        Annotated[Unit, says("a unit of facts: fraction, level, count, date", "fraction")] | None
    ) = None
    """Their unit; of a fact in another one, none of the phrases may be said."""
    positive: Phrases = ()
    """What may be said where the value is above zero."""
    negative: Phrases = ()
    """Where it is below zero."""
    zero: Phrases = ()
    """Where it is zero."""
    always: Phrases = ()
    """At any value. A direction, a superlative, a comparison or a cause is refused here."""
    highest: Phrases = ()
    """Where it is the greatest of at least two facts of the kind, in the same window and unit."""
    lowest: Phrases = ()
    """Where it is the least of them."""


def payload_of(kind: OwnKind) -> dict[str, Any]:
    """A *kind* as JSON, without what it leaves out."""
    return {key: value for key, value in asdict(kind).items() if value}


def declared(payloads: Iterable[Mapping[str, Any]]) -> dict[str, OwnKind]:
    """The kinds that the sections of a notebook declare, by name.

    Raises:
        RecordError: Two cells declare one kind in different words.
    """
    found: dict[str, OwnKind] = {}
    for payload in payloads:
        for name, row in payload.get("kinds", {}).items():
            kind = typed(row, OwnKind, f"the kind '{name}' in the record", RecordError)
            if found.setdefault(name, kind) != kind:
                raise RecordError(
                    f"Two cells declare the kind '{name}' in different words; give one of them"
                    " another kind.",
                    subject=name,
                )
    return found

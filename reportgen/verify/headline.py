"""A headline in a person's words, read as a claim.

:mod:`reportgen.verify.grammar` says what the headline claims, and
:mod:`reportgen.verify.verdicts` whether that is true. What no fact bears out is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reportgen.core.errors import EditError
from reportgen.story.citations import Run, Runs
from reportgen.verify.bearing import NOTHING, Refused
from reportgen.verify.currencies import READ
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.grammar import Reader, Span, Unread
from reportgen.verify.verdicts import Verdicts

ODD = re.compile(r"[^A-Za-z0-9 .,;:%&'\u2019+\u2212\u2013\u2014/-]")
"""What no headline needs, unless a name or a sign of money has it."""


def cited(words: str, check: FactCheck) -> Runs:
    """*words* as runs that the fact check bears out.

    Raises:
        EditError: It names what nothing bears out.
    """
    known = "".join((*check.subjects, *READ["signs"]))
    if odd := ODD.search(words.translate(dict.fromkeys(map(ord, known)))):
        raise EditError(
            f"The headline has {odd[0]!r}, which no headline needs; write plain words.",
            subject=words,
        )
    judge = Verdicts(words, check)
    try:
        claims = Reader(words, check.subjects, tuple(judge.events)).claims()
    except Unread as unread:
        raise EditError(_unread(words, unread.place, check), subject=words) from unread
    for claim in claims:
        try:
            judge.claim(claim)
        except Refused as refused:
            start, end = refused.span
            whose = words[slice(*refused.whose.span)] if refused.whose else ""
            of = f" of {whose}" if whose and refused.why.startswith(NOTHING) else ""
            raise EditError(
                f"The headline says '{words[start:end].strip()}'{of}, {refused.why}.",
                subject=words,
            ) from refused
    runs = tuple(_runs(words, judge.cites))
    objections = list(check.line("title", runs))
    if objections:
        reasons = "; ".join(f"'{each.words}': {each.reason}" for each in objections)
        raise EditError(f"The headline '{words}' is not borne out: {reasons}.", subject=words)
    return runs


def _unread(words: str, place: int, check: FactCheck) -> str:
    """What is said of words that the grammar cannot read, from *place* on."""
    rest = words[place:].strip(" ,;:")
    if not rest:
        return f"The headline '{words}' ends before it says what moved, and which way."
    rest = re.split(r"(?<=\w)[,;:] ", rest)[0]
    name = re.match(r"(?:[A-Z][\w.'\u2019-]*)(?: [A-Z][\w.'\u2019-]*)*", rest)
    if name and not any(map(rest.lower().startswith, check.subjects)):
        return (
            f"The headline says '{rest}'; '{name[0]}' is no instrument of this brief,"
            " and no claim that a fact can bear out."
        )
    return (
        f"The headline says '{rest}', {NOTHING}; say who moved, which way and how far,"
        " with nothing that no fact says."
    )


def _runs(words: str, cites: Mapping[Span, str]) -> Iterator[Run]:
    place = 0
    for (start, end), ref in sorted(cites.items()):
        if start > place:
            yield Run(words[place:start])
        yield Run(words[start:end], ref)
        place = end
    if place < len(words):
        yield Run(words[place:])
